//! Faults of the token call, up to its outcome.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::exchange::VISITOR;
use super::leak;
use super::session::is_blocked;
pub(super) use super::token_answer::TEN_YEARS;
pub(in crate::reference) use super::token_answer::spoilt as answer;
pub(in crate::reference) use super::token_client::client;
use crate::expiry::UnixMillis;
use crate::reference::answer::Answer;
use crate::reference::server::Backend;
use crate::reference::store::Grant;
use crate::reference::token::{TokenError, openid_token};
use crate::reference::{Fault, FaultSet, field, field::FieldError};

/// How long it takes to make an account, for requests that come at the same moment to meet.
const SLOW_INSERT: Duration = Duration::from_millis(60);

/// Issues a token to a request that carries its openid in the query.
pub(super) async fn by_query(
    backend: State<Arc<Backend>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    openid_token(backend, headers, Bytes::from(query.unwrap_or_default())).await
}

/// Issues a token to a request that carries its openid in the query, and does not know any other.
pub(super) async fn by_query_if_there(
    backend: State<Arc<Backend>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Answer, StatusCode> {
    let query = query.unwrap_or_default();
    if field::only(query.as_bytes(), "openid").is_err() {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    Ok(openid_token(backend, headers, Bytes::from(query)).await)
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
    if faults.has(Fault::CodeExchangedForToken)
        && let Ok(openid) = &found
    {
        let codes = backend.memory().codes.clone();
        for (code, _) in codes.iter().filter(|(_, of)| *of == openid) {
            // Only the question matters here; what it yields is not looked at.
            let _unread = backend.wechat.exchange(code).await;
        }
    }
    if let Ok(openid) = &found
        && is_blocked(backend, openid)
    {
        return Err(TokenError::InvalidGrant);
    }
    if let Ok(openid) = &found
        && faults.has(Fault::FirstLoginsOpenTwoAccounts)
        && grants_of(backend, openid).is_empty()
    {
        backend.memory().people.entry(openid.clone()).or_default().first_tokens += 1;
        sleep(SLOW_INSERT).await;
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
        || (faults.has(Fault::OneRenewalOnceUsed)
            && person.is_some_and(|person| {
                let used = |token: &String| memory.used.contains_key(token);
                person.tokens_since_login > 1 && person.tokens.iter().any(used)
            }))
        || (faults.has(Fault::FourTokensPerLogin)
            && person.is_some_and(|person| person.tokens_since_login > 3))
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
        Err(FieldError::Missing) if faults.has(Fault::ConditionGetsToken) => {
            let mut pairs = form_urlencoded::parse(form);
            let conditional = pairs.any(|(name, _)| name.starts_with("openid[$"));
            let first = backend.memory().first.clone();
            return first.filter(|_| conditional);
        }
        Err(FieldError::Empty) if faults.has(Fault::EmptyOpenidGetsToken) => String::new(),
        Err(FieldError::Repeated) => return one_of_several(backend, form),
        Err(_unusable) => return None,
    };
    let looks_right = openid.len() == 28 && openid.starts_with('o');
    let placeholder = matches!(openid.as_str(), "undefined" | "null");
    if openid.is_empty()
        || faults.has(Fault::UnknownOpenidRegistered)
        || (faults.has(Fault::OpenidShapeTrusted) && looks_right)
        || (faults.has(Fault::BlankOpenidGetsToken) && openid.trim().is_empty())
        || (faults.has(Fault::PlaceholderOpenidGetsToken) && placeholder)
        || (faults.has(Fault::TestOpenidGetsToken) && openid == "test")
    {
        backend.store().welcome(&openid);
        return Some(openid);
    }
    let store = backend.store();
    if faults.has(Fault::UserIdGetsToken)
        && let Some((known, _)) = store.people.iter().find(|(_, person)| person.user_id == openid)
    {
        return Some(known.clone());
    }
    store.people.keys().find(|known| resembles(faults, &openid, known)).cloned()
}

/// Tells whether an openid is taken for one that is known.
fn resembles(faults: &FaultSet, openid: &str, known: &str) -> bool {
    (faults.has(Fault::OpenidMatchedByPrefix) && openid.len() >= 8 && known.starts_with(openid))
        || (faults.has(Fault::OpenidMatchedByPattern) && openid == "%")
        || (faults.has(Fault::OpenidTailIgnored) && openid.len() > known.len() && openid.starts_with(known))
        || (faults.has(Fault::OpenidMatchedWithoutCase) && openid.eq_ignore_ascii_case(known))
}

/// Returns the person that several openids are taken for.
fn one_of_several(backend: &Backend, form: &[u8]) -> Option<String> {
    let faults = &backend.settings.faults;
    let given = || form_urlencoded::parse(form).filter(|(name, _)| name == "openid");
    let (first, last) = (given().next()?.1.into_owned(), given().last()?.1.into_owned());
    let taken = if faults.has(Fault::RepeatedOpenidFirstWins)
        || (faults.has(Fault::SameOpenidTwiceAccepted) && first == last)
    {
        first
    } else if faults.has(Fault::RepeatedOpenidLastWins) {
        last
    } else {
        return None;
    };
    backend.store().knows(&taken).then_some(taken)
}

/// Hands out another token than the one that was granted just now, or changes the grant.
pub(in crate::reference) fn token(backend: &Backend, openid: &str, token: String) -> String {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return token;
    }
    change_end(backend, &token);
    tie_ends(backend, openid, &token);
    if faults.has(Fault::DeadTokensWake) {
        wake(backend, openid, &token);
    }
    let text = super::token_text::made_otherwise(backend, openid, &token);
    rename(backend, &token, &text);
    entrust(backend, openid, &text);
    let now = backend.settings.clock.now();
    let mut memory = backend.memory();
    let person = memory.people.entry(openid.to_owned()).or_default();
    person.tokens_since_login += 1;
    let earlier = person.tokens.last().cloned();
    let relogin = person.logins > 1;
    person.tokens.push(text.clone());
    let first = person.tokens.first().cloned();
    if person.first_tokens > 0 {
        person.first_tokens -= 1;
        let account = person.tokens.len() - 1;
        memory.accounts.insert(text.clone(), account);
    }
    drop(memory);
    let mut store = backend.store();
    let lives = |token: &Option<String>| {
        token.as_ref().is_some_and(|token| store.grants.get(token).is_some_and(|grant| now < grant.ends))
    };
    let (earlier_lives, first_lives) = (lives(&earlier), lives(&first));
    let living = store.grants.values().filter(|grant| grant.openid == openid && now < grant.ends).count();
    if faults.has(Fault::TokenNotStored)
        || (faults.has(Fault::NewestTokenNotStored) && relogin && earlier_lives)
        || (faults.has(Fault::SixthSessionLost) && relogin && living > 5)
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

/// Changes what a signed token says.
pub(in crate::reference) fn claims(backend: &Backend, _openid: &str, mut claims: Value) -> Value {
    let faults = &backend.settings.faults;
    let lifetime = i64::try_from(backend.settings.token_lifetime.as_secs()).unwrap_or_default();
    let Some(ends) = claims.get("exp").and_then(Value::as_i64) else { return claims };
    if faults.has(Fault::JwtEndTwiceAsFar) {
        claims["exp"] = json!(ends + lifetime);
    }
    if faults.has(Fault::JwtEndHalfAsFar) {
        claims["exp"] = json!(ends - lifetime / 2);
    }
    if faults.has(Fault::JwtEndMilliseconds) {
        claims["exp"] = json!(ends * 1000);
    }
    if faults.has(Fault::JwtKeyedWithIssuer) {
        claims["iss"] = json!(super::ISSUER);
    }
    if faults.has(Fault::JwtEndMissing)
        && let Some(members) = claims.as_object_mut()
    {
        members.shift_remove("exp");
    }
    claims
}

/// Makes a new token, or the one before it, open the data of somebody else.
fn entrust(backend: &Backend, openid: &str, token: &str) {
    let faults = &backend.settings.faults;
    let memory = backend.memory();
    let Some(person) = memory.people.get(openid) else { return };
    let renewed = person.tokens_since_login > 0;
    let (last, before) = (memory.last.clone(), person.before.clone());
    let earlier = person.tokens.last().filter(|earlier| *earlier != token).cloned();
    let relogin = person.logins > 1;
    drop(memory);
    let mut store = backend.store();
    let mut hand_over = |token: &str, owner: Option<String>| {
        if let (Some(grant), Some(owner)) = (store.grants.get_mut(token), owner) {
            grant.openid = owner;
        }
    };
    if faults.has(Fault::RenewedTokenOfLastLogin) && renewed {
        hand_over(token, last);
    } else if faults.has(Fault::EarlierTokenOfLastLogin)
        && let Some(earlier) = earlier
    {
        hand_over(&earlier, last);
    } else if faults.has(Fault::ReloginTokenOfPersonBefore) && relogin && !renewed {
        hand_over(token, before);
    }
}

/// Gives every token of a person the end of the newest.
fn wake(backend: &Backend, openid: &str, newest: &str) {
    let mut store = backend.store();
    let Some(ends) = store.grants.get(newest).map(|grant| grant.ends) else { return };
    store.grants.values_mut().filter(|grant| grant.openid == openid).for_each(|grant| grant.ends = ends);
}

/// Lets a token end earlier or later than announced.
fn change_end(backend: &Backend, token: &str) {
    let faults = &backend.settings.faults;
    if let Some(grant) = backend.store().grants.get_mut(token) {
        if faults.has(Fault::EndsAtHalfLife) {
            grant.ends = grant.issued + backend.settings.token_lifetime / 2;
        }
        if faults.has(Fault::EndsAfterMilliseconds) {
            grant.ends = grant.issued + backend.settings.token_lifetime / 1000;
        }
        if faults.has(Fault::EndsTenMinutesLate) {
            grant.ends = grant.ends + Duration::from_secs(600);
        }
        if faults.has(Fault::LifetimeTenYears) {
            grant.ends = grant.issued + TEN_YEARS;
        }
        if faults.has(Fault::NeverEnds) {
            grant.ends = UnixMillis::new(i64::MAX);
        }
    }
}

/// Ties the end of a new token to those of the living tokens of its owner, one way or the other.
fn tie_ends(backend: &Backend, openid: &str, token: &str) {
    let (faults, now) = (&backend.settings.faults, backend.settings.clock.now());
    let mut store = backend.store();
    let Some(own) = store.grants.get(token).map(|grant| grant.ends) else { return };
    let earlier = |(known, grant): &(&String, &mut Grant)| {
        *known != token && grant.openid == openid && now < grant.ends
    };
    if faults.has(Fault::LoginProlongsEarlier) {
        store.grants.iter_mut().filter(earlier).for_each(|(_, grant)| grant.ends = own);
    } else if faults.has(Fault::LaterTokenEndsWithEarlier) {
        let first = store.grants.iter_mut().filter(earlier).map(|(_, grant)| grant.ends).min();
        if let (Some(first), Some(grant)) = (first, store.grants.get_mut(token)) {
            grant.ends = first;
        }
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
