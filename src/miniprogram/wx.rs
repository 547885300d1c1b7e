//! What does `wx` do with what the mini program asks of it?

use std::fmt;

use super::transport::Transport;
use crate::expiry::{JsError, JsString, Value};
use crate::record::{Exchange, Headers, Request};

/// The content type of a request that names none.
const DEFAULT_CONTENT_TYPE: &str = "application/json";

/// What WeChat itself gives to the mini program on this phone.
pub trait Platform: Send {
    /// Says whether `wx.checkSession` calls `success`.
    fn check_session(&mut self) -> bool;

    /// Returns the `code` that `wx.login` hands to `success`, or `None` when it calls `fail`.
    fn login(&mut self) -> Option<Value>;
}

/// The argument of `wx.request`.
#[derive(Clone)]
pub struct WxRequest {
    /// The method, upper case.
    pub method: &'static str,
    /// The address; it may have a query already.
    pub url: String,
    /// The header fields.
    pub header: Vec<(&'static str, JsString)>,
    /// The parameters, or a body as it is.
    pub data: Value,
}

/// What `wx.request` was asked to send, put into words of HTTP.
#[derive(Clone, PartialEq)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path of the address.
    pub path: String,
    /// The query without its question mark; empty when there is none.
    pub query: String,
    /// The header field `Authorization`, when it was set.
    pub authorization: Option<JsString>,
    /// The header field `Content-Type`.
    pub content_type: JsString,
    /// The body; empty when there is none.
    pub body: JsString,
}

/// The argument of a `success` callback.
#[derive(Clone, PartialEq)]
pub struct Reply {
    /// The status code, whatever it is.
    pub status: u16,
    /// The body: what `JSON.parse` makes of it, or else the text.
    pub data: Value,
}

impl WxRequest {
    /// Turns the request into HTTP: the data into a query or a body, every value into text.
    ///
    /// With GET and HEAD the data becomes a query, else a form when the content type says so, else JSON. A
    /// text is sent as it is.
    ///
    /// # Errors
    ///
    /// What `String()` or `encodeURIComponent` throws at a value of the data.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::expiry::Value;
    /// use wxconform::miniprogram::WxRequest;
    ///
    /// let request = WxRequest {
    ///     method: "GET",
    ///     url: "http://localhost/api/code".to_owned(),
    ///     header: Vec::new(),
    ///     data: Value::parse_json(r#"{"code": "a b&c"}"#)?,
    /// };
    /// let asked = request.ask()?;
    /// assert_eq!((asked.path.as_str(), asked.query.as_str()), ("/api/code", "code=a%20b%26c"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ask(&self) -> Result<Asked, JsError> {
        Ok(self.spell()?.0)
    }

    /// Returns the request as it was asked for, and as it goes on the wire.
    fn spell(&self) -> Result<(Asked, Request), JsError> {
        let content_type = self.field("content-type").cloned();
        let chosen = content_type.clone().unwrap_or_else(|| JsString::from(DEFAULT_CONTENT_TYPE));
        let in_url = matches!(self.method, "GET" | "HEAD");
        let (url, body) = if in_url {
            (with_query(&self.url, &encoded(&self.data)?.to_string_lossy()), JsString::default())
        } else if chosen.to_string_lossy().to_ascii_lowercase().contains("x-www-form-urlencoded") {
            (self.url.clone(), encoded(&self.data)?)
        } else {
            (self.url.clone(), json_body(&self.data))
        };
        let (path, query) = path_and_query(&url);
        let asked = Asked {
            method: self.method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            authorization: self.field("authorization").cloned(),
            content_type: chosen,
            body,
        };
        let mut headers = Headers::default();
        for (name, value) in &self.header {
            headers.push(*name, value.to_string_lossy());
        }
        if content_type.is_none() {
            headers.push("content-type", DEFAULT_CONTENT_TYPE);
        }
        let body = asked.body.to_string_lossy().into_bytes();
        Ok((asked, Request { method: self.method.to_owned(), url, headers, body }))
    }

    fn field(&self, name: &str) -> Option<&JsString> {
        self.header.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Sends a request, as `wx.request` does. Without a reply `fail` is called instead of `success`.
pub(super) async fn request(
    transport: &Transport,
    request: &WxRequest,
    actor: &str,
    purpose: &str,
) -> Result<(Asked, Exchange, Option<Reply>), JsError> {
    let (asked, http) = request.spell()?;
    let exchange = transport.send(http, actor, purpose).await;
    let reply =
        exchange.answer().ok().map(|answer| Reply { status: answer.status, data: decode(&answer.body) });
    Ok((asked, exchange, reply))
}

/// Reads a body: bytes that are not UTF-8 are replaced, one byte order mark is taken off, and what is not
/// JSON stays a text. The content type of the answer plays no part.
fn decode(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Value::parse_json(text).unwrap_or_else(|_no_json| Value::from(text))
}

/// Returns the data as `key=value&key=value`, keys and values encoded.
fn encoded(data: &Value) -> Result<JsString, JsError> {
    match data {
        Value::Undefined | Value::Null => Ok(JsString::default()),
        Value::Object(object) => {
            let mut pairs = Vec::new();
            for (key, value) in object.entries() {
                let value = value.to_js_string()?.encode_uri_component()?;
                pairs.push(format!("{}={value}", key.encode_uri_component()?));
            }
            Ok(JsString::from(pairs.join("&")))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => data.to_js_string(),
    }
}

/// Returns the data as a JSON text; a text is one already.
fn json_body(data: &Value) -> JsString {
    match data {
        Value::String(text) => text.clone(),
        Value::Undefined
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_) => JsString::from(data.to_json().unwrap_or_default()),
    }
}

/// Appends to the query of a URL, before the fragment.
fn with_query(url: &str, query: &str) -> String {
    if query.is_empty() {
        return url.to_owned();
    }
    let (front, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let joint = match front.split_once('?') {
        None => "?",
        Some((_, old)) if old.is_empty() || old.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{front}{joint}{query}{fragment}")
}

/// Takes a URL apart as it is written, without the changes a parser makes.
fn path_and_query(url: &str) -> (&str, &str) {
    let whole = url.split('#').next().unwrap_or_default();
    let (front, query) = whole.split_once('?').unwrap_or((whole, ""));
    let authority = front.find("://").map_or(0, |scheme| scheme + 3);
    let path = front[authority..].find('/').map_or("/", |slash| &front[authority + slash..]);
    (path, query)
}

// Requests and replies carry codes and tokens, so their `Debug` shows the shape and not the content.
impl fmt::Debug for WxRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WxRequest({} {})", self.method, path_and_query(&self.url).0)
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Asked({} {})", self.method, self.path)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {})", self.status, self.data.type_of())
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, WxRequest, decode, path_and_query, with_query};
    use crate::expiry::{JsString, Value};

    fn asked(method: &'static str, content_type: &str, data: &str) -> Asked {
        let header = vec![("Content-Type", JsString::from(content_type))];
        let data = Value::parse_json(data).unwrap();
        WxRequest { method, url: "http://a/b/c".to_owned(), header, data }.ask().unwrap()
    }

    #[test]
    fn data_of_a_get_becomes_a_query_whatever_the_content_type() {
        let asked = asked("GET", "application/json", r#"{"a&": [1, null, "x y"], "b": {}, "c": null}"#);
        assert_eq!(asked.query, "a%26=1%2C%2Cx%20y&b=%5Bobject%20Object%5D&c=null");
        assert!(asked.body.is_empty());
    }

    #[test]
    fn data_of_a_post_becomes_a_form_or_json_by_content_type() {
        assert_eq!(asked("POST", "application/x-www-form-urlencoded", r#"{"a":1.50}"#).body, "a=1.5");
        assert_eq!(asked("POST", "application/json", r#"{"a":1.50}"#).body, r#"{"a":1.5}"#);
        assert_eq!(asked("POST", "text/plain", r#""as it is""#).body, "as it is");
    }

    #[test]
    fn a_request_that_names_no_content_type_sends_json() {
        let request =
            WxRequest { method: "POST", url: "http://a/".to_owned(), header: vec![], data: Value::Null };
        assert_eq!(request.ask().unwrap().content_type, "application/json");
    }

    #[test]
    fn a_value_that_has_no_text_is_an_exception() {
        for data in [r#"{"a": {"toString": 1}}"#, r#"{"a": "\ud800"}"#, r#"{"\ud800": 1}"#] {
            let data = Value::parse_json(data).unwrap();
            let request = WxRequest { method: "GET", url: "http://a/".to_owned(), header: vec![], data };
            assert!(request.ask().is_err());
        }
    }

    #[test]
    fn a_query_is_appended_to_the_one_that_is_there() {
        for (url, expected) in [
            ("http://a/b", "http://a/b?x=1"),
            ("http://a/b?", "http://a/b?x=1"),
            ("http://a/b?c=d", "http://a/b?c=d&x=1"),
            ("http://a/b?c=d&", "http://a/b?c=d&x=1"),
            ("http://a/b#f?g", "http://a/b?x=1#f?g"),
        ] {
            assert_eq!(with_query(url, "x=1"), expected);
        }
        assert_eq!(with_query("http://a/b", ""), "http://a/b");
    }

    #[test]
    fn path_and_query_are_taken_as_they_are_written() {
        assert_eq!(path_and_query("http://a:1/b/../c?d='?#e"), ("/b/../c", "d='?"));
        assert_eq!(path_and_query("http://a"), ("/", ""));
    }

    #[test]
    fn a_body_that_is_no_json_stays_a_text() {
        assert_eq!(decode(b"{\"a\":"), Value::from("{\"a\":"));
        assert_eq!(decode(b""), Value::from(""));
        assert_eq!(decode(b"\"\xff\""), Value::from("\u{fffd}"));
        assert_eq!(decode(b"null"), Value::Null);
    }

    #[test]
    fn one_byte_order_mark_is_taken_off() {
        assert_eq!(decode(b"\xef\xbb\xbf1"), Value::from(1.0));
        assert_eq!(decode(b"\xef\xbb\xbf\xef\xbb\xbf1"), Value::from("\u{feff}1"));
    }

    #[test]
    fn nothing_secret_prints() {
        let mut request = WxRequest {
            method: "GET",
            url: "http://a/b?t=canary".to_owned(),
            header: vec![],
            data: Value::from("canary"),
        };
        request.header.push(("Authorization", JsString::from("Bearer canary")));
        let shown = format!("{request:?} {:?}", request.ask().unwrap());
        assert!(!shown.contains("canary"), "{shown}");
    }
}
