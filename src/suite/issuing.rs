//! Letting many tokens be issued, and gathering what is known about each.

use std::time::Duration;

use chrono::DateTime;
use futures::future::join_all;

use super::cast::{Actor, HeldToken};
use super::driver::{basic, bearer, request};
use super::log::Stop;
use super::parameters::Someone;
use super::run::Run;
use super::world::World;
use crate::checks::{Issue, Judgement, Reply, carries_data, named_identities, token_granted};
use crate::expiry::{Clock as _, SystemClock, UnixMillis};

/// The names of a group of people.
const NAMES: [&str; 8] = ["Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi"];

/// How many people in a row may bring no new token until it is given up.
const FRUITLESS: usize = 8;

/// How many tokens one person asks for at a time.
const AT_A_TIME: usize = 8;

/// How long the shortest signature is: 20 bytes in base64.
const SIGNATURE: usize = 27;

impl World {
    /// Brings several people as far as an openid, one after the other.
    pub(crate) async fn introduce_group(&mut self, size: usize) -> Result<(), Stop> {
        if size > NAMES.len() {
            return Err(Stop::new(tr!("a group has at most {most} people", most = NAMES.len())));
        }
        for name in &NAMES[..size] {
            let someone = Someone::Named((*name).to_owned());
            self.introduce(&someone)?;
            self.log_in_as_far_as_openid(&someone).await?;
        }
        Ok(())
    }

    /// Lets everybody ask for a token, one after the other.
    pub(crate) async fn obtain_tokens_in_turn(&mut self) -> Result<(), Stop> {
        let names: Vec<String> = self.everybody().map(|actor| short(actor).to_owned()).collect();
        let mut replies = Vec::new();
        for name in names {
            let someone = Someone::Named(name);
            let reply = self.obtain_token(&someone).await?;
            self.learn_user_id(&someone).await;
            self.keep(&someone, vec![reply.clone()])?;
            replies.push(reply);
        }
        self.keep(&Someone::Protagonist, replies)
    }

    /// Reads a person's user info for what the backend calls them. Where that does not work, their openid has to do.
    async fn learn_user_id(&mut self, someone: &Someone) {
        let held = self.actor(someone).and_then(|actor| bearer(&actor.held_token()?.token));
        let Ok(authorization) = held else { return };
        let Ok(reply) = self.ask_user_info(someone, Some(authorization)).await else { return };
        if carries_data(&reply) == Judgement::Kept
            && let Ok(actor) = self.actor(someone)
        {
            actor.info = Some(reply.data);
        }
    }

    /// Returns the tokens that were issued in the last act, in this order, to whom and when.
    pub(crate) fn issues(&mut self) -> Result<Vec<Issue>, Stop> {
        let run = self.run()?;
        let replies = self.replies()?.to_vec();
        let mut issues = Vec::new();
        for (actor, reply) in self.everybody().zip(replies) {
            let mut token = text_of(&reply)?;
            // What is presented beside the token and is long enough to be a signature is part of the secret.
            let captured = actor.held_token()?.captured.clone();
            let beside = run.contract.spoken.auth.iter().flat_map(|auth| auth.value.names());
            for name in beside.filter(|name| *name != "token") {
                if let Some(text) = captured.get(name).filter(|text| text.len() >= SIGNATURE) {
                    token = format!("{token} {text}");
                }
            }
            let (openid, code) = (actor.known_openid()?.to_owned(), actor.code.as_ref());
            let code = code.map(|code| code.as_str().to_owned());
            let times = times_of(&run, actor.held_token()?, &reply);
            let mut identities = named_identities(&actor.info.clone().unwrap_or_default());
            identities.sort();
            let user_ids = identities.into_iter().map(|(_, value)| value).filter(|value| *value != openid);
            let user_ids = user_ids.collect();
            issues.push(Issue { openid, user_ids, code, token, times });
        }
        Ok(issues)
    }

    /// Returns the tokens that were issued in the last act, in this order.
    pub(crate) fn issued_tokens(&self) -> Result<Vec<String>, Stop> {
        self.replies()?.iter().map(text_of).collect()
    }

    /// Lets tokens be issued until the run has seen so many different ones.
    ///
    /// One person asks again and again; where that gives the same token, people log in who have not been there
    /// yet. A run of the whole suite has seen most of them by now.
    pub(crate) async fn collect_tokens(&mut self, wanted: usize) -> Result<(), Stop> {
        let run = self.run()?;
        let mut fruitless = 0;
        for number in 1.. {
            if run.samples().are_signed() {
                let reason =
                    tr!("the tokens are signed or sealed, which protects them whatever their length");
                return Err(self.not_applicable(reason));
            }
            let before = run.samples().len();
            if before >= wanted || fruitless == FRUITLESS {
                break;
            }
            let someone = Someone::Named(format!("Somebody {number}"));
            self.introduce(&someone)?;
            self.log_in_as_far_as_openid(&someone).await?;
            self.ask_until_it_repeats(&someone, wanted).await?;
            fruitless = if run.samples().len() > before { 0 } else { fruitless + 1 };
        }
        let found = run.samples().len();
        if found < wanted {
            return Err(Stop::new(tr!("only {found} different tokens were issued in the whole run", found)));
        }
        Ok(())
    }

    /// Asks for a person's token until there are enough, or until no new one comes.
    async fn ask_until_it_repeats(&mut self, someone: &Someone, wanted: usize) -> Result<(), Stop> {
        let run = self.run()?;
        let openid = self.actor(someone)?.known_openid()?.to_owned();
        let person = self.actor(someone)?.person.clone();
        // A person who is given the same token again and again is not asked for many of them.
        let mut at_a_time = 1;
        loop {
            let before = run.samples().len();
            let missing = wanted.saturating_sub(before);
            if missing == 0 || run.samples().are_signed() {
                return Ok(());
            }
            let operation = &run.contract.token;
            let asked = (0..missing.min(at_a_time)).map(|_| {
                let authorization = Some(basic(&run.contract.client));
                let request = request(&run.target, operation, Some(&openid), authorization);
                run.spell(request, &person)
            });
            let asked = asked.collect::<Result<Vec<_>, _>>().map_err(|reason| self.not_applicable(reason))?;
            let transport = self.transport()?;
            let asked =
                asked.into_iter().map(|request| transport.send(request, "Somebody", operation.purpose));
            for exchange in join_all(asked).await {
                let reply = self.witness(exchange)?;
                if token_granted(&reply) != Judgement::Kept {
                    return Err(Stop::new(tr!("no token was issued: {}", reply.describe())));
                }
            }
            if run.samples().len() == before {
                return Ok(());
            }
            at_a_time = AT_A_TIME.min(at_a_time * 2);
        }
    }
}

fn short(actor: &Actor) -> &str {
    super::cast::short_name(&actor.person.key)
}

fn text_of(reply: &Reply) -> Result<String, Stop> {
    let text = reply.token.to_js_string().ok().filter(|_| reply.token.is_truthy());
    let text = text.ok_or_else(|| Stop::new(tr!("no token was issued: {}", reply.describe())))?;
    Ok(text.to_string_lossy())
}

/// Returns from when to when a token was issued: on this machine's clock, on the one that the backend declares,
/// and on the one that the run puts forward.
fn times_of(run: &Run, held: &HeldToken, reply: &Reply) -> Vec<(UnixMillis, UnixMillis)> {
    let ago = |since: std::time::Instant, now: UnixMillis| {
        let elapsed = i64::try_from(since.elapsed().as_millis()).unwrap_or_default();
        UnixMillis::new(now.millis().saturating_sub(elapsed))
    };
    let now = SystemClock.now();
    let mut times = vec![(ago(held.asked, now), ago(held.arrived, now))];
    times.extend(declared(reply).map(|second| (second, second + Duration::from_secs(1))));
    if let Some(now) = run.target.time().shown() {
        times.push((ago(held.asked, now), ago(held.arrived, now)));
    }
    times
}

/// Returns what the clocks showed when an answer came: this machine's, the one that the backend declares, and
/// the one that the run puts forward.
pub(crate) fn clocks(run: &Run, reply: &Reply) -> Vec<UnixMillis> {
    let virtual_now = run.target.time().shown();
    let since = run.wechat.run_start().elapsed().saturating_sub(reply.exchange.at + reply.exchange.took);
    let back = i64::try_from(since.as_millis()).unwrap_or_default();
    let then = |now: UnixMillis| UnixMillis::new(now.millis().saturating_sub(back));
    let shown = std::iter::once(SystemClock.now()).chain(virtual_now).map(then);
    shown.chain(declared(reply)).collect()
}

/// Returns the time that an answer declares, in whole seconds.
fn declared(reply: &Reply) -> Option<UnixMillis> {
    let date = DateTime::parse_from_rfc2822(reply.headers("date").next()?).ok()?;
    Some(UnixMillis::new(date.timestamp_millis()))
}
