//! `wxconform wechat`: the stand-in by itself.

use std::io::Write as _;
use std::path::Path;

use super::arguments::WechatArguments;
use super::columns::filled;
use super::console::Console;
use super::given::Given;
use super::listening::{interrupted, random_seed, start_standin_with, taken};
use super::problem::Problem;
use super::{redirects, values};
use crate::language::translated;
use crate::record::ExitStatus;
use crate::standin::{ControlDoor, ControlError, LedgerSettings, StandIn, Trouble};

/// Serves the stand-in until it is interrupted.
pub(super) async fn run(arguments: WechatArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    if arguments.list_troubles {
        return list_troubles(console);
    }
    let trouble = arguments.trouble.map(|name| read_trouble(&name)).transpose()?;
    let listen = Given::flag("listen", &arguments.listen).read(values::address)?;
    let control = Given::flag("control", &arguments.control).read(values::address)?;
    let seed = arguments.seed.map(|seed| Given::flag("seed", &seed).read(values::seed)).transpose()?;
    let ledger = LedgerSettings {
        seed: seed.map_or_else(random_seed, Ok)?,
        every_code: trouble.map(Trouble::script),
        ..LedgerSettings::default()
    };
    let ca_file = arguments.ca_out.as_deref().map(redirects::place).transpose()?;
    if arguments.print_env && ca_file.is_none() {
        return Err(Problem::usage(tr!(
            "--print-env needs --ca-out FILE: the runtimes read a certificate from a file, and that of this WeChat \
             is made anew at each start; for example --ca-out wechat-ca.pem"
        )));
    }
    let standin = start_standin_with(listen, "--listen", ledger).await?;
    let door = ControlDoor::start(control, standin.wechat()).await.map_err(|error| match error {
        ControlError::Listen { address, source } => {
            taken(&tr!("the control door"), address, &source, "--control")
        }
        ControlError::Serve { .. } | ControlError::Panicked { .. } => Problem::defect(error),
    })?;
    if let Some(file) = &ca_file {
        redirects::write_ca(&standin, file)?;
    }
    let page = match &ca_file {
        Some(file) if arguments.print_env => redirects::page(&standin, file, &door.url()),
        _ => page(&standin, &door, trouble, ca_file.as_deref()),
    };
    console.print(&page)?;
    interrupted().await
}

fn read_trouble(name: &str) -> Result<Trouble, Problem> {
    Given::flag("trouble", name).read(|name| {
        Trouble::named(name)
            .map_err(|error| tr!("{error}; `wxconform wechat --list-troubles` shows them all", error))
    })
}

fn list_troubles(console: &mut Console) -> Result<ExitStatus, Problem> {
    console.render(|page, _color, width| {
        for trouble in Trouble::ALL {
            writeln!(
                page,
                "{}",
                tr!(
                    "{trouble} ({kind}: {expectation})",
                    trouble = trouble.name(),
                    kind = trouble.kind().said(),
                    expectation = translated(trouble.kind().expectation())
                )
            )?;
            let seen = tr!("Seen: {origin}", origin = translated(trouble.origin()));
            for text in [translated(trouble.summary()), seen] {
                writeln!(page, "{}", filled(width, "    ", "    ", &text))?;
            }
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}

fn page(standin: &StandIn, door: &ControlDoor, trouble: Option<Trouble>, ca_file: Option<&Path>) -> String {
    let wechat = standin.wechat();
    let trouble = trouble.map_or_else(String::new, |trouble| {
        tr!("every code meets {trouble}\n    {summary}\n", trouble, summary = translated(trouble.summary()))
    });
    let ca = ca_file.map_or_else(String::new, |file| tr!("vouched for by   {file}\n", file = file.display()));
    tr!(
        "WeChat is at     {wechat}\n\
         {ca}\
         its appid is     {app_id}\n\
         the secret is    {secret}\n\
         log people in at {door}/login\n\
         {trouble}\
         \n\
         Tell your backend that WeChat is at {wechat}, then:\n  \
         curl -X POST '{door}/login?person=alice'    gives a login code, as wx.login does\n  \
         curl {door}/calls                           shows what the backend asked\n\
         \n\
         If it has https://api.weixin.qq.com built in, start this with --ca-out FILE --print-env instead.\n\
         \n\
         Ctrl-C ends it.\n",
        wechat = standin.url(),
        ca,
        app_id = wechat.app_id(),
        // The stand-in's own secret is made up and published; without it nobody could configure a backend.
        secret = wechat.app_secret().expose(),
        door = door.url(),
        trouble
    )
}
