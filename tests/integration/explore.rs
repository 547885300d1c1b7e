//! Does exploring find what no scenario was written for, and does it leave correct backends alone?
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::sync::Arc;

use wxconform::backend::{Target, TimeControl};
use wxconform::expiry::VirtualClock;
use wxconform::miniprogram::Script;
use wxconform::record::RequirementVerdict;
use wxconform::reference::{Fault, FaultSet, Reference, Settings};
use wxconform::standin::{LedgerSettings, StandIn, StandInSettings};
use wxconform::suite::explore::{Difference, Exploration, Exploring, Outcome, explore};
use wxconform::suite::{Catalogue, Choice, FeatureFile, Judging, Plan, judge};

/// The parties of an exploration.
struct Stage {
    standin: StandIn,
    backend: Reference,
    time: TimeControl,
}

impl Stage {
    async fn with(faults: FaultSet, seed: u64) -> Self {
        let local = ([127, 0, 0, 1], 0).into();
        let clock = Arc::new(VirtualClock::default());
        let time = TimeControl::Virtual(Arc::clone(&clock));
        let ledger = LedgerSettings { seed, ..LedgerSettings::default() };
        let standin = StandIn::start(local, StandInSettings { ledger, ..StandInSettings::default() }).await;
        let standin = standin.unwrap();
        let settings = Settings { clock, faults, ..Settings::new(standin.url()) };
        let backend = Reference::start(local, settings).await.unwrap();
        Self { standin, backend, time }
    }

    fn target(&self) -> Target {
        Target::new(&self.backend.url(), self.time.clone()).unwrap()
    }

    async fn explored(&self, seed: u64, cases: usize) -> Exploration {
        let exploring = Exploring { cases, ..Exploring::new(self.target(), seed) };
        explore(&exploring, &self.standin).await.unwrap()
    }

    /// Judges by a catalogue that holds nothing but this scenario.
    async fn verdict(&self, found: &Difference) -> RequirementVerdict {
        let text = format!(
            "Feature: Found\n\n  @{} @must\n  Rule: Found\n\n    Why: w\n    Fix: f\n    Source: s\n\n{}",
            found.requirement, found.scenario
        );
        let files = [FeatureFile { path: "features/found.feature", text: Box::leak(text.into_boxed_str()) }];
        let plan = Plan::new(&Catalogue::read(&files).unwrap(), &Choice::default(), &self.time).unwrap();
        let judging = Judging { plan, ..Judging::whole(self.target(), 0).unwrap() };
        let record = judge(&judging, &self.standin).await.unwrap();
        record.requirements[0].verdict
    }
}

/// Returns the difference that a fault makes.
async fn found(fault: Fault, seed: u64) -> Difference {
    let stage = Stage::with(FaultSet::from(fault), seed).await;
    match stage.explored(seed, 300).await.outcome {
        Outcome::Difference(found) => *found,
        outcome @ (Outcome::NoDifference | Outcome::CannotTell(_)) => panic!("{}: {outcome:?}", fault.name()),
    }
}

/// Faults that are found, and the requirement they are put down to: it takes more than one request to see them.
const FOUND: &[(Fault, &str)] = &[
    (Fault::TokenAsksWeChat, "LOGIN-02"),
    (Fault::UnchangedSessionKeyRefused, "LOGIN-03"),
    (Fault::SecondLoginRefused, "LOGIN-03"),
    (Fault::OpenidFoldedInStore, "LOGIN-05"),
    (Fault::UserInfoOfLastLogin, "LOGIN-06"),
    (Fault::NewestTokenNotStored, "LOGIN-07"),
    (Fault::RefusalWithPlaceholderOpenid, "LOGIN-08"),
    (Fault::CodeCached, "CODE-02"),
    (Fault::UsedCodeLocksPerson, "CODE-12"),
    (Fault::AnySecretAccepted, "TOKEN-06"),
    (Fault::OpenidUsableOnce, "TOKEN-16"),
    (Fault::TokenNotStored, "USER-01"),
    (Fault::TokenMatchedWithoutCase, "USER-03"),
    (Fault::EndsAtHalfLife, "EXPIRY-04"),
    (Fault::EndsAfterFirstUse, "EXPIRY-04"),
    (Fault::NeverEnds, "EXPIRY-05"),
    (Fault::UseProlongsLife, "EXPIRY-05"),
    (Fault::RenewalRefusedAfterEnd, "EXPIRY-06"),
    (Fault::SessionKeyInRefusal, "SECRET-01"),
    (Fault::ExchangeRefusalWithoutData, "CLIENT-01"),
    (Fault::TokenRefusalNull, "CLIENT-02"),
];

/// How many events may be left of a sequence.
const MOST_EVENTS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_are_found_and_told_in_few_events() {
    let correct = Stage::with(FaultSet::default(), 7).await;
    for (fault, requirement) in FOUND {
        let name = fault.name();
        let found = found(*fault, 7).await;
        assert!(found.repeatable, "{name}");
        assert!(found.events.1 <= MOST_EVENTS, "{name}: {found:#?}");
        assert_eq!(found.requirement, *requirement, "{name}: {found:#?}");
        // What is printed can be committed: it shows the fault, and only the fault.
        let faulty = Stage::with(FaultSet::from(*fault), 8).await;
        assert_eq!(faulty.verdict(&found).await, RequirementVerdict::Broken, "{name}: {found:#?}");
        assert_eq!(correct.verdict(&found).await, RequirementVerdict::Kept, "{name}: {found:#?}");
        if let Some(json) = &found.script.json {
            assert!(!Script::parse(json).unwrap().events.is_empty(), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correct_backend_survives() {
    for seed in 0..3 {
        let stage = Stage::with(FaultSet::default(), seed).await;
        let exploration = stage.explored(seed, 200).await;
        assert_eq!(exploration.outcome, Outcome::NoDifference, "seed {seed}");
        assert!(exploration.requests > 600, "hardly anything was asked: {exploration:?}");
        assert_eq!(exploration.time_stood_still, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_finds_the_same() {
    let one = found(Fault::UsedCodeLocksPerson, 3).await;
    let two = found(Fault::UsedCodeLocksPerson, 3).await;
    assert_eq!((two.case, &two.scenario, &two.script), (one.case, &one.scenario, &one.script));
    // As many sequences as it took are enough.
    let stage = Stage::with(FaultSet::from(Fault::UsedCodeLocksPerson), 3).await;
    let Outcome::Difference(again) = stage.explored(3, one.case).await.outcome else { panic!("not again") };
    assert_eq!((again.case, again.scenario), (one.case, one.scenario));
    let Outcome::NoDifference = stage.explored(3, one.case - 1).await.outcome else { panic!("too early") };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backend_that_is_not_there_is_not_judged() {
    let stage = Stage::with(FaultSet::default(), 0).await;
    let exploring = Exploring::new(stage.target(), 0);
    stage.backend.stop().await.unwrap();
    let exploration = explore(&exploring, &stage.standin).await.unwrap();
    let Outcome::CannotTell(reason) = exploration.outcome else { panic!("{exploration:?}") };
    assert!(reason.starts_with("the backend is not there"), "{reason}");
}
