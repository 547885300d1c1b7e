//! Does the phone keep each quirk of the published client?

#![expect(clippy::unwrap_used, reason = "a test server that fails shall fail the test")]

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};
use wxconform::miniprogram::{Transport, simulate};

const OPENID: &str = r#"{"data":{"openid":"oA"}}"#;
const TOKEN: &str = r#"{"access_token":"t1","expires_in":7200}"#;
const USER: &str = r#"{"data":{"name":"Alice"}}"#;

/// An answer: its status and body. The status 0 drops the connection.
type Answer = (u16, &'static str);

/// Plays a script against a backend that gives these answers, one per request.
async fn played(script: &Value, answers: &'static [Answer]) -> Value {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let backend = format!("http://{}/base", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (answer, stream) in answers.iter().zip(listener.incoming()) {
            give(*answer, stream.unwrap());
        }
    });
    let transport = Transport::new(Instant::now()).unwrap();
    let output = simulate(&script.to_string(), &backend, &transport, None).await.unwrap();
    serde_json::from_str(&output).unwrap()
}

/// Reads a request and answers; what is left of the request is read too, because a close would cut the answer.
fn give((status, body): Answer, mut stream: TcpStream) {
    assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
    if status > 0 {
        let length = body.len();
        write!(stream, "HTTP/1.1 {status} -\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    }
    stream.shutdown(Shutdown::Write).unwrap();
    io::copy(&mut stream, &mut io::sink()).unwrap();
}

fn launch(session: &str, storage: &Value) -> Value {
    let event = json!({"event": "launch", "session": session, "now_ms": 1_700_000_000_123_i64});
    json!({"storage": storage, "codes": ["c1"], "events": [event]})
}

fn show(storage: &Value, now_ms: i64) -> Value {
    json!({"storage": storage, "codes": [], "events": [{"event": "show", "now_ms": now_ms}]})
}

async fn launched(answers: &'static [Answer]) -> Value {
    played(&launch("expired", &json!({})), answers).await
}

/// Returns what became of the stages, as `name outcome`.
fn stages(output: &Value) -> Vec<String> {
    let text = |stage: &Value, key: &str| stage[key].as_str().unwrap().to_owned();
    let stages = output["stages"].as_array().unwrap();
    stages.iter().map(|stage| format!("{} {}", text(stage, "stage"), text(stage, "outcome"))).collect()
}

#[tokio::test]
async fn a_first_launch_walks_the_whole_flow_and_the_user_info_is_never_settled() {
    let output = launched(&[(200, OPENID), (200, TOKEN), (200, USER)]).await;
    let request = |method: &str, path: &str, query: &str, authorization: Value, kind: &str, body: &str| {
        json!({"method": method, "path": path, "query": query, "authorization": authorization,
               "content_type": kind, "body": body, "status": 200})
    };
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let expected = json!({
        "requests": [
            request("GET", "/base/miniprogram/wxmp/code2session", "code=c1", Value::Null, json, ""),
            request("POST", "/base/auth/openid/token", "", json!("Basic YXBwOmFwcA=="), form, "openid=oA"),
            request("GET", "/base/admin/user/info", "", json!("Bearer t1"), json, ""),
        ],
        "events": ["loginSucess"],
        "stages": [
            {"stage": "login", "outcome": "fulfilled"},
            {"stage": "code2session", "outcome": "fulfilled"},
            {"stage": "getToken", "outcome": "fulfilled"},
            {"stage": "storeUserinfo", "outcome": "pending"},
        ],
        "storage": {
            "openid": "oA",
            "tokenObj": {"access_token": "t1", "expires_in": 7200, "createTime": 1_700_000_000.123},
            "userinfo": {"name": "Alice"},
        },
    });
    assert_eq!(output, expected);
}

#[tokio::test]
async fn a_live_session_with_a_stored_openid_skips_the_code_exchange() {
    let output = played(&launch("valid", &json!({"openid": "oB"})), &[(200, TOKEN), (200, USER)]).await;
    assert_eq!(stages(&output), ["getToken fulfilled", "storeUserinfo pending"]);
    assert_eq!(output["requests"][0]["body"], "openid=oB");
}

#[tokio::test]
async fn a_live_session_without_an_openid_walks_the_whole_flow() {
    for storage in [json!({}), json!({"openid": ""}), json!({"openid": 0}), json!({"openid": null})] {
        let output = played(&launch("valid", &storage), &[(500, "")]).await;
        assert_eq!(stages(&output), ["login fulfilled", "code2session rejected"], "{storage}");
    }
}

#[tokio::test]
async fn an_expired_session_needs_a_new_code_whatever_is_stored() {
    let output = played(&launch("expired", &json!({"openid": "oB"})), &[(500, "")]).await;
    assert_eq!(stages(&output), ["login fulfilled", "code2session rejected"]);
}

#[tokio::test]
async fn without_a_code_the_login_is_rejected_and_nothing_is_sent() {
    let mut script = launch("expired", &json!({}));
    script["codes"] = json!([]);
    let output = played(&script, &[]).await;
    assert_eq!((stages(&output), &output["requests"]), (vec!["login rejected".to_owned()], &json!([])));
}

#[tokio::test]
async fn a_code_exchange_counts_only_with_status_200() {
    let refusals: [&[Answer]; 2] = [&[(201, OPENID)], &[(401, OPENID)]];
    for answers in refusals {
        assert_eq!(stages(&launched(answers).await)[1], "code2session rejected");
    }
}

#[tokio::test]
async fn an_envelope_without_data_throws_in_the_callback_and_leaves_the_exchange_pending() {
    let refusals: [&[Answer]; 4] =
        [&[(200, r#"{"code":500}"#)], &[(200, "null")], &[(200, "")], &[(200, "busy")]];
    for answers in refusals {
        let output = launched(answers).await;
        assert_eq!(stages(&output)[1], "code2session pending", "{answers:?}");
        assert_eq!(output["requests"][0]["callback_threw"], true, "{answers:?}");
    }
}

#[tokio::test]
async fn a_token_counts_whatever_the_status() {
    let output = launched(&[(200, OPENID), (500, TOKEN), (200, USER)]).await;
    assert_eq!(stages(&output)[2], "getToken fulfilled");
    assert_eq!(output["events"], json!(["loginSucess"]));
}

#[tokio::test]
async fn an_answer_without_a_token_is_a_rejection_and_null_is_an_exception() {
    let output = launched(&[(200, OPENID), (200, r#"{"access_token":""}"#)]).await;
    assert_eq!(stages(&output)[2], "getToken rejected");
    assert_eq!(output["requests"][1]["callback_threw"], Value::Null);
    let output = launched(&[(200, OPENID), (401, "null")]).await;
    assert_eq!(stages(&output)[2], "getToken pending");
    assert_eq!(output["requests"][1]["callback_threw"], true);
}

#[tokio::test]
async fn the_data_of_a_refused_user_info_is_stored_as_the_user() {
    let output = launched(&[(200, OPENID), (200, TOKEN), (401, r#"{"data":"token expired"}"#)]).await;
    assert_eq!(output["storage"]["userinfo"], "token expired");
}

#[tokio::test]
async fn a_user_info_without_data_wipes_the_stored_user() {
    let script = launch("valid", &json!({"openid": "oA", "userinfo": {"name": "Alice"}}));
    let output = played(&script, &[(200, TOKEN), (500, "broken")]).await;
    assert_eq!(output["storage"].get("userinfo"), None);
}

#[tokio::test]
async fn a_dropped_connection_is_heard_of_by_nobody() {
    let output = launched(&[(0, "")]).await;
    assert_eq!(stages(&output), ["login fulfilled", "code2session pending"]);
    assert_eq!(output["requests"][0]["status"], Value::Null);
    assert_eq!(output["requests"][0]["callback_threw"], Value::Null);
}

#[tokio::test]
async fn a_token_that_is_an_object_is_presented_as_its_text() {
    let output = launched(&[(200, OPENID), (200, r#"{"access_token":{"a":1}}"#), (200, USER)]).await;
    assert_eq!(output["requests"][2]["authorization"], "Bearer [object Object]");
}

#[tokio::test]
async fn a_token_without_a_text_is_the_only_way_to_settle_the_user_info() {
    let output = launched(&[(200, OPENID), (200, r#"{"access_token":{"toString":1}}"#)]).await;
    assert_eq!(stages(&output)[3], "storeUserinfo rejected");
    assert_eq!(output["requests"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_openid_without_a_text_is_never_sent() {
    let output = launched(&[(200, r#"{"data":{"openid":{"toString":1}}}"#)]).await;
    assert_eq!(stages(&output), ["login fulfilled", "code2session fulfilled", "getToken rejected"]);
    assert_eq!(output["storage"], json!({"openid": {"toString": 1}}));
}

#[tokio::test]
async fn a_token_is_renewed_more_than_a_thousand_seconds_after_its_end() {
    let storage = json!({"openid": "oA", "tokenObj": {"createTime": 1_700_000_000, "expires_in": 7200}});
    let early = played(&show(&storage, 1_700_008_200_000), &[]).await;
    assert_eq!(stages(&early), Vec::<String>::new());
    let late = played(&show(&storage, 1_700_008_200_001), &[(200, TOKEN), (200, USER)]).await;
    assert_eq!(stages(&late), ["getToken fulfilled", "storeUserinfo pending"]);
}

#[tokio::test]
async fn a_lifetime_that_is_a_text_or_missing_is_never_over() {
    for token in [json!({"createTime": 1_700_000_000, "expires_in": "7200"}), json!({"createTime": 1})] {
        let storage = json!({"openid": "oA", "tokenObj": token});
        let output = played(&show(&storage, 4_000_000_000_000), &[]).await;
        assert_eq!(stages(&output), Vec::<String>::new(), "{token}");
    }
}

#[tokio::test]
async fn nothing_is_renewed_without_an_openid_or_a_token() {
    let token = json!({"createTime": 1, "expires_in": 1});
    for storage in
        [json!({"tokenObj": token}), json!({"openid": "oA"}), json!({"openid": "", "tokenObj": token})]
    {
        let output = played(&show(&storage, 4_000_000_000_000), &[]).await;
        assert_eq!(stages(&output), Vec::<String>::new(), "{storage}");
    }
}

#[tokio::test]
async fn json_nested_without_end_is_taken_for_a_text() {
    static DEEP: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| "[".repeat(100_000));
    let answers: &'static [Answer] = Box::leak(Box::new([(200, OPENID), (200, DEEP.as_str())]));
    assert_eq!(stages(&launched(answers).await)[2], "getToken rejected");
}

#[tokio::test]
async fn codes_come_from_a_source_when_the_script_lists_none() {
    let transport = Transport::new(Instant::now()).unwrap();
    let script = r#"{"events":[{"event":"launch","session":"expired","now_ms":0}]}"#;
    let refused = simulate(script, "http://127.0.0.1:1", &transport, None).await.unwrap_err();
    assert_eq!(refused.to_string(), "the script has no codes, and nobody mints them");
    let mut mint = || Some("minted".into());
    let output = simulate(script, "http://127.0.0.1:1", &transport, Some(&mut mint)).await.unwrap();
    assert!(output.contains(r#""query":"code=minted""#), "{output}");
}
