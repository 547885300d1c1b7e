//! What is commonly made of a session key?

use base64::Engine as _;
use hmac::{Hmac, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha256, Sha384, Sha512};

use crate::language::translated;
use crate::protocol::SessionKey;
use crate::record::STANDARD;

/// What stands between two parts of a text that is hashed; the first four also between three.
const SEPARATORS: &[&str] = &["", ":", "_", "-", "|", ".", ",", ";", "&", "#", " ", "\n"];

/// How many of them stand between three parts.
const COMMON: usize = 4;

/// What a token may have been made of.
#[derive(Clone, Debug, Default)]
pub struct Ingredients {
    /// Every session key of the person up to now.
    pub session_keys: Vec<SessionKey>,
    /// What else there was at hand, by name: the openid, the appid, the login code …
    pub others: Vec<(&'static str, String)>,
}

/// Hears of a value, and how it was made.
type Hear<'h> = dyn FnMut(&dyn Fn() -> String, &[u8]) + 'h;

/// Makes everything that is commonly made of a session key, one value after the other.
pub(super) fn derivations(key: &SessionKey, ingredients: &Ingredients, token: &str, hear: &mut Hear<'_>) {
    let forms = forms(key);
    let mut hash = |how: &dyn Fn(&str) -> String, message: &[u8]| {
        for (name, bytes) in hashes(message) {
            hear(&|| how(name), &bytes);
            if let Some(bytes) = as_uuid(name, &bytes) {
                hear(&|| how(&tr!("UUID by {name}", name)), &bytes);
            }
        }
    };
    for (form, bytes) in &forms {
        hash(&|name| tr!("the {name} of {form}", name, form = translated(form)), bytes);
        for (first, once) in hashes(bytes) {
            let written = hexadecimal(&once);
            hash(
                &|name| tr!("the {name} of the {first} of {form}", name, first, form = translated(form)),
                &once,
            );
            hash(
                &|name| {
                    tr!(
                        "the {name} of the hexadecimal {first} of {form}",
                        name,
                        first,
                        form = translated(form)
                    )
                },
                written.as_bytes(),
            );
        }
        for (partner, other) in &ingredients.others {
            for message in joined(&[bytes, other.as_bytes()]) {
                hash(
                    &|name| {
                        tr!(
                            "the {name} of {form} and the {partner}",
                            name,
                            form = translated(form),
                            partner = translated(partner)
                        )
                    },
                    &message,
                );
            }
        }
    }
    if let Some((form, bytes)) = forms.first() {
        for (at, (one, first)) in ingredients.others.iter().enumerate() {
            for (two, second) in &ingredients.others[at + 1..] {
                for message in joined(&[bytes, first.as_bytes(), second.as_bytes()]) {
                    hash(
                        &|name| {
                            tr!(
                                "the {name} of {form}, the {one} and the {two}",
                                name,
                                form = translated(form),
                                one = translated(one),
                                two = translated(two)
                            )
                        },
                        &message,
                    );
                }
            }
        }
    }
    keyed(&forms, ingredients, token, hear);
}

/// Makes the HMACs that have the key on either side; also those that sign the token itself.
fn keyed(forms: &[(&'static str, Vec<u8>)], ingredients: &Ingredients, token: &str, hear: &mut Hear<'_>) {
    for (form, bytes) in forms {
        let mut messages: Vec<(String, &[u8])> =
            forms.iter().map(|(form, bytes)| (translated(form), bytes.as_slice())).collect();
        messages.push((tr!("hashed" => "nothing"), &[]));
        messages.extend(
            token.rsplit_once('.').map(|(signed, _)| (tr!("what the token says"), signed.as_bytes())),
        );
        for (partner, other) in &ingredients.others {
            messages.push((tr!("the {partner}", partner = translated(partner)), other.as_bytes()));
            for (name, mac) in hmacs(other.as_bytes(), bytes) {
                hear(
                    &|| {
                        tr!(
                            "the HMAC ({name}) of {form} under the {partner}",
                            name,
                            form = translated(form),
                            partner = translated(partner)
                        )
                    },
                    &mac,
                );
            }
        }
        for (said, message) in messages {
            for (name, mac) in hmacs(bytes, message) {
                hear(
                    &|| tr!("the HMAC ({name}) of {said} under {form}", name, said, form = translated(form)),
                    &mac,
                );
            }
        }
    }
}

/// Returns the forms in which a session key is fed into a hash; the text that WeChat sends comes first.
fn forms(key: &SessionKey) -> Vec<(&'static str, Vec<u8>)> {
    let text = key.expose();
    let bare = text.trim_end_matches('=');
    let mut forms = vec![(mark!("the session key"), text.as_bytes().to_vec())];
    if bare != text {
        forms.push((mark!("the session key without padding"), bare.as_bytes().to_vec()));
    }
    if let Ok(raw) = STANDARD.decode(text) {
        forms.push((mark!("the hexadecimal session key"), hexadecimal(&raw).into_bytes()));
        forms.push((mark!("the bytes of the session key"), raw));
    }
    forms
}

/// Returns the parts joined in every order by every separator.
fn joined(parts: &[&[u8]]) -> Vec<Vec<u8>> {
    let orders: &[&[usize]] = match parts.len() {
        2 => &[&[0, 1], &[1, 0]],
        _ => &[&[0, 1, 2], &[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]],
    };
    let separators = if parts.len() == 2 { SEPARATORS } else { &SEPARATORS[..COMMON] };
    let all = orders.iter().flat_map(|order| {
        let ordered: Vec<&[u8]> = order.iter().filter_map(|at| parts.get(*at).copied()).collect();
        separators.iter().map(move |separator| ordered.join(separator.as_bytes()))
    });
    all.collect()
}

pub(super) fn hashes(message: &[u8]) -> [(&'static str, Vec<u8>); 5] {
    [
        ("MD5", Md5::digest(message).to_vec()),
        ("SHA-1", Sha1::digest(message).to_vec()),
        ("SHA-256", Sha256::digest(message).to_vec()),
        ("SHA-384", Sha384::digest(message).to_vec()),
        ("SHA-512", Sha512::digest(message).to_vec()),
    ]
}

pub(super) fn hmacs(key: &[u8], message: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
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

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::{Ingredients, as_uuid, derivations, forms, joined};
    use crate::protocol::SessionKey;

    #[test]
    fn two_parts_are_joined_in_both_orders_by_every_separator_and_three_by_the_common_ones() {
        let two = joined(&[b"a", b"b"]);
        assert_eq!(two.len(), 24);
        for expected in ["ab", "ba", "a|b", "b\na"] {
            assert!(two.contains(&expected.as_bytes().to_vec()), "{expected:?}");
        }
        let three = joined(&[b"a", b"b", b"c"]);
        assert_eq!(three.len(), 24);
        for expected in ["abc", "a:c:b", "b_a_c", "bca", "c-a-b", "cba"] {
            assert!(three.contains(&expected.as_bytes().to_vec()), "{expected:?}");
        }
        assert!(!three.contains(&b"a|b|c".to_vec()));
    }

    #[test]
    fn a_key_is_tried_in_every_form_that_it_has_and_in_each_once() {
        let of = |key: &str| forms(&SessionKey::new(key)).into_iter().map(|form| form.1).collect::<Vec<_>>();
        assert_eq!(of("AP8="), [&b"AP8="[..], b"AP8", b"00ff", b"\x00\xff"]);
        assert_eq!(of("AP8A"), [&b"AP8A"[..], b"00ff00", b"\x00\xff\x00"]);
        assert_eq!(of("no base64"), [b"no base64"]);
    }

    #[test]
    fn each_pair_of_ingredients_is_mixed_in_once() {
        let others = ["one", "two", "three"].map(|name| (name, name.to_owned())).to_vec();
        let ingredients = Ingredients { session_keys: Vec::new(), others };
        let mut made = Vec::new();
        derivations(&SessionKey::new("AP8="), &ingredients, "token", &mut |how, _| made.push(how()));
        for (pair, times) in
            [("the one and the two", 24), ("the two and the one", 0), ("the one and the one", 0)]
        {
            let name = format!("the SHA-256 of the session key, {pair}");
            assert_eq!(made.iter().filter(|how| **how == name).count(), times, "{pair}");
        }
        // Only a token of several parts says something that could be signed.
        assert!(made.contains(&"the HMAC (SHA-1) of nothing under the session key".to_owned()));
        assert!(!made.iter().any(|how| how.contains("what the token says")));
    }

    #[test]
    fn a_hash_becomes_a_uuid_that_says_so() {
        let (ones, zeros) = ([0xff; 20], [0; 20]);
        for (name, version) in [("MD5", 0x30), ("SHA-1", 0x50)] {
            let full = as_uuid(name, &ones).unwrap();
            assert_eq!((full.len(), full[6], full[8], full[7]), (16, version | 0x0f, 0xbf, 0xff));
            let empty = as_uuid(name, &zeros).unwrap();
            assert_eq!((empty[6], empty[8], empty[7]), (version, 0x80, 0));
        }
        assert_eq!(as_uuid("SHA-256", &ones), None);
    }
}
