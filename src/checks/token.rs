//! Judgements on trading the openid for a token.

use super::{Judgement, Reply};
use crate::expiry::{Value, lifetime_seconds};

/// Judges that the answer carries a non-empty text where the contract expects the token.
pub fn carries_token(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    let text = matches!(&reply.token, Value::String(token) if !token.is_empty());
    Judgement::from_condition(text, "a non-empty string as the token", || reply.describe())
}

/// Judges that a token was issued; of what kind it is, is another requirement's matter.
pub fn token_granted(reply: &Reply) -> Judgement {
    if let Some(reason) = reply.inconclusive() {
        return Judgement::CannotTell(reason);
    }
    Judgement::from_condition(reply.token.is_truthy(), "a token", || reply.describe())
}

/// Judges that the lifetime is a positive finite JSON number.
///
/// Without a token there is nothing whose lifetime could be judged.
pub fn lifetime_is_seconds(reply: &Reply) -> Judgement {
    if !reply.token.is_truthy() {
        return Judgement::CannotTell(format!("no token was issued: {}", reply.describe()));
    }
    let right = lifetime_seconds(&reply.lifetime).is_some();
    Judgement::from_condition(right, "a positive finite JSON number of seconds as the lifetime", || {
        match reply.lifetime.to_json() {
            Some(found) => format!("{found}, a JSON {}", reply.lifetime.type_of()),
            None => "no lifetime at all".to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{carries_token, lifetime_is_seconds, token_granted};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::answered;

    #[test]
    fn a_token_is_a_non_empty_text() {
        assert_eq!(carries_token(&answered(200, r#"{"access_token":"t"}"#)), Judgement::Kept);
        for body in [r#"{"access_token":""}"#, r#"{"access_token":7}"#, r#"{"token":"t"}"#, "null", "oops"] {
            assert!(matches!(carries_token(&answered(200, body)), Judgement::Broken(_)), "{body}");
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
