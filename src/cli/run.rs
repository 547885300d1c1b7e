//! `wxconform run`: judge a backend.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::arguments::RunArguments;
use super::baseline::Place;
use super::choice::{self, planned};
use super::clock::Timing;
use super::console::Console;
use super::given::Options;
use super::listening::{ANY_PORT, DEFAULT_WECHAT, random_seed, start_standin};
use super::problem::Problem;
use super::progress::Things;
use super::{baseline, launch, listening, quality, reports, shard, values};
use crate::backend::launch::Launch;
use crate::backend::{Baseline, Contract, Target, TimeControl};
use crate::expiry::VirtualClock;
use crate::record::{ExitStatus, RunRecord, Shard};
use crate::reference::{Reference, Settings};
use crate::suite::{DEFAULT_JOBS, Hints, Judging, judge};

/// How long the built-in backend waits for WeChat: longer than a busy machine takes, and short for who watches.
const PATIENCE_OF_REFERENCE: Duration = Duration::from_millis(1500);

/// Judges a backend, prints the result and writes the reports.
pub(super) async fn run(arguments: RunArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    for warning in super::environment::warnings(std::env::vars_os()) {
        console.warn(&warning);
    }
    if arguments.quiet {
        console.hush();
    }
    let options = Options::gather(arguments.given())?;
    if arguments.show_secrets {
        console.warn(&tr!("secrets are not masked in this result and its reports; do not pass them on"));
    }
    let reports = reports::wanted(&options)?;
    shard::fits(&options, arguments.write_baseline.is_some())?;
    let place = arguments.write_baseline.as_deref().map(Place::of).transpose()?;
    let known = baseline::known(&options, console)?;
    let draws = console.draws();
    let judged = Box::pin(judged(&options, known.clone(), arguments.show_secrets, console));
    let record = launch::guarded(&options, draws, judged).await?;
    if !arguments.quiet {
        reports::show(&record, &reports, arguments.verbose, console)?;
    }
    for spec in &reports {
        reports::write(spec, &record, console)?;
    }
    if !arguments.quiet {
        quality::leave(&record, &reports, console);
    }
    if let Some(place) = place {
        place.write(&record, known.as_ref(), console)?;
    }
    Ok(ExitStatus::of(&record))
}

/// What was asked for, all of it read before anything is started.
struct Wanted {
    /// The backend that is to be started, if there is one.
    launch: Option<Launch>,
    /// The backend that somebody else started, if it is not to be the reference.
    backend: Option<Target>,
    /// How the time of either passes.
    timing: Timing,
    /// The clock of the reference.
    clock: Arc<VirtualClock>,
    listen: SocketAddr,
    contract: Contract,
    /// Which part of the plan, if not the whole.
    part: Option<Shard>,
    seed: u64,
    jobs: usize,
    strict: bool,
}

impl Wanted {
    fn read(options: &Options) -> Result<Self, Problem> {
        let contract = super::contract::wanted(options)?;
        let launch = launch::read(options)?;
        let foreign = launch.is_some() || options.get("backend").is_some();
        let timing = Timing::read(options)?.or_as_contract_says(&contract, foreign)?;
        let backend = options.get("backend").filter(|_| launch.is_none());
        let backend =
            backend.map(|given| given.read(|url| Target::new(url, timing.waiting()))).transpose()?;
        let clock = Arc::new(VirtualClock::default());
        let time = match (&launch, &backend) {
            (None, None) => TimeControl::Virtual(Arc::clone(&clock)),
            (Some(_), _) | (_, Some(_)) => timing.waiting(),
        };
        // A choice that cannot be made is told before anything is started.
        let plan = planned(options, &choice::read(options)?, &time)?.fitted(&contract);
        shard::part_of(plan, options)?;
        let listen = options.get("wechat-listen").map(|given| given.read(values::address)).transpose()?;
        let seed = options.get("seed").map(|given| given.read(values::seed)).transpose()?;
        let jobs = options.get("jobs").map(|given| given.read(values::jobs)).transpose()?;
        let strict = options.get("strict").map(|given| given.read(values::truth)).transpose()?;
        Ok(Self {
            contract,
            listen: listen.unwrap_or(if backend.is_some() { DEFAULT_WECHAT } else { ANY_PORT }),
            launch,
            backend,
            timing,
            clock,
            part: shard::asked(options)?,
            seed: match seed {
                Some(seed) => seed,
                None if options.get("shard").is_some() => shard::SEED,
                None => random_seed()?,
            },
            jobs: jobs.unwrap_or(DEFAULT_JOBS),
            strict: strict.unwrap_or(false),
        })
    }
}

/// Introduces the parties to each other and lets the suite judge.
async fn judged(
    options: &Options,
    baseline: Option<Baseline>,
    show_secrets: bool,
    console: &mut Console,
) -> Result<RunRecord, Problem> {
    let wanted = Wanted::read(options)?;
    let option = options.get("wechat-listen").map_or("--wechat-listen".to_owned(), ToString::to_string);
    let standin = start_standin(wanted.listen, &option, shard::seed_of(wanted.part, wanted.seed)).await?;
    // Whoever gives both sides one address would judge the stand-in.
    let same = |target: &Target| target.url().starts_with(&format!("{}/", standin.url()));
    if let (Some(given), true) = (options.get("backend"), wanted.backend.as_ref().is_some_and(same)) {
        return Err(given.wrong(listening::taken_by_us()));
    }
    let mut launched = None;
    let (target, reference) = if let Some(wanted_launch) = &wanted.launch {
        let (started, target) = launch::start_timed(wanted_launch, &wanted.timing, &standin, console).await?;
        launched = Some(started);
        (target, None)
    } else if let Some(target) = wanted.backend {
        (wanted.timing.settle(target, None, console).await?, None)
    } else {
        let time = TimeControl::Virtual(Arc::clone(&wanted.clock));
        let wechat_patience = PATIENCE_OF_REFERENCE;
        let settings = Settings { clock: wanted.clock, wechat_patience, ..Settings::new(standin.url()) };
        let settings = settings.speaking(wanted.contract.clone());
        let reference = Reference::start(ANY_PORT, settings).await?;
        (Target::new(&reference.url(), time)?, Some(reference))
    };
    let hinted = Arc::default();
    let board = console.board(Things::Scenarios, target.url());
    let judging = Judging {
        kind: match (&reference, &launched) {
            (Some(_), _) => "reference",
            (None, Some(_)) => "launched",
            (None, None) => "external",
        }
        .to_owned(),
        // Only now it is known for certain how time passes.
        plan: shard::part_of(
            planned(options, &choice::read(options)?, target.time())?.fitted(&wanted.contract),
            options,
        )?,
        contract: wanted.contract,
        target,
        seed: wanted.seed,
        jobs: wanted.jobs,
        strict: wanted.strict,
        baseline,
        command: options.command(wanted.seed, show_secrets),
        show_secrets,
        progress: board.progress(),
        hints: Some(hints(&hinted)),
    };
    let record = judge(&judging, &standin).await;
    drop(board);
    for hint in hinted.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        console.note(hint);
    }
    drop(launched);
    if let Some(reference) = reference {
        reference.stop().await.map_err(Problem::defect)?;
    }
    Ok(record?)
}

/// Keeps hints until the work is done.
fn hints(kept: &Arc<Mutex<Vec<String>>>) -> Hints {
    let kept = Arc::clone(kept);
    Arc::new(move |hint| kept.lock().unwrap_or_else(PoisonError::into_inner).push(hint.to_owned()))
}
