//! What is said about one scenario?

use serde_json::{Value, json};

use super::ids::Ids;
use super::{at, shown};
use crate::language::{spoken, translated};
use crate::record::{ScenarioRecord, StepRecord};
use crate::report::outcome::{Case, Outcome};
use crate::report::wording;

/// How many characters of an exchange are shown.
const LINE: usize = 200;

/// How many exchanges are shown, counted from the last.
const EXCHANGES: usize = 20;

/// The words that steps begin with, and what kind of step each makes.
const KEYWORDS: &[(&str, &str)] = &[
    ("Given ", "Context"),
    ("When ", "Action"),
    ("Then ", "Outcome"),
    ("And ", "Conjunction"),
    ("But ", "Conjunction"),
    ("* ", "Unknown"),
];

/// A scenario with the names by which messages refer to it.
#[derive(Debug)]
pub(super) struct Played<'a> {
    case: Case<'a>,
    uri: String,
    scenario: String,
    pickle: String,
    test_case: String,
    started: String,
    steps: Vec<Step>,
}

/// A step with its names.
#[derive(Debug)]
struct Step {
    node: String,
    pickle: String,
    test: String,
    keyword: String,
    kind: &'static str,
    text: String,
    /// The rows of a table, as they are written.
    rows: Option<String>,
    status: &'static str,
}

impl<'a> Played<'a> {
    pub(super) fn new(case: Case<'a>, uri: &str, ids: &mut Ids) -> Self {
        let recorded: &[StepRecord] = case.scenario.map_or(&[], |scenario| &scenario.steps);
        let mut steps: Vec<Step> =
            recorded.iter().map(|step| Step::recorded(step, case.outcome, ids)).collect();
        let telling = telling(case.outcome);
        // What no step shows is shown by one more.
        if steps.is_empty() || telling != "PASSED" && !steps.iter().any(|step| step.status == telling) {
            let message = case.message();
            let text = if message.is_empty() { tr!("nothing is recorded") } else { message };
            steps.push(Step::new("* ", "Unknown", &text, telling, ids));
        }
        Self {
            case,
            uri: uri.to_owned(),
            scenario: ids.next(),
            pickle: ids.next(),
            test_case: ids.next(),
            started: ids.next(),
            steps,
        }
    }

    fn tags(&self) -> [String; 2] {
        let requirement = self.case.requirement;
        [format!("@{}", shown(&requirement.id)), format!("@{}", requirement.level)]
    }

    fn line(&self) -> u32 {
        self.case.place().1
    }

    /// Returns the scenario as a part of its document. No line of its steps is recorded.
    pub(super) fn scenario(&self) -> Value {
        let location = json!({"line": self.line()});
        let steps = self.steps.iter().map(|step| {
            let mut node = json!({
                "id": step.node,
                "location": location,
                "keyword": step.keyword,
                "keywordType": step.kind,
                "text": step.text,
            });
            if let Some(rows) = &step.rows {
                node["docString"] = json!({"location": location, "content": rows, "delimiter": "\"\"\""});
            }
            node
        });
        let tags = self.tags();
        let tag = |(index, name): (usize, &String)| json!({"id": format!("{}-{index}", self.scenario), "location": location, "name": name});
        json!({
            "id": self.scenario,
            "location": location,
            "keyword": tr!("Scenario"),
            "name": shown(&self.case.title()),
            "description": "",
            "tags": tags.iter().enumerate().map(tag).collect::<Vec<_>>(),
            "steps": steps.collect::<Vec<_>>(),
            "examples": [],
        })
    }

    pub(super) fn pickle(&self) -> Value {
        let steps = self.steps.iter().map(|step| {
            let kind = if step.kind == "Conjunction" { "Unknown" } else { step.kind };
            let mut told =
                json!({"id": step.pickle, "type": kind, "text": step.text, "astNodeIds": [step.node]});
            if let Some(rows) = &step.rows {
                told["argument"] = json!({"docString": {"content": rows}});
            }
            told
        });
        let tags = self.tags();
        let tag = |(index, name): (usize, &String)| json!({"name": name, "astNodeId": format!("{}-{index}", self.scenario)});
        json!({"pickle": {
            "id": self.pickle,
            "uri": self.uri,
            "location": {"line": self.line()},
            "name": shown(&self.case.title()),
            "language": spoken().tag(),
            "steps": steps.collect::<Vec<_>>(),
            "tags": tags.iter().enumerate().map(tag).collect::<Vec<_>>(),
            "astNodeIds": [self.scenario],
        }})
    }

    pub(super) fn test_case(&self, run: &str) -> Value {
        let steps = self.steps.iter();
        let steps =
            steps.map(|step| json!({"id": step.test, "pickleStepId": step.pickle, "stepDefinitionIds": []}));
        json!({"testCase": {
            "id": self.test_case,
            "pickleId": self.pickle,
            "testRunStartedId": run,
            "testSteps": steps.collect::<Vec<_>>(),
        }})
    }

    /// Says what happened, from the start of the scenario to its end.
    pub(super) fn messages(&self, run_start: i128) -> Vec<Value> {
        let scenario = self.case.scenario;
        // Nobody recorded when a scenario started; the first request comes next to it.
        let first = scenario.and_then(|scenario| scenario.exchanges.first()).map_or(0.0, |one| one.at_ms);
        let start = run_start + nanoseconds(first);
        let took = i128::from(scenario.map_or(0, |scenario| scenario.duration_ms)) * 1_000_000;
        let started = at(start);
        let mut messages = vec![json!({"testCaseStarted": {
            "id": self.started,
            "testCaseId": self.test_case,
            "attempt": 0,
            "timestamp": started,
        }})];
        // A report for people shows traffic below the step that judged it.
        let shows =
            self.steps.iter().position(|step| step.status != "PASSED").unwrap_or(self.steps.len() - 1);
        for (index, step) in self.steps.iter().enumerate() {
            let duration = if index == shows { took } else { 0 };
            let mut result = json!({"status": step.status, "duration": at(duration)});
            if index == shows && step.status != "PASSED" {
                result["message"] = shown(&self.case.message()).into();
            }
            let is_over = if index < shows { &started } else { &at(start + took) };
            messages.push(json!({"testStepStarted": {
                "testCaseStartedId": self.started,
                "testStepId": step.test,
                "timestamp": if index <= shows { &started } else { is_over },
            }}));
            if let (true, Some(text)) = (index == shows, self.attachment()) {
                messages.push(json!({"attachment": {
                    "body": text,
                    "contentEncoding": "IDENTITY",
                    "mediaType": "text/plain",
                    "testCaseStartedId": self.started,
                    "testStepId": step.test,
                    "timestamp": started,
                }}));
            }
            messages.push(json!({"testStepFinished": {
                "testCaseStartedId": self.started,
                "testStepId": step.test,
                "testStepResult": result,
                "timestamp": is_over,
            }}));
        }
        messages.push(json!({"testCaseFinished": {
            "testCaseStartedId": self.started,
            "timestamp": at(start + took),
            "willBeRetried": false,
        }}));
        messages
    }

    /// Returns what stands below the step: what was seen, and the traffic where somebody has to look at it.
    fn attachment(&self) -> Option<String> {
        let tolerated = matches!(self.case.outcome, Outcome::Advised | Outcome::Observed);
        let mut lines: Vec<String> = tolerated.then(|| self.case.message()).into_iter().collect();
        if let Some(scenario) = self.case.scenario {
            lines.extend(scenario.notes.iter().map(|note| translated(note)));
            if self.case.outcome.is_notable() {
                lines.extend(traffic(scenario));
            }
        }
        (!lines.is_empty()).then(|| lines.iter().map(|line| shown(line)).collect::<Vec<_>>().join("\n"))
    }
}

impl Step {
    fn recorded(step: &StepRecord, outcome: Outcome, ids: &mut Ids) -> Self {
        let (sentence, rows) = match step.text.split_once('\n') {
            Some((sentence, rows)) => (sentence, Some(rows)),
            None => (step.text.as_str(), None),
        };
        let found = KEYWORDS.iter().find(|(keyword, _)| sentence.starts_with(keyword));
        let (keyword, kind) = found.copied().unwrap_or(("* ", "Unknown"));
        let status = match step.outcome.as_str() {
            "passed" => "PASSED",
            "failed" => telling(outcome),
            _ => "SKIPPED",
        };
        let rest = sentence.strip_prefix(keyword).unwrap_or(sentence);
        let rows =
            rows.map(|rows| rows.lines().map(|row| shown(&translated(row))).collect::<Vec<_>>().join("\n"));
        // A twin has its keyword before its first blank, as the original has.
        let told = translated(sentence);
        match told.split_once(' ') {
            Some((keyword, rest)) if told != sentence => {
                Self { rows, ..Self::new(&format!("{keyword} "), kind, rest, status, ids) }
            }
            _ => Self { rows, ..Self::new(keyword, kind, rest, status, ids) },
        }
    }

    fn new(keyword: &str, kind: &'static str, text: &str, status: &'static str, ids: &mut Ids) -> Self {
        Self {
            node: ids.next(),
            pickle: ids.next(),
            test: ids.next(),
            keyword: keyword.to_owned(),
            kind,
            text: shown(text),
            rows: None,
            status,
        }
    }
}

/// Returns the status of the step that shows an outcome.
const fn telling(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed | Outcome::Observed | Outcome::Advised => "PASSED",
        Outcome::Failed => "FAILED",
        Outcome::Error => "PENDING",
        Outcome::Undecided | Outcome::Waived | Outcome::Skipped => "SKIPPED",
    }
}

fn traffic(scenario: &ScenarioRecord) -> impl Iterator<Item = String> + '_ {
    let earlier = scenario.exchanges.len().saturating_sub(EXCHANGES);
    let left_out = (earlier > 0)
        .then(|| tr!("{n} earlier exchange left out" | "{n} earlier exchanges left out" % earlier));
    left_out
        .into_iter()
        .chain(scenario.exchanges.iter().skip(earlier).map(|one| wording::exchange(one, LINE)))
}

/// Returns milliseconds as nanoseconds; what is no number of them is none.
fn nanoseconds(milliseconds: f64) -> i128 {
    let span = std::time::Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default();
    i128::try_from(span.as_nanos()).unwrap_or_default()
}
