//! A WeChat just big enough for the reference backend.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::bench::ANY_PORT;

/// A WeChat of few words. The code says what it answers: `ok-ann-1` logs Ann in, `err-45011` is an error,
/// `says-TEXT` answers that text, `silent` takes its time, anything else is an invalid code.
#[derive(Clone, Default)]
pub(super) struct TinyWeChat {
    used: Arc<Mutex<HashSet<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TinyWeChat {
    pub(super) async fn serve(&self) -> String {
        let app = Router::new()
            .route("/sns/jscode2session", get(session))
            .route("/cgi-bin/token", get(async || r#"{"access_token":"94_platform","expires_in":7200}"#))
            .layer(from_fn_with_state(self.clone(), note))
            .with_state(self.clone());
        let listener = TcpListener::bind(SocketAddr::from(ANY_PORT)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, app).await });
        url
    }

    pub(super) fn asked(&self) -> Vec<String> {
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
        ["err", ..] => {
            let number: i64 = code.trim_start_matches("err-").parse().unwrap();
            json!({"errcode": number, "errmsg": "some text"})
        }
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
pub(super) fn openid(person: &str) -> String {
    format!("oApp01-{person}_AbCdEfGhIjKlMnOpQrStUvWxYz").chars().take(28).collect()
}

fn session_key(person: &str) -> String {
    format!("{person}/+fczf5v6AKRyjwEUhQ==")
}
