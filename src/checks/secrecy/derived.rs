//! Was this token made of the session key?

use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha256, Sha384, Sha512};

use super::needles::SecretNeedles;
use super::secret::{Secret, SecretKind};
use crate::checks::Judgement;
use crate::protocol::SessionKey;
use crate::record::STANDARD;
use base64::Engine as _;

/// What stands between two parts of a text that is hashed.
const SEPARATORS: &[&str] = &["", ":", "_", "-", "|", ".", ",", ";", "&", "#", " ", "\n"];

/// What a token may have been made of.
#[derive(Clone, Debug, Default)]
pub struct Ingredients {
    /// Every session key of the person up to now.
    pub session_keys: Vec<SessionKey>,
    /// What else there was at hand, by name: the openid, the appid, the login code …
    pub others: Vec<(&'static str, String)>,
}

/// Judges a token by the rule that it is not made of the session key.
///
/// Looked for are the key itself in any encoding, its hashes and HMACs, alone and together with the other
/// ingredients, whole and cut to sixteen hexadecimal digits or more, anywhere in the token: also in the claims and
/// the signature of a JWT. What was made with a value nobody else knows cannot be found.
pub fn not_made_of_session_key(token: &str, ingredients: &Ingredients) -> Judgement {
    if ingredients.session_keys.is_empty() {
        return Judgement::CannotTell("WeChat gave no session key for her".to_owned());
    }
    let mut secrets = Vec::new();
    for key in &ingredients.session_keys {
        secrets.push(Secret::new(SecretKind::SessionKey, "the session key itself", key.expose()));
        secrets.extend(derivations(key, ingredients, token));
    }
    let search = SecretNeedles::new(secrets).find_in(token.as_bytes());
    let made = search.sightings.first();
    let judgement =
        Judgement::from_condition(made.is_none(), "a token that has nothing of the session key", || {
            made.map_or_else(String::new, |made| format!("it holds {}, {}", made.owner, made.spelling))
        });
    match &judgement {
        Judgement::Kept if search.incomplete => {
            Judgement::CannotTell("the token hides more within itself than can be gone through".to_owned())
        }
        Judgement::Kept | Judgement::Broken(_) | Judgement::CannotTell(_) => judgement,
    }
}

/// Returns everything that is commonly made of a session key.
fn derivations(key: &SessionKey, ingredients: &Ingredients, token: &str) -> Vec<Secret> {
    let forms = forms(key);
    let mut made = Vec::new();
    let mut hash = |how: &dyn Fn(&str) -> String, message: &[u8]| {
        for (name, bytes) in hashes(message) {
            made.push(Secret::derived(how(name), &bytes));
            made.extend(
                as_uuid(name, &bytes).map(|bytes| Secret::derived(how(&format!("UUID by {name}")), &bytes)),
            );
        }
    };
    for (form, bytes) in &forms {
        hash(&|name| format!("the {name} of {form}"), bytes);
        for (first, once) in hashes(bytes) {
            hash(&|name| format!("the {name} of the {first} of {form}"), &once);
            hash(
                &|name| format!("the {name} of the hexadecimal {first} of {form}"),
                hexadecimal(&once).as_bytes(),
            );
        }
        for (partner, other) in &ingredients.others {
            for message in joined(&[bytes, other.as_bytes()]) {
                hash(&|name| format!("the {name} of {form} and the {partner}"), &message);
            }
        }
    }
    if let Some((form, bytes)) = forms.first() {
        for (at, (one, first)) in ingredients.others.iter().enumerate() {
            for (two, second) in &ingredients.others[at + 1..] {
                for message in joined(&[bytes, first.as_bytes(), second.as_bytes()]) {
                    hash(&|name| format!("the {name} of {form}, the {one} and the {two}"), &message);
                }
            }
        }
    }
    made.extend(keyed(&forms, ingredients, token));
    made
}

/// Returns the HMACs that have the key on either side; also those that sign the token itself.
fn keyed(forms: &[(&'static str, Vec<u8>)], ingredients: &Ingredients, token: &str) -> Vec<Secret> {
    let mut made = Vec::new();
    for (form, bytes) in forms {
        let mut messages: Vec<(String, Vec<u8>)> =
            forms.iter().map(|(form, bytes)| (form.to_string(), bytes.clone())).collect();
        messages.push(("nothing".to_owned(), Vec::new()));
        if let Some((signed, _)) = token.rsplit_once('.') {
            messages.push(("what the token says".to_owned(), signed.as_bytes().to_vec()));
        }
        for (partner, other) in &ingredients.others {
            messages.push((format!("the {partner}"), other.as_bytes().to_vec()));
        }
        for (said, message) in &messages {
            let how = |name: &str| format!("the HMAC ({name}) of {said} under {form}");
            made.extend(
                hmacs(bytes, message).into_iter().map(|(name, mac)| Secret::derived(how(name), &mac)),
            );
        }
        for (partner, other) in &ingredients.others {
            let how = |name: &str| format!("the HMAC ({name}) of {form} under the {partner}");
            made.extend(
                hmacs(other.as_bytes(), bytes)
                    .into_iter()
                    .map(|(name, mac)| Secret::derived(how(name), &mac)),
            );
        }
    }
    made
}

/// Returns the forms in which a session key is fed into a hash; the text that WeChat sends comes first.
fn forms(key: &SessionKey) -> Vec<(&'static str, Vec<u8>)> {
    let text = key.expose();
    let bare = text.trim_end_matches('=');
    let mut forms = vec![("the session key", text.as_bytes().to_vec())];
    if bare != text {
        forms.push(("the session key without padding", bare.as_bytes().to_vec()));
    }
    if let Ok(raw) = STANDARD.decode(text) {
        forms.push(("the hexadecimal session key", hexadecimal(&raw).into_bytes()));
        forms.push(("the bytes of the session key", raw));
    }
    forms
}

/// Returns the parts joined in every order by every separator.
fn joined(parts: &[&[u8]]) -> Vec<Vec<u8>> {
    let orders: &[&[usize]] = match parts.len() {
        2 => &[&[0, 1], &[1, 0]],
        _ => &[&[0, 1, 2], &[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]],
    };
    let separators = if parts.len() == 2 { SEPARATORS } else { &SEPARATORS[..4] };
    let all = orders.iter().flat_map(|order| {
        let ordered: Vec<&[u8]> = order.iter().filter_map(|at| parts.get(*at).copied()).collect();
        separators.iter().map(move |separator| ordered.join(separator.as_bytes()))
    });
    all.collect()
}

fn hashes(message: &[u8]) -> [(&'static str, Vec<u8>); 5] {
    [
        ("MD5", Md5::digest(message).to_vec()),
        ("SHA-1", Sha1::digest(message).to_vec()),
        ("SHA-256", Sha256::digest(message).to_vec()),
        ("SHA-384", Sha384::digest(message).to_vec()),
        ("SHA-512", Sha512::digest(message).to_vec()),
    ]
}

fn hmacs(key: &[u8], message: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    fn mac<M: Mac + hmac::digest::KeyInit>(key: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        let mac = <M as Mac>::new_from_slice(key).ok()?;
        Some(mac.chain_update(message).finalize().into_bytes().to_vec())
    }
    let all = [
        ("MD5", mac::<Hmac<Md5>>(key, message)),
        ("SHA-1", mac::<Hmac<Sha1>>(key, message)),
        ("SHA-256", mac::<Hmac<Sha256>>(key, message)),
        ("SHA-384", mac::<Hmac<Sha384>>(key, message)),
        ("SHA-512", mac::<Hmac<Sha512>>(key, message)),
    ];
    all.into_iter().filter_map(|(name, mac)| Some((name, mac?))).collect()
}

/// Returns what becomes of a hash that is made a UUID (RFC 9562, versions 3 and 5), as in Java's
/// `nameUUIDFromBytes`: some of its bits say what it is.
fn as_uuid(name: &str, hash: &[u8]) -> Option<Vec<u8>> {
    let version = match name {
        "MD5" => 0x30,
        "SHA-1" => 0x50,
        _ => return None,
    };
    let mut bytes = hash.get(..16)?.to_vec();
    bytes[6] = bytes[6] & 0x0f | version;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Some(bytes)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use sha2::{Digest as _, Sha256};

    use super::{Ingredients, hashes, hexadecimal, hmacs, not_made_of_session_key};
    use crate::checks::Judgement;
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
    fn without_a_key_nothing_can_be_told() {
        let judgement = not_made_of_session_key("token", &Ingredients::default());
        assert!(matches!(judgement, Judgement::CannotTell(_)));
    }
}
