//! Is a token signed with a key that anybody can look up?

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as STANDARD_PADDED, URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike as _};

use super::Judgement;
use super::key_trial::Trial;
use super::token_forms::{Hash, hex};
use super::token_jwt::Jwt;
use crate::expiry::UnixMillis;
use crate::language::translated;
use crate::record::STANDARD;

/// The words that are tried, with a comment on where they come from.
const WORDS: &str = include_str!("well_known_keys.txt");

/// The first year that somebody may have written behind a word.
const FIRST_YEAR: i32 = 2015;

/// What stands between a word and a year.
const BEFORE_YEAR: [&str; 4] = ["", "_", "-", "@"];

/// How many digits a number has that is tried, at most.
const MOST_DIGITS: usize = 6;

/// How long ago a backend may have been started that took the second of its start for a key.
const SECONDS_BACK: i64 = 86_400;

/// By how much its clock may be ahead.
const SECONDS_AHEAD: i64 = 60;

/// A text that is no secret before the backend, or no secret of tokens.
#[derive(Clone, Debug)]
pub struct KnownText {
    /// What it is, such as `the client's password`; a finding names it so.
    pub name: &'static str,
    /// The text itself.
    pub text: String,
}

/// Tells whether a token is signed with a shared key (RFC 7518 section 3.2).
#[must_use]
pub fn has_shared_key(token: &str) -> bool {
    Jwt::of(token).is_some_and(|jwt| bits(&jwt).is_some())
}

/// Judges that no well-known word, none of the texts `known`, nothing that the token itself tells, no short number and no
/// time of the last day is the key of a token.
///
/// A text is tried as it is and as what it decodes to, because some libraries decode whatever they are given for base64,
/// and hashed, because a hash looks like a key. Nothing is sent: whether a key fits is seen from the token. `now` holds what
/// the clocks show that the backend may go by.
pub fn not_keyed_with_a_word(token: &str, known: &[KnownText], now: &[UnixMillis]) -> Judgement {
    let Some(jwt) = Jwt::of(token) else {
        return Judgement::CannotTell(tr!("the token is no JSON Web Token"));
    };
    let (Some(bits), Ok(signature)) = (bits(&jwt), STANDARD.decode(standard(&jwt.signature))) else {
        return Judgement::CannotTell(tr!("the token is not signed with a shared key"));
    };
    // What no hash of this length is has no key at all.
    let trial = Trial::of(bits, jwt.signed.as_bytes(), &signature);
    let fits = |key: &[u8]| trial.as_ref().is_some_and(|trial| trial.fits(key));
    let found = of_texts(&jwt, known, &fits)
        .or_else(|| with_year(now, &fits))
        .or_else(|| second(now, &fits))
        .or_else(|| number(&fits));
    Judgement::from_condition(found.is_none(), tr!("a key that nobody can look up or guess"), || {
        found.unwrap_or_default()
    })
}

/// Says of which text the key is made.
fn of_texts(jwt: &Jwt, known: &[KnownText], fits: &impl Fn(&[u8]) -> bool) -> Option<String> {
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    let known = known.iter().flat_map(|known| {
        let name = translated(known.name);
        let backwards = tr!("{name}, reversed", name);
        [(name, known.text.clone()), (backwards, reversed(&known.text))]
    });
    let claims = jwt.told().into_iter().map(|(name, text)| (tr!("its own claim {name}", name), text));
    let header =
        jwt.headed().into_iter().map(|(name, text)| (tr!("the member {name} of its own header", name), text));
    let words = words().map(|word| (word_named(word), word.to_owned()));
    known.chain(claims).chain(header).chain(words).find_map(|(name, text)| {
        let (_, made) = spellings(&text).into_iter().find(|(key, _)| fits(key))?;
        Some(made.said(name))
    })
}

/// Says behind which word a year makes the key.
fn with_year(now: &[UnixMillis], fits: &impl Fn(&[u8]) -> bool) -> Option<String> {
    let years = now.iter().filter_map(|now| Some(DateTime::from_timestamp_millis(now.millis())?.year()));
    let latest = years.max()?;
    let years =
        || (FIRST_YEAR..=latest).flat_map(|year| BEFORE_YEAR.map(|between| format!("{between}{year}")));
    let mut dated = words().flat_map(|word| years().map(move |year| format!("{word}{year}")));
    let word = dated.find(|word| fits(word.as_bytes()))?;
    Some(Made::AsItIs.said(word_named(&word)))
}

/// Says which second of the last day is the key.
fn second(now: &[UnixMillis], fits: &impl Fn(&[u8]) -> bool) -> Option<String> {
    let around = |now: &UnixMillis| now.seconds() - SECONDS_BACK..=now.seconds() + SECONDS_AHEAD;
    let second = now.iter().flat_map(around).find(|second| fits(second.to_string().as_bytes()))?;
    Some(Made::AsItIs.said(tr!("the time {second} in seconds, which is of the last day", second)))
}

/// Says which short number is the key.
fn number(fits: &impl Fn(&[u8]) -> bool) -> Option<String> {
    let number = (1..=MOST_DIGITS).find_map(|digits| {
        let mut number = vec![b'0'; digits];
        loop {
            if fits(&number) {
                return Some(String::from_utf8_lossy(&number).into_owned());
            }
            // Counts up in place: so many texts are better not made one by one.
            let last = number.iter().rposition(|digit| *digit != b'9')?;
            number[last] += 1;
            number[last + 1..].fill(b'0');
        }
    })?;
    Some(Made::AsItIs.said(tr!("the number {number}", number)))
}

fn word_named(word: &str) -> String {
    tr!("the word {word}", word = format_args!("{word:?}"))
}

/// Returns how many bits the hash has with which a token is signed under a shared key.
fn bits(jwt: &Jwt) -> Option<usize> {
    match jwt.algorithm().as_str() {
        "HS256" => Some(256),
        "HS384" => Some(384),
        "HS512" => Some(512),
        _ => None,
    }
}

fn words() -> impl Iterator<Item = &'static str> {
    WORDS.lines().filter(|line| !line.is_empty() && *line != "#" && !line.starts_with("# "))
}

/// How a library made a key of a text.
#[derive(Clone, Copy, Debug)]
enum Made {
    AsItIs,
    WithLineBreak,
    FromBase64,
    FromHexadecimal,
    Hashed(Hash),
    HashedInHexadecimal(Hash),
    HashedInBase64(Hash),
}

impl Made {
    /// Says that a token is keyed with what was made of something.
    fn said(self, name: String) -> String {
        let hashed = |hash: Hash, made: String| tr!("the {hash} of {made}", hash = hash.name(), made);
        match self {
            Self::AsItIs => tr!("a token keyed with {name}", name),
            Self::WithLineBreak => tr!("a token keyed with {name} and a line break", name),
            Self::FromBase64 => tr!("a token keyed with {name}, decoded as base64", name),
            Self::FromHexadecimal => tr!("a token keyed with {name}, decoded as hexadecimal", name),
            Self::Hashed(hash) => tr!("a token keyed with {name}", name = hashed(hash, name)),
            Self::HashedInHexadecimal(hash) => {
                let name = tr!("hexadecimal of {made}", made = hashed(hash, name));
                tr!("a token keyed with {name}", name)
            }
            Self::HashedInBase64(hash) => {
                let name = tr!("base64 of {made}", made = hashed(hash, name));
                tr!("a token keyed with {name}", name)
            }
        }
    }
}

/// Returns the keys that libraries and hurried people make of a text, each with how it was made.
fn spellings(text: &str) -> Vec<(Vec<u8>, Made)> {
    // A key of nothing is a matter of its own: it is tried against the backend.
    if text.is_empty() {
        return Vec::new();
    }
    let with_break = format!("{text}\n");
    let mut found = vec![
        (text.as_bytes().to_vec(), Made::AsItIs),
        (with_break.clone().into_bytes(), Made::WithLineBreak),
    ];
    // Lenient decoders skip what is not of the alphabet, and drop or keep a quartet that is not whole.
    let letters: String =
        standard(text).chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).collect();
    let whole = letters.len() / 4 * 4;
    for part in [&letters[..], &letters[..whole]] {
        if let Ok(key) = STANDARD.decode(part) {
            found.push((key, Made::FromBase64));
        }
    }
    found.extend(from_hex(text).map(|key| (key, Made::FromHexadecimal)));
    found.retain(|(key, _)| !key.is_empty());
    for hash in Hash::ALL {
        // Whoever hashes what `echo` prints hashes a line break as well.
        for input in [text, &with_break] {
            let bytes = hash.of(input.as_bytes());
            let digits = hex(&bytes);
            found.push((digits.to_ascii_uppercase().into_bytes(), Made::HashedInHexadecimal(hash)));
            found.push((digits.into_bytes(), Made::HashedInHexadecimal(hash)));
            for engine in [&STANDARD_PADDED, &URL_SAFE_NO_PAD] {
                found.push((engine.encode(&bytes).into_bytes(), Made::HashedInBase64(hash)));
            }
            found.push((bytes, Made::Hashed(hash)));
        }
    }
    found
}

fn standard(text: &str) -> String {
    text.replace('-', "+").replace('_', "/")
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use ring::hmac;

    use super::{KnownText, has_shared_key, not_keyed_with_a_word, words};
    use crate::checks::Judgement;
    use crate::checks::token_forms::{Hash, hex};
    use crate::expiry::UnixMillis;

    /// 2024-06-01T12:00:00Z
    const NOW: UnixMillis = UnixMillis::new(1_717_243_200_000);

    fn signed(algorithm: &str, key: &[u8]) -> String {
        signed_with(r#""typ":"JWT""#, algorithm, key)
    }

    fn signed_with(member: &str, algorithm: &str, key: &[u8]) -> String {
        let with = match algorithm {
            "HS384" => hmac::HMAC_SHA384,
            "HS512" => hmac::HMAC_SHA512,
            _ => hmac::HMAC_SHA256,
        };
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}",{member}}}"#));
        let claims = r#"{"sub":"person-7f3","of":{"tenant":90210377}}"#;
        let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature = hmac::sign(&hmac::Key::new(with, key), text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn found(token: &str, known: &[KnownText]) -> String {
        let judgement = not_keyed_with_a_word(token, known, &[NOW]);
        let Judgement::Broken(finding) = judgement else { panic!("{judgement:?}") };
        finding.actual
    }

    #[test]
    fn a_word_is_found_whatever_the_library_made_of_it() {
        assert_eq!(found(&signed("HS256", b"secret"), &[]), "a token keyed with the word \"secret\"");
        assert_eq!(found(&signed("HS512", b"secret key"), &[]), "a token keyed with the word \"secret key\"");
        // "secret" holds one whole quartet of base64, "secr", and half of another.
        for key in [&[0xb1, 0xe7, 0x2b][..], &[0xb1, 0xe7, 0x2b, 0x7a]] {
            let actual = found(&signed("HS384", key), &[]);
            assert!(actual.ends_with(", decoded as base64"), "{actual}");
        }
        let hex = found(&signed("HS256", &[0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]), &[]);
        assert!(hex.ends_with(", decoded as hexadecimal"), "{hex}");
    }

    #[test]
    fn what_is_known_otherwise_is_named_and_not_shown() {
        let known = [KnownText { name: "the app secret", text: "kJ8-hush".to_owned() }];
        for (key, said) in [
            (b"kJ8-hush".to_vec(), "the app secret"),
            (b"hsuh-8Jk".to_vec(), "the app secret, reversed"),
            (Hash::Sha256.of(b"kJ8-hush"), "the SHA-256 of the app secret"),
            (hex(&Hash::Md5.of(b"kJ8-hush")).into_bytes(), "hexadecimal of the MD5 of the app secret"),
        ] {
            assert_eq!(found(&signed("HS256", &key), &known), format!("a token keyed with {said}"));
        }
    }

    #[test]
    fn hashes_of_words_are_found_however_they_are_written() {
        for hash in Hash::ALL {
            let bytes = hash.of(b"changeme");
            let (name, made) = (hash.name(), r#"the word "changeme""#);
            for (key, said) in [
                (bytes.clone(), format!("the {name} of {made}")),
                (hex(&bytes).into_bytes(), format!("hexadecimal of the {name} of {made}")),
                (hex(&bytes).to_uppercase().into_bytes(), format!("hexadecimal of the {name} of {made}")),
                (URL_SAFE_NO_PAD.encode(&bytes).into_bytes(), format!("base64 of the {name} of {made}")),
                (STANDARD.encode(&bytes).into_bytes(), format!("base64 of the {name} of {made}")),
                (hash.of(b"changeme\n"), format!("the {name} of {made}")),
            ] {
                assert_eq!(found(&signed("HS512", &key), &[]), format!("a token keyed with {said}"));
            }
        }
    }

    #[test]
    fn a_word_with_a_year_is_a_word() {
        for word in ["secret2024", "jwt_secret_2024", "secret-2015", "admin@2019"] {
            assert_eq!(
                found(&signed("HS256", word.as_bytes()), &[]),
                format!("a token keyed with the word {word:?}")
            );
        }
    }

    #[test]
    fn the_second_of_the_start_is_found_for_a_day() {
        for back in [-60, 0, 3600, 86_400] {
            let second = (NOW.seconds() - back).to_string();
            let actual = found(&signed("HS256", second.as_bytes()), &[]);
            assert_eq!(
                actual,
                format!("a token keyed with the time {second} in seconds, which is of the last day")
            );
        }
    }

    #[test]
    fn short_numbers_are_found_with_the_noughts_in_front() {
        for number in ["7", "0042", "00042", "482913", "999999"] {
            let actual = found(&signed("HS256", number.as_bytes()), &[]);
            assert!(
                actual == format!("a token keyed with the number {number}")
                    || actual == format!("a token keyed with the word {number:?}"),
                "{actual}"
            );
        }
    }

    #[test]
    fn what_the_token_itself_tells_is_no_key() {
        for (key, said) in [
            (&b"person-7f3"[..], "its own claim sub"),
            (b"90210377", "its own claim tenant"),
            (b"key-1-of-9", "the member kid of its own header"),
        ] {
            let token = signed_with(r#""kid":"key-1-of-9""#, "HS256", key);
            assert_eq!(found(&token, &[]), format!("a token keyed with {said}"));
        }
        let token = signed_with(r#""jwk":{"kty":"oct","k":"AwoDCgMKAwoDCg"}"#, "HS256", &[3, 10].repeat(5));
        assert_eq!(
            found(&token, &[]),
            "a token keyed with the member k of its own header, decoded as base64"
        );
    }

    #[test]
    fn a_random_key_is_nobodys_word() {
        let token = signed("HS256", b"\x93\x1f\xee\x07 32 bytes that nobody knows \x9a");
        assert_eq!(not_keyed_with_a_word(&token, &[], &[NOW]), Judgement::Kept);
        // Nobody tries seven digits, or yesterday's seconds.
        for key in ["4829137", "1717156799", "secret2025"] {
            let token = signed("HS256", key.as_bytes());
            assert_eq!(not_keyed_with_a_word(&token, &[], &[NOW]), Judgement::Kept, "{key}");
        }
    }

    #[test]
    fn without_a_shared_key_there_is_nothing_to_try() {
        let rsa = format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#));
        for token in ["opaque", &rsa] {
            assert!(!has_shared_key(token));
            assert!(matches!(not_keyed_with_a_word(token, &[], &[NOW]), Judgement::CannotTell(_)), "{token}");
        }
        assert!(has_shared_key(&signed("HS512", b"x")));
    }

    #[test]
    fn the_list_is_long_and_says_nothing_twice() {
        let list: Vec<&str> = words().collect();
        assert!(list.len() >= 200, "{}", list.len());
        assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
        for word in ["secret", "your-256-bit-secret", "abcdefghijklmnopqrstuvwxyz", "123456", "hello world"] {
            assert!(list.contains(&word), "{word}");
        }
    }
}
