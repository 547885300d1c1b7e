//! Checking and ending a session by the requests that a contract has for it.

use std::time::Instant;

use super::arrange::granted;
use super::dialect::RenewedBy;
use super::doors::Spelled;
use super::driver::bearer;
use super::log::Stop;
use super::need::Need;
use super::parameters::{BearerKind, Moment, Someone};
use super::run::Run;
use super::world::World;
use crate::backend::{Guarded, Refresh};
use crate::checks::{
    Judgement, Reply, carries_data, exchange_granted, no_token_issued, says_no, token_granted,
    user_info_refused,
};

/// Says why a logout may not have been carried out, if it may not.
fn doubt_of_logout(run: &Run, logout: &Reply) -> Option<String> {
    let by_status =
        run.contract.spoken.logout.as_ref().is_some_and(|logout| logout.ok.looks_at_status_alone());
    let body = logout.exchange.answer().map(|answer| answer.body.trim_ascii()).unwrap_or_default();
    let says_more = by_status && !matches!(body, b"" | b"{}" | b"null");
    says_more.then(|| {
        tr!(
            "the contract takes any status of success for a logout, and this answer may be a refusal; say in logout.ok what a \
             success looks like: {seen}",
            seen = logout.describe()
        )
    })
}

/// What a request is for that asks whether a session is valid.
pub(crate) const CHECK: &str = mark!("session check");

/// What a request is for that ends a session.
pub(crate) const LOGOUT: &str = mark!("logout");

impl World {
    /// Ends a person's session; whoever is not allowed to do that proves nothing about what comes after it.
    pub(crate) async fn log_out(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        let reply = self.ask_logout(someone, Some(session)).await?;
        if reply.accepted {
            return Ok(reply);
        }
        if let Some(reason) = reply.inconclusive() {
            return Err(Stop::new(reason));
        }
        if let Some(redirect) = reply.exchange.redirects.first() {
            let (status, seen) = (redirect.answer.status, reply.describe());
            return Err(Stop::new(tr!(
                "the logout was answered by a redirect ({status}), and what came from there is no success; where the redirect \
                 is the success, write ok = {{ status = {status} }} in [logout]: {seen}",
                status,
                seen
            )));
        }
        let seen = reply.describe();
        Err(Stop::new(tr!("the logout was not carried out; does [logout] fit? {seen}", seen)))
    }

    /// Ends a person's session, and keeps the answer.
    pub(crate) async fn log_out_alone(&mut self, someone: &Someone) -> Result<(), Stop> {
        let reply = self.log_out(someone).await?;
        self.keep(someone, vec![reply])
    }

    /// Logs out, and reads user info with the token from before. Where that still works, it is tried with one that is more
    /// than a second old: there are backends that end what was issued before the second of a logout, and nobody logs out
    /// within the second of the login.
    pub(crate) async fn read_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        let mut logout = self.log_out(someone).await?;
        let mut reply = self.read_user_info(someone).await?;
        if carries_data(&reply) == Judgement::Kept {
            self.log_in_as_far_as_token(someone).await?;
            self.let_a_second_pass().await?;
            logout = self.log_out(someone).await?;
            reply = self.read_user_info(someone).await?;
        }
        self.keep(someone, vec![logout, reply])
    }

    /// Logs out, and renews the session from before, which can be renewed before the logout.
    pub(crate) async fn renew_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        if !matches!(self.run()?.contract.spoken.refresh, Refresh::Call { .. }) {
            return Err(self.lack(Need::Renewal));
        }
        let before = self.renew(someone).await?;
        if !before.token.is_truthy() {
            let seen = before.describe();
            return Err(self
                .not_applicable(tr!("the session was not renewed before the logout either: {seen}", seen)));
        }
        let mut logout = self.log_out(someone).await?;
        let mut reply = self.ask_renewal(someone, RenewedBy::Contract).await?;
        if reply.token.is_truthy() {
            self.log_in_as_far_as_token(someone).await?;
            self.let_a_second_pass().await?;
            logout = self.log_out(someone).await?;
            reply = self.ask_renewal(someone, RenewedBy::Contract).await?;
        }
        self.keep(someone, vec![logout, reply])
    }

    /// Logs out and in again, and reads user info with the token that was held before both.
    pub(crate) async fn read_ended_after_return(&mut self, someone: &Someone) -> Result<(), Stop> {
        let (mut logout, mut reply) = self.return_and_read_ended(someone).await?;
        if carries_data(&reply) == Judgement::Kept {
            self.let_a_second_pass().await?;
            (logout, reply) = self.return_and_read_ended(someone).await?;
        }
        self.keep(someone, vec![logout, reply])
    }

    async fn return_and_read_ended(&mut self, someone: &Someone) -> Result<(Reply, Reply), Stop> {
        let ended = self.actor(someone)?.held_token()?.clone();
        let logout = self.log_out(someone).await?;
        let mut back = self.come_back(someone).await?;
        if carries_data(&back) != Judgement::Kept {
            self.let_a_second_pass().await?;
            back = self.come_back(someone).await?;
        }
        granted(
            carries_data(&back) == Judgement::Kept,
            mark!("who had logged out was not let in again"),
            &back,
        )?;
        if self.actor(someone)?.held_token()?.token == ended.token {
            return Err(
                self.not_applicable(tr!("the session after the logout has the token of the one before it"))
            );
        }
        self.actor(someone)?.earlier_token = Some(ended.clone());
        Ok((logout, self.ask_with_held(someone, ended).await?))
    }

    /// Judges that nothing of a session is left after its logout, given the answer to that and to what was tried then.
    pub(crate) fn judge_over(&mut self) -> Result<Judgement, Stop> {
        let who = Someone::Protagonist;
        let ended_by_itself = self.too_late(&who);
        self.judge_gone(ended_by_itself)
    }

    /// Does so where the session is the one before the present one.
    pub(crate) fn judge_still_over(&mut self) -> Result<Judgement, Stop> {
        let ended_by_itself = self.earlier_is_over(&Someone::Protagonist);
        self.judge_gone(ended_by_itself)
    }

    fn judge_gone(&mut self, ended_by_itself: Option<String>) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let actor = self.actor(&Someone::Protagonist)?;
        let owners = actor.info.clone().unwrap_or_default();
        let [logout, tried] = self.replies()? else {
            return Err(Stop::new(tr!("nothing was asked of the backend yet")));
        };
        let judgement = if tried.exchange.purpose == run.contract.user_info.purpose {
            user_info_refused(tried, &owners).unless_kept(ended_by_itself)
        } else {
            no_token_issued(tried)
        };
        let doubt = doubt_of_logout(&run, logout);
        Ok(judgement.shown_by([&*logout.exchange, &*tried.exchange]).unless(doubt))
    }

    /// Logs out, logs in again, and reads user info; once more a second later where that is not granted.
    pub(crate) async fn come_back_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.log_out(someone).await?;
        let mut reply = self.come_back(someone).await?;
        if carries_data(&reply) != Judgement::Kept {
            self.let_a_second_pass().await?;
            reply = self.come_back(someone).await?;
        }
        self.keep(someone, vec![reply])
    }

    /// Logs in and reads user info, and returns the first answer that grants nothing, or else the last one.
    async fn come_back(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let code = self.fresh_code(someone)?;
        let exchange = self.exchange(someone, Some(code.as_str())).await?;
        if !exchange.granted {
            return Ok(exchange);
        }
        let token = self.obtain_token(someone).await?;
        if !token.token.is_truthy() {
            return Ok(token);
        }
        self.read_user_info(someone).await
    }

    /// Judges that somebody who logged out was let in again.
    pub(crate) async fn judge_return(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let too_late = self.too_late(&Someone::Protagonist);
        let reply = self.reply()?;
        let purpose = reply.exchange.purpose.as_str();
        let judgement = if purpose == run.contract.user_info.purpose {
            carries_data(reply).unless(too_late)
        } else if purpose == run.contract.token.purpose {
            token_granted(reply)
        } else {
            exchange_granted(reply)
        };
        let judgement = judgement.shown_by([&*reply.exchange]);
        self.unless_nobody_is_served(judgement).await
    }

    /// Asks for the end of a person's session with something else than the token.
    pub(crate) async fn log_out_with(&mut self, kind: BearerKind) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let said = self.altered_token(&who, kind)?;
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
        let reply = self.ask_check(someone).await?;
        self.keep(someone, vec![reply])
    }

    /// Asks whether a session is valid, first with the token and then with something else.
    pub(crate) async fn check_with(&mut self, kind: BearerKind) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        let said = self.altered_token(&who, kind)?;
        let living = self.ask_check(&who).await?;
        let reply = self.ask_check_with(&who, said).await?;
        self.keep(&who, vec![living, reply])
    }

    /// Waits for the end of a token, and asks whether its session is valid before and after.
    pub(crate) async fn check_after_the_end(&mut self, someone: &Someone) -> Result<(), Stop> {
        let living = self.ask_check(someone).await?;
        self.pass_time(someone, Moment::JustAfter).await?;
        let reply = self.ask_check(someone).await?;
        self.keep(someone, vec![living, reply])
    }

    /// Asks whether a session is valid before and after its logout. Where it is said to be, that is tried with one that is
    /// more than a second old: there are backends that end what was issued before the second of a logout.
    pub(crate) async fn check_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        if self.run()?.contract.spoken.logout.is_none() {
            return Err(self.lack(Need::Logout));
        }
        let living = self.ask_check(someone).await?;
        let mut logout = self.log_out(someone).await?;
        let mut reply = self.ask_check(someone).await?;
        if reply.accepted {
            self.log_in_as_far_as_token(someone).await?;
            self.let_a_second_pass().await?;
            logout = self.log_out(someone).await?;
            reply = self.ask_check(someone).await?;
        }
        self.keep(someone, vec![living, logout, reply])
    }

    /// Judges that the last answer of a check did not call the session valid, where one to a living token did.
    pub(crate) fn judge_no(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let (living, logout, last) = match self.replies()? {
            [living, last] => (living, None, last),
            [living, logout, last] => (living, Some(logout), last),
            _ => return Err(Stop::new(tr!("nothing was asked of the backend yet"))),
        };
        if !living.accepted {
            let seen = living.describe();
            return Ok(Judgement::CannotTell(tr!(
                "the check does not call a living session valid: {seen}",
                seen
            )));
        }
        let said = |reply: &Reply| {
            reply.exchange.answer().map(|answer| (answer.status, answer.body.clone())).unwrap_or_default()
        };
        let by_status =
            run.contract.spoken.check.as_ref().is_some_and(|check| check.ok.looks_at_status_alone());
        let doubt = (by_status && said(living) != said(last)).then(|| {
            tr!(
                "the contract looks at the status alone, and the answer is another one than to a living token; say in check.ok \
                 what says yes: {seen}",
                seen = last.describe()
            )
        });
        let doubt = doubt.or_else(|| doubt_of_logout(&run, logout?));
        let shown = logout.into_iter().chain([last]).map(|reply| &*reply.exchange);
        Ok(says_no(last).shown_by(shown).unless(doubt))
    }

    async fn ask_check(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        let (asked, virtual_since) = (Instant::now(), self.run()?.target.time().shown());
        let reply = self.ask_check_with(someone, Some(session)).await?;
        self.go_on_with_what_came(someone, &reply, asked, virtual_since)?;
        Ok(reply)
    }

    async fn ask_check_with(&mut self, someone: &Someone, said: Option<String>) -> Result<Reply, Stop> {
        let run = self.run()?;
        let check = run.contract.spoken.check.as_ref().ok_or_else(|| self.lack(Need::Check))?;
        self.ask_about_session(someone, check, said, CHECK).await
    }

    async fn ask_about_session(
        &mut self,
        someone: &Someone,
        guarded: &Guarded,
        said: Option<String>,
        purpose: &'static str,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let (person, own) = (actor.person.clone(), bearer(&actor.held_token()?.token)?);
        let is_own = said.as_ref() == Some(&own);
        let request = run.spell_guarded(guarded, &person, said.as_deref(), is_own);
        let request = request.map_err(|reason| self.not_applicable(reason))?;
        self.send_as_it_is(someone, Spelled { request, purpose }).await
    }
}
