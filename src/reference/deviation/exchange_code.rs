//! Faults in how WeChat is asked about a code: with which text of it, under which name, and how often.

use percent_encoding::percent_decode_str;

use super::exchange::Outcome;
use crate::reference::field;
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;
use crate::reference::wechat::Reply;
use crate::reference::{Fault, FaultSet};

/// An appid that WeChat does not know.
const NO_APP: &str = "wx0000000000000000";

/// Another app that the WeChat of a run knows, and its secret.
const OTHER_APP: [&str; 2] = ["wxfedcba9876543210", "fedcba9876543210fedcba9876543210"];

/// How many times a busy WeChat is asked by a fault.
const HAMMER: usize = 9;

/// How many times a full quota is met by a fault before it gives up.
const RETRIES: usize = 2;

/// Returns the code that a fault passes on in place of the one that was sent; `query` is what the client sent.
pub(super) fn altered(faults: &FaultSet, query: &str) -> Option<String> {
    let code = field::only(query.as_bytes(), "code").ok()?;
    let before = |mark: char| code.split(mark).next().unwrap_or_default().to_owned();
    let altered = if faults.has(Fault::CodeCutAt32) {
        code.get(..32).unwrap_or(&code).to_owned()
    } else if faults.has(Fault::CodeCutAt255) {
        code.get(..255).unwrap_or(&code).to_owned()
    } else if faults.has(Fault::CodeDecodedTwice) {
        percent_decode_str(&code).decode_utf8_lossy().into_owned()
    } else if faults.has(Fault::CodePlusUnescaped) {
        code.replace('+', " ")
    } else if faults.has(Fault::CodeFragmentCut) {
        before('#')
    } else if faults.has(Fault::CodeCleaned) {
        code.replace(|letter: char| letter.is_control() || "\"'`".contains(letter), "")
    } else if faults.has(Fault::CodeReducedToAscii) {
        code.replace(|letter: char| !letter.is_ascii(), "?")
    } else if faults.has(Fault::CodeSplitAtEquals) {
        before('=')
    } else if faults.has(Fault::CodeSplitAtSemicolon) {
        before(';')
    } else if faults.has(Fault::CodeCutAtNul) {
        before('\0')
    } else if faults.has(Fault::CodeTagsStripped) {
        code.replace("<b>", "")
    } else if faults.has(Fault::CodeSpacesRemoved) {
        code.replace(' ', "")
    } else if faults.has(Fault::CodeTakenForTemplate) {
        code.replace("APPID", NO_APP)
    } else if faults.has(Fault::CodeDollarExpanded) {
        code.replace("$&", "JSCODE")
    } else if faults.has(Fault::CodeBracesExpanded) {
        code.replace("{code}", "")
    } else if faults.has(Fault::CodePathResolved) {
        code.replace("/../", "/")
    } else {
        return None;
    };
    (altered != code).then_some(altered)
}

/// Asks WeChat in another way than the correct one; nothing when no fault wants that. `sent` is what the client sent.
pub(super) async fn asked(backend: &Backend, sent: &str, code: &str) -> Option<Result<Reply, Refusal>> {
    let (faults, wechat) = (&backend.settings.faults, &backend.wechat);
    let of_client = |name: &str, fault| field::only(sent.as_bytes(), name).ok().filter(|_| faults.has(fault));
    let appid = of_client("appid", Fault::AppidOfClient).or_else(|| of_client("appId", Fault::AppIdOfClient));
    if let Some(appid) = appid {
        return Some(ask_as(backend, [&appid, &wechat.app_secret], code).await);
    }
    let referred = backend.memory().referred.get(code).cloned();
    if let Some(appid) = referred {
        return Some(ask_as(backend, [&appid, &wechat.app_secret], code).await);
    }
    if let Some(secret) = of_client("secret", Fault::SecretOfClient) {
        return Some(ask_as(backend, [&wechat.app_id, &secret], code).await);
    }
    let purpose = of_client("grant_type", Fault::GrantTypeOfClient);
    let mut query = vec![("appid", wechat.app_id.as_str()), ("secret", wechat.app_secret.as_str())];
    let mut grant_type = Some("authorization_code");
    if faults.has(Fault::CodeAppended) && code.contains('&') {
        let mut pairs = code.split('&');
        query.push(("js_code", pairs.next().unwrap_or_default()));
        query.extend(pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))));
    } else if faults.has(Fault::CodeNamedTwice) {
        if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(Err(Refusal::CodeMalformed));
        }
        query.extend([("js_code", code), ("js_code", code)]);
    } else if faults.has(Fault::GrantTypeMissing) {
        query.push(("js_code", code));
        grant_type = None;
    } else if faults.has(Fault::GrantTypeOther) {
        query.push(("js_code", code));
        grant_type = Some("client_credential");
    } else if purpose.is_some() {
        query.push(("js_code", code));
        grant_type = purpose.as_deref();
    } else {
        return None;
    }
    query.extend(grant_type.map(|grant_type| ("grant_type", grant_type)));
    Some(wechat.get("/sns/jscode2session", &query).await)
}

/// Asks under a wrong name, or with a wrong secret, before the right question is put.
pub(super) async fn asked_wrongly_first(backend: &Backend, code: &str) {
    let (faults, wechat) = (&backend.settings.faults, &backend.wechat);
    if faults.has(Fault::OtherAppAskedFirst) {
        ask_as(backend, [NO_APP, &wechat.app_secret], code).await.ok();
    }
    if faults.has(Fault::OldSecretTriedFirst) {
        ask_as(backend, [&wechat.app_id, "0000"], code).await.ok();
    }
}

/// Asks again after a refusal; nothing when no fault wants that.
pub(super) async fn asked_again(
    backend: &Backend,
    code: &str,
    refusal: Refusal,
    reply: Option<&Reply>,
) -> Option<Outcome> {
    let faults = &backend.settings.faults;
    let number = reply.and_then(|reply| reply.body.get("errcode")?.as_i64());
    if faults.has(Fault::CodeOfOtherAppAccepted) && refusal == Refusal::CodeUnknown {
        let reply = ask_as(backend, OTHER_APP, code).await;
        return Some(reply.and_then(|reply| reply.openid()));
    }
    let times = match number {
        Some(-1) if faults.has(Fault::BusyWeChatHammered) => HAMMER,
        Some(45011) if faults.has(Fault::FullQuotaRetried) => RETRIES,
        _ => return None,
    };
    let mut outcome = Err(refusal);
    for _ in 0..times {
        outcome = backend.wechat.exchange(code).await.and_then(|reply| reply.openid());
        if outcome.is_ok() {
            break;
        }
    }
    Some(outcome)
}

async fn ask_as(backend: &Backend, [app, secret]: [&str; 2], code: &str) -> Result<Reply, Refusal> {
    let query = [("appid", app), ("secret", secret), ("js_code", code), ("grant_type", "authorization_code")];
    backend.wechat.get("/sns/jscode2session", &query).await
}
