//! Judgements on what becomes of bad input.

use super::debug_output::debug_output;
use super::{Judgement, Reply, exchange_granted, is_error, token_granted};
use crate::language::translated;
use crate::record::{FailureKind, Finding, Outcome};

/// A login that followed bad input.
#[derive(Clone, Debug)]
pub struct LoginAfter {
    /// What was sent before, such as `a NUL`.
    pub input: String,
    /// The answer to the code exchange.
    pub exchange: Reply,
    /// The answer to the token request; absent when there was no openid to ask with.
    pub token: Option<Reply>,
}

/// Judges that no answer is a server error. `ordinary` is the answer to the same request without the bad input:
/// when that is a server error already, it is not the input that caused the others.
///
/// A connection that is dropped is no server error; whether the backend is still there, a later login shows.
pub fn never_a_server_error(ordinary: &Reply, replies: &[Reply]) -> Judgement {
    if is_server_error(ordinary) || ordinary.exchange.answer().is_err() {
        let seen = ordinary.describe();
        return Judgement::CannotTell(tr!("without any bad input it is answered with {seen}", seen));
    }
    let wrong: Vec<&Reply> = replies.iter().filter(|reply| is_server_error(reply)).collect();
    if let Some(first) = wrong.first() {
        let (purpose, seen) = (first.exchange.purpose_said(), first.describe());
        let actual = tr!(
            "{purpose}: {seen} ({count} of {all} such requests)",
            purpose,
            seen,
            count = wrong.len(),
            all = replies.len()
        );
        let finding = Finding::new(tr!("no status of 500 or more"), actual);
        return Judgement::Broken(finding).shown_by([&*first.exchange]);
    }
    Judgement::all(
        replies.iter().map(|reply| no_answer(reply).map_or(Judgement::Kept, Judgement::CannotTell)),
    )
}

fn is_server_error(reply: &Reply) -> bool {
    !reply.limited && reply.status().is_some_and(|status| status >= 500)
}

/// Says why it is not known how a request would have been answered. A dropped connection is an answer of sorts.
fn no_answer(reply: &Reply) -> Option<String> {
    match &reply.exchange.outcome {
        Outcome::Failed(failure) if failure.kind == FailureKind::TimedOut => Some(failure.to_string()),
        Outcome::Failed(_) | Outcome::Answered(_) => reply.inconclusive(),
    }
}

/// Judges that every login succeeded.
pub fn logins_succeed(logins: &[LoginAfter]) -> Judgement {
    Judgement::all(logins.iter().map(|login| {
        let exchanged = exchange_granted(&login.exchange).shown_by([&*login.exchange.exchange]);
        let judgement = exchanged.and(|| match &login.token {
            Some(token) => token_granted(token).shown_by([&*token.exchange]),
            None => Judgement::CannotTell(tr!("no token was asked for")),
        });
        match judgement {
            Judgement::Broken(finding) => Judgement::Broken(Finding {
                expected: tr!(
                    "{expected} in the login after {input}",
                    expected = finding.expected,
                    input = translated(&login.input)
                ),
                ..finding
            }),
            Judgement::Kept | Judgement::CannotTell(_) => judgement,
        }
    }))
}

/// Judges that a body which is far too long got an answer, or was cut off.
pub fn not_waited_for(reply: &Reply) -> Judgement {
    no_answer(reply).map_or(Judgement::Kept, Judgement::CannotTell)
}

/// Judges that no answer shows the inside of the backend. What is no error shows nothing by accident either,
/// so the status does not matter.
pub fn nothing_of_the_inside(replies: &[Reply]) -> Judgement {
    let look = |reply: &Reply| {
        let what = translated(reply.exchange.answers().find_map(debug_output)?);
        let purpose = reply.exchange.purpose_said();
        Some(tr!("{what}, {purpose}: {seen}", what, purpose, seen = reply.describe()))
    };
    let shown: Vec<(&Reply, String)> =
        replies.iter().filter_map(|reply| Some((reply, look(reply)?))).collect();
    if let Some((reply, first)) = shown.first() {
        let actual =
            tr!("{first} ({count} of {all} answers)", first, count = shown.len(), all = replies.len());
        return Judgement::Broken(Finding::new(translated(INSIDE), actual)).shown_by([&*reply.exchange]);
    }
    if replies.iter().any(is_error) {
        Judgement::Kept
    } else {
        Judgement::CannotTell(tr!("no answer was an error"))
    }
}

/// What an error answer must be.
pub const INSIDE: &str = mark!("error answers without a stack trace, file path, SQL or debug page");

/// Judges that a wrong method is refused as HTTP says (RFC 9110 section 15.5.6): 405, or 404 where the path is
/// known by its method.
///
/// 501 says that the server knows the method nowhere (section 15.6.2), which may be true of all but the two
/// methods of the flow. 400 says that the request was refused before anybody looked for what serves it, as a firewall
/// does with methods, and a parser with a declared body that is not there; 415 that it was refused for the type of its body
/// (section 15.5.16), which a method has for which the contract knows none. Where `others_may_exist`, a method is not
/// wrong that a refusal of another one declares as allowed: a profile may well be changed by PUT at the place where it
/// is read.
pub fn method_refused(replies: &[Reply], others_may_exist: bool) -> Judgement {
    let declared = if others_may_exist { declared_methods(replies) } else { Vec::new() };
    Judgement::of_each(replies, |reply| {
        let method = reply.exchange.request.method.as_str();
        let unknown = reply.status() == Some(501) && !matches!(method, "GET" | "POST");
        if unknown || matches!(reply.status(), Some(400 | 404 | 405 | 415)) || declared.contains(&method) {
            return Judgement::Kept;
        }
        match (reply.inconclusive(), &reply.exchange.outcome) {
            (Some(reason), _) => Judgement::CannotTell(reason),
            (None, Outcome::Failed(failure)) => Judgement::CannotTell(failure.to_string()),
            (None, Outcome::Answered(_)) => Judgement::Broken(Finding::new(
                tr!("404 or 405 for {method}", method),
                tr!("{purpose}: {seen}", purpose = reply.exchange.purpose_said(), seen = reply.describe()),
            )),
        }
    })
}

/// Returns the methods that refusals of others declare as allowed (RFC 9110 section 10.2.1).
///
/// TRACE is often refused by a server that does not know the handler behind it, and lists all there is.
fn declared_methods(replies: &[Reply]) -> Vec<&str> {
    let refusals = replies
        .iter()
        .filter(|reply| reply.status() == Some(405) && reply.exchange.request.method.as_str() != "TRACE");
    refusals
        .flat_map(|reply| reply.headers("allow"))
        .flat_map(|list| list.split(',').map(str::trim))
        .collect()
}

/// Judges that a request with a parameter that means nothing was granted all the same: `with` says how it went,
/// and `without` how it went afterwards without the parameter, which is tried only where it was not granted.
///
/// Who does not get it without the parameter either is not refused because of it.
pub fn granted_all_the_same(with: Judgement, without: Option<&Judgement>) -> Judgement {
    let reason = match without {
        Some(Judgement::Kept) => None,
        Some(Judgement::Broken(finding)) => {
            Some(tr!("it is not granted without the parameter either: {}", finding.actual))
        }
        Some(Judgement::CannotTell(reason)) => Some(reason.clone()),
        None => Some(tr!("it was not tried without the parameter")),
    };
    with.unless(reason)
}

/// Judges that nothing that was sent became a field of an answer, or another answer. `name` is the name of the
/// field that was sent within a value.
pub fn nothing_injected(replies: &[Reply], name: &str) -> Judgement {
    Judgement::of_each(replies, |reply| {
        let purpose = reply.exchange.purpose_said();
        if reply.exchange.answers().any(|answer| answer.headers.get(name).is_some()) {
            let actual =
                tr!("{purpose}: the answer has a field {name}, which was sent within a value", purpose, name);
            return Judgement::Broken(Finding::new(tr!("no field of the answer made from input"), actual));
        }
        // Whatever a body quotes of the input, it does not begin like an answer of HTTP.
        if reply.exchange.answers().any(|answer| answer.body.starts_with(b"HTTP/1.1 ")) {
            let actual =
                tr!("{purpose}: the body begins like another answer, which was sent within a value", purpose);
            return Judgement::Broken(Finding::new(tr!("one answer to one request"), actual));
        }
        match &reply.exchange.outcome {
            // Who cannot make an answer from the input has not let it become one.
            Outcome::Failed(failure) if failure.kind == FailureKind::Broken => Judgement::Kept,
            Outcome::Failed(failure) => Judgement::CannotTell(failure.to_string()),
            Outcome::Answered(_) => Judgement::Kept,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{
        LoginAfter, granted_all_the_same, logins_succeed, method_refused, never_a_server_error,
        not_waited_for, nothing_injected, nothing_of_the_inside,
    };
    use crate::checks::reply::examples::{answered, answered_with, failed};
    use crate::checks::{Judgement, Reply};
    use crate::record::{FailureKind, Finding, Outcome};

    fn broken(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Broken(_))
    }

    fn doubtful(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::CannotTell(_))
    }

    fn by(method: &str, reply: &Reply) -> Reply {
        let mut exchange = (*reply.exchange).clone();
        exchange.request.method = method.to_owned();
        Reply { exchange: Arc::new(exchange), ..reply.clone() }
    }

    #[test]
    fn bad_input_may_be_refused_or_cut_off_but_not_break_the_server() {
        let ordinary = answered(400, "{}");
        let kept = [answered(400, "{}"), answered(431, ""), answered(200, "{}"), failed(FailureKind::Broken)];
        assert_eq!(never_a_server_error(&ordinary, &kept), Judgement::Kept);
        let Judgement::Broken(finding) =
            never_a_server_error(&ordinary, &[answered(400, ""), answered(500, "x"), answered(502, "")])
        else {
            panic!("500 is a server error")
        };
        assert_eq!(finding.actual, "token: 500 x (2 of 3 such requests)");
        assert!(doubtful(&never_a_server_error(&ordinary, &[answered(429, "")])));
        assert!(doubtful(&never_a_server_error(&ordinary, &[failed(FailureKind::TimedOut)])));
        assert!(doubtful(&never_a_server_error(&ordinary, &[])));
    }

    #[test]
    fn where_everything_is_a_server_error_the_input_is_not_the_cause() {
        assert!(doubtful(&never_a_server_error(&answered(500, ""), &[answered(500, "")])));
        assert!(doubtful(&never_a_server_error(&failed(FailureKind::Broken), &[answered(500, "")])));
    }

    #[test]
    fn a_login_is_an_openid_and_a_token() {
        let openid = answered(200, r#"{"data":{"openid":"o1"}}"#);
        let login = |exchange: &Reply, token: Option<Reply>| {
            logins_succeed(&[LoginAfter { input: "a NUL".to_owned(), exchange: exchange.clone(), token }])
        };
        assert_eq!(login(&openid, Some(answered(200, r#"{"access_token":"t"}"#))), Judgement::Kept);
        let Judgement::Broken(finding) = login(&openid, Some(answered(500, ""))) else { panic!("no token") };
        assert!(finding.expected.ends_with("after a NUL"), "{}", finding.expected);
        assert!(broken(&login(&answered(500, ""), None)));
        assert!(broken(&login(&failed(FailureKind::Broken), None)));
        assert!(doubtful(&login(&failed(FailureKind::Unreachable), None)));
        assert!(doubtful(&logins_succeed(&[])));
    }

    #[test]
    fn a_body_that_is_too_long_may_be_cut_off() {
        for kept in [answered(413, ""), answered(200, "{}"), failed(FailureKind::Broken)] {
            assert_eq!(not_waited_for(&kept), Judgement::Kept);
        }
        assert!(doubtful(&not_waited_for(&failed(FailureKind::TimedOut))));
    }

    #[test]
    fn the_inside_is_shown_by_any_answer_and_hidden_by_errors_only() {
        let trace = r#"{"trace":"at com.shop.Login.code(Login.java:42)"}"#;
        assert!(broken(&nothing_of_the_inside(&[answered(400, "{}"), answered(200, trace)])));
        let token = || answered(200, r#"{"access_token":"t"}"#);
        assert_eq!(nothing_of_the_inside(&[answered(400, "{}"), token()]), Judgement::Kept);
        // An envelope that refuses is an error as well.
        let refused = answered(200, r#"{"code":500,"msg":"system error"}"#);
        assert_eq!(nothing_of_the_inside(&[refused]), Judgement::Kept);
        assert!(doubtful(&nothing_of_the_inside(&[token(), failed(FailureKind::Broken)])));
    }

    #[test]
    fn a_wrong_method_is_405_or_404_and_501_where_it_is_known_nowhere() {
        let judged = |method: &str, status| method_refused(&[by(method, &answered(status, "{}"))], true);
        for (method, status) in [("POST", 405), ("DELETE", 404), ("PUT", 415), ("PATCH", 501), ("TRACE", 501)]
        {
            assert_eq!(judged(method, status), Judgement::Kept, "{method} {status}");
        }
        for (method, status) in [("POST", 501), ("GET", 501), ("DELETE", 500), ("PUT", 200), ("PUT", 401)] {
            assert!(broken(&judged(method, status)), "{method} {status}");
        }
        assert!(doubtful(&judged("PUT", 429)));
        assert!(doubtful(&method_refused(&[failed(FailureKind::Broken)], true)));
    }

    #[test]
    fn a_method_that_a_refusal_declares_is_not_wrong_where_others_may_exist() {
        let refused = |method: &str, allow: &str| by(method, &answered_with(405, &[("Allow", allow)], "{}"));
        let put = by("PUT", &answered(200, "{}"));
        let judged = |refusal: Reply, others| method_refused(&[put.clone(), refusal], others);
        assert_eq!(judged(refused("DELETE", "GET, HEAD, PUT"), true), Judgement::Kept);
        assert!(broken(&judged(refused("DELETE", "GET, HEAD, PUT"), false)));
        assert!(broken(&judged(refused("DELETE", "GET, HEAD"), true)));
        assert!(broken(&judged(refused("TRACE", "GET, HEAD, PUT"), true)));
        assert!(broken(&judged(by("DELETE", &answered_with(404, &[("Allow", "PUT")], "{}")), true)));
    }

    #[test]
    fn a_parameter_is_to_blame_only_where_it_goes_without() {
        let no = || Judgement::Broken(Finding::new("an openid", "400"));
        let doubt = Judgement::CannotTell("429".to_owned());
        assert_eq!(granted_all_the_same(Judgement::Kept, None), Judgement::Kept);
        assert_eq!(granted_all_the_same(no(), Some(&Judgement::Kept)), no());
        for without in [Some(&no()), Some(&doubt), None] {
            assert!(doubtful(&granted_all_the_same(no(), without)), "{without:?}");
        }
        assert!(doubtful(&granted_all_the_same(doubt.clone(), Some(&Judgement::Kept))));
    }

    #[test]
    fn what_was_sent_is_no_field_and_no_answer() {
        let with = |name: &str, body: &str| {
            let reply = answered(400, body);
            let mut exchange = (*reply.exchange).clone();
            if let Outcome::Answered(answer) = &mut exchange.outcome {
                answer.headers.push(name, "1");
            }
            nothing_injected(&[Reply { exchange: Arc::new(exchange), ..reply }], "x-a1")
        };
        assert!(broken(&with("X-A1", "{}")));
        assert!(broken(&with("server", "HTTP/1.1 200 OK\r\n")));
        assert_eq!(with("x-request-id", r#"{"msg":"x\r\nX-A1: 1 is no code"}"#), Judgement::Kept);
        assert_eq!(nothing_injected(&[failed(FailureKind::Broken)], "x-a1"), Judgement::Kept);
        assert!(doubtful(&nothing_injected(&[failed(FailureKind::NotHttp)], "x-a1")));
    }
}
