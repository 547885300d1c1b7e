//! Does every trouble reach the wire as it is described?

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use serde_json::Value;
use wxconform::expiry::VirtualClock;
use wxconform::protocol::JsCode;
use wxconform::record::Outcome;
use wxconform::reference::{Reference, Settings};
use wxconform::standin::{LedgerSettings, StandIn, StandInSettings, Trouble, TroubleKind, Wechat};

use crate::standin_stage::passes;

const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// How long a client waits for an answer that never comes.
const PATIENCE: Duration = Duration::from_millis(400);

/// How long a backend waits for an answer: longer than the shorter delays and shorter than the longest.
const BACKEND_PATIENCE: Duration = Duration::from_millis(1500);

/// How long a client waits for any other.
const LONG_PATIENCE: Duration = Duration::from_secs(20);

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Closed,
    Reset,
    /// It had not when the client's patience had.
    Open,
}

/// What a client saw: the bytes without the `Date`, how it ended, and when.
#[derive(Debug)]
struct Seen {
    bytes: Vec<u8>,
    end: End,
    took: Duration,
}

async fn stand_in() -> (StandIn, Wechat) {
    let stand_in = StandIn::start(ANY_PORT.into(), StandInSettings::default()).await.expect("a free port");
    let wechat = stand_in.wechat();
    (stand_in, wechat)
}

fn target(wechat: &Wechat, code: &JsCode) -> String {
    let (app, secret) = (wechat.app_id(), wechat.app_secret());
    let secret = secret.expose();
    format!("/sns/jscode2session?appid={app}&secret={secret}&js_code={code}&grant_type=authorization_code")
}

/// Sends a request by hand and reads what comes until the connection ends or the patience does.
fn read(address: SocketAddr, target: &str, patience: Duration) -> Seen {
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    let begun = Instant::now();
    let request = format!("GET {target} HTTP/1.1\r\nHost: api.weixin.qq.com\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the request goes out");
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    let end = loop {
        let left = patience.saturating_sub(begun.elapsed());
        if left.is_zero() {
            break End::Open;
        }
        stream.set_read_timeout(Some(left)).expect("a time limit");
        match stream.read(&mut buffer) {
            Ok(0) => break End::Closed,
            // The beginning of what is huge tells enough.
            Ok(length) if bytes.len() < 4 * 1024 * 1024 => bytes.extend_from_slice(&buffer[..length]),
            Ok(_) => {}
            Err(error) if passes(error.kind()) => {}
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
                break End::Reset;
            }
        }
    };
    let bytes = without_date(&bytes);
    Seen { bytes, end, took: begun.elapsed() }
}

fn without_date(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !line.to_ascii_lowercase().starts_with(b"date: ")).flatten().copied().collect()
}

async fn seen(stand_in: &StandIn, code: &JsCode, patience: Duration) -> Seen {
    let (address, target) = (stand_in.address(), target(&stand_in.wechat(), code));
    let reading = tokio::task::spawn_blocking(move || read(address, &target, patience));
    reading.await.expect("the reader does not panic")
}

/// Lets somebody log in with trouble and reads what comes of it.
async fn troubled(stand_in: &StandIn, trouble: Trouble) -> Seen {
    let wechat = stand_in.wechat();
    let code = wechat.login(&wechat.person("Alice"));
    wechat.script(&code, trouble.script());
    let patience = if trouble.kind() == TroubleKind::Silent { PATIENCE } else { LONG_PATIENCE };
    seen(stand_in, &code, patience).await
}

/// Reads an answer as RFC 9112 has it, and nothing beyond: returns the status, the head and the body.
fn parsed(seen: &Seen) -> Option<(u16, String, Vec<u8>)> {
    let mut rest = seen.bytes.as_slice();
    loop {
        let end = rest.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..end]).ok()?.to_ascii_lowercase();
        rest = &rest[end + 4..];
        let status = head.strip_prefix("http/1.1 ").or_else(|| head.strip_prefix("http/1.0 "))?;
        let status: u16 = status.get(..3)?.parse().ok()?;
        if (100..200).contains(&status) {
            continue;
        }
        let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        let closed = seen.end == End::Closed;
        let body = match (field("transfer-encoding: "), field("content-length: ")) {
            (Some("chunked"), _) => dechunked(rest)?,
            (Some(_), _) => return None,
            (None, Some(length)) => rest.get(..length.parse().ok()?)?.to_vec(),
            (None, None) => closed.then(|| rest.to_vec())?,
        };
        return Some((status, head, body));
    }
}

fn dechunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        rest = &rest[end + 2..];
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
        if size == 0 {
            return Some(body);
        }
    }
}

/// Returns the openid, if a client that goes by the rules finds one.
fn openid(seen: &Seen) -> Option<String> {
    let (status, head, body) = parsed(seen)?;
    let value: Value = serde_json::from_slice(&body).ok()?;
    let success = status == 200
        && !head.contains("content-encoding")
        && value.get("errcode").is_none_or(|number| number.as_i64() == Some(0));
    let openid = value.get("openid")?.as_str()?;
    (success && !openid.is_empty()).then(|| openid.to_owned())
}

#[tokio::test]
async fn every_trouble_is_what_its_kind_says_and_none_is_the_usual_answer() {
    let (stand_in, wechat) = stand_in().await;
    let alice = wechat.person("Alice");
    let usual = seen(&stand_in, &wechat.login(&alice), LONG_PATIENCE).await;
    assert_eq!(openid(&usual).as_deref(), Some(alice.openid.as_str()));

    let all: Vec<Seen> =
        futures::future::join_all(Trouble::ALL.iter().map(|trouble| troubled(&stand_in, *trouble))).await;
    for (trouble, seen) in Trouble::ALL.iter().zip(&all) {
        let found = openid(seen);
        match trouble.kind() {
            TroubleKind::Legal | TroubleKind::Slow => {
                assert_eq!(found.as_deref(), Some(alice.openid.as_str()), "{trouble}: {seen:?}");
                assert_eq!(seen.end, End::Closed, "{trouble}");
            }
            TroubleKind::Refusal | TroubleKind::Broken => {
                assert_eq!(found, None, "{trouble}: {seen:?}");
                assert_ne!(seen.end, End::Open, "{trouble}");
            }
            TroubleKind::Silent => assert_eq!((found, seen.end), (None, End::Open), "{trouble}"),
            TroubleKind::Either => assert_ne!(seen.end, End::Open, "{trouble}"),
        }
        let quick = seen.took < Duration::from_millis(250);
        let same = (&seen.bytes, seen.end) == (&usual.bytes, usual.end);
        assert!(!(same && quick), "{trouble}");
    }
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());
}

#[tokio::test]
async fn what_travels_is_right_to_the_byte() {
    let (stand_in, wechat) = stand_in().await;
    let alice = wechat.person("Alice");
    drop(wechat.login(&alice));
    let key = wechat.secrets(&alice)[0].expose().replace('/', r"\/");
    let body = format!(r#"{{"session_key":"{key}","openid":"{}"}}"#, alice.openid);
    let (length, half) = (body.len(), &body[..body.len() / 2]);
    let open = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    let head = format!("{open}Connection: close\r\nContent-Length: {length}\r\n\r\n");
    let chunked = format!("{open}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    let lengthy = |text: &dyn std::fmt::Display| {
        format!("{open}Connection: close\r\nContent-Length: {text}\r\n\r\n{body}")
    };
    let by_byte = body.chars().map(|byte| format!("1\r\n{byte}\r\n")).collect::<Vec<_>>().concat();
    let rows = [
        ("closed-before-answer", String::new(), End::Closed),
        ("closed-in-status-line", "HTTP/1.1".to_owned(), End::Closed),
        ("closed-in-head", open.to_owned(), End::Closed),
        ("closed-after-head", head.clone(), End::Closed),
        ("body-cut-short", format!("{head}{half}"), End::Closed),
        ("reset-before-answer", String::new(), End::Reset),
        ("reset-after-head", head.clone(), End::Reset),
        ("reset-in-body", format!("{head}{half}"), End::Reset),
        ("chunk-cut", format!("{chunked}{length:x}\r\n{half}"), End::Closed),
        ("chunk-size-broken", format!("{chunked}many\r\n{body}"), End::Closed),
        ("last-chunk-missing", format!("{chunked}{length:x}\r\n{body}\r\n"), End::Closed),
        ("chunked", format!("{chunked}{length:x}\r\n{body}\r\n0\r\n\r\n"), End::Closed),
        ("chunked-by-byte", format!("{chunked}{by_byte}0\r\n\r\n"), End::Closed),
        ("length-too-long", lengthy(&(length + 10)), End::Closed),
        ("length-too-short", lengthy(&(length / 2)), End::Closed),
        ("length-no-number", lengthy(&"many"), End::Closed),
        ("close-delimited", format!("{open}Connection: close\r\n\r\n{body}"), End::Closed),
        ("http-1-0", format!("{open}Connection: close\r\n\r\n{body}").replacen("1.1", "1.0", 1), End::Closed),
        ("kept-and-closed", format!("{head}{body}").replace("close", "keep-alive"), End::Closed),
        ("interim-100", format!("HTTP/1.1 100 Continue\r\n\r\n{head}{body}"), End::Closed),
        (
            "interim-103",
            format!("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n{head}{body}"),
            End::Closed,
        ),
        ("in-pieces", format!("{head}{body}"), End::Closed),
        ("slow-body", format!("{head}{body}"), End::Closed),
        ("not-http", "SSH-2.0-OpenSSH_9.6\r\n".to_owned(), End::Closed),
        ("silence", String::new(), End::Open),
        ("silence-after-head", head.clone(), End::Open),
        ("silence-in-body", format!("{head}{half}"), End::Open),
        ("trickle", head.clone(), End::Open),
        ("interim-forever", "HTTP/1.1 102 Processing\r\n\r\n".to_owned(), End::Open),
    ];
    let troubles = rows.iter().map(|(name, ..)| Trouble::named(name).expect("a trouble"));
    let all = futures::future::join_all(troubles.map(|trouble| troubled(&stand_in, trouble))).await;
    for ((name, bytes, end), seen) in rows.iter().zip(&all) {
        assert_eq!((&String::from_utf8_lossy(&seen.bytes).into_owned(), seen.end), (bytes, *end), "{name}");
    }
    let slow = &all[rows.iter().position(|(name, ..)| *name == "slow-body").expect("a row")];
    assert!(slow.took >= Duration::from_millis(300), "{:?}", slow.took);
}

#[tokio::test]
async fn what_is_endless_is_endless_and_what_is_huge_is_huge() {
    let (stand_in, _) = stand_in().await;
    let huge = troubled(&stand_in, Trouble::HugeBody).await;
    assert!(huge.bytes.len() > 4_000_000 && huge.end == End::Closed, "{} bytes", huge.bytes.len());
    for (trouble, fields) in [(Trouble::EndlessFields, 60_000), (Trouble::EndlessField, 1)] {
        let seen = troubled(&stand_in, trouble).await;
        let text = String::from_utf8_lossy(&seen.bytes);
        assert!(text.len() > 4_000_000 && !text.contains("\r\n\r\n") && seen.end == End::Closed, "{trouble}");
        let found = text.matches("\r\nX-Filler: x").count();
        assert!(if fields == 1 { found == 1 } else { found > fields }, "{trouble}: {found} fields");
    }
    let endless = troubled(&stand_in, Trouble::EndlessBody).await;
    assert!(endless.bytes.len() > 20_000 && endless.end == End::Open, "{} bytes", endless.bytes.len());
    assert!(endless.bytes.len() < 1_500_000, "{} bytes in {PATIENCE:?}", endless.bytes.len());
}

#[tokio::test]
async fn the_journal_says_what_a_client_saw() {
    let (stand_in, wechat) = stand_in().await;
    let failing: Vec<&str> = futures::future::join_all(Trouble::ALL.iter().map(async |trouble| {
        let code = wechat.login(&wechat.person(trouble.name()));
        wechat.script(&code, trouble.script());
        let silent = trouble.kind() == TroubleKind::Silent;
        let seen = seen(&stand_in, &code, if silent { PATIENCE } else { LONG_PATIENCE }).await;
        let calls = wechat.calls(&code);
        assert_eq!(calls.len(), 1, "{trouble}");
        let failed = matches!(calls[0].outcome, Outcome::Failed(_));
        assert_eq!(failed, parsed(&seen).is_none(), "{trouble}: {:?}", calls[0].outcome);
        failed.then(|| trouble.name())
    }))
    .await
    .into_iter()
    .flatten()
    .collect();
    assert!(failing.contains(&"silence") && !failing.contains(&"chunked"), "{failing:?}");
}

#[tokio::test]
async fn a_correct_backend_does_with_each_trouble_what_its_kind_says() {
    let (stand_in, wechat) = stand_in().await;
    let clock = std::sync::Arc::new(VirtualClock::default());
    let settings = Settings { clock, wechat_patience: BACKEND_PATIENCE, ..Settings::new(stand_in.url()) };
    let backend = Reference::start(ANY_PORT.into(), settings).await.expect("a free port");
    let address: SocketAddr =
        backend.url().strip_prefix("http://").and_then(|text| text.parse().ok()).expect("an address");
    let asking = Trouble::ALL.iter().map(async |trouble| {
        let person = wechat.person(trouble.name());
        let code = wechat.login(&person);
        wechat.script(&code, trouble.script());
        let target = format!("/miniprogram/wxmp/code2session?code={code}");
        let reading = tokio::task::spawn_blocking(move || read(address, &target, LONG_PATIENCE));
        let seen = reading.await.expect("the reader does not panic");
        let (status, _, body) = parsed(&seen).expect("the backend answers");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        let admitted = body["data"]["openid"] == person.openid.as_str();
        // An openid is opaque, and this backend takes blanks for one.
        let other = *trouble == Trouble::OpenidBlank;
        assert!(other || admitted == (status == 200), "{trouble}: {status} {body}");
        match trouble.kind() {
            TroubleKind::Legal => assert!(admitted, "{trouble}: {body}"),
            TroubleKind::Refusal | TroubleKind::Broken | TroubleKind::Silent => {
                assert!(!admitted, "{trouble}: {body}");
            }
            // Its patience is shorter than one of them.
            TroubleKind::Slow => assert_eq!(admitted, *trouble != Trouble::Late2s, "{trouble}: {body}"),
            TroubleKind::Either => {}
        }
    });
    // Not all at once, so that a busy machine does not make a quick answer late.
    futures::stream::iter(asking).for_each_concurrent(16, |asking| asking).await;
}

#[tokio::test]
async fn trouble_that_ends_lets_the_next_call_through() {
    let (stand_in, wechat) = stand_in().await;
    let alice = wechat.person("Alice");
    let code = wechat.login(&alice);
    wechat.script(&code, Trouble::BusyOnce.script());
    let first = seen(&stand_in, &code, LONG_PATIENCE).await;
    assert!(String::from_utf8_lossy(&first.bytes).contains(r#"{"errcode":-1,"#));
    assert_eq!(openid(&seen(&stand_in, &code, LONG_PATIENCE).await).as_deref(), Some(alice.openid.as_str()));
}

#[tokio::test]
async fn every_code_can_meet_the_same_trouble() {
    let ledger = LedgerSettings { every_code: Some(Trouble::BusyOnce.script()), ..LedgerSettings::default() };
    let settings = StandInSettings { ledger, ..StandInSettings::default() };
    let stand_in = StandIn::start(ANY_PORT.into(), settings).await.expect("a free port");
    let wechat = stand_in.wechat();
    for person in ["Alice", "Bob"] {
        let code = wechat.login(&wechat.person(person));
        let first = seen(&stand_in, &code, LONG_PATIENCE).await;
        assert!(String::from_utf8_lossy(&first.bytes).contains(r#"{"errcode":-1,"#), "{person}");
        assert!(openid(&seen(&stand_in, &code, LONG_PATIENCE).await).is_some(), "{person}");
    }
}
