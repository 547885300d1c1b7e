//! `wxconform simulate`: play the phone from a script.

use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use super::arguments::SimulateArguments;
use super::console::Console;
use super::run::{ANY_PORT, address, random_seed, start_standin};
use super::usage::Problem;
use crate::backend::{Target, TimeControl};
use crate::expiry::Value;
use crate::miniprogram::{Transport, simulate};
use crate::record::{ExitStatus, Redactor};
use crate::reference::{Reference, Settings};

/// Plays a script and prints what the phone did.
pub(super) async fn run(arguments: SimulateArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let script = read_script(arguments.script.as_deref())?;
    // A wrong address is told before anything is started.
    let external = arguments
        .backend
        .as_deref()
        .map(|url| Target::new(url, TimeControl::Wait(Duration::ZERO)))
        .transpose()?;
    let listen = arguments.wechat_listen.as_deref().unwrap_or(ANY_PORT);
    let standin = start_standin(listen, "--wechat-listen", random_seed()?).await?;
    let (url, reference) = match external {
        Some(target) => (target.url().to_owned(), None),
        None => {
            let settings = Settings::new(standin.url());
            let reference = Reference::start(address(ANY_PORT, "--listen")?, settings).await?;
            (reference.url(), Some(reference))
        }
    };
    let wechat = standin.wechat();
    let person = wechat.person("phone");
    let mut mint = || Some(Value::from(wechat.login(&person).as_str()));
    let transport = Transport::new(Instant::now())?;
    let output = simulate(&script, &url, &transport, Some(&mut mint)).await?;
    if let Some(reference) = reference {
        reference.stop().await.map_err(Problem::defect)?;
    }
    let shown = if arguments.redact { Redactor::default().text(&output) } else { output };
    console.print(&format!("{shown}\n"))?;
    Ok(ExitStatus::Success)
}

fn read_script(path: Option<&Path>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    match path {
        Some(path) => {
            bytes = std::fs::read(path).map_err(|error| {
                Problem::usage(format!("cannot read the script {}: {error}", path.display()))
            })?;
        }
        None => {
            std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
                Problem::usage(format!("cannot read the script from the standard input: {error}"))
            })?;
        }
    }
    String::from_utf8(bytes).map_err(|error| Problem::usage(format!("the script is not UTF-8: {error}")))
}
