//! The keys of a forger: what is published, what is nothing, and what the forger made.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

/// A key pair made for this purpose, which opens nothing anywhere: making an RSA key takes too long in a run.
const KEY_OF_NOBODY: &[u8] = include_bytes!("key_of_nobody.der");

/// How many characters a line of PEM has (RFC 7468 section 2).
const PEM_LINE: usize = 64;

/// A shared key that a token can be signed with.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    /// What it is, for a finding.
    pub(crate) name: String,
    pub(crate) algorithm: &'static str,
    key: Vec<u8>,
}

impl Shared {
    pub(crate) fn new(name: &str, key: Vec<u8>) -> Self {
        Self { name: name.to_owned(), algorithm: "HS256", key }
    }

    /// The key that is nothing, as a setting is that was never made.
    pub(crate) fn empty(algorithm: &'static str) -> Self {
        Self { name: tr!("key" => "nothing"), algorithm, key: Vec::new() }
    }

    pub(crate) fn sign(&self, text: &[u8]) -> Vec<u8> {
        let algorithm = match self.algorithm {
            "HS512" => hmac::HMAC_SHA512,
            "HS384" => hmac::HMAC_SHA384,
            _ => hmac::HMAC_SHA256,
        };
        hmac::sign(&hmac::Key::new(algorithm, &self.key), text).as_ref().to_vec()
    }
}

/// Returns the keys of a published set (RFC 7517) in each form in which a library may hold them.
pub(crate) fn published(set: &Value) -> Vec<Shared> {
    let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten();
    keys.flat_map(forms_of).collect()
}

fn forms_of(jwk: &Value) -> Vec<Shared> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| URL_SAFE_NO_PAD.decode(text(name).trim_end_matches('=')).unwrap_or_default();
    let mut forms = Vec::new();
    let mut add = |form: &str, key: Vec<u8>| {
        forms.push(Shared::new(&tr!("the published key as {form}", form), key));
    };
    let mut both = |form: &str, label: &str, der: Vec<u8>| {
        let pem = pem(label, &der);
        add(&tr!("{form} in PEM without the last line break", form), pem.trim_end().as_bytes().to_vec());
        add(&tr!("{form} in PEM", form), pem.into_bytes());
        add(&tr!("{form} in DER", form), der);
    };
    match text("kty") {
        "RSA" => {
            let pkcs1 = sequence(&[integer(&number("n")), integer(&number("e"))]);
            both("SPKI", "PUBLIC KEY", spki(RSA_ENCRYPTION, &pkcs1));
            both("PKCS#1", "RSA PUBLIC KEY", pkcs1);
            add(&tr!("its modulus"), text("n").as_bytes().to_vec());
        }
        "EC" if text("crv") == "P-256" => {
            let point = [&[4][..], &number("x"), &number("y")].concat();
            both("SPKI", "PUBLIC KEY", spki(P_256, &point));
            add(&tr!("a point"), point);
        }
        "OKP" if text("crv") == "Ed25519" => {
            both("SPKI", "PUBLIC KEY", spki(ED25519, &number("x")));
            add(&tr!("raw bytes"), number("x"));
        }
        _ => return Vec::new(),
    }
    add("JSON", jwk.to_string().into_bytes());
    if let Some(der) = jwk.pointer("/x5c/0").and_then(|text| STANDARD.decode(text.as_str()?).ok()) {
        add(&tr!("a certificate in PEM"), pem("CERTIFICATE", &der).into_bytes());
    }
    forms
}

/// The algorithm identifiers of RFC 3279 section 2.3.1, RFC 5480 section 2.1.1 and RFC 8410 section 3.
const RSA_ENCRYPTION: &[u8] =
    &[0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0];
const P_256: &[u8] = &[
    0x30, 19, 0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
    0x01, 0x07,
];
const ED25519: &[u8] = &[0x30, 5, 0x06, 3, 0x2b, 0x65, 0x70];

/// Returns the `SubjectPublicKeyInfo` of a key (RFC 5280 section 4.1).
fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = element(0x03, &[&[0][..], key].concat());
    sequence(&[algorithm.to_vec(), bits])
}

fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &elements.concat())
}

/// Returns a number that is not negative.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = &bytes[zeros..];
    let sign: &[u8] = if digits.first().is_none_or(|first| *first > 0x7f) { &[0] } else { &[] };
    element(0x02, &[sign, digits].concat())
}

/// Returns an element of DER with its length (X.690 section 8.1).
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut head = vec![tag];
    match (significant.as_slice(), u8::try_from(significant.len())) {
        ([], _) => head.push(0),
        ([short], _) if *short < 0x80 => head.push(*short),
        (long, Ok(count)) => {
            head.push(0x80 | count);
            head.extend(long);
        }
        // A length is at most as long as a machine word.
        (_, Err(_too_long)) => {}
    }
    head.extend(content);
    head
}

fn pem(label: &str, der: &[u8]) -> String {
    let text: Vec<char> = STANDARD.encode(der).chars().collect();
    let lines: Vec<String> = text.chunks(PEM_LINE).map(|line| line.iter().collect()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Signs a text; nothing if the operating system gives no random bytes.
type Sign = Box<dyn Fn(&[u8]) -> Option<Vec<u8>>>;

/// A key that the forger made and that a token can bring along in its header.
pub(crate) struct OwnKey {
    pub(crate) name: &'static str,
    pub(crate) algorithm: &'static str,
    pub(crate) public: Value,
    pub(crate) sign: Sign,
}

impl OwnKey {
    /// Returns a key of each family; one that this machine cannot make is left out.
    pub(crate) fn all() -> Vec<Self> {
        [Self::rsa(), Self::elliptic(), Some(Self::shared())].into_iter().flatten().collect()
    }

    fn rsa() -> Option<Self> {
        let pair = RsaKeyPair::from_der(KEY_OF_NOBODY).ok()?;
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
        let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
        Some(Self {
            name: mark!("an RSA key"),
            algorithm: "RS256",
            public: json!({"kty": "RSA", "n": n, "e": e}),
            sign: Box::new(move |text| {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
                Some(signature)
            }),
        })
    }

    fn elliptic() -> Option<Self> {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).ok()?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).ok()?;
        let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        Some(Self {
            name: mark!("an elliptic key"),
            algorithm: "ES256",
            public: json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}),
            sign: Box::new(move |text| pair.sign(&random, text).ok().map(|made| made.as_ref().to_vec())),
        })
    }

    fn shared() -> Self {
        let key = Shared::new("a key", b"a key that the forger brings along".to_vec());
        let public = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(&key.key)});
        Self {
            name: mark!("a shared key"),
            algorithm: "HS256",
            public,
            sign: Box::new(move |text| Some(key.sign(text))),
        }
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
    use serde_json::json;

    use super::{KEY_OF_NOBODY, OwnKey, element, integer, pem, published};

    #[test]
    fn the_forms_of_a_key_are_those_of_other_tools() {
        let rsa = OwnKey::rsa().unwrap();
        let forms = published(&json!({"keys": [rsa.public, {"kty": "oct", "k": "c2VjcmV0"}]}));
        assert_eq!(forms.len(), 8);
        // What the library calls the public key is the PKCS#1 form.
        let pair = RsaKeyPair::from_der(KEY_OF_NOBODY).unwrap();
        let pkcs1 = pair.public_key().as_ref();
        assert!(forms.iter().any(|form| form.name.ends_with("PKCS#1 in DER") && form.key == pkcs1));
        let spki = forms.iter().find(|form| form.name.ends_with("SPKI in DER")).unwrap();
        assert!(spki.key.ends_with(pkcs1) && spki.key.starts_with(&[0x30, 0x82, 0x01, 0x22, 0x30, 0x0d]));
        let text = forms.iter().find(|form| form.name.ends_with("SPKI in PEM")).unwrap();
        assert!(text.key.starts_with(b"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));
        assert!(text.key.ends_with(b"\n-----END PUBLIC KEY-----\n"));
    }

    #[test]
    fn keys_of_other_families_have_their_forms_too() {
        let elliptic = OwnKey::elliptic().unwrap();
        assert_eq!(published(&json!({"keys": [elliptic.public]})).len(), 5);
        let edwards =
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        assert_eq!(published(&json!({"keys": [edwards]})).len(), 5);
        assert_eq!(published(&json!({"error": "not_found"})).len(), 0);
    }

    #[test]
    fn lengths_and_signs_are_those_of_der() {
        assert_eq!(integer(&[0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(element(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(element(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
        assert_eq!(pem("X", &[0; 49]).lines().map(str::len).max(), Some(64));
    }

    #[test]
    fn what_a_forger_signs_is_signed_with_the_key_it_brings() {
        let key = OwnKey::rsa().unwrap();
        let pair = RsaKeyPair::from_der(KEY_OF_NOBODY).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
        public.verify(b"text", &(key.sign)(b"text").unwrap()).unwrap();
        assert_eq!(OwnKey::all().len(), 3);
    }
}
