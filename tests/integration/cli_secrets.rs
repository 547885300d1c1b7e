//! Does any secret of a run stand in anything it leaves?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use regex::Regex;
use wxconform::report::Format;

use crate::cli_foil::Ear;
use crate::cli_stage::{Ended, free_port, wxconform};

/// Where in the bytes on the wire secrets stand.
const PLACES: [(&str, &str); 5] = [
    ("session key", r#""session_?[kK]ey":"([^"]{8,})""#),
    ("token", r#""access_token":"([^"]{8,})""#),
    ("platform token", "(94_[0-9A-Za-z_-]{133})"),
    ("app secret", r"[?&]secret=([^& ]{8,})"),
    ("credentials", r"(?i)authorization: basic ([0-9a-z+/=]{8,})\s"),
];

/// Judges a backend of its own process with an ear on either side, and returns what was left and the secrets
/// that travelled, with their kinds.
fn overheard(fault: &[&str], more: &[&str]) -> (Ended, BTreeSet<(&'static str, String)>) {
    let wechat_port = free_port();
    let wechat = Ear::before(wechat_port);
    let listen = ["backend", "--listen", "127.0.0.1:0", "--wechat", &wechat.url];
    let served = wxconform(&[&listen, fault].concat()).serving();
    let port = served.url().rsplit(':').next().unwrap().parse().unwrap();
    let backend = Ear::before(port);
    let listen = format!("127.0.0.1:{wechat_port}");
    let run = ["--backend", &backend.url, "--wechat-listen", &listen];
    let ended = wxconform(&[&run, more].concat()).ended();
    let wire = wechat.heard() + &backend.heard();
    let mut secrets = BTreeSet::new();
    for (kind, pattern) in PLACES {
        for found in Regex::new(pattern).unwrap().captures_iter(&wire) {
            // Some scenarios send made-up words where the credentials of the client belong; those are nobody's.
            if kind == "credentials" && !STANDARD.decode(&found[1]).is_ok_and(|pair| pair.contains(&b':')) {
                continue;
            }
            secrets.insert((kind, found[1].to_owned()));
            secrets.insert((kind, found[1].replace("\\/", "/")));
        }
    }
    (ended, secrets)
}

/// Judges a backend with these faults, and searches all that the run leaves.
#[track_caller]
fn nothing_left(faults: &[&str], more: &[&str]) {
    let flags: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
    let wishes: Vec<String> = Format::ALL.iter().map(|format| format!("{format}=report.{format}")).collect();
    let reports = wishes.iter().flat_map(|wish| ["--report", wish]);
    let reports: Vec<&str> = ["--verbose"].into_iter().chain(reports).collect();
    let (ended, secrets) = overheard(&flags, &[&reports, more].concat());
    let fetches = faults.iter().any(|fault| fault.starts_with("platform-token"));
    for (kind, _) in PLACES.iter().filter(|(kind, _)| fetches || *kind != "platform token") {
        assert!(secrets.iter().any(|(of, _)| of == kind), "no {kind} travelled");
    }
    assert_eq!(ended.files.len(), Format::ALL.len());
    let files = ended.files.iter().map(|(name, text)| (name.as_str(), text));
    for (place, text) in files.chain([("stdout", &ended.stdout), ("stderr", &ended.stderr)]) {
        for (kind, secret) in
            secrets.iter().flat_map(|(kind, secret)| spelt(secret).map(move |spelt| (kind, spelt)))
        {
            assert!(!text.contains(secret.as_str()), "{faults:?}: a {kind} stands in {place}: {secret}");
        }
    }
    assert!(ended.stdout.contains("SECRET-01  must"), "{}", ended.stdout);
}

#[test]
fn no_secret_of_a_run_stands_in_what_it_leaves() {
    nothing_left(&[], &[]);
}

#[test]
fn no_secret_that_a_backend_gives_away_stands_in_what_a_run_leaves() {
    let some = ["--only", "LOGIN-01,CODE-02,CODE-09,TOKEN-06,USER-01,SECRET-01"];
    let more = ["--only", "CODE-02,CODE-09,USER-01,SECRET"];
    nothing_left(&["session-key-in-exchange", "app-secret-in-refusal"], &some);
    nothing_left(&["session-key-in-header", "session-key-in-user-info", "token-in-refusal"], &some);
    nothing_left(&["session-key-in-redirect", "session-key-in-refusal"], &some);
    nothing_left(&["session-key-base64", "session-key-hex", "app-secret-on-error-page"], &more);
    nothing_left(
        &["session-key-on-error-page", "session-key-reversed", "app-secret-when-wechat-refuses"],
        &more,
    );
    nothing_left(
        &["session-key-letter-by-letter", "session-key-in-claim-bytes", "app-secret-in-header"],
        &more,
    );
    nothing_left(
        &["platform-token-in-token", "platform-token-in-refusal", "platform-token-in-user-info"],
        &more,
    );
}

/// Returns the secret and the plain spellings of it that anybody can turn back at sight.
fn spelt(secret: &str) -> impl Iterator<Item = String> {
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let html = secret.replace('+', "&#x2B;").replace('/', "&sol;").replace('=', "&equals;");
    let reversed: String = secret.chars().rev().collect();
    let letters = secret.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat();
    [secret.to_owned(), hex, html, reversed, letters, STANDARD_NO_PAD.encode(secret)].into_iter()
}
