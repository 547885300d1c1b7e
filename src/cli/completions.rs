//! `wxconform completions`: what a shell completes on the command line.

use clap::CommandFactory as _;
use clap_complete::generate;

use super::Arguments;
use super::arguments::CompletionsArguments;
use super::console::Console;
use super::problem::Problem;
use crate::record::ExitStatus;

/// Prints the completions of a shell.
pub(super) fn run(arguments: &CompletionsArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut Arguments::command(), env!("CARGO_PKG_NAME"), &mut script);
    console.print(&String::from_utf8_lossy(&script))?;
    Ok(ExitStatus::Success)
}
