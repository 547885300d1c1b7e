//! Faults of the code exchange, up to its outcome.

use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::Value;
use tokio::time::sleep;

pub(in crate::reference) use super::exchange_answer::spoilt as answer;
use super::memory::Grudge;
use super::{exchange_code, exchange_crowd, leak, spelling};
use crate::protocol::ErrorCode;
use crate::reference::field::{self, FieldError};
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;
use crate::reference::wechat::Reply;
use crate::reference::{Fault, FaultSet, random};

/// The person that a client without a valid code is taken for, unless it is somebody who logged in before.
pub(super) const VISITOR: &str = "o_visitor";

/// The account that a backend makes for itself before anybody has logged in.
const ADMINISTRATOR: &str = "o_administrator";

/// How long a fault about simultaneous requests waits for the other one.
const TWIN_PATIENCE: Duration = Duration::from_millis(100);

/// The length of a phone-number code.
const PHONE_CODE: usize = 64;

/// How much longer a fault waits for a WeChat that does not answer.
pub(super) const SILENCE: Duration = Duration::from_secs(60);

pub(super) type Outcome = Result<String, Refusal>;

/// Decides about a request before WeChat is asked, or asks differently.
pub(in crate::reference) async fn instead_of_asking(
    backend: &Backend,
    query: &str,
    code: &Outcome,
) -> Option<Outcome> {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return None;
    }
    let altered = exchange_code::altered(faults, query);
    let ((Some(code), _) | (None, Ok(code))) = (&altered, code) else {
        return without_code(backend, query).await;
    };
    exchange_crowd::enter(backend);
    if faults.has(Fault::ProfileDemanded) && field::only(query.as_bytes(), "userInfo").is_err() {
        let asked = backend.wechat.exchange(code).await;
        return Some(asked.and(Err(Refusal::CodeMalformed)));
    }
    let is_twin = |known: &String| known != code && known.eq_ignore_ascii_case(code);
    if faults.has(Fault::CodeTwinTakenForUsed) && backend.memory().codes.keys().any(is_twin) {
        return Some(Err(Refusal::CodeUsed));
    }
    if let Some(openid) = known_code(backend, code) {
        return Some(exchange_crowd::leave(backend, Ok(openid)).await);
    }
    if faults.has(Fault::TestCodeAdmitsVisitor) && code == "the code is a mock one" {
        return Some(exchange_crowd::leave(backend, Ok(admitted(backend, VISITOR))).await);
    }
    if faults.has(Fault::PhoneCodeAdmitsVisitor) && code.len() == PHONE_CODE {
        return Some(exchange_crowd::leave(backend, Ok(admitted(backend, VISITOR))).await);
    }
    if minds_twins(faults) {
        let twin = enter(backend, code);
        sleep(TWIN_PATIENCE).await;
        if twin && faults.has(Fault::ConcurrentExchangeCoalesced) {
            let outcome = result_of_twin(backend, code).await;
            return Some(exchange_crowd::leave(backend, outcome).await);
        }
    }
    if let Some(outcome) = super::wechat::exchanged(backend, query, code).await {
        return Some(outcome);
    }
    exchange_code::asked_wrongly_first(backend, code).await;
    let reply = match (exchange_code::asked(backend, query, code).await, &altered) {
        (Some(reply), _) => reply,
        (None, Some(altered)) => backend.wechat.exchange(altered).await,
        (None, None) => return None,
    };
    let found = reply.as_ref().map_err(|refusal| *refusal).and_then(Reply::openid);
    let outcome = openid(backend, query, code, reply.as_ref().ok(), found).await;
    Some(outcome.map(|openid| admitted(backend, &openid)))
}

/// Returns what a code gave before, if a fault accepts it once more.
fn known_code(backend: &Backend, code: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    let memory = backend.memory();
    let openid = memory.codes.get(code)?;
    let tokens = memory.people.get(openid).map_or(0, |person| person.tokens_since_login);
    let latest = memory.people.get(openid).is_some_and(|person| person.code == code);
    let accepted = faults.has(Fault::CodeCached)
        || (faults.has(Fault::CodeGoodAgainWithToken) && tokens > 0)
        || (faults.has(Fault::OlderCodeForgotten) && !latest);
    accepted.then(|| openid.clone())
}

/// Says whether a fault has to know about simultaneous exchanges of one code.
fn minds_twins(faults: &FaultSet) -> bool {
    faults.has(Fault::ConcurrentExchangeCoalesced)
        || faults.has(Fault::LateTwinForgiven)
        || faults.has(Fault::RaceLoserIs500)
        || faults.has(Fault::UsedCodeForgivenAtThird)
}

async fn without_code(backend: &Backend, query: &str) -> Option<Outcome> {
    let faults = &backend.settings.faults;
    let missing = field::only(query.as_bytes(), "code");
    if missing == Err(FieldError::Missing) && faults.has(Fault::MissingCodeDefaultPerson) {
        return Some(Ok(admitted(backend, VISITOR)));
    }
    if missing == Err(FieldError::Empty) && faults.has(Fault::EmptyCodeLastPerson) {
        let last = backend.memory().last.clone();
        return Some(Ok(last.unwrap_or_else(|| admitted(backend, VISITOR))));
    }
    if let Some(openid) = openid_beside(backend, query, Fault::OpenidWithoutCodeBelieved) {
        return Some(Ok(openid));
    }
    if faults.has(Fault::EmptyCodeSentToWeChat) {
        // Only the question matters: a code that is missing is refused whatever the answer.
        let _unread = backend.wechat.exchange("").await;
    }
    None
}

/// Makes a person known whom WeChat never named.
pub(super) fn admitted(backend: &Backend, openid: &str) -> String {
    backend.store().welcome(openid);
    openid.to_owned()
}

/// Notes that a code is being exchanged, and says whether another request is doing so.
fn enter(backend: &Backend, code: &str) -> bool {
    let mut memory = backend.memory();
    let requests = memory.in_flight.entry(code.to_owned()).or_default();
    *requests += 1;
    let twin = *requests > 1;
    if twin {
        memory.twins.insert(code.to_owned());
    }
    twin
}

/// Notes that the exchange of a code is over.
fn leave(backend: &Backend, code: &str) {
    let mut memory = backend.memory();
    let left = memory.in_flight.get(code).map_or(0, |requests| requests.saturating_sub(1));
    if left == 0 {
        memory.in_flight.remove(code);
        memory.twins.remove(code);
    } else {
        memory.in_flight.insert(code.to_owned(), left);
    }
}

/// Waits for the request that asks WeChat, and gives its result.
async fn result_of_twin(backend: &Backend, code: &str) -> Outcome {
    sleep(TWIN_PATIENCE).await;
    leave(backend, code);
    backend.memory().codes.get(code).cloned().ok_or(Refusal::CodeUnknown)
}

/// Returns the openid that the client sent along, if the fault believes it and the backend knows the person.
fn openid_beside(backend: &Backend, query: &str, fault: Fault) -> Option<String> {
    let openid = field::only(query.as_bytes(), "openid").ok()?;
    (backend.settings.faults.has(fault) && backend.store().knows(&openid)).then_some(openid)
}

/// Takes whoever has a good code for the person whose openid stands elsewhere in the request.
pub(in crate::reference) fn believed(
    backend: &Backend,
    query: &str,
    headers: &HeaderMap,
    outcome: Outcome,
) -> Outcome {
    let faults = &backend.settings.faults;
    let field = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let elsewhere = if faults.has(Fault::OpenidUnderOtherNameBelieved) {
        field::only(query.as_bytes(), "openId").ok()
    } else if faults.has(Fault::UnionidBesideCodeBelieved) {
        let unionid = field::only(query.as_bytes(), "unionid").unwrap_or_default();
        let memory = backend.memory();
        let mut people = memory.people.iter();
        let has = |reply: &Value| reply.get("unionid").and_then(Value::as_str) == Some(unionid.as_str());
        people.find(|(_, person)| has(&person.reply)).map(|(openid, _)| openid.clone())
    } else if faults.has(Fault::OpenidInProfileBelieved) {
        field::only(query.as_bytes(), "userInfo[openId]").ok()
    } else if faults.has(Fault::UserIdBesideCodeBelieved) {
        let user_id = field::only(query.as_bytes(), "userId").unwrap_or_default();
        let store = backend.store();
        let mut people = store.people.iter();
        people.find(|(_, person)| person.user_id == user_id).map(|(openid, _)| openid.clone())
    } else if faults.has(Fault::OpenidInCookieBelieved) {
        let mut cookies = field("cookie").into_iter().flat_map(|cookies| cookies.split("; "));
        cookies.find_map(|cookie| cookie.strip_prefix("openid=")).map(str::to_owned)
    } else if faults.has(Fault::OpenidInHeaderBelieved) {
        field("x-openid").map(str::to_owned)
    } else if faults.has(Fault::TokenBesideCodeBelieved) {
        let token = field("authorization").and_then(|said| said.strip_prefix("Bearer "));
        token.and_then(|token| backend.store().owner(token, backend.settings.clock.now()))
    } else if faults.has(Fault::UsedCodeGoodWithToken) && matches!(outcome, Err(Refusal::CodeUsed)) {
        let token = field("authorization").and_then(|said| said.strip_prefix("Bearer "));
        let owner = token.and_then(|token| backend.store().owner(token, backend.settings.clock.now()));
        return owner.map_or(outcome, Ok);
    } else {
        None
    };
    let known = elsewhere.filter(|openid| backend.store().knows(openid));
    outcome.map(|openid| known.unwrap_or(openid))
}

/// Changes what WeChat's reply amounts to.
pub(in crate::reference) async fn openid(
    backend: &Backend,
    query: &str,
    code: &str,
    reply: Option<&Reply>,
    found: Outcome,
) -> Outcome {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return found;
    }
    leak::before_admission(backend, code, reply, found.as_ref().err()).await;
    if faults.has(Fault::RefusedOpenidShown)
        && let Some(openid) = reply.and_then(|reply| reply.body.get("openid")?.as_str())
    {
        backend.memory().codes.insert(code.to_owned(), openid.to_owned());
    }
    let found = match found {
        Err(refusal) => {
            exchange_code::asked_again(backend, code, refusal, reply).await.unwrap_or(Err(refusal))
        }
        found => found,
    };
    if faults.has(Fault::ExchangedTwice) && found.is_ok() {
        // The second question is the fault; what it yields is not looked at.
        let _unread = backend.wechat.exchange(code).await;
    }
    let outcome = match misread(backend, reply.map(|reply| &reply.body), found) {
        Ok(openid) => admission(backend, code, openid, reply),
        Err(refusal) => forgiveness(backend, code, reply, refusal).await,
    };
    if minds_twins(faults) {
        leave(backend, code);
    }
    let believed = match outcome {
        Ok(_) => openid_beside(backend, query, Fault::OpenidBesideCodeBelieved),
        Err(Refusal::WeChatBusy) => openid_beside(backend, query, Fault::OpenidBelievedOfBusyWeChat),
        Err(Refusal::WeChatBroken) => openid_beside(backend, query, Fault::OpenidBelievedOfBrokenWeChat),
        Err(_) => openid_beside(backend, query, Fault::OpenidWithoutCodeBelieved),
    };
    exchange_crowd::leave(backend, believed.map_or(outcome, Ok)).await
}

/// Wants of a success what WeChat need not send, or cannot bear what it may send.
fn misread(backend: &Backend, reply: Option<&Value>, found: Outcome) -> Outcome {
    let faults = &backend.settings.faults;
    let has = |name| reply.is_some_and(|reply| reply.get(name).is_some());
    let unreadable = (faults.has(Fault::ErrcodeDemanded) && !has("errcode"))
        || (faults.has(Fault::AnyErrcodeRefused) && has("errcode"))
        || (faults.has(Fault::LegacyExpiresInDemanded) && !has("expires_in"));
    let beside = reply.and_then(|reply| reply.get("openid")?.as_str()).filter(|openid| !openid.is_empty());
    if let (Err(refusal), Some(openid)) = (&found, beside) {
        if faults.has(Fault::RefusedPersonRegistered) {
            backend.store().welcome(openid);
        }
        let negative =
            reply.and_then(|reply| reply.get("errcode")?.as_i64()).is_some_and(|number| number < 0);
        let ignored = faults.has(Fault::ErrcodeBesideOpenidIgnored)
            || (faults.has(Fault::NegativeErrcodeIgnored) && negative);
        return if ignored { Ok(openid.to_owned()) } else { Err(*refusal) };
    }
    found.and_then(|openid| if unreadable { Err(Refusal::WeChatBroken) } else { Ok(openid) })
}

/// Refuses a person whom WeChat named, or hands out another openid.
fn admission(backend: &Backend, code: &str, openid: String, reply: Option<&Reply>) -> Outcome {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let lives = backend.store().grants.values().any(|grant| grant.openid == openid && now < grant.ends);
    if faults.has(Fault::LoginRevivesEnded) {
        let (mut store, ends) = (backend.store(), now + backend.settings.token_lifetime);
        let ended = store.grants.values_mut().filter(|grant| grant.openid == openid && grant.ends <= now);
        ended.for_each(|grant| grant.ends = ends);
    }
    let mut memory = backend.memory();
    let uses = memory.uses;
    let before = memory.last.replace(openid.clone());
    memory.first.get_or_insert_with(|| openid.clone());
    memory.before.clone_from(&before);
    memory.codes.insert(code.to_owned(), openid.clone());
    let person = memory.people.entry(openid.clone()).or_default();
    let reply = reply.map(|reply| reply.body.clone()).unwrap_or_default();
    person.same_key = person.reply.get("session_key") == reply.get("session_key");
    person.logins += 1;
    person.latest = now;
    code.clone_into(&mut person.code);
    person.before.clone_from(&before);
    person.reply = reply;
    person.tokens_since_login = 0;
    if (faults.has(Fault::FirstLoginRefused) && person.logins == 1)
        || (faults.has(Fault::UnchangedSessionKeyRefused) && person.same_key)
        || (faults.has(Fault::SecondLoginRefused) && person.logins > 1)
        || (faults.has(Fault::LiveTokenBlocksLogin) && lives)
        || (faults.has(Fault::UsedCodeLocksPerson) && person.locked)
        || person.grudges.remove(&Grudge::BadInput)
        || (faults.has(Fault::UsedCodePoisonsNextLogin) && person.grudges.remove(&Grudge::UsedCode))
        || person.grudges.remove(&Grudge::WeChat)
    {
        return Err(Refusal::PersonBlocked);
    }
    if person.logins == 1 {
        person.uses_before = uses;
    } else if faults.has(Fault::UsedTokensFollowRelogin) {
        let uses_before = person.uses_before;
        let idle = memory.last_uses.iter().filter(|(_, last)| **last <= uses_before);
        let taken: Vec<String> = idle.map(|(token, _)| token.clone()).collect();
        memory.taken_over.extend(taken.into_iter().map(|token| (token, openid.clone())));
    }
    drop(memory);
    spelling::handed_out(backend, openid, before)
}

/// Lets somebody in although WeChat said no, or holds it against the person.
async fn forgiveness(backend: &Backend, code: &str, reply: Option<&Reply>, refusal: Refusal) -> Outcome {
    let faults = &backend.settings.faults;
    if refusal == Refusal::CodeUsed && faults.has(Fault::LateTwinForgiven) {
        sleep(TWIN_PATIENCE).await;
    }
    if refusal == Refusal::WeChatSilent && faults.has(Fault::SilentWeChatWaitedFor) {
        sleep(SILENCE).await;
    }
    let mut memory = backend.memory();
    if refusal == Refusal::WeChatBroken {
        let kind = if reply.is_some() { &mut memory.unlisted } else { &mut memory.unreadable };
        if reply.is_none_or(|reply| unlisted(reply).is_some()) {
            kind.insert(code.to_owned());
        }
    }
    let gave = memory.codes.get(code).cloned();
    let forgiven = match refusal {
        Refusal::CodeUsed => {
            if let Some(person) = gave.as_ref().and_then(|openid| memory.people.get_mut(openid)) {
                person.locked = true;
                person.grudges.insert(Grudge::UsedCode);
            }
            let twin = memory.twins.contains(code);
            if twin {
                memory.lost_races.insert(code.to_owned());
            }
            let raced = memory.lost_races.contains(code);
            let refused = memory.refused.entry(code.to_owned()).or_default();
            *refused += 1;
            let third = faults.has(Fault::UsedCodeForgivenAtThird) && *refused > 2 && !raced;
            let twin = faults.has(Fault::LateTwinForgiven) && twin;
            if twin || third || faults.has(Fault::UsedCodeTakenAsSuccess) { gave } else { None }
        }
        Refusal::CodeUnknown if faults.has(Fault::InvalidCodeInventsOpenid) => {
            random::text::<20>().ok().map(|text| format!("o{text}"))
        }
        Refusal::CodeUnknown if faults.has(Fault::InvalidCodeFirstPerson) => Some(ADMINISTRATOR.to_owned()),
        Refusal::WeChatBusy if faults.has(Fault::UsedCodeServedWhenBusy) => gave,
        Refusal::WeChatBroken if faults.has(Fault::UsedCodeServedWhenBroken) => gave,
        Refusal::WeChatBusy if faults.has(Fault::BusyWeChatAdmitsVisitor) => Some(VISITOR.to_owned()),
        Refusal::PersonBlocked if faults.has(Fault::BlockedPersonAdmitted) => Some(VISITOR.to_owned()),
        Refusal::WeChatBroken => {
            let errcode = reply.and_then(|reply| reply.body.get("errcode"));
            let admitted = match reply {
                None => faults.has(Fault::BrokenWeChatAdmitsVisitor),
                Some(reply) if errcode.is_some_and(|number| *number != 0) => {
                    let known = unlisted(reply).is_none();
                    (faults.has(Fault::UnknownErrorAdmitted) && !known)
                        || (faults.has(Fault::RejectedBackendAdmitsVisitor) && known)
                }
                Some(_) => faults.has(Fault::MissingOpenidAdmitted),
            };
            admitted.then(|| VISITOR.to_owned())
        }
        Refusal::CodeMissing
        | Refusal::CodeMalformed
        | Refusal::CodeUnknown
        | Refusal::PersonBlocked
        | Refusal::WeChatBusy
        | Refusal::WeChatAvoided
        | Refusal::WeChatSilent => None,
    };
    forgiven.ok_or(refusal)
}

/// Returns the error number of a reply if it is in no table.
pub(super) fn unlisted(reply: &Reply) -> Option<i32> {
    let number = reply.body.get("errcode")?.as_i64().and_then(|number| i32::try_from(number).ok())?;
    ErrorCode::from_number(number).is_none().then_some(number)
}
