//! How does a person at a terminal use the stand-in?
//!
//! On a port of its own, which is no part of WeChat: a backend that asks it by mistake is told what there is.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::num::ParseIntError;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};

use super::ledger::Person;
use super::trouble::{Trouble, UnknownTrouble};
use super::wechat::Wechat;
use crate::record::{ExchangeRecord, Redactor};

/// Who logs in when nobody is named.
const SOMEBODY: &str = "alice";

/// What can be asked, as the answer to anything else lists it.
const OFFERED: &[&str] = &[
    "POST /login?person=alice&trouble=http-502-html&age=299&unionid=true",
    "POST /check-session?person=alice",
    "POST /expire-session?person=alice",
    "GET /calls",
    "GET /turned-away",
];

/// Why the door is not open, or did not close as it should. The enum may grow.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The address is taken, or is not one of this machine's.
    #[error("{}", tr!("cannot listen on {address} for control", address))]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The socket failed while it was served.
    #[error("{}", tr!("control on {address} failed", address))]
    Serve {
        /// The address it listened on.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The task that served the door panicked.
    #[error("{}", tr!("control on {address} panicked", address))]
    Panicked {
        /// The address it listened on.
        address: SocketAddr,
        /// What the task left behind.
        source: JoinError,
    },
}

/// An HTTP door through which people log in and look at calls.
///
/// | request | answer |
/// |---|---|
/// | `POST /login?person=NAME&trouble=NAME` | `{"code":"…","errMsg":"login:ok"}`, as `wx.login` gives it |
/// | `POST /check-session?person=NAME` | `{"errMsg":"checkSession:ok"}`, or the text of a failure |
/// | `POST /expire-session?person=NAME` | the same, after the session has ended |
/// | `GET /calls` | the calls that arrived so far, secrets masked |
/// | `GET /turned-away` | the hosts that were asked for and refused, and why TLS failed |
///
/// Without `person` it is `alice`. A login takes three parameters more, which may be left out: `trouble`, the name
/// of a [`Trouble`] that the code will meet; `age`, how many seconds ago the code was issued; `unionid`, `true`
/// when WeChat tells the unionid of the person. A wrong value is answered 400, with the way out. It stops when [`ControlDoor::stop`] is called or it is dropped.
#[must_use = "the door closes when it is dropped"]
pub struct ControlDoor {
    address: SocketAddr,
    close: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl ControlDoor {
    /// Opens the door. Port 0 takes any free port.
    ///
    /// # Errors
    ///
    /// Fails when the address is taken or is not one of this machine's.
    pub async fn start(listen: SocketAddr, wechat: Wechat) -> Result<Self, ControlError> {
        let failed = |source| ControlError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (close, closed) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            // The door closes as well when the sender is dropped without a word.
            let until = async { drop(closed.await) };
            axum::serve(listener, router(wechat)).with_graceful_shutdown(until).await
        });
        Ok(Self { address, close, serving })
    }

    /// Returns where it listens, such as `http://127.0.0.1:8124`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes the door, after the requests that are under way were answered.
    ///
    /// # Errors
    ///
    /// Fails when the door had already broken, or breaks now.
    pub async fn stop(self) -> Result<(), ControlError> {
        let Self { address, close, serving } = self;
        drop(close);
        match serving.await {
            Ok(served) => served.map_err(|source| ControlError::Serve { address, source }),
            Err(source) => Err(ControlError::Panicked { address, source }),
        }
    }
}

impl fmt::Debug for ControlDoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ControlDoor({})", self.address)
    }
}

/// Who is meant.
#[derive(Deserialize)]
struct Whom {
    person: Option<String>,
}

impl Whom {
    fn key(&self) -> &str {
        self.person.as_deref().unwrap_or(SOMEBODY)
    }

    fn person(&self, wechat: &Wechat) -> Person {
        wechat.person(self.key())
    }
}

/// What kind of code is wanted. All are texts, so that a wrong one is told in our words.
#[derive(Deserialize)]
struct Wanted {
    trouble: Option<String>,
    age: Option<String>,
    unionid: Option<String>,
}

impl Wanted {
    fn trouble(&self) -> Result<Option<Trouble>, WrongLogin> {
        Ok(self.trouble.as_deref().map(Trouble::named).transpose()?)
    }

    fn age(&self) -> Result<Duration, WrongLogin> {
        let Some(text) = &self.age else { return Ok(Duration::ZERO) };
        text.parse().map(Duration::from_secs).map_err(|source| WrongLogin::Age { text: text.clone(), source })
    }

    fn unionid(&self) -> Result<bool, WrongLogin> {
        match self.unionid.as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(text) => Err(WrongLogin::Unionid { text: text.to_owned() }),
        }
    }
}

/// Why somebody cannot log in.
#[derive(Debug, Error)]
enum WrongLogin {
    #[error("{}", tr!("{wrong}; `wxconform wechat --list-troubles` shows them all", wrong = _0))]
    Trouble(#[from] UnknownTrouble),
    #[error("{}", tr!("expected whole seconds for age, not {text}", text = format_args!("{text:?}")))]
    Age { text: String, source: ParseIntError },
    #[error("{}", tr!("expected true or false for unionid, not {text}", text = format_args!("{text:?}")))]
    Unionid { text: String },
}

impl IntoResponse for WrongLogin {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.to_string() }))).into_response()
    }
}

fn router(wechat: Wechat) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/check-session", post(check_session))
        .route("/expire-session", post(expire_session))
        .route("/calls", get(calls))
        .route("/turned-away", get(turned_away))
        .fallback(nothing_there)
        .method_not_allowed_fallback(nothing_there)
        .with_state(wechat)
}

async fn login(
    State(wechat): State<Wechat>,
    Query(whom): Query<Whom>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, WrongLogin> {
    let (trouble, age) = (wanted.trouble()?, wanted.age()?);
    let person =
        if wanted.unionid()? { wechat.person_with_unionid(whom.key()) } else { whom.person(&wechat) };
    let code = wechat.login_aged(&person, age);
    if let Some(trouble) = trouble {
        wechat.script(&code, trouble.script());
    }
    Ok(Json(json!({ "code": code, "errMsg": "login:ok" })))
}

async fn check_session(State(wechat): State<Wechat>, Query(whom): Query<Whom>) -> Json<Value> {
    session(&wechat, &whom.person(&wechat))
}

async fn expire_session(State(wechat): State<Wechat>, Query(whom): Query<Whom>) -> Json<Value> {
    let person = whom.person(&wechat);
    wechat.expire_session(&person);
    session(&wechat, &person)
}

fn session(wechat: &Wechat, person: &Person) -> Json<Value> {
    let said =
        if wechat.check_session(person) { "checkSession:ok" } else { "checkSession:fail session time out" };
    Json(json!({ "errMsg": said }))
}

async fn calls(State(wechat): State<Wechat>) -> Json<Vec<ExchangeRecord>> {
    let mut redactor = Redactor::default();
    redactor.learn(wechat.app_secret().expose(), "app_secret");
    Json(wechat.all_calls().iter().map(|exchange| redactor.exchange(exchange)).collect())
}

async fn turned_away(State(wechat): State<Wechat>) -> Json<Value> {
    let hosts = wechat.refused_hosts();
    let hosts = hosts.iter().map(|one| json!({ "host": one.host, "by": one.way.word(), "times": one.count }));
    let handshakes = wechat.failed_handshakes();
    let handshakes = handshakes.iter().map(|one| json!({ "reason": one.reason, "times": one.count }));
    Json(json!({ "hosts": hosts.collect::<Vec<_>>(), "handshakes": handshakes.collect::<Vec<_>>() }))
}

async fn nothing_there(method: Method, uri: Uri) -> Response {
    let error = tr!("there is no {method} {path}", method, path = uri.path());
    (StatusCode::NOT_FOUND, Json(json!({ "error": error, "offered": OFFERED }))).into_response()
}
