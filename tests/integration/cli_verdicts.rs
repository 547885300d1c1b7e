//! Does the exit status say what was found out, and never more?

use std::io::Read as _;
use std::time::Duration;

use crate::cli_foil::{answering, foil, saying};
use crate::cli_stage::{Ended, free_port, wxconform};

/// Runs against a backend that is none.
fn judged(url: &str) -> Ended {
    wxconform(&["--backend", url, "--wechat-listen", "127.0.0.1:0"]).ended()
}

/// Makes sure that nothing was judged, and that no requirement is blamed for it.
#[track_caller]
fn could_not_judge(ended: &Ended, words: &str) {
    ended.has_status(3);
    let one_line = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line.contains("COULD NOT JUDGE"), "{}", ended.stdout);
    assert!(one_line.contains(words), "{words:?} is not in {}", ended.stdout);
    assert!(!ended.stdout.contains("broken"), "{}", ended.stdout);
    // Beside that there may be a hint.
    assert!(ended.complaints().lines().all(|line| line.starts_with("note: ")), "{}", ended.stderr);
}

#[test]
fn status_0_when_everything_selected_is_kept() {
    let all = wxconform(&[]).ended();
    assert!(all.has_status(0).stdout.contains("\nCONFORMING  "), "{}", all.stdout);
    let part = wxconform(&["run", "--only", "code-01", "--jobs", "1"]).ended();
    assert!(part.has_status(0).stdout.contains("\nPARTIAL  "), "{}", part.stdout);
    assert_eq!((all.complaints(), part.complaints()), (String::new(), String::new()));
    assert!(all.files.is_empty(), "{:?}", all.files);
}

/// One of the scenarios waits for a token to end, which takes nothing from the others where none does.
#[test]
fn what_never_ends_leaves_a_rule_that_needs_no_end_decided() {
    let ended = wxconform(&["--contract", "django-token", "--only", "USER-06", "--strict"]).ended();
    assert!(ended.has_status(0).stdout.contains("kept       USER-06"), "{}", ended.stdout);
}

#[test]
fn status_4_when_nothing_is_selected() {
    let ended = wxconform(&["--tags", "@must and not @must"]).ended();
    assert!(ended.has_status(4).stdout.contains("nothing was selected"), "{}", ended.stdout);
    let listed = wxconform(&["list", "--tags", "@must and not @must"]).ended();
    assert_eq!(listed.has_status(4).stderr, "warning: no requirement fits this choice\n");
    assert_eq!(listed.stdout, "");
}

#[test]
fn status_3_when_nobody_is_there() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let ended = judged(&url);
    could_not_judge(&ended, "the backend is not there: nobody answers at the address");
    assert!(ended.stdout.contains(&format!("see that the backend answers at {url}/")), "{}", ended.stdout);
    could_not_judge(&judged("http://nobody.invalid"), "the backend is not there");
}

#[test]
fn status_3_when_what_is_there_speaks_no_http() {
    let words = "the backend gives no answer to a code exchange: the answer is not HTTP";
    could_not_judge(&judged(&saying("SSH-2.0-OpenSSH_9.6\r\n")), words);
    could_not_judge(&judged(&saying(b"\x00\xff\x1b[2J\r\n\r\n".repeat(50))), words);
    could_not_judge(&judged(&saying("")), "the connection ended before the answer was complete");
}

#[test]
fn status_3_when_what_is_there_never_asks_wechat() {
    let words = "the backend answers, but never asked the stand-in about a fresh code; its answer was";
    let html = "<html><body><h1>404 Not Found</h1></body></html>";
    could_not_judge(&judged(&answering("404 Not Found", "text/html", html)), &format!("{words} 404 <html>"));
    let garbage = answering("200 OK", "application/json", "{\"data\":{{{");
    could_not_judge(&judged(&garbage), &format!("{words} 200 {{\"data\":{{{{{{"));
    // A backend that believes every code is the most convincing of all.
    let believer = answering("200 OK", "application/json", "{\"data\":{\"openid\":\"oA\"}}");
    could_not_judge(&judged(&believer), words);
}

#[test]
fn status_3_soon_when_what_is_there_never_answers() {
    let url = foil(|mut stream| {
        let mut request = [0; 4096];
        while stream.read(&mut request).is_ok_and(|length| length > 0) {}
    });
    let ended = judged(&url);
    could_not_judge(&ended, "no answer in time (gave up after 10s)");
    assert!(ended.took < Duration::from_secs(12), "{:?}", ended.took);
}

#[test]
fn a_dead_backend_breaks_no_requirement_in_the_reports() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let ended = wxconform(&[
        "--backend",
        &url,
        "--wechat-listen",
        "127.0.0.1:0",
        "--report",
        "json=-",
        "--report",
        "junit=junit.xml",
    ])
    .ended();
    let json = ended.has_status(3).json();
    assert_eq!(
        (&json["verdict"], &json["totals"]["requirements"]["broken"]),
        (&"undecided".into(), &0.into())
    );
    assert!(json["preflight"].as_str().unwrap().contains("nobody answers"), "{}", json["preflight"]);
    assert!(!ended.files[0].1.contains("<failure"), "{}", ended.files[0].1);
}
