//! What does a person want to know first?

use maud::{Markup, html};

use super::badge;
use crate::language::translated;
use crate::record::{RequirementRecord, RequirementVerdict, RunRecord, RunVerdict, VerdictCounts};
use crate::report::page::{LINE, Line, filled};
use crate::report::terminal::conclusion;
use crate::report::{printable, shell, wording};

/// How many broken requirements the first screen names.
const NAMED: usize = 6;

/// Shows the verdict, and what is broken and why that matters.
pub(super) fn head(record: &RunRecord, word: &str) -> Markup {
    let mark = match record.verdict {
        RunVerdict::Conforming => "✓",
        RunVerdict::Nonconforming => "✗",
        RunVerdict::Undecided => "?",
        RunVerdict::Partial => "~",
    };
    let broken = with(record, RequirementVerdict::Broken);
    html! {
        header class={ "top " (record.verdict.word()) } {
            div.inner {
                p.brand { "wxconform" span.quiet { " · " (tr!("login of a WeChat mini program")) } }
                @if record.secrets_shown {
                    p.warning role="note" {
                        strong { (tr!("This page shows secrets.")) } " "
                        (tr!("The run was told to leave session keys, tokens and credentials as they are. Do not pass it on."))
                    }
                }
                h1 { span.mark aria-hidden="true" { (mark) } " " (word) }
                @for part in conclusion(record) {
                    p.lead { (Line(&part, LINE)) }
                }
                @if !broken.is_empty() {
                    h2 #broken { (tr!("What is broken, and why it matters")) }
                    ol.broken {
                        @for requirement in broken.iter().take(NAMED) {
                            li {
                                a href={ "#" (requirement.id) } { (requirement.id) }
                                " " strong { (Line(&tr!("{sentence}.", sentence = translated(&requirement.sentence)), LINE)) }
                                " " span { (Line(&translated(&requirement.why), LINE)) }
                            }
                        }
                    }
                    @if broken.len() > NAMED {
                        p { a href="#findings" { (tr!("and {n} more" | "and {n} more" % broken.len() - NAMED)) } }
                    }
                }
            }
        }
    }
}

/// Shows what was judged, by what, when, and how it is repeated.
pub(super) fn facts(record: &RunRecord) -> Markup {
    let totals = &record.totals;
    let kind = match record.backend.kind.as_str() {
        "reference" => tr!("the built-in reference"),
        "launched" => tr!("started by this run"),
        _ => tr!("started by somebody else"),
    };
    html! {
        section.facts aria-labelledby="run" {
            h2 #run { (tr!("The run")) }
            (bar(&totals.requirements))
            dl {
                (fact(&tr!("Backend"), &html! { code { (Line(&record.backend.url, LINE)) } " " span.quiet { (kind) } }))
                @if let Some(command) = &record.backend.command {
                    (fact(&tr!("Started by"), &html! { code { (Line(command, LINE)) } }))
                }
                (fact(&tr!("WeChat"), &html! { code { (Line(&record.backend.wechat, LINE)) } " " span.quiet { (tr!("the stand-in")) } }))
                (fact(&tr!("Contract"), &html! { code { (Line(&record.contract, LINE)) } }))
                (fact(&tr!("Judged by"), &html! { (Line(&record.tool.name, LINE)) " " (Line(&record.tool.version, LINE)) }))
                (fact(&tr!("Seed"), &html! { code { (record.seed) } }))
                (fact(&tr!("Started"), &html! { time datetime=(printable(&record.started_at, LINE)) { (Line(&moment(&record.started_at), LINE)) } }))
                (fact(&tr!("Took"), &html! { (wording::duration(record.duration_ms)) }))
                (fact(&tr!("Scenarios"), &html! { (tr!("{ran} of {planned} ran", ran = totals.scenarios.ran, planned = totals.scenarios.planned)) }))
                (fact(&tr!("Traffic"), &html! {
                    (tr!("{n} request by phones" | "{n} requests by phones" % totals.exchanges)) (tr!("between parts" => ", "))
                    (tr!("{n} call to WeChat" | "{n} calls to WeChat" % totals.wechat_calls))
                }))
                @if record.strict {
                    (fact(&tr!("Strict"), &html! { (tr!("a broken should counts")) }))
                }
                @if let Some(baseline) = &record.baseline {
                    (fact(&tr!("Baseline"), &html! {
                        code { (Line(&baseline.path, LINE)) } " "
                        (tr!("{n} known deviation" | "{n} known deviations" % baseline.entries.len()))
                        @if !baseline.stale.is_empty() { (Line(&tr!(", stale: {ids}", ids = wording::stale(baseline)), LINE)) }
                    }))
                }
            }
            @if !record.command.is_empty() {
                h3 { (tr!("Run it again")) }
                pre.command tabindex="0" { (Line(&shell::line(record.command.iter().map(String::as_str)), LINE * 4)) }
            }
            @if let Some(evidence) = &record.evidence {
                details {
                    summary { (tr!("Digests, to check later by what was judged")) }
                    dl.told {
                        (fact(&tr!("Catalogue"), &html! { code { (Line(&evidence.catalogue, LINE)) } }))
                        (fact(&tr!("Contract"), &html! { code { (Line(&evidence.contract, LINE)) } }))
                        @if let Some(digest) = &evidence.digest {
                            (fact(&tr!("Record, as in the JSON report"), &html! { code { (Line(digest, LINE)) } }))
                        }
                    }
                }
            }
            @if !record.backend.output.is_empty() {
                details {
                    summary { (tr!("The last lines that the backend wrote")) }
                    pre tabindex="0" { @for line in &record.backend.output { (Line(line, LINE)) "\n" } }
                }
            }
        }
    }
}

/// Names the calls to the stand-in that WeChat would not know.
pub(super) fn foreign_calls(record: &RunRecord) -> Markup {
    html! {
        @if !record.unexpected_calls.is_empty() {
            section aria-labelledby="foreign" {
                h2 #foreign { (tr!("Calls that WeChat does not know")) }
                ul {
                    @for call in &record.unexpected_calls {
                        li {
                            code { (Line(&call.method, LINE)) " " (Line(&call.path, LINE)) } " "
                            span.quiet { (tr!("{n} time" | "{n} times" % call.count)) }
                        }
                    }
                }
            }
        }
    }
}

/// Says where the page comes from.
pub(super) fn foot(record: &RunRecord) -> Markup {
    let tool = &record.tool;
    html! {
        footer {
            p {
                (filled(
                    &tr!("Written by {tool} from a record of the form {form}."),
                    &[("tool", html! { (Line(&tool.name, LINE)) " " (Line(&tool.version, LINE)) }),
                      ("form", html! { code { (Line(&record.schema, LINE)) } })],
                )) " "
                @if record.secrets_shown {
                    (filled(&tr!("It shows secrets, because {option} asked for that."), &[("option", html! { code { "--show-secrets" } })]))
                } @else {
                    (filled(
                        &tr!("Secrets were taken out before anything was recorded; {stars} stands in their place."),
                        &[("stars", html! { code { "***" } })],
                    ))
                }
                " " (tr!("This page loads nothing from anywhere."))
            }
        }
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// Returns a moment of RFC 3339 as a person writes it, to the second.
fn moment(text: &str) -> String {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole).trim_end_matches('Z');
    format!("{} UTC", whole.replacen('T', " ", 1))
}

/// Shows how many requirements got each verdict.
fn bar(counts: &VerdictCounts) -> Markup {
    use RequirementVerdict as V;
    let counts: Vec<(V, usize)> = [
        (V::Broken, counts.broken),
        (V::Advised, counts.advised),
        (V::Undecided, counts.undecided),
        (V::Waived, counts.waived),
        (V::Kept, counts.kept),
        (V::Observed, counts.observed),
        (V::Skipped, counts.skipped),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .collect();
    let mut at = 0;
    let places: Vec<(V, usize, usize)> = counts
        .iter()
        .map(|(verdict, count)| {
            at += count;
            (*verdict, at - count, *count)
        })
        .collect();
    html! {
        @if at > 0 {
            svg.bar viewBox={ "0 0 " (at) " 1" } preserveAspectRatio="none" aria-hidden="true" {
                @for (verdict, start, count) in &places {
                    rect class=(verdict.word()) x=(start) y="0" width=(count) height="1" {}
                }
            }
            ul.legend aria-label=(tr!("Requirements by verdict")) {
                @for (verdict, count) in &counts {
                    li { strong { (count) } " " (badge(*verdict)) }
                }
            }
        }
    }
}

fn with(record: &RunRecord, verdict: RequirementVerdict) -> Vec<&RequirementRecord> {
    record.requirements.iter().filter(|one| one.verdict == verdict).collect()
}
