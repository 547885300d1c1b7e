//! `wxconform run`: judge a backend.

use std::fmt::Write as _;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use super::arguments::RunArguments;
use super::console::Console;
use super::settings;
use super::usage::Problem;
use crate::backend::{Contract, Target, TimeControl};
use crate::expiry::VirtualClock;
use crate::record::{ExitStatus, RunRecord};
use crate::reference::{Reference, Settings};
use crate::report::{ReportSpec, Target as ReportTarget, terminal};
use crate::standin::{LedgerSettings, StandIn, StandInSettings};
use crate::suite::{Catalogue, Choice, DEFAULT_JOBS, Judging, Plan, Progress, judge};

/// Where the stand-in listens for a backend that somebody else started.
pub(super) const DEFAULT_WECHAT: &str = "127.0.0.1:9321";

/// Any free port of this machine, for parties that are introduced to each other.
pub(super) const ANY_PORT: &str = "127.0.0.1:0";

/// How long a lifetime the run waits out unless told otherwise.
const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(5);

/// Judges a backend, prints the result and writes the reports.
pub(super) async fn run(arguments: RunArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let arguments = settings::fill(arguments)?;
    let reports = arguments.report.clone().unwrap_or_default();
    check_reports(&reports)?;
    let record = judged(&arguments, console).await?;
    for spec in &reports {
        crate::report::write(spec, &record, console.out())?;
    }
    if !reports.iter().any(to_stdout) {
        console.render(|page, color, width| {
            let style = terminal::Style { color, width, verbose: arguments.verbose };
            terminal::render(&record, &style, page)
        })?;
    }
    Ok(ExitStatus::of(&record))
}

/// Introduces the parties to each other and lets the suite judge.
async fn judged(arguments: &RunArguments, console: &mut Console) -> Result<RunRecord, Problem> {
    let clock = Arc::new(VirtualClock::default());
    let time = match &arguments.backend {
        None => TimeControl::Virtual(Arc::clone(&clock)),
        Some(_) => TimeControl::Wait(arguments.max_wait.unwrap_or(DEFAULT_MAX_WAIT)),
    };
    let choice = Choice { only: arguments.only.clone().unwrap_or_default(), tags: arguments.tags.clone() };
    let plan = Plan::new(&Catalogue::embedded()?, &choice, &time)?;
    // A wrong address is told before anything is started.
    let external = arguments.backend.as_deref().map(|url| Target::new(url, time.clone())).transpose()?;

    let seed = arguments.seed.map_or_else(random_seed, Ok)?;
    let listen = match (&arguments.wechat_listen, &external) {
        (Some(address), _) => address,
        (None, Some(_)) => DEFAULT_WECHAT,
        (None, None) => ANY_PORT,
    };
    let standin = start_standin(listen, "--wechat-listen", seed).await?;
    let (target, reference) = match external {
        Some(target) => (target, None),
        None => {
            let settings = Settings { clock, ..Settings::new(standin.url()) };
            let reference = Reference::start(address(ANY_PORT, "--listen")?, settings).await?;
            (Target::new(&reference.url(), time)?, Some(reference))
        }
    };
    let judging = Judging {
        kind: if reference.is_some() { "reference" } else { "external" }.to_owned(),
        target,
        contract: Contract::documented(),
        plan,
        seed,
        jobs: arguments.jobs.map_or(DEFAULT_JOBS, usize::from),
        strict: arguments.strict.unwrap_or(false),
        progress: console.shows_progress().then(progress),
    };
    let record = judge(&judging, &standin).await;
    if let Some(reference) = reference {
        reference.stop().await.map_err(Problem::defect)?;
    }
    Ok(record?)
}

/// Starts the stand-in at the address that an option names.
pub(super) async fn start_standin(listen: &str, option: &str, seed: u64) -> Result<StandIn, Problem> {
    let ledger = LedgerSettings { seed, ..LedgerSettings::default() };
    let settings = StandInSettings { ledger, ..StandInSettings::default() };
    StandIn::start(address(listen, option)?, settings).await.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Problem::usage(format!(
            "the stand-in {error}{cause}; end what listens there, or choose another address with {option}"
        ))
    })
}

/// Reads an address to listen on; a name such as `localhost` will do.
pub(super) fn address(text: &str, option: &str) -> Result<SocketAddr, Problem> {
    let wrong = |detail: String| {
        Problem::usage(format!("{option} {text:?} is no address ({detail}); write it like 127.0.0.1:9321"))
    };
    let mut found = text.to_socket_addrs().map_err(|error| wrong(error.to_string()))?;
    found.next().ok_or_else(|| wrong("the name leads nowhere".to_owned()))
}

/// Returns a seed that was not used before, small enough to be typed.
pub(super) fn random_seed() -> Result<u64, Problem> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes)
        .map_err(|error| Problem::could_not_judge(format!("no randomness for a seed: {error}")))?;
    Ok(u64::from(u32::from_le_bytes(bytes)))
}

/// Makes sure, before anything runs, that the reports have a place to go to.
fn check_reports(reports: &[ReportSpec]) -> Result<(), Problem> {
    if reports.iter().filter(|spec| to_stdout(spec)).count() > 1 {
        return Err(Problem::usage("only one report can go to the standard output"));
    }
    for spec in reports {
        let ReportTarget::File(path) = &spec.target else { continue };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let text = format!("cannot write the report {spec}: there is no folder {}", folder.display());
            return Err(Problem::usage(text));
        }
        if path.is_dir() {
            return Err(Problem::usage(format!("cannot write the report {spec}: it is a folder")));
        }
    }
    Ok(())
}

fn to_stdout(spec: &ReportSpec) -> bool {
    spec.target == ReportTarget::Stdout
}

/// Shows on a terminal how far the run has come, in one line that is wiped in the end.
fn progress() -> Progress {
    Arc::new(|ended, total, _name| {
        let mut line = String::from("\r\x1b[K");
        if ended < total {
            // Writing into a String cannot fail.
            write!(line, "{ended} of {total} scenarios").unwrap_or_default();
        }
        let mut side = std::io::stderr();
        std::io::Write::write_all(&mut side, line.as_bytes()).unwrap_or_default();
    })
}
