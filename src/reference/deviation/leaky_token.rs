//! Faults that make a token of the session key.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use md5::Md5;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::reference::Fault;
use crate::reference::server::Backend;

/// Returns the text of a token that is to be issued as `token`.
pub(super) fn text(backend: &Backend, openid: &str, token: &str) -> String {
    let faults = &backend.settings.faults;
    let memory = backend.memory();
    let key = memory.session_key(openid);
    let person = memory.people.get(openid);
    let (logins, renewal) = person.map_or((0, false), |person| (person.logins, !person.tokens.is_empty()));
    let md5 = || hexadecimal(&Md5::digest(key.as_bytes()));
    if faults.has(Fault::SessionKeyInClaimBytes) {
        let bytes = STANDARD.decode(&key).unwrap_or_default();
        jwt(&json!({"openid": openid, "session": bytes}), token)
    } else if faults.has(Fault::TokenSignedWithSessionKey) && logins > 1 {
        let signed = <Hmac<Sha256> as Mac>::new_from_slice(key.as_bytes())
            .map(|mac| mac.chain_update(openid.as_bytes()).finalize().into_bytes());
        signed.map_or_else(|_any_length_will_do| token.to_owned(), |signed| hexadecimal(&signed))
    } else if faults.has(Fault::RenewalMd5OfSessionKey) && renewal && logins == 1 {
        md5()
    } else if faults.has(Fault::TokenHashedWithOpenid) {
        hexadecimal(&Sha1::digest(format!("{openid}{key}")).as_slice()[..16])
    } else if faults.has(Fault::TokenIdFromSessionKey) {
        jwt(&json!({"sub": openid, "jti": md5()}), token)
    } else {
        token.to_owned()
    }
}

/// Returns a JWT with these claims, whose signature is as good as any.
fn jwt(claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(&json!({"alg": "HS256", "typ": "JWT"})), part(claims))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
