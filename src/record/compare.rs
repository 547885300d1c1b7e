//! What changed from one record to the next?

use std::collections::BTreeMap;

use super::{Level, RequirementRecord, RequirementVerdict as V, RunRecord, ScenarioChanges};

/// What became of a requirement between two records. Closed: every pair of verdicts is one of these, and so is every
/// change of scenarios behind a breach that stays one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not broken, or was only advised against, and now it counts as broken.
    Broke,
    /// It is broken as before, and in scenarios in which it was not.
    Worse,
    /// It was judged, in whole or in some scenarios, and now it is not: nobody knows any more whether it is kept.
    Lost,
    /// It was broken, advised against or waived, and now it is kept.
    Fixed,
    /// It is broken as before, and in fewer scenarios.
    Better,
    /// The older record does not have it.
    New,
    /// The newer record does not have it.
    Gone,
    /// Its verdict changed in another way.
    Changed,
}

/// A requirement whose verdict changed, or whose scenarios did behind a breach that stays one.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    /// What became of it.
    pub change: Change,
    /// Its verdict in the older record; absent when it is new.
    pub old: Option<V>,
    /// Its verdict in the newer record; absent when it is gone.
    pub new: Option<V>,
    /// The requirement, as the newer record has it if it does.
    pub requirement: &'a RequirementRecord,
    /// What became of its scenarios, when it is broken, advised against or waived in both records.
    pub scenarios: ScenarioChanges<'a>,
    /// Whether a gate that says "no worse than before" has to close.
    pub regression: bool,
}

/// Returns every requirement whose verdict is another in the newer record, or that is broken in other scenarios, in the
/// order of the newer record; what is gone comes last.
///
/// | before | after | change | regression |
/// |---|---|---|---|
/// | anything but broken | broken | broke | yes |
/// | kept, skipped, undecided, observed | advised | broke | with `strict` |
/// | kept | waived | broke | no: somebody answers for it |
/// | kept, advised, waived, observed, broken | undecided | lost | of a must; with `strict` of a should as well |
/// | kept, advised, waived, broken | skipped | lost | of a must that was kept; with `strict` of a should as well |
/// | broken, advised, waived | kept | fixed | no |
/// | absent | any | new | when it is broken; with `strict` also when it is advised |
/// | any | absent | gone | of a must that was kept; with `strict` of a should as well |
/// | any other pair | | changed | no |
///
/// What is broken, advised against or waived in both records is looked at scenario by scenario:
///
/// | scenario before | now | change | regression |
/// |---|---|---|---|
/// | kept, skipped, undecided | broken | worse | of what is broken; with `strict` of what is advised; not of what is waived |
/// | kept | undecided | lost | of a must; with `strict` of a should as well; not of what is waived |
/// | broken | kept | better | no |
/// | absent | broken | changed | no: a newer catalogue or another part of a run looked where nobody had looked |
/// | broken | absent | changed | no, and it is no improvement either |
/// | any other pair | | none | |
///
/// What was kept and is no longer judged is a regression of trust: a gate that let it pass would be opened by a
/// backend that stops answering, or by a selection that leaves the requirement out. An observation is neither right
/// nor wrong, so that it changed or is gone is no regression.
#[must_use]
pub fn differences<'a>(old: &'a RunRecord, new: &'a RunRecord, strict: bool) -> Vec<Difference<'a>> {
    let before: BTreeMap<&str, &RequirementRecord> = by_id(old);
    let after: BTreeMap<&str, &RequirementRecord> = by_id(new);
    let of_new = new.requirements.iter().filter_map(|requirement| {
        let known = before.get(requirement.id.as_str());
        difference(known.copied(), Some(requirement), requirement, strict)
    });
    let gone = old.requirements.iter().filter(|requirement| !after.contains_key(requirement.id.as_str()));
    let gone = gone.filter_map(|requirement| difference(Some(requirement), None, requirement, strict));
    of_new.chain(gone).collect()
}

fn by_id(record: &RunRecord) -> BTreeMap<&str, &RequirementRecord> {
    record.requirements.iter().map(|requirement| (requirement.id.as_str(), requirement)).collect()
}

fn difference<'a>(
    before: Option<&'a RequirementRecord>,
    after: Option<&'a RequirementRecord>,
    requirement: &'a RequirementRecord,
    strict: bool,
) -> Option<Difference<'a>> {
    let [old, new] = [before, after].map(|one| one.map(|requirement| requirement.verdict));
    let is_breach = |one: &&RequirementRecord| matches!(one.verdict, V::Broken | V::Advised | V::Waived);
    let scenarios = match (before.filter(is_breach), after.filter(is_breach)) {
        (Some(before), Some(after)) => ScenarioChanges::between(before, after),
        (_, _) => ScenarioChanges::default(),
    };
    if old == new && scenarios.is_empty() {
        return None;
    }
    let weighs = match requirement.level {
        Level::Must => true,
        Level::Should => strict,
        Level::Observe => false,
    };
    let (change, regression) = match (old, new) {
        (Some(one), Some(other)) if one == other => of_scenarios(&scenarios, other, weighs, strict),
        (Some(V::Broken | V::Waived), Some(V::Advised)) | (Some(V::Broken | V::Advised), Some(V::Waived)) => {
            // Strictness or a baseline changed the verdict, and the backend may have changed as well.
            let (_, regression) = of_scenarios(&scenarios, new.unwrap_or(V::Waived), weighs, strict);
            (if regression { Change::Worse } else { Change::Changed }, regression)
        }
        (Some(_), Some(V::Broken)) => (Change::Broke, true),
        (None, Some(verdict)) => (Change::New, verdict == V::Broken || strict && verdict == V::Advised),
        (Some(verdict), None) => (Change::Gone, weighs && verdict == V::Kept),
        (Some(V::Kept | V::Skipped | V::Undecided | V::Observed), Some(V::Advised)) => {
            (Change::Broke, strict)
        }
        (Some(V::Kept), Some(V::Waived)) => (Change::Broke, false),
        (Some(V::Kept | V::Broken | V::Advised | V::Waived | V::Observed), Some(V::Undecided)) => {
            (Change::Lost, weighs)
        }
        (Some(verdict @ (V::Kept | V::Broken | V::Advised | V::Waived)), Some(V::Skipped)) => {
            (Change::Lost, weighs && verdict == V::Kept)
        }
        (Some(V::Broken | V::Advised | V::Waived), Some(V::Kept)) => (Change::Fixed, false),
        (Some(_), Some(_)) | (None, None) => (Change::Changed, false),
    };
    Some(Difference { change, old, new, requirement, scenarios, regression })
}

/// Says what the scenarios of a breach that stays one come to. For what is waived somebody answers.
fn of_scenarios(scenarios: &ScenarioChanges<'_>, now: V, weighs: bool, strict: bool) -> (Change, bool) {
    let counts = now == V::Broken || now == V::Advised && strict;
    let lost = !scenarios.lost.is_empty() && weighs && now != V::Waived;
    if !scenarios.broke.is_empty() {
        (Change::Worse, counts || lost)
    } else if !scenarios.lost.is_empty() {
        (Change::Lost, lost)
    } else if !scenarios.fixed.is_empty() {
        (Change::Better, false)
    } else {
        (Change::Changed, false)
    }
}

#[cfg(test)]
mod tests {
    use super::{Change as C, difference};
    use crate::record::{
        Level, RequirementRecord, RequirementVerdict as V, ScenarioRecord, ScenarioVerdict as S,
    };

    fn requirement(level: Level, verdict: V, scenarios: &[(&str, S)]) -> RequirementRecord {
        let scenario = |(line, (name, verdict)): (usize, &(&str, S))| ScenarioRecord {
            name: (*name).to_owned(),
            location: format!("features/code.feature:{line}"),
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
            id: "CODE-02".to_owned(),
            area: String::new(),
            level,
            sentence: String::new(),
            why: String::new(),
            fix: String::new(),
            source: String::new(),
            verdict,
            reason: None,
            waiver: None,
            scenarios: scenarios.iter().enumerate().map(scenario).collect(),
        }
    }

    #[test]
    fn what_a_change_is_and_whether_it_closes_a_gate_follows_the_table() {
        use Level::{Must, Observe, Should};
        let rows = [
            (Must, Some(V::Kept), Some(V::Broken), C::Broke, [true, true]),
            (Must, Some(V::Waived), Some(V::Broken), C::Broke, [true, true]),
            (Must, Some(V::Undecided), Some(V::Broken), C::Broke, [true, true]),
            (Should, Some(V::Advised), Some(V::Broken), C::Broke, [true, true]),
            (Should, Some(V::Kept), Some(V::Advised), C::Broke, [false, true]),
            (Should, Some(V::Broken), Some(V::Advised), C::Changed, [false, false]),
            (Must, Some(V::Kept), Some(V::Waived), C::Broke, [false, false]),
            (Must, Some(V::Kept), Some(V::Undecided), C::Lost, [true, true]),
            (Should, Some(V::Kept), Some(V::Undecided), C::Lost, [false, true]),
            (Must, Some(V::Broken), Some(V::Undecided), C::Lost, [true, true]),
            (Observe, Some(V::Observed), Some(V::Undecided), C::Lost, [false, false]),
            (Must, Some(V::Kept), Some(V::Skipped), C::Lost, [true, true]),
            (Should, Some(V::Kept), Some(V::Skipped), C::Lost, [false, true]),
            (Must, Some(V::Broken), Some(V::Skipped), C::Lost, [false, false]),
            (Must, Some(V::Broken), Some(V::Kept), C::Fixed, [false, false]),
            (Should, Some(V::Advised), Some(V::Kept), C::Fixed, [false, false]),
            (Must, Some(V::Waived), Some(V::Kept), C::Fixed, [false, false]),
            (Must, Some(V::Undecided), Some(V::Kept), C::Changed, [false, false]),
            (Must, None, Some(V::Kept), C::New, [false, false]),
            (Must, None, Some(V::Broken), C::New, [true, true]),
            (Should, None, Some(V::Advised), C::New, [false, true]),
            (Must, Some(V::Kept), None, C::Gone, [true, true]),
            (Should, Some(V::Kept), None, C::Gone, [false, true]),
            (Must, Some(V::Broken), None, C::Gone, [false, false]),
        ];
        for (level, old, new, change, regression) in rows {
            let [before, after] = [old, new].map(|one| one.map(|one| requirement(level, one, &[])));
            let any = after.as_ref().or(before.as_ref()).unwrap();
            let found = [false, true].map(|strict| {
                let found = difference(before.as_ref(), after.as_ref(), any, strict).unwrap();
                assert_eq!(found.change, change, "{level} {old:?} {new:?}");
                found.regression
            });
            assert_eq!(found, regression, "{level} {old:?} {new:?}");
        }
        let broken = requirement(Must, V::Broken, &[("a", S::Broken)]);
        assert!(difference(Some(&broken), Some(&broken), &broken, true).is_none());
    }

    #[test]
    fn a_breach_that_stays_one_is_looked_at_scenario_by_scenario() {
        use Level::{Must, Should};
        type Scenarios = &'static [(&'static str, S)];
        const ONE: Scenarios = &[("a", S::Broken), ("b", S::Kept), ("c", S::Skipped), ("d", S::Undecided)];
        let b: Scenarios = &[("a", S::Broken), ("b", S::Broken), ("c", S::Skipped), ("d", S::Undecided)];
        let c: Scenarios = &[("a", S::Broken), ("b", S::Kept), ("c", S::Broken), ("d", S::Undecided)];
        let d: Scenarios = &[("a", S::Broken), ("b", S::Kept), ("c", S::Skipped), ("d", S::Broken)];
        let swapped: Scenarios = &[("a", S::Kept), ("b", S::Broken), ("c", S::Skipped), ("d", S::Undecided)];
        let lost: Scenarios =
            &[("a", S::Broken), ("b", S::Undecided), ("c", S::Skipped), ("d", S::Undecided)];
        let skipped: Scenarios = &[("a", S::Broken), ("b", S::Skipped), ("c", S::Skipped), ("d", S::Kept)];
        let moved: Scenarios = &[("d", S::Undecided), ("c", S::Skipped), ("b", S::Kept), ("a", S::Broken)];
        let newer: Scenarios = &[("e", S::Broken), ("a", S::Broken), ("b", S::Kept), ("c", S::Skipped)];
        let other: Scenarios = &[("b", S::Kept), ("e", S::Broken)];
        let (broken, advised, waived) = ([V::Broken; 2], [V::Advised; 2], [V::Waived; 2]);
        let rows = [
            (Must, broken, ONE, b, Some(C::Worse), [true, true]),
            (Must, broken, ONE, c, Some(C::Worse), [true, true]),
            (Must, broken, ONE, d, Some(C::Worse), [true, true]),
            (Must, broken, ONE, swapped, Some(C::Worse), [true, true]),
            (Must, broken, b, ONE, Some(C::Better), [false, false]),
            (Must, broken, ONE, lost, Some(C::Lost), [true, true]),
            (Must, broken, ONE, skipped, None, [false, false]),
            // The same scenarios on other lines.
            (Must, broken, ONE, moved, None, [false, false]),
            // A newer catalogue, and another part of a run.
            (Must, broken, ONE, newer, Some(C::Changed), [false, false]),
            (Must, broken, newer, ONE, Some(C::Changed), [false, false]),
            (Must, broken, ONE, other, Some(C::Changed), [false, false]),
            // Equal names are told apart by their turn.
            (
                Must,
                broken,
                &[("a", S::Broken), ("a", S::Kept)],
                &[("a", S::Broken), ("a", S::Broken)],
                Some(C::Worse),
                [true, true],
            ),
            (Must, waived, ONE, b, Some(C::Worse), [false, false]),
            (Must, waived, ONE, lost, Some(C::Lost), [false, false]),
            (Must, [V::Broken, V::Waived], ONE, b, Some(C::Changed), [false, false]),
            (Must, [V::Waived, V::Broken], ONE, ONE, Some(C::Broke), [true, true]),
            (Should, advised, ONE, b, Some(C::Worse), [false, true]),
            (Should, advised, ONE, lost, Some(C::Lost), [false, true]),
            (Should, broken, ONE, b, Some(C::Worse), [true, true]),
        ];
        for (level, [old, new], before, after, change, regression) in rows {
            let (before, after) = (requirement(level, old, before), requirement(level, new, after));
            let found = [false, true].map(|strict| difference(Some(&before), Some(&after), &after, strict));
            let told = format!("{level} {old:?} {:?} {:?}", before.scenarios, after.scenarios);
            assert_eq!(found.each_ref().map(|one| one.as_ref().map(|one| one.change)), [change; 2], "{told}");
            assert_eq!(found.map(|one| one.is_some_and(|one| one.regression)), regression, "{told}");
        }
        // Strictness is no excuse where it counts.
        let (before, after) = (requirement(Should, V::Broken, ONE), requirement(Should, V::Advised, b));
        let found =
            [false, true].map(|strict| difference(Some(&before), Some(&after), &after, strict).unwrap());
        assert_eq!(found.map(|one| (one.change, one.regression)), [(C::Changed, false), (C::Worse, true)]);
    }
}
