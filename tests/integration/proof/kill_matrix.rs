//! Does the suite catch every fault, and name the requirement that the fault breaks?
//!
//! The judgements are proved twice over: the correct backend raises no alarm, and each deliberate fault is
//! caught by the requirement it belongs to, with few others beside it.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeSet;

use wxconform::reference::{Fault, FaultSet, VariantSet};
use wxconform::suite::Catalogue;

use super::stage::{each, named};

/// How many requirements a run may name for one fault. What merely depends on a broken step is undecided.
const MOST_NAMED: usize = 3;

/// Requirements that no backend can break: they are about the documented client alone.
const BEYOND_BACKENDS: &[&str] = &["EXPIRY-03"];

fn catalogue() -> BTreeSet<String> {
    let catalogue = Catalogue::embedded().unwrap();
    catalogue.requirements().iter().map(|requirement| requirement.id.clone()).collect()
}

#[test]
fn every_requirement_has_a_fault() {
    let broken: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.requirement()).collect();
    for id in catalogue() {
        let exempt = BEYOND_BACKENDS.contains(&id.as_str());
        assert_ne!(broken.contains(id.as_str()), exempt, "{id} needs a fault, or an excuse, and not both");
    }
}

#[test]
fn every_fault_is_caught_and_named() {
    let catalogue = catalogue();
    let faults: Vec<Fault> =
        Fault::ALL.iter().copied().filter(|fault| catalogue.contains(fault.requirement())).collect();
    let backend_of = |fault: &Fault| (FaultSet::from(*fault), VariantSet::default());
    let wrong = each(&faults, backend_of, |fault, record| {
        let named = named(record);
        let caught = named.contains(fault.requirement()) && named.len() <= MOST_NAMED;
        (!caught).then(|| format!("{} breaks {}; named: {named:?}", fault.name(), fault.requirement()))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
