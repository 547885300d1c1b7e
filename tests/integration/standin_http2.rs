//! Does the stand-in speak HTTP/2, and what becomes of trouble there?

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use wxconform::standin::{StandIn, Trouble};

use crate::standin_stage::{LIMIT, WECHAT, stand_in, target, troubled, trusting};

/// How long a client waits for an answer that never comes.
const PATIENCE: Duration = Duration::from_millis(300);

type Sender = SendRequest<Empty<Bytes>>;

async fn connected(stand_in: &StandIn) -> Sender {
    let mut config = trusting(stand_in, rustls::ALL_VERSIONS);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(stand_in.address()).await.expect("somebody listens");
    let name = ServerName::try_from(WECHAT).expect("a name");
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("TLS");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (sender, connection) =
        handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2 is spoken");
    // What goes wrong on the connection is told to whoever sends on it.
    tokio::spawn(async { connection.await.is_ok() });
    sender
}

/// What a client saw: the `Content-Length` and what came of the body, if there was a head.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Whole(Option<String>, String),
    Cut(Option<String>, String),
    /// The stream was reset before there was an answer.
    NoHead,
    /// Nothing came as long as the client waited; with what came before.
    Silence(String),
}

async fn ask(sender: &Sender, target: &str, patience: Duration) -> Seen {
    let mut sender = sender.clone();
    sender.ready().await.expect("the connection is open");
    let request = Request::get(format!("https://{WECHAT}{target}")).body(Empty::new()).expect("a request");
    let answer = match tokio::time::timeout(patience, sender.send_request(request)).await {
        Err(_) => return Seen::Silence(String::new()),
        Ok(Err(_)) => return Seen::NoHead,
        Ok(Ok(answer)) => answer,
    };
    assert_eq!((answer.version(), answer.status().as_u16()), (Version::HTTP_2, 200));
    assert_eq!(answer.headers().get("connection"), None);
    let length = answer.headers().get("content-length");
    let length = length.map(|length| String::from_utf8_lossy(length.as_bytes()).into_owned());
    let (mut body, mut bytes) = (answer.into_body(), Vec::new());
    loop {
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match tokio::time::timeout(patience, body.frame()).await {
            Err(_) => return Seen::Silence(text()),
            Ok(None) => return Seen::Whole(length, text()),
            Ok(Some(Err(_))) => return Seen::Cut(length, text()),
            Ok(Some(Ok(frame))) => bytes.extend_from_slice(&frame.into_data().unwrap_or_default()),
        }
    }
}

#[tokio::test]
async fn many_requests_share_one_connection_and_are_recorded_like_others() {
    let (stand_in, wechat) = stand_in().await;
    let sender = connected(&stand_in).await;
    let asking = (0..60).map(|number| {
        let (sender, wechat) = (&sender, &wechat);
        async move {
            let person = wechat.person(&number.to_string());
            let code = wechat.login(&person);
            let seen = ask(sender, &target(wechat, &code), LIMIT).await;
            let Seen::Whole(Some(length), body) = seen else { panic!("{seen:?}") };
            assert!(body.contains(person.openid.as_str()) && length == body.len().to_string(), "{body}");
            let calls = wechat.calls(&code);
            assert_eq!(calls[0].request.url, format!("{}{}", stand_in_url(wechat), target(wechat, &code)));
            assert_eq!(calls[0].request.headers.get("host"), Some(WECHAT));
        }
    });
    futures::future::join_all(asking).await;
    assert_eq!(wechat.calls_total(), 60);
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());
}

fn stand_in_url(wechat: &wxconform::standin::Wechat) -> String {
    format!("{wechat:?}").trim_start_matches("Wechat(").trim_end_matches(')').to_owned()
}

#[tokio::test]
async fn trouble_meets_one_stream_and_the_others_go_on() {
    let (stand_in, wechat) = stand_in().await;
    let sender = connected(&stand_in).await;
    let alice = wechat.person("Alice");
    drop(wechat.login(&alice));
    let key = wechat.secrets(&alice)[0].expose().replace('/', r"\/");
    let body = format!(r#"{{"session_key":"{key}","openid":"{}"}}"#, alice.openid);
    let (length, half) = (Some(body.len().to_string()), body[..body.len() / 2].to_owned());
    let whole = |length: &Option<String>| Seen::Whole(length.clone(), body.clone());
    let rows = [
        ("closed-before-answer", Seen::NoHead),
        ("closed-in-head", Seen::NoHead),
        ("reset-before-answer", Seen::NoHead),
        ("not-http", Seen::NoHead),
        ("endless-fields", Seen::NoHead),
        ("reset-after-head", Seen::Cut(length.clone(), String::new())),
        ("body-cut-short", Seen::Cut(length.clone(), half.clone())),
        ("reset-in-body", Seen::Cut(length.clone(), half.clone())),
        ("chunk-cut", Seen::Cut(None, half.clone())),
        ("chunk-size-broken", Seen::Cut(None, String::new())),
        ("last-chunk-missing", Seen::Cut(None, body.clone())),
        ("chunked-by-byte", whole(&None)),
        ("http-1-0", whole(&None)),
        ("kept-and-closed", whole(&length)),
        ("interim-100", whole(&length)),
        ("in-pieces", whole(&length)),
        ("slow-body", whole(&length)),
        ("silence", Seen::Silence(String::new())),
        ("interim-forever", Seen::Silence(String::new())),
        ("silence-after-head", Seen::Silence(String::new())),
        ("silence-in-body", Seen::Silence(half)),
        ("trickle", Seen::Silence(String::new())),
    ];
    let asking = rows.iter().map(|(name, expected)| {
        let (sender, wechat) = (&sender, &wechat);
        async move {
            let target = troubled(wechat, Trouble::named(name).expect("a trouble"));
            let patience = if matches!(expected, Seen::Silence(_)) { PATIENCE } else { LIMIT };
            assert_eq!(ask(sender, &target, patience).await, *expected, "{name}");
        }
    });
    futures::future::join_all(asking).await;
    let after = ask(&sender, &target(&wechat, &wechat.login(&alice)), LIMIT).await;
    assert_eq!(after, whole(&length));
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());
}

#[tokio::test]
async fn a_wrong_length_is_told_as_in_http_1() {
    let (stand_in, wechat) = stand_in().await;
    for name in ["length-too-long", "length-too-short", "length-no-number"] {
        // The client may end the whole connection over it.
        let sender = connected(&stand_in).await;
        let seen = ask(&sender, &troubled(&wechat, Trouble::named(name).expect("a trouble")), LIMIT).await;
        let fine = matches!(&seen, Seen::Whole(Some(length), body) if *length == body.len().to_string());
        assert!(!fine && !matches!(seen, Seen::Silence(_)), "{name}: {seen:?}");
    }
}

#[tokio::test]
async fn a_huge_body_is_huge_and_an_endless_one_goes_on() {
    let (stand_in, wechat) = stand_in().await;
    let sender = connected(&stand_in).await;
    for (trouble, least, ends) in
        [(Trouble::HugeBody, 67_108_864, true), (Trouble::EndlessBody, 20_000, false)]
    {
        let mut sender = sender.clone();
        sender.ready().await.expect("the connection is open");
        let target = troubled(&wechat, trouble);
        let request =
            Request::get(format!("https://{WECHAT}{target}")).body(Empty::new()).expect("a request");
        let mut body = sender.send_request(request).await.expect("an answer").into_body();
        let mut length = 0;
        let ended = loop {
            match tokio::time::timeout(LIMIT, body.frame()).await.expect("it goes on") {
                Some(Ok(frame)) => length += frame.into_data().unwrap_or_default().len(),
                other => break other.is_none() || length >= least,
            }
            if !ends && length >= least {
                break false;
            }
        };
        assert!(length >= least && ended == ends, "{trouble}: {length} bytes");
    }
}

#[tokio::test]
async fn streams_end_with_the_stand_in_and_when_nobody_waits() {
    let (stand_in, wechat) = stand_in().await;
    let sender = connected(&stand_in).await;
    let silent = troubled(&wechat, Trouble::Silence);
    let waiting = {
        let (sender, silent) = (sender.clone(), silent.clone());
        tokio::spawn(async move { ask(&sender, &silent, LIMIT).await })
    };
    while wechat.calls_total() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(stand_in);
    assert_eq!(waiting.await.expect("it does not panic"), Seen::NoHead);
}

#[tokio::test]
async fn a_tunnel_is_not_opened_in_http_2() {
    let (stand_in, _) = stand_in().await;
    let mut sender = connected(&stand_in).await;
    let request = Request::connect(format!("{WECHAT}:443")).body(Empty::new()).expect("a request");
    let answer = sender.send_request(request).await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 405);
}
