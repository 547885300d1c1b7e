//! A run of the whole suite against a reference backend of a certain kind.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wxconform::backend::{Contract, Target, TimeControl};
use wxconform::expiry::VirtualClock;
use wxconform::record::{RequirementVerdict, RunRecord, RunVerdict};
use wxconform::reference::{FaultSet, Reference, Settings, VariantSet};
use wxconform::standin::{StandIn, StandInSettings};
use wxconform::suite::{Catalogue, Choice, Judging, Plan, judge};

/// How many runs go on at a time. They wait much of the time, for a WeChat that is silent for instance.
pub(super) const AT_A_TIME: usize = 8;

/// How long the backend waits for WeChat here, and how long the phone waits for the backend: less than in a
/// run that somebody looks at, and enough for a machine that is busy with several runs.
const WECHAT_PATIENCE: Duration = Duration::from_millis(2500);
const PATIENCE: Duration = Duration::from_secs(6);

/// What is judged, and by what.
pub(super) struct Case {
    pub(super) faults: FaultSet,
    pub(super) variants: VariantSet,
    /// How the backend speaks, and is spoken to.
    pub(super) contract: Contract,
    /// IDs or areas; empty for the whole catalogue.
    pub(super) only: Vec<String>,
}

impl From<(FaultSet, VariantSet)> for Case {
    fn from((faults, variants): (FaultSet, VariantSet)) -> Self {
        Self { faults, variants, contract: Contract::documented(), only: Vec::new() }
    }
}

/// Judges a reference backend.
///
/// While a run goes on nobody hears a panic (cucumber sees to that), so what goes wrong is handed back.
async fn judged(case: Case) -> Result<RunRecord, Box<dyn Error>> {
    let Case { faults, variants, contract, only } = case;
    let local = ([127, 0, 0, 1], 0).into();
    let clock = Arc::new(VirtualClock::default());
    let time = TimeControl::Virtual(Arc::clone(&clock));
    let standin = StandIn::start(local, StandInSettings::default()).await?;
    let wechat_patience = WECHAT_PATIENCE;
    let settings = Settings { clock, faults, variants, wechat_patience, ..Settings::new(standin.url()) };
    let backend = Reference::start(local, settings.speaking(contract.clone())).await?;
    let target = Target::new(&backend.url(), time)?;
    let contract = Contract { patience: PATIENCE, ..contract };
    let choice = Choice { only, tags: None };
    let plan = Plan::new(&Catalogue::embedded()?, &choice, target.time())?.fitted(&contract);
    let judging = Judging { contract, plan, kind: "reference".to_owned(), ..Judging::whole(target, 0)? };
    let record = judge(&judging, &standin).await?;
    backend.stop().await?;
    Ok(record)
}

/// Judges one backend for each of the cases, so many at a time, and returns the results in their order.
pub(super) fn each<T: Sync, C: Into<Case>, R: Send>(
    cases: &[T],
    at_a_time: usize,
    backend_of: impl Fn(&T) -> C + Sync,
    conclude: impl Fn(&T, &RunRecord) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<R, String>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..at_a_time.min(cases.len()) {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { return };
                    let record = runtime.block_on(judged(backend_of(case).into()));
                    let record = record.map_err(|error| error.to_string());
                    let result = record.map(|record| conclude(case, &record));
                    results.lock().unwrap().push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result.unwrap()).collect()
}

/// Judges correct backends, so many at a time, and says what is wrong with the verdicts.
///
/// Where several runs share a processor, one may get its answers too late to decide anything. A run that decided
/// nothing is repeated with the machine to itself; a requirement that was named is an alarm at once. The alarms are
/// handed back, because nobody hears a panic while another test has a run going on.
pub(super) fn alarms<T: Clone + Send + Sync, C: Into<Case>>(
    cases: &[T],
    at_a_time: usize,
    backend_of: impl Fn(&T) -> C + Sync,
    alarm: impl Fn(&T, &RunRecord) -> Option<String> + Sync,
) -> Result<(), String> {
    let judged = |cases: &[T], at_a_time| -> Vec<(T, bool, String)> {
        let said = each(cases, at_a_time, &backend_of, |case, record| {
            let is_open = record.verdict == RunVerdict::Undecided && named(record).is_empty();
            alarm(case, record).map(|said| (case.clone(), is_open, said))
        });
        said.into_iter().flatten().collect()
    };
    let (open, mut raised): (Vec<_>, Vec<_>) =
        judged(cases, at_a_time).into_iter().partition(|(_, is_open, _)| *is_open);
    let again: Vec<T> = open.into_iter().map(|(case, _, _)| case).collect();
    raised.extend(judged(&again, 1));
    let said: Vec<String> = raised.into_iter().map(|(_, _, said)| said).collect();
    if said.is_empty() { Ok(()) } else { Err(said.join("\n")) }
}

/// Returns the requirements that a run found broken, advisories included.
pub(super) fn named(record: &RunRecord) -> BTreeSet<String> {
    let against = |verdict| matches!(verdict, RequirementVerdict::Broken | RequirementVerdict::Advised);
    let found = record.requirements.iter().filter(|requirement| against(requirement.verdict));
    found.map(|requirement| requirement.id.clone()).collect()
}
