//! What does one phone hold, and how does it ask?

use super::storage::Storage;
use super::trace::{Stage, StageOutcome, Trace, TracedRequest, TracedStage};
use super::transport::Transport;
use super::wx::{self, Reply, WxRequest};
use crate::expiry::JsError;
use crate::record::Exchange;

/// A person's device with the mini program on it.
///
/// Its life is a row of events: [`Phone::launch`] and [`Phone::show`] play the documented client. The single
/// calls of that client are methods as well. Whatever it does is written into its [`Trace`].
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Instant;
/// use wxconform::expiry::{UnixMillis, Value};
/// use wxconform::miniprogram::{Phone, Platform, StageOutcome, Transport};
///
/// struct NoCodeLeft;
/// impl Platform for NoCodeLeft {
///     fn check_session(&mut self) -> bool { false }
///     fn login(&mut self) -> Option<Value> { None }
/// }
///
/// let transport = Transport::new(Instant::now())?;
/// let mut phone = Phone::new("http://127.0.0.1:8080", transport, "Alice");
/// phone.launch(&mut NoCodeLeft, UnixMillis::new(1_700_000_000_000)).await;
/// assert_eq!(phone.trace().stages.len(), 1);
/// assert_eq!(phone.trace().stages[0].outcome, StageOutcome::Rejected);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Phone {
    config_url: String,
    transport: Transport,
    actor: String,
    storage: Storage,
    trace: Trace,
    exchanges: Vec<Exchange>,
}

impl Phone {
    /// Makes a phone with an empty storage.
    ///
    /// `backend` is what the mini program has as `config.url`; a slash is added when it does not end in one.
    /// `actor` names the person in the exchanges.
    #[must_use]
    pub fn new(backend: &str, transport: Transport, actor: &str) -> Self {
        let slash = if backend.ends_with('/') { "" } else { "/" };
        Self {
            config_url: format!("{backend}{slash}"),
            transport,
            actor: actor.to_owned(),
            storage: Storage::default(),
            trace: Trace::default(),
            exchanges: Vec::new(),
        }
    }

    /// Returns what the phone remembers.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Returns what the phone remembers, to change it behind the mini program's back.
    pub fn storage_mut(&mut self) -> &mut Storage {
        &mut self.storage
    }

    /// Returns what the phone did so far.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Hands over the exchanges since the last call, in the order they were sent.
    pub fn take_exchanges(&mut self) -> Vec<Exchange> {
        std::mem::take(&mut self.exchanges)
    }

    /// Calls `wx.request` and waits for its callback; without a reply that is `fail`.
    ///
    /// # Errors
    ///
    /// Gives back the exception that `wx.request` throws at data which has no text. Nothing is sent then.
    pub async fn wx_request(&mut self, request: &WxRequest, purpose: &str) -> Result<Option<Reply>, JsError> {
        let (asked, exchange, reply) = wx::request(&self.transport, request, &self.actor, purpose).await?;
        self.trace.requests.push(TracedRequest {
            asked,
            status: reply.as_ref().map(|reply| reply.status),
            callback_threw: false,
            exchange: self.trace.requests.len(),
        });
        self.exchanges.push(exchange);
        Ok(reply)
    }

    /// Returns an address of the backend.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config_url)
    }

    /// Fires an event of the mini program's own.
    pub(super) fn fire(&mut self, event: &str) {
        self.trace.events.push(event.to_owned());
    }

    /// Notes that a stage is called; its promise is pending until [`Phone::settle`] says otherwise.
    pub(super) fn enter(&mut self, stage: Stage) -> usize {
        self.trace.stages.push(TracedStage { stage, outcome: StageOutcome::Pending });
        self.trace.stages.len() - 1
    }

    /// Notes what became of the promise of a stage that was entered.
    pub(super) fn settle(&mut self, entered: usize, outcome: StageOutcome) {
        if let Some(stage) = self.trace.stages.get_mut(entered) {
            stage.outcome = outcome;
        }
    }

    /// Notes that the callback of the last request threw an exception.
    pub(super) fn callback_threw(&mut self) {
        if let Some(request) = self.trace.requests.last_mut() {
            request.callback_threw = true;
        }
    }
}
