//! How do code scanning services read the record? As SARIF 2.1.0.
//!
//! Requirements are rules, and what somebody may have to do something about are results. The place of a result is
//! the scenario in its feature file, because the source of the backend is not known. A waived breach is a
//! suppressed result, and the troubles of the run itself are notifications of the tool.

use serde_json::{Value, json};

use super::outcome::{self, Case, Outcome};
use super::{json, printable, wording};
use crate::language::translated;
use crate::record::{ExitStatus, Level, RequirementRecord, RunRecord, sha256};

/// How many characters of a text are shown.
const LIMIT: usize = 1000;

/// How many exchanges a result tells of, counted from the last.
const EXCHANGES: usize = 8;

/// Returns the record as SARIF with a line break at the end.
pub(super) fn render(record: &RunRecord) -> String {
    let cases: Vec<Case<'_>> =
        outcome::cases(record).into_iter().filter(|case| case.outcome.is_notable()).collect();
    let results: Vec<Value> = cases.iter().map(|case| result(record, case)).collect();
    let evidence = wording::evidence(record).into_iter();
    let evidence = evidence.map(|(name, text)| (name.to_owned(), Value::String(shown(&text))));
    let mut properties: serde_json::Map<String, Value> = evidence.collect();
    properties.insert("verdict".to_owned(), record.verdict.word().into());
    properties.insert("strict".to_owned(), record.strict.into());
    json::document(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": shown(&record.tool.name),
                "version": shown(&record.tool.version),
                "semanticVersion": shown(&record.tool.version),
                "rules": record.requirements.iter().map(rule).collect::<Vec<_>>(),
            }},
            // Uploads of different contracts stand beside each other instead of replacing each other.
            "automationDetails": {"id": format!("wxconform/{}/", shown(&record.contract))},
            "invocations": [invocation(record)],
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": properties,
        }],
    }))
}

fn shown(text: &str) -> String {
    printable(text, LIMIT)
}

/// Returns a text as a message, in which brackets would be links.
fn message(text: &str) -> Value {
    json!({"text": shown(text).replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]")})
}

fn rule(requirement: &RequirementRecord) -> Value {
    let help = tr!(
        "Why: {why}\nFix: {fix}\nSource: {source}",
        why = shown(&translated(&requirement.why)),
        fix = shown(&translated(&requirement.fix)),
        source = shown(&translated(&requirement.source))
    );
    let level = match requirement.level {
        Level::Must => "error",
        Level::Should => "warning",
        Level::Observe => "note",
    };
    json!({
        "id": shown(&requirement.id),
        "shortDescription": {"text": shown(&translated(&requirement.sentence))},
        "fullDescription": {"text": shown(&translated(&requirement.why))},
        "help": {"text": help},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": [requirement.level.to_string(), shown(&requirement.area)],
            "verdict": requirement.verdict.word(),
        },
    })
}

fn result(record: &RunRecord, case: &Case<'_>) -> Value {
    let requirement = case.requirement;
    let (path, line) = case.place();
    let index = record.requirements.iter().position(|other| std::ptr::eq(other, requirement));
    let level = match case.outcome {
        Outcome::Failed | Outcome::Error => "error",
        Outcome::Advised => "warning",
        Outcome::Passed | Outcome::Observed | Outcome::Undecided | Outcome::Waived | Outcome::Skipped => {
            "note"
        }
    };
    let told = match case.outcome {
        Outcome::Error => tr!("could not be judged: {message}", message = case.message()),
        Outcome::Waived if case.scenario.is_some() => {
            [case.seen(), case.message()].join(&tr!("between parts" => "; "))
        }
        Outcome::Waived
        | Outcome::Failed
        | Outcome::Advised
        | Outcome::Passed
        | Outcome::Observed
        | Outcome::Undecided
        | Outcome::Skipped => case.message(),
    };
    let mut result = json!({
        "ruleId": shown(&requirement.id),
        "ruleIndex": index,
        "kind": if case.outcome == Outcome::Error { "open" } else { "fail" },
        "level": level,
        "message": message(&tr!("{sentence}: {told}", sentence = translated(&requirement.sentence), told)),
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(path)},
                "region": {"startLine": line},
            },
            "logicalLocations": [{"name": shown(case.name()), "kind": "scenario"}],
        }],
        "partialFingerprints": {"scenario/v1": sha256([requirement.id.as_str(), case.name()])},
        "properties": properties(case),
    });
    if case.outcome == Outcome::Error {
        // A level is only for what fails.
        result["level"] = "none".into();
    }
    if case.outcome == Outcome::Waived {
        result["suppressions"] = json!([{"kind": "external", "justification": shown(&case.message())}]);
    }
    result
}

fn properties(case: &Case<'_>) -> Value {
    let mut properties = json!({"verdict": case.outcome.word()});
    if let Some(scenario) = case.scenario {
        let skipped = scenario.exchanges.len().saturating_sub(EXCHANGES);
        let traffic =
            scenario.exchanges.iter().skip(skipped).map(|one| shown(&wording::exchange(one, LIMIT)));
        let step = scenario.steps.iter().find(|step| step.outcome == "failed").map(|step| step.text.as_str());
        properties["scenario"] = shown(&scenario.name).into();
        properties["expected"] = scenario.expected.as_deref().map(shown).into();
        properties["actual"] = scenario.actual.as_deref().map(shown).into();
        properties["step"] = step.map(shown).into();
        properties["traffic"] = traffic.collect();
    }
    properties
}

fn invocation(record: &RunRecord) -> Value {
    let of_run = outcome::trouble(record).into_iter().map(|text| notification("error", &text));
    let of_baseline = outcome::stale(record).into_iter().map(|(text, _)| notification("warning", &text));
    json!({
        "executionSuccessful": outcome::trouble(record).is_none(),
        "exitCode": ExitStatus::of(record).code(),
        "startTimeUtc": shown(&record.started_at),
        "toolExecutionNotifications": of_run.chain(of_baseline).collect::<Vec<_>>(),
    })
}

fn notification(level: &str, text: &str) -> Value {
    json!({"level": level, "message": message(text)})
}

/// Returns a path as a relative reference, in which only the letters of a path stand for themselves.
fn uri(path: &str) -> String {
    let spell = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    path.trim_start_matches('/').bytes().map(spell).collect()
}
