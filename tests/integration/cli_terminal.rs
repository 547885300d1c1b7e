//! What does a person see on a terminal, while a run lasts and afterwards?

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::cli_foil::foil;
use crate::cli_stage::{Invocation, Serving, free_port, interruption, signal, wxconform};
use crate::pseudo_terminal::OnTerminal;

/// A backend whose tokens live for some seconds, and the address at which it expects WeChat.
fn slow_backend() -> (Serving, String) {
    let wechat = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{wechat}");
    let arguments = ["backend", "--listen", "127.0.0.1:0", "--wechat", &url, "--token-lifetime", "4"];
    (wxconform(&arguments).serving(), wechat)
}

/// A run that waits for the end of a token.
fn slow_run(backend: &Serving, wechat: &str, more: &[&str]) -> Invocation {
    let arguments = ["--backend", backend.url(), "--wechat-listen", wechat, "--only", "EXPIRY-04"];
    wxconform(&[&arguments, more].concat()).variable("TERM", "xterm")
}

#[test]
fn a_bar_names_what_is_running_and_leaves_nothing_but_the_page() {
    let (backend, wechat) = slow_backend();
    let terminal = OnTerminal::started(slow_run(&backend, &wechat, &[]), 80, 24);
    terminal.until(|screen| {
        let bar = screen.lines[0].starts_with('[') && screen.has(&["] ", " of ", " scenarios, "]);
        bar && screen.has(&["  EXPIRY-04 waits ", " s more for time to pass: "])
    });
    let (status, screen) = terminal.ended();
    assert_eq!(status.code(), Some(0));
    assert!(screen.lines[0].starts_with("wxconform "), "{screen:#?}");
    assert!(screen.has(&["kept", "EXPIRY-04"]), "{screen:#?}");
    assert!(!screen.has(&["time to pass"]) && !screen.has(&["] "]), "{screen:#?}");
    assert!(screen.coloured, "{screen:#?}");
    assert!(screen.lines[screen.lines.len() - 2].contains("the same command without"), "{screen:#?}");
}

#[test]
fn a_narrow_terminal_has_room_for_what_is_running() {
    let (backend, wechat) = slow_backend();
    let invocation = slow_run(&backend, &wechat, &[]).variable("NO_COLOR", "1");
    let terminal = OnTerminal::started(invocation, 40, 10);
    terminal.until(|screen| screen.has(&["  EXPIRY-04 waits ", "…"]));
    let (status, screen) = terminal.ended();
    assert_eq!(status.code(), Some(0));
    assert!(screen.lines[0].starts_with("wxconform ") && !screen.coloured, "{screen:#?}");
}

#[test]
fn an_interrupted_run_leaves_one_line() {
    let (backend, wechat) = slow_backend();
    let mut terminal = OnTerminal::started(slow_run(&backend, &wechat, &[]), 80, 24);
    terminal.until(|screen| screen.has(&["  EXPIRY-04 waits "]));
    // The terminal shows that the keys were pressed, and that stands in the way of the bar. It signals nobody, because
    // it is nobody's controlling one.
    terminal.press(b"\x03");
    terminal.until(|screen| screen.has(&["^C"]));
    let (name, number) = interruption();
    signal(name, terminal.id());
    let (status, screen) = terminal.ended();
    assert_eq!(status.code(), Some(128 + number));
    let said = format!("error: interrupted by SIG{name}: no verdict, and no report is written");
    assert_eq!(screen.text(), said);
}

#[test]
fn a_quiet_run_shows_nothing_on_a_terminal() {
    let invocation = wxconform(&["--only", "CODE-01", "--quiet"]).variable("TERM", "xterm");
    let (status, screen) = OnTerminal::started(invocation, 80, 24).ended();
    assert_eq!((status.code(), screen.text().as_str()), (Some(0), ""));
}

#[test]
fn a_terminal_that_can_wipe_nothing_gets_plain_lines() {
    let invocation = wxconform(&["--only", "CODE-01"]).variable("TERM", "dumb");
    let (status, screen) = OnTerminal::started(invocation, 200, 24).ended();
    assert_eq!(status.code(), Some(0));
    let first = "progress: 2 scenarios are going to be played against http://127.0.0.1:";
    assert!(screen.lines[0].starts_with(first), "{screen:#?}");
    assert!(screen.lines[1].starts_with("wxconform ") && !screen.coloured, "{screen:#?}");
}

#[test]
fn a_backend_that_is_slow_to_start_is_seen_to_be_waited_for() {
    let arguments = ["--launch", "sleep 30", "--ready-timeout", "3"];
    let invocation = wxconform(&arguments).variable("TERM", "xterm").variable("PATH", "/usr/bin:/bin");
    let terminal = OnTerminal::started(invocation, 200, 24);
    terminal.until(|screen| screen.has(&["waits until the backend is ready, "]));
    let (status, screen) = terminal.ended();
    assert_eq!(status.code(), Some(3));
    assert!(screen.lines[0].starts_with("error: "), "{screen:#?}");
}

#[test]
fn nothing_that_a_backend_says_drives_the_terminal_or_leaves_its_width() {
    let wechat = format!("127.0.0.1:{}", free_port());
    let asked = wechat.clone();
    // It asks WeChat, so it is judged, and gives everybody the same unpleasant answer.
    let url = foil(move |mut stream| {
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap_or(0);
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        if let Some((_, rest)) = request.split_once("code=") {
            let code = rest.split([' ', '&']).next().unwrap_or_default();
            ask(&asked, code);
        }
        let mut body = br#"{"code":0,"msg":""#.to_vec();
        body.extend("\u{1b}]8;;http://evil\u{7}\u{9b}2J\u{202e}微信登录🙂\u{85}".repeat(9).as_bytes());
        body.extend(
            b"\xff\xfe\x9b31m\x1b[2J\x1b]52;c;aGk=\x07\",\"data\":{\"openid\":\"\xe5\xbe\xae\x1b[1A\"}}",
        );
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        // Whoever asked may have gone away, which is not what the test is about.
        drop(stream.write_all(&[head.as_bytes(), &body].concat()));
    });
    for (columns, more) in [(40, "--verbose"), (80, "--show-secrets"), (200, "--verbose")] {
        let arguments =
            ["--backend", &url, "--wechat-listen", &wechat, "--only", "CODE-01,CODE-02,LOGIN", more];
        let invocation = wxconform(&arguments).variable("TERM", "xterm");
        let (status, screen) = OnTerminal::started(invocation, columns, 24).ended();
        assert_eq!(status.code(), Some(1), "{screen:#?}");
        let text = screen.text().replace([' ', '\n'], "");
        assert!(text.contains(r"\x1b]8;;http://evil\x07") && text.contains("微信登录"), "{screen:#?}");
        assert!(!text.contains(['\u{202e}', '\u{9b}', '\u{85}']), "{screen:#?}");
    }
}

/// Asks WeChat about a code, as a backend does.
fn ask(wechat: &str, code: &str) {
    let mut stream = TcpStream::connect(wechat).unwrap();
    let query =
        "appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef&grant_type=authorization_code";
    let request = format!(
        "GET /sns/jscode2session?{query}&js_code={code} HTTP/1.1\r\nhost: {wechat}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}
