//! Which requirements are there, and how does each of them stand?

use maud::{Markup, html};

use super::areas;
use crate::record::{Level, RequirementRecord, RunRecord};
use crate::report::page::Line;
use crate::report::terminal::mark;
use crate::report::{printable, wording};

/// The levels, as the columns stand.
const LEVELS: [(Level, &str); 3] =
    [(Level::Must, "Must"), (Level::Should, "Should"), (Level::Observe, "Observe")];

/// Shows every requirement by area and level, each a link to where it is told.
pub(super) fn matrix(record: &RunRecord) -> Markup {
    let total = |level| record.requirements.iter().filter(|one| one.level == level).count();
    html! {
        @if !record.requirements.is_empty() {
            section.matrix aria-labelledby="matrix" {
                h2 #matrix { "Requirements" }
                table {
                    caption.hidden { "Requirements by area and level, each with its verdict" }
                    thead {
                        tr {
                            th scope="col" { "Area" }
                            @for (level, name) in LEVELS {
                                th scope="col" { (name) " " span.quiet { (total(level)) } }
                            }
                        }
                    }
                    tbody {
                        @for (area, requirements) in areas(record) {
                            tr {
                                th scope="row" { (Line(area, 100)) }
                                @for (level, name) in LEVELS {
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
    let mut verdicts: Vec<&str> = Vec::new();
    for requirement in &record.requirements {
        if !verdicts.contains(&requirement.verdict.word()) {
            verdicts.push(requirement.verdict.word());
        }
    }
    html! {
        @if !verdicts.is_empty() {
            div.filter #filter role="search" hidden {
                label {
                    "Words or ID"
                    input #filter-text type="search" autocomplete="off";
                }
                label {
                    "Verdict"
                    select #filter-verdict {
                        option value="" { "all" }
                        @for verdict in verdicts { option value=(verdict) { (verdict) } }
                    }
                }
                output #filter-told for="filter-text filter-verdict" {}
            }
        }
    }
}

fn cell(requirements: &[&RequirementRecord], level: Level) -> Markup {
    let here: Vec<_> = requirements.iter().filter(|one| one.level == level).collect();
    html! {
        @if here.is_empty() {
            span.none { span.hidden { "none" } }
        } @else {
            ul.chips {
                @for one in here {
                    li {
                        a.chip.(one.verdict.word()) href={ "#" (one.id) }
                            title={ (printable(&one.sentence, 200)) " (" (wording::count(one.scenarios.len(), "scenario")) ")" } {
                            span aria-hidden="true" { (mark(one.verdict)) } " " (one.id)
                            span.hidden { " " (one.verdict.word()) }
                        }
                    }
                }
            }
        }
    }
}
