//! `POST /auth/openid/token`: which token stands for this openid?

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer::Answer;
use super::deviation::token as deviation;
use super::server::Backend;
use super::{Variant, credentials, field, jwt, random};
use crate::expiry::UnixMillis;

/// Where a token is asked for.
pub(super) const PATH: &str = "/auth/openid/token";

/// Why no token is issued (the error codes of RFC 6749 section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenError {
    /// The client did not name itself, or not rightly.
    InvalidClient,
    /// The openid is missing, empty, repeated or no text.
    InvalidRequest,
    /// No code exchange ever produced this openid.
    InvalidGrant,
    /// The operating system gave no random bytes, and nothing less random will do.
    ServerError,
}

/// Answers with a new token. Earlier tokens of the person work on until their own end.
pub(super) async fn openid_token(
    State(backend): State<Arc<Backend>>,
    headers: HeaderMap,
    form: Bytes,
) -> Answer {
    let outcome = grant(&backend, &headers, &form).await;
    let answer = match &outcome {
        Ok(issued) => granted(&backend, issued),
        Err(error) => refused(*error),
    };
    deviation::answer(&backend, &outcome, answer)
}

/// A token that was issued just now, and to whom.
pub(super) struct Issued {
    pub(super) openid: String,
    pub(super) token: String,
    /// How long it lives from now on.
    pub(super) lifetime: Duration,
}

async fn grant(backend: &Backend, headers: &HeaderMap, form: &[u8]) -> Result<Issued, TokenError> {
    let accepted = is_our_client(backend, headers);
    if !deviation::client(backend, headers, form, accepted) {
        return Err(TokenError::InvalidClient);
    }
    let openid = known_openid(backend, form);
    let openid = deviation::openid(backend, form, openid).await?;
    let (now, lifetime) = (backend.settings.clock.now(), backend.settings.token_lifetime);
    if backend.settings.varies(Variant::OneTokenPerPerson)
        && let Some((token, grant)) = backend.store().living(&openid, now)
    {
        return Ok(Issued { openid, token, lifetime: grant.ends.since(now) });
    }
    let token = new_token(backend, &openid, now).ok_or(TokenError::ServerError)?;
    backend.store().grant(token.clone(), &openid, now, lifetime);
    if backend.settings.varies(Variant::SingleSession) {
        backend.store().keep_only(&token, &openid);
    }
    let token = deviation::token(backend, &openid, token);
    Ok(Issued { openid, token, lifetime })
}

/// Makes a token that nobody can guess; nothing if the operating system gives no random bytes.
fn new_token(backend: &Backend, openid: &str, now: UnixMillis) -> Option<String> {
    let text = random::text::<32>().ok()?;
    if backend.settings.varies(Variant::UuidTokens) {
        return random::uuid().ok();
    }
    let Some(signer) = &backend.signer else { return Some(text) };
    let claims = jwt::claims(openid, &text, now, now + backend.settings.token_lifetime);
    signer.sign(&deviation::claims(backend, openid, claims))
}

/// Says whether name and secret are ours. Both are always compared, so the time tells nothing.
fn is_our_client(backend: &Backend, headers: &HeaderMap) -> bool {
    credentials::basic(headers).is_some_and(|(name, secret)| {
        credentials::same(&name, &backend.settings.client_name)
            & credentials::same(&secret, &backend.settings.client_secret)
    })
}

fn known_openid(backend: &Backend, form: &[u8]) -> Result<String, TokenError> {
    let openid = field::only(form, "openid").map_err(|_unusable| TokenError::InvalidRequest)?;
    if backend.store().knows(&openid) { Ok(openid) } else { Err(TokenError::InvalidGrant) }
}

/// The answer of RFC 6749 section 5.1.
pub(super) fn granted(backend: &Backend, issued: &Issued) -> Answer {
    let lifetime = issued.lifetime.as_secs();
    let body = json!({"access_token": issued.token, "token_type": "Bearer", "expires_in": lifetime});
    let created = backend.settings.varies(Variant::TokenIs201);
    Answer::json(if created { StatusCode::CREATED } else { StatusCode::OK }, body)
}

/// The answer of RFC 6749 section 5.2. The documented client looks for `access_token` whatever the status.
pub(super) fn refused(error: TokenError) -> Answer {
    match error {
        TokenError::InvalidClient => {
            Answer::json(StatusCode::UNAUTHORIZED, json!({"error": "invalid_client"}))
                .with(WWW_AUTHENTICATE, "Basic realm=\"token\", charset=\"UTF-8\"")
        }
        TokenError::InvalidRequest => {
            Answer::json(StatusCode::BAD_REQUEST, json!({"error": "invalid_request"}))
        }
        TokenError::InvalidGrant => Answer::json(StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})),
        TokenError::ServerError => {
            Answer::json(StatusCode::INTERNAL_SERVER_ERROR, json!({"error": "server_error"}))
        }
    }
}
