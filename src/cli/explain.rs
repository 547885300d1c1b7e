//! `wxconform explain`: what a requirement is about.

use std::io::{self, Write};

use super::arguments::ExplainArguments;
use super::columns::{filled, padded};
use super::console::Console;
use super::problem::Problem;
use crate::language::translated;
use crate::record::ExitStatus;
use crate::reference::Fault;
use crate::suite::{Catalogue, ChoiceError, Requirement};

/// The width of the labels, and of the blanks below them.
const LABEL: usize = 10;

/// Prints everything that is known about a requirement.
pub(super) fn run(arguments: &ExplainArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let catalogue = Catalogue::embedded()?;
    let requirement = catalogue.find(&arguments.id).ok_or_else(|| ChoiceError::UnknownId {
        id: arguments.id.clone(),
        nearest: catalogue.nearest(&arguments.id).unwrap_or_default().to_owned(),
    })?;
    console.render(|page, _color, width| explain(requirement, width, page))?;
    Ok(ExitStatus::Success)
}

fn explain(requirement: &Requirement, width: usize, page: &mut impl Write) -> io::Result<()> {
    let labelled =
        |label: &str, text: &str| filled(width, &padded(label, LABEL), &" ".repeat(LABEL), &translated(text));
    writeln!(page, "{}  {}", requirement.id, translated(&requirement.area))?;
    writeln!(page)?;
    writeln!(page, "{}", filled(width, "", "", &translated(&requirement.sentence)))?;
    writeln!(page)?;
    writeln!(page, "{}", labelled(&tr!("Level:"), &requirement.level.to_string()))?;
    writeln!(page, "{}", labelled(&tr!("Why:"), &requirement.why))?;
    writeln!(page, "{}", labelled(&tr!("Fix:"), &requirement.fix))?;
    writeln!(page, "{}", labelled(&tr!("Source:"), &requirement.source))?;
    for need in &requirement.needs {
        writeln!(page, "{}", labelled(&tr!("Needs:"), &need.to_string()))?;
    }
    writeln!(page, "{}", labelled(&tr!("Text:"), &requirement.location))?;
    for scenario in &requirement.scenarios {
        writeln!(page)?;
        writeln!(page, "{}", tr!("Scenario: {name}", name = translated(&scenario.name)))?;
        for step in &scenario.steps {
            writeln!(page, "  {}", translated(step))?;
        }
    }
    let faults: Vec<&Fault> =
        Fault::ALL.iter().filter(|fault| fault.requirement() == requirement.id).collect();
    if !faults.is_empty() {
        writeln!(page)?;
        writeln!(page, "{}", tr!("Faults that break it (wxconform backend --fault NAME):"))?;
        for fault in faults {
            let head = format!("  {}: ", fault.name());
            writeln!(page, "{}", filled(width, &head, "      ", &translated(fault.summary())))?;
        }
    }
    Ok(())
}
