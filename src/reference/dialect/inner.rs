//! What do the handlers say, asked in the words of the documented flow?

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::heard::Heard;
use super::session::Presented;
use super::{Interpreter, LONGEST_BODY};
use crate::backend::{Call, Node};
use crate::reference::answer::{Answer, Content};
use crate::reference::field::FieldError;
use crate::reference::{exchange, token, user_info};

/// The longest URL that is made; the HTTP library takes no longer ones.
const LONGEST_URL: usize = 60_000;

/// An answer of the handlers.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The body, as far as it is JSON.
    pub(super) json: Value,
    bytes: Bytes,
    /// Whether there was no answer at all.
    cut: bool,
}

impl Inner {
    async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, LONGEST_BODY).await else {
            return Self { cut: true, ..Self::default() };
        };
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { status: head.status, headers: head.headers, json, bytes, cut: false }
    }

    pub(super) fn member(&self, name: &str) -> &Value {
        self.json.get(name).unwrap_or(&Value::Null)
    }

    /// Tells whether user info was shown.
    pub(super) fn shows_somebody(&self) -> bool {
        self.status.is_success() && self.json.get("data").is_some_and(|data| !data.is_null())
    }

    /// Returns the answer without what it shows, as a refusal.
    pub(super) fn as_refused(&self) -> Self {
        if !self.shows_somebody() {
            return Self {
                headers: self.headers.clone(),
                json: self.json.clone(),
                bytes: self.bytes.clone(),
                ..*self
            };
        }
        let json = json!({"error": "invalid_token"});
        Self { status: StatusCode::UNAUTHORIZED, json, ..Self::default() }
    }

    /// Gives back what cannot be worded in any contract: no answer, or one that is no JSON object.
    pub(super) fn unworded(&self) -> Option<Response> {
        if self.cut {
            let content = Content::Nothing;
            let (status, headers) = (StatusCode::OK, HeaderMap::new());
            return Some(Answer { status, headers, content }.into_response());
        }
        if self.json.is_object() {
            return None;
        }
        Some((self.status, self.headers.clone(), self.bytes.clone()).into_response())
    }
}

impl Interpreter {
    /// Exchanges a login code, as it was found in the request.
    pub(super) async fn exchanged(
        &self,
        heard: &Heard,
        call: &Call,
        code: &Result<String, FieldError>,
        next: &Next,
    ) -> Inner {
        let query = pair("code", code);
        let extra = extra(heard, call, "code");
        let url = format!("{}?{query}{extra}", exchange::PATH);
        let url = if url.len() > LONGEST_URL { format!("{}?{query}", exchange::PATH) } else { url };
        // Whoever believes a token beside a code is wrong in any contract.
        let beside = if let Presented::Token(token) = self.presented(heard) { Some(token) } else { None };
        let beside = beside.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        asked(heard, next, ("GET", &url), beside, String::new()).await
    }

    /// Asks for a token for an openid, with the credentials that are given.
    pub(super) async fn token(
        &self,
        heard: &Heard,
        openid: &Result<String, FieldError>,
        credentials: Option<HeaderValue>,
        next: &Next,
    ) -> Inner {
        asked(heard, next, ("POST", token::PATH), credentials, pair("openid", openid)).await
    }

    /// Asks what a token opens.
    pub(super) async fn shown(&self, heard: &Heard, token: Option<&str>, next: &Next) -> Inner {
        let bearer = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        // Other credentials are none in this contract, and whoever believes them is wrong all the same.
        let other = heard.head.headers.get(AUTHORIZATION).cloned();
        let is_bearer = |field: &HeaderValue| {
            let start = field.as_bytes().get(..6).unwrap_or_default();
            start.eq_ignore_ascii_case(b"bearer")
        };
        let credentials = bearer.or(other.filter(|field| !is_bearer(field)));
        let query = String::from_utf8_lossy(heard.query());
        let url = format!("{}?{query}", user_info::PATH);
        asked(heard, next, ("GET", &url), credentials, String::new()).await
    }

    /// Returns the credentials that the handlers want of a client.
    pub(super) fn right_credentials(&self) -> Option<HeaderValue> {
        let settings = &self.backend.settings;
        let pair = format!("{}:{}", settings.client_name, settings.client_secret);
        HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()
    }
}

async fn asked(
    heard: &Heard,
    next: &Next,
    (method, url): (&str, &str),
    authorization: Option<HeaderValue>,
    form: String,
) -> Inner {
    let mut request = Request::new(Body::from(form));
    request.headers_mut().extend(heard.fields());
    request.headers_mut().extend(authorization.map(|value| (AUTHORIZATION, value)));
    if method == "POST" {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form);
    }
    let (Ok(method), Ok(url)) = (method.parse(), url.parse::<Uri>()) else {
        let error = Answer::json(StatusCode::BAD_REQUEST, json!({"code": 1002, "msg": "too long"}));
        return Inner::of(error.into_response()).await;
    };
    *request.method_mut() = method;
    *request.uri_mut() = url;
    Inner::of(next.clone().run(request).await).await
}

/// Spells a parameter of the documented flow, with what is wrong about it.
fn pair(name: &str, value: &Result<String, FieldError>) -> String {
    match value {
        Ok(value) => format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)),
        Err(FieldError::Missing) => String::new(),
        Err(FieldError::Empty) => format!("{name}="),
        Err(FieldError::Repeated) => format!("{name}=x&{name}=x"),
        Err(FieldError::NotText) => format!("{name}=%FF"),
    }
}

/// Returns what a request says beyond the call, as parameters of a URL, each with a `&` in front of it. What would be taken
/// for the parameter of the documented call is not the contract's, and means nothing.
fn extra(heard: &Heard, call: &Call, parameter: &str) -> String {
    let pairs = [(heard.query(), &call.query), (heard.form(), &call.form)];
    let in_pairs = pairs.into_iter().flat_map(|(text, own)| {
        let given = form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned()));
        given.filter(|(name, _)| !own.iter().any(|(own, _)| own == name))
    });
    let own =
        |name: &str| matches!(&call.json, Some(Node::Table(own)) if own.iter().any(|(own, _)| own == name));
    let in_json = heard.members().filter(|(name, _)| !own(name));
    let theirs = in_pairs.chain(in_json).filter(|(name, _)| name != parameter);
    theirs
        .flat_map(|(name, value)| ["&".to_owned(), escaped(&name), "=".to_owned(), escaped(&value)])
        .collect()
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
