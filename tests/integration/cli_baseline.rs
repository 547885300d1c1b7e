//! Does a known deviation stop counting, and only as long as it is known and occurs?

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use crate::cli_foil::answering;
use crate::cli_stage::{Ended, Serving, free_port, wxconform};

/// The requirements that the tests are about: what is not selected costs time and shows nothing.
const ONLY: &str = "CODE-01,CODE-02,CLIENT-04";

/// A reference backend with these faults, and where it looks for WeChat.
struct Faulty {
    serving: Serving,
    wechat: String,
}

impl Faulty {
    fn with(faults: &[&str]) -> Self {
        let wechat = format!("127.0.0.1:{}", free_port());
        let url = format!("http://{wechat}");
        let mut arguments = vec!["backend", "--listen", "127.0.0.1:0", "--wechat", &url];
        arguments.extend(faults.iter().flat_map(|fault| ["--fault", fault]));
        Self { serving: wxconform(&arguments).serving(), wechat }
    }

    /// Judges it by the file `known.toml`.
    fn judged(&self, baseline: &str, more: &[&str]) -> Ended {
        let backend = ["--backend", self.serving.url(), "--wechat-listen", &self.wechat];
        let all = [&backend[..], &["--baseline", "known.toml"], more].concat();
        // A choice in `more` beats the variable.
        wxconform(&all).variable("WXCONFORM_ONLY", ONLY).file("known.toml", baseline).ended()
    }
}

/// Returns an entry for a requirement.
fn entry(id: &str) -> String {
    format!("[[deviation]]\nrequirement = \"{id}\"\nreason = \"ticket 17\"\nowner = \"Li Wei\"\n")
}

fn ended_entry(id: &str) -> String {
    format!("{}until = 2020-01-31\n", entry(id))
}

/// Returns the verdict of a requirement.
fn verdict(json: &serde_json::Value, id: &str) -> String {
    let all = json["requirements"].as_array().unwrap();
    let one = all.iter().find(|one| one["id"] == id).unwrap();
    one["verdict"].as_str().unwrap().to_owned()
}

fn content<'a>(ended: &'a Ended, name: &str) -> &'a str {
    let file = ended.files.iter().find(|(file, _)| file == name);
    &file.unwrap_or_else(|| panic!("{name} is not in {:#?}", ended.files)).1
}

#[test]
fn a_known_breach_is_waived_in_every_report() {
    let faulty = Faulty::with(&["code-cached", "data-in-user-refusal"]);
    let known = format!("{}until = 9999-12-31\n{}", entry("CODE-02"), entry("client-04"));
    let reports = ["--report", "json=json", "--report", "junit=junit.xml"];
    let ended = faulty.judged(&known, &reports);
    ended.has_status(0);
    assert!(ended.stdout.contains("~ waived     CODE-02"), "{}", ended.stdout);
    assert!(ended.stdout.contains("~ CODE-02  ticket 17 (Li Wei, until 9999-12-31)"), "{}", ended.stdout);
    assert!(ended.stdout.contains("\nPARTIAL  1 broken and waived by the baseline"), "{}", ended.stdout);
    assert!(ended.stdout.contains("2 waived"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("Stale") && !ended.stdout.contains("\nBroken"), "{}", ended.stdout);
    let json: serde_json::Value = serde_json::from_str(content(&ended, "json")).unwrap();
    assert_eq!((verdict(&json, "CODE-02"), verdict(&json, "CODE-01")), ("waived".into(), "kept".into()));
    assert_eq!(json["verdict"], "partial");
    assert_eq!(json["baseline"]["path"], "known.toml");
    assert_eq!(json["baseline"]["entries"][1]["requirement"], "CLIENT-04");
    assert_eq!(json["baseline"]["stale"], serde_json::json!([]));
    let waived = json["requirements"].as_array().unwrap().iter().find(|one| one["id"] == "CODE-02").unwrap();
    let expected = serde_json::json!({"reason": "ticket 17", "owner": "Li Wei", "until": "9999-12-31"});
    assert_eq!(waived["waiver"], expected);
    // The traffic still shows the breach, for whoever wants to mend it.
    assert!(waived["scenarios"].as_array().unwrap().iter().any(|scenario| scenario["verdict"] == "broken"));
    let junit = quick_junit::Report::deserialize_from_str(content(&ended, "junit.xml")).unwrap();
    assert_eq!((junit.failures, junit.errors), (0, 0));
    assert!(content(&ended, "junit.xml").contains("waived: ticket 17 (Li Wei, until 9999-12-31)"));
}

#[test]
fn an_unlisted_breach_counts_whatever_else_is_known() {
    let faulty = Faulty::with(&["code-cached", "openid-quoted"]);
    let one = faulty.judged(&entry("CODE-02"), &[]);
    assert!(one.has_status(1).stdout.contains("1 must broken: CODE-01"), "{}", one.stdout);
    // Not even a stale entry hides it.
    let known = format!("{}{}", entry("CODE-02"), entry("CODE-14"));
    let stale = faulty.judged(&known, &["--only", "CODE-01,CODE-02,CODE-14"]);
    assert!(stale.has_status(1).stdout.contains("Stale baseline"), "{}", stale.stdout);
    faulty.judged(&format!("{}{}", entry("CODE-02"), entry("CODE-01")), &[]).has_status(0);
}

#[test]
fn a_waived_should_does_not_count_in_a_strict_run_either() {
    let faulty = Faulty::with(&["data-in-user-refusal"]);
    let known = entry("CLIENT-04");
    let strict = faulty.judged(&known, &["--strict"]);
    assert!(strict.has_status(0).stdout.contains("\nPARTIAL  1 broken and waived"), "{}", strict.stdout);
    let lax = faulty.judged(&known, &[]);
    assert!(lax.has_status(0).stdout.contains("1 waived"), "{}", lax.stdout);
    assert!(!lax.stdout.contains("broken and waived"), "{}", lax.stdout);
    faulty.judged("", &["--strict"]).has_status(1);
}

#[test]
fn status_5_when_a_listed_deviation_does_not_occur() {
    let only = ["--only", "CODE-01", "--baseline", "known.toml"];
    let run = |more: &[&str]| {
        wxconform(&[&only[..], more].concat()).file("known.toml", format!("\n{}", entry("CODE-01"))).ended()
    };
    let page = run(&[]);
    page.has_status(5);
    let told = "! CODE-01  the deviation did not occur; remove the entry at line 2 of known.toml";
    assert!(page.stdout.contains("\nStale baseline\n") && page.stdout.contains(told), "{}", page.stdout);
    assert!(page.stdout.contains("the baseline is stale: CODE-01"), "{}", page.stdout);
    let json = run(&["--report", "json=-"]).has_status(5).json();
    assert_eq!(verdict(&json, "CODE-01"), "kept");
    assert_eq!(
        json["baseline"]["stale"],
        serde_json::json!([{
            "requirement": "CODE-01", "line": 2, "kind": "kept", "why": "the deviation did not occur"
        }])
    );
    let junit = run(&["--report", "junit=-"]);
    let report = quick_junit::Report::deserialize_from_str(&junit.has_status(5).stdout).unwrap();
    assert_eq!((report.failures, report.errors), (1, 0));
    assert!(junit.stdout.contains("the baseline is stale: CODE-01"), "{}", junit.stdout);
}

#[test]
fn status_5_when_a_waiver_is_past_its_date() {
    let faulty = Faulty::with(&["code-cached"]);
    let ended = faulty.judged(&ended_entry("CODE-02"), &[]);
    ended.has_status(5);
    assert!(ended.stdout.contains("~ waived     CODE-02"), "{}", ended.stdout);
    let told = "! CODE-02  its last day, 2020-01-31, is over; mend the backend, or agree on another day";
    assert!(ended.stdout.contains(told), "{}", ended.stdout);
}

#[test]
fn what_was_not_observed_is_not_stale() {
    // Not selected, whatever its date.
    let known = format!("{}{}", entry("USER-02"), ended_entry("USER-03"));
    let part =
        wxconform(&["--only", "CODE-01", "--baseline", "known.toml"]).file("known.toml", known).ended();
    part.has_status(0);
    // Skipped: this backend reads no clock of ours, and no waiting is allowed.
    let faulty = Faulty::with(&[]);
    let arguments = ["--max-wait", "0", "--only", "CODE-01,EXPIRY-04"];
    let skipped = faulty.judged(&entry("EXPIRY-04"), &arguments);
    assert!(skipped.stdout.contains("– skipped    EXPIRY-04"), "{}", skipped.stdout);
    skipped.has_status(0);
    faulty.judged(&ended_entry("EXPIRY-04"), &arguments).has_status(5);
}

#[test]
fn status_3_outweighs_a_stale_baseline() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let believer = answering("200 OK", "application/json", "{\"data\":{\"openid\":\"oA\"}}");
    for url in [url, believer] {
        let arguments = ["--backend", &url, "--wechat-listen", "127.0.0.1:0", "--baseline", "known.toml"];
        let invocation = wxconform(&[&arguments[..], &["--write-baseline", "new.toml"]].concat());
        let ended = invocation.file("known.toml", ended_entry("CODE-02")).ended();
        ended.has_status(3);
        let complaints = ended.complaints();
        let warnings: Vec<&str> = complaints.lines().filter(|line| !line.starts_with("note: ")).collect();
        assert_eq!(warnings, ["warning: new.toml is not written, because nothing was judged"]);
        assert_eq!(ended.files.len(), 1, "{:?}", ended.files);
    }
}

#[test]
fn status_4_outweighs_a_stale_baseline() {
    let arguments = ["--tags", "@must and not @must", "--baseline", "known.toml"];
    wxconform(&arguments).file("known.toml", ended_entry("CODE-02")).ended().has_status(4);
}

#[test]
fn a_baseline_that_will_not_do_is_told_with_file_line_and_way_out() {
    let told = |text: &str, words: &str| {
        let ended = wxconform(&["--baseline", "known.toml"]).file("known.toml", text).ended();
        ended.refused(words);
        assert_eq!(ended.complaints().lines().count(), 1, "{}", ended.stderr);
    };
    told(
        &entry("COED-02"),
        "--baseline: known.toml, line 2: there is no requirement \"COED-02\"; the nearest is CODE-02",
    );
    told(
        &format!("{}untill = 2027-01-31\n", entry("CODE-02")),
        "known.toml, line 5: there is no key \"untill\"; the nearest is \"until\"",
    );
    told(&format!("{0}{0}", entry("CODE-02")), "line 6: CODE-02 is listed in line 1 already");
    told("[[deviation]]\nrequirement = 'CODE-02'\nowner = 'x'\n", "line 1: the entry has no reason");
    told("[[deviation]]\nrequirement = 'CODE-02'\nreason = 'x'\n", "line 1: the entry has no owner");
    told("[[deviation\n", "--baseline: known.toml, line 1: ");
    wxconform(&["--baseline", "absent.toml"]).ended().refused("--baseline: cannot read absent.toml: ");
    wxconform(&["--baseline", "."]).ended().refused("--baseline: cannot read .: ");
}

#[test]
fn an_observation_cannot_be_waived() {
    let list = wxconform(&["list", "--tags", "@observe"]).ended().stdout;
    let Some(id) =
        list.lines().find(|line| line.starts_with("  ")).and_then(|line| line.split_whitespace().next())
    else {
        // Nothing is observed yet.
        return;
    };
    let ended = wxconform(&["--baseline", "known.toml"]).file("known.toml", entry(id)).ended();
    ended.refused(&format!("line 2: {id} is only observed"));
}

#[test]
fn the_file_can_be_named_by_flag_variable_and_settings() {
    let run = |arguments: &[&str], variable: &str| {
        let all = [&["--only", "CODE-01", "--report", "json=-"], arguments].concat();
        let invocation = wxconform(&all).file("wxconform.toml", "baseline = 'file.toml'\n");
        let three = ["flag.toml", "variable.toml", "file.toml"];
        let invocation = three.into_iter().fold(invocation, |one, name| one.file(name, ""));
        let json = invocation.variable("WXCONFORM_BASELINE", variable).ended().has_status(0).json();
        json["baseline"]["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(run(&["--baseline", "flag.toml"], "variable.toml"), "flag.toml");
    assert_eq!(run(&[], "variable.toml"), "variable.toml");
    assert_eq!(run(&[], ""), "file.toml");
    let wrong = wxconform(&[]).file("wxconform.toml", "\nbaseline = 'absent.toml'\n").ended();
    wrong.refused("wxconform.toml, line 2, baseline: cannot read absent.toml");
}

#[test]
fn a_written_baseline_lists_every_deviation_and_keeps_what_was_said() {
    let faulty = Faulty::with(&["code-cached", "data-in-user-refusal"]);
    let known = format!(
        "# A comment of ours.\n{}until = 2020-01-31\n{}{}",
        entry("CODE-02"),
        entry("CODE-01"),
        entry("USER-02")
    );
    let first = faulty.judged(&known, &["--write-baseline", "new.toml"]);
    // CODE-01 is kept, and CODE-02 is past its date.
    first.has_status(5);
    assert_eq!(
        first.complaints(),
        "note: new.toml lists 3 deviations\n\
         warning: say in it why this is not mended, and who mends it: CLIENT-04\n\
         warning: agree on another last day: CODE-02\n"
    );
    let written = content(&first, "new.toml");
    assert!(written.contains("[[deviation]]\nrequirement = \"CODE-02\"\nreason = \"ticket 17\"\nowner = \"Li Wei\"\nuntil = 2020-01-31\n"), "{written}");
    // USER-02 was not selected, so nobody knows better.
    assert!(written.contains("requirement = \"USER-02\"") && !written.contains("CODE-01"), "{written}");
    assert!(written.contains("# should: ") && written.contains("requirement = \"CLIENT-04\""), "{written}");
    // What was written can be read, and the run says what is still to be filled in.
    let second = faulty.judged(&written.replace("until = 2020-01-31\n", ""), &[]);
    assert!(second.has_status(0).stdout.contains("2 waived"), "{}", second.stdout);
    assert!(second.complaints().starts_with("warning: known.toml, line "), "{}", second.stderr);
    assert!(second.complaints().ends_with("the reason and the owner of CLIENT-04 is still a placeholder\n"));
    // In the place of the baseline itself, nothing but what changed changes.
    let third = faulty.judged(written, &["--write-baseline", "known.toml"]);
    third.has_status(5);
    assert_eq!(content(&third, "known.toml"), written);
}

#[test]
fn an_older_baseline_in_the_place_is_not_forgotten_and_anything_else_is_not_replaced() {
    let run = |content: &str| {
        wxconform(&["--only", "CODE-01", "--write-baseline", "old.toml"]).file("old.toml", content).ended()
    };
    let older = run(&format!("{}{}", entry("CODE-01"), entry("CODE-02")));
    older.has_status(0);
    assert_eq!(older.complaints(), "note: old.toml lists 1 deviation\n");
    let [(_, written)] = older.files.as_slice() else { panic!("{:?}", older.files) };
    assert!(written.contains("CODE-02") && !written.contains("CODE-01"), "{written}");
    assert!(content(&run(""), "old.toml").contains("\ndeviation = []\n"));
    for other in ["# notes\n", "seed = 1\n", "hello", &entry("XYZ-01")] {
        let ended = run(other);
        ended.refused("--write-baseline: old.toml is there: it is only replaced when it is a baseline");
        assert_eq!(content(&ended, "old.toml"), other);
    }
    wxconform(&["--write-baseline", "."]).ended().refused("--write-baseline: . is there and is no file");
    let absent = wxconform(&["--write-baseline", "no/such.toml"]).ended();
    absent.refused("--write-baseline: cannot write no/such.toml: there is no folder no");
}
