//! `wxconform explain`: what a requirement is about.

use std::io::{self, Write};

use super::arguments::ExplainArguments;
use super::console::Console;
use super::problem::Problem;
use crate::language::translated;
use crate::record::ExitStatus;
use crate::reference::Fault;
use crate::suite::{Catalogue, ChoiceError, Requirement};

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
    let wrapped = |label: &str, text: &str| {
        let options = textwrap::Options::new(width).initial_indent(label).subsequent_indent("          ");
        textwrap::fill(text, options)
    };
    writeln!(page, "{}  {}", requirement.id, requirement.area)?;
    writeln!(page)?;
    writeln!(page, "{}", textwrap::fill(&requirement.sentence, width))?;
    writeln!(page)?;
    writeln!(page, "{}", wrapped("Level:    ", &requirement.level.to_string()))?;
    writeln!(page, "{}", wrapped("Why:      ", &requirement.why))?;
    writeln!(page, "{}", wrapped("Fix:      ", &requirement.fix))?;
    writeln!(page, "{}", wrapped("Source:   ", &requirement.source))?;
    for need in &requirement.needs {
        writeln!(page, "{}", wrapped("Needs:    ", &need.to_string()))?;
    }
    writeln!(page, "{}", wrapped("Text:     ", &requirement.location))?;
    for scenario in &requirement.scenarios {
        writeln!(page)?;
        writeln!(page, "Scenario: {}", scenario.name)?;
        for step in &scenario.steps {
            writeln!(page, "  {step}")?;
        }
    }
    let faults: Vec<&Fault> =
        Fault::ALL.iter().filter(|fault| fault.requirement() == requirement.id).collect();
    if !faults.is_empty() {
        writeln!(page)?;
        writeln!(page, "{}", tr!("Faults that break it (wxconform backend --fault NAME):"))?;
        for fault in faults {
            let head = format!("  {}: ", fault.name());
            let options = textwrap::Options::new(width).initial_indent(&head).subsequent_indent("      ");
            writeln!(page, "{}", textwrap::fill(&translated(fault.summary()), options))?;
        }
    }
    Ok(())
}
