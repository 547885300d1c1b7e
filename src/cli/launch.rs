//! Which backend do we start ourselves, and what becomes of it?

use std::path::Path;

use clap::Args;
use tempfile::TempDir;

use super::clock::Timing;
use super::console::Console;
use super::given::{Given, Options};
use super::problem::Problem;
use super::signals::Signals;
use super::values;
use crate::backend::Target;
use crate::backend::launch::{
    DEFAULT_READY_TIMEOUT, Introduction, LAST_LINES, Launch, LaunchError, LaunchMistake, Launched, Vitals,
    private_folder,
};
use crate::record::Redactor;
use crate::standin::{self, StandIn};

/// What can be told about a backend that we start ourselves.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct LaunchArguments {
    /// Start this backend and end it afterwards; {port}, {wechat}, {proxy}, {ca}, {appid} and {secret} are
    /// filled in, and stand in `WXCONFORM_PORT` and so on as well
    #[arg(long, value_name = "CMD")]
    pub(super) launch: Option<String>,

    /// What shows that the launched backend is ready: tcp, or a path or URL that answers below 400 [default:
    /// any answer]
    #[arg(long, value_name = "SIGN")]
    pub(super) ready: Option<String>,

    /// How long the launched backend may take to be ready [default: 60]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true)]
    pub(super) ready_timeout: Option<String>,
}

impl LaunchArguments {
    /// Returns the options as far as they were given.
    pub(super) fn given(&self) -> impl Iterator<Item = Given> {
        let single =
            [("launch", &self.launch), ("ready", &self.ready), ("ready-timeout", &self.ready_timeout)];
        single.into_iter().filter_map(|(name, text)| text.as_deref().map(|text| Given::flag(name, text)))
    }
}

/// Reads which backend is to be started; nothing when none is.
pub(super) fn read(options: &Options) -> Result<Option<Launch>, Problem> {
    let Some(given) = options.get("launch") else {
        let alone = ["ready", "ready-timeout"].into_iter().find_map(|name| options.get(name));
        return match alone {
            None => Ok(None),
            Some(alone) => {
                Err(alone.wrong(tr!("is about a backend that wxconform starts; give --launch as well")))
            }
        };
    };
    let text = |name: &str| options.get(name).map(Given::text);
    let (address, ready) = (text("backend"), text("ready"));
    // One after the other, so that a mistake is told with the name of the option it stands in.
    given.read(|command| Launch::new(command, None, None))?;
    let command = given.text();
    for (name, address, ready) in [("backend", address, None), ("ready", address, ready)] {
        let tried = Launch::new(command, address, ready);
        if let (Some(given), Err(mistake)) = (options.get(name), tried) {
            return Err(given.wrong(mistake));
        }
    }
    let patience = options.get("ready-timeout").map(|given| given.read(values::wait)).transpose()?;
    let launch = Launch::new(command, address, ready).map_err(Problem::usage)?;
    Ok(Some(launch.with_patience(patience.unwrap_or(DEFAULT_READY_TIMEOUT))))
}

/// Starts a backend that is told of this stand-in, and waits until it is ready.
pub(super) async fn start(
    launch: &Launch,
    standin: &StandIn,
    console: &mut Console,
) -> Result<Launched, Problem> {
    start_in(private_folder()?, Vec::new(), launch, standin, console).await
}

/// Starts a backend likewise, and finds out how its time passes.
pub(super) async fn start_timed(
    launch: &Launch,
    timing: &Timing,
    standin: &StandIn,
    console: &mut Console,
) -> Result<(Launched, Target), Problem> {
    let folder = private_folder()?;
    let (clock, variables) = timing.for_processes(folder.path()).await?.unzip();
    let launched = start_in(folder, variables.unwrap_or_default(), launch, standin, console).await?;
    let target = Target::new(launched.url(), timing.waiting())?.launched(launched.vitals().clone());
    let target = timing.settle(target, clock, console).await?;
    Ok((launched, target))
}

async fn start_in(
    folder: TempDir,
    more: Vec<(String, String)>,
    launch: &Launch,
    standin: &StandIn,
    console: &mut Console,
) -> Result<Launched, Problem> {
    let wechat = standin.wechat();
    let certificate = folder.path().join("wechat-ca.pem");
    standin.write_ca(&certificate).map_err(LaunchError::Folder)?;
    let told = Introduction {
        variables: variables(standin, &certificate).into_iter().chain(more).collect(),
        wechat: standin.proxy_url(),
        proxy: standin.proxy_url(),
        certificate,
        app_id: wechat.app_id().as_str().to_owned(),
        app_secret: wechat.app_secret().expose().to_owned(),
    };
    let started =
        console.patiently(mark!("waits until the backend is ready"), launch.start(told, folder)).await;
    started.map_err(|error| {
        quote(error.output(), &wechat, console);
        error.into()
    })
}

/// Returns the variables that lead a backend of any runtime to the stand-in, beside what they say already where
/// that can be.
fn variables(standin: &StandIn, certificate: &Path) -> Vec<(String, String)> {
    let ours = standin::variables(&standin.proxy_url(), &standin.proxy_url(), certificate);
    ours.into_iter()
        .map(|(name, value)| {
            let value = standin::joined(&name, &std::env::var(&name).unwrap_or_default(), &value);
            (name, value)
        })
        .collect()
}

/// Shows the last lines of a backend that has ended, if there is one that has.
pub(super) async fn quote_the_dead(vitals: Option<&Vitals>, standin: &StandIn, console: &mut Console) {
    if let Some(vitals) = vitals.filter(|vitals| vitals.ending().is_some()) {
        quote(&vitals.last_words(LAST_LINES).await, &standin.wechat(), console);
    }
}

/// Shows the last lines of a backend, without secrets.
fn quote(lines: &[String], wechat: &crate::standin::Wechat, console: &mut Console) {
    if lines.is_empty() {
        return;
    }
    let mut redactor = Redactor::default();
    redactor.learn(wechat.app_secret().expose(), "app_secret");
    let lines: Vec<String> = lines.iter().map(|line| redactor.text(line)).collect();
    console.quote(&tr!("the last lines of the launched backend:"), &lines);
}

/// Works, and lets go of everything that was started when somebody interrupts it.
///
/// Without a launched backend nothing has to be let go of, and unless a bar is drawn that would stay behind, a signal
/// ends the process as it always does.
pub(super) async fn guarded<T>(
    options: &Options,
    draws: bool,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    if options.get("launch").is_none() && !draws {
        return work.await;
    }
    let mut signals = Signals::hear()?;
    tokio::select! {
        done = work => done,
        signal = signals.next() => Err(Problem::interrupted(signal)),
    }
}

impl From<LaunchMistake> for Problem {
    fn from(mistake: LaunchMistake) -> Self {
        Self::usage(mistake)
    }
}

impl From<LaunchError> for Problem {
    fn from(error: LaunchError) -> Self {
        match error {
            LaunchError::Mistake(mistake) => mistake.into(),
            LaunchError::Taken { .. } => Self::usage(error),
            LaunchError::Folder(_)
            | LaunchError::NoPort(_)
            | LaunchError::Start(_)
            | LaunchError::Ended { .. }
            | LaunchError::NotReady { .. } => Self::could_not_judge(error),
        }
    }
}
