//! `wxconform report render`: the page of an earlier run, and its report in other formats.

use super::super::arguments::ReportRender;
use super::{read, warn_if_changed};
use crate::cli::console::Console;
use crate::cli::problem::Problem;
use crate::cli::reports;
use crate::record::ExitStatus;

/// Prints the page and writes the reports. That it could be done is a success, whatever the verdict was.
pub(super) fn run(arguments: &ReportRender, console: &mut Console) -> Result<ExitStatus, Problem> {
    let wanted = reports::asked(&arguments.report)?;
    let report = read(&arguments.file)?;
    warn_if_changed(&arguments.file, &report, console);
    reports::give(&report.record, &wanted, arguments.verbose, console)?;
    Ok(ExitStatus::Success)
}
