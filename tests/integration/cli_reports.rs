//! Are the reports of real runs what they are said to be?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::cli_stage::{Ended, Invocation, wxconform};

#[test]
fn the_json_report_keeps_to_the_published_schema() {
    let schema = wxconform(&["schema"]).ended();
    let schema: Value = schema.has_status(0).json();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let runs: [&[&str]; 4] = [
        &["--report", "json=-"],
        &["--only", "CODE-02", "--strict", "--tags", "@must", "--report", "json=-"],
        &["--backend", "http://127.0.0.1:1", "--wechat-listen", "127.0.0.1:0", "--report", "json=-"],
        &["--tags", "@must and not @must", "--report", "json=-"],
    ];
    for arguments in runs {
        let json = wxconform(arguments).ended().json();
        let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{arguments:?}: {errors:?}");
    }
}

#[test]
fn nothing_else_is_printed_beside_a_report_on_the_standard_output() {
    let arguments = ["--only", "CODE-02", "--verbose", "--report", "json=-", "--report", "junit=junit.xml"];
    let ended = wxconform(&arguments).ended();
    assert_eq!(ended.has_status(0).json()["schema"], "wxconform/report/1");
    assert_eq!(ended.complaints(), "");
    assert_eq!(ended.files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["junit.xml"]);
    let junit = wxconform(&["--only", "CODE-02", "--report", "junit=-"]).ended();
    assert!(junit.has_status(0).stdout.starts_with("<?xml "), "{}", junit.stdout);
    assert!(junit.stdout.trim_end().ends_with("</testsuites>"), "{}", junit.stdout);
}

#[test]
fn the_junit_report_is_well_formed_and_counts_every_scenario() {
    let arguments = ["--report", "junit=-", "--report", "json=json"];
    let ended = wxconform(&arguments).ended();
    let report = quick_junit::Report::deserialize_from_str(&ended.has_status(0).stdout).unwrap();
    let json: Value = serde_json::from_str(&ended.files[0].1).unwrap();
    // Those that do not apply are told as well.
    let scenarios = |one: &Value| one["scenarios"].as_array().unwrap().len();
    let all: usize = json["requirements"].as_array().unwrap().iter().map(scenarios).sum();
    assert_eq!(report.tests, all);
    assert!(json["totals"]["scenarios"]["planned"].as_u64().unwrap() > 500);
    assert_eq!((report.failures, report.errors), (0, 0));
}

#[test]
fn an_older_report_is_replaced_and_the_page_is_printed_beside_it() {
    let invocation = wxconform(&["--only", "CODE-01", "--report", "json=r"]).file("r", "older");
    let ended = invocation.ended();
    assert!(ended.has_status(0).stdout.contains("PARTIAL"), "{}", ended.stdout);
    let [(_, report)] = ended.files.as_slice() else { panic!("{:?}", ended.files) };
    assert_eq!(serde_json::from_str::<Value>(report).unwrap()["verdict"], "partial");
}

#[test]
fn two_reports_to_one_file_are_refused_however_it_is_spelt() {
    let refused = |invocation: Invocation, spelt: &str| {
        let ended = invocation.ended();
        assert_eq!(ended.stdout, "", "something ran");
        ended.refused(&format!("--report: only one report can go to {spelt}"));
    };
    let asking = |other: &str| {
        let other = format!("html={other}");
        wxconform(&["--only", "CODE-01", "--report", "json=a.json", "--report", &other])
    };
    refused(asking("a.json"), "a.json");
    refused(asking("./a.json"), "./a.json");
    refused(asking("./a.json").file("a.json", "older"), "./a.json");
    asking("b.json").ended().has_status(0);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_place_of_another_report_is_refused() {
    let run = ["--only", "CODE-01", "--report", "json=a.json", "--report", "html=link"];
    for exists in [false, true] {
        let mut invocation = wxconform(&run);
        if exists {
            invocation = invocation.file("a.json", "older");
        }
        std::os::unix::fs::symlink("a.json", invocation.folder().join("link")).unwrap();
        invocation.ended().refused("--report: only one report can go to link");
    }
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let common = ["--report", "json=-", "--only", "LOGIN,CODE,TOKEN-06,CLIENT-03"];
    let run = |more: &[&str]| wxconform(&[&common, more].concat()).ended();
    // Side by side, scenarios reach the backend in any order, and it numbers people as they come.
    let side_by_side = || normal(&run(&["--seed", "7"]), false);
    let (one, other) = (side_by_side(), side_by_side());
    assert_eq!(one, other);
    // One after the other, the traffic is the same too.
    let in_turn = |seed| normal(&run(&["--seed", seed, "--jobs", "1"]), true);
    let (one, other) = (in_turn("7"), in_turn("7"));
    assert_eq!(one, other);
    let mut another = in_turn("8");
    assert_eq!(another["seed"], 8);
    another["seed"] = 7.into();
    assert_ne!(one, another);
}

/// Returns a report without what depends on the moment: times, ports, and the traffic if it is not wanted.
fn normal(ended: &Ended, with_traffic: bool) -> Value {
    let mut json = ended.has_status(0).json();
    for requirement in json["requirements"].as_array_mut().unwrap() {
        // Requests that are sent at the same moment are answered in any order.
        let id = requirement["id"].as_str().unwrap();
        let ordered = with_traffic && !["CODE-01", "CODE-03", "CODE-16", "LOGIN-06"].contains(&id);
        for scenario in requirement["scenarios"].as_array_mut().unwrap() {
            if !ordered {
                scenario["exchanges"] = Value::Null;
            }
        }
    }
    strip(&mut json);
    json
}

static PORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"127\.0\.0\.1:\d+").unwrap());

/// The first part of a request ID, which is the time.
static TIME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"rid: [0-9a-f]{8}").unwrap());

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if matches!(name.as_str(), "at_ms" | "took_ms" | "duration_ms" | "started_at" | "digest") {
                    *member = Value::Null;
                }
                strip(member);
            }
        }
        // A header field is a pair; that of the date tells the time.
        Value::Array(pair) if pair.first().is_some_and(|name| name == "date") => pair.truncate(1),
        Value::Array(values) => values.iter_mut().for_each(strip),
        Value::String(text) => {
            let text_without_port = PORT.replace_all(text, "127.0.0.1:PORT");
            *text = TIME.replace_all(&text_without_port, "rid: TIME").into_owned();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
