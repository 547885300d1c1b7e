//! Judgements on what the backend's answers do to the documented client.

use super::refusal::is_empty;
use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::record::{FailureKind, Finding, Outcome};

/// Judges that a refused stage of the client's login came to an end.
///
/// `outcome` is `fulfilled`, `rejected` or `pending`, or nothing when the stage was never reached; `reply`
/// is the answer the stage was waiting for.
pub fn settled(outcome: Option<&str>, reply: Option<&Reply>) -> Judgement {
    let Some(reply) = reply else {
        return Judgement::CannotTell(tr!("the client did not get as far as this request"));
    };
    if let Some(reason) = reply.nobody_there().or_else(|| too_late(reply)) {
        return Judgement::CannotTell(reason);
    }
    match outcome {
        Some("rejected") => Judgement::Kept,
        Some("pending") => {
            let actual = match &reply.exchange.outcome {
                Outcome::Failed(_) => {
                    tr!("no answer, so the client waits for ever: {}", reply.describe())
                }
                Outcome::Answered(_) => {
                    tr!("an answer in which the client trips, so it waits for ever: {}", reply.describe())
                }
            };
            Judgement::Broken(Finding::new(tr!("a refusal after which the client goes on"), actual))
        }
        _ => Judgement::CannotTell(tr!("it was not refused: {}", reply.describe())),
    }
}

/// Judges that the documented client, were this the answer to its token request, would come to an end.
///
/// It reads a member of whatever the answer holds, and of nothing else than `null` that cannot be done.
pub fn would_settle(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive().or_else(|| too_late(reply)) {
        return Judgement::CannotTell(reason);
    }
    if reply.token.is_truthy() {
        return Judgement::CannotTell(tr!("it was not refused: {}", reply.describe()));
    }
    // Who has not answered in time may still do so.
    if let Outcome::Failed(failure) = &reply.exchange.outcome
        && failure.kind == FailureKind::TimedOut
    {
        return Judgement::CannotTell(failure.to_string());
    }
    let read =
        reply.exchange.answer().map(|answer| Value::parse_json(&String::from_utf8_lossy(&answer.body)));
    let goes_on = read.is_ok_and(|body| body != Ok(Value::Null));
    Judgement::from_condition(goes_on, tr!("a refusal after which the client goes on"), || reply.describe())
}

/// Judges that a refused token answer carries no token.
pub fn refusal_without_token(reply: &Reply) -> Judgement {
    if let Some(reason) = no_answer(reply) {
        return Judgement::CannotTell(reason);
    }
    let refused = !reply.is_2xx() || reply.error.is_truthy();
    match (refused, reply.token.is_truthy()) {
        (_, false) => Judgement::Kept,
        (true, true) => {
            Judgement::Broken(Finding::new(tr!("a refusal without access_token"), reply.describe()))
        }
        (false, true) => Judgement::CannotTell(tr!("it was not refused: {}", reply.describe())),
    }
}

/// Judges that a refused user-info answer carries no user info.
pub fn refusal_without_data(reply: &Reply) -> Judgement {
    if let Some(reason) = no_answer(reply) {
        return Judgement::CannotTell(reason);
    }
    let refused = !reply.is_2xx() || is_empty(&reply.data);
    match (refused, reply.data.is_truthy()) {
        (_, false) => Judgement::Kept,
        (true, true) => Judgement::Broken(Finding::new(tr!("a refusal without data"), reply.describe())),
        (false, true) => Judgement::CannotTell(tr!("it was not refused: {}", reply.describe())),
    }
}

/// Says that no answer came in time. A real phone waits longer than a run does.
fn too_late(reply: &Reply) -> Option<String> {
    let failure = reply.exchange.answer().err();
    failure.filter(|failure| failure.kind == FailureKind::TimedOut).map(ToString::to_string)
}

/// Says why there is no answer that could be judged.
fn no_answer(reply: &Reply) -> Option<String> {
    let failure = reply.exchange.answer().err();
    reply.nobody_there().or_else(|| failure.map(ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::{refusal_without_data, refusal_without_token, settled, would_settle};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::record::FailureKind;

    #[test]
    fn a_client_that_waits_for_ever_is_a_breach_whatever_made_it_wait() {
        let envelope = answered(200, r#"{"code":1}"#);
        assert!(matches!(settled(Some("pending"), Some(&envelope)), Judgement::Broken(_)));
        let dropped = failed(FailureKind::Broken);
        assert!(matches!(settled(Some("pending"), Some(&dropped)), Judgement::Broken(_)));
        assert_eq!(settled(Some("rejected"), Some(&answered(400, "{}"))), Judgement::Kept);
    }

    #[test]
    fn without_a_refusal_there_is_nothing_to_settle() {
        let good = answered(200, r#"{"data":{"openid":"o"}}"#);
        assert!(matches!(settled(Some("fulfilled"), Some(&good)), Judgement::CannotTell(_)));
        assert!(matches!(settled(None, None), Judgement::CannotTell(_)));
        let gone = failed(FailureKind::Unreachable);
        assert!(matches!(settled(Some("pending"), Some(&gone)), Judgement::CannotTell(_)));
        let late = failed(FailureKind::TimedOut);
        assert!(matches!(settled(Some("pending"), Some(&late)), Judgement::CannotTell(_)));
    }

    #[test]
    fn the_client_trips_over_null_and_over_no_answer() {
        for body in [r#"{"error":"invalid_client"}"#, "", "<html>", "[]", "0", r#"{"data":null}"#] {
            assert_eq!(would_settle(&answered(401, body)), Judgement::Kept, "{body}");
        }
        for body in ["null", " null\n"] {
            assert!(matches!(would_settle(&answered(400, body)), Judgement::Broken(_)), "{body}");
        }
        assert!(matches!(would_settle(&failed(FailureKind::Broken)), Judgement::Broken(_)));
        let unknown = [FailureKind::Unreachable, FailureKind::TimedOut].map(failed);
        for reply in unknown.into_iter().chain([answered(200, r#"{"access_token":"t"}"#)]) {
            assert!(matches!(would_settle(&reply), Judgement::CannotTell(_)));
        }
    }

    #[test]
    fn a_refusal_that_carries_what_it_refuses_is_a_breach() {
        let token = r#"{"access_token":"t"}"#;
        assert!(matches!(refusal_without_token(&answered(401, token)), Judgement::Broken(_)));
        let flagged = answered(200, r#"{"error":"invalid_grant","access_token":"t"}"#);
        assert!(matches!(refusal_without_token(&flagged), Judgement::Broken(_)));
        assert!(matches!(refusal_without_token(&answered(200, token)), Judgement::CannotTell(_)));
        assert_eq!(refusal_without_token(&answered(400, r#"{"access_token":""}"#)), Judgement::Kept);

        let data = r#"{"data":{"id":1}}"#;
        assert!(matches!(refusal_without_data(&answered(401, data)), Judgement::Broken(_)));
        assert!(matches!(refusal_without_data(&answered(200, data)), Judgement::CannotTell(_)));
        assert_eq!(refusal_without_data(&answered(401, r#"{"data":null}"#)), Judgement::Kept);
        assert!(matches!(refusal_without_data(&answered(200, r#"{"data":{}}"#)), Judgement::Broken(_)));
        let dropped = failed(FailureKind::Broken);
        assert!(matches!(refusal_without_data(&dropped), Judgement::CannotTell(_)));
    }
}
