//! Does a gate that says "no worse than before" open and close where it should?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use serde_json::{Value, json};
use wxconform::record::digest_of;

use crate::cli_formats::judged;
use crate::cli_stage::{Ended, wxconform};

const ONLY: [&str; 6] = ["--only", "CODE-01,CODE-02,TOKEN-04", "--seed", "7", "--report", "json=-"];

fn good() -> String {
    wxconform(&ONLY).ended().has_status(0).stdout.clone()
}

fn broken() -> String {
    judged("code-cached", &["--only", "CODE-01,CODE-02,TOKEN-04", "--report", "json=-"])
        .has_status(1)
        .stdout
        .clone()
}

fn diff(old: &str, new: &str, more: &[&str]) -> Ended {
    let arguments = [&["report", "diff", "old.json", "new.json"], more].concat();
    wxconform(&arguments).file("old.json", old).file("new.json", new).ended()
}

/// Returns a report in which something was changed.
fn with(report: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(report).unwrap();
    change(&mut value);
    value.to_string()
}

fn with_verdict(report: &str, verdict: &str) -> String {
    with(report, |value| value["requirements"][0]["verdict"] = json!(verdict))
}

#[test]
fn what_broke_is_a_regression_and_what_was_fixed_is_none() {
    let (good, broken) = (good(), broken());
    let worse = diff(&good, &broken, &[]);
    assert_eq!(
        worse.has_status(1).stdout,
        "broke\n✗ CODE-02    must     kept → broken  A code is exchanged once: the second time it is refused\n\n\
         WORSE  1 of 1 changes count, 0 fixed\n"
    );
    let better = diff(&broken, &good, &[]);
    assert!(
        better.has_status(0).stdout.starts_with("fixed\n✓ CODE-02    must     broken → kept"),
        "{}",
        better.stdout
    );
    let same = diff(&broken, &broken, &[]);
    assert_eq!(
        (same.has_status(0).stdout.as_str(), same.stderr.as_str()),
        ("SAME  no verdict changed\n", "")
    );
}

/// Returns a report in which CODE-02 is broken in so many of its scenarios, and sealed as a run would have done.
fn broken_in(report: &str, number: usize) -> String {
    let report = with(report, |value| {
        let requirements = value["requirements"].as_array_mut().unwrap();
        let code = requirements.iter_mut().find(|one| one["id"] == "CODE-02").unwrap();
        code["verdict"] = json!("broken");
        for (index, scenario) in code["scenarios"].as_array_mut().unwrap().iter_mut().enumerate() {
            scenario["verdict"] = json!(if index < number { "broken" } else { "kept" });
        }
    });
    with(&report, |value| value["evidence"]["digest"] = json!(digest_of(value)))
}

#[test]
fn a_requirement_that_is_broken_in_more_ways_is_a_regression() {
    let good = good();
    let [one, three] = [1, 3].map(|number| broken_in(&good, number));
    let names: Vec<String> = {
        let value: Value = serde_json::from_str(&good).unwrap();
        let code = value["requirements"].as_array().unwrap().iter().find(|one| one["id"] == "CODE-02");
        let scenarios = code.unwrap()["scenarios"].as_array().unwrap();
        scenarios.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let flat = |ended: &Ended| ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let worse = diff(&one, &three, &[]);
    let told = flat(&worse);
    assert!(
        told.starts_with("broken in more scenarios ✗ CODE-02 must broken A code is exchanged once"),
        "{told}"
    );
    assert!(told.contains(&format!("broken in 2 more scenarios: {}; {}", names[1], names[2])), "{told}");
    assert!(told.ends_with("WORSE 1 of 1 changes count, 0 fixed"), "{told}");
    assert_eq!((worse.status.code(), worse.stderr.as_str()), (Some(1), ""));
    let better = diff(&three, &one, &[]);
    let told = flat(&better);
    assert!(told.starts_with("broken in fewer scenarios ✓ CODE-02"), "{told}");
    assert!(told.contains("fixed in 2 scenarios: ") && told.contains("NO WORSE 1 changed"), "{told}");
    better.has_status(0);
    // A catalogue that looks where none has looked does not make a backend worse.
    let newer = with(&three, |value| {
        let requirements = value["requirements"].as_array_mut().unwrap();
        let code = requirements.iter_mut().find(|one| one["id"] == "CODE-02").unwrap();
        for index in [1, 2] {
            code["scenarios"][index]["name"] = json!(format!("A way of tomorrow {index}"));
        }
    });
    let ended = diff(&one, &newer, &[]);
    assert!(flat(ended.has_status(0)).contains("· CODE-02 must broken"), "{}", ended.stdout);
    assert!(
        flat(&ended)
            .contains("broken in 2 scenarios that the older report does not have: A way of tomorrow 1; "),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_report_that_was_changed_is_compared_with_a_warning() {
    let good = good();
    let changed = with(&good, |value| value["seed"] = json!(8));
    for (old, new, name) in [(&good, &changed, "new.json"), (&changed, &good, "old.json")] {
        let ended = diff(old, new, &[]);
        assert_eq!(
            ended.has_status(0).stderr,
            format!("warning: {name} was changed after it was written; `report verify` says so too\n")
        );
    }
}

#[test]
fn what_is_no_longer_judged_is_a_regression_of_trust() {
    let good = good();
    for verdict in ["undecided", "skipped"] {
        let lost = diff(&good, &with_verdict(&good, verdict), &[]);
        assert!(lost.has_status(1).stdout.contains("no longer judged\n✗ CODE-01"), "{}", lost.stdout);
    }
    let without = with(&good, |value| drop(value["requirements"].as_array_mut().unwrap().remove(0)));
    assert!(diff(&good, &without, &[]).has_status(1).stdout.starts_with("gone\n✗ CODE-01"));
    assert!(diff(&without, &good, &[]).has_status(0).stdout.starts_with("new\n· CODE-01"));
}

#[test]
fn a_should_counts_when_it_is_asked_for() {
    let good = good();
    let advised = with(&good, |value| value["requirements"][2]["verdict"] = json!("advised"));
    assert!(diff(&good, &advised, &[]).has_status(0).stdout.contains("· TOKEN-04   should   kept → advised"));
    assert!(diff(&good, &advised, &["--strict"]).has_status(1).stdout.contains("✗ TOKEN-04"));
}

#[test]
fn runs_that_cannot_be_compared_well_are_compared_with_a_warning() {
    let good = good();
    let other = with(&good, |value| value["contract"] = json!("litemall\u{1b}[31m"));
    let ended = diff(&good, &other, &[]);
    assert!(
        ended.has_status(0).stderr.contains(r"differ in contract: documented before, litemall\x1b[31m after")
    );
}

#[test]
fn parts_of_a_run_are_compared_with_a_warning() {
    let part = |index: &str| wxconform(&[&ONLY[..], &["--shard", index]].concat()).ended().stdout;
    let ended = diff(&part("1/2"), &part("2/2"), &[]);
    assert!(
        ended.stderr.contains("differ in part of a run: 1 of 2 before, 2 of 2 after"),
        "{}",
        ended.stderr
    );
}

#[test]
fn what_is_no_report_is_told_by_name_and_nothing_is_concluded() {
    let good = good();
    let other_version = with(&good, |value| value["schema"] = json!("wxconform/report/2"));
    let no_schema = with(&good, |value| drop(value.as_object_mut().unwrap().remove("schema")));
    let half = with(&good, |value| drop(value.as_object_mut().unwrap().remove("requirements")));
    let twice = good.replacen("\"seed\":", "\"seed\": 1, \"seed\":", 1);
    let cases: [(&[u8], &str); 8] = [
        (b"", "new.json: it is not JSON (it is empty)"),
        (b"<testsuites/>", "new.json: it is not JSON"),
        (b"{\xff\xfe", "new.json: it is not UTF-8, from byte 2 on;"),
        (b"[1]", "new.json: it is no report"),
        (no_schema.as_bytes(), "new.json: it is no report: it has no \"schema\""),
        (
            other_version.as_bytes(),
            "it says \"schema\": \"wxconform/report/2\", and this version reads \"wxconform/report/1\"",
        ),
        (
            half.as_bytes(),
            "has not what that has: the member `requirements` is missing before line 1, column ",
        ),
        (twice.as_bytes(), "the member `seed` is there twice, in line "),
    ];
    for (content, words) in cases {
        let diff = wxconform(&["report", "diff", "old.json", "new.json"]);
        diff.file("old.json", &good).file("new.json", content).ended().refused(words);
    }
    wxconform(&["report", "diff", "absent.json", "absent.json"])
        .ended()
        .refused("absent.json: cannot read it: ");
}
