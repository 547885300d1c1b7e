//! Which scenario catches which fault?

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use wxconform::backend::Contract;
use wxconform::record::{RunRecord, ScenarioVerdict};
use wxconform::reference::{Fault, FaultSet, VariantSet};
use wxconform::suite::Catalogue;

use super::stage::{AT_A_TIME, Case, each, named};

/// What the suite said about a backend with one fault.
pub(super) struct Row {
    pub(super) fault: Fault,
    /// The requirements that were named, advisories included.
    pub(super) named: BTreeSet<String>,
    /// Where the scenarios are written that went against the backend.
    pub(super) caught_by: BTreeSet<String>,
    /// What the run said about the requirement that the fault breaks.
    pub(super) said: String,
}

/// How many requirements a run may name for one fault. What merely depends on a broken step is undecided.
const MOST_NAMED: usize = 3;

impl Row {
    /// Tells whether the requirement that the fault breaks is named, with few others.
    pub(super) fn is_right(&self) -> bool {
        self.named.contains(self.fault.requirement()) && self.named.len() <= MOST_NAMED
    }
}

/// Restricts the matrix to the faults of one area, such as `WECHAT`, or to those whose requirement begins in such a way,
/// such as `CODE-1`, while somebody works on them.
pub(super) static ONLY_AREA: LazyLock<Option<String>> =
    LazyLock::new(|| std::env::var("WXCONFORM_MATRIX").ok().filter(|area| !area.is_empty()));

/// Says whether a requirement belongs to what the matrix is restricted to.
pub(super) fn is_asked_for(requirement: &str) -> bool {
    ONLY_AREA.as_ref().is_none_or(|area| requirement.starts_with(area.as_str()))
}

/// The whole suite against every fault. It takes a while, so that all tests look at the same one.
pub(super) static MATRIX: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let faults = Fault::ALL.iter().copied().filter(|fault| is_asked_for(fault.requirement()));
    let mut rows = played(&faults.collect::<Vec<_>>(), AT_A_TIME);
    // Where several runs share a processor, one may get its answers too late to decide anything. What is wrong
    // has to be wrong again when the run has the machine to itself.
    let doubtful: Vec<Fault> = rows.iter().filter(|row| !row.is_right()).map(|row| row.fault).collect();
    for again in played(&doubtful, 1) {
        if let Some(row) = rows.iter_mut().find(|row| row.fault == again.fault) {
            *row = again;
        }
    }
    rows
});

/// Plays the whole suite against each of these faults.
pub(super) fn played(faults: &[Fault], at_a_time: usize) -> Vec<Row> {
    let written = written_places();
    let backend_of = |fault: &Fault| Case {
        faults: FaultSet::from(*fault),
        variants: VariantSet::default(),
        contract: fault
            .contract()
            .map_or_else(Contract::documented, |name| Contract::find(name, &[]).unwrap()),
        only: Vec::new(),
    };
    each(faults, at_a_time, backend_of, |fault, record| Row {
        fault: *fault,
        named: named(record),
        caught_by: caught_by(record, &written),
        said: said(record, fault.requirement()),
    })
}

fn said(record: &RunRecord, id: &str) -> String {
    let own = record.requirements.iter().find(|requirement| requirement.id == id);
    let own = own.map(|own| format!("{} {}", own.verdict.word(), own.reason.clone().unwrap_or_default()));
    own.unwrap_or_else(|| "it was not judged".to_owned())
}

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
