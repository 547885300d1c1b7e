//! Does what a record concludes follow from its scenarios?

use std::collections::HashSet;

use super::conclude::{Circumstances, overall};
use super::{
    RequirementRecord, RequirementVerdict, RunRecord, RunVerdict, ScenarioRecord, ScenarioVerdict,
    VerdictCounts,
};
use crate::language::translated;

/// Returns in what a record contradicts itself, if it does: no run writes such a record.
pub(super) fn contradiction(record: &RunRecord) -> Option<String> {
    let of_requirement = |requirement| verdict_of(requirement, record.strict);
    record.requirements.iter().find_map(of_requirement).or_else(|| totals(record)).or_else(|| verdict(record))
}

fn verdict_of(requirement: &RequirementRecord, strict: bool) -> Option<String> {
    let verdicts: Vec<ScenarioVerdict> =
        requirement.scenarios.iter().map(|scenario| scenario.verdict).collect();
    let mut follows = RequirementVerdict::conclude(requirement.level, strict, &verdicts);
    let breach = matches!(follows, RequirementVerdict::Broken | RequirementVerdict::Advised);
    if breach && requirement.waiver.is_some() {
        follows = RequirementVerdict::Waived;
    }
    (follows != requirement.verdict).then(|| {
        tr!(
            "{requirement} is called {told}, and its scenarios say {follows}",
            requirement = requirement.id,
            told = translated(requirement.verdict.word()),
            follows = translated(follows.word())
        )
    })
}

fn totals(record: &RunRecord) -> Option<String> {
    let totals = &record.totals;
    let mut counts = VerdictCounts::default();
    for requirement in &record.requirements {
        counts.add(requirement.verdict);
    }
    if (totals.selected, &totals.requirements) != (record.requirements.len(), &counts) {
        return Some(tr!("its totals do not count the requirements that it has"));
    }
    let scenarios = record.requirements.iter().flat_map(|requirement| &requirement.scenarios);
    let planned =
        scenarios.filter(|scenario| scenario.verdict != ScenarioVerdict::Skipped || played(scenario));
    let planned: Vec<&ScenarioRecord> = planned.collect();
    let ended = planned.iter().filter(|scenario| played(scenario)).count();
    (totals.scenarios.planned != planned.len() || totals.scenarios.ran > ended)
        .then(|| tr!("its totals do not count the scenarios that it has"))
}

/// Tells whether a scenario came to an end: one that did not has no steps.
fn played(scenario: &ScenarioRecord) -> bool {
    !scenario.steps.is_empty()
}

fn verdict(record: &RunRecord) -> Option<String> {
    let part = record.shard.as_ref();
    let skipped = record.requirements.iter().filter(|one| one.verdict == RequirementVerdict::Skipped);
    let circumstances = Circumstances {
        preflight: record.preflight.as_deref(),
        died: part.and_then(|part| part.died.as_deref()),
        asked: part.is_none_or(|part| part.asked),
        strict: record.strict,
        musts_left_out: part.map_or(0, |part| part.musts_left_out),
        beside: match part {
            Some(part) => part.beside.iter().map(String::as_str).collect(),
            None => skipped.map(|one| one.id.as_str()).collect::<HashSet<_>>(),
        },
    };
    let (follows, _) = overall(&circumstances, &record.requirements);
    let told = record.verdict;
    let agree = match (part, follows) {
        // A part is never called conforming: it is not the whole.
        (Some(part), RunVerdict::Conforming) if part.of > 1 => told == RunVerdict::Partial,
        (Some(_), _) => told == follows,
        // A whole run does not record all that it concludes from, only what shows that a verdict is too good.
        (None, RunVerdict::Conforming) => told != RunVerdict::Nonconforming,
        (None, _) => told == follows || told == RunVerdict::Undecided,
    };
    (!agree).then(|| {
        tr!(
            "its verdict is {told}, and its requirements say {follows}",
            told = translated(told.word()),
            follows = translated(follows.word())
        )
    })
}
