//! How the backend is served, and how it stops.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::Connected;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::IncomingStream;
use futures::{FutureExt, StreamExt};
use serde_json::json;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle};

use super::Settings;
use super::answer::Answer;
use super::circuit::Circuit;
use super::deviation::Memory;
use super::deviation::leak::stray;
use super::jwt::Signer;
use super::store::{Person, Store};
use super::wechat::WeChat;
use super::{Variant, dialect, exchange, manner, token, user_info};

/// The longest request body that is read. The documented flow sends less than 100 bytes.
const LONGEST_BODY: usize = 16 * 1024;

/// The longest request body that is thrown away so that its sender reads the answer; a longer one is cut.
const LONGEST_DRAIN: usize = 64 * 1024 * 1024;

/// What all requests share.
pub(super) struct Backend {
    pub(super) settings: Settings,
    pub(super) wechat: WeChat,
    /// What signs the tokens, if they are signed.
    pub(super) signer: Option<Signer>,
    store: Mutex<Store>,
    memory: Mutex<Memory>,
    /// How many requests came, where somebody counts them.
    pub(super) requests: AtomicUsize,
    /// Whether WeChat is asked just now, where somebody minds.
    pub(super) circuit: Circuit,
    /// Whose turn it is, where a fault lets people queue.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl Backend {
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What only faults remember; a correct backend never writes to it.
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn person(&self, openid: &str) -> Option<Person> {
        self.store().people.get(openid).cloned()
    }
}

/// Why a reference backend does not start, or did not run well.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The address to listen on cannot be had.
    #[error("{}", tr!("cannot listen on {address}", address))]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The address of WeChat is not a plain `http` address without a query.
    #[error("{}", tr!("the address of WeChat must be a plain http address, which `{url}` is not", url))]
    WeChatUrl {
        /// The address that was given.
        url: String,
    },
    /// The TLS library does not take its own defaults.
    #[error("{}", tr!("cannot set up TLS"))]
    Tls(#[source] rustls::Error),
    /// The HTTP client for WeChat cannot be made.
    #[error("{}", tr!("cannot make the HTTP client for WeChat"))]
    Client(#[source] reqwest::Error),
    /// Tokens cannot be signed.
    #[error("{}", tr!("cannot sign tokens: {detail}", detail = _0))]
    Signer(String),
    /// The task that serves ended with a panic.
    #[error("{}", tr!("the reference backend stopped by itself"))]
    Task(#[source] JoinError),
    /// Connections could no longer be accepted.
    #[error("{}", tr!("cannot accept connections on {address}", address))]
    Serve {
        /// The address listened on.
        address: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// Requests ended with a panic; each was answered with status 500.
    #[error("{}", tr!("{count} request(s) to the reference backend ended with a panic, the first at {path}", count, path))]
    Panicked {
        /// How many requests.
        count: usize,
        /// The path of the first.
        path: String,
    },
}

/// A running reference backend.
///
/// It answers on a real socket until [`stop`](Reference::stop) is called. Dropping it ends it at once.
///
/// # Examples
///
/// ```
/// use wxconform::reference::{Reference, Settings};
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let backend = Reference::start(([127, 0, 0, 1], 0).into(), Settings::new("http://127.0.0.1:9")).await?;
/// assert!(backend.url().starts_with("http://127.0.0.1:"));
/// backend.stop().await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a reference backend ends when it is dropped"]
pub struct Reference {
    address: SocketAddr,
    quit: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
    panics: Panics,
}

impl Reference {
    /// Listens on `address` (port 0 for any free one) and serves from then on.
    ///
    /// # Errors
    ///
    /// Fails when the address is in use or not ours, or when the settings name no plain HTTP address for
    /// WeChat. Whether WeChat can be reached is not tried.
    pub async fn start(address: SocketAddr, settings: Settings) -> Result<Self, ReferenceError> {
        let wechat = WeChat::new(&settings)?;
        let signer = signer(&settings)?;
        let (store, memory, turn) = (Mutex::default(), Mutex::default(), tokio::sync::Mutex::default());
        let (requests, circuit) = (AtomicUsize::default(), Circuit::default());
        let backend = Backend { settings, wechat, signer, store, memory, requests, circuit, turn };
        serve(address, router(&Arc::new(backend))).await
    }

    /// Returns the address of the backend, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers what has been asked, then stops, and leaves the port free.
    ///
    /// # Errors
    ///
    /// Fails when a request or the server itself ended with a panic, or when connections could no longer
    /// be accepted.
    pub async fn stop(mut self) -> Result<(), ReferenceError> {
        // A receiver that is gone has stopped already, and the task says why.
        let _gone = self.quit.take().map(|quit| quit.send(()));
        (&mut self.task)
            .await
            .map_err(ReferenceError::Task)?
            .map_err(|source| ReferenceError::Serve { address: self.address, source })?;
        let paths = self.panics.paths();
        match paths.first() {
            Some(path) => Err(ReferenceError::Panicked { count: paths.len(), path: path.clone() }),
            None => Ok(()),
        }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Returns what signs the tokens, if the settings want them signed.
fn signer(settings: &Settings) -> Result<Option<Signer>, ReferenceError> {
    let made = match super::deviation::key_of_tokens(settings) {
        Some(key) => Some(Ok(Signer::hs256_keyed_with(&key, super::deviation::key_id_of_tokens(settings)))),
        None if settings.varies(Variant::JwtHs256) => Some(Signer::hs256()),
        None if settings.varies(Variant::JwtRs256) => Some(Signer::rs256()),
        None => None,
    };
    made.transpose().map_err(|error| ReferenceError::Signer(error.to_string()))
}

/// The three paths of the flow. Everything else is 404, another method is 405.
fn router(backend: &Arc<Backend>) -> Router {
    let mut router = Router::new()
        .route(exchange::PATH, get(exchange::code2session))
        .route(token::PATH, post(token::openid_token))
        .route(user_info::PATH, get(user_info::user_info));
    for (path, handler) in super::deviation::extra_routes(backend) {
        router = router.route(path, handler);
    }
    if backend.settings.varies(Variant::JwtRs256) {
        router = router.route("/.well-known/jwks.json", get(key_set));
    }
    let router = router
        .fallback(async |State(backend): State<Arc<Backend>>| {
            stray(&backend, Answer::json(StatusCode::NOT_FOUND, json!({"error": "not_found"})))
        })
        .method_not_allowed_fallback(async |State(backend): State<Arc<Backend>>| {
            let error = json!({"error": "method_not_allowed"});
            stray(&backend, Answer::json(StatusCode::METHOD_NOT_ALLOWED, error))
        })
        .layer(from_fn(take_body))
        .layer(from_fn_with_state(Arc::clone(backend), super::deviation::input::step_in))
        .layer(from_fn_with_state(Arc::clone(backend), manner::observed))
        .with_state(Arc::clone(backend));
    match dialect::Interpreter::of(backend) {
        None => router,
        // The words of a contract are read before the handlers see anything, and no more of them than of anything else.
        Some(interpreter) => interpreter.before(router).layer(from_fn(take_body)),
    }
}

/// Answers with the keys by which anybody can verify a token (RFC 7517).
async fn key_set(State(backend): State<Arc<Backend>>) -> Answer {
    Answer::json(StatusCode::OK, backend.signer.as_ref().map_or(json!({"keys": []}), Signer::key_set))
}

async fn serve(address: SocketAddr, router: Router) -> Result<Reference, ReferenceError> {
    let listen_error = |source| ReferenceError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    let panics = Panics::default();
    let router = router.layer(from_fn_with_state(panics.clone(), catch_panic));
    let (quit, quitting) = oneshot::channel::<()>();
    let service = router.into_make_service_with_connect_info::<Connection>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async {
        // A dropped sender means the same as a sent word: nobody wants the backend any more.
        let _word = quitting.await;
    });
    let task = tokio::spawn(async { server.await });
    Ok(Reference { address, quit: Some(quit), task, panics })
}

/// A connection, told apart from every other one, also from one that comes from the same port later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Connection(usize);

impl Connected<IncomingStream<'_, TcpListener>> for Connection {
    fn connect_info(_: IncomingStream<'_, TcpListener>) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The paths of requests whose handlers panicked.
#[derive(Clone, Debug, Default)]
struct Panics(Arc<Mutex<Vec<String>>>);

impl Panics {
    fn paths(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers 500 when a handler panics, and remembers it: a panic in a connection's own task would vanish.
async fn catch_panic(State(panics): State<Panics>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if let Ok(response) = AssertUnwindSafe(next.run(request)).catch_unwind().await {
        return response;
    }
    panics.0.lock().unwrap_or_else(PoisonError::into_inner).push(path);
    Answer::json(StatusCode::INTERNAL_SERVER_ERROR, json!({"error": "server_error"})).into_response()
}

/// Reads the body, or refuses it with 413 when it is too long.
///
/// A long body is thrown away before the answer, because a sender whose connection is closed while it still
/// writes may never get to read the answer.
async fn take_body(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let mut chunks = body.into_data_stream();
    let mut kept = Vec::new();
    let mut length = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            return Answer::json(StatusCode::BAD_REQUEST, json!({"error": "invalid_request"}))
                .into_response();
        };
        length = length.saturating_add(chunk.len());
        if length <= LONGEST_BODY {
            kept.extend_from_slice(&chunk);
        } else if length > LONGEST_DRAIN {
            break;
        }
    }
    if length > LONGEST_BODY {
        return Answer::json(StatusCode::PAYLOAD_TOO_LARGE, json!({"error": "body_too_long"}))
            .into_response();
    }
    next.run(Request::from_parts(head, Body::from(kept))).await
}

#[cfg(test)]
mod tests {
    use super::{Reference, ReferenceError, Settings, serve};
    use axum::Router;
    use axum::routing::get;
    use std::net::{SocketAddr, TcpListener};

    const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

    #[tokio::test]
    async fn a_port_in_use_is_named() {
        let taken = TcpListener::bind(SocketAddr::from(ANY_PORT)).unwrap();
        let address = taken.local_addr().unwrap();
        let error = Reference::start(address, Settings::new("http://127.0.0.1:9")).await.unwrap_err();
        assert_eq!(error.to_string(), format!("cannot listen on {address}"));
    }

    #[tokio::test]
    async fn a_wechat_address_that_is_no_plain_http_is_refused() {
        for url in ["https://127.0.0.1", "127.0.0.1:80", "", "http://127.0.0.1/?x="] {
            let error = Reference::start(ANY_PORT.into(), Settings::new(url)).await.unwrap_err();
            assert!(matches!(error, ReferenceError::WeChatUrl { .. }), "{url}: {error}");
        }
    }

    #[tokio::test]
    async fn a_panic_in_a_handler_is_answered_and_reported() {
        async fn broken() -> &'static str {
            panic!("on purpose")
        }
        let backend = serve(ANY_PORT.into(), Router::new().route("/broken", get(broken))).await.unwrap();
        let url = backend.url();
        let status = tokio::task::spawn_blocking(move || status_of(&url, "/broken")).await.unwrap();
        assert!(status.starts_with("HTTP/1.1 500 "), "{status}");
        let error = backend.stop().await.unwrap_err();
        let expected = "1 request(s) to the reference backend ended with a panic, the first at /broken";
        assert_eq!(error.to_string(), expected);
    }

    #[tokio::test]
    async fn the_port_is_free_after_stop() {
        let backend = Reference::start(ANY_PORT.into(), Settings::new("http://127.0.0.1:9")).await.unwrap();
        let address: SocketAddr = backend.url().trim_start_matches("http://").parse().unwrap();
        backend.stop().await.unwrap();
        assert!(TcpListener::bind(address).is_ok());
    }

    fn status_of(url: &str, path: &str) -> String {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(url.trim_start_matches("http://")).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}
