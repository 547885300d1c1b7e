//! What does it come to, and what comes next?

use std::io::{self, Write};

use textwrap::core::display_width;

use super::page::{Page, Tone};
use crate::language::translated;
use crate::record::{Level, RequirementRecord, RequirementVerdict, RunRecord, RunVerdict};
use crate::report::wording;

/// Writes the counts and the time.
pub(super) fn totals<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let totals = &record.totals;
    page.blank()?;
    let counts = [
        tr!(
            "{ran} of {planned} scenarios ran",
            ran = totals.scenarios.ran,
            planned = totals.scenarios.planned
        ),
        tr!("{n} request by phones" | "{n} requests by phones" % totals.exchanges),
        tr!("{n} call to WeChat" | "{n} calls to WeChat" % totals.wechat_calls),
        wording::duration(record.duration_ms),
    ];
    // A number stays beside its noun.
    page.line(Tone::Faint, &counts.map(|count| count.replace(' ', &wording::GLUE.to_string())).join(" · "))?;
    for call in &record.unexpected_calls {
        let (method, path) = (&call.method, &call.path);
        let text = tr!(
            "{method} {path} ({n} time)" | "{method} {path} ({n} times)" % call.count,
            method = method,
            path = path
        );
        let lead = format!("{}  ", tr!("WeChat does not know"));
        page.entry(&[(Tone::Warning, "! "), (Tone::Plain, &lead)], Tone::Plain, &text)?;
    }
    Ok(())
}

/// Warns whoever is about to pass the result on.
pub(super) fn secrets<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    if let Some(text) = wording::secrets(record) {
        page.entry(&[(Tone::Warning, "! ")], Tone::Plain, &text)?;
    }
    Ok(())
}

/// Writes the verdict with everything that qualifies it, in one sentence.
pub(super) fn verdict<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let (word, tone) = match record.verdict {
        RunVerdict::Conforming => (tr!("CONFORMING"), Tone::Good),
        RunVerdict::Nonconforming => (tr!("NONCONFORMING"), Tone::Bad),
        RunVerdict::Undecided => (tr!("COULD NOT JUDGE"), Tone::Warning),
        RunVerdict::Partial => (tr!("PARTIAL"), Tone::Warning),
    };
    page.blank()?;
    let parts = conclusion(record);
    let whole = parts.join(&tr!("between parts" => "; "));
    let mut lead = format!("{word}  ");
    if display_width(&lead) + display_width(&whole) <= page.width() {
        return page.entry(&[(tone, &lead)], Tone::Strong, &whole);
    }
    for part in parts {
        page.entry(&[(tone, &lead)], Tone::Strong, &part)?;
        lead = " ".repeat(display_width(&lead));
    }
    Ok(())
}

/// Returns what stands behind the verdict: what decided it, then every count that is not zero.
pub(in crate::report) fn conclusion(record: &RunRecord) -> Vec<String> {
    let totals = &record.totals;
    let mut parts = Vec::new();
    if record.verdict == RunVerdict::Nonconforming {
        parts.extend(Level::ALL.iter().filter_map(|level| broken_of(record, *level)));
    }
    parts.extend(record.reason.as_deref().map(translated));
    let scenarios = &totals.scenarios;
    if scenarios.ran < scenarios.planned {
        parts.push(tr!(
            "only {ran} of {planned} planned scenarios ran",
            ran = scenarios.ran,
            planned = scenarios.planned
        ));
    }
    if let Some(baseline) = record.baseline.as_ref().filter(|baseline| !baseline.stale.is_empty()) {
        parts.push(tr!("the baseline is stale: {entries}", entries = wording::stale(baseline)));
    }
    if totals.selected == 0 {
        parts.push(tr!("no requirement was judged"));
        return parts;
    }
    let kept = tr!(
        "{kept} of {selected} requirements kept",
        kept = totals.requirements.kept,
        selected = totals.selected
    );
    let mut counts = vec![kept];
    counts.extend(wording::beside_kept(&totals.requirements));
    let not_selected = totals.catalogue.saturating_sub(totals.selected);
    if not_selected > 0 {
        counts.push(tr!("{not_selected} not selected", not_selected));
    }
    parts.push(counts.join(&tr!("between parts" => ", ")));
    parts
}

/// Returns which requirements of a level are broken, such as `2 musts broken: CODE-02, USER-03`.
fn broken_of(record: &RunRecord, level: Level) -> Option<String> {
    let broken: Vec<&RequirementRecord> = record
        .requirements
        .iter()
        .filter(|one| one.level == level && one.verdict == RequirementVerdict::Broken)
        .collect();
    if broken.is_empty() {
        return None;
    }
    let (number, ids) = (broken.len(), wording::ids(&broken));
    Some(match level {
        Level::Must => tr!("{n} must broken: {ids}" | "{n} musts broken: {ids}" % number, ids = ids),
        Level::Should => tr!("{n} should broken: {ids}" | "{n} shoulds broken: {ids}" % number, ids = ids),
        Level::Observe => {
            tr!("{n} observation broken: {ids}" | "{n} observations broken: {ids}" % number, ids = ids)
        }
    })
}

/// Writes what to do now.
pub(super) fn next<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    page.entry(&[(Tone::Faint, &format!("{}  ", tr!("next")))], Tone::Faint, &advice(record))
}

/// Returns what to do now; raw.
pub(in crate::report) fn advice(record: &RunRecord) -> String {
    let (counts, scenarios) = (&record.totals.requirements, &record.totals.scenarios);
    let first = record.requirements.iter().find(|one| one.verdict == RequirementVerdict::Broken);
    let restricted = !record.selection.only.is_empty() || record.selection.tags.is_some();
    let stale = record.baseline.as_ref().is_some_and(|baseline| !baseline.stale.is_empty());
    match (record.verdict, first) {
        (RunVerdict::Nonconforming, Some(first)) => tr!(
            "mend {id} first; the same command with `--only {id} --seed {seed}` repeats just that",
            id = first.id,
            seed = record.seed
        ),
        (RunVerdict::Nonconforming, None) => tr!("look at the first finding above"),
        (RunVerdict::Undecided, _) if record.preflight.is_some() && record.backend.command.is_some() => {
            tr!(
                "see what the backend says; {wechat} in its command, or WXCONFORM_WECHAT in its environment, tells it \
             where WeChat is"
            )
        }
        (RunVerdict::Undecided, _) if record.preflight.is_some() => tr!(
            "see that the backend answers at {url}, and that it was told that WeChat is at {wechat}",
            url = record.backend.url,
            wechat = record.backend.wechat
        ),
        (RunVerdict::Undecided, _) if record.requirements.is_empty() => {
            tr!("choose less narrowly: `wxconform list` shows what there is")
        }
        (RunVerdict::Undecided, _) => {
            tr!("mend first what is in the way of the undecided requirements above")
        }
        (RunVerdict::Partial | RunVerdict::Conforming, _) if scenarios.ran < scenarios.planned => {
            tr!("run it again to the end: a scenario that did not run proves nothing")
        }
        (RunVerdict::Partial | RunVerdict::Conforming, _) if stale => {
            tr!("bring the baseline up to date, as said above")
        }
        (RunVerdict::Partial, _) if record.shard.as_ref().is_some_and(|shard| shard.of > 1) => {
            tr!(
                "`wxconform report merge` joins the JSON reports of all parts, and says what the whole comes to"
            )
        }
        (RunVerdict::Partial, _) if restricted => {
            tr!("the same command without `--only` and `--tags` judges the whole catalogue")
        }
        (RunVerdict::Partial, _) if counts.skipped > 0 => {
            tr!(
                "a skipped requirement says above what it needs; a run that judges every must can say conforming"
            )
        }
        (RunVerdict::Partial, _) if counts.waived > 0 => {
            tr!("mend what is waived; a run in which every must is kept can say conforming")
        }
        (RunVerdict::Partial, _) => tr!("a run that judges every must can say conforming"),
        (RunVerdict::Conforming, _) if counts.advised > 0 => {
            tr!("the advisories are worth mending; with `--strict` they count")
        }
        (RunVerdict::Conforming, _) => {
            tr!("keep it so: `--report junit=PATH` gives your build server the same verdict")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{advice, conclusion};
    use crate::record::{Level, RequirementVerdict, RunRecord, RunVerdict};
    use crate::report::fixtures;
    use crate::report::wording::GLUE;

    /// Returns the first example with counts of one's own.
    fn counting(change: impl FnOnce(&mut RunRecord)) -> RunRecord {
        let mut record = fixtures::conforming();
        change(&mut record);
        record
    }

    #[test]
    fn a_good_verdict_does_not_hide_what_qualifies_it() {
        let record = counting(|record| {
            let counts = &mut record.totals.requirements;
            (counts.kept, counts.advised, counts.skipped, counts.undecided, counts.waived) = (30, 2, 3, 4, 1);
            record.totals.selected = 41;
            record.totals.catalogue = 50;
        });
        let expected = "30 of 41 requirements kept, 1 waived, 2 advised, 4 undecided, 3 skipped, 1 observed, \
                        9 not selected";
        assert_eq!(conclusion(&record).join("; ").replace(GLUE, " "), expected);
        assert_eq!(advice(&record), "the advisories are worth mending; with `--strict` they count");
    }

    #[test]
    fn a_run_that_did_less_than_planned_says_so() {
        let record = fixtures::interrupted();
        assert_eq!(
            conclusion(&record)[..2],
            ["the run was interrupted", "only 4 of 9 planned scenarios ran"]
        );
        assert_eq!(advice(&record), "run it again to the end: a scenario that did not run proves nothing");
    }

    #[test]
    fn broken_musts_and_shoulds_are_counted_apart() {
        let record = counting(|record| {
            record.verdict = RunVerdict::Nonconforming;
            for requirement in &mut record.requirements[..3] {
                requirement.verdict = RequirementVerdict::Broken;
            }
            record.requirements[1].level = Level::Should;
        });
        assert_eq!(
            conclusion(&record)[..2],
            ["2 musts broken: CODE-01, TOKEN-02", "1 should broken: CODE-04"]
        );
    }
}
