//! How is a backend asked for something that is no part of the flow?
//!
//! One request on a connection of its own, without a proxy, without TLS, and without any interest in the body of
//! the answer.

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Position;

/// How much of an answer is read to find the end of its head.
const HEAD: usize = 16 * 1024;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlainRequest {
    pub(super) method: String,
    pub(super) url: Url,
    /// The body, if there is one.
    pub(super) body: Option<String>,
}

/// What an answer says in its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlainAnswer {
    pub(super) status: u16,
    /// What the backend takes for the time, as the `Date` header says it (RFC 9110 section 6.6.1).
    pub(super) date: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error("{}", tr!("nobody listens on {place} ({error})", place, error))]
    Nobody { place: String, error: std::io::Error },
    #[error("{}", tr!("no answer from {url} ({detail})", url, detail))]
    Silence { url: String, detail: String },
    #[error("{}", tr!("the answer from {url} is not HTTP", url))]
    NoHttp { url: String },
}

impl PlainRequest {
    pub(super) fn get(url: &Url) -> Self {
        Self { method: "GET".to_owned(), url: url.clone(), body: None }
    }

    /// Sends the request and reads the head of the answer, for as long as that takes.
    pub(super) async fn send(&self) -> Result<PlainAnswer, NoAnswer> {
        let (host, port) = place(&self.url);
        let nobody = |error| NoAnswer::Nobody { place: format!("{host}:{port}"), error };
        let mut stream = TcpStream::connect((host.as_str(), port)).await.map_err(nobody)?;
        let silence = |detail: String| NoAnswer::Silence { url: self.url.to_string(), detail };
        let broken = |error: std::io::Error| silence(error.to_string());
        stream.write_all(self.text().as_bytes()).await.map_err(broken)?;
        let mut answer = Vec::new();
        let mut buffer = [0; 1024];
        while answer.len() < HEAD && !ends_head(&answer) {
            match stream.read(&mut buffer).await {
                Ok(0) => break,
                Ok(read) => answer.extend_from_slice(&buffer[..read]),
                // Who closes without reading all that was sent may break the connection behind the answer.
                Err(error) if answer.is_empty() => return Err(broken(error)),
                Err(_) => break,
            }
        }
        if answer.is_empty() {
            return Err(silence(tr!("the connection was closed")));
        }
        read(&answer).ok_or_else(|| NoAnswer::NoHttp { url: self.url.to_string() })
    }

    fn text(&self) -> String {
        let Self { method, url, body } = self;
        let target = &url[Position::BeforePath..Position::AfterQuery];
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {authority}\r\nAccept: */*\r\nUser-Agent: wxconform\r\n\
             Connection: close\r\n"
        );
        match body {
            Some(body) => {
                let kind = if body.starts_with(['{', '[']) {
                    "application/json"
                } else {
                    "application/x-www-form-urlencoded"
                };
                format!("{head}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            }
            None if method == "GET" => format!("{head}\r\n"),
            None => format!("{head}Content-Length: 0\r\n\r\n"),
        }
    }
}

/// Returns the host and the port that a URL leads to.
pub(super) fn place(url: &Url) -> (String, u16) {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    (host.to_owned(), url.port_or_known_default().unwrap_or_default())
}

fn ends_head(answer: &[u8]) -> bool {
    answer.windows(4).any(|four| four == b"\r\n\r\n") || answer.windows(2).any(|two| two == b"\n\n")
}

/// Reads the head of an answer (RFC 9112 sections 4 and 5).
fn read(answer: &[u8]) -> Option<PlainAnswer> {
    let text = String::from_utf8_lossy(answer);
    let mut lines = text.lines();
    let mut words = lines.next()?.strip_prefix("HTTP/")?.split_ascii_whitespace();
    let status = words.nth(1)?.parse().ok().filter(|status| (100..1000).contains(status))?;
    let fields = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
    let mut dates = fields.filter(|(name, _)| name.eq_ignore_ascii_case("date"));
    Some(PlainAnswer { status, date: dates.next().map(|(_, value)| value.trim().to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::{PlainAnswer, PlainRequest, place, read};

    #[test]
    fn status_and_date_are_read_from_http_and_from_nothing_else() {
        let answer = |status, date: Option<&str>| Some(PlainAnswer { status, date: date.map(str::to_owned) });
        let date = "Thu, 01 Jan 1970 00:00:00 GMT";
        let dated = format!("HTTP/1.1 404 Not Found\r\nx: y\r\ndate: {date}\r\n\r\nDate: none\r\n");
        assert_eq!(read(dated.as_bytes()), answer(404, Some(date)));
        assert_eq!(read(b"HTTP/1.0 200\r\n\r\nDate: none\r\n"), answer(200, None));
        for other in [&b"\x15\x03\x01\x00\x02\x02\x16"[..], b"SSH-2.0-x\r\n", b"HTTP/1.1 x\r\n", b"HTTP/1.1"]
        {
            assert_eq!(read(other), None);
        }
    }

    #[test]
    fn a_request_says_what_it_carries() {
        let url = reqwest::Url::parse("http://[::1]:8080/a/b?c=d%20e#f").unwrap();
        let request = |method: &str, body: Option<&str>| PlainRequest {
            method: method.to_owned(),
            url: url.clone(),
            body: body.map(str::to_owned),
        };
        let text = request("GET", None).text();
        assert!(text.starts_with("GET /a/b?c=d%20e HTTP/1.1\r\nHost: [::1]:8080\r\n"), "{text}");
        assert!(text.ends_with("Connection: close\r\n\r\n"), "{text}");
        assert!(request("POST", None).text().ends_with("Content-Length: 0\r\n\r\n"));
        let json = request("PUT", Some("{\"a\":1}")).text();
        assert!(
            json.ends_with("Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"),
            "{json}"
        );
        assert!(
            request("PUT", Some("a=1")).text().contains("x-www-form-urlencoded\r\nContent-Length: 3\r\n")
        );
        assert_eq!(place(&url), ("::1".to_owned(), 8080));
    }
}
