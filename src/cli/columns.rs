//! How do texts stand in columns? A Chinese character takes two of them.

use textwrap::Options;
use textwrap::core::display_width;

use crate::language::{separator, spoken};

/// Fills a text up with blanks to so many columns.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(display_width(text))))
}

/// Returns how lines are broken in the language of the process.
pub(super) fn options(width: usize) -> Options<'static> {
    Options::new(width).word_separator(separator(spoken()))
}

/// Lays a text out behind a head; its further lines have an indent.
pub(super) fn filled(width: usize, head: &str, indent: &str, text: &str) -> String {
    textwrap::fill(text, options(width).initial_indent(head).subsequent_indent(indent))
}

#[cfg(test)]
mod tests {
    use super::{filled, padded};

    #[test]
    fn a_wide_character_fills_two_columns() {
        assert_eq!([padded("ok", 4), padded("正常", 5), padded("正常", 3)], ["ok  ", "正常 ", "正常"]);
    }

    #[test]
    fn further_lines_stand_below_the_first() {
        assert_eq!(filled(12, "a   ", "    ", "one two three"), "a   one two\n    three");
    }
}
