//! Does any secret of a run stand in anything it leaves?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use flate2::read::GzDecoder;
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

/// What may be base64 of either alphabet.
static BASE64: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9A-Za-z+/_-]{24,}").unwrap());

/// Returns what comes of a run of base64, unpacked if it is packed, and of the runs in that.
fn decoded(run: &str, deep: usize) -> Option<Vec<Vec<u8>>> {
    let run = run.replace('-', "+").replace('_', "/");
    let bytes = STANDARD_NO_PAD.decode(&run[..run.len() / 4 * 4]).ok()?;
    let mut unpacked = Vec::new();
    GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap_or_default();
    let inner: Vec<Vec<u8>> = [&bytes, &unpacked]
        .into_iter()
        .filter(|_| deep > 0)
        .flat_map(|text| {
            let text = String::from_utf8_lossy(text).into_owned();
            BASE64
                .find_iter(&text)
                .filter_map(|run| decoded(run.as_str(), deep - 1))
                .flatten()
                .collect::<Vec<_>>()
        })
        .collect();
    Some([vec![bytes, unpacked], inner].concat())
}

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
    // Every format that there is, those of days to come included.
    let reports: Vec<String> = Format::ALL.iter().map(|format| format!("{format}=report.{format}")).collect();
    let reports = reports.iter().flat_map(|report| ["--report", report.as_str()]);
    let options: Vec<&str> = ["--verbose"].into_iter().chain(reports).chain(more.iter().copied()).collect();
    let (ended, secrets) = overheard(&flags, &options);
    let fetches = faults.iter().any(|fault| fault.starts_with("platform-token"));
    for (kind, _) in PLACES.iter().filter(|(kind, _)| fetches || *kind != "platform token") {
        assert!(secrets.iter().any(|(of, _)| of == kind), "no {kind} travelled");
    }
    assert_eq!(ended.files.len(), Format::ALL.len());
    let files = ended.files.iter().map(|(name, text)| (name.as_str(), text));
    let spelt: Vec<(&str, String)> =
        secrets.iter().flat_map(|(kind, secret)| spelt(secret).map(move |spelt| (*kind, spelt))).collect();
    // Thousands of spellings in megabytes of reports: searched for all at once.
    let all = AhoCorasick::new(spelt.iter().map(|(_, spelt)| spelt)).unwrap();
    for (place, text) in files.chain([("stdout", &ended.stdout), ("stderr", &ended.stderr)]) {
        if let Some(found) = all.find(text) {
            let (kind, secret) = &spelt[found.pattern().as_usize()];
            panic!("{faults:?}: a {kind} stands in {place}: {secret}");
        }
        // Whoever is curious decodes what looks like base64, and what comes of it again.
        let tokens = BASE64.find_iter(text).filter_map(|run| decoded(run.as_str(), 3));
        for token in tokens.flatten() {
            let token = String::from_utf8_lossy(&token);
            assert!(all.find(&*token).is_none(), "{faults:?}: {place} hides a secret: {token}");
        }
    }
    let is_judged = |line: &str| line.contains("SECRET-01 ") && line.contains(" must ");
    assert!(ended.stdout.lines().any(is_judged), "{}", ended.stdout);
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
    // One at a time: all of them show it in the same member.
    for hidden in ["session-key-nested", "session-key-gzipped", "session-key-zstd", "session-key-in-lines"] {
        nothing_left(&[hidden], &["--only", "CODE-02,SECRET-01"]);
    }
    nothing_left(
        &["platform-token-in-token", "platform-token-in-refusal", "platform-token-in-user-info"],
        &more,
    );
}

#[test]
fn a_token_is_masked_wherever_a_contract_puts_it() {
    let token = Regex::new(r#""(?:token|accessToken|skey|access_token)"\s*:\s*"([^"]{16,})""#).unwrap();
    for contract in ["ruoyi-vue-pro", "litemall", "wafer2"] {
        let wechat = free_port();
        let ear = Ear::before(wechat);
        let serve = ["backend", "--listen", "127.0.0.1:0", "--wechat", &ear.url, "--contract", contract];
        let served = wxconform(&serve).serving();
        let phone = Ear::before(served.url().rsplit(':').next().unwrap().parse().unwrap());
        let listen = format!("127.0.0.1:{wechat}");
        let run = ["--backend", &phone.url, "--wechat-listen", &listen, "--contract", contract];
        let more = [
            "--only",
            "LOGIN-01,CODE-02,TOKEN-06,USER-01",
            "--report",
            "json=r.json",
            "--report",
            "html=r.html",
        ];
        let ended = wxconform(&[&run[..], &more, &["--verbose"]].concat()).ended();
        let wire = phone.heard();
        let tokens: BTreeSet<&str> =
            token.captures_iter(&wire).map(|found| found.get(1).unwrap().as_str()).collect();
        assert!(!tokens.is_empty(), "{contract}: no token travelled:\n{wire}");
        let all = ended.files.iter().map(|(_, text)| text).chain([&ended.stdout, &ended.stderr]);
        for (text, token) in all.flat_map(|text| tokens.iter().map(move |token| (text, token))) {
            assert!(!text.contains(*token), "{contract}: the token {token} is shown");
        }
    }
}

#[test]
fn secrets_are_shown_to_whoever_asks_for_them_and_the_result_says_so() {
    let faults = ["--fault", "session-key-in-exchange"];
    let marks = [
        ("html", "This page shows secrets"),
        ("json", "\"secrets_shown\": true"),
        ("junit", "do not pass this on"),
        ("markdown", "do not pass this on"),
        ("sarif", "do not pass this on"),
        ("messages", "do not pass this on"),
        ("tap", "do not pass this on"),
        ("gitlab", "do not pass this on"),
        ("badge", "do not pass this on"),
    ];
    let reports: Vec<String> = marks.iter().map(|(format, _)| format!("{format}=report.{format}")).collect();
    let reports = reports.iter().flat_map(|report| ["--report", report.as_str()]);
    let more: Vec<&str> =
        ["--only", "CODE-01,SECRET-01", "--show-secrets"].into_iter().chain(reports).collect();
    let (ended, secrets) = overheard(&faults, &more);
    assert!(ended.stderr.contains("warning: secrets are not masked"), "{}", ended.stderr);
    assert!(ended.stdout.contains("! secrets are shown, because --show-secrets"), "{}", ended.stdout);
    let text = |format: &str| {
        let name = format!("report.{format}");
        &ended.files.iter().find(|(file, _)| *file == name).unwrap().1
    };
    for (format, mark) in marks {
        assert!(text(format).contains(mark), "{format} does not say that it shows secrets");
    }
    let json = text("json");
    let shown = |kind: &str| secrets.iter().any(|(of, secret)| *of == kind && json.contains(secret.as_str()));
    assert!(shown("session key") && shown("app secret") && shown("credentials"));
}

/// Returns the secret and the plain spellings of it that anybody can turn back at sight.
fn spelt(secret: &str) -> impl Iterator<Item = String> {
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let html = secret.replace('+', "&#x2B;").replace('/', "&sol;").replace('=', "&equals;");
    let reversed: String = secret.chars().rev().collect();
    let letters = secret.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<Vec<_>>().concat();
    let url_safe = STANDARD_NO_PAD.encode(secret).replace('+', "-").replace('/', "_");
    let upper = hex.to_uppercase();
    let spaced = secret.bytes().map(|byte| format!("{byte:02x} ")).collect::<Vec<_>>().concat();
    let percent: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let every = secret.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let base64 = STANDARD_NO_PAD.encode(secret);
    [secret.to_owned(), hex, upper, spaced, html, reversed, letters, url_safe, percent, every, base64]
        .into_iter()
}
