//! What passed between the parties in one scenario?

use maud::{Markup, html};

use super::{body, curl};
use crate::language::translated;
use crate::record::{ExchangeRecord, ScenarioRecord, purpose_said};
use crate::report::diagram::{self, Drawing, draw};
use crate::report::page::{LINE, Line};
use crate::report::wording;

/// How many exchanges of one scenario are shown. What decided it stands at the end.
const EXCHANGES: usize = 24;

/// How many characters of a path stand in the line of an exchange.
const PATH: usize = 90;

/// Shows the traffic of a scenario: the picture, then every exchange. Of the first scenario of a requirement, what was
/// judged stands open.
pub(super) fn traffic(key: &str, scenario: &ScenarioRecord, is_first: bool) -> Markup {
    let all = &scenario.exchanges;
    let left_out = all.len().saturating_sub(EXCHANGES);
    let shown: Vec<&ExchangeRecord> = all[left_out..].iter().collect();
    let title = tr!("Who said what to whom in: {scenario}", scenario = translated(&scenario.name));
    let description = tr!(
        "{n} exchange between phone, backend and WeChat. The list below has the same, with the same numbers."
            | "{n} exchanges between phone, backend and WeChat. The list below has the same, with the same numbers."
                % shown.len()
    );
    let drawing = Drawing { key, title: &title, description: &description, first: left_out + 1, timed: true };
    html! {
        @if shown.is_empty() {
            p.quiet { (tr!("The scenario has no traffic of its own.")) }
        } @else {
            @if left_out > 0 {
                p.quiet { (tr!("{n} earlier exchange left out; the JSON report has all of them." | "{n} earlier exchanges left out; the JSON report has all of them." % left_out)) }
            }
            figure { div.scroll tabindex="0" role="group" aria-label=(tr!("Sequence of messages")) { (draw(&shown, &drawing)) } }
            div.exchanges {
                @for (index, exchange) in shown.iter().enumerate() {
                    (row(exchange, left_out + index + 1, is_first))
                }
            }
        }
    }
}

fn row(exchange: &ExchangeRecord, number: usize, is_first: bool) -> Markup {
    let parties = [&exchange.from, &exchange.to].map(|name| wording::party(name));
    html! {
        details.exchange.judged[exchange.judged] open[exchange.judged && is_first] {
            summary {
                span.number { (number) } " "
                span.leg { (parties[0]) " → " (parties[1]) } " "
                (outcome(exchange)) " "
                @if exchange.took_ms > 0.0 { span.quiet { (diagram::span(exchange.took_ms)) } }
                " " span.quiet { (Line(&exchange.actor, 80)) (tr!("between parts" => ", ")) (Line(&purpose_said(&exchange.purpose), 80)) }
                @if exchange.judged { " " span.verdict { "✗ " (tr!("this was judged")) } }
                " " code { (Line(&exchange.method, 20)) " " (Line(wording::path(&exchange.url), PATH)) }
            }
            div {
                h5 { (tr!("Request")) }
                p { code { (Line(&exchange.method, 20)) " " (Line(&exchange.url, LINE)) } }
                (body::message(&exchange.request))
                @if !exchange.redirects.is_empty() {
                    h5 { (tr!("Redirects that were followed")) }
                    ol { @for redirect in &exchange.redirects { li { code { (Line(redirect, LINE)) } } } }
                }
                h5 { (tr!("Answer")) }
                p {
                    (outcome(exchange)) " "
                     @if exchange.took_ms > 0.0 { span.quiet { (tr!("after {time}", time = diagram::span(exchange.took_ms))) } }
                }
                @if let Some(failure) = &exchange.failure { p { (Line(&translated(failure), LINE)) } }
                @if let Some(answer) = &exchange.answer { (body::message(answer)) }
                @if exchange.from == "phone" {
                    h5 { (tr!("The same request by curl")) }
                    pre.command tabindex="0" { (Line(&curl::curl(exchange), LINE * 12)) }
                    @if exchange.request.cut {
                        p.quiet { (tr!("It sends only the beginning of the body, because that is what was recorded.")) }
                    }
                }
            }
        }
    }
}

fn outcome(exchange: &ExchangeRecord) -> Markup {
    html! {
        @match exchange.status {
            Some(status) => span.status { (status) },
            None => span.status.lost { (tr!("no answer")) },
        }
    }
}
