//! What was recorded?
//!
//! HAR 1.2, as browsers, mitmproxy and the developer tools of WeChat export it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde::Deserialize;

use super::GuessError;
use crate::expiry::UnixMillis;
use crate::record::{Answer, Headers, Request};

/// One exchange of a recording.
#[derive(Debug)]
pub(super) struct Entry {
    /// Which one it is, counted from 1 as people do.
    pub(super) number: usize,
    pub(super) request: Request,
    pub(super) answer: Answer,
    /// When it was sent, as the recording's clock had it.
    pub(super) at: UnixMillis,
}

impl Entry {
    /// Returns the path with the query, without the slash at the front.
    fn target(&self) -> &str {
        let rest = self.request.url.split_once("://").map_or(self.request.url.as_str(), |(_, rest)| rest);
        rest.split_once('/').map_or("", |(_, path)| path)
    }

    /// Returns the path without the slash at the front.
    pub(super) fn path(&self) -> &str {
        self.target().split(['?', '#']).next().unwrap_or_default()
    }

    /// Returns scheme and host.
    pub(super) fn origin(&self) -> &str {
        let end = self.request.url.len() - self.target().len();
        self.request.url.get(..end).unwrap_or_default().trim_end_matches('/')
    }

    /// Says which one it is, without what may be a secret.
    pub(super) fn shown(&self) -> String {
        tr!(
            "entry {number}: {method} /{path}",
            number = self.number,
            method = self.request.method,
            path = self.path()
        )
    }
}

#[derive(Deserialize)]
struct File {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Recorded>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    #[serde(default)]
    started_date_time: String,
    request: Asked,
    response: Answered,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    cookies: Vec<Pair>,
    post_data: Option<Body>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    mime_type: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    params: Vec<Pair>,
}

#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    status: i32,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    cookies: Vec<Pair>,
    #[serde(default)]
    content: Content,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    #[serde(default)]
    value: Option<String>,
}

impl Pair {
    fn value(&self) -> &str {
        self.value.as_deref().unwrap_or_default()
    }
}

/// Reads the exchanges of a recording; those without an answer, and what browsers ask beforehand, are left out.
pub(super) fn read(place: &str, text: &str) -> Result<Vec<Entry>, GuessError> {
    let text = text.trim_start_matches('\u{feff}');
    let file: File = serde_json::from_str(text).map_err(|error| GuessError::no_json(place, &error))?;
    let entries = file.log.entries.into_iter().enumerate();
    let entries: Vec<Entry> = entries.filter_map(|(at, recorded)| entry(at + 1, recorded)).collect();
    if entries.is_empty() {
        return Err(GuessError::lacks(
            place,
            tr!("/log/entries has no exchange with an answer; record a login from its beginning"),
        ));
    }
    Ok(entries)
}

fn entry(number: usize, recorded: Recorded) -> Option<Entry> {
    let status = u16::try_from(recorded.response.status).ok().filter(|status| (100..600).contains(status))?;
    if matches!(recorded.request.method.as_str(), "OPTIONS" | "CONNECT") {
        return None;
    }
    let at = DateTime::parse_from_rfc3339(&recorded.started_date_time);
    let at = UnixMillis::new(at.map_or(0, |at| at.timestamp_millis()));
    let answer = recorded.response;
    let mut headers = fields(&answer.headers);
    if headers.get("set-cookie").is_none() {
        for cookie in &answer.cookies {
            headers.push("set-cookie", format!("{}={}", cookie.name, cookie.value()));
        }
    }
    let body = answer.content.text.unwrap_or_default();
    let body = match answer.content.encoding.as_deref() {
        Some("base64") => STANDARD.decode(body.trim()).unwrap_or_default(),
        _ => body.into_bytes(),
    };
    let answer = Answer { status, headers, body, cut: false };
    Some(Entry { number, request: request(recorded.request), answer, at })
}

fn request(asked: Asked) -> Request {
    let mut headers = fields(&asked.headers);
    if headers.get("cookie").is_none() && !asked.cookies.is_empty() {
        let cookies = asked.cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value()));
        headers.push("cookie", cookies.collect::<Vec<_>>().join("; "));
    }
    let mut body = String::new();
    if let Some(sent) = asked.post_data {
        body = sent.text;
        if body.is_empty() && !sent.params.is_empty() {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.extend_pairs(sent.params.iter().map(|pair| (pair.name.as_str(), pair.value())));
            body = form.finish();
            headers.set("content-type", "application/x-www-form-urlencoded");
        } else if headers.get("content-type").is_none() && !sent.mime_type.is_empty() {
            headers.push("content-type", sent.mime_type);
        }
    }
    Request { method: asked.method.to_uppercase(), url: asked.url, headers, body: body.into_bytes() }
}

/// Returns header fields without those that HTTP/2 makes up.
fn fields(pairs: &[Pair]) -> Headers {
    let pairs = pairs.iter().filter(|pair| !pair.name.starts_with(':'));
    Headers::new(pairs.map(|pair| (pair.name.clone(), pair.value().to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use super::{GuessError, read};

    const LEAST: &str = r#"{"log":{"entries":[{"request":{"method":"get","url":"http://b:1/a/b?c=d"},
        "response":{"status":200}}]}}"#;

    #[test]
    fn little_is_needed() {
        let entries = read("x.har", LEAST).unwrap();
        assert_eq!((entries[0].path(), entries[0].origin(), entries[0].number), ("a/b", "http://b:1", 1));
        assert_eq!(entries[0].shown(), "entry 1: GET /a/b");
        let bare = LEAST.replace("/a/b?c=d", "");
        assert_eq!(
            (read("x", &bare).unwrap()[0].path(), read("x", &bare).unwrap()[0].origin()),
            ("", "http://b:1")
        );
    }

    #[test]
    fn every_way_to_record_a_body_and_a_cookie_is_read() {
        let text = r#"{"log":{"entries":[
            {"request":{"method":"OPTIONS","url":"http://b/"},"response":{"status":204}},
            {"request":{"method":"POST","url":"http://b/"},"response":{"status":0}},
            {"startedDateTime":"2023-11-14T22:13:20.250Z",
             "request":{"method":"POST","url":"http://b/","headers":[{"name":":path","value":"/"}],
               "cookies":[{"name":"a","value":"1"},{"name":"b","value":"2"}],
               "postData":{"mimeType":"x","params":[{"name":"code","value":"a b"},{"name":"n"}]}},
             "response":{"status":200,"cookies":[{"name":"sid","value":"s1"}],
               "content":{"text":"eyJhIjoxfQ==","encoding":"base64"}}}]}}"#;
        let entries = read("x.har", text).unwrap();
        let [entry] = entries.as_slice() else { panic!("{entries:?}") };
        assert_eq!((entry.number, entry.at.millis()), (3, 1_700_000_000_250));
        assert_eq!(entry.request.body, b"code=a+b&n=");
        assert_eq!(entry.request.headers.get("cookie"), Some("a=1; b=2"));
        assert_eq!(entry.request.headers.get(":path"), None);
        assert_eq!(
            (entry.answer.headers.get("set-cookie"), entry.answer.body.as_slice()),
            (Some("sid=s1"), &b"{\"a\":1}"[..])
        );
    }

    #[test]
    fn what_is_no_recording_is_told_with_its_place() {
        let told = |text: &str| read("x.har", text).unwrap_err().to_string();
        assert_eq!(told("{\"log\":\n{"), "x.har:2:1: EOF while parsing an object");
        assert!(told("{}").starts_with("x.har:1:2: missing field `log`"), "{}", told("{}"));
        assert!(told(r#"{"log":{"entries":[]}}"#).contains("/log/entries has no exchange"));
        assert!(matches!(read("x", "<har>"), Err(GuessError::Syntax { line: 1, column: 1, .. })));
    }
}
