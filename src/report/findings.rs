//! What is there to do, requirement by requirement?
//!
//! A breach shows in several scenarios, and is mended once. Where a person reads, it is therefore told once, the
//! weightiest first.

use super::outcome::{self, Case, Outcome};
use crate::record::{Level, RequirementRecord, RequirementVerdict, RunRecord};

/// A requirement that is not as it should be.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    pub(super) requirement: &'a RequirementRecord,
    /// What became of it: the weightiest of what became of its scenarios.
    pub(super) outcome: Outcome,
    /// The scenarios that are not as they should be, the weightiest first.
    pub(super) cases: Vec<Case<'a>>,
}

/// Returns what is not as it should be: broken musts, then shoulds, then what is undecided, then what is waived.
pub(super) fn of(record: &RunRecord) -> Vec<Finding<'_>> {
    let mut findings: Vec<Finding<'_>> =
        record.requirements.iter().filter_map(|one| about(record, one)).collect();
    findings.sort_by_key(|finding| weight(finding.outcome, finding.requirement.level));
    findings
}

fn about<'a>(record: &RunRecord, requirement: &'a RequirementRecord) -> Option<Finding<'a>> {
    let mut cases = outcome::of(record, requirement);
    cases.retain(|case| case.outcome.is_notable() || case.outcome == Outcome::Undecided);
    cases.sort_by_key(|case| weight(case.outcome, requirement.level));
    let outcome = cases.first()?.outcome;
    // Of an observation something was seen, even if one of its scenarios could not look.
    let is_one = outcome.is_notable() || requirement.verdict == RequirementVerdict::Undecided;
    is_one.then_some(Finding { requirement, outcome, cases })
}

const fn weight(outcome: Outcome, level: Level) -> u8 {
    match (outcome, level) {
        (Outcome::Failed, Level::Must) => 0,
        (Outcome::Failed, Level::Should | Level::Observe) => 1,
        (Outcome::Advised, _) => 2,
        (Outcome::Error, _) => 3,
        (Outcome::Undecided, _) => 4,
        (Outcome::Waived | Outcome::Passed | Outcome::Observed | Outcome::Skipped, _) => 5,
    }
}

impl Finding<'_> {
    /// Returns how many scenarios say what the first one says.
    pub(super) fn alike(&self) -> usize {
        self.cases.iter().filter(|case| case.outcome == self.outcome).count()
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::record::{Level, RequirementVerdict, ScenarioVerdict};
    use crate::report::fixtures;
    use crate::report::outcome::Outcome;

    #[test]
    fn broken_musts_come_first_then_shoulds_then_what_is_undecided() {
        let mut record = fixtures::nonconforming();
        // In a strict run a should is broken too, and stands in the catalogue before some musts.
        let should = record.requirements.iter_mut().find(|one| one.id == "TOKEN-04").unwrap();
        should.verdict = RequirementVerdict::Broken;
        let ids: Vec<&str> = of(&record).iter().map(|one| one.requirement.id.as_str()).collect();
        let expected =
            ["CODE-02", "USER-03", "TOKEN-04", "WECHAT-07", "WECHAT-08", "WECHAT-10", "WECHAT-12", "USER-04"];
        assert_eq!(ids, expected);
    }

    #[test]
    fn what_is_undecided_and_does_not_count_is_a_finding_and_half_an_observation_is_none() {
        let mut record = fixtures::conforming();
        let observed = record.requirements.last_mut().unwrap();
        observed.scenarios[0].verdict = ScenarioVerdict::Undecided;
        assert!(of(&record).is_empty());
        let should = &mut record.requirements[0];
        (should.level, should.verdict) = (Level::Should, RequirementVerdict::Undecided);
        should.scenarios[0].verdict = ScenarioVerdict::Undecided;
        let outcomes: Vec<Outcome> = of(&record).iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, [Outcome::Undecided]);
    }

    #[test]
    fn the_scenario_that_tells_most_is_the_first() {
        let mut record = fixtures::nonconforming();
        let broken = record.requirements.iter_mut().find(|one| one.id == "CODE-02").unwrap();
        let mut undecided = broken.scenarios[1].clone();
        undecided.verdict = ScenarioVerdict::Undecided;
        broken.scenarios.insert(0, undecided);
        broken.scenarios.push(broken.scenarios[1].clone());
        let findings = of(&record);
        let outcomes: Vec<Outcome> = findings[0].cases.iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, [Outcome::Failed, Outcome::Failed, Outcome::Error]);
        assert_eq!(findings[0].alike(), 2);
    }
}
