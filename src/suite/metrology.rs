//! Measuring how long tokens live.

use std::time::{Duration, Instant};

use super::arrange::granted;
use super::cast::HeldToken;
use super::log::Stop;
use super::need::Need;
use super::parameters::{Moment, Someone};
use super::time::{MARGIN_AFTER, ROUNDING, announced, longest_wait};
use super::world::World;
use crate::backend::clock::Rounding;
use crate::backend::{Expiry, TimeControl};
use crate::checks::{Judgement, Measured, Reissue, carries_data, reissue_is_true};

/// How fine the edge of a life is looked for where the clock can be put forward.
const FINEST: Duration = Duration::from_secs(1);

/// How often the interval is halved at most: enough for a century, second by second.
const MOST_HALVINGS: usize = 32;

/// Where the edge is looked for when time really passes, told from the announced end in milliseconds.
const GRID: [i64; 5] = [-1500, -500, 500, 1200, 2500];

/// How long after its end a token is tried that was used: when an unused one has ended for certain.
const BEYOND: Duration = Duration::from_millis(2500);

/// Why a token is tried.
#[derive(Clone, Copy)]
enum Probe {
    /// To see whether it still works.
    Edge,
    /// To use it, whatever it shows.
    Use,
    /// To see whether using it made it live longer.
    Beyond,
}

impl World {
    /// Asks for a token once more. If it is the one the person had, waits for the earlier of the two ends that
    /// were announced for it, tries it there, and judges which of them was true.
    pub(crate) async fn ask_again_and_try(&mut self, someone: &Someone) -> Result<(), Stop> {
        if let Some(Expiry::Known(_)) = self.run()?.contract.expiry {
            return Err(self.not_applicable(tr!("no answer tells how long a token lives")));
        }
        let first = self.actor(someone)?.held_token()?.clone();
        let reply = self.obtain_token(someone).await?;
        granted(reply.token.is_truthy(), mark!("no token was issued for the openid"), &reply)?;
        let second = self.actor(someone)?.held_token()?.clone();
        if first.token != second.token {
            return Err(self.not_applicable(tr!("this backend hands out no token a second time")));
        }
        let first_life = announced(&first.lifetime)?;
        let second_life = announced(&second.lifetime)?;
        let between = self.time_between(&first, &second)?;
        let left = first_life.saturating_sub(between);
        let mut reissue = Reissue { left, announced: second_life, works_at_earlier_end: None };
        if reissue.differs() {
            let earlier = between + left.min(second_life);
            let leeway = self.run()?.contract.leeway;
            self.pass_to_age(&first, earlier + leeway + MARGIN_AFTER).await?;
            let reply = self.read_user_info(someone).await?;
            reissue.works_at_earlier_end = Some(carries_data(&reply) == Judgement::Kept);
        }
        self.keep(someone, vec![reply])?;
        self.conclude(reissue_is_true(&reissue));
        Ok(())
    }

    /// Returns how much time passed between the issue of two tokens, as the backend sees it.
    fn time_between(&self, first: &HeldToken, second: &HeldToken) -> Result<Duration, Stop> {
        let run = self.run()?;
        Ok(match (run.target.time(), first.virtual_since, second.virtual_since) {
            (TimeControl::Virtual(_) | TimeControl::Remote(_), Some(first), Some(second)) => {
                second.since(first)
            }
            (TimeControl::Virtual(_) | TimeControl::Remote(_) | TimeControl::Wait(_), _, _) => {
                second.arrived.saturating_duration_since(first.asked)
            }
        })
    }

    /// Lets time pass until a token has this age.
    async fn pass_to_age(&mut self, held: &HeldToken, age: Duration) -> Result<(), Stop> {
        let run = self.run()?;
        if run.target.time().shown().is_some() {
            return self.put_forward_to(held, age, Rounding::Up).await;
        }
        self.rest(held.arrived + age).await
    }

    /// Measures how long a token lives, and whether using it makes it live longer.
    pub(crate) async fn measure_lifetime(&mut self, someone: &Someone) -> Result<Measured, Stop> {
        let run = self.run()?;
        let lifetime = announced(&self.actor(someone)?.held_token()?.lifetime)?;
        match run.target.time() {
            TimeControl::Virtual(_) | TimeControl::Remote(_) => {
                let (at_least, at_most) = self.halve(someone, lifetime).await?;
                // How long an unused one lives is not owed to any use.
                let slides = match at_most {
                    Some(at_most) => self.slides(someone, at_most.max(lifetime)).await?,
                    None => false,
                };
                Ok(Measured { announced: lifetime, at_least, at_most, slides })
            }
            TimeControl::Wait(longest) if lifetime + run.contract.leeway > *longest => {
                Err(self.unmet(Need::Clock, longest_wait(&run, lifetime, *longest)))
            }
            TimeControl::Wait(_) => self.try_along_the_grid(someone, lifetime).await,
        }
    }

    /// Looks for the edge by halving: each probe is a new token, because using one may make it live longer.
    async fn halve(
        &mut self,
        someone: &Someone,
        lifetime: Duration,
    ) -> Result<(Duration, Option<Duration>), Stop> {
        let mut works = Duration::ZERO;
        let leeway = self.run()?.contract.leeway;
        let mut ended = lifetime * 2 + leeway;
        if self.works_at(someone, lifetime, ended).await?.0 {
            return Ok((ended, None));
        }
        for _ in 0..MOST_HALVINGS {
            if ended.saturating_sub(works) <= FINEST {
                break;
            }
            let middle = works + ended.saturating_sub(works) / 2;
            match self.works_at(someone, lifetime, middle).await? {
                (true, age) => works = age,
                (false, age) => ended = age.min(ended),
            }
        }
        Ok((works, Some(ended)))
    }

    /// Tells whether a new token works when it has this age, and the age that it really has then: some clocks are
    /// put forward by whole seconds only.
    async fn works_at(
        &mut self,
        someone: &Someone,
        lifetime: Duration,
        age: Duration,
    ) -> Result<(bool, Duration), Stop> {
        // By then earlier tokens have ended, so that this one is not one of them, handed out again.
        let all_ended = lifetime * 2 + self.run()?.contract.leeway;
        self.put_forward(all_ended, Rounding::Up).await?;
        let held = self.newly_held(someone).await?;
        self.pass_to_age(&held, age).await?;
        let now = self.run()?.target.time().shown();
        let really = held.virtual_since.zip(now).map_or(age, |(since, now)| now.since(since).max(age));
        Ok((carries_data(&self.read_user_info(someone).await?) == Judgement::Kept, really))
    }

    /// Measures where time really passes: tokens of one age are tried at different moments around the announced
    /// end, one each, one more is used on the way, and all of them wait together.
    async fn try_along_the_grid(&mut self, someone: &Someone, lifetime: Duration) -> Result<Measured, Stop> {
        let used = self.newly_held(someone).await?;
        let mut probes = Vec::new();
        let mut used_is_alone = true;
        for offset in GRID {
            let held = self.newly_held(someone).await?;
            used_is_alone &= held.token != used.token;
            let life = i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX);
            let leeway = if offset > 0 { self.run()?.contract.leeway } else { Duration::ZERO };
            let age = Duration::from_millis(u64::try_from(life.saturating_add(offset)).unwrap_or(0)) + leeway;
            probes.push((held.arrived + age, held, Probe::Edge));
        }
        let still = self.ask_with_held(someone, used.clone()).await?;
        if let Some(reason) = still.inconclusive() {
            return Err(Stop::new(reason));
        }
        if carries_data(&still) != Judgement::Kept {
            if let Some(reason) = self.is_over(&used) {
                return Err(Stop::new(reason));
            }
            return Err(
                self.not_applicable(tr!("new tokens end an earlier one, so that none is left to be tried"))
            );
        }
        // Where one token is handed out again and again, using it would move the edge that is looked for.
        if used_is_alone {
            let life = announced(&used.lifetime).unwrap_or(lifetime);
            probes.push((used.arrived + life / 4 * 3, used.clone(), Probe::Use));
            let beyond = life + self.run()?.contract.leeway + BEYOND;
            probes.push((used.arrived + beyond, used, Probe::Beyond));
        }
        probes.sort_by_key(|(moment, ..)| *moment);
        let mut measured =
            Measured { announced: lifetime, at_least: Duration::ZERO, at_most: None, slides: false };
        let mut beyond = Duration::ZERO;
        for (moment, held, probe) in probes {
            self.rest(moment).await?;
            let (arrived, asked, sent) = (held.arrived, held.asked, Instant::now());
            let reply = self.ask_with_held(someone, held).await?;
            if let Some(reason) = reply.inconclusive() {
                return Err(Stop::new(reason));
            }
            let works = carries_data(&reply) == Judgement::Kept;
            // How old a token was when it was looked at lies between these: a request may have waited to be taken up.
            let age = if works { sent.saturating_duration_since(arrived) } else { asked.elapsed() };
            match (probe, works) {
                (Probe::Use, _) => {}
                (Probe::Beyond, works) => {
                    measured.slides = works;
                    beyond = age;
                }
                (Probe::Edge, true) => measured.at_least = measured.at_least.max(age),
                (Probe::Edge, false) => {
                    measured.at_most = Some(measured.at_most.unwrap_or(age).min(age));
                }
            }
        }
        if !used_is_alone {
            measured.slides = self.slides(someone, lifetime).await?;
        }
        // Where an unused one works for longer than was announced as well, it is not the use that does it.
        measured.slides &= !used_is_alone || measured.at_most.is_some_and(|most| most < beyond);
        Ok(measured)
    }

    /// Asks for a token and returns it.
    async fn newly_held(&mut self, someone: &Someone) -> Result<HeldToken, Stop> {
        let reply = self.obtain_token(someone).await?;
        granted(reply.token.is_truthy(), mark!("no token was issued for the openid"), &reply)?;
        Ok(self.actor(someone)?.held_token()?.clone())
    }

    /// Tells whether a token that is used lives beyond its announced end.
    async fn slides(&mut self, someone: &Someone, lifetime: Duration) -> Result<bool, Stop> {
        let held = self.newly_held(someone).await?;
        let told = announced(&held.lifetime).unwrap_or(lifetime);
        self.pass_time(someone, Moment::ThreeQuarters).await?;
        // Whatever it shows, the token was used.
        self.read_user_info(someone).await?;
        let beyond = told.max(lifetime) + self.run()?.contract.leeway + MARGIN_AFTER.max(ROUNDING);
        self.pass_to_age(&held, beyond).await?;
        Ok(carries_data(&self.read_user_info(someone).await?) == Judgement::Kept)
    }
}
