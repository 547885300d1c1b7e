//! Are the formats for build servers, made by real runs, what their readers expect?

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;
use wxconform::report::Format;

use crate::cli_foil::saying;
use crate::cli_stage::{Ended, free_port, wxconform};

/// What a hostile backend says to everything, invalid UTF-8 included.
const HOSTILE: &[u8] = b"HTTP/1.1 200 \x1b[2J::error::owned\r\ncontent-type: text/html\r\nx: ]]>\x1b[31m\r\nconnection: close\r\n\r\n\
    {\"openid\": \"\x1b[2J\n::error::owned\n##[error]owned\n]]><script>alert(1)</script>|`x` @everyone \xff\xfe\0\"}";

/// Returns flags that ask for a report in every format.
fn every_format() -> Vec<String> {
    Format::ALL
        .iter()
        .flat_map(|format| ["--report".to_owned(), format!("{format}=report.{format}")])
        .collect()
}

/// Judges the reference backend with a fault.
pub(crate) fn judged(fault: &str, more: &[&str]) -> Ended {
    let wechat = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{wechat}");
    let served =
        wxconform(&["backend", "--listen", "127.0.0.1:0", "--wechat", &url, "--fault", fault]).serving();
    let run = ["--backend", served.url(), "--wechat-listen", &wechat, "--seed", "7"];
    wxconform(&[&run, more].concat()).ended()
}

fn file(ended: &Ended, format: Format) -> &str {
    let name = format!("report.{format}");
    &ended.files.iter().find(|(found, _)| *found == name).unwrap_or_else(|| panic!("no {name}: {ended:#?}")).1
}

#[test]
fn every_format_tells_of_the_same_breach() {
    let reports = every_format();
    let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
    let ended = judged("code-cached", &[&["--only", "CODE-01,CODE-02"], reports.as_slice()].concat());
    ended.has_status(1);
    for format in Format::ALL {
        let text = file(&ended, *format);
        let told = if *format == Format::Badge { "nonconforming · 1 broken" } else { "CODE-02" };
        assert!(text.contains(told), "{format}: {text}");
    }
    let json: Value = serde_json::from_str(file(&ended, Format::Json)).unwrap();
    let digest = json["evidence"]["digest"].as_str().unwrap();
    // GitLab's list has no place for it.
    for format in Format::ALL.iter().filter(|format| **format != Format::Gitlab) {
        assert!(file(&ended, *format).contains(&digest["sha256:".len()..]), "{format}");
    }
}

#[test]
fn sarif_of_a_run_keeps_to_its_schema_and_points_into_a_feature_file() {
    let ended = judged("code-cached", &["--only", "CODE-02", "--report", "sarif=-"]);
    let sarif = ended.has_status(1).json();
    let schema: Value = serde_json::from_str(include_str!("../schemas/sarif.json")).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let path = place["artifactLocation"]["uri"].as_str().unwrap();
    let text = crate::docs::read(path);
    let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains("Scenario"), "{path}:{line}");
}

#[test]
fn tap_of_a_run_has_a_line_for_every_scenario() {
    let ended = wxconform(&["--only", "CODE", "--report", "tap=-", "--report", "json=report.json"]).ended();
    let json: Value = serde_json::from_str(file(ended.has_status(0), Format::Json)).unwrap();
    let lines =
        ended.stdout.lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).count();
    assert!(lines > 20, "{}", ended.stdout);
    assert_eq!(json["totals"]["scenarios"]["planned"], lines);
    assert!(ended.stdout.contains(&format!("\n1..{lines}\n")), "{}", ended.stdout);
}

#[test]
fn a_wrong_format_is_told_with_the_nearest_and_with_all_of_them() {
    let all: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    let ended = wxconform(&["--report", "markdwon=x"]).ended();
    ended.refused("no report format is called `markdwon`, did you mean `markdown`?");
    ended.refused(&format!("(formats: {})", all.join(", ")));
    wxconform(&["--report", "tap"]).ended().refused("the tap report has no path");
    let help = wxconform(&["run", "--help"]).ended();
    for name in all {
        assert!(help.stdout.contains(name), "--help does not name {name}");
    }
}

#[test]
fn a_hostile_backend_does_no_harm_in_any_format() {
    let reports = every_format();
    let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
    let url = saying(HOSTILE);
    let run = ["--backend", &url, "--wechat-listen", "127.0.0.1:0", "--only", "CODE-01,INPUT"];
    let ended = wxconform(&[&run, reports.as_slice()].concat()).variable("GITHUB_ACTIONS", "true").ended();
    ended.has_status(3);
    let streams = [("stdout", ended.stdout.as_str()), ("stderr", ended.stderr.as_str())];
    let files = Format::ALL.iter().map(|format| (format.name(), file(&ended, *format)));
    for (place, text) in files.chain(streams) {
        let driving: Vec<char> = text.chars().filter(|c| c.is_control() && *c != '\n').collect();
        assert!(driving.is_empty(), "{place}: {driving:?}");
        assert!(!text.contains("<script>alert") || place == "json", "{place}: {text}");
        assert!(!text.contains("##["), "{place}: {text}");
        let owned = text.lines().any(|line| line.trim_start().starts_with("::error::owned"));
        assert!(!owned, "{place}: {text}");
    }
    // The page says what the backend said, out of the runner's reach.
    let (_, rest) = ended.stdout.split_once("::stop-commands::").unwrap();
    let (word, rest) = rest.split_once('\n').unwrap();
    let (page, annotations) = rest.split_once(&format!("\n::{word}::\n")).unwrap();
    assert!(page.contains("COULD NOT JUDGE"), "{page}");
    assert!(annotations.starts_with("::error title=wxconform::could not judge"), "{annotations}");
}

#[test]
fn github_sees_annotations_unless_told_otherwise() {
    let only = ["--only", "CODE-01", "--seed", "1"];
    let there = |more: &[&str]| {
        wxconform(&[&only, more].concat())
            .variable("GITHUB_ACTIONS", "true")
            .ended()
            .has_status(0)
            .stdout
            .clone()
    };
    let page = there(&[]);
    assert!(
        page.contains("PARTIAL") && page.contains("\n::notice title=wxconform::partial: 1 kept"),
        "{page}"
    );
    assert_eq!(there(&["--quiet"]), "");
    assert!(there(&["--report", "json=-"]).starts_with('{'));
    assert!(!there(&["--report", "json=-"]).contains("::notice"));
    assert!(there(&["--report", "github=-"]).starts_with("::notice "));
    let elsewhere = wxconform(&only).ended();
    assert!(!elsewhere.has_status(0).stdout.contains("::"), "{}", elsewhere.stdout);
    let asked = wxconform(&[&only[..], &["--report", "github=-"]].concat()).ended();
    assert!(asked.has_status(0).stdout.starts_with("::notice "), "{}", asked.stdout);
}

/// Where GitLab looks for code quality, as its documentation has it.
const QUALITY: &str = "gl-code-quality-report.json";

/// Judges one requirement as a job of GitLab would, in a folder that may hold a file already.
fn on_gitlab(more: &[&str], before: Option<&str>) -> Ended {
    let run = [&["--only", "CODE-01", "--seed", "1"], more].concat();
    let prepared = wxconform(&run).variable("GITLAB_CI", "true");
    let prepared = if let Some(text) = before { prepared.file(QUALITY, text) } else { prepared };
    prepared.ended()
}

fn quality(ended: &Ended) -> Option<&str> {
    ended.files.iter().find(|(name, _)| name == QUALITY).map(|(_, text)| text.as_str())
}

#[test]
fn gitlab_finds_a_file_unless_told_otherwise() {
    let ended = on_gitlab(&[], None);
    assert_eq!(quality(ended.has_status(0)), Some("[]\n"));
    let note = format!("note: the code quality report for GitLab is in {QUALITY}; ");
    assert!(ended.stderr.contains(&note), "{}", ended.stderr);
    assert!(ended.stdout.contains("PARTIAL") && !ended.stdout.contains(QUALITY), "{}", ended.stdout);
    // A report that takes the standard output leaves the file its place.
    let ended = on_gitlab(&["--report", "json=-"], None);
    assert!(ended.stdout.starts_with('{') && quality(&ended).is_some(), "{ended:#?}");
    for opted_out in [&["--quiet"][..], &["--report", "gitlab=other.json"]] {
        let ended = on_gitlab(opted_out, None);
        assert!(quality(ended.has_status(0)).is_none() && !ended.stderr.contains("note:"), "{ended:#?}");
    }
    let elsewhere = wxconform(&["--only", "CODE-01"]).ended();
    assert!(quality(elsewhere.has_status(0)).is_none(), "{elsewhere:#?}");
}

#[test]
fn what_gitlab_finds_is_that_of_the_last_run_and_takes_no_place_of_others() {
    let down = ["--backend", "http://127.0.0.1:1", "--wechat-listen", "127.0.0.1:0"];
    let ended = on_gitlab(&down, None);
    let issues: Value = serde_json::from_str(quality(ended.has_status(3)).unwrap()).unwrap();
    assert_eq!(
        (issues.as_array().unwrap().len(), &issues[0]["severity"]),
        (1, &"blocker".into()),
        "{issues}"
    );
    let ended = on_gitlab(&[], Some(&issues.to_string()));
    assert_eq!(quality(ended.has_status(0)), Some("[]\n"));
    // Nobody asked for the file, so it does not decide how the run ends.
    let blocked = wxconform(&["--only", "CODE-01"]).variable("GITLAB_CI", "true");
    std::fs::create_dir(blocked.folder().join(QUALITY)).unwrap();
    let ended = blocked.ended();
    let warning = "warning: there is no code quality report for GitLab: cannot write the report to ";
    assert!(ended.has_status(0).stderr.contains(warning), "{}", ended.stderr);
    // The linter of the backend may hand its findings over in the same way.
    let foreign = r#"[{"check_name": "no-unused-vars", "description": "x"}]"#;
    for foreign in [foreign, "no JSON"] {
        let ended = on_gitlab(&[], Some(foreign));
        assert_eq!(quality(ended.has_status(0)), Some(foreign));
        assert!(ended.stderr.contains(&format!("warning: {QUALITY} is left as it is")), "{}", ended.stderr);
    }
}

#[test]
fn a_backend_that_is_down_is_one_trouble_in_every_format() {
    let reports = every_format();
    let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
    let down = ["--backend", "http://127.0.0.1:1", "--wechat-listen", "127.0.0.1:0"];
    let ended = wxconform(&[&down, reports.as_slice()].concat()).ended();
    ended.has_status(3);
    let github = file(&ended, Format::Github);
    assert_eq!((github.matches("::error ").count(), github.lines().count()), (1, 2), "{github}");
    let sarif: Value = serde_json::from_str(file(&ended, Format::Sarif)).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    let junit = quick_junit::Report::deserialize_from_str(file(&ended, Format::Junit)).unwrap();
    assert_eq!((junit.errors, junit.failures), (1, 0));
    assert!(junit.tests > 100, "{}", junit.tests);
    assert_eq!(file(&ended, Format::Tap).matches("\nnot ok ").count(), 1);
    let markdown = file(&ended, Format::Markdown);
    assert!(markdown.len() < 3000 && markdown.contains("<p>next&#58; "), "{markdown}");
}

#[test]
fn quiet_prints_nothing_and_keeps_status_and_reports() {
    let ended = judged("code-cached", &["--only", "CODE-02", "--quiet", "--report", "badge=report.badge"]);
    assert_eq!((ended.has_status(1).stdout.as_str(), ended.stderr.as_str()), ("", ""));
    assert!(file(&ended, Format::Badge).starts_with("<svg "));
    wxconform(&["--quiet", "--verbose"]).ended().has_status(2);
}

/// What the schema of Jenkins' `xUnit` plugin and the one of Surefire share: the element, the attributes that it has
/// to have, others that it may have, and what may stand in it, in this order.
type Element = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);
const JUNIT: [Element; 10] = [
    ("testsuites", &[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
    (
        "testsuite",
        &["name", "tests", "failures", "errors", "skipped"],
        &["time", "group"],
        &["properties", "testcase"],
    ),
    ("properties", &[], &[], &["property"]),
    ("property", &["name", "value"], &[], &[]),
    (
        "testcase",
        &["name", "time"],
        &["classname", "group"],
        &["failure", "skipped", "error", "system-out", "system-err"],
    ),
    ("failure", &["type"], &["message"], &[]),
    ("error", &["type"], &["message"], &[]),
    ("skipped", &[], &["message"], &[]),
    ("system-out", &[], &[], &[]),
    ("system-err", &[], &[], &[]),
];

#[test]
fn junit_has_the_structure_that_jenkins_and_surefire_know() {
    let tag = Regex::new(r"<(/?)([a-z-]+)((?:\s+[\w:-]+=(?:\x22[^\x22]*\x22))*)\s*(/?)>").unwrap();
    let attribute = Regex::new(r"([\w:-]+)=\x22([^\x22]*)\x22").unwrap();
    // Seconds, as one of the two spells them; the other takes any number.
    let seconds = Regex::new(r"^[0-9]*\.[0-9]{1,3}$").unwrap();
    let waived = "[[deviation]]\nrequirement = 'CODE-02'\nreason = 'r'\nowner = 'o'\n";
    let wechat = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{wechat}");
    let backend = ["backend", "--listen", "127.0.0.1:0", "--wechat", &url, "--fault", "code-cached"];
    let served = wxconform(&backend).serving();
    let run = ["--backend", served.url(), "--wechat-listen", &wechat, "--report", "junit=-"];
    let texts = [
        wxconform(&run).ended().stdout,
        wxconform(&[&run[..], &["--baseline", "b"]].concat()).file("b", waived).ended().stdout,
        wxconform(&[
            "--backend",
            "http://127.0.0.1:1",
            "--wechat-listen",
            "127.0.0.1:0",
            "--report",
            "junit=-",
        ])
        .ended()
        .stdout,
    ];
    let mut seen = BTreeSet::new();
    for text in &texts {
        let body = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
        // Which elements are open, and how far through what may stand in them each is.
        let mut open: Vec<(&str, usize)> = Vec::new();
        let mut ends_of_case = 0;
        for found in tag.captures_iter(body) {
            let name = found.get(2).unwrap().as_str();
            if &found[1] == "/" {
                assert_eq!(open.pop().map(|(name, _)| name), Some(name));
                continue;
            }
            let known = |name: &str| JUNIT.iter().find(|one| one.0 == name);
            let (_, needed, allowed, _) = known(name).unwrap_or_else(|| panic!("<{name}>"));
            let mut missing = needed.to_vec();
            for one in attribute.captures_iter(&found[3]) {
                assert!(needed.contains(&&one[1]) || allowed.contains(&&one[1]), "<{name} {}>", &one[1]);
                assert!(&one[1] != "time" || seconds.is_match(&one[2]), "{}", &one[0]);
                missing.retain(|name| *name != &one[1]);
            }
            assert!(missing.is_empty(), "<{name}> without {missing:?}");
            if let Some((parent, before)) = open.last_mut() {
                let children = known(parent).unwrap().3;
                let place = children.iter().position(|child| *child == name);
                assert!(place >= Some(*before), "<{name}> in <{parent}>, or too late there");
                *before = place.unwrap();
            } else {
                assert_eq!(name, "testsuites");
            }
            // A case ends in one way.
            match name {
                "testcase" => ends_of_case = 0,
                "failure" | "error" | "skipped" => ends_of_case += 1,
                _ => {}
            }
            assert!(ends_of_case <= 1, "a case ends twice");
            seen.insert(name);
            if &found[4] != "/" {
                open.push((name, 0));
            }
        }
        assert!(open.is_empty(), "{open:?}");
        assert_eq!(body.matches('<').count(), tag.find_iter(body).count(), "something is no element");
        let report = quick_junit::Report::deserialize_from_str(text).unwrap();
        for suite in report.test_suites.iter().filter(|suite| suite.name.as_str() != "The run itself") {
            let names: Vec<&str> = suite.properties.iter().map(|one| one.name.as_str()).collect();
            assert!(names.ends_with(&["requirement", "level", "verdict"]), "{names:?}");
        }
    }
    for name in ["failure", "error", "skipped", "property", "system-out"] {
        assert!(seen.contains(name), "no <{name}> was made, so nothing is known about it");
    }
}
