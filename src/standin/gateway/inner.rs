//! How is wiremock asked?

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// How many connections there are. wiremock answers on one thread and never waits, so more would only queue.
const CONNECTIONS: usize = 4;

/// How often a call is sent, should connections turn out to be dead.
const ATTEMPTS: usize = CONNECTIONS + 1;

type Sender = SendRequest<Empty<Bytes>>;

/// Why wiremock did not answer.
#[derive(Debug, Error)]
pub(super) enum InnerError {
    #[error("{}", tr!("wiremock cannot be reached: {detail}", detail = _0))]
    Unreachable(#[from] io::Error),
    #[error("{}", tr!("wiremock did not answer: {detail}", detail = _0))]
    Broken(#[from] hyper::Error),
    #[error("{}", tr!("wiremock cannot be asked: {detail}", detail = _0))]
    Unsendable(#[from] hyper::http::Error),
    #[error("{}", tr!("wiremock has no place for calls any more"))]
    Closed(#[from] tokio::sync::AcquireError),
}

/// The connections to wiremock, which are never more than a few and are opened before anybody needs them.
#[derive(Debug)]
pub(super) struct Inner {
    address: SocketAddr,
    idle: Mutex<Vec<Sender>>,
    places: Semaphore,
}

impl Inner {
    /// Opens the connections. One that cannot be opened now is opened when it is needed.
    pub(super) async fn start(address: SocketAddr) -> Self {
        let mut idle = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            idle.extend(tried(address).await.ok());
        }
        Self { address, idle: Mutex::new(idle), places: Semaphore::new(CONNECTIONS) }
    }

    /// Asks wiremock for a path.
    pub(super) async fn ask(&self, path: &str) -> Result<Response<Bytes>, InnerError> {
        let _place = self.places.acquire().await?;
        let mut attempt = 1;
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut sender = match idle {
                Some(sender) => sender,
                None => connect(self.address).await?,
            };
            match exchange(&mut sender, request(path)?).await {
                Ok(response) => {
                    self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
                    return Ok(response);
                }
                Err(error) if attempt == ATTEMPTS => return Err(error.into()),
                Err(_) => attempt += 1,
            }
        }
    }
}

/// Opens a connection and has something answered on it. Until then it may wait in a queue for wiremock to accept
/// it, and wiremock would end if it came to that when there are no descriptors left.
async fn tried(address: SocketAddr) -> Result<Sender, InnerError> {
    let mut sender = connect(address).await?;
    exchange(&mut sender, request("/")?).await?;
    Ok(sender)
}

fn request(path: &str) -> hyper::http::Result<Request<Empty<Bytes>>> {
    Request::get(path).header("host", "wiremock").body(Empty::new())
}

async fn connect(address: SocketAddr) -> Result<Sender, InnerError> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // What goes wrong on the connection is told to whoever sends on it.
    tokio::spawn(async { connection.await.is_ok() });
    Ok(sender)
}

async fn exchange(sender: &mut Sender, request: Request<Empty<Bytes>>) -> hyper::Result<Response<Bytes>> {
    sender.ready().await?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    // One piece is taken over as it is.
    Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
}
