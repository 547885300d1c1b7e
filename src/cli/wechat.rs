//! `wxconform wechat`: the stand-in by itself.

use super::arguments::WechatArguments;
use super::console::Console;
use super::given::Given;
use super::listening::{interrupted, random_seed, start_standin, taken};
use super::problem::Problem;
use super::values;
use crate::record::ExitStatus;
use crate::standin::{ControlDoor, ControlError, StandIn};

/// Serves the stand-in until it is interrupted.
pub(super) async fn run(arguments: WechatArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let listen = Given::flag("listen", &arguments.listen).read(values::address)?;
    let control = Given::flag("control", &arguments.control).read(values::address)?;
    let seed = arguments.seed.map(|seed| Given::flag("seed", &seed).read(values::seed)).transpose()?;
    let standin = start_standin(listen, "--listen", seed.map_or_else(random_seed, Ok)?).await?;
    let door = ControlDoor::start(control, standin.wechat()).await.map_err(|error| match error {
        ControlError::Listen { address, source } => taken("the control door", address, &source, "--control"),
        ControlError::Serve { .. } | ControlError::Panicked { .. } => Problem::defect(error),
    })?;
    console.print(&page(&standin, &door))?;
    interrupted().await
}

fn page(standin: &StandIn, door: &ControlDoor) -> String {
    let wechat = standin.wechat();
    format!(
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
    )
}
