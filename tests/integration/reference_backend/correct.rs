//! What a correct backend answers.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use wxconform::reference::FaultSet;

use super::bench::{Bench, RIGHT_CLIENT, Seen};
use super::wechat::openid;

#[tokio::test]
async fn a_correct_backend_logs_in_and_asks_wechat_once() {
    let bench = Bench::start(FaultSet::default()).await;
    let exchanged = bench.exchange("?code=ok-ann-1&other=x").await;
    assert_eq!(exchanged.status, 200);
    assert_eq!(exchanged.body(), json!({"code": 0, "msg": "ok", "data": {"openid": openid("ann")}}));
    let issued = bench.token(&openid("ann")).await;
    assert_eq!((issued.status, issued.header("cache-control")), (200, "no-store"));
    assert_eq!(issued.header("content-type"), "application/json");
    let token = issued.text_at("/access_token");
    assert_eq!(token.len(), 43);
    assert_eq!(issued.body(), json!({"access_token": token, "token_type": "Bearer", "expires_in": 7200}));
    let user = bench.user(Some(&format!("bEaReR {token}"))).await;
    assert_eq!((user.status, user.header("cache-control")), (200, "no-store"));
    assert_eq!(user.body()["data"]["openid"], openid("ann"));
    assert_eq!(
        bench.wechat.asked(),
        ["/sns/jscode2session?appid=wx0123456789abcdef&secret=0123456789abcdef0123456789abcdef\
          &js_code=ok-ann-1&grant_type=authorization_code"]
    );
    bench.backend.stop().await.unwrap();
}

#[tokio::test]
async fn people_keep_their_data_and_earlier_tokens_over_logins() {
    let bench = Bench::start(FaultSet::default()).await;
    let (first_openid, first) = bench.login("ok-ann-1").await;
    let (bob_openid, bob) = bench.login("legacy-bob-1").await;
    let (second_openid, second) = bench.login("ok-ann-2").await;
    assert_eq!(first_openid, second_openid);
    assert_ne!(first_openid, bob_openid);
    assert_ne!(first, second);
    let mut users = Vec::new();
    for token in [first, second, bob] {
        users.push(bench.user(Some(&format!("Bearer {token}"))).await.body()["data"].clone());
    }
    assert_eq!(users[0], users[1]);
    assert_ne!(users[0]["userId"], users[2]["userId"]);
}

#[tokio::test]
async fn codes_that_give_no_openid_are_refused_without_data() {
    let bench = Bench::start(FaultSet::default()).await;
    bench.login("ok-ann-1").await;
    let asked = bench.wechat.asked().len();
    let long = format!("?code={}", "x".repeat(513));
    for query in ["", "?code=", "?code=a&code=b", "?code=%ff", "?CODE=a", long.as_str()] {
        let refused = bench.exchange(query).await;
        assert_eq!((refused.status, refused.body().get("data")), (400, None), "{query}");
    }
    assert_eq!(bench.wechat.asked().len(), asked);
    for (code, status) in [
        ("ok-ann-1", 400),
        ("unknown", 400),
        ("err-40029", 400),
        ("err-40226", 403),
        ("err-45011", 503),
        ("err--1", 503),
        ("err-40013", 502),
        ("err-40125", 502),
        ("err-99999", 502),
        ("says-<html>", 502),
        ("says-", 502),
        ("says-null", 502),
        ("says-{\"openid\":\"\"}", 502),
        ("says-{\"openid\":7}", 502),
        ("silent", 503),
    ] {
        let encoded: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
        let refused = bench.exchange(&format!("?code={encoded}")).await;
        assert_eq!((refused.status, refused.body().get("data")), (status, None), "{code}");
        assert_eq!(refused.header("cache-control"), "no-store", "{code}");
    }
    assert_eq!(bench.login("ok-ann-2").await.0, openid("ann"));
}

#[tokio::test]
async fn a_code_reaches_wechat_whole_and_adds_no_parameter() {
    let bench = Bench::start(FaultSet::default()).await;
    bench.exchange("?code=a%26appid%3Dx%20%23%2B%C3%A9%0D%0A").await;
    assert!(bench.wechat.asked()[0].contains("&js_code=a%26appid%3Dx%20%23%2B%C3%A9%0D%0A&grant_type="));
}

#[tokio::test]
async fn of_simultaneous_exchanges_of_one_code_one_succeeds() {
    let bench = Bench::start(FaultSet::default()).await;
    let all = futures::future::join_all((0..8).map(|_| bench.exchange("?code=ok-ann-1"))).await;
    assert_eq!(all.iter().filter(|seen| seen.status == 200).count(), 1);
}

#[tokio::test]
async fn a_token_needs_the_client_and_a_known_openid() {
    let bench = Bench::start(FaultSet::default()).await;
    bench.login("ok-ann-1").await;
    let form = format!("openid={}", openid("ann"));
    for client in [None, Some("Basic YXBwOndyb25n"), Some("Basic YXBwOmFwcGxl"), Some("Basic YXBw")]
        .into_iter()
        .chain([Some("Basic !!!"), Some("Bearer YXBwOmFwcA=="), Some("Basic b3RoZXI6YXBw"), Some("Basic")])
    {
        let refused = bench.token_as(client, &form).await;
        assert_eq!((refused.status, refused.body()), (401, json!({"error": "invalid_client"})), "{client:?}");
        assert!(refused.header("www-authenticate").starts_with("Basic "), "{client:?}");
    }
    let repeated = format!("{form}&{form}");
    for (form, error) in [
        ("", "invalid_request"),
        ("openid=", "invalid_request"),
        (repeated.as_str(), "invalid_request"),
        ("openid=%ff", "invalid_request"),
        ("{\"openid\":\"x\"}", "invalid_request"),
        ("openid=oApp01-Ann", "invalid_grant"),
    ] {
        let refused = bench.token_as(Some(RIGHT_CLIENT), form).await;
        assert_eq!((refused.status, refused.body()), (400, json!({"error": error})), "{form}");
    }
}

#[tokio::test]
async fn user_info_opens_with_a_living_token_only() {
    let bench = Bench::start(FaultSet::default()).await;
    let (openid, token) = bench.login("ok-ann-1").await;
    let cut = format!("Bearer {}", &token[..42]);
    let long = format!("Bearer {token}x");
    for value in [None, Some("Bearer "), Some("Bearer x"), Some(token.as_str()), Some(RIGHT_CLIENT)]
        .into_iter()
        .chain([Some(cut.as_str()), Some(long.as_str())])
    {
        let refused = bench.user(value).await;
        assert_eq!((refused.status, refused.body()), (401, json!({"error": "invalid_token"})), "{value:?}");
        assert!(refused.header("www-authenticate").starts_with("Bearer"), "{value:?}");
    }
    let in_url = bench.request(Method::GET, &format!("/admin/user/info?access_token={token}"));
    assert_eq!(Seen::by(in_url).await.status, 401);
    let value = format!("Bearer {token}");
    for status in [200, 200, 401] {
        assert_eq!(bench.user(Some(&value)).await.status, status);
        bench.clock.advance(Duration::from_secs(3600));
    }
    let renewed = bench.token(&openid).await.text_at("/access_token");
    assert_eq!(bench.user(Some(&format!("Bearer {renewed}"))).await.status, 200);
}

#[tokio::test]
async fn wrong_methods_unknown_paths_and_long_bodies_are_refused_in_json() {
    let bench = Bench::start(FaultSet::default()).await;
    let long = bench.request(Method::POST, "/auth/openid/token").body("x".repeat(8 * 1024 * 1024));
    for (request, status) in [
        (bench.request(Method::GET, "/auth/openid/token?openid=x"), 405),
        (bench.request(Method::POST, "/miniprogram/wxmp/code2session?code=ok-ann-1"), 405),
        (bench.request(Method::DELETE, "/admin/user/info"), 405),
        (bench.request(Method::GET, "/"), 404),
        (long, 413),
    ] {
        let seen = Seen::by(request).await;
        assert_eq!(seen.status, status);
        assert!(seen.body()["error"].is_string() && seen.header("cache-control") == "no-store");
    }
    assert!(bench.wechat.asked().is_empty());
}
