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
use crate::language::translated;
use crate::record::ExchangeRecord;

pub use picture::picture;

/// The rules for the classes of a picture.
pub(super) const STYLE: &str = include_str!("diagram.css");

/// Where the lines of phone, backend and WeChat stand.
const LANES: [(&str, u32); 3] = [("phone", 112), ("backend", 436), ("wechat", 760)];
/// How wide a picture is.
const WIDTH: u32 = 832;
/// How much of it the times take.
const MARGIN: u32 = 46;
/// How high its heading is, a row, and the second line of a row that needs one.
const HEADING: u32 = 50;
const ROW: u32 = 34;
const LINE: u32 = 13;
/// How many columns of text a line beside an arrow has.
const COLUMNS: usize = 44;

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

/// A row with its text and its place.
struct Placed {
    row: Row,
    at: f64,
    /// Where the arrow is.
    y: u32,
    /// What stands above the arrow, and below it.
    text: [String; 2],
}

/// Draws exchanges.
pub(super) fn draw(exchanges: &[&ExchangeRecord], drawing: &Drawing<'_>) -> Markup {
    let (placed, height) = place(exchanges);
    let key = drawing.key;
    // Without times there is nothing to the left of the phone.
    let left = if drawing.timed { 0 } else { MARGIN };
    html! {
        svg.sequence viewBox={ (left) " 0 " (WIDTH - left) " " (height) } role="img" xmlns="http://www.w3.org/2000/svg"
            aria-labelledby={ (key) "-title " (key) "-desc" } {
            title #{ (key) "-title" } { (printable(drawing.title, 200)) }
            desc #{ (key) "-desc" } { (printable(drawing.description, 400)) }
            @for (name, x) in LANES {
                line.lane x1=(x) y1="38" x2=(x) y2=(height - 8) {}
                rect.party x=(x - 46) y="8" width="92" height="30" rx="6" {}
                text.party x=(x) y="28" { (wording::party(name)) }
            }
            @for Placed { row, at, y, text } in &placed {
                @match row {
                    Row::Pause(pause) => {
                        text.pause x=(WIDTH / 2) y=(y) { "· · ·  " (tr!("{time} pass", time = span(*pause))) "  · · ·" }
                    }
                    Row::Asked(index) => {
                        @if drawing.timed { text.time x="64" y=(y + 4) { (span(*at)) } }
                        (asked(exchanges[*index], drawing.first + index, *y, text))
                    }
                    Row::Answered(index) => {
                        @if drawing.timed { text.time x="64" y=(y + 4) { (span(*at)) } }
                        (answered(exchanges[*index], *y, text))
                    }
                }
            }
        }
    }
}

/// Returns the rows with their places, and how high they are together.
fn place(exchanges: &[&ExchangeRecord]) -> (Vec<Placed>, u32) {
    let crowd = exchanges.iter().any(|one| one.actor != exchanges[0].actor);
    let mut height = HEADING;
    let placed = rows(exchanges).into_iter().map(|(row, at)| {
        let text = match row {
            Row::Pause(_) => Default::default(),
            Row::Asked(index) => in_two(&question(exchanges[index], crowd)),
            Row::Answered(index) => in_two(&reply(exchanges[index])),
        };
        let y = height + ROW - 8;
        height += if text[1].is_empty() { ROW } else { ROW + LINE };
        Placed { row, at, y, text }
    });
    let placed = placed.collect();
    (placed, height + 24)
}

/// Returns what is said of a request.
fn question(exchange: &ExchangeRecord, crowd: bool) -> String {
    let who = if crowd { format!("{}  ", exchange.actor) } else { String::new() };
    let request = &exchange.request;
    let credential = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let credential = credential.map(|(_, value)| format!("  {value}")).unwrap_or_default();
    let body = if request.body.is_empty() { String::new() } else { format!("  {}", request.body) };
    format!("{who}{} {}{body}{credential}", exchange.method, wording::path(&exchange.url))
}

/// Returns what is said of an answer, the status first.
fn reply(exchange: &ExchangeRecord) -> String {
    let mark = if exchange.judged { "✗ " } else { "" };
    let followed = match exchange.redirects.len() {
        0 => String::new(),
        number => format!("{} → ", wording::redirects(number)),
    };
    let status = exchange.status.map_or_else(|| tr!("no answer"), |status| status.to_string());
    let body = exchange.answer.as_ref().map_or("", |answer| answer.body.as_str());
    match &exchange.failure {
        Some(failure) => {
            format!("{mark}{followed}{}", tr!("{status}: {failure}", status, failure = translated(failure)))
        }
        None => format!("{mark}{followed}{status} {body}"),
    }
}

fn asked(exchange: &ExchangeRecord, number: usize, y: u32, text: &[String; 2]) -> Markup {
    let (from, to) = ends(exchange);
    html! {
        g.asked {
            circle cx=(from) cy=(y) r="9" {}
            text.number x=(from) y=(y + 4) { (number) }
            (arrow(from + 9, to - 3, y))
            (label(from + 14, y, text))
        }
    }
}

fn answered(exchange: &ExchangeRecord, y: u32, text: &[String; 2]) -> Markup {
    let (left, right) = ends(exchange);
    let class = match (exchange.judged, exchange.status) {
        (true, _) => "answered judged",
        (false, None) => "answered lost",
        (false, Some(_)) => "answered",
    };
    let lower = if text[1].is_empty() { 0 } else { LINE };
    html! {
        g class=(class) {
            @if exchange.judged {
                rect.halo x=(left + 4) y=(y - 18) width=(right - left - 8) height=(24 + lower) rx="4" {}
            }
            @if exchange.status.is_none() {
                path.cross d={ "M" (right - 14) " " (y - 5) "l10 10m0 -10l-10 10" } {}
                line x1=(right - 18) y1=(y) x2=(left + 3) y2=(y) {}
            } @else {
                (arrow(right - 3, left + 3, y))
            }
            (label(left + 14, y, text))
        }
    }
}

/// Writes what a message says above its arrow, and the rest of it below. The status of an answer stands first.
fn label(x: u32, y: u32, [above, below]: &[String; 2]) -> Markup {
    let end = above.find('{').unwrap_or(above.len());
    html! {
        text x=(x) y=(y - 6) { tspan.head { (above[..end]) } (above[end..]) }
        @if !below.is_empty() { text.more x=(x) y=(y + LINE) { (below) } }
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
pub(super) fn span(millis: f64) -> String {
    if millis < 0.05 {
        "0 ms".to_owned()
    } else if millis < 10.0 {
        format!("{millis:.1} ms")
    } else if millis < 1000.0 {
        format!("{millis:.0} ms")
    } else {
        format!("{:.2} s", millis / 1000.0)
    }
}

/// Returns as much of a text as fits into two lines.
fn in_two(text: &str) -> [String; 2] {
    let shown = printable(text.trim_end(), 2 * COLUMNS + 1);
    let fits = fitting(&shown, COLUMNS);
    if fits.len() == shown.len() {
        return [shown, String::new()];
    }
    // Rather after a word than within one, if that does not leave half of the line empty.
    let end = fits.rfind([',', '&', '?', ' ']).map(|at| at + 1).filter(|end| *end > fits.len() / 2);
    let first = &fits[..end.unwrap_or(fits.len())];
    let rest = shown[first.len()..].trim_start();
    let second = fitting(rest, COLUMNS);
    if second.len() == rest.len() {
        return [first.to_owned(), second.to_owned()];
    }
    let second = fitting(rest, COLUMNS - 1).to_owned() + "…";
    [first.to_owned(), second]
}

/// Returns the beginning of a text that has at most so many columns. Wide characters take two each.
fn fitting(text: &str, columns: usize) -> &str {
    let mut width = 0;
    let ends = text.char_indices().find(|(_, c)| {
        width += display_width(c.encode_utf8(&mut [0; 4]));
        width > columns
    });
    ends.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, Drawing, draw, in_two, span};
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
        assert!(picture.contains(">GET /api/miniprogram/wxmp/code2session?</tspan></text>"), "{picture}");
        assert!(picture.contains(">code=081Kq4Ga1MSox41R6bJa1Kq4Ga1</text>"), "{picture}");
        assert!(picture.contains(">200 </tspan>{&quot;data&quot;:{&quot;openid&quot;:"), "{picture}");
        assert!(picture.contains("a &lt;title&gt;"), "{picture}");
    }

    #[test]
    fn what_was_judged_and_what_was_lost_is_seen() {
        let mut exchanges = traffic("CODE-02");
        exchanges[2].judged = true;
        let picture = drawn(&exchanges);
        assert_eq!(picture.matches("answered judged").count(), 1);
        assert!(picture.contains(">✗ 200 </tspan>{"), "{picture}");
        let lost = drawn(&traffic("WECHAT-07"));
        assert_eq!(lost.matches("answered lost").count(), 2);
        assert!(lost.contains(">1 redirect → no answer: the connection"), "{lost}");
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
            ["0 ms", "9.9 ms", "10 ms", "999 ms", "4.90 s"]
        );
        assert_eq!(in_two("abc"), ["abc", ""]);
        let wide = "很".repeat(COLUMNS);
        assert_eq!(in_two(&wide), ["很".repeat(COLUMNS / 2), "很".repeat(COLUMNS / 2)]);
        let [first, second] = in_two(&format!("{wide}很"));
        assert_eq!((first, second), ("很".repeat(COLUMNS / 2), "很".repeat(COLUMNS / 2 - 1) + "…"));
    }
}
