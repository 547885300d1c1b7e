//! Judgements on how a session is renewed, looked at and ended by request.

use super::refusal::unless_nobody_there;
use super::{Judgement, Reply, carries_data, user_info_refused};
use crate::expiry::Value;

/// Judges that a renewal was answered with a token. The first one may show that the contract names no request of this
/// backend's.
pub fn renewal_granted(reply: &Reply, is_first: bool) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    if is_first && !reply.token.is_truthy() && is_nowhere(reply) {
        let seen = reply.describe();
        return Judgement::CannotTell(tr!("there is no such request; does [refresh] fit? {seen}", seen));
    }
    Judgement::from_condition(reply.token.is_truthy(), tr!("a token for the renewal"), || reply.describe())
}

/// Judges that the token which was held before a renewal works on, as the contract promises.
pub fn works_on(reply: &Reply) -> Judgement {
    let works = carries_data(reply);
    promised(works, tr!("user info, because the contract promises that the earlier token works on"))
}

/// Judges that the token which was held before a renewal has ended, as the contract promises. `owners` is what its owner is
/// shown.
pub fn has_ended(reply: &Reply, owners: &Value) -> Judgement {
    let refused = user_info_refused(reply, owners);
    promised(refused, tr!("a refusal, because the contract promises that the earlier token ends"))
}

fn promised(judgement: Judgement, expected: String) -> Judgement {
    match judgement {
        Judgement::Broken(mut finding) => {
            finding.expected = expected;
            Judgement::Broken(finding)
        }
        Judgement::Kept | Judgement::CannotTell(_) => judgement,
    }
}

/// Tells whether a request led nowhere, which says more about the contract than about the backend.
fn is_nowhere(reply: &Reply) -> bool {
    matches!(reply.status(), Some(404 | 405))
}

/// Judges that a check says that the session is valid.
pub fn says_yes(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    if !reply.accepted && is_nowhere(reply) {
        let seen = reply.describe();
        return Judgement::CannotTell(tr!("there is no such request; does [check] fit? {seen}", seen));
    }
    unless_nobody_there(reply, || {
        Judgement::from_condition(reply.accepted, tr!("an answer that calls the session valid"), || {
            reply.describe()
        })
    })
}

/// Judges that a check does not say that the session is valid.
pub fn says_no(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    unless_nobody_there(reply, || {
        Judgement::from_condition(
            !reply.accepted,
            tr!("an answer that does not call the session valid"),
            || reply.describe(),
        )
    })
}

/// Says what became of a refresh token that another one took the place of, given the answer to it.
///
/// # Errors
///
/// Fails with the reason when the answer says nothing.
pub fn fate_of_refresh_token(reply: &Reply) -> Result<&'static str, String> {
    if let Some(reason) = reply.inconclusive() {
        return Err(reason);
    }
    if reply.status().is_none_or(|status| status >= 500) {
        return Err(reply.describe());
    }
    Ok(if reply.token.is_truthy() {
        mark!("a refresh token works on after it has been replaced")
    } else {
        mark!("a refresh token has ended once it is replaced")
    })
}

#[cfg(test)]
mod tests {
    use super::{fate_of_refresh_token, has_ended, renewal_granted, says_no, says_yes, works_on};
    use crate::checks::reply::examples::{answered, failed};
    use crate::checks::{Judgement, Reply};
    use crate::expiry::Value;
    use crate::record::FailureKind;

    const TOKEN: &str = r#"{"access_token":"t"}"#;
    const INFO: &str = r#"{"data":{"userId":"u1"}}"#;

    fn limited() -> Reply {
        Reply { limited: true, ..answered(429, "{}") }
    }

    fn is_broken(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::Broken(_))
    }

    fn is_open(judgement: &Judgement) -> bool {
        matches!(judgement, Judgement::CannotTell(_))
    }

    #[test]
    fn a_renewal_brings_a_token() {
        for is_first in [true, false] {
            assert_eq!(renewal_granted(&answered(200, TOKEN), is_first), Judgement::Kept);
            assert!(is_open(&renewal_granted(&limited(), is_first)));
            let refused = answered(400, r#"{"error":"invalid_grant"}"#);
            assert!(is_broken(&renewal_granted(&refused, is_first)));
        }
    }

    #[test]
    fn a_request_that_leads_nowhere_is_a_matter_of_the_contract() {
        for status in [404, 405] {
            let nowhere = answered(status, "{}");
            let judged = [(renewal_granted(&nowhere, true), "[refresh]"), (says_yes(&nowhere), "[check]")];
            for (judgement, key) in judged {
                let Judgement::CannotTell(why) = judgement else { panic!("{status}") };
                assert!(why.contains(key), "{why}");
            }
            // Where one was granted before, the request is there.
            assert!(is_broken(&renewal_granted(&nowhere, false)));
            assert_eq!(renewal_granted(&answered(status, TOKEN), true), Judgement::Kept);
            assert_eq!(says_yes(&Reply { accepted: true, ..nowhere }), Judgement::Kept);
        }
    }

    #[test]
    fn a_promise_about_the_earlier_token_is_named() {
        let owners = Value::parse_json(r#"{"userId":"u1"}"#).unwrap();
        assert_eq!(works_on(&answered(200, INFO)), Judgement::Kept);
        assert_eq!(has_ended(&answered(401, "{}"), &owners), Judgement::Kept);
        for (judgement, word) in
            [(works_on(&answered(401, "{}")), "works on"), (has_ended(&answered(200, INFO), &owners), "ends")]
        {
            let Judgement::Broken(finding) = judgement else { panic!("{word}") };
            assert!(finding.expected.contains("promises") && finding.expected.contains(word), "{finding:?}");
        }
        assert!(is_open(&works_on(&limited())) && is_open(&has_ended(&limited(), &owners)));
    }

    #[test]
    fn a_check_says_yes_or_no_and_nothing_when_nobody_answers() {
        let (yes, no) = (answered(200, "{}"), answered(401, "{}"));
        assert_eq!((says_yes(&yes), says_no(&no)), (Judgement::Kept, Judgement::Kept));
        assert!(is_broken(&says_yes(&no)) && is_broken(&says_no(&yes)));
        for silent in [failed(FailureKind::TimedOut), failed(FailureKind::Unreachable), limited()] {
            assert!(is_open(&says_yes(&silent)) && is_open(&says_no(&silent)), "{silent:?}");
        }
    }

    #[test]
    fn what_became_of_a_refresh_token_is_told_by_an_answer_only() {
        let (works, ended) = (answered(200, TOKEN), answered(400, "{}"));
        assert_ne!(fate_of_refresh_token(&works).unwrap(), fate_of_refresh_token(&ended).unwrap());
        assert!(fate_of_refresh_token(&works).unwrap().contains("works on"));
        fate_of_refresh_token(&failed(FailureKind::TimedOut)).unwrap_err();
        fate_of_refresh_token(&answered(500, "{}")).unwrap_err();
        fate_of_refresh_token(&limited()).unwrap_err();
    }
}
