//! Tokens that carry their own proof: JSON Web Tokens (RFC 7519) signed as RFC 7515 says.
//!
//! Such a token is verified by its signature and its claims alone; no table is asked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::expiry::UnixMillis;

/// The key pair of the reference backend, which is known to everybody and signs nothing else. The library
/// that signs cannot make RSA keys, and making one would take longer than a whole run.
const KEY_PAIR: &[u8] = include_bytes!("key_of_the_reference.der");

/// Its public half as text, which faults take for a shared key.
pub(super) const PUBLIC_KEY: &str = include_str!("key_of_the_reference.pem");

/// The name of that key in its published set.
const KEY_ID: &str = "reference-1";

/// How tokens are signed.
pub(super) enum Signer {
    /// With a shared key (RFC 7518 section 3.2).
    Hs256 {
        key: hmac::Key,
        /// What tokens call the key, if they do.
        id: Option<&'static str>,
    },
    /// With a key pair (RFC 7518 section 3.3).
    Rs256(Box<RsaKeyPair>),
}

/// Why nothing can be signed; the texts are the library's own.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignerError {
    #[error("{}", tr!("no random bytes for a key"))]
    Random,
    #[error("{}", tr!("the key pair of the reference is refused: {detail}", detail = _0))]
    KeyPair(ring::error::KeyRejected),
}

impl Signer {
    /// Signs with a new random key.
    pub(super) fn hs256() -> Result<Self, SignerError> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        key.map(|key| Self::Hs256 { key, id: None }).map_err(|_unspecified| SignerError::Random)
    }

    /// Signs with a key that was chosen, as faulty backends do.
    pub(super) fn hs256_keyed_with(key: &[u8], id: Option<&'static str>) -> Self {
        Self::Hs256 { key: hmac::Key::new(hmac::HMAC_SHA256, key), id }
    }

    /// Signs with the key pair of the reference.
    pub(super) fn rs256() -> Result<Self, SignerError> {
        RsaKeyPair::from_der(KEY_PAIR).map(Box::new).map(Self::Rs256).map_err(SignerError::KeyPair)
    }

    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Hs256 { .. } => "HS256",
            Self::Rs256(_) => "RS256",
        }
    }

    /// Returns the token with these claims; nothing if the operating system gives no random bytes.
    pub(super) fn sign(&self, claims: &Value) -> Option<String> {
        let header = match self {
            Self::Hs256 { id: None, .. } => json!({"alg": self.algorithm(), "typ": "JWT"}),
            Self::Hs256 { id: Some(id), .. } => json!({"alg": self.algorithm(), "typ": "JWT", "kid": id}),
            Self::Rs256(_) => json!({"alg": self.algorithm(), "typ": "JWT", "kid": KEY_ID}),
        };
        let signed = format!("{}.{}", encoded(&header), encoded(claims));
        let signature = match self {
            Self::Hs256 { key, .. } => hmac::sign(key, signed.as_bytes()).as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).ok()?;
                signature
            }
        };
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Returns the claims of a token, if the signature is ours and the algorithm is the one we sign with.
    pub(super) fn verified(&self, token: &str) -> Option<Value> {
        let parts = Parts::of(token)?;
        if parts.header.get("alg").and_then(Value::as_str) != Some(self.algorithm()) {
            return None;
        }
        let ours = match self {
            Self::Hs256 { key, .. } => hmac::verify(key, parts.signed.as_bytes(), &parts.signature).is_ok(),
            Self::Rs256(pair) => {
                let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref());
                public.verify(parts.signed.as_bytes(), &parts.signature).is_ok()
            }
        };
        ours.then_some(parts.claims)
    }

    /// Returns the set of published keys (RFC 7517 section 5).
    pub(super) fn key_set(&self) -> Value {
        let Self::Rs256(pair) = self else { return json!({"keys": []}) };
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
        let (n, e) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
        json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": n, "e": e}]})
    }
}

/// A token taken apart; nothing in it is verified.
pub(super) struct Parts<'t> {
    pub(super) header: Value,
    pub(super) claims: Value,
    pub(super) signed: &'t str,
    pub(super) signature: Vec<u8>,
}

impl<'t> Parts<'t> {
    /// Takes a token apart, if it has the shape of one.
    pub(super) fn of(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decoded = |part: &str| -> Option<Value> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        let (header, claims) = (decoded(header)?, decoded(claims)?);
        Some(Self { header, claims, signed, signature: URL_SAFE_NO_PAD.decode(signature).ok()? })
    }
}

/// Returns the claims of a token for this person.
pub(super) fn claims(openid: &str, id: &str, issued: UnixMillis, ends: UnixMillis) -> Value {
    json!({"sub": openid, "iat": issued.seconds(), "exp": ends.seconds(), "jti": id})
}

/// Returns the person that verified claims name, unless they have ended.
///
/// The end itself is outside (RFC 7519 section 4.1.4). Without an end a token is not ours.
pub(super) fn owner(claims: &Value, now: UnixMillis) -> Option<String> {
    let ends = claims.get("exp").and_then(Value::as_i64)?;
    let owner = claims.get("sub").and_then(Value::as_str)?;
    (now.seconds() < ends).then(|| owner.to_owned())
}

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Signer, claims, owner};
    use crate::expiry::UnixMillis;

    #[test]
    fn a_token_is_good_until_its_end_and_only_as_it_was_signed() {
        let (issued, ends) = (UnixMillis::new(1_000_000), UnixMillis::new(2_000_000));
        for signer in [Signer::hs256().unwrap(), Signer::rs256().unwrap()] {
            let token = signer.sign(&claims("oA", "1", issued, ends)).unwrap();
            let read = signer.verified(&token).unwrap();
            assert_eq!(owner(&read, UnixMillis::new(1_999_999)).as_deref(), Some("oA"));
            assert_eq!(owner(&read, ends), None);
            assert_eq!(signer.verified(&format!("{token}A")), None);
            assert_eq!(signer.verified(&token.replace('.', "..")), None);
            let other = Signer::hs256().unwrap();
            assert_eq!(other.verified(&token), None);
        }
    }

    #[test]
    fn a_shared_key_is_not_published() {
        assert_eq!(Signer::hs256().unwrap().key_set()["keys"].as_array().unwrap().len(), 0);
        assert_eq!(Signer::rs256().unwrap().key_set()["keys"][0]["kty"], "RSA");
    }
}
