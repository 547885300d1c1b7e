//! Where the backend is, and how its time passes.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;

use super::clock::{ClockError, RemoteClock, Rounding};
use super::launch::Vitals;
use crate::expiry::{Clock as _, UnixMillis, VirtualClock};

/// How the run makes a token old.
#[derive(Clone, Debug)]
pub enum TimeControl {
    /// The backend reads this clock, so it can be put forward.
    Virtual(Arc<VirtualClock>),
    /// The backend has a clock of its own, and it can be told to put it forward.
    Remote(Arc<RemoteClock>),
    /// Time really passes; lifetimes up to this long are waited out.
    Wait(Duration),
}

impl TimeControl {
    /// How long a lifetime is waited out unless told otherwise.
    pub const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(5);

    /// Returns what the backend's clock shows, if it is one that can be put forward.
    #[must_use]
    pub fn shown(&self) -> Option<UnixMillis> {
        match self {
            Self::Virtual(clock) => Some(clock.now()),
            Self::Remote(clock) => Some(clock.now()),
            Self::Wait(_) => None,
        }
    }

    /// Puts the backend's clock forward, if it can be.
    ///
    /// # Errors
    ///
    /// Fails when the backend does not do as it is told.
    pub async fn put_forward(&self, by: Duration, rounding: Rounding) -> Result<(), ClockError> {
        match self {
            Self::Virtual(clock) => clock.advance(by),
            Self::Remote(clock) => clock.put_forward(by, rounding).await?,
            Self::Wait(_) => {}
        }
        Ok(())
    }
}

/// Why a URL cannot be a backend's. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The text is not a URL at all.
    #[error("{}", tr!("{text} is not a URL; write it like http://127.0.0.1:8080", text = format_args!("{text:?}")))]
    NotAUrl {
        /// What was given.
        text: String,
        /// What the parser says.
        #[source]
        cause: url::ParseError,
    },
    /// The URL has a scheme that a phone does not speak.
    #[error("{}", tr!("{text} has the scheme {scheme}; a backend is reached by http:// or https://", text = format_args!("{text:?}"), scheme = format_args!("{scheme:?}")))]
    Scheme {
        /// What was given.
        text: String,
        /// Its scheme.
        scheme: String,
    },
    /// The URL holds something that the paths of the flow cannot be appended to.
    #[error("{}", tr!("{text} has a {part}; give the address under which the backend's paths begin", text = format_args!("{text:?}"), part = crate::language::translated(part)))]
    Surplus {
        /// What was given, without a password.
        text: String,
        /// The part that does not belong there.
        part: &'static str,
    },
}

/// Returns the text of a URL that can be shown: a password in it may be a real one.
fn without_credentials(mut url: Url) -> String {
    if !url.username().is_empty() || url.password().is_some() {
        // A URL with a user name has a host, so neither part can be refused.
        url.set_username("***").and_then(|()| url.set_password(None)).unwrap_or_default();
    }
    url.to_string()
}

/// Where the backend is, and how its time passes.
#[derive(Clone, Debug)]
pub struct Target {
    base: Url,
    time: TimeControl,
    vitals: Option<Vitals>,
}

impl Target {
    /// Makes a target from the address under which the backend's paths begin.
    ///
    /// # Errors
    ///
    /// Fails when the text is not a URL, its scheme is neither http nor https, or it has credentials, a
    /// query or a fragment.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use wxconform::backend::{Target, TimeControl};
    ///
    /// let target = Target::new("http://127.0.0.1:8080/api", TimeControl::Wait(Duration::from_secs(5)))?;
    /// assert_eq!(target.url_of("auth/openid/token"), "http://127.0.0.1:8080/api/auth/openid/token");
    ///
    /// let wrong = Target::new("127.0.0.1:8080", TimeControl::Wait(Duration::ZERO));
    /// assert!(wrong.unwrap_err().to_string().contains("write it like http://"));
    /// # Ok::<(), wxconform::backend::TargetError>(())
    /// ```
    pub fn new(text: &str, time: TimeControl) -> Result<Self, TargetError> {
        let mut base =
            Url::parse(text).map_err(|cause| TargetError::NotAUrl { text: text.to_owned(), cause })?;
        if !matches!(base.scheme(), "http" | "https") {
            // `localhost:8080` parses as the scheme `localhost`, which is the commonest slip of all.
            return Err(match base.host_str() {
                None => TargetError::NotAUrl {
                    text: text.to_owned(),
                    cause: url::ParseError::RelativeUrlWithoutBase,
                },
                Some(_) => TargetError::Scheme { text: text.to_owned(), scheme: base.scheme().to_owned() },
            });
        }
        let surplus = if base.query().is_some() {
            Some(mark!("query"))
        } else if base.fragment().is_some() {
            Some(mark!("fragment"))
        } else if !base.username().is_empty() || base.password().is_some() {
            Some(mark!("user name or password"))
        } else {
            None
        };
        if let Some(part) = surplus {
            return Err(TargetError::Surplus { text: without_credentials(base), part });
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Ok(Self { base, time, vitals: None })
    }

    /// Says that the backend was launched, so that its end is noticed as what it is.
    #[must_use]
    pub fn launched(self, vitals: Vitals) -> Self {
        Self { vitals: Some(vitals), ..self }
    }

    /// Returns what can be known about the backend's processes; absent when it was not launched.
    #[must_use]
    pub fn vitals(&self) -> Option<&Vitals> {
        self.vitals.as_ref()
    }

    /// Returns the address under which the backend's paths begin; it ends in a slash.
    #[must_use]
    pub fn url(&self) -> &str {
        self.base.as_str()
    }

    /// Returns that address as a URL.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Returns the URL of a path below the backend's address.
    #[must_use]
    pub fn url_of(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Says how the backend's time passes, once that is known.
    #[must_use]
    pub fn with_time(self, time: TimeControl) -> Self {
        Self { time, ..self }
    }

    /// Returns how the backend's time passes.
    #[must_use]
    pub fn time(&self) -> &TimeControl {
        &self.time
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Target, TimeControl};

    fn problem(text: &str) -> String {
        Target::new(text, TimeControl::Wait(Duration::ZERO)).unwrap_err().to_string()
    }

    #[test]
    fn every_slip_in_a_url_is_named() {
        for text in ["", "localhost:8080", "127.0.0.1:8080", "/api", "http://"] {
            assert!(problem(text).contains("is not a URL"), "{text}: {}", problem(text));
        }
        assert!(problem("ftp://127.0.0.1/").contains("scheme \"ftp\""));
        assert!(problem("http://127.0.0.1/?x=1").contains("has a query"));
        assert!(problem("http://127.0.0.1/#x").contains("has a fragment"));
        let credentials = problem("http://me:hush@127.0.0.1/");
        assert!(credentials.contains("has a user name or password"), "{credentials}");
        assert!(!credentials.contains("me:") && !credentials.contains("hush"), "{credentials}");
        assert!(!problem("http://me:hush@127.0.0.1/?x=1").contains("hush"));
    }

    #[test]
    fn a_base_path_is_kept() {
        let target = Target::new("http://127.0.0.1:1/a/b", TimeControl::Wait(Duration::ZERO)).unwrap();
        assert_eq!(target.url_of("c"), "http://127.0.0.1:1/a/b/c");
    }
}
