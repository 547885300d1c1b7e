//! `wxconform simulate`: play the phone from a script.

use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::arguments::SimulateArguments;
use super::console::Console;
use super::given::Options;
use super::listening::{ANY_PORT, random_seed, start_standin};
use super::problem::Problem;
use super::{launch, values};
use crate::backend::launch::Launched;
use crate::backend::{Target, TimeControl};
use crate::expiry::Value;
use crate::miniprogram::{Transport, simulate};
use crate::record::{ExitStatus, Redactor};
use crate::reference::{Reference, Settings};

/// Plays a script and prints what the phone did.
pub(super) async fn run(arguments: SimulateArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let options = Options::gather(arguments.given())?;
    let played = Box::pin(played(&arguments, &options, console));
    launch::guarded(&options, false, played).await
}

async fn played(
    arguments: &SimulateArguments,
    options: &Options,
    console: &mut Console,
) -> Result<ExitStatus, Problem> {
    let script = read_script(arguments.script.as_deref())?;
    // A wrong address is told before anything is started.
    let target = |url: &str| Target::new(url, TimeControl::Wait(Duration::ZERO));
    let launch = launch::read(options)?;
    let external = options.get("backend").filter(|_| launch.is_none());
    let external = external.map(|given| given.read(target)).transpose()?;
    let listen = options.get("wechat-listen");
    let option = listen.map_or("--wechat-listen".to_owned(), ToString::to_string);
    let listen = listen.map(|given| given.read(values::address)).transpose()?.unwrap_or(ANY_PORT);
    let standin = start_standin(listen, &option, random_seed()?).await?;
    let mut launched = None;
    let (url, reference) = if let Some(launch) = &launch {
        let started = launched.insert(launch::start(launch, &standin, console).await?);
        (started.url().to_owned(), None)
    } else if let Some(target) = external {
        (target.url().to_owned(), None)
    } else {
        let reference = Reference::start(ANY_PORT, Settings::new(standin.url())).await?;
        (reference.url(), Some(reference))
    };
    let wechat = standin.wechat();
    let person = wechat.person("phone");
    let mut mint = || Some(Value::from(wechat.login(&person).as_str()));
    let transport = Transport::new(Instant::now())?;
    let output = simulate(&script, &url, &transport, Some(&mut mint)).await?;
    launch::quote_the_dead(launched.as_ref().map(Launched::vitals), &standin, console).await;
    drop(launched);
    if let Some(reference) = reference {
        reference.stop().await.map_err(Problem::defect)?;
    }
    let shown = if arguments.redact {
        let mut redactor = Redactor::default();
        redactor.learn(wechat.app_secret().expose(), "app_secret");
        for key in wechat.secrets(&person) {
            redactor.learn(key.expose(), "session_key");
        }
        redactor.text(&output)
    } else {
        output
    };
    console.print(&format!("{shown}\n"))?;
    Ok(ExitStatus::Success)
}

fn read_script(path: Option<&Path>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    match path {
        Some(path) => {
            bytes = std::fs::read(path).map_err(|error| {
                Problem::usage(tr!("cannot read the script {path}: {error}", path = path.display(), error))
            })?;
        }
        None => {
            std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
                Problem::usage(tr!("cannot read the script from the standard input: {error}", error))
            })?;
        }
    }
    String::from_utf8(bytes).map_err(|error| Problem::usage(tr!("the script is not UTF-8: {error}", error)))
}
