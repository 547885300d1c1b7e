//! How does the site get into its folder without taking anything from anybody?
//!
//! A list in the folder says which files are ours. Only these are replaced or removed; where another file is in the
//! way, nothing is written at all.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::report::site::File;

/// The file that lists ours.
const LIST: &str = ".wxconform-docs";

/// Its first line.
const HEADING: &str = "wxconform docs 1";

/// Why the site cannot be put into a folder.
#[derive(Debug, thiserror::Error)]
pub(super) enum FolderError {
    #[error("{}", tr!(
        "{path} is a file, and the site needs a folder; let --out name one that is empty or does not exist yet",
        path = _0.display()
    ))]
    IsFile(PathBuf),
    #[error("{}", tr!(
        "{folder} holds {name}, which `wxconform docs` has not written; nothing was changed; let --out name a folder \
         that is empty, does not exist yet, or holds an older site",
        folder = folder.display(),
        name
    ))]
    Foreign { folder: PathBuf, name: String },
    #[error("{}", tr!("cannot write the site to {place}", place = place.display()))]
    System { place: PathBuf, source: io::Error },
}

/// Makes the folder hold these files. Those of an older site that are not among them are removed.
pub(super) fn fill(folder: &Path, files: &[File]) -> Result<(), FolderError> {
    let older = ours(folder)?;
    let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let failed = |place: PathBuf| move |source| FolderError::System { place, source };
    fs::create_dir_all(folder).map_err(failed(folder.to_owned()))?;
    let list = folder.join(LIST);
    let write = |names: &BTreeSet<&str>| {
        let lines = names.iter().fold(format!("{HEADING}\n"), |lines, name| lines + name + "\n");
        fs::write(&list, lines).map_err(failed(list.clone()))
    };
    if let Some(name) = names.iter().find(|name| !older.contains(**name) && exists(&folder.join(name))) {
        return Err(FolderError::Foreign { folder: folder.to_owned(), name: (*name).to_owned() });
    }
    // Whoever is interrupted in between leaves a folder whose files are known to be ours.
    write(&names.iter().copied().chain(older.iter().map(String::as_str)).collect())?;
    for file in files {
        let place = folder.join(&file.name);
        fs::write(&place, &file.text).map_err(failed(place))?;
    }
    for name in older.iter().filter(|name| !names.contains(name.as_str())) {
        let place = folder.join(name);
        match fs::remove_file(&place) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(FolderError::System { place, source });
            }
            Ok(()) | Err(_) => {}
        }
    }
    write(&names)
}

/// Returns the names of the files that an older site has left; none where there is no folder, or an empty one.
fn ours(folder: &Path) -> Result<BTreeSet<String>, FolderError> {
    let failed = |source| FolderError::System { place: folder.to_owned(), source };
    let mut entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(_) if folder.is_file() => return Err(FolderError::IsFile(folder.to_owned())),
        Err(error) => return Err(failed(error)),
    };
    match fs::read_to_string(folder.join(LIST)) {
        Ok(list) if list.lines().next() == Some(HEADING) => {
            let named = list.lines().skip(1).filter(|name| is_plain(name));
            // A link, or a folder, is none that this program makes.
            Ok(named
                .filter(|name| !exists(&folder.join(name)) || is_file(&folder.join(name)))
                .map(str::to_owned)
                .collect())
        }
        Ok(_) => Err(FolderError::Foreign { folder: folder.to_owned(), name: LIST.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match entries.next() {
            None => Ok(BTreeSet::new()),
            Some(Ok(entry)) => Err(FolderError::Foreign {
                folder: folder.to_owned(),
                name: entry.file_name().to_string_lossy().into_owned(),
            }),
            Some(Err(error)) => Err(failed(error)),
        },
        Err(error) => Err(failed(error)),
    }
}

/// Tells whether a name is one of the kind that the site has, and so lies in its folder.
fn is_plain(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_letter)
}

fn exists(place: &Path) -> bool {
    fs::symlink_metadata(place).is_ok()
}

fn is_file(place: &Path) -> bool {
    fs::symlink_metadata(place).is_ok_and(|found| found.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{LIST, fill};
    use crate::report::site::File;

    fn files(names: &[&str]) -> Vec<File> {
        names.iter().map(|name| File { name: (*name).to_owned(), text: format!("{name}!") }).collect()
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_older_site_is_replaced_and_what_is_not_ours_stays() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a/b");
        fill(&out, &files(&["a.html", "b.html"])).unwrap();
        fs::write(out.join("CNAME"), "mine").unwrap();
        fs::write(out.join("a.html"), "older").unwrap();
        fill(&out, &files(&["a.html", "c.html"])).unwrap();
        assert_eq!(names_in(&out), [LIST, "CNAME", "a.html", "c.html"]);
        assert_eq!(fs::read_to_string(out.join("a.html")).unwrap(), "a.html!");
    }

    #[test]
    fn a_folder_with_other_files_and_a_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("index.html");
        fs::write(&mine, "mine").unwrap();
        let refused = fill(folder.path(), &files(&["index.html"])).unwrap_err().to_string();
        assert!(refused.contains("holds index.html, which `wxconform docs` has not written"), "{refused}");
        let refused = fill(&mine, &files(&["index.html"])).unwrap_err().to_string();
        assert!(refused.contains("is a file, and the site needs a folder"), "{refused}");
        assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
        assert_eq!(names_in(folder.path()), ["index.html"]);
    }

    #[test]
    fn a_new_page_does_not_replace_a_file_of_somebody() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path();
        fill(out, &files(&["a.html"])).unwrap();
        fs::write(out.join("b.html"), "mine").unwrap();
        let refused = fill(out, &files(&["b.html"])).unwrap_err().to_string();
        assert!(refused.contains("holds b.html"), "{refused}");
        assert_eq!(names_in(out), [LIST, "a.html", "b.html"]);
        assert_eq!(fs::read_to_string(out.join("b.html")).unwrap(), "mine");
    }

    #[test]
    fn a_list_that_names_files_elsewhere_removes_none() {
        let folder = tempfile::tempdir().unwrap();
        let (out, beside) = (folder.path().join("site"), folder.path().join("beside"));
        fs::write(&beside, "mine").unwrap();
        fs::create_dir(&out).unwrap();
        fs::write(out.join(LIST), format!("wxconform docs 1\n../beside\n{}\n.git\n", beside.display()))
            .unwrap();
        fs::write(out.join(".git"), "mine").unwrap();
        fill(&out, &files(&["a.html"])).unwrap();
        assert!(beside.exists());
        assert_eq!(names_in(&out), [".git", LIST, "a.html"]);
        fs::write(out.join(LIST), "something else\n").unwrap();
        assert!(fill(&out, &files(&["a.html"])).unwrap_err().to_string().contains(LIST));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (out, beside) = (folder.path().join("site"), folder.path().join("beside"));
        fill(&out, &files(&["a.html"])).unwrap();
        fs::write(&beside, "mine").unwrap();
        fs::remove_file(out.join("a.html")).unwrap();
        std::os::unix::fs::symlink(&beside, out.join("a.html")).unwrap();
        assert!(fill(&out, &files(&["a.html"])).is_err());
        assert_eq!(fs::read_to_string(&beside).unwrap(), "mine");
    }
}
