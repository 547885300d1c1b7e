//! Judgements on trading the openid for a token.

use super::refusal::is_empty;
use super::{Judgement, Reply};
use crate::expiry::{Value, lifetime_seconds};

/// Judges that the answer carries a non-empty text where the contract expects the token.
pub fn carries_token(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    let text = matches!(&reply.token, Value::String(token) if !token.is_empty());
    Judgement::from_condition(text, tr!("a non-empty string as the token"), || reply.describe())
}

/// Judges that the token in an answer is a text; that there is one at all is another requirement's matter.
pub fn token_is_text(reply: &Reply) -> Judgement {
    if reply.token.is_truthy() {
        carries_token(reply)
    } else {
        Judgement::CannotTell(tr!("no token was issued: {}", reply.describe()))
    }
}

/// Judges that a token was issued; of what kind it is, is another requirement's matter.
pub fn token_granted(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    Judgement::from_condition(reply.token.is_truthy(), tr!("a token"), || reply.describe())
}

/// Judges that a token was not refused.
///
/// An answer with a status of success that names no error and holds no token where the contract says may be a
/// success that is spelt wrongly, which is another requirement's matter.
pub fn token_not_refused(reply: &Reply) -> Judgement {
    let success = reply.accepted && !reply.error.is_truthy() && !reply.token.is_truthy();
    token_granted(reply)
        .unless(success.then(|| tr!("no token is where the contract says: {}", reply.describe())))
}

/// Judges that the lifetime is a positive finite JSON number.
///
/// Without a token there is nothing whose lifetime could be judged.
pub fn lifetime_is_seconds(reply: &Reply) -> Judgement {
    if !reply.token.is_truthy() {
        return Judgement::CannotTell(tr!("no token was issued: {}", reply.describe()));
    }
    let right = lifetime_seconds(&reply.lifetime).is_some();
    Judgement::from_condition(right, tr!("a positive finite JSON number of seconds as the lifetime"), || {
        match reply.lifetime.to_json() {
            Some(found) => tr!("{found}, a JSON {kind}", found, kind = reply.lifetime.type_of()),
            None => tr!("no lifetime at all"),
        }
    })
}

/// Says whether the openid of a person was enough for somebody else to obtain a token; an error says why it is
/// not known.
///
/// # Errors
///
/// Fails when the request was not answered, or not for reasons of its own.
pub fn openid_alone(reply: &Reply) -> Result<&'static str, String> {
    match (reply.inconclusive(), reply.exchange.answer()) {
        (Some(reason), _) => Err(reason),
        (None, Err(failure)) => Err(failure.to_string()),
        (None, Ok(_)) if reply.token.is_truthy() => {
            Ok(mark!("an openid alone obtains a token; no proof of the WeChat session is asked for"))
        }
        (None, Ok(_)) => Ok(mark!("an openid alone obtains no token")),
    }
}

/// Says what became of a person's first token when the second was issued; an error says why it is not known.
///
/// `with_first` is the answer to a user-info request that presented the first token.
///
/// # Errors
///
/// Fails when the request was not answered, or not for reasons of its own.
pub fn fate_of_first_token(
    first: &Value,
    second: &Value,
    with_first: &Reply,
) -> Result<&'static str, String> {
    if first == second {
        return Ok(mark!("a second token for the same person is the same one"));
    }
    match (with_first.inconclusive(), with_first.exchange.answer()) {
        (Some(reason), _) => Err(reason),
        (None, Err(failure)) => Err(failure.to_string()),
        (None, Ok(_)) if with_first.accepted && !is_empty(&with_first.data) => {
            Ok(mark!("a second token for the same person is another one, and the first works on"))
        }
        (None, Ok(_)) => {
            Ok(mark!("a second token for the same person is another one, and it ends the first"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        carries_token, fate_of_first_token, lifetime_is_seconds, openid_alone, token_granted, token_is_text,
        token_not_refused,
    };
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::expiry::Value;
    use crate::record::FailureKind;

    #[test]
    fn it_is_noted_whether_an_openid_is_enough() {
        let enough = openid_alone(&answered(200, r#"{"access_token":"t"}"#)).unwrap();
        let too_little = openid_alone(&answered(400, "{}")).unwrap();
        assert!(enough.contains("obtains a token") && too_little.contains("no token"));
        assert!(openid_alone(&failed(FailureKind::TimedOut)).is_err());
    }

    #[test]
    fn it_is_noted_what_became_of_the_first_token() {
        let (one, other) = (Value::from("t1"), Value::from("t2"));
        let open = answered(200, r#"{"data":{"id":1}}"#);
        assert!(fate_of_first_token(&one, &one, &open).unwrap().contains("the same one"));
        assert!(fate_of_first_token(&one, &other, &open).unwrap().contains("works on"));
        assert!(fate_of_first_token(&one, &other, &answered(401, "{}")).unwrap().contains("ends the first"));
        assert!(fate_of_first_token(&one, &other, &answered(200, "{}")).unwrap().contains("ends the first"));
        assert!(fate_of_first_token(&one, &other, &answered(429, "{}")).is_err());
        assert!(fate_of_first_token(&one, &other, &failed(FailureKind::Broken)).is_err());
    }

    #[test]
    fn a_token_is_a_non_empty_text() {
        assert_eq!(carries_token(&answered(200, r#"{"access_token":"t"}"#)), Judgement::Kept);
        for body in [r#"{"access_token":""}"#, r#"{"access_token":7}"#, r#"{"token":"t"}"#, "null", "oops"] {
            assert!(matches!(carries_token(&answered(200, body)), Judgement::Broken(_)), "{body}");
        }
    }

    #[test]
    fn a_success_that_is_spelt_wrongly_is_no_refusal() {
        assert_eq!(token_not_refused(&answered(200, r#"{"access_token":"t"}"#)), Judgement::Kept);
        for (status, body) in [(400, "{}"), (403, r#"{"code":1005}"#), (200, r#"{"error":"invalid_grant"}"#)]
        {
            assert!(matches!(token_not_refused(&answered(status, body)), Judgement::Broken(_)), "{body}");
        }
        for body in [r#"{"token":"t"}"#, r#"{"access_token":""}"#, r#"{"code":0,"data":{}}"#] {
            assert!(matches!(token_not_refused(&answered(200, body)), Judgement::CannotTell(_)), "{body}");
        }
    }

    #[test]
    fn only_a_token_that_was_issued_has_a_kind() {
        assert_eq!(token_is_text(&answered(200, r#"{"access_token":"t"}"#)), Judgement::Kept);
        assert!(matches!(token_is_text(&answered(200, r#"{"access_token":7}"#)), Judgement::Broken(_)));
        for body in [r#"{"access_token":""}"#, "{}", "null"] {
            assert!(matches!(token_is_text(&answered(400, body)), Judgement::CannotTell(_)), "{body}");
        }
    }

    #[test]
    fn any_token_is_a_token() {
        assert_eq!(token_granted(&answered(200, r#"{"access_token":7}"#)), Judgement::Kept);
        assert!(matches!(token_granted(&answered(400, "{}")), Judgement::Broken(_)));
        assert!(matches!(token_granted(&answered(429, "{}")), Judgement::CannotTell(_)));
    }

    #[test]
    fn a_lifetime_is_a_number_that_a_clock_can_be_put_forward_by() {
        let with = |lifetime: &str| {
            lifetime_is_seconds(&answered(200, &format!(r#"{{"access_token":"t","expires_in":{lifetime}}}"#)))
        };
        for right in ["7200", "0.5", "1e3"] {
            assert_eq!(with(right), Judgement::Kept, "{right}");
        }
        for wrong in [r#""7200""#, "0", "-1", "null", "1e999", "[7200]", "true"] {
            assert!(matches!(with(wrong), Judgement::Broken(_)), "{wrong}");
        }
        assert!(matches!(
            lifetime_is_seconds(&answered(200, r#"{"access_token":"t"}"#)),
            Judgement::Broken(_)
        ));
        assert!(matches!(lifetime_is_seconds(&answered(400, "{}")), Judgement::CannotTell(_)));
    }
}
