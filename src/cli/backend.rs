//! `wxconform backend`: the reference backend by itself.

use std::io::Write as _;
use std::time::Duration;

use super::arguments::BackendArguments;
use super::columns::filled;
use super::console::Console;
use super::given::{Given, Source};
use super::listening::{interrupted, taken};
use super::problem::Problem;
use super::values;
use crate::backend::{Contract, DOCUMENTED, Expiry};
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
    let lifetime = arguments.token_lifetime.as_deref().map(|text| Given::flag("token-lifetime", text));
    let listen = Given::flag("listen", &arguments.listen).read(values::address)?;
    let wechat = arguments.wechat.trim_end_matches('/');
    let spoken = spoken(&arguments, &faults)?;
    let contract = Contract::find(&spoken, &arguments.set)?;
    let lifetime = lifetime.map(|given| wanted_lifetime(&given, &contract)).transpose()?;
    let mut settings = Settings { faults, variants, ..Settings::new(wechat) }.speaking(contract);
    settings.token_lifetime = lifetime.unwrap_or(settings.token_lifetime);
    let backend = Reference::start(listen, settings).await.map_err(|error| match error {
        ReferenceError::Listen { address, source } => {
            taken(&tr!("the backend"), address, &source, "--listen")
        }
        ReferenceError::WeChatUrl { .. } => Given::flag("wechat", wechat).wrong(error),
        ReferenceError::Tls(_)
        | ReferenceError::Client(_)
        | ReferenceError::Signer(_)
        | ReferenceError::Task(_)
        | ReferenceError::Serve { .. }
        | ReferenceError::Panicked { .. } => Problem::could_not_judge(error),
    })?;
    let mut page = tr!("The backend is at {url}\nand asks WeChat at {wechat}\n", url = backend.url(), wechat);
    if spoken != DOCUMENTED {
        page.push_str(&tr!("and speaks as       {contract}\n", contract = spoken));
    }
    for name in &arguments.fault {
        page.push_str(&tr!("with the fault    {name}\n", name));
    }
    for name in &arguments.variant {
        page.push_str(&tr!("as the variant    {name}\n", name));
    }
    page.push_str(&tr!("\nCtrl-C ends it.\n"));
    console.print(&page)?;
    interrupted().await
}

/// Reads how long tokens are to live, which is not to contradict the contract.
fn wanted_lifetime(given: &Given, contract: &Contract) -> Result<Duration, Problem> {
    let lifetime = given.read(values::lifetime)?;
    match contract.expiry {
        Some(Expiry::Known(life)) if life != lifetime => Err(given.wrong(tr!(
            "the contract says that tokens live {life} s; change that with `--set expiry.seconds={lifetime}`",
            life = life.as_secs_f64(),
            lifetime = lifetime.as_secs_f64()
        ))),
        Some(Expiry::Never) => {
            Err(given.wrong(tr!("the contract says that tokens never end (expiry.never)")))
        }
        Some(Expiry::Known(_) | Expiry::Told { .. } | Expiry::Untold) | None => Ok(lifetime),
    }
}

/// Returns the contract that the backend speaks by: the one that was asked for, or else the one that its faults need.
fn spoken(arguments: &BackendArguments, faults: &FaultSet) -> Result<String, Problem> {
    if arguments.contract != DOCUMENTED {
        return Ok(arguments.contract.clone());
    }
    let mut needed = faults.iter().filter_map(|fault| Some((fault, fault.contract()?)));
    let Some((first, contract)) = needed.next() else { return Ok(arguments.contract.clone()) };
    match needed.find(|(_, other)| *other != contract) {
        None => Ok(contract.to_owned()),
        Some((second, other)) => {
            let what = tr!(
                "{first} needs a backend that speaks as {contract}, and {second} one that speaks as {other}; say which \
                 with --contract, or take one of them",
                first,
                second,
                contract,
                other
            );
            Err(Given::new("fault", Source::Flag, arguments.fault.clone()).wrong(what))
        }
    }
}

fn list_variants(console: &mut Console) -> Result<ExitStatus, Problem> {
    console.render(|page, _color, width| {
        for variant in Variant::ALL {
            writeln!(page, "{variant}")?;
            writeln!(page, "{}", filled(width, "    ", "    ", &translated(variant.summary())))?;
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}

fn list_faults(console: &mut Console) -> Result<ExitStatus, Problem> {
    console.render(|page, _color, width| {
        for fault in Fault::ALL {
            let (name, requirement) = (fault.name(), fault.requirement());
            let what = match fault.contract() {
                None => tr!("{fault} (breaks {requirement})", fault = name, requirement),
                Some(contract) => {
                    tr!(
                        "{fault} (breaks {requirement}, speaks as {contract})",
                        fault = name,
                        requirement,
                        contract
                    )
                }
            };
            writeln!(page, "{what}")?;
            let seen = tr!("Seen: {origin}", origin = translated(fault.origin()));
            for text in [translated(fault.summary()), seen] {
                writeln!(page, "{}", filled(width, "    ", "    ", &text))?;
            }
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}
