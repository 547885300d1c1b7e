//! Asking whether a session is valid by the request that a contract has for it.

use std::time::Instant;

use super::doors::Spelled;
use super::driver::bearer;
use super::log::Stop;
use super::logouts::{Attempt, doubt_of_logout};
use super::need::Need;
use super::parameters::{BearerKind, Moment, Someone};
use super::run::Run;
use super::world::World;
use crate::backend::Guarded;
use crate::checks::{Judgement, Reply, says_no};
use crate::record::Request;

/// What a request is for that asks whether a session is valid.
pub(crate) const CHECK: &str = mark!("session check");

impl World {
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

    /// Waits for the end of a token, asks whether its session is valid, and then for user info with that token.
    pub(crate) async fn read_after_a_late_check(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.pass_time(someone, Moment::JustAfter).await?;
        let ended = self.actor(someone)?.held_token()?.clone();
        if let Some(reason) = self.ask_check(someone).await?.inconclusive() {
            return Err(Stop::new(reason));
        }
        let reply = self.ask_with_held(someone, ended).await?;
        self.demand_an_end(someone, &reply).await?;
        self.keep(someone, vec![reply])
    }

    /// Asks whether a session is valid before and after its logout.
    pub(crate) async fn check_after_logout(&mut self, someone: &Someone) -> Result<(), Stop> {
        if self.run()?.contract.spoken.logout.is_none() {
            return Err(self.lack(Need::Logout));
        }
        let living = self.ask_check(someone).await?;
        let [logout, reply] = self.log_out_and_try(someone, Attempt::Check).await?;
        self.keep(someone, vec![living, logout, reply])
    }

    /// Judges that the last answer of a check did not call the session valid, where one to a living token did.
    pub(crate) fn judge_no(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let too_late = self.too_late(&Someone::Protagonist);
        let (living, logout, last) = match self.replies()? {
            [living, last] => (living, None, last),
            [living, logout, last] => (living, Some(logout), last),
            _ => return Err(Stop::new(tr!("nothing was asked of the backend yet"))),
        };
        if let Some(reason) = not_valid_before(living) {
            return Ok(Judgement::CannotTell(reason));
        }
        let doubt = doubt_of_check(&run, living, last).or_else(|| doubt_of_logout(&run, logout?));
        let shown = logout.into_iter().chain([last]).map(|reply| &*reply.exchange);
        let judgement = says_no(last).shown_by(shown).unless(doubt);
        // What has ended by itself says nothing about a logout.
        Ok(if logout.is_some() { judgement.unless_kept(too_late) } else { judgement })
    }

    pub(super) async fn ask_check(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let session = bearer(&self.actor(someone)?.held_token()?.token)?;
        let (asked, virtual_since) = (Instant::now(), self.run()?.target.time().shown());
        let reply = self.ask_check_with(someone, Some(session)).await?;
        self.go_on_with_what_came(someone, &reply, asked, virtual_since)?;
        Ok(reply)
    }

    pub(super) async fn ask_check_with(
        &mut self,
        someone: &Someone,
        said: Option<String>,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let check = run.contract.spoken.check.as_ref().ok_or_else(|| self.lack(Need::Check))?;
        self.ask_about_session(someone, check, said, CHECK).await
    }

    pub(super) async fn ask_about_session(
        &mut self,
        someone: &Someone,
        guarded: &Guarded,
        said: Option<String>,
        purpose: &'static str,
    ) -> Result<Reply, Stop> {
        let request = self.request_about_session(someone, guarded, said.as_deref())?;
        self.send_as_it_is(someone, Spelled { request, purpose }).await
    }

    pub(super) fn request_about_session(
        &mut self,
        someone: &Someone,
        guarded: &Guarded,
        said: Option<&str>,
    ) -> Result<Request, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let (person, own) = (actor.person.clone(), bearer(&actor.held_token()?.token)?);
        let is_own = said == Some(own.as_str());
        let request = run.spell_guarded(guarded, &person, said, is_own);
        request.map_err(|reason| self.not_applicable(reason))
    }
}

/// Says that a check did not call a session valid that was a living one, if it did not: then its other answers prove nothing.
pub(super) fn not_valid_before(living: &Reply) -> Option<String> {
    let seen = living.describe();
    (!living.accepted).then(|| tr!("the check does not call a living session valid: {seen}", seen))
}

/// Says why the answer of a check may say no, if it may: where the contract looks at the status alone, the body may.
pub(super) fn doubt_of_check(run: &Run, living: &Reply, last: &Reply) -> Option<String> {
    let said = |reply: &Reply| {
        reply.exchange.answer().map(|answer| (answer.status, answer.body.clone())).unwrap_or_default()
    };
    let by_status = run.contract.spoken.check.as_ref().is_some_and(|check| check.ok.looks_at_status_alone());
    (by_status && said(living) != said(last)).then(|| {
        tr!(
            "the contract looks at the status alone, and the answer is another one than to a living token; say in check.ok \
             what says yes: {seen}",
            seen = last.describe()
        )
    })
}
