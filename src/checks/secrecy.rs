//! Is a secret hidden in this answer?
//!
//! A secret is looked for in the spellings in which backends leak it: as it is, escaped for JSON, a URL or
//! HTML, as hexadecimal, as base64 of its text at any alignment, and inside whatever in the answer decodes
//! as base64, which covers the claims of a JWT.

use aho_corasick::AhoCorasick;
use base64::Engine as _;

use crate::expiry::Value;
use crate::protocol::SessionKey;
use crate::record::{Answer, STANDARD, spellings_of};

/// How deep base64 within base64 is followed.
const DEPTH: usize = 2;

/// The shortest run of base64 characters that is worth decoding: a session key takes twenty-two.
const SHORTEST_RUN: usize = 20;

/// Where a secret was seen, and in which spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The part of the answer, such as `the body` or `the header x-session`.
    pub place: String,
    /// The spelling, such as `as it is` or `base64 within base64`.
    pub spelling: String,
}

/// Finds any of a set of session keys, whatever spelling they travel in.
#[derive(Debug)]
pub struct SecretNeedles {
    automaton: Option<AhoCorasick>,
    spellings: Vec<&'static str>,
}

impl SecretNeedles {
    /// Prepares the search for these session keys.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::checks::SecretNeedles;
    /// use wxconform::protocol::SessionKey;
    ///
    /// let needles = SecretNeedles::new([&SessionKey::new("tiihtNczf5v6AKRyjwEUhQ==")]);
    /// assert_eq!(needles.find_in(br#"{"key":"tiihtNczf5v6AKRyjwEUhQ=="}"#).as_deref(), Some("as it is"));
    /// assert_eq!(needles.find_in(b"nothing to see"), None);
    /// ```
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a SessionKey>) -> Self {
        let mut patterns: Vec<String> = Vec::new();
        let mut spellings = Vec::new();
        for key in keys {
            for (pattern, spelling) in spellings_of(key.expose()) {
                patterns.push(pattern);
                spellings.push(spelling);
            }
        }
        let automaton = if patterns.is_empty() { None } else { AhoCorasick::new(&patterns).ok() };
        Self { automaton, spellings }
    }

    /// Returns where in an answer a key stands, looking at its headers and its body.
    #[must_use]
    pub fn find(&self, answer: &Answer) -> Option<Sighting> {
        let in_header = |(name, value): (&str, &str)| {
            let spelling = self.find_in(value.as_bytes())?;
            Some(Sighting { place: format!("the header {}", name.to_ascii_lowercase()), spelling })
        };
        answer.headers.iter().find_map(in_header).or_else(|| {
            let spelling = self.find_in(&answer.body).or_else(|| self.find_in_json(&answer.body))?;
            Some(Sighting { place: "the body".to_owned(), spelling })
        })
    }

    /// Returns the spelling in which a key stands in these bytes.
    #[must_use]
    pub fn find_in(&self, bytes: &[u8]) -> Option<String> {
        self.find_below(bytes, 0)
    }

    /// Searches the texts of a JSON document, which JSON can escape letter by letter.
    fn find_in_json(&self, bytes: &[u8]) -> Option<String> {
        if !bytes.windows(2).any(|pair| pair == br"\u") {
            return None;
        }
        let value = Value::parse_json(&String::from_utf8_lossy(bytes)).ok()?;
        let mut open = vec![value];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => {
                    if self.find_in(text.to_string_lossy().as_bytes()).is_some() {
                        return Some("escaped for JSON".to_owned());
                    }
                }
                Value::Array(items) => open.extend(items),
                Value::Object(object) => {
                    open.extend(object.entries().flat_map(|(key, value)| [Value::from(key), value.clone()]));
                }
                Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        None
    }

    fn find_below(&self, bytes: &[u8], depth: usize) -> Option<String> {
        if let Some(found) = self.automaton.as_ref()?.find(bytes) {
            let spelling = self.spellings.get(found.pattern().as_usize()).copied().unwrap_or_default();
            return Some(format!("{spelling}{}", " within base64".repeat(depth)));
        }
        if depth == DEPTH {
            return None;
        }
        base64_runs(bytes).find_map(|run| self.find_below(&decode(run)?, depth + 1))
    }
}

/// Returns the runs of characters of either base64 alphabet that are long enough to hold something.
fn base64_runs(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let foreign = |byte: &u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'));
    bytes.split(foreign).filter(|run| run.len() >= SHORTEST_RUN)
}

fn decode(run: &[u8]) -> Option<Vec<u8>> {
    let mut standard: Vec<u8> = run
        .iter()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    // One character over a multiple of four cannot be decoded; whatever precedes it can.
    if standard.len() % 4 == 1 {
        standard.pop();
    }
    STANDARD.decode(&standard).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::SecretNeedles;
    use crate::protocol::SessionKey;
    use crate::record::{Answer, Headers};

    const KEY: &str = "ti+htNczf5v6AK/yjwEUhQ==";

    fn needles() -> SecretNeedles {
        SecretNeedles::new([&SessionKey::new(KEY)])
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    }

    #[test]
    fn every_spelling_is_found() {
        let raw = STANDARD.decode(KEY).unwrap();
        for (text, spelling) in [
            (KEY.to_owned(), "as it is"),
            (KEY.replace('/', "\\/"), "escaped for JSON"),
            (KEY.replace('/', "%2F").replace('+', "%2B"), "percent-encoded"),
            (KEY.replace('/', "%2f").replace('+', "%2b"), "percent-encoded"),
            (KEY.replace('/', "&#x2F;").replace('+', "&#x2B;"), "escaped for HTML"),
            (URL_SAFE_NO_PAD.encode(&raw), "in the URL-safe alphabet"),
            (hex(&raw), "hexadecimal of its bytes"),
            (hex(KEY.as_bytes()).to_uppercase(), "hexadecimal of its text"),
        ] {
            assert_eq!(needles().find_in(text.as_bytes()).as_deref(), Some(spelling), "{text}");
        }
    }

    #[test]
    fn a_key_in_numbers_or_in_escapes_letter_by_letter_is_found() {
        let numbers: Vec<String> = KEY.bytes().map(|byte| byte.to_string()).collect();
        let list = format!("[{}]", numbers.join(", "));
        assert!(needles().find_in(list.as_bytes()).is_some());
        let escaped: Vec<String> = KEY.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        let body = format!(r#"{{"k":["{}"]}}"#, escaped.concat()).into_bytes();
        let answer = Answer { status: 200, headers: Headers::default(), body, cut: false };
        assert_eq!(needles().find(&answer).unwrap().spelling, "escaped for JSON");
    }

    #[test]
    fn the_claims_of_a_jwt_are_searched() {
        let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"session_key":"{KEY}","sub":"o1"}}"#));
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.{claims}.c2lnbmF0dXJl");
        assert!(needles().find_in(jwt.as_bytes()).is_some());
        let nested = STANDARD.encode(format!("{{\"token\":\"{jwt}\"}}"));
        assert!(needles().find_in(nested.as_bytes()).is_some());
    }

    #[test]
    fn how_deep_a_key_was_hidden_is_told() {
        let once = STANDARD.encode(hex(KEY.as_bytes()));
        let found = |text: &str| needles().find_in(text.as_bytes());
        assert_eq!(found(&once).as_deref(), Some("hexadecimal of its text within base64"));
        let twice = found(&STANDARD.encode(&once));
        assert_eq!(twice.as_deref(), Some("hexadecimal of its text within base64 within base64"));
    }

    #[test]
    fn a_character_too_many_behind_base64_hides_nothing() {
        let whole = STANDARD.encode(hex(KEY.as_bytes()));
        assert_eq!((whole.len() % 4, whole.ends_with('=')), (0, false));
        for surplus in ["A", "AA", "AAA", "AAAA"] {
            assert!(needles().find_in(format!("{whole}{surplus}").as_bytes()).is_some(), "{surplus}");
        }
    }

    #[test]
    fn a_header_is_named_and_a_clean_answer_is_clean() {
        let mut headers = Headers::default();
        headers.push("X-Session", KEY);
        let mut answer = Answer { status: 200, headers, body: Vec::new(), cut: false };
        assert_eq!(needles().find(&answer).unwrap().place, "the header x-session");
        answer.headers = Headers::default();
        assert_eq!(needles().find(&answer), None);
        answer.body = KEY.as_bytes().to_vec();
        assert_eq!(needles().find(&answer).unwrap().place, "the body");
    }

    #[test]
    fn without_keys_nothing_is_found() {
        assert_eq!(SecretNeedles::new([]).find_in(KEY.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn base64_around_a_key_does_not_hide_it(before in ".{0,9}", after in ".{0,9}", twice: bool) {
            let mut text = STANDARD.encode(format!("{before}{KEY}{after}"));
            if twice {
                text = URL_SAFE_NO_PAD.encode(text);
            }
            prop_assert!(needles().find_in(text.as_bytes()).is_some(), "{}", text);
        }

        #[test]
        fn noise_raises_no_alarm(noise in proptest::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert_eq!(needles().find_in(&noise), None);
        }
    }
}
