//! Bringing people as far as a scenario needs them.
//!
//! What cannot be arranged is no breach of the rule in question: the step that failed is judged by the
//! requirement it belongs to, and everything that depends on it stays undecided.

use super::forgery::flip_case;
use super::log::Stop;
use super::parameters::{CodeKind, Moment, OpenidKind, Someone};
use super::world::World;
use crate::checks::{Judgement, Reply, carries_data, exchange_refused};
use crate::language::translated;
use crate::protocol::JsCode;
use crate::standin::Script;

impl World {
    pub(crate) async fn log_in_as_far_as_openid(&mut self, someone: &Someone) -> Result<(), Stop> {
        let reply = self.exchange_fresh(someone).await?;
        granted(reply.granted, mark!("a fresh code was not exchanged for an openid"), &reply)
    }

    pub(crate) async fn log_in_as_far_as_token(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.log_in_as_far_as_openid(someone).await?;
        let reply = self.obtain_token(someone).await?;
        granted(reply.token.is_truthy(), mark!("no token was issued for the openid"), &reply)
    }

    pub(crate) async fn log_in_as_far_as_user_info(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.log_in_as_far_as_token(someone).await?;
        let mut reply = self.read_user_info(someone).await?;
        if carries_data(&reply) != Judgement::Kept && self.too_late(someone).is_some() {
            // Where requests are turned away for a while, a short life may be over before the first one is taken up.
            self.log_in_as_far_as_token(someone).await?;
            reply = self.read_user_info(someone).await?;
        }
        self.demand_opened(someone, &reply)?;
        self.actor(someone)?.info = Some(reply.data);
        Ok(())
    }

    /// Makes sure that a token which was just issued opened user info; one that may have ended by then says nothing about
    /// tokens.
    pub(crate) fn demand_opened(&mut self, someone: &Someone, reply: &Reply) -> Result<(), Stop> {
        let opened = carries_data(reply) == Judgement::Kept;
        if let Some(reason) = self.too_late(someone).filter(|_| !opened) {
            return Err(Stop::new(reason));
        }
        granted(opened, mark!("a fresh token did not open user info"), reply)
    }

    /// Reads user info a second time with the same token: who cannot do that proves nothing about what was done
    /// to the token meanwhile.
    pub(crate) async fn read_once_more(&mut self, someone: &Someone) -> Result<(), Stop> {
        let reply = self.read_user_info(someone).await?;
        granted(
            carries_data(&reply) == Judgement::Kept,
            mark!("a token did not open user info twice"),
            &reply,
        )
    }

    /// Logs in a second time and uses the new token. What was shown at first stays what later answers are
    /// compared with.
    pub(crate) async fn log_in_again_and_read(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.log_in_as_far_as_token(someone).await?;
        let reply = self.read_user_info(someone).await?;
        let opened = carries_data(&reply) == Judgement::Kept;
        granted(opened, mark!("the token of a second login did not open user info"), &reply)
    }

    /// Logs in, one request after the other, and keeps both answers to be judged.
    pub(crate) async fn log_in_by_hand(&mut self, someone: &Someone) -> Result<(), Stop> {
        // What an earlier login obtained must not stand in for what this one does not.
        self.actor(someone)?.token = None;
        let exchange = self.exchange_fresh(someone).await?;
        self.go_on_by_hand(someone, exchange).await
    }

    /// The same with a code that is given.
    pub(crate) async fn log_in_by_hand_with(&mut self, someone: &Someone, code: JsCode) -> Result<(), Stop> {
        self.actor(someone)?.token = None;
        let exchange = self.exchange(someone, Some(code.as_str())).await?;
        self.go_on_by_hand(someone, exchange).await
    }

    async fn go_on_by_hand(&mut self, someone: &Someone, exchange: Reply) -> Result<(), Stop> {
        let mut replies = vec![exchange];
        if replies[0].granted {
            replies.push(self.obtain_token(someone).await?);
        }
        self.keep(someone, replies)
    }

    /// Lets WeChat give the person a code that it will take its time to answer.
    pub(crate) fn slowed_code(&mut self, someone: &Someone) -> Result<JsCode, Stop> {
        let code = self.fresh_code(someone)?;
        if let Some(delay) = self.actor(someone)?.slow_codes {
            self.run()?.wechat.script(&code, Script::normal().after(delay));
        }
        Ok(code)
    }

    /// Reads user info at several instants up to just before the announced end.
    pub(crate) async fn keep_reading(&mut self, someone: &Someone) -> Result<(), Stop> {
        for moment in [Moment::Quarter, Moment::Halfway, Moment::ThreeQuarters, Moment::JustBefore] {
            if !self.lies_before_the_end(someone, moment)? {
                continue;
            }
            self.pass_time(someone, moment).await?;
            let reply = self.read_user_info(someone).await?;
            let opened = carries_data(&reply) == Judgement::Kept;
            if let Some(reason) = self.too_late(someone).filter(|_| !opened) {
                return Err(Stop::new(reason));
            }
            granted(opened, mark!("the token ended before its announced end"), &reply)?;
        }
        Ok(())
    }

    /// Logs in with the documented client. User info is not demanded: the client does not look at it.
    pub(crate) async fn log_in_on_phone(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.launch(someone).await?;
        let actor = self.actor(someone)?;
        if actor.by_hand.is_some() {
            let seen = actor.replies.last().map_or_else(|| tr!("no request was sent"), Reply::describe);
            return match actor.token {
                Some(_) => Ok(()),
                None => Err(Stop::new(tr!("the login did not bring a token: {seen}", seen))),
            };
        }
        let storage = actor.phone.storage();
        let complete = storage.get("openid").is_truthy() && storage.get("tokenObj").is_truthy();
        let seen = actor.replies.last().map_or_else(|| tr!("no request was sent"), Reply::describe);
        actor.openid = Some(storage.get("openid").to_js_string().unwrap_or_default().to_string_lossy());
        if complete {
            Ok(())
        } else {
            Err(Stop::new(tr!("the documented client did not get in: {seen}", seen)))
        }
    }

    /// Makes the code that a sentence speaks of; nothing when it is to be left out.
    pub(crate) fn make_code(&mut self, someone: &Someone, kind: CodeKind) -> Result<Option<JsCode>, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let person = actor.person.clone();
        Ok(match kind {
            CodeKind::Missing => None,
            CodeKind::Empty => Some(JsCode::new("")),
            CodeKind::Unknown => {
                let code = unknown_code(actor.person.openid.as_str());
                actor.codes.push(code.clone());
                Some(code)
            }
            CodeKind::NoCode => Some(JsCode::new("code")),
            CodeKind::Used => {
                let used = actor.code.clone();
                Some(used.ok_or_else(|| Stop::new(tr!("she has not used any code yet")))?)
            }
            CodeKind::Earlier => {
                let earlier = actor.earlier_code.clone();
                Some(earlier.ok_or_else(|| Stop::new(tr!("she has not used two codes yet")))?)
            }
            CodeKind::Elsewhere => Some(self.own_code(someone, run.wechat.login_elsewhere(&person))?),
            CodeKind::PhoneNumber => Some(self.own_code(someone, run.wechat.phone_code(&person))?),
            CodeKind::Old => {
                let code = run.wechat.login_aged(&actor.person, std::time::Duration::from_secs(301));
                actor.codes.push(code.clone());
                run.watch(&actor.person);
                Some(code)
            }
        })
    }

    /// Sends the code exchange that a sentence speaks of.
    pub(crate) async fn exchange_kind(&mut self, someone: &Someone, kind: CodeKind) -> Result<Reply, Stop> {
        let code = self.make_code(someone, kind)?;
        self.exchange(someone, code.as_ref().map(JsCode::as_str)).await
    }

    /// Makes sure that the backend refuses this code.
    pub(crate) async fn be_refused(&mut self, someone: &Someone, kind: CodeKind) -> Result<(), Stop> {
        let reply = self.exchange_kind(someone, kind).await?;
        granted(exchange_refused(&reply) == Judgement::Kept, mark!("the exchange was not refused"), &reply)
    }

    /// Makes the openid that a sentence speaks of; nothing when it is to be left out.
    pub(crate) fn make_openid(
        &mut self,
        someone: &Someone,
        kind: OpenidKind,
    ) -> Result<Option<String>, Stop> {
        let run = self.run()?;
        let own = self.actor(someone)?.person.clone();
        Ok(match kind {
            OpenidKind::Missing => None,
            OpenidKind::Empty => Some(String::new()),
            OpenidKind::Unknown => Some("oNobodyWasEverGivenThis_0000".to_owned()),
            OpenidKind::Stranger => {
                Some(run.person(&format!("{}/stranger", own.key)).openid.as_str().to_owned())
            }
            OpenidKind::CaseFlipped => Some(own.openid.as_str().chars().map(flip_case).collect()),
            // What matches anything in SQL.
            OpenidKind::Wildcard => Some("%".to_owned()),
            OpenidKind::FirstHalf => Some(own.openid.as_str().chars().take(14).collect()),
            OpenidKind::Longer => Some(format!("{}x", own.openid)),
            // What becomes of a value that was never set, in two languages.
            OpenidKind::Undefined => Some("undefined".to_owned()),
            OpenidKind::Null => Some("null".to_owned()),
            OpenidKind::Blank => Some(" ".to_owned()),
            // What a text that is no number becomes where a column is one.
            OpenidKind::Zero => Some("0".to_owned()),
            OpenidKind::OneWildcard => Some(with_wildcard(own.openid.as_str())),
            OpenidKind::HalfAndWildcard => Some(own.openid.as_str().chars().take(14).chain(['%']).collect()),
            OpenidKind::Quoted => Some(format!("\"{}\"", own.openid)),
            OpenidKind::Condition => Some(ALWAYS_TRUE.to_owned()),
            OpenidKind::LoginCode => {
                let code = self.actor(someone)?.codes.last();
                Some(code.ok_or_else(|| Stop::new(tr!("she has had no login code")))?.as_str().to_owned())
            }
            OpenidKind::Altered => {
                let mut letters: Vec<char> = own.openid.as_str().chars().collect();
                if let Some(last) = letters.last_mut() {
                    *last = if *last == 'x' { 'y' } else { 'x' };
                }
                Some(letters.into_iter().collect())
            }
        })
    }
}

/// A condition that lets every row of a table through where a query is glued together.
pub(crate) const ALWAYS_TRUE: &str = "' OR '1'='1";

/// Returns the openid with what matches any one letter in SQL in the place of the last that is another one.
fn with_wildcard(openid: &str) -> String {
    let parts = openid.rsplit_once(|letter| letter != '_');
    parts.map_or_else(|| "_".to_owned(), |(front, back)| format!("{front}_{back}"))
}

/// Makes a code in the shape of a real one that nobody was ever given. It is spelled from the person's openid,
/// so that each scenario has one of its own and the journal of WeChat can tell them apart.
pub(crate) fn unknown_code(openid: &str) -> JsCode {
    let letters =
        openid.chars().filter(char::is_ascii_alphanumeric).chain("0f1Zq9XeVw3nB7sKd2LmT8yR".chars());
    JsCode::new(format!("0f1{}", letters.skip(5).take(29).collect::<String>()))
}

/// Stops the scenario when something that had to be arranged did not come about.
pub(crate) fn granted(came_about: bool, otherwise: &str, reply: &Reply) -> Result<(), Stop> {
    if came_about {
        Ok(())
    } else {
        Err(Stop::new(tr!("{otherwise}: {seen}", otherwise = translated(otherwise), seen = reply.describe())))
    }
}
