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
pub(super) mod logout;
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
use sha2::{Digest as _, Sha256};

use super::server::Backend;
use super::{Fault, Settings};
pub(super) use memory::Memory;

/// What the alphabet decodes to as base64, the two letters that are no whole quartet left out.
const DECODED_ALPHABET: &[u8] = &[
    0x69, 0xb7, 0x1d, 0x79, 0xf8, 0x21, 0x8a, 0x39, 0x25, 0x9a, 0x7a, 0x29, 0xaa, 0xbb, 0x2d, 0xba, 0xfc,
    0x31,
];

/// Whom tokens name as their issuer where that is the key as well.
const ISSUER: &str = "login.petshop.example";

/// What tokens call their key where that is the key as well.
const KEY_ID: &str = "5f0c7a52-petshop-main";

/// Returns the key that a fault signs tokens with, if it does not do so with a random one.
pub(super) fn key_of_tokens(settings: &Settings) -> Option<Vec<u8>> {
    let (faults, app_secret) = (&settings.faults, settings.app_secret.expose());
    let key = if faults.has(Fault::JwtKeyedWithWord) {
        b"secret".to_vec()
    } else if faults.has(Fault::JwtKeyedWithDecodedWord) {
        DECODED_ALPHABET.to_vec()
    } else if faults.has(Fault::JwtKeyedWithAppSecret) {
        app_secret.as_bytes().to_vec()
    } else if faults.has(Fault::JwtKeyedWithHashOfWord) {
        token_text::md5_of("secret").into_bytes()
    } else if faults.has(Fault::JwtKeyedWithHashOfAppSecret) {
        Sha256::digest(app_secret).to_vec()
    } else if faults.has(Fault::JwtKeyedWithAppSecretReversed) {
        app_secret.chars().rev().collect::<String>().into_bytes()
    } else if faults.has(Fault::JwtKeyedWithWordAndYear) {
        b"jwt_secret_2023".to_vec()
    } else if faults.has(Fault::JwtKeyedWithSixDigits) {
        b"482913".to_vec()
    } else if faults.has(Fault::JwtKeyedWithStart) {
        settings.clock.now().seconds().to_string().into_bytes()
    } else if faults.has(Fault::JwtKeyedWithIssuer) {
        ISSUER.as_bytes().to_vec()
    } else if faults.has(Fault::JwtKeyedWithKeyId) {
        KEY_ID.as_bytes().to_vec()
    } else {
        return None;
    };
    Some(key)
}

/// Returns the name of that key, if the tokens tell it.
pub(super) fn key_id_of_tokens(settings: &Settings) -> Option<&'static str> {
    settings.faults.has(Fault::JwtKeyedWithKeyId).then_some(KEY_ID)
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
