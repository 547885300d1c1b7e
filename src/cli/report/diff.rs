//! `wxconform report diff`: what became better or worse?

use std::io::Write as _;

use super::super::arguments::ReportDiff;
use super::{read, shown, warn_if_changed};
use crate::cli::columns::{filled, padded};
use crate::cli::console::Console;
use crate::cli::problem::Problem;
use crate::language::translated;
use crate::record::{
    Change, Difference, ExitStatus, RequirementVerdict, RunRecord, ScenarioChanges, ScenarioRecord,
    differences,
};

/// The kinds of change in the order in which they are told, each with its heading.
const HEADINGS: &[(Change, &str)] = &[
    (Change::Broke, mark!("broke")),
    (Change::Worse, mark!("broken in more scenarios")),
    (Change::Lost, mark!("no longer judged")),
    (Change::New, mark!("new")),
    (Change::Gone, mark!("gone")),
    (Change::Changed, mark!("changed otherwise")),
    (Change::Better, mark!("broken in fewer scenarios")),
    (Change::Fixed, mark!("fixed")),
];

/// Below the first line about a requirement.
const INDENT: &str = "                      ";

/// How many scenarios a line names before it only counts the rest.
const NAMED: usize = 10;

/// Tells what changed, and ends with 1 when something became worse.
pub(super) fn run(arguments: &ReportDiff, console: &mut Console) -> Result<ExitStatus, Problem> {
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    warn_if_changed(&arguments.old, &old, console);
    warn_if_changed(&arguments.new, &new, console);
    let (old, new) = (old.record, new.record);
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
                writeln!(page, "{}", filled(width, &head, INDENT, &text))?;
                for line in of_scenarios(&one.scenarios) {
                    writeln!(page, "{}", filled(width, INDENT, &format!("{INDENT}  "), &line))?;
                }
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
        (false, Change::Fixed | Change::Better) => "✓",
        (
            false,
            Change::Broke | Change::Worse | Change::Lost | Change::New | Change::Gone | Change::Changed,
        ) => "·",
    }
}

fn turn(difference: &Difference<'_>) -> String {
    let word = |verdict: Option<RequirementVerdict>| {
        translated(verdict.map_or(mark!("absent"), RequirementVerdict::word))
    };
    if difference.old == difference.new {
        return word(difference.new);
    }
    format!("{} → {}", word(difference.old), word(difference.new))
}

/// Says which scenarios became what behind a breach that stays one.
fn of_scenarios(changes: &ScenarioChanges<'_>) -> Vec<String> {
    type Told = fn(usize, &str) -> String;
    let kinds: [(&[&ScenarioRecord], Told); 5] = [
        (&changes.broke, |number, names| {
            tr!(
                "broken in {n} more scenario: {names}" | "broken in {n} more scenarios: {names}" % number,
                names = names
            )
        }),
        (&changes.lost, |number, names| {
            tr!(
                "no longer judged in {n} scenario: {names}"
                    | "no longer judged in {n} scenarios: {names}" % number,
                names = names
            )
        }),
        (&changes.fixed, |number, names| {
            tr!("fixed in {n} scenario: {names}" | "fixed in {n} scenarios: {names}" % number, names = names)
        }),
        (&changes.new, |number, names| {
            tr!(
                "broken in {n} scenario that the older report does not have: {names}"
                    | "broken in {n} scenarios that the older report does not have: {names}" % number,
                names = names
            )
        }),
        (&changes.gone, |number, names| {
            tr!(
                "{n} broken scenario is not in the newer report: {names}"
                    | "{n} broken scenarios are not in the newer report: {names}" % number,
                names = names
            )
        }),
    ];
    let told = kinds.into_iter().filter(|(such, _)| !such.is_empty());
    told.map(|(such, told)| told(such.len(), &names(such))).collect()
}

fn names(scenarios: &[&ScenarioRecord]) -> String {
    let name = |scenario: &&ScenarioRecord| shown(&translated(&scenario.name));
    let names = scenarios.iter().take(NAMED).map(name).collect::<Vec<_>>().join("; ");
    match scenarios.len().saturating_sub(NAMED) {
        0 => names,
        more => tr!("{names} and {more} more", names, more),
    }
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
