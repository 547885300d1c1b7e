//! How do tests ask a ledger? One person, one app, and the words to exchange a code.

use serde_json::Value;

use super::call::{ApiAnswer, ApiRequest};
use super::settings::LedgerSettings;
use super::{Ledger, Person};
use crate::expiry::UnixMillis;
use crate::protocol::{AppId, DEFAULT_APP_ID, DEFAULT_APP_SECRET, ErrorCode, JsCode};

/// When tests take place.
pub(super) const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);

/// A ledger, and the person most tests are about.
pub(super) struct Wechat {
    pub(super) ledger: Ledger,
    pub(super) app: AppId,
    pub(super) alice: Person,
}

pub(super) fn wechat(settings: LedgerSettings) -> Wechat {
    let ledger = Ledger::new(settings);
    let alice = ledger.person("Alice");
    Wechat { ledger, app: AppId::new(DEFAULT_APP_ID), alice }
}

pub(super) fn usual() -> Wechat {
    wechat(LedgerSettings::default())
}

impl Wechat {
    pub(super) fn login(&mut self) -> JsCode {
        self.ledger.login(&self.alice, &self.app, NOW)
    }

    pub(super) fn ask(&mut self, query: &str, now: UnixMillis) -> ApiAnswer {
        let target = format!("/sns/jscode2session?{query}");
        self.ledger.answer(ApiRequest::new("GET", &target), now)
    }

    pub(super) fn exchange(&mut self, code: &JsCode) -> ApiAnswer {
        self.exchange_at(code, NOW)
    }

    pub(super) fn exchange_at(&mut self, code: &JsCode, now: UnixMillis) -> ApiAnswer {
        self.ask(&with_code(code.as_str()), now)
    }
}

pub(super) fn with_code(code: &str) -> String {
    let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
    format!("appid={DEFAULT_APP_ID}&secret={DEFAULT_APP_SECRET}&js_code={code}&grant_type=authorization_code")
}

pub(super) fn text(answer: &ApiAnswer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

pub(super) fn member(answer: &ApiAnswer, name: &str) -> String {
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    body[name].as_str().unwrap_or_default().to_owned()
}

/// Returns what [`ApiAnswer::errcode`] is for this error.
#[expect(clippy::unnecessary_wraps, reason = "compared with an option everywhere")]
pub(super) fn number(error: ErrorCode) -> Option<i32> {
    Some(error.number())
}
