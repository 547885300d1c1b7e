//! Faults in the verification of a signed token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};

use crate::reference::Fault;
use crate::reference::jwt::{self, PUBLIC_KEY, Parts};
use crate::reference::server::Backend;

/// Says whether a good token is still served, and remembers what faults remember of good tokens.
pub(super) fn admits(backend: &Backend, token: &str) -> bool {
    let Some(parts) = Parts::of(token) else { return true };
    let mut memory = backend.memory();
    let admitted = !memory.revoked.contains(identifier(&parts));
    memory.signatures.insert(parts.signature);
    admitted
}

/// Returns the person that a token is taken for which is not signed as it should be.
pub(super) fn taken_for(backend: &Backend, token: &str) -> Option<String> {
    let whole = if token.matches('.').count() == 1 { format!("{token}.") } else { token.to_owned() };
    let parts = Parts::of(&whole)?;
    revoke(backend, &parts);
    let believed = is_unsigned(backend, &parts) || is_signed_otherwise(backend, &parts);
    let now = backend.settings.clock.now();
    believed.then(|| jwt::owner(&parts.claims, now)).flatten()
}

/// Revokes the good token that a bad one was made from.
fn revoke(backend: &Backend, parts: &Parts<'_>) {
    let faults = &backend.settings.faults;
    let other_algorithm = member(&parts.header, "alg") != "HS256";
    if faults.has(Fault::JwtBadSignatureRevokes) && !other_algorithm
        || faults.has(Fault::JwtOtherAlgorithmRevokes) && other_algorithm
    {
        backend.memory().revoked.insert(identifier(parts).to_owned());
    }
}

/// Says whether a token is believed although nothing was verified.
fn is_unsigned(backend: &Backend, parts: &Parts<'_>) -> bool {
    let faults = &backend.settings.faults;
    let algorithm = member(&parts.header, "alg");
    let empty = parts.signature.is_empty();
    let known = || backend.memory().signatures.contains(&parts.signature);
    (faults.has(Fault::JwtAlgNoneAccepted) && algorithm == "none" && empty)
        || (faults.has(Fault::JwtAlgNoneCapitalAccepted) && algorithm == "NONE" && empty)
        || (faults.has(Fault::JwtWithoutSignatureAccepted) && algorithm == "HS256" && empty)
        || faults.has(Fault::JwtSignatureUnchecked)
        || (faults.has(Fault::JwtKnownBySignature) && known())
        || (faults.has(Fault::JwtClaimsUnsigned)
            && known()
            && parts.header == json!({"alg": "HS256", "typ": "JWT"}))
}

/// Says whether a token is believed because it is signed with a key that anybody may have.
fn is_signed_otherwise(backend: &Backend, parts: &Parts<'_>) -> bool {
    let faults = &backend.settings.faults;
    let kid = member(&parts.header, "kid");
    let own = parts.header.get("jwk").cloned().unwrap_or_default();
    let decoded = |name: &str| URL_SAFE_NO_PAD.decode(member(&own, name)).unwrap_or_default();
    let from_query = || kid.split_once("' UNION SELECT '")?.1.split('\'').next();
    (faults.has(Fault::JwtEmptyKeyAccepted) && keyed_with(parts, b""))
        || (faults.has(Fault::JwtExampleKeyAccepted) && keyed_with(parts, b"your-256-bit-secret"))
        || (faults.has(Fault::JwtPublicKeyAsSecret) && keyed_with(parts, PUBLIC_KEY.as_bytes()))
        || (faults.has(Fault::JwtKeyFromFile) && kid.ends_with("../dev/null") && keyed_with(parts, b""))
        || (faults.has(Fault::JwtKeyFromQuery)
            && from_query().is_some_and(|key| keyed_with(parts, key.as_bytes())))
        || (faults.has(Fault::JwtEmbeddedSecretTrusted)
            && member(&own, "kty") == "oct"
            && keyed_with(parts, &decoded("k")))
        || (faults.has(Fault::JwtEmbeddedKeyTrusted)
            && RsaPublicKeyComponents { n: decoded("n"), e: decoded("e") }
                .verify(&RSA_PKCS1_2048_8192_SHA256, parts.signed.as_bytes(), &parts.signature)
                .is_ok())
}

/// Says whether a token is signed with this shared key.
fn keyed_with(parts: &Parts<'_>, key: &[u8]) -> bool {
    let algorithm = match member(&parts.header, "alg") {
        "HS256" => hmac::HMAC_SHA256,
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => return false,
    };
    hmac::verify(&hmac::Key::new(algorithm, key), parts.signed.as_bytes(), &parts.signature).is_ok()
}

fn identifier<'p>(parts: &'p Parts<'_>) -> &'p str {
    member(&parts.claims, "jti")
}

fn member<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
