//! Does a backend that we start come up, get judged, and leave nothing behind?

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::cli_foil::Ear;
use crate::cli_stage::{Ended, Invocation, free_port, interruptions, signal, wxconform};

const WXCONFORM: &str = env!("CARGO_BIN_EXE_wxconform");

/// How long something may take that happens in another process, before a test calls it missing.
const LIMIT: Duration = Duration::from_secs(60);

/// A folder for the scripts of one test. Its path is in the arguments of whatever they start, by which it is told
/// from everything else on the machine.
pub(crate) struct Stage {
    folder: TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a script and returns the command that runs it; `$1` is the port, `$2` is WeChat.
    pub(crate) fn script(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text.replace("WXCONFORM", WXCONFORM)).unwrap();
        format!("sh {} {{port}} {{wechat}}", self.path(name).display())
    }

    /// Prepares a run that launches a command.
    pub(crate) fn run(&self, command: &str, more: &[&str]) -> Invocation {
        let arguments = [&["--launch", command], more].concat();
        let path = std::env::var("PATH").unwrap_or_default();
        wxconform(&arguments).variable("TMPDIR", self.folder.path().to_str().unwrap()).variable("PATH", &path)
    }

    /// Returns the processes that this test has started and that still run.
    fn running(&self) -> Vec<String> {
        let listed = Command::new("ps").args(["-A", "-o", "args="]).output().unwrap();
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let marker = self.folder.path().to_str().unwrap().to_owned();
        listed.lines().filter(|line| line.contains(&marker)).map(str::to_owned).collect()
    }

    /// Makes sure that neither a process nor a file of the run is left.
    #[track_caller]
    pub(crate) fn is_left_clean(&self) {
        assert_eq!(self.running(), Vec::<String>::new());
        assert_eq!(self.folders(), Vec::<PathBuf>::new());
    }

    /// Returns the private folders of runs.
    fn folders(&self) -> Vec<PathBuf> {
        let paths = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("wxconform-")).collect()
    }
}

/// Waits until something is so that another process brings about.
#[track_caller]
fn until(what: &str, so: impl Fn() -> bool) {
    let asked = Instant::now();
    while !so() {
        assert!(asked.elapsed() < LIMIT, "{what} never came about");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A backend that is correct.
pub(crate) const CORRECT: &str = "exec WXCONFORM backend --listen 127.0.0.1:$1 --wechat $2\n";

#[track_caller]
fn complains(ended: &Ended, status: i32, words: &[&str]) {
    ended.has_status(status);
    for words in words {
        assert!(ended.stderr.contains(words), "{words:?} is not in {}", ended.stderr);
    }
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_launched_backend_is_judged_and_ended() {
    let stage = Stage::new();
    let command = stage.script("backend", CORRECT);
    let ended = stage.run(&command, &["--only", "CODE-01,CODE-02", "--report", "json=-"]).ended();
    let json = ended.has_status(0).json();
    assert_eq!(json["backend"]["kind"], "launched");
    assert_eq!(json["backend"]["command"], command);
    assert_eq!(json["totals"]["requirements"]["kept"], 2);
    assert!(json["backend"].get("output").is_none(), "{}", json["backend"]);
    assert_eq!(ended.complaints(), "");
    stage.is_left_clean();
}

#[test]
fn a_script_in_the_file_is_told_everything_in_variables_and_nothing_of_our_settings() {
    let stage = Stage::new();
    let file = format!(
        r#"launch = """
        test "$PORT" = "$WXCONFORM_PORT"
        test "$WXCONFORM_APPID$WXCONFORM_SECRET" = {{appid}}{{secret}}
        test "$WXCONFORM_PROXY" = {{proxy}}
        test -s "$WXCONFORM_CA" && test "$WXCONFORM_CA" = {{ca}}
        test -z "$WXCONFORM_SEED$WXCONFORM_LAUNCH"
        exec {WXCONFORM} backend --listen 127.0.0.1:${{WXCONFORM_PORT}} --wechat "$WXCONFORM_WECHAT"
        """
        "#
    );
    let run = wxconform(&["--only", "CODE-01"]).file("wxconform.toml", file.replace("        ", ""));
    let run = run.variable("WXCONFORM_SEED", "7").variable("TMPDIR", stage.folder.path().to_str().unwrap());
    let ended = run.ended();
    assert!(ended.has_status(0).stdout.contains("seed 7"), "{}", ended.stdout);
    assert_eq!(ended.complaints(), "");
    stage.is_left_clean();
}

#[test]
fn an_address_may_have_a_port_and_a_path_of_its_own() {
    let stage = Stage::new();
    let port = free_port();
    let command = stage.script("backend", CORRECT);
    let url = format!("http://localhost:{port}");
    let more = ["--backend", &url, "--ready", "tcp", "--only", "CODE-01", "--report", "json=-"];
    let json = stage.run(&command, &more).ended().has_status(0).json();
    assert_eq!(json["backend"]["url"], format!("{url}/"));
}

#[test]
fn a_backend_that_is_never_ready_is_no_verdict() {
    let stage = Stage::new();
    let command = stage.script("sleeper", "echo on my way to $1; sleep 600\n");
    let ended = stage.run(&command, &["--ready-timeout", "0.3"]).ended();
    let words = ["| on my way to ", "error: ", "was not ready after 0.3 s", "nobody listens on 127.0.0.1:"];
    complains(&ended, 3, &words);
    stage.is_left_clean();
}

#[test]
fn a_backend_that_refuses_the_sign_of_readiness_is_not_ready() {
    let stage = Stage::new();
    let command = stage.script("backend", CORRECT);
    let ended = stage.run(&command, &["--ready", "/up", "--ready-timeout", "2"]).ended();
    complains(&ended, 3, &["waited for a status below 400 from http://127.0.0.1:", "/up answers 404"]);
    stage.is_left_clean();
}

#[test]
fn a_backend_that_ends_at_once_is_told_with_its_last_words() {
    let stage = Stage::new();
    let secret = "0123456789abcdef0123456789abcdef";
    let text = format!("printf '\\033[31mred %s\\n' {secret}\nseq 1 100 >&2\nexit 7\n");
    let ended = stage.run(&stage.script("short", &text), &[]).ended();
    complains(&ended, 3, &["error: the launched backend ended with status 7 after ", "before it was ready"]);
    // Of many lines the last ones are shown.
    assert!(ended.stderr.contains("  | 61\n") && !ended.stderr.contains("  | 60\n"), "{}", ended.stderr);
    let ended = stage.run(&stage.script("short", &text.replace("seq 1 100 >&2", "")), &[]).ended();
    assert!(ended.stderr.contains(r"| \x1b[31mred ***app_secret***"), "{}", ended.stderr);
    let ended = stage.run("no-such-command {port}", &[]).ended();
    complains(&ended, 3, &["no-such-command", "with status 127 (the shell did not find the command)"]);
    let ended = stage.run("kill -s SEGV $$", &[]).ended();
    complains(&ended, 3, &["ended by signal 11 (SIGSEGV)"]);
    stage.is_left_clean();
}

#[test]
fn a_backend_that_floods_its_output_is_judged_all_the_same() {
    let stage = Stage::new();
    let text = "yes 'all work and no play' &\nWXCONFORM backend --listen 127.0.0.1:$1 --wechat $2\n";
    stage.run(&stage.script("loud", text), &["--only", "CODE-01"]).ended().has_status(0);
    stage.is_left_clean();
}

#[test]
fn grandchildren_that_do_not_want_to_end_are_ended() {
    let stage = Stage::new();
    let deaf = stage.script("deaf", "trap '' TERM INT HUP\ntouch $0.up\nwhile :; do sleep 600; done\n");
    let deaf = deaf.split(" {").next().unwrap();
    let text = format!(
        "({deaf} &)\nwhile ! test -e {}; do sleep 0.01; done\n{CORRECT}",
        stage.path("deaf.up").display()
    );
    stage.run(&stage.script("parent", &text), &["--only", "CODE-01"]).ended().has_status(0);
    assert!(stage.path("deaf.up").exists());
    stage.is_left_clean();
}

/// A backend whose tokens live so long that a run waits for a while, and that dies when a file tells it to.
const DOOMED: &str = "WXCONFORM backend --listen 127.0.0.1:$1 --wechat $2 --token-lifetime 20 &\n\
                      while ! test -e $0.die; do sleep 0.01; done\n\
                      echo out of memory\nkill -s KILL $!\nwait $!\nexit 9\n";

#[test]
fn a_crash_in_mid_run_is_reported_as_a_crash() {
    let stage = Stage::new();
    let port = free_port();
    let ear = Ear::before(port);
    let command = stage.script("doomed", DOOMED).replace("{wechat}", &ear.url);
    let listen = format!("127.0.0.1:{port}");
    let only = ["--wechat-listen", &listen, "--only", "EXPIRY-04,EXPIRY-05", "--max-wait", "20"];
    let running = stage.run(&command, &only).started();
    // The first two may be the pre-flight's.
    until("a login", || ear.heard().matches("/sns/jscode2session").count() > 2);
    std::fs::write(stage.path("doomed.die"), "").unwrap();
    let ended = running.ended();
    ended.has_status(3);
    for words in [
        "\nCOULD NOT JUDGE  the launched backend ended with status 9 after ",
        "? undecided  EXPIRY-04",
        "\nThe last lines of the launched backend\n",
        "  | out of memory\n",
        "launched by  sh ",
    ] {
        assert!(ended.stdout.contains(words), "{words:?} is not in {}", ended.stdout);
    }
    assert!(!ended.stdout.contains("✗"), "{}", ended.stdout);
    stage.is_left_clean();
}

/// Exchanges codes as it should, and dies of the first request for a token.
const FRAGILE: &str = r#"
import http.server, json, os, sys, urllib.parse, urllib.request

class Backend(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        code = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query).get("code", [""])[0]
        query = urllib.parse.urlencode({"appid": os.environ["WXCONFORM_APPID"], "js_code": code,
            "secret": os.environ["WXCONFORM_SECRET"], "grant_type": "authorization_code"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        answer = json.load(opener.open(os.environ["WXCONFORM_WECHAT"] + "/sns/jscode2session?" + query))
        body = json.dumps({"data": {"openid": answer.get("openid")}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        print("I have never seen such a thing", file=sys.stderr, flush=True)
        os.abort()

http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Backend).serve_forever()
"#;

#[test]
fn a_request_that_a_backend_dies_of_is_named() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("left out: python3 is not installed");
        return;
    }
    let stage = Stage::new();
    std::fs::write(stage.path("fragile.py"), FRAGILE).unwrap();
    let command = format!("exec python3 {}", stage.path("fragile.py").display());
    let ended = stage.run(&command, &["--only", "TOKEN-01", "--report", "json=-"]).ended();
    let json = ended.has_status(3).json();
    let reason = json["reason"].as_str().unwrap();
    assert!(reason.starts_with("the launched backend ended by signal 6 (SIGABRT) after "), "{reason}");
    assert!(reason.contains(" s; it was answering POST http://127.0.0.1:"), "{reason}");
    assert!(reason.contains("/auth/openid/token (TOKEN-01"), "{reason}");
    let output = json["backend"]["output"].as_array().unwrap();
    assert!(output.contains(&"I have never seen such a thing".into()), "{output:?}");
    assert_eq!(json["totals"]["requirements"]["undecided"], 1);
    stage.is_left_clean();
}

#[test]
fn an_interrupted_run_ends_the_backend_and_says_who_interrupted_it() {
    for (name, number) in interruptions() {
        for text in ["touch $0.up\nsleep 600\n", &format!("touch $0.up\n{DOOMED}")] {
            let stage = Stage::new();
            let run = stage.run(&stage.script("backend", text), &["--report", "json=report.json"]);
            let running = run.started();
            until("the start", || stage.path("backend.up").exists());
            signal(name, running.id());
            let ended = running.ended();
            let said = format!("error: interrupted by SIG{name}: no verdict, and no report is written\n");
            assert_eq!((ended.status.code(), ended.complaints()), (Some(128 + number), said));
            assert_eq!((ended.stdout.as_str(), ended.files.len()), ("", 0));
            stage.is_left_clean();
        }
    }
}

#[test]
fn nothing_is_left_even_of_a_run_that_was_killed() {
    let stage = Stage::new();
    let text = "sh -c 'trap \"\" TERM; while :; do sleep 600; done' $0.deaf &\ntouch $0.up\nsleep 600\n";
    let running = stage.run(&stage.script("backend", text), &[]).started();
    until("the start", || stage.path("backend.up").exists());
    assert_eq!(stage.folders().len(), 1);
    signal("KILL", running.id());
    assert_eq!(running.ended().status.code(), None);
    until("the end of the backend", || stage.running().is_empty());
    until("the end of the folder", || stage.folders().is_empty());
}

#[test]
fn a_port_that_is_taken_is_noticed() {
    let stage = Stage::new();
    let holder = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/api", holder.local_addr().unwrap());
    let ended = stage.run(&format!("touch {}", stage.path("up").display()), &["--backend", &url]).ended();
    ended.refused(&format!("somebody listens on {} already", holder.local_addr().unwrap()));
    assert!(!stage.path("up").exists());
}

#[test]
fn what_cannot_be_launched_is_told_with_the_option_it_stands_in() {
    let refused = |arguments: &[&str], words: &str| wxconform(arguments).ended().refused(words);
    refused(&["--launch", "run {prot}"], "--launch: there is no placeholder {prot}; the nearest is {port}");
    refused(&["--launch", ""], "--launch: expected a command that starts the backend");
    refused(&["--launch", "x", "--backend", "127.0.0.1"], "--backend: \"127.0.0.1\" is not a URL");
    refused(&["--launch", "x", "--ready", "up"], "--ready: \"up\" is no sign of readiness");
    refused(&["--launch", "x", "--ready-timeout", "-1"], "--ready-timeout: expected between 0 and");
    refused(&["--ready", "tcp"], "--ready: is about a backend that wxconform starts");
    refused(&["explore", "--ready-timeout", "1"], "--ready-timeout: is about a backend");
    let file = wxconform(&[]).file("wxconform.toml", "\nlaunch = ['a', 'b']\n");
    file.ended().refused("wxconform.toml, line 2, launch: expected a single value, not a list");
    let variable = wxconform(&[]).variable("WXCONFORM_LAUNCH", "run {x}");
    variable.ended().refused("WXCONFORM_LAUNCH: there is no placeholder {x}");
}

#[test]
fn explore_and_simulate_launch_too() {
    let stage = Stage::new();
    let faulty = stage.script("faulty", &CORRECT.replace("$2", "$2 --fault code-cached"));
    let explored = wxconform(&["explore", "--launch", &faulty, "--seed", "42"]).ended();
    let page = &explored.has_status(1).stdout;
    assert!(page.contains("most likely  CODE-02"), "{page}");
    assert!(
        page.contains(&format!("again        wxconform explore --launch '{faulty}' --seed 42")),
        "{page}"
    );
    let script = r#"{"events": [{"event": "launch", "session": "expired", "now_ms": 1700000000123}]}"#;
    let simulated = wxconform(&["simulate", "--launch", &faulty]).input(script).ended();
    assert_eq!(simulated.has_status(0).json()["requests"][0]["status"], 200);
    let short = wxconform(&["simulate", "--launch", "exit 5"]).input(script).ended();
    complains(&short, 3, &["ended with status 5"]);
    stage.is_left_clean();
}

#[test]
fn a_folder_of_a_run_is_private() {
    use std::os::unix::fs::PermissionsExt as _;

    let stage = Stage::new();
    let running = stage.run(&stage.script("backend", "touch $0.up\nsleep 600\n"), &[]).started();
    until("the start", || stage.path("backend.up").exists());
    let folders = stage.folders();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(folders.iter().map(|folder| mode(folder) & 0o777).collect::<Vec<_>>(), [0o700]);
    signal("TERM", running.id());
    running.ended();
    stage.is_left_clean();
}
