//! Why can a backend not be judged, and what is to be done about it?
//!
//! Most first runs fail because two parties were not introduced to each other, not because the backend is wrong.
//! [`diagnose`] looks at a good login and its surroundings, which somebody else has carried out, and says for each
//! [`Question`] how things stand. Nothing here sends anything, and nothing here is a verdict.

mod beyond;
mod complaint;
mod credentials;
mod login;
mod reach;
mod runtime;
mod session;
mod shape;
mod surroundings;
mod upstream;

use std::sync::Arc;
use std::time::Duration;

pub use complaint::{Complaint, Trouble};
pub use runtime::runtime_of;

use super::Contract;
use crate::expiry::{UnixMillis, Value};
use crate::language::translated;
use crate::record::{Answer, Exchange, Headers};

/// What is asked about a backend before it is judged, in the order in which one thing depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Is it there?
    Backend,
    /// Does it know the path of the login?
    Path,
    /// Does a login reach the stand-in?
    Wechat,
    /// Does it use the appid and the secret that the stand-in knows?
    Credentials,
    /// Does the contract see that a good login is granted?
    Login,
    /// Does the contract find the token?
    Token,
    /// Does the contract find for how long it lives?
    Lifetime,
    /// Does the token open user info?
    UserInfo,
    /// Is what is wrong refused?
    Refusals,
    /// Can a session be renewed, looked at and ended, where the contract says so?
    Session,
    /// Is its clock right, and can a token be waited out?
    Clock,
    /// Is it fast enough?
    Speed,
    /// Does our own environment get in the way?
    Environment,
}

/// How things stand with one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Well(String),
    /// Something stands in the way of judging.
    Wrong(Complaint),
    /// Nothing stands in the way, but a person should know.
    Note(Complaint),
    /// It cannot be told; the text says why.
    Unknown(String),
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The question.
    pub question: Question,
    /// The answer.
    pub state: State,
}

/// One request of the pre-flight, and what the contract finds in its answer.
#[derive(Clone, Debug)]
pub struct Look {
    /// The request and what came of it.
    pub exchange: Arc<Exchange>,
    /// Whether the contract takes the answer for a yes.
    pub accepted: bool,
    /// Whether the contract finds what a login is granted with.
    pub granted: bool,
    /// What the contract finds in the place of the token.
    pub token: Value,
    /// What it finds in the place of the lifetime, in seconds.
    pub lifetime: Value,
    /// What it finds in the place of the user info.
    pub data: Value,
}

impl Look {
    /// Returns the answer, if one came.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.exchange.answer().ok()
    }
}

/// What reached the stand-in.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Where it listens.
    pub url: String,
    /// The appid that it knows.
    pub app_id: String,
    /// The secret that it knows.
    pub app_secret: String,
    /// Every call, in the order they came.
    pub calls: Vec<Exchange>,
    /// Hosts that it was asked for and that it refused.
    pub refused_hosts: Vec<String>,
    /// Why TLS with it came to nothing.
    pub failed_handshakes: Vec<String>,
}

/// Everything that was observed.
#[derive(Clone, Debug)]
pub struct Observed {
    /// How the backend is expected to speak.
    pub contract: Contract,
    /// The address under which its paths begin.
    pub url: String,
    /// What the stand-in heard.
    pub wechat: Asked,
    /// The codes that were sent.
    pub codes: Vec<String>,
    /// Who they belong to.
    pub openid: String,
    /// The last login.
    pub login: Look,
    /// The token request, where there is one.
    pub token: Option<Look>,
    /// User info with the fresh token.
    pub user_info: Option<Look>,
    /// The login once more, with a code that was used.
    pub used_code: Option<Look>,
    /// User info without a token.
    pub without_token: Option<Look>,
    /// The requests beyond the login that the contract names, by the table in which it does so; the text says why one could
    /// not be sent.
    pub beyond: Vec<(&'static str, Result<Look, String>)>,
    /// User info that was asked for with the token of a session which a logout ended.
    pub after_logout: Option<Look>,
    /// A path that no backend has.
    pub nowhere: Option<Look>,
    /// What a peer that speaks no HTTP says first.
    pub first_bytes: Vec<u8>,
    /// Other spellings of the login's path or method that the backend knows, and what to change then.
    pub elsewhere: Vec<String>,
    /// Up to which lifetime tokens are waited out; absent where time can be put forward.
    pub max_wait: Option<Duration>,
    /// What cannot be judged while tokens live longer than that.
    pub needs_clock: Vec<String>,
    /// The variables of our own environment that name a proxy, and those that name exceptions.
    pub proxies: Vec<(String, String)>,
    /// What our clock showed when the login was answered.
    pub now: UnixMillis,
}

impl Question {
    /// Returns the English word for it; [`translated`] gives the one in the language of the process.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backend => mark!("backend"),
            Self::Path => mark!("path"),
            Self::Wechat => mark!("wechat"),
            Self::Credentials => mark!("credentials"),
            Self::Login => mark!("login"),
            Self::Token => mark!("token"),
            Self::Lifetime => mark!("lifetime"),
            Self::UserInfo => mark!("user info"),
            Self::Refusals => mark!("refusals"),
            Self::Session => mark!("session"),
            Self::Clock => mark!("clock"),
            Self::Speed => mark!("speed"),
            Self::Environment => mark!("environment"),
        }
    }
}

impl State {
    /// Returns the English word for it; [`translated`] gives the one in the language of the process.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Well(_) => mark!("ok"),
            Self::Wrong(_) => mark!("wrong"),
            Self::Note(_) => mark!("note"),
            Self::Unknown(_) => mark!("unknown"),
        }
    }
}

/// A question with the function that answers it.
type Asking = (Question, fn(&Observed) -> State);

/// What a login depends on, one thing on the other.
const CHAIN: &[Asking] = &[
    (Question::Backend, reach::backend),
    (Question::Path, reach::path),
    (Question::Wechat, upstream::wechat),
    (Question::Credentials, credentials::credentials),
    (Question::Login, login::login),
    (Question::Token, login::token),
    (Question::Lifetime, session::lifetime),
    (Question::UserInfo, session::user_info),
    (Question::Refusals, session::refusals),
];

/// What can be told by itself, once there is an answer.
const BESIDE: &[Asking] = &[(Question::Clock, surroundings::clock), (Question::Speed, surroundings::speed)];

/// Answers every question, in the order of [`Question`]. What depends on something that is wrong is unknown.
#[must_use]
pub fn diagnose(seen: &Observed) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut broken: Option<Question> = None;
    for (question, answer) in CHAIN {
        let state = match broken {
            Some(cause) => State::Unknown(tr!(
                "to be seen once \"{question}\" is mended",
                question = translated(cause.name())
            )),
            None => answer(seen),
        };
        if let State::Wrong(_) = state {
            broken = Some(*question);
        }
        findings.push(Finding { question: *question, state });
    }
    if !seen.beyond.is_empty() {
        findings.push(Finding { question: Question::Session, state: beyond::session(seen) });
    }
    for (question, answer) in BESIDE {
        let state = match seen.login.answer() {
            None => State::Unknown(tr!("there is no answer to tell it by")),
            Some(_) => answer(seen),
        };
        findings.push(Finding { question: *question, state });
    }
    findings.push(Finding { question: Question::Environment, state: surroundings::environment(seen) });
    findings
}

/// Returns what is known to be wrong after the first login alone, however much more there is to ask.
#[must_use]
pub fn first_complaint(seen: &Observed) -> Option<Complaint> {
    CHAIN.iter().take(5).find_map(|(_, answer)| match answer(seen) {
        State::Wrong(complaint) => Some(complaint),
        State::Well(_) | State::Note(_) | State::Unknown(_) => None,
    })
}

/// Returns why a run by this contract could judge nothing, where the answer to a good login plainly stands
/// otherwise than a contract has it that somebody wrote for this backend.
///
/// It is never so for the documented contract: there, an answer in other words is what a requirement is about.
#[must_use]
pub fn contract_misses(seen: &Observed) -> Option<Complaint> {
    let own_words = seen.contract.dialect.is_some();
    let complaint = first_complaint(seen).filter(|_| own_words)?;
    matches!(complaint.trouble, Trouble::OpenidElsewhere | Trouble::TokenElsewhere).then_some(complaint)
}

impl Finding {
    /// Returns the finding with its texts changed, as whoever masks secrets does.
    #[must_use]
    pub fn map(self, change: &mut dyn FnMut(&str) -> String) -> Self {
        let state = match self.state {
            State::Well(text) => State::Well(change(&text)),
            State::Unknown(text) => State::Unknown(change(&text)),
            State::Wrong(complaint) => State::Wrong(complaint.map(change)),
            State::Note(complaint) => State::Note(complaint.map(change)),
        };
        Self { state, ..self }
    }
}

/// Returns the text of a body.
fn text_of(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// Tells whether a text has one of these in it, whatever the case.
fn has(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| text.contains(&word.to_lowercase()))
}

/// Tells whether an answer is a page for people.
fn is_page(answer: &Answer) -> bool {
    let typed = answer.headers.get("content-type").is_some_and(|kind| has(kind, &["text/html"]));
    typed || text_of(answer).trim_start().to_lowercase().starts_with("<!doctype html")
}

/// Returns the value of a field, or nothing.
fn field<'a>(headers: &'a Headers, name: &str) -> &'a str {
    headers.get(name).unwrap_or_default()
}
