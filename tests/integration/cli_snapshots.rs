//! Does the command look as before? Whoever changes a page sees it in the difference.

use crate::cli_stage::{free_port, wxconform};

/// Compares a page with the accepted one in the folder `snapshots`. What differs from run to run is replaced
/// by something of the same width, so that the layout is that of the real page.
#[track_caller]
fn looks_as_before(name: &str, page: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, shown) in [
        (r"127\.0\.0\.1:\d{5}\b", "127.0.0.1:PPPPP"),
        (r"(wxconform |version\W+)\d+\.\d+\.\d+", "${1}V.V.V"),
        // On a busy machine a few requests are sent a second time.
        (r"\d{3,4} requests by phones · \d{3,4} calls", "RRRR requests by phones · CCC calls"),
        (r"(jscode2session) \d{3} times", "$1 CCC times"),
        (r"ended between 7(199|200)\.\d s and 7200\.\d s", "ended between MMMM.M s and NNNN.N s"),
        (r"\d+(\.\d+)? m?s\n", "TIME\n"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "YYYY-MM-DDTHH:MM:SS.mmmZ"),
        (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "DDD, DD MMM YYYY HH:MM:SS GMT"),
        (r#""(at_ms|took_ms|duration_ms)": [\d.]+"#, r#""$1": 0"#),
        (r#"time="[\d.]+""#, r#"time="0.000""#),
        (r#"name="duration_ms" value="\d+""#, r#"name="duration_ms" value="0""#),
        (r"rid: [0-9a-f]{8}", "rid: TTTTTTTT"),
        (r"sha256:[0-9a-f]{64}", "sha256:DIGEST"),
    ] {
        settings.add_filter(pattern, shown);
    }
    settings.bind(|| insta::assert_snapshot!(name, page));
}

fn printed(arguments: &[&str], status: i32) -> String {
    let ended = wxconform(arguments).ended();
    assert_eq!(ended.has_status(status).complaints(), "");
    ended.stdout
}

#[test]
fn help_looks_as_before() {
    looks_as_before("cli__help_short", &printed(&["-h"], 0));
    looks_as_before("cli__help", &printed(&["--help"], 0));
    for command in [
        "run",
        "doctor",
        "wechat",
        "backend",
        "simulate",
        "explore",
        "report",
        "list",
        "explain",
        "docs",
        "schema",
        "completions",
    ] {
        looks_as_before(&format!("cli__help_{command}"), &printed(&[command, "--help"], 0));
    }
}

#[test]
fn help_keeps_to_its_width() {
    for arguments in [
        &["-h"][..],
        &["--help"],
        &["run", "--help"],
        &["backend", "--help"],
        &["simulate", "-h"],
        &["explore", "--help"],
        &["report", "--help"],
        &["report", "merge", "--help"],
        &["completions", "--help"],
    ] {
        for line in printed(arguments, 0).lines() {
            assert!(line.chars().count() <= 100 && line.trim_end() == line, "{line:?}");
        }
    }
}

#[test]
fn what_is_known_about_requirements_looks_as_before() {
    looks_as_before("cli__list", &printed(&["list"], 0));
    looks_as_before("cli__list_part", &printed(&["list", "--only", "CODE,LOGIN-01", "--tags", "@must"], 0));
    looks_as_before("cli__explain", &printed(&["explain", "code-02"], 0));
    let faults = printed(&["backend", "--list-faults"], 0);
    let first: Vec<&str> = faults.lines().take(12).collect();
    looks_as_before("cli__list_faults", &first.join("\n"));
    let troubles = printed(&["wechat", "--list-troubles"], 0);
    let first: Vec<&str> = troubles.lines().take(12).collect();
    looks_as_before("cli__list_troubles", &first.join("\n"));
}

#[test]
fn a_conforming_run_looks_as_before() {
    looks_as_before("cli__run_conforming", &printed(&["--seed", "42"], 0));
}

#[cfg(unix)]
#[test]
fn a_nonconforming_run_looks_as_before() {
    let port = free_port();
    let wechat = format!("http://127.0.0.1:{port}");
    let arguments = ["backend", "--listen", "127.0.0.1:0", "--wechat", &wechat, "--fault", "code-cached"];
    let backend = wxconform(&arguments).serving();
    let listen = format!("127.0.0.1:{port}");
    let run = ["--backend", backend.url(), "--wechat-listen", &listen, "--seed", "42", "--jobs", "1"];
    let only = ["--only", "CODE-01,CODE-02,CODE-07,CODE-12,CODE-13,CODE-15"];
    looks_as_before("cli__run_nonconforming", &printed(&[&run[..], &only].concat(), 1));
}

#[test]
fn a_run_that_could_not_judge_looks_as_before() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let arguments = ["--backend", &url, "--wechat-listen", "127.0.0.1:0", "--seed", "42"];
    looks_as_before("cli__run_could_not_judge", &printed(&arguments, 3));
}

#[test]
fn reports_look_as_before() {
    let run = ["--only", "CODE-02", "--seed", "42", "--jobs", "1"];
    let report = |format: &str| printed(&[&run[..], &["--report", format]].concat(), 0);
    looks_as_before("cli__json", &report("json=-"));
    looks_as_before("cli__junit", &report("junit=-"));
}
