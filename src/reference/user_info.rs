//! `GET /admin/user/info`: whose token is this, and what is known about the person?

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer::Answer;
use super::credentials;
use super::deviation::user_info as deviation;
use super::server::Backend;
use super::store::Person;
use super::{Variant, jwt};
use crate::expiry::UnixMillis;

/// Where user info is.
pub(super) const PATH: &str = "/admin/user/info";

/// Answers with the data of the token's owner, and refuses everything but a living token.
pub(super) async fn user_info(
    State(backend): State<Arc<Backend>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let token = credentials::after_scheme(&headers, "Bearer");
    let now = backend.settings.clock.now();
    let owner = token.and_then(|token| owner_of(&backend, token, now));
    let owner = deviation::owner(&backend, &headers, &query.unwrap_or_default(), owner).await;
    let answer = match owner.as_ref().and_then(|openid| Some((openid, backend.person(openid)?))) {
        Some((openid, person)) => shown(openid, &person),
        None => refused(token.is_some()),
    };
    deviation::answer(&backend, &headers, owner.as_deref(), answer)
}

/// Returns whose token it is: by its signature if it is signed, otherwise by the table.
pub(super) fn owner_of(backend: &Backend, token: &str, now: UnixMillis) -> Option<String> {
    if backend.store().revoked.contains(token) {
        return None;
    }
    let now = now - backend.settings.contract.leeway;
    if backend.settings.varies(Variant::UserInfoCached) {
        return cached_owner_of(backend, token, now);
    }
    match &backend.signer {
        None => backend.store().owner(token, now),
        // What is not in the table was not issued, or was revoked since, where the table is asked at all.
        Some(_) if backend.settings.varies(Variant::SingleSession) => backend.store().owner(token, now),
        Some(signer) => jwt::owner(&signer.verified(token)?, now),
    }
}

/// Asks a cache before the table; an entry ends with its token.
fn cached_owner_of(backend: &Backend, token: &str, now: UnixMillis) -> Option<String> {
    let mut store = backend.store();
    if let Some((owner, ends)) = store.cached.get(token) {
        return (now < *ends).then(|| owner.clone());
    }
    let owner = store.owner(token, now)?;
    let ends = store.grants.get(token)?.ends;
    store.cached.insert(token.to_owned(), (owner.clone(), ends));
    Some(owner)
}

/// What a person may see: the own data, the own openid, and nobody else's.
pub(super) fn shown(openid: &str, person: &Person) -> Answer {
    let data = json!({"userId": person.user_id, "nickname": person.nickname, "openid": openid});
    Answer::json(StatusCode::OK, json!({"code": 0, "msg": "ok", "data": data}))
}

/// The challenge of RFC 6750 section 3, which names an error only when a token was presented.
///
/// There is no `data` member: the documented client would store it as the user.
fn refused(presented: bool) -> Answer {
    let challenge = if presented { "Bearer error=\"invalid_token\"" } else { "Bearer" };
    Answer::json(StatusCode::UNAUTHORIZED, json!({"error": "invalid_token"}))
        .with(WWW_AUTHENTICATE, challenge)
}
