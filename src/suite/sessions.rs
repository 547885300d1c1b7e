//! Renewing, checking and ending a session by the requests that a contract has for it.

use std::time::{Duration, Instant};

use super::dialect::RenewedBy;
use super::driver::{SCHEME, bearer};
use super::forgery::{Forged, KnownOfOwner, bearer_header};
use super::log::Stop;
use super::need::Need;
use super::parameters::{BearerKind, Moment, RenewalKind, Someone};
use super::world::World;
use crate::backend::{Guarded, Old, Refresh};
use crate::checks::{
    Judgement, Reply, carries_data, has_ended, renewal_granted, says_no, shows_owner, works_on,
};
use crate::expiry::Value;
use crate::language::translated;
use crate::record::Request;

/// What a request is for that asks whether a session is valid.
pub(crate) const CHECK: &str = mark!("session check");

/// What a request is for that ends a session.
pub(crate) const LOGOUT: &str = mark!("logout");

/// How long it takes until a clock that tells whole seconds tells another one.
const A_SECOND: Duration = Duration::from_millis(1100);

impl World {
    /// Renews a person's session, and goes on with what that brings.
    pub(crate) async fn renew(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let run = self.run()?;
        let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
        let reply = self.ask_renewal(someone, RenewedBy::Contract).await?;
        run.capture(&self.actor(someone)?.person.key, &reply);
        self.keep_token(someone, &reply, asked, virtual_since)?;
        Ok(reply)
    }

    /// Sends the request that renews a person's session, and keeps nothing of the answer.
    async fn ask_renewal(&mut self, someone: &Someone, by: RenewedBy<'_>) -> Result<Reply, Stop> {
        let request = self.renewal_request(someone, by)?;
        let (name, purpose) = (self.short_name(someone)?, self.run()?.contract.token.purpose);
        let exchange = self.transport()?.send(request, &name, purpose).await;
        self.witness(exchange)
    }

    fn renewal_request(&mut self, someone: &Someone, by: RenewedBy<'_>) -> Result<Request, Stop> {
        let run = self.run()?;
        // What renews a session has to be there, be it that it is altered afterwards.
        self.renewed_by(someone)?;
        let actor = self.actor(someone)?;
        let (person, session) = (actor.person.clone(), bearer(&actor.held_token()?.token)?);
        run.spell_refresh(&person, &session, by).map_err(|reason| self.not_applicable(reason))
    }

    /// Returns what a person's session is renewed by: the refresh token, or else the token itself.
    fn renewed_by(&mut self, someone: &Someone) -> Result<String, Stop> {
        let run = self.run()?;
        match run.contract.spoken.refresh_token() {
            None => self.token_text(someone),
            Some(_) => self.refresh_token(someone),
        }
    }

    fn refresh_token(&mut self, someone: &Someone) -> Result<String, Stop> {
        let run = self.run()?;
        let name = run.contract.spoken.refresh_token().unwrap_or_default();
        let captured = run.captured(&self.actor(someone)?.person.key);
        captured.get(name).cloned().ok_or_else(|| Stop::new(tr!("the login brought no {name}", name)))
    }

    /// Renews a person's session so many times, and reads user info with each token that it brings.
    pub(crate) async fn renew_and_read(&mut self, someone: &Someone, times: usize) -> Result<(), Stop> {
        let mut replies = Vec::new();
        for _ in 0..times {
            let renewal = self.renew(someone).await?;
            let came = renewal.token.is_truthy();
            replies.push(renewal);
            if !came {
                break;
            }
            replies.push(self.read_user_info(someone).await?);
        }
        self.keep(someone, replies)
    }

    /// Renews the sessions of two people at the same moment, so many times, and reads the user info of each.
    pub(crate) async fn renew_at_once(&mut self, pair: [&Someone; 2], rounds: usize) -> Result<(), Stop> {
        let run = self.run()?;
        let (transport, purpose) = (self.transport()?, run.contract.token.purpose);
        let mut replies = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
            let one = self.renewal_request(pair[0], RenewedBy::Contract)?;
            let other = self.renewal_request(pair[1], RenewedBy::Contract)?;
            let names = [self.short_name(pair[0])?, self.short_name(pair[1])?];
            let (one, other) = tokio::join!(
                transport.send(one, &names[0], purpose),
                transport.send(other, &names[1], purpose)
            );
            let mut all_came = true;
            for (at, exchange) in [one, other].into_iter().enumerate() {
                let reply = self.witness(exchange)?;
                run.capture(&self.actor(pair[at])?.person.key, &reply);
                self.keep_token(pair[at], &reply, asked, virtual_since)?;
                let came = reply.token.is_truthy();
                replies[at].push(reply);
                if came {
                    replies[at].push(self.read_user_info(pair[at]).await?);
                }
                all_came &= came;
            }
            if !all_came {
                break;
            }
        }
        for (someone, replies) in pair.into_iter().zip(replies) {
            self.keep(someone, replies)?;
        }
        Ok(())
    }

    /// Judges that each renewal brought a token, and that the token opened the user info of whoever asked.
    pub(crate) fn judge_renewals(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let may_be_early = run.contract.spoken.refresh_token().is_none();
        let people: Vec<(Someone, Vec<Reply>, Option<Value>)> = self
            .everybody()
            .filter(|actor| !actor.replies.is_empty())
            .map(|actor| {
                let name = super::cast::short_name(&actor.person.key).to_owned();
                (Someone::Named(name), actor.replies.clone(), actor.info.clone())
            })
            .collect();
        let mut judgements = Vec::new();
        for (at, (someone, replies, own)) in people.iter().enumerate() {
            let own = own
                .as_ref()
                .ok_or_else(|| Stop::new(tr!("write first: Given Alice has read her user info")))?;
            let others = people.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<&Value> = others.filter_map(|(_, (_, _, info))| info.as_ref()).collect();
            let too_late = self.too_late(someone);
            let judged = Judgement::of_each(replies, |reply| {
                if reply.exchange.purpose == run.contract.token.purpose {
                    renewal_granted(reply, may_be_early)
                } else {
                    shows_owner(reply, own, &others).unless(too_late.clone())
                }
            });
            judgements.push(judged);
        }
        Ok(Judgement::all(judgements))
    }

    /// Renews a session with something else than what the contract says.
    pub(crate) async fn renew_with(&mut self, kind: RenewalKind) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let own = self.renewed_by(&who)?;
        let presented = kind.alteration().map(|kind| self.altered(&who, &own, kind)).transpose()?;
        let reply = self.ask_renewal(&who, RenewedBy::Instead(presented.as_deref())).await?;
        self.keep(&who, vec![reply])
    }

    /// Renews a session with the token that it carries, where a refresh token is wanted.
    pub(crate) async fn renew_with_token(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let token = self.token_text(&who)?;
        self.demand_two_kinds(&who)?;
        let reply = self.ask_renewal(&who, RenewedBy::Instead(Some(&token))).await?;
        self.keep(&who, vec![reply])
    }

    /// Asks for user info with the refresh token in the place of the token.
    pub(crate) async fn present_refresh_token(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let refresh_token = self.refresh_token(&who)?;
        self.demand_two_kinds(&who)?;
        let reply = self.ask_user_info(&who, Some(format!("{SCHEME} {refresh_token}"))).await?;
        self.keep(&who, vec![reply])
    }

    /// Makes sure that token and refresh token are not one and the same.
    fn demand_two_kinds(&mut self, someone: &Someone) -> Result<(), Stop> {
        if self.refresh_token(someone)? == self.token_text(someone)? {
            return Err(self.not_applicable(tr!("the refresh token is the token itself")));
        }
        Ok(())
    }

    /// Renews a session, and then once more with the refresh token from before.
    pub(crate) async fn renew_with_replaced(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let earlier = self.refresh_token(&who)?;
        let renewal = self.renew(&who).await?;
        if !renewal.token.is_truthy() {
            return Err(Stop::new(tr!("the session was not renewed: {seen}", seen = renewal.describe())));
        }
        if self.refresh_token(&who)? == earlier {
            return Err(self.not_applicable(tr!("the refresh token stays the same")));
        }
        let reply = self.ask_renewal(&who, RenewedBy::Instead(Some(&earlier))).await?;
        self.keep(&who, vec![reply])
    }

    /// Judges what became of the token that was held before the last renewal by what the contract promises.
    pub(crate) fn judge_promise(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let too_late = self.earlier_is_over(&Someone::Protagonist);
        let owners = self.actor(&Someone::Protagonist)?.info.clone().unwrap_or_default();
        let reply = self.reply()?;
        let Refresh::Call { old, .. } = &run.contract.spoken.refresh else {
            return Err(self.lack(Need::Renewal));
        };
        Ok(match old {
            Old::Dead => has_ended(reply, &owners),
            Old::Valid => works_on(reply).unless(too_late),
            Old::Any => Judgement::CannotTell(tr!("the contract promises neither")),
        })
    }

    /// Ends a person's session; whoever is not allowed to do that proves nothing about what comes after it.
    pub(crate) async fn log_out(&mut self, someone: &Someone) -> Result<(), Stop> {
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        let reply = self.ask_logout(someone, Some(session)).await?;
        if !reply.accepted {
            let seen = reply.describe();
            return Err(Stop::new(tr!("the logout was not carried out; does [logout] fit? {seen}", seen)));
        }
        self.keep(someone, vec![reply])
    }

    /// Logs out, and reads user info with the token from before.
    pub(crate) async fn read_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.log_out(someone).await?;
        let mut reply = self.read_user_info(someone).await?;
        if carries_data(&reply) == Judgement::Kept && self.log_out_of_an_older_session(someone).await? {
            reply = self.read_user_info(someone).await?;
        }
        self.keep(someone, vec![reply])
    }

    /// Logs out, and renews the session from before.
    pub(crate) async fn renew_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        if !matches!(self.run()?.contract.spoken.refresh, Refresh::Call { .. }) {
            return Err(self.lack(Need::Renewal));
        }
        self.log_out(someone).await?;
        let mut reply = self.ask_renewal(someone, RenewedBy::Contract).await?;
        if reply.token.is_truthy() && self.log_out_of_an_older_session(someone).await? {
            reply = self.ask_renewal(someone, RenewedBy::Contract).await?;
        }
        self.keep(someone, vec![reply])
    }

    /// Logs out, logs in again, and reads user info.
    pub(crate) async fn come_back_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.log_out(someone).await?;
        self.log_in_as_far_as_token(someone).await?;
        let mut reply = self.read_user_info(someone).await?;
        if carries_data(&reply) != Judgement::Kept && self.lets_a_second_pass().await? {
            self.log_in_as_far_as_token(someone).await?;
            reply = self.read_user_info(someone).await?;
        }
        self.keep(someone, vec![reply])
    }

    /// Logs in once more, and out again when that is more than a second ago. There are backends that end what was issued
    /// before the second of a logout; nobody logs out within the second of the login.
    async fn log_out_of_an_older_session(&mut self, someone: &Someone) -> Result<bool, Stop> {
        if self.run()?.target.time().shown().is_some() {
            return Ok(false);
        }
        self.log_in_as_far_as_token(someone).await?;
        self.lets_a_second_pass().await?;
        self.log_out(someone).await?;
        Ok(true)
    }

    /// Waits for the next second, unless the backend has a clock of its own.
    async fn lets_a_second_pass(&mut self) -> Result<bool, Stop> {
        let in_real_time = self.run()?.target.time().shown().is_none();
        if in_real_time {
            self.rest(Instant::now() + A_SECOND).await?;
        }
        Ok(in_real_time)
    }

    /// Asks for the end of a person's session with something else than the token.
    pub(crate) async fn log_out_with(&mut self, kind: BearerKind) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let said = self.said(&who, kind)?;
        let reply = self.ask_logout(&who, said).await?;
        self.keep(&who, vec![reply])
    }

    async fn ask_logout(&mut self, someone: &Someone, said: Option<String>) -> Result<Reply, Stop> {
        let run = self.run()?;
        let logout = run.contract.spoken.logout.as_ref().ok_or_else(|| self.lack(Need::Logout))?;
        self.ask_about_session(someone, logout, said, LOGOUT).await
    }

    /// Asks whether a person's session is valid.
    pub(crate) async fn check_session(&mut self, someone: &Someone) -> Result<(), Stop> {
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        let reply = self.ask_check(someone, Some(session)).await?;
        self.keep(someone, vec![reply])
    }

    /// Asks whether a session is valid, first with the token and then with something else.
    pub(crate) async fn check_with(&mut self, kind: BearerKind) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let said = self.said(&who, kind)?;
        self.check_session(&who).await?;
        let mut replies = self.replies()?.to_vec();
        replies.push(self.ask_check(&who, said).await?);
        self.keep(&who, replies)
    }

    /// Waits for the end of a token, and asks whether its session is valid before and after.
    pub(crate) async fn check_after_the_end(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.check_session(someone).await?;
        let mut replies = self.replies()?.to_vec();
        self.pass_time(someone, Moment::JustAfter).await?;
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        replies.push(self.ask_check(someone, Some(session)).await?);
        self.keep(someone, replies)
    }

    /// Judges that the last answer of a check did not call the session valid.
    pub(crate) fn judge_no(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let [.., living, last] = self.replies()? else {
            return Err(Stop::new(tr!("nothing was asked of the backend yet")));
        };
        let body =
            |reply: &Reply| reply.exchange.answer().map(|answer| answer.body.clone()).unwrap_or_default();
        let by_status =
            run.contract.spoken.check.as_ref().is_some_and(|check| check.ok.looks_at_status_alone());
        let told_by_body = by_status && living.accepted && body(living) != body(last);
        let doubt = tr!(
            "the status is the same as for a living token, and the body another one; say in check.ok what in the body says yes: \
             {seen}",
            seen = last.describe()
        );
        Ok(says_no(last).shown_by([&*last.exchange]).unless(told_by_body.then_some(doubt)))
    }

    async fn ask_check(&mut self, someone: &Someone, said: Option<String>) -> Result<Reply, Stop> {
        let run = self.run()?;
        let check = run.contract.spoken.check.as_ref().ok_or_else(|| self.lack(Need::Check))?;
        self.ask_about_session(someone, check, said, CHECK).await
    }

    async fn ask_about_session(
        &mut self,
        someone: &Someone,
        guarded: &Guarded,
        said: Option<String>,
        purpose: &str,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let person = self.actor(someone)?.person.clone();
        let request = run.spell_guarded(guarded, &person, said.as_deref());
        let request = request.map_err(|reason| self.not_applicable(reason))?;
        let name = self.short_name(someone)?;
        let exchange = self.transport()?.send(request, &name, purpose).await;
        self.witness(exchange)
    }

    /// Stops the scenario because the contract does not name what it takes.
    fn lack(&self, need: Need) -> Stop {
        let reason = self.run().ok().and_then(|run| need.missing_in(&run.contract));
        self.unmet(need, reason.map(translated).unwrap_or_default())
    }

    /// Returns what stands for the session in a request of the documented flow, altered in this way.
    fn said(&mut self, someone: &Someone, kind: BearerKind) -> Result<Option<String>, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let code = actor.codes.last().map_or("", |code| code.as_str());
        let known = KnownOfOwner { openid: actor.person.openid.as_str(), code };
        match bearer_header(&actor.held_token()?.token, known, &run.contract.client, kind)? {
            Forged::Header(said) => Ok(said),
            Forged::NotApplicable(reason) => Err(self.not_applicable(reason)),
        }
    }

    /// Alters a text in the way in which tokens are altered.
    fn altered(&mut self, someone: &Someone, own: &str, kind: BearerKind) -> Result<String, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let code = actor.codes.last().map_or("", |code| code.as_str());
        let known = KnownOfOwner { openid: actor.person.openid.as_str(), code };
        match bearer_header(&Value::from(own), known, &run.contract.client, kind)? {
            Forged::Header(said) => {
                let said = said.unwrap_or_default();
                Ok(said.strip_prefix(SCHEME).unwrap_or_default().trim_start().to_owned())
            }
            Forged::NotApplicable(reason) => Err(self.not_applicable(reason)),
        }
    }

    /// Says why an answer that refuses the token from before proves nothing: it may have ended by itself.
    fn earlier_is_over(&mut self, someone: &Someone) -> Option<String> {
        let held = self.actor(someone).ok()?.earlier_token.clone()?;
        self.is_over(&held)
    }

    /// Renews a session, and makes sure that this brought another token than before, which works.
    pub(crate) async fn renew_for_another(&mut self, someone: &Someone) -> Result<(), Stop> {
        let reply = self.renew(someone).await?;
        if !reply.token.is_truthy() {
            return Err(Stop::new(tr!("the session was not renewed: {seen}", seen = reply.describe())));
        }
        self.demand_another_token(someone)?;
        let reply = self.read_user_info(someone).await?;
        if carries_data(&reply) == Judgement::Kept {
            return Ok(());
        }
        Err(Stop::new(tr!("the renewed token did not open user info: {seen}", seen = reply.describe())))
    }
}
