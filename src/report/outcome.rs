//! What becomes of a scenario where a reader knows only success, failure, error and skipped?
//!
//! A report is red when the run did not succeed and green when it did, so an advisory never makes it red:
//!
//! | scenario | requirement | outcome |
//! |---|---|---|
//! | kept | any | passed |
//! | broken | broken | failed |
//! | broken | advised | advised |
//! | broken | observed | observed |
//! | broken | waived | waived |
//! | undecided | any must that is not waived, any in a strict run but observe | error |
//! | undecided | every other | undecided |
//! | skipped | any | skipped |
//!
//! A requirement without scenarios has one outcome of its own, so that none vanishes. A run that could not judge,
//! or that ended before its plan did, and a stale baseline are troubles of the run itself.
//!
//! Where the backend was not there to be judged, that is one trouble of the run, and nothing is said scenario by
//! scenario: each is undecided and counts for nothing.

use super::wording;
use crate::language::translated;
use crate::record::{Level, RequirementRecord, RequirementVerdict, RunRecord, RunVerdict, ScenarioVerdict};
use crate::record::{ScenarioRecord, StaleEntry};

/// What became of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    /// It went against the backend, which is neither right nor wrong.
    Observed,
    /// It went against the backend, which does not count.
    Advised,
    /// It went against the backend.
    Failed,
    /// It could not be judged, and the run does not succeed for that.
    Error,
    /// It could not be judged, which does not count.
    Undecided,
    /// It went against the backend, which is known.
    Waived,
    Skipped,
}

impl Outcome {
    /// Returns the word that machines read.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Passed => "kept",
            Self::Observed => "observed",
            Self::Advised => "advised",
            Self::Failed => "broken",
            Self::Error | Self::Undecided => "undecided",
            Self::Waived => "waived",
            Self::Skipped => "skipped",
        }
    }

    /// Returns the word that a person reads.
    pub(super) fn told(self) -> String {
        wording::verdict(match self {
            Self::Passed => RequirementVerdict::Kept,
            Self::Observed => RequirementVerdict::Observed,
            Self::Advised => RequirementVerdict::Advised,
            Self::Failed => RequirementVerdict::Broken,
            Self::Error | Self::Undecided => RequirementVerdict::Undecided,
            Self::Waived => RequirementVerdict::Waived,
            Self::Skipped => RequirementVerdict::Skipped,
        })
    }

    /// Tells whether somebody may have to do something about it.
    pub(super) const fn is_notable(self) -> bool {
        match self {
            Self::Failed | Self::Error | Self::Advised | Self::Waived => true,
            Self::Passed | Self::Observed | Self::Undecided | Self::Skipped => false,
        }
    }
}

/// One line of a report: a scenario, or a requirement that has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    pub(super) requirement: &'a RequirementRecord,
    pub(super) scenario: Option<&'a ScenarioRecord>,
    pub(super) outcome: Outcome,
}

/// Returns every scenario of a run with what became of it.
pub(super) fn cases(record: &RunRecord) -> Vec<Case<'_>> {
    record.requirements.iter().flat_map(|requirement| of(record, requirement)).collect()
}

/// Returns the scenarios of a requirement of a run with what became of each.
pub(super) fn of<'a>(record: &RunRecord, requirement: &'a RequirementRecord) -> Vec<Case<'a>> {
    let scenarios = requirement.scenarios.iter().map(Some);
    let none = requirement.scenarios.is_empty().then_some(None);
    let nothing_judged = nothing_judged(record);
    let case = |scenario: Option<&'a ScenarioRecord>| {
        let outcome = match scenario {
            Some(scenario) => of_scenario(requirement, scenario, record.strict),
            None => of_none(requirement, record.strict),
        };
        if nothing_judged && outcome.is_notable() { Outcome::Undecided } else { outcome }
    };
    let cases = scenarios.chain(none);
    cases.map(|scenario| Case { requirement, scenario, outcome: case(scenario) }).collect()
}

fn of_scenario(requirement: &RequirementRecord, scenario: &ScenarioRecord, strict: bool) -> Outcome {
    use RequirementVerdict as R;
    match scenario.verdict {
        ScenarioVerdict::Kept => Outcome::Passed,
        ScenarioVerdict::Skipped => Outcome::Skipped,
        ScenarioVerdict::Undecided => undecided(requirement, strict),
        ScenarioVerdict::Broken => match requirement.verdict {
            R::Advised => Outcome::Advised,
            R::Observed => Outcome::Observed,
            R::Waived => Outcome::Waived,
            R::Broken | R::Kept | R::Skipped | R::Undecided => Outcome::Failed,
        },
    }
}

fn of_none(requirement: &RequirementRecord, strict: bool) -> Outcome {
    match requirement.verdict {
        RequirementVerdict::Waived => Outcome::Waived,
        RequirementVerdict::Skipped => Outcome::Skipped,
        // Without a scenario nothing was judged, whatever else the record says.
        RequirementVerdict::Kept
        | RequirementVerdict::Broken
        | RequirementVerdict::Advised
        | RequirementVerdict::Observed
        | RequirementVerdict::Undecided => undecided(requirement, strict),
    }
}

fn undecided(requirement: &RequirementRecord, strict: bool) -> Outcome {
    let counts = match requirement.level {
        Level::Must => true,
        Level::Should => strict,
        Level::Observe => false,
    };
    if counts && requirement.verdict != RequirementVerdict::Waived {
        Outcome::Error
    } else {
        Outcome::Undecided
    }
}

impl Case<'_> {
    /// Returns what there is to say beside the names: what was expected and seen, or the reason; raw.
    pub(super) fn message(&self) -> String {
        let requirement = self.requirement;
        let of_scenario = self.scenario.and_then(|scenario| scenario.reason.as_deref());
        let reason = of_scenario.map_or_else(|| wording::reason(requirement), translated);
        match self.outcome {
            Outcome::Passed => String::new(),
            Outcome::Failed => self.seen(),
            Outcome::Observed => tr!("observed: {seen}", seen = self.seen()),
            Outcome::Advised => tr!("advised: {seen}", seen = self.seen()),
            Outcome::Error | Outcome::Skipped => reason,
            Outcome::Undecided => tr!("undecided: {reason}", reason),
            Outcome::Waived => {
                let whose = requirement.waiver.as_ref().map(wording::owner).unwrap_or_default();
                tr!("waived: {reason}{whose}", reason = wording::reason(requirement), whose)
            }
        }
    }

    /// Returns what was expected and what was seen; raw.
    pub(super) fn seen(&self) -> String {
        let expected = self.scenario.and_then(|scenario| scenario.expected.as_deref());
        let actual = self.scenario.and_then(|scenario| scenario.actual.as_deref());
        tr!(
            "expected {expected}, saw {actual}",
            expected = expected.map_or_else(|| tr!("something else"), translated),
            actual = actual.map_or_else(|| tr!("what the traffic shows"), translated)
        )
    }

    /// Returns the name of the scenario, or the sentence of a requirement that has none, as the record has it; raw.
    pub(super) fn name(&self) -> &str {
        self.scenario.map_or(&self.requirement.sentence, |scenario| &scenario.name)
    }

    /// Returns the same in the language of the reader; raw.
    pub(super) fn title(&self) -> String {
        translated(self.name())
    }

    /// Returns the feature file and the line in it; the line is 1 when none is told.
    pub(super) fn place(&self) -> (&str, u32) {
        let location = self.scenario.map_or("", |scenario| &scenario.location);
        match location.rsplit_once(':') {
            Some((path, line)) => (path, line.parse().unwrap_or(1).max(1)),
            None => (if location.is_empty() { "features" } else { location }, 1),
        }
    }
}

/// Tells whether the backend was not there to be judged: nobody answered, or not in HTTP, or WeChat was never asked.
/// Where parts of a run were joined, what the others judged stays worth telling.
pub(super) fn nothing_judged(record: &RunRecord) -> bool {
    let judged = |scenario: &ScenarioRecord| {
        matches!(scenario.verdict, ScenarioVerdict::Kept | ScenarioVerdict::Broken)
    };
    record.preflight.is_some()
        && record.verdict == RunVerdict::Undecided
        && !record.requirements.iter().flat_map(|requirement| &requirement.scenarios).any(judged)
}

/// Returns why a run must not look well even if every requirement does; raw.
pub(super) fn trouble(record: &RunRecord) -> Option<String> {
    let scenarios = &record.totals.scenarios;
    let reason = || record.reason.as_deref().map_or_else(|| tr!("no reason is recorded"), translated);
    if record.verdict == RunVerdict::Undecided {
        Some(tr!("could not judge: {reason}", reason = reason()))
    } else if scenarios.ran < scenarios.planned {
        Some(tr!(
            "{ran} of {planned} planned scenarios ran",
            ran = scenarios.ran,
            planned = scenarios.planned
        ))
    } else {
        None
    }
}

/// Returns what has to be changed in the baseline: in one line, and entry by entry; raw. Where the backend was not
/// there that can wait, as on the page of the terminal.
pub(super) fn stale(record: &RunRecord) -> Option<(String, Vec<String>)> {
    let baseline = record.baseline.as_ref().filter(|baseline| !baseline.stale.is_empty())?;
    if nothing_judged(record) {
        return None;
    }
    let line = |entry: &StaleEntry| {
        tr!(
            "{requirement} (line {line}): {why}",
            requirement = entry.requirement,
            line = entry.line,
            why = translated(&entry.why)
        )
    };
    let title = tr!("the baseline is stale: {entries}", entries = wording::stale(baseline));
    Some((title, baseline.stale.iter().map(line).collect()))
}
