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

/// Judges that a renewal obtained a token that opens user info.
///
/// Whether it is the old token that lives again or another one is the backend's own matter.
/// `user_info` describes the answer to the user-info request of the renewal, and tells whether it was a
/// good one.
pub fn renewed(user_info: Option<(bool, String)>) -> Judgement {
    match user_info {
        None => Judgement::CannotTell("the phone did not get as far as user info".to_owned()),
        Some((opened, answer)) => {
            Judgement::from_condition(opened, "a token that opens user info", || answer)
        }
    }
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
    fn a_renewal_needs_a_token_that_opens_user_info() {
        assert_eq!(renewed(Some((true, String::new()))), Judgement::Kept);
        assert!(matches!(renewed(Some((false, "401".to_owned()))), Judgement::Broken(_)));
        assert!(matches!(renewed(None), Judgement::CannotTell(_)));
    }
}
