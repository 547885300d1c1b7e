//! Is the reference backend correct, and does each of its faults change something?

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use wxconform::expiry::VirtualClock;
use wxconform::reference::{Fault, FaultSet, Reference, Settings};

const RIGHT_CLIENT: &str = "Basic YXBwOmFwcA==";
const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A WeChat of few words. The code says what it answers: `ok-ann-1` logs Ann in, `err-45011` is an error,
/// `says-TEXT` answers that text, `silent` takes its time, anything else is an invalid code.
#[derive(Clone, Default)]
struct TinyWeChat {
    used: Arc<Mutex<HashSet<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TinyWeChat {
    async fn serve(&self) -> String {
        let app = Router::new()
            .route("/sns/jscode2session", get(session))
            .layer(from_fn_with_state(self.clone(), note))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind(std::net::SocketAddr::from(ANY_PORT)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, app).await });
        url
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn note(State(wechat): State<TinyWeChat>, request: Request, next: Next) -> Response {
    wechat.asked.lock().unwrap().push(request.uri().to_string());
    next.run(request).await
}

async fn session(State(wechat): State<TinyWeChat>, RawQuery(query): RawQuery) -> Response {
    let query: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap().as_bytes()).into_owned().collect();
    let code = query.iter().find(|(name, _)| name == "js_code").unwrap().1.clone();
    let answer = match code.split('-').collect::<Vec<_>>()[..] {
        ["ok" | "legacy", ..] if !wechat.used.lock().unwrap().insert(code.clone()) => {
            json!({"errcode": 40163, "errmsg": "code been used, rid: 1-2-3"})
        }
        ["ok", person, ..] => json!({"session_key": session_key(person), "openid": openid(person), "new": 1}),
        ["legacy", person, ..] => json!({
            "openid": openid(person), "errmsg": "ok", "errcode": 0, "expires_in": 7200,
            "session_key": session_key(person), "unionid": "oUnion",
        }),
        ["err", number] => json!({"errcode": number.parse::<i64>().unwrap(), "errmsg": "some text"}),
        ["says", text] => return text.to_owned().into_response(),
        ["silent"] => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Value::Null
        }
        _ => json!({"errcode": 40029, "errmsg": "invalid code, rid: 1-2-3"}),
    };
    ([(CONTENT_TYPE, "text/plain")], answer.to_string()).into_response()
}

/// An openid with everything that may go wrong in one: 28 characters, both cases, `-` and `_`.
fn openid(person: &str) -> String {
    format!("oApp01-{person}_AbCdEfGhIjKlMnOpQrStUvWxYz").chars().take(28).collect()
}

fn session_key(person: &str) -> String {
    format!("{person}/+fczf5v6AKRyjwEUhQ==")
}

/// What came back; `status` is 0 when nothing did.
#[derive(Clone, Debug)]
struct Seen {
    status: u16,
    headers: BTreeMap<String, String>,
    text: String,
}

impl Seen {
    async fn by(request: RequestBuilder) -> Self {
        let Ok(response) = request.send().await else {
            return Self { status: 0, headers: BTreeMap::new(), text: String::new() };
        };
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let (status, headers) = (response.status().as_u16(), headers.collect());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Returns a text in the body, or nothing where the backend gave none.
    fn text_at(&self, pointer: &str) -> String {
        self.body().pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// What two runs have in common: random tokens by their length and the order they were first seen in.
    fn normal(&self, tokens: &mut Vec<String>) -> String {
        let mut seen = self.clone();
        seen.headers.retain(|name, _| name != "date" && name != "content-length");
        let mut text = format!("{seen:?}");
        let token = self.body().get("access_token").and_then(Value::as_str).map(str::to_owned);
        if let Some(token) = token.filter(|token| token.len() > 8) {
            let number = tokens.iter().position(|known| *known == token).unwrap_or_else(|| {
                tokens.push(token.clone());
                tokens.len() - 1
            });
            text = text.replace(&token, &format!("<token {number} of {} characters>", token.len()));
        }
        text
    }
}

struct Bench {
    wechat: TinyWeChat,
    backend: Reference,
    clock: Arc<VirtualClock>,
    client: Client,
}

impl Bench {
    async fn start(faults: FaultSet) -> Self {
        let (wechat, clock) = (TinyWeChat::default(), Arc::new(VirtualClock::default()));
        let wechat_patience = Duration::from_millis(300);
        let clock_of_backend: Arc<VirtualClock> = Arc::clone(&clock);
        let settings = Settings::new(wechat.serve().await);
        let settings = Settings { clock: clock_of_backend, wechat_patience, faults, ..settings };
        let backend = Reference::start(ANY_PORT.into(), settings).await.unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self { wechat, backend, clock, client: client.tls_backend_preconfigured(tls).build().unwrap() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.backend.url()))
    }

    async fn exchange(&self, query: &str) -> Seen {
        Seen::by(self.request(Method::GET, &format!("/miniprogram/wxmp/code2session{query}"))).await
    }

    async fn token_as(&self, client: Option<&str>, form: &str) -> Seen {
        let request = self.request(Method::POST, "/auth/openid/token").body(form.to_owned());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Seen::by(match client {
            Some(client) => request.header("authorization", client),
            None => request,
        })
        .await
    }

    async fn token(&self, openid: &str) -> Seen {
        self.token_as(Some(RIGHT_CLIENT), &format!("openid={openid}")).await
    }

    async fn user(&self, authorization: Option<&str>) -> Seen {
        let request = self.request(Method::GET, "/admin/user/info");
        Seen::by(match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        })
        .await
    }

    /// Logs a person in and returns the openid and the token.
    async fn login(&self, code: &str) -> (String, String) {
        let openid = self.exchange(&format!("?code={code}")).await.text_at("/data/openid");
        let token = self.token(&openid).await.text_at("/access_token");
        (openid, token)
    }
}

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
        ("err--1", 400),
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

/// Plays a fixed sequence against a backend and returns everything that could be seen of it, from both sides.
async fn probe(faults: FaultSet) -> Vec<String> {
    let bench = Bench::start(faults).await;
    let mut seen = Vec::new();
    let bearer = |token: &str| format!("Bearer {token}");

    // The flow: a login, a second token, a second login, another person.
    let mut newest = Vec::new();
    for code in ["ok-ann-1", "ok-ann-2", "legacy-bob-1", "ok-cid-1"] {
        seen.push(bench.exchange(&format!("?code={code}")).await);
        let openid = seen.last().unwrap().text_at("/data/openid");
        seen.push(bench.token(&openid).await);
        let token = seen.last().unwrap().body()["access_token"].clone();
        let token = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
        seen.push(bench.user(Some(&bearer(&token))).await);
        seen.push(bench.token(&openid).await);
        seen.push(bench.user(Some(&bearer(&token))).await);
        newest.push((openid, token));
    }
    let (openid, token) = newest[0].clone();
    seen.push(bench.user(Some(&bearer(&token))).await);

    // Codes that are refused, and the login after each.
    let long = format!("ok-dan-{}", "9".repeat(40));
    for code in
        ["=", "=ok-ann-1", "=ok-ann-3", "=ok-ann-4", "=unknown", "=err-40226", "=err-45011", "=err-99999"]
            .into_iter()
            .chain(["=ok-eve-1%26appid%3Dother", &format!("={long}")])
    {
        seen.push(bench.exchange(&format!("?code{code}")).await);
    }
    seen.push(bench.exchange("").await);
    let mut twins = futures::future::join_all(["?code=ok-ann-5"; 2].map(|query| bench.exchange(query))).await;
    twins.sort_by_key(|twin| twin.status);
    seen.extend(twins);

    // Clients and openids that are refused.
    let form = format!("openid={openid}");
    for client in [None, Some("Basic YXBwOndyb25n"), Some("Basic YXBwOmFwcGxl"), Some("Basic YXBwOmF")]
        .into_iter()
        .chain([Some("Bearer YXBwOmFwcA=="), Some("Basic b3RoZXI6YXBw")])
    {
        seen.push(bench.token_as(client, &form).await);
    }
    let (repeated, start) =
        (format!("{form}&{form}"), format!("openid={}", self::openid("ann")[..27].to_owned()));
    let stranger = format!("openid={}", self::openid("zoe"));
    for form in ["", "openid=", "openid=x", &repeated, &start, &stranger] {
        seen.push(bench.token_as(Some(RIGHT_CLIENT), form).await);
    }

    // Tokens that are refused.
    let (cut, altered) =
        (token.get(..30).unwrap_or(&token), format!("{}{}", token.get(..30).unwrap_or(""), "x"));
    let case: String = token.chars().map(flipped).collect();
    for token in ["nonsense", cut, &altered, &case, &format!("{token}x")] {
        seen.push(bench.user(Some(&bearer(token))).await);
    }
    for value in [None, Some("Bearer "), Some(token.as_str()), Some(&format!("bearer {token}"))] {
        seen.push(bench.user(value).await);
    }

    // The end of a token.
    for _ in 0..4 {
        bench.clock.advance(Duration::from_secs(1850));
        seen.push(bench.user(Some(&bearer(&token))).await);
    }
    seen.push(bench.token(&openid).await);
    let renewed = seen.last().unwrap().text_at("/access_token");
    seen.push(bench.user(Some(&bearer(&renewed))).await);

    let asked = bench.wechat.asked();
    bench.backend.stop().await.unwrap();
    let mut tokens = Vec::new();
    seen.iter().map(|seen| seen.normal(&mut tokens)).chain(asked).collect()
}

fn flipped(letter: char) -> char {
    if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
}

#[tokio::test]
async fn every_fault_changes_something_that_can_be_seen() {
    let correct = probe(FaultSet::default()).await;
    assert_eq!(probe(FaultSet::default()).await, correct, "two correct backends must look the same");
    let mut without_effect = Vec::new();
    for fault in Fault::ALL {
        if probe(FaultSet::from(*fault)).await == correct {
            without_effect.push(fault.name());
        }
    }
    assert!(without_effect.is_empty(), "{without_effect:?}");
}
