//! Which deviations are known, and where are they to be written down?

use std::error::Error as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::console::Console;
use super::given::{Given, Options};
use super::problem::Problem;
use crate::backend::{Baseline, BaselineError, Deviation, Draft};
use crate::record::{RunRecord, StaleKind};
use crate::suite::Catalogue;

/// Reads the baseline that was given, and warns of what nobody has written into it yet.
pub(super) fn known(options: &Options, console: &mut Console) -> Result<Option<Baseline>, Problem> {
    let Some(given) = options.get("baseline") else { return Ok(None) };
    let catalogue = Catalogue::embedded()?;
    let baseline = given.read(|path| read(Path::new(path), &catalogue))?;
    for entry in baseline.entries().iter().filter(|entry| !entry.unwritten().is_empty()) {
        console.warn(&tr!(
            "{path}, line {line}: the {keys} of {requirement} is still a placeholder",
            path = baseline.path().display(),
            line = entry.line,
            keys = entry.unwritten().join(&tr!("between keys" => " and the ")),
            requirement = entry.requirement
        ));
    }
    Ok(Some(baseline))
}

fn read(path: &Path, catalogue: &Catalogue) -> Result<Baseline, String> {
    Baseline::read(path, &catalogue.listable()).map_err(|error| told(&error))
}

/// Returns an error with its cause, in one line.
fn told(error: &BaselineError) -> String {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

/// A place that a baseline is to be written to.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    /// What stands there now.
    older: Option<Baseline>,
}

impl Place {
    /// Makes sure, before anything runs, that a baseline can be written there, and that nothing but a baseline
    /// is replaced.
    pub(super) fn of(path: &Path) -> Result<Self, Problem> {
        let wrong = |detail: String| Given::flag("write-baseline", "").wrong(detail);
        let shown = path.display();
        let older = match std::fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(wrong(tr!("cannot look at {shown}: {error}", shown, error))),
            Ok(found) if !found.is_file() => {
                return Err(wrong(tr!("{shown} is there and is no file", shown)));
            }
            Ok(_) => {
                let unfit = |detail: String| {
                    wrong(tr!(
                        "{shown} is there: it is only replaced when it is a baseline; mend it, or name another file \
                         ({detail})",
                        shown,
                        detail
                    ))
                };
                let older = read(path, &Catalogue::embedded()?).map_err(unfit)?;
                if !older.says_what_it_is() {
                    return Err(unfit(tr!("it has no [[deviation]]")));
                }
                Some(older)
            }
        };
        crate::report::try_place(path)
            .map_err(|error| wrong(tr!("cannot write {shown}: {error}", shown, error)))?;
        Ok(Self { path: path.to_owned(), older })
    }

    /// Writes a baseline that lists every deviation of a run, and says what is left to do with it.
    pub(super) fn write(
        &self,
        record: &RunRecord,
        known: Option<&Baseline>,
        console: &mut Console,
    ) -> Result<(), Problem> {
        let shown = self.path.display();
        if record.preflight.is_some() || record.totals.scenarios.ran == 0 {
            console.warn(&tr!("{shown} is not written, because nothing was judged", shown));
            return Ok(());
        }
        let catalogue = Catalogue::embedded()?;
        let listable = catalogue.listable();
        let known: Vec<&Baseline> = known.into_iter().chain(&self.older).collect();
        let draft = Draft::of(record, &known, &listable);
        let written = draft.read_back(&self.path, &listable).map_err(Problem::defect)?;
        crate::report::replace(&self.path, draft.to_string().as_bytes())
            .map_err(|error| Problem::usage(tr!("cannot write {shown}: {error}", shown, error)))?;
        let entries = written.entries();
        console.note(&tr!(
            "{shown} lists {n} deviation" | "{shown} lists {n} deviations" % entries.len(),
            shown = shown
        ));
        let unwritten = entries.iter().filter(|entry| !entry.unwritten().is_empty());
        if let Some(ids) = ids(unwritten) {
            console.warn(&tr!("say in it why this is not mended, and who mends it: {ids}", ids));
        }
        let over = |entry: &&Deviation| {
            let baseline = record.baseline.iter().flat_map(|baseline| &baseline.stale);
            let mut ended = baseline.filter(|stale| stale.kind == StaleKind::Ended);
            ended.any(|stale| stale.requirement == entry.requirement)
        };
        if let Some(ids) = ids(entries.iter().filter(over)) {
            console.warn(&tr!("agree on another last day: {ids}", ids));
        }
        Ok(())
    }
}

/// Returns the requirements of entries as a list, if there are any.
fn ids<'a>(entries: impl Iterator<Item = &'a Deviation>) -> Option<String> {
    let ids: Vec<&str> = entries.map(|entry| entry.requirement.as_str()).collect();
    (!ids.is_empty()).then(|| ids.join(", "))
}
