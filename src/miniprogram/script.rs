//! What does a script for the phone say?

use crate::expiry::{JsString, Object, SyntaxError, UnixMillis, Value};
use crate::language::translated;

/// The largest instant a `Date` can hold, in milliseconds from the epoch in either direction.
const MOST_MILLIS: f64 = 8.64e15;

const SCRIPT_KEYS: &[&str] = &["storage", "codes", "events"];
const LAUNCH_KEYS: &[&str] = &["event", "session", "now_ms"];
const SHOW_KEYS: &[&str] = &["event", "now_ms"];

/// What happens to a phone from a given moment on.
///
/// It is read from JSON as a JavaScript engine reads it, so that the stored values and the codes can be
/// anything an engine can hold.
///
/// # Examples
///
/// ```
/// use wxconform::miniprogram::Script;
///
/// let script = Script::parse(r#"{
///     "storage": {"openid": "oA"},
///     "codes": ["c1"],
///     "events": [{"event": "launch", "session": "expired", "now_ms": 1700000000123}]
/// }"#)?;
/// assert_eq!(script.events.len(), 1);
///
/// let error = Script::parse(r#"{"events": [{"event": "show", "now_ms": "soon"}]}"#).unwrap_err();
/// assert_eq!(error.to_string(), "events[0].now_ms must be a whole number of milliseconds since 1970");
/// # Ok::<(), wxconform::miniprogram::ScriptError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// What the phone remembers at the beginning.
    pub storage: Object,
    /// What `wx.login` hands out, one after the other; `None` when somebody else mints the codes.
    pub codes: Option<Vec<Value>>,
    /// What happens, in order.
    pub events: Vec<Event>,
}

/// One event in the life of a phone. Closed: the documented client listens to these two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The mini program starts.
    Launch {
        /// Whether `wx.checkSession` succeeds.
        session_valid: bool,
        /// What the phone's clock shows.
        now: UnixMillis,
    },
    /// The mini program comes to the front.
    Show {
        /// What the phone's clock shows.
        now: UnixMillis,
    },
}

/// Why a script cannot be played. The enum may grow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// The text is not JSON.
    #[error("{}", tr!("the script is not JSON"))]
    Syntax(#[from] SyntaxError),
    /// A value is not of the kind it has to be, or is missing.
    #[error("{}", tr!("{place} must be {allowed}", place = translated(place), allowed = translated(allowed)))]
    Wrong {
        /// Where in the script.
        place: String,
        /// What may stand there.
        allowed: &'static str,
    },
    /// A key is not known at its place.
    #[error(
        "{}",
        tr!(
            "{place} has no key {key}; it may have {allowed}",
            place = translated(place),
            key = format_args!("{key:?}"),
            allowed = allowed.join(", ")
        )
    )]
    UnknownKey {
        /// Where in the script.
        place: String,
        /// The key.
        key: String,
        /// The keys that may stand there.
        allowed: &'static [&'static str],
    },
    /// The script leaves the codes to somebody else, and nobody mints them.
    #[error("{}", tr!("the script has no codes, and nobody mints them"))]
    NoCodes,
}

impl Script {
    /// Reads a script from its JSON text.
    ///
    /// # Errors
    ///
    /// The text is not JSON, a key is unknown, or a value is not what it has to be. The error names the place.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let script = object(Value::parse_json(text)?, mark!("the script"), mark!("an object"))?;
        known_keys(&script, mark!("the script"), SCRIPT_KEYS)?;
        let events = array(script.get("events"), "events", mark!("an array of events"))?;
        Ok(Self {
            storage: match script.get("storage") {
                None => Object::default(),
                Some(storage) => object(storage.clone(), "storage", mark!("an object"))?,
            },
            codes: match script.get("codes") {
                None => None,
                codes => Some(array(codes, "codes", mark!("an array of codes"))?.to_vec()),
            },
            events: events.iter().enumerate().map(event).collect::<Result<_, _>>()?,
        })
    }
}

fn event((index, value): (usize, &Value)) -> Result<Event, ScriptError> {
    let place = format!("events[{index}]");
    let event = object(value.clone(), &place, mark!("an object"))?;
    match text(&event, "event").as_deref() {
        Some("launch") => {
            known_keys(&event, &place, LAUNCH_KEYS)?;
            let session_valid = match text(&event, "session").as_deref() {
                Some("valid") => true,
                Some("expired") => false,
                _ => return Err(wrong(format!("{place}.session"), mark!(r#""valid" or "expired""#))),
            };
            Ok(Event::Launch { session_valid, now: now(&event, &place)? })
        }
        Some("show") => {
            known_keys(&event, &place, SHOW_KEYS)?;
            Ok(Event::Show { now: now(&event, &place)? })
        }
        _ => Err(wrong(format!("{place}.event"), mark!(r#""launch" or "show""#))),
    }
}

fn now(event: &Object, place: &str) -> Result<UnixMillis, ScriptError> {
    match event.get("now_ms") {
        Some(Value::Number(millis)) if millis.fract() == 0.0 && millis.abs() <= MOST_MILLIS =>
        {
            #[expect(
                clippy::as_conversions,
                clippy::cast_possible_truncation,
                reason = "the guard lets only whole numbers below 2^53 through"
            )]
            Ok(UnixMillis::new(*millis as i64))
        }
        _ => Err(wrong(format!("{place}.now_ms"), mark!("a whole number of milliseconds since 1970"))),
    }
}

fn wrong(place: impl Into<String>, allowed: &'static str) -> ScriptError {
    ScriptError::Wrong { place: place.into(), allowed }
}

fn object(value: Value, place: &str, allowed: &'static str) -> Result<Object, ScriptError> {
    match value {
        Value::Object(object) => Ok(object),
        Value::Undefined
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_) => Err(wrong(place, allowed)),
    }
}

fn array<'v>(
    value: Option<&'v Value>,
    place: &str,
    allowed: &'static str,
) -> Result<&'v [Value], ScriptError> {
    match value {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(wrong(place, allowed)),
    }
}

fn text(object: &Object, key: &str) -> Option<String> {
    match object.get(key) {
        Some(Value::String(text)) => Some(text.to_string_lossy()),
        _ => None,
    }
}

fn known_keys(object: &Object, place: &str, allowed: &'static [&'static str]) -> Result<(), ScriptError> {
    let unknown = object.entries().find(|(key, _)| !allowed.iter().any(|known| key == known));
    unknown.map_or(Ok(()), |(key, _): (JsString, _)| {
        Err(ScriptError::UnknownKey { place: place.to_owned(), key: key.to_string_lossy(), allowed })
    })
}

#[cfg(test)]
mod tests {
    use super::{Event, Script};
    use crate::expiry::{UnixMillis, Value};

    fn refusal(text: &str) -> String {
        Script::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn storage_and_codes_may_be_left_out() {
        let script = Script::parse(r#"{"events": [{"event": "show", "now_ms": -1}]}"#).unwrap();
        assert_eq!(script.events, [Event::Show { now: UnixMillis::new(-1) }]);
        assert_eq!((script.codes, script.storage.entries().count()), (None, 0));
    }

    #[test]
    fn stored_values_are_what_an_engine_would_hold() {
        let script =
            r#"{"storage": {"b": 1e400, "1": "\ud800", "a": -0}, "codes": [null, {}], "events": []}"#;
        let script = Script::parse(script).unwrap();
        assert_eq!(script.storage.get("b"), Some(&Value::Number(f64::INFINITY)));
        let json = Value::from(script.storage).to_json();
        assert_eq!(json.as_deref(), Some(r#"{"1":"\ud800","b":null,"a":0}"#));
        assert_eq!(script.codes.unwrap().len(), 2);
    }

    #[test]
    fn a_refusal_names_the_place_and_what_may_stand_there() {
        for (script, message) in [
            ("{", "the script is not JSON"),
            ("[]", "the script must be an object"),
            ("{}", "events must be an array of events"),
            (
                r#"{"events": [], "code": []}"#,
                r#"the script has no key "code"; it may have storage, codes, events"#,
            ),
            (r#"{"events": [], "codes": null}"#, "codes must be an array of codes"),
            (r#"{"events": [], "storage": []}"#, "storage must be an object"),
            (r#"{"events": [{"event": "show", "now_ms": 1}, 7]}"#, "events[1] must be an object"),
            (
                r#"{"events": [{"event": "hide", "now_ms": 1}]}"#,
                r#"events[0].event must be "launch" or "show""#,
            ),
            (
                r#"{"events": [{"event": "launch", "now_ms": 1}]}"#,
                r#"events[0].session must be "valid" or "expired""#,
            ),
            (
                r#"{"events": [{"event": "show", "session": "valid", "now_ms": 1}]}"#,
                r#"events[0] has no key "session"; it may have event, now_ms"#,
            ),
            (
                r#"{"events": [{"event": "show", "now_ms": 1.5}]}"#,
                "events[0].now_ms must be a whole number of milliseconds since 1970",
            ),
            (
                r#"{"events": [{"event": "show", "now_ms": 1e16}]}"#,
                "events[0].now_ms must be a whole number of milliseconds since 1970",
            ),
        ] {
            assert_eq!(refusal(script), message, "{script}");
        }
    }
}
