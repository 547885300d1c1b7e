//! How does the ledger come onto a socket?
//!
//! wiremock serves, with one mock that answers everything. It keeps each request it ever matched, about five
//! kilobytes apiece, until it is reset; so the mock is replaced after every [`SERVED_PER_MOCK`] requests. A
//! request must not arrive between the reset and the new mock, as it would be answered 404. None can: wiremock
//! handles requests on one thread with a runtime of its own and never waits while it handles one, and the
//! replacement is a task on that same runtime that never waits either.
//!
//! What this door does not do: a request body is read whole before its end is cut off, a call that comes while
//! [`StandIn::start`] is still under way may be answered 404, and the server ends when the operating system
//! refuses it another connection. Whoever stands in front of it has to see to that.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use thiserror::Error;
use tokio::runtime::Handle;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::ledger::{ApiAnswer, ApiRequest, Ledger, LedgerSettings};
use super::wechat::Wechat;
use crate::expiry::{Clock, SystemClock};
use crate::record::Headers;

/// How many requests one mock answers before it is replaced.
const SERVED_PER_MOCK: u32 = 256;

/// How much of a request's body is read. The longest that WeChat has a use for is a small JSON object.
const BODY_READ: usize = 64 * 1024;

/// What a stand-in needs to know.
#[derive(Clone, Debug)]
pub struct StandInSettings {
    /// How WeChat behaves.
    pub ledger: LedgerSettings,
    /// What time WeChat believes it is; default the operating system's.
    pub clock: Arc<dyn Clock>,
    /// When the run started: the times of exchanges count from here; default now.
    pub run_start: Instant,
}

impl Default for StandInSettings {
    fn default() -> Self {
        Self { ledger: LedgerSettings::default(), clock: Arc::new(SystemClock), run_start: Instant::now() }
    }
}

/// Why there is no stand-in. The enum may grow.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StandInError {
    /// The address is taken, or is not one of this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
}

/// A WeChat that listens on a socket, until it is dropped.
#[must_use = "the stand-in stops listening when it is dropped"]
pub struct StandIn {
    server: Arc<MockServer>,
    wechat: Wechat,
}

impl StandIn {
    /// Starts to listen, in plain HTTP. Port 0 takes any free port.
    ///
    /// # Errors
    ///
    /// Fails when the address is taken or is not one of this machine's.
    pub async fn start(listen: SocketAddr, settings: StandInSettings) -> Result<Self, StandInError> {
        Self::start_replacing(listen, settings, SERVED_PER_MOCK, Arc::default()).await
    }

    /// Starts to listen, replaces the mock so often, and counts the mocks.
    async fn start_replacing(
        listen: SocketAddr,
        settings: StandInSettings,
        served_per_mock: u32,
        mounted: Arc<AtomicU32>,
    ) -> Result<Self, StandInError> {
        let failed = |source| StandInError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).map_err(failed)?;
        let url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let ledger = Ledger::new(settings.ledger);
        let wechat = Wechat::new(ledger, settings.clock, settings.run_start, url);
        let server = MockServer::builder().listener(listener).disable_request_recording().start().await;
        let server = Arc::new(server);
        let (weak, wechat_of_mock) = (Arc::downgrade(&server), wechat.clone());
        let mounting = Mounting { server: weak, wechat: wechat_of_mock, served_per_mock, mounted };
        server.register(mounting.mock()).await;
        Ok(Self { server, wechat })
    }

    /// Returns where it listens, such as `http://127.0.0.1:8123`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        *self.server.address()
    }

    /// Returns a handle on what this WeChat knows.
    #[must_use]
    pub fn wechat(&self) -> Wechat {
        self.wechat.clone()
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StandIn({})", self.server.address())
    }
}

/// How the one mock comes into place, and how a new one does.
#[derive(Clone)]
struct Mounting {
    // The server owns its mocks, so a mock must not own the server.
    server: Weak<MockServer>,
    wechat: Wechat,
    served_per_mock: u32,
    mounted: Arc<AtomicU32>,
}

impl Mounting {
    fn mock(self) -> Mock {
        self.mounted.fetch_add(1, Ordering::Relaxed);
        Mock::given(any()).respond_with(Responder { mounting: self, served: AtomicU32::new(0) })
    }

    /// Replaces the mock. Must run on wiremock's own runtime and must not wait between the two steps: see the
    /// head of this file.
    async fn replace(self) {
        if let Some(server) = self.server.upgrade() {
            let fresh = self.mock();
            server.reset().await;
            server.register(fresh).await;
        }
    }
}

/// The one that answers everything.
struct Responder {
    mounting: Mounting,
    served: AtomicU32,
}

impl Respond for Responder {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        if self.served.fetch_add(1, Ordering::Relaxed) + 1 == self.mounting.served_per_mock
            && let Ok(wiremocks_own) = Handle::try_current()
        {
            drop(wiremocks_own.spawn(self.mounting.clone().replace()));
        }
        let wechat = &self.mounting.wechat;
        let answer = wechat.answer(as_asked(request));
        template(&answer).unwrap_or_else(|| {
            let failed = wechat.failed(format!("{answer:?} does not fit into HTTP"));
            ResponseTemplate::new(failed.status).set_body_bytes(failed.body)
        })
    }
}

/// Takes over a request as wiremock parsed it: header names are in lower case, `.` and `..` in the path are
/// resolved, and characters that do not belong into a query, such as `'`, are percent-encoded, which leaves
/// every decoded parameter as it was.
fn as_asked(request: &wiremock::Request) -> ApiRequest {
    let fields = request.headers.iter();
    let headers = fields
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    ApiRequest {
        method: request.method.to_string(),
        path: request.url.path().to_owned(),
        query: request.url.query().map(ToOwned::to_owned),
        headers: Headers::new(headers.collect()),
        body: request.body[..request.body.len().min(BODY_READ)].to_vec(),
        ..ApiRequest::default()
    }
}

/// Puts an answer into HTTP, if it fits.
fn template(answer: &ApiAnswer) -> Option<ResponseTemplate> {
    // wiremock panics over what is not a status or not a header value, so that is found out before.
    if !(200..600).contains(&answer.status) {
        return None;
    }
    let mut template = ResponseTemplate::new(answer.status).set_body_bytes(answer.body.clone());
    if !answer.delay.is_zero() {
        // Even a delay of nothing would wait for the next tick of the timer.
        template = template.set_delay(answer.delay);
    }
    match &answer.content_type {
        None => Some(template),
        Some(text) if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => {
            Some(template.insert_header("content-type", text.as_str()))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{Shutdown, SocketAddr, TcpStream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::{Duration, Instant};

    use super::{StandIn, StandInError, StandInSettings};
    use crate::protocol::JsCode;
    use crate::standin::Script;

    const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

    fn ask(address: SocketAddr, target: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        drop(stream.shutdown(Shutdown::Both));
        answer
    }

    /// Sends so many requests without waiting for answers, and returns how many WeChat answered.
    fn ask_in_one_go(address: SocketAddr, count: usize) -> usize {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = "GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n";
        let last = "GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(format!("{}{last}", request.repeat(count - 1)).as_bytes()).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        answers.matches("invalid url").count()
    }

    #[tokio::test]
    async fn a_taken_address_is_named() {
        let first = StandIn::start(ANY_PORT.into(), StandInSettings::default()).await.unwrap();
        let error = StandIn::start(first.address(), StandInSettings::default()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("cannot listen on {}", first.address()));
        let StandInError::Listen { source, .. } = error;
        assert_eq!(source.kind(), std::io::ErrorKind::AddrInUse);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_request_falls_between_two_mocks_and_old_mocks_are_freed() {
        let settings = StandInSettings::default();
        let mounted = Arc::<AtomicU32>::default();
        let counting = Arc::clone(&mounted);
        let stand_in = StandIn::start_replacing(ANY_PORT.into(), settings, 2, counting).await.unwrap();
        let address = stand_in.address();
        // Requests sent in one go on many connections keep the server busy, so that whatever can come between
        // the reset and the new mock does.
        let asking: Vec<_> =
            (0..8).map(|_| std::thread::spawn(move || ask_in_one_go(address, 200))).collect();
        let answered: usize = asking.into_iter().map(|asker| asker.join().unwrap()).sum();
        assert_eq!(answered, 1600);
        assert_eq!(stand_in.wechat().calls_total(), 1600);
        let mounted = mounted.load(Ordering::Relaxed);
        assert!(mounted > 8, "{mounted} mocks");
        // Each mock that still exists holds a handle; beside the present one there are the stand-in's and ours.
        // The last replacement may still be under way.
        let wechat = stand_in.wechat();
        let deadline = Instant::now() + Duration::from_secs(10);
        while wechat.handles() > 3 || Arc::strong_count(&stand_in.server) > 1 {
            assert!(Instant::now() < deadline, "{} handles", wechat.handles());
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_script_that_does_not_fit_into_http_is_a_trouble() {
        let stand_in = StandIn::start(ANY_PORT.into(), StandInSettings::default()).await.unwrap();
        let wechat = stand_in.wechat();
        let (app, secret) = (wechat.app_id(), wechat.app_secret());
        for (count, script) in
            [Script::raw(99, None, ""), Script::raw(200, Some("a\r\nb: c"), "")].into_iter().enumerate()
        {
            let code = JsCode::new(format!("c{count}"));
            wechat.script(&code, script);
            let target = format!("/sns/jscode2session?appid={app}&secret={}&js_code={code}", secret.expose());
            assert!(ask(stand_in.address(), &target).starts_with("HTTP/1.1 500 "));
            assert_eq!(wechat.troubles().len(), count + 1);
        }
    }
}
