//! Clients of the stand-in's one port, by hand: nothing that a library would smooth over is lost.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use wxconform::protocol::JsCode;
use wxconform::standin::{StandIn, StandInSettings, Trouble, Wechat};

pub(crate) const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// The name that WeChat is usually asked by.
pub(crate) const WECHAT: &str = "api.weixin.qq.com";

/// How long anything may take before a test calls it hung.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn stand_in() -> (StandIn, Wechat) {
    let stand_in = StandIn::start(ANY_PORT.into(), StandInSettings::default()).await.expect("a free port");
    let wechat = stand_in.wechat();
    (stand_in, wechat)
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In good order; in TLS with its farewell.
    Closed,
    Reset,
    /// In TLS without its farewell.
    CutOff,
    /// It had not when the client's patience had.
    Open,
}

/// Returns the target of a code exchange.
pub(crate) fn target(wechat: &Wechat, code: &JsCode) -> String {
    let (app, secret) = (wechat.app_id(), wechat.app_secret());
    format!("/sns/jscode2session?appid={app}&secret={}&js_code={code}", secret.expose())
}

/// Lets Alice log in with trouble, and returns the target of her exchange.
pub(crate) fn troubled(wechat: &Wechat, trouble: Trouble) -> String {
    let code = wechat.login(&wechat.person("Alice"));
    wechat.script(&code, trouble.script());
    target(wechat, &code)
}

pub(crate) fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {WECHAT}\r\nConnection: close\r\n\r\n")
}

pub(crate) fn connected(stand_in: &StandIn) -> TcpStream {
    let stream = TcpStream::connect(stand_in.address()).expect("somebody listens");
    stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
    stream
}

/// Returns what a client does that trusts the stand-in.
pub(crate) fn trusting(stand_in: &StandIn, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(stand_in.ca_pem().as_bytes()).expect("PEM");
    roots.add(certificate).expect("a certificate");
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions that there are")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

pub(crate) type Secure<S> = StreamOwned<ClientConnection, S>;

/// Wraps a stream into TLS. The handshake is done with the first byte.
pub(crate) fn secured<S: Read + Write>(stream: S, config: ClientConfig, name: &str) -> Secure<S> {
    let name = ServerName::try_from(name.to_owned()).expect("a name or an address");
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).expect("a client"), stream)
}

/// Wraps a stream into TLS as a client does that trusts the stand-in and asks for WeChat.
pub(crate) fn as_wechat<S: Read + Write>(stand_in: &StandIn, stream: S) -> Secure<S> {
    secured(stream, trusting(stand_in, rustls::ALL_VERSIONS), WECHAT)
}

/// Reads the head of an answer.
pub(crate) fn head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a head");
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).expect("text")
}

/// Asks a proxy for a tunnel, and returns what it says to that.
pub(crate) fn tunnel(stream: &mut (impl Read + Write), to: &str) -> String {
    write!(stream, "CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n").expect("the request goes out");
    head(stream)
}

/// Says whether a read may be tried again: it found nothing in its time, or a child that ended interrupted it.
pub(crate) fn passes(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// Sends a request and reads to the end of the connection, or of the patience. The `Date` is left out.
pub(crate) fn asked(stream: &mut (impl Read + Write), request: &str, patience: Duration) -> (String, End) {
    stream.write_all(request.as_bytes()).expect("the request goes out");
    stream.flush().expect("the request goes out");
    let begun = Instant::now();
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let end = loop {
        if begun.elapsed() >= patience {
            break End::Open;
        }
        match stream.read(&mut buffer) {
            Ok(0) => break End::Closed,
            Ok(length) => bytes.extend_from_slice(&buffer[..length]),
            Err(error) if passes(error.kind()) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break End::CutOff,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
                break End::Reset;
            }
        }
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = text.split_inclusive('\n').filter(|line| !line.to_ascii_lowercase().starts_with("date: "));
    (lines.collect(), end)
}
