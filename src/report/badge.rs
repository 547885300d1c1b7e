//! What does a README show of the record? A badge.
//!
//! An SVG that needs nothing from elsewhere. It shows the verdict in words and not only in colours, and tells a
//! screen reader the same, in the language of the process: a badge is read by people.

use textwrap::core::display_width;

use super::{printable, wording};
use crate::language::{Language, spoken, translated};
use crate::record::{RequirementVerdict, RunRecord, RunVerdict};

/// What stands on the left.
const LABEL: &str = "wxconform";

/// The room for one character of either side, in pixels; generous, because fonts differ.
const CHARACTER: usize = 7;

/// The room for a character that fills two columns, such as a Chinese one: as wide as the font is high, and a little.
const WIDE_CHARACTER: usize = 12;

/// The room beside a text, in pixels.
const MARGIN: usize = 10;

/// How many characters of a text are kept in the description.
const LIMIT: usize = 300;

/// Returns the record as a badge with a line break at the end.
pub(super) fn render(record: &RunRecord) -> String {
    let (word, color) = match record.verdict {
        RunVerdict::Conforming => (tr!("conforming"), "#1a7f37"),
        RunVerdict::Nonconforming => (tr!("nonconforming"), "#b3261e"),
        RunVerdict::Undecided => (tr!("could not judge"), "#57606a"),
        RunVerdict::Partial => (tr!("partial"), "#8a5a00"),
    };
    let counts = &record.totals.requirements;
    let count = match counts.broken {
        0 => wording::counted(counts.kept, RequirementVerdict::Kept),
        broken => wording::counted(broken, RequirementVerdict::Broken),
    };
    let word = format!("{word} · {}", count.replace(wording::GLUE, " "));
    let evidence = wording::evidence(record).into_iter();
    let told = evidence.map(|(name, text)| format!("{}: {text}", translated(name)));
    let told = told.map(|line| escaped(&printable(&line, LIMIT))).collect::<Vec<_>>().join("\n");
    let (left, right) = (width(LABEL) + 2 * MARGIN, width(&word) + 2 * MARGIN);
    let (width, middle_left, middle_right) = (left + right, left / 2, left + right / 2);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" viewBox="0 0 {width} 20" role="img"{lang} aria-label="{LABEL}: {word}">
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
        // Which language it is decides how a font draws a Chinese character.
        lang = match spoken() {
            Language::English => String::new(),
            language @ Language::Chinese => format!(" lang=\"{}\"", language.tag()),
        },
    )
}

/// Returns how many pixels a text takes.
fn width(text: &str) -> usize {
    let room = |character: char| match display_width(character.encode_utf8(&mut [0; 4])) {
        0 | 1 => CHARACTER,
        _ => WIDE_CHARACTER,
    };
    text.chars().map(room).sum()
}

/// Spells what XML would act on.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn a_chinese_character_has_the_room_that_it_takes() {
        assert_eq!([width("wxconform"), width("符合"), width("符合 3 项")], [63, 24, 57]);
    }
}
