//! Does the time of a backend pass that nobody here wrote?

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::process::Command;

use serde_json::Value;
use wxconform::backend::clock::faketime;

use crate::cli_stage::{Ended, wxconform};
use crate::launch::{CORRECT, Stage};

/// A backend with a clock of its own.
const WITH_CLOCK: &str = include_str!("launch_clock.py");

/// What is skipped where a lifetime can neither be waited for nor made to pass.
const NEED_TIME: [&str; 3] = ["EXPIRY-04", "EXPIRY-05", "EXPIRY-06"];

/// Returns the verdicts on the requirements that need time.
fn verdicts(json: &Value) -> Vec<&str> {
    let requirements = json["requirements"].as_array().unwrap();
    let of =
        |id: &&str| requirements.iter().find(|one| one["id"] == **id).unwrap()["verdict"].as_str().unwrap();
    NEED_TIME.iter().map(of).collect()
}

fn judged(stage: &Stage, command: &str, clock: &str) -> Ended {
    stage.run(command, &["--clock", clock, "--only", "EXPIRY", "--report", "json=-"]).ended()
}

/// Tells whether something that a test needs is installed.
#[expect(clippy::print_stderr, reason = "what is left out must be seen")]
fn is_there(what: &str, so: bool) -> bool {
    if !so {
        eprintln!("left out: {what} is not installed");
    }
    so
}

#[test]
fn two_hours_pass_in_a_process_that_asks_the_c_library_for_the_time() {
    if !is_there("libfaketime", faketime::find().is_some()) {
        return;
    }
    let stage = Stage::new();
    let ended = judged(&stage, &stage.script("correct", CORRECT), "faketime");
    assert_eq!(verdicts(&ended.has_status(0).json()), ["kept"; 3]);
    assert_eq!(ended.complaints(), "");
    let immortal = CORRECT.replace("$2", "$2 --fault never-ends");
    let ended = judged(&stage, &stage.script("immortal", &immortal), "faketime");
    assert_eq!(verdicts(&ended.has_status(1).json()), ["kept", "broken", "kept"]);
    stage.is_left_clean();
}

#[test]
fn a_process_that_the_library_does_not_reach_is_not_judged_by_it() {
    if !is_there("libfaketime", faketime::find().is_some()) {
        return;
    }
    let stage = Stage::new();
    let out_of_reach = CORRECT.replace("exec ", "exec env -u LD_PRELOAD ");
    let ended = judged(&stage, &stage.script("backend", &out_of_reach), "faketime");
    assert_eq!(verdicts(&ended.has_status(0).json()), ["skipped"; 3]);
    assert!(
        ended.complaints().starts_with("warning: --clock faketime does not reach this backend: "),
        "{}",
        ended.stderr
    );
    let json = ended.json();
    let skipped =
        json["requirements"].as_array().unwrap().iter().find(|one| one["id"] == "EXPIRY-04").unwrap();
    assert!(skipped["reason"].as_str().unwrap().contains("not provable here: "), "{skipped}");
    stage.is_left_clean();
}

#[test]
fn a_request_puts_the_clock_of_a_backend_forward() {
    if !is_there("python3", Command::new("python3").arg("--version").output().is_ok()) {
        return;
    }
    let stage = Stage::new();
    std::fs::write(stage.path("backend.py"), WITH_CLOCK).unwrap();
    let command = format!("exec python3 {}", stage.path("backend.py").display());
    for clock in ["POST /test/clock?advance={seconds}", "PUT /test/clock by={millis}"] {
        let ended = judged(&stage, &command, clock);
        assert_eq!(verdicts(&ended.has_status(0).json()), ["kept"; 3], "{clock}");
        assert_eq!(ended.complaints(), "");
    }
    let ended = judged(&stage, &command, "GET /nowhere?{seconds}");
    ended.refused("--clock: the backend's clock could not be put forward: GET http://127.0.0.1:");
    ended.refused("/nowhere?1 was answered 401, expected a status from 200 to 299");
    stage.is_left_clean();
}

#[test]
fn a_way_that_cannot_be_gone_is_told_before_anything_starts() {
    let refused = |arguments: &[&str], words: &str| wxconform(arguments).ended().refused(words);
    refused(
        &["--clock", "fakteime"],
        "--clock: \"fakteime\" is no way to make time pass; the nearest is faketime",
    );
    refused(&["--clock", "faketime"], "--clock: faketime reaches processes that wxconform starts");
    refused(&["--clock", "/clock?{seconds}"], "--clock: the clock of the built-in backend is moved anyway");
    refused(
        &["--backend", "http://127.0.0.1:1", "--clock", "/clock"],
        "--clock: \"/clock\" does not say by how much",
    );
    let missing = ["--launch", "true", "--clock", "faketime:/no/such/library.so"];
    refused(&missing, "--clock: there is no file /no/such/library.so");
    refused(&["explore", "--clock", "sundial"], "--clock: \"sundial\" is no way");
    let file = wxconform(&[]).file("wxconform.toml", "clock = 'faketime'\n");
    file.ended().refused("wxconform.toml, line 1, clock: faketime reaches");
}
