//! Does the site hold the whole specification, and does every link in it lead somewhere?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use clap::Parser as _;
use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use wxconform::backend::BUILT_IN;
use wxconform::cli::Arguments;
use wxconform::record::{ExitStatus, Level, RequirementVerdict, RunVerdict};
use wxconform::reference::{Fault, Variant};
use wxconform::standin::Trouble;
use wxconform::suite::Catalogue;

use crate::cli_stage::wxconform;

/// The site, by the names of its files.
static SITE: LazyLock<BTreeMap<String, String>> = LazyLock::new(written);

/// What a page has: the addresses that it names, the anchors that can be led to, the commands and its text.
#[derive(Default)]
struct Page {
    addresses: Vec<String>,
    anchors: BTreeSet<String>,
    commands: Vec<String>,
    text: String,
}

fn written() -> BTreeMap<String, String> {
    let command = wxconform(&["docs", "--out", "site"]);
    let mut running = command.started();
    assert!(running.wait().success());
    files_in(&running.folder().join("site"))
}

fn files_in(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    entries.map(|entry| (entry.file_name().into_string().unwrap(), read(&entry.path()))).collect()
}

fn page(name: &str) -> Page {
    fn walk(node: &Handle, page: &mut Page) {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            if ["script", "style"].contains(&&*name.local) {
                return;
            }
            for attribute in attrs.borrow().iter() {
                let value = attribute.value.to_string();
                match &*attribute.name.local {
                    "class" if value == "command" => page.commands.push(String::new()),
                    "href" | "src" => page.addresses.push(value),
                    "id" => assert!(page.anchors.insert(value), "{} stands there twice", attribute.value),
                    _ => {}
                }
            }
        }
        if let NodeData::Text { contents } = &node.data {
            page.text.push_str(&contents.borrow());
            // A command is one text.
            if let Some(command) = page.commands.last_mut().filter(|command| command.is_empty()) {
                command.push_str(&contents.borrow());
            }
        }
        node.children.borrow().iter().for_each(|child| walk(child, page));
    }
    let text = SITE.get(name).unwrap_or_else(|| panic!("there is no {name}"));
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(text.as_str());
    assert!(dom.errors.borrow().is_empty(), "{name}: {:?}", dom.errors.borrow());
    let mut page = Page::default();
    walk(&dom.document, &mut page);
    page
}

fn pages() -> BTreeMap<String, Page> {
    let pages = SITE.iter().filter(|(_, text)| text.starts_with("<!DOCTYPE html>"));
    pages.map(|(name, _)| (name.clone(), page(name))).collect()
}

#[test]
fn every_requirement_scenario_and_fault_is_on_it() {
    let catalogue = Catalogue::embedded().unwrap();
    let (index, faults) = (page("index.html"), page("faults.html"));
    let spelt = |text: &str| text.replace('`', "");
    for requirement in catalogue.requirements() {
        let id = &requirement.id;
        assert!(index.addresses.contains(&format!("{id}.html")), "{id} is not on the first page");
        let own = page(&format!("{id}.html"));
        for text in [&requirement.sentence, &requirement.why, &requirement.fix, &requirement.source] {
            assert!(own.text.contains(&spelt(text)), "{id}: {text}");
        }
        for need in &requirement.needs {
            assert!(own.text.contains(&need.to_string()) && own.text.contains(need.about()), "{id}: {need}");
        }
        for scenario in &requirement.scenarios {
            assert!(own.anchors.contains(&scenario.key), "{} has no place", scenario.key);
        }
        for written in &requirement.written {
            let texts = written
                .steps
                .iter()
                .map(|step| &step.text)
                .chain(written.rows.iter().flat_map(|row| &row.values));
            for text in texts.chain([&written.title]) {
                assert!(own.text.contains(text.as_str()), "{id}: {text}");
            }
        }
        assert!(own.text.contains(&format!("--only {id}")), "{id}");
        for fault in Fault::ALL.iter().filter(|fault| fault.requirement() == id) {
            assert!(
                own.text.contains(&spelt(fault.summary())) && own.text.contains(&spelt(fault.origin())),
                "{fault}"
            );
        }
    }
    for fault in Fault::ALL {
        assert!(faults.anchors.contains(fault.name()), "{fault}");
    }
}

#[test]
fn troubles_contracts_variants_and_the_words_of_a_result_are_on_it() {
    let (troubles, variants, contracts) =
        (page("troubles.html"), page("variants.html"), page("contracts.html"));
    for trouble in Trouble::ALL {
        assert!(troubles.anchors.contains(trouble.name()), "{trouble}");
    }
    for variant in Variant::ALL {
        assert!(variants.anchors.contains(variant.name()), "{variant}");
    }
    for (name, text) in BUILT_IN {
        assert!(contracts.anchors.contains(*name), "{name}");
        assert!(contracts.text.contains(&text.replace("\r\n", "\n")), "{name}");
    }
    let index = page("index.html");
    let levels = Level::ALL.iter().map(|level| level.meaning());
    let verdicts = RequirementVerdict::ALL.iter().map(|verdict| verdict.meaning());
    let of_runs = RunVerdict::ALL.iter().map(|verdict| verdict.meaning());
    let statuses = ExitStatus::ALL.iter().map(|status| status.meaning());
    for meaning in levels.chain(verdicts).chain(of_runs).chain(statuses) {
        assert!(index.text.contains(meaning), "{meaning}");
    }
}

#[test]
fn what_the_kill_matrix_knows_stands_beside_the_scenario() {
    let own = page("CODE-02.html");
    let (_, scenario) = own.text.split_once("A used code is sent again with a token beside it").unwrap();
    let (scenario, _) = scenario.split_once("A used code is sent again after the next one").unwrap();
    assert!(scenario.contains("used-code-good-with-token"), "{scenario}");
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let (mut inside, mut outside) = (0, 0);
    for (name, page) in &pages {
        for address in &page.addresses {
            if address.contains(':') {
                assert!(address.starts_with("https://"), "{name}: {address}");
                outside += 1;
                continue;
            }
            inside += 1;
            let (file, anchor) = address.split_once('#').unwrap_or((address, ""));
            let file = if file.is_empty() { name } else { file };
            assert!(SITE.contains_key(file), "{name} leads to {address}, and there is no such file");
            assert!(anchor.is_empty() || pages[file].anchors.contains(anchor), "{name} leads to {address}");
        }
    }
    assert!(inside > 1000 && outside > 50, "only {inside} and {outside} links were found");
    // Whatever is there can be reached.
    let reached: BTreeSet<&str> = pages
        .values()
        .flat_map(|page| &page.addresses)
        .map(|address| address.split('#').next().unwrap_or_default())
        .collect();
    for name in SITE.keys().filter(|name| !name.starts_with('.')) {
        assert!(reached.contains(name.as_str()), "nothing leads to {name}");
    }
}

#[test]
fn every_command_on_it_is_one_that_the_command_line_takes() {
    let mut seen = 0;
    for (name, page) in pages() {
        for line in page.commands.iter().flat_map(|command| command.lines()) {
            seen += 1;
            if let Err(error) = Arguments::try_parse_from(line.split(' ')) {
                panic!("{name}: {line}: {error}");
            }
        }
    }
    assert!(seen > 200, "only {seen} commands were found");
}

#[test]
fn a_second_site_is_the_same_to_the_byte() {
    assert_eq!(*SITE, written());
}

#[test]
fn the_site_is_small_and_knows_no_other_place() {
    let size: usize = SITE.values().map(String::len).sum();
    assert!(size < 2 * 1024 * 1024, "{size} bytes");
    assert_eq!(SITE.values().filter(|text| text.contains("<svg")).count(), 1);
    assert!(!SITE.values().any(|text| text.contains("/root/") || text.contains("file://")));
}

#[test]
fn a_folder_of_somebody_else_is_refused_and_stays() {
    let command = wxconform(&["docs", "--out", "mine"]).file("mine", "precious");
    let ended = command.ended();
    assert!(
        ended.has_status(2).stderr.contains("mine is a file, and the site needs a folder"),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.files, [("mine".to_owned(), "precious".to_owned())]);
    let ended = wxconform(&["docs", "--out", "."]).file("index.html", "precious").ended();
    assert!(ended.has_status(2).stderr.contains("holds index.html"), "{}", ended.stderr);
    assert_eq!(ended.files, [("index.html".to_owned(), "precious".to_owned())]);
}

#[test]
fn the_first_page_is_named_and_an_older_site_is_replaced() {
    let command = wxconform(&["docs", "--out", "."])
        .file(".wxconform-docs", "wxconform docs 1\nGONE-01.html\nindex.html\n")
        .file("GONE-01.html", "older")
        .file("index.html", "older");
    let ended = command.ended();
    assert_eq!(
        ended.has_status(0).stdout,
        format!(
            "wrote {} files; the first page is {}\n",
            SITE.len() - 1,
            Path::new(".").join("index.html").display()
        )
    );
    let files: BTreeMap<String, String> = ended.files.iter().cloned().collect();
    assert_eq!(files, *SITE);
}
