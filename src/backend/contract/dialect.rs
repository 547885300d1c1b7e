//! How a backend speaks, in its own requests and answers.

use std::collections::BTreeMap;

use super::call::Call;
use super::pointer::Source;
use super::predicate::Predicate;
use super::template::Template;

/// What a step of a login is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepRole {
    /// Turns a login code into an openid, or into something that a token is asked for with.
    Exchange,
    /// Hands out a token: for a login code, or for what an exchange gave.
    Token,
    /// Makes somebody known who logs in for the first time.
    Register,
    /// Binds somebody to an account that exists.
    Bind,
}

/// When a step is taken.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Each time.
    Always,
    /// When this has not been captured so far.
    Missing(String),
    /// When the answer to the step before looks like this.
    Saw(Predicate),
}

/// One step of a login.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is for.
    pub role: StepRole,
    /// The request.
    pub call: Call,
    /// What a success looks like, beside the captures.
    pub ok: Predicate,
    /// What is kept of the answer, and where it may stand: the first place counts at which something is.
    pub capture: BTreeMap<String, Vec<Source>>,
    /// When it is taken.
    pub when: When,
}

impl Step {
    /// Tells whether the step has a login code of its own in it. One without goes on with what the step before brought.
    #[must_use]
    pub fn takes_code(&self) -> bool {
        self.call.names().contains("code")
    }
}

/// Where a token travels. Closed: these are all the places of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// A header field.
    Header,
    /// A parameter in the URL.
    Query,
    /// A parameter of a form body.
    Form,
    /// A place in a JSON body, given as a JSON pointer.
    Json,
}

/// One of the places in which a session is carried.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Where.
    pub place: TokenPlace,
    /// The name of the header field or parameter, or a JSON pointer.
    pub name: String,
    /// What stands there.
    pub value: Template,
}

impl Carried {
    /// Returns the name of the cookie in which it stands, if it stands in one.
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        let named = self.place == TokenPlace::Header && self.name.eq_ignore_ascii_case("cookie");
        let (name, _) = self.value.as_written().split_once('=')?;
        named.then(|| name.trim())
    }
}

/// A request that a session opens.
#[derive(Clone, Debug, PartialEq)]
pub struct Guarded {
    /// The request, without the session.
    pub call: Call,
    /// What a success looks like.
    pub ok: Predicate,
    /// JSON pointer to what is the owner's own.
    pub data: String,
}

/// What becomes of a token when it is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// It works on.
    Valid,
    /// It ends.
    Dead,
    /// The backend promises neither.
    Any,
}

/// How a session is renewed.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Refresh {
    /// Not at all.
    None,
    /// By logging in again.
    #[default]
    Relogin,
    /// By a request of its own.
    Call {
        /// The request.
        call: Box<Call>,
        /// Whether it carries the session as other requests do.
        with_session: bool,
        /// What a success looks like.
        ok: Predicate,
        /// What is kept of the answer.
        capture: BTreeMap<String, Vec<Source>>,
        /// What becomes of the old token.
        old: Old,
    },
    /// Any answer may bring a new token, here.
    Ambient(Source),
}

/// A reason to refuse, for which a backend may have an answer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// A login code that WeChat does not know.
    BadCode,
    /// A login code that was used before.
    UsedCode,
    /// No login code.
    NoCode,
    /// WeChat is busy or broken.
    WechatBusy,
    /// Too much is asked, or the backend cannot serve just now.
    Limited,
    /// No token.
    NoToken,
    /// A token that is none.
    BadToken,
    /// A token that has ended.
    ExpiredToken,
    /// Wrong client credentials.
    BadClient,
}

/// What the client sends along that only a phone in WeChat has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// Name and picture as the user typed them.
    ProfilePlain,
    /// `rawData` and its `signature`, made with the session key.
    ProfileSigned,
    /// `encryptedData` and `iv` of the profile, made with the session key.
    ProfileEncrypted,
    /// `encryptedData` and `iv` of the phone number, made with the session key.
    PhoneEncrypted,
    /// A code for the phone number.
    PhoneCode,
}

/// How a backend speaks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dialect {
    /// The steps of a login, one to four.
    pub login: Vec<Step>,
    /// Where the session is carried, all of it.
    pub auth: Vec<Carried>,
    /// Header fields of every request.
    pub headers: Vec<(String, Template)>,
    /// Parameters in the URL of every request.
    pub query: Vec<(String, Template)>,
    /// What a token opens and shows who it belongs to.
    pub user_info: Option<Guarded>,
    /// Where the openid stands in the answers of a login, if anywhere; whether it has to, [`Self::shows_openid`] says.
    pub openid: Vec<Source>,
    /// What in user info stays the same for one person and differs for two.
    pub stable: Option<Source>,
    /// How a session is renewed.
    pub refresh: Refresh,
    /// What says whether a session is valid.
    pub check: Option<Guarded>,
    /// What ends a session.
    pub logout: Option<Guarded>,
    /// What refusals look like, as far as the backend promises it.
    pub refuse: BTreeMap<Refusal, Predicate>,
    /// What the client sends along.
    pub inputs: Vec<Input>,
}

impl StepRole {
    pub(super) const NAMES: &'static [(&'static str, Self)] = &[
        ("exchange", Self::Exchange),
        ("token", Self::Token),
        ("register", Self::Register),
        ("bind", Self::Bind),
    ];
}

impl TokenPlace {
    pub(super) const NAMES: &'static [(&'static str, Self)] =
        &[("header", Self::Header), ("query", Self::Query), ("form", Self::Form), ("json", Self::Json)];
}

impl Old {
    pub(super) const NAMES: &'static [(&'static str, Self)] =
        &[("valid", Self::Valid), ("dead", Self::Dead), ("any", Self::Any)];
}

impl Refusal {
    pub(super) const NAMES: &'static [(&'static str, Self)] = &[
        ("bad_code", Self::BadCode),
        ("used_code", Self::UsedCode),
        ("no_code", Self::NoCode),
        ("wechat_busy", Self::WechatBusy),
        ("limited", Self::Limited),
        ("no_token", Self::NoToken),
        ("bad_token", Self::BadToken),
        ("expired_token", Self::ExpiredToken),
        ("bad_client", Self::BadClient),
    ];
}

impl Input {
    pub(super) const NAMES: &'static [(&'static str, Self)] = &[
        ("profile_plain", Self::ProfilePlain),
        ("profile_signed", Self::ProfileSigned),
        ("profile_encrypted", Self::ProfileEncrypted),
        ("phone_encrypted", Self::PhoneEncrypted),
        ("phone_code", Self::PhoneCode),
    ];
}

impl Dialect {
    /// Returns the step that a login code goes into.
    #[must_use]
    pub fn first(&self) -> Option<&Step> {
        self.login.first()
    }

    /// Returns the step that hands out a token for what an earlier step gave; absent when the login code itself
    /// buys the token.
    #[must_use]
    pub fn token_request(&self) -> Option<&Step> {
        let mut later = self.login.iter().skip(1);
        later.find(|step| step.role == StepRole::Token && step.when == When::Always)
    }

    /// Returns the name of the refresh token by which a session is renewed (RFC 6749 section 1.5), where it is not renewed
    /// with the token itself. Where the request carries the session as well, only what is called so is one.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&str> {
        let Refresh::Call { call, with_session, capture, .. } = &self.refresh else { return None };
        let sent = call.names();
        let captured = self.login.iter().flat_map(|step| step.capture.keys()).chain(capture.keys());
        let sent_along = captured.filter(|name| sent.contains(name.as_str()) && *name != "token");
        let candidates: Vec<&str> = sent_along.map(String::as_str).collect();
        let named = candidates.iter().find(|name| name.contains("refresh"));
        let carries_session = *with_session || sent.contains("token");
        named.or_else(|| candidates.first().filter(|_| !carries_session)).copied()
    }

    /// Returns the steps that are taken on a condition.
    pub fn conditional(&self) -> impl Iterator<Item = &Step> {
        self.login.iter().filter(|step| step.when != When::Always)
    }

    /// Returns the name of what the token is asked for with: `openid`, or what the backend calls it.
    #[must_use]
    pub fn token_request_key(&self) -> Option<&str> {
        let names = self.token_request()?.call.names();
        let captured = self.first()?.capture.keys();
        captured.map(String::as_str).find(|name| names.contains(name))
    }

    /// Tells whether the answer to a login shows the openid: one of its steps captures it. Where only user info does,
    /// the contract names a place and no step captures it.
    #[must_use]
    pub fn shows_openid(&self) -> bool {
        self.login.iter().any(|step| step.capture.contains_key("openid"))
    }

    /// Returns the scheme before the token in an `Authorization` field, if it travels so and nowhere else.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        let [carried] = self.auth.as_slice() else { return None };
        let named = carried.place == TokenPlace::Header && carried.name.eq_ignore_ascii_case("authorization");
        let (scheme, rest) = carried.value.as_written().split_once(' ')?;
        (named && !scheme.contains('{') && rest.contains("{token}")).then_some(scheme)
    }
}
