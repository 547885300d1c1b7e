//! An answer of the backend, read by the contract.

use std::sync::Arc;

use crate::expiry::Value;
use crate::protocol::OpenId;
use crate::record::{Exchange, FailureKind, Outcome};

/// How many characters of a body a finding quotes.
const QUOTED: usize = 300;

/// An exchange with the backend, and what the contract finds in the answer.
///
/// The four captures hold whatever stands at the place that the contract names, whatever the status is;
/// [`Value::Undefined`] means that nothing stands there or that no answer came.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own about an answer")]
pub struct Reply {
    /// The exchange itself.
    pub exchange: Arc<Exchange>,
    /// What stands where the openid is expected.
    pub openid: Value,
    /// What stands where the token is expected.
    pub token: Value,
    /// What stands beside the token as its type (RFC 6749 section 5.1).
    pub token_type: Value,
    /// What stands where the lifetime is expected.
    pub lifetime: Value,
    /// What stands where the user info is expected.
    pub data: Value,
    /// What stands where OAuth 2.0 puts the code of an error.
    pub error: Value,
    /// Whether the answer says yes in the way of the contract, whatever it holds.
    pub accepted: bool,
    /// Whether it holds what a login is granted with: an openid, or where the contract has no step between, a token.
    pub granted: bool,
    /// Whether the contract says that the openid stands in such an answer.
    pub names_openid: bool,
    /// Whether the backend turned the request away, as too much (429, RFC 6585 section 4) or because it cannot serve now
    /// (503, RFC 9110 section 15.6.4), and does not hand on what WeChat said.
    pub limited: bool,
}

impl Reply {
    /// Tells whether an exchange led to the very openid; where none is shown, whether it was granted at all.
    #[must_use]
    pub fn leads_to(&self, openid: &OpenId) -> bool {
        if self.names_openid { self.openid == Value::from(openid.as_str()) } else { self.granted }
    }

    /// Returns the status of the final answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.exchange.answer().ok().map(|answer| answer.status)
    }

    /// Tells whether an answer with a status of 200 to 299 came.
    #[must_use]
    pub fn is_2xx(&self) -> bool {
        self.status().is_some_and(|status| (200..300).contains(&status))
    }

    /// Returns why nothing can be concluded: nobody is there to be judged, or the answer was too long to be
    /// read to its end.
    ///
    /// A connection that is dropped in the middle, or an answer that never comes, is something a backend
    /// does; an address at which nobody listens is not.
    #[must_use]
    pub fn nobody_there(&self) -> Option<String> {
        match &self.exchange.outcome {
            Outcome::Failed(failure) if failure.kind == FailureKind::Unreachable => Some(failure.to_string()),
            Outcome::Answered(answer) if answer.cut => Some(tr!(
                "the answer is longer than the {bytes} bytes that are read of it",
                bytes = answer.body.len()
            )),
            Outcome::Failed(_) | Outcome::Answered(_) => None,
        }
    }

    /// Returns why an answer that grants nothing proves nothing: nobody is there to be judged, or too much was
    /// asked at a time, which a backend may well forbid.
    #[must_use]
    pub fn inconclusive(&self) -> Option<String> {
        let limited = || match self.status() {
            Some(503) => tr!(
                "the backend says that it cannot serve now (503), also a while later; look for a limit, or for a breaker \
                 that stays open after the troubles of WeChat, and lift it for this run"
            ),
            _ => tr!(
                "the backend limits how often it may be asked (429), also a while later; lift the limit for this run"
            ),
        };
        self.nobody_there().or_else(|| self.limited.then(limited))
    }

    /// Returns the values of a header field of the final answer, whatever the case of its name.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let answer = self.exchange.answer().ok();
        let fields = answer.into_iter().flat_map(|answer| answer.headers.iter());
        fields.filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Describes the answer for a finding: the status and the beginning of the body.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.exchange.outcome {
            Outcome::Failed(failure) => failure.to_string(),
            Outcome::Answered(answer) => {
                let body = String::from_utf8_lossy(&answer.body);
                let quoted: String = body.chars().take(QUOTED).collect();
                let cut = quoted.len() < body.len();
                // The cut may go through a secret, and half a secret is not recognised as one.
                let in_word = |c: char| c.is_alphanumeric() || "+/=-_.%\\".contains(c);
                let quoted = if cut { quoted.trim_end_matches(in_word) } else { &quoted };
                let more = if cut { " …" } else { "" };
                match quoted.trim() {
                    "" => tr!("{status} with an empty body", status = answer.status),
                    text => format!("{} {text}{more}", answer.status),
                }
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod examples {
    //! Replies for the tests of the checks.

    use std::sync::Arc;
    use std::time::Duration;

    use super::Reply;
    use crate::expiry::Value;
    use crate::record::{Answer, Exchange, FailureKind, Headers, Leg, Outcome, Request, TransportFailure};

    fn exchange(outcome: Outcome) -> Arc<Exchange> {
        Arc::new(Exchange {
            leg: Leg::PhoneToBackend,
            actor: "Alice".to_owned(),
            purpose: "token".to_owned(),
            at: Duration::ZERO,
            took: Duration::ZERO,
            request: Request {
                method: "GET".to_owned(),
                url: "http://127.0.0.1/".to_owned(),
                headers: Headers::default(),
                body: Vec::new(),
            },
            redirects: Vec::new(),
            outcome,
        })
    }

    /// An answer with this status and JSON body, read by the documented contract.
    pub(crate) fn answered(status: u16, body: &str) -> Reply {
        let value = Value::parse_json(body).unwrap_or(Value::Undefined);
        let member = |value: &Value, name: &str| value.get(name).unwrap_or(Value::Undefined);
        let data = member(&value, "data");
        let openid = member(&data, "openid");
        Reply {
            granted: openid.is_truthy(),
            names_openid: true,
            limited: matches!(status, 429 | 503),
            accepted: (200..300).contains(&status),
            exchange: exchange(Outcome::Answered(Answer {
                status,
                headers: Headers::default(),
                body: body.as_bytes().to_vec(),
                cut: false,
            })),
            openid,
            token: member(&value, "access_token"),
            token_type: member(&value, "token_type"),
            lifetime: member(&value, "expires_in"),
            error: member(&value, "error"),
            data,
        }
    }

    /// The same with these header fields.
    pub(crate) fn answered_with(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        let fields = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let headers = Headers::new(fields.collect());
        let answer = Answer { status, headers, body: body.as_bytes().to_vec(), cut: false };
        Reply { exchange: exchange(Outcome::Answered(answer)), ..answered(status, body) }
    }

    /// A request that got no answer for this reason.
    pub(crate) fn failed(kind: FailureKind) -> Reply {
        let failure = TransportFailure { kind, detail: "test".to_owned() };
        Reply { exchange: exchange(Outcome::Failed(failure)), ..answered(0, "") }
    }
}

#[cfg(test)]
mod tests {
    use super::examples::{answered, failed};
    use crate::record::FailureKind;

    #[test]
    fn a_description_quotes_the_beginning_only() {
        assert_eq!(answered(400, r#"{"code":1}"#).describe(), r#"400 {"code":1}"#);
        assert_eq!(answered(204, "").describe(), "204 with an empty body");
        let long = format!("{}{}", "x ".repeat(100), "y".repeat(900));
        assert!(answered(200, &long).describe().ends_with("x …"));
    }

    #[test]
    fn a_limit_on_requests_proves_nothing_about_what_was_asked() {
        assert!(answered(429, "{}").inconclusive().is_some());
        assert!(super::Reply { limited: false, ..answered(429, "{}") }.inconclusive().is_none());
        assert!(failed(FailureKind::Unreachable).inconclusive().is_some());
        assert!(answered(503, "{}").inconclusive().is_some_and(|reason| reason.contains("503")));
        assert!(answered(502, "{}").inconclusive().is_none());
    }

    #[test]
    fn an_answer_that_was_not_read_to_its_end_is_beyond_judgement() {
        let mut reply = answered(200, "{}");
        let exchange = std::sync::Arc::make_mut(&mut reply.exchange);
        let crate::record::Outcome::Answered(answer) = &mut exchange.outcome else {
            panic!("it is answered")
        };
        answer.cut = true;
        let reason = "the answer is longer than the 2 bytes that are read of it";
        assert_eq!(reply.nobody_there().as_deref(), Some(reason));
    }

    #[test]
    fn only_an_unreachable_backend_is_beyond_judgement() {
        assert!(failed(FailureKind::Unreachable).nobody_there().is_some());
        assert!(failed(FailureKind::Broken).nobody_there().is_none());
        assert!(answered(500, "").nobody_there().is_none());
    }
}
