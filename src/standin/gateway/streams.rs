//! How is a connection in HTTP/2 served?
//!
//! A stream stands for a connection: what would end a connection ends the stream. The requests of other people
//! travel on the same connection, and whatever is done to one must not meet them.

use std::sync::Arc;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use thiserror::Error;

use super::line::Line;
use super::proxy::{Wanted, refusal, wanted};
use super::relay::{Answered, Relay};
use super::stream_performance::{self, Broken};

/// How many requests a client can have under way on one connection.
const STREAMS: u32 = 128;

/// How long the header fields of a request may be, with the target.
const HEAD: u32 = 128 * 1024;

/// Why a stream ends without a whole answer.
#[derive(Debug, Error)]
enum NoAnswer {
    #[error("the answer is not sent")]
    Broken(#[from] Broken),
    #[error("the request is not complete: {0}")]
    Request(#[from] hyper::Error),
}

type Body = UnsyncBoxBody<Bytes, Broken>;

/// Serves a connection until either side ends it.
pub(super) async fn serve(line: Line, relay: &Arc<Relay>) {
    let service = {
        let relay = Arc::clone(relay);
        service_fn(move |request| {
            let relay = Arc::clone(&relay);
            async move { answer(request, &relay).await }
        })
    };
    let connection = http2::Builder::new(TokioExecutor::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD)
        .serve_connection(TokioIo::new(line), service);
    // A client that breaks the connection or the rules of HTTP/2 has been answered as far as it can be.
    let _served: hyper::Result<()> = connection.await;
}

async fn answer(request: Request<Incoming>, relay: &Relay) -> Result<Response<Body>, NoAnswer> {
    match wanted(&request, relay.address) {
        Wanted::Answer => {}
        Wanted::Elsewhere(host, way) => {
            relay.wechat.turned_away().host(&host, way);
            return Ok(refusal(&host).map(|said| whole(said.into())));
        }
        Wanted::Tunnel | Wanted::NoTunnel => {
            let mut response = Response::new(whole(Bytes::new()));
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            return Ok(response);
        }
    }
    match relay.answer(request).await? {
        Answered::Usually(head, body) => Ok(Response::from_parts(head, whole(body))),
        Answered::Specially(performance) => Ok(stream_performance::play(performance).await?),
    }
}

fn whole(body: Bytes) -> Body {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}
