//! How is an answer sent that hyper would not send?

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::http::response::Parts;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::line::Line;
use crate::standin::ledger::{Act, Ending, Framing, Wire};

/// How long a client is given to close its side after we closed ours. Whoever closes a socket with unread bytes
/// in it resets the connection, and the answer may be lost.
const FAREWELL: Duration = Duration::from_secs(1);

/// An answer and the way it is to travel, on a connection of its own.
#[derive(Debug)]
pub(super) struct Performance {
    pub(super) head: Parts,
    pub(super) body: Bytes,
    pub(super) wire: Wire,
}

impl Performance {
    /// Does everything in its order, and ends the connection. It stops when the client has gone away.
    pub(super) async fn play(self, mut stream: Line) {
        for act in &self.wire.acts {
            // What TLS holds back goes out now, as it would without TLS.
            if self.perform(act, &mut stream).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
        // What fails here fails because the client has ended the connection before us.
        match self.wire.ending {
            Ending::Closed => {
                stream.shutdown().await.unwrap_or_default();
                let _in_time: Result<(), _> = tokio::time::timeout(FAREWELL, until_closed(stream)).await;
            }
            Ending::Reset => {
                stream.reset_at_end().unwrap_or_default();
                drop(stream);
            }
            Ending::Silent => until_closed(stream).await,
        }
    }

    async fn perform(&self, act: &Act, stream: &mut Line) -> io::Result<()> {
        let body = &self.body;
        let half = &body[..body.len() / 2];
        match act {
            Act::Send(bytes) => stream.write_all(bytes).await,
            Act::Head(framing) => stream.write_all(&self.complete_head(*framing)).await,
            Act::HalfStatusLine => {
                let line = self.status_line("1.1");
                stream.write_all(&line.as_bytes()[..line.len() / 2]).await
            }
            Act::OpenHead => {
                let head = self.open_head("1.1", false);
                stream.write_all(head.as_bytes()).await
            }
            Act::Body => stream.write_all(body).await,
            Act::HalfBody => stream.write_all(half).await,
            Act::Pieces { size, pause } => {
                for piece in body.chunks((*size).max(1)) {
                    wait(*pause).await;
                    stream.write_all(piece).await?;
                }
                Ok(())
            }
            Act::Chunks(size) => {
                for piece in body.chunks((*size).max(1)) {
                    stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
                    stream.write_all(piece).await?;
                    stream.write_all(b"\r\n").await?;
                }
                Ok(())
            }
            Act::HalfChunk => {
                stream.write_all(format!("{:x}\r\n", body.len()).as_bytes()).await?;
                stream.write_all(half).await
            }
            Act::Over { bytes, at_once, pause, total } => {
                let portion = bytes.repeat(*at_once);
                let mut left = total.unwrap_or(u64::MAX);
                while left > 0 {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(portion.len());
                    stream.write_all(&portion[..length]).await?;
                    if total.is_some() {
                        left -= u64::try_from(length).unwrap_or(left);
                    }
                    wait(*pause).await;
                }
                Ok(())
            }
        }
    }

    fn complete_head(&self, framing: Framing) -> Vec<u8> {
        let version = if framing == Framing::Http10 { "1.0" } else { "1.1" };
        let mut head = self.open_head(version, framing == Framing::LowerCase);
        let length = self.body.len();
        let announced = match framing {
            Framing::Length | Framing::KeptAlive | Framing::LowerCase => Some(length.to_string()),
            Framing::TooLong(by) => {
                Some(u64::try_from(length).unwrap_or(u64::MAX).saturating_add(by).to_string())
            }
            Framing::TooShort => Some((length / 2).to_string()),
            Framing::LengthText(text) => Some(text.to_owned()),
            Framing::Chunked | Framing::UntilClosed | Framing::Http10 => None,
        };
        let mut field = |name: &str, value: &str| {
            let name =
                if framing == Framing::LowerCase { name.to_ascii_lowercase() } else { name.to_owned() };
            // Writing into a String cannot fail.
            write!(head, "{name}: {value}\r\n").unwrap_or_default();
        };
        field("Connection", if framing == Framing::KeptAlive { "keep-alive" } else { "close" });
        if let Some(announced) = announced {
            field("Content-Length", &announced);
        }
        if framing == Framing::Chunked {
            field("Transfer-Encoding", "chunked");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Returns the status line and the fields that say nothing about the connection.
    fn open_head(&self, version: &str, lower_case: bool) -> String {
        let mut head = self.status_line(version);
        for (name, value) in &self.head.headers {
            if [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(name) {
                continue;
            }
            let name = if lower_case { name.to_string() } else { title_case(name.as_str()) };
            let value = String::from_utf8_lossy(value.as_bytes());
            write!(head, "{name}: {value}\r\n").unwrap_or_default();
        }
        head
    }

    fn status_line(&self, version: &str) -> String {
        let status = self.head.status;
        let reason = status.canonical_reason().unwrap_or_default();
        format!("HTTP/{version} {} {reason}\r\n", status.as_u16())
    }
}

/// Waits, unless there is nothing to wait for: even a pause of nothing lasts until the next tick of the timer.
pub(super) async fn wait(pause: Duration) {
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
}

/// Reads until the client ends the connection, and keeps nothing.
async fn until_closed(mut stream: Line) {
    let mut unread = [0; 1024];
    while stream.read(&mut unread).await.is_ok_and(|length| length > 0) {}
}

fn title_case(name: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(capital).collect::<Vec<_>>().join("-")
}
