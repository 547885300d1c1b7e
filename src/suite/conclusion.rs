//! From what was played to the record of the run.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat};

use super::catalogue::ScenarioText;
use super::features;
use super::judging::Judging;
use super::plan::Planned;
use super::playing::Played;
use super::run::Run;
use super::shard::Part;
use super::waiving;
use crate::backend::Day;
use crate::expiry::UnixMillis;
use crate::record::{
    BackendRecord, Circumstances, EvidenceRecord, ExchangeRecord, RequirementRecord, RequirementVerdict,
    RunRecord, RunVerdict, SCHEMA, ScenarioCounts, ScenarioRecord, ScenarioVerdict, ShardRecord, StaleKind,
    StepRecord, ToolRecord, Totals, overall, reason_for,
};

/// How exactly a record says when something was sent, in milliseconds.
const PRECISION_MS: f64 = 0.001;

/// What is known about the run beside its scenarios.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) started_at: UnixMillis,
    pub(crate) wechat: String,
    /// Why nothing could be judged; absent when the pre-flight went well.
    pub(crate) preflight: Option<String>,
    /// How the backend died; absent when it is still there, or never was.
    pub(crate) died: Option<String>,
    /// The last lines that a launched backend wrote, raw.
    pub(crate) output: Vec<String>,
    pub(crate) took: Duration,
}

/// Concludes the run.
pub(crate) fn conclude(
    judging: &Judging,
    run: &Run,
    facts: &Facts,
    played: &HashMap<String, Played>,
) -> RunRecord {
    run.evidence().settle();
    let mut requirements = Vec::new();
    let mut totals = Totals {
        catalogue: judging.plan.catalogue_size,
        selected: judging.plan.requirements().len(),
        scenarios: ScenarioCounts {
            planned: judging.plan.scenarios(),
            ran: played.values().filter(|played| played.finished).count(),
        },
        exchanges: run.evidence().exchanges(),
        wechat_calls: usize::try_from(run.wechat.calls_total()).unwrap_or(usize::MAX),
        ..Totals::default()
    };
    for planned in judging.plan.requirements() {
        requirements.push(requirement_record(judging, run, facts, played, planned));
    }
    let today = Day::of(facts.started_at);
    let mut baseline = judging.baseline.as_ref().map(|known| waiving::waive(known, today, &mut requirements));
    if let Some(baseline) = baseline.as_mut().filter(|_| judging.plan.part.is_some()) {
        // A part does not see whether a deviation is gone; whoever joins the parts does.
        baseline.stale.retain(|entry| entry.kind != StaleKind::Kept);
    }
    waiving::waive_by_contract(&judging.contract, &mut requirements);
    for requirement in &requirements {
        totals.requirements.add(requirement.verdict);
    }
    let asked = run.wechat.jscode2session_total() > 0;
    let beside: HashSet<&str> = judging
        .plan
        .requirements()
        .iter()
        .filter(|planned| does_not_apply(run, planned))
        .map(|planned| planned.requirement.id.as_str())
        .collect();
    let circumstances = Circumstances {
        preflight: facts.preflight.as_deref(),
        died: facts.died.as_deref(),
        asked,
        strict: judging.strict,
        musts_left_out: judging.plan.musts_left_out,
        beside: beside.clone(),
    };
    let (verdict, reason) = overall(&circumstances, &requirements);
    let (verdict, reason) = of_part(judging, verdict, reason);
    let reason = reason.map(|reason| run.evidence().redact(&reason));
    let mut record = RunRecord {
        schema: SCHEMA.to_owned(),
        tool: ToolRecord {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        backend: backend_record(judging, run, facts, verdict),
        contract: judging.contract.name.clone(),
        evidence: Some(EvidenceRecord {
            catalogue: features::digest(),
            contract: judging.contract.digest.clone(),
            digest: None,
        }),
        seed: judging.seed,
        started_at: rfc3339(facts.started_at),
        duration_ms: whole_millis(facts.took),
        strict: judging.strict,
        selection: judging.plan.selection.clone(),
        shard: judging.plan.part.as_ref().map(|part| shard_record(part, facts, asked, &beside)),
        baseline,
        preflight: facts.preflight.clone(),
        verdict,
        reason,
        totals,
        command: judging.command.iter().map(|word| run.evidence().redact(word)).collect(),
        secrets_shown: judging.show_secrets,
        requirements,
        unexpected_calls: run.wechat.unexpected(),
    };
    record.seal();
    record
}

/// Qualifies the verdict of a part: it is never that of the whole.
fn of_part(judging: &Judging, verdict: RunVerdict, reason: Option<String>) -> (RunVerdict, Option<String>) {
    let Some(part) = judging.plan.part.as_ref().filter(|part| part.shard.of > 1) else {
        return (verdict, reason);
    };
    match verdict {
        RunVerdict::Conforming | RunVerdict::Partial => {
            let part = &part.shard;
            let why = match reason {
                Some(reason) => tr!("part {part} of the plan; {reason}", part, reason),
                None => tr!("part {part} of the plan", part),
            };
            (RunVerdict::Partial, Some(why))
        }
        RunVerdict::Nonconforming | RunVerdict::Undecided => (verdict, reason),
    }
}

fn shard_record(part: &Part, facts: &Facts, asked: bool, beside: &HashSet<&str>) -> ShardRecord {
    let mut beside: Vec<String> = beside.iter().map(|id| (*id).to_owned()).collect();
    beside.sort();
    ShardRecord {
        index: part.shard.index,
        of: part.shard.of,
        plan: part.plan.clone(),
        everywhere: part.everywhere.clone(),
        musts_left_out: part.musts_left_out,
        beside,
        asked,
        died: facts.died.clone(),
    }
}

/// Says which backend was judged. What it wrote is of use where something is not as it should be.
fn backend_record(judging: &Judging, run: &Run, facts: &Facts, verdict: RunVerdict) -> BackendRecord {
    let mut evidence = run.evidence();
    let well = match verdict {
        RunVerdict::Conforming | RunVerdict::Partial => true,
        RunVerdict::Nonconforming | RunVerdict::Undecided => false,
    };
    let output = facts.output.iter().filter(|_| !well).map(|line| evidence.redact(line)).collect();
    BackendRecord {
        url: judging.target.url().to_owned(),
        kind: judging.kind.clone(),
        wechat: facts.wechat.clone(),
        command: judging.target.vitals().map(|vitals| evidence.redact(vitals.command())),
        output,
    }
}

/// Tells whether a requirement was not judged because it is about something this backend does not do.
fn does_not_apply(run: &Run, planned: &Planned) -> bool {
    let beside = || {
        let mut scenarios = planned.requirement.scenarios.iter();
        scenarios.all(|scenario| run.log(&scenario.key).is_some_and(|log| log.read().beside))
    };
    planned.inapplicable || planned.skip.is_none() && beside()
}

fn requirement_record(
    judging: &Judging,
    run: &Run,
    facts: &Facts,
    played: &HashMap<String, Played>,
    planned: &Planned,
) -> RequirementRecord {
    let requirement = &planned.requirement;
    let scenarios: Vec<ScenarioRecord> = requirement
        .scenarios
        .iter()
        .map(|scenario| match (&planned.skip, &facts.preflight) {
            (Some(reason), _) => not_played(scenario, ScenarioVerdict::Skipped, reason),
            (None, Some(reason)) => not_played(scenario, ScenarioVerdict::Undecided, reason),
            (None, None) => scenario_record(run, facts.died.as_deref(), scenario, played.get(&scenario.key)),
        })
        .collect();
    let verdicts: Vec<ScenarioVerdict> = scenarios.iter().map(|scenario| scenario.verdict).collect();
    let verdict = RequirementVerdict::conclude(requirement.level, judging.strict, &verdicts);
    RequirementRecord {
        reason: reason_for(verdict, &scenarios),
        id: requirement.id.clone(),
        area: requirement.area.clone(),
        level: requirement.level,
        sentence: requirement.sentence.clone(),
        why: requirement.why.clone(),
        fix: requirement.fix.clone(),
        source: requirement.source.clone(),
        verdict,
        waiver: None,
        scenarios,
    }
}

fn scenario_record(
    run: &Run,
    died: Option<&str>,
    scenario: &ScenarioText,
    played: Option<&Played>,
) -> ScenarioRecord {
    let entries = run.log(&scenario.key).map(|log| log.read());
    let (Some(played), Some(entries)) = (played.filter(|played| played.finished), entries) else {
        return not_played(scenario, ScenarioVerdict::Undecided, &tr!("the scenario did not come to an end"));
    };
    let mut evidence = run.evidence();
    let mut exchanges = evidence.take_records(&scenario.key);
    // A request that was under way when the backend died looks like one that the backend broke off.
    let cut_off = died.filter(|_| exchanges.iter().any(|exchange| exchange.failure.is_some()));
    let finding = entries.finding.as_ref().filter(|_| cut_off.is_none());
    let (verdict, reason) = match (finding, &entries.unmet, &played.stopped) {
        _ if cut_off.is_some() => (ScenarioVerdict::Undecided, cut_off.map(str::to_owned)),
        (Some(_), _, _) => (ScenarioVerdict::Broken, None),
        (None, Some(reason), _) => (ScenarioVerdict::Skipped, Some(reason.clone())),
        (None, None, Some(stopped)) => (ScenarioVerdict::Undecided, Some(stopped.clone())),
        (None, None, None) if entries.kept == 0 => {
            (ScenarioVerdict::Undecided, Some(tr!("no step judged anything")))
        }
        (None, None, None) => (ScenarioVerdict::Kept, None),
    };
    if verdict == ScenarioVerdict::Broken {
        point_at(&entries.shown_by, &mut exchanges);
    }
    ScenarioRecord {
        name: scenario.name.clone(),
        location: scenario.location.clone(),
        verdict,
        reason: reason.map(|reason| evidence.redact(&reason)),
        expected: finding.map(|finding| evidence.redact(&finding.expected)),
        actual: finding.map(|finding| evidence.redact(&finding.actual)),
        notes: entries.notes.iter().map(|note| evidence.redact(note)).collect(),
        duration_ms: whole_millis(entries.took.unwrap_or_default()),
        steps: step_records(scenario, played),
        exchanges,
    }
}

/// Marks the exchanges that were sent at these moments.
fn point_at(sent: &[Duration], exchanges: &mut [ExchangeRecord]) {
    for exchange in exchanges {
        let distance = |sent: &Duration| (exchange.at_ms - sent.as_secs_f64() * 1000.0).abs();
        exchange.judged = sent.iter().any(|sent| distance(sent) < PRECISION_MS);
    }
}

fn not_played(scenario: &ScenarioText, verdict: ScenarioVerdict, reason: &str) -> ScenarioRecord {
    ScenarioRecord {
        name: scenario.name.clone(),
        location: scenario.location.clone(),
        verdict,
        reason: Some(reason.to_owned()),
        expected: None,
        actual: None,
        notes: Vec::new(),
        duration_ms: 0,
        steps: Vec::new(),
        exchanges: Vec::new(),
    }
}

/// Says of each step whether it passed. Rows of a table share the outcome of their step.
fn step_records(scenario: &ScenarioText, played: &Played) -> Vec<StepRecord> {
    let mut steps: Vec<StepRecord> = Vec::new();
    let mut index = 0;
    for text in &scenario.steps {
        if text.starts_with(' ') {
            if let Some(step) = steps.last_mut() {
                step.text.push('\n');
                step.text.push_str(text);
            }
            continue;
        }
        let outcome = match index {
            passed if passed < played.passed => "passed",
            failed if failed == played.passed && played.stopped.is_some() => "failed",
            _ => "not reached",
        };
        steps.push(StepRecord { text: text.clone(), outcome: outcome.to_owned() });
        index += 1;
    }
    steps
}

fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn rfc3339(instant: UnixMillis) -> String {
    DateTime::from_timestamp_millis(instant.millis())
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}
