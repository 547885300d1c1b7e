//! Does `contract init` make a contract of what it is given, and keep the secrets of a recording to itself?

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::time::Instant;

use serde_json::{Value, json};
use wxconform::backend::{Contract, Dialect};
use wxconform::miniprogram::Transport;
use wxconform::record::{Headers, Request};
use wxconform::standin::{StandIn, StandInSettings};

use crate::cli_stage::{Ended, free_port, wxconform};
use crate::docs::read;

/// What stands in the recordings that nobody may see.
const SECRETS: &[&str] = &[
    "hush",
    "0a3Xy12aBcDeFgHiJkLmNoPqRsTuXy1Z",
    "eyJhbGciOiJIUzI1NiJ9",
    "3f9d2c71",
    "8e1c0a55",
    "Rr-",
    "b1946ac9",
    "13800138000",
    "Ann Example",
    "connect.sid=s%3A",
    "77120934",
    "aHVzaC",
];

/// Makes a contract of a recording, and makes sure that it can be understood and tells nothing.
#[track_caller]
fn of_recording(name: &str) -> (Ended, String, Dialect) {
    let recording = read(&format!("tests/recordings/{name}.har"));
    let arguments = ["contract", "init", "--from-har", "login.har", "new.toml"];
    let ended = wxconform(&arguments).file("login.har", recording).ended();
    let (text, dialect) = kept(&ended);
    let shown = format!("{text}{}{}", ended.stdout, ended.stderr);
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    (ended, text, dialect)
}

#[track_caller]
fn of_description(name: &str) -> (String, Dialect) {
    let arguments = ["contract", "init", "--from-openapi", "api", "new.toml"];
    let ended = wxconform(&arguments).file("api", read(&format!("tests/descriptions/{name}"))).ended();
    let (text, dialect) = kept(&ended);
    assert!(!text.contains("hush"), "{text}");
    (text, dialect)
}

/// Returns the contract that a command has written.
#[track_caller]
fn kept(ended: &Ended) -> (String, Dialect) {
    ended.has_status(0);
    let (_, text) = ended.files.iter().find(|(name, _)| name == "new.toml").unwrap();
    let contract =
        Contract::parse("new", "new.toml", text, &[]).unwrap_or_else(|error| panic!("{error}: {text}"));
    (text.clone(), contract.contract.dialect.unwrap())
}

#[track_caller]
fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|have| have == *line), "{line:?} is no line of {text}");
    }
}

#[test]
fn a_recording_of_an_envelope_with_a_token_in_a_header_field() {
    let (ended, text, dialect) = of_recording("envelope");
    has(
        &text,
        &[
            "# from entry 3: POST /api/auth/login_by_weixin",
            "request = \"POST api/auth/login_by_weixin\"",
            "inputs = [\"profile_plain\"]",
            "headers = { tenant-id = \"7\" }",
            "name = \"X-Shop-Token\"",
            "request = \"GET api/user/info\"",
            "unit = \"jwt_exp\"",
            "no_token = { equals = { \"/errno\" = 501 }, status = 200 }",
        ],
    );
    assert_eq!(dialect.login[0].ok.demanded()["/errno"], 0.0.into());
    assert_eq!(dialect.login[0].capture["token"][0].to_string(), "/data/token");
    assert!(!text.contains("TODO") && !ended.stderr.contains("to do"), "{text}");
    assert!(
        ended.stderr.contains("new.toml is written; next: wxconform contract check new.toml"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_recording_of_a_form_with_bearer_and_a_refresh_token() {
    let (ended, text, dialect) = of_recording("form");
    has(
        &text,
        &[
            "form = { grant_type = \"mobile\", mobile = \"MINI@{code}\", scope = \"server\" }",
            "basic = \"{client}:{client_secret}\"",
            "client = \"mini\"",
            "client_secret = \"\"",
            "value = \"Bearer {token}\"",
            "form = { grant_type = \"refresh_token\", refresh_token = \"{refresh_token}\", scope = \"server\" }",
            "from = \"/expires_in\"",
        ],
    );
    assert_eq!(dialect.openid[0].to_string(), "/openid");
    assert!(
        ended.stderr.contains("note: to do: vars.client_secret: the password of the client"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_recording_of_a_session_in_a_cookie() {
    let (_, text, dialect) = of_recording("cookie");
    has(
        &text,
        &[
            "query = { appid = \"{appid}\", js_code = \"{code}\" }",
            "capture = { token = \"cookie:connect.sid\" }",
            "value = \"connect.sid={token}\"",
            "data = \"/user\"",
        ],
    );
    assert_eq!(dialect.login[0].ok.demanded()["/success"], true.into());
}

#[test]
fn a_recording_with_a_text_for_a_code_and_an_instant_in_milliseconds() {
    let (_, text, dialect) = of_recording("text-code");
    has(
        &text,
        &[
            "headers = { X-WX-Code = \"{code}\", X-WX-Encrypted-Data = \"{encryptedData}\", X-WX-IV = \"{iv}\" }",
            "json = { nonce = \"{nonce}\", password = \"{password}\", timestamp = \"{now_ms}\" }",
            "in = \"query\"",
            "name = \"accessToken\"",
            "unit = \"epoch_ms\"",
        ],
    );
    assert_eq!(dialect.login[0].ok.demanded()["/code"], "00000".into());
}

#[test]
fn a_recording_of_two_steps() {
    let (_, text, dialect) = of_recording("two-steps");
    assert_eq!((dialect.login.len(), dialect.token_request_key()), (2, Some("openid")));
    has(&text, &["form = { openid = \"{openid}\" }", "capture = { openid = \"/data/openid\" }"]);
}

#[test]
fn what_a_recording_lacks_is_left_open_and_flags_fill_it() {
    let (ended, text, _) = of_recording("sanitised");
    for words in ["auth.in: no later request carries the token", "user_info.request: ", "expiry.from: "] {
        assert!(ended.stderr.contains(&format!("note: to do: {words}")), "{words}: {}", ended.stderr);
    }
    assert_eq!(text.matches("# TODO: ").count(), 3, "{text}");
    let recording = read("tests/recordings/sanitised.har");
    let arguments = [
        "contract",
        "init",
        "--from-har",
        "login.har",
        "new.toml",
        "--auth",
        "header:X-Token:{token}",
        "--user-info",
        "GET me",
        "--data=",
        "--expires",
        "/ttl",
        "--unit=ms",
        "--code-in=form:wxCode",
        "--ok=/code=\"0\"",
    ];
    let ended = wxconform(&arguments).file("login.har", recording).ended();
    let (text, dialect) = kept(&ended);
    assert!(!text.contains("TODO") && !ended.stderr.contains("to do"), "{text}");
    has(
        &text,
        &[
            "request = \"POST login\"",
            "form = { wxCode = \"{code}\" }",
            "name = \"X-Token\"",
            "request = \"GET me\"",
            "data = \"\"",
            "unit = \"ms\"",
        ],
    );
    assert_eq!(dialect.login[0].ok.demanded()["/code"], "0".into());
}

#[test]
fn a_description_with_an_envelope_references_and_a_circle() {
    let (text, dialect) = of_description("envelope.json");
    has(
        &text,
        &[
            "request = \"POST api/auth/wx/login\"",
            "json = { clientType = 34, deviceId = \"{deviceId}\", wxCode = \"{code}\" }",
            "capture = { openid = \"/data/openId\", token = \"/data/token\" }",
            "name = \"X-Shop-Token\"",
            "request = \"GET api/user/info\"",
            "from = \"/data/expiresTime\"",
            "unit = \"epoch_ms\"",
            "# - POST /auth/sms takes a login code as well",
        ],
    );
    assert_eq!(dialect.login[0].ok.demanded()["/code"], 0.0.into());
}

#[test]
fn a_description_in_yaml_with_a_form_and_client_credentials() {
    let (text, dialect) = of_description("oauth.yaml");
    has(
        &text,
        &[
            "form = { client_secret = \"{client_secret}\", grant_type = \"wechat_mini_app\", js_code = \"{code}\" }",
            "basic = \"{client}:{client_secret}\"",
            "ok = { exists = \"/access_token\", status = 200 }",
            "request = \"GET me\"",
            "data = \"\"",
            "from = \"/expires_in\"",
        ],
    );
    assert_eq!(dialect.scheme(), Some("Bearer"));
}

#[test]
fn a_description_of_swagger_2_with_a_token_in_the_query() {
    let (text, _) = of_description("swagger.json");
    has(
        &text,
        &[
            "request = \"GET wxapp/code2Session\"",
            "headers = { X-App = \"mini\" }",
            "ok = { equals = { \"/success\" = true }, status = 201 }",
            "capture = { token = \"/result/sessionId\" }",
            "name = \"sid\"",
            "data = \"/result\"",
            "unit = \"rfc3339\"",
        ],
    );
}

#[test]
fn a_description_of_two_steps() {
    let (text, dialect) = of_description("two-steps.yaml");
    assert_eq!((dialect.login.len(), dialect.token_request_key()), (2, Some("openid")));
    has(&text, &["basic = \"{client}:{client_secret}\"", "capture = { openid = \"/data/openid\" }"]);
    assert!(text.contains("TODO: which value at /code says yes?"), "{text}");
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_nothing_is_written() {
    let refused = |option: &str, content: &str, words: &str| {
        let ended =
            wxconform(&["contract", "init", option, "given", "new.toml"]).file("given", content).ended();
        ended.refused(words);
        assert!(ended.files.iter().all(|(name, _)| name != "new.toml"), "{:?}", ended.files);
    };
    refused("--from-har", "{\"log\":\n  {\"entries\": [}}", "given:2:16: expected value");
    refused("--from-har", "{\"log\":{\"entries\":[]}}", "given: /log/entries has no exchange");
    refused("--from-har", &read("tests/descriptions/swagger.json"), "missing field `log`");
    let no_login =
        r#"{"log":{"entries":[{"request":{"method":"GET","url":"http://b/"},"response":{"status":200}}]}}"#;
    refused("--from-har", no_login, "given: none of its 1 requests carries a login code");
    refused("--from-openapi", "{\"openapi\": \"3.0.0\",\n}", "given:2:1: trailing comma");
    refused("--from-openapi", "openapi: 3.0.0\npaths: [\n", "given:2:8: ");
    refused("--from-openapi", "title: x", "given: is neither OpenAPI 3 nor Swagger 2");
    wxconform(&["contract", "init", "--from-har", "none.har"]).ended().refused("none.har cannot be read");
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let ended = wxconform(&["contract", "init"]).input("POST login\n").ended();
    ended.refused("--login, --token, --user-info are missing");
    for option in ["--from-har FILE", "--from-openapi FILE", "--token /data/token"] {
        assert!(ended.stderr.contains(option), "{option}: {}", ended.stderr);
    }
    let ended = wxconform(&["contract", "init", "--login=POST a", "--user-info=GET b"]).ended();
    ended.refused("--token is missing");
}

#[test]
fn what_is_there_is_not_overwritten_unasked() {
    let least = ["contract", "init", "new.toml", "--login=POST a", "--token=/t", "--user-info=GET b"];
    let ended = wxconform(&least).file("new.toml", "mine").ended();
    ended.refused("new.toml is there already; --force overwrites it");
    assert_eq!(ended.files[0].1, "mine");
    let forced = wxconform(&[&least[..], &["--force"]].concat()).file("new.toml", "mine").ended();
    assert!(forced.has_status(0).files[0].1.contains("request = \"POST a\""));
    // A contract that could not be understood is not written.
    let wrong =
        wxconform(&["contract", "init", "new.toml", "--login=a", "--token=/t", "--user-info=GET b"]).ended();
    wrong.refused("login[0].request");
    assert!(wrong.files.is_empty());
}

/// Plays one exchange with a backend; returns it as a recording has it, and what stands in the answer.
async fn recorded(
    transport: &Transport,
    method: &str,
    url: String,
    token: Option<&str>,
    body: Option<Value>,
) -> (Value, Value) {
    let mut headers = Headers::default();
    headers.push("referer", "https://servicewechat.com/wx0/devtools/page-frame.html");
    if let Some(token) = token {
        headers.push("X-Litemall-Token", token);
    }
    let text = body.map(|body| body.to_string()).unwrap_or_default();
    if !text.is_empty() {
        headers.push("content-type", "application/json");
    }
    let fields: Vec<Value> =
        headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut asked = json!({"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": fields});
    if !text.is_empty() {
        asked["postData"] = json!({"mimeType": "application/json", "text": text});
    }
    let request = Request { method: method.to_owned(), url, headers, body: text.into_bytes() };
    let exchange = transport.send(request, "Alice", "recording").await;
    let answer = exchange.answer().unwrap();
    let text = String::from_utf8(answer.body.clone()).unwrap();
    let entry = json!({"startedDateTime": "2026-06-01T08:00:00Z", "time": 1, "request": asked,
        "response": {"status": answer.status, "headers": [], "content": {"mimeType": "application/json", "text": text}}});
    (entry, serde_json::from_str(&text).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_contract_made_from_a_recording_judges_the_backend_that_was_recorded() {
    let wechat_at = format!("127.0.0.1:{}", free_port());
    let wechat_url = format!("http://{wechat_at}");
    let backend = [
        "backend",
        "--contract",
        "litemall",
        "--listen",
        "127.0.0.1:0",
        "--wechat",
        &wechat_url,
        "--token-lifetime",
        "3",
    ];
    let serving = wxconform(&backend).serving();
    let base = serving.url().trim_end_matches('/').to_owned();
    let har = {
        let stand_in = StandIn::start(wechat_at.parse().unwrap(), StandInSettings::default()).await.unwrap();
        let wechat = stand_in.wechat();
        let transport = Transport::new(Instant::now()).unwrap();
        let code = wechat.login(&wechat.person("Alice"));
        let profile = json!({"nickName": "Ann", "avatarUrl": "https://thumb.example.com/1", "gender": 0});
        let body = json!({"code": code.as_str(), "userInfo": profile});
        let (refused, _) = recorded(&transport, "GET", format!("{base}/wx/auth/info"), None, None).await;
        let (login, answer) =
            recorded(&transport, "POST", format!("{base}/wx/auth/login_by_weixin"), None, Some(body)).await;
        let token = answer.pointer("/data/token").and_then(Value::as_str).unwrap();
        let (info, _) = recorded(&transport, "GET", format!("{base}/wx/auth/info"), Some(token), None).await;
        json!({"log": {"version": "1.2", "entries": [refused, login, info]}}).to_string()
    };
    let ended = wxconform(&["contract", "init", "--from-har", "login.har", "new.toml"])
        .file("login.har", har)
        .ended();
    let (text, _) = kept(&ended);
    let run =
        ["--backend", &base, "--wechat-listen", &wechat_at, "--contract", "new.toml", "--report", "json=-"];
    let report = wxconform(&run).file("new.toml", &text).ended().has_status(0).json();
    let verdict = report["verdict"].as_str().unwrap();
    assert!(["conforming", "partial"].contains(&verdict), "{text}{report:#}");
    assert_eq!(report["totals"]["requirements"]["broken"], 0);
    assert!(report["totals"]["requirements"]["kept"].as_u64().unwrap() > 60, "{:#}", report["totals"]);
}
