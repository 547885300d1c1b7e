//! How does the ledger come onto a socket?
//!
//! wiremock serves, with one mock that answers everything. It keeps each request it ever matched, about five
//! kilobytes apiece, until it is reset; so the mock is replaced after every [`SERVED_PER_MOCK`] requests. A
//! request must not arrive between the reset and the new mock, as it would be answered 404. None can: wiremock
//! handles requests on one thread with a runtime of its own and never waits while it handles one, and the
//! replacement is a task on that same runtime that never waits either.
//!
//! wiremock listens on a port of its own that nobody is told about. In front of it stands the gateway, which has
//! the public port and decides how an answer travels.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use hyper::header::HeaderName;
use thiserror::Error;
use tokio::runtime::Handle;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::gateway::{Authority, CertificateError, Desk, Gateway};
use super::ledger::{ApiAnswer, Ledger, LedgerSettings};
use super::redirect;
use super::turned_away::{FailedHandshake, RefusedHost};
use super::wechat::Wechat;
use crate::expiry::{Clock, SystemClock};

/// How many requests one mock answers before it is replaced.
const SERVED_PER_MOCK: u32 = 256;

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
    #[error("{}", tr!("cannot listen on {address}", address))]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// The machine has no thread, or no descriptor, to serve with.
    #[error("{}", tr!("cannot serve on {address}", address))]
    Serve {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// Nobody can vouch that it is WeChat.
    #[error("{}", tr!("cannot speak TLS"))]
    Certificate(#[from] CertificateError),
}

/// A WeChat that listens on a socket, until it is dropped.
#[must_use = "the stand-in stops listening when it is dropped"]
pub struct StandIn {
    // The gateway goes first, since it asks the server.
    gateway: Gateway,
    authority: Arc<Authority>,
    /// Kept for its port; the mocks hold it weakly.
    server: Arc<MockServer>,
    wechat: Wechat,
}

impl StandIn {
    /// Starts to listen, for plain HTTP, for TLS and as a proxy. Port 0 takes any free port.
    ///
    /// # Errors
    ///
    /// Fails when the address is taken or is not one of this machine's, or when there is no randomness for a
    /// certificate.
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
        let address = listener.local_addr().map_err(failed)?;
        let url = format!("http://{address}");
        let authority = Arc::new(Authority::new(address)?);
        let ledger = Ledger::new(settings.ledger);
        let (wechat, orders) = Wechat::new(ledger, settings.clock, settings.run_start, url);
        let serve = |source| StandInError::Serve { address: listen, source };
        let inner = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(serve)?;
        let server = MockServer::builder().listener(inner).disable_request_recording().start().await;
        let server = Arc::new(server);
        let desk = Arc::<Desk>::default();
        let mounting = Mounting {
            server: Arc::downgrade(&server),
            desk: Arc::clone(&desk),
            wechat: wechat.clone(),
            served_per_mock,
            mounted,
        };
        server.register(mounting.mock()).await;
        // Whoever connected meanwhile waited in the queue, and is answered from now on.
        let vouching = Arc::clone(&authority);
        let gateway = Gateway::start(listener, *server.address(), desk, vouching, wechat.clone(), orders)
            .map_err(serve)?;
        Ok(Self { gateway, authority, server, wechat })
    }

    /// Returns where it listens, such as `http://127.0.0.1:8123`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Returns the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.gateway.address()
    }

    /// Returns what a backend is told for a proxy that leads to this WeChat, such as `http://127.0.0.1:8123`.
    ///
    /// It is [`StandIn::url`], since there is one port for everything, with a loopback address for one that
    /// listens on all addresses.
    #[must_use]
    pub fn proxy_url(&self) -> String {
        format!("http://{}", self.reached_at())
    }

    /// Returns the certificate in PEM of the authority that vouches for WeChat in this run. Its key was never
    /// written and is gone.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.authority.pem()
    }

    /// Writes that certificate to a file, and beside it what some runtimes want instead: `FILE.jks` for Java,
    /// `FILE.cjs` for Node, and the folder `FILE.php` for PHP. [`variables`](super::variables) names them all.
    ///
    /// # Errors
    ///
    /// Fails when one of them cannot be written.
    pub fn write_ca(&self, file: &Path) -> io::Result<()> {
        redirect::write(file, self.authority.pem(), self.authority.der(), self.reached_at())
    }

    /// Returns the hosts that were asked for and refused: nothing but WeChat is reached through a stand-in.
    #[must_use]
    pub fn refused_hosts(&self) -> Vec<RefusedHost> {
        self.wechat.refused_hosts()
    }

    /// Returns why TLS with clients came to nothing, such as certificates that they do not trust.
    #[must_use]
    pub fn failed_handshakes(&self) -> Vec<FailedHandshake> {
        self.wechat.failed_handshakes()
    }

    /// Returns the address for clients on this machine.
    fn reached_at(&self) -> SocketAddr {
        let address = self.address();
        let loopback = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            IpAddr::V4(_) | IpAddr::V6(_) => address.ip(),
        };
        SocketAddr::new(loopback, address.port())
    }

    /// Returns a handle on what this WeChat knows.
    #[must_use]
    pub fn wechat(&self) -> Wechat {
        self.wechat.clone()
    }
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StandIn({}, wiremock at {})", self.address(), self.server.address())
    }
}

/// How the one mock comes into place, and how a new one does.
#[derive(Clone)]
struct Mounting {
    // The server owns its mocks, so a mock must not own the server.
    server: Weak<MockServer>,
    desk: Arc<Desk>,
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
        let Mounting { desk, wechat, .. } = &self.mounting;
        let Some((number, asked)) = desk.take(request.url.path()) else {
            // Only the gateway knows numbers. Whoever else found this port gets nothing.
            return ResponseTemplate::new(404);
        };
        let answer = wechat.answer(asked);
        let template = template(&answer).unwrap_or_else(|| {
            let failed =
                wechat.failed(tr!("{answer} does not fit into HTTP", answer = format_args!("{answer:?}")));
            ResponseTemplate::new(failed.status).set_body_bytes(failed.body)
        });
        if !answer.delay.is_zero() || !answer.wire.is_usual() {
            desk.answer(number, answer.delay, answer.wire);
        }
        template
    }
}

/// Puts an answer into HTTP, if it fits.
fn template(answer: &ApiAnswer) -> Option<ResponseTemplate> {
    // wiremock panics over what is not a status or not a header field, so that is found out before.
    if !(200..600).contains(&answer.status) {
        return None;
    }
    let template = ResponseTemplate::new(answer.status).set_body_bytes(answer.body.clone());
    let declared = answer.content_type.as_deref().map(|words| ("content-type", words));
    let fields = answer.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    declared.into_iter().chain(fields).try_fold(template, |template, (name, value)| {
        let fits = HeaderName::from_bytes(name.as_bytes()).is_ok()
            && value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        fits.then(|| template.append_header(name, value))
    })
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
        let StandInError::Listen { source, .. } = error else { panic!("{error}") };
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
        // Each mock that still exists holds a handle; beside the present one there are the stand-in's, ours, and
        // three of the gateway.
        // The last replacement may still be under way.
        let wechat = stand_in.wechat();
        let deadline = Instant::now() + Duration::from_secs(10);
        while wechat.handles() > 6 || Arc::strong_count(&stand_in.server) > 1 {
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
