//! In which places of a request does a value travel?

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::names::{is_plain, literal};
use crate::record::Request;

/// How much may stand around a value in a header field, such as a scheme.
const AROUND: usize = 24;

/// A place in which a value travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Carrying {
    /// `header`, `query`, `form` or `json`.
    pub(super) place: &'static str,
    /// The name of the header field or parameter, or a JSON pointer.
    pub(super) name: String,
    /// What stands there, with a hole for the value.
    pub(super) value: String,
}

/// Returns the places of a request in which a value travels; `hole` is what stands for it.
pub(super) fn places(request: &Request, wanted: &str, hole: &str) -> Vec<Carrying> {
    let mut found = Vec::new();
    for (name, value) in request.headers.iter() {
        if let Some((name, value)) = in_header(name, value, wanted, hole) {
            found.push(Carrying { place: "header", name, value });
        }
    }
    let equal = |(name, value): (String, String)| (value == wanted).then_some(name);
    for name in query(request).into_iter().filter_map(equal) {
        found.push(Carrying { place: "query", name, value: hole.to_owned() });
    }
    for name in form(request).into_iter().filter_map(equal) {
        found.push(Carrying { place: "form", name, value: hole.to_owned() });
    }
    if let Some(body) = json(request) {
        let mut pointers = Vec::new();
        find(&body, wanted, String::new(), 0, &mut pointers);
        found.extend(pointers.into_iter().map(|name| Carrying {
            place: "json",
            name,
            value: hole.to_owned(),
        }));
    }
    found
}

fn in_header(name: &str, value: &str, wanted: &str, hole: &str) -> Option<(String, String)> {
    if name.eq_ignore_ascii_case("cookie") {
        let mut cookies = value.split(';').filter_map(|pair| pair.trim().split_once('='));
        let (cookie, _) = cookies.find(|(_, value)| *value == wanted)?;
        return Some(("Cookie".to_owned(), format!("{cookie}={hole}")));
    }
    if let Some(encoded) = value.strip_prefix("Basic ") {
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        return (decoded.strip_suffix(':') == Some(wanted))
            .then(|| (name.to_owned(), format!("Basic {{b64({hole}:)}}")));
    }
    let (before, after) = value.split_once(wanted)?;
    let is_short = before.len() + after.len() <= AROUND && is_plain(before) && is_plain(after);
    is_short.then(|| (name.to_owned(), format!("{}{hole}{}", literal(before), literal(after))))
}

fn find(value: &Value, wanted: &str, pointer: String, depth: usize, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text == wanted => found.push(pointer),
        Value::Object(members) if depth < 8 => {
            for (name, value) in members {
                let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                find(value, wanted, below, depth + 1, found);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => {}
    }
}

/// Returns the parameters in the URL of a request.
pub(super) fn query(request: &Request) -> Vec<(String, String)> {
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Returns the parameters of a form body; none where the body is of another kind.
pub(super) fn form(request: &Request) -> Vec<(String, String)> {
    let kind = request.headers.get("content-type").unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded")
        || kind.is_empty() && request.body.contains(&b'=') && json(request).is_none();
    if !is_form {
        return Vec::new();
    }
    form_urlencoded::parse(&request.body).into_owned().collect()
}

/// Returns a JSON body, whatever its header field says.
pub(super) fn json(request: &Request) -> Option<Value> {
    serde_json::from_slice(&request.body).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::{Carrying, places};
    use crate::record::{Headers, Request};

    fn of(url: &str, headers: &[(&str, &str)], body: &str) -> Vec<(&'static str, String, String)> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Request {
            method: "POST".to_owned(),
            url: url.to_owned(),
            headers: Headers::new(headers),
            body: body.as_bytes().to_vec(),
        };
        let told = |Carrying { place, name, value }| (place, name, value);
        places(&request, "tok/1", "{token}").into_iter().map(told).collect()
    }

    #[test]
    fn a_value_is_found_wherever_it_travels() {
        let one =
            |place: &'static str, name: &str, value: &str| vec![(place, name.to_owned(), value.to_owned())];
        let header = |name: &'static str, value: &str| of("http://b/", &[(name, value)], "");
        assert_eq!(header("X-Token", "tok/1"), one("header", "X-Token", "{token}"));
        assert_eq!(header("authorization", "Bearer tok/1"), one("header", "authorization", "Bearer {token}"));
        assert_eq!(
            header("Authorization", "Basic dG9rLzE6"),
            one("header", "Authorization", "Basic {b64({token}:)}")
        );
        assert_eq!(header("cookie", "a=b; sid=tok/1"), one("header", "Cookie", "sid={token}"));
        assert_eq!(of("http://b/?t=tok%2F1&x=1", &[], ""), one("query", "t", "{token}"));
        assert_eq!(of("http://b/", &[], "s=tok%2F1"), one("form", "s", "{token}"));
        assert_eq!(of("http://b/", &[], r#"{"a":{"b/c":"tok/1"}}"#), one("json", "/a/b~1c", "{token}"));
    }

    #[test]
    fn what_only_resembles_it_or_is_wrapped_in_more_is_not_it() {
        assert!(
            of("http://b/?t=tok", &[("x", "uid=5f4dcc3b5aa765d61d83;t=tok/1")], r#"{"a":"tok/12"}"#)
                .is_empty()
        );
        assert!(of("http://b/", &[("cookie", "sid=tok/12"), ("authorization", "Basic %")], "").is_empty());
    }
}
