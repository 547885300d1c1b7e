//! What may a stranger's text do to a page? Nothing.

use std::fmt::Write as _;

use maud::{Escaper, Render};

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
    use maud::Render;

    use super::{Block, Line};

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
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(Line("很好很好", 3).render().0, "很好很…");
        assert_eq!(Line("很好很好", 4).render().0, "很好很好");
    }
}
