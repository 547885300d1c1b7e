//! Why did no answer come?

use std::error::Error;
use std::io;

use crate::record::{FailureKind, TransportFailure};

/// Says what kind of failure an error of the HTTP client is.
pub(super) fn failure_of(error: reqwest::Error) -> TransportFailure {
    let error = error.without_url();
    TransportFailure { kind: kind_of(&error), detail: detail_of(&error) }
}

/// Makes the failure of a redirect that cannot be followed.
pub(super) fn lost(why: impl Into<String>) -> TransportFailure {
    TransportFailure { kind: FailureKind::Redirects, detail: why.into() }
}

/// Makes the failure of a request that cannot be put on the wire.
pub(super) fn unsendable(why: impl Into<String>) -> TransportFailure {
    TransportFailure { kind: FailureKind::Unsendable, detail: why.into() }
}

fn kind_of(error: &reqwest::Error) -> FailureKind {
    if error.is_timeout() {
        FailureKind::TimedOut
    } else if error.is_connect() {
        FailureKind::Unreachable
    } else if error.is_builder() {
        FailureKind::Unsendable
    } else if causes(error).any(is_garbage) {
        FailureKind::NotHttp
    } else {
        FailureKind::Broken
    }
}

/// True when bytes came that HTTP has no reading for. In the header that is a parse error of hyper; in a
/// chunked body hyper reports it as invalid data or input.
fn is_garbage(cause: &(dyn Error + 'static)) -> bool {
    let in_header = cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
    let in_body = cause
        .downcast_ref::<io::Error>()
        .is_some_and(|e| matches!(e.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput));
    in_header || in_body
}

/// Returns the words of the innermost cause, which alone says what happened; the outer ones say where.
fn detail_of(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
