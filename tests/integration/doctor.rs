//! Is the right thing named, whatever stands in the way of judging a backend?

use crate::cli_stage::{Ended, free_port, wxconform};
use crate::doctor_backend::{Heard, Said, Script, answered, ask_wechat, go_to, good, one_step, raw, serve};

/// A slip in a configuration, and what has to be said about it.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) backend: Script,
    pub(crate) contract: &'static str,
    pub(crate) options: &'static [&'static str],
    /// What the first complaint says.
    pub(crate) phrase: &'static str,
    pub(crate) status: i32,
}

/// A slip that makes judging impossible, of a backend that is to speak the documented flow.
pub(crate) fn wrong(
    name: &'static str,
    phrase: &'static str,
    backend: impl Fn(&Heard, u16) -> Said + Send + Sync + 'static,
) -> Row {
    Row { name, backend: Box::new(backend), contract: "", options: &[], phrase, status: 3 }
}

/// The same of a backend that logs in with one call.
fn wrong_in_one_step(
    name: &'static str,
    phrase: &'static str,
    backend: impl Fn(&Heard, u16) -> Said + Send + Sync + 'static,
) -> Row {
    Row { contract: ONE_STEP, ..wrong(name, phrase, backend) }
}

/// Something that a person should know, and that does not make judging impossible.
fn note(
    name: &'static str,
    phrase: &'static str,
    backend: impl Fn(&Heard, u16) -> Said + Send + Sync + 'static,
) -> Row {
    Row { status: 0, ..wrong(name, phrase, backend) }
}

const ONE_STEP: &str = r#"
[[login]]
role = "token"
request = "POST api/login"
json = { code = "{code}" }
ok = { status = 200, equals = { "/code" = 0 } }
capture = { token = "/data/token" }
[[auth]]
in = "header"
name = "X-Token"
value = "{token}"
[user_info]
request = "GET api/me"
ok = { equals = { "/code" = 0 } }
[identity]
openid = "/data/openid"
[expiry]
from = "/data/expires"
unit = "s"
"#;

/// Examines the backend of a row.
pub(crate) fn examined(row: Row) -> (Ended, String) {
    let wechat = free_port();
    let url = serve(row.backend, wechat);
    let listen = format!("127.0.0.1:{wechat}");
    let mut arguments = vec!["doctor", "--wechat-listen", &listen, "--set", "patience=1"];
    let mut options = row.options.to_vec();
    // An address in the options has a hole for the port.
    let authority = url.trim_start_matches("http://").to_owned();
    let filled: Vec<String> =
        options.drain(..).map(|option| option.replace("{backend}", &authority)).collect();
    arguments.extend(filled.iter().map(String::as_str));
    if !filled.iter().any(|option| option == "--backend") {
        arguments.extend(["--backend", &url]);
    }
    if !row.contract.is_empty() {
        arguments.extend(["--contract", "mine.toml"]);
    }
    let ended = wxconform(&arguments).file("mine.toml", row.contract).ended();
    let complaint = first_complaint(&ended.stdout, if row.status == 0 { "note" } else { "wrong" });
    (ended, complaint)
}

/// Returns the first finding with this word, in one line.
fn first_complaint(page: &str, word: &str) -> String {
    let lines = page.lines().skip_while(|line| !line.starts_with(word));
    let mut complaint = Vec::new();
    for (at, line) in lines.enumerate() {
        if at > 0 && !line.starts_with(' ') {
            break;
        }
        complaint.push(line);
    }
    complaint.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Makes sure that each slip is named first, with the status that says whether a run can judge.
#[track_caller]
pub(crate) fn each_is_named(rows: Vec<Row>) {
    let mut missed = Vec::new();
    for row in rows {
        let (name, phrase, status) = (row.name, row.phrase, row.status);
        let (ended, complaint) = examined(row);
        if ended.status.code() != Some(status) || !complaint.contains(phrase) {
            missed
                .push(format!("{name}: expected {status} and {phrase:?}:\n{}{}", ended.stdout, ended.stderr));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_backend_that_is_not_there_is_told_from_one_that_speaks_something_else() {
    let tls_alert: &[u8] = &[0x15, 3, 3, 0, 2, 2, 70];
    let http2_settings: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    each_is_named(vec![
        Row {
            options: &["--backend", "http://127.0.0.1:1"],
            ..wrong("no server", "nobody listens at http://127.0.0.1:1/", good)
        },
        Row {
            options: &["--backend", "http://nobody.invalid"],
            ..wrong("no such host", "does not resolve", good)
        },
        Row { options: &["--backend", "https://{backend}"], ..wrong("no TLS", "no TLS comes about", good) },
        wrong("a port for TLS", "use --backend https://", move |_, _| raw(tls_alert)),
        wrong("a port for TLS that says so", "the port wants TLS", |_, _| {
            answered("400 Bad Request", "The plain HTTP request was sent to HTTPS port")
        }),
        wrong("HTTP/2 only", "speaks nothing but HTTP/2", move |_, _| raw(http2_settings)),
        wrong("HTTP/1.1 refused", "refuses HTTP/1.1", |_, _| answered("426 Upgrade Required", "")),
        wrong("SSH", "speaks SSH", |_, _| raw(b"SSH-2.0-OpenSSH_9.6\r\n")),
        wrong("Redis", "speaks Redis", |_, _| raw(b"-ERR unknown command 'GET'\r\n")),
        wrong("no answer", "no whole answer came", |_, _| raw(b"")),
        Row {
            options: &["--backend", "http://{backend}", "--set", "patience=0.2"],
            ..wrong("hangs", "no answer to a login within", |_, _| {
                std::thread::sleep(std::time::Duration::from_millis(900));
                raw(b"")
            })
        },
        wrong("nothing behind", "nothing behind it", |_, _| {
            answered("502 Bad Gateway", "<html>").with("server: nginx")
        }),
        wrong("a limit", "limits how often", |_, _| answered("429 Too Many Requests", "slow down")),
    ]);
}

#[test]
fn a_path_that_is_not_known_is_told_with_the_one_that_is() {
    each_is_named(vec![
        wrong("redirects elsewhere", "it redirects a login to", |heard, _| {
            if heard.path == "/elsewhere" {
                answered("200 OK", "{}")
            } else {
                answered("302 Found", "").with("location: /elsewhere")
            }
        }),
        wrong("a login wall", "a login wall for people stands in front", |heard, _| {
            if heard.path == "/login" {
                answered("200 OK", "<html>")
            } else {
                answered("302 Found", "").with("location: /login")
            }
        }),
        wrong("a prefix is missing", "/api", |heard, wechat| {
            heard.path.strip_prefix("/api").map_or_else(not_found, |path| good(&go_to(heard, path), wechat))
        }),
        Row {
            options: &["--backend", "http://{backend}/api"],
            ..wrong("a prefix too many", "without the prefix in --backend", good)
        },
        wrong("no such path", "the backend does not know GET miniprogram/wxmp/code2session", |_, _| {
            not_found()
        }),
        wrong("a method that is said", "the path takes POST", |_, _| {
            answered("405 Method Not Allowed", "").with("allow: POST, OPTIONS")
        }),
        wrong("a method that is not said", "the backend takes POST there", |heard, wechat| {
            if heard.method == "POST" { good(&heard.by("GET"), wechat) } else { not_found() }
        }),
        wrong("another body", "another kind of body", |_, _| answered("415 Unsupported Media Type", "{}")),
        wrong("a page for everything", "a page comes for every path", |_, _| {
            answered("200 OK", "<!DOCTYPE html><div id=app></div>").with("content-type: text/html")
        }),
        wrong("a guarded login", "the login itself is guarded", |_, _| {
            answered("401 Unauthorized", "{\"msg\":\"no token\"}")
        }),
        wrong("other parameters", "does not understand", |_, _| {
            answered("422 Unprocessable Entity", "{\"detail\":[{\"loc\":[\"query\",\"js\"]}]}")
        }),
    ]);
}

fn not_found() -> Said {
    answered("404 Not Found", "{\"message\":\"not found\"}")
}

#[test]
fn a_stand_in_that_is_never_asked_is_told_with_the_way_to_it() {
    let asks = |path: &'static str| {
        move |heard: &Heard, wechat: u16| {
            if heard.path.ends_with("code2session") {
                ask_wechat(wechat, &format!("GET {path} HTTP/1.1"));
            }
            answered("500 Internal Server Error", "{}")
        }
    };
    each_is_named(vec![
        wrong("an unknown name", "it looks like Node", |_, _| {
            let body = "{\"error\":\"getaddrinfo ENOTFOUND api.weixin.qq.com\"}";
            answered("500 Internal Server Error", body).with("x-powered-by: Express")
        }),
        wrong("a closed port", "cannot reach the WeChat that it asks", |_, _| {
            answered(
                "200 OK",
                "{\"code\":500,\"msg\":\"dial tcp 127.0.0.1:9999: connect: connection refused\"}",
            )
        }),
        wrong("the real one", "asked the real WeChat", |_, _| {
            answered("200 OK", "{\"code\":-1,\"msg\":\"invalid appid, rid: 65a-1\"}")
        }),
        wrong("a foreign certificate", "trusts no certificate", |_, _| {
            answered("500 Internal Server Error", "{\"error\":\"self-signed certificate in chain\"}")
                .with("server: gunicorn")
        }),
        wrong("a mock", "lets people in without asking WeChat", |_, _| {
            answered("200 OK", "{\"data\":{\"openid\":\"oMock\"}}")
        }),
        wrong("no sign", "never asked the stand-in about a fresh code", |_, _| {
            answered("200 OK", "{\"code\":1}")
        }),
        wrong("the login of web pages", "login of web pages", asks("/sns/oauth2/access_token?code=1")),
        wrong("a path too many", "has a path too many", asks("/wx/sns/jscode2session?js_code=1")),
        wrong(
            "a platform token only",
            "asked for a platform token",
            asks("/cgi-bin/token?grant_type=client_credential"),
        ),
        wrong("another host", "other hosts, which are refused", |heard, wechat| {
            if heard.path.ends_with("code2session") {
                ask_wechat(wechat, "CONNECT www.example.com:443 HTTP/1.1");
            }
            answered("500 Internal Server Error", "{}")
        }),
        wrong("no code", "asks WeChat without a code", |_, wechat| {
            ask_wechat(wechat, "GET /sns/jscode2session?appid=wx0123456789abcdef&secret=x HTTP/1.1");
            answered("400 Bad Request", "{}")
        }),
        wrong("another code", "about another code", asks("/sns/jscode2session?js_code=undefined")),
    ]);
}

#[test]
fn other_credentials_are_told_without_a_secret() {
    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const APP: &str = "wx0123456789abcdef";
    let with = |appid: &'static str, secret: &'static str| {
        move |heard: &Heard, wechat: u16| {
            let code = heard.parameter("code");
            ask_wechat(
                wechat,
                &format!("GET /sns/jscode2session?appid={appid}&secret={secret}&js_code={code} HTTP/1.1"),
            );
            answered("400 Bad Request", "{\"msg\":\"no\"}")
        }
    };
    each_is_named(vec![
        wrong(
            "another appid",
            "asks WeChat as appid \"wxfeedfeedfeedfeed\"",
            with("wxfeedfeedfeedfeed", SECRET),
        ),
        wrong("no appid", "without an appid", with("", SECRET)),
        wrong("the secret as appid", "sends the secret as its appid", with(SECRET, APP)),
        wrong("another secret", "another secret, a text of 11 letters (***)", with(APP, "hush-please")),
        wrong("no secret", "without a secret", with(APP, "")),
        wrong("blanks", "with blanks around it", with(APP, "0123456789abcdef0123456789abcdef%20")),
    ]);
    let hush = wrong("", "", with(APP, "hush-please"));
    assert!(!examined(hush).0.stdout.contains("hush-please"));
}

#[test]
fn a_contract_that_does_not_fit_is_told_with_the_place_that_does() {
    each_is_named(vec![
        wrong("openid elsewhere", "it stands at /result/openId", |heard, wechat| {
            good(heard, wechat).replaced("{\"data\":{\"openid\"", "{\"result\":{\"openId\"")
        }),
        wrong("token under another name", "/accessToken holds a text of 43 letters", |heard, wechat| {
            good(heard, wechat).replaced("access_token", "accessToken")
        }),
        wrong("another client", "--set vars.client=NAME", |heard, wechat| {
            if heard.path.ends_with("token") {
                answered("401 Unauthorized", "{\"error\":\"invalid_client\"}")
            } else {
                good(heard, wechat)
            }
        }),
        wrong("lifetime in milliseconds", "unit = \"ms\"", |heard, wechat| {
            good(heard, wechat).replaced("\"expires_in\":4", "\"expires_in\":7200000")
        }),
        wrong("user info elsewhere", "the path or the method of [user_info] differs", |heard, wechat| {
            if heard.path.ends_with("info") { not_found() } else { good(heard, wechat) }
        }),
        wrong("another scheme", "asks for the scheme Token", |heard, wechat| {
            if heard.path.ends_with("info") {
                answered("401 Unauthorized", "{}").with("www-authenticate: Token realm=\"api\"")
            } else {
                good(heard, wechat)
            }
        }),
        wrong("data elsewhere", "nothing stands at /data in user info", |heard, wechat| {
            if heard.path.ends_with("info") {
                good(heard, wechat).replaced("\"data\"", "\"user\"")
            } else {
                good(heard, wechat)
            }
        }),
        wrong("a unionid", "--set wechat.unionid=always", |heard, wechat| {
            if good(heard, wechat).body.contains("openid") {
                answered("200 OK", "{\"msg\":\"unionid missing\"}")
            } else {
                not_found()
            }
        }),
        wrong_in_one_step(
            "token elsewhere",
            "capture = { token = \"/result/accessToken\" }",
            |heard, wechat| {
                one_step(heard, wechat).replaced("\"data\":{\"token\"", "\"result\":{\"accessToken\"")
            },
        ),
        wrong_in_one_step("a text for a number", "/code is \"0\"", |heard, wechat| {
            one_step(heard, wechat).replaced("\"code\":0", "\"code\":\"0\"")
        }),
        wrong_in_one_step("registration", "role = \"register\"", |heard, wechat| {
            drop(one_step(heard, wechat));
            answered("200 OK", "{\"code\":10000,\"msg\":\"please register first\"}")
        }),
        wrong_in_one_step("a failure", "look into its log", |heard, wechat| {
            drop(one_step(heard, wechat));
            answered("500 Internal Server Error", "{\"code\":500}")
        }),
        wrong_in_one_step(
            "lifetime elsewhere",
            "from = \"/data/expireAt\", unit = \"epoch_ms\"",
            |heard, wechat| one_step(heard, wechat).replaced("\"expires\":4", "\"expireAt\":1900000000000"),
        ),
        wrong_in_one_step("another header", "may travel in another header", |heard, wechat| {
            if heard.path == "/api/me" {
                answered("401 Unauthorized", "{\"code\":401}")
            } else {
                one_step(heard, wechat)
            }
        }),
    ]);
}

#[test]
fn what_does_not_stand_in_the_way_is_a_note() {
    each_is_named(vec![
        note("long life", "longer than --max-wait", |heard, wechat| {
            good(heard, wechat).replaced("\"expires_in\":4", "\"expires_in\":7200")
        }),
        note("an open door", "user info opens without a token", |heard, wechat| {
            if heard.path.ends_with("info") {
                answered("200 OK", "{\"data\":{\"name\":\"all\"}}")
            } else {
                good(heard, wechat)
            }
        }),
        note("another time", "clock is", |heard, wechat| {
            good(heard, wechat).with("date: Tue, 14 Nov 2023 22:13:20 GMT")
        }),
        note("no lifetime", "tells a lifetime nowhere else", |heard, wechat| {
            good(heard, wechat).replaced("\"expires_in\":4", "\"x\":null")
        }),
    ]);
}

#[test]
fn a_proxy_of_ours_is_named_that_would_swallow_what_goes_to_this_machine() {
    let wechat = free_port();
    let url = serve(Box::new(|_, _| answered("200 OK", "{}")), wechat);
    let listen = format!("127.0.0.1:{wechat}");
    let arguments = ["doctor", "--backend", &url, "--wechat-listen", &listen];
    let set = || wxconform(&arguments).variable("HTTP_PROXY", "http://office:3128");
    let swallowed = set().ended();
    let complaint = first_complaint(&swallowed.has_status(3).stdout, "wrong");
    assert!(complaint.contains("HTTP_PROXY is set here"), "{}", swallowed.stdout);
    assert!(first_complaint(&swallowed.stdout, "note").contains("HTTP_PROXY"), "{}", swallowed.stdout);
    let spared = set().variable("NO_PROXY", "example.com, 127.0.0.1").ended();
    assert!(!spared.has_status(3).stdout.contains("HTTP_PROXY"), "{}", spared.stdout);
}

#[test]
fn nothing_is_wrong_with_a_backend_that_was_introduced() {
    let reference = wxconform(&["doctor"]).ended();
    let page = &reference.has_status(0).stdout;
    assert!(page.lines().filter(|line| line.starts_with("ok ")).count() == 12, "{page}");
    let (ended, _) = examined(Row { contract: ONE_STEP, ..note("one step", "", one_step) });
    assert!(!ended.has_status(0).stdout.contains("wrong"), "{}", ended.stdout);
}

#[test]
fn a_request_that_is_wrong_is_no_finding() {
    wxconform(&["doctor", "--contract", "nowhere.toml"]).ended().refused("nowhere.toml");
    wxconform(&["doctor", "--backend", "localhost"]).ended().refused("--backend");
    wxconform(&["doctor", "--set", "pateince=1"]).ended().refused("patience");
}

#[test]
fn a_run_by_a_contract_that_plainly_does_not_fit_judges_nothing() {
    let wechat = free_port();
    let elsewhere = |heard: &Heard, wechat| one_step(heard, wechat).replaced("\"token\"", "\"jwt\"");
    let url = serve(Box::new(elsewhere), wechat);
    let listen = format!("127.0.0.1:{wechat}");
    let arguments = ["--backend", &url, "--wechat-listen", &listen, "--contract", "mine.toml"];
    let ended = wxconform(&arguments).file("mine.toml", ONE_STEP).ended();
    let page = ended.has_status(3).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        page.contains("the contract does not fit the backend: the token is not at /data/token"),
        "{page}"
    );
    assert!(!page.contains("broken"), "{page}");
}

#[test]
fn a_run_hints_at_what_looks_like_a_slip_and_judges_all_the_same() {
    let wechat = free_port();
    let stranger = |heard: &Heard, wechat: u16| {
        let code = heard.parameter("code");
        ask_wechat(
            wechat,
            &format!("GET /sns/jscode2session?appid=wxother&secret=x&js_code={code} HTTP/1.1"),
        );
        answered("400 Bad Request", "{}")
    };
    let url = serve(Box::new(stranger), wechat);
    let listen = format!("127.0.0.1:{wechat}");
    let ended = wxconform(&["--backend", &url, "--wechat-listen", &listen, "--only", "CODE-05"]).ended();
    assert!(ended.stderr.contains("note: the backend asks WeChat as appid \"wxother\""), "{ended:#?}");
    assert!(!ended.stdout.contains("appid \"wxother\"; expected"), "{ended:#?}");
}
