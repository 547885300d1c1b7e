//! What does each fault do differently?
//!
//! One file per handler, with one function for each place where the handler lets a fault step in. Such
//! a function gets what the correct handler found out, and gives it back as it is unless one of the
//! backend's faults says otherwise. Faults that spoil the finished answer stand in `…_answer`.
//!
//! What a fault has to remember is in [`Memory`], apart from the store of the correct backend.

pub(super) mod exchange;
mod exchange_answer;
mod exchange_code;
mod exchange_crowd;
pub(super) mod input;
mod input_answer;
pub(super) mod leak;
mod leaky_token;
mod memory;
pub(super) mod session;
mod spelling;
pub(super) mod token;
mod token_answer;
mod token_client;
mod token_text;
pub(super) mod user_info;
mod user_info_answer;
mod user_info_crowd;
mod user_info_jwt;
mod wechat;

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{MethodRouter, get, put};

use super::server::Backend;
use super::{Fault, Settings};
pub(super) use memory::Memory;

/// What the alphabet decodes to as base64, the two letters that are no whole quartet left out.
const DECODED_ALPHABET: &[u8] = &[
    0x69, 0xb7, 0x1d, 0x79, 0xf8, 0x21, 0x8a, 0x39, 0x25, 0x9a, 0x7a, 0x29, 0xaa, 0xbb, 0x2d, 0xba, 0xfc,
    0x31,
];

/// Returns the key that a fault signs tokens with, if it does not do so with a random one.
pub(super) fn key_of_tokens(settings: &Settings) -> Option<&[u8]> {
    let faults = &settings.faults;
    if faults.has(Fault::JwtKeyedWithWord) {
        Some(b"secret")
    } else if faults.has(Fault::JwtKeyedWithDecodedWord) {
        Some(DECODED_ALPHABET)
    } else if faults.has(Fault::JwtKeyedWithAppSecret) {
        Some(settings.app_secret.expose().as_bytes())
    } else {
        None
    }
}

/// Returns what only a fault serves: a path, and the methods that it adds there.
pub(super) fn extra_routes(backend: &Backend) -> Vec<(&'static str, MethodRouter<Arc<Backend>>)> {
    let faults = &backend.settings.faults;
    let mut routes = Vec::new();
    if faults.has(Fault::SessionKeyInRedirect) {
        routes.push((exchange_answer::REDIRECT_PATH, get(exchange_answer::redirected)));
    }
    if faults.has(Fault::AppSecretOnDeveloperPage) {
        routes.push(("/actuator/env", get(leak::developer_page)));
    }
    if faults.has(Fault::TokenByGet) {
        routes.push((super::token::PATH, get(token::by_query)));
    }
    if faults.has(Fault::TokenByGetOfOpenid) {
        routes.push((super::token::PATH, get(token::by_query_if_there)));
    }
    if faults.has(Fault::TokenByAnyMethod) {
        let handler = super::token::openid_token;
        routes.push((super::token::PATH, put(handler).patch(handler).delete(handler)));
    }
    if faults.has(Fault::ExchangeByAnyMethod) {
        routes.push((input::EXCHANGE, all_but_get(super::exchange::code2session)));
    }
    if faults.has(Fault::UserInfoByAnyMethod) {
        routes.push((input::USER_INFO, all_but_get(super::user_info::user_info)));
    }
    routes
}

/// Lets a handler that serves GET serve every other method as well.
fn all_but_get<H, T>(handler: H) -> MethodRouter<Arc<Backend>>
where
    H: Handler<T, Arc<Backend>>,
    T: 'static,
{
    MethodRouter::new().fallback(handler)
}
