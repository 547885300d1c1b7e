//! How is a connection in HTTP/2 served?
//!
//! A stream stands for a connection: what would end a connection ends the stream. The requests of other people
//! travel on the same connection, and whatever is done to one must not meet them.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::rt::Executor;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use thiserror::Error;

use super::line::Line;
use super::proxy::{Wanted, refusal, wanted};
use super::relay::{Answered, Relay};
use super::stream_performance::{self, Broken};
use crate::standin::wechat::{Wechat, words};

/// How many requests a client can have under way on one connection.
const STREAMS: u32 = 128;

/// How long the header fields of a request may be, with the target.
const HEAD: u32 = 128 * 1024;

/// Why a stream ends without a whole answer.
#[derive(Debug, Error)]
enum NoAnswer {
    #[error("{}", tr!("the answer is not sent"))]
    Broken(#[from] Broken),
    #[error("{}", tr!("the request is not complete: {detail}", detail = _0))]
    Request(#[from] hyper::Error),
}

/// The tasks of a connection, one for each stream. They end with it.
#[derive(Clone)]
struct Tasks {
    wechat: Wechat,
}

impl<F> Executor<F> for Tasks
where
    F: Future<Output: Send> + Send + 'static,
{
    /// A panic becomes a trouble, because a task would take it to the grave.
    fn execute(&self, stream: F) {
        let wechat = self.wechat.clone();
        drop(tokio::spawn(async move {
            if let Err(panic) = AssertUnwindSafe(stream).catch_unwind().await {
                wechat.trouble(tr!("serving a stream panicked: {message}", message = words(panic.as_ref())));
            }
        }));
    }
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
    let connection = http2::Builder::new(Tasks { wechat: relay.wechat.clone() })
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use hyper::rt::Executor as _;

    use super::Tasks;
    use crate::expiry::VirtualClock;
    use crate::standin::ledger::{Ledger, LedgerSettings};
    use crate::standin::wechat::Wechat;

    #[tokio::test]
    async fn a_stream_that_panics_is_a_trouble() {
        let ledger = Ledger::new(LedgerSettings::default());
        let clock = Arc::new(VirtualClock::default());
        let (wechat, _orders) = Wechat::new(ledger, clock, Instant::now(), String::new());
        Tasks { wechat: wechat.clone() }.execute(async { panic!("made up") });
        let begun = Instant::now();
        while wechat.troubles().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(10), "nobody noticed");
            tokio::task::yield_now().await;
        }
        assert_eq!(wechat.troubles(), ["serving a stream panicked: made up"]);
    }
}
