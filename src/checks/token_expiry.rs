//! Judgements on how a token ends.

use super::{Judgement, Reply, carries_data, token_granted};
use crate::expiry::{UnixMillis, Value, created_at};

/// Judges that the stored token carries the creation time of the renewal at `now`.
pub fn creation_time(token: &Value, now: UnixMillis) -> Judgement {
    let found = token.get("createTime").unwrap_or(Value::Undefined);
    let wanted = Value::Number(created_at(now));
    Judgement::from_condition(found == wanted, format!("createTime {}", shown(&wanted)), || {
        format!("createTime {}", shown(&found))
    })
}

/// Judges that a renewal obtained a token that opens user info, given the answers to its two requests.
///
/// Whether it is the old token that lives again or another one is the backend's own matter.
pub fn renewed(token: Option<&Reply>, user_info: Option<&Reply>) -> Judgement {
    match (token, user_info) {
        (None, _) => Judgement::CannotTell("the phone asked for no token".to_owned()),
        (Some(token), None) => token_granted(token)
            .and(|| Judgement::CannotTell("the phone did not get as far as user info".to_owned())),
        (Some(token), Some(user_info)) => token_granted(token).and(|| carries_data(user_info)),
    }
}

fn shown(value: &Value) -> String {
    value.to_json().unwrap_or_else(|| "missing".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{creation_time, renewed};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::answered;
    use crate::expiry::{UnixMillis, Value};
    use crate::record::Finding;

    #[test]
    fn the_creation_time_is_that_of_the_renewal_to_the_millisecond() {
        let token = Value::parse_json(r#"{"createTime":1700000000.123}"#).unwrap();
        assert_eq!(creation_time(&token, UnixMillis::new(1_700_000_000_123)), Judgement::Kept);
        let later = creation_time(&token, UnixMillis::new(1_700_000_000_124));
        assert!(matches!(later, Judgement::Broken(_)));
        let missing = Finding::new("createTime 0", "createTime missing");
        assert_eq!(creation_time(&Value::Null, UnixMillis::new(0)), Judgement::Broken(missing));
    }

    #[test]
    fn a_renewal_needs_a_token_that_opens_user_info() {
        let token = answered(200, r#"{"access_token":"t"}"#);
        let shown = answered(200, r#"{"data":{"id":1}}"#);
        assert_eq!(renewed(Some(&token), Some(&shown)), Judgement::Kept);
        let refused = answered(401, "{}");
        assert!(matches!(renewed(Some(&token), Some(&refused)), Judgement::Broken(_)));
        assert!(matches!(renewed(Some(&refused), None), Judgement::Broken(_)));
        assert!(matches!(renewed(Some(&token), None), Judgement::CannotTell(_)));
        assert!(matches!(renewed(None, None), Judgement::CannotTell(_)));
    }
}
