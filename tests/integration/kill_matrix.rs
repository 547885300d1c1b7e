//! Does the suite catch every fault, and name the requirement it breaks?

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use wxconform::backend::{Contract, Target, TimeControl};
use wxconform::expiry::VirtualClock;
use wxconform::record::{RequirementVerdict, RunRecord};
use wxconform::reference::{Fault, FaultSet, Reference, Settings};
use wxconform::standin::{StandIn, StandInSettings};
use wxconform::suite::{Catalogue, Choice, DEFAULT_JOBS, Judging, Plan, judge};

async fn judged(faults: FaultSet) -> RunRecord {
    let local = ([127, 0, 0, 1], 0).into();
    let clock = Arc::new(VirtualClock::default());
    let time = TimeControl::Virtual(Arc::clone(&clock));
    let standin = StandIn::start(local, StandInSettings::default()).await.unwrap();
    let settings = Settings { clock, faults, ..Settings::new(standin.url()) };
    let backend = Reference::start(local, settings).await.unwrap();
    let judging = Judging {
        target: Target::new(&backend.url(), time.clone()).unwrap(),
        kind: "reference".to_owned(),
        contract: Contract::documented(),
        plan: Plan::new(&Catalogue::embedded().unwrap(), &Choice::default(), &time).unwrap(),
        seed: 0,
        jobs: DEFAULT_JOBS,
        strict: false,
        progress: None,
    };
    let record = judge(&judging, &standin).await.unwrap();
    backend.stop().await.unwrap();
    record
}

fn named(record: &RunRecord) -> BTreeSet<&str> {
    let named = |verdict| matches!(verdict, RequirementVerdict::Broken | RequirementVerdict::Advised);
    record.requirements.iter().filter(|r| named(r.verdict)).map(|r| r.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_caught_and_named() {
    let known: BTreeSet<String> =
        Catalogue::embedded().unwrap().requirements().iter().map(|r| r.id.clone()).collect();
    let mut page = String::new();
    for fault in Fault::ALL {
        let started = Instant::now();
        let record = judged(FaultSet::from(*fault)).await;
        let named = named(&record);
        let right = named.contains(fault.requirement());
        let und: Vec<_> = record
            .requirements
            .iter()
            .filter(|r| r.verdict == RequirementVerdict::Undecided)
            .map(|r| r.id.as_str())
            .collect();
        let mark = match (known.contains(fault.requirement()), right, named.len()) {
            (false, _, _) => "n/a  ",
            (_, true, 1..=3) => "ok   ",
            (_, true, _) => "MANY ",
            (_, false, 0) => "MISS ",
            _ => "WRONG",
        };
        writeln!(
            page,
            "{mark} {:<40} {:<10} named {:?} undecided {:?} {:?}",
            fault.name(),
            fault.requirement(),
            named,
            und,
            started.elapsed()
        )
        .unwrap();
    }
    println!("{page}");
}
