//! Renewing a session by the request that a contract has for it.

use std::time::{Duration, Instant};

use super::cast::HeldToken;
use super::dialect::{RenewedBy, without};
use super::doors::Spelled;
use super::driver::{SCHEME, basic, bearer};
use super::forgery::client_header;
use super::log::Stop;
use super::need::Need;
use super::parameters::{BearerKind, ClientKind, RenewalKind, Someone};
use super::world::World;
use crate::backend::{Old, Refresh};
use crate::checks::{Judgement, Reply, carries_data, has_ended, renewal_granted, shows_owner, works_on};
use crate::expiry::Value;
use crate::language::translated;
use crate::record::Request;

/// What a request is for that renews a session.
pub(crate) const RENEWAL: &str = mark!("renewal");

/// How long it takes until a clock that tells whole seconds tells another one.
pub(crate) const A_SECOND: Duration = Duration::from_millis(1100);

impl World {
    /// Renews a person's session, and goes on with what that brings.
    pub(crate) async fn renew(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let run = self.run()?;
        let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
        let mut reply = self.ask_renewal(someone, RenewedBy::Contract).await?;
        let granted = reply.accepted && reply.status().is_some_and(|status| (200..300).contains(&status));
        let prolongs = granted && self.renewal_brings_none()?;
        if prolongs {
            // Where a renewal brings no token, it is the present one that lives on.
            reply.token = self.actor(someone)?.held_token()?.token.clone();
        }
        run.capture(&self.actor(someone)?.person.key, &reply);
        if !prolongs || reply.lifetime.is_truthy() {
            self.keep_token(someone, &reply, asked, virtual_since)?;
        }
        Ok(reply)
    }

    /// Tells whether the renewal of the contract prolongs the token that it is done with, and brings none.
    pub(super) fn renewal_brings_none(&self) -> Result<bool, Stop> {
        Ok(match &self.run()?.contract.spoken.refresh {
            Refresh::Call { capture, .. } => !capture.contains_key("token"),
            Refresh::None | Refresh::Relogin | Refresh::Ambient(_) => false,
        })
    }

    /// Makes sure that a renewal shows by a token that it was granted.
    pub(super) fn demand_a_token_of_renewals(&self) -> Result<(), Stop> {
        if !self.renewal_brings_none()? {
            return Ok(());
        }
        let reason = tr!("a renewal brings no token here, so that none shows whether it was granted");
        Err(self.not_applicable(reason))
    }

    /// Renews a person's session while its token lives. There are backends that do so only when it has ended, or is about
    /// to: where it is refused in a way that may be theirs, the scenario does not apply.
    pub(crate) async fn renew_while_it_lives(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let reply = self.renew(someone).await?;
        if !is_refused_renewal(&reply) {
            return Ok(reply);
        }
        Err(self.too_early(someone, &reply)?)
    }

    /// Says why a scenario stops where a session is not renewed that was just begun.
    fn too_early(&mut self, someone: &Someone, reply: &Reply) -> Result<Stop, Stop> {
        let seen = reply.describe();
        if self.run()?.contract.spoken.refresh_token().is_none() {
            return Ok(self.not_applicable(tr!(
                "a session that was just begun is not renewed, which may be right where that is done with the token itself: \
                 {seen}",
                seen
            )));
        }
        Ok(match self.cannot_outlive(someone) {
            None => self.not_applicable(tr!(
                "a session is not renewed while its token lives, which may be right; whether it is renewed at the end is \
                 judged: {seen}",
                seen
            )),
            Some(why) => Stop::new(tr!(
                "a session is not renewed while its token lives, which may be right, and its end cannot be brought about: \
                 {seen}; {why}",
                seen,
                why
            )),
        })
    }

    /// Sends the request that renews a person's session, and keeps nothing of the answer.
    pub(crate) async fn ask_renewal(&mut self, someone: &Someone, by: RenewedBy<'_>) -> Result<Reply, Stop> {
        let request = self.renewal_request(someone, by)?;
        self.send_as_it_is(someone, Spelled { request, purpose: RENEWAL }).await
    }

    pub(super) fn renewal_request(&mut self, someone: &Someone, by: RenewedBy<'_>) -> Result<Request, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let (person, session) = (actor.person.clone(), bearer(&actor.held_token()?.token)?);
        run.spell_refresh(&person, &session, by).map_err(|reason| self.not_applicable(reason))
    }

    /// Returns what a person's session is renewed by: a refresh token, or the token itself.
    pub(super) fn renewed_by(&mut self, someone: &Someone) -> Result<String, Stop> {
        match self.run()?.contract.spoken.refresh_token() {
            Some(_) => self.refresh_token(someone),
            None => self.token_text(someone),
        }
    }

    pub(super) fn refresh_token(&mut self, someone: &Someone) -> Result<String, Stop> {
        let run = self.run()?;
        let name = run.contract.spoken.refresh_token().unwrap_or_default();
        let captured = run.captured(&self.actor(someone)?.person.key);
        captured.get(name).cloned().ok_or_else(|| Stop::new(tr!("the login brought no {name}", name)))
    }

    /// Makes sure that a session was renewed.
    pub(super) fn demand_renewal(reply: &Reply) -> Result<(), Stop> {
        if reply.token.is_truthy() {
            return Ok(());
        }
        Err(Stop::new(tr!("the session was not renewed: {seen}", seen = reply.describe())))
    }

    /// Renews a person's session so many times, and reads user info with each token that it brings.
    pub(crate) async fn renew_and_read(&mut self, someone: &Someone, times: usize) -> Result<(), Stop> {
        let mut replies = Vec::new();
        for time in 0..times {
            let renewal = match time {
                0 => self.renew_while_it_lives(someone).await?,
                _ => self.renew(someone).await?,
            };
            let came = renewal.token.is_truthy();
            replies.push(renewal);
            if !came {
                break;
            }
            replies.push(self.read_in_time(someone).await?);
        }
        self.keep(someone, replies)
    }

    /// Reads user info with a token that has just come, and stops where the answer is too late to say anything about it.
    pub(super) async fn read_in_time(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let reply = self.read_user_info(someone).await?;
        match self.too_late(someone).filter(|_| carries_data(&reply) != Judgement::Kept) {
            Some(reason) => Err(Stop::new(reason)),
            None => Ok(reply),
        }
    }

    /// Renews the sessions of two people at the same moment, so many times, and reads the user info of each.
    pub(crate) async fn renew_at_once(&mut self, pair: [&Someone; 2], rounds: usize) -> Result<(), Stop> {
        self.demand_a_token_of_renewals()?;
        let (run, transport) = (self.run()?, self.transport()?);
        let mut replies = [Vec::new(), Vec::new()];
        for round in 0..rounds {
            let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
            let one = self.renewal_request(pair[0], RenewedBy::Contract)?;
            let other = self.renewal_request(pair[1], RenewedBy::Contract)?;
            let names = [self.short_name(pair[0])?, self.short_name(pair[1])?];
            let (one, other) = tokio::join!(
                transport.send(one, &names[0], RENEWAL),
                transport.send(other, &names[1], RENEWAL)
            );
            let mut all_came = true;
            let answers = [self.witness(one)?, self.witness(other)?];
            if round == 0 && answers.iter().all(is_refused_renewal) {
                let seen = answers[0].describe();
                return Err(self.not_applicable(tr!(
                    "a session that was just begun is not renewed, so that no two are renewed at one moment: {seen}",
                    seen
                )));
            }
            for (at, reply) in answers.into_iter().enumerate() {
                run.capture(&self.actor(pair[at])?.person.key, &reply);
                self.keep_token(pair[at], &reply, asked, virtual_since)?;
                let came = reply.token.is_truthy();
                replies[at].push(reply);
                if came {
                    replies[at].push(self.read_in_time(pair[at]).await?);
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
    pub(crate) fn judge_renewals(&mut self) -> Judgement {
        let of_person =
            |actor: &mut super::cast::Actor| (actor.replies.clone(), actor.info.clone().unwrap_or_default());
        let people: Vec<(Vec<Reply>, Value)> = self.everybody().map(of_person).collect();
        let mut judgements = Vec::new();
        for (at, (replies, own)) in people.iter().enumerate() {
            let others = people.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<&Value> = others.map(|(_, (_, info))| info).collect();
            judgements.extend(replies.iter().enumerate().map(|(at, reply)| {
                let judgement = if reply.exchange.purpose == RENEWAL {
                    renewal_granted(reply, at == 0)
                } else {
                    shows_owner(reply, own, &others)
                };
                judgement.shown_by([&*reply.exchange])
            }));
        }
        Judgement::all(judgements)
    }

    /// Renews a session with something else than what the contract says, where it is renewed with what the contract says:
    /// a request that never brings a token proves nothing.
    pub(crate) async fn renew_with(&mut self, kind: RenewalKind) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        self.demand_a_token_of_renewals()?;
        let control = self.renew(&who).await?;
        if !is_refused_renewal(&control) {
            Self::demand_renewal(&control)?;
        }
        let own = self.renewed_by(&who)?;
        let altered = |world: &mut Self, kind: BearerKind| {
            let said = world.altered(&who, &Value::from(own.as_str()), kind)?.unwrap_or_default();
            Ok(said.strip_prefix(SCHEME).unwrap_or_default().trim_start().to_owned())
        };
        let presented = if kind == RenewalKind::UserId {
            Some(self.user_id_of(&who)?)
        } else {
            kind.alteration().map(|kind| altered(self, kind)).transpose()?
        };
        let reply = self.ask_renewal(&who, RenewedBy::Instead(presented.as_deref())).await?;
        // Where nothing is renewed so early, a refusal proves nothing.
        if is_refused_renewal(&control) && !reply.token.is_truthy() {
            return Err(self.too_early(&who, &control)?);
        }
        self.keep(&who, vec![reply])
    }

    /// Renews a session with credentials of the client that are not right, where it is renewed with the right ones.
    pub(crate) async fn renew_as_client(&mut self, kind: ClientKind) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let run = self.run()?;
        let right = match &run.contract.spoken.refresh {
            Refresh::Call { call, .. } => call.credentials(),
            Refresh::None | Refresh::Relogin | Refresh::Ambient(_) => None,
        };
        let Some(right) = right else {
            return Err(self.not_applicable(tr!("the renewal of this contract has no client credentials")));
        };
        Self::demand_renewal(&self.renew_while_it_lives(&who).await?)?;
        let mut request = self.renewal_request(&who, RenewedBy::Contract)?;
        if request.headers.get("authorization") != Some(&basic(&right)) {
            return Err(self.not_applicable(tr!("the session stands where the client credentials would")));
        }
        request = without(request, "authorization");
        if let Some(header) = client_header(&right, kind) {
            request.headers.set("authorization", header);
        }
        let reply = self.send_as_it_is(&who, Spelled { request, purpose: RENEWAL }).await?;
        self.keep(&who, vec![reply])
    }

    /// Renews a session with the token that it carries, where a refresh token is wanted.
    pub(crate) async fn renew_with_token(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        self.demand_two_kinds(&who)?;
        Self::demand_renewal(&self.renew_while_it_lives(&who).await?)?;
        let token = self.token_text(&who)?;
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
    pub(super) fn demand_two_kinds(&mut self, someone: &Someone) -> Result<(), Stop> {
        if self.refresh_token(someone)? == self.token_text(someone)? {
            return Err(self.not_applicable(tr!("the refresh token is the token itself")));
        }
        Ok(())
    }

    /// Renews a session, and then once more with the refresh token from before.
    pub(crate) async fn renew_with_replaced(&mut self) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let earlier = self.refresh_token(&who)?;
        Self::demand_renewal(&self.renew_while_it_lives(&who).await?)?;
        if self.refresh_token(&who)? == earlier {
            return Err(self.not_applicable(tr!("the refresh token stays the same")));
        }
        let reply = self.ask_renewal(&who, RenewedBy::Instead(Some(&earlier))).await?;
        self.keep(&who, vec![reply])
    }

    /// Renews a session, and asks for user info with the token that was held before. Where that is to have ended and has
    /// not, it is tried with one that is more than a second old: there are backends that end what was issued before the
    /// second of a renewal.
    pub(crate) async fn present_renewed_away(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        self.renew_for_another(someone).await?;
        let mut reply = self.read_with_earlier_token(someone).await?;
        let ends = matches!(run.contract.spoken.refresh, Refresh::Call { old: Old::Dead, .. });
        if ends && carries_data(&reply) == Judgement::Kept {
            self.log_in_as_far_as_token(someone).await?;
            self.let_a_second_pass().await?;
            self.renew_for_another(someone).await?;
            reply = self.read_with_earlier_token(someone).await?;
        }
        self.keep(someone, vec![reply])
    }

    /// Renews a session, and makes sure that this brought another token than before, which works. Where signed tokens
    /// differ in the second of their issue only, that takes a second.
    async fn renew_for_another(&mut self, someone: &Someone) -> Result<(), Stop> {
        let before = self.actor(someone)?.held_token()?.token.clone();
        Self::demand_renewal(&self.renew_while_it_lives(someone).await?)?;
        if self.actor(someone)?.held_token()?.token == before {
            self.let_a_second_pass().await?;
            Self::demand_renewal(&self.renew(someone).await?)?;
        }
        self.demand_another_token(someone)?;
        let reply = self.read_user_info(someone).await?;
        if carries_data(&reply) == Judgement::Kept {
            return Ok(());
        }
        Err(Stop::new(tr!("the renewed token did not open user info: {seen}", seen = reply.describe())))
    }

    /// Waits for the next second.
    pub(crate) async fn let_a_second_pass(&mut self) -> Result<(), Stop> {
        self.rest(Instant::now() + A_SECOND).await
    }

    /// Judges what became of the token that was held before the last renewal by what the contract promises.
    pub(crate) fn judge_promise(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let actor = self.actor(&Someone::Protagonist)?;
        let owners = actor.info.clone().unwrap_or_default();
        let earlier: Option<HeldToken> = actor.earlier_token.clone();
        let over = earlier.and_then(|held| self.is_over(&held));
        let reply = self.reply()?;
        let Refresh::Call { old, .. } = &run.contract.spoken.refresh else {
            return Err(self.lack(Need::Renewal));
        };
        Ok(match (old, over) {
            (Old::Dead, over) => has_ended(reply, &owners).unless_kept(over),
            (Old::Valid, over) => works_on(reply).unless(over),
            (Old::Any, _) => Judgement::CannotTell(tr!("the contract promises neither")),
        })
    }

    /// Stops the scenario because the contract does not name what it takes.
    pub(crate) fn lack(&self, need: Need) -> Stop {
        let reason = self.run().ok().and_then(|run| need.missing_in(&run.contract));
        self.unmet(need, reason.map(translated).unwrap_or_default())
    }
}

/// Tells whether a renewal was refused in a way in which a backend may refuse one that comes too early or too late.
pub(super) fn is_refused_renewal(reply: &Reply) -> bool {
    let told = reply.status().is_some_and(|status| status < 500 && !matches!(status, 404 | 405));
    told && !reply.token.is_truthy() && reply.inconclusive().is_none()
}
