//! With which bytes can the same answer be spelled, or misspelled?

use std::fmt::Write as _;

/// How the JSON of an answer is spelled. The enum may grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Spelling {
    /// As the settings say.
    #[default]
    Usual,
    /// With line breaks and blanks between the parts, and a line break at the end.
    Pretty,
    /// With every letter, digit and sign of the values written as `\u006f`.
    UnicodeEscapes,
    /// With a byte order mark in front.
    ByteOrderMark,
    /// In UTF-16, with a byte order mark.
    Utf16,
    /// The first half of it.
    Half,
    /// Inside an array.
    InArray,
    /// Inside a member `data` of another object.
    InData,
    /// As the text of a JSON string.
    InString,
    /// With `'` where JSON wants `"`.
    SingleQuotes,
    /// With the curly quotation marks of Windows where JSON wants `"`, which makes it invalid UTF-8.
    CurlyQuotes,
    /// With a comma behind the last member.
    TrailingComma,
    /// With every member twice.
    Twice,
    /// Compressed with gzip. Nothing declares it by itself.
    Gzip,
    /// What begins like gzip and is none.
    GzipBroken,
}

impl Spelling {
    /// Spells the JSON text of an object.
    pub(super) fn spell(self, json: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Usual => json,
            Self::Pretty => pretty(&json),
            Self::UnicodeEscapes => unicode_escapes(&json),
            Self::ByteOrderMark => [&b"\xef\xbb\xbf"[..], &json].concat(),
            Self::Utf16 => utf_16(&json),
            Self::Half => json[..json.len() / 2].to_vec(),
            Self::InArray => [b"[", &json[..], b"]"].concat(),
            Self::InData => [&br#"{"data":"#[..], &json, b"}"].concat(),
            Self::InString => in_string(&json),
            Self::SingleQuotes => {
                json.into_iter().map(|byte| if byte == b'"' { b'\'' } else { byte }).collect()
            }
            Self::CurlyQuotes => {
                json.into_iter().map(|byte| if byte == b'"' { b'\x93' } else { byte }).collect()
            }
            Self::TrailingComma => [inside(&json).as_slice(), b",}"].concat(),
            Self::Twice => {
                let inside = inside(&json);
                [inside.as_slice(), b",", inside.get(1..).unwrap_or_default(), b"}"].concat()
            }
            Self::Gzip => gzip(&json),
            Self::GzipBroken => [&GZIP_HEAD[..], &[0xff; 64]].concat(),
        }
    }
}

/// Returns an object without its last brace.
fn inside(json: &[u8]) -> Vec<u8> {
    json.strip_suffix(b"}").unwrap_or(json).to_vec()
}

/// Calls `each` for every byte and whether it stands inside a string, its quotation marks excluded.
fn walk(json: &[u8], mut each: impl FnMut(u8, bool)) {
    let (mut inside, mut escaped) = (false, false);
    for &byte in json {
        let quote = byte == b'"' && !escaped;
        if quote {
            inside = !inside;
        }
        escaped = inside && byte == b'\\' && !escaped;
        each(byte, inside && !quote);
    }
}

fn pretty(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    walk(json, |byte, in_string| match byte {
        b'{' | b',' if !in_string => out.extend_from_slice(&[byte, b'\r', b'\n', b'\t', b' ']),
        b':' if !in_string => out.extend_from_slice(b" : "),
        b'}' if !in_string => out.extend_from_slice(b"\r\n}"),
        _ => out.push(byte),
    });
    out.extend_from_slice(b"\r\n");
    out
}

/// Escapes what stands in strings behind a colon; the names of the members stay readable.
fn unicode_escapes(json: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(json);
    let Ok(mut value) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text) else {
        return json.to_vec();
    };
    let mut out = String::from("{");
    for (count, (name, value)) in value.iter_mut().enumerate() {
        let comma = if count == 0 { "" } else { "," };
        // Writing into a String cannot fail.
        write!(out, "{comma}\"{name}\":").unwrap_or_default();
        match value.as_str() {
            None => out.push_str(&value.to_string()),
            Some(text) => {
                let units = text.encode_utf16().fold(String::new(), |mut escaped, unit| {
                    write!(escaped, "\\u{unit:04x}").unwrap_or_default();
                    escaped
                });
                write!(out, "\"{units}\"").unwrap_or_default();
            }
        }
    }
    out.push('}');
    out.into_bytes()
}

fn utf_16(json: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(json);
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn in_string(json: &[u8]) -> Vec<u8> {
    serde_json::Value::from(String::from_utf8_lossy(json)).to_string().into_bytes()
}

/// The head of a gzip member: deflate, no name, no time, from Unix.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

/// Wraps bytes as gzip without making them smaller: a stored block needs no compressor.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GZIP_HEAD.to_vec();
    let mut blocks = bytes.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend(crc_32(bytes).to_le_bytes());
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out
}

/// The checksum of gzip, RFC 1952 section 8.
fn crc_32(bytes: &[u8]) -> u32 {
    let shifted = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| shifted(crc)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{Spelling, crc_32};

    const JSON: &str = r#"{"session_key":"a\/b, {c}: \"d\"==","expires_in":7200,"openid":"oA-_"}"#;

    fn spelled(spelling: Spelling) -> Vec<u8> {
        spelling.spell(JSON.as_bytes().to_vec())
    }

    fn value(bytes: &[u8]) -> Option<Value> {
        serde_json::from_slice(bytes).ok()
    }

    #[test]
    fn another_spelling_says_the_same() {
        let said = value(JSON.as_bytes());
        assert!(said.is_some());
        for spelling in [Spelling::Usual, Spelling::Pretty, Spelling::UnicodeEscapes] {
            assert_eq!(value(&spelled(spelling)), said, "{spelling:?}");
        }
        assert!(String::from_utf8(spelled(Spelling::UnicodeEscapes)).unwrap().contains(r"\u006f\u0041"));
        assert!(String::from_utf8(spelled(Spelling::Pretty)).unwrap().contains("\n\t \"openid\" : \"oA-_\""));
        assert!(spelled(Spelling::Pretty).ends_with(b"\r\n}\r\n"));
    }

    #[test]
    fn a_wrapping_says_it_inside_of_something_else() {
        let said = value(JSON.as_bytes()).unwrap();
        assert_eq!(value(&spelled(Spelling::InArray)).unwrap()[0], said);
        assert_eq!(value(&spelled(Spelling::InData)).unwrap()["data"], said);
        assert_eq!(value(&spelled(Spelling::InString)).unwrap(), JSON);
        assert_eq!(&spelled(Spelling::ByteOrderMark)[3..], JSON.as_bytes());
        assert_eq!(spelled(Spelling::Half), JSON.as_bytes()[..JSON.len() / 2]);
        assert_eq!(spelled(Spelling::Utf16).len(), 2 + 2 * JSON.len());
        let twice = String::from_utf8(spelled(Spelling::Twice)).unwrap();
        assert_eq!((twice.matches("oA-_").count(), value(twice.as_bytes()).unwrap()), (2, said));
    }

    #[test]
    fn a_misspelling_is_not_json() {
        for spelling in [
            Spelling::Half,
            Spelling::SingleQuotes,
            Spelling::CurlyQuotes,
            Spelling::TrailingComma,
            Spelling::Gzip,
            Spelling::GzipBroken,
            Spelling::ByteOrderMark,
            Spelling::Utf16,
        ] {
            assert_eq!(value(&spelled(spelling)), None, "{spelling:?}");
        }
        assert!(String::from_utf8(spelled(Spelling::CurlyQuotes)).is_err());
    }

    #[test]
    fn other_quotation_marks_stand_where_json_has_its_own_and_nowhere_else() {
        for (spelling, mark) in [(Spelling::SingleQuotes, b'\''), (Spelling::CurlyQuotes, 0x93)] {
            let quoted: Vec<u8> =
                spelled(spelling).into_iter().map(|byte| if byte == mark { b'"' } else { byte }).collect();
            assert_eq!(quoted, JSON.as_bytes(), "{spelling:?}");
        }
    }

    #[test]
    fn the_checksum_is_the_one_that_everybody_computes() {
        assert_eq!(crc_32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc_32(b""), 0);
    }

    #[test]
    fn gzip_holds_the_text_in_blocks_that_are_not_compressed() {
        let packed = spelled(Spelling::Gzip);
        assert_eq!(&packed[..3], b"\x1f\x8b\x08");
        assert_eq!(packed[10], 1);
        assert_eq!(&packed[15..packed.len() - 8], JSON.as_bytes());
        let long = Spelling::Gzip.spell(vec![b'x'; 0x1_0000]);
        assert_eq!((long[10], long[15 + 0xffff], long.len()), (0, 1, 10 + 5 + 0xffff + 5 + 1 + 8));
    }
}
