//! Faults that let secrets out.

use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

use crate::reference::Fault;
use crate::reference::answer::{Answer, Content};
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;
use crate::reference::token::TokenError;
use crate::reference::wechat::Reply;

/// How many characters a line of base64 has in a mail (RFC 2045 section 6.8).
const LINE: usize = 76;

/// Notes what later answers will let out.
pub(super) async fn before_admission(
    backend: &Backend,
    code: &str,
    reply: Option<&Reply>,
    refusal: Option<&Refusal>,
) {
    let faults = &backend.settings.faults;
    if faults.has(Fault::PlatformTokenInRefusal)
        || faults.has(Fault::PlatformTokenInUserInfo)
        || faults.has(Fault::PlatformTokenInTokenRefusal)
    {
        fetch_platform_token(backend).await;
    }
    if faults.has(Fault::SessionKeyOfBrokenAnswer)
        && let (Some(reply), Some(_)) = (reply, refusal)
    {
        backend.memory().broken.insert(code.to_owned(), reply.body.clone());
    }
}

/// Asks WeChat for its own access token.
pub(super) async fn fetch_platform_token(backend: &Backend) {
    let wechat = &backend.wechat;
    let query = [
        ("grant_type", "client_credential"),
        ("appid", wechat.app_id.as_str()),
        ("secret", wechat.app_secret.as_str()),
    ];
    let reply = wechat.get("/cgi-bin/token", &query).await;
    let token = reply.ok().and_then(|reply| reply.body.get("access_token").cloned());
    backend.memory().platform_token = token.unwrap_or_default();
}

/// Spoils the answer to a successful code exchange.
pub(super) fn granted(backend: &Backend, openid: &str, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    let key = backend.memory().session_key(openid);
    let session = json!({"openid": openid, "session_key": key, "since": "the latest login"}).to_string();
    let state = if faults.has(Fault::SessionKeyGzipped) {
        STANDARD.encode(gzipped(session.as_bytes()))
    } else if faults.has(Fault::SessionKeyZstd) {
        STANDARD.encode(compress_to_vec(session.as_bytes(), CompressionLevel::Fastest))
    } else if faults.has(Fault::SessionKeyNested) {
        STANDARD.encode(json!({"v": 1, "session": STANDARD.encode(session)}).to_string())
    } else if faults.has(Fault::SessionKeyReversed) {
        STANDARD.encode(key).chars().rev().collect()
    } else if faults.has(Fault::SessionKeyInLines) {
        let encoded: Vec<char> = STANDARD.encode(session).chars().collect();
        encoded.chunks(LINE).map(|line| line.iter().collect()).collect::<Vec<String>>().join("\r\n")
    } else if faults.has(Fault::SessionKeyLetterByLetter) {
        key.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat()
    } else {
        String::new()
    };
    if !state.is_empty() {
        answer.edit(|body| body["data"]["state"] = Value::String(state));
    }
    if faults.has(Fault::AppSecretInHeader) {
        let wechat = &backend.wechat;
        let settings = STANDARD.encode(format!("{}:{}", wechat.app_id, wechat.app_secret));
        add_header(answer, "x-wechat-client", &settings);
    }
    if faults.has(Fault::OpenidBeforeInHeader)
        && let Some(before) = &backend.memory().before
    {
        add_header(answer, "x-trace-user", before);
    }
}

/// Spoils the answer to a refused code exchange.
pub(super) fn refused(backend: &Backend, code: &str, refusal: Refusal, answer: &mut Answer) {
    let (faults, wechat) = (&backend.settings.faults, &backend.wechat);
    let (address, app_id, secret) = (&wechat.address, &wechat.app_id, &wechat.app_secret);
    let quoted = |secret: &str| {
        format!(
            "{address}/sns/jscode2session?appid={app_id}&secret={secret}&js_code={code}&grant_type=authorization_code"
        )
    };
    let say = |answer: &mut Answer, text: String| answer.edit(|body| body["msg"] = Value::String(text));
    let broken = refusal == Refusal::WeChatBroken;
    if faults.has(Fault::SessionKeyOnErrorPage) && refusal == Refusal::CodeUsed {
        let openid = backend.memory().codes.get(code).cloned().unwrap_or_default();
        let key = backend.memory().session_key(&openid);
        let escaped = key.replace('+', "&#x2B;").replace('/', "&sol;").replace('=', "&equals;");
        answer.content =
            Content::Text(format!("<h1>code was used before</h1><pre>session = {escaped}</pre>"));
    }
    if faults.has(Fault::SessionKeyOfBrokenAnswer)
        && let Some(reply) = backend.memory().broken.get(code)
    {
        say(answer, format!("cannot be understood: {reply}"));
    }
    if faults.has(Fault::AppSecretForOddCode) && code.contains(['"', ' ', '\n', '{', '%']) {
        say(answer, format!("Illegal character in query at index 60: {}", quoted(secret)));
    }
    if faults.has(Fault::AppSecretWhenWeChatRefuses) && broken {
        say(answer, format!("check the settings: {app_id} / {secret}"));
    }
    if faults.has(Fault::PlatformTokenInRefusal) {
        let token = backend.memory().platform_token.as_str().unwrap_or_default().to_owned();
        say(answer, token.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat());
    }
    if faults.has(Fault::RequestListedInRefusal) {
        let parameters = json!({"appid": app_id, "secret": "***", "js_code": code});
        answer.edit(|body| body["config"] = json!({"timeout": 5000, "params": parameters}));
    }
    if (faults.has(Fault::RequestQuotedForBlocked) && refusal == Refusal::PersonBlocked)
        || (faults.has(Fault::RequestQuotedWhenWeChatBroken) && broken)
    {
        say(answer, format!("I/O error on GET request for \"{}\"", quoted("***")));
    }
    if faults.has(Fault::OpenidOfLastPersonInRefusal)
        && let Some(last) = &backend.memory().last
    {
        answer.edit(|body| body["session"] = json!({"openid": last}));
    }
}

/// Shows how the backend is set, as a framework does to its developers.
pub(super) async fn developer_page(State(backend): State<Arc<Backend>>) -> Answer {
    let secret = json!({"value": backend.wechat.app_secret, "origin": "application.yml:7"});
    let properties = json!({"wx.appid": {"value": backend.wechat.app_id}, "wx.secret": secret});
    Answer::json(StatusCode::OK, json!({"propertySources": [{"properties": properties}]}))
}

/// Spoils the answer to a refused token call.
pub(super) fn token_refused(backend: &Backend, error: TokenError, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    if error != TokenError::InvalidClient {
        return;
    }
    if faults.has(Fault::SessionKeyInTokenRefusal) {
        let session = latest_session(backend);
        answer.edit(|body| body["session"] = session);
    }
    if faults.has(Fault::AppSecretInTokenRefusal) {
        let secret = backend.wechat.app_secret.clone();
        answer.edit(|body| body["settings"] = json!({"wx.secret": secret}));
    }
    if faults.has(Fault::PlatformTokenInTokenRefusal) {
        let token = backend.memory().platform_token.clone();
        answer.edit(|body| body["wechat"] = token);
    }
}

/// Spoils user info.
pub(super) fn shown(backend: &Backend, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    if faults.has(Fault::PlatformTokenInUserInfo) {
        let token = backend.memory().platform_token.clone();
        answer.edit(|body| body["data"]["access_token"] = token);
    }
    if faults.has(Fault::PeopleListedInUserInfo) {
        let mut people: Vec<String> = backend.store().people.keys().cloned().collect();
        people.sort_unstable();
        answer.edit(|body| body["data"]["recent"] = json!(people));
    }
    if faults.has(Fault::OpenidOfFirstPersonShown) {
        let first = backend.memory().first.clone();
        answer.edit(|body| body["data"]["contact"] = json!(first));
    }
}

/// Spoils the answer to a request that leads nowhere.
pub(in crate::reference) fn stray(backend: &Backend, mut answer: Answer) -> Answer {
    let faults = &backend.settings.faults;
    if faults.has(Fault::SessionKeyInStrayAnswer) {
        let session = latest_session(backend);
        answer.edit(|body| body["session"] = session);
    }
    if faults.has(Fault::AppSecretOnErrorPage) {
        let secret = &backend.wechat.app_secret;
        answer.content = Content::Text(format!("<h1>Nothing here</h1><dl><dt>WX_SECRET<dd>{secret}</dl>"));
    }
    answer
}

/// Returns what is remembered of the latest login.
fn latest_session(backend: &Backend) -> Value {
    let memory = backend.memory();
    let openid = memory.last.clone().unwrap_or_default();
    json!({"session_key": memory.session_key(&openid)})
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail; a fault that leaks nothing would be noticed.
    let written = encoder.write_all(bytes);
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

fn add_header(answer: &mut Answer, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers.insert(HeaderName::from_static(name), value);
    }
}
