//! `wxconform contract`: how backends spell the flow.

use std::io::Write as _;
use std::time::Duration;

use super::arguments::{ContractChoice, ContractCommand};
use super::columns::filled;
use super::console::Console;
use super::given::Options;
use super::problem::Problem;
use crate::backend::{BUILT_IN, Contract, DOCUMENTED, TimeControl, Written};
use crate::language::translated;
use crate::record::ExitStatus;
use crate::suite::{Catalogue, Choice, Plan};

/// Reads which contract a run is by.
pub(super) fn wanted(options: &Options) -> Result<Contract, Problem> {
    let text = |text: &str| Ok::<_, String>(text.to_owned());
    let set = options.get("set").map(|given| given.read_each(text)).transpose()?.unwrap_or_default();
    let name = options.get("contract").map(|given| given.read(text)).transpose()?;
    let contract = Contract::find(name.as_deref().unwrap_or(DOCUMENTED), &set)?;
    waivable(&contract)?;
    Ok(contract)
}

/// Makes sure that what a contract waives exists.
fn waivable(contract: &Contract) -> Result<(), Problem> {
    let catalogue = Catalogue::embedded()?;
    let known = |id: &str| catalogue.requirements().iter().any(|requirement| requirement.id == id);
    let Some(id) = contract.waive.keys().find(|id| !known(id)) else { return Ok(()) };
    let nearest = catalogue.nearest(id).unwrap_or_default();
    let name = &contract.name;
    Err(Problem::usage(tr!(
        "contract {name}: waive.{id}: there is no such requirement; the nearest is {nearest}",
        name,
        id,
        nearest
    )))
}

/// Carries out a command about contracts.
pub(super) fn run(command: &ContractCommand, console: &mut Console) -> Result<ExitStatus, Problem> {
    match command {
        ContractCommand::List => list(console),
        ContractCommand::Show(choice) => show(&found(choice)?, console),
        ContractCommand::Check(choice) => check(&found(choice)?, console),
        ContractCommand::Init(wanted) => super::contract_init::run(wanted, console),
    }
}

fn found(choice: &ContractChoice) -> Result<Written, Problem> {
    Ok(Contract::find_written(&choice.contract, &choice.set)?)
}

fn list(console: &mut Console) -> Result<ExitStatus, Problem> {
    let mut rows = Vec::new();
    for (name, _) in BUILT_IN {
        let contract = Contract::find(name, &[])?;
        rows.push((*name, translated(&contract.title.unwrap_or_default())));
    }
    console.render(|page, _color, width| {
        for (name, title) in &rows {
            let head = format!("{name:<22} ");
            writeln!(page, "{}", filled(width, &head, "                       ", title))?;
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}

fn show(written: &Written, console: &mut Console) -> Result<ExitStatus, Problem> {
    let text = toml::to_string_pretty(&written.sheet).map_err(Problem::defect)?;
    console.render(|page, _color, _width| write!(page, "{text}"))?;
    Ok(ExitStatus::Success)
}

fn check(written: &Written, console: &mut Console) -> Result<ExitStatus, Problem> {
    let contract = &written.contract;
    waivable(contract)?;
    let catalogue = Catalogue::embedded()?;
    let time = TimeControl::Wait(Duration::MAX);
    let plan = Plan::new(&catalogue, &Choice::default(), &time)?.fitted(contract);
    console.render(|page, _color, width| {
        let rows = plan.requirements();
        let judged = rows.iter().filter(|planned| planned.skip.is_none()).count();
        writeln!(
            page,
            "{}",
            tr!(
                "{name} can be understood; {judged} of {all} requirements apply",
                name = contract.name,
                judged,
                all = rows.len()
            )
        )?;
        for planned in rows {
            let Some(reason) = &planned.skip else { continue };
            let head = format!("  {:<10} ", planned.requirement.id);
            let text = tr!("skipped: {reason}", reason = translated(reason));
            writeln!(page, "{}", filled(width, &head, "             ", &text))?;
        }
        for (id, reason) in &contract.waive {
            writeln!(page, "  {id:<10} {}", tr!("waived: {reason}", reason))?;
        }
        Ok(())
    })?;
    Ok(ExitStatus::Success)
}
