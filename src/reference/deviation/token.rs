//! Faults of the token call, up to its outcome.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::exchange::VISITOR;
pub(in crate::reference) use super::token_answer::spoilt as answer;
use super::{leak, leaky_token};
use crate::expiry::UnixMillis;
use crate::reference::server::Backend;
use crate::reference::token::TokenError;
use crate::reference::{Fault, credentials, field, field::FieldError};

/// Decides whether the client may have a token at all.
pub(in crate::reference) fn client(backend: &Backend, headers: &HeaderMap, accepted: bool) -> bool {
    let faults = &backend.settings.faults;
    if accepted || faults.is_empty() {
        return accepted;
    }
    if !headers.contains_key(AUTHORIZATION) {
        return faults.has(Fault::ClientAuthOptional)
            || (faults.has(Fault::InternalCallTrusted) && !headers.contains_key("x-forwarded-for"));
    }
    let (our_name, our_secret) = (&backend.settings.client_name, &backend.settings.client_secret);
    let under_any_scheme =
        credentials::parts(headers).and_then(|(_, encoded)| credentials::decode_pair(encoded));
    if faults.has(Fault::AnySchemeAccepted)
        && under_any_scheme.is_some_and(|(name, secret)| name == *our_name && secret == *our_secret)
    {
        return true;
    }
    let Some((name, secret)) = credentials::basic(headers) else {
        let basic = credentials::after_scheme(headers, "Basic").is_some();
        return faults.has(Fault::BrokenBase64Accepted) && basic;
    };
    (faults.has(Fault::AnySecretAccepted) && name == *our_name)
        || (faults.has(Fault::ClientNameUnchecked) && secret == *our_secret)
        || (faults.has(Fault::SecretPrefixCompared) && name == *our_name && secret.starts_with(our_secret))
}

/// Decides for which openid a token is issued.
pub(in crate::reference) async fn openid(
    backend: &Backend,
    form: &[u8],
    found: Result<String, TokenError>,
) -> Result<String, TokenError> {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return found;
    }
    if faults.has(Fault::TokenAsksWeChat) || faults.has(Fault::PlatformTokenInToken) {
        leak::fetch_platform_token(backend).await;
    }
    match found {
        Ok(openid) if withheld(backend, &openid) => Err(TokenError::InvalidGrant),
        Ok(openid) => Ok(openid),
        Err(error) => taken_for(backend, form).ok_or(error),
    }
}

/// Refuses an openid that deserves a token.
fn withheld(backend: &Backend, openid: &str) -> bool {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let earlier = grants_of(backend, openid);
    let lives = earlier.iter().any(|ends| now < *ends);
    let memory = backend.memory();
    let openid = memory.aliases.get(openid).map_or(openid, String::as_str);
    let person = memory.people.get(openid);
    (faults.has(Fault::OneLiveTokenPerPerson) && lives)
        || (faults.has(Fault::RenewalRefusedAfterEnd) && !lives && !earlier.is_empty())
        || (faults.has(Fault::OpenidUsableOnce) && person.is_some_and(|person| person.tokens_since_login > 0))
        || (faults.has(Fault::OpenidForgottenAtHalfLife)
            && person.is_some_and(|person| now.since(person.latest) > backend.settings.token_lifetime / 2))
}

/// Returns the ends of all tokens of one person.
fn grants_of(backend: &Backend, openid: &str) -> Vec<UnixMillis> {
    let store = backend.store();
    store.grants.values().filter(|grant| grant.openid == openid).map(|grant| grant.ends).collect()
}

/// Returns the person that an unusable openid is taken for.
fn taken_for(backend: &Backend, form: &[u8]) -> Option<String> {
    let faults = &backend.settings.faults;
    let openid = match field::only(form, "openid") {
        Ok(openid) => openid,
        Err(FieldError::Missing) if faults.has(Fault::MissingOpenidLastPerson) => {
            let last = backend.memory().last.clone().unwrap_or_else(|| VISITOR.to_owned());
            backend.store().welcome(&last);
            return Some(last);
        }
        Err(FieldError::Empty) if faults.has(Fault::EmptyOpenidGetsToken) => String::new(),
        Err(FieldError::Repeated) if faults.has(Fault::RepeatedOpenidFirstWins) => {
            let first = form_urlencoded::parse(form).find(|(name, _)| name == "openid")?.1.into_owned();
            return backend.store().knows(&first).then_some(first);
        }
        Err(_unusable) => return None,
    };
    let looks_right = openid.len() == 28 && openid.starts_with('o');
    if openid.is_empty()
        || faults.has(Fault::UnknownOpenidRegistered)
        || (faults.has(Fault::OpenidShapeTrusted) && looks_right)
    {
        backend.store().welcome(&openid);
        Some(openid)
    } else if faults.has(Fault::OpenidMatchedByPrefix) && openid.len() >= 8 {
        backend.store().people.keys().find(|known| known.starts_with(&openid)).cloned()
    } else {
        None
    }
}

/// Hands out another token than the one that was granted just now, or changes the grant.
pub(in crate::reference) fn token(backend: &Backend, openid: &str, token: String) -> String {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return token;
    }
    change_end(backend, &token);
    let text = made_otherwise(backend, openid, &token);
    rename(backend, &token, &text);
    let now = backend.settings.clock.now();
    let mut memory = backend.memory();
    let person = memory.people.entry(openid.to_owned()).or_default();
    person.tokens_since_login += 1;
    let earlier = person.tokens.last().cloned();
    let relogin = person.logins > 1;
    person.tokens.push(text.clone());
    let first = person.tokens.first().cloned();
    drop(memory);
    let mut store = backend.store();
    let lives = |token: &Option<String>| {
        token.as_ref().is_some_and(|token| store.grants.get(token).is_some_and(|grant| now < grant.ends))
    };
    let (earlier_lives, first_lives) = (lives(&earlier), lives(&first));
    if faults.has(Fault::TokenNotStored)
        || (faults.has(Fault::NewestTokenNotStored) && relogin && earlier_lives)
    {
        store.grants.remove(&text);
    }
    let reused = (faults.has(Fault::ReusedTokenFullLifetime) && earlier_lives)
        || (faults.has(Fault::RenewalHandsOutDeadToken) && !earlier_lives);
    match (earlier, first) {
        (Some(earlier), _) if reused => {
            backend.memory().people.entry(openid.to_owned()).or_default().tokens.pop();
            earlier
        }
        (Some(_), Some(first))
            if faults.has(Fault::ReloginHandsOutRevokedToken) && relogin && first_lives =>
        {
            store.grants.retain(|_, grant| grant.openid != openid);
            first
        }
        _ => text,
    }
}

/// Lets a token end earlier or later than announced.
fn change_end(backend: &Backend, token: &str) {
    let faults = &backend.settings.faults;
    if let Some(grant) = backend.store().grants.get_mut(token) {
        if faults.has(Fault::EndsAtHalfLife) {
            grant.ends = grant.issued + backend.settings.token_lifetime / 2;
        }
        if faults.has(Fault::EndsTenMinutesLate) {
            grant.ends = grant.ends + Duration::from_secs(600);
        }
        if faults.has(Fault::NeverEnds) {
            grant.ends = UnixMillis::new(i64::MAX);
        }
    }
}

/// Makes the text of a token from what must not be in it.
fn made_otherwise(backend: &Backend, openid: &str, token: &str) -> String {
    let faults = &backend.settings.faults;
    let key = backend.memory().session_key(openid);
    let hash = |text: &str| URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()));
    if faults.has(Fault::SessionKeyInToken) {
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": "HS256", "typ": "JWT"}).to_string());
        let claims = URL_SAFE_NO_PAD.encode(json!({"openid": openid, "session_key": key}).to_string());
        format!("{header}.{claims}.{token}")
    } else if faults.has(Fault::TokenNumber) {
        let digits: String = token.bytes().map(|byte| char::from(b'0' + byte % 10)).take(14).collect();
        format!("1{digits}")
    } else if faults.has(Fault::TokenCounted) {
        let mut memory = backend.memory();
        memory.counted += 1;
        format!("{:032}", memory.counted)
    } else if faults.has(Fault::TokenHashedFromOpenid) {
        hash(openid)
    } else if faults.has(Fault::TokenHashedFromSessionKey) {
        hash(&key)
    } else {
        leaky_token::text(backend, openid, token)
    }
}

fn rename(backend: &Backend, token: &str, text: &str) {
    let mut store = backend.store();
    if token != text
        && let Some(grant) = store.grants.remove(token)
    {
        store.grants.insert(text.to_owned(), grant);
    }
}
