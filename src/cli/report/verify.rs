//! `wxconform report verify`: is a report still what the run wrote?

use std::io::Write as _;

use super::super::arguments::ReportVerify;
use super::{read, shown};
use crate::cli::columns::padded;
use crate::cli::console::Console;
use crate::cli::problem::Problem;
use crate::language::translated;
use crate::record::{ExitStatus, Seal};

/// Recomputes the digest, and says by what was judged.
pub(super) fn run(arguments: &ReportVerify, console: &mut Console) -> Result<ExitStatus, Problem> {
    let report = read(&arguments.file)?;
    let record = &report.record;
    let told = record.evidence.as_ref().and_then(|evidence| evidence.digest.as_deref());
    console.render(|page, _color, _width| {
        match report.seal {
            Seal::Untouched => writeln!(page, "{}", tr!("UNTOUCHED  it is what the run wrote"))?,
            Seal::Changed => writeln!(page, "{}", tr!("CHANGED  it is not what the run wrote"))?,
            Seal::Missing => {
                writeln!(page, "{}", tr!("NOT SEALED  it has no digest, so nothing can be said about it"))?;
            }
        }
        writeln!(page)?;
        let evidence = record.evidence.clone().unwrap_or_default();
        for (name, text) in [
            (mark!("verdict"), translated(record.verdict.word())),
            (mark!("tool"), format!("{} {}", record.tool.name, record.tool.version)),
            (mark!("catalogue"), evidence.catalogue),
            (mark!("contract"), record.contract.clone()),
            ("", evidence.contract),
            (mark!("seed"), record.seed.to_string()),
            (mark!("started"), record.started_at.clone()),
            (mark!("digest"), told.map_or_else(|| tr!("none"), str::to_owned)),
        ] {
            writeln!(page, "{} {}", padded(&translated(name), 10), shown(&text))?;
        }
        if report.seal == Seal::Changed {
            writeln!(page, "{} {}", padded(&tr!("recomputed"), 10), report.digest)?;
        }
        Ok(())
    })?;
    Ok(match report.seal {
        Seal::Untouched => ExitStatus::Success,
        Seal::Changed | Seal::Missing => ExitStatus::Broken,
    })
}
