//! What is wrong, and what is to be done.

use std::fmt;

/// What kind of trouble it is. The enum may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// Nobody listens at the address.
    NotListening,
    /// The name of the host does not resolve.
    NoSuchHost,
    /// The certificate of the backend is not trusted.
    Untrusted,
    /// TLS is spoken to a port that speaks none.
    PlainPort,
    /// Plain HTTP is spoken to a port that wants TLS.
    TlsPort,
    /// The port speaks nothing but HTTP/2.
    Http2Only,
    /// The port speaks something else.
    NotHttp,
    /// No answer comes.
    NoAnswer,
    /// Redirects lead away.
    RedirectedAway,
    /// A server in front says that there is nothing behind.
    BadGateway,
    /// It limits how often it may be asked.
    Limited,
    /// The path of the login is not known.
    NoSuchPath,
    /// The path wants another method.
    OtherMethod,
    /// The path wants another kind of body.
    OtherCarrier,
    /// The path is guarded itself.
    Guarded,
    /// It answers with a page to everything.
    PageForEverything,
    /// WeChat is never asked, and there is no sign why.
    NeverAsked,
    /// The real WeChat was asked.
    AskedTheRealOne,
    /// The answer says that WeChat cannot be reached.
    CannotReachWechat,
    /// TLS with the stand-in failed.
    UntrustedStandIn,
    /// Other hosts were asked for.
    OtherHosts,
    /// WeChat was asked for something else.
    OtherInterface,
    /// WeChat was asked about another code.
    OtherCode,
    /// Another appid is used.
    OtherAppId,
    /// Another secret is used.
    OtherSecret,
    /// The answer grants something, and the contract does not take it for a yes.
    NotOk,
    /// The openid stands elsewhere.
    OpenidElsewhere,
    /// The token stands elsewhere.
    TokenElsewhere,
    /// A login is refused although WeChat said yes.
    GoodLoginRefused,
    /// The token request is refused.
    TokenRefused,
    /// The lifetime stands elsewhere, or is told in another unit.
    OtherLifetime,
    /// A fresh token opens nothing.
    FreshTokenRefused,
    /// The user info stands elsewhere.
    DataElsewhere,
    /// What is wrong is not refused.
    NothingRefused,
    /// What the contract names beyond the login does not do what it should.
    BeyondLogin,
    /// The clock is wrong.
    OtherTime,
    /// Tokens live for too long.
    LongLife,
    /// It is slow.
    Slow,
    /// A proxy would swallow what goes to this machine.
    Swallowed,
}

/// What is wrong: what was expected, what was seen, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What kind of trouble it is.
    pub trouble: Trouble,
    /// What was seen.
    pub seen: String,
    /// What was expected.
    pub expected: String,
    /// What to do next.
    pub advice: String,
}

impl Complaint {
    pub(super) fn new(
        trouble: Trouble,
        seen: impl Into<String>,
        expected: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { trouble, seen: seen.into(), expected: expected.into(), advice: advice.into() }
    }

    /// Returns the complaint with its texts changed.
    pub(super) fn map(self, change: &mut dyn FnMut(&str) -> String) -> Self {
        let Self { trouble, seen, expected, advice } = self;
        Self { trouble, seen: change(&seen), expected: change(&expected), advice: change(&advice) }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}",
            tr!(
                "{seen}; expected {expected}; {advice}",
                seen = self.seen,
                expected = self.expected,
                advice = self.advice
            )
        )
    }
}
