//! Playing sequences against the backend.

use std::sync::Arc;

use cucumber::gherkin::{Feature, GherkinEnv};

use super::scenario::Written;
use super::state::Time;
use crate::backend::{Contract, Target, TimeControl};
use crate::miniprogram::Transport;
use crate::record::{Finding, Level};
use crate::standin::Wechat;
use crate::suite::catalogue::{Requirement, ScenarioText};
use crate::suite::judging::RunError;
use crate::suite::parameters::Someone;
use crate::suite::playing::{Part, Played, play};
use crate::suite::run::Run;
use crate::suite::time::{SHORTEST_LIFETIME, SHORTEST_SECONDS, announced};
use crate::suite::world::World;
use crate::suite::{driver, dying};

/// What a sequence came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Everything that was expected came about, as far as the sequence could be played.
    Kept,
    /// The sentence with this number did not hold.
    Broken(usize, Finding),
    /// It could not be judged.
    CannotTell(String),
}

/// Where sequences are played.
pub(super) struct Theatre {
    target: Target,
    contract: Contract,
    wechat: Wechat,
    transport: Transport,
    requirement: Requirement,
    /// What the people are called after. They are new each time, so that a backend which remembers those of an
    /// earlier exploration, or has locked them out, is met as it was then.
    name: String,
    /// How many sequences were played.
    pub(super) played: usize,
    /// How many requests the phones sent.
    pub(super) requests: usize,
}

impl Theatre {
    pub(super) fn new(target: Target, contract: Contract, wechat: Wechat, transport: Transport) -> Self {
        let mut bytes = [0; 8];
        // Without randomness the people are those of every other exploration without.
        getrandom::fill(&mut bytes).unwrap_or_default();
        let name = format!("explored-{:x}", u64::from_le_bytes(bytes));
        let requirement = unlisted();
        Self { target, contract, wechat, transport, requirement, name, played: 0, requests: 0 }
    }

    /// Sets a stage of its own, so that what was seen before does not pile up.
    pub(super) fn run(&self) -> Arc<Run> {
        let (target, contract) = (self.target.clone(), self.contract.clone());
        Arc::new(Run::new(target, contract, self.wechat.clone(), self.transport.clone()))
    }

    /// Plays sequences, at most `jobs` at a time, and says what each came to.
    pub(super) async fn play(&mut self, sequences: &[Written], jobs: usize) -> Result<Vec<Heard>, RunError> {
        let run = self.run();
        let mut texts = Vec::new();
        for sequence in sequences {
            self.played += 1;
            texts.push(scenario(&format!("{}-{}", self.name, self.played), &sequence.text())?);
        }
        let parts: Vec<Part<'_>> = texts
            .iter()
            .map(|scenario| Part { requirement: &self.requirement, scenario, alone: false, waits: false })
            .collect();
        let played = play(&run, &parts, jobs).await;
        self.requests += run.evidence().exchanges();
        if let Some(text) = self.wechat.troubles().into_iter().next() {
            return Err(RunError::StandIn { text });
        }
        texts.iter().map(|scenario| heard(&run, &scenario.key, played.get(&scenario.key))).collect()
    }

    /// Says how the backend has died, if nobody answers at its address any more.
    pub(super) async fn death(&self) -> Option<String> {
        let run = self.run();
        let person = run.person(&format!("{}/post-mortem", self.name));
        let code = self.wechat.login(&person);
        run.read(driver::probe(&run, &person, &code).await).nobody_there()?;
        Some(dying::ending(&run).await.unwrap_or_else(|| tr!("the backend has died")))
    }

    /// Finds out how the backend's time passes, by the lifetime that it announces; says why it does not, if so.
    pub(super) async fn time(&self) -> (Time, Option<String>) {
        let longest = match self.target.time() {
            TimeControl::Virtual(_) | TimeControl::Remote(_) => return (Time::Virtual, None),
            TimeControl::Wait(longest) => *longest,
        };
        let Some(lifetime) = self.lifetime().await else {
            return (Time::StandsStill, Some(tr!("no lifetime is announced with a token")));
        };
        let seconds = lifetime.as_secs_f64();
        if lifetime + self.contract.leeway > longest {
            let waits = longest.as_secs_f64();
            let reason =
                tr!("tokens live {seconds} s, and at most {waits} s are waited (--max-wait)", seconds, waits);
            return (Time::StandsStill, Some(reason));
        }
        if lifetime < SHORTEST_LIFETIME {
            let shortest = SHORTEST_SECONDS;
            let reason = tr!(
                "tokens live {seconds} s, which is too short to be measured; {shortest} s will do",
                seconds,
                shortest
            );
            return (Time::StandsStill, Some(reason));
        }
        (Time::Waits, None)
    }

    /// Returns the lifetime that is announced to somebody who logs in.
    pub(super) async fn lifetime(&self) -> Option<std::time::Duration> {
        let alice = Someone::Named("Alice".to_owned());
        let mut world = World::default();
        world.enter(self.run(), &format!("{}-0", self.name), None);
        world.introduce(&alice).ok()?;
        world.log_in_as_far_as_token(&alice).await.ok()?;
        let lifetime = announced(&world.actor(&alice).ok()?.held_token().ok()?.lifetime).ok();
        world.leave();
        lifetime
    }
}

/// Reads a scenario as it will be read when it is committed.
pub(super) fn scenario(key: &str, text: &str) -> Result<ScenarioText, RunError> {
    let unreadable = |detail: String| RunError::Panic { scenario: key.to_owned(), text: detail };
    let feature = Feature::parse(format!("Feature: explored\n\n{text}"), GherkinEnv::default())
        .map_err(|error| unreadable(error.to_string()))?;
    let [source] = feature.scenarios.as_slice() else {
        return Err(unreadable(tr!("a sequence is not one scenario")));
    };
    Ok(ScenarioText {
        key: key.to_owned(),
        name: source.name.clone(),
        tags: Vec::new(),
        outline: source.name.clone(),
        location: String::new(),
        written_at: String::new(),
        stays: None,
        steps: Vec::new(),
        source: source.clone(),
    })
}

/// Concludes from what was heard of a scenario.
fn heard(run: &Run, key: &str, played: Option<&Played>) -> Result<Heard, RunError> {
    let (Some(played), Some(log)) = (played, run.log(key)) else {
        return Ok(Heard::CannotTell(tr!("the sequence was never played")));
    };
    if let Some(text) = &played.panicked {
        return Err(RunError::Panic { scenario: key.to_owned(), text: text.clone() });
    }
    let entries = log.read();
    let mut evidence = run.evidence();
    evidence.settle();
    Ok(match (entries.finding, entries.doubt) {
        (Some(finding), _) => {
            let finding = Finding::new(evidence.redact(&finding.expected), evidence.redact(&finding.actual));
            Heard::Broken(played.passed, finding)
        }
        (None, Some(doubt)) => Heard::CannotTell(evidence.redact(&doubt)),
        // What cannot be arranged was not expected to be possible with every backend, and what does not apply
        // to a backend says nothing about it.
        (None, None) => Heard::Kept,
    })
}

/// Returns the rule that sequences are played under; cucumber wants one.
fn unlisted() -> Requirement {
    Requirement {
        id: "explored".to_owned(),
        area: "explored".to_owned(),
        area_about: String::new(),
        level: Level::Must,
        needs: Vec::new(),
        sentence: String::new(),
        why: String::new(),
        fix: String::new(),
        source: String::new(),
        tags: Vec::new(),
        location: String::new(),
        scenarios: Vec::new(),
        written: Vec::new(),
    }
}
