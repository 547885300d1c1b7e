//! Do the parts of a run make up the whole, and what does the whole say?

use std::collections::{BTreeMap, HashSet};

use super::conclude::{Circumstances, overall, reason_for};
use super::follow::contradiction;
use super::{
    BackendRecord, BaselineRecord, PlannedRecord, RequirementRecord, RequirementVerdict, RunRecord, SHARING,
    ScenarioCounts, ScenarioRecord, ScenarioVerdict, ShardRecord, StaleEntry, StaleKind, Totals,
    UnexpectedCall, VerdictCounts,
};
use crate::language::translated;

/// How many scenarios an error names before it only counts the rest.
const NAMED: usize = 10;

/// Why records are not the parts of one run. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// There is nothing to join.
    #[error("{}", tr!("there is nothing to join"))]
    Nothing,
    /// Two records come from different runs.
    #[error(
        "{}",
        tr!(
            "{one} and {other} are not parts of one run: {what} differs: {before} and {after}",
            one,
            other,
            what = translated(what),
            before,
            after
        )
    )]
    Unlike {
        /// The name of the first record.
        one: String,
        /// The name of the one that differs from it.
        other: String,
        /// In what they differ.
        what: &'static str,
        /// What the first says.
        before: String,
        /// What the other says.
        after: String,
    },
    /// Something of the plan is not there, or is there twice.
    #[error("{}", tr!("the parts are not the whole: {problems}", problems = problems.join("; ")))]
    NotTheWhole {
        /// What is missing, and what is there more than once.
        problems: Vec<String>,
    },
    /// What a record concludes does not follow from its scenarios.
    #[error(
        "{}",
        tr!(
            "{name} contradicts itself, which no run does: {problem}; take the file that the run wrote, or play that \
             part again",
            name,
            problem
        )
    )]
    Contradiction {
        /// The name of the record.
        name: String,
        /// In what it contradicts itself.
        problem: String,
    },
}

/// A record with the name of the file that it comes from.
type Named = (String, RunRecord);

/// Joins the parts of a run. A record of a whole run is its only part.
///
/// A requirement is kept only if all its scenarios in all parts are. A scenario that is played in every part counts
/// by the worst of its verdicts. The whole takes as long as its longest part.
///
/// # Errors
///
/// Fails when the records are of different runs, when the plan is not covered exactly once, or when a record says
/// something that does not follow from its scenarios. Whether a record is still what was written, only its file tells.
pub fn join(parts: Vec<Named>) -> Result<RunRecord, JoinError> {
    let parts: Vec<(Named, ShardRecord)> = parts
        .into_iter()
        .map(|part| {
            let shard = part.1.shard.clone().unwrap_or_else(|| whole(&part.1));
            (part, shard)
        })
        .collect();
    let Some((first, plan)) = parts.first() else { return Err(JoinError::Nothing) };
    for (other, shard) in &parts[1..] {
        same_run(first, plan, other, shard)?;
    }
    let problems = problems(&parts, plan);
    if !problems.is_empty() {
        return Err(JoinError::NotTheWhole { problems });
    }
    for ((name, record), _) in &parts {
        if let Some(problem) = contradiction(record) {
            return Err(JoinError::Contradiction { name: name.clone(), problem });
        }
    }
    Ok(joined(&parts, plan))
}

/// Returns the part that a record of a whole run is.
fn whole(record: &RunRecord) -> ShardRecord {
    let planned = |requirement: &RequirementRecord| PlannedRecord {
        requirement: requirement.id.clone(),
        scenarios: requirement.scenarios.iter().map(|scenario| scenario.location.clone()).collect(),
    };
    ShardRecord {
        index: 1,
        of: 1,
        plan: record.requirements.iter().map(planned).collect(),
        everywhere: Vec::new(),
        musts_left_out: 0,
        beside: Vec::new(),
        asked: true,
        died: None,
    }
}

fn same_run(
    (one, first): &Named,
    plan: &ShardRecord,
    (other, record): &Named,
    shard: &ShardRecord,
) -> Result<(), JoinError> {
    let said = |record: &RunRecord, shard: &ShardRecord| {
        let evidence = record.evidence.clone().unwrap_or_default();
        let baseline = record.baseline.as_ref().map(|known| (&known.path, &known.entries));
        [
            (mark!("the version of wxconform"), record.tool.version.clone()),
            (mark!("the catalogue"), evidence.catalogue),
            (mark!("the contract"), record.contract.clone()),
            (mark!("what the contract says"), evidence.contract),
            (mark!("the seed"), record.seed.to_string()),
            (mark!("the number of parts"), shard.of.to_string()),
            (mark!("the selection"), format!("{:?}, {:?}", record.selection.only, record.selection.tags)),
            (mark!("the strictness"), record.strict.to_string()),
            (mark!("the baseline"), format!("{baseline:?}")),
            (mark!("the kind of backend"), record.backend.kind.clone()),
            (mark!("the command that started the backend"), format!("{:?}", record.backend.command)),
        ]
    };
    for ((what, before), (_, after)) in said(first, plan).into_iter().zip(said(record, shard)) {
        if before != after {
            return Err(JoinError::Unlike { one: one.clone(), other: other.clone(), what, before, after });
        }
    }
    if (&shard.plan, &shard.everywhere) != (&plan.plan, &plan.everywhere) {
        let size = |plan: &ShardRecord| {
            let scenarios = plan.plan.iter().map(|planned| planned.scenarios.len()).sum::<usize>();
            tr!("{scenarios} scenarios", scenarios)
        };
        let (before, after) = (size(plan), size(shard));
        return Err(JoinError::Unlike {
            one: one.clone(),
            other: other.clone(),
            what: mark!("the plan"),
            before,
            after,
        });
    }
    Ok(())
}

/// Returns what is missing of a plan and what is there more than once.
fn problems(parts: &[(Named, ShardRecord)], plan: &ShardRecord) -> Vec<String> {
    let mut problems = Vec::new();
    let mut names: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for ((name, _), shard) in parts {
        names.entry(shard.index).or_default().push(name);
    }
    let absent: Vec<String> =
        (1..=plan.of).filter(|index| !names.contains_key(index)).map(|index| index.to_string()).collect();
    if !absent.is_empty() {
        problems.push(tr!("of {of} parts, missing: {absent}", of = plan.of, absent = absent.join(", ")));
    }
    for (index, names) in names.iter().filter(|(_, names)| names.len() > 1) {
        problems.push(tr!(
            "part {index} of {of} is there {times} times: {names}",
            index,
            of = plan.of,
            times = names.len(),
            names = names.join(", ")
        ));
    }
    let mut found: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for ((_, record), _) in parts {
        for requirement in &record.requirements {
            for scenario in &requirement.scenarios {
                *found.entry((&requirement.id, &scenario.location)).or_default() += 1;
            }
        }
    }
    let (mut missing, mut doubled) = (Vec::new(), Vec::new());
    for planned in &plan.plan {
        for location in &planned.scenarios {
            let count = found.remove(&(planned.requirement.as_str(), location.as_str())).unwrap_or_default();
            let wanted = if plan.everywhere.contains(location) { parts.len() } else { 1 };
            let name = format!("{} ({location})", planned.requirement);
            if count < wanted {
                missing.push(name);
            } else if count > wanted {
                doubled.push(name);
            }
        }
    }
    let strange: Vec<String> = found.keys().map(|(id, location)| format!("{id} ({location})")).collect();
    if !missing.is_empty() {
        problems.push(tr!("missing: {names}", names = listed(&missing)));
    }
    if !doubled.is_empty() {
        problems.push(tr!("there more than once: {names}", names = listed(&doubled)));
    }
    if !strange.is_empty() {
        problems.push(tr!("not in the plan: {names}", names = listed(&strange)));
    }
    problems
}

fn listed(names: &[String]) -> String {
    match names.get(NAMED..).map_or(0, <[_]>::len) {
        0 => names.join(", "),
        more => tr!("{names} and {more} more", names = names[..NAMED].join(", "), more),
    }
}

fn joined(parts: &[(Named, ShardRecord)], plan: &ShardRecord) -> RunRecord {
    let records: Vec<&RunRecord> = parts.iter().map(|((_, record), _)| record).collect();
    // Whoever calls makes sure that there is one.
    let mut whole = records[0].clone();
    if let ([only], None) = (records.as_slice(), &whole.shard) {
        return (*only).clone();
    }
    whole.requirements =
        plan.plan.iter().filter_map(|planned| requirement(&records, planned, plan)).collect();
    whole.shard = None;
    whole.command = whole.command_without(&SHARING);
    whole.secrets_shown = records.iter().any(|record| record.secrets_shown);
    whole.backend = backend(&records);
    whole.baseline = baseline(&records, &whole.requirements);
    whole.preflight = records.iter().find_map(|record| record.preflight.clone());
    whole.started_at = records.iter().map(|record| &record.started_at).min().cloned().unwrap_or_default();
    whole.duration_ms = records.iter().map(|record| record.duration_ms).max().unwrap_or_default();
    whole.unexpected_calls = unexpected(&records);
    whole.totals = totals(&records, plan, &whole.requirements);
    // What does not apply in one part, and is judged in another, applies.
    let judged_somewhere = |id: &str| {
        parts.iter().any(|((_, record), shard)| {
            let here = record.requirements.iter().any(|requirement| requirement.id == id);
            here && !shard.beside.iter().any(|beside| beside == id)
        })
    };
    let beside = parts.iter().flat_map(|(_, shard)| &shard.beside).map(String::as_str);
    let circumstances = Circumstances {
        preflight: whole.preflight.as_deref(),
        died: parts.iter().find_map(|(_, shard)| shard.died.as_deref()),
        asked: parts.iter().all(|(_, shard)| shard.asked),
        strict: whole.strict,
        musts_left_out: plan.musts_left_out,
        beside: beside.filter(|id| !judged_somewhere(id)).collect::<HashSet<_>>(),
    };
    let (verdict, reason) = overall(&circumstances, &whole.requirements);
    (whole.verdict, whole.reason) = (verdict, reason);
    whole.seal();
    whole
}

fn requirement(
    records: &[&RunRecord],
    planned: &PlannedRecord,
    plan: &ShardRecord,
) -> Option<RequirementRecord> {
    let pieces: Vec<&RequirementRecord> = records
        .iter()
        .flat_map(|record| &record.requirements)
        .filter(|requirement| requirement.id == planned.requirement)
        .collect();
    let scenario = |location: &String| -> Option<ScenarioRecord> {
        let mut such = pieces
            .iter()
            .flat_map(|piece| &piece.scenarios)
            .filter(|scenario| scenario.location == *location);
        if plan.everywhere.contains(location) { worst(such) } else { such.next().cloned() }
    };
    let scenarios: Vec<ScenarioRecord> = planned.scenarios.iter().filter_map(scenario).collect();
    let verdicts: Vec<ScenarioVerdict> = scenarios.iter().map(|scenario| scenario.verdict).collect();
    let strict = records.iter().any(|record| record.strict);
    let mut whole = (*pieces.first()?).clone();
    whole.verdict = RequirementVerdict::conclude(whole.level, strict, &verdicts);
    whole.reason = reason_for(whole.verdict, &scenarios);
    whole.waiver = None;
    let waiver = pieces.iter().find_map(|piece| piece.waiver.clone());
    if let (RequirementVerdict::Broken | RequirementVerdict::Advised, Some(waiver)) = (whole.verdict, waiver)
    {
        whole.verdict = RequirementVerdict::Waived;
        whole.reason = Some(waiver.reason.clone());
        whole.waiver = Some(waiver);
    }
    whole.scenarios = scenarios;
    Some(whole)
}

/// Returns the worst of the same scenario in all parts, with what all of them noted.
fn worst<'a>(such: impl Iterator<Item = &'a ScenarioRecord>) -> Option<ScenarioRecord> {
    let weight = |scenario: &ScenarioRecord| match scenario.verdict {
        ScenarioVerdict::Broken => 0,
        ScenarioVerdict::Undecided => 1,
        ScenarioVerdict::Kept => 2,
        ScenarioVerdict::Skipped => 3,
    };
    let such: Vec<&ScenarioRecord> = such.collect();
    let mut worst = (*such.iter().min_by_key(|scenario| weight(scenario))?).clone();
    for note in such.iter().flat_map(|scenario| &scenario.notes) {
        if !worst.notes.contains(note) {
            worst.notes.push(note.clone());
        }
    }
    Some(worst)
}

/// Returns the backend of all parts; where each had its own, with the addresses of all.
fn backend(records: &[&RunRecord]) -> BackendRecord {
    let all = |of: fn(&BackendRecord) -> &String| {
        let mut texts: Vec<&str> = Vec::new();
        for record in records {
            if !texts.contains(&of(&record.backend).as_str()) {
                texts.push(of(&record.backend));
            }
        }
        texts.join(", ")
    };
    BackendRecord {
        url: all(|backend| &backend.url),
        wechat: all(|backend| &backend.wechat),
        output: records.iter().flat_map(|record| record.backend.output.clone()).collect(),
        ..records[0].backend.clone()
    }
}

/// Says anew which entries of the baseline are stale: a part does not see whether a requirement is kept throughout.
fn baseline(records: &[&RunRecord], requirements: &[RequirementRecord]) -> Option<BaselineRecord> {
    let mut whole = records[0].baseline.clone()?;
    let ended = |id: &str| -> Option<StaleEntry> {
        let stale =
            records.iter().filter_map(|record| record.baseline.as_ref()).flat_map(|known| &known.stale);
        stale.filter(|stale| stale.kind == StaleKind::Ended).find(|stale| stale.requirement == id).cloned()
    };
    let stale = |entry: &super::BaselineEntry| {
        let requirement = requirements.iter().find(|requirement| requirement.id == entry.requirement)?;
        if requirement.is_kept_throughout() {
            return Some(StaleEntry::kept(&entry.requirement, entry.line));
        }
        ended(&entry.requirement)
    };
    whole.stale = whole.entries.iter().filter_map(stale).collect();
    Some(whole)
}

fn unexpected(records: &[&RunRecord]) -> Vec<UnexpectedCall> {
    let mut calls: Vec<UnexpectedCall> = Vec::new();
    for call in records.iter().flat_map(|record| &record.unexpected_calls) {
        match calls.iter_mut().find(|known| (&known.method, &known.path) == (&call.method, &call.path)) {
            Some(known) => known.count += call.count,
            None => calls.push(call.clone()),
        }
    }
    calls
}

fn totals(records: &[&RunRecord], plan: &ShardRecord, requirements: &[RequirementRecord]) -> Totals {
    let sum = |of: fn(&Totals) -> usize| records.iter().map(|record| of(&record.totals)).sum::<usize>();
    // What is played in every part is one scenario of the plan.
    let planned = sum(|totals| totals.scenarios.planned) - (records.len() - 1) * plan.everywhere.len();
    let open = sum(|totals| totals.scenarios.planned.saturating_sub(totals.scenarios.ran));
    let mut counts = VerdictCounts::default();
    for requirement in requirements {
        counts.add(requirement.verdict);
    }
    Totals {
        catalogue: records[0].totals.catalogue,
        selected: requirements.len(),
        requirements: counts,
        scenarios: ScenarioCounts { planned, ran: planned.saturating_sub(open) },
        exchanges: sum(|totals| totals.exchanges),
        wechat_calls: sum(|totals| totals.wechat_calls),
    }
}
