//! Do the pages say what the code does?
//!
//! `docs/requirements.md`, `docs/faults.md` and the counts in the README are made from the code, and so is
//! `docs/contracts.md`, which is made elsewhere. With
//! `WXCONFORM_BLESS=1` in the environment the tests write them; otherwise they compare. The pages written by hand are searched for
//! commands, requirements, faults and links, each of which has to exist.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Parser as _;
use wxconform::cli::Arguments;
use wxconform::record::{ExitStatus, RequirementVerdict, RunVerdict};
use wxconform::reference::Fault;
use wxconform::report::Format;
use wxconform::suite::{Catalogue, Requirement};

use crate::docs_contracts::{CONTRACTS, contracts_page};
use crate::docs_contracts_twin::{TWIN, contracts_twin};

/// The pages written by hand.
const PAGES: &[&str] = &[
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/ci/README.md",
    "docs/redirects.md",
];

const REQUIREMENTS: &str = "docs/requirements.md";
const FAULTS: &str = "docs/faults.md";

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(page: &str) -> String {
    let text = std::fs::read_to_string(root().join(page));
    // A checkout on Windows may have turned the line ends.
    text.unwrap_or_else(|error| panic!("{page}: {error}")).replace("\r\n", "\n")
}

/// Tells whether pages are to be written anew.
pub(crate) fn is_blessing() -> bool {
    std::env::var_os("WXCONFORM_BLESS").is_some_and(|value| value == "1")
}

/// Compares a page with what is committed, or writes it when asked to.
pub(crate) fn assert_committed(page: &str, made: &str) {
    if is_blessing() {
        // Other tests may be reading the page: it is replaced, never half written.
        let beside = root().join(format!("{page}.new"));
        std::fs::write(&beside, made).unwrap();
        std::fs::rename(beside, root().join(page)).unwrap();
    }
    let committed = read(page);
    let differs = made.lines().zip(committed.lines()).find(|(made, committed)| made != committed);
    assert!(
        made == committed,
        "{page} is out of date (first at {differs:?}); `WXCONFORM_BLESS=1 cargo test docs` writes it anew"
    );
}

/// Spells a text so that Markdown shows it as it stands.
pub(crate) fn plain(text: &str) -> String {
    let mut spelt = String::new();
    for c in text.chars() {
        if matches!(c, '<' | '|' | '*' | '_' | '`' | '[' | ']' | '\\') {
            spelt.push('\\');
        }
        spelt.push(c);
    }
    spelt
}

#[test]
fn the_page_of_requirements_is_the_catalogue() {
    assert_committed(REQUIREMENTS, &requirements_page());
}

fn requirements_page() -> String {
    let catalogue = Catalogue::embedded().unwrap();
    let requirements = catalogue.requirements();
    let scenarios: usize = requirements.iter().map(|requirement| requirement.scenarios.len()).sum();
    let mut page = format!(
        "# Requirements\n\n\
         Made from the files in `features/`; `WXCONFORM_BLESS=1 cargo test docs` writes it anew.\n\n\
         {} requirements, proved by {scenarios} scenarios. `wxconform explain ID` shows the scenarios of one. \
         What a level means is in the [README](../README.md#reading-the-result).\n",
        requirements.len(),
    );
    let mut area = "";
    for requirement in requirements {
        if requirement.area != area {
            area = &requirement.area;
            write!(page, "\n## {area}\n").unwrap();
        }
        page.push_str(&section(requirement));
    }
    page
}

fn section(requirement: &Requirement) -> String {
    let mut text = format!("\n### {}\n\n**{}.**\n\n", requirement.id, plain(&requirement.sentence));
    let file = requirement.location.split(':').next().unwrap_or_default();
    let needs: Vec<String> = requirement.needs.iter().map(ToString::to_string).collect();
    for (label, content) in [
        ("Level", requirement.level.to_string()),
        ("Why", plain(&requirement.why)),
        ("Fix", plain(&requirement.fix)),
        ("Source", plain(&requirement.source)),
        ("Needs", needs.join("; ")),
        ("Scenarios", format!("{} in [{file}](../{file})", requirement.scenarios.len())),
    ] {
        if !content.is_empty() {
            writeln!(text, "- {label}: {content}").unwrap();
        }
    }
    text
}

#[test]
fn the_page_of_faults_is_the_list_of_faults() {
    assert_committed(FAULTS, &faults_page());
}

fn faults_page() -> String {
    let catalogue = Catalogue::embedded().unwrap();
    let mut page = format!(
        "# Faults of the reference backend\n\n\
         Made from the files in `src/reference/fault/list/`; `WXCONFORM_BLESS=1 cargo test docs` writes it anew.\n\n\
         {} faults. `wxconform backend --fault NAME` serves a backend with one of them. Each is named under \
         the requirement that it breaks.\n",
        Fault::ALL.len(),
    );
    let mut broken: Vec<&str> = Vec::new();
    for fault in Fault::ALL {
        if !broken.contains(&fault.requirement()) {
            broken.push(fault.requirement());
        }
    }
    for id in broken {
        write!(page, "\n## {id}\n\n").unwrap();
        match catalogue.find(id) {
            Some(found) => {
                let anchor = id.to_lowercase();
                writeln!(page, "[{}](requirements.md#{anchor}).\n", plain(&found.sentence)).unwrap();
            }
            None => page.push_str("Not in the catalogue yet: no run judges it.\n\n"),
        }
        for fault in Fault::ALL.iter().filter(|fault| fault.requirement() == id) {
            // The summary is rustdoc, and both are Markdown already.
            let ground = fault.contract().map(|name| format!(" The backend speaks as `{name}` then."));
            let (summary, origin, ground) = (fault.summary(), fault.origin(), ground.unwrap_or_default());
            writeln!(page, "- `{fault}`: {summary} Seen: {origin}.{ground}").unwrap();
        }
    }
    page
}

#[test]
fn the_readme_lists_every_exit_status_and_nothing_else() {
    let mut table = "| status | meaning |\n|---|---|\n".to_owned();
    for status in ExitStatus::ALL {
        writeln!(table, "| {} | {} |", status.code(), status.meaning()).unwrap();
    }
    table.push('\n');
    assert!(read("README.md").contains(&table), "README.md lacks this table:\n{table}");
}

#[test]
fn the_readme_explains_every_word_of_a_result() {
    // The page sets off code and leads on; the words are those of the site and of the reports.
    let readme = read("README.md");
    let plain =
        readme.replace('`', "").replace("[known deviation](README.md#known-deviations)", "known deviation");
    for verdict in RequirementVerdict::ALL {
        let row = format!("\n| {} | {} |", verdict.word(), verdict.meaning());
        assert!(plain.contains(&row), "README.md lacks this row: {row}");
    }
    for verdict in RunVerdict::ALL {
        // What a machine calls undecided, a person is told in plain words.
        let shown = if *verdict == RunVerdict::Undecided { "could not judge" } else { verdict.word() };
        let row = format!("\n| {} | {} |", shown.to_uppercase(), verdict.meaning());
        assert!(plain.contains(&row), "README.md lacks this row: {row}");
    }
    for format in Format::ALL {
        assert!(readme.contains(&format!("`{format}=PATH`")), "{format}");
    }
}

#[test]
fn the_excerpts_in_the_readme_are_up_to_date() {
    let readme = read("README.md");
    let catalogue = Catalogue::embedded().unwrap();
    for page in ["README.md", "README.zh-CN.md"] {
        assert_committed(page, &counted_anew(&read(page)));
    }
    let mut seen = 0;
    for line in readme.lines().filter_map(|line| line.strip_prefix("  ✓ kept ")) {
        let mut words = line.split_whitespace();
        let requirement = catalogue.find(words.next().unwrap()).unwrap();
        assert_eq!(words.next(), Some(requirement.level.to_string().as_str()), "{line}");
        assert_eq!(words.collect::<Vec<_>>().join(" "), requirement.sentence);
        seen += 1;
    }
    assert!(seen >= 3, "only {seen} lines were found");
}

/// Returns the page with the last lines of a run as its accepted snapshot has them. How long it took and how many
/// requests were sent differs a little from run to run, and stays.
fn counted_anew(page: &str) -> String {
    let run = read("snapshots/cli__run_conforming.snap");
    let line_with = |words: &str| run.lines().find(|line| line.contains(words)).unwrap();
    let (counts, verdict) = (line_with(" scenarios ran · "), line_with("CONFORMING  "));
    let (mut of_scenarios, mut of_requirements, mut anew) = (0, 0, String::new());
    for line in page.lines() {
        if line.contains(" scenarios ran · ") {
            of_scenarios += 1;
            let (ran, _) = counts.split_once(" · ").unwrap();
            let (_, rest) = line.split_once(" · ").unwrap();
            writeln!(anew, "{ran} · {rest}").unwrap();
        } else if line.starts_with("CONFORMING  ") {
            of_requirements += 1;
            writeln!(anew, "{verdict}").unwrap();
        } else {
            writeln!(anew, "{line}").unwrap();
        }
    }
    assert_eq!((of_scenarios, of_requirements), (1, 1), "the excerpt is gone");
    anew
}

/// Returns the lines of the code blocks of a page, those continued with a backslash joined.
fn code_lines(page: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut inside, mut continued) = (false, false);
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            let body = line.trim().trim_end_matches('\\').trim();
            match lines.last_mut().filter(|_| continued) {
                Some(open) => {
                    open.push(' ');
                    open.push_str(body);
                }
                None => lines.push(body.to_owned()),
            }
            continued = line.ends_with('\\');
        }
    }
    lines
}

/// Returns the arguments of a call of the command in a line of shell, YAML or prose output; none in any other.
fn invocation(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start_matches("$ ").trim_start_matches("- ").trim_start_matches("run: ");
    let line = line.split(" # ").next().unwrap_or_default().trim_end_matches('&').trim_end();
    let rest = if let Some(rest) = line.strip_prefix("cargo run") {
        match rest.split_once(" -- ") {
            Some((_, ours)) => ours,
            None => "",
        }
    } else {
        line.strip_prefix("wxconform ").filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))?
    };
    let rest = rest.split([';', '|', '>']).next().unwrap_or_default();
    let mut words = vec!["wxconform".to_owned()];
    let mut quote = None;
    let mut open = false;
    for c in rest.chars() {
        match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                if !open {
                    words.push(String::new());
                }
                open = true;
            }
            (Some(opened), _) if opened == c => quote = None,
            (None, ' ') => open = false,
            _ => {
                if !open {
                    words.push(String::new());
                }
                open = true;
                words.last_mut().unwrap().push(c);
            }
        }
    }
    Some(words)
}

#[test]
fn a_call_is_found_in_shell_and_in_yaml() {
    for (line, expected) in [
        ("$ wxconform list", &["wxconform", "list"][..]),
        ("cargo run", &["wxconform"]),
        ("- run: cargo run -q -- --only CODE-02 # why", &["wxconform", "--only", "CODE-02"]),
        ("wxconform --tags '@must and @should' > out", &["wxconform", "--tags", "@must and @should"]),
    ] {
        assert_eq!(invocation(line).unwrap(), expected, "{line}");
    }
    for line in ["wxconform 0.1.0  http://127.0.0.1:1/", "cargo test", "curl http://127.0.0.1/"] {
        assert_eq!(invocation(line), None, "{line}");
    }
    assert_eq!(code_lines("x\n```sh\na \\\n  b\n```\ny"), ["a b"]);
    assert!(Arguments::try_parse_from(["wxconform", "--no-such-flag"]).is_err());
}

#[test]
fn every_command_on_the_pages_is_one_that_the_command_line_takes() {
    let mut seen = 0;
    let by_hand = PAGES.iter().map(|page| (*page, read(page)));
    for (page, text) in by_hand.chain([(CONTRACTS, contracts_page())]) {
        for call in code_lines(&text).iter().filter_map(|line| invocation(line)) {
            seen += 1;
            if let Err(error) = Arguments::try_parse_from(&call) {
                panic!("{page}: {call:?}: {error}");
            }
        }
    }
    assert!(seen >= 10, "only {seen} calls were found");
    let readme = read("README.md");
    for needed in ["\ncargo run\n", "\ncargo test\n", "\nwxconform wechat\n", "\nwxconform backend\n"] {
        assert!(readme.contains(needed), "README.md lacks the line {}", needed.trim());
    }
}

#[test]
fn every_requirement_and_every_fault_on_the_pages_exists() {
    let catalogue = Catalogue::embedded().unwrap();
    let mut seen = 0;
    for page in PAGES {
        let text = read(page);
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            let Some((area, number)) = word.split_once('-') else { continue };
            let is_area = area.len() > 3 && area.bytes().all(|byte| byte.is_ascii_uppercase());
            if is_area && number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit()) {
                assert!(catalogue.find(word).is_some(), "{page}: {word}");
                seen += 1;
            }
        }
        for (at, flag) in text.match_indices("--fault ") {
            let rest = &text[at + flag.len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
            let name = &rest[..end];
            assert!(name == "NAME" || Fault::named(name).is_ok(), "{page}: {name}");
            seen += 1;
        }
    }
    assert!(seen >= 5, "only {seen} names were found");
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    // The pages that are made are not read, because another test may be writing them.
    let made = [
        (REQUIREMENTS, requirements_page()),
        (FAULTS, faults_page()),
        (CONTRACTS, contracts_page()),
        (TWIN, contracts_twin()),
    ];
    let by_hand = PAGES.iter().map(|page| (*page, read(page)));
    let pages: Vec<(&str, String)> = by_hand.chain(made).collect();
    let mut seen = 0;
    for (page, text) in &pages {
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            seen += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match (file.strip_prefix("../"), folder) {
                _ if file.is_empty() => (*page).to_owned(),
                (Some(above), _) => above.to_owned(),
                (None, "") => file.to_owned(),
                (None, folder) => format!("{folder}/{file}"),
            };
            let known = pages.iter().find(|(page, _)| *page == target);
            assert!(known.is_some() || root().join(&target).exists(), "{page}: {link}");
            if !anchor.is_empty() {
                let (_, headings) = known.unwrap_or_else(|| panic!("{page}: {link} is no page of ours"));
                let mut headings = headings.lines().filter(|line| line.starts_with('#'));
                assert!(headings.any(|heading| anchor_of(heading) == anchor), "{page}: {link}");
            }
        }
    }
    assert!(seen >= 10, "only {seen} links were found");
}

/// Returns the anchor that GitHub and GitLab give to a heading.
pub(crate) fn anchor_of(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn the_readme_shows_the_example_of_the_crate_documentation() {
    let guide = read("src/lib.rs");
    let example = guide.split("//! ```\n").nth(1).unwrap();
    let flat = |text: &str| {
        let lines = text.lines().map(|line| line.strip_prefix("//!").unwrap_or(line).trim());
        lines.collect::<Vec<_>>().join("\n")
    };
    let readme = read("README.md");
    let shown = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let as_program =
        shown.replace("#[tokio::test]", "#[tokio::main]").replace("fn the_backend_conforms", "fn main");
    assert_eq!(flat(&as_program), flat(example));
}
