//! Does the contract find openid and token in the answers to a good login?

use super::shape::shape;
use super::{Complaint, Look, Observed, State, Trouble, has, text_of};
use crate::backend::guess::{of_text, of_token};
use crate::backend::{Predicate, StepRole};
use crate::record::Answer;

/// Does the contract see that a good login is granted?
pub(super) fn login(seen: &Observed) -> State {
    let look = &seen.login;
    let Some(answer) = look.answer() else { return State::Unknown(tr!("there is no answer")) };
    let ok = seen.contract.dialect.as_ref().and_then(|dialect| dialect.first()).map(|step| &step.ok);
    if look.granted && look.accepted {
        return State::Well(tr!("a good login is granted, and the contract sees it"));
    }
    if look.granted {
        return State::Wrong(not_ok(answer, ok, "login"));
    }
    if seen.contract.asks_for_tokens()
        && let Some(place) = of_text(answer, &seen.openid)
    {
        let wanted = expected_places(seen, StepRole::Exchange, "openid");
        return State::Wrong(Complaint::new(
            Trouble::OpenidElsewhere,
            tr!(
                "the openid is not at {wanted}; it stands at {place}: {answer}",
                answer = shape(answer),
                wanted,
                place
            ),
            tr!("the openid at {wanted}", wanted),
            contract_advice(seen, &format!("capture = {{ openid = {place:?} }}")),
        ));
    }
    if let Some(complaint) = elsewhere(seen, answer) {
        return State::Wrong(complaint);
    }
    State::Wrong(refused(seen, answer))
}

/// Says where the token stands that the contract does not find.
fn elsewhere(seen: &Observed, answer: &Answer) -> Option<Complaint> {
    let (place, length) = of_token(answer, &seen.openid).filter(|_| answer.status < 400)?;
    let wanted = expected_places(seen, StepRole::Token, "token");
    let capture = format!("capture = {{ token = {place:?} }}");
    let line = if seen.contract.asks_for_tokens() && seen.token.is_none() {
        tr!("role = \"token\", without a second step, and {capture}", capture)
    } else {
        capture
    };
    Some(Complaint::new(
        Trouble::TokenElsewhere,
        tr!(
            "the token is not at {wanted}; {place} holds a text of {length} letters: {answer}",
            answer = shape(answer),
            wanted,
            place,
            length
        ),
        tr!("the token at {wanted}", wanted),
        contract_advice(seen, &line),
    ))
}

/// Says what a contract needs, and that there has to be one.
fn contract_advice(seen: &Observed, line: &str) -> String {
    if seen.contract.dialect.is_some() {
        return tr!("write into the login step of the contract: {line}", line);
    }
    tr!(
        "the backend does not speak the documented flow: write a contract (`wxconform contract --help`) whose login step has {line}",
        line
    )
}

/// Returns where the contract looks for a capture.
fn expected_places(seen: &Observed, role: StepRole, name: &str) -> String {
    let Some(dialect) = &seen.contract.dialect else {
        return match name {
            "openid" => seen.contract.openid_at.to_owned(),
            _ => seen.contract.token_at.to_owned(),
        };
    };
    let steps = dialect.login.iter().filter(|step| step.role == role || step.capture.contains_key(name));
    let mut places: Vec<String> = Vec::new();
    for place in steps.filter_map(|step| step.capture.get(name)).flatten().map(ToString::to_string) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if places.is_empty() { tr!("any place that the contract names") } else { places.join(&tr!(" or ")) }
}

/// Says in what an answer differs that grants something.
fn not_ok(answer: &Answer, ok: Option<&Predicate>, step: &str) -> Complaint {
    let objection = ok
        .and_then(|ok| ok.objection(answer))
        .unwrap_or_else(|| tr!("the status is {status}", status = answer.status));
    Complaint::new(
        Trouble::NotOk,
        tr!(
            "the answer brings what a login is granted with, but `ok` of the {step} step does not fit: {objection}",
            step,
            objection
        ),
        tr!("an answer that the contract takes for a yes"),
        tr!("make `ok` fit what a success looks like: {answer}", answer = shape(answer)),
    )
}

/// Says why a good login may be refused.
fn refused(seen: &Observed, answer: &Answer) -> Complaint {
    let text = text_of(answer);
    let advice = match () {
        () if has(&text, &["unionid"]) => tr!("it seems to want a unionid: `--set wechat.unionid=always`"),
        () if has(&text, &["expires_in"]) => {
            tr!("it seems to want expires_in in WeChat's answer: `[wechat] extra = { expires_in = 7200 }`")
        }
        () if has(&text, &["regist", "bind", "mobile", "phone", "注册", "绑定", "手机"]) => {
            tr!(
                "it seems to want people to be made known first: add a step with role = \"register\" and `when = { missing = \"token\" }`"
            )
        }
        () if has(&text, &["signature", "encrypteddata", "rawdata", "decrypt"]) => {
            tr!("it seems to want the signed or encrypted profile: `inputs = [\"profile_signed\"]`")
        }
        () if has(&text, &["tenant", "client"]) => {
            tr!("it seems to want a tenant or a client: [common.headers] or `vars` of the contract")
        }
        () if answer.status >= 500 => tr!(
            "the backend failed after WeChat had said yes: look into its log (database, cache, a parser that wants application/json)"
        ),
        () => {
            let ok = seen
                .contract
                .dialect
                .as_ref()
                .and_then(|dialect| dialect.first())
                .and_then(|step| step.ok.objection(answer));
            match ok {
                Some(objection) => tr!(
                    "`ok` objects that {objection}; look into the backend's log; the answer holds neither the openid nor anything like a token",
                    objection
                ),
                None => tr!(
                    "look into the backend's log; the answer holds neither the openid nor anything like a token"
                ),
            }
        }
    };
    Complaint::new(
        Trouble::GoodLoginRefused,
        tr!("a good login is refused although WeChat said yes: {answer}", answer = shape(answer)),
        tr!("a granted login"),
        advice,
    )
}

/// Does the contract find the token?
pub(super) fn token(seen: &Observed) -> State {
    let Some(look) = token_look(seen) else { return State::Unknown(tr!("no token was asked for")) };
    let (look, asked) = look;
    let Some(answer) = look.answer() else {
        return State::Wrong(Complaint::new(
            Trouble::TokenRefused,
            tr!("no answer came to the token request"),
            tr!("a token"),
            tr!("look into the backend's log"),
        ));
    };
    if look.token.is_truthy() {
        let step = seen.contract.dialect.as_ref().and_then(|dialect| dialect.token_request());
        if asked && !look.accepted {
            return State::Wrong(not_ok(answer, step.map(|step| &step.ok), "token"));
        }
        let length = look.token.to_js_string().map(|text| text.len()).unwrap_or_default();
        return State::Well(tr!("the contract finds a token of {length} letters", length));
    }
    if let Some(complaint) = elsewhere(seen, answer) {
        return State::Wrong(complaint);
    }
    let request = &look.exchange.request;
    let path = request
        .url
        .strip_prefix(seen.url.as_str())
        .unwrap_or(&request.url)
        .split('?')
        .next()
        .unwrap_or_default();
    let advice = match answer.status {
        401 | 403 if asked => tr!(
            "the client's name and password may be others: `--set vars.client=NAME --set vars.client_secret=PASSWORD`"
        ),
        404 | 405 => tr!(
            "the path or the method of the token request differs: write the token step into a contract; if one request does all, leave the second step out"
        ),
        400 | 415 | 422 => tr!(
            "compare the parameters of the token request, and where they travel, with what the backend reads"
        ),
        _ => tr!("look into the backend's log"),
    };
    State::Wrong(Complaint::new(
        Trouble::TokenRefused,
        tr!(
            "no token comes of {method} {path}: {answer}",
            method = request.method,
            answer = shape(answer),
            path
        ),
        tr!("a token at {wanted}", wanted = expected_places(seen, StepRole::Token, "token")),
        advice,
    ))
}

/// Returns the answer that brings the token, and whether it was asked for by a request of its own.
pub(super) fn token_look(seen: &Observed) -> Option<(&Look, bool)> {
    if seen.contract.asks_for_tokens() {
        seen.token.as_ref().map(|look| (look, true))
    } else {
        Some((&seen.login, false))
    }
}
