//! Where in an answer could it stand?

use crate::backend::body_of;
use crate::expiry::{UnixMillis, Value};
use crate::record::Answer;

/// How deep and how far a body is searched.
const DEEPEST: usize = 8;
const MOST: usize = 500;

/// What members are called that hold a token, the likeliest first.
pub(in crate::backend) const TOKEN_NAMES: &[&str] =
    &["access_token", "accesstoken", "token", "skey", "session_id", "sessionid", "session", "jwt", "ticket"];

/// What header fields and cookies are called that hold one.
pub(super) const TOKEN_FIELDS: &[&str] =
    &["x-token", "token", "x-auth-token", "access-token", "authorization"];

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
    /// The name of the member, in small letters, with `_` for `-`.
    pub(super) name: String,
}

impl Place {
    pub(super) fn new(pointer: String, name: &str, value: Value) -> Self {
        Self { pointer, value, name: name.to_lowercase().replace('-', "_") }
    }

    /// Returns the text that stands there.
    pub(super) fn text(&self) -> Option<String> {
        if let Value::String(text) = &self.value { Some(text.to_string_lossy()) } else { None }
    }
}

/// In what a lifetime seems to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend) struct Unit {
    /// The word for it in a contract.
    pub(in crate::backend) word: &'static str,
    /// The form and the offset of a local time.
    pub(super) local: Option<(&'static str, &'static str)>,
}

impl Unit {
    pub(super) const fn of(word: &'static str) -> Self {
        Self { word, local: None }
    }

    /// A local time as it is mostly written; the offset is that of China.
    const LOCAL: Self = Self { word: "local", local: Some(("%Y-%m-%d %H:%M:%S", "+08:00")) };
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.word)?;
        let Some((format, offset)) = self.local else { return Ok(()) };
        write!(f, ", format = {format:?}, offset = {offset:?}")
    }
}

/// Returns every place of a body at which something simple stands.
pub(super) fn leaves(body: &Value) -> Vec<Place> {
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
            found.push(Place::new(pointer, name, value.clone()));
        }
    }
}

/// Returns where this text stands by itself.
pub(in crate::backend) fn of_text(answer: &Answer, wanted: &str) -> Option<String> {
    let found = leaves(&body_of(answer)).into_iter().find(|place| place.value == Value::from(wanted));
    found.map(|place| place.pointer)
}

/// Returns the place in a body at which a token stands, by its name.
pub(super) fn token_among<'p>(places: &'p [Place], openid: &str) -> Option<&'p Place> {
    let may_be = |place: &&Place| place.text().is_some_and(|text| text.len() >= 8 && text != openid);
    let exact = |wanted: &&'static str| places.iter().filter(may_be).find(|place| place.name == **wanted);
    let is_refresh = |place: &Place| place.name.starts_with("refresh");
    let alike = || {
        let mut named = places.iter().filter(may_be).filter(|place| place.name.ends_with("token"));
        named.clone().find(|place| !is_refresh(place)).or_else(|| named.next())
    };
    TOKEN_NAMES.iter().find_map(exact).or_else(alike)
}

/// Returns where a token may stand, as a contract writes it, and how long it is.
pub(in crate::backend) fn of_token(answer: &Answer, openid: &str) -> Option<(String, usize)> {
    let body = body_of(answer);
    if let Some(place) = token_among(&leaves(&body), openid) {
        return Some((place.pointer.clone(), place.text()?.len()));
    }
    if let Value::String(text) = body
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

/// Returns where a lifetime may stand, in which unit, and what stands there.
pub(in crate::backend) fn of_lifetime(answer: &Answer, now: UnixMillis) -> Option<(String, Unit, String)> {
    let leaves = leaves(&body_of(answer));
    let (place, unit) = lifetime_among(&leaves, now)?;
    Some((place.pointer.clone(), unit, place.value.to_json().unwrap_or_default()))
}

/// Returns the place in a body at which a lifetime stands, by its name and its size.
pub(super) fn lifetime_among(places: &[Place], now: UnixMillis) -> Option<(&Place, Unit)> {
    let fits = |wanted: &&'static str| {
        let mut named = places.iter().filter(|place| place.name.replace('_', "") == wanted.replace('_', ""));
        named.find_map(|place| Some((place, unit(&place.value, now)?)))
    };
    LIFETIME_NAMES.iter().find_map(fits)
}

/// Guesses the unit of a lifetime.
pub(in crate::backend) fn unit(value: &Value, now: UnixMillis) -> Option<Unit> {
    let number = match value {
        Value::Number(number) => *number,
        Value::String(text) => {
            let text = text.to_string_lossy();
            match text.trim().parse() {
                Ok(number) => number,
                Err(_) if looks_dated(&text) && text.contains('T') => return Some(Unit::of("rfc3339")),
                Err(_) if looks_dated(&text) => return Some(Unit::LOCAL),
                Err(_) => return None,
            }
        }
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let seconds = crate::expiry::created_at(now);
    let about = |number: f64| number > seconds - 86_400.0 && number < seconds + LONG;
    if number <= 0.0 {
        return None;
    }
    Some(Unit::of(if about(number) {
        "epoch_s"
    } else if about(number / 1e3) {
        "epoch_ms"
    } else if number > 1e13 {
        "ns"
    } else if number > LONG || number >= 7_000_000.0 && number % 60_000.0 == 0.0 {
        "ms"
    } else {
        "s"
    }))
}

/// Tells whether a text begins like a date.
fn looks_dated(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 16
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
        && bytes.get(13) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::{of_lifetime, of_text, of_token, unit};
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
        assert_eq!((found.0.as_str(), found.1.word), ("/data/expire", "s"));
        assert_eq!(of_token(&answer(r#"{"token":"short"}"#), ""), None);
    }

    #[test]
    fn units_are_guessed_by_size() {
        let now = UnixMillis::new(1_700_000_000_000);
        let guess = |value: Value| unit(&value, now).unwrap().to_string();
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
}
