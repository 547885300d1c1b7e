//! Judgements on exchanging the login code.

use super::{Judgement, Reply};
use crate::expiry::Value;
use crate::protocol::OpenId;
use crate::record::Finding;

/// Judges that an exchange yielded exactly the openid that WeChat gave for the person.
pub fn given_openid(reply: &Reply, openid: &OpenId) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    let right = reply.status() == Some(200) && reply.openid == Value::from(openid.as_str());
    Judgement::from_condition(right, format!("status 200 and the openid {openid}"), || reply.describe())
}

/// Judges that an exchange yielded an openid; which one is another requirement's matter.
pub fn exchange_granted(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    Judgement::from_condition(reply.openid.is_truthy(), "an openid for a fresh code", || reply.describe())
}

/// Judges rounds of simultaneous exchanges, given how many of each round succeeded.
pub fn at_most_one_success(rounds: &[usize]) -> Judgement {
    match rounds.iter().max() {
        None | Some(0) => {
            Judgement::CannotTell("no exchange succeeded in any round, so nothing raced".to_owned())
        }
        Some(1) => Judgement::Kept,
        Some(_) => {
            let counts: Vec<String> = rounds.iter().map(ToString::to_string).collect();
            let actual = format!("successes per round: {}", counts.join(", "));
            Judgement::Broken(Finding::new("at most one success per round", actual))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{at_most_one_success, exchange_granted, given_openid};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::protocol::OpenId;
    use crate::record::FailureKind;

    #[test]
    fn only_the_very_openid_is_right() {
        let openid = OpenId::new("oAbC");
        let with = |status, text: &str| answered(status, &format!(r#"{{"data":{{"openid":{text}}}}}"#));
        assert_eq!(given_openid(&with(200, r#""oAbC""#), &openid), Judgement::Kept);
        for text in [r#""oabc""#, r#""oAbC ""#, r#""""#, "null", "7"] {
            assert!(matches!(given_openid(&with(200, text), &openid), Judgement::Broken(_)), "{text}");
        }
        assert!(matches!(given_openid(&with(201, r#""oAbC""#), &openid), Judgement::Broken(_)));
        let gone = failed(FailureKind::Unreachable);
        assert!(matches!(given_openid(&gone, &openid), Judgement::CannotTell(_)));
    }

    #[test]
    fn any_openid_grants_an_exchange() {
        assert_eq!(exchange_granted(&answered(200, r#"{"data":{"openid":"o"}}"#)), Judgement::Kept);
        assert!(matches!(exchange_granted(&answered(400, "{}")), Judgement::Broken(_)));
        let gone = failed(FailureKind::Unreachable);
        assert!(matches!(exchange_granted(&gone), Judgement::CannotTell(_)));
    }

    #[test]
    fn a_race_that_nobody_won_proves_nothing() {
        assert_eq!(at_most_one_success(&[1, 0, 1]), Judgement::Kept);
        assert!(matches!(at_most_one_success(&[0, 2]), Judgement::Broken(_)));
        assert!(matches!(at_most_one_success(&[0, 0]), Judgement::CannotTell(_)));
        assert!(matches!(at_most_one_success(&[]), Judgement::CannotTell(_)));
    }
}
