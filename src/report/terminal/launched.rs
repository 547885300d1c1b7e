//! What did a launched backend say last?

use std::io::{self, Write};

use super::page::{Page, Tone};
use crate::record::{RunRecord, RunVerdict};

/// Writes the command that started the backend.
pub(super) fn command<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    match &record.backend.command {
        Some(command) => {
            page.entry(&[(Tone::Faint, &format!("{}  ", tr!("launched by")))], Tone::Plain, command.trim())
        }
        None => Ok(()),
    }
}

/// Writes its last lines, where they may say why it could not be judged. What is broken is shown by the
/// traffic, so there they stand only in a page that shows everything.
pub(super) fn output<W: Write>(page: &mut Page<'_, W>, record: &RunRecord) -> io::Result<()> {
    let lines = &record.backend.output;
    // Beside a breach there is a reason only when the backend died.
    let asked = record.verdict == RunVerdict::Undecided || record.reason.is_some() || page.verbose();
    if lines.is_empty() || !asked {
        return Ok(());
    }
    page.blank()?;
    page.line(Tone::Strong, &tr!("The last lines of the launched backend"))?;
    for line in lines {
        page.entry(&[(Tone::Faint, "  | ")], Tone::Plain, line)?;
    }
    Ok(())
}
