//! Putting something more into a request.

use form_urlencoded::Serializer;

use crate::expiry::{Object, Value};
use crate::record::{Headers, Request};

/// Writes a scheme with letters in the case of another one: small, large, or in turn.
pub(super) fn in_case_of(scheme: &str, like: &str) -> String {
    let all =
        |test: fn(&char) -> bool| like.chars().filter(char::is_ascii_alphabetic).all(|letter| test(&letter));
    if all(char::is_ascii_lowercase) {
        scheme.to_ascii_lowercase()
    } else if all(char::is_ascii_uppercase) {
        scheme.to_ascii_uppercase()
    } else {
        let letters = scheme.chars().enumerate();
        letters
            .map(
                |(at, letter)| {
                    if at % 2 == 0 { letter.to_ascii_lowercase() } else { letter.to_ascii_uppercase() }
                },
            )
            .collect()
    }
}

pub(super) fn with(mut request: Request, name: &str, value: String) -> Request {
    request.headers.set(name, value);
    request
}

pub(crate) fn without(request: Request, name: &str) -> Request {
    let fields = request.headers.iter().filter(|(field, _)| !field.eq_ignore_ascii_case(name));
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Request { headers: Headers::new(fields), ..request }
}

pub(super) fn with_query(url: &str, name: &str, value: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!(
        "{url}{joint}{}",
        Serializer::new(String::new()).append_pair(name, value).finish().replace('+', "%20")
    )
}

pub(super) fn with_form(mut request: Request, name: &str, value: &str) -> Request {
    let pair = Serializer::new(String::new()).append_pair(name, value).finish();
    if request.body.is_empty() {
        request.headers.set("content-type", "application/x-www-form-urlencoded");
    } else {
        request.body.push(b'&');
    }
    request.body.extend_from_slice(pair.as_bytes());
    request
}

/// Adds parameters to the URL of a request, and to its body where that is a form or an object of JSON. What the request says
/// already stays as it is.
pub(crate) fn beside(mut request: Request, pairs: &[(String, String)]) -> Request {
    for (name, value) in pairs {
        let query = request.url.split_once('?').map_or("", |(_, query)| query);
        if !form_urlencoded::parse(query.as_bytes()).any(|(known, _)| known == name.as_str()) {
            request.url = with_query(&request.url, name, value);
        }
        let declared = request.headers.get("content-type").unwrap_or_default().to_owned();
        if request.body.is_empty() {
            continue;
        }
        if declared.contains("form-urlencoded") {
            if !form_urlencoded::parse(&request.body).any(|(known, _)| known == name.as_str()) {
                request = with_form(request, name, value);
            }
        } else if declared.contains("json") && !says(&request.body, name) {
            request = with_json(request, &format!("/{}", name.replace('~', "~0").replace('/', "~1")), value);
        }
    }
    request
}

/// Tells whether a body of JSON cannot take a member of this name: it has one, or is no object.
fn says(body: &[u8], name: &str) -> bool {
    let body = std::str::from_utf8(body).ok().and_then(|text| Value::parse_json(text).ok());
    if let Some(Value::Object(object)) = body { object.get(name).is_some() } else { true }
}

/// Puts a value into a JSON body, at a JSON pointer below objects.
pub(super) fn with_json(mut request: Request, pointer: &str, value: &str) -> Request {
    let body = std::str::from_utf8(&request.body).ok().and_then(|text| Value::parse_json(text).ok());
    let root = body
        .filter(|body| matches!(body, Value::Object(_)))
        .unwrap_or_else(|| Value::from(Object::default()));
    let names: Vec<String> =
        pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
    let root = planted(root, &names, value);
    let has_own_type = request.headers.get("content-type").is_some_and(|declared| declared.contains("json"));
    if !has_own_type {
        request.headers.set("content-type", "application/json");
    }
    request.body = root.to_json().unwrap_or_default().into_bytes();
    request
}

/// Returns an object in which a text stands below these names.
fn planted(at: Value, names: &[String], text: &str) -> Value {
    let Some((name, rest)) = names.split_first() else { return Value::from(text) };
    let mut object = if let Value::Object(object) = at { object } else { Object::default() };
    let below = object.get(name).cloned().unwrap_or_default();
    object.set(name.as_str(), planted(below, rest, text));
    Value::from(object)
}

#[cfg(test)]
mod tests {
    use super::beside;
    use crate::record::{Headers, Request};

    fn asked(url: &str, declared: &str, body: &str) -> Request {
        let mut headers = Headers::default();
        headers.push("content-type", declared);
        Request { method: "POST".to_owned(), url: url.to_owned(), headers, body: body.as_bytes().to_vec() }
    }

    fn named(request: Request) -> (String, String) {
        let pairs = [("uid", "u1"), ("token", "t")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let made = beside(request, &pairs);
        (made.url, String::from_utf8(made.body).unwrap())
    }

    #[test]
    fn what_stands_beside_takes_nothings_place() {
        let form = "application/x-www-form-urlencoded";
        let made = named(asked("http://x/out?token=own", form, "uid=own"));
        assert_eq!(made, ("http://x/out?token=own&uid=u1".to_owned(), "uid=own&token=t".to_owned()));
        let (_, body) = named(asked("http://x/out", "application/json", r#"{"token":"own"}"#));
        assert_eq!(body, r#"{"token":"own","uid":"u1"}"#);
        for (declared, body) in
            [("application/json", "[1]"), ("application/json", ""), ("text/plain", "token")]
        {
            let made = named(asked("http://x/out", declared, body));
            assert_eq!(made, ("http://x/out?uid=u1&token=t".to_owned(), body.to_owned()));
        }
    }
}
