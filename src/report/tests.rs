//! What holds for the formats that build servers read: each reads as before, and no text of a backend does harm in
//! any of them.

use std::collections::HashSet;

use regex::Regex;
use serde_json::Value;

use super::outcome::{self, Outcome};
use super::{Format, fixtures, render};
use crate::record::{RunRecord, RunVerdict};

/// What a hostile backend would like each reader to do.
const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\r\n::error file=a,line=1::owned\n##[error]owned\n]]>&<script>alert(1)</script>\
    <img src=x onerror=alert(1)> |`code` ``` *a* _b_ [click](http://evil.example) ![i](http://evil.example) \
    www.evil.example @everyone #1 %0A::error::x\nok 1 - x\n1..99\nBail out! # SKIP # TODO\n  ...\n---\0\u{202e}\u{fffd}{0}\"'\\";

/// Returns a record in which every text that can come from outside is hostile.
fn hostile() -> RunRecord {
    let mut record = fixtures::nonconforming();
    let text = || HOSTILE.to_owned();
    record.backend.url = text();
    record.backend.output = vec![text()];
    record.contract = text();
    record.reason = Some(text());
    record.started_at = text();
    if let Some(baseline) = &mut record.baseline {
        baseline.path = text();
        baseline.stale.iter_mut().for_each(|entry| entry.why = text());
    }
    for requirement in &mut record.requirements {
        requirement.reason = Some(text());
        if let Some(waiver) = &mut requirement.waiver {
            waiver.owner = text();
        }
        for scenario in &mut requirement.scenarios {
            scenario.name.push_str(HOSTILE);
            scenario.reason = Some(text());
            scenario.expected = Some(text());
            scenario.actual = Some(text());
            scenario.notes = vec![text()];
            for step in &mut scenario.steps {
                step.text.push_str(HOSTILE);
            }
            for exchange in &mut scenario.exchanges {
                exchange.url = text();
                exchange.failure = exchange.status.is_none().then(text);
            }
        }
    }
    record
}

fn of(format: Format, record: &RunRecord) -> String {
    render(format, record).unwrap()
}

fn json(format: Format, record: &RunRecord) -> Value {
    serde_json::from_str(&of(format, record)).unwrap()
}

fn notable(record: &RunRecord, but: Option<Outcome>) -> usize {
    let cases = outcome::cases(record);
    cases.iter().filter(|case| case.outcome.is_notable() && Some(case.outcome) != but).count()
}

#[test]
fn each_format_reads_as_before() {
    // These are compared elsewhere, each in its own way.
    let elsewhere = [Format::Html, Format::Json, Format::Junit];
    for format in Format::ALL.iter().filter(|format| !elsewhere.contains(format)) {
        let name = format!("report__{format}");
        fixtures::assert_snapshot(&name, &of(*format, &fixtures::nonconforming()));
    }
}

#[test]
fn no_format_carries_what_drives_a_terminal() {
    let record = hostile();
    for format in Format::ALL {
        let text = of(*format, &record);
        let driving: Vec<char> =
            text.chars().filter(|c| *c != '\n' && super::printable::is_unsafe(*c)).collect();
        // An emoji that says how it wants to be shown is our own.
        let driving: Vec<char> = driving.into_iter().filter(|c| *c != '\u{fe0f}').collect();
        assert!(driving.is_empty(), "{format}: {driving:?}");
        assert!(
            text.contains("alert"),
            "{format} shows nothing of what the backend said, so it proves nothing"
        );
    }
}

#[test]
fn one_record_gives_one_text_and_a_record_of_nothing_gives_one_too() {
    for record in fixtures::all() {
        for format in Format::ALL {
            assert_eq!(of(*format, &record), of(*format, &record));
            assert!(of(*format, &record).ends_with('\n'), "{format}");
        }
    }
}

#[test]
fn what_could_not_be_judged_is_told_in_every_format() {
    let record = fixtures::unreachable();
    for format in Format::ALL {
        let text = of(*format, &record).to_lowercase();
        assert!(text.contains("could not judge") || text.contains("\"undecided\""), "{format}: {text}");
    }
}

#[test]
fn a_backend_that_was_not_there_is_one_trouble_and_not_one_for_each_requirement() {
    let mut record = fixtures::unasked();
    record.strict = true;
    let reason = record.reason.clone().unwrap();
    assert!(record.requirements.len() > 10, "too few to prove anything");
    let github = of(Format::Github, &record);
    assert_eq!(github.matches("::error ").count(), 1, "{github}");
    assert!(github.starts_with(&format!("::error title=wxconform::could not judge: {reason}\n")), "{github}");
    assert_eq!(github.matches("::notice ").count(), github.lines().count() - 1, "{github}");
    let gitlab = json(Format::Gitlab, &record);
    assert_eq!(gitlab.as_array().unwrap().len(), 1, "{gitlab}");
    assert_eq!(gitlab[0]["severity"], "blocker");
    let sarif = &json(Format::Sarif, &record)["runs"][0];
    assert_eq!(sarif["results"], serde_json::json!([]));
    let notified = sarif["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notified.len(), 1, "{notified:?}");
    assert!(notified[0]["message"]["text"].as_str().unwrap().contains(&reason), "{notified:?}");
    let tap = of(Format::Tap, &record);
    assert_eq!(tap.matches("\nnot ok ").count(), 1, "{tap}");
    assert!(tap.contains("\nnot ok 1 - The run judges"), "{tap}");
    assert_eq!(tap.matches(" # SKIP ").count(), outcome::cases(&record).len());
    let junit = of(Format::Junit, &record);
    let junit = quick_junit::Report::deserialize_from_str(&junit).unwrap();
    let skipped: usize = junit.test_suites.iter().map(|suite| suite.skipped).sum();
    assert_eq!((junit.errors, junit.failures, skipped), (1, 0, junit.tests - 1));
    let messages = of(Format::Messages, &record);
    assert!(!messages.contains("PENDING") && !messages.contains("FAILED"), "{messages}");
}

#[test]
fn what_other_parts_of_a_run_judged_is_told_though_one_part_found_no_backend() {
    let mut record = fixtures::nonconforming();
    (record.verdict, record.preflight) = (RunVerdict::Undecided, Some("nobody there".to_owned()));
    let findings = notable(&record, None);
    assert!(findings > 5, "{findings}");
    let results = json(Format::Sarif, &record);
    assert_eq!(results["runs"][0]["results"].as_array().unwrap().len(), findings);
    // A backend that ended while it was judged was there.
    assert_eq!(notable(&fixtures::died(), None), 1);
}

#[test]
fn sarif_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../tests/schemas/sarif.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for record in fixtures::all() {
        let value = json(Format::Sarif, &record);
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let run = &value["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
    }
}

#[test]
fn sarif_tells_weights_apart_and_makes_no_link_of_what_a_backend_said() {
    let value = json(Format::Sarif, &fixtures::nonconforming());
    let results = value["runs"][0]["results"].as_array().unwrap();
    let of = |id: &str| results.iter().find(|result| result["ruleId"] == id).unwrap();
    assert_eq!(of("CODE-02")["level"], "error");
    assert_eq!(of("CODE-02")["locations"][0]["physicalLocation"]["region"]["startLine"], 31);
    assert_eq!(of("TOKEN-04")["level"], "warning");
    assert_eq!((&of("WECHAT-07")["kind"], &of("WECHAT-07")["level"]), (&"open".into(), &"none".into()));
    assert_eq!(of("USER-04")["suppressions"][0]["kind"], "external");
    assert!(!results.iter().any(|result| result["ruleId"] == "CODE-01"), "what is kept is no result");
    let hostile = json(Format::Sarif, &hostile());
    for result in hostile["runs"][0]["results"].as_array().unwrap() {
        let text = result["message"]["text"].as_str().unwrap();
        assert!(text.contains(r"\[click\](http"), "{text}");
    }
}

#[test]
fn messages_are_one_document_a_line_and_refer_to_what_was_said_before() {
    for record in fixtures::all().iter().chain([&hostile()]) {
        let text = of(Format::Messages, record);
        let mut known = HashSet::new();
        let mut started = 0;
        for line in text.lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            let (kind, body) = message.as_object().unwrap().iter().next().unwrap();
            let references =
                ["pickleId", "testCaseId", "testCaseStartedId", "testRunStartedId", "testStepId"];
            for name in references {
                if let Some(id) = body[name].as_str() {
                    assert!(known.contains(id), "{kind} refers to {name} {id}, which nobody has named");
                }
            }
            collect(&message, &mut known);
            started += usize::from(kind == "testCaseStarted");
        }
        assert_eq!(started, outcome::cases(record).len());
        assert!(text.lines().next().unwrap().starts_with("{\"meta\""), "{text}");
        assert!(text.lines().last().unwrap().starts_with("{\"testRunFinished\""), "{text}");
    }
}

/// Collects the names that a message gives.
fn collect(value: &Value, known: &mut HashSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let ("id", Some(id)) = (name.as_str(), member.as_str()) {
                    assert!(known.insert(id.to_owned()), "{id} is given twice");
                }
                collect(member, known);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn messages_tell_success_only_of_a_run_that_succeeded() {
    for (record, success) in [
        (fixtures::conforming(), true),
        (fixtures::nonconforming(), false),
        (fixtures::unreachable(), false),
        (fixtures::interrupted(), false),
    ] {
        let text = of(Format::Messages, &record);
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["testRunFinished"]["success"], success);
        assert_eq!(text.contains("\"FAILED\""), record.verdict == RunVerdict::Nonconforming);
    }
}

#[test]
fn markdown_makes_nothing_of_what_a_backend_said() {
    let page = of(Format::Markdown, &hostile());
    let own = Regex::new("</?(?:code|details|summary|p|pre)>").unwrap();
    let bare = own.replace_all(&page, "");
    for mark in ["<", ">", "`", "[", "]", "*", "@", "://", "www.", "~", "\\"] {
        assert!(!bare.contains(mark), "{mark} is in {bare}");
    }
    // What mentions people after it was read as Markdown leaves code alone.
    let code = Regex::new("<(?:code|pre)>[^<]*</(?:code|pre)>").unwrap();
    assert!(page.contains("everyone") && !code.replace_all(&page, "").contains("everyone"), "{page}");
    // Each row of a table has the cells of its head.
    let mut columns = 0;
    for line in page.lines() {
        let cells = line.matches('|').count();
        columns = if line.starts_with('|') && columns == 0 {
            cells
        } else if line.starts_with('|') {
            columns
        } else {
            0
        };
        assert_eq!(cells, columns, "{line}");
    }
    // Nothing of a backend begins a line.
    let begins = Regex::new(r"^(?:$|## |### |- (?:scenario|reason|why|fix): |  - (?:expected|actual|reason|step|exchange|answer): |- and |<p>|<pre>|\| |\|-|<details>|</details>|<code>)").unwrap();
    for line in page.lines() {
        assert!(begins.is_match(line), "{line}");
    }
}

#[test]
fn markdown_stays_below_its_bound_and_names_every_requirement() {
    let mut record = hostile();
    let broken = record.requirements.iter().find(|one| one.id == "USER-03").unwrap().clone();
    for number in 0..500 {
        let mut broken = broken.clone();
        broken.id = format!("MORE-{number:03}");
        record.requirements.push(broken);
    }
    let page = of(Format::Markdown, &record);
    assert!(page.chars().count() <= super::markdown::LONGEST, "{}", page.chars().count());
    let findings = super::findings::of(&record);
    for finding in &findings {
        assert!(page.contains(&format!("\n| {} | ", finding.requirement.id)), "{}", finding.requirement.id);
    }
    let left_out = page.lines().find(|line| line.starts_with('_')).unwrap();
    let number: usize = left_out[1..].split(' ').next().unwrap().parse().unwrap();
    let sections = page.matches("\n### ").count();
    assert!(sections > 5, "{sections}");
    assert_eq!(number + sections, findings.len());
    assert!(page.contains("judged by"), "the page lost its end");
    // What a person scrolls to has something below it.
    for section in page.split("\n### ").skip(1) {
        assert!(section.contains("- scenario: "), "{section}");
    }
}

#[test]
fn markdown_begins_with_verdict_table_and_command() {
    let record = fixtures::nonconforming();
    let page = of(Format::Markdown, &record);
    let (head, sections) = page.split_once("\n### ").unwrap();
    assert!(
        head.starts_with("## ❌ wxconform: nonconforming\n\n<p>2 musts broken&#58; CODE-02, USER-03"),
        "{head}"
    );
    assert!(
        head.contains("\n| CODE-02 | must | broken | A code is exchanged once&#58; the second"),
        "{head}"
    );
    assert!(head.contains(" refused | 1/2 |\n"), "{head}");
    for id in ["USER-03", "TOKEN-04", "WECHAT-07", "WECHAT-08", "WECHAT-10", "WECHAT-12", "USER-04"] {
        assert!(head.contains(&format!("\n| {id} | ")), "{id}: {head}");
    }
    assert!(
        head.contains("<pre>wxconform --backend http&#58;//127.0.0.1&#58;8080/api --seed 42</pre>"),
        "{head}"
    );
    assert!(sections.starts_with("CODE-02 (must, broken) "), "{sections}");
    // A record that no command made has none to repeat it, and what is well has no table.
    let well = of(Format::Markdown, &fixtures::conforming());
    assert!(!well.contains("<pre>") && !well.contains("requirement |") && !well.contains("###"), "{well}");
}

#[test]
fn markdown_says_why_and_fix_once_and_shows_the_answer_that_was_judged() {
    let mut record = fixtures::nonconforming();
    record.requirements.retain(|one| one.id == "CODE-02");
    let broken = record.requirements[0].scenarios[0].clone();
    record.requirements[0].scenarios.extend(std::iter::repeat_n(broken, 13));
    let page = of(Format::Markdown, &record);
    assert_eq!((page.matches("\n- why: ").count(), page.matches("\n- fix: ").count()), (1, 1), "{page}");
    assert_eq!(page.matches("\n- scenario: ").count(), 10, "{page}");
    assert!(page.contains("\n- and 4 more scenarios\n"), "{page}");
    let judged = "\n  - exchange: <code>phone → backend   Alice  GET /api/miniprogram/wxmp/code2session&#63;code&#61;\
        081Kq4Ga1MSox41R6bJa1Kq4Ga1 → 200</code>\n  - answer: <code>&#123;&#34;data&#34;";
    assert_eq!(page.matches(judged).count(), 10, "{page}");
    // A body is quoted, not copied.
    for scenario in &mut record.requirements[0].scenarios {
        scenario
            .exchanges
            .iter_mut()
            .filter_map(|one| one.answer.as_mut())
            .for_each(|one| one.body = "x".repeat(5000));
    }
    assert!(!of(Format::Markdown, &record).contains(&"x".repeat(200)));
}

#[test]
fn markdown_of_a_backend_that_was_not_there_is_a_sentence_and_what_to_do() {
    let page = of(Format::Markdown, &fixtures::unasked());
    assert!(
        page.starts_with("## ⚠️ wxconform: could not judge\n\n<p><code>the backend answers, but never asked"),
        "{page}"
    );
    assert!(
        page.contains("<p>next&#58; see that the backend answers at http&#58;//127.0.0.1&#58;8080, and that"),
        "{page}"
    );
    assert!(page.contains("<pre>wxconform --backend "), "{page}");
    assert!(!page.contains("CODE-0") && !page.contains("###"), "{page}");
    assert!(page.chars().count() < 2000, "{page}");
    // An earlier verdict that is not the backend's absence has its table.
    assert!(of(Format::Markdown, &fixtures::died()).contains("\n| TOKEN-07 | must | undecided | "));
}

#[test]
fn tap_is_tap_whatever_a_backend_said() {
    let line = Regex::new(r"^(?:TAP version 14|1\.\.\d+|# [a-z_]+: .*|(?:not )?ok \d+ - (?:[^#\\]|\\#|\\\\)*(?: # (?:TODO|SKIP) (?:[^#\\]|\\#|\\\\)*)?|  ---|  \.\.\.|  [a-z]+: .*)$").unwrap();
    let numbered = Regex::new(r"(?m)^(?:not )?ok (\d+)").unwrap();
    let failing = Regex::new(r"(?m)^not ok [^\n]*").unwrap();
    for record in fixtures::all().iter().chain([&hostile()]) {
        let text = of(Format::Tap, record);
        for one in text.lines() {
            assert!(line.is_match(one), "{one}");
        }
        let numbers: Vec<usize> =
            numbered.captures_iter(&text).map(|found| found[1].parse().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
        assert_eq!(
            text.lines().find(|line| line.starts_with("1..")).unwrap(),
            format!("1..{}", numbers.len())
        );
        let counts = failing.find_iter(&text).any(|found| !found.as_str().contains(" # TODO "));
        let well = matches!(record.verdict, RunVerdict::Conforming | RunVerdict::Partial);
        let whole = record.totals.scenarios.planned == record.totals.scenarios.ran;
        assert_eq!(counts, !(well && whole), "{text}");
    }
}

#[test]
fn github_is_commanded_by_us_alone() {
    let record = hostile();
    let text = of(Format::Github, &record);
    let line = Regex::new(r"^::(?:error|warning|notice) title=[^:,]+::[^\r\n]+$").unwrap();
    for one in text.lines() {
        assert!(line.is_match(one), "{one}");
        assert!(!one.contains("##[") && !one.contains("%0A:"), "{one}");
    }
    // One line for each requirement, one for the baseline, and one for the whole.
    let findings = super::findings::of(&record);
    let findings = findings.iter().filter(|finding| finding.outcome.is_notable()).count();
    assert_eq!(text.lines().count(), findings + 2);
    let kinds: Vec<&str> = text.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(kinds.last(), Some(&"::notice"));
    // The user's repository has no such file.
    assert!(!of(Format::Github, &fixtures::nonconforming()).contains("file="), "{text}");
}

#[test]
fn gitlab_knows_an_issue_again_when_lines_move() {
    let record = fixtures::nonconforming();
    let issues = json(Format::Gitlab, &record);
    let issues = issues.as_array().unwrap();
    assert_eq!(issues.len(), notable(&record, Some(Outcome::Waived)) + 1);
    let prints = |issues: &[Value]| -> Vec<String> {
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(prints(issues).iter().collect::<HashSet<_>>().len(), issues.len());
    for issue in issues {
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() > 0, "{issue}");
        assert!(!issue["location"]["path"].as_str().unwrap().starts_with('/'), "{issue}");
    }
    let mut moved = record.clone();
    for scenario in moved.requirements.iter_mut().flat_map(|one| &mut one.scenarios) {
        scenario.location = "features/elsewhere.feature:999".to_owned();
        scenario.actual = Some("something new".to_owned());
    }
    assert_eq!(prints(json(Format::Gitlab, &moved).as_array().unwrap()), prints(issues));
}

#[test]
fn the_badge_needs_nothing_and_runs_nothing() {
    let badge = of(Format::Badge, &hostile());
    let usual = of(Format::Badge, &fixtures::nonconforming());
    assert_eq!(badge.matches('<').count(), usual.matches('<').count());
    for word in ["href", "url(", "<script", "<image", "onload"] {
        assert!(!usual.contains(word), "{word}");
    }
    assert_eq!(usual.matches("://").count(), 2, "one for the name space, one for the backend: {usual}");
    for (record, word) in [
        (fixtures::conforming(), "conforming · 3 kept"),
        (fixtures::nonconforming(), "nonconforming · 2 broken"),
        (fixtures::partial(), "partial · 3 kept"),
        (fixtures::unreachable(), "could not judge · 0 kept"),
    ] {
        assert!(of(Format::Badge, &record).contains(&format!("<title>wxconform: {word}</title>")), "{word}");
    }
}
