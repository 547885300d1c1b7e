//! Does a run against a backend whose time really passes wait once, and not for one scenario after the other?
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::time::Duration;

use wxconform::backend::{Target, TimeControl};
use wxconform::record::{RequirementVerdict, RunRecord, ScenarioRecord, ScenarioVerdict};
use wxconform::reference::{Fault, FaultSet, Reference, Settings};
use wxconform::standin::{StandIn, StandInSettings};
use wxconform::suite::{Catalogue, Choice, Judging, Plan, judge};

/// Long enough that logging in does not take half of it on a busy machine.
const LIFETIME: Duration = Duration::from_secs(4);

/// Judges the end of real tokens, with one scenario at a time but for those that wait.
async fn judged(lifetime: Duration, longest: Duration, faults: FaultSet) -> RunRecord {
    let local = ([127, 0, 0, 1], 0).into();
    let standin = StandIn::start(local, StandInSettings::default()).await.unwrap();
    let settings = Settings { token_lifetime: lifetime, faults, ..Settings::new(standin.url()) };
    let backend = Reference::start(local, settings).await.unwrap();
    let time = TimeControl::Wait(longest);
    let choice = Choice { only: Vec::new(), tags: Some("@needs-clock or @CODE-01".to_owned()) };
    let plan = Plan::new(&Catalogue::embedded().unwrap(), &choice, &time).unwrap();
    let target = Target::new(&backend.url(), time).unwrap();
    let judging = Judging { plan, jobs: 1, ..Judging::whole(target, 0).unwrap() };
    let record = judge(&judging, &standin).await.unwrap();
    backend.stop().await.unwrap();
    record
}

/// Returns when a scenario had its first token, and when it began its last request, in milliseconds.
fn waiting(scenario: &ScenarioRecord) -> (f64, f64) {
    let token = scenario.exchanges.iter().find(|exchange| exchange.purpose == "token").unwrap();
    (token.at_ms + token.took_ms, scenario.exchanges.last().unwrap().at_ms)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_who_waits_for_the_end_of_a_token_does_so_at_the_same_time() {
    let record = judged(LIFETIME, LIFETIME, FaultSet::default()).await;
    let (waits, others): (Vec<_>, Vec<_>) =
        record.requirements.iter().partition(|requirement| requirement.id.starts_with("EXPIRY-"));
    for requirement in &record.requirements {
        assert!(
            !matches!(requirement.verdict, RequirementVerdict::Broken | RequirementVerdict::Undecided),
            "{}: {:?}",
            requirement.id,
            requirement.reason
        );
    }
    let waits: Vec<&ScenarioRecord> = waits
        .iter()
        .flat_map(|requirement| &requirement.scenarios)
        .filter(|scenario| scenario.verdict == ScenarioVerdict::Kept)
        // The one that uses a token up as fast as it can waits for nothing.
        .filter(|scenario| !scenario.name.contains("times in a row"))
        .collect();
    assert!(waits.len() >= 5, "{} scenarios waited", waits.len());
    let intervals = || waits.iter().map(|scenario| waiting(scenario));
    let all_began = intervals().map(|(began, _)| began).fold(f64::MIN, f64::max);
    let first_woke = intervals().map(|(_, woke)| woke).fold(f64::MAX, f64::min);
    assert!(all_began < first_woke, "the last began at {all_began} ms, the first woke at {first_woke} ms");
    let played = others[0].scenarios.iter().flat_map(|scenario| &scenario.exchanges);
    let others_ended = played.map(|exchange| exchange.at_ms).fold(f64::MIN, f64::max);
    assert!(others_ended < first_woke, "the others were still playing at {others_ended} ms");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_outlives_the_run_is_watched_for_as_long_as_the_run_waits() {
    let (hour, longest) = (Duration::from_secs(3600), Duration::from_millis(4500));
    let broken = async |faults: FaultSet| {
        let record = judged(hour, longest, faults).await;
        let broken = record.requirements.iter().filter(|known| known.verdict == RequirementVerdict::Broken);
        broken.map(|requirement| requirement.id.clone()).collect::<Vec<_>>()
    };
    let dying = FaultSet::from_iter([Fault::EndsAfterMilliseconds]);
    let (well, dead) = tokio::join!(broken(FaultSet::default()), broken(dying));
    assert!(well.is_empty(), "{well:?}");
    assert_eq!(dead, ["EXPIRY-04"]);
}
