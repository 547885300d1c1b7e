//! Is the backend ready to be asked?

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::vitals::{Ending, Vitals};
use crate::backend::plain_request::{NoAnswer, PlainRequest, place};

/// How long one try may take. A backend that is busy starting may well be silent on its first connections.
const ONE_TRY: Duration = Duration::from_secs(5);

/// How long to wait between two tries, at first and at last.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(200));

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
                Err(_) => {
                    Seen::NoAnswer(tr!("{url} takes connections and gives no answer", url = self.url()))
                }
            };
            if Instant::now() + pause >= end {
                return Err(self.describe(&seen).await);
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    async fn look(&self) -> Result<(), Seen> {
        let url = self.url();
        // What is told through TLS is for the pre-flight to understand.
        if matches!(self, Self::Connects(_)) || url.scheme() == "https" {
            let nobody = |error: std::io::Error| Seen::NobodyListens(error.to_string());
            return TcpStream::connect(place(url)).await.map(drop).map_err(nobody);
        }
        let answer = PlainRequest::get(url).send().await.map_err(|no_answer| match no_answer {
            NoAnswer::Nobody { error, .. } => Seen::NobodyListens(error.to_string()),
            NoAnswer::Silence { .. } | NoAnswer::NoHttp { .. } => Seen::NoAnswer(no_answer.to_string()),
        })?;
        match self {
            Self::Welcomes(_) if answer.status >= 400 => Err(Seen::Status(answer.status)),
            Self::Welcomes(_) | Self::Answers(_) | Self::Connects(_) => Ok(()),
        }
    }

    async fn describe(&self, seen: &Seen) -> String {
        let url = self.url();
        match seen {
            Seen::NobodyListens(error) => {
                let (host, port) = place(url);
                let is_elsewhere = listens((IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await && host != "::1";
                if is_elsewhere {
                    tr!(
                        "nobody listens on {place} ({error}); somebody listens on [::1]:{port}: if that is it, add --backend http://[::1]:{{port}}",
                        place = format_args!("{host}:{port}"),
                        error,
                        port
                    )
                } else {
                    tr!("nobody listens on {place} ({error})", place = format_args!("{host}:{port}"), error)
                }
            }
            Seen::NoAnswer(detail) => detail.clone(),
            Seen::Status(status) => {
                tr!("{url} answers {status}, and a status below 400 was waited for", url, status)
            }
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answers(url) => write!(f, "{}", tr!("an answer from {url}", url)),
            Self::Welcomes(url) => write!(f, "{}", tr!("a status below 400 from {url}", url)),
            Self::Connects(url) => {
                let (host, port) = place(url);
                write!(f, "{}", tr!("a connection to {host}:{port}", host, port))
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
