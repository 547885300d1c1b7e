//! On what does a client speak with us?

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// A connection, with what was read from it and not yet understood, below any number of tunnels and layers of TLS.
#[derive(Debug)]
pub(super) struct Line {
    /// What comes before anything that is read from the carrier.
    unread: Bytes,
    carrier: Carrier,
}

#[derive(Debug)]
enum Carrier {
    Plain(TcpStream),
    Tls(Box<TlsStream<Line>>),
}

impl Line {
    pub(super) fn plain(stream: TcpStream) -> Self {
        Self { unread: Bytes::new(), carrier: Carrier::Plain(stream) }
    }

    pub(super) fn tls(stream: TlsStream<Self>) -> Self {
        Self { unread: Bytes::new(), carrier: Carrier::Tls(Box::new(stream)) }
    }

    /// Puts bytes back that were read from it.
    pub(super) fn put_back(&mut self, bytes: Bytes) {
        self.unread =
            if self.unread.is_empty() { bytes } else { [bytes, self.unread.split_off(0)].concat().into() };
    }

    /// Returns the first byte that is to be read, and leaves it there; nothing when the client has gone.
    pub(super) async fn first_byte(&mut self) -> io::Result<Option<u8>> {
        if self.unread.is_empty() {
            let mut bytes = [0; 1024];
            let length = self.read(&mut bytes).await?;
            self.unread = Bytes::copy_from_slice(&bytes[..length]);
        }
        Ok(self.unread.first().copied())
    }

    /// Makes the end of the connection a reset: nothing that waits to be sent is sent.
    pub(super) fn reset_at_end(&self) -> io::Result<()> {
        match &self.carrier {
            Carrier::Plain(stream) => stream.set_zero_linger(),
            Carrier::Tls(stream) => stream.get_ref().0.reset_at_end(),
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.unread.is_empty() {
            let length = self.unread.len().min(buffer.remaining());
            buffer.put_slice(&self.unread.split_to(length));
            return Poll::Ready(Ok(()));
        }
        match &mut self.carrier {
            Carrier::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Carrier::Tls(stream) => {
                // A client that hangs up without a farewell of TLS has hung up all the same.
                match ready!(Pin::new(stream).poll_read(context, buffer)) {
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
                    other => Poll::Ready(other),
                }
            }
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.carrier {
            Carrier::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Carrier::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.carrier {
            Carrier::Plain(stream) => Pin::new(stream).poll_flush(context),
            Carrier::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.carrier {
            Carrier::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Carrier::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.carrier {
            Carrier::Plain(stream) => Pin::new(stream).poll_write_vectored(context, pieces),
            Carrier::Tls(stream) => Pin::new(stream).poll_write_vectored(context, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.carrier {
            Carrier::Plain(stream) => stream.is_write_vectored(),
            Carrier::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
