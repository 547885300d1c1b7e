//! Which deviations were known, and do they still occur?
//!
//! What is seen in this run and listed in the baseline is waived:
//!
//! | requirement | verdict | the entry is stale |
//! |---|---|---|
//! | broken or advised | waived | when its last day is over |
//! | kept in every scenario | kept | always: the deviation is gone |
//! | kept, but some scenarios were skipped | kept | when its last day is over |
//! | skipped, undecided | as it is | when its last day is over |
//! | not selected | none | never: this run is not about it |
//!
//! A deviation may hide in what was not judged, so only a requirement that was judged in full says that it is
//! gone. That a day is over needs no judging. A waiver whose day is over still waives: the breach is known, and
//! what has to be done about it is to look at the list again, which the stale baseline says.

use crate::backend::{Baseline, Contract, Day, Deviation};
use crate::record::{
    BaselineEntry, BaselineRecord, RequirementRecord, RequirementVerdict, StaleEntry, StaleKind, Waiver,
};

/// Turns the deviations that are known into waived ones, and says which entries are stale.
pub(crate) fn waive(
    baseline: &Baseline,
    today: Day,
    requirements: &mut [RequirementRecord],
) -> BaselineRecord {
    let mut stale = Vec::new();
    for entry in baseline.entries() {
        let mut selected = requirements.iter_mut();
        let Some(requirement) = selected.find(|requirement| requirement.id == entry.requirement) else {
            continue;
        };
        if matches!(requirement.verdict, RequirementVerdict::Broken | RequirementVerdict::Advised) {
            requirement.verdict = RequirementVerdict::Waived;
            requirement.reason = Some(entry.reason.clone());
            requirement.waiver = Some(entry.waiver());
        }
        stale.extend(staleness(entry, today, requirement));
    }
    let entries = baseline.entries().iter().map(|entry| BaselineEntry {
        requirement: entry.requirement.clone(),
        line: entry.line,
        waiver: entry.waiver(),
    });
    BaselineRecord { path: baseline.path().display().to_string(), entries: entries.collect(), stale }
}

/// Turns the deviations into waived ones that the contract itself says it does not keep.
pub(crate) fn waive_by_contract(contract: &Contract, requirements: &mut [RequirementRecord]) {
    for requirement in requirements {
        let Some(reason) = contract.waive.get(&requirement.id) else { continue };
        if matches!(requirement.verdict, RequirementVerdict::Broken | RequirementVerdict::Advised) {
            requirement.verdict = RequirementVerdict::Waived;
            requirement.reason = Some(reason.clone());
            let owner = tr!("the contract {}", contract.name);
            requirement.waiver = Some(Waiver { reason: reason.clone(), owner, until: None });
        }
    }
}

fn staleness(entry: &Deviation, today: Day, requirement: &RequirementRecord) -> Option<StaleEntry> {
    if requirement.is_kept_throughout() {
        return Some(StaleEntry::kept(&entry.requirement, entry.line));
    }
    let until = entry.until.filter(|until| *until < today)?;
    let why = tr!("its last day, {until}, is over", until);
    Some(StaleEntry { requirement: entry.requirement.clone(), line: entry.line, kind: StaleKind::Ended, why })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::waive;
    use crate::backend::{Baseline, Day};
    use crate::record::{
        Level, RequirementRecord, RequirementVerdict as R, ScenarioRecord, ScenarioVerdict as S, StaleKind,
    };
    use crate::suite::Catalogue;

    fn requirement(id: &str, level: Level, scenarios: &[S]) -> RequirementRecord {
        let scenario = |verdict: &S| ScenarioRecord {
            name: String::new(),
            location: String::new(),
            verdict: *verdict,
            reason: None,
            expected: None,
            actual: None,
            notes: Vec::new(),
            duration_ms: 0,
            steps: Vec::new(),
            exchanges: Vec::new(),
        };
        RequirementRecord {
            id: id.to_owned(),
            area: String::new(),
            level,
            sentence: String::new(),
            why: String::new(),
            fix: String::new(),
            source: String::new(),
            verdict: R::conclude(level, false, scenarios),
            reason: None,
            waiver: None,
            scenarios: scenarios.iter().map(scenario).collect(),
        }
    }

    /// Judges one requirement by a baseline that lists it until the given day, on 2 July 2026.
    fn judged(level: Level, scenarios: &[S], until: &str) -> (R, Option<StaleKind>) {
        let mut requirements = [requirement("CODE-02", level, scenarios)];
        let record = waive(&listing(until), Day::new(2026, 7, 2).unwrap(), &mut requirements);
        assert_eq!((record.path.as_str(), record.entries[0].line), ("known.toml", 2));
        let [requirement] = requirements;
        let waiver = requirement.waiver.as_ref().map(|waiver| waiver.owner.as_str());
        let is_waived = requirement.verdict == R::Waived;
        assert_eq!(
            (waiver, requirement.reason.as_deref()),
            if is_waived { (Some("o"), Some("r")) } else { (None, None) }
        );
        (requirement.verdict, record.stale.first().map(|stale| stale.kind))
    }

    fn listing(until: &str) -> Baseline {
        let text = format!("\n[[deviation]]\nrequirement = 'CODE-02'\nreason = 'r'\nowner = 'o'\n{until}");
        let catalogue = Catalogue::embedded().unwrap();
        Baseline::parse(Path::new("known.toml"), &text, &catalogue.listable()).unwrap()
    }

    #[test]
    fn a_known_deviation_is_waived_and_a_list_that_is_out_of_date_is_stale() {
        const OPEN: &str = "until = 2026-07-02";
        const OVER: &str = "until = 2026-07-01";
        let ended = Some(StaleKind::Ended);
        let gone = Some(StaleKind::Kept);
        for (scenarios, verdict, open, over) in [
            ([S::Kept, S::Broken], R::Waived, None, ended),
            ([S::Kept, S::Kept], R::Kept, gone, gone),
            ([S::Kept, S::Skipped], R::Kept, None, ended),
            ([S::Kept, S::Undecided], R::Undecided, None, ended),
            ([S::Skipped, S::Skipped], R::Skipped, None, ended),
        ] {
            for level in [Level::Must, Level::Should] {
                assert_eq!(judged(level, &scenarios, ""), (verdict, open), "{scenarios:?} without a day");
                assert_eq!(judged(level, &scenarios, OPEN), (verdict, open), "{scenarios:?} {OPEN}");
                assert_eq!(judged(level, &scenarios, OVER), (verdict, over), "{scenarios:?} {OVER}");
            }
        }
    }

    #[test]
    fn what_is_not_listed_stays_broken_and_what_is_not_selected_is_not_stale() {
        let mut requirements = [requirement("CODE-01", Level::Must, &[S::Broken])];
        let over = listing("until = 2020-01-01");
        let record = waive(&over, Day::new(2026, 7, 2).unwrap(), &mut requirements);
        assert_eq!(requirements[0].verdict, R::Broken);
        assert_eq!((record.stale.len(), record.entries.len()), (0, 1));
    }
}
