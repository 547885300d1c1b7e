//! Are earlier reports rendered as they would have been, and is a changed one found out?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use regex::Regex;
use serde_json::{Value, json};
use wxconform::record::digest_of;

use crate::cli_stage::{Ended, wxconform};

fn run() -> Ended {
    let reports = ["--report", "json=r.json", "--report", "junit=r.xml", "--report", "markdown=r.md"];
    wxconform(&[&["--only", "CODE-01,CODE-02,TOKEN-04,TOKEN-17"], &reports[..]].concat()).ended()
}

fn file<'a>(ended: &'a Ended, name: &str) -> &'a str {
    &ended.files.iter().find(|(found, _)| found == name).unwrap().1
}

fn verified(report: &str) -> Ended {
    wxconform(&["report", "verify", "r.json"]).file("r.json", report).ended()
}

#[test]
fn a_report_is_rendered_as_the_run_would_have_rendered_it() {
    let run = run();
    run.has_status(0);
    let json = file(&run, "r.json");
    let reports = ["--report", "json=s.json", "--report", "junit=s.xml", "--report", "markdown=s.md"];
    let again =
        wxconform(&[&["report", "render", "r.json"], &reports[..]].concat()).file("r.json", json).ended();
    assert_eq!(again.has_status(0).stdout, run.stdout);
    assert_eq!(again.stderr, "");
    for kind in ["json", "xml", "md"] {
        assert_eq!(file(&again, &format!("s.{kind}")), file(&run, &format!("r.{kind}")), "{kind}");
    }
    let only = wxconform(&["report", "render", "r.json", "--report", "tap=-"]).file("r.json", json).ended();
    assert!(only.has_status(0).stdout.starts_with("TAP version 14\n"), "{}", only.stdout);
    wxconform(&["report", "render", "r.json", "--report", "tap=x", "--report", "json=x"])
        .file("r.json", json)
        .ended()
        .refused("only one report can go to x");
}

#[test]
fn a_report_of_a_broken_backend_can_be_rendered_too() {
    let report = crate::cli_formats::judged("code-cached", &["--only", "CODE-02", "--report", "json=-"]);
    let page =
        wxconform(&["report", "render", "r.json"]).file("r.json", &report.has_status(1).stdout).ended();
    assert!(page.has_status(0).stdout.contains("NONCONFORMING"), "{}", page.stdout);
}

#[test]
fn every_report_says_by_what_was_judged() {
    let run = run();
    let json: Value = serde_json::from_str(file(&run, "r.json")).unwrap();
    for digest in ["catalogue", "contract", "digest"] {
        let text = json["evidence"][digest].as_str().unwrap();
        assert_eq!(text.len(), "sha256:".len() + 64);
        assert!(file(&run, "r.xml").contains(text), "{digest} is not in the junit report");
        assert!(
            file(&run, "r.md").contains(&text["sha256:".len()..]),
            "{digest} is not in the markdown report"
        );
    }
    let digest_of = |more: &[&str]| {
        let run = [&["--only", "CODE-01", "--seed", "1", "--report", "json=-"], more].concat();
        wxconform(&run).ended().json()["evidence"]["contract"].clone()
    };
    assert_eq!(digest_of(&[]), json["evidence"]["contract"]);
    assert_ne!(digest_of(&["--set", "patience=9"]), json["evidence"]["contract"]);
    assert_ne!(digest_of(&["--contract", "litemall"]), json["evidence"]["contract"]);
}

#[test]
fn an_untouched_report_is_told_from_a_changed_one() {
    let run = run();
    let report = file(&run, "r.json");
    let untouched = verified(report);
    assert!(untouched.has_status(0).stdout.starts_with("UNTOUCHED"), "{}", untouched.stdout);
    let value: Value = serde_json::from_str(report).unwrap();
    // How it is laid out says nothing, nor how its numbers are spelt.
    verified(&value.to_string()).has_status(0);
    let fraction = Regex::new(r#"("(?:at|took)_ms": ?\d+)\.0\b"#).unwrap();
    let mut whole = value.clone();
    whole["requirements"][0]["scenarios"][0]["exchanges"][0]["took_ms"] = json!(3.0);
    whole["evidence"]["digest"] = json!(digest_of(&whole));
    let whole = whole.to_string();
    let again = fraction.replace_all(&whole, "$1").into_owned();
    assert_ne!(whole, again);
    verified(&again).has_status(0);
    let rows: [(&str, Value); 8] = [
        ("/verdict", json!("nonconforming")),
        ("/seed", json!(99)),
        ("/started_at", json!("2020-01-01T00:00:00.000Z")),
        ("/tool/version", json!("9.9.9")),
        ("/evidence/catalogue", json!(format!("sha256:{}", "0".repeat(64)))),
        ("/evidence/digest", json!(format!("sha256:{}", "0".repeat(64)))),
        ("/requirements/0/scenarios/0/exchanges/0/took_ms", json!(0.125_25)),
        ("/requirements/0/scenarios/0/steps/0/text", json!("Given nothing")),
    ];
    for (at, wrong) in rows {
        let mut changed = value.clone();
        *changed.pointer_mut(at).unwrap_or_else(|| panic!("there is no {at}")) = wrong;
        let ended = verified(&changed.to_string());
        assert!(ended.has_status(1).stdout.starts_with("CHANGED"), "{at}: {}", ended.stdout);
    }
    let mut more = value.clone();
    more["requirements"][0]["surprise"] = json!(1);
    verified(&more.to_string()).has_status(1);
    let render = wxconform(&["report", "render", "r.json"]).file("r.json", more.to_string()).ended();
    assert!(
        render.has_status(0).stderr.contains("r.json was changed after it was written"),
        "{}",
        render.stderr
    );
    let mut unsealed = value.clone();
    drop(unsealed["evidence"].as_object_mut().unwrap().shift_remove("digest"));
    assert!(verified(&unsealed.to_string()).has_status(1).stdout.starts_with("NOT SEALED"));
    verified("{}").refused("r.json: it is no report");
}

#[test]
fn a_joined_report_is_sealed_anew() {
    let part = |index: &str| {
        let run = ["--only", "CODE-01,CODE-02", "--shard", index, "--report", "json=-"];
        wxconform(&run).ended().has_status(0).stdout.clone()
    };
    let merge = ["report", "merge", "1.json", "2.json", "--report", "json=-"];
    let whole = wxconform(&merge).file("1.json", part("1/2")).file("2.json", part("2/2")).ended();
    verified(&whole.has_status(0).stdout).has_status(0);
}

#[test]
fn shells_get_what_they_complete() {
    for (shell, mark) in [
        ("bash", "_wxconform()"),
        ("zsh", "#compdef wxconform"),
        ("fish", "complete -c wxconform"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = wxconform(&["completions", shell]).ended();
        assert!(script.has_status(0).stdout.contains(mark), "{shell}");
        for word in ["merge", "--shard", "--wechat-listen"] {
            let word = if shell == "fish" { word.trim_start_matches("--") } else { word };
            assert!(script.stdout.contains(word), "{shell} does not complete {word}");
        }
    }
    wxconform(&["completions", "csh"]).ended().has_status(2);
}
