//! `wxconform report`: what can be done with reports that were written before.

mod diff;
mod merge;
mod render;
mod verify;

use std::path::Path;

use super::arguments::{ReportArguments, ReportCommand};
use super::console::Console;
use super::problem::Problem;
use crate::record::{ExitStatus, Seal};
use crate::report::{ReadReport, printable};

/// How much of a path or a reason is shown.
const SHOWN: usize = 400;

/// Carries out a command about reports.
pub(super) fn run(arguments: &ReportArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    match &arguments.command {
        ReportCommand::Diff(diff) => diff::run(diff, console),
        ReportCommand::Merge(merge) => merge::run(merge, console),
        ReportCommand::Render(render) => render::run(render, console),
        ReportCommand::Verify(verify) => verify::run(verify, console),
    }
}

/// Reads a report; what is wrong with it is told in words that follow its name.
pub(super) fn read_record(path: &Path) -> Result<ReadReport, String> {
    let wrong = |detail: String| format!("{}: {detail}", path.display());
    let bytes = std::fs::read(path).map_err(|error| wrong(tr!("cannot read it: {error}", error)))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to() + 1;
        wrong(tr!(
            "it is not UTF-8, from byte {byte} on; a report is what `wxconform --report json=FILE` writes",
            byte
        ))
    })?;
    crate::report::read(&text).map_err(|error| wrong(error.to_string()))
}

fn read(path: &Path) -> Result<ReadReport, Problem> {
    read_record(path).map_err(Problem::usage)
}

/// Warns of a report that says something else than what the run wrote.
fn warn_if_changed(path: &Path, report: &ReadReport, console: &mut Console) {
    if report.seal == Seal::Changed {
        console.warn(&tr!(
            "{path} was changed after it was written; `report verify` says so too",
            path = path.display()
        ));
    }
}

/// Returns a text of a report in one line that drives no terminal and commands no runner.
fn shown(text: &str) -> String {
    printable(text, SHOWN).replace("##[", "## [")
}
