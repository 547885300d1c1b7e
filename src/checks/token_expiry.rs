//! Judgements on how a token ends.

use super::Judgement;
use crate::expiry::{UnixMillis, Value, created_at};

/// Judges that the stored token carries the creation time of the renewal at `now`.
pub fn creation_time(token: &Value, now: UnixMillis) -> Judgement {
    let found = token.get("createTime").unwrap_or(Value::Undefined);
    let wanted = Value::Number(created_at(now));
    Judgement::from_condition(found == wanted, format!("createTime {}", shown(&wanted)), || {
        format!("createTime {}", shown(&found))
    })
}

/// Judges that a renewal left another token in storage than before, and that it opened user info.
///
/// `user_info` describes the answer to the user-info request of the renewal, and tells whether it was a
/// good one.
pub fn renewed(before: &Value, after: &Value, user_info: Option<(bool, String)>) -> Judgement {
    let opened = match user_info {
        None => return Judgement::CannotTell("the phone did not get as far as user info".to_owned()),
        Some((true, _)) => Judgement::Kept,
        Some((false, answer)) => Judgement::from_condition(false, "a token that opens user info", || answer),
    };
    opened.and(|| {
        Judgement::from_condition(before != after, "a token that was issued for the renewal", || {
            "the token that had ended".to_owned()
        })
    })
}

fn shown(value: &Value) -> String {
    value.to_json().unwrap_or_else(|| "missing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{creation_time, renewed};
    use crate::checks::Judgement;
    use crate::expiry::{UnixMillis, Value};

    #[test]
    fn the_creation_time_is_that_of_the_renewal_to_the_millisecond() {
        let token = Value::parse_json(r#"{"createTime":1700000000.123}"#).unwrap();
        assert_eq!(creation_time(&token, UnixMillis::new(1_700_000_000_123)), Judgement::Kept);
        let later = creation_time(&token, UnixMillis::new(1_700_000_000_124));
        assert!(matches!(later, Judgement::Broken(_)));
        assert!(matches!(creation_time(&Value::Null, UnixMillis::new(0)), Judgement::Broken(_)));
    }

    #[test]
    fn a_renewal_needs_another_token_that_opens_user_info() {
        let (old, new) = (Value::from("a"), Value::from("b"));
        let good = || Some((true, String::new()));
        assert_eq!(renewed(&old, &new, good()), Judgement::Kept);
        assert!(matches!(renewed(&old, &old, good()), Judgement::Broken(_)));
        assert!(matches!(renewed(&old, &new, Some((false, "401".to_owned()))), Judgement::Broken(_)));
        assert!(matches!(renewed(&old, &new, None), Judgement::CannotTell(_)));
    }
}
