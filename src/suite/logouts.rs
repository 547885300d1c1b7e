//! Ending a session by the request that a contract has for it.

use super::arrange::granted;
use super::dialect::RenewedBy;
use super::driver::bearer;
use super::log::Stop;
use super::need::Need;
use super::parameters::{BearerKind, Someone};
use super::run::Run;
use super::world::World;
use crate::backend::Refresh;
use crate::checks::{
    Judgement, Reply, carries_data, exchange_granted, no_token_issued, token_granted, user_info_refused,
};

/// What a request is for that ends a session.
pub(crate) const LOGOUT: &str = mark!("logout");

/// What is tried with a session that has been ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Attempt {
    /// Reading user info.
    Read,
    /// Renewing it.
    Renew,
    /// Renewing it with the refresh token that was replaced before.
    RenewReplaced,
    /// Reading user info with the token from before a renewal.
    ReadRenewedAway,
    /// Asking whether it is valid.
    Check,
    /// Reading user info with its token once its owner has logged in again.
    ReadAfterReturn,
}

impl Attempt {
    /// Tells whether an answer treats the session as a living one.
    pub(super) fn found_it_alive(self, reply: &Reply) -> bool {
        match self {
            Self::Read | Self::ReadAfterReturn | Self::ReadRenewedAway => {
                carries_data(reply) == Judgement::Kept
            }
            Self::Renew | Self::RenewReplaced => reply.token.is_truthy(),
            Self::Check => reply.accepted,
        }
    }
}

impl World {
    /// Ends a person's session; whoever is not allowed to do that proves nothing about what comes after it.
    pub(crate) async fn log_out(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        let reply = self.ask_logout(someone, Some(session)).await?;
        if reply.accepted {
            return Ok(reply);
        }
        // What a browser is sent to afterwards says little about the logout; what comes of the session says more.
        if !reply.exchange.redirects.is_empty() {
            return Ok(reply);
        }
        let not_done =
            || tr!("the logout was not carried out; does [logout] fit? {seen}", seen = reply.describe());
        Err(Stop::new(reply.inconclusive().unwrap_or_else(not_done)))
    }

    /// Ends a person's session, and keeps the answer.
    pub(crate) async fn log_out_alone(&mut self, someone: &Someone) -> Result<(), Stop> {
        let reply = self.log_out(someone).await?;
        self.keep(someone, vec![reply])
    }

    /// Ends a person's session, and tries something with it. Where it is still alive, that is tried with another one which
    /// is more than a second old: there are backends that end what was issued before the second of a logout, and nobody logs
    /// out within the second of the login.
    pub(super) async fn log_out_and_try(
        &mut self,
        someone: &Someone,
        attempt: Attempt,
    ) -> Result<[Reply; 2], Stop> {
        let first = self.try_after_logout(someone, attempt).await?;
        if !attempt.found_it_alive(&first[1]) {
            return Ok(first);
        }
        self.log_in_as_far_as_token(someone).await?;
        self.let_a_second_pass().await?;
        self.try_after_logout(someone, attempt).await
    }

    async fn try_after_logout(&mut self, someone: &Someone, attempt: Attempt) -> Result<[Reply; 2], Stop> {
        let mut replaced = String::new();
        if attempt == Attempt::RenewReplaced {
            replaced = self.refresh_token(someone)?;
            Self::demand_renewal(&self.renew_while_it_lives(someone).await?)?;
            if self.refresh_token(someone)? == replaced {
                return Err(self.not_applicable(tr!("the refresh token stays the same")));
            }
        }
        let mut ended = self.actor(someone)?.held_token()?.clone();
        if attempt == Attempt::ReadRenewedAway {
            ended = self.renew_beside_the_earlier(someone).await?;
        }
        let logout = self.log_out(someone).await?;
        let tried = match attempt {
            Attempt::Read => self.read_user_info(someone).await?,
            Attempt::Renew => self.ask_renewal(someone, RenewedBy::Contract).await?,
            Attempt::RenewReplaced => self.ask_renewal(someone, RenewedBy::Instead(Some(&replaced))).await?,
            Attempt::Check => self.ask_check(someone).await?,
            Attempt::ReadRenewedAway => self.ask_with_held(someone, ended).await?,
            Attempt::ReadAfterReturn => {
                self.come_back_with_another(someone, &ended.token).await?;
                self.actor(someone)?.earlier_token = Some(ended.clone());
                self.ask_with_held(someone, ended).await?
            }
        };
        Ok([logout, tried])
    }

    /// Logs out, and reads user info with the token from before.
    pub(crate) async fn read_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        let replies = self.log_out_and_try(someone, Attempt::Read).await?;
        self.keep(someone, replies.into())
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
        let replies = self.log_out_and_try(someone, Attempt::Renew).await?;
        self.keep(someone, replies.into())
    }

    /// Renews a session, logs out, and renews it with the refresh token that the first renewal replaced.
    pub(crate) async fn renew_with_replaced_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        let need = Need::RefreshToken;
        if need.missing_in(&self.run()?.contract).is_some() {
            return Err(self.lack(need));
        }
        let replies = self.log_out_and_try(someone, Attempt::RenewReplaced).await?;
        self.keep(someone, replies.into())
    }

    /// Logs out and in again, and reads user info with the token that was held before both.
    pub(crate) async fn read_ended_after_return(&mut self, someone: &Someone) -> Result<(), Stop> {
        let replies = self.log_out_and_try(someone, Attempt::ReadAfterReturn).await?;
        self.keep(someone, replies.into())
    }

    /// Logs in again, with another token than one that was held; signed tokens may differ in the second of their issue only.
    async fn come_back_with_another(
        &mut self,
        someone: &Someone,
        ended: &crate::expiry::Value,
    ) -> Result<(), Stop> {
        let mut back = self.come_back(someone).await?;
        if carries_data(&back) != Judgement::Kept || self.actor(someone)?.held_token()?.token == *ended {
            self.let_a_second_pass().await?;
            back = self.come_back(someone).await?;
        }
        let opened = carries_data(&back) == Judgement::Kept;
        granted(opened, mark!("who had logged out was not let in again"), &back)?;
        if self.actor(someone)?.held_token()?.token != *ended {
            return Ok(());
        }
        Err(self.not_applicable(tr!("the session after the logout has the token of the one before it")))
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
        let exchange = self.exchange_fresh(someone).await?;
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
        if said.is_some() && !self.logout_carries_token(&who)? {
            return Err(self.not_applicable(tr!("the logout of this contract does not carry the token")));
        }
        let reply = self.ask_logout(&who, said).await?;
        self.keep(&who, vec![reply])
    }

    /// Tells whether the logout of the contract has the token in it, or something else of the login alone.
    pub(super) fn logout_carries_token(&mut self, someone: &Someone) -> Result<bool, Stop> {
        let run = self.run()?;
        let person = self.actor(someone)?.person.clone();
        let logout = run.contract.spoken.logout.as_ref().ok_or_else(|| self.lack(Need::Logout))?;
        Ok(run.says_session(logout, &person))
    }

    pub(super) async fn ask_logout(
        &mut self,
        someone: &Someone,
        said: Option<String>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let logout = run.contract.spoken.logout.as_ref().ok_or_else(|| self.lack(Need::Logout))?;
        self.ask_about_session(someone, logout, said, LOGOUT).await
    }
}

/// Says why a logout may not have been carried out, if it may not: where any status of success will do, the body may
/// refuse it, and a redirect may lead to a login.
pub(super) fn doubt_of_logout(run: &Run, logout: &Reply) -> Option<String> {
    let ok = &run.contract.spoken.logout.as_ref()?.ok;
    let seen = logout.describe();
    let Some(fitting) = logout.exchange.answers().find(|answer| ok.fits(answer)) else {
        let redirect = logout.exchange.redirects.first()?;
        return Some(tr!(
            "the logout was answered by a redirect ({status}), and what came from there is no success; where the redirect is \
             the success, write ok = {{ status = {status} }} in [logout]: {seen}",
            status = redirect.answer.status,
            seen
        ));
    };
    let says_more = ok.looks_at_status_alone()
        && (200..300).contains(&fitting.status)
        && !matches!(fitting.body.trim_ascii(), b"" | b"{}" | b"null");
    says_more.then(|| {
        tr!(
            "the contract takes any status of success for a logout, and this answer may be a refusal; say in logout.ok what a \
             success looks like: {seen}",
            seen
        )
    })
}
