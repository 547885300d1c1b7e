//! `wxconform schema`: the JSON Schema of the JSON report.

use super::console::Console;
use super::problem::Problem;
use crate::record::ExitStatus;
use crate::report::JSON_SCHEMA;

/// Prints the schema.
pub(super) fn run(console: &mut Console) -> Result<ExitStatus, Problem> {
    console.print(JSON_SCHEMA)?;
    Ok(ExitStatus::Success)
}
