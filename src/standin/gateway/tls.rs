//! How is TLS begun, and for whom?

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::Acceptor;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;

use super::certificate::ALPN;
use super::hosts;
use super::line::Line;
use crate::standin::turned_away::Way;
use crate::standin::wechat::Wechat;

/// What the first message of TLS begins with.
pub(super) const FIRST_BYTE: u8 = 0x16;

/// How long a client that was refused is given to read why.
const FAREWELL: Duration = Duration::from_secs(1);

/// The fatal alert `unrecognized_name`, in a record of its own (RFC 8446, section 6).
const UNRECOGNIZED_NAME: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 112];

/// What is spoken below TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1.1, also for clients that do not say.
    Http1,
    /// HTTP/2.
    Http2,
}

/// Does the handshake of a server, within the patience. Returns nothing when it came to nothing, which is then
/// noted.
pub(super) async fn greet(
    line: Line,
    tls: &Arc<ServerConfig>,
    patience: Duration,
    wechat: &Wechat,
) -> Option<(Line, Protocol)> {
    match timeout(patience, handshake(line, tls, wechat)).await {
        Ok(Ok(greeted)) => greeted,
        Ok(Err(error)) => {
            wechat.turned_away().handshake(&error.to_string());
            None
        }
        Err(_) => {
            wechat.turned_away().handshake(&tr!("the client did not go on with the handshake"));
            None
        }
    }
}

async fn handshake(
    line: Line,
    tls: &Arc<ServerConfig>,
    wechat: &Wechat,
) -> io::Result<Option<(Line, Protocol)>> {
    let begun = LazyConfigAcceptor::new(Acceptor::default(), line).await?;
    // A client that asks for an address says no name.
    let refused =
        begun.client_hello().server_name().filter(|name| !hosts::is_served(name)).map(str::to_owned);
    if let Some(name) = refused {
        wechat.turned_away().host(&name, Way::ServerName);
        refuse(begun.io).await;
        return Ok(None);
    }
    let stream = begun.into_stream(Arc::clone(tls)).await?;
    let http2 = stream.get_ref().1.alpn_protocol() == Some(ALPN[0]);
    let protocol = if http2 { Protocol::Http2 } else { Protocol::Http1 };
    Ok(Some((Line::tls(stream), protocol)))
}

/// Tells a client that nobody of that name is here. Whether it listens is its own matter.
async fn refuse(mut line: Line) {
    let told = async {
        line.write_all(&UNRECOGNIZED_NAME).await?;
        line.shutdown().await?;
        // Whoever closes a socket with unread bytes in it resets the connection, and the alert may be lost.
        let mut unread = [0; 1024];
        while line.read(&mut unread).await? > 0 {}
        io::Result::Ok(())
    };
    let _in_time: Result<io::Result<()>, _> = timeout(FAREWELL, told).await;
}
