//! What do the scenarios say about a requirement, and the requirements about the backend?
//!
//! A run concludes this, and whoever joins the parts of a run concludes it again from all of them.

use std::collections::HashSet;

use super::{Level, RequirementRecord, RequirementVerdict as V, RunVerdict, ScenarioRecord, ScenarioVerdict};

/// What the verdict about a backend depends on beside its requirements.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// Why nothing could be judged; absent when the pre-flight went well.
    pub preflight: Option<&'a str>,
    /// How the backend died; absent when it is still there, or never was.
    pub died: Option<&'a str>,
    /// Whether the backend asked the stand-in about a code.
    pub asked: bool,
    /// Whether a broken should counts.
    pub strict: bool,
    /// How many musts of the catalogue were not selected.
    pub musts_left_out: usize,
    /// The requirements that do not apply to this backend.
    pub beside: HashSet<&'a str>,
}

/// Says what the run as a whole shows, and why where that does not speak for itself.
#[must_use]
pub fn overall(of: &Circumstances<'_>, requirements: &[RequirementRecord]) -> (RunVerdict, Option<String>) {
    let undecided = |reason: &str| (RunVerdict::Undecided, Some(reason.to_owned()));
    let with = |verdict| requirements.iter().filter(move |record| record.verdict == verdict);
    if let Some(reason) = of.preflight {
        return undecided(reason);
    }
    if requirements.is_empty() {
        return undecided(&tr!("nothing was selected"));
    }
    if with(V::Skipped).count() == requirements.len() {
        return undecided(&tr!("everything that was selected was skipped"));
    }
    let judged = |verdict| !matches!(verdict, V::Undecided | V::Skipped);
    if of.died.is_none() && !requirements.iter().any(|record| judged(record.verdict)) {
        return undecided(&tr!("nothing that was selected could be judged"));
    }
    if !of.asked {
        return undecided(&tr!("the backend never asked the stand-in about a code"));
    }
    if with(V::Broken).next().is_some() {
        return (RunVerdict::Nonconforming, of.died.map(str::to_owned));
    }
    if let Some(died) = of.died {
        return undecided(died);
    }
    let counts = |level| level == Level::Must || of.strict && level == Level::Should;
    let open: Vec<&str> =
        with(V::Undecided).filter(|record| counts(record.level)).map(|record| record.id.as_str()).collect();
    if !open.is_empty() {
        return undecided(&tr!("could not be judged: {open}", open = open.join(", ")));
    }
    let waived = with(V::Waived).filter(|record| counts(record.level)).count();
    let skipped = with(V::Skipped)
        .filter(|record| record.level == Level::Must && !of.beside.contains(record.id.as_str()))
        .count();
    let left_out = of.musts_left_out;
    let mut reasons = Vec::new();
    if waived > 0 {
        reasons.push(tr!("{waived} broken and waived by the baseline", waived));
    }
    if (skipped, left_out) != (0, 0) {
        reasons.push(tr!("of the musts, {skipped} skipped and {left_out} not selected", skipped, left_out));
    }
    match reasons.as_slice() {
        [] => (RunVerdict::Conforming, None),
        reasons => (RunVerdict::Partial, Some(reasons.join("; "))),
    }
}

/// Returns why a requirement was skipped or not decided, as its first such scenario says, or what was observed.
#[must_use]
pub fn reason_for(verdict: V, scenarios: &[ScenarioRecord]) -> Option<String> {
    let wanted = match verdict {
        V::Observed => return observed(scenarios),
        V::Undecided => ScenarioVerdict::Undecided,
        V::Skipped | V::Kept => ScenarioVerdict::Skipped,
        V::Broken | V::Advised | V::Waived => return None,
    };
    let such: Vec<&ScenarioRecord> = scenarios.iter().filter(|scenario| scenario.verdict == wanted).collect();
    let reason = such.first()?.reason.clone()?;
    match (such.len(), scenarios.len()) {
        (some, all) if some == all => Some(reason),
        (some, all) => Some(tr!("{some} of {all} scenarios: {reason}", some, all, reason)),
    }
}

/// Returns what the scenarios observed, each thing once.
fn observed(scenarios: &[ScenarioRecord]) -> Option<String> {
    let mut notes: Vec<&str> = Vec::new();
    for note in scenarios.iter().flat_map(|scenario| &scenario.notes) {
        if !notes.contains(&note.as_str()) {
            notes.push(note);
        }
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}
