//! How is an answer sent over HTTP/2 that hyper would not send?
//!
//! HTTP/2 has frames where HTTP/1.1 has bytes, so not everything can be done there. What stands for it:
//!
//! | in HTTP/1.1 | in HTTP/2 |
//! |---|---|
//! | the connection is closed or reset before the head is complete | `RST_STREAM` instead of an answer |
//! | it is closed or reset after the head, or in the body | `RST_STREAM` after the head, or in the body |
//! | a wrong `Content-Length` | the same field, and an end where it does not say |
//! | a broken chunk, a missing last one | `RST_STREAM` at that place |
//! | something else than HTTP, a head without end | `RST_STREAM` instead of an answer |
//! | silence, pieces, a trickle, a body without end | the same, in `DATA` frames |
//! | interim answers | none; where nothing else comes, silence |
//! | another framing, another version, lower-case names | an ordinary answer |

use std::collections::VecDeque;
use std::time::Duration;

use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use thiserror::Error;

use super::performance::{Performance, wait};
use crate::record::FailureKind;
use crate::standin::ledger::{Act, Ending, Framing};

/// How long a reset comes after what was sent before it. A stream that is reset forgets what has not gone out yet.
const GOING_OUT: Duration = Duration::from_millis(20);

/// The stream ends here, as it was to.
#[derive(Debug, Error)]
#[error("{}", tr!("the stream is reset, as the stand-in was told to"))]
pub(super) struct Broken;

/// One thing that is done after the head.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Send(Bytes),
    Wait(Duration),
    /// Sends this so often, or for ever.
    Over {
        portion: Bytes,
        pause: Duration,
        left: Option<u64>,
    },
    /// Resets the stream.
    Break,
    /// Says nothing any more.
    FallSilent,
}

/// What becomes of a performance.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// Absent when no head is sent at all.
    head: Option<Head>,
    steps: VecDeque<Step>,
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    /// The `Content-Length`, if there is one.
    length: Option<String>,
}

/// Does what the performance says, as far as there is such a thing in HTTP/2.
pub(super) async fn play(performance: Performance) -> Result<Response<UnsyncBoxBody<Bytes, Broken>>, Broken> {
    let Plan { head, steps } = plan(&performance);
    let Some(Head { length }) = head else {
        if steps.contains(&Step::FallSilent) {
            // Until the client has enough of it: hyper then ends this.
            return std::future::pending().await;
        }
        return Err(Broken);
    };
    let mut head = performance.head;
    for name in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        head.headers.remove(name);
    }
    if let Some(length) = length.and_then(|length| HeaderValue::from_str(&length).ok()) {
        head.headers.insert(CONTENT_LENGTH, length);
    }
    let frames = stream::unfold(steps, next);
    Ok(Response::from_parts(head, StreamBody::new(frames).boxed_unsync()))
}

/// Returns the next frame of a body, and the steps after it.
async fn next(mut steps: VecDeque<Step>) -> Option<(Result<Frame<Bytes>, Broken>, VecDeque<Step>)> {
    loop {
        match steps.pop_front()? {
            Step::Send(bytes) if bytes.is_empty() => {}
            Step::Send(bytes) => return Some((Ok(Frame::data(bytes)), steps)),
            Step::Wait(pause) => wait(pause).await,
            Step::Over { left: Some(0), .. } => {}
            Step::Over { portion, pause, left } => {
                wait(pause).await;
                let (sent, left) = match left {
                    Some(left) => {
                        let length = usize::try_from(left).unwrap_or(usize::MAX).min(portion.len());
                        let sent = u64::try_from(length).unwrap_or(left);
                        (portion.slice(..length), Some(left - sent))
                    }
                    None => (portion.clone(), None),
                };
                steps.push_front(Step::Over { portion, pause, left });
                return Some((Ok(Frame::data(sent)), steps));
            }
            Step::Break => {
                wait(GOING_OUT).await;
                return Some((Err(Broken), VecDeque::new()));
            }
            Step::FallSilent => std::future::pending().await,
        }
    }
}

fn plan(performance: &Performance) -> Plan {
    let (body, wire) = (&performance.body, &performance.wire);
    let half = body.slice(..body.len() / 2);
    let mut head = None;
    let mut steps = VecDeque::new();
    let mut wrong_length = false;
    for act in &wire.acts {
        match act {
            Act::Head(framing) => {
                wrong_length = matches!(framing, Framing::TooLong(_) | Framing::LengthText(_));
                head = Some(Head { length: length(*framing, body.len()) });
            }
            _ if head.is_none() => {}
            // Behind a head there is only the size of a chunk that is none, and the last chunk.
            Act::Send(bytes) if bytes.starts_with(b"0\r\n") => {}
            Act::Send(_) => steps.push_back(Step::Break),
            Act::Body => steps.push_back(Step::Send(body.clone())),
            Act::HalfBody | Act::HalfChunk => steps.push_back(Step::Send(half.clone())),
            Act::Pieces { size, pause } => {
                for piece in pieces(body, *size) {
                    steps.extend([Step::Wait(*pause), Step::Send(piece)]);
                }
            }
            Act::Chunks(size) => steps.extend(pieces(body, *size).map(Step::Send)),
            Act::Over { bytes, at_once, pause, total } => {
                // The bytes of a chunk are no more than blanks.
                let portion = Bytes::from(vec![b' '; bytes.len().saturating_mul(*at_once)]);
                steps.push_back(Step::Over { portion, pause: *pause, left: *total });
            }
            Act::HalfStatusLine | Act::OpenHead => {}
        }
    }
    let failure = wire.failure.map(|(kind, _)| kind);
    match (wire.ending, failure) {
        (Ending::Silent, _) => steps.push_back(Step::FallSilent),
        (Ending::Closed | Ending::Reset, Some(FailureKind::TimedOut)) if head.is_none() => {
            steps.push_back(Step::FallSilent);
        }
        (Ending::Closed | Ending::Reset, None | Some(FailureKind::TimedOut)) => {}
        (Ending::Closed, Some(_)) if wrong_length => {}
        (Ending::Closed | Ending::Reset, Some(_)) => steps.push_back(Step::Break),
    }
    Plan { head, steps }
}

fn length(framing: Framing, length: usize) -> Option<String> {
    match framing {
        Framing::Length | Framing::KeptAlive | Framing::LowerCase => Some(length.to_string()),
        Framing::TooLong(by) => {
            Some(u64::try_from(length).unwrap_or(u64::MAX).saturating_add(by).to_string())
        }
        Framing::TooShort => Some((length / 2).to_string()),
        Framing::LengthText(text) => Some(text.to_owned()),
        Framing::Chunked | Framing::UntilClosed | Framing::Http10 => None,
    }
}

fn pieces(body: &Bytes, size: usize) -> impl Iterator<Item = Bytes> {
    let size = size.max(1);
    let starts = (0..body.len()).step_by(size);
    starts.map(move |start| body.slice(start..start.saturating_add(size).min(body.len())))
}
