//! How does this WeChat behave, where the real one differs between accounts and over the years?

use std::time::Duration;

use serde_json::Value;

use super::script::Script;
use crate::protocol::{AppId, AppSecret, DEFAULT_APP_ID, DEFAULT_APP_SECRET};

/// The appid of the second app that a ledger knows by default, for codes issued elsewhere.
const ELSEWHERE_APP_ID: &str = "wxfedcba9876543210";

/// The secret of the second app; made up, and worth nothing at the real service.
const ELSEWHERE_APP_SECRET: &str = "fedcba9876543210fedcba9876543210";

/// How old a session key is when a login replaces it, unless told otherwise. The real period is not
/// published; two logins right after each other keep the key, as they do at the real service.
const DAMPING: Duration = Duration::from_secs(60);

/// A mini program that WeChat knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Its public name.
    pub id: AppId,
    /// Its password at the server API.
    pub secret: AppSecret,
}

impl App {
    /// Makes an app from its public name and its password.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: AppId::new(id), secret: AppSecret::new(secret) }
    }
}

/// Which members a successful `jscode2session` answer has. The enum may grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SuccessBody {
    /// `session_key` and `openid`, with `unionid` where the person has one. Today's accounts.
    #[default]
    Modern,
    /// The same with `expires_in: 7200`, a leftover that WeChat keeps for old accounts.
    LegacyExpiresIn,
    /// The same with `errcode: 0` and `errmsg: "ok"`, as the official example shows it.
    DocStyleErrcode0,
}

/// What the answers below `/sns/` are declared as. Closed: both are in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ContentType {
    /// `text/plain` without a charset, as the real service sends.
    #[default]
    TextPlain,
    /// `application/json`, as the documentation lets one expect.
    ApplicationJson,
}

impl ContentType {
    /// Returns the header value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TextPlain => "text/plain",
            Self::ApplicationJson => "application/json",
        }
    }
}

/// What is appended to the text of an error. Closed: these are the forms that were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Suffix {
    /// `, rid: …` below `/sns/` and ` rid: …` elsewhere; since the summer of 2021.
    #[default]
    Rid,
    /// `, hints: [ req_id: … ]` below `/sns/` and ` hint: […]` elsewhere; before that.
    Hints,
    /// Nothing.
    None,
}

/// When `wx.login` makes a new session key. Closed: the three are all there can be.
///
/// Whatever is chosen, a login without a valid session makes a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyRotation {
    /// At each login, so that a backend that keeps an old key is noticed.
    Always,
    /// At a login when the key is at least this old. The real period is not published.
    Damped(Duration),
    /// Only when there is no valid session.
    Never,
}

/// How a successful `jscode2session` answer is spelled.
#[derive(Clone, Debug, PartialEq)]
pub struct SuccessShape {
    /// Which members it has.
    pub body: SuccessBody,
    /// True when `/` is sent as `\/`, as the real service does.
    pub slash_escape: bool,
    /// True when the members stand in the opposite order.
    pub reversed: bool,
    /// True when the person's unionid is told even if the person was made without one.
    pub unionid: bool,
    /// Members to set last, in this order: a known name is replaced where it stands, an unknown one added.
    pub set: Vec<(String, Value)>,
    /// Names of members to leave out.
    pub without: Vec<String>,
}

impl Default for SuccessShape {
    fn default() -> Self {
        Self {
            body: SuccessBody::default(),
            slash_escape: true,
            reversed: false,
            unionid: false,
            set: Vec::new(),
            without: Vec::new(),
        }
    }
}

impl SuccessShape {
    /// Makes the usual shape with other members.
    #[must_use]
    pub fn with_body(body: SuccessBody) -> Self {
        Self { body, ..Self::default() }
    }
}

/// How a ledger behaves. The defaults are what the real service does today.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerSettings {
    /// Everything minted derives from this; default 0.
    pub seed: u64,
    /// The app under test; default [`DEFAULT_APP_ID`] with [`DEFAULT_APP_SECRET`].
    pub app: App,
    /// Other apps WeChat knows; default one. Codes issued elsewhere belong to the first of them.
    pub other_apps: Vec<App>,
    /// How long a code is good; default 300 s. It is good before that age, and too old at it.
    pub code_ttl: Duration,
    /// When `wx.login` makes a new session key; default when it is a minute old, or the session has ended.
    pub rotate: KeyRotation,
    /// True when a code sent with the wrong appid is spent by that. Reported twice, never confirmed; default
    /// false.
    pub burn_on_mismatch: bool,
    /// How a success is spelled.
    pub success: SuccessShape,
    /// What `/sns/` answers are declared as; default `text/plain`.
    pub content_type: ContentType,
    /// What follows the text of an error; default `rid`.
    pub suffix: Suffix,
    /// What each code is answered with when it has no script of its own; default none.
    pub every_code: Option<Script>,
}

impl Default for LedgerSettings {
    fn default() -> Self {
        Self {
            seed: 0,
            app: App::new(DEFAULT_APP_ID, DEFAULT_APP_SECRET),
            other_apps: vec![App::new(ELSEWHERE_APP_ID, ELSEWHERE_APP_SECRET)],
            code_ttl: Duration::from_secs(300),
            rotate: KeyRotation::Damped(DAMPING),
            burn_on_mismatch: false,
            success: SuccessShape::default(),
            content_type: ContentType::default(),
            suffix: Suffix::default(),
            every_code: None,
        }
    }
}

impl LedgerSettings {
    /// Returns the app that codes issued elsewhere belong to.
    #[must_use]
    pub fn elsewhere(&self) -> AppId {
        self.other_apps.first().map_or_else(|| AppId::new(ELSEWHERE_APP_ID), |app| app.id.clone())
    }

    /// Returns the secret of an app, if WeChat knows it.
    pub(super) fn secret_of(&self, app: &str) -> Option<&AppSecret> {
        std::iter::once(&self.app)
            .chain(&self.other_apps)
            .find(|known| known.id.as_str() == app)
            .map(|known| &known.secret)
    }
}
