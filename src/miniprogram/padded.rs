//! How is a body sent that is too long to be held?

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// What the padding consists of, as much as is sent at a time.
const CHUNK: &[u8] = &[b'x'; 64 * 1024];

/// A body that ends in so many letters `x`, which are made while they are sent.
#[derive(Debug)]
pub(super) struct Padded {
    head: Bytes,
    padding: u64,
}

impl Padded {
    /// Makes a body of `head` and `padding` bytes more.
    pub(super) fn new(head: Vec<u8>, padding: u64) -> Self {
        Self { head: head.into(), padding }
    }

    fn left(&self) -> u64 {
        u64::try_from(self.head.len()).unwrap_or(u64::MAX).saturating_add(self.padding)
    }
}

impl Body for Padded {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.head.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.head)))));
        }
        let chunk = usize::try_from(self.padding).unwrap_or(usize::MAX).min(CHUNK.len());
        if chunk == 0 {
            return Poll::Ready(None);
        }
        self.padding -= u64::try_from(chunk).unwrap_or(self.padding);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&CHUNK[..chunk])))))
    }

    fn is_end_stream(&self) -> bool {
        self.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left())
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Padded};
    use http_body_util::BodyExt as _;
    use hyper::body::Body as _;

    #[tokio::test]
    async fn the_head_comes_first_and_the_length_is_known_beforehand() {
        let padding = CHUNK.len() + 7;
        let body = Padded::new(b"openid=".to_vec(), u64::try_from(padding).unwrap());
        let announced = body.size_hint().exact();
        let sent = body.collect().await.unwrap().to_bytes();
        assert_eq!(announced, u64::try_from(sent.len()).ok());
        assert_eq!(sent.len(), 7 + padding);
        assert!(sent.starts_with(b"openid=xxx"));
    }
}
