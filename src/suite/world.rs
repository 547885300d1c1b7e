//! What the steps of one scenario share.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;

use super::cast::{Actor, Cast, short_name};
use super::dying;
use super::encore::{TurnedAway, turns_away};
use super::log::{ScenarioLog, Stop};
use super::need::Need;
use super::parameters::Someone;
use super::progress::Happening;
use super::renewals::RENEWAL;
use super::run::Run;
use super::together::Together;
use crate::backend::{at, body_of};
use crate::checks::{Judgement, Login, LoginAfter, Measured, Reply, Round, is_error, walked_to_the_end};
use crate::expiry::{Clock as _, SystemClock, UnixMillis};
use crate::miniprogram::{Encore, Phone, Transport};
use crate::record::{Answer, Exchange, Finding};
use crate::standin::Person;

/// What the steps of one scenario share; made anew for each.
#[derive(Debug, Default, cucumber::World)]
pub(crate) struct World {
    stage: Option<Stage>,
    cast: Cast,
    replies: Vec<Reply>,
    rounds: Vec<usize>,
    concluded: Option<Judgement>,
    /// How long tokens were found to live.
    pub(crate) measured: Option<Measured>,
    races: Vec<Round>,
    crowd: Vec<Login>,
    /// What each of the last requests presented, where several things were presented.
    pub(crate) presented: Vec<String>,
    seen: Vec<Reply>,
    /// Whom the last sentence was about.
    looked_at: String,
    /// The people who ask together, and what became of it.
    pub(crate) together: Together,
    /// The logins that followed bad input.
    pub(crate) logins: Vec<LoginAfter>,
    /// The scenario's turn to act, of which there are as many as jobs.
    turn: Option<OwnedSemaphorePermit>,
}

/// Where a scenario is played.
#[derive(Clone, Debug)]
struct Stage {
    run: Arc<Run>,
    log: Arc<ScenarioLog>,
    key: String,
    turned_away: Arc<TurnedAway>,
    /// Sends once more what the backend turned away.
    transport: Transport,
}

impl World {
    /// Puts the world on stage; without this no step can do anything.
    pub(crate) fn enter(&mut self, run: Arc<Run>, key: &str, turn: Option<OwnedSemaphorePermit>) {
        self.turn = turn;
        let log = run.open_log(key);
        let turned_away = Arc::new(TurnedAway::new(Arc::clone(&run), key));
        let encore: Arc<dyn Encore> = Arc::<TurnedAway>::clone(&turned_away);
        let transport = run.transport.clone().with_encore(encore);
        self.stage = Some(Stage { run, log, key: key.to_owned(), turned_away, transport });
    }

    /// Returns what sends the requests of this scenario, once more where the backend turned them away. What is to arrive
    /// at the same moment as something else goes by the transport of the run, which does not do that.
    pub(crate) fn transport(&self) -> Result<Transport, Stop> {
        Ok(self.stage()?.transport.clone())
    }

    /// Says from now on whether every answer stands, also one that looks as if the backend had turned a request away.
    pub(crate) fn let_all_stand(&self, all: bool) -> Result<(), Stop> {
        self.stage()?.turned_away.let_all_stand(all);
        Ok(())
    }

    /// Tells whether a request of the scenario was turned away, and sent again after a pause.
    pub(crate) fn had_to_pause(&self) -> bool {
        self.stage().is_ok_and(|stage| stage.turned_away.had_to_pause())
    }

    /// Takes into evidence what was turned away.
    pub(crate) fn take_in_turned_away(&mut self) -> Result<(), Stop> {
        let (run, turned_away) = (self.run()?, self.stage()?.turned_away.take());
        turned_away.into_iter().try_for_each(|exchange| self.take_in(&run.read(exchange)))
    }

    /// Gives the scenario's turn to another one, and waits until an instant, unless a launched backend ends before.
    ///
    /// It does not get it back: what it does after waiting must be done in time.
    pub(crate) async fn rest(&mut self, until: Instant) -> Result<(), Stop> {
        self.turn = None;
        let Stage { run, key, .. } = self.stage()?;
        run.tell(Happening::Rests { key, until });
        let waited = dying::wait_until(run, until).await;
        run.tell(Happening::GoesOn { key });
        waited
    }

    fn stage(&self) -> Result<&Stage, Stop> {
        self.stage.as_ref().ok_or_else(|| Stop::new(tr!("the scenario was started without a run")))
    }

    pub(crate) fn run(&self) -> Result<Arc<Run>, Stop> {
        Ok(Arc::clone(&self.stage()?.run))
    }

    /// Writes a judgement down; anything but a good one stops the scenario.
    pub(crate) fn judge(&self, judgement: Judgement) -> Result<(), Stop> {
        let log = &self.stage()?.log;
        if let Judgement::Broken(finding) = &judgement {
            let telling = || self.telling(finding).map(|reply| reply.exchange.at);
            let known = &finding.shown_by;
            log.point_at(if known.is_empty() { telling().into_iter().collect() } else { known.clone() });
        }
        log.judge(judgement)
    }

    /// Returns the answer that a finding is about which does not say so itself, as far as that can be told: the one that
    /// it quotes, to the person in question if there is one, else the last of the kind that it names, else the only one
    /// that the last act brought.
    fn telling(&self, finding: &Finding) -> Option<&Reply> {
        let quoted = |reply: &&Reply| finding.actual.contains(&reply.describe());
        let named = |reply: &&Reply| {
            finding.actual.contains(&tr!("of the {purpose}", purpose = reply.exchange.purpose_said()))
        };
        let theirs = |reply: &&Reply| reply.exchange.actor == self.looked_at && quoted(reply);
        let told = self.seen.iter().rev().find(theirs).or_else(|| self.replies.iter().rev().find(quoted));
        let only = || if let [only] = &self.replies[..] { Some(only) } else { None };
        told.or_else(|| self.seen.iter().rev().find(named)).or_else(only)
    }

    /// Keeps what an act showed by itself, such as the time it took, for the sentence that judges it.
    pub(crate) fn conclude(&mut self, judgement: Judgement) {
        self.concluded = Some(judgement);
    }

    /// Returns what the last act showed by itself.
    pub(crate) fn concluded(&self) -> Result<Judgement, Stop> {
        self.concluded
            .clone()
            .ok_or_else(|| Stop::new(tr!("nothing was tried yet; write a When before this Then")))
    }

    /// Writes down what was observed, for a rule that only asks which of the legal behaviours was seen.
    pub(crate) fn observe(&self, note: impl Into<String>) -> Result<(), Stop> {
        self.stage()?.log.observe(note);
        Ok(())
    }

    /// Stops the scenario for want of something.
    pub(crate) fn unmet(&self, need: Need, reason: impl Into<String>) -> Stop {
        self.stage().map_or_else(|stop| stop, |stage| stage.log.unmet(need, reason))
    }

    /// Stops the scenario because it does not apply to what the backend handed out.
    pub(crate) fn not_applicable(&self, reason: impl Into<String>) -> Stop {
        self.stage().map_or_else(|stop| stop, |stage| stage.log.not_applicable(reason))
    }

    /// Brings a person into the scenario. Every scenario has people of its own, so that scenarios cannot
    /// get into each other's way.
    pub(crate) fn introduce(&mut self, someone: &Someone) -> Result<(), Stop> {
        let Someone::Named(name) = someone else {
            return Err(Stop::new(tr!("a person is introduced by name")));
        };
        let person = self.run()?.person(&self.key_of(name)?);
        self.introduce_as(name, person)
    }

    /// Returns the key by which WeChat knows the person of this name.
    pub(crate) fn key_of(&self, name: &str) -> Result<String, Stop> {
        Ok(format!("{}/{name}", self.stage()?.key))
    }

    /// Brings a person into the scenario who is somebody in particular.
    pub(crate) fn introduce_as(&mut self, name: &str, person: Person) -> Result<(), Stop> {
        let stage = self.stage()?;
        let phone = Phone::new(stage.run.target.url(), stage.transport.clone(), name);
        // Half a second is exact in floating point, so boundaries can be hit exactly; and it is a fraction,
        // as creation times are in real life, which a lifetime sent as text does not survive.
        let phone_now = UnixMillis::new(SystemClock.now().seconds() * 1000 + 500);
        let actor = Actor {
            person,
            phone,
            phone_now,
            code: None,
            earlier_code: None,
            codes: Vec::new(),
            next_codes: std::collections::VecDeque::new(),
            next_error: None,
            next_answer: None,
            slow_codes: None,
            openid: None,
            bought: None,
            by_hand: None,
            token: None,
            earlier_token: None,
            first_lifetime: None,
            token_stored_at: phone_now,
            info: None,
            replies: Vec::new(),
            before: super::cast::Progress::default(),
        };
        self.cast.add(name, actor);
        Ok(())
    }

    /// Returns the name by which reports know a person.
    pub(crate) fn short_name(&mut self, someone: &Someone) -> Result<String, Stop> {
        Ok(short_name(&self.actor(someone)?.person.key).to_owned())
    }

    pub(crate) fn actor(&mut self, someone: &Someone) -> Result<&mut Actor, Stop> {
        let actor = self.cast.find(someone)?;
        short_name(&actor.person.key).clone_into(&mut self.looked_at);
        Ok(actor)
    }

    /// Returns everybody who takes part.
    pub(crate) fn everybody(&mut self) -> impl Iterator<Item = &mut Actor> {
        self.cast.everybody()
    }

    /// Takes an exchange into evidence and returns it read by the contract.
    pub(crate) fn witness(&mut self, exchange: Exchange) -> Result<Reply, Stop> {
        self.take_in_turned_away()?;
        let mut reply = self.run()?.read(exchange);
        reply.limited = reply.limited && !self.was_taken_up(&reply.exchange)?;
        self.take_in(&reply)?;
        Ok(reply)
    }

    /// Tells whether the backend asked WeChat meanwhile, or tried to, so that what sounds as if it had turned the request
    /// away is what it makes of WeChat's answer.
    ///
    /// A backend that limits calls by itself, or cannot serve, does not ask WeChat first.
    fn was_taken_up(&mut self, exchange: &Exchange) -> Result<bool, Stop> {
        let stage = self.stage()?;
        if stage.turned_away.do_all_stand() {
            return Ok(true);
        }
        let (run, wechat) = (Arc::clone(&stage.run), stage.run.wechat.clone());
        let of_person = |actor: &&mut Actor| short_name(&actor.person.key) == exchange.actor;
        let Some(actor) = self.cast.everybody().find(of_person) else { return Ok(false) };
        // Who logs in too often is known by WeChat's answer alone.
        let too_much = |answer: &Answer| answer.status != 503 && turns_away(&run.contract, answer);
        let says_too_much = exchange.answer().is_ok_and(too_much);
        let granted =
            |call: &Exchange| call.answer().is_ok_and(|answer| at(&body_of(answer), "/openid").is_truthy());
        let mut calls = actor.codes.iter().flat_map(|code| wechat.calls(code));
        Ok(calls.any(|call| call.at >= exchange.at && !(says_too_much && granted(&call))))
    }

    /// Takes an answer into evidence that was read already.
    pub(crate) fn take_in(&mut self, reply: &Reply) -> Result<(), Stop> {
        self.seen.push(reply.clone());
        let stage = self.stage()?;
        let run = Arc::clone(&stage.run);
        run.evidence().add_judged(&stage.key, Arc::clone(&reply.exchange), is_error(reply));
        let purpose = reply.exchange.purpose.as_str();
        let of_a_token = purpose == run.contract.token.purpose
            || purpose == RENEWAL
            || purpose == run.contract.exchange.purpose && !run.contract.asks_for_tokens();
        if of_a_token && reply.accepted && reply.token.is_truthy() {
            run.samples().take(&reply.token);
            run.evidence().learn_token(reply);
        }
        Ok(())
    }

    /// Keeps the answers to the last act, for the sentences that judge them.
    pub(crate) fn keep(&mut self, someone: &Someone, replies: Vec<Reply>) -> Result<(), Stop> {
        self.actor(someone)?.replies.clone_from(&replies);
        self.replies = replies;
        self.presented.clear();
        Ok(())
    }

    /// Returns the answers to the last act.
    pub(crate) fn replies(&self) -> Result<&[Reply], Stop> {
        if self.replies.is_empty() {
            return Err(Stop::new(tr!(
                "nothing was asked of the backend yet; write a When before this Then"
            )));
        }
        Ok(&self.replies)
    }

    /// Returns the answer to the last act's last request.
    pub(crate) fn reply(&self) -> Result<&Reply, Stop> {
        self.replies()?.last().ok_or_else(|| Stop::new(tr!("nothing was asked of the backend yet")))
    }

    /// Returns every answer of this scenario, in the order the requests were sent.
    pub(crate) fn seen(&self) -> &[Reply] {
        &self.seen
    }

    /// Leaves the token request out of a list of calls where the contract has none.
    pub(crate) fn calls_expected<'a>(&self, calls: &[&'a str]) -> Result<Vec<&'a str>, Stop> {
        let asks = self.run()?.contract.asks_for_tokens();
        Ok(calls.iter().copied().filter(|call| asks || *call != "token").collect())
    }

    /// Judges the calls that the protagonist's phone made in the last act, to the letter.
    pub(crate) fn judge_calls(&mut self, expected: &[&str]) -> Result<Judgement, Stop> {
        let expected = self.calls_expected(expected)?;
        let actor = self.actor(&Someone::Protagonist)?;
        let gone = actor.replies.iter().find_map(Reply::inconclusive);
        Ok(gone.map_or_else(|| walked_to_the_end(&expected, &actor.calls()), Judgement::CannotTell))
    }

    /// Judges that the backend asked WeChat nothing about a person in their last act.
    pub(crate) fn judge_silence(&mut self, someone: &Someone) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let now: usize = actor.codes.iter().map(|code| run.wechat.calls(code).len()).sum();
        let more = now.saturating_sub(actor.before.wechat_calls);
        Ok(Judgement::from_condition(more == 0, tr!("no call to WeChat"), || {
            tr!("{more} more for a code of this person", more)
        }))
    }

    pub(crate) fn count_round(&mut self, successes: usize) {
        self.rounds.push(successes);
    }

    pub(crate) fn rounds(&self) -> &[usize] {
        &self.rounds
    }

    pub(crate) fn count_race(&mut self, round: Round) {
        self.races.push(round);
    }

    pub(crate) fn races(&self) -> &[Round] {
        &self.races
    }

    pub(crate) fn remember_crowd(&mut self, logins: Vec<Login>) {
        self.crowd = logins;
    }

    pub(crate) fn crowd(&self) -> &[Login] {
        &self.crowd
    }

    /// Ends the scenario: what WeChat received for its people goes into evidence.
    pub(crate) fn leave(&mut self) {
        self.turn = None;
        let Some(stage) = self.stage.clone() else { return };
        for actor in self.cast.everybody() {
            for code in &actor.codes {
                for mut call in stage.run.wechat.take_calls(code) {
                    call.actor = short_name(&call.actor).into();
                    stage.run.evidence().add(&stage.key, Arc::new(call));
                }
            }
        }
        stage.log.end();
    }
}
