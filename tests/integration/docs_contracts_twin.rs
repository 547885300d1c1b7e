//! Is there a Chinese page of contracts, and does it say what the English one says?
//!
//! `docs/contracts.zh-CN.md` is `docs/contracts.md`, of which each heading, paragraph, cell and comment is looked up in
//! `tests/contracts.zh-CN.po`. With `WXCONFORM_BLESS=1` in the environment both are written anew: what is new stands in
//! the catalogue without a translation, and what nothing says any more is gone.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};

use crate::docs::{anchor_of, assert_committed, is_blessing, plain, root};
use crate::docs_contracts::{CONTRACTS, LANGUAGES, contracts_page, headings_of_keys};
use crate::language::{bless_page, translations_of_page};

pub(crate) const TWIN: &str = "docs/contracts.zh-CN.md";
const CATALOGUE: &str = "tests/contracts.zh-CN.po";

/// What leads from the Chinese page to the English one.
const LANGUAGES_OF_TWIN: &str = "[English](contracts.md) | 简体中文";

/// The page, with what `say` makes of each text that has words.
fn twin(page: &str, say: &mut dyn FnMut(&str) -> String) -> String {
    let keys = headings_of_keys();
    let (mut written, mut paragraph, mut inside) = (Vec::new(), Vec::new(), false);
    for line in page.lines() {
        let is_fence = line.starts_with("```");
        if !inside && !is_fence && !line.is_empty() && !line.starts_with(['#', '|']) {
            paragraph.push(line);
            continue;
        }
        if !paragraph.is_empty() {
            written.push(say(&std::mem::take(&mut paragraph).join(" ")));
        }
        written.push(match line.split_once("# ") {
            _ if is_fence => {
                inside = !inside;
                line.to_owned()
            }
            Some((code, comment)) if inside => format!("{code}# {}", say(comment)),
            _ if inside => line.to_owned(),
            Some((level, heading)) if line.starts_with('#') && !keys.contains(heading) => {
                format!("{level}# {}", say(heading))
            }
            _ => row(line, say),
        });
    }
    written.extend((!paragraph.is_empty()).then(|| say(&paragraph.join(" "))));
    written.push(String::new());
    written.join("\n")
}

/// A row of a table; any other line stays as it is.
fn row(line: &str, say: &mut dyn FnMut(&str) -> String) -> String {
    let Some(cells) = line.strip_prefix("| ").and_then(|rest| rest.strip_suffix(" |")) else {
        return line.to_owned();
    };
    let cell = |text: &str| if has_words(text) { say(text) } else { text.to_owned() };
    format!("| {} |", cells.split(" | ").map(cell).collect::<Vec<_>>().join(" | "))
}

/// Tells whether a cell is more than code, or the name of a contract.
fn has_words(cell: &str) -> bool {
    let is_contract = cell.starts_with('[') && cell.ends_with(".toml)");
    !is_contract && cell.split('`').step_by(2).any(|beside| beside.contains(char::is_alphabetic))
}

/// Lets the links inside a page lead to its own headings, by their places in the original.
fn relinked(page: &str, original: &str) -> String {
    let anchors = |page: &str| -> Vec<String> {
        let mut inside = false;
        let heading = |line: &&str| {
            inside ^= line.starts_with("```");
            !inside && line.starts_with('#')
        };
        page.lines().filter(heading).map(anchor_of).collect()
    };
    let here: BTreeMap<String, String> = anchors(original).into_iter().zip(anchors(page)).collect();
    let mut pieces = page.split("](#");
    let mut linked = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (anchor, rest) = piece.split_once(')').unwrap();
        let anchor = here.get(anchor).unwrap_or_else(|| panic!("{anchor} is no heading"));
        linked.extend(["](#", anchor, ")", rest]);
    }
    linked
}

/// Returns what a text has in backquotes, and where its links lead.
fn code_and_links(text: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    (text.split('`').skip(1).step_by(2).collect(), links.collect())
}

/// Returns what the program says itself, such as the title of a contract, where its own texts are translated.
fn said_by_program(text: &str, titles: &BTreeMap<String, String>) -> Option<String> {
    titles.get(&text.replace('\\', "")).map(|title| plain(title))
}

fn titles() -> BTreeMap<String, String> {
    translations_of_page(&root().join("locales/zh-CN/backend.po"))
}

/// Returns the page in Chinese; what has no translation stays English.
pub(crate) fn contracts_twin() -> String {
    let (page, titles) = (contracts_page(), titles());
    let known = translations_of_page(&root().join(CATALOGUE));
    let made = twin(&page, &mut |text| match text {
        LANGUAGES => LANGUAGES_OF_TWIN.to_owned(),
        text => known
            .get(text)
            .cloned()
            .or_else(|| said_by_program(text, &titles))
            .unwrap_or_else(|| text.to_owned()),
    });
    relinked(&made, &page)
}

#[test]
fn the_page_of_contracts_is_there_in_chinese() {
    let (mut said, titles) = (BTreeSet::new(), titles());
    twin(&contracts_page(), &mut |text| {
        if text != LANGUAGES && said_by_program(text, &titles).is_none() {
            said.insert(text.to_owned());
        }
        String::new()
    });
    let catalogue = root().join(CATALOGUE);
    if is_blessing() {
        bless_page(&catalogue, CONTRACTS, &said);
    }
    let known = translations_of_page(&catalogue);
    let missing: Vec<_> = said.iter().filter(|text| known.get(*text).is_none_or(String::is_empty)).collect();
    assert!(missing.is_empty(), "{CATALOGUE} has no Chinese for {missing:#?}");
    let stale: Vec<_> = known.keys().filter(|text| !said.contains(*text)).collect();
    assert!(stale.is_empty(), "{CONTRACTS} does not say any more what {CATALOGUE} has: {stale:#?}");
    assert_committed(TWIN, &contracts_twin());
}

#[test]
fn a_translation_has_the_code_and_the_links_of_the_original() {
    for (text, translation) in translations_of_page(&root().join(CATALOGUE)) {
        assert_eq!(code_and_links(&translation), code_and_links(&text), "{text}");
    }
}
