//! How do the answers of a correct backend differ from those of the plain reference?
//!
//! The handlers stay as they are; what a [`Variant`] changes about all answers alike is done here.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::server::Backend;
use super::{Variant, random};

/// How long a slow backend takes for each answer.
const SLOWNESS: Duration = Duration::from_millis(200);

/// Of how many requests one is turned away.
const TURNED_AWAY: usize = 20;

/// The longest answer that is changed; the backend's own have a few hundred bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// How many bytes a chunk has.
const CHUNK: usize = 16;

/// Answers in the manner of the variants.
pub(super) async fn observed(State(backend): State<Arc<Backend>>, request: Request, next: Next) -> Response {
    let settings = &backend.settings;
    if settings.variants.is_empty() && settings.faults.is_empty() {
        return next.run(request).await;
    }
    if settings.varies(Variant::Slow) {
        tokio::time::sleep(SLOWNESS).await;
    }
    if settings.varies(Variant::TurnsAway)
        && backend.requests.fetch_add(1, Ordering::Relaxed) % TURNED_AWAY == TURNED_AWAY - 1
    {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if settings.varies(Variant::RefusalsAre4xx) && response.status().is_server_error() {
        let later = response.status() == StatusCode::SERVICE_UNAVAILABLE;
        *response.status_mut() = if later { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::BAD_REQUEST };
    }
    if settings.varies(Variant::RefusalsAre200) && is_refusal(response.status()) {
        let number = response.status().as_u16();
        *response.status_mut() = StatusCode::OK;
        response = edited(response, |body| put_into_envelope(body, &path, number)).await;
    }
    if settings.varies(Variant::ExtraMembers) {
        response = edited(response, add_members).await;
    }
    if settings.varies(Variant::JsonCharset) && response.headers().contains_key(CONTENT_TYPE) {
        let declared = HeaderValue::from_static("application/json;charset=UTF-8");
        response.headers_mut().insert(CONTENT_TYPE, declared);
    }
    if settings.varies(Variant::FrameworkCookie) {
        let cookie = format!("JSESSIONID={}; Path=/; HttpOnly", random::text::<16>().unwrap_or_default());
        response.headers_mut().extend(HeaderValue::from_str(&cookie).map(|cookie| (SET_COOKIE, cookie)));
    }
    if settings.varies(Variant::Chunked) {
        response = in_chunks(response).await;
    }
    if settings.varies(Variant::ClosesConnections) {
        *response.version_mut() = Version::HTTP_10;
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Says whether it is one of the backend's own refusals; what the framework refuses it refuses by status.
fn is_refusal(status: StatusCode) -> bool {
    let by_framework = matches!(
        status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::PAYLOAD_TOO_LARGE
    );
    (status.is_client_error() || status.is_server_error()) && !by_framework
}

/// Tells a refusal in the body alone. The documented client reads `data.openid` out of every 200, so that a
/// refused exchange has an empty `data`.
fn put_into_envelope(body: &mut Value, path: &str, number: u16) {
    if body.get("code").is_none() {
        body["code"] = json!(number);
    }
    if path.ends_with("/code2session") {
        body["data"] = json!({});
    }
}

fn add_members(body: &mut Value) {
    if let Some(members) = body.as_object_mut() {
        members.insert("traceId".to_owned(), json!("5f2a0c"));
        members.insert("success".to_owned(), json!(true));
        members.insert("extra".to_owned(), json!({"list": [1, null, {"deep": "x"}], "empty": ""}));
    }
}

/// Changes the JSON of an answer; what is no JSON stays as it is.
async fn edited(response: Response, change: impl FnOnce(&mut Value)) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST_ANSWER).await.unwrap_or_default();
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(head, Body::from(bytes));
    };
    change(&mut value);
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(value.to_string()))
}

/// Sends an answer piece by piece, without saying how long it will be.
async fn in_chunks(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST_ANSWER).await.unwrap_or_default();
    head.headers.remove(CONTENT_LENGTH);
    let chunks: Vec<Result<Vec<u8>, std::io::Error>> =
        bytes.chunks(CHUNK).map(|chunk| Ok(chunk.to_vec())).collect();
    Response::from_parts(head, Body::from_stream(futures::stream::iter(chunks)))
}
