//! A token that is none, or that is not presented as the contract says.

use super::{Forged, flip_case};
use crate::backend::ClientCredentials;
use crate::expiry::Value;
use crate::suite::arrange::ALWAYS_TRUE;
use crate::suite::driver::{basic, bearer};
use crate::suite::log::Stop;
use crate::suite::parameters::BearerKind;

/// The alphabet of most tokens. Flipping the highest bit of a position in it changes what the character
/// decodes to even where its low bits are padding.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What others may know of the owner of a token.
#[derive(Clone, Copy)]
pub(crate) struct KnownOfOwner<'a> {
    pub(crate) openid: &'a str,
    /// The login code that gave the openid.
    pub(crate) code: &'a str,
    /// The user ID that user info shows, if it shows any.
    pub(crate) user_id: Option<&'a str>,
}

/// Returns the header value that user info is asked for with.
pub(crate) fn bearer_header(
    token: &Value,
    known: KnownOfOwner<'_>,
    client: &ClientCredentials,
    kind: BearerKind,
) -> Result<Forged, Stop> {
    let own = bearer(token)?;
    let own = own.strip_prefix("Bearer ").unwrap_or_default();
    if let Some(forged) = presented_otherwise(own, client, kind) {
        return Ok(forged);
    }
    // The quotation marks around the value of a cookie are not part of it (RFC 6265 section 4.1.1).
    let inside = own.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let (own, mark) = inside.map_or((own, ""), |inside| (inside, "\""));
    let letters: Vec<char> = own.chars().collect();
    let Some(&first) = letters.first() else {
        return Ok(Forged::NotApplicable(tr!("her token is empty")));
    };
    let changed = |index: usize| {
        let mut altered = letters.clone();
        altered[index] = another(altered[index]);
        altered.into_iter().collect()
    };
    let forged: String = match kind {
        BearerKind::FirstChanged => changed(0),
        BearerKind::MiddleChanged => changed(letters.len() / 2),
        BearerKind::LastChanged => changed(letters.len() - 1),
        BearerKind::WithoutLast => letters[..letters.len() - 1].iter().collect(),
        BearerKind::FirstHalf => letters[..letters.len() / 2].iter().collect(),
        // A single character behind a whole number of quartets is nothing to a lenient decoder of base64, and neither is
        // anything behind its padding.
        BearerKind::Longer => {
            let text = own.trim_end_matches('=');
            format!("{text}AAAA{}", &own[text.len()..])
        }
        BearerKind::PercentEncoded => {
            format!("%{:02X}{}", u32::from(first), &own[first.len_utf8()..])
        }
        BearerKind::Empty => String::new(),
        BearerKind::Undefined => "undefined".to_owned(),
        BearerKind::Null => "null".to_owned(),
        BearerKind::Wildcard => "%".to_owned(),
        BearerKind::HalfAndWildcard => letters[..letters.len() / 2].iter().chain(&['%']).collect(),
        BearerKind::Star => "*".to_owned(),
        BearerKind::HalfAndStar => letters[..letters.len() / 2].iter().chain(&['*']).collect(),
        BearerKind::OneWildcard => {
            let middle = (letters.len() / 2..letters.len()).find(|at| letters[*at] != '_');
            let with =
                |at: usize| letters.iter().enumerate().map(move |(i, c)| if i == at { '_' } else { *c });
            middle.map_or_else(|| own.to_owned(), |at| with(at).collect())
        }
        BearerKind::Condition => ALWAYS_TRUE.to_owned(),
        BearerKind::ConditionInBrackets => "') OR ('1'='1".to_owned(),
        BearerKind::ConditionInDouble => "\" OR \"\"=\"".to_owned(),
        BearerKind::OpenId => known.openid.to_owned(),
        BearerKind::UserId => match known.user_id {
            Some(user_id) => user_id.to_owned(),
            None => return Ok(Forged::NotApplicable(tr!("the user info has no user ID"))),
        },
        BearerKind::BehindFullStop => format!("{own}.wxconform"),
        BearerKind::BehindComma => format!("{own},wxconform"),
        BearerKind::BeyondAscii => "t\u{f6}k\u{e9}n-of-nobody".to_owned(),
        BearerKind::VeryLong => "wxconform-".repeat(400),
        BearerKind::LoginCode => known.code.to_owned(),
        BearerKind::Random => random_like(&letters),
        BearerKind::CaseFlipped if is_hexadecimal(own) => {
            return Ok(Forged::NotApplicable(tr!(
                "her token is hexadecimal or a UUID (RFC 9562), in which the case of a letter says nothing"
            )));
        }
        BearerKind::CaseFlipped => letters.iter().copied().map(flip_case).collect(),
        // What does not alter the token has been dealt with above.
        BearerKind::Missing
        | BearerKind::EmptyHeader
        | BearerKind::ClientBasic
        | BearerKind::BasicName
        | BearerKind::BasicScheme
        | BearerKind::TokenScheme
        | BearerKind::Stuck
        | BearerKind::Bare
        | BearerKind::Misspelt
        | BearerKind::Twice
        | BearerKind::LowerCase
        | BearerKind::UpperCase
        | BearerKind::MixedCase => own.to_owned(),
    };
    if forged == own {
        return Ok(Forged::NotApplicable(tr!("her token cannot be altered in this way")));
    }
    Ok(Forged::Header(Some(format!("Bearer {mark}{forged}{mark}"))))
}

/// Returns the header value that presents no token, or the genuine one in another way than the contract says;
/// nothing when it is the token that is to be altered.
fn presented_otherwise(own: &str, client: &ClientCredentials, kind: BearerKind) -> Option<Forged> {
    let header = match kind {
        BearerKind::Missing => return Some(Forged::Header(None)),
        BearerKind::EmptyHeader => String::new(),
        BearerKind::ClientBasic => basic(client),
        BearerKind::BasicName => basic(&ClientCredentials { name: own.to_owned(), secret: String::new() }),
        BearerKind::BasicScheme => format!("Basic {own}"),
        BearerKind::TokenScheme => format!("Token {own}"),
        BearerKind::Stuck => format!("Bearer{own}"),
        BearerKind::Bare => own.to_owned(),
        // As long as the right one, for whoever cuts off so many characters without looking at them.
        BearerKind::Misspelt => format!("Baerer {own}"),
        BearerKind::Twice => format!("Bearer Bearer {own}"),
        BearerKind::LowerCase => format!("bearer {own}"),
        BearerKind::UpperCase => format!("BEARER {own}"),
        BearerKind::MixedCase => format!("bEaReR {own}"),
        BearerKind::FirstChanged
        | BearerKind::MiddleChanged
        | BearerKind::LastChanged
        | BearerKind::WithoutLast
        | BearerKind::FirstHalf
        | BearerKind::Longer
        | BearerKind::CaseFlipped
        | BearerKind::Empty
        | BearerKind::PercentEncoded
        | BearerKind::Undefined
        | BearerKind::Null
        | BearerKind::Wildcard
        | BearerKind::HalfAndWildcard
        | BearerKind::OneWildcard
        | BearerKind::Star
        | BearerKind::HalfAndStar
        | BearerKind::Condition
        | BearerKind::ConditionInBrackets
        | BearerKind::ConditionInDouble
        | BearerKind::OpenId
        | BearerKind::UserId
        | BearerKind::BehindFullStop
        | BearerKind::BehindComma
        | BearerKind::BeyondAscii
        | BearerKind::VeryLong
        | BearerKind::LoginCode
        | BearerKind::Random => return None,
    };
    Some(Forged::Header(Some(header)))
}

/// In how many places a token is changed, one at a time.
const PLACES: usize = 16;

/// Returns the token changed in one place, again and again, the places being spread evenly over its letters and digits.
pub(crate) fn changed_in_places(token: &str) -> Vec<String> {
    let letters: Vec<char> = token.chars().collect();
    let known = |at: &usize| ALPHABET.iter().any(|known| char::from(*known) == letters[*at]);
    let places: Vec<usize> = (0..letters.len()).filter(known).collect();
    let wanted = PLACES.min(places.len());
    let spread = (0..wanted).map(|number| places[number * places.len() / wanted]);
    let changed = |place: usize| {
        let change = |(at, letter): (usize, &char)| if at == place { another(*letter) } else { *letter };
        letters.iter().enumerate().map(change).collect()
    };
    spread.map(changed).collect()
}

/// Tells whether a token spells bytes in hexadecimal, with dashes between them or without: who decodes it does not see the
/// case of its letters.
fn is_hexadecimal(token: &str) -> bool {
    token.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
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

#[cfg(test)]
mod tests {
    use super::{Forged, KnownOfOwner};
    use crate::backend::Contract;
    use crate::expiry::Value;
    use crate::suite::parameters::BearerKind;

    fn forge(token: &str, kind: BearerKind) -> Forged {
        let known = KnownOfOwner { openid: "oA", code: "0f1A", user_id: Some("u1") };
        super::bearer_header(&Value::from(token), known, &Contract::documented().client, kind).unwrap()
    }

    const ALTERATIONS: [BearerKind; 27] = [
        BearerKind::UserId,
        BearerKind::BehindFullStop,
        BearerKind::BehindComma,
        BearerKind::BeyondAscii,
        BearerKind::VeryLong,
        BearerKind::Star,
        BearerKind::HalfAndStar,
        BearerKind::HalfAndWildcard,
        BearerKind::OneWildcard,
        BearerKind::ConditionInBrackets,
        BearerKind::ConditionInDouble,
        BearerKind::Null,
        BearerKind::Wildcard,
        BearerKind::Condition,
        BearerKind::OpenId,
        BearerKind::LoginCode,
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
    fn each_place_is_changed_by_itself() {
        let altered = super::changed_in_places("abcdefgh.ABCDEFGH.01234567");
        assert_eq!(altered.len(), 16);
        let places: std::collections::BTreeSet<usize> = altered
            .iter()
            .map(|altered| {
                let pairs = altered.chars().zip("abcdefgh.ABCDEFGH.01234567".chars());
                let changed: Vec<usize> =
                    pairs.enumerate().filter(|(_, (one, other))| one != other).map(|(at, _)| at).collect();
                assert_eq!(changed.len(), 1, "{altered}");
                changed[0]
            })
            .collect();
        assert_eq!(places.len(), 16);
        assert_eq!(super::changed_in_places(".").len(), 0);
    }

    #[test]
    fn no_alteration_leaves_the_token_as_it_was() {
        for token in ["aB3-_x", "0123wxyz", "eyJh.eyJz.c2ln"] {
            for kind in ALTERATIONS {
                let forged = forge(token, kind);
                assert_ne!(forged, Forged::Header(Some(format!("Bearer {token}"))), "{kind:?} of {token}");
                assert!(matches!(forged, Forged::Header(Some(_))), "{kind:?} of {token}");
            }
        }
    }

    #[test]
    fn the_case_of_a_hexadecimal_token_carries_no_meaning() {
        for token in ["8f14e45f-ceea-467f-a5f6-9d1c0f3b2a11", "8f14e45fceea467f"] {
            assert!(matches!(forge(token, BearerKind::CaseFlipped), Forged::NotApplicable(_)), "{token}");
        }
        assert!(matches!(forge("8f14e45fceea467g", BearerKind::CaseFlipped), Forged::Header(_)));
    }

    #[test]
    fn the_shortest_of_tokens_is_still_told_from_none() {
        for kind in
            [BearerKind::Missing, BearerKind::EmptyHeader, BearerKind::Longer, BearerKind::LastChanged]
        {
            assert!(matches!(forge("t", kind), Forged::Header(_)), "{kind:?}");
        }
    }

    #[test]
    fn a_token_without_letters_has_no_case_to_flip() {
        let forged = forge("123456", BearerKind::CaseFlipped);
        assert!(matches!(forged, Forged::NotApplicable(_)));
    }

    #[test]
    fn no_other_scheme_is_that_of_the_contract() {
        let scheme = |kind| {
            let Forged::Header(Some(header)) = forge("abc", kind) else { panic!("{kind:?}") };
            header
        };
        assert_eq!(scheme(BearerKind::ClientBasic), "Basic YXBwOmFwcA==");
        assert_eq!(scheme(BearerKind::BasicName), "Basic YWJjOg==");
        for kind in [BearerKind::BasicScheme, BearerKind::TokenScheme, BearerKind::Bare, BearerKind::Misspelt]
        {
            assert!(scheme(kind).ends_with("abc"), "{kind:?}");
            assert!(!scheme(kind).to_lowercase().starts_with("bearer "), "{kind:?}");
        }
        for kind in [BearerKind::LowerCase, BearerKind::UpperCase, BearerKind::MixedCase] {
            assert_ne!(scheme(kind), "Bearer abc", "{kind:?}");
            assert!(scheme(kind).eq_ignore_ascii_case("Bearer abc"), "{kind:?}");
        }
    }

    #[test]
    fn what_is_made_longer_decodes_to_something_else_however_long_it_was() {
        for length in 1..9 {
            let token = "A".repeat(length);
            assert_eq!(
                forge(&token, BearerKind::Longer),
                Forged::Header(Some(format!("Bearer {token}AAAA")))
            );
        }
    }
}
