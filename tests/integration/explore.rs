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

async fn found(fault: Fault, seed: u64) -> Option<Difference> {
    let stage = Stage::with(FaultSet::from(fault), seed).await;
    let exploration = stage.explored(seed, 300).await;
    match exploration.outcome {
        Outcome::Difference(found) => Some(*found),
        Outcome::NoDifference | Outcome::CannotTell(_) => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn survey() {
    for fault in Fault::ALL {
        let started = std::time::Instant::now();
        match found(*fault, 1).await {
            Some(d) => eprintln!("{:<34} {} as {} case {} events {:?} rep {} {:?}\n{}", fault.name(), fault.requirement(), d.requirement, d.case, d.events, d.repeatable, started.elapsed(), d.scenario),
            None => eprintln!("{:<34} {} NOT FOUND {:?}", fault.name(), fault.requirement(), started.elapsed()),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correct_backend_survives() {
    for seed in 0..4 {
        let started = std::time::Instant::now();
        let stage = Stage::with(FaultSet::default(), seed).await;
        let exploration = stage.explored(seed, 200).await;
        eprintln!("{:?} {} {}", started.elapsed(), exploration.played, exploration.requests);
        assert_eq!(exploration.outcome, Outcome::NoDifference, "seed {seed}");
    }
}
