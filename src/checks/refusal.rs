//! Was it refused?
//!
//! A refusal is an answer by which nothing was obtained: no openid, no token, no data. Its status alone
//! says nothing, because half of all backends answer 200 to everything. A connection that is dropped hands
//! out nothing either; what it does to the client is judged elsewhere.

use super::user_info::{is_identity, leaves, shows_person};
use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::record::{FailureKind, Outcome};

/// Judges that a code exchange handed out neither an openid nor a token.
pub fn exchange_refused(reply: &Reply) -> Judgement {
    unless_nobody_there(reply, || {
        let nothing = !reply.granted && !reply.token.is_truthy();
        // The answer that is shown has its tokens masked, so it is said what was found in it.
        let expected = if reply.openid.is_truthy() || !reply.token.is_truthy() {
            tr!("a refusal, without an openid")
        } else {
            tr!("a refusal, without a token")
        };
        Judgement::from_condition(nothing, expected, || reply.describe())
    })
}

/// Judges that a token request handed out no token.
pub fn no_token_issued(reply: &Reply) -> Judgement {
    unless_nobody_there(reply, || {
        Judgement::from_condition(!reply.token.is_truthy(), tr!("a refusal, without a token"), || {
            reply.describe()
        })
    })
}

/// Judges that a user-info request handed out no user info.
///
/// Under a status that says refused, `data` may hold an explanation, which the client requirement judges;
/// it must not be what the owner of the token is shown. Under a status that says success, any content of
/// `data` is user info to the client.
pub fn user_info_refused(reply: &Reply, owners: &Value) -> Judgement {
    // Who limits how often one may ask has not looked at what was presented.
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    unless_nobody_there(reply, || {
        let opened = if reply.accepted { !is_empty(&reply.data) } else { shows_person(&reply.data, owners) };
        Judgement::from_condition(!opened, tr!("a refusal, without user info"), || reply.describe())
    })
}

/// Judges that an answer shows nobody's user info, where it may well show something else: at another address, or by another
/// method. `owners` is what a person is shown.
pub fn shows_no_person(reply: &Reply, owners: &Value) -> Judgement {
    match user_info_refused(reply, owners) {
        Judgement::Broken(finding) if is_like(&reply.data, owners) => Judgement::Broken(finding),
        Judgement::Broken(_) => Judgement::Kept,
        judgement @ (Judgement::Kept | Judgement::CannotTell(_)) => judgement,
    }
}

/// Tells whether a value has an identity where the person has one; where a person has none, everything that a person has.
fn is_like(value: &Value, person: &Value) -> bool {
    let has: Vec<String> = leaves(value).into_iter().map(|(path, _)| path).collect();
    let of_person = leaves(person);
    let mut identities = of_person.iter().filter(|(path, _)| is_identity(path)).peekable();
    if identities.peek().is_none() {
        return of_person.iter().all(|(path, _)| has.contains(path));
    }
    identities.any(|(path, _)| has.contains(path))
}

/// Tells whether there is nothing in a value that anybody could take for user info.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.entries().next().is_none(),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            !value.is_truthy()
        }
    }
}

pub(super) fn unless_nobody_there(reply: &Reply, judge: impl FnOnce() -> Judgement) -> Judgement {
    match &reply.exchange.outcome {
        // Who has not answered in time may still grant it.
        Outcome::Failed(failure) if failure.kind == FailureKind::TimedOut => {
            Judgement::CannotTell(failure.to_string())
        }
        Outcome::Failed(_) | Outcome::Answered(_) => {
            reply.nobody_there().map_or_else(judge, Judgement::CannotTell)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{exchange_refused, no_token_issued, shows_no_person, user_info_refused};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::expiry::Value;
    use crate::record::FailureKind;

    fn owners() -> Value {
        Value::parse_json(r#"{"userId":"u1"}"#).unwrap()
    }

    #[test]
    fn a_refusal_counts_whatever_its_status() {
        for (status, body) in [(400, r#"{"code":1}"#), (200, r#"{"code":1,"data":null}"#), (500, "<html>")] {
            assert_eq!(exchange_refused(&answered(status, body)), Judgement::Kept, "{body}");
            assert_eq!(no_token_issued(&answered(status, body)), Judgement::Kept, "{body}");
            assert_eq!(user_info_refused(&answered(status, body), &owners()), Judgement::Kept, "{body}");
        }
    }

    #[test]
    fn what_is_nobodys_user_info_is_no_breach_elsewhere() {
        for (data, shown) in [
            (r#"{"userId":"u1"}"#, true),
            (r#"{"userId":"u2","nickname":"guest"}"#, true),
            (r#"{"methods":["GET"]}"#, false),
            ("[]", false),
        ] {
            let answer = answered(200, &format!(r#"{{"code":0,"data":{data}}}"#));
            let judged = shows_no_person(&answer, &owners());
            assert_eq!(matches!(judged, Judgement::Broken(_)), shown, "{data}: {judged:?}");
        }
        let nameless = Value::parse_json(r#"{"nickname":"A","avatar":""}"#).unwrap();
        let guest = answered(200, r#"{"data":{"nickname":"B","avatar":"x"}}"#);
        assert!(matches!(shows_no_person(&guest, &nameless), Judgement::Broken(_)));
        let half = answered(200, r#"{"data":{"nickname":"B"}}"#);
        assert_eq!(shows_no_person(&half, &nameless), Judgement::Kept);
    }

    #[test]
    fn what_was_handed_out_counts_whatever_the_status() {
        for status in [200, 400, 500] {
            let openid = answered(status, r#"{"data":{"openid":"o1"}}"#);
            assert!(matches!(exchange_refused(&openid), Judgement::Broken(_)));
            let token = answered(status, r#"{"access_token":"t"}"#);
            let Judgement::Broken(finding) = exchange_refused(&token) else { panic!("{status}") };
            assert_eq!(finding.expected, "a refusal, without a token");
            assert!(matches!(no_token_issued(&token), Judgement::Broken(_)));
            let info = answered(status, r#"{"data":{"userId":"u1"}}"#);
            assert!(matches!(user_info_refused(&info, &owners()), Judgement::Broken(_)));
        }
    }

    #[test]
    fn an_explanation_under_data_is_user_info_only_with_a_status_of_success() {
        let body = r#"{"data":{"reason":"log in first"}}"#;
        assert_eq!(user_info_refused(&answered(401, body), &owners()), Judgement::Kept);
        assert!(matches!(user_info_refused(&answered(200, body), &owners()), Judgement::Broken(_)));
        assert_eq!(user_info_refused(&answered(200, r#"{"data":{}}"#), &owners()), Judgement::Kept);
    }

    #[test]
    fn one_changing_member_does_not_hide_the_owner() {
        let owners = Value::parse_json(r#"{"userId":"u1","visits":1}"#).unwrap();
        let shown = answered(401, r#"{"data":{"userId":"u1","visits":2}}"#);
        assert!(matches!(user_info_refused(&shown, &owners), Judgement::Broken(_)));
    }

    #[test]
    fn no_answer_in_time_is_no_refusal() {
        assert!(matches!(exchange_refused(&failed(FailureKind::TimedOut)), Judgement::CannotTell(_)));
    }

    #[test]
    fn a_limit_on_requests_is_no_refusal_of_a_token() {
        assert!(matches!(user_info_refused(&answered(429, "{}"), &owners()), Judgement::CannotTell(_)));
    }

    #[test]
    fn a_backend_that_is_not_there_has_refused_nothing() {
        let gone = failed(FailureKind::Unreachable);
        assert!(matches!(exchange_refused(&gone), Judgement::CannotTell(_)));
        assert_eq!(exchange_refused(&failed(FailureKind::Broken)), Judgement::Kept);
    }
}
