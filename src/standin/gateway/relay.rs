//! How does a request get to the ledger, and its answer back?

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::header::HOST;
use hyper::http::response::Parts;
use hyper::{Request, Response, StatusCode};

use super::certificate::Authority;
use super::desk::Desk;
use super::inner::Inner;
use super::performance::Performance;
use crate::record::Headers;
use crate::standin::ledger::{ApiAnswer, ApiRequest};
use crate::standin::wechat::Wechat;

/// How much of a request's body is kept. The longest that WeChat has a use for is a small JSON object.
const BODY_KEPT: usize = 64 * 1024;

/// Everything that is needed to answer a request.
pub(super) struct Relay {
    pub(super) address: SocketAddr,
    pub(super) authority: Arc<Authority>,
    pub(super) inner: Inner,
    pub(super) desk: Arc<Desk>,
    pub(super) patience: Patience,
    pub(super) wechat: Wechat,
}

/// How long a client is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For its first word, on a connection and in a tunnel.
    pub(super) first_word: Duration,
    /// For its part of a handshake of TLS.
    pub(super) handshake: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { first_word: Duration::from_secs(60), handshake: Duration::from_secs(20) }
    }
}

/// How an answer is to be sent.
#[derive(Debug)]
pub(super) enum Answered {
    /// As it is.
    Usually(Parts, Bytes),
    /// In a way of its own.
    Specially(Performance),
}

impl Relay {
    /// Returns WeChat's answer to a request, after as long as it is to be held back.
    ///
    /// Fails when the client did not send the rest of its request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> hyper::Result<Answered> {
        let ticket = self.desk.lay(as_asked(request).await?);
        let response = match self.inner.ask(&ticket.path()).await {
            Ok(response) => response,
            Err(error) => return Ok(as_said(self.wechat.failed(error.to_string()))),
        };
        let delivery = ticket.collect();
        if !delivery.delay.is_zero() {
            // Even a delay of nothing would wait for the next tick of the timer.
            tokio::time::sleep(delivery.delay).await;
        }
        let (head, body) = response.into_parts();
        Ok(if delivery.wire.is_usual() {
            Answered::Usually(head, body)
        } else {
            Answered::Specially(Performance { head, body, wire: delivery.wire })
        })
    }
}

/// Takes a request over. The query stays as it travelled, header names are in lower case, and of a long body the
/// beginning is kept.
async fn as_asked(request: Request<Incoming>) -> hyper::Result<ApiRequest> {
    let (head, mut body) = request.into_parts();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut fields: Vec<(String, String)> =
        head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
    if let (Some(authority), false) = (head.uri.authority(), head.headers.contains_key(HOST)) {
        // HTTP/2 says it elsewhere.
        fields.insert(0, (HOST.to_string(), authority.to_string()));
    }
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            kept.extend_from_slice(&data[..data.len().min(BODY_KEPT - kept.len())]);
        }
    }
    Ok(ApiRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(ToOwned::to_owned),
        headers: Headers::new(fields),
        body: kept,
        ..ApiRequest::default()
    })
}

/// Puts an answer of our own into HTTP.
fn as_said(answer: ApiAnswer) -> Answered {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Answered::Usually(response.into_parts().0, answer.body.into())
}
