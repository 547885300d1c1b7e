//! What an answer of the backend consists of.

use axum::Json;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// What stands in the body of an [`Answer`].
pub(super) enum Content {
    Json(Value),
    Text(String),
    /// No answer at all: the connection is closed before the first byte.
    ///
    /// No correct answer is like that.
    Nothing,
}

/// One answer, before it becomes bytes.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) content: Content,
}

impl Answer {
    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, headers: HeaderMap::new(), content: Content::Json(body) }
    }

    /// Adds a header whose value is known beforehand, never taken from a request.
    pub(super) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    /// Changes the JSON in the body, if it is JSON.
    pub(super) fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        if let Content::Json(body) = &mut self.content {
            change(body);
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self.content {
            Content::Json(body) => Json(body).into_response(),
            Content::Text(text) => ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
            Content::Nothing => {
                let cut = futures::stream::iter([Err::<String, _>(std::io::Error::other("no answer"))]);
                Body::from_stream(cut).into_response()
            }
        };
        *response.status_mut() = self.status;
        // Every answer is about one person or one attempt, and some carry credentials (RFC 6749 section 5.1).
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().extend(self.headers);
        response
    }
}
