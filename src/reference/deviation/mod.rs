//! What does each fault do differently?
//!
//! One file per handler, with one function for each place where the handler lets a fault step in. Such
//! a function gets what the correct handler found out, and gives it back as it is unless one of the
//! backend's faults says otherwise. Faults that spoil the finished answer stand in `…_answer`.
//!
//! What a fault has to remember is in [`Memory`], apart from the store of the correct backend.

pub(super) mod exchange;
mod exchange_answer;
pub(super) mod input;
mod input_answer;
mod memory;
mod spelling;
pub(super) mod token;
mod token_answer;
pub(super) mod user_info;

use std::sync::Arc;

use axum::routing::{MethodRouter, get};

use super::Fault;
use super::server::Backend;
pub(super) use memory::Memory;

/// Returns a path that only a fault needs, and what is served there.
pub(super) fn extra_route(backend: &Backend) -> Option<(&'static str, MethodRouter<Arc<Backend>>)> {
    let redirects = backend.settings.faults.has(Fault::SessionKeyInRedirect);
    redirects.then(|| (exchange_answer::REDIRECT_PATH, get(exchange_answer::redirected)))
}
