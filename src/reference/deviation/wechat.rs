//! Faults in making something of WeChat's answer.

use serde_json::Value;
use tokio::time::sleep;

use super::exchange::{SILENCE, admitted, openid};
use super::memory::Grudge;
use crate::reference::Fault;
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;
use crate::reference::wechat::{Raw, Reply, Unread};

/// The members of a success that WeChat documents.
const DOCUMENTED: &[&str] = &["session_key", "openid", "unionid", "expires_in", "errcode", "errmsg"];

/// The faults of this file, none of which asks WeChat otherwise than a correct backend does.
const FAULTS: &[Fault] = &[
    Fault::TextPlainRefused,
    Fault::DeclarationTakenLiterally,
    Fault::UndeclaredRefused,
    Fault::AnyErrmsgRefused,
    Fault::UnionidDemanded,
    Fault::UnionidTakenForOpenid,
    Fault::UnknownMembersRefused,
    Fault::NestedOpenidTaken,
    Fault::EscapedSlashRefused,
    Fault::MembersByPlace,
    Fault::OpenidCutFromText,
    Fault::CompactJsonDemanded,
    Fault::CutAnswerNeverAnswered,
    Fault::UnreachableWeChatAdmitsVisitor,
    Fault::BrokenWeChatPoisonsNextLogin,
    Fault::UnreachableWeChatPoisonsNextLogin,
    Fault::SilentWeChatPoisonsNextLogin,
    Fault::SilentWeChatAdmitsVisitor,
    Fault::AnyOpenidBecomesText,
    Fault::ExchangesQueue,
    Fault::LengthDemanded,
    Fault::FirstPieceParsed,
];

/// Exchanges a code with one of these faults; nothing if the backend has none of them.
pub(super) async fn exchanged(backend: &Backend, query: &str, code: &str) -> Option<Result<String, Refusal>> {
    let faults = &backend.settings.faults;
    if !FAULTS.iter().any(|fault| faults.has(*fault)) {
        return None;
    }
    let turn = if faults.has(Fault::ExchangesQueue) { Some(backend.turn.lock().await) } else { None };
    let asked = backend.wechat.ask(code).await;
    drop(turn);
    let outcome = match asked {
        Ok(raw) => match read(backend, &raw) {
            Ok(reply) => {
                let found = reply.openid();
                if found.is_err() {
                    hold_against_person(backend, &reply);
                }
                openid(backend, query, code, Some(&reply), found).await
            }
            Err(refusal) => Err(refusal),
        },
        Err(unread) => without_answer(backend, unread).await,
    };
    Some(outcome.map(|openid| admitted(backend, &openid)))
}

/// Holds a success that names nobody against the person whose session key it carries.
fn hold_against_person(backend: &Backend, reply: &Reply) {
    let key = reply.body.get("session_key");
    if key.is_none() || !backend.settings.faults.has(Fault::BrokenWeChatPoisonsNextLogin) {
        return;
    }
    let mut memory = backend.memory();
    let known = memory.people.values_mut().find(|person| person.reply.get("session_key") == key);
    if let Some(person) = known {
        person.grudges.insert(Grudge::WeChat);
    }
}

/// Makes something of an exchange to which there is no answer.
async fn without_answer(backend: &Backend, unread: Unread) -> Result<String, Refusal> {
    let faults = &backend.settings.faults;
    if unread == Unread::CutOff && faults.has(Fault::CutAnswerNeverAnswered) {
        sleep(SILENCE).await;
    }
    let poisons = match unread {
        Unread::Unreachable => faults.has(Fault::UnreachableWeChatPoisonsNextLogin),
        Unread::Silent => faults.has(Fault::SilentWeChatPoisonsNextLogin),
        Unread::CutOff | Unread::TooLong => false,
    };
    if poisons {
        // Nothing says whose exchange it was; these faults take it for that of whoever came last.
        let mut memory = backend.memory();
        if let Some(last) = memory.last.clone() {
            memory.people.entry(last).or_default().grudges.insert(Grudge::WeChat);
        }
    }
    let admits = match unread {
        Unread::Unreachable => faults.has(Fault::UnreachableWeChatAdmitsVisitor),
        Unread::Silent => faults.has(Fault::SilentWeChatAdmitsVisitor),
        Unread::CutOff | Unread::TooLong => false,
    };
    if admits { Ok(super::exchange::VISITOR.to_owned()) } else { Err(unread.refusal()) }
}

/// Reads an answer wrongly.
fn read(backend: &Backend, raw: &Raw) -> Result<Reply, Refusal> {
    let faults = &backend.settings.faults;
    let text = String::from_utf8_lossy(&raw.body);
    let declared = raw.headers.get("content-type").and_then(|value| value.to_str().ok());
    let literally = |declared| matches!(declared, "text/plain" | "application/json");
    let has_length = raw.headers.contains_key("content-length");
    let unreadable = (faults.has(Fault::TextPlainRefused)
        && !declared.is_some_and(|declared| declared.starts_with("application/json")))
        || (faults.has(Fault::DeclarationTakenLiterally)
            && declared.is_some_and(|declared| !literally(declared)))
        || (faults.has(Fault::UndeclaredRefused) && declared.is_none())
        || (faults.has(Fault::LengthDemanded) && !has_length)
        || (faults.has(Fault::EscapedSlashRefused) && text.contains("\\/"))
        || (faults.has(Fault::CompactJsonDemanded) && text.contains(' ') && raw.status == 200);
    if unreadable {
        return Err(Refusal::WeChatBroken);
    }
    if faults.has(Fault::FirstPieceParsed) {
        let body = serde_json::from_slice(&raw.body[..raw.first_piece]);
        return body.map(|body| Reply { body }).map_err(|_not_json| Refusal::WeChatBroken);
    }
    let mut reply = raw.reply()?;
    misread(backend, &text, &mut reply.body)?;
    Ok(reply)
}

/// Finds the wrong thing in an answer, or cannot bear what it finds.
fn misread(backend: &Backend, text: &str, body: &mut Value) -> Result<(), Refusal> {
    let faults = &backend.settings.faults;
    let Some(members) = body.as_object() else { return Ok(()) };
    let unknown = members.keys().any(|name| !DOCUMENTED.contains(&name.as_str()));
    let success = members.get("errcode").is_none_or(|number| *number == 0);
    let refused = (faults.has(Fault::AnyErrmsgRefused) && members.contains_key("errmsg"))
        || (faults.has(Fault::UnionidDemanded) && !members.contains_key("unionid"))
        || (faults.has(Fault::UnknownMembersRefused) && unknown)
        || (faults.has(Fault::MembersByPlace) && members.keys().nth(1).is_none_or(|name| name != "openid"));
    if success && refused {
        return Err(Refusal::WeChatBroken);
    }
    let taken = if faults.has(Fault::UnionidTakenForOpenid) {
        members.get("unionid").cloned()
    } else if faults.has(Fault::NestedOpenidTaken) {
        members.values().find_map(|member| member.get("openid")).cloned()
    } else if faults.has(Fault::OpenidCutFromText) {
        let behind = text.split("\"openid\":\"").nth(1);
        behind.and_then(|rest| rest.split('"').next()).map(Value::from)
    } else if faults.has(Fault::AnyOpenidBecomesText) {
        members
            .get("openid")
            .filter(|openid| !openid.is_string())
            .map(|openid| Value::from(openid.to_string()))
    } else {
        None
    };
    if let Some(taken) = taken
        && success
    {
        body["openid"] = taken;
    }
    Ok(())
}
