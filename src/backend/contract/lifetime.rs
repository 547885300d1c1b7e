//! How long does a token live, as the backend tells it?

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};

use super::pointer::{Source, body_of, claim_of};
use crate::expiry::{UnixMillis, Value, created_at};
use crate::record::Answer;

/// In what a lifetime is told. Closed: these are all that were met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LifetimeUnit {
    /// Seconds from now on.
    Seconds,
    /// Milliseconds from now on.
    Millis,
    /// Nanoseconds from now on.
    Nanos,
    /// The instant of the end, in seconds since 1970.
    EpochSeconds,
    /// The instant of the end, in milliseconds since 1970.
    EpochMillis,
    /// The instant of the end in the form of RFC 3339.
    Rfc3339,
    /// The instant of the end as a local time in this form, which `strftime` describes, so many seconds east of
    /// Greenwich.
    Local {
        /// The form.
        format: String,
        /// The offset from UTC in seconds.
        offset: i32,
    },
    /// The claim `exp` of the token itself (RFC 7519 section 4.1.4).
    JwtExp,
}

/// How a backend tells for how long a token lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Somewhere in the answer that hands the token out.
    Told {
        /// Where; with [`LifetimeUnit::JwtExp`] where the token stands.
        from: Source,
        /// In what.
        unit: LifetimeUnit,
    },
    /// Nowhere in an answer. Each token lives for as long as the contract says.
    Known(Duration),
    /// Nowhere: a token ends, and the client does not know when.
    Untold,
    /// Tokens never end.
    Never,
}

impl Expiry {
    /// Returns how many seconds the token has from `now` on, as a number; what cannot be understood is given back
    /// as it stands, so that a check can say what it saw.
    ///
    /// `now` is what the clock of the backend showed when it answered.
    #[must_use]
    pub fn seconds(&self, answer: &Answer, now: UnixMillis) -> Value {
        let Self::Told { from, unit } = self else { return Value::Undefined };
        let body = body_of(answer);
        let found = from.find_in(answer, &body);
        unit.seconds(&found, now).unwrap_or(found)
    }
}

impl LifetimeUnit {
    /// Reads a value in this unit.
    fn seconds(&self, found: &Value, now: UnixMillis) -> Option<Value> {
        // What is to be added to a clock in seconds stays exactly as it came.
        if *self == Self::Seconds {
            return Some(match found {
                Value::String(_) => Value::Number(number(found)?),
                Value::Undefined
                | Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_)
                | Value::Object(_) => found.clone(),
            });
        }
        let until = |seconds: f64| seconds - created_at(now);
        Some(Value::Number(match self {
            Self::Seconds => return None,
            Self::Millis => number(found)? / 1e3,
            Self::Nanos => number(found)? / 1e9,
            Self::EpochSeconds => until(number(found)?),
            Self::EpochMillis => until(number(found)? / 1e3),
            Self::JwtExp => until(number(&claim_of(found, "exp"))?),
            Self::Rfc3339 => {
                until(instant(DateTime::parse_from_rfc3339(&text(found)?).ok()?.timestamp_millis()))
            }
            Self::Local { format, offset } => {
                let local = NaiveDateTime::parse_from_str(&text(found)?, format).ok()?;
                until(instant(local.and_utc().timestamp_millis()) - f64::from(*offset))
            }
        }))
    }
}

/// Reads a number, or the text of one.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::String(text) => text.to_string_lossy().trim().parse().ok(),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn text(value: &Value) -> Option<String> {
    if let Value::String(text) = value { Some(text.to_string_lossy()) } else { None }
}

fn instant(millis: i64) -> f64 {
    created_at(UnixMillis::new(millis))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Expiry, LifetimeUnit, Source};
    use crate::expiry::{UnixMillis, Value};
    use crate::record::{Answer, Headers};

    const NOW: i64 = 1_700_000_000_250;

    fn seconds(unit: LifetimeUnit, value: &str) -> Value {
        let body = format!(r#"{{"at":{value}}}"#).into_bytes();
        let answer = Answer { status: 200, headers: Headers::default(), body, cut: false };
        let expiry = Expiry::Told { from: Source::Body("/at".to_owned()), unit };
        expiry.seconds(&answer, UnixMillis::new(NOW))
    }

    #[test]
    fn every_unit_becomes_seconds() {
        assert_eq!(seconds(LifetimeUnit::Seconds, "7200"), Value::from(7200.0));
        assert_eq!(seconds(LifetimeUnit::Seconds, r#""7200""#), Value::from(7200.0));
        assert_eq!(seconds(LifetimeUnit::Millis, "7200000"), Value::from(7200.0));
        assert_eq!(seconds(LifetimeUnit::Nanos, r#""259200000000000""#), Value::from(259_200.0));
        assert_eq!(seconds(LifetimeUnit::EpochSeconds, "1700007200"), Value::from(7199.75));
        assert_eq!(seconds(LifetimeUnit::EpochMillis, "1700007200250"), Value::from(7200.0));
        assert_eq!(seconds(LifetimeUnit::Rfc3339, r#""2023-11-15T00:13:20Z""#), Value::from(7199.75));
        let local = LifetimeUnit::Local { format: "%Y-%m-%d %H:%M:%S".to_owned(), offset: 8 * 3600 };
        assert_eq!(seconds(local, r#""2023-11-15 08:13:20""#), Value::from(7199.75));
        // {"exp":1700007200}
        assert_eq!(
            seconds(LifetimeUnit::JwtExp, r#""e30.eyJleHAiOjE3MDAwMDcyMDB9.x""#),
            Value::from(7199.75)
        );
    }

    #[test]
    fn what_cannot_be_understood_is_shown_as_it_stands() {
        assert_eq!(seconds(LifetimeUnit::Rfc3339, r#""soon""#), Value::from("soon"));
        assert_eq!(seconds(LifetimeUnit::EpochMillis, "null"), Value::Null);
        assert_eq!(seconds(LifetimeUnit::Seconds, "true"), Value::Bool(true));
        assert_eq!(seconds(LifetimeUnit::JwtExp, r#""opaque""#), Value::from("opaque"));
    }

    #[test]
    fn what_is_not_told_is_not_there() {
        let answer = Answer { status: 200, headers: Headers::default(), body: Vec::new(), cut: false };
        for expiry in [Expiry::Known(Duration::from_secs(60)), Expiry::Untold, Expiry::Never] {
            assert_eq!(expiry.seconds(&answer, UnixMillis::new(NOW)), Value::Undefined);
        }
    }
}
