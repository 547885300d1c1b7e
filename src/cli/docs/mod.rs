//! `wxconform docs`: the specification as pages for a browser.

mod folder;
mod gather;
mod matrix;

use super::arguments::DocsArguments;
use super::console::Console;
use super::problem::Problem;
use crate::record::ExitStatus;
use crate::report::site;

/// Writes the site into a folder, and says where it begins.
pub(super) fn run(arguments: &DocsArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let files = site::render(&gather::specification()?);
    folder::fill(&arguments.out, &files).map_err(Problem::usage)?;
    let first = arguments.out.join("index.html");
    console.print(&tr!(
        "wrote {files} files; the first page is {first}\n",
        files = files.len(),
        first = first.display()
    ))?;
    Ok(ExitStatus::Success)
}
