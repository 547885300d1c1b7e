//! Is the backend ready to be asked?

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Position;

use super::vitals::{Ending, Vitals};

/// How long one try may take. A backend that is busy starting may well be silent on its first connections.
const ONE_TRY: Duration = Duration::from_secs(5);

/// How long to wait between two tries, at first and at last.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(200));

/// How much of an answer is read to know its status.
const STATUS_LINE: usize = 256;

/// By what a backend shows that it is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It answers HTTP here, whatever it says.
    Answers(Url),
    /// It answers here with a status below 400.
    Welcomes(Url),
    /// It takes connections here.
    Connects(Url),
}

/// Why a backend was not ready in time.
#[derive(Debug)]
pub(super) enum NotReady {
    Ended(Ending),
    /// What was seen last.
    TooLate(String),
}

/// What one try showed when it did not show readiness.
enum Seen {
    NobodyListens(String),
    NoAnswer(String),
    NoHttp,
    Status(u16),
}

impl Sign {
    fn url(&self) -> &Url {
        match self {
            Self::Answers(url) | Self::Welcomes(url) | Self::Connects(url) => url,
        }
    }

    /// Waits until the backend gives the sign, has ended, or has had enough time.
    pub(super) async fn wait(&self, vitals: &Vitals, patience: Duration) -> Result<(), NotReady> {
        tokio::select! {
            ending = vitals.until_ended() => Err(NotReady::Ended(ending)),
            seen = self.poll(Instant::now() + patience) => seen.map_err(NotReady::TooLate),
        }
    }

    async fn poll(&self, end: Instant) -> Result<(), String> {
        let mut pause = PAUSES.0;
        loop {
            let one_try = timeout_at(end.min(Instant::now() + ONE_TRY), self.look());
            let seen = match one_try.await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(seen)) => seen,
                Err(_) => Seen::NoAnswer("silence".to_owned()),
            };
            if Instant::now() + pause >= end {
                return Err(self.describe(&seen).await);
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn look(&self) -> Result<(), Seen> {
        let unreachable = |error: std::io::Error| Seen::NobodyListens(error.to_string());
        let stream = TcpStream::connect(place(self.url())).await.map_err(unreachable)?;
        let url = match self {
            Self::Connects(_) => return Ok(()),
            // What is told through TLS is for the pre-flight to understand.
            Self::Answers(url) | Self::Welcomes(url) if url.scheme() == "https" => return Ok(()),
            Self::Answers(url) | Self::Welcomes(url) => url,
        };
        let status = ask(stream, url).await?;
        match self {
            Self::Welcomes(_) if status >= 400 => Err(Seen::Status(status)),
            Self::Welcomes(_) | Self::Answers(_) | Self::Connects(_) => Ok(()),
        }
    }

    async fn describe(&self, seen: &Seen) -> String {
        let url = self.url();
        match seen {
            Seen::NobodyListens(error) => {
                let (host, port) = place(url);
                let elsewhere = if listens((IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await && host != "::1" {
                    format!(
                        "; somebody listens on [::1]:{port}: if that is it, add --backend http://[::1]:{{port}}"
                    )
                } else {
                    String::new()
                };
                format!("nobody listens on {host}:{port} ({error}){elsewhere}")
            }
            Seen::NoAnswer(detail) => format!("{url} takes connections and gives no answer ({detail})"),
            Seen::NoHttp => format!("{url} answers, but with something that is not HTTP"),
            Seen::Status(status) => format!("{url} answers {status}, and a status below 400 was waited for"),
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answers(url) => write!(f, "an answer from {url}"),
            Self::Welcomes(url) => write!(f, "a status below 400 from {url}"),
            Self::Connects(url) => {
                let (host, port) = place(url);
                write!(f, "a connection to {host}:{port}")
            }
        }
    }
}

/// Tells whether somebody takes connections where a URL leads.
pub(super) async fn is_taken(url: &Url) -> bool {
    listens(place(url)).await
}

async fn listens(address: impl tokio::net::ToSocketAddrs) -> bool {
    matches!(timeout(ONE_TRY, TcpStream::connect(address)).await, Ok(Ok(_)))
}

/// Returns the host and the port that a URL leads to.
pub(super) fn place(url: &Url) -> (String, u16) {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    (host.to_owned(), url.port_or_known_default().unwrap_or_default())
}

/// Sends one GET and returns the status of the answer.
async fn ask(mut stream: TcpStream, url: &Url) -> Result<u16, Seen> {
    let broken = |error: std::io::Error| Seen::NoAnswer(error.to_string());
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    let authority = &url[Position::BeforeHost..Position::AfterPort];
    let request = format!(
        "GET {}{query} HTTP/1.1\r\nHost: {authority}\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        url.path()
    );
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut answer = Vec::new();
    let mut buffer = [0; STATUS_LINE];
    while answer.len() < STATUS_LINE && !answer.contains(&b'\n') {
        match stream.read(&mut buffer).await.map_err(broken)? {
            0 => break,
            read => answer.extend_from_slice(&buffer[..read]),
        }
    }
    if answer.is_empty() {
        return Err(Seen::NoAnswer("the connection was closed".to_owned()));
    }
    status_of(&answer).ok_or(Seen::NoHttp)
}

/// Returns the status in a status line (RFC 9112 section 4).
fn status_of(answer: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(answer);
    let mut words = text.strip_prefix("HTTP/")?.split_ascii_whitespace();
    words.nth(1)?.parse().ok().filter(|status| (100..1000).contains(status))
}

#[cfg(test)]
mod tests {
    use super::status_of;

    #[test]
    fn a_status_is_read_from_http_and_from_nothing_else() {
        assert_eq!(status_of(b"HTTP/1.1 404 Not Found\r\n"), Some(404));
        assert_eq!(status_of(b"HTTP/1.0 200\r\n"), Some(200));
        for other in [&b"\x15\x03\x01\x00\x02\x02\x16"[..], b"SSH-2.0-x\r\n", b"HTTP/1.1 x\r\n", b"HTTP/1.1"]
        {
            assert_eq!(status_of(other), None);
        }
    }
}
