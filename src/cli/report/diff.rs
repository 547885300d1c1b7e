//! `wxconform report diff`: what became better or worse?

use std::io::Write as _;

use super::super::arguments::ReportDiff;
use super::{read, shown};
use crate::cli::columns::{filled, padded};
use crate::cli::console::Console;
use crate::cli::problem::Problem;
use crate::language::translated;
use crate::record::{Change, Difference, ExitStatus, RequirementVerdict, RunRecord, differences};

/// The kinds of change in the order in which they are told, each with its heading.
const HEADINGS: &[(Change, &str)] = &[
    (Change::Broke, mark!("broke")),
    (Change::Lost, mark!("no longer judged")),
    (Change::New, mark!("new")),
    (Change::Gone, mark!("gone")),
    (Change::Changed, mark!("changed otherwise")),
    (Change::Fixed, mark!("fixed")),
];

/// Tells what changed, and ends with 1 when something became worse.
pub(super) fn run(arguments: &ReportDiff, console: &mut Console) -> Result<ExitStatus, Problem> {
    let old = read(&arguments.old)?.record;
    let new = read(&arguments.new)?.record;
    for (name, before, after) in unlike(&old, &new) {
        console.warn(&tr!(
            "the reports differ in {name}: {before} before, {after} after; what follows may be due to that",
            name = translated(name),
            before,
            after
        ));
    }
    let found = differences(&old, &new, arguments.strict);
    let regressions = found.iter().filter(|one| one.regression).count();
    console.render(|page, _color, width| {
        for (change, heading) in HEADINGS {
            let of_kind: Vec<&Difference<'_>> = found.iter().filter(|one| one.change == *change).collect();
            if of_kind.is_empty() {
                continue;
            }
            writeln!(page, "{}", translated(heading))?;
            for one in of_kind {
                let level = padded(&translated(&one.requirement.level.to_string()), 8);
                let head = format!("{} {:<10} {level} ", sign(one), shown(&one.requirement.id));
                let text = format!("{}  {}", turn(one), shown(&translated(&one.requirement.sentence)));
                writeln!(page, "{}", filled(width, &head, "                      ", &text))?;
            }
            writeln!(page)?;
        }
        writeln!(page, "{}", closing(&found, regressions))
    })?;
    Ok(if regressions == 0 { ExitStatus::Success } else { ExitStatus::Broken })
}

/// Returns in what two runs differ beside their results.
fn unlike(old: &RunRecord, new: &RunRecord) -> Vec<(&'static str, String, String)> {
    let digest = |record: &RunRecord| record.evidence.clone().unwrap_or_default();
    let selection = |record: &RunRecord| format!("{:?} {:?}", record.selection.only, record.selection.tags);
    let of = |record: &RunRecord| {
        [
            (mark!("version"), record.tool.version.clone()),
            (mark!("catalogue"), digest(record).catalogue),
            (mark!("contract"), record.contract.clone()),
            (mark!("what the contract says"), digest(record).contract),
            (mark!("selection"), selection(record)),
            (mark!("strictness"), record.strict.to_string()),
            (
                mark!("part of a run"),
                record.shard.as_ref().map_or_else(
                    || tr!("the whole"),
                    |one| tr!("{index} of {all}", index = one.index, all = one.of),
                ),
            ),
        ]
    };
    let pairs = of(old).into_iter().zip(of(new));
    let differing = pairs.filter(|((_, before), (_, after))| before != after);
    differing.map(|((name, before), (_, after))| (name, named(&before), named(&after))).collect()
}

fn named(text: &str) -> String {
    if text.is_empty() { tr!("not told") } else { shown(text) }
}

fn sign(difference: &Difference<'_>) -> &'static str {
    match (difference.regression, difference.change) {
        (true, _) => "✗",
        (false, Change::Fixed) => "✓",
        (false, Change::Broke | Change::Lost | Change::New | Change::Gone | Change::Changed) => "·",
    }
}

fn turn(difference: &Difference<'_>) -> String {
    let word = |verdict: Option<RequirementVerdict>| {
        translated(verdict.map_or(mark!("absent"), RequirementVerdict::word))
    };
    format!("{} → {}", word(difference.old), word(difference.new))
}

fn closing(found: &[Difference<'_>], regressions: usize) -> String {
    let fixed = found.iter().filter(|one| one.change == Change::Fixed).count();
    match (found.len(), regressions) {
        (0, _) => tr!("SAME  no verdict changed"),
        (_, 0) => tr!("NO WORSE  {changed} changed, {fixed} of them fixed", changed = found.len(), fixed),
        (_, _) => {
            tr!(
                "WORSE  {regressions} of {changes} changes count, {fixed} fixed",
                regressions,
                changes = found.len(),
                fixed
            )
        }
    }
}
