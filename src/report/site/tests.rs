//! What does a browser make of the site?

use std::collections::BTreeSet;

use super::{
    Area, Contract, Fault, File, Requirement, Scenario, Specification, Step, Trouble, TroubleKind, Variant,
    render,
};
use crate::record::Level;
use crate::report::page::browser::{Element, HOSTILE, count, parsed};

/// A specification with everything in it, and this text wherever a text is.
fn specification(text: &str) -> Specification {
    let word = || text.to_owned();
    let scenario = |keys: &[&str], columns: Vec<String>| Scenario {
        title: format!("{text} <part>"),
        location: word(),
        manner: vec![word()],
        stays: Some(word()),
        steps: vec![Step { keyword: word(), text: word(), table: vec![vec![word()]] }],
        rows: keys.iter().map(|key| ((*key).to_owned(), vec![word(); columns.len()])).collect(),
        columns,
        catches: vec!["a-fault".to_owned()],
    };
    let requirement = |id: &str, level| Requirement {
        id: id.to_owned(),
        level,
        sentence: word(),
        why: word(),
        fix: word(),
        source: format!("RFC 6749 {text}"),
        needs: vec![(word(), word())],
        location: word(),
        scenarios: vec![
            scenario(&[&format!("{id}.1")], Vec::new()),
            scenario(&[&format!("{id}.2"), &format!("{id}.3")], vec![word()]),
        ],
    };
    let area = |key: &str| Area {
        key: key.to_owned(),
        name: word(),
        about: word(),
        requirements: vec![
            requirement(&format!("{key}-01"), Level::Must),
            requirement(&format!("{key}-02"), Level::Observe),
        ],
    };
    Specification {
        version: word(),
        flow: "<svg/>".to_owned(),
        areas: vec![area("A"), area("B")],
        faults: vec![Fault {
            name: "a-fault".to_owned(),
            requirement: "A-01".to_owned(),
            about: word(),
            origin: word(),
            variant: Some("a-variant".to_owned()),
            contract: Some("a-contract".to_owned()),
            beside: vec!["B-02".to_owned()],
        }],
        troubles: vec![TroubleKind {
            word: "refusal".to_owned(),
            said: word(),
            expectation: word(),
            troubles: vec![Trouble { name: "a-trouble".to_owned(), about: word(), origin: word() }],
        }],
        contracts: vec![Contract {
            name: "a-contract".to_owned(),
            title: word(),
            source: word(),
            text: word(),
            skipped: vec![("A-02".to_owned(), word())],
        }],
        variants: vec![Variant { name: "a-variant".to_owned(), about: word() }],
    }
}

fn pages(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.text.starts_with("<!DOCTYPE html>"))
}

fn values<'a>(elements: &'a [Element], key: &'a str) -> impl Iterator<Item = &'a str> {
    let attributes = elements.iter().flat_map(|(_, attributes)| attributes);
    attributes.filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
}

#[test]
fn nothing_that_a_text_says_is_more_than_text() {
    // A spelling, a column and code are set off.
    let ours = ["i", "em", "code"];
    let marks =
        |elements: &[Element]| elements.iter().filter(|(name, _)| !ours.contains(&name.as_str())).count();
    let plain = render(&specification("harmless"));
    for hostile in HOSTILE {
        let poisoned = render(&specification(hostile));
        assert_eq!(plain.len(), poisoned.len());
        for (plain, page) in pages(&plain).zip(pages(&poisoned)) {
            let (elements, _) = parsed(&page.text);
            assert_eq!(
                marks(&elements),
                marks(&parsed(&plain.text).0),
                "{}: {hostile:?} became an element",
                page.name
            );
            assert!(!elements.iter().any(|(_, all)| all.iter().any(|(name, _)| name.starts_with("on"))));
            for href in values(&elements, "href") {
                assert!(!href.contains(':') || href.starts_with("https://www.rfc-editor.org/"), "{href}");
            }
        }
    }
}

#[test]
fn every_page_can_be_found_its_way_around_in() {
    for file in pages(&render(&specification("x"))) {
        let (elements, _) = parsed(&file.text);
        let name = &file.name;
        for landmark in ["header", "main", "footer", "h1", "title"] {
            assert_eq!(count(&elements, landmark), 1, "{name}: {landmark}");
        }
        assert_eq!(values(&elements, "lang").collect::<Vec<_>>(), ["en"]);
        assert!(count(&elements, "nav") > 0, "{name}");
        // The first link leads past the navigation.
        assert_eq!(
            values(&elements, "href").find(|href| href.starts_with('#')),
            Some("#page-main"),
            "{name}"
        );
        let mut level = 0;
        for (element, _) in &elements {
            let Some(next) = element.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()) else {
                continue;
            };
            assert!(next <= level + 1, "{name}: a heading of level {next} below one of level {level}");
            level = next;
        }
        let ids: Vec<&str> = values(&elements, "id").collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: an ID stands there twice");
        for list in ["aria-labelledby", "for"] {
            for named in values(&elements, list) {
                assert!(named.split(' ').all(|id| ids.contains(&id)), "{name}: {named}");
            }
        }
    }
}

#[test]
fn a_page_allows_itself_its_own_script_alone() {
    for file in pages(&render(&specification("x"))) {
        let (elements, _) = parsed(&file.text);
        let policy = values(&elements, "content").find(|content| content.contains("script-src")).unwrap();
        let has_script = count(&elements, "script") == 1;
        assert_eq!(policy.starts_with("script-src 'sha256-"), has_script, "{}", file.name);
        assert_eq!(policy.starts_with("script-src 'none'"), !has_script, "{}", file.name);
        for foreign in ["iframe", "object", "embed", "base", "form", "style"] {
            assert_eq!(count(&elements, foreign), 0, "{}: {foreign}", file.name);
        }
    }
}

#[test]
fn requirements_lead_to_the_ones_before_and_after() {
    let files = render(&specification("x"));
    let page = |name: &str| files.iter().find(|file| file.name == name).unwrap().text.clone();
    let between = page("A-02.html");
    assert!(
        between.contains("rel=\"prev\" href=\"A-01.html\"")
            && between.contains("rel=\"next\" href=\"B-01.html\"")
    );
    assert!(!page("A-01.html").contains("rel=\"prev\"") && !page("B-02.html").contains("rel=\"next\""));
}
