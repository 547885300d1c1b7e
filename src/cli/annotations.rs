//! What is printed where GitHub runs the command?
//!
//! The runner reads what a job prints, and takes lines that begin with `::`, or hold `##[`, for commands. A page
//! quotes a backend, so it is printed between two lines that tell the runner to take nothing for a command.

use super::console::Console;
use super::listening::random_seed;
use super::problem::Problem;
use crate::record::RunRecord;
use crate::report::{Format, render};

/// The variable by which GitHub says that a job runs there.
const VARIABLE: &str = "GITHUB_ACTIONS";

/// Tells whether GitHub runs the command.
pub(super) fn is_runner() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| value == "true")
}

/// Lets something be printed in which the runner looks for no commands.
pub(super) fn without_commands(
    console: &mut Console,
    print: impl FnOnce(&mut Console) -> Result<(), Problem>,
) -> Result<(), Problem> {
    if !is_runner() {
        return print(console);
    }
    // Only who knows the word can make the runner listen again.
    let word = format!("wxconform-{:016x}{:016x}", random_seed()?, random_seed()?);
    console.print(&format!("::stop-commands::{word}\n"))?;
    print(console)?;
    Ok(console.print(&format!("::{word}::\n"))?)
}

/// Prints what there is to say about a run as annotations, if GitHub runs the command.
pub(super) fn print(record: &RunRecord, console: &mut Console) -> Result<(), Problem> {
    if is_runner() {
        console.print(&render(Format::Github, record)?)?;
    }
    Ok(())
}
