//! Taking back the escapes of URLs, JSON and HTML, all in one pass.
//!
//! One pass for all three, because they travel mixed: an address with percent-encoding in a JSON text, JSON in an
//! HTML page. What is escaped twice takes two passes.

use std::collections::BTreeSet;

/// The longest name of a character that HTML is given here.
const LONGEST_NAME: usize = 8;

/// The characters of secrets, and of the formats around them, that HTML knows by name.
const NAMED: &[(&[u8], u8)] = &[
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"sol", b'/'),
    (b"plus", b'+'),
    (b"equals", b'='),
    (b"lowbar", b'_'),
    (b"UnderBar", b'_'),
    (b"hyphen", b'-'),
    (b"dash", b'-'),
    (b"num", b'#'),
    (b"percnt", b'%'),
    (b"bsol", b'\\'),
    (b"colon", b':'),
    (b"comma", b','),
    (b"period", b'.'),
    (b"nbsp", b' '),
    (b"Tab", b'\t'),
    (b"NewLine", b'\n'),
];

/// A way to escape a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Escape {
    Percent,
    Json,
    Html,
}

impl Escape {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Percent => mark!("percent-encoded"),
            Self::Json => mark!("escaped for JSON"),
            Self::Html => mark!("escaped for HTML"),
        }
    }
}

/// What stands at one place of an escaped text.
struct Token {
    /// How many bytes it takes.
    length: usize,
    /// How it is escaped; nothing when it is not.
    escape: Option<Escape>,
    /// What it stands for.
    meaning: [u8; 4],
    /// How many bytes of the meaning count.
    meaning_length: usize,
}

/// Returns the bytes with every escape taken back; nothing when there is none.
pub(super) fn unescaped(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.iter().any(|byte| matches!(byte, b'%' | b'\\' | b'&')) {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut escapes = false;
    let mut at = 0;
    while at < bytes.len() {
        let token = token(bytes, at);
        escapes |= token.escape.is_some();
        out.extend_from_slice(&token.meaning[..token.meaning_length]);
        at += token.length;
    }
    escapes.then_some(out)
}

/// Returns where a place of the unescaped text stood before, and which escapes were taken back from there on,
/// over so many bytes.
pub(super) fn origin(bytes: &[u8], place: usize, length: usize) -> (usize, BTreeSet<Escape>) {
    let (mut at, mut written) = (0, 0);
    let mut start = None;
    let mut escapes = BTreeSet::new();
    while at < bytes.len() && written < place + length.max(1) {
        let token = token(bytes, at);
        if written + token.meaning_length > place {
            start.get_or_insert(at);
            escapes.extend(token.escape);
        }
        written += token.meaning_length;
        at += token.length;
    }
    (start.unwrap_or(at), escapes)
}

fn token(bytes: &[u8], at: usize) -> Token {
    let rest = &bytes[at..];
    let escaped = match rest.first() {
        Some(b'%') => percent(rest),
        Some(b'\\') => json(rest),
        Some(b'&') => html(rest),
        _ => None,
    };
    escaped.unwrap_or_else(|| Token {
        length: 1,
        escape: None,
        meaning: [rest.first().copied().unwrap_or_default(), 0, 0, 0],
        meaning_length: 1,
    })
}

fn byte(length: usize, escape: Escape, byte: u8) -> Token {
    Token { length, escape: Some(escape), meaning: [byte, 0, 0, 0], meaning_length: 1 }
}

fn letter(length: usize, escape: Escape, code: u32) -> Token {
    let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut meaning = [0; 4];
    let meaning_length = letter.encode_utf8(&mut meaning).len();
    Token { length, escape: Some(escape), meaning, meaning_length }
}

/// `%2F`, and `%u002F` as JavaScript's old `escape` writes it.
fn percent(rest: &[u8]) -> Option<Token> {
    if matches!(rest.get(1), Some(b'u' | b'U')) {
        return Some(letter(6, Escape::Percent, hexadecimal(rest.get(2..6)?)?));
    }
    let code = hexadecimal(rest.get(1..3)?)?;
    Some(byte(3, Escape::Percent, u8::try_from(code).ok()?))
}

/// `\/` and `\u002F`, and `\x2F` as JavaScript writes it.
fn json(rest: &[u8]) -> Option<Token> {
    let plain = |meaning| Some(byte(2, Escape::Json, meaning));
    match rest.get(1)? {
        b'u' => {
            let code = hexadecimal(rest.get(2..6)?)?;
            let pair = (0xd800..0xdc00).contains(&code).then(|| second_half(rest)).flatten();
            Some(match pair {
                Some(second) => {
                    letter(12, Escape::Json, 0x1_0000 + ((code - 0xd800) << 10) + (second - 0xdc00))
                }
                None => letter(6, Escape::Json, code),
            })
        }
        b'x' => Some(byte(4, Escape::Json, u8::try_from(hexadecimal(rest.get(2..4)?)?).ok()?)),
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        b'b' => plain(8),
        b'f' => plain(12),
        other @ (b'/' | b'\\' | b'"' | b'\'') => plain(*other),
        _ => None,
    }
}

/// Returns the second half of a surrogate pair, if one follows the first.
fn second_half(rest: &[u8]) -> Option<u32> {
    let digits = rest.get(6..12)?.strip_prefix(b"\\u")?;
    hexadecimal(digits).filter(|code| (0xdc00..0xe000).contains(code))
}

/// `&sol;`, `&#47;` and `&#x2F;`.
fn html(rest: &[u8]) -> Option<Token> {
    let end = rest.iter().take(LONGEST_NAME + 2).position(|byte| *byte == b';')?;
    let name = rest.get(1..end)?;
    let Some(number) = name.strip_prefix(b"#") else {
        let (_, meaning) = NAMED.iter().find(|(known, _)| *known == name)?;
        return Some(byte(end + 1, Escape::Html, *meaning));
    };
    let code = match number.first()? {
        b'x' | b'X' => hexadecimal(&number[1..])?,
        _ => std::str::from_utf8(number).ok()?.parse().ok()?,
    };
    Some(letter(end + 1, Escape::Html, code))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Escape, origin, unescaped};

    fn text(escaped: &str) -> Option<String> {
        unescaped(escaped.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn every_escape_is_taken_back() {
        for (escaped, meant) in [
            ("a%2Fb%2b", "a/b+"),
            ("a%u002Fb", "a/b"),
            (r"a\/b", "a/b"),
            (r"\u0061\u002f", "a/"),
            (r"\ud83d\ude00", "\u{1f600}"),
            (r"\x61\n", "a\n"),
            ("a&sol;b&plus;c&equals;", "a/b+c="),
            ("&#97;&#x2F;&#X2f;", "a//"),
            (r"%2F\/&#47;", "///"),
            (r#"\n\r\t\b\f\/\\\"\'"#, "\n\r\t\u{8}\u{c}/\\\"'"),
            (r"\ud800\udc00\udbff\udfff", "\u{10000}\u{10ffff}"),
            // Half a pair is no letter.
            (r"\ud800x\udc00", "\u{fffd}x\u{fffd}"),
            (r"\ud800\u0041\udbff\ue000", "\u{fffd}A\u{fffd}\u{e000}"),
            ("&UnderBar;&#0000047;&#x10FFFF;", "_/\u{10ffff}"),
        ] {
            assert_eq!(text(escaped).as_deref(), Some(meant), "{escaped}");
        }
    }

    #[test]
    fn what_is_escaped_twice_takes_two_passes() {
        for escaped in ["a%252Fb", r"a\\/b", "a&amp;sol;b", r"a\u00252Fb"] {
            let once = text(escaped).unwrap();
            assert_eq!(text(&once).as_deref(), Some("a/b"), "{escaped}");
        }
    }

    #[test]
    fn what_is_no_escape_stays() {
        for plain in [
            "100 % of it",
            "%zz",
            "a&b;c&nothing;",
            r"C:\q",
            "&#;",
            "%",
            "\\",
            "&",
            "%2",
            "&#x1100000;x",
            "&#00000047;",
        ] {
            assert!(text(plain).is_none_or(|text| text == plain), "{plain}");
        }
    }

    #[test]
    fn a_place_is_traced_back_with_its_escapes() {
        let escaped = br"x%20y\/z";
        assert_eq!(origin(escaped, 3, 2), (5, BTreeSet::from([Escape::Json])));
        assert_eq!(origin(escaped, 1, 1), (1, BTreeSet::from([Escape::Percent])));
        assert_eq!(origin(escaped, 1, 0), (1, BTreeSet::from([Escape::Percent])));
        assert_eq!(origin(escaped, 99, 1), (escaped.len(), BTreeSet::new()));
        // As far as the place goes, and no further.
        let escaped = br"x%20\/&sol;";
        assert_eq!(origin(escaped, 1, 1), (1, BTreeSet::from([Escape::Percent])));
        assert_eq!(origin(escaped, 1, 2), (1, BTreeSet::from([Escape::Percent, Escape::Json])));
    }

    proptest! {
        #[test]
        fn anything_is_unescaped_without_growing(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let out = unescaped(&bytes);
            prop_assert!(out.is_none_or(|out| out.len() <= bytes.len()));
        }
    }
}
