//! Faults of the user-info call.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::reference::answer::{Answer, Content};
use crate::reference::server::Backend;
use crate::reference::{Fault, FaultSet, credentials, random};

/// The person that a client without a valid token is taken for.
const GUEST: &str = "guest";

/// How long a fault about simultaneous requests waits for the other one.
const TWIN_PATIENCE: Duration = Duration::from_millis(20);

/// How many characters of a token a fault compares.
const COMPARED: usize = 20;

/// Decides whose data is shown.
pub(in crate::reference) async fn owner(
    backend: &Backend,
    headers: &HeaderMap,
    owner: Option<String>,
) -> Option<String> {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return owner;
    }
    if faults.has(Fault::UserInfoAsksWeChat) {
        let query = [("openid", owner.as_deref().unwrap_or_default()), ("sig_method", "hmac_sha256")];
        // Only the question matters here; the answer is not needed for anything.
        let _unread = backend.wechat.get("/wxa/checksession", &query).await;
    }
    let token = credentials::after_scheme(headers, "Bearer");
    let owner = match (owner, token) {
        (Some(owner), Some(token)) => still_served(backend, headers, token, owner),
        (_, Some(token)) => mistaken(backend, token),
        (_, None) => without_bearer(backend, headers),
    }?;
    if faults.has(Fault::CurrentPersonShared) {
        backend.memory().current = Some(owner);
        sleep(TWIN_PATIENCE).await;
        return backend.memory().current.clone();
    }
    let memory = backend.memory();
    if faults.has(Fault::UserInfoOfLastLogin) {
        return memory.last.clone();
    }
    Some(memory.aliases.get(&owner).cloned().unwrap_or(owner))
}

/// Refuses a living token, or changes its end.
fn still_served(backend: &Backend, headers: &HeaderMap, token: &str, owner: String) -> Option<String> {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let used = backend.memory().used.insert(token.to_owned(), now);
    let mut store = backend.store();
    let grant = store.grants.get_mut(token)?;
    let idle = now.since(used.unwrap_or(grant.issued));
    if faults.has(Fault::UseProlongsLife) {
        grant.ends = now + backend.settings.token_lifetime;
    }
    let spelt = headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(b"Bearer "));
    let refused = (faults.has(Fault::EndsAfterFirstUse) && used.is_some())
        || (faults.has(Fault::EndsWhenIdle) && idle > backend.settings.token_lifetime / 4)
        || (faults.has(Fault::BearerCaseSensitive) && !spelt);
    if refused { None } else { Some(owner) }
}

/// Returns the person that an unknown token is taken for.
fn mistaken(backend: &Backend, token: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let found = backend
        .store()
        .grants
        .iter()
        .find(|(known, grant)| now < grant.ends && resembles(faults, token, known))
        .map(|(_, grant)| grant.openid.clone());
    let ended = backend.store().grants.contains_key(token);
    found.or_else(|| (faults.has(Fault::AnyTokenAccepted) && !ended).then(|| guest(backend)))
}

fn resembles(faults: &FaultSet, token: &str, known: &str) -> bool {
    (faults.has(Fault::TokenTailIgnored) && token.starts_with(known))
        || (faults.has(Fault::TokenMatchedByPrefix) && token.len() >= 8 && known.starts_with(token))
        || (faults.has(Fault::TokenMatchedWithoutCase) && token.eq_ignore_ascii_case(known))
        || (faults.has(Fault::TokenMatchedByFirst20)
            && token.get(..COMPARED).is_some_and(|start| known.get(..COMPARED) == Some(start)))
}

/// Returns the person that a client without a Bearer token is taken for.
fn without_bearer(backend: &Backend, headers: &HeaderMap) -> Option<String> {
    let faults = &backend.settings.faults;
    let given = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default().trim());
    let now = backend.settings.clock.now();
    match given {
        None if faults.has(Fault::AnonymousFirstPerson) => {
            let first = backend.memory().first.clone();
            Some(first.unwrap_or_else(|| guest(backend)))
        }
        None if faults.has(Fault::AnonymousGuest) => Some(guest(backend)),
        Some(scheme) if faults.has(Fault::EmptyBearerAccepted) && scheme.eq_ignore_ascii_case("Bearer") => {
            Some(guest(backend))
        }
        Some(token) if faults.has(Fault::BareTokenAccepted) => backend.store().owner(token, now),
        Some(_) | None => None,
    }
}

fn guest(backend: &Backend) -> String {
    backend.store().welcome(GUEST);
    GUEST.to_owned()
}

/// Spoils the answer that the owner deserves.
pub(in crate::reference) fn answer(backend: &Backend, owner: Option<&str>, mut answer: Answer) -> Answer {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return answer;
    }
    match owner {
        Some(openid) => show_wrongly(backend, openid, &mut answer),
        None => refuse_wrongly(faults, &mut answer),
    }
    answer
}

fn show_wrongly(backend: &Backend, openid: &str, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    super::leak::shown(backend, answer);
    if faults.has(Fault::UserInfoCacheable) {
        answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    }
    if faults.has(Fault::FreshUserIdEachCall) {
        let user_id = random::text::<8>().unwrap_or_default();
        answer.edit(|body| body["data"]["userId"] = json!(user_id));
    }
    if faults.has(Fault::SharedProfile) {
        answer.edit(|body| body["data"] = json!({"userId": "1", "nickname": "WeChat user"}));
    }
    if faults.has(Fault::SessionKeyInUserInfo) {
        let key = backend.memory().session_key(openid);
        answer.edit(|body| body["data"]["session_key"] = json!(key));
    }
    answer.edit(|body| {
        if faults.has(Fault::UserDataNull) {
            body["data"] = Value::Null;
        }
        let leaves = faults.has(Fault::UserDataMissing) || faults.has(Fault::UserDataUnderOtherKey);
        if leaves
            && let Some(members) = body.as_object_mut()
            && let Some(data) = members.shift_remove("data")
            && faults.has(Fault::UserDataUnderOtherKey)
        {
            members.insert("user".to_owned(), data);
        }
    });
    if faults.has(Fault::UserInfoNotJson) {
        answer.content = Content::Text(format!("Hello, {openid}!"));
    }
}

fn refuse_wrongly(faults: &FaultSet, answer: &mut Answer) {
    if faults.has(Fault::UserChallengeMissing) {
        answer.headers.remove(WWW_AUTHENTICATE);
    }
    if faults.has(Fault::DataInUserRefusal) {
        answer.edit(|body| body["data"] = json!({"message": "please log in"}));
    }
    if faults.has(Fault::EmptyDataInUserRefusal) {
        answer.edit(|body| body["data"] = json!({}));
    }
}
