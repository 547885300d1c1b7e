//! Which reports were asked for, and can they be written?

use std::error::Error as _;
use std::io::ErrorKind;

use super::annotations;
use super::console::Console;
use super::given::{Given, Options, Source};
use super::problem::Problem;
use crate::record::RunRecord;
use crate::report::{ReportError, ReportSpec, Target, terminal};

/// Returns the reports that were asked for. Makes sure, before anything runs, that each has a place of its
/// own to go to.
pub(super) fn wanted(options: &Options) -> Result<Vec<ReportSpec>, Problem> {
    options.get("report").map_or(Ok(Vec::new()), read)
}

/// Returns the reports that flags ask for, as [`wanted`] does.
pub(super) fn asked(flags: &[String]) -> Result<Vec<ReportSpec>, Problem> {
    read(&Given::new("report", Source::Flag, flags.to_vec()))
}

fn read(given: &Given) -> Result<Vec<ReportSpec>, Problem> {
    let specs = given.read_each(str::parse::<ReportSpec>)?;
    let mut taken = Vec::new();
    for spec in &specs {
        // The later one would silently take the place of the earlier one, however either is spelt.
        let place = match &spec.target {
            Target::Stdout => None,
            Target::File(path) => Some(crate::report::place_of(path)),
        };
        if taken.contains(&place) {
            let place = match &spec.target {
                Target::Stdout => tr!("the standard output"),
                Target::File(path) => path.display().to_string(),
            };
            return Err(given.wrong(tr!("only one report can go to {place}", place)));
        }
        taken.push(place);
        crate::report::check(spec).map_err(|error| {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            given.wrong(format!("{error}{cause}"))
        })?;
    }
    Ok(specs)
}

/// Prints the page, unless a report takes the standard output for itself.
pub(super) fn show(
    record: &RunRecord,
    reports: &[ReportSpec],
    verbose: bool,
    console: &mut Console,
) -> Result<(), Problem> {
    if reports.iter().any(goes_to_stdout) {
        return Ok(());
    }
    annotations::without_commands(console, |console| {
        console.render(|page, color, width| {
            let style = terminal::Style { color, width, verbose };
            terminal::render(record, &style, page)
        })?;
        Ok(())
    })?;
    annotations::print(record, console)
}

/// Prints the page and writes the reports.
pub(super) fn give(
    record: &RunRecord,
    reports: &[ReportSpec],
    verbose: bool,
    console: &mut Console,
) -> Result<(), Problem> {
    show(record, reports, verbose, console)?;
    reports.iter().try_for_each(|spec| write(spec, record, console))
}

/// Puts a report in its place. A reader that has gone away, as `head` does, wants no more of it.
pub(super) fn write(spec: &ReportSpec, record: &RunRecord, console: &mut Console) -> Result<(), Problem> {
    match crate::report::write(spec, record, console.out()) {
        Err(ReportError::Stdout(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Problem::from),
    }
}

/// Tells whether a report takes the standard output for itself.
fn goes_to_stdout(spec: &ReportSpec) -> bool {
    spec.target == Target::Stdout
}
