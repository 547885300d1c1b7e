//! How does GitLab show the record in a merge request? As code quality.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::outcome::{self, Case, Outcome};
use super::{json, printable, wording};
use crate::language::translated;
use crate::record::{RunRecord, sha256};

/// How many characters of a text are shown.
const LIMIT: usize = 1000;

/// Returns what is not as it should be as a list of issues with a line break at the end.
///
/// A fingerprint is made of the requirement and the scenario's name, so that it stays when lines move, and
/// GitLab can tell what is new from what was there before.
pub(super) fn render(record: &RunRecord) -> String {
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    let mut issues: Vec<Value> = Vec::new();
    if let Some(trouble) = outcome::trouble(record) {
        issues.push(of_run("RUN", "blocker", &trouble));
    }
    if let Some((title, entries)) = outcome::stale(record) {
        issues.push(of_run(
            "BASELINE",
            "major",
            &[vec![title], entries].concat().join(&tr!("between parts" => "; ")),
        ));
    }
    issues.extend(wording::secrets(record).map(|warning| of_run("SECRETS", "info", &warning)));
    let cases = outcome::cases(record);
    for case in cases.iter().filter(|case| case.outcome.is_notable() && case.outcome != Outcome::Waived) {
        let turn = seen.entry((&case.requirement.id, case.name())).or_default();
        issues.push(issue(case, *turn));
        *turn += 1;
    }
    json::document(&Value::Array(issues))
}

fn of_run(name: &str, severity: &str, text: &str) -> Value {
    json!({
        "description": printable(text, LIMIT),
        "check_name": name,
        "fingerprint": bare(&sha256([name])),
        "severity": severity,
        "location": {"path": "features", "lines": {"begin": 1}},
    })
}

fn issue(case: &Case<'_>, turn: usize) -> Value {
    let requirement = case.requirement;
    let (path, line) = case.place();
    let severity = match (case.outcome, requirement.level) {
        (Outcome::Failed, crate::record::Level::Must) => "critical",
        (Outcome::Failed | Outcome::Error, _) => "major",
        (
            Outcome::Advised
            | Outcome::Waived
            | Outcome::Undecided
            | Outcome::Passed
            | Outcome::Observed
            | Outcome::Skipped,
            _,
        ) => "minor",
    };
    let text = tr!(
        "{id}: {sentence} ({scenario}): {message}",
        id = requirement.id,
        sentence = translated(&requirement.sentence),
        scenario = case.title(),
        message = case.message()
    );
    json!({
        "description": printable(&text, LIMIT),
        "check_name": printable(&requirement.id, LIMIT),
        "fingerprint": bare(&sha256([requirement.id.as_str(), case.name(), &turn.to_string()])),
        "severity": severity,
        "location": {"path": printable(path, LIMIT), "lines": {"begin": line}},
    })
}

fn bare(digest: &str) -> &str {
    digest.trim_start_matches("sha256:")
}
