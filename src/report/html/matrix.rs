//! Which requirements are there, and how does each of them stand?

use maud::{Markup, html};

use super::areas;
use crate::language::translated;
use crate::record::{Level, RequirementRecord, RequirementVerdict, RunRecord};
use crate::report::page::Line;
use crate::report::terminal::mark;
use crate::report::{printable, wording};

/// Returns the levels, as the columns stand.
fn levels() -> [(Level, String); 3] {
    [(Level::Must, tr!("Must")), (Level::Should, tr!("Should")), (Level::Observe, tr!("Observe"))]
}

/// Shows every requirement by area and level, each a link to where it is told.
pub(super) fn matrix(record: &RunRecord) -> Markup {
    let total = |level| record.requirements.iter().filter(|one| one.level == level).count();
    html! {
        @if !record.requirements.is_empty() {
            section.matrix aria-labelledby="matrix" {
                h2 #matrix { (tr!("Requirements")) }
                table {
                    caption.hidden { (tr!("Requirements by area and level, each with its verdict")) }
                    thead {
                        tr {
                            th scope="col" { (tr!("Area")) }
                            @for (level, name) in levels() {
                                th scope="col" { (name) " " span.quiet { (total(level)) } }
                            }
                        }
                    }
                    tbody {
                        @for (area, requirements) in areas(record) {
                            tr {
                                th scope="row" { (Line(&translated(area), 100)) }
                                @for (level, name) in levels() {
                                    td data-level=(name) { (cell(&requirements, level)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The controls that narrow the page. They are of use to the script alone, which shows them.
pub(super) fn filter(record: &RunRecord) -> Markup {
    let mut verdicts: Vec<RequirementVerdict> = Vec::new();
    for requirement in &record.requirements {
        if !verdicts.contains(&requirement.verdict) {
            verdicts.push(requirement.verdict);
        }
    }
    html! {
        @if !verdicts.is_empty() {
            div.filter #filter role="search" hidden {
                label {
                    (tr!("Words or ID"))
                    input #filter-text type="search" autocomplete="off";
                }
                label {
                    (tr!("Verdict"))
                    select #filter-verdict {
                        option value="" { (tr!("all")) }
                        @for verdict in verdicts { option value=(verdict.word()) { (wording::verdict(verdict)) } }
                    }
                }
                output #filter-told for="filter-text filter-verdict" data-told=(tr!("{shown} of {all} requirements")) {}
            }
        }
    }
}

/// Returns what a requirement demands and how many scenarios prove it.
fn title(requirement: &RequirementRecord) -> String {
    let sentence = printable(&translated(&requirement.sentence), 200);
    let number = requirement.scenarios.len();
    tr!("{sentence} ({n} scenario)" | "{sentence} ({n} scenarios)" % number, sentence = sentence)
}

fn cell(requirements: &[&RequirementRecord], level: Level) -> Markup {
    let here: Vec<_> = requirements.iter().filter(|one| one.level == level).collect();
    html! {
        @if here.is_empty() {
            span.none { span.hidden { (tr!("none")) } }
        } @else {
            ul.chips {
                @for one in here {
                    li {
                        a.chip.(one.verdict.word()) href={ "#" (one.id) }
                            title=(title(one)) {
                            span aria-hidden="true" { (mark(one.verdict)) } " " (one.id)
                            span.hidden { " " (wording::verdict(one.verdict)) }
                        }
                    }
                }
            }
        }
    }
}
