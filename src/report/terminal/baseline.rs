//! What was known before, and is it still so?

use std::io::{self, Write};

use super::page::{Page, Tone, mark};
use crate::language::translated;
use crate::record::{RequirementVerdict, RunRecord, StaleKind};
use crate::report::wording;

/// Writes which deviations are waived, why, and who answers for them.
pub(super) fn waived<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let verdict = RequirementVerdict::Waived;
    let waived = record.requirements.iter().filter(|requirement| requirement.verdict == verdict);
    for (index, requirement) in waived.enumerate() {
        if index == 0 {
            page.blank()?;
            page.line(Tone::Strong, &tr!("Waived by the baseline"))?;
        }
        let (lead, id) = (format!("  {} ", mark(verdict)), format!("{}  ", requirement.id));
        let whose = requirement.waiver.as_ref().map(wording::owner);
        let text = format!("{}{}", wording::reason(requirement), whose.unwrap_or_default());
        page.entry(&[(Tone::of(verdict), &lead), (Tone::Plain, &id)], Tone::Plain, &text)?;
    }
    Ok(())
}

/// Writes which entries of the baseline no longer say what is so, and what to do about each.
pub(super) fn stale<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let Some(baseline) = record.baseline.as_ref().filter(|baseline| !baseline.stale.is_empty()) else {
        return Ok(());
    };
    page.blank()?;
    page.line(Tone::Strong, &tr!("Stale baseline"))?;
    for entry in &baseline.stale {
        let (why, line, path) = (translated(&entry.why), entry.line, &baseline.path);
        let text = match entry.kind {
            StaleKind::Kept => tr!("{why}; remove the entry at line {line} of {path}", why, line, path),
            StaleKind::Ended => tr!(
                "{why}; mend the backend, or agree on another day, in the entry at line {line} of {path}",
                why,
                line,
                path
            ),
        };
        let id = format!("{}  ", entry.requirement);
        page.entry(&[(Tone::Warning, "  ! "), (Tone::Plain, &id)], Tone::Plain, &text)?;
    }
    Ok(())
}
