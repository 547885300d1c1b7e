//! Faults about bad input, which step in before and behind all handlers.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::input_answer::spoilt;
use super::memory::Grudge;
use crate::reference::answer::Answer;
use crate::reference::server::{Backend, Connection};
use crate::reference::{Fault, FaultSet, credentials};

/// More than any test sends.
const LONGEST: usize = 16 * 1024 * 1024;

pub(super) const EXCHANGE: &str = "/miniprogram/wxmp/code2session";
pub(super) const TOKEN: &str = "/auth/openid/token";
pub(super) const USER_INFO: &str = "/admin/user/info";

/// The mini program that phones say they come from.
const USUAL_APP: &str = "wx0123456789abcdef";

/// A request, read as a fault needs it.
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Sent {
    /// Returns query and body as they were sent.
    fn parameters(&self) -> Vec<u8> {
        [self.query.as_bytes(), b"&", &self.body].concat()
    }

    /// Returns query and form, percent escapes decoded and nothing else.
    pub(super) fn decoded(&self) -> Vec<u8> {
        let parameters = self.parameters();
        percent_encoding::percent_decode(&parameters).collect()
    }

    fn header(&self, name: impl axum::http::header::AsHeaderName) -> &[u8] {
        self.headers.get(name).map(axum::http::HeaderValue::as_bytes).unwrap_or_default()
    }
}

/// Lets a fault answer in the place of the handlers, or spoil what they answer.
pub(in crate::reference) async fn step_in(
    State(backend): State<Arc<Backend>>,
    request: Request,
    next: Next,
) -> Response {
    if backend.settings.faults.is_empty() {
        return next.run(request).await;
    }
    let (mut head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LONGEST).await.unwrap_or_default();
    let sent = Sent {
        method: head.method.clone(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.clone(),
        body: body.clone(),
    };
    let faults = &backend.settings.faults;
    hold_against(&backend, &sent);
    note_referer(&backend, &sent);
    if fails(faults, &sent) {
        return error(StatusCode::INTERNAL_SERVER_ERROR);
    }
    if refuses(faults, &sent) {
        return error(StatusCode::BAD_REQUEST);
    }
    if faults.has(Fault::WrongMethodIs200) && sent.path == TOKEN && sent.method != Method::POST {
        return Answer::json(StatusCode::OK, json!({})).into_response();
    }
    if let Some(answer) = super::user_info::unguarded(&backend, &sent) {
        return answer.into_response();
    }
    if faults.has(Fault::ConnectionRemembersPerson) && sent.path == USER_INFO {
        remember_connection(&backend, &mut head);
    }
    let response = next.run(Request::from_parts(head, Body::from(body))).await;
    spoilt(&backend, &sent, response).await
}

fn error(status: StatusCode) -> Response {
    Answer::json(status, json!({"error": "error"})).into_response()
}

/// Says whether a request is one too many for a handler.
fn fails(faults: &FaultSet, sent: &Sent) -> bool {
    let decoded = sent.decoded();
    let holds = |wanted: &[u8]| decoded.windows(wanted.len()).any(|found| found == wanted);
    let control = |byte: &u8| matches!(byte, 1..=8 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f);
    let token = sent.path == TOKEN;
    (faults.has(Fault::DeleteIs500) && sent.method == Method::DELETE)
        || (faults.has(Fault::NulIs500) && decoded.contains(&0))
        || (faults.has(Fault::QuoteIs500) && decoded.contains(&b'\''))
        || (faults.has(Fault::LongValueIs500) && (4 * 1024..100 * 1024).contains(&decoded.len()))
        || (faults.has(Fault::BrokenEscapeIs500) && has_broken_escape(&sent.parameters()))
        || (faults.has(Fault::BrokenUtf8Is500) && std::str::from_utf8(&decoded).is_err())
        || (faults.has(Fault::ControlCharacterIs500) && decoded.iter().any(control))
        || (faults.has(Fault::EmojiIs500)
            && String::from_utf8_lossy(&decoded).chars().any(|c| c > '\u{ffff}'))
        || (faults.has(Fault::FormatStringIs500) && holds(b"%s"))
        || (faults.has(Fault::LongNumberIs500) && holds(&[b'9'; 100]))
        || (faults.has(Fault::ParameterListIs500) && (holds(b"code[") || holds(b"openid[")))
        || (faults.has(Fault::BrokenJsonIs500) && token && broken_json(sent))
        || (faults.has(Fault::NoFormIs500) && token && !sent.body.is_empty() && !sent.body.contains(&b'='))
        || header_fails(faults, sent)
}

fn header_fails(faults: &FaultSet, sent: &Sent) -> bool {
    let kind = String::from_utf8_lossy(sent.header(CONTENT_TYPE)).to_ascii_lowercase();
    let charset = kind.split_once("charset=").map(|(_, name)| name.trim());
    let unknown = charset.is_some_and(|name| !matches!(name, "utf-8" | "iso-8859-1"));
    let bearer = sent.header(AUTHORIZATION).starts_with(b"Bearer ");
    let credentials = credentials::after_scheme(&sent.headers, "Basic");
    let colon = credentials.is_none_or(|encoded| credentials::decode_pair(encoded).is_some());
    (faults.has(Fault::UnknownCharsetIs500) && unknown)
        || (faults.has(Fault::TokenNotAsciiIs500) && bearer && !sent.header(AUTHORIZATION).is_ascii())
        || (faults.has(Fault::CredentialsWithoutColonAre500) && !colon)
        || (faults.has(Fault::CookieUnreadableIs500) && unreadable(sent.header(COOKIE)))
}

/// Says whether a percent sign introduces nothing.
fn has_broken_escape(text: &[u8]) -> bool {
    text.iter().enumerate().filter(|(_, byte)| **byte == b'%').any(|(at, _)| {
        let digits = text.get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn broken_json(sent: &Sent) -> bool {
    let json = sent.header(CONTENT_TYPE).starts_with(b"application/json");
    json && serde_json::from_slice::<serde_json::Value>(&sent.body).is_err()
}

fn unreadable(cookie: &[u8]) -> bool {
    !cookie.is_ascii() || cookie.contains(&b'"') || has_broken_escape(cookie)
}

/// Says whether a request holds something that nobody asked for.
fn refuses(faults: &FaultSet, sent: &Sent) -> bool {
    let unknown = |parameters: &str, known: &str| {
        parameters.split('&').any(|pair| !pair.is_empty() && pair.split('=').next() != Some(known))
    };
    let body = String::from_utf8_lossy(&sent.body);
    (faults.has(Fault::ExtraExchangeParameterRefused)
        && sent.path == EXCHANGE
        && unknown(&sent.query, "code"))
        || (faults.has(Fault::ExtraTokenParameterRefused) && sent.path == TOKEN && unknown(&body, "openid"))
        || (faults.has(Fault::ExtraUserInfoParameterRefused)
            && sent.path == USER_INFO
            && !sent.query.is_empty())
}

/// Adds the token that came over the same connection before, where none comes now.
fn remember_connection(backend: &Backend, head: &mut Parts) {
    let Some(ConnectInfo(connection)) = head.extensions.get::<ConnectInfo<Connection>>().copied() else {
        return;
    };
    let mut memory = backend.memory();
    match head.headers.get(AUTHORIZATION) {
        Some(said) => {
            memory.connections.insert(connection, said.clone());
        }
        None => head
            .headers
            .extend(memory.connections.get(&connection).cloned().map(|said| (AUTHORIZATION, said))),
    }
}

/// Notes the mini program that a phone says it comes from, unless it is that of every phone.
fn note_referer(backend: &Backend, sent: &Sent) {
    if sent.path != EXCHANGE || !backend.settings.faults.has(Fault::AppIdOfReferer) {
        return;
    }
    let referer = String::from_utf8_lossy(sent.header(axum::http::header::REFERER)).into_owned();
    let app = referer.strip_prefix("https://servicewechat.com/").and_then(|rest| rest.split('/').next());
    if let (Some(app), Some(code)) = (app.filter(|app| *app != USUAL_APP), value_of(&sent.query, "code")) {
        backend.memory().referred.insert(code, app.to_owned());
    }
}

/// Remembers bad input against the person it was sent for, whose next login is refused.
fn hold_against(backend: &Backend, sent: &Sent) {
    let faults = &backend.settings.faults;
    let decoded = sent.decoded();
    let upset = (faults.has(Fault::NulSpoilsNextLogin) && decoded.contains(&0))
        || (faults.has(Fault::QuoteSpoilsNextLogin) && decoded.contains(&b'\''))
        || (faults.has(Fault::CookieSpoilsNextLogin) && unreadable(sent.header(COOKIE)))
        || (faults.has(Fault::OversizeBodySpoilsNextLogin) && sent.body.len() > 1024 * 1024);
    if !upset {
        return;
    }
    let token = credentials::after_scheme(&sent.headers, "Bearer");
    let owner = token.and_then(|token| backend.store().owner(token, backend.settings.clock.now()));
    let start = String::from_utf8_lossy(&decoded[..decoded.len().min(200)]).into_owned();
    let named = || backend.store().people.keys().find(|openid| start.contains(openid.as_str())).cloned();
    if let Some(person) = owner.or_else(named) {
        backend.memory().people.entry(person).or_default().grudges.insert(Grudge::BadInput);
    }
}

/// Returns what a parameter of a query or a form holds, decoded.
pub(super) fn value_of(parameters: &str, name: &str) -> Option<String> {
    let pair = parameters.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name));
    pair.map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
}
