//! What changed from one record to the next?

use std::collections::BTreeMap;

use super::{Level, RequirementRecord, RequirementVerdict as V, RunRecord};

/// What became of a requirement between two records. Closed: every pair of verdicts is one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not broken, or was only advised against, and now it counts as broken.
    Broke,
    /// It was judged and now it is not: nobody knows any more whether it is kept.
    Lost,
    /// It was broken, advised against or waived, and now it is kept.
    Fixed,
    /// The older record does not have it.
    New,
    /// The newer record does not have it.
    Gone,
    /// Its verdict changed in another way.
    Changed,
}

/// A requirement whose verdict changed.
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
    /// Whether a gate that says "no worse than before" has to close.
    pub regression: bool,
}

/// Returns every requirement whose verdict is another in the newer record, in the order of the newer record; what
/// is gone comes last.
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
/// What was kept and is no longer judged is a regression of trust: a gate that let it pass would be opened by a
/// backend that stops answering, or by a selection that leaves the requirement out. An observation is neither right
/// nor wrong, so that it changed or is gone is no regression.
#[must_use]
pub fn differences<'a>(old: &'a RunRecord, new: &'a RunRecord, strict: bool) -> Vec<Difference<'a>> {
    let before: BTreeMap<&str, &RequirementRecord> = by_id(old);
    let after: BTreeMap<&str, &RequirementRecord> = by_id(new);
    let of_new = new.requirements.iter().filter_map(|requirement| {
        let known = before.get(requirement.id.as_str());
        difference(known.map(|known| known.verdict), Some(requirement.verdict), requirement, strict)
    });
    let gone = old.requirements.iter().filter(|requirement| !after.contains_key(requirement.id.as_str()));
    let gone =
        gone.filter_map(|requirement| difference(Some(requirement.verdict), None, requirement, strict));
    of_new.chain(gone).collect()
}

fn by_id(record: &RunRecord) -> BTreeMap<&str, &RequirementRecord> {
    record.requirements.iter().map(|requirement| (requirement.id.as_str(), requirement)).collect()
}

fn difference(
    old: Option<V>,
    new: Option<V>,
    requirement: &RequirementRecord,
    strict: bool,
) -> Option<Difference<'_>> {
    if old == new {
        return None;
    }
    let weighs = match requirement.level {
        Level::Must => true,
        Level::Should => strict,
        Level::Observe => false,
    };
    let (change, regression) = match (old, new) {
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
    Some(Difference { change, old, new, requirement, regression })
}

#[cfg(test)]
mod tests {
    use super::{Change as C, difference};
    use crate::record::{Level, RequirementRecord, RequirementVerdict as V};

    fn requirement(level: Level) -> RequirementRecord {
        RequirementRecord {
            id: "CODE-02".to_owned(),
            area: String::new(),
            level,
            sentence: String::new(),
            why: String::new(),
            fix: String::new(),
            source: String::new(),
            verdict: V::Kept,
            reason: None,
            waiver: None,
            scenarios: Vec::new(),
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
            let requirement = requirement(level);
            let found = [false, true].map(|strict| {
                let found = difference(old, new, &requirement, strict).unwrap();
                assert_eq!(found.change, change, "{level} {old:?} {new:?}");
                found.regression
            });
            assert_eq!(found, regression, "{level} {old:?} {new:?}");
        }
        assert!(difference(Some(V::Broken), Some(V::Broken), &requirement(Must), true).is_none());
    }
}
