//! Does a backend that differs and is right raise an alarm?

use std::collections::BTreeSet;

use wxconform::record::{ExitStatus, RunRecord, RunVerdict};
use wxconform::reference::{FaultSet, Variant, VariantSet};

use super::stage::{AT_A_TIME, alarms, named};

/// Returns the advisories that a variant deserves: it keeps every must, and not every should.
fn deserved(variant: Variant) -> &'static [&'static str] {
    if variant == Variant::RefusalsAre200 { &["TOKEN-13", "TOKEN-18", "USER-06"] } else { &[] }
}

/// Returns what is wrong with the verdict on a correct backend; nothing if it is as it should be.
fn alarm(who: &str, deserved: &[&str], record: &RunRecord) -> Option<String> {
    let named = named(record);
    let advised: BTreeSet<String> = named.into_iter().filter(|id| !deserved.contains(&id.as_str())).collect();
    let quiet = record.verdict == RunVerdict::Conforming
        && ExitStatus::of(record) == ExitStatus::Success
        && record.totals.scenarios.ran == record.totals.scenarios.planned
        && advised.is_empty();
    (!quiet).then(|| format!("{who}: {:?}, {:?}, {}", record.verdict, record.reason, findings(record)))
}

pub(super) fn findings(record: &RunRecord) -> String {
    let scenarios = record.requirements.iter().flat_map(|requirement| {
        requirement.scenarios.iter().filter(|scenario| scenario.actual.is_some()).map(|scenario| {
            format!(
                "\n  {} {}: {}",
                requirement.id,
                scenario.name,
                scenario.actual.clone().unwrap_or_default()
            )
        })
    });
    scenarios.collect()
}

/// Returns how many runs there are to be: each kind of backend once and the plain one four times, unless more
/// are asked for.
fn runs(kinds: usize) -> usize {
    let asked = std::env::var("WXCONFORM_ALARM_RUNS").ok();
    asked.and_then(|asked| asked.parse().ok()).unwrap_or(0).max(kinds)
}

#[test]
fn the_correct_backend_and_its_variants_raise_no_alarm() -> Result<(), String> {
    let plain = [None; 4].into_iter();
    let kinds: Vec<Option<Variant>> = plain.chain(Variant::ALL.iter().copied().map(Some)).collect();
    let cases: Vec<Option<Variant>> = kinds.iter().copied().cycle().take(runs(kinds.len())).collect();
    let backend_of =
        |case: &Option<Variant>| (FaultSet::default(), case.iter().copied().collect::<VariantSet>());
    alarms(&cases, AT_A_TIME, backend_of, |case, record| match case {
        None => alarm("the plain reference", &[], record),
        Some(variant) => alarm(variant.name(), deserved(*variant), record),
    })
}
