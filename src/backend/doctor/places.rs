//! Where in an answer could it stand?

use super::text_of;
use crate::backend::body_of;
use crate::expiry::{UnixMillis, Value};
use crate::record::Answer;

/// How deep and how far a body is searched.
const DEEPEST: usize = 8;
const MOST: usize = 500;

/// How long a text is shown as it stands; what is longer may be a secret.
const SHOWN: usize = 24;

/// How much of an answer is shown.
const LONGEST: usize = 200;

/// What members are called that hold a token, the likeliest first.
const TOKEN_NAMES: &[&str] =
    &["access_token", "accesstoken", "token", "skey", "session_id", "sessionid", "session", "jwt", "ticket"];

/// What header fields and cookies are called that hold one.
const TOKEN_FIELDS: &[&str] = &["x-token", "token", "x-auth-token", "access-token", "authorization"];

/// What members are called that say how long it lives.
const LIFETIME_NAMES: &[&str] = &[
    "expires_in",
    "expiresin",
    "expire",
    "expires",
    "expirestime",
    "expiretime",
    "expireat",
    "expiresat",
    "ttl",
];

/// Ten years, in seconds: no session lasts longer.
const LONG: f64 = 10.0 * 365.0 * 86_400.0;

/// A place in a body, and what stands there.
pub(super) struct Place {
    pub(super) pointer: String,
    pub(super) value: Value,
    name: String,
}

/// Returns every place of a body at which something simple stands.
fn leaves(body: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    gather(body, String::new(), "", 0, &mut found);
    found
}

fn gather(value: &Value, pointer: String, name: &str, depth: usize, found: &mut Vec<Place>) {
    if depth > DEEPEST || found.len() >= MOST {
        return;
    }
    match value {
        Value::Object(object) => {
            for (name, value) in object.entries() {
                let name = name.to_string_lossy();
                let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                gather(value, below, &name, depth + 1, found);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                gather(value, format!("{pointer}/{at}"), name, depth + 1, found);
            }
        }
        Value::Undefined | Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push(Place { pointer, value: value.clone(), name: name.to_lowercase().replace('-', "_") });
        }
    }
}

/// Returns where this text stands by itself.
pub(super) fn of_text(answer: &Answer, wanted: &str) -> Option<String> {
    let found = leaves(&body_of(answer)).into_iter().find(|place| place.value == Value::from(wanted));
    found.map(|place| place.pointer)
}

/// Returns where a token may stand, as a contract writes it, and how long it is.
pub(super) fn of_token(answer: &Answer, openid: &str) -> Option<(String, usize)> {
    let length = |value: &Value| match value {
        Value::String(text) if text.len() >= 8 && text.to_string_lossy() != openid => Some(text.len()),
        Value::Undefined
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => None,
    };
    let leaves = leaves(&body_of(answer));
    let exact = |wanted: &&'static str| {
        leaves.iter().find(|place| place.name == **wanted && length(&place.value).is_some())
    };
    let alike =
        || leaves.iter().find(|place| place.name.ends_with("token") && length(&place.value).is_some());
    if let Some(place) = TOKEN_NAMES.iter().find_map(exact).or_else(alike) {
        return Some((place.pointer.clone(), length(&place.value)?));
    }
    if let Value::String(text) = body_of(answer)
        && text.len() >= 16
    {
        return Some((String::new(), text.len()));
    }
    for name in TOKEN_FIELDS {
        if let Some(value) = answer.headers.get(name).filter(|value| value.len() >= 8) {
            return Some((format!("header:{name}"), value.len()));
        }
    }
    let cookie = answer.headers.get("set-cookie")?.split(';').next()?;
    let (name, value) = cookie.split_once('=')?;
    (value.len() >= 8).then(|| (format!("cookie:{name}"), value.len()))
}

/// Returns where a lifetime may stand, and in which unit.
pub(super) fn of_lifetime(answer: &Answer, now: UnixMillis) -> Option<(String, String, String)> {
    let leaves = leaves(&body_of(answer));
    let fits = |wanted: &&'static str| {
        leaves.iter().find(|place| {
            place.name.replace('_', "") == wanted.replace('_', "") && unit(&place.value, now).is_some()
        })
    };
    let place = LIFETIME_NAMES.iter().find_map(fits)?;
    Some((place.pointer.clone(), unit(&place.value, now)?, place.value.to_json().unwrap_or_default()))
}

/// Guesses the unit of a lifetime.
pub(super) fn unit(value: &Value, now: UnixMillis) -> Option<String> {
    let number = match value {
        Value::Number(number) => *number,
        Value::String(text) => {
            let text = text.to_string_lossy();
            match text.trim().parse() {
                Ok(number) => number,
                Err(_) if looks_dated(&text) && text.contains('T') => return Some("\"rfc3339\"".to_owned()),
                Err(_) if looks_dated(&text) => {
                    return Some("\"local\", format = \"%Y-%m-%d %H:%M:%S\", offset = \"+08:00\"".to_owned());
                }
                Err(_) => return None,
            }
        }
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let seconds = crate::expiry::created_at(now);
    let about = |now: f64| number > now - 86_400.0 && number < now + LONG;
    let unit = if number <= 0.0 {
        return None;
    } else if about(seconds) {
        "epoch_s"
    } else if number / 1e3 > seconds - 86_400.0 && number / 1e3 < seconds + LONG {
        "epoch_ms"
    } else if number > 1e13 {
        "ns"
    } else if number > LONG || number >= 7_000_000.0 && number % 60_000.0 == 0.0 {
        "ms"
    } else {
        "s"
    };
    Some(format!("{unit:?}"))
}

/// Tells whether a text begins like a date.
fn looks_dated(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 16
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && bytes.get(13) == Some(&b':')
}

/// Shows what an answer looked like, without what may be a secret, in one line.
pub(super) fn shape(answer: &Answer) -> String {
    let body = body_of(answer);
    let shown = if body == Value::Undefined {
        text_of(answer)
    } else {
        masked(&body, "").to_json().unwrap_or_default()
    };
    let one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = one_line.chars().take(LONGEST).collect();
    let more = if short.len() < one_line.len() { " …" } else { "" };
    match short.as_str() {
        "" => format!("{} with an empty body", answer.status),
        short => format!("{} {short}{more}", answer.status),
    }
}

/// Returns the value with long texts, and those under the name of a credential, replaced by their length.
fn masked(value: &Value, name: &str) -> Value {
    match value {
        Value::String(text) => {
            let credential = TOKEN_NAMES.contains(&name.to_lowercase().as_str()) || name == "session_key";
            if text.len() > SHOWN && !text.to_string_lossy().contains(' ') || credential && !text.is_empty() {
                Value::from(format!("({} letters)", text.len()).as_str())
            } else {
                value.clone()
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| masked(item, name)).collect()),
        Value::Object(object) => {
            let mut shown = crate::expiry::Object::default();
            for (name, value) in object.entries() {
                let value = masked(value, &name.to_string_lossy());
                shown.set(name, value);
            }
            Value::from(shown)
        }
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{of_lifetime, of_text, of_token, shape, unit};
    use crate::expiry::{UnixMillis, Value};
    use crate::record::{Answer, Headers};

    fn answer(body: &str) -> Answer {
        Answer { status: 200, headers: Headers::default(), body: body.as_bytes().to_vec(), cut: false }
    }

    #[test]
    fn what_is_looked_for_is_found_wherever_it_stands() {
        let body =
            answer(r#"{"data":{"list":[{"openid":"oAbc"}],"accessToken":"0123456789","expire":7200}}"#);
        assert_eq!(of_text(&body, "oAbc").as_deref(), Some("/data/list/0/openid"));
        assert_eq!(of_text(&body, "oAbd"), None);
        assert_eq!(of_token(&body, "oAbc"), Some(("/data/accessToken".to_owned(), 10)));
        let found = of_lifetime(&body, UnixMillis::new(1_700_000_000_000)).unwrap();
        assert_eq!((found.0.as_str(), found.1.as_str()), ("/data/expire", r#""s""#));
        assert_eq!(of_token(&answer(r#"{"token":"short"}"#), ""), None);
    }

    #[test]
    fn units_are_guessed_by_size() {
        let now = UnixMillis::new(1_700_000_000_000);
        let guess = |value: Value| unit(&value, now).unwrap();
        assert_eq!(guess(Value::from(7200.0)), r#""s""#);
        assert_eq!(guess(Value::from("7200")), r#""s""#);
        assert_eq!(guess(Value::from(7_200_000.0)), r#""ms""#);
        assert_eq!(guess(Value::from(1_700_007_200.0)), r#""epoch_s""#);
        assert_eq!(guess(Value::from(1_700_007_200_000.0)), r#""epoch_ms""#);
        assert_eq!(guess(Value::from("259200000000000")), r#""ns""#);
        assert_eq!(guess(Value::from("2023-11-15T00:13:20Z")), r#""rfc3339""#);
        assert!(guess(Value::from("2023-11-15 08:13:20")).contains("format = "));
        assert_eq!(unit(&Value::from("soon"), now), None);
    }

    #[test]
    fn no_secret_is_shown() {
        let shown =
            shape(&answer(r#"{"token":"hush-hush","msg":"well done","x":"0123456789012345678901234567"}"#));
        assert_eq!(shown, r#"200 {"token":"(9 letters)","msg":"well done","x":"(28 letters)"}"#);
        assert_eq!(shape(&answer("")), "200 with an empty body");
    }
}
