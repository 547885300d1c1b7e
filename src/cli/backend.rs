//! `wxconform backend`: the reference backend by itself.

use std::fmt::Write as _;
use std::io::Write as _;

use super::arguments::BackendArguments;
use super::console::Console;
use super::run::address;
use super::usage::Problem;
use super::wechat::interrupted;
use crate::record::ExitStatus;
use crate::reference::{Fault, FaultSet, Reference, Settings};

/// Serves the reference backend until it is interrupted.
pub(super) async fn run(arguments: BackendArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    if arguments.list_faults {
        return list_faults(console);
    }
    let faults = arguments.fault.iter().map(|name| Fault::named(name));
    let faults: FaultSet = faults.collect::<Result<_, _>>().map_err(Problem::usage)?;
    let settings = Settings {
        faults,
        token_lifetime: arguments.token_lifetime,
        ..Settings::new(arguments.wechat.trim_end_matches('/'))
    };
    let listen = address(&arguments.listen, "--listen")?;
    let backend = Reference::start(listen, settings).await.map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Problem::usage(format!("{error}{cause}"))
    })?;
    let mut page = format!("The backend is at {}\nand asks WeChat at {}\n", backend.url(), arguments.wechat);
    for name in &arguments.fault {
        // Writing into a String cannot fail.
        writeln!(page, "with the fault    {name}").unwrap_or_default();
    }
    page.push_str("\nCtrl-C ends it.\n");
    console.print(&page)?;
    interrupted().await?;
    backend.stop().await.map_err(Problem::defect)?;
    Ok(ExitStatus::Success)
}

fn list_faults(console: &mut Console) -> Result<ExitStatus, Problem> {
    console.render(|page, _color, width| {
        for fault in Fault::ALL {
            writeln!(page, "{} (breaks {})", fault.name(), fault.requirement())?;
            let options = textwrap::Options::new(width).initial_indent("    ").subsequent_indent("    ");
            writeln!(page, "{}", textwrap::fill(fault.summary(), &options))?;
            writeln!(page, "{}", textwrap::fill(&format!("Seen: {}", fault.origin()), &options))?;
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}
