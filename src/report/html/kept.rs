//! What is there beside the findings?

use maud::{Markup, html};

use super::{areas, badge, is_finding};
use crate::language::translated;
use crate::record::{RequirementRecord, RequirementVerdict, RunRecord, ScenarioRecord};
use crate::report::page::{LINE, Line, source};
use crate::report::terminal::as_requirement;
use crate::report::wording;

/// Lists the requirements that were kept, observed or skipped, by area, without traffic.
pub(super) fn others(record: &RunRecord) -> Markup {
    let areas: Vec<(&str, Vec<&RequirementRecord>)> = areas(record)
        .into_iter()
        .map(|(area, all)| (area, all.into_iter().filter(|one| !is_finding(one)).collect()))
        .filter(|(_, others): &(&str, Vec<_>)| !others.is_empty())
        .collect();
    html! {
        @if !areas.is_empty() {
            section.others aria-labelledby="others" {
                h2 #others { (tr!("Kept, observed and skipped")) }
                @for (area, others) in areas {
                    div.area {
                        h3 { (Line(&translated(area), LINE)) }
                        @for other in others { (entry(other)) }
                    }
                }
            }
        }
    }
}

fn entry(requirement: &RequirementRecord) -> Markup {
    let is_kept = requirement.verdict == RequirementVerdict::Kept;
    html! {
        article.entry #(requirement.id) data-verdict=(requirement.verdict.word()) {
            details {
                summary {
                    (badge(requirement.verdict)) " "
                    span.id { (requirement.id) } " "
                    span.level { (wording::level(requirement.level)) } " "
                    span.sentence { (Line(&translated(&requirement.sentence), LINE)) }
                }
                div {
                    @if !is_kept || requirement.reason.is_some() {
                        p.reason { (Line(&wording::reason(requirement), LINE)) }
                    }
                    dl.told {
                        div { dt { (tr!("Why")) } dd { (Line(&translated(&requirement.why), LINE)) } }
                        div { dt { (tr!("Source")) } dd { (source(&translated(&requirement.source))) } }
                    }
                    (scenarios(&requirement.scenarios))
                }
            }
        }
    }
}

/// Lists scenarios with their verdicts.
pub(super) fn scenarios<'a>(scenarios: impl IntoIterator<Item = &'a ScenarioRecord>) -> Markup {
    html! {
        ul.scenarios {
            @for scenario in scenarios {
                li {
                    span class={ "dot " (super::scenario_word(scenario.verdict)) } aria-hidden="true" {} " "
                    (Line(&translated(&scenario.name), LINE)) " "
                    span.quiet { (wording::verdict(as_requirement(scenario.verdict))) (tr!("between parts" => ", ")) (wording::duration(scenario.duration_ms)) }
                }
            }
        }
    }
}
