//! Was this token made of the session key?

use std::collections::HashMap;

use super::layers::{Layer, Walk, spelled};
use super::mixing::{Ingredients, derivations};
use super::needles::SecretNeedles;
use super::secret::{Secret, SecretKind};
use crate::checks::Judgement;

/// How many bytes of a hash have to stand in a token: half of the shortest hash, or sixteen hexadecimal digits.
const RECOGNISED: usize = 8;

/// How many places of a token are remembered. A token travels in a header, so that it has a few kilobytes at most.
const MOST_PLACES: usize = 1 << 18;

/// Judges a token by the rule that it is not made of the session key.
///
/// Looked for are the key itself in any encoding, its hashes and HMACs, alone and together with the other
/// ingredients, whole and cut to sixteen hexadecimal digits or more, anywhere in the token: also in the claims and
/// the signature of a JWT. What was made with a value nobody else knows cannot be found.
pub fn not_made_of_session_key(token: &str, ingredients: &Ingredients) -> Judgement {
    if ingredients.session_keys.is_empty() {
        return Judgement::CannotTell(tr!("WeChat gave no session key for her"));
    }
    let keys = ingredients.session_keys.iter();
    let itself =
        keys.map(|key| Secret::new(SecretKind::SessionKey, tr!("the session key itself"), key.expose()));
    let search = SecretNeedles::new(itself).find_in(token.as_bytes());
    let content = Content::of(token);
    let mut made = search
        .sightings
        .first()
        .map(|made| tr!("it holds {what}, {spelling}", what = made.owner, spelling = made.spelling));
    for key in &ingredients.session_keys {
        derivations(key, ingredients, token, &mut |how, bytes| {
            if made.is_none() {
                made = content
                    .spelling_of(bytes)
                    .map(|spelling| tr!("it holds {what}, {spelling}", what = how(), spelling));
            }
        });
    }
    match made {
        None if search.incomplete || content.incomplete => {
            Judgement::CannotTell(tr!("the token hides more within itself than can be gone through"))
        }
        made => {
            let expected = tr!("a token that has nothing of the session key");
            Judgement::from_condition(made.is_none(), expected, || made.unwrap_or_default())
        }
    }
}

/// Everything that stands in a token, so that thousands of hashes can be looked up in it, none of which has to be
/// kept.
struct Content {
    /// Each sequence of bytes, and which of the spellings it stands in.
    places: HashMap<[u8; RECOGNISED], usize>,
    spellings: Vec<String>,
    incomplete: bool,
}

impl Content {
    fn of(token: &str) -> Self {
        let (mut places, mut spellings, mut overflow) = (HashMap::new(), Vec::new(), false);
        let searched = Walk::through(token.as_bytes(), RECOGNISED, &mut |layer: &Layer<'_>| {
            let (_, chain) = layer.trace(0, layer.bytes.len());
            spellings.push(spelled(&chain));
            overflow |= places.len() + layer.bytes.len() > MOST_PLACES;
            if !overflow {
                for part in layer.bytes.windows(RECOGNISED).filter_map(|part| part.try_into().ok()) {
                    places.entry(part).or_insert(spellings.len() - 1);
                }
            }
        });
        Self { places, spellings, incomplete: overflow || !searched }
    }

    /// Returns how the beginning of a hash is spelled, if it stands in the token.
    fn spelling_of(&self, hash: &[u8]) -> Option<&str> {
        let part: [u8; RECOGNISED] = hash.get(..RECOGNISED)?.try_into().ok()?;
        self.spellings.get(*self.places.get(&part)?).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use sha2::{Digest as _, Sha256};

    use super::{MOST_PLACES, not_made_of_session_key};
    use crate::checks::Judgement;
    use crate::checks::secrecy::mixing::{Ingredients, hashes, hexadecimal, hmacs};
    use crate::protocol::SessionKey;

    const KEY: &str = "ti+htNczf5v6AK/yjwEUhQ==";
    const OPENID: &str = "o1eIF6gNS95lQeF8enmTaDzTwn9A";

    fn ingredients() -> Ingredients {
        Ingredients {
            session_keys: vec![SessionKey::new("HyJNfwtmT1mWdGWmPuZXsA=="), SessionKey::new(KEY)],
            others: vec![("openid", OPENID.to_owned()), ("appid", "wx0123456789abcdef".to_owned())],
        }
    }

    fn hash(name: &str, message: &[u8]) -> Vec<u8> {
        hashes(message).into_iter().find(|(known, _)| *known == name).unwrap().1
    }

    fn jwt(claims: &str) -> String {
        format!("eyJhbGciOiJIUzI1NiJ9.{}", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_made_of_the_key_is_recognised() {
        let raw = STANDARD.decode(KEY).unwrap();
        let text = KEY.as_bytes();
        let md5 = hexadecimal(&hash("MD5", text));
        let signed = jwt("{}");
        let signature = URL_SAFE_NO_PAD.encode(&hmacs(text, signed.as_bytes())[2].1);
        let uuid = format!("{}-{}-3{}-", &md5[..8], &md5[8..12], &md5[13..16]);
        for (token, made) in [
            (KEY.to_owned(), "the session key itself, as it is"),
            (hexadecimal(&raw), "the session key itself, hexadecimal → its bytes"),
            (md5.clone(), "the MD5 of the session key, hexadecimal"),
            (md5[..16].to_uppercase(), "the MD5 of the session key, hexadecimal"),
            (format!("{uuid}8000-000000000000"), ""),
            (
                URL_SAFE_NO_PAD.encode(Sha256::digest(&raw)),
                "the SHA-256 of the bytes of the session key, base64",
            ),
            (
                hexadecimal(&hash("SHA-1", format!("{OPENID}{KEY}").as_bytes())),
                "the SHA-1 of the session key and the openid, hexadecimal",
            ),
            (
                hexadecimal(&hash("SHA-512", format!("{KEY}:{OPENID}").as_bytes())[..16]),
                "the SHA-512 of the session key and the openid, hexadecimal",
            ),
            (
                hexadecimal(&hash("MD5", format!("wx0123456789abcdef_{OPENID}_{KEY}").as_bytes())),
                "the MD5 of the session key, the openid and the appid, hexadecimal",
            ),
            (
                hexadecimal(&hash("MD5", md5.as_bytes())),
                "the MD5 of the hexadecimal MD5 of the session key, hexadecimal",
            ),
            (
                hexadecimal(&hmacs(text, OPENID.as_bytes())[2].1),
                "the HMAC (SHA-256) of the openid under the session key, hexadecimal",
            ),
            (
                STANDARD.encode(&hmacs(b"wx0123456789abcdef", &raw)[1].1),
                "the HMAC (SHA-1) of the bytes of the session key under the appid, base64",
            ),
            (
                format!("{}.sig", jwt(&format!(r#"{{"jti":"{md5}"}}"#))),
                "the MD5 of the session key, base64 → hexadecimal",
            ),
            (
                format!("{signed}.{signature}"),
                "the HMAC (SHA-256) of what the token says under the session key, base64",
            ),
        ] {
            let judgement = not_made_of_session_key(&token, &ingredients());
            let Judgement::Broken(finding) = judgement else { panic!("{token}: {judgement:?}") };
            assert!(
                made.is_empty() || finding.actual == format!("it holds {made}"),
                "{token}: {}",
                finding.actual
            );
        }
    }

    #[test]
    fn a_token_that_has_nothing_of_the_key_is_fine() {
        let hashed = hexadecimal(&hash("SHA-256", OPENID.as_bytes()));
        let signed = jwt(&format!(r#"{{"sub":"{OPENID}","exp":1700007200}}"#));
        let signature = URL_SAFE_NO_PAD.encode(&hmacs(b"the server's own secret", signed.as_bytes())[2].1);
        for token in ["3f0c", "12345678901234", &hashed, &format!("{signed}.{signature}"), OPENID, ""] {
            assert_eq!(not_made_of_session_key(token, &ingredients()), Judgement::Kept, "{token}");
        }
        let md5 = hexadecimal(&hash("MD5", KEY.as_bytes()));
        assert_eq!(not_made_of_session_key(&md5[..14], &ingredients()), Judgement::Kept);
    }

    #[test]
    fn what_is_too_long_to_be_gone_through_is_left_undecided() {
        let longest = "!".repeat(MOST_PLACES);
        assert_eq!(not_made_of_session_key(&longest, &ingredients()), Judgement::Kept);
        let longer = longest + "!";
        let judgement = not_made_of_session_key(&longer, &ingredients());
        assert!(matches!(judgement, Judgement::CannotTell(_)), "{judgement:?}");
        // What is seen all the same is a breach.
        let judgement = not_made_of_session_key(&format!("{longer} {KEY}"), &ingredients());
        assert!(matches!(judgement, Judgement::Broken(_)), "{judgement:?}");
    }

    #[test]
    fn without_a_key_nothing_can_be_told() {
        let judgement = not_made_of_session_key("token", &Ingredients::default());
        assert!(matches!(judgement, Judgement::CannotTell(_)));
    }
}
