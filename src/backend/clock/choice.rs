//! How does the user mean to make time pass?

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;

use super::ClockError;
use crate::backend::plain_request::PlainRequest;

/// The placeholders of a request.
const PLACES: [&str; 2] = ["{seconds}", "{millis}"];

/// How the user means to make a backend's time pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockChoice {
    /// It really passes.
    Wait,
    /// A request puts the backend's clock forward.
    Request(ClockRequest),
    /// `libfaketime` puts the clock of a launched backend forward; the library is looked for unless it is named.
    Faketime(Option<PathBuf>),
}

/// A request that puts a backend's clock forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockRequest {
    method: String,
    /// A URL, or a path on the backend's host.
    to: String,
    body: Option<String>,
}

/// A request that puts a backend's clock forward, with its address.
#[derive(Debug)]
pub(super) struct PlacedRequest {
    template: ClockRequest,
    base: Url,
}

/// Why a way to make time pass cannot be understood. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClockMistake {
    /// It is none of the ways there are.
    #[error("{}", tr!(
        "{text} is no way to make time pass; the nearest is {nearest}; expected wait, faketime, \
         faketime:/path/libfaketime.so.1, or a request such as 'POST /test/clock?advance={{seconds}}'",
        text = format_args!("{text:?}"), nearest
    ))]
    Unknown {
        /// What was given.
        text: String,
        /// The most similar way.
        nearest: &'static str,
    },
    /// The request does not say by how much.
    #[error("{}", tr!(
        "{text} does not say by how much to put the clock forward; write {{seconds}} or {{millis}} into it",
        text = format_args!("{text:?}")
    ))]
    ByHowMuch {
        /// What was given.
        text: String,
    },
    /// The request leads nowhere.
    #[error("{}", tr!("{to} is neither a path that begins with / nor an http:// URL", to = format_args!("{to:?}")))]
    Nowhere {
        /// Where it was to go.
        to: String,
    },
}

impl FromStr for ClockChoice {
    type Err = ClockMistake;

    /// Reads `wait`, `faketime`, `faketime:PATH`, or `[METHOD] URL-or-path [BODY]`; the method is POST unless it
    /// is told.
    fn from_str(text: &str) -> Result<Self, ClockMistake> {
        let text = text.trim();
        match text.split_once(':') {
            _ if text == "wait" => return Ok(Self::Wait),
            _ if text == "faketime" => return Ok(Self::Faketime(None)),
            Some(("faketime", path)) if !path.is_empty() => return Ok(Self::Faketime(Some(path.into()))),
            _ => {}
        }
        let (method, rest) = match text.split_once(char::is_whitespace) {
            Some((method, rest)) if is_method(method) => (method, rest.trim_start()),
            _ => ("POST", text),
        };
        let (to, body) = match rest.split_once(char::is_whitespace) {
            Some((to, body)) => (to, Some(body.trim().to_owned())),
            None => (rest, None),
        };
        if !to.starts_with('/') && !to.contains("://") {
            let ways = ["wait", "faketime"];
            let nearest = ways.into_iter().min_by_key(|way| strsim::damerau_levenshtein(way, text));
            return Err(ClockMistake::Unknown {
                text: text.to_owned(),
                nearest: nearest.unwrap_or_default(),
            });
        }
        let request = ClockRequest { method: method.to_owned(), to: to.to_owned(), body };
        if !PLACES.iter().any(|place| request.holds(place)) {
            return Err(ClockMistake::ByHowMuch { text: text.to_owned() });
        }
        // What leads nowhere from one host leads nowhere from any.
        let anywhere = Url::parse("http://127.0.0.1/").ok().ok_or_else(|| request.nowhere())?;
        request.url(&anywhere, Duration::ZERO)?;
        Ok(Self::Request(request))
    }
}

fn is_method(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase())
}

impl ClockRequest {
    pub(super) fn at(&self, base: &Url) -> Result<PlacedRequest, ClockMistake> {
        self.url(base, Duration::ZERO)?;
        Ok(PlacedRequest { template: self.clone(), base: base.clone() })
    }

    fn holds(&self, place: &str) -> bool {
        self.to.contains(place) || self.body.as_ref().is_some_and(|body| body.contains(place))
    }

    fn url(&self, base: &Url, by: Duration) -> Result<Url, ClockMistake> {
        let url = base.join(&filled(&self.to, by)).ok();
        url.filter(|url| url.scheme() == "http" && url.has_host()).ok_or_else(|| self.nowhere())
    }

    fn nowhere(&self) -> ClockMistake {
        ClockMistake::Nowhere { to: self.to.clone() }
    }
}

impl PlacedRequest {
    /// Tells whether the request can only say whole seconds.
    pub(super) fn by_whole_seconds(&self) -> bool {
        self.template.holds("{seconds}")
    }

    /// Returns the request that puts the clock forward by so much.
    pub(super) fn filled(&self, by: Duration) -> Result<PlainRequest, ClockError> {
        let url =
            self.template.url(&self.base, by).map_err(|error| ClockError::Refused(error.to_string()))?;
        let body = self.template.body.as_ref().map(|body| filled(body, by));
        Ok(PlainRequest { method: self.template.method.clone(), url, body })
    }
}

fn filled(text: &str, by: Duration) -> String {
    text.replace("{seconds}", &by.as_secs().to_string()).replace("{millis}", &by.as_millis().to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ClockChoice, PlacedRequest};

    fn placed(text: &str) -> PlacedRequest {
        let ClockChoice::Request(request) = text.parse().unwrap() else { panic!("{text} is no request") };
        request.at(&"http://127.0.0.1:8080/api/".parse().unwrap()).unwrap()
    }

    #[test]
    fn there_are_three_ways() {
        assert_eq!("wait".parse::<ClockChoice>().unwrap(), ClockChoice::Wait);
        assert_eq!(" faketime ".parse::<ClockChoice>().unwrap(), ClockChoice::Faketime(None));
        let named = ClockChoice::Faketime(Some("/opt/a:b.so".into()));
        assert_eq!("faketime:/opt/a:b.so".parse::<ClockChoice>().unwrap(), named);
    }

    #[test]
    fn a_request_may_have_a_method_and_a_body() {
        let by = Duration::from_millis(7_200_900);
        for (text, method, url, body) in [
            ("/clock?by={seconds}", "POST", "http://127.0.0.1:8080/clock?by=7200", None),
            ("PUT http://localhost/{millis}", "PUT", "http://localhost/7200900", None),
            (
                "POST /clock {\"by\": {seconds}}",
                "POST",
                "http://127.0.0.1:8080/clock",
                Some("{\"by\": 7200}"),
            ),
        ] {
            let request = placed(text).filled(by).unwrap();
            let seen = (request.method.as_str(), request.url.as_str(), request.body.as_deref());
            assert_eq!(seen, (method, url, body), "{text}");
        }
        assert!(placed("/{seconds}").by_whole_seconds() && !placed("/{millis}").by_whole_seconds());
    }

    #[test]
    fn what_is_no_way_is_told_with_the_nearest() {
        let told = |text: &str| text.parse::<ClockChoice>().unwrap_err().to_string();
        assert!(
            told("fakteime").contains("the nearest is faketime; expected wait, "),
            "{}",
            told("fakteime")
        );
        assert!(told("").contains("the nearest is wait"));
        assert!(told("faketime:").contains("is no way"));
        assert!(told("POST /clock").contains("write {seconds} or {millis} into it"));
        assert!(
            told("POST ftp://x/{seconds}").contains("neither a path"),
            "{}",
            told("POST ftp://x/{seconds}")
        );
        assert!(told("https://127.0.0.1/{seconds}").contains("nor an http:// URL"));
    }
}
