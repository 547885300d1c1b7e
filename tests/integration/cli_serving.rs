//! Do the two sides work as processes of their own, and do they end as they should?

#![cfg(unix)]

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use regex::Regex;

use crate::cli_foil::Ear;
use crate::cli_stage::{Ended, Serving, free_port, interruption, signal, wxconform};

/// What does not apply to a backend that never asks WeChat for an access token and signs no tokens of its own, and areas of
/// what the documented flow does not have.
const BESIDE: [&str; 5] = ["TOKEN-19", "USER-05", "USER-11", "SECRET-03", "SESSION"];

/// Serves the reference backend as a process of its own.
fn backend(wechat_port: u16, more: &[&str]) -> Serving {
    let wechat = format!("http://127.0.0.1:{wechat_port}");
    let arguments = ["backend", "--listen", "127.0.0.1:0", "--wechat", &wechat];
    wxconform(&[&arguments, more].concat()).serving()
}

/// Judges a backend that was told that WeChat is at this port.
fn judged(backend: &Serving, wechat_port: u16, more: &[&str]) -> Ended {
    let listen = format!("127.0.0.1:{wechat_port}");
    wxconform(&[&["--backend", backend.url(), "--wechat-listen", &listen], more].concat()).ended()
}

#[test]
fn a_correct_backend_with_long_tokens_is_partly_conforming() {
    let port = free_port();
    let ended = judged(&backend(port, &[]), port, &["--report", "json=-"]);
    let json = ended.has_status(0).json();
    assert_eq!((&json["verdict"], &json["backend"]["kind"]), (&"partial".into(), &"external".into()));
    let requirements = json["requirements"].as_array().unwrap();
    let skipped: Vec<_> = requirements.iter().filter(|one| one["verdict"] == "skipped").collect();
    assert!(!skipped.is_empty());
    for one in skipped {
        // It never asks WeChat for an access token, and signs no tokens; that leaves nothing out.
        if BESIDE.iter().any(|id| one["id"].as_str().unwrap().starts_with(id)) {
            continue;
        }
        assert!(one["id"].as_str().unwrap().starts_with("EXPIRY-"), "{}", one["id"]);
        assert!(one["reason"].as_str().unwrap().contains("7200 s"), "{}", one["reason"]);
    }
}

#[test]
fn a_correct_backend_with_short_tokens_is_conforming_after_real_waiting() {
    let port = free_port();
    let ended = judged(&backend(port, &["--token-lifetime", "3"]), port, &[]);
    assert!(ended.has_status(0).stdout.contains("\nCONFORMING  "), "{}", ended.stdout);
    assert!(ended.took > Duration::from_secs(3), "{:?}", ended.took);
}

#[test]
fn a_faulty_backend_is_nonconforming_and_the_requirement_is_named() {
    let port = free_port();
    let faulty = backend(port, &["--fault", "code-cached"]);
    assert!(faulty.page.contains("with the fault    code-cached"), "{}", faulty.page);
    // A code that is cached may also be accepted twice at the same moment; that depends on which comes first.
    let said = Regex::new("(?m)^NONCONFORMING  . musts? broken: CODE-02(, CODE-03)?$").unwrap();
    let ended = judged(&faulty, port, &[]);
    assert!(said.is_match(&ended.has_status(1).stdout), "{}", ended.stdout);
    let json = judged(&faulty, port, &["--report", "json=-"]).has_status(1).json();
    let broken = |one: &&serde_json::Value| one["verdict"] == "broken";
    let broken: Vec<_> = json["requirements"].as_array().unwrap().iter().filter(broken).collect();
    assert_eq!(broken[0]["id"], "CODE-02");
    assert!(broken[0]["scenarios"][0]["actual"].is_string());
}

#[test]
fn a_broken_should_counts_only_when_it_is_told_to() {
    let port = free_port();
    let faulty = backend(port, &["--fault", "data-in-user-refusal"]);
    let only = ["--only", "CLIENT-04"];
    judged(&faulty, port, &only).has_status(0);
    judged(&faulty, port, &[&only[..], &["--strict"]].concat()).has_status(1);
}

#[test]
fn a_backend_that_dies_half_way_is_never_conforming() {
    let port = free_port();
    let ear = Ear::before(port);
    let doomed = wxconform(&["backend", "--listen", "127.0.0.1:0", "--wechat", &ear.url]).serving();
    let listen = format!("127.0.0.1:{port}");
    let run = wxconform(&["--backend", doomed.url(), "--wechat-listen", &listen]).started();
    let asked = Instant::now();
    while ear.heard().matches("/sns/jscode2session").count() < 20 {
        assert!(asked.elapsed() < Duration::from_secs(20), "{}", ear.heard());
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(doomed);
    let ended = run.ended();
    assert!(matches!(ended.status.code(), Some(1 | 3)), "{:?}", ended.status);
    assert!(ended.stdout.contains("? undecided  "), "{}", ended.stdout);
    assert!(ended.stdout.contains("nobody answers at the address"), "{}", ended.stdout);
    assert!(ended.took < Duration::from_secs(15), "{:?}", ended.took);
}

#[test]
fn servers_end_at_once_on_a_signal_and_leave_their_ports() {
    for name in ["INT", "TERM"] {
        let mut backend = backend(free_port(), &[]);
        let mut wechat =
            wxconform(&["wechat", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]).serving();
        for server in [&mut backend, &mut wechat] {
            let address = server.url().trim_start_matches("http://").to_owned();
            // A client that stays connected must not keep the server.
            let _client = TcpStream::connect(&address).unwrap();
            let told = Instant::now();
            signal(name, server.running.id());
            assert_eq!(server.running.wait().code(), Some(0));
            assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
            TcpListener::bind(&address).unwrap();
        }
    }
}

#[test]
fn an_interrupted_run_ends_at_once_without_a_verdict_or_a_report() {
    let port = free_port();
    let long = backend(port, &["--token-lifetime", "5"]);
    let listen = format!("127.0.0.1:{port}");
    let report = ["--report", "json=report.json"];
    let arguments = [&["--backend", long.url(), "--wechat-listen", &listen], &report[..]].concat();
    let running = wxconform(&arguments).started();
    let asked = Instant::now();
    while TcpStream::connect(&listen).is_err() {
        assert!(asked.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(300));
    let (name, number) = interruption();
    signal(name, running.id());
    let ended = running.ended();
    // A shell shows an interruption as status 130.
    assert_eq!((ended.status.code(), ended.status.signal()), (None, Some(number)));
    assert!(ended.took < Duration::from_secs(2), "{:?}", ended.took);
    assert_eq!((ended.stdout.as_str(), ended.complaints().as_str()), ("", ""));
    assert!(ended.files.is_empty(), "{:?}", ended.files);
    TcpListener::bind(&listen).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_problem() {
    let reports = ["--only", "CODE-01", "--report", "json=-"];
    for arguments in [&["list"][..], &["--help"], &["explain", "CODE-02"], &["--only", "CODE-01"], &reports] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let (status, complaint) = wxconform(arguments).printing_to(full);
        assert_eq!(status, Some(3), "{arguments:?}");
        assert!(complaint.contains("No space left on device"), "{arguments:?}: {complaint}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_problem() {
    for arguments in [&["list"][..], &["--only", "CODE-01"], &["--only", "CODE-01", "--report", "json=-"]] {
        let mut running = wxconform(arguments).started();
        drop(running.child().stdout.take());
        assert_eq!(running.wait().code(), Some(0), "{arguments:?}");
    }
}
