//! How do tools of the Cucumber family read the record? As Cucumber Messages, one JSON document a line.
//!
//! The record knows requirements and scenarios and no feature files, so the documents told of here are made from
//! it: one feature for each area, one rule for each requirement, one scenario for each scenario, each with its line
//! in the real file. A scenario that was not played has one step that says why.
//!
//! | outcome | status of the step that shows it |
//! |---|---|
//! | kept | PASSED |
//! | observed, advised | PASSED, with what was seen as an attachment |
//! | broken | FAILED |
//! | undecided and counts | PENDING, which makes a run fail |
//! | undecided, waived, skipped | SKIPPED |

mod ids;
mod played;

use chrono::DateTime;
use serde_json::{Value, json};

use super::outcome::{self, Case};
use super::{json, printable, wording};
use crate::language::{spoken, translated};
use crate::record::{ExitStatus, RequirementRecord, RunRecord};
use ids::Ids;
use played::Played;

/// How many characters of a text are shown.
const LIMIT: usize = 1000;

/// Returns the record as messages, each with a line break behind it.
pub(super) fn render(record: &RunRecord) -> String {
    let mut ids = Ids::default();
    let start = nanoseconds(record);
    let mut documents = Vec::new();
    let mut pickles = Vec::new();
    let mut test_cases = Vec::new();
    let mut played = Vec::new();
    let run = ids.next();
    for (area, requirements) in areas(record) {
        let (document, scenarios) = document(record, &area, &requirements, &mut ids);
        documents.push(document);
        for scenario in scenarios {
            pickles.push(scenario.pickle());
            test_cases.push(scenario.test_case(&run));
            played.extend(scenario.messages(start));
        }
    }
    let finished = at(start + i128::from(record.duration_ms) * 1_000_000);
    let status = ExitStatus::of(record);
    let mut last =
        json!({"testRunStartedId": run, "timestamp": finished, "success": status == ExitStatus::Success});
    if let Some(trouble) = outcome::trouble(record).or(outcome::stale(record).map(|(title, _)| title)) {
        last["message"] = shown(&trouble).into();
    }
    let whole = [json!({"meta": meta(record)})]
        .into_iter()
        .chain(documents)
        .chain(pickles)
        .chain([json!({"testRunStarted": {"id": run, "timestamp": at(start)}})])
        .chain(test_cases)
        .chain(played)
        .chain([json!({"testRunFinished": last})]);
    whole.map(|message| json::escape_unsafe(&message.to_string()) + "\n").collect()
}

fn shown(text: &str) -> String {
    printable(text, LIMIT)
}

/// Says who wrote this. Where the tool runs, and what was judged by, stand in the fields that a reader shows.
fn meta(record: &RunRecord) -> Value {
    let judged: Vec<String> = wording::evidence(record)
        .iter()
        .skip(1)
        .map(|(name, text)| format!("{name} {}", shown(text)))
        .collect();
    json!({
        "protocolVersion": "34.0.0",
        "implementation": {"name": shown(&record.tool.name), "version": shown(&record.tool.version)},
        "runtime": {"name": judged.join(&tr!("between parts" => "; "))},
        // A record does not know where it was made, and a reader wants something here.
        "os": {"name": tr!("not recorded")},
        "cpu": {"name": tr!("not recorded")},
    })
}

/// Returns the requirements area by area, in the order in which the areas come first.
fn areas(record: &RunRecord) -> Vec<(String, Vec<&RequirementRecord>)> {
    let mut areas: Vec<(String, Vec<&RequirementRecord>)> = Vec::new();
    for requirement in &record.requirements {
        let area = shown(&requirement.area);
        match areas.iter_mut().find(|(name, _)| *name == area) {
            Some((_, requirements)) => requirements.push(requirement),
            None => areas.push((area, vec![requirement])),
        }
    }
    areas
}

/// Returns the document of an area, and its scenarios.
fn document<'a>(
    record: &RunRecord,
    area: &str,
    requirements: &[&'a RequirementRecord],
    ids: &mut Ids,
) -> (Value, Vec<Played<'a>>) {
    let mut scenarios = Vec::new();
    let mut rules = Vec::new();
    let first = requirements.iter().flat_map(|requirement| outcome::of(record, requirement)).next();
    // Two areas may stand in one file, and a reader tells documents apart by their addresses.
    let file = first.as_ref().map_or("features", |case| case.place().0);
    let uri = format!("{}#{area}", shown(file));
    for requirement in requirements {
        let cases: Vec<Case<'a>> = outcome::of(record, requirement);
        let line = cases.first().map_or(1, |case| case.place().1);
        let played: Vec<Played<'a>> = cases.into_iter().map(|case| Played::new(case, &uri, ids)).collect();
        let children: Vec<Value> = played.iter().map(|one| json!({"scenario": one.scenario()})).collect();
        rules.push(json!({"rule": {
            "id": ids.next(),
            "location": {"line": line},
            "keyword": tr!("Rule"),
            "name": shown(&tr!("{id}: {sentence}", id = requirement.id, sentence = translated(&requirement.sentence))),
            "description": tr!(
                "Why: {why}\nFix: {fix}\nSource: {source}\nVerdict: {verdict}",
                why = markdown(&translated(&requirement.why)),
                fix = markdown(&translated(&requirement.fix)),
                source = markdown(&translated(&requirement.source)),
                verdict = wording::verdict(requirement.verdict)
            ),
            "tags": [],
            "children": children,
        }}));
        scenarios.extend(played);
    }
    let feature = json!({
        "location": {"line": 1},
        "keyword": tr!("Feature"),
        "language": spoken().tag(),
        "name": translated(area),
        "description": "",
        "tags": [],
        "children": rules,
    });
    (json!({"gherkinDocument": {"uri": uri, "feature": feature, "comments": []}}), scenarios)
}

/// Returns a text that reads the same where a description is taken for Markdown with HTML in it.
fn markdown(text: &str) -> String {
    super::markdown::plain(&shown(text))
}

/// Returns when the run started, in nanoseconds since 1970.
fn nanoseconds(record: &RunRecord) -> i128 {
    let started = DateTime::parse_from_rfc3339(&record.started_at);
    started.map_or(0, |started| i128::from(started.timestamp_millis()) * 1_000_000)
}

/// Spells an instant.
fn at(nanoseconds: i128) -> Value {
    let second = 1_000_000_000;
    let seconds = i64::try_from(nanoseconds.div_euclid(second)).unwrap_or_default();
    let rest = i64::try_from(nanoseconds.rem_euclid(second)).unwrap_or_default();
    json!({"seconds": seconds, "nanos": rest})
}
