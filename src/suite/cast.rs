//! Who takes part in a scenario, and what each of them holds.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::dialect::Captured;
use super::log::Stop;
use super::parameters::Someone;
use super::renewals::RENEWAL;
use super::time::announced;
use crate::checks::{Judgement, Reply, carries_data};
use crate::expiry::{UnixMillis, Value};
use crate::miniprogram::{Phone, Platform, Stage};
use crate::protocol::{ErrorCode, JsCode};
use crate::standin::{Person, Script, Wechat};

/// The people of a scenario. The one who was named first is its protagonist.
#[derive(Debug, Default)]
pub(crate) struct Cast(Vec<(String, Actor)>);

/// A person of a scenario, with a phone and with what the backend handed out.
#[derive(Debug)]
pub(crate) struct Actor {
    pub(crate) person: Person,
    pub(crate) phone: Phone,
    /// What the phone's clock shows. It stands still unless a scenario moves it.
    pub(crate) phone_now: UnixMillis,
    /// The code the person was given last.
    pub(crate) code: Option<JsCode>,
    /// The code the person was given before that.
    pub(crate) earlier_code: Option<JsCode>,
    /// Every code the person was ever given, to find the calls to WeChat that carry them.
    pub(crate) codes: Vec<JsCode>,
    /// What the next calls of `wx.login` will give instead of a fresh code.
    pub(crate) next_codes: VecDeque<JsCode>,
    /// What WeChat will answer to the next fresh code.
    pub(crate) next_error: Option<ErrorCode>,
    /// The same for what is no error of a table.
    pub(crate) next_answer: Option<Script>,
    /// How long WeChat will take to answer the person's codes.
    pub(crate) slow_codes: Option<Duration>,
    /// The openid the backend gave.
    pub(crate) openid: Option<String>,
    /// What the last login code bought, until it is taken.
    pub(crate) bought: Option<Bought>,
    /// The calls of the last launch, where the documented client cannot speak to this backend.
    pub(crate) by_hand: Option<Vec<&'static str>>,
    /// The token the backend gave, and since when it lives.
    pub(crate) token: Option<HeldToken>,
    /// The token the backend gave before that one.
    pub(crate) earlier_token: Option<HeldToken>,
    /// The lifetime that was announced with the phone's first token.
    pub(crate) first_lifetime: Option<Value>,
    /// What the phone's clock showed when it stored its token.
    pub(crate) token_stored_at: UnixMillis,
    /// The user info as the person last saw it, for comparison with what a refusal shows.
    pub(crate) info: Option<Value>,
    /// The answers to the person's last act, in the order the requests were sent.
    pub(crate) replies: Vec<Reply>,
    /// How far the phone's trace had come before the last act.
    pub(crate) before: Progress,
}

/// An answer that brought a token for a login code, with nothing between.
#[derive(Clone, Debug)]
pub(crate) struct Bought {
    pub(crate) reply: Reply,
    /// When it was asked for, and when it had arrived, on the run's own clock.
    pub(crate) asked: Instant,
    pub(crate) arrived: Instant,
    /// When it was handed out, on the backend's virtual clock, if it has one.
    pub(crate) virtual_since: Option<UnixMillis>,
}

/// A token together with the lifetime that was announced with it.
#[derive(Clone, Debug)]
pub(crate) struct HeldToken {
    pub(crate) token: Value,
    pub(crate) lifetime: Value,
    /// When it was asked for, on the run's own clock: it cannot be older than that.
    pub(crate) asked: Instant,
    /// When it had arrived, on the run's own clock: it cannot be younger than that.
    pub(crate) arrived: Instant,
    /// When it was handed out, on the backend's virtual clock, if it has one.
    pub(crate) virtual_since: Option<UnixMillis>,
    /// What came with it, such as the signature of a cookie, without which it is not whole.
    pub(crate) captured: Captured,
}

/// How far a phone's life had come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) stages: usize,
    pub(crate) requests: usize,
    pub(crate) codes: usize,
    pub(crate) wechat_calls: usize,
}

impl Cast {
    /// Adds a person; one of the same name stays who they are.
    pub(crate) fn add(&mut self, name: &str, actor: Actor) {
        if !self.0.iter().any(|(known, _)| known == name) {
            self.0.push((name.to_owned(), actor));
        }
    }

    pub(crate) fn find(&mut self, someone: &Someone) -> Result<&mut Actor, Stop> {
        let found = match someone {
            Someone::Protagonist => self.0.first_mut(),
            Someone::Named(name) => self.0.iter_mut().find(|(known, _)| known == name),
        };
        found.map(|(_, actor)| actor).ok_or_else(|| match someone {
            Someone::Protagonist => {
                Stop::new(tr!("nobody was introduced; write first: Given Alice is a WeChat user"))
            }
            Someone::Named(name) => Stop::new(tr!("write first: Given {name} is a WeChat user", name)),
        })
    }

    pub(crate) fn everybody(&mut self) -> impl Iterator<Item = &mut Actor> {
        self.0.iter_mut().map(|(_, actor)| actor)
    }
}

impl Actor {
    /// Returns what the phone did in the last act: the names of the calls in the order they were made.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        if let Some(calls) = &self.by_hand {
            return calls.clone();
        }
        self.phone.trace().stages[self.before.stages..].iter().map(|call| call_name(call.stage)).collect()
    }

    /// Returns what became of a stage in the last act; absent when it was not reached.
    pub(crate) fn outcome(&self, stage: Stage) -> Option<&'static str> {
        let stages = &self.phone.trace().stages[self.before.stages..];
        stages.iter().rev().find(|call| call.stage == stage).map(|call| call.outcome.as_str())
    }

    /// Returns the answer to the last request of the last act that was made for this purpose.
    pub(crate) fn reply_to(&self, purpose: &str) -> Option<&Reply> {
        self.replies.iter().rev().find(|reply| reply.exchange.purpose == purpose)
    }

    /// Returns the answer of the last act that a token was to come with: that to a token request, or where a login
    /// code buys the token, that to a code exchange.
    pub(crate) fn reply_with_token(&self) -> Option<&Reply> {
        self.reply_to("token")
            .or_else(|| self.reply_to(RENEWAL))
            .or_else(|| self.by_hand.as_ref().and_then(|_| self.reply_to("code exchange")))
    }

    /// Says why the phone went no further in its last act, if that is another requirement's matter: nobody
    /// was there to answer, or the stored openid obtained no token.
    pub(crate) fn stopped_by(&self) -> Option<String> {
        let stages = &self.phone.trace().stages[self.before.stages..];
        let (last, reply) = (stages.last()?, self.replies.last()?);
        let with_stored_openid = !stages.iter().any(|call| call.stage == Stage::Code2Session);
        let refused = with_stored_openid && last.stage == Stage::GetToken;
        reply.inconclusive().or_else(|| refused.then(|| tr!("no token was issued: {}", reply.describe())))
    }

    /// Takes from the answers to the phone what the person would have kept of their own requests: the code that
    /// was sent, the openid, and the user info as it was first seen.
    pub(crate) fn remember(&mut self, replies: &[Reply]) {
        if let Some(code) = self.codes[self.before.codes..].last().filter(|code| !code.as_str().is_empty()) {
            self.code = Some(code.clone());
        }
        for reply in replies {
            if let Value::String(openid) = &reply.openid {
                self.openid = Some(openid.to_string_lossy());
            }
            if reply.exchange.purpose == "user info" {
                self.recognise(reply);
            }
        }
    }

    /// Takes a token in the place of the one that was held so far.
    pub(crate) fn hold(&mut self, token: HeldToken) {
        self.earlier_token = self.token.replace(token).or(self.earlier_token.take());
    }

    /// Keeps the user info that the person was shown first, to compare later answers with it.
    pub(crate) fn recognise(&mut self, reply: &Reply) {
        if self.info.is_none() && carries_data(reply) == Judgement::Kept {
            self.info = Some(reply.data.clone());
        }
    }

    /// Returns the lifetime to reckon with: that of the token held now, or if it has none to reckon with,
    /// that of the first one, which is all the person was ever told.
    pub(crate) fn reckoned_lifetime(&self) -> Result<Duration, Stop> {
        let held = self.held_token()?;
        announced(&held.lifetime).or_else(|stop| self.first_lifetime.as_ref().map_or(Err(stop), announced))
    }

    pub(crate) fn held_token(&self) -> Result<&HeldToken, Stop> {
        self.token.as_ref().ok_or_else(|| Stop::new(tr!("no token was handed out to work with")))
    }

    pub(crate) fn known_openid(&self) -> Result<&str, Stop> {
        self.openid.as_deref().ok_or_else(|| Stop::new(tr!("no openid was handed out to work with")))
    }
}

/// Returns what a stage of the client is called in the feature files.
fn call_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Login => "wx.login",
        Stage::Code2Session => "code exchange",
        Stage::GetToken => "token",
        Stage::StoreUserinfo => "user info",
    }
}

/// What WeChat gives to the phone of one person: it asks the stand-in, except for what the scenario has
/// put in its place.
pub(crate) struct WechatOnPhone<'a> {
    pub(crate) wechat: &'a Wechat,
    pub(crate) person: &'a Person,
    pub(crate) next_codes: &'a mut VecDeque<JsCode>,
    pub(crate) next_error: &'a mut Option<ErrorCode>,
    pub(crate) next_answer: &'a mut Option<Script>,
    pub(crate) handed_out: &'a mut Vec<JsCode>,
}

impl Platform for WechatOnPhone<'_> {
    fn check_session(&mut self) -> bool {
        self.wechat.check_session(self.person)
    }

    fn login(&mut self) -> Option<Value> {
        let code = self.next_codes.pop_front().unwrap_or_else(|| self.wechat.login(self.person));
        if let Some(error) = self.next_error.take() {
            self.wechat.script(&code, Script::error(error));
        }
        if let Some(answer) = self.next_answer.take() {
            self.wechat.script(&code, answer);
        }
        self.handed_out.push(code.clone());
        Some(Value::from(code.as_str()))
    }
}

/// Returns the name by which the scenario knows a person, without the scenario's own key.
pub(crate) fn short_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}
