//! Judgements on how a token ends.

use std::fmt;
use std::time::Duration;

use super::{Judgement, Reply, carries_data, token_granted};
use crate::expiry::{UnixMillis, Value, created_at};
use crate::record::Finding;

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
        (None, _) => Judgement::CannotTell(tr!("the phone asked for no token")),
        (Some(token), None) => token_granted(token)
            .and(|| Judgement::CannotTell(tr!("the phone did not get as far as user info"))),
        (Some(token), Some(user_info)) => token_granted(token).and(|| carries_data(user_info)),
    }
}

/// By how much what is left of a life may be announced wrongly: a backend counts in whole seconds, and the
/// request takes its time.
const LEFT_TOLERANCE: Duration = Duration::from_secs(2);

/// A token that was handed out a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reissue {
    /// What was left of its life, by what was announced the first time.
    pub left: Duration,
    /// What was announced the second time.
    pub announced: Duration,
    /// Whether it worked just after the earlier of the two ends; absent when the two agree.
    pub works_at_earlier_end: Option<bool>,
}

impl Reissue {
    /// Tells whether the two announcements cannot both be true.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.left.abs_diff(self.announced) > LEFT_TOLERANCE
    }
}

/// Judges that a token which was handed out again was announced with what is really left of its life.
///
/// A backend may make the life longer when it hands the token out again; then the new end is the true one.
pub fn reissue_is_true(reissue: &Reissue) -> Judgement {
    let (left, said) = (reissue.left.as_secs_f64(), reissue.announced.as_secs_f64());
    if !reissue.differs() {
        return Judgement::Kept;
    }
    let more = reissue.announced > reissue.left;
    match (reissue.works_at_earlier_end, more) {
        (None, _) => Judgement::CannotTell(tr!("the token was not tried at its end")),
        (Some(true), true) | (Some(false), false) => Judgement::Kept,
        (Some(false), true) => Judgement::Broken(Finding::new(
            tr!(
                "an announcement of {left} s, after which the token was refused",
                left = format_args!("{left:.0}")
            ),
            tr!("{said} s were announced", said = format_args!("{said:.0}")),
        )),
        (Some(true), false) => Judgement::Broken(Finding::new(
            tr!(
                "an announcement of the {left} s that are left: the token outlived what was said",
                left = format_args!("{left:.0}")
            ),
            tr!("{said} s were announced", said = format_args!("{said:.0}")),
        )),
    }
}

/// How long a token lives, as it was announced and as it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What was announced.
    pub announced: Duration,
    /// The greatest age at which a token worked.
    pub at_least: Duration,
    /// The least age at which a token was refused; absent when none was.
    pub at_most: Option<Duration>,
    /// Whether a token that was used outlived its announced end.
    pub slides: bool,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |duration: Duration| format!("{:.1}", duration.as_secs_f64());
        let announced = self.announced.as_secs_f64();
        let least = seconds(self.at_least);
        f.write_str(&match (self.at_most.map(seconds), self.slides) {
            (Some(most), true) => tr!(
                "announced {announced} s, ended between {least} s and {most} s, prolonged by use",
                announced,
                least,
                most
            ),
            (Some(most), false) => tr!(
                "announced {announced} s, ended between {least} s and {most} s, not prolonged by use",
                announced,
                least,
                most
            ),
            (None, true) => {
                tr!(
                    "announced {announced} s, still worked after {least} s, prolonged by use",
                    announced,
                    least
                )
            }
            (None, false) => tr!(
                "announced {announced} s, still worked after {least} s, not prolonged by use",
                announced,
                least
            ),
        })
    }
}

fn shown(value: &Value) -> String {
    value.to_json().unwrap_or_else(|| tr!("missing"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Measured, Reissue, creation_time, reissue_is_true, renewed};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::answered;
    use crate::expiry::{UnixMillis, Value};
    use crate::record::Finding;

    fn reissue(left: u64, announced: u64, works: Option<bool>) -> Judgement {
        let (left, announced) = (Duration::from_secs(left), Duration::from_secs(announced));
        reissue_is_true(&Reissue { left, announced, works_at_earlier_end: works })
    }

    #[test]
    fn what_is_said_of_a_token_that_is_handed_out_again_has_to_be_true() {
        for (left, announced, works) in [(100, 100, None), (100, 98, None), (100, 102, None)] {
            assert_eq!(reissue(left, announced, works), Judgement::Kept);
        }
        assert!(matches!(reissue(100, 200, Some(false)), Judgement::Broken(_)));
        assert!(matches!(reissue(100, 50, Some(true)), Judgement::Broken(_)));
        assert_eq!(reissue(100, 200, Some(true)), Judgement::Kept);
        assert_eq!(reissue(100, 50, Some(false)), Judgement::Kept);
        assert!(matches!(reissue(100, 103, None), Judgement::CannotTell(_)));
    }

    #[test]
    fn what_was_measured_is_said_in_a_line() {
        let announced = Duration::from_secs(7200);
        let (at_least, at_most) = (Duration::from_secs(7199), Some(Duration::from_secs(7200)));
        let measured = Measured { announced, at_least, at_most, slides: false };
        assert_eq!(
            measured.to_string(),
            "announced 7200 s, ended between 7199.0 s and 7200.0 s, not prolonged by use"
        );
        let endless = Measured { at_most: None, slides: true, ..measured };
        assert_eq!(endless.to_string(), "announced 7200 s, still worked after 7199.0 s, prolonged by use");
    }

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
