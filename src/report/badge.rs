//! What does a README show of the record? A badge.
//!
//! An SVG that needs nothing from elsewhere. It shows the verdict in words and not only in colours, and tells a
//! screen reader the same.

use super::{printable, wording};
use crate::record::{RunRecord, RunVerdict};

/// What stands on the left.
const LABEL: &str = "wxconform";

/// The room for one character of either side, in pixels; generous, because fonts differ.
const CHARACTER: usize = 7;

/// The room beside a text, in pixels.
const MARGIN: usize = 10;

/// How many characters of a text are kept in the description.
const LIMIT: usize = 300;

/// Returns the record as a badge with a line break at the end.
pub(super) fn render(record: &RunRecord) -> String {
    let (word, color) = match record.verdict {
        RunVerdict::Conforming => ("conforming", "#1a7f37"),
        RunVerdict::Nonconforming => ("nonconforming", "#b3261e"),
        RunVerdict::Undecided => ("could not judge", "#57606a"),
        RunVerdict::Partial => ("partial", "#8a5a00"),
    };
    let counts = &record.totals.requirements;
    let word = match counts.broken {
        0 => format!("{word} · {} kept", counts.kept),
        broken => format!("{word} · {broken} broken"),
    };
    let told = wording::evidence(record).into_iter().map(|(name, text)| format!("{name}: {text}"));
    let told = told.map(|line| escaped(&printable(&line, LIMIT))).collect::<Vec<_>>().join("\n");
    let left = LABEL.chars().count() * CHARACTER + 2 * MARGIN;
    let right = word.chars().count() * CHARACTER + 2 * MARGIN;
    let (width, middle_left, middle_right) = (left + right, left / 2, left + right / 2);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" viewBox="0 0 {width} 20" role="img" aria-label="{LABEL}: {word}">
<title>{LABEL}: {word}</title>
<desc>{told}</desc>
<rect width="{width}" height="20" rx="3" fill="#24292f"/>
<path d="M{left} 0h{inner}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{inner}z" fill="{color}"/>
<g fill="#ffffff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" text-anchor="middle">
<text x="{middle_left}" y="14">{LABEL}</text>
<text x="{middle_right}" y="14">{word}</text>
</g>
</svg>
"##,
        inner = right - 3,
    )
}

/// Spells what XML would act on.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
