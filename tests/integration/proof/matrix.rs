//! Which scenario catches which fault?

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use wxconform::record::{RunRecord, ScenarioVerdict};
use wxconform::reference::{Fault, FaultSet, VariantSet};
use wxconform::suite::Catalogue;

use super::stage::{each, named};

/// What the suite said about a backend with one fault.
pub(super) struct Row {
    pub(super) fault: Fault,
    /// The requirements that were named, advisories included.
    pub(super) named: BTreeSet<String>,
    /// Where the scenarios are written that went against the backend.
    pub(super) caught_by: BTreeSet<String>,
}

/// Restricts the matrix to the faults of one area, such as `WECHAT`, while somebody works on it.
pub(super) static ONLY_AREA: LazyLock<Option<String>> =
    LazyLock::new(|| std::env::var("WXCONFORM_MATRIX").ok().filter(|area| !area.is_empty()));

/// Says whether a requirement belongs to what the matrix is restricted to.
pub(super) fn is_asked_for(requirement: &str) -> bool {
    ONLY_AREA.as_ref().is_none_or(|area| requirement.starts_with(area.as_str()))
}

/// The whole suite against every fault. It takes a while, so that all tests look at the same one.
pub(super) static MATRIX: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let written = written_places();
    let faults: Vec<Fault> =
        Fault::ALL.iter().copied().filter(|fault| is_asked_for(fault.requirement())).collect();
    let backend_of = |fault: &Fault| (FaultSet::from(*fault), VariantSet::default());
    each(&faults, backend_of, |fault, record| Row {
        fault: *fault,
        named: named(record),
        caught_by: caught_by(record, &written),
    })
});

/// Returns where each scenario is written, by where it stands: a row of a table by its outline.
fn written_places() -> BTreeMap<String, String> {
    let catalogue = Catalogue::embedded().unwrap();
    let scenarios = catalogue.requirements().iter().flat_map(|requirement| requirement.scenarios.clone());
    scenarios.map(|scenario| (scenario.location, scenario.written_at)).collect()
}

fn caught_by(record: &RunRecord, written: &BTreeMap<String, String>) -> BTreeSet<String> {
    let scenarios = record.requirements.iter().flat_map(|requirement| &requirement.scenarios);
    let broken = scenarios.filter(|scenario| scenario.verdict == ScenarioVerdict::Broken);
    broken.map(|scenario| written[&scenario.location].clone()).collect()
}
