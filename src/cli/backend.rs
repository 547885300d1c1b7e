//! `wxconform backend`: the reference backend by itself.

use std::fmt::Write as _;
use std::io::Write as _;

use super::arguments::BackendArguments;
use super::console::Console;
use super::given::{Given, Source};
use super::listening::{interrupted, taken};
use super::problem::Problem;
use super::values;
use crate::backend::{Contract, DOCUMENTED};
use crate::language::translated;
use crate::record::ExitStatus;
use crate::reference::{Fault, FaultSet, Reference, ReferenceError, Settings, Variant, VariantSet};

/// Serves the reference backend until it is interrupted.
pub(super) async fn run(arguments: BackendArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    if arguments.list_faults {
        return list_faults(console);
    }
    if arguments.list_variants {
        return list_variants(console);
    }
    let faults: FaultSet = Given::new("fault", Source::Flag, arguments.fault.clone())
        .read_each(|name| {
            Fault::named(name)
                .map_err(|error| tr!("{error}; `wxconform backend --list-faults` shows them all", error))
        })?
        .into_iter()
        .collect();
    let variants: VariantSet = Given::new("variant", Source::Flag, arguments.variant.clone())
        .read_each(|name| {
            name.parse::<Variant>()
                .map_err(|error| tr!("{error}; `wxconform backend --list-variants` shows them all", error))
        })?
        .into_iter()
        .collect();
    let lifetime = Given::flag("token-lifetime", &arguments.token_lifetime).read(values::lifetime)?;
    let listen = Given::flag("listen", &arguments.listen).read(values::address)?;
    let wechat = arguments.wechat.trim_end_matches('/');
    let contract = Contract::find(&arguments.contract, &arguments.set)?;
    let settings = Settings { faults, variants, token_lifetime: lifetime, ..Settings::new(wechat) };
    let settings = settings.speaking(contract);
    let backend = Reference::start(listen, settings).await.map_err(|error| match error {
        ReferenceError::Listen { address, source } => taken("the backend", address, &source, "--listen"),
        ReferenceError::WeChatUrl { .. } => Given::flag("wechat", wechat).wrong(error),
        ReferenceError::Tls(_)
        | ReferenceError::Client(_)
        | ReferenceError::Signer(_)
        | ReferenceError::Task(_)
        | ReferenceError::Serve { .. }
        | ReferenceError::Panicked { .. } => Problem::could_not_judge(error),
    })?;
    let mut page = tr!("The backend is at {}\nand asks WeChat at {wechat}\n", backend.url(), wechat);
    if arguments.contract != DOCUMENTED {
        page.push_str("and speaks as       ");
        page.push_str(&arguments.contract);
        page.push('\n');
    }
    for name in &arguments.fault {
        // Writing into a String cannot fail.
        writeln!(page, "{}", tr!("with the fault    {name}", name)).unwrap_or_default();
    }
    for name in &arguments.variant {
        writeln!(page, "{}", tr!("as the variant    {name}", name)).unwrap_or_default();
    }
    page.push_str("\nCtrl-C ends it.\n");
    console.print(&page)?;
    interrupted().await
}

fn list_variants(console: &mut Console) -> Result<ExitStatus, Problem> {
    console.render(|page, _color, width| {
        for variant in Variant::ALL {
            writeln!(page, "{variant}")?;
            let options = textwrap::Options::new(width).initial_indent("    ").subsequent_indent("    ");
            writeln!(page, "{}", textwrap::fill(&translated(variant.summary()), &options))?;
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}

fn list_faults(console: &mut Console) -> Result<ExitStatus, Problem> {
    console.render(|page, _color, width| {
        for fault in Fault::ALL {
            writeln!(page, "{}", tr!("{} (breaks {})", fault.name(), fault.requirement()))?;
            let options = textwrap::Options::new(width).initial_indent("    ").subsequent_indent("    ");
            writeln!(page, "{}", textwrap::fill(&translated(fault.summary()), &options))?;
            writeln!(page, "{}", textwrap::fill(&format!("Seen: {}", translated(fault.origin())), &options))?;
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}
