//! What did the phone do?

use std::fmt;

use super::wx::Asked;

/// Everything a phone did in its life, in the order it did it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The calls of `wx.request`.
    pub requests: Vec<TracedRequest>,
    /// The names of the events that were fired.
    pub events: Vec<String>,
    /// The calls of the stages.
    pub stages: Vec<TracedStage>,
}

/// One call of `wx.request` and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TracedRequest {
    /// What was asked for, before any redirect.
    pub asked: Asked,
    /// The status of the final answer, or `None` after a transport failure.
    pub status: Option<u16>,
    /// True when the `success` callback threw an exception.
    pub callback_threw: bool,
    /// Which of the phone's exchanges it was, counted from zero over the phone's whole life.
    pub exchange: usize,
}

/// One call of a stage and what became of its promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TracedStage {
    /// The stage that was called.
    pub stage: Stage,
    /// What became of its promise.
    pub outcome: StageOutcome,
}

/// A function of `wxutil.js` that gives a promise. Closed: the client is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Asks WeChat for a code.
    Login,
    /// Trades the code for the openid at the backend.
    Code2Session,
    /// Trades the openid for a token at the backend.
    GetToken,
    /// Asks the backend for the person's data.
    StoreUserinfo,
}

/// What became of a promise. Closed: a promise has three states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StageOutcome {
    /// It holds a value, and the next stage was called with it.
    Fulfilled,
    /// It holds a reason, and the chain ended there.
    Rejected,
    /// It was never settled: whoever waits for it waits for ever.
    Pending,
}

impl Stage {
    /// Returns the name of the function.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Code2Session => "code2session",
            Self::GetToken => "getToken",
            Self::StoreUserinfo => "storeUserinfo",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StageOutcome {
    /// Returns the word for the state.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fulfilled => "fulfilled",
            Self::Rejected => "rejected",
            Self::Pending => "pending",
        }
    }
}

impl fmt::Display for StageOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
