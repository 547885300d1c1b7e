//! Where something stands in an answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;

use crate::expiry::{Clock as _, SystemClock, Value};
use crate::record::Answer;

/// A place in an answer: a JSON pointer such as `/data/token`, `header:X-Token`, `cookie:session`, or
/// `jwt:/data/token#openid` for a claim of a JSON Web Token that stands at a pointer. `/` alone is a member with
/// an empty name, and an empty pointer the whole document (RFC 6901).
///
/// # Examples
///
/// ```
/// use wxconform::backend::Source;
/// use wxconform::expiry::Value;
/// use wxconform::record::{Answer, Headers};
///
/// let body = br#"{"data":{"token":"t1"}}"#.to_vec();
/// let answer = Answer { status: 200, headers: Headers::default(), body, cut: false };
/// assert_eq!(Source::parse("/data/token")?.find(&answer), Value::from("t1"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A JSON pointer into the body.
    Body(String),
    /// The first header field of this name.
    Header(String),
    /// The value of the cookie of this name that the answer sets.
    Cookie(String),
    /// A claim of a JSON Web Token.
    Claim {
        /// JSON pointer to the token.
        token: String,
        /// The name of the claim.
        claim: String,
    },
}

impl Source {
    /// Reads a place as a contract spells it.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(name) = text.strip_prefix("header:") {
            return Ok(Self::Header(name.trim().to_owned()));
        }
        if let Some(name) = text.strip_prefix("cookie:") {
            return Ok(Self::Cookie(name.trim().to_owned()));
        }
        if let Some(rest) = text.strip_prefix("jwt:") {
            let (token, claim) = rest.split_once('#').ok_or_else(|| {
                tr!(
                    "{text} names no claim; write it like \"jwt:/data/token#openid\"",
                    text = format_args!("{text:?}")
                )
            })?;
            return Ok(Self::Claim { token: pointer(token)?, claim: claim.to_owned() });
        }
        pointer(text).map(Self::Body)
    }

    /// Returns what stands there; [`Value::Undefined`] when nothing does.
    #[must_use]
    pub fn find(&self, answer: &Answer) -> Value {
        self.find_in(answer, &body_of(answer))
    }

    /// The same, for who has read the body already.
    #[must_use]
    pub fn find_in(&self, answer: &Answer, body: &Value) -> Value {
        match self {
            Self::Body(pointer) => at(body, pointer),
            Self::Header(name) => {
                let mut fields = answer.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
                fields.next().map_or(Value::Undefined, |(_, value)| Value::from(value))
            }
            Self::Cookie(name) => {
                let fields =
                    answer.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case("set-cookie"));
                let set =
                    fields.filter_map(|(_, field)| Some((field.split(';').next()?.split_once('=')?, field)));
                let mut of_name = set.filter(|((cookie, _), _)| cookie.trim() == name);
                of_name.find(|(_, field)| !takes_away(field, answer)).map_or(
                    Value::Undefined,
                    |((_, value), _)| {
                        // An empty text in quotation marks is no less empty.
                        Value::from(Some(value.trim()).filter(|value| *value != "\"\"").unwrap_or_default())
                    },
                )
            }
            Self::Claim { token, claim } => claim_of(&at(body, token), claim),
        }
    }
}

/// Tells whether a `Set-Cookie` field takes a cookie away: its life is over when it comes (RFC 6265 section 5.3). Whatever
/// value stands there then, such as `deleted`, is none.
fn takes_away(field: &str, answer: &Answer) -> bool {
    let attribute = |wanted: &str| {
        let pairs = field.split(';').skip(1).filter_map(|pair| pair.split_once('='));
        let named = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        // What is said twice counts as it is said last.
        named.map(|(_, value)| value.trim()).last()
    };
    if let Some(seconds) = attribute("max-age").and_then(|text| text.parse::<i64>().ok()) {
        return seconds <= 0;
    }
    // Dates are written with dashes as well, by Netscape's draft.
    let date = |text: &str| DateTime::parse_from_rfc2822(&text.replace('-', " ")).ok();
    let now = answer
        .headers
        .get("date")
        .and_then(date)
        .map_or_else(|| SystemClock.now().millis(), |at| at.timestamp_millis());
    attribute("expires").and_then(date).is_some_and(|end| end.timestamp_millis() <= now)
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Body(pointer) => f.write_str(pointer),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Cookie(name) => write!(f, "cookie:{name}"),
            Self::Claim { token, claim } => write!(f, "jwt:{token}#{claim}"),
        }
    }
}

/// Reads a body as the phone does: JSON if it is JSON, otherwise there is nothing to find in it.
#[must_use]
pub fn body_of(answer: &Answer) -> Value {
    let text = String::from_utf8_lossy(&answer.body);
    Value::parse_json(text.trim_start_matches('\u{feff}')).unwrap_or(Value::Undefined)
}

/// How many digits a whole number may have for a double to be exact.
const EXACT_DIGITS: usize = 15;

/// Returns what stands at a JSON pointer of a body, with whole numbers as texts that a double cannot tell from their
/// neighbours: what a backend numbers people by is often longer, and two of them must not become one. `body` is the
/// same as a phone reads it.
#[must_use]
pub fn at_exactly(answer: &Answer, body: &Value, pointer: &str) -> Value {
    let has_long_numbers =
        answer.body.split(|byte| !byte.is_ascii_digit()).any(|digits| digits.len() > EXACT_DIGITS);
    if !has_long_numbers {
        return at(body, pointer);
    }
    let text = String::from_utf8_lossy(&answer.body);
    let exact = Value::parse_json(&with_long_integers_quoted(text.trim_start_matches('\u{feff}')));
    exact.map_or_else(|_not_json| at(body, pointer), |exact| at(&exact, pointer))
}

/// Puts quotation marks around the whole numbers of a JSON text that have more digits than a double is exact for.
fn with_long_integers_quoted(json: &str) -> String {
    let mut quoted = String::with_capacity(json.len());
    let (mut rest, mut in_text) = (json, false);
    while let Some(letter) = rest.chars().next() {
        let mut taken = letter.len_utf8();
        match letter {
            '"' => in_text = !in_text,
            '\\' if in_text => taken += rest[taken..].chars().next().map_or(0, char::len_utf8),
            '-' | '0'..='9' if !in_text => {
                let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
                taken = end.unwrap_or(rest.len());
                let number = &rest[..taken];
                let digits = number.trim_start_matches('-');
                if digits.len() > EXACT_DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit()) {
                    quoted.push('"');
                    quoted.push_str(number);
                    quoted.push('"');
                    rest = &rest[taken..];
                    continue;
                }
            }
            _ => {}
        }
        quoted.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    quoted
}

/// Returns what stands at a JSON pointer (RFC 6901).
#[must_use]
pub fn at(value: &Value, pointer: &str) -> Value {
    let mut found = value.clone();
    for member in pointer.split('/').skip(1) {
        let name = member.replace("~1", "/").replace("~0", "~");
        found = match &found {
            Value::Object(object) => object.get(&name).cloned().unwrap_or_default(),
            Value::Array(items) => {
                name.parse().ok().and_then(|at: usize| items.get(at)).cloned().unwrap_or_default()
            }
            Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                return Value::Undefined;
            }
        };
    }
    found
}

/// Returns a claim of a JSON Web Token (RFC 7519), whose signature nobody looks at here.
pub(super) fn claim_of(token: &Value, claim: &str) -> Value {
    let Value::String(token) = token else { return Value::Undefined };
    let token = token.to_string_lossy();
    let Some(payload) = token.split('.').nth(1) else { return Value::Undefined };
    let decoded = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).unwrap_or_default();
    let claims = Value::parse_json(&String::from_utf8_lossy(&decoded)).unwrap_or_default();
    at(&claims, &format!("/{claim}"))
}

/// Makes sure that a text is a JSON pointer.
pub(super) fn pointer(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('/') {
        return Ok(text.to_owned());
    }
    let guess = format!("/{}", text.trim_start_matches("$.").replace('.', "/"));
    Err(tr!(
        "{text} is no JSON pointer; write it like {guess}",
        text = format_args!("{text:?}"),
        guess = format_args!("{guess:?}")
    ))
}

#[cfg(test)]
mod tests {
    use super::{Source, at, at_exactly, body_of};
    use crate::expiry::Value;
    use crate::record::{Answer, Headers};

    fn find(source: &str, fields: &[(&str, &str)], body: &str) -> Value {
        let headers = Headers::new(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
        let answer = Answer { status: 200, headers, body: body.as_bytes().to_vec(), cut: false };
        Source::parse(source).unwrap().find(&answer)
    }

    #[test]
    fn a_pointer_that_leads_nowhere_finds_nothing() {
        let value = Value::parse_json(r#"{"data":{"openid":"o1","a/b":2},"list":[7]}"#).unwrap();
        assert_eq!(at(&value, "/data/openid"), Value::from("o1"));
        assert_eq!(at(&value, "/data/a~1b"), Value::from(2.0));
        assert_eq!(at(&value, "/list/0"), Value::from(7.0));
        for nowhere in ["/data/none/deeper", "/none", "/data/openid/x", "/list/1", "/list/x"] {
            assert_eq!(at(&value, nowhere), Value::Undefined, "{nowhere}");
        }
    }

    #[test]
    fn an_answer_is_more_than_its_body() {
        let fields = [("Set-Cookie", "a=1; Path=/"), ("set-cookie", "sid=s 1; HttpOnly"), ("X-Token", "t")];
        assert_eq!(find("cookie:sid", &fields, ""), Value::from("s 1"));
        assert_eq!(find("cookie:SID", &fields, ""), Value::Undefined);
        assert_eq!(find("header:x-token", &fields, ""), Value::from("t"));
        // {"openid":"o1"}
        let jwt = r#"{"t":"e30.eyJvcGVuaWQiOiJvMSJ9.x"}"#;
        assert_eq!(find("jwt:/t#openid", &[], jwt), Value::from("o1"));
        assert_eq!(find("jwt:/t#exp", &[], jwt), Value::Undefined);
        assert_eq!(find("jwt:/t#exp", &[], r#"{"t":"opaque"}"#), Value::Undefined);
        assert_eq!(find("/t", &[], "no JSON"), Value::Undefined);
    }

    #[test]
    fn what_is_no_place_is_answered_with_what_was_meant() {
        assert!(Source::parse("data.token").unwrap_err().contains("\"/data/token\""));
        assert!(Source::parse("$.data").unwrap_err().contains("\"/data\""));
        assert!(Source::parse("jwt:/t").unwrap_err().contains("names no claim"));
    }

    #[test]
    fn long_numbers_stay_apart_and_everything_else_stays_as_it_is() {
        let body = r#"{"data":{"id":1860000000000000010,"n":-1860000000000000011,"t":"1860000000000000010 \" 9007199254740993","short":123,"f":1860000000000000010.5,"l":[9007199254740993]}}"#;
        let answer =
            Answer { status: 200, headers: Headers::default(), body: body.as_bytes().to_vec(), cut: false };
        let at = |pointer: &str| at_exactly(&answer, &body_of(&answer), pointer).to_json().unwrap();
        assert_eq!(at("/data/id"), r#""1860000000000000010""#);
        assert_eq!(at("/data/n"), r#""-1860000000000000011""#);
        assert_eq!(at("/data/l"), r#"["9007199254740993"]"#);
        assert_eq!(at("/data/short"), "123");
        assert_eq!(at("/data/f"), "1860000000000000000");
        assert_eq!(at("/data/t"), r#""1860000000000000010 \" 9007199254740993""#);
    }
}
