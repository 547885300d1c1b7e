//! A backend on the bench: what is sent to it, and what is seen of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use wxconform::expiry::VirtualClock;
use wxconform::reference::{FaultSet, Reference, Settings};

use super::wechat::TinyWeChat;

pub(super) const RIGHT_CLIENT: &str = "Basic YXBwOmFwcA==";
pub(super) const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// Returns a client for addresses of this machine. It trusts no certificate, so that none has to be read, and follows
/// no redirect.
pub(crate) fn loopback_client() -> Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    client.tls_backend_preconfigured(tls).build().unwrap()
}

/// What came back; `status` is 0 when nothing did.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) text: String,
}

impl Seen {
    pub(super) async fn by(request: RequestBuilder) -> Self {
        let Ok(response) = request.send().await else {
            return Self { status: 0, headers: BTreeMap::new(), text: String::new() };
        };
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let (status, headers) = (response.status().as_u16(), headers.collect());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub(super) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Returns a text in the body, or nothing where the backend gave none.
    pub(super) fn text_at(&self, pointer: &str) -> String {
        self.body().pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

pub(super) struct Bench {
    pub(super) wechat: TinyWeChat,
    pub(super) backend: Reference,
    pub(super) clock: Arc<VirtualClock>,
    pub(super) client: Client,
}

impl Bench {
    pub(super) async fn start(faults: FaultSet) -> Self {
        let (wechat, clock) = (TinyWeChat::default(), Arc::new(VirtualClock::default()));
        let wechat_patience = Duration::from_millis(500);
        let clock_of_backend: Arc<VirtualClock> = Arc::clone(&clock);
        let settings = Settings::new(wechat.serve().await);
        let settings = Settings { clock: clock_of_backend, wechat_patience, faults, ..settings };
        let backend = Reference::start(ANY_PORT.into(), settings).await.unwrap();
        Self { wechat, backend, clock, client: loopback_client() }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.backend.url()))
    }

    pub(super) async fn exchange(&self, query: &str) -> Seen {
        Seen::by(self.request(Method::GET, &format!("/miniprogram/wxmp/code2session{query}"))).await
    }

    pub(super) async fn token_as(&self, client: Option<&str>, form: &str) -> Seen {
        let request = self.request(Method::POST, "/auth/openid/token").body(form.to_owned());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Seen::by(match client {
            Some(client) => request.header("authorization", client),
            None => request,
        })
        .await
    }

    pub(super) async fn token(&self, openid: &str) -> Seen {
        self.token_as(Some(RIGHT_CLIENT), &format!("openid={openid}")).await
    }

    pub(super) async fn user(&self, authorization: Option<&str>) -> Seen {
        let request = self.request(Method::GET, "/admin/user/info");
        Seen::by(match authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        })
        .await
    }

    /// Logs a person in and returns the openid and the token.
    pub(super) async fn login(&self, code: &str) -> (String, String) {
        let openid = self.exchange(&format!("?code={code}")).await.text_at("/data/openid");
        let token = self.token(&openid).await.text_at("/access_token");
        (openid, token)
    }
}
