//! What does the contract find in an answer?

use std::sync::Arc;

use super::encore::turns_away;
use super::logouts::LOGOUT;
use super::renewals::RENEWAL;
use super::sessions::CHECK;
use crate::backend::{
    Contract, Dialect, Expiry, Guarded, Predicate, Refresh, Source, StepRole, Target, at, at_exactly, body_of,
};
use crate::checks::Reply;
use crate::expiry::{Clock as _, SystemClock, UnixMillis, Value};
use crate::record::{Answer, Exchange};

/// Reads an exchange by the contract.
pub(crate) fn read(contract: &Contract, target: &Target, exchange: Arc<Exchange>) -> Reply {
    if let Some(guarded) = asks_about_session(contract, &exchange) {
        // A page that a browser is sent to afterwards need not be there for a mini program, where a redirect is what the
        // contract calls a success.
        let led = |answer: &Answer| !guarded.ok.status.is_empty() && guarded.ok.fits(answer);
        let accepted = exchange.answer().is_ok_and(|answer| guarded.ok.fits(answer))
            || exchange.redirects.iter().any(|redirect| led(&redirect.answer));
        let limited = exchange.answer().is_ok_and(|answer| turns_away(contract, answer));
        return Reply { accepted, limited, ..nothing(exchange) };
    }
    let now = || target.time().shown().unwrap_or_else(|| SystemClock.now());
    let of_exchange = exchange.purpose.starts_with(contract.exchange.purpose);
    let Ok(answer) = exchange.answer() else { return nothing(exchange) };
    let body = body_of(answer);
    let lifetime = match &contract.expiry {
        None => at(&body, contract.lifetime_at),
        Some(expiry) => lifetime(expiry, contract, answer, now()),
    };
    if let (RENEWAL, Refresh::Call { ok, capture, .. }) =
        (exchange.purpose.as_str(), &contract.spoken.refresh)
    {
        let places = capture.get("token").map(Vec::as_slice).unwrap_or_default();
        let token = token_at(&contract.spoken, places, answer, &body, ok.fits(answer));
        let lifetime =
            if lifetime.is_truthy() { lifetime } else { moved_lifetime(contract, places, answer, now()) };
        let type_at = places.first().map(|place| beside(&place.to_string(), "token_type"));
        return Reply {
            accepted: ok.fits(answer),
            limited: turns_away(contract, answer),
            token,
            token_type: type_at.map_or(Value::Undefined, |pointer| at(&body, &pointer)),
            lifetime,
            error: at(&body, "/error"),
            ..nothing(Arc::clone(&exchange))
        };
    }
    match &contract.dialect {
        None => {
            let openid = at(&body, contract.openid_at);
            // The documented client looks at the status of an exchange to the letter.
            let accepted =
                if of_exchange { answer.status == 200 } else { (200..300).contains(&answer.status) };
            Reply {
                granted: openid.is_truthy(),
                names_openid: true,
                limited: turns_away(contract, answer),
                accepted,
                openid,
                token: at(&body, contract.token_at),
                token_type: at(&body, &beside(contract.token_at, "token_type")),
                lifetime,
                data: at_exactly(answer, &body, contract.data_at),
                error: at(&body, "/error"),
                exchange,
            }
        }
        Some(dialect) => read_by(dialect, contract, lifetime, exchange),
    }
}

/// Returns what a session is asked about with, where an exchange does that.
fn asks_about_session<'a>(contract: &'a Contract, exchange: &Exchange) -> Option<&'a Guarded> {
    match exchange.purpose.as_str() {
        CHECK => contract.spoken.check.as_ref(),
        LOGOUT => contract.spoken.logout.as_ref(),
        _ => None,
    }
}

/// Reads the answer of a backend that has a dialect.
fn read_by(dialect: &Dialect, contract: &Contract, lifetime: Value, exchange: Arc<Exchange>) -> Reply {
    let Ok(answer) = exchange.answer() else { return nothing(exchange) };
    let body = body_of(answer);
    let find = |sources: &[Source]| {
        sources.iter().map(|source| source.find_in(answer, &body)).find(Value::is_truthy).unwrap_or_default()
    };
    let of_info = exchange.purpose.starts_with(contract.user_info.purpose);
    let of_exchange = exchange.purpose.starts_with(contract.exchange.purpose);
    let step = match dialect.token_request() {
        Some(step) if !of_exchange => Some(step),
        Some(_) | None => dialect.first(),
    };
    let ok: Option<&Predicate> = match &dialect.user_info {
        Some(guarded) if of_info => Some(&guarded.ok),
        Some(_) | None => step.map(|step| &step.ok),
    };
    let accepted = ok.is_none_or(|ok| ok.fits(answer));
    let tokens = dialect.login.iter().filter_map(|step| step.capture.get("token"));
    let tokens: Vec<Source> = tokens.flatten().cloned().collect();
    let token = token_at(dialect, &tokens, answer, &body, accepted);
    let key = dialect.token_request_key().filter(|_| of_exchange);
    let key = key.and_then(|key| dialect.first()?.capture.get(key));
    let shown = if of_info { Value::Undefined } else { find(&dialect.openid) };
    // What a token is asked for with takes the place of the openid wherever it is one.
    let openid = key.map_or_else(|| shown.clone(), |sources| find(sources));
    let granted = openid.is_truthy() || token.is_truthy();
    // Where user info alone shows the openid, a login that is silent about it is as good as any.
    let names_openid =
        key.map_or_else(|| dialect.shows_openid() || shown.is_truthy(), |key| *key == dialect.openid);
    let beside = tokens.first().map(|source| beside(&source.to_string(), "token_type"));
    // Elsewhere the same place may hold something else, or be the whole answer.
    let data = dialect
        .user_info
        .as_ref()
        .filter(|_| of_info)
        .map(|guarded| at_exactly(answer, &body, &guarded.data));
    Reply {
        granted,
        names_openid,
        limited: turns_away(contract, answer),
        accepted,
        openid,
        token,
        token_type: beside.map_or(Value::Undefined, |pointer| at(&body, &pointer)),
        lifetime,
        data: data.unwrap_or_default(),
        error: at(&body, "/error"),
        exchange,
    }
}

/// Returns the token in an answer. Many backends give everybody a cookie, also whom they refuse: that opens nothing, and
/// counts only where the answer is a success.
fn token_at(dialect: &Dialect, places: &[Source], answer: &Answer, body: &Value, accepted: bool) -> Value {
    let refused = !accepted || answer.status >= 400;
    let counts = |place: &&Source| !(refused && matches!(place, Source::Cookie(_)));
    let found = places.iter().filter(counts).map(|place| place.find_in(answer, body)).find(Value::is_truthy);
    without_scheme(dialect, found.unwrap_or_default())
}

/// Returns a token without the scheme in front of it, where the contract puts that there by itself.
pub(crate) fn without_scheme(dialect: &Dialect, token: Value) -> Value {
    let (Value::String(text), Some(scheme)) = (&token, dialect.scheme()) else { return token };
    let text = text.to_string_lossy();
    match text.split_once(' ') {
        Some((theirs, rest)) if theirs.eq_ignore_ascii_case(scheme) => Value::from(rest.trim_start()),
        Some(_) | None => token,
    }
}

/// Returns the lifetime in the answer to a renewal which has another shape than that to a login: it stands where it does in
/// that, beside the token or in it.
fn moved_lifetime(contract: &Contract, renewed: &[Source], answer: &Answer, now: UnixMillis) -> Value {
    let Some(Expiry::Told { from: Source::Body(from), unit }) = &contract.expiry else {
        return Value::Undefined;
    };
    let steps = contract.spoken.login.iter().filter_map(|step| step.capture.get("token")).flatten();
    let issued =
        steps.filter_map(|place| if let Source::Body(pointer) = place { Some(pointer) } else { None });
    let object =
        |pointer: &str| pointer.rsplit_once('/').map_or(String::new(), |(object, _)| object.to_owned());
    let mut found = issued.flat_map(|issued| {
        renewed.iter().filter_map(move |renewed| {
            let Source::Body(renewed) = renewed else { return None };
            let moved = match from.strip_prefix(&object(issued)) {
                _ if from == issued => renewed.clone(),
                Some(member) if member.matches('/').count() == 1 => format!("{}{member}", object(renewed)),
                Some(_) | None => return None,
            };
            let told = Expiry::Told { from: Source::Body(moved), unit: unit.clone() }.seconds(answer, now);
            Some(told).filter(Value::is_truthy)
        })
    });
    found.next().unwrap_or_default()
}

/// Returns how long the token in an answer lives, in seconds, as far as it is told.
fn lifetime(expiry: &Expiry, contract: &Contract, answer: &Answer, now: UnixMillis) -> Value {
    let found = expiry.seconds(answer, now);
    let is_documented = contract.dialect.is_none();
    // What the documented client adds to its clock is judged as it stands.
    if let (true, Expiry::Told { from, unit: crate::backend::LifetimeUnit::Seconds }) =
        (is_documented, expiry)
    {
        return from.find(answer);
    }
    found
}

/// Reads what got no answer.
fn nothing(exchange: Arc<Exchange>) -> Reply {
    Reply {
        granted: false,
        names_openid: false,
        limited: false,
        accepted: false,
        openid: Value::Undefined,
        token: Value::Undefined,
        token_type: Value::Undefined,
        lifetime: Value::Undefined,
        data: Value::Undefined,
        error: Value::Undefined,
        exchange,
    }
}

/// Tells whether somebody who was let in has to be made known first, and by which step.
pub(crate) fn due_step<'a>(dialect: &'a Dialect, reply: &Reply) -> Option<&'a crate::backend::Step> {
    use crate::backend::When;

    let answer = reply.exchange.answer().ok()?;
    let body = body_of(answer);
    dialect.conditional().find(|step| match &step.when {
        When::Always => false,
        When::Saw(looks) => looks.fits(answer),
        When::Missing(name) => {
            let before = dialect.login.iter().filter(|other| other.role != StepRole::Register);
            let places = before.filter_map(|other| other.capture.get(name)).flatten();
            let missing = !places.into_iter().any(|source| source.find_in(answer, &body).is_truthy());
            // Who is refused altogether has nothing to be made known for.
            missing && dialect.first().is_some_and(|first| first.ok.fits(answer))
        }
    })
}

/// Returns the JSON pointer to a member of the same object.
fn beside(pointer: &str, name: &str) -> String {
    let object = pointer.rsplit_once('/').map_or("", |(object, _)| object);
    format!("{object}/{name}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{LOGOUT, RENEWAL, beside, read};
    use crate::backend::{Contract, Target, TimeControl};
    use crate::checks::Reply;
    use crate::expiry::Value;
    use crate::protocol::OpenId;
    use crate::record::{Answer, Exchange, Headers, Leg, Outcome, Redirect, Request};

    /// Reads the answer to a good login by a contract of one step, which captures this.
    fn login(captured: &str, body: &str) -> Reply {
        let text = format!(
            "[[login]]\nrole = \"token\"\nrequest = \"POST in\"\njson = {{ code = \"{{code}}\" }}\n\
             capture = {{ token = \"/token\"{captured} }}\n[identity]\nopenid = \"/openid\""
        );
        answered(&text, None, &[(200, &[], body)])
    }

    /// Status, header fields and body.
    type Said<'a> = (u16, &'a [(&'a str, &'a str)], &'a str);

    /// Reads the answers to a request of this purpose, the last of them being what the others led to.
    fn answered(text: &str, purpose: Option<&str>, answers: &[Said<'_>]) -> Reply {
        let contract = Contract::parse("mine", "mine.toml", text, &[]).unwrap().contract;
        let target = Target::new("http://127.0.0.1:1", TimeControl::Wait(Duration::ZERO)).unwrap();
        let answer = |(status, fields, body): &Said<'_>| {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let headers = Headers::new(fields.collect());
            Answer { status: *status, headers, body: body.as_bytes().to_vec(), cut: false }
        };
        let (method, url) = ("POST".to_owned(), "http://127.0.0.1:1/".to_owned());
        let (last, led) = answers.split_last().unwrap();
        let to = "http://127.0.0.1:1/page".to_owned();
        let exchange = Exchange {
            leg: Leg::PhoneToBackend,
            actor: "Alice".to_owned(),
            purpose: purpose.unwrap_or(contract.exchange.purpose).to_owned(),
            at: Duration::ZERO,
            took: Duration::ZERO,
            request: Request { method, url, headers: Headers::default(), body: Vec::new() },
            redirects: led.iter().map(|led| Redirect { answer: answer(led), to: to.clone() }).collect(),
            outcome: Outcome::Answered(answer(last)),
        };
        read(&contract, &target, Arc::new(exchange))
    }

    /// Reads the answer to a logout that is a redirect to a page, by a contract that says so about a success.
    fn led_elsewhere(ok: &str, page: (u16, &str)) -> bool {
        let text = format!("[logout]\nrequest = \"POST out\"\n{ok}");
        answered(&text, Some(LOGOUT), &[(302, &[], ""), (page.0, &[], page.1)]).accepted
    }

    #[test]
    fn a_cookie_is_a_token_only_where_it_is_set_by_a_success() {
        let text = "[[login]]\nrole = \"token\"\nrequest = \"POST in\"\njson = { code = \"{code}\" }\n\
                    ok = { absent = \"/error\" }\ncapture = { token = \"cookie:sid\" }\n\
                    [refresh]\nmode = \"request\"\nrequest = \"PUT in\"\nwith_session = true\n\
                    capture = { token = \"cookie:sid\" }";
        for purpose in [None, Some(RENEWAL)] {
            let has_token = |status, cookie: &str, body| {
                answered(text, purpose, &[(status, &[("Set-Cookie", cookie)], body)]).token.is_truthy()
            };
            assert!(has_token(200, "sid=a1; Path=/; Max-Age=60", "{}"));
            assert!(has_token(200, "sid=a1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "{}"));
            // Whom a backend refuses, it may give a cookie that stands for nobody.
            assert!(!has_token(401, "sid=a1; Path=/", "{}"));
            for gone in [
                "sid=deleted; Max-Age=0",
                "sid=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT",
                "sid=\"\"; Path=/",
                "sid=",
            ] {
                assert!(!has_token(200, gone, "{}"), "{gone}");
            }
        }
        assert!(!answered(text, None, &[(200, &[("Set-Cookie", "sid=a1")], r#"{"error":1}"#)]).granted);
    }

    #[test]
    fn a_lifetime_stands_beside_the_token_wherever_a_renewal_has_it() {
        let told = |expiry: &str, renewed: &str, body: &str| {
            let text = format!(
                "[[login]]\nrole = \"token\"\nrequest = \"POST in\"\njson = {{ code = \"{{code}}\" }}\n\
                 capture = {{ token = \"/data/token\" }}\n[expiry]\n{expiry}\n[refresh]\nmode = \"request\"\n\
                 request = \"PUT in\"\nwith_session = true\ncapture = {{ token = \"{renewed}\" }}"
            );
            answered(&text, Some(RENEWAL), &[(200, &[], body)]).lifetime
        };
        let beside = "from = \"/data/ttl\"";
        let seconds = Value::from(5.0);
        assert_eq!(told(beside, "/data/token", r#"{"data":{"token":"t","ttl":5}}"#), seconds);
        assert_eq!(told(beside, "/token", r#"{"token":"t","ttl":5}"#), seconds);
        assert_eq!(told(beside, "/a/b/token", r#"{"a":{"b":{"token":"t","ttl":5}}}"#), seconds);
        // What stands elsewhere, or nowhere, is not looked for.
        assert_eq!(told("from = \"/ttl\"", "/token", r#"{"token":"t"}"#), Value::Undefined);
        let inside = told(
            "from = \"/data/token\"\nunit = \"jwt_exp\"",
            "/token",
            r#"{"token":"e30.eyJleHAiOjF9.c2ln"}"#,
        );
        assert!(matches!(inside, Value::Number(ended) if ended < 0.0), "{inside:?}");
    }

    #[test]
    fn a_redirect_is_a_success_where_the_contract_names_its_status_and_nowhere_else() {
        assert!(!led_elsewhere("", (404, "")) && led_elsewhere("", (200, "")));
        assert!(led_elsewhere("ok = { status = 302 }", (404, "")));
        // What a redirect has no body to say does not count for it.
        let differs = "ok = { differs = { \"/code\" = 401 } }";
        assert!(
            !led_elsewhere(differs, (200, r#"{"code":401}"#))
                && led_elsewhere(differs, (200, r#"{"code":0}"#))
        );
    }

    #[test]
    fn a_login_that_captures_no_openid_grants_by_its_token() {
        let silent = login("", r#"{"token":"t"}"#);
        assert!(silent.granted && silent.leads_to(&OpenId::new("oA")), "user info alone shows the openid");
        let telling = login("", r#"{"token":"t","openid":"oB"}"#);
        assert!(
            telling.leads_to(&OpenId::new("oB")) && !telling.leads_to(&OpenId::new("oA")),
            "what is there is believed"
        );
        let captured = ", openid = \"/user/openid\"";
        assert!(login(captured, r#"{"token":"t","user":{"openid":"oA"}}"#).leads_to(&OpenId::new("oA")));
        assert!(
            !login(captured, r#"{"token":"t","openid":"oA"}"#).leads_to(&OpenId::new("oA")),
            "it is promised elsewhere"
        );
    }

    #[test]
    fn a_member_is_looked_for_in_the_same_object() {
        assert_eq!(beside("/access_token", "token_type"), "/token_type");
        assert_eq!(beside("/data/token", "token_type"), "/data/token_type");
    }
}
