//! `wxconform wechat`: the stand-in by itself.

use super::arguments::WechatArguments;
use super::console::Console;
use super::run::{address, random_seed, start_standin};
use super::usage::Problem;
use crate::record::ExitStatus;
use crate::standin::ControlDoor;

/// Serves the stand-in until it is interrupted.
pub(super) async fn run(arguments: WechatArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let seed = arguments.seed.map_or_else(random_seed, Ok)?;
    let control_address = address(&arguments.control, "--control")?;
    let standin = start_standin(&arguments.listen, "--listen", seed).await?;
    let wechat = standin.wechat();
    let door = ControlDoor::start(control_address, standin.wechat()).await.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Problem::usage(format!("the control door {error}{cause}; choose another address with --control"))
    })?;
    console.print(&format!(
        "WeChat is at     {}\n\
         its appid is     {}\n\
         the secret is    {}\n\
         log people in at {}/login\n\
         \n\
         Tell your backend that WeChat is at {}, then:\n  \
         curl -X POST '{}/login?person=alice'    gives a login code, as wx.login does\n  \
         curl {}/calls                           shows what the backend asked\n\
         \n\
         Ctrl-C ends it.\n",
        standin.url(),
        wechat.app_id(),
        // The stand-in's own secret is made up and published; without it nobody could configure a backend.
        wechat.app_secret().expose(),
        door.url(),
        standin.url(),
        door.url(),
        door.url(),
    ))?;
    interrupted().await?;
    door.stop().await.map_err(Problem::defect)?;
    Ok(ExitStatus::Success)
}

/// Waits until somebody ends the process.
pub(super) async fn interrupted() -> Result<(), Problem> {
    #[cfg(unix)]
    {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
