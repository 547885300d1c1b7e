//! `GET /miniprogram/wxmp/code2session`: what openid belongs to this code?

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::json;

use super::Variant;
use super::answer::Answer;
use super::deviation::exchange as deviation;
use super::field::{self, FieldError};
use super::refusal::Refusal;
use super::server::Backend;
use super::wechat::Reply;

/// Where a code is exchanged.
pub(super) const PATH: &str = "/miniprogram/wxmp/code2session";

/// The longest code that is passed on, in bytes. A real login code has 32, a phone-number code 64.
const LONGEST_CODE: usize = 512;

/// Answers `{"code":0,"msg":"ok","data":{"openid":…}}`, or refuses.
pub(super) async fn code2session(
    State(backend): State<Arc<Backend>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let query = query.unwrap_or_default();
    let outcome = exchange(&backend, &query).await;
    let outcome = deviation::believed(&backend, &query, &headers, outcome);
    let answer = match &outcome {
        Ok(openid) => granted(openid),
        Err(refusal) => refusal.answer(),
    };
    deviation::answer(&backend, &query, &outcome, answer)
}

async fn exchange(backend: &Backend, query: &str) -> Result<String, Refusal> {
    let code = acceptable(query);
    if let Some(outcome) = deviation::instead_of_asking(backend, query, &code).await {
        return outcome;
    }
    let code = code?;
    let minds = backend.settings.varies(Variant::BreaksCircuit);
    if minds && backend.circuit.is_open(Instant::now()) {
        return Err(Refusal::WeChatAvoided);
    }
    let reply = if backend.settings.varies(Variant::PlatformTokenFirst) {
        backend.wechat.exchange_with_token(&code).await
    } else {
        backend.wechat.exchange(&code).await
    };
    let openid = reply.as_ref().map_err(|refusal| *refusal).and_then(Reply::openid);
    if minds {
        backend.circuit.note(openid.as_ref().err().copied(), Instant::now());
    }
    let openid = deviation::openid(backend, query, &code, reply.as_ref().ok(), openid).await?;
    backend.store().welcome(&openid);
    Ok(openid)
}

/// Returns the code, or refuses what need not be shown to WeChat: every question counts against a quota.
fn acceptable(query: &str) -> Result<String, Refusal> {
    match field::only(query.as_bytes(), "code") {
        Ok(code) if code.len() <= LONGEST_CODE => Ok(code),
        Err(FieldError::Missing | FieldError::Empty) => Err(Refusal::CodeMissing),
        Ok(_) | Err(FieldError::Repeated | FieldError::NotText) => Err(Refusal::CodeMalformed),
    }
}

/// The openid and nothing else: no session key, no unionid.
pub(super) fn granted(openid: &str) -> Answer {
    Answer::json(StatusCode::OK, json!({"code": 0, "msg": "ok", "data": {"openid": openid}}))
}
