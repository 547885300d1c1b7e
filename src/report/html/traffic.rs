//! What passed between the parties in one scenario?

use maud::{Markup, html};

use super::{body, curl};
use crate::record::{ExchangeRecord, ScenarioRecord};
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
    let title = tr!("Who said what to whom in: {}", scenario.name);
    let description = tr!(
        "{} between phone, backend and WeChat. The list below has the same, with the same numbers.",
        wording::count(shown.len(), "exchange")
    );
    let drawing = Drawing { key, title: &title, description: &description, first: left_out + 1, timed: true };
    html! {
        @if shown.is_empty() {
            p.quiet { "The scenario has no traffic of its own." }
        } @else {
            @if left_out > 0 {
                p.quiet { (wording::count(left_out, "earlier exchange")) " left out; the JSON report has all of them." }
            }
            figure { div.scroll tabindex="0" role="group" aria-label="Sequence of messages" { (draw(&shown, &drawing)) } }
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
                " " span.quiet { (Line(&exchange.actor, 80)) ", " (Line(&exchange.purpose, 80)) }
                @if exchange.judged { " " span.verdict { "✗ this was judged" } }
                " " code { (Line(&exchange.method, 20)) " " (Line(wording::path(&exchange.url), PATH)) }
            }
            div {
                h5 { "Request" }
                p { code { (Line(&exchange.method, 20)) " " (Line(&exchange.url, LINE)) } }
                (body::message(&exchange.request))
                @if !exchange.redirects.is_empty() {
                    h5 { "Redirects that were followed" }
                    ol { @for redirect in &exchange.redirects { li { code { (Line(redirect, LINE)) } } } }
                }
                h5 { "Answer" }
                p {
                    (outcome(exchange)) " "
                     @if exchange.took_ms > 0.0 { span.quiet { "after " (diagram::span(exchange.took_ms)) } }
                }
                @if let Some(failure) = &exchange.failure { p { (Line(failure, LINE)) } }
                @if let Some(answer) = &exchange.answer { (body::message(answer)) }
                @if exchange.from == "phone" {
                    h5 { "The same request by curl" }
                    pre.command tabindex="0" { (Line(&curl::curl(exchange), LINE * 12)) }
                    @if exchange.request.cut {
                        p.quiet { "It sends only the beginning of the body, because that is what was recorded." }
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
            None => span.status.lost { "no answer" },
        }
    }
}
