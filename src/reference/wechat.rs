//! How a login code is exchanged at WeChat.

use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Url, redirect};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

use super::refusal::Refusal;
use super::{ReferenceError, Settings};
use crate::protocol::ErrorCode;

/// Everything but the unreserved characters of RFC 3986 section 2.3 is escaped in a parameter.
const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest answer that is read; a real one has about 120 bytes.
const LONGEST_ANSWER: usize = 16 * 1024;

/// The server API of WeChat, as far as the flow needs it.
pub(super) struct WeChat {
    client: Client,
    pub(super) address: String,
    pub(super) app_id: String,
    pub(super) app_secret: String,
    /// The platform's access token, once it was fetched.
    token: tokio::sync::Mutex<Option<String>>,
}

impl WeChat {
    /// Makes a client for the WeChat that the settings name. Nothing is sent yet.
    pub(super) fn new(settings: &Settings) -> Result<Self, ReferenceError> {
        let address = settings.wechat_url.trim_end_matches('/').to_owned();
        if Url::parse(&address).is_ok_and(|url| url.scheme() == "http" && url.query().is_none()) {
            let app_id = settings.app_id.as_str().to_owned();
            let app_secret = settings.app_secret.expose().to_owned();
            let client = client(settings.wechat_patience)?;
            Ok(Self { client, address, app_id, app_secret, token: tokio::sync::Mutex::default() })
        } else {
            Err(ReferenceError::WeChatUrl { url: address })
        }
    }

    /// Exchanges a code, once: a code that WeChat saw may be spent even when no answer came back.
    pub(super) async fn exchange(&self, js_code: &str) -> Result<Reply, Refusal> {
        self.ask(js_code).await.map_err(Unread::refusal)?.reply()
    }

    /// Asks WeChat about a code, and makes nothing of the answer.
    pub(super) async fn ask(&self, js_code: &str) -> Result<Raw, Unread> {
        let query = [
            ("appid", self.app_id.as_str()),
            ("secret", &self.app_secret),
            ("js_code", js_code),
            ("grant_type", "authorization_code"),
        ];
        self.fetch("/sns/jscode2session", &query).await
    }

    /// Exchanges a code as several SDKs do: they fetch the platform's access token first, and send it along
    /// although nothing asks for it.
    pub(super) async fn exchange_with_token(&self, js_code: &str) -> Result<Reply, Refusal> {
        let client = [("appid", self.app_id.as_str()), ("secret", self.app_secret.as_str())];
        let mut token = self.token.lock().await;
        if token.is_none() {
            let query = [("grant_type", "client_credential"), client[0], client[1]];
            let reply = self.get("/cgi-bin/token", &query).await?;
            *token = reply.body.get("access_token").and_then(Value::as_str).map(ToOwned::to_owned);
        }
        let access_token = token.clone().ok_or(Refusal::WeChatBroken)?;
        drop(token);
        let parameters = [("js_code", js_code), ("grant_type", "authorization_code")];
        let query = [client[0], client[1], parameters[0], parameters[1], ("access_token", &access_token)];
        self.get("/sns/jscode2session", &query).await
    }

    /// Asks WeChat and reads the answer, whatever media type it declares: WeChat declares its JSON
    /// `text/plain`.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Reply, Refusal> {
        self.fetch(path, query).await.map_err(Unread::refusal)?.reply()
    }

    /// Asks WeChat, and gives up on an answer that does not come in time, or is too long to be one.
    pub(super) async fn fetch(&self, path: &str, query: &[(&str, &str)]) -> Result<Raw, Unread> {
        let query: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, PARAMETER)))
            .collect();
        // The error of the client shows the whole address, secret and all, so it is not passed on.
        let trouble = |error: reqwest::Error| {
            if error.is_timeout() {
                Unread::Silent
            } else if error.is_connect() {
                Unread::Unreachable
            } else {
                Unread::CutOff
            }
        };
        let request = self.client.get(format!("{}{path}?{}", self.address, query.join("&")));
        let mut response = request.send().await.map_err(trouble)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let mut body = Vec::new();
        let mut first_piece = 0;
        while let Some(chunk) = response.chunk().await.map_err(trouble)? {
            body.extend_from_slice(&chunk);
            first_piece = if first_piece == 0 { chunk.len() } else { first_piece };
            if body.len() > LONGEST_ANSWER {
                return Err(Unread::TooLong);
            }
        }
        Ok(Raw { status, headers, body, first_piece })
    }
}

fn client(patience: Duration) -> Result<Client, ReferenceError> {
    // The client insists on a TLS setup although only plain addresses are accepted; it trusts nobody.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(ReferenceError::Tls)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Client::builder()
        .no_proxy()
        .http1_only()
        .redirect(redirect::Policy::none())
        .referer(false)
        .timeout(patience)
        .tls_backend_preconfigured(tls)
        .build()
        .map_err(ReferenceError::Client)
}

/// Why there is no answer of WeChat to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It did not come in time.
    Silent,
    /// Nobody listens.
    Unreachable,
    /// It broke off, or is no HTTP.
    CutOff,
    /// It is too long to be one.
    TooLong,
}

impl Unread {
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::Silent => Refusal::WeChatSilent,
            Self::Unreachable | Self::CutOff | Self::TooLong => Refusal::WeChatBroken,
        }
    }
}

/// An answer of WeChat, before anything is made of it.
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Vec<u8>,
    /// How many bytes of the body came first.
    pub(super) first_piece: usize,
}

impl Raw {
    /// Returns what WeChat said, if it said anything: JSON under the status 200.
    pub(super) fn reply(&self) -> Result<Reply, Refusal> {
        if self.status != 200 {
            return Err(Refusal::WeChatBroken);
        }
        let body = serde_json::from_slice(&self.body).map_err(|_not_json| Refusal::WeChatBroken)?;
        Ok(Reply { body })
    }
}

/// What WeChat said: any JSON value.
pub(super) struct Reply {
    pub(super) body: Value,
}

impl Reply {
    /// Returns the openid, or why there is none.
    ///
    /// A success has no `errcode`, or the number 0. An `openid` that is no text or empty is no success. The
    /// session key is not even read: what is never held cannot leak (flow, note 1).
    pub(super) fn openid(&self) -> Result<String, Refusal> {
        match self.body.get("errcode") {
            None => {}
            Some(number) if number.as_i64() == Some(0) => {}
            Some(number) => return Err(refusal_for(number)),
        }
        match self.body.get("openid").and_then(Value::as_str) {
            Some(openid) if !openid.is_empty() => Ok(openid.to_owned()),
            Some(_) | None => Err(Refusal::WeChatBroken),
        }
    }
}

/// Says whose mistake an error number stands for: the client's, or anybody's between us and WeChat.
fn refusal_for(errcode: &Value) -> Refusal {
    let number = errcode.as_i64().and_then(|number| i32::try_from(number).ok());
    match number.and_then(ErrorCode::from_number) {
        Some(ErrorCode::InvalidCode) => Refusal::CodeUnknown,
        Some(ErrorCode::CodeBeenUsed) => Refusal::CodeUsed,
        Some(ErrorCode::CodeBlocked) => Refusal::PersonBlocked,
        Some(ErrorCode::SystemError | ErrorCode::MinuteQuota | ErrorCode::DailyQuota) => Refusal::WeChatBusy,
        Some(_) | None => Refusal::WeChatBroken,
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, Reply};
    use serde_json::{Value, json};

    fn openid(body: Value) -> Result<String, Refusal> {
        Reply { body }.openid()
    }

    #[test]
    fn a_success_is_understood_with_and_without_errcode_and_in_any_order() {
        for body in [
            json!({"session_key": "k", "openid": "oA"}),
            json!({"openid": "oA", "session_key": "k", "errcode": 0, "errmsg": "ok"}),
            json!({"unionid": "u", "openid": "oA", "expires_in": 7200, "new": [1]}),
        ] {
            assert_eq!(openid(body), Ok("oA".to_owned()));
        }
    }

    #[test]
    fn an_error_is_a_refusal_even_beside_an_openid() {
        assert_eq!(openid(json!({"errcode": 40029, "openid": "oA"})), Err(Refusal::CodeUnknown));
        assert_eq!(openid(json!({"errcode": 40163})), Err(Refusal::CodeUsed));
        assert_eq!(openid(json!({"errcode": -1})), Err(Refusal::WeChatBusy));
        assert_eq!(openid(json!({"errcode": 99_999, "openid": "oA"})), Err(Refusal::WeChatBroken));
        assert_eq!(openid(json!({"errcode": "0", "openid": "oA"})), Err(Refusal::WeChatBroken));
    }

    #[test]
    fn an_openid_that_names_nobody_is_a_refusal() {
        for body in
            [json!({"openid": ""}), json!({"openid": null}), json!({"openid": 7}), json!({}), json!([])]
        {
            assert_eq!(openid(body), Err(Refusal::WeChatBroken));
        }
    }
}
