//! How is one connection served?

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::line::Line;
use super::performance::Performance;
use super::proxy::{Wanted, refusal, wanted};
use super::relay::{Answered, Relay};
use super::streams;
use super::tls::{self, Protocol};

/// How many tunnels there can be within each other. One is all that anybody needs.
const TUNNELS: usize = 4;

/// What a client is told whose tunnel is open.
const TUNNEL_OPEN: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

/// What a connection is wanted for, instead of an answer that hyper can send.
enum Taken {
    Performance(Performance),
    Tunnel,
}

/// Why hyper gets no answer to send.
#[derive(Debug, Error)]
enum NoAnswer {
    #[error("{}", tr!("the connection is taken over"))]
    TakenOver,
    #[error("{}", tr!("the request is not complete: {detail}", detail = _0))]
    Request(#[from] hyper::Error),
}

/// Serves a connection until either side ends it.
pub(super) async fn serve(stream: TcpStream, relay: Arc<Relay>) {
    let mut line = Line::plain(stream);
    for _ in 0..=TUNNELS {
        let Some(inside) = told_apart(line, &relay).await else { return };
        line = inside;
    }
}

/// Serves what the first byte says is spoken. Returns the line when it is now a tunnel.
async fn told_apart(mut line: Line, relay: &Arc<Relay>) -> Option<Line> {
    let Ok(Ok(Some(first))) = timeout(relay.patience.first_word, line.first_byte()).await else {
        return None;
    };
    if first != tls::FIRST_BYTE {
        return requests(line, relay).await;
    }
    match tls::greet(line, &relay.authority.tls, relay.patience.handshake, &relay.wechat).await? {
        (line, Protocol::Http1) => requests(line, relay).await,
        (line, Protocol::Http2) => {
            streams::serve(line, relay).await;
            None
        }
    }
}

/// Answers requests in HTTP/1.1. Returns the line when it is now a tunnel.
async fn requests(line: Line, relay: &Arc<Relay>) -> Option<Line> {
    let taken: Arc<Mutex<Option<Taken>>> = Arc::default();
    let service = {
        let (relay, taken) = (Arc::clone(relay), Arc::clone(&taken));
        service_fn(move |request| {
            let (relay, taken) = (Arc::clone(&relay), Arc::clone(&taken));
            // hyper gives a connection back only if the future can be moved.
            Box::pin(async move { answer(request, &relay, &taken).await })
        })
    };
    let mut connection =
        http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(line), service);
    // A client that breaks the connection or the rules of HTTP has been answered as far as it can be.
    let _served: hyper::Result<()> = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let parts = connection.into_parts();
    let mut line = parts.io.into_inner();
    let taken = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
    match taken {
        Some(Taken::Tunnel) => {
            // Some clients begin before they are told that they may.
            line.put_back(parts.read_buf);
            line.write_all(TUNNEL_OPEN).await.ok()?;
            line.flush().await.ok()?;
            return Some(line);
        }
        Some(Taken::Performance(performance)) => performance.play(line).await,
        None => line.shutdown().await.unwrap_or_default(),
    }
    None
}

/// Answers a request, or leaves in `taken` what is to be done on the connection instead.
async fn answer(
    request: Request<Incoming>,
    relay: &Relay,
    taken: &Mutex<Option<Taken>>,
) -> Result<Response<Full<Bytes>>, NoAnswer> {
    let take = |what| {
        *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
        Err(NoAnswer::TakenOver)
    };
    match wanted(&request, relay.address) {
        Wanted::Answer => {}
        Wanted::Tunnel => return take(Taken::Tunnel),
        Wanted::Elsewhere(host, way) => {
            relay.wechat.turned_away().host(&host, way);
            return Ok(refusal(&host).map(|said| Full::new(said.into())));
        }
        Wanted::NoTunnel => return Ok(status(StatusCode::METHOD_NOT_ALLOWED)),
    }
    let kept = wants_to_be_kept(request.version(), request.headers());
    match relay.answer(request).await? {
        Answered::Usually(mut head, body) => {
            if kept {
                // HTTP/1.1 takes it for granted; the real service says it.
                head.headers.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
            }
            Ok(Response::from_parts(head, Full::new(body)))
        }
        Answered::Specially(performance) => take(Taken::Performance(performance)),
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

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = code;
    response
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use tokio::net::TcpListener;

    use super::serve;
    use crate::expiry::VirtualClock;
    use crate::standin::gateway::certificate::Authority;
    use crate::standin::gateway::inner::Inner;
    use crate::standin::gateway::relay::{Patience, Relay};
    use crate::standin::ledger::{Ledger, LedgerSettings};
    use crate::standin::wechat::Wechat;

    /// Serves one client that says this and then nothing, and returns what was noted once the client was let go.
    async fn let_go(patience: Patience, said: &[u8]) -> Vec<String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = std::net::TcpStream::connect(address).unwrap();
        client.write_all(said).unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let ledger = Ledger::new(LedgerSettings::default());
        let clock = Arc::new(VirtualClock::default());
        let (wechat, _orders) = Wechat::new(ledger, clock, Instant::now(), String::new());
        let authority = Arc::new(Authority::new(address).unwrap());
        let inner = Inner::start(([127, 0, 0, 1], 0).into()).await;
        let desk = Arc::default();
        let relay = Relay { address, authority, inner, desk, patience, wechat: wechat.clone() };
        // The client is still there: only our patience can end this.
        serve(stream, Arc::new(relay)).await;
        drop(client);
        wechat.failed_handshakes().into_iter().map(|failed| failed.reason).collect()
    }

    #[tokio::test]
    async fn who_says_nothing_is_let_go() {
        let short = Patience { first_word: Duration::from_millis(20), ..Patience::default() };
        assert!(let_go(short, b"").await.is_empty());
        let tunnel = b"CONNECT api.weixin.qq.com:443 HTTP/1.1\r\nHost: x\r\n\r\n";
        assert!(let_go(short, tunnel).await.is_empty());
    }

    #[tokio::test]
    async fn who_stops_in_a_handshake_is_let_go_and_noted() {
        let short = Patience { handshake: Duration::from_millis(20), ..Patience::default() };
        let noted = let_go(short, b"\x16\x03\x01\x02").await;
        assert_eq!(noted, ["the client did not go on with the handshake"]);
    }
}
