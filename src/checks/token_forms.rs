//! Which texts does a backend make of an openid or a login code that anybody could make as well?

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use crate::record::STANDARD;

/// The name spaces that RFC 9562 section 6.6 gives for UUIDs made from names, and the empty one.
const NAME_SPACES: [u128; 5] = [
    0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8,
    0x6ba7_b811_9dad_11d1_80b4_00c0_4fd4_30c8,
    0x6ba7_b812_9dad_11d1_80b4_00c0_4fd4_30c8,
    0x6ba7_b814_9dad_11d1_80b4_00c0_4fd4_30c8,
    0,
];

/// What stands between two texts that are put together.
pub(super) const SEPARATORS: [&str; 8] = ["", ":", "_", "-", "|", ".", ",", "&"];

/// A hash that anybody can compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Hash {
    pub(super) const ALL: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Sha512];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
        }
    }

    /// How many bytes the hash has.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// A text made of another one, and how it was made.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) text: String,
    /// Such as `the MD5 of it`.
    pub(super) name: String,
}

/// Returns what can be made of a text: in lower case without dashes where it is hexadecimal, without padding
/// where it is base64. The order is the same for every text.
///
/// `app` is the appid, which is known to everybody.
pub(super) fn forms_of(text: &str, app: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    for (input, kind) in inputs(text, app) {
        let made = kind.within();
        let bytes = input.as_bytes();
        forms.push(Form { text: STANDARD_NO_PAD.encode(bytes), name: tr!("base64 of {made}", made) });
        forms.push(Form { text: URL_SAFE_NO_PAD.encode(bytes), name: tr!("base64 of {made}", made) });
        forms.push(Form { text: hex(bytes), name: tr!("hexadecimal of {made}", made) });
        for hash in Hash::ALL {
            let name = tr!("the {hash} of {made}", hash = hash.name(), made);
            hashed(&mut forms, &hash.of(bytes), &name);
        }
        for (uuid, version) in named_uuids(bytes) {
            forms.push(Form {
                text: hex(&uuid),
                name: tr!("the version {version} UUID of {made}", version, made),
            });
        }
        forms.push(Form { name: kind.by_itself(), text: input });
    }
    forms
}

/// Returns whether a text is a form or consists of it and something else; if so, what else.
pub(super) fn beside(text: &str, form: &str) -> Option<String> {
    let as_it_is = beside_exactly(text, form);
    // Hexadecimal is also written in capitals and as UUIDs are.
    as_it_is.or_else(|| beside_exactly(&folded(text), form))
}

/// Returns how hexadecimal is spelled that is written in capitals or as UUIDs are.
pub(super) fn folded(text: &str) -> String {
    text.replace('-', "").to_ascii_lowercase()
}

/// Tells the same without saying what else there is; `folded` is what [`folded`] makes of the text.
pub(super) fn is_beside(text: &str, folded: &str, form: &str) -> bool {
    [text, folded]
        .into_iter()
        .any(|text| text.contains(form) || text.len() >= 8 && form.contains(text.trim_end_matches('=')))
}

fn beside_exactly(text: &str, form: &str) -> Option<String> {
    // A part of a hash is as good as the whole, and a text of a few letters is part of many things.
    if text.len() >= 8 && form.contains(text.trim_end_matches('=')) {
        return Some(String::new());
    }
    let (before, after) = text.split_once(form)?;
    Some(format!("{before} {}", after.trim_matches('=')))
}

/// Returns what stands in a text that hides another one: as it is, in base64, in hexadecimal, and twice so.
/// Where nothing is hidden there is nothing. The order is the same for every text.
pub(super) fn layers(text: &str) -> [Option<String>; 5] {
    let base64 = from_base64(text).and_then(readable);
    let hexadecimal = from_hex(text).and_then(readable);
    let twice = base64.as_deref().and_then(from_base64).and_then(readable);
    let reversed = text.chars().rev().collect();
    [Some(text.to_owned()), Some(reversed), base64, hexadecimal, twice]
}

/// Returns the bytes that a token may be the spelling of.
pub(super) fn bytes_of(token: &str) -> impl Iterator<Item = Vec<u8>> {
    let bare = token.replace('-', "");
    [from_hex(&bare), from_base64(token)].into_iter().flatten()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.replace('-', "+").replace('_', "/")).ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|letter| letter.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
}

/// Returns the bytes as a text, if somebody could have meant them as one.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    (text.len() >= 4 && text.chars().all(|letter| !letter.is_control())).then_some(text)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// What of a text is put into a hash or an encoding.
#[derive(Clone, Copy, Debug)]
enum Input {
    AsItIs,
    Reversed,
    Lower,
    Upper,
    BehindAppId,
    BeforeAppId,
}

impl Input {
    /// Returns its name within that of a hash or an encoding of it.
    fn within(self) -> String {
        match self {
            Self::AsItIs => tr!("it"),
            Self::Reversed => tr!("it, reversed"),
            Self::Lower => tr!("it in lower case"),
            Self::Upper => tr!("it in upper case"),
            Self::BehindAppId => tr!("it behind the appid"),
            Self::BeforeAppId => tr!("it before the appid"),
        }
    }

    /// Returns its name where it stands in a token by itself.
    fn by_itself(self) -> String {
        match self {
            Self::AsItIs => tr!("its text"),
            Self::Reversed => tr!("its text, reversed"),
            Self::Lower => tr!("its text in lower case"),
            Self::Upper => tr!("its text in upper case"),
            Self::BehindAppId => tr!("its text behind the appid"),
            Self::BeforeAppId => tr!("its text before the appid"),
        }
    }
}

/// Returns what is put into a hash or an encoding.
fn inputs(text: &str, app: &str) -> Vec<(String, Input)> {
    let mut inputs = vec![
        (text.to_owned(), Input::AsItIs),
        (text.chars().rev().collect(), Input::Reversed),
        (text.to_ascii_lowercase(), Input::Lower),
        (text.to_ascii_uppercase(), Input::Upper),
    ];
    for separator in SEPARATORS {
        inputs.push((format!("{app}{separator}{text}"), Input::BehindAppId));
        inputs.push((format!("{text}{separator}{app}"), Input::BeforeAppId));
    }
    inputs
}

fn hashed(forms: &mut Vec<Form>, hash: &[u8], name: &str) {
    forms.push(Form { text: hex(hash), name: name.to_owned() });
    forms.push(Form { text: STANDARD_NO_PAD.encode(hash), name: name.to_owned() });
    forms.push(Form { text: URL_SAFE_NO_PAD.encode(hash), name: name.to_owned() });
    forms.push(Form { text: STANDARD_NO_PAD.encode(hex(hash)), name: tr!("base64 of {made}", made = name) });
    for again in [Hash::Md5, Hash::Sha1, Hash::Sha256] {
        let twice = again.of(hex(hash).as_bytes());
        forms.push(Form {
            text: hex(&twice),
            name: tr!("the {hash} of {made}", hash = again.name(), made = name),
        });
    }
}

/// Returns the UUIDs that are made from a name: as Java does without a name space, and as RFC 9562 says.
fn named_uuids(name: &[u8]) -> Vec<(Vec<u8>, u8)> {
    let mut uuids = vec![(uuid(&Hash::Md5.of(name), 0x30), 3)];
    for space in NAME_SPACES {
        let spaced = [&space.to_be_bytes()[..], name].concat();
        uuids.push((uuid(&Hash::Md5.of(&spaced), 0x30), 3));
        uuids.push((uuid(&Hash::Sha1.of(&spaced), 0x50), 5));
    }
    uuids
}

fn uuid(hash: &[u8], version: u8) -> Vec<u8> {
    let mut bytes: Vec<u8> = hash.iter().take(16).copied().collect();
    if let Some(byte) = bytes.get_mut(6) {
        *byte = (*byte & 0x0f) | version;
    }
    if let Some(byte) = bytes.get_mut(8) {
        *byte = (*byte & 0x3f) | 0x80;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Hash, beside, bytes_of, forms_of, layers};

    const OPENID: &str = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M";

    fn made_of_it(token: &str) -> Option<String> {
        let found = forms_of(OPENID, "wx1").into_iter().find(|form| beside(token, &form.text).is_some());
        found.map(|form| form.name)
    }

    #[test]
    fn bytes_are_a_text_when_somebody_could_have_meant_them_so() {
        assert_eq!(super::readable(b"abcd".to_vec()).as_deref(), Some("abcd"));
        for other in [&b"abc"[..], b"abc\0de", b"abcd\xff"] {
            assert_eq!(super::readable(other.to_vec()), None, "{other:?}");
        }
    }

    #[test]
    fn every_hash_is_as_long_as_its_name_says() {
        let told = Hash::ALL.map(|hash| (hash.name(), hash.size(), hash.of(b"x").len()));
        let expected = [("MD5", 16, 16), ("SHA-1", 20, 20), ("SHA-256", 32, 32), ("SHA-512", 64, 64)];
        assert_eq!(told, expected);
    }

    #[test]
    fn hashes_are_those_of_the_standard_tools() {
        for (token, name) in [
            ("9a90d6bc1ef1bdf83e4a8e2a8d1a6eb6", None),
            ("o6_bmjrPTlm6_2sgVt7hMZOPfL2M", Some("its text")),
            ("M2LfPOZMh7tVgs2_6mlTPrjmb_6o", Some("its text, reversed")),
            ("bzZfYm1qclBUbG02XzJzZ1Z0N2hNWk9QZkwyTQ==", Some("base64 of it")),
        ] {
            assert_eq!(made_of_it(token).as_deref(), name, "{token}");
        }
        let md5 = super::hex(&super::Hash::Md5.of(b"abc"));
        assert_eq!(md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(super::hex(&super::Hash::Sha1.of(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert!(super::hex(&super::Hash::Sha256.of(b"abc")).starts_with("ba7816bf8f01cfea"));
        assert!(super::hex(&super::Hash::Sha512.of(b"abc")).starts_with("ddaf35a193617aba"));
    }

    #[test]
    fn a_name_makes_the_uuid_that_other_libraries_make() {
        // uuid.uuid3 and uuid.uuid5 of Python, and UUID.nameUUIDFromBytes of Java.
        let uuids: Vec<String> =
            forms_of("www.example.com", "wx1").into_iter().map(|form| form.text).collect();
        for known in ["5df418813aed351588a72f4a814cf09e", "2ed6657de927568b95e12665a8aea6a2"] {
            assert!(uuids.iter().any(|uuid| uuid == known), "{known}");
        }
    }

    #[test]
    fn what_stands_beside_a_form_is_returned() {
        assert_eq!(beside("x-AB12", "AB12").as_deref(), Some("x- "));
        assert_eq!(
            beside("900150983CD24FB0-D6963F7D28E17F72", "900150983cd24fb0d6963f7d28e17f72").as_deref(),
            Some("")
        );
        assert_eq!(beside("3cd24fb0d6963f7d", "900150983cd24fb0d6963f7d28e17f72").as_deref(), Some(""));
        assert_eq!(beside("cd24", "900150983cd24fb0d6963f7d28e17f72"), None);
    }

    #[test]
    fn layers_are_taken_off() {
        let [as_it_is, reversed, base64, hexadecimal, twice] = layers("YmJiOjEyMw==");
        assert_eq!(as_it_is.as_deref(), Some("YmJiOjEyMw=="));
        assert_eq!(reversed.as_deref(), Some("==wMyEjOiJmY"));
        assert_eq!(base64.as_deref(), Some("bbb:123"));
        assert_eq!((hexadecimal, twice), (None, None));
        assert_eq!(layers("62623a31")[3].as_deref(), Some("bb:1"));
        assert_eq!(bytes_of("00ff").next(), Some(vec![0, 255]));
    }
}
