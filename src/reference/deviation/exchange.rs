//! Faults of the code exchange, up to its outcome.

use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

pub(in crate::reference) use super::exchange_answer::spoilt as answer;
use super::spelling;
use crate::protocol::ErrorCode;
use crate::reference::field::{self, FieldError};
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;
use crate::reference::wechat::Reply;
use crate::reference::{Fault, random};

/// The person that a client without a valid code is taken for, unless it is somebody who logged in before.
pub(super) const VISITOR: &str = "o_visitor";

/// How long a fault about simultaneous requests waits for the other one.
const TWIN_PATIENCE: Duration = Duration::from_millis(100);

/// How much longer a fault waits for a WeChat that does not answer.
const SILENCE: Duration = Duration::from_secs(60);

type Outcome = Result<String, Refusal>;

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
    let Ok(code) = code else { return without_code(backend, query).await };
    if faults.has(Fault::ProfileDemanded) && field::only(query.as_bytes(), "userInfo").is_err() {
        let asked = backend.wechat.exchange(code).await;
        return Some(asked.and(Err(Refusal::CodeMalformed)));
    }
    if faults.has(Fault::CodeCached)
        && let Some(openid) = backend.memory().codes.get(code)
    {
        return Some(Ok(openid.clone()));
    }
    if faults.has(Fault::ConcurrentExchangeCoalesced) || faults.has(Fault::LateTwinForgiven) {
        let twin = enter(backend, code);
        sleep(TWIN_PATIENCE).await;
        if twin && faults.has(Fault::ConcurrentExchangeCoalesced) {
            return Some(result_of_twin(backend, code).await);
        }
    }
    asked_differently(backend, code).await
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
    if faults.has(Fault::EmptyCodeSentToWeChat) {
        // Only the question matters: a code that is missing is refused whatever the answer.
        let _unread = backend.wechat.exchange("").await;
    }
    None
}

/// Makes a person known whom WeChat never named.
fn admitted(backend: &Backend, openid: &str) -> String {
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

/// Asks WeChat in another way than the correct one.
async fn asked_differently(backend: &Backend, code: &str) -> Option<Outcome> {
    let (faults, wechat) = (&backend.settings.faults, &backend.wechat);
    let mut query = vec![("appid", wechat.app_id.as_str()), ("secret", &wechat.app_secret)];
    if faults.has(Fault::CodeCutAt32) && code.len() > 32 {
        query.push(("js_code", code.get(..32).unwrap_or(code)));
    } else if faults.has(Fault::CodeAppended) && code.contains('&') {
        let mut pairs = code.split('&');
        query.push(("js_code", pairs.next().unwrap_or_default()));
        query.extend(pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))));
    } else if faults.has(Fault::GrantTypeMissing) {
        query.push(("js_code", code));
    } else {
        return None;
    }
    if !faults.has(Fault::GrantTypeMissing) {
        query.push(("grant_type", "authorization_code"));
    }
    let reply = wechat.get("/sns/jscode2session", &query).await;
    let found = reply.as_ref().map_err(|refusal| *refusal).and_then(Reply::openid);
    let outcome = openid(backend, code, reply.as_ref().ok(), found).await;
    Some(outcome.map(|openid| admitted(backend, &openid)))
}

/// Changes what WeChat's reply amounts to.
pub(in crate::reference) async fn openid(
    backend: &Backend,
    code: &str,
    reply: Option<&Reply>,
    found: Outcome,
) -> Outcome {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return found;
    }
    if faults.has(Fault::ExchangedTwice) {
        // The second question is the fault; what it yields is not looked at.
        let _unread = backend.wechat.exchange(code).await;
    }
    let outcome = match misread(backend, reply.map(|reply| &reply.body), found) {
        Ok(openid) => admission(backend, code, openid, reply),
        Err(refusal) => forgiveness(backend, code, reply, refusal).await,
    };
    if faults.has(Fault::ConcurrentExchangeCoalesced) || faults.has(Fault::LateTwinForgiven) {
        leave(backend, code);
    }
    if faults.has(Fault::ExchangeResultShared)
        && let Ok(openid) = &outcome
    {
        backend.memory().current = Some(openid.clone());
        sleep(TWIN_PATIENCE).await;
        return backend.memory().current.clone().map_or(outcome, Ok);
    }
    outcome
}

/// Wants of a success what WeChat need not send, or cannot bear what it may send.
fn misread(backend: &Backend, reply: Option<&Value>, found: Outcome) -> Outcome {
    let faults = &backend.settings.faults;
    let has = |name| reply.is_some_and(|reply| reply.get(name).is_some());
    let unreadable = (faults.has(Fault::ErrcodeDemanded) && !has("errcode"))
        || (faults.has(Fault::AnyErrcodeRefused) && has("errcode"))
        || (faults.has(Fault::LegacyExpiresInDemanded) && !has("expires_in"));
    found.and_then(|openid| if unreadable { Err(Refusal::WeChatBroken) } else { Ok(openid) })
}

/// Refuses a person whom WeChat named, or hands out another openid.
fn admission(backend: &Backend, code: &str, openid: String, reply: Option<&Reply>) -> Outcome {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let lives = backend.store().grants.values().any(|grant| grant.openid == openid && now < grant.ends);
    let mut memory = backend.memory();
    let before = memory.last.replace(openid.clone());
    let is_first = memory.first.get_or_insert_with(|| openid.clone()) == &openid;
    memory.codes.insert(code.to_owned(), openid.clone());
    let person = memory.people.entry(openid.clone()).or_default();
    let reply = reply.map(|reply| reply.body.clone()).unwrap_or_default();
    person.same_key = person.reply.get("session_key") == reply.get("session_key");
    person.logins += 1;
    person.latest = now;
    person.reply = reply;
    person.tokens_since_login = 0;
    if (faults.has(Fault::FirstLoginRefused) && person.logins == 1)
        || (faults.has(Fault::OnlyFirstPerson) && !is_first)
        || (faults.has(Fault::UnchangedSessionKeyRefused) && person.same_key)
        || (faults.has(Fault::SecondLoginRefused) && person.logins > 1)
        || (faults.has(Fault::LiveTokenBlocksLogin) && lives)
        || (faults.has(Fault::UsedCodeLocksPerson) && person.locked)
        || std::mem::take(&mut person.upset)
        || (faults.has(Fault::UsedCodePoisonsNextLogin) && std::mem::take(&mut person.poisoned))
    {
        return Err(Refusal::PersonBlocked);
    }
    drop(memory);
    Ok(spelling::handed_out(backend, openid, before))
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
    let gave = memory.codes.get(code).cloned();
    let forgiven = match refusal {
        Refusal::CodeUsed => {
            if let Some(person) = gave.as_ref().and_then(|openid| memory.people.get_mut(openid)) {
                person.locked = true;
                person.poisoned = true;
            }
            let twin = faults.has(Fault::LateTwinForgiven) && memory.twins.contains(code);
            if twin || faults.has(Fault::UsedCodeTakenAsSuccess) { gave } else { None }
        }
        Refusal::CodeUnknown if faults.has(Fault::InvalidCodeInventsOpenid) => {
            random::text::<20>().ok().map(|text| format!("o{text}"))
        }
        Refusal::CodeUnknown if faults.has(Fault::InvalidCodeFirstPerson) => {
            Some(memory.first.clone().unwrap_or_else(|| VISITOR.to_owned()))
        }
        Refusal::PersonBlocked if faults.has(Fault::BlockedPersonAdmitted) => Some(VISITOR.to_owned()),
        Refusal::WeChatBroken => {
            let errcode = reply.and_then(|reply| reply.body.get("errcode"));
            let admitted = match reply {
                None => faults.has(Fault::BrokenWeChatAdmitsVisitor),
                Some(reply) if errcode.is_some() => {
                    faults.has(Fault::UnknownErrorAdmitted) && unlisted(reply).is_some()
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
        | Refusal::WeChatSilent => None,
    };
    forgiven.ok_or(refusal)
}

/// Returns the error number of a reply if it is in no table.
fn unlisted(reply: &Reply) -> Option<i32> {
    let number = reply.body.get("errcode")?.as_i64().and_then(|number| i32::try_from(number).ok())?;
    ErrorCode::from_number(number).is_none().then_some(number)
}
