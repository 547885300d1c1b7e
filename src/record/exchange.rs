//! One HTTP request with its answer, as it was seen on the wire.

use std::fmt;
use std::time::Duration;

use crate::language::translated;

/// Which two parties an [`Exchange`] is between. Closed: the flow has three parties and two legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leg {
    /// The phone asked the backend.
    PhoneToBackend,
    /// The backend asked WeChat, that is, the stand-in.
    BackendToWechat,
}

/// The name under which the header fields of an answer hold its reason phrase, when that is not the usual one of
/// its status. No header field can have this name.
pub const REASON: &str = ":reason";

/// A list of header fields in the order they travelled. Names keep the case they were sent in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Makes a list from pairs of name and value.
    #[must_use]
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// Appends a field; an existing one of the same name stays.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Returns the first value of a field, whatever the case of its name.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::record::Headers;
    ///
    /// let mut headers = Headers::default();
    /// headers.push("Content-Type", "text/plain");
    /// assert_eq!(headers.get("content-type"), Some("text/plain"));
    /// assert_eq!(headers.get("location"), None);
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Sets a field to this value alone, whatever values it had, under whatever case of its name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(field, _)| !field.eq_ignore_ascii_case(name));
        self.push(name, value);
    }

    /// Returns the fields in the order they travelled.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A request as it was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, upper case.
    pub method: String,
    /// The whole URL, query included.
    pub url: String,
    /// The header fields the sender set; those that the transport adds by itself may be missing.
    pub headers: Headers,
    /// The body, empty when there is none.
    pub body: Vec<u8>,
}

/// An answer as it was received.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body, cut at the limit the receiver had set.
    pub body: Vec<u8>,
    /// True when the body was longer than the receiver was willing to read.
    pub cut: bool,
}

/// Why there is no answer. The enum may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// Nobody listens at the address, or its name does not resolve.
    Unreachable,
    /// The answer did not come within the patience of the asker.
    TimedOut,
    /// The connection ended before the answer was complete.
    Broken,
    /// What came back is not HTTP.
    NotHttp,
    /// Redirects led in a circle or to a place that cannot be asked.
    Redirects,
    /// The request could not be put on the wire, for instance because a header value holds a line break.
    Unsendable,
}

/// A request that got no answer, with what the transport said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportFailure {
    /// The kind of failure, for decisions.
    pub kind: FailureKind,
    /// The transport's own words, for people.
    pub detail: String,
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = &self.detail;
        f.write_str(&match self.kind {
            FailureKind::Unreachable => tr!("nobody answers at the address ({detail})", detail),
            FailureKind::TimedOut => tr!("no answer in time ({detail})", detail),
            FailureKind::Broken => {
                tr!("the connection ended before the answer was complete ({detail})", detail)
            }
            FailureKind::NotHttp => tr!("the answer is not HTTP ({detail})", detail),
            FailureKind::Redirects => tr!("the redirects lead nowhere ({detail})", detail),
            FailureKind::Unsendable => tr!("the request cannot be put into HTTP ({detail})", detail),
        })
    }
}

impl std::error::Error for TransportFailure {}

/// A redirect that was followed on the way to the final answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The answer that asked for the redirect.
    pub answer: Answer,
    /// The URL asked next.
    pub to: String,
}

/// What came of a request. Closed: there is an answer or there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer came, whatever its status.
    Answered(Answer),
    /// No answer came.
    Failed(TransportFailure),
}

/// One HTTP request with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Between whom.
    pub leg: Leg,
    /// Who caused it, such as `Alice`; on the leg to WeChat the person whose code it carries.
    pub actor: String,
    /// What it was for, in words of the flow, such as `code exchange`.
    pub purpose: String,
    /// When the request was sent, counted from the start of the run.
    pub at: Duration,
    /// How long the answer, or its absence, took.
    pub took: Duration,
    /// The first request, before any redirect.
    pub request: Request,
    /// The redirects followed, in order; empty on the leg to WeChat.
    pub redirects: Vec<Redirect>,
    /// The final answer, or why there is none.
    pub outcome: Outcome,
}

impl Exchange {
    /// Returns what the request was for, in the language of the process. What the exchange itself has is English, and
    /// is compared.
    #[must_use]
    pub fn purpose_said(&self) -> String {
        purpose_said(&self.purpose)
    }

    /// Returns the final answer.
    ///
    /// # Errors
    ///
    /// Gives back the transport failure when no answer came.
    pub fn answer(&self) -> Result<&Answer, &TransportFailure> {
        match &self.outcome {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::Failed(failure) => Err(failure),
        }
    }

    /// Returns every answer the asker saw: those of the redirects, then the final one.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.redirects.iter().map(|redirect| &redirect.answer).chain(self.answer().ok())
    }
}

/// Says what a request was for in the language of the process, and what was odd about it: `token with a NUL` and
/// `token by PUT` are made of texts that are translated each.
#[must_use]
pub fn purpose_said(purpose: &str) -> String {
    if let Some((what, oddity)) = purpose.split_once(" with ") {
        return tr!("{what} with {oddity}", what = translated(what), oddity = translated(oddity));
    }
    match purpose.rsplit_once(" by ") {
        Some((what, method)) if method.chars().all(|letter| letter.is_ascii_uppercase()) => {
            tr!("{what} by {method}", what = translated(what), method)
        }
        _ => translated(purpose),
    }
}

// Requests and answers carry secrets in the clear, so their `Debug` shows the shape and not the content.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.url.split('?').next().unwrap_or_default();
        write!(f, "Request({} {path}, {} bytes)", self.method, self.body.len())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}
