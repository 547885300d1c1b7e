//! Does exploring leave a correct backend alone that has little in common with the reference?
//!
//! It answers everything with 200 in an envelope, keeps one session for each person and hands out one token
//! for as long as that lives, and ends all of it when a used code is sent again.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use wxconform::backend::{Target, TimeControl};
use wxconform::expiry::{Clock as _, UnixMillis, VirtualClock};
use wxconform::protocol::{DEFAULT_APP_ID, DEFAULT_APP_SECRET};
use wxconform::standin::{StandIn, StandInSettings};
use wxconform::suite::explore::{Exploring, Outcome, explore};

use crate::reference_backend::loopback_client;

/// How long a session lives, and the token with it.
const LIFETIME: Duration = Duration::from_secs(600);

struct Shop {
    wechat: String,
    client: reqwest::Client,
    clock: Arc<VirtualClock>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    numbers: HashMap<String, usize>,
    /// Who may ask for tokens.
    sessions: HashMap<String, Option<(String, UnixMillis)>>,
    codes: HashMap<String, String>,
    minted: u64,
}

async fn exchange(
    State(shop): State<Arc<Shop>>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let refused = |why: &str| Json(json!({"code": 1, "msg": why, "data": {}}));
    let Some(code) = query.get("code").filter(|code| !code.is_empty()) else { return refused("no code") };
    let used = shop.memory.lock().unwrap().codes.get(code).cloned();
    if let Some(openid) = used {
        shop.memory.lock().unwrap().sessions.remove(&openid);
        return refused("used");
    }
    let (id, secret) = (DEFAULT_APP_ID, DEFAULT_APP_SECRET);
    let parameters = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("appid", id), ("secret", secret), ("js_code", code)])
        .append_pair("grant_type", "authorization_code")
        .finish();
    let answer = shop.client.get(format!("{}/sns/jscode2session?{parameters}", shop.wechat)).send().await;
    let answer: Value = serde_json::from_slice(&answer.unwrap().bytes().await.unwrap()).unwrap();
    let Some(openid) = answer["openid"].as_str() else { return refused("WeChat says no") };
    let mut memory = shop.memory.lock().unwrap();
    let next = memory.numbers.len();
    memory.numbers.entry(openid.to_owned()).or_insert(next);
    memory.codes.insert(code.clone(), openid.to_owned());
    memory.sessions.insert(openid.to_owned(), None);
    Json(json!({"code": 0, "data": {"openid": openid}}))
}

async fn token(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: String) -> Json<Value> {
    let refused = Json(json!({"code": 2, "msg": "no"}));
    let client = headers.get("authorization").is_some_and(|value| value == "Basic YXBwOmFwcA==");
    let openid = form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "openid");
    let (true, Some((_, openid))) = (client, openid) else { return refused };
    let now = shop.clock.now();
    let mut memory = shop.memory.lock().unwrap();
    memory.minted += 1;
    let fresh = format!("{:016x}", memory.minted.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let Some(session) = memory.sessions.get_mut(openid.as_ref()) else { return refused };
    let living = session.take().filter(|(_, ends)| *ends > now + Duration::from_secs(1));
    let (token, ends) = living.unwrap_or((fresh, now + LIFETIME));
    *session = Some((token.clone(), ends));
    Json(json!({"access_token": token, "expires_in": ends.since(now).as_secs()}))
}

async fn user_info(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Json<Value> {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let now = shop.clock.now();
    let memory = shop.memory.lock().unwrap();
    let owner = memory.sessions.iter().find(|(_, session)| {
        session.as_ref().is_some_and(|(known, ends)| Some(known.as_str()) == token && now < *ends)
    });
    match owner {
        Some((openid, _)) => {
            Json(json!({"code": 0, "data": {"no": memory.numbers[openid], "name": "WeChat user"}}))
        }
        None => Json(json!({"code": 3, "msg": "log in first"})),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correct_backend_of_another_kind_survives() {
    let wechat = StandIn::start(([127, 0, 0, 1], 0).into(), StandInSettings::default()).await.unwrap();
    let clock = Arc::new(VirtualClock::default());
    let shop = Arc::new(Shop {
        wechat: wechat.url(),
        client: loopback_client(),
        clock: Arc::clone(&clock),
        memory: Mutex::default(),
    });
    let router = Router::new()
        .route("/miniprogram/wxmp/code2session", get(exchange))
        .route("/auth/openid/token", post(token))
        .route("/admin/user/info", get(user_info))
        .with_state(shop);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await });
    for seed in 0..2 {
        let target = Target::new(&url, TimeControl::Virtual(Arc::clone(&clock))).unwrap();
        let exploration = explore(&Exploring { cases: 150, ..Exploring::new(target, seed) }, &wechat).await;
        assert_eq!(exploration.unwrap().outcome, Outcome::NoDifference, "seed {seed}");
    }
}
