//! Letting time pass.

use std::time::{Duration, Instant};

use super::cast::HeldToken;
use super::log::Stop;
use super::need::Need;
use super::parameters::{Moment, Someone};
use super::run::Run;
use super::world::World;
use crate::backend::TimeControl;
use crate::backend::clock::{ClockError, Rounding};
use crate::checks::{Judgement, Reply, carries_data};
use crate::expiry::{Value, lifetime_seconds};
use crate::language::translated;

/// By how much a backend that counts in whole seconds may end a token early or late.
pub(crate) const ROUNDING: Duration = Duration::from_secs(1);

/// How long before its announced end a token must still work. A backend that counts in whole seconds ends it
/// up to a second early, and the request takes its time too.
const MARGIN_BEFORE: Duration = Duration::from_millis(1500);

/// How old a token is at least that may have ended by itself without anybody having told its life.
const SHORTEST_UNTOLD: Duration = Duration::from_secs(2);

/// How long another token is left alone at most, to see whether it ends by itself.
const LONGEST_UNTOLD: Duration = Duration::from_secs(60);

/// How long a lifetime may be for the run to reckon with it.
const LONGEST_LIFETIME: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The shortest lifetime that can be told apart from the margins around its end: three seconds, of which a backend may
/// announce what is left when it answers.
pub(crate) const SHORTEST_LIFETIME: Duration = Duration::from_millis(2900);

/// The same in whole seconds, for people.
pub(crate) const SHORTEST_SECONDS: u32 = 3;

/// How long after its announced end a token must be dead. A backend that counts in whole seconds ends it up to
/// a second late; the time that requests take is on the safe side here.
pub(crate) const MARGIN_AFTER: Duration = Duration::from_millis(1200);

/// How long after the end of its token the documented client still does not renew it (app.js onShow).
pub(crate) const BLIND_WINDOW_MILLIS: i64 = 1_000_000;

impl World {
    /// Lets time pass until a moment in the life of the person's token, for the backend and for the phone.
    ///
    /// Where the backend's clock can be put forward, that is done. Otherwise the run really waits, if the
    /// announced lifetime is not longer than it is allowed to wait.
    pub(crate) async fn pass_time(&mut self, someone: &Someone, moment: Moment) -> Result<(), Stop> {
        let held = self.actor(someone)?.held_token()?.clone();
        self.pass_time_of(someone, &held, moment).await
    }

    /// Lets time pass until the token has ended that the person had before the present one, which lives on for long enough
    /// to be tried.
    pub(crate) async fn outlive_earlier_token(&mut self, someone: &Someone) -> Result<(), Stop> {
        let actor = self.actor(someone)?;
        let earlier = actor.earlier_token.clone();
        let earlier = earlier.ok_or_else(|| Stop::new(tr!("she has had only one token")))?;
        let present = actor.held_token()?.clone();
        let lived =
            earlier.arrived + announced(&earlier.lifetime)? + self.run()?.contract.leeway + MARGIN_AFTER;
        let left = (present.asked + announced(&present.lifetime)?).saturating_duration_since(lived);
        if matches!(self.run()?.target.time(), TimeControl::Wait(_)) && left < ROUNDING * 11 / 10 {
            let reason = tr!(
                "the token lives too shortly to be measured; let it live {shortest} s or more",
                shortest = SHORTEST_SECONDS + 1
            );
            return Err(self.unmet(Need::Clock, reason));
        }
        self.pass_time_of(someone, &earlier, Moment::JustAfter).await
    }

    /// The same for a token that the person holds or held.
    async fn pass_time_of(
        &mut self,
        someone: &Someone,
        held: &HeldToken,
        moment: Moment,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        let lifetime = announced(&held.lifetime)?;
        let mut age = age_at(moment, lifetime);
        let mut lives = lifetime;
        if age > lifetime {
            lives += run.contract.leeway;
            age = age.max(age_at(Moment::JustAfter, lives));
        }
        match run.target.time() {
            TimeControl::Virtual(_) | TimeControl::Remote(_) => {
                let rounding = if age < lifetime { Rounding::Down } else { Rounding::Up };
                self.put_forward_to(held, age, rounding).await?;
            }
            TimeControl::Wait(longest) if lives > *longest => {
                return Err(self.unmet(Need::Clock, longest_wait(&run, lifetime, *longest)));
            }
            TimeControl::Wait(longest) if age > *longest + lives => {
                let (age, longest) = (age.as_secs(), longest.as_secs_f64());
                let reason = tr!(
                    "it would take {age} s, and the run waits at most {longest} s (--max-wait)",
                    age,
                    longest
                );
                return Err(self.unmet(Need::Clock, reason));
            }
            TimeControl::Wait(_) if lifetime < SHORTEST_LIFETIME => {
                let shortest = SHORTEST_SECONDS;
                let reason = tr!(
                    "the token lives too shortly to be measured; let it live {shortest} s or more",
                    shortest
                );
                return Err(self.unmet(Need::Clock, reason));
            }
            TimeControl::Wait(_) => {
                let from = if age < lifetime { held.asked } else { held.arrived };
                self.rest(from + age).await?;
            }
        }
        let actor = self.actor(someone)?;
        actor.phone_now = actor.token_stored_at + phone_age_at(moment, lifetime);
        Ok(())
    }

    /// Lets time pass for as long as the run may wait, but no longer than a token must still work. A clock that can be
    /// put forward moves by as much as a run waits unless told otherwise.
    pub(crate) async fn pass_time_while_it_may(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        let held = self.actor(someone)?.held_token()?.clone();
        let last = age_at(Moment::JustBefore, announced(&held.lifetime)?);
        match run.target.time() {
            TimeControl::Virtual(_) | TimeControl::Remote(_) => {
                self.put_forward_to(&held, last.min(TimeControl::DEFAULT_MAX_WAIT), Rounding::Down).await
            }
            TimeControl::Wait(longest) => self.rest(held.asked + last.min(*longest)).await,
        }
    }

    /// Reads user info with a token that has ended, for a rule that is not about ends: where no end can be brought
    /// about, or the token works on behind it, there is nothing to look at. Other rules say so.
    pub(crate) async fn read_when_ended(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        if let Some(reason) = Need::Clock.missing_in(&self.run()?.contract) {
            return Err(self.unmet(Need::Clock, translated(reason)));
        }
        if let Err(Stop(reason)) = announced(&self.actor(someone)?.held_token()?.lifetime) {
            return Err(self.unmet(Need::Clock, reason));
        }
        self.pass_time(someone, Moment::JustAfter).await?;
        let reply = self.read_user_info(someone).await?;
        if carries_data(&reply) == Judgement::Kept {
            return Err(self.not_applicable(tr!("the token still opens user info after its announced end")));
        }
        Ok(reply)
    }

    /// Puts the backend's clock forward until a token has this age.
    pub(crate) async fn put_forward_to(
        &mut self,
        held: &HeldToken,
        age: Duration,
        rounding: Rounding,
    ) -> Result<(), Stop> {
        let Some(now) = self.run()?.target.time().shown() else { return Ok(()) };
        let since = held.virtual_since.unwrap_or(now);
        self.put_forward((since + age).since(now), rounding).await
    }

    /// Puts the backend's clock forward.
    pub(crate) async fn put_forward(&mut self, by: Duration, rounding: Rounding) -> Result<(), Stop> {
        let put = self.run()?.target.time().put_forward(by, rounding).await;
        put.map_err(|error| {
            if matches!(error, ClockError::TooFar { .. }) {
                return self.unmet(Need::Clock, tr!("not provable here: {error}", error));
            }
            Stop::new(error.to_string())
        })
    }

    /// Makes sure that the announced end of the person's token lies within the run: of a token that outlives it nothing is
    /// known but that it has not ended yet.
    pub(crate) fn reaches_the_end(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        let lifetime = announced(&self.actor(someone)?.held_token()?.lifetime)?;
        match run.target.time() {
            TimeControl::Wait(longest) if lifetime + run.contract.leeway > *longest => {
                Err(self.unmet(Need::Clock, longest_wait(&run, lifetime, *longest)))
            }
            TimeControl::Virtual(_) | TimeControl::Remote(_) | TimeControl::Wait(_) => Ok(()),
        }
    }

    /// Says why the end of a person's token cannot be brought about, if it cannot.
    pub(crate) fn cannot_outlive(&mut self, someone: &Someone) -> Option<String> {
        let run = self.run().ok()?;
        if let Some(reason) = Need::Clock.missing_in(&run.contract) {
            return Some(translated(reason));
        }
        let held = self.actor(someone).and_then(|actor| actor.held_token().cloned());
        match (held.and_then(|held| announced(&held.lifetime)), run.target.time()) {
            (Err(Stop(reason)), _) => Some(reason),
            (Ok(lifetime), TimeControl::Wait(longest)) if lifetime + run.contract.leeway > *longest => {
                Some(longest_wait(&run, lifetime, *longest))
            }
            (Ok(lifetime), TimeControl::Wait(_)) if lifetime < SHORTEST_LIFETIME => Some(tr!(
                "the token lives too shortly to be measured; let it live {shortest} s or more",
                shortest = SHORTEST_SECONDS
            )),
            (Ok(_), TimeControl::Virtual(_) | TimeControl::Remote(_) | TimeControl::Wait(_)) => None,
        }
    }

    /// Tells whether a moment is not later than the last one at which the token must still work.
    pub(crate) fn lies_before_the_end(&mut self, someone: &Someone, moment: Moment) -> Result<bool, Stop> {
        let lifetime = announced(&self.actor(someone)?.held_token()?.lifetime)?;
        Ok(age_at(moment, lifetime) <= age_at(Moment::JustBefore, lifetime))
    }

    /// Tells whether one in so many parts of the life of a person's token is over, where time really passes.
    pub(crate) fn is_past(&mut self, someone: &Someone, parts: u32) -> Result<bool, Stop> {
        let waits = matches!(self.run()?.target.time(), TimeControl::Wait(_));
        let held = self.actor(someone)?.held_token()?;
        let lifetime = announced(&held.lifetime);
        Ok(waits && lifetime.is_ok_and(|lifetime| held.asked.elapsed() * parts > lifetime))
    }

    /// Says why an answer that refuses the person's token proves nothing: nobody told how long it lives, and another one
    /// that was left alone for as long is refused as well.
    pub(crate) async fn ended_by_itself(&mut self, someone: &Someone) -> Result<Option<String>, Stop> {
        let held = self.actor(someone)?.held_token()?.clone();
        let age = held.asked.elapsed();
        let may_have = announced(&held.lifetime).is_err() && (SHORTEST_UNTOLD..LONGEST_UNTOLD).contains(&age);
        if !may_have || !matches!(self.run()?.target.time(), TimeControl::Wait(_)) {
            return Ok(None);
        }
        if !self.obtain_token(someone).await?.token.is_truthy() {
            return Ok(None);
        }
        self.rest(Instant::now() + age).await?;
        let alone = self.read_user_info(someone).await?;
        Ok((carries_data(&alone) != Judgement::Kept).then(|| {
            tr!(
                "a token that was left alone for {age} s is refused as well, and nobody told how long it lives; let tokens \
                 live longer",
                age = format_args!("{:.1}", age.as_secs_f64())
            )
        }))
    }

    /// Takes back that a rule is broken where a person is refused who was served before, and the code of somebody who has
    /// just come is refused as well. That happens behind a door that has had enough of the address of the run.
    pub(crate) async fn unless_nobody_is_served(&mut self, judgement: Judgement) -> Result<Judgement, Stop> {
        let served_before = self.actor(&Someone::Protagonist)?.info.is_some();
        // Where a clock was put forward, time may have ended more than it should.
        let in_real_time = self.run()?.target.time().shown().is_none();
        if !matches!(judgement, Judgement::Broken(_)) || !served_before || !in_real_time {
            return Ok(judgement);
        }
        let newcomer = Someone::newcomer();
        self.introduce(&newcomer)?;
        let code = self.fresh_code(&newcomer)?;
        let refused = !self.exchange(&newcomer, Some(code.as_str())).await?.granted;
        let reason = tr!("nobody is served any more, not even somebody who has just come");
        Ok(judgement.unless(refused.then_some(reason)))
    }

    /// Says why an answer that refuses the person's token proves nothing: by the time it came, the token may
    /// have ended. That happens to a slow backend with short-lived tokens.
    pub(crate) fn too_late(&mut self, someone: &Someone) -> Option<String> {
        let held = self.actor(someone).ok()?.held_token().ok()?.clone();
        self.is_over(&held)
    }

    /// Says why a refusal of a token that was handed out proves nothing, if it may have ended by now.
    pub(crate) fn is_over(&self, held: &HeldToken) -> Option<String> {
        let run = self.run().ok()?;
        let lifetime = announced(&held.lifetime).ok()?;
        let age = held.asked.elapsed();
        let waits = matches!(run.target.time(), TimeControl::Wait(_));
        let (shown, lives) = (format!("{:.1}", age.as_secs_f64()), to_a_tenth(lifetime));
        (waits && age + ROUNDING > lifetime).then(|| {
            if self.had_to_pause() {
                return tr!(
                    "the answer came {age} s after the token was asked for, and the token lives {lifetime} s: requests were \
                     turned away and sent again after a pause; lift the limit of requests for the run, or let tokens live \
                     longer and raise --max-wait as much",
                    age = shown,
                    lifetime = lives
                );
            }
            tr!(
                "the answer came {age} s after the token was asked for, and the token lives {lifetime} s; let tokens \
                 live longer and raise --max-wait as much, or use fewer --jobs",
                age = shown,
                lifetime = lives
            )
        })
    }
}

/// Returns a lifetime in seconds for people: what is told as an instant is never a round number.
fn to_a_tenth(lifetime: Duration) -> f64 {
    (lifetime.as_secs_f64() * 10.0).round() / 10.0
}

/// Says why a token's end cannot be waited for.
pub(crate) fn longest_wait(run: &Run, lifetime: Duration, longest: Duration) -> String {
    if lifetime <= longest {
        return tr!(
            "not provable here: the announced lifetime is {lifetime} s with a leeway of {leeway} s (expiry.leeway of the \
             contract), and the run waits at most {longest} s (--max-wait); let the leeway be 0 s for the run, or put the \
             backend's clock forward (--clock)",
            lifetime = to_a_tenth(lifetime),
            leeway = run.contract.leeway.as_secs_f64(),
            longest = longest.as_secs_f64()
        );
    }
    tr!(
        "not provable here: the announced lifetime is {lifetime} s, and the run waits at most {longest} s \
         (--max-wait); --clock can put the backend's clock forward",
        lifetime = to_a_tenth(lifetime),
        longest = longest.as_secs_f64()
    )
}

/// Returns the announced lifetime. A number in a text is read as a number here: that it is a text is
/// another requirement's matter.
pub(crate) fn announced(lifetime: &Value) -> Result<Duration, Stop> {
    let number = if let Value::String(text) = lifetime {
        text.to_string_lossy().trim().parse().ok()
    } else {
        lifetime_seconds(lifetime)
    };
    number
        .and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok())
        .filter(|lifetime| !lifetime.is_zero() && *lifetime <= LONGEST_LIFETIME)
        .ok_or_else(|| {
            let seen = lifetime.to_json().unwrap_or_else(|| tr!("nothing"));
            Stop::new(tr!(
                "no usable lifetime was announced with the token: {seen} was read where the contract says",
                seen
            ))
        })
}

/// Returns the age of the token at a moment, as the backend sees it.
fn age_at(moment: Moment, lifetime: Duration) -> Duration {
    match moment {
        Moment::Quarter => lifetime / 4,
        Moment::Halfway => lifetime / 2,
        Moment::ThreeQuarters => lifetime * 3 / 4,
        // A life too short for the margin is tried half-way, which is before the end in any case.
        Moment::JustBefore => lifetime.checked_sub(MARGIN_BEFORE).unwrap_or_default().max(lifetime / 2),
        Moment::JustAfter | Moment::AfterBlindWindow => lifetime + MARGIN_AFTER,
        Moment::InBlindWindow => lifetime + blind_window() / 2,
        Moment::EndOfBlindWindow => (lifetime + blind_window()).saturating_sub(MARGIN_AFTER),
    }
}

fn blind_window() -> Duration {
    Duration::from_millis(BLIND_WINDOW_MILLIS.unsigned_abs())
}

/// Returns how far the phone's clock moves. The blind window is a matter of the phone alone, so it need
/// not be waited out.
fn phone_age_at(moment: Moment, lifetime: Duration) -> Duration {
    match moment {
        Moment::Quarter
        | Moment::Halfway
        | Moment::ThreeQuarters
        | Moment::JustBefore
        | Moment::JustAfter
        | Moment::InBlindWindow
        | Moment::EndOfBlindWindow => age_at(moment, lifetime),
        Moment::AfterBlindWindow => lifetime + blind_window() + MARGIN_AFTER,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{age_at, phone_age_at};
    use crate::suite::parameters::Moment;

    #[test]
    fn moments_lie_on_the_right_side_of_the_end() {
        for seconds in [1, 3, 5, 7200] {
            let lifetime = Duration::from_secs(seconds);
            assert!(age_at(Moment::JustBefore, lifetime) < lifetime);
            assert!(age_at(Moment::JustAfter, lifetime) > lifetime);
            assert!(phone_age_at(Moment::AfterBlindWindow, lifetime) > lifetime + Duration::from_secs(1000));
        }
    }
}
