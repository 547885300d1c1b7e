//! Ending one session of several, what is left of one when time has passed, and what a forgery does to a session.

use super::arrange::granted;
use super::cast::HeldToken;
use super::driver::SCHEME;
use super::forgery::{Forgery, Loot};
use super::log::Stop;
use super::logouts::Attempt;
use super::need::Need;
use super::parameters::{JwtForgery, Moment, Phone, Someone};
use super::sessions::{doubt_of_check, not_valid_before};
use super::world::World;
use crate::backend::{Old, Refresh};
use crate::checks::{Judgement, Reply, carries_data, says_no};
use crate::record::Finding;

impl World {
    /// Logs out on one of two phones of a person's, and reads user info with the token of that one.
    pub(crate) async fn read_after_logout_of_one(
        &mut self,
        someone: &Someone,
        phone: Phone,
    ) -> Result<(), Stop> {
        let [_, logout, tried] = self.log_out_one_and_try(someone, phone, Attempt::Read).await?;
        self.keep(someone, vec![logout, tried])
    }

    /// Logs out on one of two phones of a person's, and asks before and after whether the session of that one is valid.
    pub(crate) async fn check_after_logout_of_one(&mut self, someone: &Someone) -> Result<(), Stop> {
        if self.run()?.contract.spoken.logout.is_none() {
            return Err(self.lack(Need::Logout));
        }
        let replies = self.log_out_one_and_try(someone, Phone::Older, Attempt::Check).await?;
        self.keep(someone, replies.into())
    }

    /// Does so, once more with sessions that are more than a second old where the one that was ended is still alive: there
    /// are backends that end what was issued before the second of a logout.
    async fn log_out_one_and_try(
        &mut self,
        someone: &Someone,
        phone: Phone,
        attempt: Attempt,
    ) -> Result<[Reply; 3], Stop> {
        let replies = self.try_after_logout_of_one(someone, phone, attempt, false).await?;
        if !attempt.found_it_alive(&replies[2]) {
            return Ok(replies);
        }
        self.log_in_as_far_as_token(someone).await?;
        self.try_after_logout_of_one(someone, phone, attempt, true).await
    }

    async fn try_after_logout_of_one(
        &mut self,
        someone: &Someone,
        phone: Phone,
        attempt: Attempt,
        is_patient: bool,
    ) -> Result<[Reply; 3], Stop> {
        let older = self.actor(someone)?.held_token()?.clone();
        let newer = self.log_in_on_another_phone(someone, &older).await?;
        if is_patient {
            self.let_a_second_pass().await?;
        }
        let ended = match phone {
            Phone::Older => older,
            Phone::Newer => newer,
        };
        let (run, key) = (self.run()?, self.actor(someone)?.person.key.clone());
        run.recall(&key, ended.captured.clone());
        self.actor(someone)?.token = Some(ended.clone());
        let living = self.look_at(someone, &ended, attempt).await?;
        if attempt == Attempt::Read {
            let opened = carries_data(&living) == Judgement::Kept;
            granted(opened, mark!("a token did not open user info twice"), &living)?;
        }
        let logout = self.log_out(someone).await?;
        let tried = self.look_at(someone, &ended, attempt).await?;
        Ok([living, logout, tried])
    }

    /// Asks for user info with a token, or whether its session is valid.
    async fn look_at(
        &mut self,
        someone: &Someone,
        held: &HeldToken,
        attempt: Attempt,
    ) -> Result<Reply, Stop> {
        if attempt == Attempt::Check {
            return self.ask_check(someone).await;
        }
        self.ask_with_held(someone, held.clone()).await
    }

    /// Logs a person in once more, where the session that they have lives on beside the new one, and returns that.
    async fn log_in_on_another_phone(
        &mut self,
        someone: &Someone,
        older: &HeldToken,
    ) -> Result<HeldToken, Stop> {
        self.log_in_as_far_as_token(someone).await?;
        // Signed tokens may differ in the second of their issue only.
        if self.actor(someone)?.held_token()?.token == older.token {
            self.let_a_second_pass().await?;
            self.log_in_as_far_as_token(someone).await?;
        }
        if self.actor(someone)?.held_token()?.token == older.token {
            return Err(self.not_applicable(tr!("this backend hands out the same token again")));
        }
        let opened = self.read_user_info(someone).await?;
        self.demand_opened(someone, &opened)?;
        // Any answer may bring another token, where a contract says so.
        let newer = self.actor(someone)?.held_token()?.clone();
        let reply = self.ask_with_held(someone, older.clone()).await?;
        if carries_data(&reply) == Judgement::Kept {
            return Ok(newer);
        }
        if let Some(reason) = reply.inconclusive().or_else(|| self.is_over(older)) {
            return Err(Stop::new(reason));
        }
        let seen = reply.describe();
        Err(self.not_applicable(tr!(
            "a login ends the session of the person that was there before: {seen}",
            seen
        )))
    }

    /// Logs out, and reads user info with the token from before at once and again much later, when it would still live.
    pub(crate) async fn read_long_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        let mut replies = self.try_long_after_logout(someone).await?;
        if Attempt::Read.found_it_alive(&replies[1]) {
            self.log_in_as_far_as_token(someone).await?;
            self.let_a_second_pass().await?;
            replies = self.try_long_after_logout(someone).await?;
        }
        self.keep(someone, replies.into())
    }

    async fn try_long_after_logout(&mut self, someone: &Someone) -> Result<[Reply; 2], Stop> {
        if let Some(why) = self.cannot_outlive(someone) {
            return Err(self.unmet(Need::Clock, why));
        }
        let held = self.actor(someone)?.held_token()?.clone();
        let logout = self.log_out(someone).await?;
        let at_once = self.ask_with_held(someone, held.clone()).await?;
        if Attempt::Read.found_it_alive(&at_once) {
            return Ok([logout, at_once]);
        }
        // Close before the end nobody can tell by what it was ended.
        let is_early = self.lies_before_the_end(someone, Moment::ThreeQuarters)?;
        let moment = if is_early { Moment::ThreeQuarters } else { Moment::Halfway };
        self.pass_time(someone, moment).await?;
        Ok([logout, self.ask_with_held(someone, held).await?])
    }

    /// Renews a session, logs out with what that brought, and reads user info with the token from before the renewal.
    pub(crate) async fn read_renewed_away_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        if Need::Renewal.missing_in(&self.run()?.contract).is_some() {
            return Err(self.lack(Need::Renewal));
        }
        if matches!(self.run()?.contract.spoken.refresh, Refresh::Call { old: Old::Valid, .. }) {
            return Err(self.not_applicable(tr!("the contract promises that the earlier token stays valid")));
        }
        self.demand_a_token_of_renewals()?;
        let replies = self.log_out_and_try(someone, Attempt::ReadRenewedAway).await?;
        self.keep(someone, replies.into())
    }

    /// Renews a session where the token from before works on, and returns that.
    pub(super) async fn renew_beside_the_earlier(&mut self, someone: &Someone) -> Result<HeldToken, Stop> {
        let earlier = self.actor(someone)?.held_token()?.clone();
        Self::demand_renewal(&self.renew_while_it_lives(someone).await?)?;
        if self.actor(someone)?.held_token()?.token == earlier.token {
            self.let_a_second_pass().await?;
            Self::demand_renewal(&self.renew(someone).await?)?;
        }
        if self.actor(someone)?.held_token()?.token == earlier.token {
            return Err(self.not_applicable(tr!("this backend hands out the same token again")));
        }
        let reply = self.ask_with_held(someone, earlier.clone()).await?;
        if let Some(reason) = reply.inconclusive() {
            return Err(Stop::new(reason));
        }
        if carries_data(&reply) != Judgement::Kept {
            let seen = reply.describe();
            return Err(self.not_applicable(tr!("the renewal ends the token from before it: {seen}", seen)));
        }
        self.actor(someone)?.earlier_token = Some(earlier.clone());
        Ok(earlier)
    }

    /// Returns every forgery of a kind that can be made of the protagonist's token alone.
    async fn forgeries(&mut self, kind: JwtForgery) -> Result<Vec<Forgery>, Stop> {
        let own = self.jwt_of(&Someone::Protagonist)?;
        let by_published = kind == JwtForgery::KeyedWithPublicKey;
        let published = if by_published { self.published_keys().await? } else { Vec::new() };
        let forgeries = own.forged(kind, Loot { other: None, published: &published });
        if forgeries.is_empty() {
            return Err(self.not_applicable(if by_published {
                tr!("the backend publishes no key where such keys are looked for")
            } else {
                tr!("the token cannot be forged in this way")
            }));
        }
        Ok(forgeries)
    }

    /// Asks for the end of a session with every forgery of a kind.
    pub(crate) async fn log_out_with_forgeries(&mut self, kind: JwtForgery) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let forgeries = self.forgeries(kind).await?;
        if !self.logout_carries_token(&who)? {
            return Err(self.not_applicable(tr!("the logout of this contract does not carry the token")));
        }
        let mut replies = Vec::new();
        for forgery in &forgeries {
            replies.push(self.ask_logout(&who, Some(format!("{SCHEME} {}", forgery.token))).await?);
        }
        self.keep(&who, replies)
    }

    /// Asks whether a session is valid, first with the token and then with every forgery of a kind.
    pub(crate) async fn check_with_forgeries(&mut self, kind: JwtForgery) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let forgeries = self.forgeries(kind).await?;
        let mut replies = vec![self.ask_check(&who).await?];
        for forgery in &forgeries {
            replies.push(self.ask_check_with(&who, Some(format!("{SCHEME} {}", forgery.token))).await?);
        }
        self.keep(&who, replies)?;
        self.presented = forgeries.into_iter().map(|forgery| forgery.what).collect();
        Ok(())
    }

    /// Judges that no forgery was called a valid session, where the genuine token was, and names the one that was.
    pub(crate) fn judge_forged_checks(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let Some((living, forged)) = self.replies()?.split_first() else {
            return Err(Stop::new(tr!("nothing was asked of the backend yet")));
        };
        if let Some(reason) = not_valid_before(living) {
            return Ok(Judgement::CannotTell(reason));
        }
        let judged = forged.iter().zip(&self.presented).map(|(reply, what)| {
            let judgement = match says_no(reply) {
                Judgement::Broken(finding) => {
                    let actual = tr!("{actual} to {what}", actual = finding.actual, what);
                    Judgement::Broken(Finding { actual, ..finding })
                }
                judgement @ (Judgement::Kept | Judgement::CannotTell(_)) => judgement,
            };
            judgement.shown_by([&*reply.exchange]).unless(doubt_of_check(&run, living, reply))
        });
        Ok(Judgement::all(judged))
    }
}
