//! How does a report get to its place?

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Format, ReportSpec, Target};
use super::{badge, github, gitlab, html, json, junit, markdown, messages, sarif, tap};
use crate::record::RunRecord;

/// How many links that lead to nothing are followed before they are taken for a ring.
const LINKS: usize = 40;

/// Why a report could not be made or put in its place. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The record cannot be put into JSON.
    #[error("{}", tr!("cannot make the json report"))]
    Json(#[source] serde_json::Error),
    /// The record cannot be put into XML.
    #[error("{}", tr!("cannot make the junit report"))]
    Junit(#[source] quick_junit::SerializeError),
    /// The file cannot be written.
    #[error("{}", tr!("cannot write the report to {path}", path = path.display()))]
    File {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The standard output cannot be written to.
    #[error("{}", tr!("cannot write the report to the standard output"))]
    Stdout(#[source] io::Error),
}

/// Returns a record in a format, ending in a line break.
///
/// The same record gives the same bytes.
///
/// # Errors
///
/// Fails when the encoder of the format fails, which no record that a run makes leads to.
pub fn render(format: Format, record: &RunRecord) -> Result<String, ReportError> {
    match format {
        Format::Html => Ok(html::render(record)),
        Format::Json => json::render(record).map_err(ReportError::Json),
        Format::Junit => junit::render(record).map_err(ReportError::Junit),
        Format::Sarif => Ok(sarif::render(record)),
        Format::Messages => Ok(messages::render(record)),
        Format::Markdown => Ok(markdown::render(record)),
        Format::Tap => Ok(tap::render(record)),
        Format::Github => Ok(github::render(record)),
        Format::Gitlab => Ok(gitlab::render(record)),
        Format::Badge => Ok(badge::render(record)),
    }
}

/// Puts a report in its place.
///
/// A file appears complete or not at all: the report is written beside it and then takes its name, and a
/// report that was there before stays until then. A path that leads to something else, such as a pipe or
/// a device, is written to directly. Directories are not made. `stdout` is used only when the wish says so.
///
/// # Errors
///
/// Fails when the report cannot be made or its place cannot be written to; the error names the path.
pub fn write(spec: &ReportSpec, record: &RunRecord, stdout: &mut impl Write) -> Result<(), ReportError> {
    let report = render(spec.format, record)?;
    match &spec.target {
        Target::Stdout => {
            stdout.write_all(report.as_bytes()).and_then(|()| stdout.flush()).map_err(ReportError::Stdout)
        }
        Target::File(path) => replace(path, report.as_bytes())
            .map_err(|source| ReportError::File { path: path.clone(), source }),
    }
}

/// Makes sure, as far as that can be known beforehand, that a report can be put in its place.
///
/// It leaves nothing behind. A run can take minutes, and a place that was never there should not be found out
/// at its end.
///
/// # Errors
///
/// Fails when the place is a folder, or nothing can be made in the folder it lies in.
pub fn check(spec: &ReportSpec) -> Result<(), ReportError> {
    match &spec.target {
        Target::Stdout => Ok(()),
        Target::File(path) => {
            try_place(path).map_err(|source| ReportError::File { path: path.clone(), source })
        }
    }
}

/// Makes sure, as far as that can be known beforehand, that a file can be put there; leaves nothing behind.
pub(crate) fn try_place(path: &Path) -> io::Result<()> {
    let place = match fs::canonicalize(path) {
        Ok(place) if place.is_dir() => {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, tr!("it is a folder")));
        }
        Ok(place) if !place.is_file() => return Ok(()),
        Ok(place) => place,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let text = tr!("there is no folder {folder}", folder = folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    let draft = draft_beside(&place)?;
    fill(&draft, &place, b"")?;
    fs::remove_file(draft)
}

/// Returns where a report for this path ends up, however the path is spelt and whatever links lead there. Of what cannot
/// be found out, the path stays as it is spelt.
pub(crate) fn place_of(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if let Ok(place) = fs::canonicalize(&path) {
            return place;
        }
        let Some(name) = path.file_name().map(ToOwned::to_owned) else { return path };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let Ok(folder) = fs::canonicalize(folder.unwrap_or(Path::new("."))) else { return path };
        let place = folder.join(name);
        // A link to what is not there yet leads there once it is.
        match fs::read_link(&place) {
            Ok(target) => path = folder.join(target),
            Err(_) => return place,
        }
    }
    path
}

/// Gives a path new content, all of it or none.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    // A link is followed, so that the file it leads to changes and the link stays.
    let place = match fs::canonicalize(path) {
        Ok(place) if !place.is_file() => return fs::write(place, content),
        Ok(place) => place,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    let draft = draft_beside(&place)?;
    let done = fill(&draft, &place, content).and_then(|()| fs::rename(&draft, &place));
    if done.is_err() {
        // The first error is the one to report; a draft that cannot be removed does no harm.
        drop(fs::remove_file(&draft));
    }
    done
}

/// Returns where to write what will become `place`: in the same folder, because a file keeps its content
/// under a new name only within one file system.
fn draft_beside(place: &Path) -> io::Result<PathBuf> {
    let name = place
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, tr!("the path names no file")))?;
    let mut draft = OsString::from(".");
    draft.push(name);
    draft.push(format!(".{}.draft", std::process::id()));
    Ok(place.with_file_name(draft))
}

fn fill(draft: &Path, place: &Path, content: &[u8]) -> io::Result<()> {
    // A draft of this name can only be left from a process that was killed.
    match fs::remove_file(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // `create_new` does not follow a link that somebody laid there.
    let mut file = File::create_new(draft)?;
    // Before the first byte: who could not read the old report shall not read the new one.
    match fs::metadata(place) {
        Ok(old) => file.set_permissions(old.permissions())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fs;
    use std::io;
    use std::path::Path;

    use super::{check, render, write};
    use crate::report::fixtures;
    use crate::report::{Format, ReportError, ReportSpec, Target};

    fn to(path: &Path) -> ReportSpec {
        ReportSpec { format: Format::Json, target: Target::File(path.to_owned()) }
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_file_gets_the_whole_report_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let mut stdout = Vec::new();
        write(&to(&path), &fixtures::conforming(), &mut stdout).unwrap();
        let expected = render(Format::Json, &fixtures::conforming()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        assert_eq!(names_in(folder.path()), ["report.json"]);
        assert!(stdout.is_empty());
    }

    #[test]
    fn a_path_without_a_folder_before_it_is_beside_the_working_directory() {
        let draft = super::draft_beside(Path::new("report.json")).unwrap();
        assert_eq!(draft.parent(), Some(Path::new("")));
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_path_and_cause() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent").join("report.json");
        let error = write(&to(&path), &fixtures::conforming(), &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write the report to {}", path.display()));
        let cause = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(cause.kind(), io::ErrorKind::NotFound);
        assert!(names_in(folder.path()).is_empty());
    }

    #[test]
    fn a_folder_in_the_place_of_the_file_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&to(folder.path()), &fixtures::conforming(), &mut Vec::new());
        assert!(matches!(error, Err(ReportError::File { .. })), "{error:?}");
        assert!(folder.path().is_dir());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_the_file_it_leads_to_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&to(&link), &fixtures::conforming(), &mut Vec::new()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let expected = render(Format::Json, &fixtures::conforming()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_stays_private() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write(&to(&path), &fixtures::conforming(), &mut Vec::new()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_draft_left_by_a_killed_process_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(super::draft_beside(&path).unwrap(), "half a rep").unwrap();
        write(&to(&path), &fixtures::conforming(), &mut Vec::new()).unwrap();
        assert_eq!(names_in(folder.path()), ["report.json"]);
    }

    #[test]
    fn a_place_is_the_same_however_it_is_spelt() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| super::place_of(&folder.path().join(path));
        fs::create_dir(folder.path().join("sub")).unwrap();
        for exists in [false, true] {
            if exists {
                fs::write(folder.path().join("a"), "").unwrap();
            }
            for spelt in ["./a", "sub/../a", "sub/./../a"] {
                assert_eq!(at(spelt), at("a"), "{spelt}, {exists}");
            }
            for other in ["b", "sub/a", "absent/a"] {
                assert_ne!(at(other), at("a"), "{other}, {exists}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_at_the_place_of_what_it_leads_to_even_before_that_is_there() {
        use std::os::unix::fs::symlink;

        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| super::place_of(&folder.path().join(path));
        fs::create_dir(folder.path().join("sub")).unwrap();
        symlink("a", folder.path().join("link")).unwrap();
        symlink("link", folder.path().join("link-to-link")).unwrap();
        symlink("../a", folder.path().join("sub/up")).unwrap();
        symlink("sub", folder.path().join("folder")).unwrap();
        symlink("ring", folder.path().join("ring")).unwrap();
        for exists in [false, true] {
            if exists {
                fs::write(folder.path().join("a"), "").unwrap();
            }
            for link in ["link", "link-to-link", "sub/up", "folder/up"] {
                assert_eq!(at(link), at("a"), "{link}, {exists}");
            }
        }
        assert_eq!(at("folder/b"), at("sub/b"));
        assert!(at("ring").ends_with("ring"));
    }

    // A pipe of its own and not a device such as /dev/null: should this code ever fail, it would replace it.
    #[cfg(unix)]
    #[test]
    fn a_pipe_is_written_to_and_stays_a_pipe() {
        use std::os::unix::fs::FileTypeExt;

        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let end = pipe.clone();
        let reader = std::thread::spawn(move || fs::read_to_string(end).unwrap());
        write(&to(&pipe), &fixtures::conforming(), &mut Vec::new()).unwrap();
        // Asked before the reader is waited for, which would wait for ever at a pipe that is gone.
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), render(Format::Json, &fixtures::conforming()).unwrap());
    }

    #[test]
    fn a_place_is_tried_without_leaving_anything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        check(&to(&path)).unwrap();
        assert!(names_in(folder.path()).is_empty());
        fs::write(&path, "old").unwrap();
        check(&to(&path)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names_in(folder.path()), ["report.json"]);
        let why = |path: &Path| check(&to(path)).unwrap_err().source().unwrap().to_string();
        assert_eq!(why(folder.path()), "it is a folder");
        let absent = folder.path().join("absent");
        assert_eq!(why(&absent.join("report.json")), format!("there is no folder {}", absent.display()));
    }

    #[test]
    fn the_standard_output_gets_the_report_and_nothing_else() {
        let spec = ReportSpec { format: Format::Junit, target: Target::Stdout };
        let mut stdout = Vec::new();
        write(&spec, &fixtures::conforming(), &mut stdout).unwrap();
        assert_eq!(
            String::from_utf8(stdout).unwrap(),
            render(Format::Junit, &fixtures::conforming()).unwrap()
        );
    }
}
