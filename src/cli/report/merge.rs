//! `wxconform report merge`: the parts of a run as one.

use super::super::arguments::ReportMerge;
use super::{read, warn_if_changed};
use crate::cli::console::Console;
use crate::cli::problem::Problem;
use crate::cli::{quality, reports};
use crate::record::{ExitStatus, join};

/// Joins the reports, prints the page, writes the reports, and ends as a run of the whole would have ended.
pub(super) fn run(arguments: &ReportMerge, console: &mut Console) -> Result<ExitStatus, Problem> {
    let wanted = reports::asked(&arguments.report)?;
    let mut parts = Vec::new();
    for path in &arguments.files {
        let report = read(path)?;
        warn_if_changed(path, &report, console);
        parts.push((path.display().to_string(), report.record));
    }
    let whole = join(parts).map_err(Problem::not_the_plan)?;
    reports::give(&whole, &wanted, arguments.verbose, console)?;
    quality::leave(&whole, &wanted, console);
    Ok(ExitStatus::of(&whole))
}
