//! How is one connection served?

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

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
    pub(super) inner: Inner,
    pub(super) desk: Arc<Desk>,
    pub(super) wechat: Wechat,
}

/// Why hyper gets no answer to send.
#[derive(Debug, Error)]
enum NoAnswer {
    /// The connection is wanted for an answer that hyper cannot send.
    #[error("the connection is taken over")]
    TakenOver,
    /// The client did not send the rest of its request.
    #[error("the request is not complete: {0}")]
    Request(#[from] hyper::Error),
}

/// Serves a connection until either side ends it.
pub(super) async fn serve(stream: TcpStream, relay: Arc<Relay>) {
    let taken: Arc<Mutex<Option<Performance>>> = Arc::default();
    let service = {
        let taken = Arc::clone(&taken);
        service_fn(move |request| {
            let (relay, taken) = (Arc::clone(&relay), Arc::clone(&taken));
            // hyper gives a connection back only if the future can be moved.
            Box::pin(async move { relay.answer(request, &taken).await })
        })
    };
    let mut connection =
        http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), service);
    // A client that breaks the connection or the rules of HTTP has been answered as far as it can be.
    let _served: hyper::Result<()> = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let mut stream = connection.into_parts().io.into_inner();
    let performance = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
    match performance {
        Some(performance) => performance.play(stream).await,
        None => stream.shutdown().await.unwrap_or_default(),
    }
}

impl Relay {
    /// Answers a request, or leaves in `taken` what is to be done on the connection instead.
    async fn answer(
        &self,
        request: Request<Incoming>,
        taken: &Mutex<Option<Performance>>,
    ) -> Result<Response<Full<Bytes>>, NoAnswer> {
        if request.method() == Method::CONNECT {
            return Ok(status(StatusCode::METHOD_NOT_ALLOWED));
        }
        let kept = wants_to_be_kept(request.version(), request.headers());
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
        let (mut head, body) = response.into_parts();
        if !delivery.wire.is_usual() {
            let performance = Performance { head, body, wire: delivery.wire };
            *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(performance);
            return Err(NoAnswer::TakenOver);
        }
        if kept {
            // HTTP/1.1 takes it for granted; the real service says it.
            head.headers.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
        }
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

/// Says whether the client expects the connection to outlive the answer.
fn wants_to_be_kept(version: Version, headers: &HeaderMap) -> bool {
    let says = |word: &str| {
        let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
        let mut words = values.flat_map(|value| value.split(','));
        words.any(|said| said.trim().eq_ignore_ascii_case(word))
    };
    if version == Version::HTTP_11 { !says("close") } else { says("keep-alive") }
}

/// Takes a request over. The query stays as it travelled, header names are in lower case, and of a long body the
/// beginning is kept.
async fn as_asked(request: Request<Incoming>) -> Result<ApiRequest, NoAnswer> {
    let (head, mut body) = request.into_parts();
    let fields = head.headers.iter();
    let fields = fields
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
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
        headers: Headers::new(fields.collect()),
        body: kept,
        ..ApiRequest::default()
    })
}

/// Puts an answer of our own into HTTP.
fn as_said(answer: ApiAnswer) -> Response<Full<Bytes>> {
    let code = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = status(code);
    *response.body_mut() = Full::new(answer.body.into());
    response
}

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = code;
    response
}
