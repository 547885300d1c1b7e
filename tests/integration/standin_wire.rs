//! What the stand-in and its control door put on the wire, to the byte.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use wxconform::standin::{ControlDoor, Script, StandIn, StandInSettings, Wechat};

const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// An answer taken apart: the status line, the header lines without `date`, the body.
struct Raw {
    status: String,
    headers: Vec<String>,
    body: String,
}

/// Sends a request as it stands and reads to the end of the connection.
async fn send(url: &str, method: &str, target: &str, body: &str) -> Raw {
    let address = url.strip_prefix("http://").expect("a plain address").to_owned();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: api.weixin.qq.com\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("somebody listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit");
        stream.write_all(request.as_bytes()).expect("the request goes out");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the answer is text");
        answer
    });
    let answer = answer.await.expect("the asker does not panic");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let mut lines = head.split("\r\n").map(ToOwned::to_owned);
    let status = lines.next().expect("a status line");
    // The case of a name means nothing.
    let lines = lines.filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        Some(format!("{}: {value}", name.to_ascii_lowercase()))
    });
    let mut headers: Vec<String> = lines.filter(|line| !line.starts_with("date: ")).collect();
    headers.sort();
    Raw { status, headers, body: body.to_owned() }
}

async fn stand_in() -> (StandIn, Wechat) {
    let stand_in = StandIn::start(ANY_PORT.into(), StandInSettings::default()).await.expect("a free port");
    let wechat = stand_in.wechat();
    (stand_in, wechat)
}

fn parameters(wechat: &Wechat, code: &str) -> String {
    format!(
        "appid={}&secret={}&js_code={code}&grant_type=authorization_code",
        wechat.app_id(),
        wechat.app_secret().expose()
    )
}

fn exchange(wechat: &Wechat, code: &str) -> String {
    format!("/sns/jscode2session?{}", parameters(wechat, code))
}

/// Says whether an error answer is this text with a request id behind it.
fn is_error(body: &str, front: &str) -> bool {
    let rid = body.strip_prefix(front).and_then(|rest| rest.strip_suffix("\"}"));
    rid.is_some_and(|rid| rid.len() == 26 && rid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'))
}

#[tokio::test]
async fn a_code_is_exchanged_once_and_each_answer_is_right_to_the_byte() {
    let (stand_in, wechat) = stand_in().await;
    let alice = wechat.person("Alice");
    let code = wechat.login(&alice);
    let target = exchange(&wechat, code.as_str());

    let first = send(&stand_in.url(), "GET", &target, "").await;
    let key = wechat.secrets(&alice)[0].expose().replace('/', r"\/");
    let expected = format!(r#"{{"session_key":"{key}","openid":"{}"}}"#, alice.openid);
    assert_eq!(first.status, "HTTP/1.1 200 OK");
    let length = format!("content-length: {}", expected.len());
    assert_eq!(first.headers, ["connection: close", &length, "content-type: text/plain"]);
    assert_eq!(first.body, expected);

    let second = send(&stand_in.url(), "GET", &target, "").await;
    assert_eq!(second.status, "HTTP/1.1 200 OK");
    let length = format!("content-length: {}", second.body.len());
    assert_eq!(second.headers, ["connection: close", &length, "content-type: text/plain"]);
    assert!(is_error(&second.body, r#"{"errcode":40163,"errmsg":"code been used, rid: "#), "{}", second.body);

    let calls = wechat.calls(&code);
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].request.url, format!("{}{target}", stand_in.url()));
    assert_eq!(calls[0].request.headers.get("host"), Some("api.weixin.qq.com"));
    assert_eq!(calls[1].answer().map(|answer| answer.body.clone()), Ok(second.body.into_bytes()));
}

#[tokio::test]
async fn an_unknown_path_is_an_invalid_url_and_is_reported() {
    let (stand_in, wechat) = stand_in().await;
    let wrong_case = send(&stand_in.url(), "GET", "/sns/jsCode2Session", "").await;
    let front = r#"{"errcode":40066,"errmsg":"invalid url, rid: "#;
    assert!(
        wrong_case.status.ends_with("200 OK") && is_error(&wrong_case.body, front),
        "{}",
        wrong_case.body
    );
    let platform = send(&stand_in.url(), "GET", "/cgi-bin/nowhere", "").await;
    assert!(is_error(&platform.body, r#"{"errcode":40066,"errmsg":"invalid url rid: "#), "{}", platform.body);
    assert!(platform.headers.contains(&"content-type: application/json; encoding=utf-8".to_owned()));
    let paths: Vec<_> = wechat.unexpected().into_iter().map(|call| (call.path, call.count)).collect();
    assert_eq!(paths, [("/cgi-bin/nowhere".to_owned(), 1), ("/sns/jsCode2Session".to_owned(), 1)]);
}

#[tokio::test]
async fn parameters_in_a_post_body_are_not_seen() {
    let (stand_in, wechat) = stand_in().await;
    let code = wechat.login(&wechat.person("Alice"));
    let body = parameters(&wechat, code.as_str());
    let answer = send(&stand_in.url(), "POST", "/sns/jscode2session", &body).await;
    assert!(is_error(&answer.body, r#"{"errcode":41002,"errmsg":"appid missing, rid: "#), "{}", answer.body);
    let in_query = send(&stand_in.url(), "POST", &exchange(&wechat, code.as_str()), "{}").await;
    assert!(in_query.body.starts_with(r#"{"session_key":""#), "{}", in_query.body);
}

#[tokio::test]
async fn a_delay_holds_back_one_code_and_no_other() {
    let (stand_in, wechat) = stand_in().await;
    let (slow, fast) = (wechat.login(&wechat.person("Alice")), wechat.login(&wechat.person("Bob")));
    let delay = Duration::from_millis(400);
    wechat.script(&slow, Script::normal().after(delay));
    let (url, started) = (stand_in.url(), Instant::now());
    let (slow_target, fast_target) = (exchange(&wechat, slow.as_str()), exchange(&wechat, fast.as_str()));
    let timed = async |target: &str| {
        let answer = send(&url, "GET", target, "").await;
        (answer.body.starts_with(r#"{"session_key":"#), started.elapsed())
    };
    let (slow, fast) = tokio::join!(timed(&slow_target), timed(&fast_target));
    assert!(slow.0 && fast.0);
    assert!(slow.1 >= delay && fast.1 < slow.1, "{:?} {:?}", slow.1, fast.1);
}

#[tokio::test]
async fn scripted_bytes_travel_as_they_are() {
    let (stand_in, wechat) = stand_in().await;
    let code = wechat.login(&wechat.person("Alice"));
    wechat.script(&code, Script::raw(502, None, "<h1>Bad</h1>"));
    let answer = send(&stand_in.url(), "GET", &exchange(&wechat, code.as_str()), "").await;
    assert_eq!(answer.status, "HTTP/1.1 502 Bad Gateway");
    assert_eq!(answer.headers, ["connection: close", "content-length: 12"]);
    assert_eq!(answer.body, "<h1>Bad</h1>");
}

#[tokio::test]
async fn the_port_is_free_after_the_stand_in_is_gone() {
    let (stand_in, _) = stand_in().await;
    let address = stand_in.address();
    drop(stand_in);
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::net::TcpListener::bind(address).is_err() {
        assert!(Instant::now() < deadline, "the port is still taken");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_person_at_a_terminal_logs_in_and_reads_the_calls_without_secrets() {
    let (stand_in, wechat) = stand_in().await;
    let door = ControlDoor::start(ANY_PORT.into(), wechat.clone()).await.expect("a free port");
    let url = door.url();

    let before = send(&url, "POST", "/check-session?person=bob", "").await;
    assert!(before.body.starts_with(r#"{"errMsg":"checkSession:fail"#), "{}", before.body);
    let login = send(&url, "POST", "/login?person=bob", "").await;
    let said: Value = serde_json::from_str(&login.body).expect("JSON");
    let code = said["code"].as_str().expect("a code");
    assert_eq!(login.body, format!(r#"{{"code":"{code}","errMsg":"login:ok"}}"#));
    let after = send(&url, "POST", "/check-session?person=bob", "").await;
    assert_eq!(after.body, r#"{"errMsg":"checkSession:ok"}"#);

    let answer = send(&stand_in.url(), "GET", &exchange(&wechat, code), "").await;
    assert!(answer.body.contains(wechat.person("bob").openid.as_str()));
    let calls = send(&url, "GET", "/calls", "").await.body;
    let listed: Value = serde_json::from_str(&calls).expect("JSON");
    assert_eq!((listed[0]["actor"].as_str(), listed[1].as_object()), (Some("bob"), None));
    assert!(calls.contains(code) && calls.contains("***"));
    assert!(!calls.contains(wechat.app_secret().expose()));
    let key = &wechat.secrets(&wechat.person("bob"))[0];
    assert!(!calls.contains(key.expose()) && !calls.contains(&key.expose()[..8]));

    let expired = send(&url, "POST", "/expire-session?person=bob", "").await;
    assert!(expired.body.starts_with(r#"{"errMsg":"checkSession:fail"#), "{}", expired.body);
    let anonymous = send(&url, "POST", "/login", "").await;
    assert!(
        anonymous.body.ends_with(r#""errMsg":"login:ok"}"#) && wechat.check_session(&wechat.person("alice"))
    );
    door.stop().await.expect("it closes");
}

#[tokio::test]
async fn a_person_at_a_terminal_asks_for_trouble_an_old_code_and_a_unionid() {
    let (stand_in, wechat) = stand_in().await;
    let door = ControlDoor::start(ANY_PORT.into(), wechat.clone()).await.expect("a free port");
    let url = door.url();
    let exchanged = async |parameters: &str| {
        let login = send(&url, "POST", &format!("/login?{parameters}"), "").await;
        let said: Value = serde_json::from_str(&login.body).expect("JSON");
        send(&stand_in.url(), "GET", &exchange(&wechat, said["code"].as_str().expect("a code")), "").await
    };
    let troubled = exchanged("person=bob&trouble=http-502-html").await;
    assert_eq!(troubled.status, "HTTP/1.1 502 Bad Gateway");
    assert!(exchanged("age=299").await.body.contains("session_key"));
    assert!(is_error(&exchanged("age=300").await.body, r#"{"errcode":40029,"errmsg":"invalid code, rid: "#));
    for (parameters, told) in [("unionid=1", true), ("unionid=true", true), ("unionid=0", false), ("", false)]
    {
        assert_eq!(exchanged(parameters).await.body.contains(r#""unionid":""#), told, "{parameters}");
    }
    for (parameters, error) in [
        ("trouble=http-502-htm", "there is no trouble `http-502-htm`; the nearest name is `http-502-html`;"),
        ("age=-1", "expected whole seconds for age, not \\\"-1\\\""),
        ("unionid=maybe", "expected true or false for unionid, not \\\"maybe\\\""),
    ] {
        let refused = send(&url, "POST", &format!("/login?{parameters}"), "").await;
        assert_eq!(refused.status, "HTTP/1.1 400 Bad Request");
        assert!(refused.body.contains(error), "{}", refused.body);
    }
    door.stop().await.expect("it closes");
}

#[tokio::test]
async fn the_control_door_says_what_it_offers_and_is_not_wechat() {
    let (_stand_in, wechat) = stand_in().await;
    let door = ControlDoor::start(ANY_PORT.into(), wechat.clone()).await.expect("a free port");
    for (method, target) in [("GET", "/sns/jscode2session?js_code=c"), ("GET", "/login")] {
        let answer = send(&door.url(), method, target, "").await;
        assert_eq!(answer.status, "HTTP/1.1 404 Not Found");
        assert!(answer.body.contains("POST /login") && answer.body.contains("GET /calls"), "{}", answer.body);
    }
    assert_eq!(wechat.calls_total(), 0);

    let address = door.url().strip_prefix("http://").and_then(|text| text.parse().ok()).expect("an address");
    let taken = ControlDoor::start(address, wechat).await.expect_err("the port is taken");
    assert_eq!(taken.to_string(), format!("cannot listen on {address} for control"));
    door.stop().await.expect("it closes");
    std::net::TcpListener::bind(address).expect("the port is free again");
}
