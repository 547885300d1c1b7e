//! Credentials that must not open anything.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::driver::{basic, bearer};
use super::log::Stop;
use super::parameters::{BearerKind, ClientKind};
use crate::backend::ClientCredentials;
use crate::expiry::Value;

/// The alphabet of most tokens. Flipping the highest bit of a position in it changes what the character
/// decodes to even where its low bits are padding.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What came of forging a header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Forged {
    /// The header value to send; absent when none is to be sent.
    Header(Option<String>),
    /// This forgery cannot be made of this token; the text says why.
    NotApplicable(&'static str),
}

/// Returns the header value that a token is asked for with; absent when none is to be sent.
pub(crate) fn client_header(client: &ClientCredentials, kind: ClientKind) -> Option<String> {
    let with = |name: &str, secret: &str| {
        Some(basic(&ClientCredentials { name: name.to_owned(), secret: secret.to_owned() }))
    };
    let (name, secret) = (client.name.as_str(), client.secret.as_str());
    match kind {
        ClientKind::Missing => None,
        ClientKind::EmptyHeader => Some(String::new()),
        ClientKind::BareScheme => Some("Basic".to_owned()),
        ClientKind::WrongSecret => with(name, &secret.chars().rev().map(next_letter).collect::<String>()),
        ClientKind::WrongName => with(&format!("no-{name}"), secret),
        ClientKind::LongerName => with(&format!("{name}x"), secret),
        ClientKind::EmptyName => with("", secret),
        ClientKind::LongerSecret => with(name, &format!("{secret}x")),
        ClientKind::ShorterSecret => {
            let mut shorter = secret.to_owned();
            shorter.pop();
            with(name, &shorter)
        }
        ClientKind::EmptySecret => with(name, ""),
        ClientKind::NoSecret => Some(format!("Basic {}", STANDARD.encode(name))),
        // A secret may hold a colon (RFC 7617 section 2), so this one is another secret.
        ClientKind::SecretAndMore => with(name, &format!("{secret}:more")),
        ClientKind::CaseFlipped => with(name, &secret.chars().map(flip_case).collect::<String>()),
        ClientKind::BrokenBase64 => Some("Basic %%%not-base64%%%".to_owned()),
        ClientKind::OtherScheme => Some(format!("Bearer {}", STANDARD.encode(format!("{name}:{secret}")))),
    }
}

/// Returns the header value that user info is asked for with.
pub(crate) fn bearer_header(token: &Value, kind: BearerKind) -> Result<Forged, Stop> {
    let own = bearer(token)?;
    let own = own.strip_prefix("Bearer ").unwrap_or_default();
    let letters: Vec<char> = own.chars().collect();
    let Some(&first) = letters.first() else {
        return Ok(Forged::NotApplicable("her token is empty"));
    };
    let changed = |index: usize| {
        let mut altered = letters.clone();
        altered[index] = another(altered[index]);
        altered.into_iter().collect()
    };
    let forged: String = match kind {
        BearerKind::Missing => return Ok(Forged::Header(None)),
        BearerKind::EmptyHeader => return Ok(Forged::Header(Some(String::new()))),
        BearerKind::FirstChanged => changed(0),
        BearerKind::MiddleChanged => changed(letters.len() / 2),
        BearerKind::LastChanged => changed(letters.len() - 1),
        BearerKind::WithoutLast => letters[..letters.len() - 1].iter().collect(),
        BearerKind::FirstHalf => letters[..letters.len() / 2].iter().collect(),
        BearerKind::Longer => format!("{own}A"),
        BearerKind::PercentEncoded => {
            format!("%{:02X}{}", u32::from(first), &own[first.len_utf8()..])
        }
        BearerKind::Empty => String::new(),
        BearerKind::Undefined => "undefined".to_owned(),
        BearerKind::Random => random_like(&letters),
        BearerKind::CaseFlipped if is_uuid(own) => {
            return Ok(Forged::NotApplicable(
                "her token is a UUID, in which case carries no meaning (RFC 9562)",
            ));
        }
        BearerKind::CaseFlipped => letters.iter().copied().map(flip_case).collect(),
    };
    if forged == own {
        return Ok(Forged::NotApplicable("her token cannot be altered in this way"));
    }
    Ok(Forged::Header(Some(format!("Bearer {forged}"))))
}

/// Tells whether a token is a UUID in the usual spelling.
fn is_uuid(token: &str) -> bool {
    let groups: Vec<usize> = token.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && token.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Returns another character of the same alphabet.
fn another(letter: char) -> char {
    let position = ALPHABET.iter().position(|known| char::from(*known) == letter);
    position.map_or('A', |position| char::from(ALPHABET[position ^ 32]))
}

/// Returns a token of the same length and shape that has nothing to do with this one.
fn random_like(letters: &[char]) -> String {
    let mut bytes = vec![0; letters.len()];
    // A source of randomness that fails would leave zeros, which is a token nobody was given either.
    getrandom::fill(&mut bytes).unwrap_or_default();
    let replaced = letters.iter().zip(bytes).map(|(letter, byte)| {
        let among: &[u8] = match letter {
            '0'..='9' => b"0123456789",
            'a'..='z' => b"abcdefghijklmnopqrstuvwxyz",
            'A'..='Z' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            _ => return *letter,
        };
        char::from(among[usize::from(byte) % among.len()])
    });
    replaced.collect()
}

/// Returns the letter in the other case; what is no letter stays as it is.
pub(crate) fn flip_case(letter: char) -> char {
    if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
}

/// Returns another letter, so that a secret becomes a wrong one of the same length.
fn next_letter(letter: char) -> char {
    match letter {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(letter) + 1).unwrap_or('q'),
        _ => 'q',
    }
}

#[cfg(test)]
mod tests {
    use super::{Forged, bearer_header, client_header};
    use crate::backend::Contract;
    use crate::expiry::Value;
    use crate::suite::parameters::{BearerKind, ClientKind};

    const ALTERATIONS: [BearerKind; 11] = [
        BearerKind::PercentEncoded,
        BearerKind::Undefined,
        BearerKind::FirstChanged,
        BearerKind::MiddleChanged,
        BearerKind::LastChanged,
        BearerKind::WithoutLast,
        BearerKind::FirstHalf,
        BearerKind::Longer,
        BearerKind::CaseFlipped,
        BearerKind::Empty,
        BearerKind::Random,
    ];

    #[test]
    fn no_alteration_leaves_the_token_as_it_was() {
        for token in ["aB3-_x", "0123abcd", "eyJh.eyJz.c2ln"] {
            for kind in ALTERATIONS {
                let forged = bearer_header(&Value::from(token), kind).unwrap();
                assert_ne!(forged, Forged::Header(Some(format!("Bearer {token}"))), "{kind:?} of {token}");
                assert!(matches!(forged, Forged::Header(Some(_))), "{kind:?} of {token}");
            }
        }
    }

    #[test]
    fn the_case_of_a_uuid_carries_no_meaning() {
        let uuid = Value::from("8f14e45f-ceea-467f-a5f6-9d1c0f3b2a11");
        let forged = bearer_header(&uuid, BearerKind::CaseFlipped).unwrap();
        assert!(matches!(forged, Forged::NotApplicable(_)));
        let hex = bearer_header(&Value::from("8f14e45fceea467f"), BearerKind::CaseFlipped).unwrap();
        assert!(matches!(hex, Forged::Header(_)));
    }

    #[test]
    fn the_shortest_of_tokens_is_still_told_from_none() {
        for kind in
            [BearerKind::Missing, BearerKind::EmptyHeader, BearerKind::Longer, BearerKind::LastChanged]
        {
            assert!(matches!(bearer_header(&Value::from("t"), kind).unwrap(), Forged::Header(_)), "{kind:?}");
        }
    }

    #[test]
    fn a_token_without_letters_has_no_case_to_flip() {
        let forged = bearer_header(&Value::from("123456"), BearerKind::CaseFlipped).unwrap();
        assert!(matches!(forged, Forged::NotApplicable(_)));
    }

    #[test]
    fn no_wrong_client_is_the_right_one() {
        let client = Contract::documented().client;
        let right = super::basic(&client);
        for kind in [
            ClientKind::EmptyHeader,
            ClientKind::BareScheme,
            ClientKind::WrongSecret,
            ClientKind::WrongName,
            ClientKind::LongerName,
            ClientKind::EmptyName,
            ClientKind::NoSecret,
            ClientKind::SecretAndMore,
            ClientKind::LongerSecret,
            ClientKind::ShorterSecret,
            ClientKind::EmptySecret,
            ClientKind::CaseFlipped,
            ClientKind::BrokenBase64,
            ClientKind::OtherScheme,
        ] {
            assert_ne!(client_header(&client, kind).unwrap(), right, "{kind:?}");
        }
        assert_eq!(client_header(&client, ClientKind::Missing), None);
    }
}
