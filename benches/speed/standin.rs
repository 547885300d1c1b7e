//! How many code exchanges does the stand-in answer, beside servers that send the same bytes unasked?
//!
//! Everybody serves on one thread of its own, and the same client asks over connections that are kept, plain ones
//! and ones in TLS.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_rustls::{TlsAcceptor, TlsConnector};
use wxconform::protocol::JsCode;
use wxconform::standin::{StandIn, StandInSettings, Wechat};

use crate::compare::{Contender, print_side_by_side};
use crate::parties::{ANY_PORT, each, runtime};
use crate::{Effort, Failure, usage};

/// How many requests a turn takes.
const REQUESTS: usize = 4000;

/// How many connections they are spread over.
const CONNECTIONS: usize = 4;

/// How many logins the memory is watched over.
const LOGINS_FOR_MEMORY: usize = 200_000;

/// How many requests the memory is watched over that bring nobody new.
const REQUESTS_FOR_MEMORY: usize = 1_000_000;

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let runtime = runtime()?;
    let standin = runtime.block_on(StandIn::start(ANY_PORT.into(), StandInSettings::default()))?;
    let wechat = standin.wechat();
    let body = runtime.block_on(example(standin.address(), &wechat))?;
    let (hyper, axum) = (bare_hyper(body.clone(), None)?, bare_axum(body.clone())?);
    let certificate = Certificate::new()?;
    let secure_hyper = bare_hyper(body, Some(certificate.server()?))?;
    let requests = effort.of(REQUESTS);
    let turn = |asked: Asked| {
        let (runtime, wechat) = (&runtime, &wechat);
        move || {
            let took = runtime.block_on(exchange_all(&asked, wechat, requests))?;
            each(took, requests)
        }
    };
    print_side_by_side(
        effort.rounds,
        vec![
            Contender::new("bare hyper", turn(Asked::plainly(hyper))),
            Contender::new("bare axum", turn(Asked::plainly(axum))),
            Contender::new("the stand-in", turn(Asked::plainly(standin.address()))),
        ],
    )?;
    let pem = certificate.authority.pem();
    print_side_by_side(
        effort.rounds,
        vec![
            Contender::new("bare hyper in TLS", turn(Asked::securely(secure_hyper, &pem)?)),
            Contender::new(
                "the stand-in in TLS",
                turn(Asked::securely(standin.address(), standin.ca_pem())?),
            ),
        ],
    )?;
    print_growth(&runtime, &standin, effort.of(LOGINS_FOR_MEMORY))
}

/// Says how the memory of the stand-in grows with requests when nobody new logs in: half of the requests are plain,
/// half in TLS.
pub(crate) fn measure_memory(effort: Effort) -> Result<(), Failure> {
    let runtime = runtime()?;
    let standin = runtime.block_on(StandIn::start(ANY_PORT.into(), StandInSettings::default()))?;
    let (wechat, requests) = (standin.wechat(), effort.of(REQUESTS_FOR_MEMORY));
    let code = wechat.login(&wechat.person("the one"));
    let target = target(&wechat, &code);
    let plain = Asked::plainly(standin.address());
    let secure = Asked::securely(standin.address(), standin.ca_pem())?;
    for tenth in 1..=10 {
        let before = usage::kilobytes(usage::PRESENT)?;
        for asked in [&plain, &secure] {
            runtime.block_on(repeat(asked, &target, requests / 20))?;
            drop(wechat.take_calls(&code));
        }
        if let (Some(before), Some(after)) = (before, usage::kilobytes(usage::PRESENT)?) {
            let growth = after - before;
            println!("  tenth {tenth} of {requests} requests: memory grows by {growth} kB, to {after} kB");
        }
    }
    Ok(())
}

/// Sends the same request again and again, over one connection that is kept.
async fn repeat(asked: &Asked, target: &str, times: usize) -> Result<(), Failure> {
    let mut sender = asked.connect().await?;
    for _ in 0..times {
        ask(&mut sender, target).await?;
    }
    Ok(())
}

/// Where a server is, and how it is asked.
struct Asked {
    address: SocketAddr,
    tls: Option<TlsConnector>,
}

impl Asked {
    fn plainly(address: SocketAddr) -> Self {
        Self { address, tls: None }
    }

    /// In TLS, as a client does that trusts this certificate.
    fn securely(address: SocketAddr, pem: &str) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes())?)?;
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { address, tls: Some(TlsConnector::from(Arc::new(config))) })
    }

    async fn connect(&self) -> Result<Sender, Failure> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        match &self.tls {
            None => shaken_hands(stream).await,
            Some(tls) => shaken_hands(tls.connect(ServerName::try_from("localhost")?, stream).await?).await,
        }
    }
}

/// A certificate for a server that is no stand-in.
struct Certificate {
    authority: rcgen::Certificate,
    key: rcgen::KeyPair,
}

impl Certificate {
    fn new() -> Result<Self, Failure> {
        let key = rcgen::KeyPair::generate()?;
        let authority = rcgen::CertificateParams::new(["localhost".to_owned()])?.self_signed(&key)?;
        Ok(Self { authority, key })
    }

    fn server(&self) -> Result<TlsAcceptor, Failure> {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.authority.der().clone()], key.into())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Says how the memory of the stand-in grows with the people who log in.
fn print_growth(runtime: &Runtime, standin: &StandIn, requests: usize) -> Result<(), Failure> {
    let wechat = standin.wechat();
    for part in ["first", "second"] {
        let before = usage::kilobytes(usage::PRESENT)?;
        let mut left = requests / 2;
        while left > 0 {
            let batch = left.min(REQUESTS);
            runtime.block_on(exchange_all(&Asked::plainly(standin.address()), &wechat, batch))?;
            left -= batch;
        }
        if let (Some(before), Some(after)) = (before, usage::kilobytes(usage::PRESENT)?) {
            println!("  the {part} half of {requests} exchanges: memory grows by {} kB", after - before);
        }
    }
    Ok(())
}

/// Lets people log in, sends their codes to a server, and says how long the sending took.
async fn exchange_all(asked: &Asked, wechat: &Wechat, requests: usize) -> Result<Duration, Failure> {
    let codes: Vec<JsCode> = (0..requests).map(|n| wechat.login(&wechat.person(&n.to_string()))).collect();
    let mut connections = Vec::new();
    for codes in codes.chunks(requests.div_ceil(CONNECTIONS)) {
        let targets: Vec<String> = codes.iter().map(|code| target(wechat, code)).collect();
        connections.push((asked.connect().await?, targets));
    }
    let mut asking = JoinSet::new();
    let begun = Instant::now();
    for (mut sender, targets) in connections {
        asking.spawn(async move {
            for target in targets {
                let body = ask(&mut sender, &target).await?;
                if !body.starts_with(b"{\"session_key\"") {
                    return Err(format!("no success: {body:?}").into());
                }
            }
            Ok::<(), Failure>(())
        });
    }
    while let Some(asked) = asking.join_next().await {
        asked??;
    }
    let took = begun.elapsed();
    // A run takes the calls of a scenario out of the stand-in when the scenario ends.
    for code in &codes {
        drop(wechat.take_calls(code));
    }
    Ok(took)
}

fn target(wechat: &Wechat, code: &JsCode) -> String {
    let (app, secret) = (wechat.app_id(), wechat.app_secret());
    let secret = secret.expose();
    format!("/sns/jscode2session?appid={app}&secret={secret}&js_code={code}&grant_type=authorization_code")
}

/// Returns what the stand-in answers to a fresh code.
async fn example(address: SocketAddr, wechat: &Wechat) -> Result<Bytes, Failure> {
    let code = wechat.login(&wechat.person("example"));
    ask(&mut Asked::plainly(address).connect().await?, &target(wechat, &code)).await
}

type Sender = SendRequest<Empty<Bytes>>;

async fn shaken_hands<S>(stream: S) -> Result<Sender, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // What goes wrong on the connection is told to whoever sends on it.
    tokio::spawn(async { connection.await.is_ok() });
    Ok(sender)
}

async fn ask(sender: &mut Sender, target: &str) -> Result<Bytes, Failure> {
    sender.ready().await?;
    let request = Request::get(target).header("host", "127.0.0.1").body(Empty::new())?;
    let response = sender.send_request(request).await?;
    if response.status() != 200 {
        return Err(format!("answered {}", response.status()).into());
    }
    Ok(response.into_body().collect().await?.to_bytes())
}

/// Serves these bytes with hyper and nothing else but TLS if it is wanted, until the process ends.
fn bare_hyper(body: Bytes, tls: Option<TlsAcceptor>) -> Result<SocketAddr, Failure> {
    on_a_thread(async move |listener| {
        while let Ok((stream, _)) = listener.accept().await {
            let (body, tls) = (body.clone(), tls.clone());
            tokio::spawn(async move {
                stream.set_nodelay(true).is_ok()
                    && match tls {
                        None => served(stream, body).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => served(stream, body).await,
                            Err(_) => false,
                        },
                    }
            });
        }
    })
}

async fn served<S: AsyncRead + AsyncWrite + Unpin>(stream: S, body: Bytes) -> bool {
    let service = service_fn(move |_: Request<Incoming>| {
        let response = Response::builder().header("content-type", "text/plain");
        let response = response.body(Full::new(body.clone()));
        async move { response }
    });
    let server = hyper::server::conn::http1::Builder::new();
    server.serve_connection(TokioIo::new(stream), service).await.is_ok()
}

/// Serves these bytes with axum and nothing else, until the process ends.
fn bare_axum(body: Bytes) -> Result<SocketAddr, Failure> {
    let answer = move || async move { ([(CONTENT_TYPE, "text/plain")], body) };
    let router = Router::new().route("/sns/jscode2session", get(answer));
    on_a_thread(async move |listener| axum::serve(listener, router).await.unwrap_or_default())
}

/// Serves on a thread with a runtime of its own, as wiremock does.
fn on_a_thread<S>(serve: S) -> Result<SocketAddr, Failure>
where
    S: AsyncFnOnce(tokio::net::TcpListener) + Send + 'static,
{
    let listener = TcpListener::bind(SocketAddr::from(ANY_PORT))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                serve(listener).await;
            }
        });
    });
    Ok(address)
}
