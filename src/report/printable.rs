//! What may a stranger's text do to a terminal? Nothing.

use std::fmt::Write as _;

/// Returns a text on one line in which every character can be seen, cut to at most `limit` characters.
///
/// Backends choose much of what a report quotes. Control characters (C0, DEL, C1), bidirectional controls,
/// zero-width characters, line separators, tags and noncharacters are spelt out, as `\n`, `\x1b` or
/// `\u{202e}`, so that they neither drive a terminal nor hide or reorder what stands beside them. The
/// backslash itself is left alone: the result is for reading and not for decoding.
///
/// A cut text ends in `…`, which counts as one of the `limit` characters; a spelling is never cut in half.
///
/// # Examples
///
/// ```
/// use wxconform::report::printable;
///
/// assert_eq!(printable("\u{1b}[2Jgone\r\n", 80), r"\x1b[2Jgone\r\n");
/// assert_eq!(printable("abc\u{202e}def", 80), r"abc\u{202e}def");
/// assert_eq!(printable("微信 login", 80), "微信 login");
/// assert_eq!(printable("0123456789", 5), "0123…");
/// ```
#[must_use]
pub fn printable(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    let mut length = 0;
    // Where to cut if the text turns out to be too long: behind the last spelling that leaves room for `…`.
    let mut cut = 0;
    for c in text.chars() {
        let start = shown.len();
        spell(c, &mut shown);
        length += shown[start..].chars().count();
        if length < limit {
            cut = shown.len();
        } else if length > limit {
            shown.truncate(cut);
            shown.push('…');
            break;
        }
    }
    shown
}

/// Returns whether a character drives a terminal, hides, or reorders its neighbours.
pub(super) fn is_unsafe(c: char) -> bool {
    let noncharacter = u32::from(c) & 0xfffe == 0xfffe;
    c.is_control()
        || noncharacter
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Appends one character, spelt out when it is unsafe.
pub(super) fn spell(c: char, shown: &mut String) {
    match c {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        _ if !is_unsafe(c) => shown.push(c),
        _ => {
            let code = u32::from(c);
            let written =
                if code <= 0xff { write!(shown, "\\x{code:02x}") } else { write!(shown, "\\u{{{code:x}}}") };
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_unsafe, printable};

    #[test]
    fn what_drives_a_terminal_is_spelt_out() {
        let rows = [
            ("\u{1b}]0;title\u{7}", r"\x1b]0;title\x07"),
            ("\u{9b}31m", r"\x9b31m"),
            ("\0\u{7f}\u{8}", r"\x00\x7f\x08"),
            ("a\tb\nc\r", r"a\tb\nc\r"),
        ];
        for (text, expected) in rows {
            assert_eq!(printable(text, 80), expected);
        }
    }

    #[test]
    fn what_hides_or_reorders_is_spelt_out() {
        for c in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{2028}', '\u{e0041}', '\u{fffe}'] {
            let expected = format!("a\\u{{{:x}}}b", u32::from(c));
            assert_eq!(printable(&format!("a{c}b"), 80), expected);
        }
    }

    #[test]
    fn ordinary_writing_of_any_script_is_left_alone() {
        for text in ["oA1b-_", "张三 🙂", "naïve Ωmega", r"C:\path", "→ ✓ …"] {
            assert_eq!(printable(text, 80), text);
        }
    }

    #[test]
    fn a_cut_leaves_exactly_the_limit_and_no_half_spelling() {
        assert_eq!(printable("abcde", 5), "abcde");
        assert_eq!(printable("abcdef", 5), "abcd…");
        assert_eq!(printable("ab\u{1b}cdef", 5), "ab…");
        assert_eq!(printable("abcdef", 1), "…");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn nothing_unsafe_and_nothing_beyond_the_limit_remains(
            text in proptest::collection::vec(any::<char>(), 0..60),
            limit in 1_usize..40,
        ) {
            let text: String = text.into_iter().collect();
            let shown = printable(&text, limit);
            prop_assert!(!shown.chars().any(is_unsafe), "{shown:?}");
            prop_assert!(shown.chars().count() <= limit, "{shown:?}");
        }
    }
}
