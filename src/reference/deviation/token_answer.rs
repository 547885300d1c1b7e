//! Faults of the answer to a token call.

use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::reference::answer::{Answer, Content};
use crate::reference::server::Backend;
use crate::reference::token::{Issued, TokenError};
use crate::reference::{Fault, random};

/// A lifetime that nobody meant.
pub(super) const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 86_400);

/// Spoils the answer that the outcome deserves.
pub(in crate::reference) fn spoilt(
    backend: &Backend,
    outcome: &Result<Issued, TokenError>,
    mut answer: Answer,
) -> Answer {
    if backend.settings.faults.is_empty() {
        return answer;
    }
    match outcome {
        Ok(issued) => {
            announce_wrongly(backend, issued, &mut answer);
            present_wrongly(backend, issued, &mut answer);
        }
        Err(error) => refuse_wrongly(backend, *error, &mut answer),
    }
    answer
}

/// Announces another lifetime than the token has.
fn announce_wrongly(backend: &Backend, issued: &Issued, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let seconds = issued.lifetime.as_secs();
    let first = backend.memory().people.get(&issued.openid).and_then(|person| {
        let renewed = person.tokens.len() > 1;
        person.tokens.first().filter(|_| renewed).cloned()
    });
    let first_ends = first.and_then(|first| backend.store().grants.get(&first).map(|grant| grant.ends));
    let renewed = first_ends.is_some();
    let in_use = renewed && has_one_in_use(backend, &issued.openid);
    let text = json!(seconds.to_string());
    let left_of_first = first_ends.map(|ends| json!(ends.seconds() - now.seconds()));
    // Which fault announces what, and when it does.
    let wrong = [
        (Fault::LifetimeText, true, text.clone()),
        (Fault::LifetimeTextOnRenewal, renewed, text.clone()),
        (Fault::LifetimeTextWhileInUse, in_use, text),
        (Fault::LifetimeTenYears, true, json!(TEN_YEARS.as_secs())),
        (Fault::LifetimeZero, true, json!(0)),
        (Fault::LifetimeZeroOnRenewal, renewed, json!(0)),
        (Fault::LifetimeNegative, true, json!(-1)),
        (Fault::LifetimeNull, true, Value::Null),
        (Fault::ReusedTokenLeftHalved, issued.lifetime < backend.settings.token_lifetime, json!(seconds / 2)),
        (Fault::LifetimeMilliseconds, true, json!(seconds * 1000)),
        (Fault::LifetimeIsEndTime, true, json!((now + backend.settings.token_lifetime).seconds())),
        (Fault::LifetimeLeftOfFirstToken, renewed, left_of_first.unwrap_or_default()),
    ];
    let announced = wrong.into_iter().find(|(fault, applies, _)| *applies && faults.has(*fault));
    let announced = announced.map_or_else(|| json!(seconds), |(_, _, lifetime)| lifetime);
    let missing = faults.has(Fault::LifetimeMissing)
        || (renewed && faults.has(Fault::LifetimeMissingOnRenewal))
        || (in_use && faults.has(Fault::LifetimeMissingWhileInUse));
    answer.edit(|body| {
        body["expires_in"] = announced;
        if missing && let Some(members) = body.as_object_mut() {
            members.shift_remove("expires_in");
        }
    });
}

/// Says whether a token of the person that was used is still alive.
fn has_one_in_use(backend: &Backend, openid: &str) -> bool {
    let now = backend.settings.clock.now();
    let store = backend.store();
    let memory = backend.memory();
    let mut living = store.grants.iter().filter(|(_, grant)| grant.openid == openid && now < grant.ends);
    living.any(|(token, _)| memory.used.contains_key(token))
}

/// Presents the token in a way the documented client does not expect.
fn present_wrongly(backend: &Backend, issued: &Issued, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    if faults.has(Fault::TokenCacheable) {
        answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
    }
    if faults.has(Fault::TokenCacheablePrivately) {
        answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    if faults.has(Fault::TokenDeclaredHtml) {
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    if faults.has(Fault::TokenDeclaredText) {
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    }
    // The token at hand is in the list already.
    let renewed = backend.memory().people.get(&issued.openid).is_some_and(|person| person.tokens.len() > 1);
    answer.edit(|body| {
        if faults.has(Fault::TokenTypeMac) {
            body["token_type"] = json!("mac");
        }
        if (faults.has(Fault::TokenTypeMissing) || (renewed && faults.has(Fault::TokenTypeMissingOnRenewal)))
            && let Some(members) = body.as_object_mut()
        {
            members.shift_remove("token_type");
        }
        if faults.has(Fault::TokenUnderOtherName)
            && let Some(members) = body.as_object_mut()
            && let Some(token) = members.shift_remove("access_token")
        {
            members.insert("token".to_owned(), token);
        }
        if faults.has(Fault::TokenEmpty) {
            body["access_token"] = json!("");
        }
        let sometimes = if renewed { Fault::TokenNumberOnRenewal } else { Fault::TokenNumberAtFirst };
        if faults.has(Fault::TokenNumber) || faults.has(sometimes) {
            body["access_token"] = issued.token.parse::<u64>().map_or(Value::Null, Value::from);
        }
        if faults.has(Fault::PlatformTokenInToken) {
            body["wechat_token"] = backend.memory().platform_token.clone();
        }
        if faults.has(Fault::TokenNested) {
            *body = json!({"code": 0, "msg": "ok", "data": body.take()});
        }
    });
}

/// Refuses in a way that hands out too much, or that the documented client cannot bear.
fn refuse_wrongly(backend: &Backend, error: TokenError, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    super::leak::token_refused(backend, error, answer);
    if faults.has(Fault::RefusalIs200) {
        answer.status = StatusCode::OK;
    }
    if faults.has(Fault::ClientChallengeMissing) {
        answer.headers.remove(WWW_AUTHENTICATE);
    }
    if faults.has(Fault::ClientChallengeEmpty) && error == TokenError::InvalidClient {
        answer.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(""));
    }
    if faults.has(Fault::UnknownOpenidIs404) && error == TokenError::InvalidGrant {
        answer.status = StatusCode::NOT_FOUND;
    }
    if faults.has(Fault::WrongClientIs403) && error == TokenError::InvalidClient {
        answer.status = StatusCode::FORBIDDEN;
    }
    if faults.has(Fault::RefusalErrorNumber) {
        answer.edit(|body| body["error"] = json!(1001));
    }
    if faults.has(Fault::RefusalWithoutError) {
        answer.edit(|body| *body = json!({"code": 1001, "msg": "no token"}));
    }
    if error == TokenError::InvalidGrant && faults.has(Fault::TokenInRefusal) {
        let token = random::text::<32>().unwrap_or_default();
        answer.edit(|body| body["access_token"] = json!(token));
    }
    if error == TokenError::InvalidClient && faults.has(Fault::PlaceholderTokenInRefusal) {
        answer.edit(|body| body["access_token"] = json!("null"));
    }
    if faults.has(Fault::TokenRefusalNull) {
        answer.content = Content::Json(Value::Null);
    }
    if faults.has(Fault::TokenRefusalDropped)
        || match error {
            TokenError::InvalidRequest => faults.has(Fault::MissingOpenidDropped),
            TokenError::InvalidGrant => faults.has(Fault::UnknownOpenidDropped),
            TokenError::InvalidClient => faults.has(Fault::WrongClientDropped),
            TokenError::ServerError => false,
        }
    {
        answer.content = Content::Nothing;
    }
}
