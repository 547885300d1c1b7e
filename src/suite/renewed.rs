//! What a renewal brought, and what it was done with: how long the one lives, and whether the other can be made.

use super::cast::HeldToken;
use super::dialect::RenewedBy;
use super::forgery::{Jwt, Loot};
use super::log::Stop;
use super::need::Need;
use super::parameters::{JwtForgery, Moment, Someone};
use super::renewals::is_refused_renewal;
use super::time::announced;
use super::world::World;
use crate::checks::{
    Issue, Judgement, Reply, carries_data, follow_from_nothing, made_of_no_time, made_of_nothing_known,
    no_token_issued, one_for_each,
};
use crate::record::Finding;

/// How many refresh tokens it takes to see how much they hold.
const ENOUGH: usize = 64;

/// How many people in a row may bring no new one until it is given up.
const FRUITLESS: usize = 8;

impl World {
    /// Renews a person's session once its token has ended, and reads user info with what that brings.
    pub(crate) async fn renew_ended(&mut self, someone: &Someone) -> Result<(), Stop> {
        if let Some(why) = self.cannot_outlive(someone) {
            return Err(self.unmet(Need::Clock, why));
        }
        self.pass_time(someone, Moment::JustAfter).await?;
        let renewal = self.renew(someone).await?;
        if renewal.token.is_truthy() {
            let info = self.read_in_time(someone).await?;
            return self.keep(someone, vec![renewal, info]);
        }
        if self.renews_while_it_lives(someone).await? {
            let seen = renewal.describe();
            return Err(self.not_applicable(tr!("a session that has ended is not renewed: {seen}", seen)));
        }
        if self.run()?.contract.spoken.refresh_token().is_none() {
            let seen = renewal.describe();
            return Err(Stop::new(tr!(
                "a session was renewed neither while its token lived nor when it had ended: {seen}",
                seen
            )));
        }
        self.keep(someone, vec![renewal])
    }

    /// Renews a person's session once its token has ended, and asks for user info with that token.
    pub(crate) async fn read_with_ended_after_renewal(&mut self, someone: &Someone) -> Result<(), Stop> {
        self.demand_a_token_of_renewals()?;
        if let Some(why) = self.cannot_outlive(someone) {
            return Err(self.unmet(Need::Clock, why));
        }
        self.pass_time(someone, Moment::JustAfter).await?;
        let renewal = self.renew(someone).await?;
        if is_refused_renewal(&renewal) {
            let seen = renewal.describe();
            return Err(self.not_applicable(tr!("a session that has ended is not renewed: {seen}", seen)));
        }
        Self::demand_renewal(&renewal)?;
        self.demand_another_token(someone)?;
        let opened = self.read_user_info(someone).await?;
        self.demand_opened(someone, &opened)?;
        let reply = self.read_with_earlier_token(someone).await?;
        self.demand_an_end(someone, &reply).await?;
        self.keep(someone, vec![reply])
    }

    /// Where a token was accepted after its announced end, makes sure that one ends then with which nothing else was done.
    pub(super) async fn demand_an_end(&mut self, someone: &Someone, reply: &Reply) -> Result<(), Stop> {
        if carries_data(reply) == Judgement::Kept {
            self.log_in_as_far_as_token(someone).await?;
            self.read_when_ended(someone).await?;
        }
        Ok(())
    }

    /// Tells whether a new session of a person is renewed at once, or at least just before the end of its token: what renews
    /// a session may end with it.
    async fn renews_while_it_lives(&mut self, someone: &Someone) -> Result<bool, Stop> {
        self.log_in_as_far_as_token(someone).await?;
        let mut renewal = self.renew(someone).await?;
        if is_refused_renewal(&renewal) {
            self.pass_time(someone, Moment::JustBefore).await?;
            renewal = self.renew(someone).await?;
        }
        match renewal.inconclusive() {
            Some(reason) => Err(Stop::new(reason)),
            None => Ok(renewal.token.is_truthy()),
        }
    }

    /// Renews a person's session where that tells how long the new token lives.
    pub(crate) async fn renew_for_a_life(&mut self, someone: &Someone) -> Result<(), Stop> {
        if let Some(why) = self.cannot_outlive(someone) {
            return Err(self.unmet(Need::Clock, why));
        }
        let renewal = self.renew_while_it_lives(someone).await?;
        Self::demand_renewal(&renewal)?;
        let of_the_new_token = !self.renewal_brings_none()?;
        let told = announced(&renewal.lifetime).is_ok()
            || of_the_new_token && announced(&self.actor(someone)?.held_token()?.lifetime).is_ok();
        if !told {
            return Err(self.not_applicable(tr!("the renewal does not tell how long the new token lives")));
        }
        let reply = self.read_user_info(someone).await?;
        self.demand_opened(someone, &reply)
    }

    /// Renews a session with every forgery of a kind that can be made of what renews it.
    pub(crate) async fn renew_with_forgeries(&mut self, kind: JwtForgery) -> Result<(), Stop> {
        let who = Someone::Protagonist;
        self.demand_a_token_of_renewals()?;
        if Jwt::of(&self.renewed_by(&who)?).is_none() {
            return Err(self.unmet(Need::Jwt, tr!("what renews a session is none")));
        }
        Self::demand_renewal(&self.renew_while_it_lives(&who).await?)?;
        let own = Jwt::of(&self.renewed_by(&who)?);
        let own = own.ok_or_else(|| self.unmet(Need::Jwt, tr!("what renews a session is none")))?;
        let by_published = kind == JwtForgery::KeyedWithPublicKey;
        let published = if by_published { self.published_keys().await? } else { Vec::new() };
        let forgeries = own.forged(kind, Loot { other: None, published: &published });
        if forgeries.is_empty() {
            return Err(self.not_applicable(if by_published {
                tr!("the backend publishes no key where such keys are looked for")
            } else {
                tr!("what renews a session cannot be forged in this way")
            }));
        }
        let mut replies = Vec::new();
        for forgery in &forgeries {
            replies.push(self.ask_renewal(&who, RenewedBy::Instead(Some(&forgery.token))).await?);
        }
        // Where the genuine one is refused as well by now, nothing is proved.
        if !replies.iter().any(|reply| reply.token.is_truthy()) {
            Self::demand_renewal(&self.renew(&who).await?)?;
        }
        self.keep(&who, replies)?;
        self.presented = forgeries.into_iter().map(|forgery| forgery.what).collect();
        Ok(())
    }

    /// Judges that no forgery of what renews a session brought a token, and names the one that did.
    pub(crate) fn judge_forged_renewals(&mut self) -> Result<Judgement, Stop> {
        let replies = self.replies()?;
        let judged = replies.iter().zip(&self.presented).map(|(reply, what)| {
            let judgement = match (no_token_issued(reply), reply.inconclusive()) {
                (Judgement::Broken(finding), _) => {
                    let actual = tr!("{actual} to {what}", actual = finding.actual, what);
                    Judgement::Broken(Finding { actual, ..finding })
                }
                (_, Some(reason)) => Judgement::CannotTell(reason),
                (judgement, None) => judgement,
            };
            judgement.shown_by([&*reply.exchange])
        });
        Ok(Judgement::all(judged))
    }

    /// Judges that nobody can work out the refresh tokens that a group of people was given with their tokens.
    pub(crate) async fn judge_refresh_tokens(&mut self) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let mut issues: Vec<Issue> = self.issues()?;
        let names = self.everybody().map(|actor| super::cast::short_name(&actor.person.key).to_owned());
        let names: Vec<String> = names.collect();
        for (issue, name) in issues.iter_mut().zip(names) {
            let someone = Someone::Named(name);
            self.demand_two_kinds(&someone)?;
            issue.token = self.refresh_token(&someone)?;
        }
        let app = run.wechat.app_id().to_string();
        let guessing = tokio::task::spawn_blocking(move || {
            let tokens: Vec<String> = issues.iter().map(|issue| issue.token.clone()).collect();
            one_for_each(&issues)
                .and(|| made_of_nothing_known(&issues, &app))
                .and(|| made_of_no_time(&issues))
                .and(|| follow_from_nothing(&tokens))
        });
        guessing.await.map_err(|error| Stop::new(error.to_string()))
    }

    /// Lets people log in until the run has seen enough refresh tokens; a run of the whole suite has by now.
    pub(crate) async fn collect_refresh_tokens(&mut self) -> Result<(), Stop> {
        let run = self.run()?;
        let mut fruitless = 0;
        for number in 1.. {
            let (before, signed) = {
                let samples = run.refresh_samples();
                (samples.len(), samples.are_signed())
            };
            if signed {
                let reason =
                    tr!("the refresh tokens are signed or sealed, which protects them whatever their length");
                return Err(self.not_applicable(reason));
            }
            if before >= ENOUGH {
                return Ok(());
            }
            if fruitless == FRUITLESS {
                return Err(Stop::new(tr!(
                    "only {found} different refresh tokens were handed out in the whole run",
                    found = before
                )));
            }
            let someone = Someone::Named(format!("Somebody {number}"));
            self.introduce(&someone)?;
            self.log_in_as_far_as_token(&someone).await?;
            fruitless = if run.refresh_samples().len() > before { 0 } else { fruitless + 1 };
        }
        Ok(())
    }

    /// Says why a refusal of a person's earlier token proves nothing, if it may have ended by itself.
    pub(crate) fn earlier_is_over(&mut self, someone: &Someone) -> Option<String> {
        let earlier: HeldToken = self.actor(someone).ok()?.earlier_token.clone()?;
        self.is_over(&earlier)
    }
}
