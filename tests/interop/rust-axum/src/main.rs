//! A login with one call on axum and reqwest, told by the HTTP status and without an envelope. The address of WeChat
//! is built in.
//!
//! ```text
//! POST api/session, form code=…      201 {"token": …, "expires_at": "2026-01-31T08:00:00Z", "user": {"openid": …, …}}
//! GET  api/profile, Bearer token     200 {"id": …, "openid": …, "nickname": …}
//! ```
//!
//! Environment: PORT, WECHAT_APPID, WECHAT_SECRET, TOKEN_TTL (seconds a token lives), FAULT (see faults.tsv; none by
//! default). reqwest itself reads HTTPS_PROXY and, with the certificates of the system, SSL_CERT_FILE, and so it can
//! be led elsewhere.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::rejection::FormRejection;
use axum::extract::{DefaultBodyLimit, Form, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{middleware, Json, Router};
use jiff::{Timestamp, ToSpan};
use rand::distr::{Alphanumeric, SampleString};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

const JSCODE2SESSION: &str = "https://api.weixin.qq.com/sns/jscode2session";
/// From the connection to the last byte of WeChat's answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Nothing that is sent to us is longer than a kilobyte.
const LONGEST_BODY: usize = 64 * 1024;

struct Backend {
    http: reqwest::Client,
    appid: String,
    secret: String,
    lifetime: u32,
    fault: String,
    store: Mutex<Store>,
}

#[derive(Default)]
struct Store {
    /// By openid, which tells letter case apart.
    users: HashMap<String, Arc<User>>,
    /// By token.
    sessions: HashMap<String, (Arc<User>, Instant)>,
}

#[derive(Serialize)]
struct User {
    id: usize,
    openid: String,
    nickname: String,
}

/// Why somebody is not let in.
enum Refusal {
    BadRequest,
    BadCode,
    LogInFirst,
    WeChatBusy,
    WeChatBroken,
    /// Of FAULT=error-display.
    Told(String),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::BadRequest => (StatusCode::BAD_REQUEST, "bad_request"),
            Self::BadCode => (StatusCode::UNPROCESSABLE_ENTITY, "bad_code"),
            Self::LogInFirst => {
                let challenge = [(WWW_AUTHENTICATE, "Bearer")];
                return (StatusCode::UNAUTHORIZED, challenge, Json(json!({"error": "log_in_first"})))
                    .into_response();
            }
            Self::WeChatBusy => (StatusCode::SERVICE_UNAVAILABLE, "wechat_busy"),
            Self::WeChatBroken => (StatusCode::BAD_GATEWAY, "wechat_broken"),
            Self::Told(error) => {
                return (StatusCode::BAD_GATEWAY, Json(json!({"error": error}))).into_response()
            }
        };
        (status, Json(json!({"error": error}))).into_response()
    }
}

/// Members that are not named here are ignored, an openid above all. One that comes twice is refused by serde.
#[derive(Deserialize)]
struct Login {
    code: String,
}

async fn login(
    State(backend): State<Arc<Backend>>,
    form: Result<Form<Login>, FormRejection>,
) -> Result<Response, Refusal> {
    // Not axum's own rejection, which quotes what was sent.
    let Form(Login { code }) = form.map_err(|_| Refusal::BadRequest)?;
    if code.trim().is_empty() {
        return Err(Refusal::BadRequest);
    }
    let openid = backend.openid_for(&code).await?;
    let token = Alphanumeric.sample_string(&mut rand::rng(), 43);
    let lifetime = Duration::from_secs(backend.lifetime.into());
    let user = {
        let mut store = backend.store();
        let id = store.users.len() + 1;
        let user = store
            .users
            .entry(openid.clone())
            .or_insert_with(|| Arc::new(User { id, openid, nickname: "WeChat user".to_owned() }));
        let user = Arc::clone(user);
        let now = Instant::now();
        // Once in a while what has ended is forgotten.
        if store.sessions.len() % 1024 == 1023 {
            store.sessions.retain(|_, (_, end)| *end > now);
        }
        store.sessions.insert(token.clone(), (Arc::clone(&user), now + lifetime));
        user
    };
    let expires_at = Timestamp::now() + i64::from(backend.lifetime).seconds();
    let body = json!({"token": token, "expires_at": expires_at.to_string(), "user": &*user});
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn profile(State(backend): State<Arc<Backend>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let user = bearer(&headers).and_then(|token| backend.user_with(token)).ok_or(Refusal::LogInFirst)?;
    Ok(Json(&*user).into_response())
}

/// The token behind the one scheme that is ours.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token)
}

impl Backend {
    fn store(&self) -> MutexGuard<'_, Store> {
        // A panic elsewhere left nothing half done.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks WeChat whose code it is.
    async fn openid_for(&self, code: &str) -> Result<String, Refusal> {
        let query = [
            ("appid", self.appid.as_str()),
            ("secret", &self.secret),
            ("js_code", code),
            ("grant_type", "authorization_code"),
        ];
        let answer = match self.http.get(JSCODE2SESSION).query(&query).send().await {
            Ok(answer) if self.fault == "error-display" => answer.error_for_status(),
            answer => answer,
        };
        // reqwest does not look at the declared type, which is text/plain.
        let session: Result<Value, _> = match answer {
            Ok(answer) if answer.status() == StatusCode::OK => answer.json().await,
            Ok(_) => return Err(Refusal::WeChatBroken),
            Err(error) => Err(error),
        };
        if self.fault == "unwrap" {
            let session = session.unwrap();
            if session["errcode"].as_i64().unwrap_or(0) != 0 {
                return Err(Refusal::BadCode);
            }
            return Ok(session["openid"].as_str().unwrap().to_owned());
        }
        let session = session.map_err(|error| {
            if self.fault == "error-display" {
                return Refusal::Told(error.to_string());
            }
            // The text of the error would name the address, and with it the secret.
            eprintln!("WeChat cannot be asked: {}", error.without_url());
            Refusal::WeChatBroken
        })?;
        match &session["errcode"] {
            Value::Null => {}
            Value::Number(errcode) => match errcode.as_i64() {
                Some(0) => {}
                Some(-1 | 45009 | 45011) => return Err(Refusal::WeChatBusy),
                // Something is wrong with our account there.
                Some(40013 | 40125 | 50002) => return Err(Refusal::WeChatBroken),
                _ => return Err(Refusal::BadCode),
            },
            _ => return Err(Refusal::WeChatBroken),
        }
        match &session["openid"] {
            Value::String(openid) if !openid.is_empty() => Ok(openid.clone()),
            _ => Err(Refusal::WeChatBroken),
        }
    }

    fn user_with(&self, token: &str) -> Option<Arc<User>> {
        let store = self.store();
        let (user, end) = if self.fault == "starts-with" {
            let (_, session) = store.sessions.iter().find(|(whole, _)| whole.starts_with(token))?;
            session
        } else {
            store.sessions.get(token)?
        };
        (Instant::now() < *end).then(|| Arc::clone(user))
    }
}

async fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let or = |name: &str, otherwise: &str| env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    let backend = Backend {
        // A redirect would carry the secret to wherever it leads.
        http: reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()?,
        appid: env::var("WECHAT_APPID")?,
        secret: env::var("WECHAT_SECRET")?,
        lifetime: or("TOKEN_TTL", "7200").parse()?,
        fault: or("FAULT", ""),
        store: Mutex::default(),
    };
    let app = Router::new()
        .route("/api/session", post(login))
        .route("/api/profile", get(profile))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::map_response(no_store))
        .with_state(Arc::new(backend));
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{}", or("PORT", "8080"))).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
