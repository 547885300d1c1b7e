//! How does a person read the record in a browser?
//!
//! One file that needs nothing else: its style and its script are inside, and the policy in its head forbids
//! everything that is not. It is read without the script, which only adds a filter. What a backend has said stands
//! in it as text: every value goes through the template's escaping, and through [`page`] where it is a stranger's.
//!
//! The file stays small enough to be opened whatever the run was like: traffic is shown for what is not kept, the
//! bodies in a record are cut already, and [`Room`] bounds what all of it may take.

mod body;
mod curl;
mod finding;
mod kept;
mod matrix;
mod overview;
mod traffic;

#[cfg(test)]
mod tests;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{page, printable};
use crate::language::spoken;
use crate::record::{RequirementRecord, RequirementVerdict, RunRecord, RunVerdict, ScenarioVerdict};

const STYLE: &str = concat!(
    include_str!("../page/look.css"),
    include_str!("style.css"),
    include_str!("../diagram/diagram.css")
);
const SCRIPT: &str = include_str!("filter.js");

/// How many bytes of traffic a page shows. A browser on a phone opens a few megabytes in a moment.
const TRAFFIC_BYTES: usize = 5 * 1024 * 1024;

/// How much more traffic a page may show.
#[derive(Debug)]
struct Room(usize);

impl Room {
    /// Returns what is made if there is room for it. After the first that there is no room for, nothing more is made.
    fn fit(&mut self, make: impl FnOnce() -> Markup) -> Option<Markup> {
        if self.0 == 0 {
            return None;
        }
        let markup = make();
        let left = self.0.checked_sub(markup.0.len());
        self.0 = left.unwrap_or_default();
        left.map(|_| markup)
    }
}

/// Returns the record as an HTML page with a line break at the end.
pub(super) fn render(record: &RunRecord) -> String {
    let mut room = Room(TRAFFIC_BYTES);
    let word = verdict_word(record.verdict);
    let page = html! {
        (DOCTYPE)
        html lang=(spoken().tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (word) " · " (printable(&record.backend.url, 80)) " · wxconform" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#findings" { (tr!("Skip to the findings")) }
                (overview::head(record, &word))
                main {
                    (overview::facts(record))
                    (matrix::matrix(record))
                    (matrix::filter(record))
                    (finding::findings(record, &mut room))
                    (kept::others(record))
                    (overview::foreign_calls(record))
                }
                (overview::foot(record))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.0 + "\n"
}

/// Returns what the page allows itself: its own style and its own script, each known by its digest.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        page::digest(STYLE),
        page::digest(SCRIPT)
    )
}

/// Returns what a person reads first.
pub(super) fn verdict_word(verdict: RunVerdict) -> String {
    match verdict {
        RunVerdict::Conforming => tr!("Conforming"),
        RunVerdict::Nonconforming => tr!("Nonconforming"),
        RunVerdict::Undecided => tr!("Could not judge"),
        RunVerdict::Partial => tr!("Partial"),
    }
}

/// Returns the requirements of a run by area, in the order of the catalogue.
fn areas(record: &RunRecord) -> Vec<(&str, Vec<&RequirementRecord>)> {
    let mut areas: Vec<(&str, Vec<&RequirementRecord>)> = Vec::new();
    for requirement in &record.requirements {
        match areas.iter_mut().find(|(area, _)| *area == requirement.area) {
            Some((_, requirements)) => requirements.push(requirement),
            None => areas.push((&requirement.area, vec![requirement])),
        }
    }
    areas
}

/// Returns whether a requirement has a section of its own, with its traffic.
fn is_finding(requirement: &RequirementRecord) -> bool {
    match requirement.verdict {
        RequirementVerdict::Broken
        | RequirementVerdict::Advised
        | RequirementVerdict::Waived
        | RequirementVerdict::Undecided => true,
        RequirementVerdict::Kept | RequirementVerdict::Observed | RequirementVerdict::Skipped => false,
    }
}

/// Returns the word for what one scenario showed, by which it is styled.
fn scenario_word(verdict: ScenarioVerdict) -> &'static str {
    match verdict {
        ScenarioVerdict::Kept => "kept",
        ScenarioVerdict::Broken => "broken",
        ScenarioVerdict::Skipped => "skipped",
        ScenarioVerdict::Undecided => "undecided",
    }
}

/// Shows a verdict as its mark and its word, in a colour that is never the only sign.
fn badge(verdict: RequirementVerdict) -> Markup {
    html! {
        span class={ "badge " (verdict.word()) } {
            span aria-hidden="true" { (super::terminal::mark(verdict)) } " " (super::wording::verdict(verdict))
        }
    }
}
