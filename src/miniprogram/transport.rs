//! How does a request of the phone travel, and what becomes of it?

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use hyper::ext::ReasonPhrase;
use reqwest::header::{HeaderValue, REFERER};
use reqwest::{Client, ClientBuilder};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt;

use super::encore::Encore;
use super::failure::{failure_of, lost, unsendable};
use super::hop::{Hop, Next};
use crate::record::{
    Answer, Exchange, FailureKind, Headers, Leg, Outcome, REASON, Redirect, Request, TransportFailure,
};

/// What a phone calls itself; some doors before a backend refuse whoever does not say.
const USER_AGENT: &str = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Mobile \
     Safari/537.36 MicroMessenger/8.0.50 MiniProgramEnv/android";

/// The page that `wx.request` says it comes from; a mini program cannot change it. Version 0 is a trial.
const PAGE: &str = "https://servicewechat.com/wx0123456789abcdef/0/page-frame.html";

/// How many redirects are followed; the fetch standard's number.
const MOST_REDIRECTS: usize = 20;

/// How much of a redirect's body is kept; nobody reads it but the checks that look for secrets.
const REDIRECT_BODY_LIMIT: usize = 64 * 1024;

/// How long a redirect's body is waited for. A browser does not wait for it at all.
const REDIRECT_BODY_PATIENCE: Duration = Duration::from_secs(1);

/// How long a connection may take to come about. A backend that is there takes milliseconds.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// How many connections are kept where each request has its own, and where one follows the other.
const NONE_KEPT: usize = 0;
const ONE_KEPT: usize = 1;

/// How many header fields an answer may have. What has more is not taken for HTTP, which bounds memory.
const MOST_HEADER_FIELDS: usize = 2000;

/// Sends the requests of all phones of a run and records each as an [`Exchange`].
///
/// One client serves the whole run; clones share it. Every request has a connection of its own, unless it is wanted
/// [otherwise](Self::with_kept_connections): a backend may end a kept one whenever it likes, also while the next request
/// is on its way, and that must not look like a fault. No proxy is used, whatever the environment says, and the protocol is HTTP/1.1. Redirects are followed as the fetch standard says. What an answer may
/// cost is bounded: in time by the patience, in memory by the body limit.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::{Duration, Instant};
/// use wxconform::miniprogram::Transport;
/// use wxconform::record::{FailureKind, Headers, Request};
///
/// let transport = Transport::new(Instant::now())?.with_patience(Duration::from_secs(2));
/// let request = Request {
///     method: "GET".to_owned(),
///     url: "ftp://127.0.0.1/".to_owned(),
///     headers: Headers::default(),
///     body: Vec::new(),
/// };
/// let exchange = transport.send(request, "Alice", "user info").await;
/// assert_eq!(exchange.answer().map_err(|failure| failure.kind), Err(FailureKind::Unsendable));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Transport {
    plain: Client,
    /// Made when the first `https` address is met, because reading the platform's certificates takes
    /// milliseconds and most runs stay on loopback.
    secure: Arc<OnceLock<Result<Client, String>>>,
    /// How many connections are kept for the next request.
    kept: usize,
    started: Instant,
    patience: Duration,
    body_limit: usize,
    encore: Option<Arc<dyn Encore>>,
}

/// Why a [`Transport`] could not be made. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The cryptography that `https` needs is not usable.
    #[error("{}", tr!("the TLS library refuses its own defaults"))]
    Tls(#[from] rustls::Error),
    /// The HTTP client could not be made.
    #[error("{}", tr!("the HTTP client could not be made"))]
    Client(#[from] reqwest::Error),
}

impl Transport {
    /// How long `wx.request` waits for an answer unless told otherwise.
    pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(60);

    /// How many bytes of a body are read unless told otherwise.
    pub const DEFAULT_BODY_LIMIT: usize = 8 * 1024 * 1024;

    /// Makes a transport with the default patience and limit; `started` is when the run began.
    ///
    /// # Errors
    ///
    /// Fails when the TLS library or the HTTP client cannot be set up.
    pub fn new(started: Instant) -> Result<Self, TransportError> {
        Ok(Self {
            plain: plain_client(NONE_KEPT)?,
            secure: Arc::default(),
            kept: NONE_KEPT,
            started,
            patience: Self::DEFAULT_PATIENCE,
            body_limit: Self::DEFAULT_BODY_LIMIT,
            encore: None,
        })
    }

    /// Sets how long one request may take: connection, redirects, header fields and body together.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets how many bytes of a body are read; what is longer is cut there and marked as cut.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sends each request on the connection of the one before, as phones do, where the backend has not ended it. The
    /// transport this is made of goes on as before.
    ///
    /// # Errors
    ///
    /// Fails when the HTTP client cannot be set up.
    pub fn with_kept_connections(self) -> Result<Self, TransportError> {
        Ok(Self { plain: plain_client(ONE_KEPT)?, secure: Arc::default(), kept: ONE_KEPT, ..self })
    }

    /// Lets somebody decide whether a request that was not taken up is sent once more; nobody does so otherwise.
    #[must_use]
    pub fn with_encore(mut self, encore: Arc<dyn Encore>) -> Self {
        self.encore = Some(encore);
        self
    }

    /// Sends a request exactly as it is given and follows its redirects.
    ///
    /// A header value is sent byte for character; one that holds a line break or a character above U+00FF
    /// cannot be sent. Names in the answer are in lower case.
    pub async fn send(&self, request: Request, actor: &str, purpose: &str) -> Exchange {
        self.send_padded(request, 0, actor, purpose).await
    }

    /// Sends a request with so many letters `x` behind its body, which are never held in memory; the exchange
    /// shows the request without them.
    pub async fn send_padded(&self, request: Request, padding: u64, actor: &str, purpose: &str) -> Exchange {
        let mut tries = 0;
        loop {
            let exchange = self.send_once(request.clone(), padding, actor, purpose).await;
            tries += 1;
            match self.encore.as_ref().and_then(|encore| encore.pause(&exchange, tries)) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return exchange,
            }
        }
    }

    async fn send_once(&self, request: Request, padding: u64, actor: &str, purpose: &str) -> Exchange {
        let sent = Instant::now();
        let mut redirects = Vec::new();
        let outcome =
            match tokio::time::timeout(self.patience, self.travel(&request, padding, &mut redirects)).await {
                Ok(Ok(answer)) => Outcome::Answered(answer),
                Ok(Err(failure)) => Outcome::Failed(failure),
                Err(_elapsed) => Outcome::Failed(TransportFailure {
                    kind: FailureKind::TimedOut,
                    detail: tr!("gave up after {patience}", patience = format_args!("{:?}", self.patience)),
                }),
            };
        Exchange {
            leg: Leg::PhoneToBackend,
            actor: actor.to_owned(),
            purpose: purpose.to_owned(),
            at: sent.saturating_duration_since(self.started),
            took: sent.elapsed(),
            request,
            redirects,
            outcome,
        }
    }

    /// Goes from hop to hop until an answer is no redirect.
    async fn travel(
        &self,
        request: &Request,
        padding: u64,
        redirects: &mut Vec<Redirect>,
    ) -> Result<Answer, TransportFailure> {
        let mut hop = Hop::first(request, padding)?;
        loop {
            let client = self.client_for(&hop)?;
            let response = client.execute(hop.to_request()).await.map_err(failure_of)?;
            match hop.next(response.status().as_u16(), response.headers()) {
                Next::Stay => return self.read(response).await,
                Next::Lost(why) => return Err(lost(why)),
                Next::Go(next) => {
                    if redirects.len() == MOST_REDIRECTS {
                        return Err(lost(tr!("more than {most} redirects", most = MOST_REDIRECTS)));
                    }
                    let answer = read_redirect(response).await;
                    redirects.push(Redirect { answer, to: next.url().to_string() });
                    hop = *next;
                }
            }
        }
    }

    fn client_for(&self, hop: &Hop) -> Result<&Client, TransportFailure> {
        if hop.url().scheme() == "http" {
            return Ok(&self.plain);
        }
        let made = self.secure.get_or_init(|| secure_client(self.kept).map_err(|e| e.to_string()));
        made.as_ref().map_err(|why| unsendable(why.clone()))
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Answer, TransportFailure> {
        let (status, headers) = (response.status().as_u16(), headers_of(&response));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure_of)? {
            if append(&mut body, &chunk, self.body_limit) {
                return Ok(Answer { status, headers, body, cut: true });
            }
        }
        Ok(Answer { status, headers, body, cut: false })
    }
}

/// Reads what comes of a redirect's body in a moment. The body of a redirect changes nothing for the phone,
/// so that a broken or endless one is no failure.
async fn read_redirect(mut response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), headers_of(&response));
    let mut body = Vec::new();
    let reading = async {
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if append(&mut body, &chunk, REDIRECT_BODY_LIMIT) => return true,
                Ok(Some(_)) => {}
                Ok(None) => return false,
                Err(_broken) => return true,
            }
        }
    };
    let cut = tokio::time::timeout(REDIRECT_BODY_PATIENCE, reading).await.unwrap_or(true);
    Answer { status, headers, body, cut }
}

/// Appends a chunk up to the limit and says whether something was left over.
fn append(body: &mut Vec<u8>, chunk: &[u8], limit: usize) -> bool {
    let room = limit.saturating_sub(body.len());
    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    chunk.len() > room
}

/// Returns the header fields, preceded by the reason phrase if it is not the usual one.
fn headers_of(response: &reqwest::Response) -> Headers {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let reason = response.extensions().get::<ReasonPhrase>();
    let reason = reason.map(|reason| (REASON.to_owned(), text(reason.as_bytes())));
    let fields = response.headers().iter();
    let fields = fields.map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())));
    Headers::new(reason.into_iter().chain(fields).collect())
}

/// Makes the client for `http` addresses, which trusts nobody because nobody shows it a certificate.
fn plain_client(kept: usize) -> Result<Client, TransportError> {
    let tls = tls_builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Ok(builder(tls, kept).build()?)
}

/// Makes the client for `https` addresses, which trusts whom the platform trusts.
fn secure_client(kept: usize) -> Result<Client, TransportError> {
    let tls = tls_builder()?.with_platform_verifier()?.with_no_client_auth();
    Ok(builder(tls, kept).build()?)
}

fn tls_builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

fn builder(tls: ClientConfig, kept: usize) -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .user_agent(USER_AGENT)
        .default_headers(std::iter::once((REFERER, HeaderValue::from_static(PAGE))).collect())
        .pool_max_idle_per_host(kept)
        .connect_timeout(CONNECT_PATIENCE)
        .http1_max_headers(MOST_HEADER_FIELDS)
        .tls_backend_preconfigured(tls)
}
