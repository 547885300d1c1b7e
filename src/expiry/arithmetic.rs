//! When does the documented client renew its token?

use std::ops::Range;

use super::{JsError, JsString, UnixMillis, Value};

/// How long after the announced end the documented client goes on with a token, in seconds.
pub const BLIND_SECONDS: f64 = 1000.0;

/// The last millisecond that a `Date` can express (ECMA-262, 21.4.1.1).
const LAST_DATE: i64 = 8_640_000_000_000_000;

/// Says whether the documented `onShow` renews a token (`app.js`).
///
/// This is its test `(createTime + expires_in) < (new Date().getTime()/1000 - 1000)`, with `+` and `<` as
/// ECMA-262 defines them for whatever values `tokenObj` holds; a missing one is [`Value::Undefined`]. Numbers
/// are IEEE-754 doubles and meant as seconds.
///
/// # Errors
///
/// The script throws when an operand has no primitive value: see [`Value::to_primitive`].
///
/// # Examples
///
/// ```
/// use wxconform::expiry::{UnixMillis, Value, renewal_due};
///
/// let created = Value::from(1_700_000_000.0);
/// let end_plus_1000_s = UnixMillis::new(1_700_008_200_000);
/// let a_moment_later = UnixMillis::new(1_700_008_200_001);
/// assert!(!renewal_due(&created, &Value::from(7200.0), end_plus_1000_s)?);
/// assert!(renewal_due(&created, &Value::from(7200.0), a_moment_later)?);
///
/// // "17000000007200" is a time some 500 000 years away, "1700000000.57200" is not.
/// assert!(!renewal_due(&created, &Value::from("7200"), a_moment_later)?);
/// let soon = UnixMillis::new(1_700_001_001_000);
/// assert!(renewal_due(&Value::from(1_700_000_000.5), &Value::from("7200"), soon)?);
/// # Ok::<(), wxconform::expiry::JsError>(())
/// ```
pub fn renewal_due(create_time: &Value, expires_in: &Value, now: UnixMillis) -> Result<bool, JsError> {
    Ok(is_due(end_of_life(create_time, expires_in)?, now))
}

/// Returns the first instant at which [`renewal_due`] holds, or `None` when the token is never renewed.
///
/// Instants before 1970 are not looked at.
///
/// # Errors
///
/// The script throws for these operands: see [`renewal_due`].
pub fn first_renewal(create_time: &Value, expires_in: &Value) -> Result<Option<UnixMillis>, JsError> {
    let end = end_of_life(create_time, expires_in)?;
    Ok(first_instant(|now| is_due(end, now)))
}

/// Returns the time for which a token has ended and the documented client does not renew it.
///
/// The range begins with the announced end and stops before the first renewal. For whole seconds that is
/// [`BLIND_SECONDS`] and one millisecond, because the client does not renew at exactly 1000 s after the end.
/// Both arguments are in seconds. Returns `None` when one of the two instants never comes.
///
/// # Examples
///
/// ```
/// use wxconform::expiry::{UnixMillis, blind_window};
///
/// let window = blind_window(1_700_000_000.0, 7200.0);
/// assert_eq!(window, Some(UnixMillis::new(1_700_007_200_000)..UnixMillis::new(1_700_008_200_001)));
/// assert_eq!(blind_window(1_700_000_000.0, f64::NAN), None);
/// ```
#[must_use]
pub fn blind_window(create_time: f64, lifetime: f64) -> Option<Range<UnixMillis>> {
    let end = create_time + lifetime;
    let announced_end = first_instant(|now| created_at(now) >= end)?;
    Some(announced_end..first_instant(|now| is_due(end, now))?)
}

/// Returns the `createTime` of a token obtained at an instant: `new Date().getTime()/1000` (`wxutil.js`).
///
/// It is in seconds, with a fraction. An instant that a `Date` cannot express gives NaN.
#[must_use]
pub fn created_at(now: UnixMillis) -> f64 {
    if now.millis().unsigned_abs() > LAST_DATE.unsigned_abs() {
        return f64::NAN;
    }
    #[expect(
        clippy::as_conversions,
        clippy::cast_precision_loss,
        reason = "every instant that a `Date` can express is a whole number below 2^53, so nothing is lost"
    )]
    let millis = now.millis() as f64;
    millis / 1000.0
}

/// Returns an announced lifetime in seconds when it is one: a JSON number above zero.
///
/// RFC 6749, section 5.1, makes `expires_in` a number; the documented client calculates with it unseen.
#[must_use]
pub fn lifetime_seconds(expires_in: &Value) -> Option<f64> {
    match expires_in {
        Value::Number(seconds) => Some(*seconds).filter(|seconds| *seconds > 0.0 && seconds.is_finite()),
        Value::Undefined
        | Value::Null
        | Value::Bool(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => None,
    }
}

/// Returns `createTime + expires_in` as the number that `<` compares.
fn end_of_life(create_time: &Value, expires_in: &Value) -> Result<f64, JsError> {
    add(create_time, expires_in)?.to_number()
}

/// Adds two values, or joins them when one is a string (ECMA-262, 13.15.3).
fn add(left: &Value, right: &Value) -> Result<Value, JsError> {
    let (left, right) = (left.to_primitive()?, right.to_primitive()?);
    if matches!(left, Value::String(_)) || matches!(right, Value::String(_)) {
        let mut joined: JsString = left.to_js_string()?;
        joined.push(&right.to_js_string()?);
        return Ok(Value::String(joined));
    }
    Ok(Value::Number(left.to_number()? + right.to_number()?))
}

/// Compares the end of a life with the present. With NaN on either side this is false, as in JavaScript.
fn is_due(end: f64, now: UnixMillis) -> bool {
    end < created_at(now) - BLIND_SECONDS
}

/// Returns the first instant from 1970 on that satisfies a condition which, once true, remains so.
fn first_instant(holds: impl Fn(UnixMillis) -> bool) -> Option<UnixMillis> {
    let (mut low, mut high) = (0, LAST_DATE);
    if !holds(UnixMillis::new(high)) {
        return None;
    }
    while low < high {
        let middle = i64::midpoint(low, high);
        if holds(UnixMillis::new(middle)) {
            high = middle;
        } else {
            low = middle.saturating_add(1);
        }
    }
    Some(UnixMillis::new(low))
}

#[cfg(test)]
mod tests {
    use super::{blind_window, created_at, first_renewal, lifetime_seconds, renewal_due};
    use crate::expiry::{JsError, UnixMillis, Value};

    /// 1 700 000 000 s and 7200 s later, and 1000 s later still.
    const EDGE: UnixMillis = UnixMillis::new(1_700_008_200_000);

    fn json(text: &str) -> Value {
        Value::parse_json(text).unwrap()
    }

    #[test]
    fn a_token_is_renewed_a_millisecond_after_the_thousand_seconds() {
        let (created, lifetime) = (Value::from(1_700_000_000.0), Value::from(7200.0));
        assert_eq!(renewal_due(&created, &lifetime, EDGE), Ok(false));
        let later = UnixMillis::new(EDGE.millis() + 1);
        assert_eq!(renewal_due(&created, &lifetime, later), Ok(true));
        assert_eq!(first_renewal(&created, &lifetime), Ok(Some(later)));
    }

    #[test]
    fn a_string_is_concatenated() {
        let now = UnixMillis::new(5_000_000);
        assert_eq!(renewal_due(&Value::from(1.0), &Value::from("0"), now), Ok(true));
        assert_eq!(renewal_due(&Value::from(17.0), &Value::from("00"), now), Ok(true));
        assert_eq!(renewal_due(&Value::from(400.0), &Value::from("0"), now), Ok(false));
        assert_eq!(renewal_due(&json(r#""0x""#), &json(r#""f""#), now), Ok(true));
        assert_eq!(renewal_due(&json("[1]"), &json("[]"), now), Ok(true));
    }

    #[test]
    fn values_without_a_number_never_renew() {
        let created = Value::from(1_700_000_000.0);
        for lifetime in
            [Value::Undefined, json("{}"), json("[1,2]"), json(r#""s""#), Value::from(f64::INFINITY)]
        {
            assert_eq!(first_renewal(&created, &lifetime), Ok(None), "{lifetime:?}");
        }
        assert_eq!(first_renewal(&Value::Undefined, &Value::from(7200.0)), Ok(None));
    }

    #[test]
    fn null_and_booleans_count_as_numbers() {
        let created = Value::from(1_700_000_000.0);
        for (lifetime, end) in [("null", 1_700_000_000), ("false", 1_700_000_000), ("true", 1_700_000_001)] {
            let first = UnixMillis::new((end + 1000) * 1000 + 1);
            assert_eq!(first_renewal(&created, &json(lifetime)), Ok(Some(first)), "{lifetime}");
        }
    }

    #[test]
    fn an_operand_without_a_primitive_value_throws() {
        let thrower = json(r#"{"toString": 1}"#);
        for (created, lifetime) in [(&thrower, &Value::Undefined), (&Value::Null, &thrower)] {
            let thrown = renewal_due(created, lifetime, EDGE);
            assert!(matches!(thrown, Err(JsError::TypeError(_))));
            assert!(first_renewal(created, lifetime).is_err());
        }
    }

    #[test]
    fn only_numbers_above_zero_are_lifetimes() {
        assert_eq!(lifetime_seconds(&json("7200")), Some(7200.0));
        assert_eq!(lifetime_seconds(&json("0.5")), Some(0.5));
        for refused in ["0", "-1", "1e400", "null", "true", r#""7200""#, "[7200]", "{}"] {
            assert_eq!(lifetime_seconds(&json(refused)), None, "{refused}");
        }
        assert_eq!(lifetime_seconds(&Value::Undefined), None);
        assert_eq!(lifetime_seconds(&Value::from(f64::NAN)), None);
    }

    #[test]
    fn a_creation_time_keeps_its_milliseconds() {
        assert_eq!(created_at(UnixMillis::new(1_700_000_000_123)).to_bits(), 1_700_000_000.123_f64.to_bits());
        assert!(created_at(UnixMillis::new(8_640_000_000_000_000)).is_finite());
        assert!(created_at(UnixMillis::new(8_640_000_000_000_001)).is_nan());
        assert!(created_at(UnixMillis::new(i64::MIN)).is_nan());
    }

    #[test]
    fn the_blind_window_lies_between_the_end_and_the_first_renewal() {
        let window = blind_window(1_700_000_000.0, 7200.0).unwrap();
        assert!(window.contains(&EDGE));
        assert!(!window.contains(&UnixMillis::new(1_700_007_199_999)));
        assert!(window.contains(&UnixMillis::new(1_700_007_200_000)));
        assert_eq!(window.end.millis(), EDGE.millis() + 1);
        assert_eq!(blind_window(1_700_000_000.0, f64::INFINITY), None);
        assert_eq!(blind_window(8.64e12, -500.0), None);
    }
}
