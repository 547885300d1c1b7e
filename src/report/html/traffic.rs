//! What passed between the parties in one scenario?

use maud::{Markup, html};

use super::{body, curl};
use crate::language::translated;
use crate::record::{ExchangeRecord, ScenarioRecord, purpose_said};
use crate::report::diagram::{self, Drawing, draw};
use crate::report::page::{LINE, Line};
use crate::report::wording;

/// How many exchanges of one scenario are shown.
const EXCHANGES: usize = 24;

/// How many of them follow the last one that was judged, where there are more than are shown.
const AFTERWARDS: usize = 4;

/// How many characters of a path stand in the line of an exchange.
const PATH: usize = 90;

/// Shows the traffic of a scenario: the picture, then every exchange. Of the first scenario of a requirement, what was
/// judged stands open.
pub(super) fn traffic(key: &str, scenario: &ScenarioRecord, is_first: bool) -> Markup {
    let all = &scenario.exchanges;
    let (left_out, end) = window(all);
    let shown: Vec<&ExchangeRecord> = all[left_out..end].iter().collect();
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
            @if shown.len() < all.len() {
                p.quiet { (tr!("Exchanges {first} to {end} of {all} are shown; the JSON report has all of them.", first = left_out + 1, end, all = all.len())) }
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

/// Returns the first of the exchanges that are shown, and the first behind them: those that lead to what was judged, or to
/// the end of the scenario.
fn window(all: &[ExchangeRecord]) -> (usize, usize) {
    let judged = all.iter().rposition(|exchange| exchange.judged);
    let end = judged.map_or(all.len(), |judged| (judged + 1 + AFTERWARDS).max(EXCHANGES).min(all.len()));
    (end.saturating_sub(EXCHANGES), end)
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

#[cfg(test)]
mod tests {
    use super::window;
    use crate::report::fixtures;

    #[test]
    fn what_was_judged_is_shown_however_much_followed() {
        let record = fixtures::nonconforming();
        let broken = record.requirements.iter().find(|one| one.id == "CODE-02").unwrap();
        let mut all = vec![broken.scenarios[0].exchanges[0].clone(); 100];
        let mut window_at = |judged: Option<usize>| {
            for (index, exchange) in all.iter_mut().enumerate() {
                exchange.judged = judged == Some(index);
            }
            window(&all)
        };
        assert_eq!(window_at(None), (76, 100));
        assert_eq!(window_at(Some(99)), (76, 100));
        assert_eq!(window_at(Some(50)), (31, 55));
        assert_eq!(window_at(Some(3)), (0, 24));
        assert_eq!(window(&[]), (0, 0));
    }
}
