//! `wxconform list`: the requirements.

use std::io::Write as _;
use std::time::Duration;

use super::arguments::ListArguments;
use super::choice::{self, planned};
use super::columns::{filled, padded};
use super::console::Console;
use super::given::Options;
use super::problem::Problem;
use crate::backend::TimeControl;
use crate::language::translated;
use crate::record::ExitStatus;

/// What the lines of a long sentence begin with, so that they stand below its first one.
const INDENT: &str = "                      ";

/// Prints the requirements, area by area.
pub(super) fn run(arguments: &ListArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    let options = Options::default().or(arguments.given());
    let plan = planned(&options, &choice::read(&options)?, &TimeControl::Wait(Duration::MAX))?;
    console.render(|page, _color, width| {
        let mut area = "";
        for planned in plan.requirements() {
            let requirement = &planned.requirement;
            if requirement.area != area {
                let gap = if area.is_empty() { "" } else { "\n" };
                writeln!(page, "{gap}{}", translated(&requirement.area))?;
                area = &requirement.area;
            }
            let level = padded(&translated(&requirement.level.to_string()), 8);
            let head = format!("  {:<10} {level} ", requirement.id);
            writeln!(page, "{}", filled(width, &head, INDENT, &translated(&requirement.sentence)))?;
        }
        Ok(())
    })?;
    if plan.requirements().is_empty() {
        console.warn(&tr!("no requirement fits this choice"));
        return Ok(ExitStatus::NothingRan);
    }
    Ok(ExitStatus::Success)
}
