//! Is a token signed with a key that anybody can look up?

use base64::Engine as _;
use ring::hmac;

use super::Judgement;
use super::token_jwt::Jwt;
use crate::language::translated;
use crate::record::STANDARD;

/// The words that are tried, with a comment on where they come from.
const WORDS: &str = include_str!("well_known_keys.txt");

/// A text that is no secret before the backend, or no secret of tokens.
#[derive(Clone, Copy, Debug)]
pub struct KnownText<'a> {
    /// What it is, such as `the client's password`; a finding names it so.
    pub name: &'a str,
    /// The text itself.
    pub text: &'a str,
}

/// Tells whether a token is signed with a shared key (RFC 7518 section 3.2).
#[must_use]
pub fn has_shared_key(token: &str) -> bool {
    Jwt::of(token).is_some_and(|jwt| algorithm(&jwt).is_some())
}

/// Judges that no well-known word, and none of the texts `known`, is the key of a token.
///
/// A word is tried as it is and as what it decodes to, because some libraries decode whatever they are given
/// for base64. Nothing is sent: whether a key fits is seen from the token.
pub fn not_keyed_with_a_word(token: &str, known: &[KnownText<'_>]) -> Judgement {
    let Some(jwt) = Jwt::of(token) else {
        return Judgement::CannotTell(tr!("the token is no JSON Web Token"));
    };
    let (Some(algorithm), Ok(signature)) = (algorithm(&jwt), STANDARD.decode(standard(&jwt.signature)))
    else {
        return Judgement::CannotTell(tr!("the token is not signed with a shared key"));
    };
    let fits = |key: &[u8]| {
        let key = hmac::Key::new(algorithm, key);
        hmac::verify(&key, jwt.signed.as_bytes(), &signature).is_ok()
    };
    let found = candidates(known).find_map(|(name, text)| {
        let (_, made) = spellings(text).into_iter().find(|(key, _)| fits(key))?;
        let name = name.map_or_else(|| tr!("the word {word}", word = format_args!("{text:?}")), translated);
        Some(match made {
            Made::AsItIs => tr!("a token keyed with {name}", name),
            Made::WithLineBreak => tr!("a token keyed with {name} and a line break", name),
            Made::FromBase64 => tr!("a token keyed with {name}, decoded as base64", name),
            Made::FromHexadecimal => tr!("a token keyed with {name}, decoded as hexadecimal", name),
        })
    });
    Judgement::from_condition(found.is_none(), tr!("a key that nobody can look up or guess"), || {
        found.unwrap_or_default()
    })
}

/// Returns the algorithm of a token that is signed with a shared key.
fn algorithm(jwt: &Jwt) -> Option<hmac::Algorithm> {
    match jwt.algorithm().as_str() {
        "HS256" => Some(hmac::HMAC_SHA256),
        "HS384" => Some(hmac::HMAC_SHA384),
        "HS512" => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

/// Returns everything that is tried, with the name by which a finding calls it; a word is called by itself.
fn candidates<'a>(known: &'a [KnownText<'a>]) -> impl Iterator<Item = (Option<&'a str>, &'a str)> {
    known.iter().map(|known| (Some(known.name), known.text)).chain(words().map(|word| (None, word)))
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
}

/// Returns the keys that libraries make of a text, each with how it was made.
fn spellings(text: &str) -> Vec<(Vec<u8>, Made)> {
    let mut found = vec![
        (text.as_bytes().to_vec(), Made::AsItIs),
        (format!("{text}\n").into_bytes(), Made::WithLineBreak),
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
    // A key of nothing is a matter of its own: it is tried against the backend.
    found.retain(|(key, _)| !key.is_empty());
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
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::hmac;

    use super::{KnownText, has_shared_key, not_keyed_with_a_word, words};
    use crate::checks::Judgement;

    fn signed(algorithm: &str, key: &[u8]) -> String {
        let with = match algorithm {
            "HS384" => hmac::HMAC_SHA384,
            "HS512" => hmac::HMAC_SHA512,
            _ => hmac::HMAC_SHA256,
        };
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}"}}"#));
        let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(r#"{"sub":"1"}"#));
        let signature = hmac::sign(&hmac::Key::new(with, key), text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn found(token: &str, known: &[KnownText<'_>]) -> String {
        let judgement = not_keyed_with_a_word(token, known);
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
        let known = [KnownText { name: "the app secret", text: "kJ8-hush" }];
        assert_eq!(found(&signed("HS256", b"kJ8-hush"), &known), "a token keyed with the app secret");
    }

    #[test]
    fn a_random_key_is_nobodys_word() {
        let token = signed("HS256", b"\x93\x1f\xee\x07 32 bytes that nobody knows \x9a");
        assert_eq!(not_keyed_with_a_word(&token, &[]), Judgement::Kept);
    }

    #[test]
    fn without_a_shared_key_there_is_nothing_to_try() {
        let rsa = format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#));
        for token in ["opaque", &rsa] {
            assert!(!has_shared_key(token));
            assert!(matches!(not_keyed_with_a_word(token, &[]), Judgement::CannotTell(_)), "{token}");
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
