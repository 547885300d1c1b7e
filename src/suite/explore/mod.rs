//! What does no scenario think of?
//!
//! The scenarios of the catalogue are what people have thought of. [`explore`] plays sequences that nobody
//! thought of: launches, shows, lost sessions and storages, codes that are sent again, time, a WeChat that
//! says no, and up to three people among each other. A model says what a correct backend must make of
//! them. The first sequence on which the backend differs is made as short as possible, and handed over as
//! a scenario that can be committed.
//!
//! | file | question |
//! |---|---|
//! | `event` | what can happen, and how often? |
//! | `state`, `model`, `on_phone`, `by_hand` | what must a correct backend make of it? |
//! | `scenario`, `script` | how is it written down? |
//! | `play` | what does this backend make of it? |
//! | `shrink` | which part of it is to blame? |
//!
//! A sequence is played as the very scenario that is printed in the end, by the same sentences as the
//! catalogue. So what is printed is what was seen.

mod by_hand;
mod event;
mod model;
mod on_phone;
mod play;
mod scenario;
mod script;
mod shrink;
mod state;

use proptest::strategy::{BoxedStrategy, Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sha2::{Digest as _, Sha256};

pub use script::PhoneScript;

use self::event::Event;
use self::play::{Heard, Theatre};
use self::scenario::Written;
use self::shrink::{Found, Shrinking, write_down};
use self::state::Time;
use super::judging::{BODY_LIMIT, RunError};
use super::preflight::preflight;
use super::progress::{Happening, Progress};
use crate::backend::{Contract, Target};
use crate::miniprogram::Transport;
use crate::standin::StandIn;

/// How many sequences are played unless told otherwise.
pub const DEFAULT_CASES: usize = 100;

/// How many events a sequence has at most unless told otherwise.
pub const DEFAULT_LONGEST: usize = 20;

/// How many sequences are played before somebody looks whether one has shown something. They are played one
/// after the other; it only saves making the sentences ready each time.
const AT_A_TIME: usize = 10;

/// How many sequences wait for the end of a token at the same time.
const WAITING: usize = 64;

/// A backend, and how far to explore it.
#[derive(Clone)]
pub struct Exploring {
    /// Where the backend is, and how its time passes.
    pub target: Target,
    /// How it spells the flow.
    pub contract: Contract,
    /// How many sequences to play.
    pub cases: usize,
    /// How many events a sequence has at most.
    pub longest: usize,
    /// What the sequences are drawn from; the stand-in should have been started with the same one.
    pub seed: u64,
    /// Hears how many sequences were played.
    pub progress: Option<Progress>,
}

/// What exploring came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exploration {
    /// What was found.
    pub outcome: Outcome,
    /// How many sequences were played, those included that only made a difference shorter.
    pub played: usize,
    /// How many requests the phones sent.
    pub requests: usize,
    /// Why the end of tokens was not explored; absent when it was.
    pub time_stood_still: Option<String>,
}

/// Whether a backend differs from a correct one. Closed: there is no fourth answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In no sequence.
    NoDifference,
    /// In this one.
    Difference(Box<Difference>),
    /// It cannot be told; the text says why, as a fragment.
    CannotTell(String),
}

/// A sequence on which a backend differs from every correct one, as short as it could be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The number of the sequence, counted from one.
    pub case: usize,
    /// How many events it had, and how many are left.
    pub events: (usize, usize),
    /// The sequence as a scenario, ready to be put below a rule of a feature file.
    pub scenario: String,
    /// The sentence that does not hold.
    pub step: String,
    /// The ID of the requirement that is most likely broken.
    pub requirement: String,
    /// What a correct backend does.
    pub expected: String,
    /// What this one does.
    pub actual: String,
    /// False when the backend did not differ again when the same was played once more.
    pub repeatable: bool,
    /// The sequence as a script for `wxconform simulate`, as far as it can be said in one.
    pub script: PhoneScript,
}

impl Exploring {
    /// Explores a backend that speaks the documented flow, everything else as by default.
    #[must_use]
    pub fn new(target: Target, seed: u64) -> Self {
        let contract = Contract::documented();
        Self { target, contract, cases: DEFAULT_CASES, longest: DEFAULT_LONGEST, seed, progress: None }
    }
}

/// Explores a backend against a stand-in that it was told is WeChat.
///
/// The same seed draws the same sequences, for people who are new each time. They are played one after the other; only where time really passes,
/// those that wait for the end of a token are kept for the end and wait together.
///
/// # Errors
///
/// Fails only for reasons that have nothing to do with the backend: see [`RunError`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use wxconform::backend::{Target, TimeControl};
/// use wxconform::expiry::VirtualClock;
/// use wxconform::reference::{Fault, FaultSet, Reference, Settings};
/// use wxconform::standin::{StandIn, StandInSettings};
/// use wxconform::suite::explore::{Exploring, Outcome, explore};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let any_port = ([127, 0, 0, 1], 0).into();
/// let wechat = StandIn::start(any_port, StandInSettings::default()).await?;
/// let clock = Arc::new(VirtualClock::default());
/// let faults = FaultSet::from(Fault::CodeCached);
/// let settings = Settings { clock: clock.clone(), faults, ..Settings::new(wechat.url()) };
/// let backend = Reference::start(any_port, settings).await?;
///
/// let target = Target::new(&backend.url(), TimeControl::Virtual(clock))?;
/// let exploration = explore(&Exploring::new(target, 1), &wechat).await?;
/// let Outcome::Difference(found) = exploration.outcome else { panic!("{exploration:?}") };
/// assert_eq!(found.requirement, "CODE-02");
/// # Ok(())
/// # }
/// ```
pub async fn explore(exploring: &Exploring, standin: &StandIn) -> Result<Exploration, RunError> {
    let wechat = standin.wechat();
    let transport = Transport::new(wechat.run_start())?
        .with_patience(exploring.contract.patience)
        .with_body_limit(BODY_LIMIT);
    let (target, contract) = (exploring.target.clone(), exploring.contract.clone());
    let mut theatre = Theatre::new(target, contract, wechat, transport);
    let mut exploration =
        Exploration { outcome: Outcome::NoDifference, played: 0, requests: 0, time_stood_still: None };
    let run = theatre.run();
    if let Some(reason) = Box::pin(preflight(&run)).await.stop {
        exploration.outcome = Outcome::CannotTell(reason);
        return Ok(exploration);
    }
    let (time, stood_still) = theatre.time().await;
    exploration.time_stood_still = stood_still;
    exploration.outcome = search(exploring, &mut theatre, time).await?;
    (exploration.played, exploration.requests) = (theatre.played, theatre.requests);
    Ok(exploration)
}

/// A sequence that was drawn.
struct Case {
    number: usize,
    tree: Box<dyn ValueTree<Value = Vec<Event>>>,
    events: Vec<Event>,
    written: Written,
}

/// Draws sequences and plays them until one shows a difference.
async fn search(exploring: &Exploring, theatre: &mut Theatre, time: Time) -> Result<Outcome, RunError> {
    let strategy = event::sequences(exploring.longest);
    let mut undecided = None;
    let mut waiting = Vec::new();
    let mut ended = 0;
    let tell = |happening| {
        if let Some(progress) = &exploring.progress {
            progress.tell(happening);
        }
    };
    tell(Happening::Planned(exploring.cases));
    for first in (1..=exploring.cases).step_by(AT_A_TIME) {
        let last = exploring.cases.min(first + AT_A_TIME - 1);
        let drawn = (first..=last).filter_map(|number| draw(&strategy, exploring.seed, number, time));
        let (later, cases): (Vec<Case>, Vec<Case>) = drawn.partition(|case| waits(case, time));
        ended += cases.len();
        waiting.extend(later);
        if let Some(found) = play(theatre, time, cases, &mut undecided).await? {
            return Ok(found);
        }
        tell(Happening::Done(ended));
    }
    let found = play(theatre, time, waiting, &mut undecided).await?;
    tell(Happening::Done(exploring.cases));
    Ok(found.or(undecided.map(Outcome::CannotTell)).unwrap_or(Outcome::NoDifference))
}

/// Draws the sequence of this number; nothing when no sequence comes of it.
fn draw(strategy: &BoxedStrategy<Vec<Event>>, seed: u64, number: usize, time: Time) -> Option<Case> {
    let digest: [u8; 32] = Sha256::digest(format!("explore {seed} {number}")).into();
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &digest);
    // Nothing is rejected while a sequence is drawn, so the error cannot occur.
    let tree = strategy.new_tree(&mut TestRunner::new_with_rng(config, rng)).ok()?;
    let (events, written) = write_down(&tree.current(), time);
    Some(Case { number, tree, events, written })
}

/// Tells whether a sequence has to wait for a token to grow old.
fn waits(case: &Case, time: Time) -> bool {
    time == Time::Waits && case.events.iter().any(event::takes_time)
}

/// Plays sequences, and makes the first difference short.
async fn play(
    theatre: &mut Theatre,
    time: Time,
    cases: Vec<Case>,
    undecided: &mut Option<String>,
) -> Result<Option<Outcome>, RunError> {
    let written: Vec<Written> = cases.iter().map(|case| case.written.clone()).collect();
    let jobs = if cases.iter().any(|case| waits(case, time)) { WAITING } else { 1 };
    let heard = theatre.play(&written, jobs).await?;
    for (mut case, heard) in cases.into_iter().zip(heard) {
        match heard {
            Heard::Kept => {}
            Heard::CannotTell(reason) => *undecided = undecided.take().or(Some(reason)),
            Heard::Broken(line, finding) => {
                // Whoever dies in the middle of an answer has not broken the rule that the answer was about.
                if let Some(died) = theatre.death().await {
                    return Ok(Some(Outcome::CannotTell(died)));
                }
                let found = Found { events: case.events.clone(), written: case.written, line, finding };
                return difference(theatre, time, (case.number, &mut *case.tree), found).await.map(Some);
            }
        }
    }
    Ok(None)
}

/// Makes a difference as short as possible and describes it.
async fn difference(
    theatre: &mut Theatre,
    time: Time,
    (case, tree): (usize, &mut dyn ValueTree<Value = Vec<Event>>),
    found: Found,
) -> Result<Outcome, RunError> {
    let before = found.events.len();
    let again = theatre.play(std::slice::from_ref(&found.written), 1).await?;
    let repeatable = matches!(again.as_slice(), [Heard::Broken(..)]);
    let mut shrinking = Shrinking::new(theatre, time, found);
    if repeatable {
        shrinking.shrink(tree).await?;
    }
    let Found { events, written, line, finding } = shrinking.found;
    let lifetime = theatre.lifetime().await;
    Ok(Outcome::Difference(Box::new(Difference {
        case,
        events: (before, events.len()),
        scenario: written.text(),
        step: written.sentence(line),
        requirement: written.lines.get(line).map_or("", |line| line.requirement).to_owned(),
        expected: finding.expected,
        actual: finding.actual,
        repeatable,
        script: script::script(&events, time, lifetime),
    })))
}

impl std::fmt::Debug for Exploring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Exploring({}, {} sequences, seed {})", self.target.url(), self.cases, self.seed)
    }
}
