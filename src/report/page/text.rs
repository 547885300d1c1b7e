//! What may a stranger's text do to a page? Nothing.

use std::fmt::Write as _;

use maud::{Escaper, Markup, PreEscaped, Render};

use crate::report::printable::{is_unsafe, spell};

/// A text on one line, cut to so many characters.
///
/// What hides, reorders or has no place in HTML is spelt out, as [`printable()`](crate::report::printable()) does,
/// and set off from the rest, so that a spelling is not taken for what was sent. For elements only: in an attribute,
/// and inside a picture, `printable()` serves.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Line<'a>(pub(in crate::report) &'a str, pub(in crate::report) usize);

/// The same for a text that keeps its line breaks and tabs.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Block<'a>(pub(in crate::report) &'a str, pub(in crate::report) usize);

impl Render for Line<'_> {
    fn render_to(&self, buffer: &mut String) {
        write(self.0, self.1, |_| false, buffer);
    }
}

impl Render for Block<'_> {
    fn render_to(&self, buffer: &mut String) {
        write(self.0, self.1, |c| matches!(c, '\n' | '\t'), buffer);
    }
}

/// Returns a sentence in which names in braces stand for what is more than text, such as code or a link. What it stands
/// for is asked by the name, because languages put it into different places.
pub(in crate::report) fn filled(sentence: &str, parts: &[(&str, Markup)]) -> Markup {
    let mut buffer = String::new();
    let mut rest = sentence;
    while let Some((before, name, behind)) = place(rest) {
        Line(before, usize::MAX).render_to(&mut buffer);
        match parts.iter().find(|(known, _)| *known == name) {
            Some((_, part)) => buffer.push_str(&part.0),
            None => Line(name, usize::MAX).render_to(&mut buffer),
        }
        rest = behind;
    }
    Line(rest, usize::MAX).render_to(&mut buffer);
    PreEscaped(buffer)
}

/// Takes a sentence apart at its first name in braces.
fn place(sentence: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = sentence.split_once('{')?;
    let (name, behind) = rest.split_once('}')?;
    Some((before, name, behind))
}

fn write(text: &str, limit: usize, is_kept: impl Fn(char) -> bool, buffer: &mut String) {
    let end = text.char_indices().nth(limit).map_or(text.len(), |(end, _)| end);
    let mut rest = &text[..end];
    while !rest.is_empty() {
        let strange = |c: char| is_unsafe(c) && !is_kept(c);
        let plain = rest.find(strange).unwrap_or(rest.len());
        let written = Escaper::new(buffer).write_str(&rest[..plain]);
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        rest = &rest[plain..];
        let spelt = rest.find(|c| !strange(c)).unwrap_or(rest.len());
        if spelt > 0 {
            buffer.push_str("<i class=\"spelt\">");
            // A spelling is letters, digits, backslashes and braces.
            rest[..spelt].chars().for_each(|c| spell(c, buffer));
            buffer.push_str("</i>");
        }
        rest = &rest[spelt..];
    }
    if end < text.len() {
        buffer.push('…');
    }
}

#[cfg(test)]
mod tests {
    use maud::{Render, html};

    use super::{Block, Line, filled};

    #[test]
    fn markup_is_text_and_what_drives_or_hides_is_spelt_out() {
        let text = "<b>&\"\0\u{1b}[2J\u{202e}\nx\ty";
        assert_eq!(
            Line(text, 99).render().0,
            "&lt;b&gt;&amp;&quot;<i class=\"spelt\">\\x00\\x1b</i>[2J<i class=\"spelt\">\\u{202e}\\n</i>x\
             <i class=\"spelt\">\\t</i>y"
        );
        assert!(Block(text, 99).render().0.ends_with("<i class=\"spelt\">\\u{202e}</i>\nx\ty"));
    }

    #[test]
    fn what_is_more_than_text_stands_where_the_sentence_wants_it() {
        let parts = [("a", html! { b { "x" } }), ("c", html! { "{a}" })];
        assert_eq!(filled("<{c}, {a}, {d}>", &parts).0, "&lt;{a}, <b>x</b>, d&gt;");
        assert_eq!(filled("no place", &parts).0, "no place");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(Line("很好很好", 3).render().0, "很好很…");
        assert_eq!(Line("很好很好", 4).render().0, "很好很好");
    }
}
