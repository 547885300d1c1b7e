//! Letting the documented client act.

use super::cast::{Actor, HeldToken, Progress, WechatOnPhone};
use super::log::Stop;
use super::parameters::{Instant, Someone};
use super::renewals::is_refused_renewal;
use super::time::BLIND_WINDOW_MILLIS;
use super::world::World;
use crate::backend::Refresh;
use crate::expiry::{UnixMillis, Value};
use crate::miniprogram::Stage;
use crate::standin::Script;

impl World {
    /// Plays a launch of the mini program.
    pub(crate) async fn launch(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        if run.contract.dialect.is_some() {
            return self.launch_by_hand(someone).await;
        }
        let actor = self.actor(someone)?;
        actor.before = progress(actor, &run.wechat);
        let Actor { person, phone, next_codes, next_error, next_answer, codes, phone_now, .. } = actor;
        let (wechat, handed_out) = (&run.wechat, codes);
        let mut wechat = WechatOnPhone { wechat, person, next_codes, next_error, next_answer, handed_out };
        let (asked, virtual_since) = (std::time::Instant::now(), run.target.time().shown());
        phone.launch(&mut wechat, *phone_now).await;
        self.after_act(someone, asked, virtual_since)
    }

    /// Plays the launch of a mini program that was written for this backend: it logs in and reads user info.
    async fn launch_by_hand(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        actor.before = progress(actor, &run.wechat);
        actor.token = None;
        let mut calls = vec!["wx.login", "code exchange"];
        let (next, script) = (actor.next_codes.pop_front(), actor.next_answer.take());
        let script = actor.next_error.take().map(Script::error).or(script);
        let code = match next {
            Some(code) => self.own_code(someone, code)?,
            None => self.fresh_code(someone)?,
        };
        if let Some(script) = script {
            run.wechat.script(&code, script);
        }
        let mut replies = vec![self.exchange(someone, Some(code.as_str())).await?];
        if replies[0].granted {
            let token = self.obtain_token(someone).await?;
            let issued = token.token.is_truthy();
            if run.contract.asks_for_tokens() {
                calls.push("token");
                replies.push(token);
            }
            if issued {
                calls.push("user info");
                replies.push(self.read_user_info(someone).await?);
            }
        }
        self.actor(someone)?.by_hand = Some(calls);
        self.keep(someone, replies)
    }

    /// Plays how a mini program that was written for this backend renews its session.
    async fn show_by_hand(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        if !matches!(run.contract.spoken.refresh, Refresh::Call { .. }) {
            return self.launch_by_hand(someone).await;
        }
        let actor = self.actor(someone)?;
        actor.before = progress(actor, &run.wechat);
        let reply = self.renew(someone).await?;
        let by_itself = run.contract.spoken.refresh_token().is_none();
        let is_gone = reply.status() == Some(404);
        if !reply.token.is_truthy() && (by_itself || is_gone || is_refused_renewal(&reply)) {
            // What renews a session may end with its token; then the client logs in. Whether it renews anything at all is
            // judged by SESSION-01.
            return self.launch_by_hand(someone).await;
        }
        let mut replies = vec![reply];
        if replies[0].token.is_truthy() {
            replies.push(self.read_user_info(someone).await?);
        }
        self.actor(someone)?.by_hand = Some(vec!["token", "user info"]);
        self.keep(someone, replies)
    }

    /// Plays the mini program coming to the front.
    pub(crate) async fn show(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        if run.contract.dialect.is_some() {
            return self.show_by_hand(someone).await;
        }
        let actor = self.actor(someone)?;
        actor.before = progress(actor, &run.wechat);
        let (asked, virtual_since) = (std::time::Instant::now(), run.target.time().shown());
        let now = actor.phone_now;
        actor.phone.show(now).await;
        self.after_act(someone, asked, virtual_since)
    }

    /// Moves the phone's clock to an instant told from the end of its token.
    ///
    /// A lifetime that is not a whole number of seconds has no exact end in milliseconds; then the instant
    /// is taken on the side of the end on which the documented test cannot be in doubt.
    pub(crate) fn set_phone_clock(&mut self, someone: &Someone, instant: Instant) -> Result<(), Stop> {
        let actor = self.actor(someone)?;
        let Instant::FromEnd(distance) = instant else {
            actor.phone_now = actor.token_stored_at;
            return Ok(());
        };
        let lifetime = actor.reckoned_lifetime()?;
        let whole = lifetime
            .as_secs()
            .saturating_add(u64::from(distance > BLIND_WINDOW_MILLIS && lifetime.subsec_nanos() > 0));
        let end = actor.token_stored_at + std::time::Duration::from_secs(whole);
        actor.phone_now = UnixMillis::new(end.millis().saturating_add(distance));
        Ok(())
    }

    /// Lets the phone renew its token once, long after its end.
    pub(crate) async fn renew_on_phone(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.set_phone_clock(someone, Instant::FromEnd(BLIND_WINDOW_MILLIS + 1000))?;
        self.show(someone).await?;
        let actor = self.actor(someone)?;
        match actor.outcome(Stage::GetToken) {
            Some("fulfilled") => Ok(()),
            _ => Err(Stop::new(tr!("the phone did not renew its token"))),
        }
    }

    /// Plays launches while nobody else is there, and counts the calls to WeChat that each of them caused.
    pub(crate) async fn launch_alone(&mut self, someone: &Someone, times: usize) -> Result<(), Stop> {
        let run = self.run()?;
        for _ in 0..times {
            let before = run.wechat.calls_total();
            self.launch(someone).await?;
            if self.actor(someone)?.outcome(Stage::GetToken) != Some("fulfilled") {
                return Err(Stop::new(tr!("the stored openid obtained no token")));
            }
            let caused = run.wechat.calls_total().saturating_sub(before);
            self.count_round(usize::try_from(caused).unwrap_or(usize::MAX));
        }
        Ok(())
    }

    /// Takes the phone's exchanges into evidence, and remembers the token it now holds.
    fn after_act(
        &mut self,
        someone: &Someone,
        asked: std::time::Instant,
        virtual_since: Option<UnixMillis>,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        let exchanges = self.actor(someone)?.phone.take_exchanges();
        let replies =
            exchanges.into_iter().map(|exchange| self.witness(exchange)).collect::<Result<Vec<_>, _>>()?;
        let actor = self.actor(someone)?;
        run.watch(&actor.person);
        actor.remember(&replies);
        if replies.iter().any(|reply| reply.token.is_truthy()) {
            let stored = actor.phone.storage().get("tokenObj");
            let member = |name: &str| stored.get(name).unwrap_or(Value::Undefined);
            let (token, lifetime) = (member("access_token"), member("expires_in"));
            if actor.first_lifetime.is_none() {
                actor.first_lifetime = Some(lifetime.clone());
            }
            let arrived = std::time::Instant::now();
            let captured = run.captured(&actor.person.key);
            actor.hold(HeldToken { token, lifetime, asked, arrived, virtual_since, captured });
            actor.token_stored_at = actor.phone_now;
        }
        self.keep(someone, replies)
    }
}

/// Notes how far the phone's life has come, so that the next act can be told from what was before.
fn progress(actor: &Actor, wechat: &crate::standin::Wechat) -> Progress {
    Progress {
        stages: actor.phone.trace().stages.len(),
        requests: actor.phone.trace().requests.len(),
        codes: actor.codes.len(),
        wechat_calls: actor.codes.iter().map(|code| wechat.calls(code).len()).sum(),
    }
}
