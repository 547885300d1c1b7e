//! Does the stand-in's door stay open, close when it is told to, and let everything through?

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use wxconform::standin::{StandIn, StandInSettings, Wechat};

const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// How long anything may take before a test calls it hung.
const LIMIT: Duration = Duration::from_secs(20);

async fn stand_in() -> (StandIn, Wechat) {
    let stand_in = StandIn::start(ANY_PORT.into(), StandInSettings::default()).await.expect("a free port");
    let wechat = stand_in.wechat();
    (stand_in, wechat)
}

fn connected(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("somebody listens");
    stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
    stream
}

/// Sends a request on a connection that is kept, and returns the head and the body of the answer.
fn ask(stream: &mut TcpStream, request: &str) -> (String, String) {
    stream.write_all(request.as_bytes()).expect("the request goes out");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8(head).expect("text");
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    stream.read_exact(&mut body).expect("a body");
    (head, String::from_utf8(body).expect("text"))
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: api.weixin.qq.com\r\n\r\n")
}

/// Reads what there is. A child that ends meanwhile may interrupt a read that has a time limit.
fn read(stream: &mut TcpStream) -> io::Result<usize> {
    loop {
        match stream.read(&mut [0]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Says whether the other side has ended the connection.
fn is_over(stream: &mut TcpStream) -> bool {
    match read(stream) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[tokio::test]
async fn a_connection_is_kept_and_its_fields_are_those_of_the_real_service() {
    let (stand_in, wechat) = stand_in().await;
    let mut stream = connected(stand_in.address());
    for _ in 0..3 {
        let (head, body) = ask(&mut stream, &get("/nowhere"));
        let mut lines: Vec<&str> = head.trim_end().split("\r\n").collect();
        assert_eq!(lines.remove(0), "HTTP/1.1 200 OK");
        lines.sort_unstable();
        let (date, length) = (lines[3], format!("Content-Length: {}", body.len()));
        assert!(date.starts_with("Date: "), "{head}");
        let declared = "Content-Type: application/json; encoding=utf-8";
        assert_eq!(lines, ["Connection: keep-alive", &length, declared, date]);
    }
    assert_eq!(wechat.calls_total(), 3);
}

#[tokio::test]
async fn a_query_travels_byte_for_byte() {
    let (stand_in, wechat) = stand_in().await;
    // Another parser would escape or resolve each of these.
    let target = "/sns/./jscode2session?a='b'&c=%7e%2F&d=x|y^z&e=[{}]&&f=\u{e4}";
    ask(&mut connected(stand_in.address()), &get(target));
    let calls = wechat.all_calls();
    assert_eq!(calls[0].request.url, format!("{}{target}", stand_in.url()));
}

#[tokio::test]
async fn of_a_long_body_the_beginning_is_kept_and_all_of_it_is_read() {
    let (stand_in, wechat) = stand_in().await;
    let body = "x".repeat(1_000_000);
    let mut stream = connected(stand_in.address());
    let request = format!("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    assert!(ask(&mut stream, &request).1.contains("40066"));
    assert!(ask(&mut stream, &get("/b")).1.contains("40066"));
    let calls = wechat.all_calls();
    assert_eq!((calls[0].request.body.len(), calls[1].request.url.ends_with("/b")), (64 * 1024, true));
    assert_eq!(calls[0].request.headers.get("content-length"), Some("1000000"));
}

#[tokio::test]
async fn odd_requests_are_answered_and_harm_nobody() {
    let (stand_in, wechat) = stand_in().await;
    for (request, status) in [
        ("CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 "),
        ("CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 403 "),
        ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 "),
        ("GET http://exa%mple/a HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 "),
        ("GET http://api.weixin.qq.com/a HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 "),
        ("\x01\x03\x01\x02", "HTTP/1.1 400 "),
    ] {
        let mut stream = connected(stand_in.address());
        stream.write_all(request.as_bytes()).expect("the request goes out");
        let mut beginning = vec![0; status.len()];
        stream.read_exact(&mut beginning).expect("an answer");
        assert_eq!(String::from_utf8_lossy(&beginning), status, "{request}");
    }
    // One that goes away before its request is complete.
    let request = b"POST /never HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx";
    connected(stand_in.address()).write_all(request).expect("the request goes out");
    assert!(ask(&mut connected(stand_in.address()), &get("/a")).1.contains("40066"));
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());
}

#[tokio::test]
async fn connections_are_refused_for_as_long_as_is_wanted() {
    let (stand_in, wechat) = stand_in().await;
    let address = stand_in.address();
    let mut kept = connected(address);
    ask(&mut kept, &get("/a"));

    let refused = || {
        let error = TcpStream::connect(address).expect_err("nobody listens");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    };
    let refusing = wechat.refuse_connections().await;
    refused();
    assert!(is_over(&mut kept));
    TcpListener::bind(address).expect_err("the port is still ours");
    let second = wechat.refuse_connections().await;
    refusing.end().await;
    refused();
    second.end().await;
    assert!(ask(&mut connected(address), &get("/a")).1.contains("40066"));

    drop(wechat.refuse_connections().await);
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < LIMIT, "the port is not open again");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // A process that is being started has a copy of the port for a moment.
    let over = Arc::new(());
    let watched = Arc::downgrade(&over);
    let starting = thread::spawn(move || {
        while watched.strong_count() > 0 {
            drop(Command::new("true").status());
        }
    });
    for _ in 0..20 {
        let refusing = wechat.refuse_connections().await;
        refused();
        refusing.end().await;
        assert!(ask(&mut connected(address), &get("/a")).1.contains("40066"));
    }
    drop(over);
    starting.join().expect("the thread ends");
    assert!(wechat.troubles().is_empty(), "{:?}", wechat.troubles());

    drop(stand_in);
    wechat.refuse_connections().await.end().await;
}

#[tokio::test]
async fn connections_and_the_port_end_with_the_stand_in() {
    let (stand_in, wechat) = stand_in().await;
    let address = stand_in.address();
    let mut idle = connected(address);
    ask(&mut idle, &get("/a"));
    let mut waiting = connected(address);
    let silence = wxconform::standin::Trouble::Silence.script();
    let code = wechat.login(&wechat.person("Alice"));
    wechat.script(&code, silence);
    let (app, secret) = (wechat.app_id(), wechat.app_secret());
    let target = format!("/sns/jscode2session?appid={app}&secret={}&js_code={code}", secret.expose());
    waiting.write_all(get(&target).as_bytes()).expect("the request goes out");
    while wechat.calls(&code).is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(stand_in);
    TcpListener::bind(address).expect("the port is free at once");
    assert!(is_over(&mut idle) && is_over(&mut waiting));
}

/// The descriptors of a process run out, and come back.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_stand_in_without_descriptors_waits_and_goes_on() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let program = env!("CARGO_BIN_EXE_wxconform");
    let script = format!("ulimit -n 48; exec {program} wechat --listen 127.0.0.1:0 --control 127.0.0.1:0");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env_clear().env(crate::cli_stage::LANGUAGE, "en").stdout(Stdio::piped());
    let child = shell.spawn().expect("a shell");
    // It must not outlive a test that fails.
    let mut server = Server(child);
    let mut lines = BufReader::new(server.0.stdout.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("text");
    let url = first.rsplit("http://").next().expect("an address").trim();
    let address: SocketAddr = url.parse().expect("an address");

    // The operating system queues those that the process cannot take.
    let mut many: Vec<TcpStream> = (0..100).map(|_| connected(address)).collect();
    assert!(ask(&mut many[0], &get("/a")).1.contains("40066"));
    let mut last = many.pop().expect("a connection");
    last.set_read_timeout(Some(Duration::from_millis(100))).expect("a time limit");
    last.write_all(get("/a").as_bytes()).expect("the request is queued");
    assert_eq!(read(&mut last).expect_err("nobody answers").kind(), ErrorKind::WouldBlock);
    drop(many);
    last.set_read_timeout(Some(LIMIT)).expect("a time limit");
    assert_eq!(read(&mut last).expect("an answer"), 1);
    assert!(ask(&mut connected(address), &get("/a")).1.contains("40066"));
}

/// A process that ends with its test.
#[cfg(target_os = "linux")]
struct Server(std::process::Child);

#[cfg(target_os = "linux")]
impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
