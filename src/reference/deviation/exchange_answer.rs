//! Faults of the answer to a code exchange.

use axum::extract::RawQuery;
use axum::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use serde_json::{Value, json};

use crate::reference::Fault;
use crate::reference::answer::{Answer, Content};
use crate::reference::exchange::granted;
use crate::reference::field;
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;

/// Where a redirected code exchange ends.
pub(super) const REDIRECT_PATH: &str = "/miniprogram/wxmp/session";

/// Spoils the answer that the outcome deserves.
pub(in crate::reference) fn spoilt(
    backend: &Backend,
    query: &str,
    outcome: &Result<String, Refusal>,
    mut answer: Answer,
) -> Answer {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return answer;
    }
    if faults.has(Fault::ExchangeCacheable) {
        answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
    }
    match outcome {
        Ok(openid) => {
            if faults.has(Fault::ExchangeNoCacheOnly) {
                answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            }
            leak(backend, openid, &mut answer);
            if faults.has(Fault::SessionKeyWhenDebugged) && query.split('&').any(|pair| pair == "debug=1") {
                let key = backend.memory().session_key(openid);
                answer.edit(|body| body["debug"] = json!({"session_key": key}));
            }
            let same_key = backend.memory().people.get(openid).is_some_and(|person| person.same_key);
            if same_key && faults.has(Fault::KnownSessionWithoutOpenid) {
                answer.edit(|body| body["data"] = json!({"changed": false}));
            }
        }
        Err(refusal) => refuse_wrongly(backend, query, *refusal, &mut answer),
    }
    answer
}

/// Lets the session key out.
fn leak(backend: &Backend, openid: &str, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    super::leak::granted(backend, openid, answer);
    let key = backend.memory().session_key(openid);
    let in_data = |name: &'static str, value: String| {
        move |body: &mut Value| {
            body["data"][name] = Value::String(value);
        }
    };
    if faults.has(Fault::SessionKeyInExchange) {
        answer.edit(in_data("session_key", key.clone()));
    }
    if faults.has(Fault::WeChatAnswerPassedThrough) {
        let reply = backend.memory().people.get(openid).map(|person| person.reply.clone());
        answer.edit(|body| body["data"] = reply.unwrap_or_default());
    }
    if faults.has(Fault::SessionKeyBase64) {
        answer.edit(in_data("session", STANDARD.encode(&key)));
    }
    if faults.has(Fault::SessionKeyHex) {
        let hex = key.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        answer.edit(in_data("session", hex));
    }
    let follow_up = || {
        let mut query = Serializer::new(String::new());
        format!("{REDIRECT_PATH}?{}", query.append_pair("openid", openid).append_pair("key", &key).finish())
    };
    if faults.has(Fault::SessionKeyPercentEncoded) {
        answer.edit(in_data("next", follow_up()));
    }
    if faults.has(Fault::SessionKeyInHeader) {
        add_header(answer, HeaderName::from_static("x-session-key"), &key);
    }
    if faults.has(Fault::SessionKeyInCookie) {
        add_header(answer, SET_COOKIE, &format!("session={key}; Path=/; HttpOnly"));
    }
    if faults.has(Fault::SessionKeyInRedirect) {
        answer.status = StatusCode::FOUND;
        add_header(answer, LOCATION, &follow_up());
    }
}

fn add_header(answer: &mut Answer, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers.insert(name, value);
    }
}

/// Answers the second half of a redirected exchange.
pub(super) async fn redirected(RawQuery(query): RawQuery) -> Answer {
    match field::only(query.unwrap_or_default().as_bytes(), "openid") {
        Ok(openid) => granted(&openid),
        Err(_unusable) => Refusal::CodeMissing.answer(),
    }
}

/// Refuses in a way that tells too much, or that the documented client cannot bear.
fn refuse_wrongly(backend: &Backend, query: &str, refusal: Refusal, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    let code = field::only(query.as_bytes(), "code").unwrap_or_default();
    let (_, number, text) = refusal.parts();
    super::leak::refused(backend, &code, refusal, answer);
    if faults.has(Fault::RefusedOpenidShown) && refusal == Refusal::PersonBlocked {
        let openid = backend.memory().codes.get(&code).cloned();
        answer.edit(|body| body["person"] = json!(openid));
    }
    if (faults.has(Fault::MissingCodeIs500) && refusal == Refusal::CodeMissing)
        || (faults.has(Fault::UnknownCodeIs500) && refusal == Refusal::CodeUnknown)
    {
        answer.status = StatusCode::INTERNAL_SERVER_ERROR;
    }
    if faults.has(Fault::ExchangeRefusalCacheable) {
        answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    }
    let lost_race = backend.memory().lost_races.contains(&code);
    if faults.has(Fault::EveryRefusalIs500) || (lost_race && faults.has(Fault::RaceLoserIs500)) {
        answer.status = StatusCode::INTERNAL_SERVER_ERROR;
    }
    if faults.has(Fault::EveryRefusalIs400) {
        answer.status = StatusCode::BAD_REQUEST;
        answer.edit(|body| body["code"] = json!(1000));
    }
    if faults.has(Fault::SessionKeyInRefusal) && refusal == Refusal::CodeUsed {
        let openid = backend.memory().codes.get(&code).cloned().unwrap_or_default();
        let key = backend.memory().session_key(&openid);
        answer.edit(|body| body["session"] = json!({"session_key": key}));
    }
    let wechat = &backend.wechat;
    let quoted = |secret: &str| {
        let (address, app_id) = (&wechat.address, &wechat.app_id);
        format!("GET {address}/sns/jscode2session?appid={app_id}&secret={secret}&js_code={code}: {text}")
    };
    if faults.has(Fault::AppSecretInRefusal) {
        answer.edit(|body| body["msg"] = json!(quoted(&wechat.app_secret)));
    }
    if faults.has(Fault::RequestQuotedInRefusal) {
        answer.edit(|body| body["msg"] = json!(quoted("***")));
    }
    let blocked = refusal == Refusal::PersonBlocked;
    let busy = refusal == Refusal::WeChatBusy;
    let known = refusal == Refusal::CodeUsed && backend.memory().codes.contains_key(&code);
    let unlisted = backend.memory().unlisted.remove(&code);
    let unreadable = refusal == Refusal::WeChatBroken && backend.memory().unreadable.remove(&code);
    let replacement = if blocked && faults.has(Fault::RefusalWithPlaceholderOpenid) {
        Content::Json(json!({"code": number, "msg": text, "data": {"openid": "undefined"}}))
    } else if blocked && faults.has(Fault::RefusalWithCodeAsOpenid) {
        Content::Json(json!({"code": number, "msg": text, "data": {"openid": code}}))
    } else if faults.has(Fault::ExchangeRefusalWithoutData)
        || (busy && faults.has(Fault::BusyRefusalWithoutData))
        || (known && faults.has(Fault::KnownCodeRefusalWithoutData))
        || (unlisted && faults.has(Fault::UnlistedRefusalWithoutData))
        || (unreadable && faults.has(Fault::UnreadableRefusalWithoutData))
    {
        Content::Json(json!({"code": number, "msg": text}))
    } else if faults.has(Fault::ExchangeRefusalDataNull) {
        Content::Json(json!({"code": number, "msg": text, "data": null}))
    } else if faults.has(Fault::ExchangeRefusalNull)
        || (refusal == Refusal::CodeMissing && faults.has(Fault::MissingCodeRefusalNull))
    {
        Content::Json(Value::Null)
    } else if faults.has(Fault::ExchangeRefusalText) {
        Content::Text(text.to_owned())
    } else if faults.has(Fault::ExchangeRefusalDropped)
        || (faults.has(Fault::BrokenWeChatDropsConnection) && refusal == Refusal::WeChatBroken)
        || (unlisted && faults.has(Fault::UnlistedErrorDropped))
        || (unreadable && faults.has(Fault::UnreadableWeChatDropped))
    {
        Content::Nothing
    } else {
        return;
    };
    answer.status = StatusCode::OK;
    answer.content = replacement;
}
