//! Who said what to whom, and when?
//!
//! The traffic of a scenario as a picture: a line for the phone, the backend and WeChat each, and an arrow for every
//! message, in the order they passed. The classes are styled by `diagram.css`, whose colours are variables of the
//! page around it; [`picture()`] is the same as a file of its own.
//!
//! A picture says nothing by colour alone, and whoever cannot see it finds the same exchanges in the list beside it.

mod order;
mod picture;

use maud::{Markup, html};
use textwrap::core::display_width;

use self::order::{Row, rows};
use super::{printable, wording};
use crate::record::ExchangeRecord;

pub use picture::picture;

/// The rules for the classes of a picture.
pub(super) const STYLE: &str = include_str!("diagram.css");

/// Where the lines of phone, backend and WeChat stand.
const LANES: [(&str, u32); 3] = [("phone", 112), ("backend", 420), ("wechat", 728)];
/// How wide a picture is.
const WIDTH: u32 = 800;
/// How high its heading is, and a row.
const HEADING: u32 = 52;
const ROW: u32 = 36;
/// How many columns of text an arrow carries.
const COLUMNS: usize = 41;

/// How exchanges are to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drawing<'a> {
    /// What the picture is called, for those who cannot see it. In a page it has to be an ID of its own.
    pub(super) key: &'a str,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    /// The number of the first exchange.
    pub(super) first: usize,
    /// Whether the time of every message stands beside it.
    pub(super) timed: bool,
}

/// Draws exchanges.
pub(super) fn draw(exchanges: &[&ExchangeRecord], drawing: &Drawing<'_>) -> Markup {
    let rows = rows(exchanges);
    let height = (0..rows.len()).fold(HEADING + ROW, |height, _| height + ROW);
    let crowd = exchanges.iter().any(|one| one.actor != exchanges[0].actor);
    let key = drawing.key;
    html! {
        svg.sequence viewBox={ "0 0 " (WIDTH) " " (height) } role="img" xmlns="http://www.w3.org/2000/svg"
            aria-labelledby={ (key) "-title " (key) "-desc" } {
            title #{ (key) "-title" } { (printable(drawing.title, 200)) }
            desc #{ (key) "-desc" } { (printable(drawing.description, 400)) }
            @for (name, x) in LANES {
                line.lane x1=(x) y1="38" x2=(x) y2=(height - 8) {}
                rect.party x=(x - 46) y="8" width="92" height="30" rx="6" {}
                text.party x=(x) y="28" { (wording::party(name)) }
            }
            @for (row, (kind, at)) in (0_u32..).zip(&rows) {
                @let y = HEADING + ROW * (row + 1) - 6;
                @match kind {
                    Row::Pause(pause) => {
                        text.pause x=(WIDTH / 2) y=(y - 4) { "· · ·  " (span(*pause)) " pass  · · ·" }
                    }
                    Row::Asked(index) => {
                        @if drawing.timed { text.time x="56" y=(y + 4) { (span(*at)) } }
                        (asked(exchanges[*index], drawing.first + index, y, crowd))
                    }
                    Row::Answered(index) => {
                        @if drawing.timed { text.time x="56" y=(y + 4) { (span(*at)) } }
                        (answered(exchanges[*index], y))
                    }
                }
            }
        }
    }
}

fn asked(exchange: &ExchangeRecord, number: usize, y: u32, crowd: bool) -> Markup {
    let (from, to) = ends(exchange);
    let who = if crowd { format!("{}  ", exchange.actor) } else { String::new() };
    let rest = format!("{} {}", exchange.method, wording::path(&exchange.url));
    html! {
        g.asked {
            circle cx=(from) cy=(y) r="9" {}
            text.number x=(from) y=(y + 4) { (number) }
            (arrow(from + 9, to - 3, y))
            text x=(from + 14) y=(y - 6) { (fitting(&format!("{who}{rest}"), COLUMNS)) }
        }
    }
}

fn answered(exchange: &ExchangeRecord, y: u32) -> Markup {
    let (asker, asked) = ends(exchange);
    let body = exchange.answer.as_ref().map_or("", |answer| answer.body.as_str());
    let status = exchange.status.map_or("no answer".to_owned(), |status| status.to_string());
    let followed = match exchange.redirects.len() {
        0 => String::new(),
        number => format!("{} → ", wording::count(number, "redirect")),
    };
    let head = format!("{followed}{status}");
    let tail = exchange.failure.as_deref().unwrap_or(body);
    let room = COLUMNS.saturating_sub(display_width(&head) + 1);
    let class = match (exchange.judged, exchange.status) {
        (true, _) => "answered judged",
        (false, None) => "answered lost",
        (false, Some(_)) => "answered",
    };
    html! {
        g class=(class) {
            @if exchange.judged {
                rect.halo x=(asker + 4) y=(y - 19) width=(asked - asker - 8) height="25" rx="4" {}
            }
            @if exchange.status.is_none() {
                path.cross d={ "M" (asked - 14) " " (y - 5) "l10 10m0 -10l-10 10" } {}
                line x1=(asked - 18) y1=(y) x2=(asker + 3) y2=(y) {}
            } @else {
                (arrow(asked - 3, asker + 3, y))
            }
            text x=(asker + 14) y=(y - 6) {
                tspan.status { @if exchange.judged { "✗ " } (head) }
                " " (fitting(tail, room))
            }
        }
    }
}

/// Draws an arrow from left to right, or from right to left.
fn arrow(from: u32, to: u32, y: u32) -> Markup {
    let (back, point) = if from < to { (to - 8, to) } else { (to + 8, to) };
    html! {
        line x1=(from) y1=(y) x2=(back) y2=(y) {}
        path.point d={ "M" (point) " " (y) "L" (back) " " (y - 5) "V" (y + 5) "Z" } {}
    }
}

/// Returns where the lines of the two parties stand, the asker's first.
fn ends(exchange: &ExchangeRecord) -> (u32, u32) {
    let [(_, phone), (_, backend), (_, wechat)] = LANES;
    if exchange.from == "phone" { (phone, backend) } else { (backend, wechat) }
}

/// Returns a time as a person would write it.
fn span(millis: f64) -> String {
    if millis < 10.0 {
        format!("{millis:.1} ms")
    } else if millis < 1000.0 {
        format!("{millis:.0} ms")
    } else {
        format!("{:.2} s", millis / 1000.0)
    }
}

/// Returns as much of a text as fits into so many columns.
fn fitting(text: &str, columns: usize) -> String {
    let shown = printable(text, columns);
    if display_width(&shown) <= columns {
        return shown;
    }
    // Wide characters take two columns each.
    let mut width = 1;
    let fits = shown.chars().take_while(|c| {
        width += display_width(c.encode_utf8(&mut [0; 4]));
        width <= columns
    });
    fits.collect::<String>() + "…"
}

#[cfg(test)]
mod tests {
    use super::{Drawing, draw, fitting, span};
    use crate::record::ExchangeRecord;
    use crate::report::fixtures;

    const DRAWING: Drawing<'_> =
        Drawing { key: "x", title: "a <title>", description: "d", first: 1, timed: true };

    fn traffic(id: &str) -> Vec<ExchangeRecord> {
        let record = fixtures::nonconforming();
        record.requirements.into_iter().find(|one| one.id == id).unwrap().scenarios.remove(0).exchanges
    }

    fn drawn(exchanges: &[ExchangeRecord]) -> String {
        draw(&exchanges.iter().collect::<Vec<_>>(), &DRAWING).0
    }

    #[test]
    fn every_exchange_has_two_arrows_and_a_number() {
        let picture = drawn(&traffic("CODE-02"));
        assert_eq!(picture.matches("<g class=\"asked\">").count(), 3);
        assert_eq!(picture.matches("<g class=\"answered").count(), 3);
        for number in 1..=3 {
            assert!(picture.contains(&format!(">{number}</text>")), "{picture}");
        }
        assert!(picture.contains("GET /api/miniprogram/wxmp/code2session?c…"), "{picture}");
        assert!(picture.contains("<tspan class=\"status\">200</tspan> {&quot;data&quot;"), "{picture}");
        assert!(picture.contains("a &lt;title&gt;"), "{picture}");
    }

    #[test]
    fn what_was_judged_and_what_was_lost_is_seen() {
        let mut exchanges = traffic("CODE-02");
        exchanges[2].judged = true;
        let picture = drawn(&exchanges);
        assert_eq!(picture.matches("answered judged").count(), 1);
        assert!(picture.contains("<tspan class=\"status\">✗ 200</tspan>"), "{picture}");
        let lost = drawn(&traffic("WECHAT-07"));
        assert_eq!(lost.matches("answered lost").count(), 2);
        assert!(lost.contains("1 redirect → no answer</tspan>"), "{lost}");
    }

    #[test]
    fn several_people_are_told_apart() {
        let mut exchanges = traffic("CODE-02");
        assert!(!drawn(&exchanges).contains("Alice"));
        exchanges[2].actor = "Bob".to_owned();
        let picture = drawn(&exchanges);
        assert!(picture.contains("Alice  GET") && picture.contains("Bob  GET"), "{picture}");
    }

    #[test]
    fn a_hostile_answer_draws_nothing_of_its_own() {
        let picture = drawn(&traffic("USER-03"));
        assert!(picture.contains(r"\x1b]0;owned\x07"), "{picture}");
        assert!(!picture.contains('\u{1b}'), "{picture:?}");
        assert_eq!(drawn(&[]).matches("<g").count(), 0);
    }

    #[test]
    fn times_and_texts_fit() {
        assert_eq!(
            [0.0, 9.94, 10.4, 999.4, 4900.0].map(span),
            ["0.0 ms", "9.9 ms", "10 ms", "999 ms", "4.90 s"]
        );
        assert_eq!(fitting("很好很好", 8), "很好很好");
        assert_eq!(fitting("很好很好", 6), "很好…");
        assert_eq!(fitting("abcdef", 4), "abc…");
    }
}
