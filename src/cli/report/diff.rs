//! `wxconform report diff`: what became better or worse?

use std::io::Write as _;

use super::super::arguments::ReportDiff;
use super::{read, shown};
use crate::cli::console::Console;
use crate::cli::problem::Problem;
use crate::record::{Change, Difference, ExitStatus, RequirementVerdict, RunRecord, differences};

/// The kinds of change in the order in which they are told, each with its heading.
const HEADINGS: &[(Change, &str)] = &[
    (Change::Broke, "broke"),
    (Change::Lost, "no longer judged"),
    (Change::New, "new"),
    (Change::Gone, "gone"),
    (Change::Changed, "changed otherwise"),
    (Change::Fixed, "fixed"),
];

/// Tells what changed, and ends with 1 when something became worse.
pub(super) fn run(arguments: &ReportDiff, console: &mut Console) -> Result<ExitStatus, Problem> {
    let old = read(&arguments.old)?.record;
    let new = read(&arguments.new)?.record;
    for (name, before, after) in unlike(&old, &new) {
        console.warn(&tr!(
            "the reports differ in {name}: {before} before, {after} after; what follows may be due to that",
            name,
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
            writeln!(page, "{heading}")?;
            for one in of_kind {
                let head = format!(
                    "{} {:<10} {:<8} ",
                    mark(one),
                    shown(&one.requirement.id),
                    one.requirement.level.to_string()
                );
                let text = format!("{}  {}", turn(one), shown(&one.requirement.sentence));
                let options = textwrap::Options::new(width)
                    .initial_indent(&head)
                    .subsequent_indent("                      ");
                writeln!(page, "{}", textwrap::fill(&text, options))?;
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
            ("version", record.tool.version.clone()),
            ("catalogue", digest(record).catalogue),
            ("contract", record.contract.clone()),
            ("what the contract says", digest(record).contract),
            ("selection", selection(record)),
            ("strictness", record.strict.to_string()),
            (
                "part of a run",
                record
                    .shard
                    .as_ref()
                    .map_or("the whole".to_owned(), |one| tr!("{} of {}", one.index, one.of)),
            ),
        ]
    };
    let pairs = of(old).into_iter().zip(of(new));
    let differing = pairs.filter(|((_, before), (_, after))| before != after);
    differing.map(|((name, before), (_, after))| (name, named(&before), named(&after))).collect()
}

fn named(text: &str) -> String {
    if text.is_empty() { "not told".to_owned() } else { shown(text) }
}

fn mark(difference: &Difference<'_>) -> &'static str {
    match (difference.regression, difference.change) {
        (true, _) => "✗",
        (false, Change::Fixed) => "✓",
        (false, Change::Broke | Change::Lost | Change::New | Change::Gone | Change::Changed) => "·",
    }
}

fn turn(difference: &Difference<'_>) -> String {
    let word = |verdict: Option<RequirementVerdict>| verdict.map_or("absent", RequirementVerdict::word);
    format!("{} → {}", word(difference.old), word(difference.new))
}

fn closing(found: &[Difference<'_>], regressions: usize) -> String {
    let fixed = found.iter().filter(|one| one.change == Change::Fixed).count();
    match (found.len(), regressions) {
        (0, _) => "SAME  no verdict changed".to_owned(),
        (_, 0) => tr!("NO WORSE  {} changed, {fixed} of them fixed", found.len(), fixed),
        (_, _) => {
            tr!("WORSE  {regressions} of {} changes count, {fixed} fixed", found.len(), regressions, fixed)
        }
    }
}
