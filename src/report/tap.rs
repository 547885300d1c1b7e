//! How do test harnesses read the record? As TAP, version 14.
//!
//! One line per scenario. What does not count, an advisory or a waived breach, is `not ok` with a TODO, which is
//! TAP's word for a failure that is known and tolerated.

use std::fmt::Write as _;

use super::outcome::{self, Case, Outcome};
use super::{printable, wording};
use crate::language::translated;
use crate::record::RunRecord;

/// How many characters of a text are shown.
const LIMIT: usize = 1000;

/// Returns the record as TAP with a line break at the end.
pub(super) fn render(record: &RunRecord) -> String {
    let mut lines = vec!["TAP version 14".to_owned()];
    lines.extend(
        wording::evidence(record).iter().map(|(name, text)| format!("# {name}: {}", printable(text, LIMIT))),
    );
    let mut points: Vec<String> = Vec::new();
    if let Some(trouble) = outcome::trouble(record) {
        points.push(point(
            false,
            &tr!("The run judges everything it planned to judge"),
            "",
            &[("message", trouble)],
        ));
    }
    if let Some((title, entries)) = outcome::stale(record) {
        let told = [("message", title), ("entries", entries.join(&tr!("between parts" => "; ")))];
        points.push(point(false, &tr!("The baseline lists what still occurs"), "", &told));
    }
    points.extend(outcome::cases(record).iter().map(case));
    lines.push(format!("1..{}", points.len()));
    for (index, text) in points.iter().enumerate() {
        lines.push(text.replacen('#', &(index + 1).to_string(), 1));
    }
    lines.push(format!("# verdict: {}", record.verdict.word()));
    lines.join("\n") + "\n"
}

/// Returns a test point with its number still to be filled in, as `#`.
fn point(ok: bool, name: &str, directive: &str, told: &[(&str, String)]) -> String {
    let mut text = format!("{} # - {}{directive}", if ok { "ok" } else { "not ok" }, escaped(name));
    if !told.is_empty() {
        text.push_str("\n  ---");
        for (key, value) in told {
            // Writing into a String cannot fail. What JSON quotes, YAML reads.
            write!(text, "\n  {key}: {}", serde_json::Value::from(printable(value, LIMIT)))
                .unwrap_or_default();
        }
        text.push_str("\n  ...");
    }
    text
}

/// Returns a description in which nothing begins a directive.
fn escaped(text: &str) -> String {
    printable(text, LIMIT).replace('\\', r"\\").replace('#', r"\#")
}

fn case(case: &Case<'_>) -> String {
    let requirement = case.requirement;
    let name = format!("{} {}: {}", requirement.id, requirement.level, case.title());
    let message = case.message();
    let (ok, directive) = match case.outcome {
        Outcome::Passed | Outcome::Observed => (true, String::new()),
        Outcome::Failed | Outcome::Error => (false, String::new()),
        Outcome::Advised | Outcome::Waived => (false, format!(" # TODO {}", escaped(&message))),
        Outcome::Skipped | Outcome::Undecided => (true, format!(" # SKIP {}", escaped(&message))),
    };
    let mut told = Vec::new();
    if !ok {
        told.push(("requirement", translated(&requirement.sentence)));
        told.push(("message", message));
        told.push(("severity", case.outcome.word().to_owned()));
        if let Some(scenario) = case.scenario {
            told.push(("at", scenario.location.clone()));
            told.extend(wording::failing_step(scenario).map(|step| ("step", step)));
        }
        told.push(("fix", translated(&requirement.fix)));
    }
    point(ok, &name, &directive, &told)
}
