//! Does the suite catch every fault, and name the requirement that the fault breaks?
//!
//! The judgements are proved twice over: the correct backend raises no alarm, and each deliberate fault is
//! caught by the requirement it belongs to, with few others beside it.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeSet;
use std::sync::Arc;

use wxconform::backend::{Target, TimeControl};
use wxconform::expiry::VirtualClock;
use wxconform::record::{ExitStatus, RequirementVerdict, RunRecord, RunVerdict};
use wxconform::reference::{Fault, FaultSet, Reference, Settings};
use wxconform::standin::{StandIn, StandInSettings};
use wxconform::suite::{Catalogue, Choice, DEFAULT_JOBS, Judging, Plan, judge};

/// How many requirements a run may name for one fault. What merely depends on a broken step is undecided.
const MOST_NAMED: usize = 3;

/// Requirements that no backend can break: they are about the documented client alone.
const BEYOND_BACKENDS: &[&str] = &["EXPIRY-03"];

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
        contract: wxconform::backend::Contract::documented(),
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
    let against = |verdict| matches!(verdict, RequirementVerdict::Broken | RequirementVerdict::Advised);
    let found = record.requirements.iter().filter(|requirement| against(requirement.verdict));
    found.map(|requirement| requirement.id.as_str()).collect()
}

fn catalogue() -> BTreeSet<String> {
    let catalogue = Catalogue::embedded().unwrap();
    catalogue.requirements().iter().map(|requirement| requirement.id.clone()).collect()
}

#[test]
fn every_requirement_has_a_fault() {
    let broken: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.requirement()).collect();
    for id in catalogue() {
        let exempt = BEYOND_BACKENDS.contains(&id.as_str());
        assert_ne!(broken.contains(id.as_str()), exempt, "{id} needs a fault, or an excuse, and not both");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_correct_backend_raises_no_alarm() {
    for _ in 0..5 {
        let record = judged(FaultSet::default()).await;
        assert_eq!(record.verdict, RunVerdict::Conforming, "{:?}", record.reason);
        assert_eq!(record.totals.scenarios.ran, record.totals.scenarios.planned);
        assert_eq!(ExitStatus::of(&record), ExitStatus::Success);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_is_caught_and_named() {
    let catalogue = catalogue();
    let mut wrong = Vec::new();
    for fault in Fault::ALL.iter().filter(|fault| catalogue.contains(fault.requirement())) {
        if let Ok(only) = std::env::var("KM") { if !fault.requirement().starts_with(&only) { continue; } }
        let record = judged(FaultSet::from(*fault)).await;
        let named = named(&record);
        if std::env::var("KM").is_ok() { println!("{} {}: {named:?}", fault.requirement(), fault.name()); for r in record.requirements.iter().filter(|r| r.id == fault.requirement()) { for sc in r.scenarios.iter().filter(|s| s.expected.is_some()) { println!("     {} | {:?}", sc.name, sc.actual); } } }
        if !named.contains(fault.requirement()) || named.len() > MOST_NAMED {
            wrong.push(format!("{} breaks {}; named: {named:?}", fault.name(), fault.requirement()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
