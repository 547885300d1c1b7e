//! Faults of the answer to a user-info call.

use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::reference::answer::{Answer, Content};
use crate::reference::server::Backend;
use crate::reference::{Fault, credentials, random};

/// Spoils the answer that the owner deserves.
pub(in crate::reference) fn spoilt(
    backend: &Backend,
    headers: &HeaderMap,
    owner: Option<&str>,
    mut answer: Answer,
) -> Answer {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return answer;
    }
    match owner {
        Some(openid) => {
            let allowed = if faults.has(Fault::UserInfoCacheable) {
                "public, max-age=60"
            } else if faults.has(Fault::UserInfoSharedCacheable) {
                "s-maxage=60"
            } else if faults.has(Fault::UserInfoMustRevalidate) {
                "max-age=60, must-revalidate"
            } else {
                "no-store"
            };
            answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static(allowed));
            show_wrongly(backend, openid, &mut answer);
            show_account(backend, headers, &mut answer);
        }
        None => refuse_wrongly(backend, headers, &mut answer),
    }
    answer
}

fn show_wrongly(backend: &Backend, openid: &str, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    super::leak::shown(backend, answer);
    let sharer = backend.memory().sharers.remove(openid);
    if let Some(sharer) = sharer.and_then(|sharer| backend.person(&sharer)) {
        answer.edit(|body| body["data"]["nickname"] = json!(sharer.nickname));
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

/// Shows the account that the token was issued for, where that is one of several of the person's.
fn show_account(backend: &Backend, headers: &HeaderMap, answer: &mut Answer) {
    let token = credentials::after_scheme(headers, "Bearer").unwrap_or_default();
    let account = backend.memory().accounts.get(token).copied().unwrap_or(0);
    if account > 0 {
        answer.edit(|body| {
            let own = body["data"]["userId"].as_str().unwrap_or_default();
            body["data"]["userId"] = json!(format!("{own}-{account}"));
        });
    }
}

/// Refuses in a way that tells too little, or too much.
fn refuse_wrongly(backend: &Backend, headers: &HeaderMap, answer: &mut Answer) {
    let faults = &backend.settings.faults;
    let presented = headers.contains_key(AUTHORIZATION);
    let token = credentials::after_scheme(headers, "Bearer").unwrap_or_default();
    let ends = backend.store().grants.get(token).map(|grant| grant.ends);
    if faults.has(Fault::UserChallengeMissing) {
        answer.headers.remove(WWW_AUTHENTICATE);
    }
    if faults.has(Fault::UserChallengeBasic) {
        answer.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Bearer, or else\""));
    }
    if faults.has(Fault::UserRefusalCacheable) {
        answer.headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
    }
    if faults.has(Fault::UserRefusalIs200) {
        answer.status = StatusCode::OK;
    }
    if presented && faults.has(Fault::UnknownTokenIs403) || !presented && faults.has(Fault::AnonymousIs403) {
        answer.status = StatusCode::FORBIDDEN;
    }
    if presented && faults.has(Fault::UnknownTokenIs500) {
        answer.status = StatusCode::INTERNAL_SERVER_ERROR;
    }
    if ends.is_some() && faults.has(Fault::EndedTokenIs403) {
        answer.status = StatusCode::FORBIDDEN;
    }
    let data = if faults.has(Fault::DataInUserRefusal) {
        json!({"message": "please log in"})
    } else if faults.has(Fault::EmptyDataInUserRefusal) {
        json!({})
    } else if faults.has(Fault::DataTextInUserRefusal) && presented {
        json!("the token is not valid")
    } else if let Some(ends) = ends.filter(|_| faults.has(Fault::DataInRefusalOfEnded)) {
        json!({"expiredAt": ends.seconds()})
    } else if faults.has(Fault::DataListInUserRefusal) && !presented {
        json!([])
    } else {
        return;
    };
    answer.edit(|body| body["data"] = data);
}
