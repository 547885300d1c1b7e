//! `wxconform report merge`: the parts of a run as one.

use std::path::Path;

use super::super::arguments::ReportMerge;
use super::read;
use crate::cli::console::Console;
use crate::cli::problem::Problem;
use crate::cli::{quality, reports};
use crate::record::{ExitStatus, Seal, join};
use crate::report::ReadReport;

/// Joins the reports, prints the page, writes the reports, and ends as a run of the whole would have ended.
pub(super) fn run(arguments: &ReportMerge, console: &mut Console) -> Result<ExitStatus, Problem> {
    let wanted = reports::asked(&arguments.report)?;
    let mut parts = Vec::new();
    for path in &arguments.files {
        let report = read(path)?;
        if let Some(problem) = unfit(path, &report) {
            return Err(Problem::not_the_plan(problem));
        }
        parts.push((path.display().to_string(), report.record));
    }
    let whole = join(parts).map_err(Problem::not_the_plan)?;
    reports::give(&whole, &wanted, arguments.verbose, console)?;
    quality::leave(&whole, &wanted, console);
    Ok(ExitStatus::of(&whole))
}

/// Says why a report cannot be a part: the whole is sealed anew, and would vouch for what nobody has judged.
///
/// Every version that shares runs out seals their parts. An older report of a whole run has no seal; it is its only part
/// and stays without one.
fn unfit(path: &Path, report: &ReadReport) -> Option<String> {
    let path = path.display();
    match report.seal {
        Seal::Changed => Some(tr!(
            "{path} was changed after it was written, and the whole would hide that; take the file that the run wrote, or \
             play that part again",
            path
        )),
        Seal::Missing if report.record.shard.is_some() => Some(tr!(
            "{path} has lost its digest, so it was changed after it was written, and the whole would hide that; take the \
             file that the run wrote, or play that part again",
            path
        )),
        Seal::Untouched | Seal::Missing => None,
    }
}
