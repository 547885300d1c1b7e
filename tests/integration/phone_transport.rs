//! What does the phone's transport make of servers that misbehave?

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test server that fails shall fail the test")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use wxconform::miniprogram::Transport;
use wxconform::record::{Exchange, FailureKind, Headers, Outcome, Request};

/// Starts a server that hands each connection to `serve` and returns its address.
fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        thread::scope(|scope| {
            for stream in listener.incoming().map_while(Result::ok) {
                scope.spawn(|| serve(stream));
            }
        });
    });
    address
}

/// Reads one request, header and body, as text; empty when the connection ended first.
fn read_request(stream: &mut TcpStream) -> String {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => seen.push(byte[0]),
            _ => return String::new(),
        }
    }
    let head = String::from_utf8_lossy(&seen).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    seen.extend(body);
    String::from_utf8_lossy(&seen).into_owned()
}

/// Starts a server that answers every request with these bytes and closes; requests come out of the channel.
fn answering(answer: impl Into<Vec<u8>>) -> (SocketAddr, Receiver<String>) {
    let answer = answer.into();
    let (seen, requests) = channel();
    let address = server(move |mut stream| {
        seen.send(read_request(&mut stream)).unwrap();
        stream.write_all(&answer).unwrap();
    });
    (address, requests)
}

fn transport() -> Transport {
    Transport::new(Instant::now()).unwrap().with_patience(Duration::from_secs(5))
}

fn get(url: String) -> Request {
    Request { method: "GET".to_owned(), url, headers: Headers::default(), body: Vec::new() }
}

async fn ask(address: SocketAddr) -> Exchange {
    transport().send(get(format!("http://{address}/")), "Alice", "user info").await
}

async fn failure_on(answer: &str) -> FailureKind {
    let (address, _requests) = answering(answer);
    ask(address).await.answer().expect_err(answer).kind
}

#[tokio::test]
async fn an_answer_is_recorded_whole() {
    let (address, _requests) =
        answering("HTTP/1.1 418 I'm a teapot\r\nX-Y: z\r\ncontent-length: 2\r\n\r\nhi");
    let exchange = ask(address).await;
    let answer = exchange.answer().unwrap();
    assert_eq!((answer.status, answer.body.as_slice(), answer.cut), (418, b"hi".as_slice(), false));
    assert_eq!(answer.headers.get("x-y"), Some("z"));
    assert_eq!((exchange.actor.as_str(), exchange.purpose.as_str()), ("Alice", "user info"));
}

#[tokio::test]
async fn an_exchange_is_dated_from_the_start_of_the_run() {
    let started = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
    let transport = Transport::new(started).unwrap();
    let exchange = transport.send(get("http://nobody.invalid/".to_owned()), "A", "b").await;
    assert!(exchange.at >= Duration::from_secs(5) && exchange.took < exchange.at, "{exchange:?}");
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(ask(address).await.answer().unwrap_err().kind, FailureKind::Unreachable);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_unreachable() {
    let exchange = transport().send(get("http://nobody.invalid/".to_owned()), "A", "b").await;
    assert_eq!(exchange.answer().unwrap_err().kind, FailureKind::Unreachable);
}

#[tokio::test]
async fn a_connection_that_ends_too_early_is_broken() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nconte",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nshort",
    ] {
        assert_eq!(failure_on(answer).await, FailureKind::Broken, "{answer}");
    }
}

#[tokio::test]
async fn bytes_without_a_meaning_are_not_http() {
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        assert_eq!(failure_on(answer).await, FailureKind::NotHttp, "{answer}");
    }
}

#[tokio::test]
async fn an_endless_header_is_not_http() {
    let address = server(|mut stream| {
        read_request(&mut stream);
        let mut going = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while going.is_ok() {
            going = stream.write_all(b"x-more: and more\r\n");
        }
    });
    assert_eq!(ask(address).await.answer().unwrap_err().kind, FailureKind::NotHttp);
}

#[tokio::test]
async fn a_body_that_drips_longer_than_the_patience_times_out() {
    let address = server(|mut stream| {
        read_request(&mut stream);
        let mut going = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        while going.is_ok() {
            thread::sleep(Duration::from_millis(20));
            going = stream.write_all(b".");
        }
    });
    let hasty = transport().with_patience(Duration::from_millis(200));
    let exchange = hasty.send(get(format!("http://{address}/")), "Alice", "user info").await;
    assert_eq!(exchange.answer().unwrap_err().kind, FailureKind::TimedOut);
    assert!(exchange.took >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_body_without_end_is_cut_at_the_limit() {
    let address = server(|mut stream| {
        read_request(&mut stream);
        let mut going = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while going.is_ok() {
            going = stream.write_all(&[b'x'; 4096]);
        }
    });
    let small = transport().with_body_limit(10_000);
    let exchange = small.send(get(format!("http://{address}/")), "Alice", "user info").await;
    let answer = exchange.answer().unwrap();
    assert_eq!((answer.body.len(), answer.cut), (10_000, true));
}

#[tokio::test]
async fn a_body_as_long_as_the_limit_is_not_cut() {
    let (address, _requests) = answering("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour");
    let exchange = transport().with_body_limit(4).send(get(format!("http://{address}/")), "Alice", "x").await;
    assert!(!exchange.answer().unwrap().cut);
}

#[tokio::test]
async fn a_circle_of_redirects_ends_after_twenty() {
    let (address, requests) = answering("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n");
    let exchange = ask(address).await;
    assert_eq!(exchange.answer().unwrap_err().kind, FailureKind::Redirects);
    assert_eq!(exchange.redirects.len(), 20);
    assert_eq!(requests.try_iter().count(), 21);
}

#[tokio::test]
async fn credentials_do_not_follow_to_another_port() {
    let (there, arrived) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let (here, left) = answering(format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{there}/x\r\ncontent-length: 4\r\n\r\ngone"
    ));
    let mut request = get(format!("http://{here}/"));
    request.headers.push("Authorization", "Bearer canary");
    request.headers.push("X-Kept", "yes");
    let exchange = transport().send(request, "Alice", "user info").await;
    assert_eq!(exchange.answer().unwrap().status, 200);
    assert_eq!(exchange.redirects[0].to, format!("http://{there}/x"));
    assert_eq!(exchange.redirects[0].answer.body, b"gone");
    assert!(left.recv().unwrap().contains("Bearer canary"));
    let arrived = arrived.recv().unwrap().to_ascii_lowercase();
    assert!(!arrived.contains("authorization") && !arrived.contains("canary"), "{arrived}");
    assert!(arrived.contains("x-kept: yes"), "{arrived}");
}

#[tokio::test]
async fn a_redirect_with_a_body_that_never_comes_is_followed_all_the_same() {
    let (there, _arrived) = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let (here, _left) =
        answering(format!("HTTP/1.1 302 Found\r\nlocation: http://{there}/\r\ncontent-length: 9\r\n\r\n"));
    let exchange = ask(here).await;
    assert_eq!(exchange.answer().unwrap().status, 204);
    assert!(exchange.redirects[0].answer.cut);
}

#[tokio::test]
async fn a_post_that_is_found_elsewhere_becomes_a_get_without_a_body() {
    let (there, arrived) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let (here, _left) =
        answering(format!("HTTP/1.1 302 Found\r\nlocation: http://{there}/\r\ncontent-length: 0\r\n\r\n"));
    let mut request = get(format!("http://{here}/"));
    request.method = "POST".to_owned();
    request.headers.push("content-type", "text/plain");
    request.body = b"openid=o".to_vec();
    let exchange = transport().send(request, "Alice", "token").await;
    assert!(matches!(exchange.outcome, Outcome::Answered(_)));
    let arrived = arrived.recv().unwrap();
    assert!(arrived.starts_with("GET / ") && arrived.ends_with("\r\n\r\n"), "{arrived}");
    assert!(!arrived.contains("content-type"), "{arrived}");
}

#[tokio::test]
async fn every_request_has_a_connection_of_its_own() {
    // The second request on one connection would meet a close, as it does when the backend ends a kept
    // connection at that very moment.
    let address = server(|mut stream| {
        read_request(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        read_request(&mut stream);
    });
    let transport = transport();
    for _ in 0..20 {
        let exchange = transport.send(get(format!("http://{address}/")), "Alice", "user info").await;
        assert!(exchange.answer().is_ok(), "{:?}", exchange.outcome);
    }
}

#[tokio::test]
async fn an_address_with_a_certificate_nobody_vouches_for_is_unreachable() {
    let address = server(|mut stream| drop(stream.write_all(b"HTTP/1.1 400 Plain\r\n\r\n")));
    let exchange = transport().send(get(format!("https://{address}/")), "Alice", "user info").await;
    assert_eq!(exchange.answer().unwrap_err().kind, FailureKind::Unreachable);
}

#[tokio::test]
async fn a_reason_phrase_of_the_servers_own_is_kept() {
    for (line, reason) in [("400 key=abc", Some("key=abc")), ("400 Bad Request", None)] {
        let (address, _requests) = answering(format!("HTTP/1.1 {line}\r\ncontent-length: 0\r\n\r\n"));
        let request = Request {
            method: "GET".to_owned(),
            url: format!("http://{address}/"),
            headers: Headers::default(),
            body: Vec::new(),
        };
        let exchange = transport().send(request, "Alice", "test").await;
        assert_eq!(exchange.answer().unwrap().headers.get(":reason"), reason, "{line}");
    }
}
