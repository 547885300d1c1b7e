//! Do the sources keep the shape that the crate's documentation draws?

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each module and what it may import; `cli` may import everything, and everything may import `language`.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("language", &[]),
    ("protocol", &[]),
    ("expiry", &[]),
    ("record", &["protocol"]),
    ("standin", &["protocol", "expiry", "record"]),
    ("miniprogram", &["protocol", "expiry", "record"]),
    ("backend", &["protocol", "expiry", "record"]),
    ("checks", &["protocol", "expiry", "record"]),
    ("suite", &["protocol", "expiry", "record", "standin", "miniprogram", "backend", "checks"]),
    ("report", &["protocol", "record"]),
    ("reference", &["protocol", "expiry", "backend"]),
    (
        "cli",
        &[
            "protocol",
            "expiry",
            "record",
            "standin",
            "miniprogram",
            "backend",
            "checks",
            "suite",
            "report",
            "reference",
        ],
    ),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "misc", "shared"];

/// How long a source file may be.
const LONGEST_FILE: usize = 500;

/// What reaches the terminal without being handed a writer.
const PRINTING: &[&str] =
    &["print!(", "println!(", "io::stdout(", "io::stderr(", "use anstream", "anstream::"];

/// A source file: its path below `src` and its text.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// Returns the names from the crate's root to the module that the file is.
    fn module(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.path.with_extension("").iter().map(|name| name.to_str().unwrap().to_owned()).collect();
        if names.last().is_some_and(|last| last == "mod" || last == "lib") {
            names.pop();
        }
        names
    }

    /// Returns the part of the crate that the file belongs to; `lib.rs` and `main.rs` belong to none.
    fn part(&self) -> Option<String> {
        (self.path.components().count() > 1).then(|| self.module().swap_remove(0))
    }

    /// Returns the lines of code: no comments, and nothing from the tests at the end of a file on.
    fn code(&self) -> String {
        let body = self.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = body.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                sources.push(Source { path: path.strip_prefix(&root).unwrap().to_owned(), text });
            }
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(sources.len() > 100, "only {} sources were found", sources.len());
    sources
}

/// Returns the top-level modules that code names by way of the crate's root.
fn imports(module: &[String], code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        found.extend(first_names(&code[at + "crate::".len()..]));
    }
    for (at, _) in code.match_indices("super::") {
        // The first link of a chain knows how long the chain is.
        if code[..at].ends_with("super::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut climbed = 0;
        while let Some(next) = rest.strip_prefix("super::") {
            rest = next;
            climbed += 1;
        }
        if climbed >= module.len() {
            found.extend(first_names(rest));
        }
    }
    found
}

/// Returns the first name of a path, or of each path in a group such as `{a::b, c}`.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut names = vec![name(group)];
    let mut depth = 1;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(name(&group[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn an_import_is_seen_however_it_is_written() {
    let module = ["report".to_owned(), "terminal".to_owned(), "page".to_owned()];
    for (code, expected) in [
        ("use crate::suite::Plan;", &["suite"][..]),
        ("let plan = crate::suite::Plan::default();", &["suite"]),
        ("use crate::{record::{A, B}, suite,\n    checks::C};", &["checks", "record", "suite"]),
        ("use super::super::super::suite::Plan;", &["suite"]),
        ("use super::super::super::{suite, record};", &["record", "suite"]),
        ("use super::super::printable;", &[]),
        ("use super::view;", &[]),
        ("use std::sync::Arc;", &[]),
    ] {
        let found = imports(&module, code);
        assert!(found.iter().map(String::as_str).eq(expected.iter().copied()), "{code}: {found:?}");
    }
}

#[test]
fn comments_and_tests_do_not_count_as_code() {
    let text =
        "//! crate::a\nuse crate::b;\n    // crate::c\n\n#[cfg(test)]\nmod tests {\n    use crate::d;\n}\n";
    let source = Source { path: PathBuf::from("x/mod.rs"), text: text.to_owned() };
    assert_eq!(source.module(), ["x"]);
    assert!(imports(&source.module(), &source.code()).iter().eq(["b"]));
}

#[test]
fn every_module_imports_only_what_stands_below_it() {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(part) = source.part() else { continue };
        let row = MAY_IMPORT.iter().find(|(name, _)| *name == part);
        let (_, allowed) = row.unwrap_or_else(|| panic!("src/{part} is not in the table of modules"));
        for import in imports(&source.module(), &source.code()) {
            // Anything else behind the root is an item of lib.rs, and there is none.
            if import != part && import != "language" && !allowed.contains(&import.as_str()) {
                wrong.push(format!("src/{} imports {import}", source.path.display()));
            }
            seen.entry(part.clone()).or_default().insert(import);
        }
    }
    assert!(wrong.is_empty(), "against the table of modules:\n{}", wrong.join("\n"));
    assert!(
        seen["suite"].contains("standin") && seen["cli"].contains("suite"),
        "the scan is blind: {seen:?}"
    );
    assert_eq!(seen.get("protocol"), None);
}

#[test]
fn the_crate_documentation_draws_the_same_table() {
    let guide = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let rows: Vec<&str> = guide.lines().filter(|line| line.starts_with("//! | [`")).collect();
    assert_eq!(rows.len(), MAY_IMPORT.len());
    for (row, (name, allowed)) in rows.into_iter().zip(MAY_IMPORT) {
        assert!(row.starts_with(&format!("//! | [`{name}`]")), "expected the row of {name}: {row}");
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap().trim();
        let expected = match *name {
            "suite" => "all of the above".to_owned(),
            "cli" => "everything".to_owned(),
            _ if allowed.is_empty() => "nothing".to_owned(),
            _ => allowed.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" "),
        };
        assert_eq!(cell, expected, "{name}");
        assert!(guide.contains(&format!("\npub mod {name};")), "lib.rs has no module {name}");
    }
}

/// A crate of their own is made of the judging modules, so that a change of one builds in seconds.
#[test]
fn what_the_mutation_tests_lay_out_needs_nothing_else() {
    let command =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutation/run")).unwrap();
    let list = |name: &str| -> Vec<String> {
        let line = command.lines().find_map(|line| line.strip_prefix(&format!("{name}=("))).unwrap();
        let paths = line.split(')').next().unwrap().split_whitespace();
        paths.map(|path| path.strip_prefix("src/").unwrap().to_owned()).collect()
    };
    let laid_out: Vec<String> = [list("judging"), list("beneath")].concat();
    let mut wrong = Vec::new();
    for source in sources() {
        if !laid_out.iter().any(|folder| source.path.starts_with(folder)) {
            continue;
        }
        for import in imports(&source.module(), &source.code()) {
            if !laid_out.iter().any(|folder| folder.split('/').next() == Some(&import)) {
                wrong.push(format!("src/{} imports {import}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "tests/mutation/run does not lay that out:\n{}", wrong.join("\n"));
    assert!(laid_out.len() > 4, "the command is read wrongly: {laid_out:?}");
}

#[test]
fn only_the_suite_knows_cucumber() {
    let sources = sources();
    let users = sources.iter().filter(|source| source.code().contains("cucumber"));
    let (inside, outside): (Vec<_>, Vec<_>) = users.partition(|source| source.path.starts_with("suite"));
    let outside: Vec<_> = outside.iter().map(|source| source.path.display().to_string()).collect();
    assert_eq!(outside, [""; 0]);
    assert!(!inside.is_empty(), "the scan is blind");
}

#[test]
fn every_module_has_a_name_that_says_something() {
    for source in sources() {
        for name in source.module() {
            assert!(!EMPTY_NAMES.contains(&name.as_str()), "src/{}", source.path.display());
        }
    }
}

#[test]
fn no_source_file_is_too_long_to_read() {
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(lines <= LONGEST_FILE, "src/{} has {lines} lines", source.path.display());
    }
}

#[test]
fn only_the_command_line_prints_and_nothing_ends_the_process() {
    let mut printing = 0;
    for source in sources() {
        let code = source.code();
        let place = source.path.display();
        assert!(!code.contains("process::exit") && !code.contains("process::abort"), "src/{place}");
        let prints = PRINTING.iter().find(|way| code.contains(*way));
        if source.path.starts_with("cli") {
            printing += usize::from(prints.is_some());
        } else {
            assert_eq!(prints, None, "src/{place} prints");
        }
    }
    assert!(printing > 0, "the scan is blind");
}

#[test]
fn no_dependency_needs_a_newer_rust_than_we_say() {
    let asked = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages were found", packages.len());
    for package in packages {
        let Some(needed) = package["rust_version"].as_str() else { continue };
        let name = package["id"].as_str().unwrap();
        assert!(version(needed) <= ours, "{name} needs Rust {needed}");
    }
}

/// Returns the platform that the toolchain makes programs for, in Rust's own spelling.
fn host() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let told = Command::new(rustc).arg("-vV").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// Returns the numbers of a version; what is left out counts as zero.
fn version(text: &str) -> [u32; 3] {
    let mut numbers = [0; 3];
    for (slot, number) in numbers.iter_mut().zip(text.split('.')) {
        *slot = number.parse().unwrap();
    }
    numbers
}

#[test]
fn versions_compare_as_numbers() {
    assert!(version("1.9") < version("1.88") && version("1.88.1") > version("1.88"));
}
