//! How does the backend speak as a contract says?
//!
//! The handlers speak the documented flow and nothing else. In front of them stands an interpreter: it hears
//! a request in the words of the contract, asks the handlers what that means in the documented flow, and words their
//! answers as the contract wants them. So what is right is written once, and a fault is the same fault in every
//! dialect.
//!
//! | file | question |
//! |---|---|
//! | `heard` | what does a request say? |
//! | `route` | which request of the contract is it? |
//! | `inner` | what do the handlers say to it? |
//! | `login` | what does a step of a login give? |
//! | `session` | whose session is it? |
//! | `renewal` | how is a session renewed, looked at and ended? |
//! | `words` | how is that said? |
//! | `kept` | what was handed out beside tokens? |

mod heard;
mod inner;
mod kept;
mod login;
mod renewal;
mod route;
mod session;
mod words;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{ALLOW, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer::Answer;
use super::server::Backend;
use crate::backend::{Dialect, Refresh, Refusal};
use heard::Heard;
use inner::Inner;
use kept::Kept;
use route::{Route, route};

/// The longest request that is read; what comes from outside was cut before.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// What stands between the contract and the handlers.
pub(super) struct Interpreter {
    backend: Arc<Backend>,
    dialect: Dialect,
    /// Whether the login itself is left to the handlers, whose words are the contract's.
    is_documented: bool,
    kept: Mutex<Kept>,
}

impl Interpreter {
    /// Returns who lets the handlers speak as the contract says, if that is not as they speak anyway.
    pub(super) fn of(backend: &Arc<Backend>) -> Option<Self> {
        let contract = &backend.settings.contract;
        let is_documented = contract.dialect.is_none();
        let mut dialect = (*contract.spoken).clone();
        if is_documented {
            let renews = matches!(dialect.refresh, Refresh::Call { .. });
            if !renews && dialect.check.is_none() && dialect.logout.is_none() {
                return None;
            }
            (dialect.login, dialect.user_info) = (Vec::new(), None);
        }
        Some(Self { backend: Arc::clone(backend), dialect, is_documented, kept: Mutex::default() })
    }

    /// Stands before the handlers.
    pub(super) fn before(self, handlers: Router) -> Router {
        Router::new().fallback_service(handlers).layer(from_fn_with_state(Arc::new(self), interpret))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn interpret(State(interpreter): State<Arc<Interpreter>>, request: Request, next: Next) -> Response {
    let heard = match Heard::read(request).await {
        Ok(heard) => heard,
        Err(response) => return response,
    };
    match route(&interpreter.dialect, &heard) {
        Route::Nowhere if interpreter.is_documented => next.run(heard.whole()).await,
        Route::Nowhere => heard.pass_on(next).await,
        Route::WrongMethod(allowed) => not_allowed(&allowed),
        Route::Step(step) => interpreter.step(step, &heard, &next).await,
        Route::UserInfo(guarded) => interpreter.user_info(guarded, &heard, &next).await,
        Route::Refresh => interpreter.refresh(&heard, &next).await,
        Route::Check(guarded) => interpreter.check(guarded, &heard, &next).await,
        Route::Logout(guarded) => interpreter.log_out(guarded, &heard, &next).await,
    }
}

/// Answers 405 and says what is allowed (RFC 9110 section 15.5.6).
fn not_allowed(allowed: &str) -> Response {
    let mut answer = Answer::json(StatusCode::METHOD_NOT_ALLOWED, json!({"error": "method_not_allowed"}));
    answer.headers.extend(HeaderValue::from_str(allowed).map(|allowed| (ALLOW, allowed)));
    answer.into_response()
}

/// Returns why the handlers refused a login code.
fn why(exchange: &Inner) -> Refusal {
    match exchange.member("code").as_u64() {
        Some(1001) => Refusal::NoCode,
        Some(1004) => Refusal::UsedCode,
        Some(2000..3000) => Refusal::WechatBusy,
        Some(_) | None if exchange.status.is_server_error() => Refusal::WechatBusy,
        Some(_) | None => Refusal::BadCode,
    }
}
