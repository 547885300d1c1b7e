//! Faults about bad input that spoil the answer.

use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::input::{EXCHANGE, Sent, TOKEN, USER_INFO, value_of};
use crate::reference::server::Backend;
use crate::reference::{Fault, FaultSet, credentials};

/// Spoils the answer to a request.
pub(super) async fn spoilt(backend: &Backend, sent: &Sent, response: Response) -> Response {
    let faults = &backend.settings.faults;
    let (mut head, body) = response.into_parts();
    inject(faults, sent, &mut head.headers);
    let status = head.status;
    let shown = if status.is_client_error() || status.is_server_error() {
        inside(faults, sent, status)
    } else {
        None
    };
    let code = value_of(&sent.query, "code").unwrap_or_default();
    let second = code.split_once("\r\n\r\n").filter(|_| faults.has(Fault::CodeSplitsAnswer));
    let body = match (shown, second) {
        (_, Some((_, second))) => Body::from(second.to_owned()),
        (Some(text), None) => {
            head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            let own = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            Body::from([text.as_bytes(), b"\n", &own].concat())
        }
        (None, None) => return Response::from_parts(head, body),
    };
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, body)
}

/// Returns what an error shows of the inside.
fn inside(faults: &FaultSet, sent: &Sent, status: StatusCode) -> Option<&'static str> {
    let lost = status == StatusCode::NOT_FOUND;
    let exchange = sent.path == EXCHANGE && status == StatusCode::BAD_REQUEST;
    let token = sent.path == TOKEN && status == StatusCode::BAD_REQUEST;
    let user_info = sent.path == USER_INFO && status == StatusCode::UNAUTHORIZED;
    let not_allowed = status == StatusCode::METHOD_NOT_ALLOWED;
    let by_browser = sent.headers.get(ACCEPT).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let busy = status == StatusCode::SERVICE_UNAVAILABLE;
    let shown = [
        (Fault::JavaTraceInRefusal, exchange, JAVA),
        (Fault::PhpWarningInRefusal, exchange, PHP),
        (Fault::PythonTraceInRefusal, token, PYTHON),
        (Fault::SqlInRefusal, token, SQL),
        (Fault::GoTraceInRefusal, user_info, GO),
        (Fault::NodeTraceInNotFound, lost, NODE),
        (Fault::DebugPageForNotFound, lost, DEBUG_PAGE),
        (Fault::SourcePathInRefusal, not_allowed, SOURCE_PATH),
        (Fault::TraceForBrowsers, by_browser, JAVA),
        (Fault::TraceWhenWeChatIsBusy, busy, JAVA),
    ];
    shown.into_iter().find(|(fault, fits, _)| *fits && faults.has(*fault)).map(|(_, _, text)| text)
}

const JAVA: &str = "java.lang.IllegalArgumentException: invalid code\n\tat com.example.login.CodeService.exchange(CodeService.java:42)";
const PHP: &str =
    "<b>Warning</b>: Undefined array key \"openid\" in <b>/var/www/html/login.php</b> on line <b>17</b>";
const PYTHON: &str =
    "Traceback (most recent call last):\n  File \"/app/views.py\", line 21, in token\nKeyError: 'openid'";
const SQL: &str = "no row: select u.id, u.name from login_user u where u.openid = ?";
const GO: &str = "goroutine 34 [running]:\nmain.userInfo()\n\t/src/main.go:57 +0x1d2";
const NODE: &str = "NotFoundError: Not Found<br> &nbsp; &nbsp;at /srv/app/app.js:31:8";
const DEBUG_PAGE: &str =
    "<p>You're seeing this error because you have <code>DEBUG = True</code> in your settings.</p>";
const SOURCE_PATH: &str =
    r#"{"file": "\/var\/www\/html\/vendor\/laravel\/framework\/src\/AbstractRouteCollection.php"}"#;

/// Adds the header fields that a value spells out behind a line break.
fn inject(faults: &FaultSet, sent: &Sent, headers: &mut HeaderMap) {
    let code = value_of(&sent.query, "code");
    let form = String::from_utf8_lossy(&sent.body);
    let mut copied = Vec::new();
    if faults.has(Fault::CodeInHeader) {
        copied.extend(code.clone());
    }
    if faults.has(Fault::OpenidInHeader) {
        copied.extend(value_of(&form, "openid"));
    }
    if faults.has(Fault::ClientNameInHeader) {
        let encoded = credentials::after_scheme(&sent.headers, "Basic");
        let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
        copied.extend(decoded.map(|name| String::from_utf8_lossy(&name).into_owned()));
    }
    if faults.has(Fault::HeaderCutToBytes) {
        let checked = code.filter(|code| !code.contains(['\r', '\n']));
        let cut = |code: String| code.encode_utf16().map(|unit| char::from(unit.to_le_bytes()[0])).collect();
        copied.extend(checked.map(cut));
    }
    for value in copied {
        let fields = value.split('\n').skip(1).filter_map(|line| line.trim_end_matches('\r').split_once(':'));
        for (name, value) in fields {
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value.trim()))
            {
                headers.insert(name, value);
            }
        }
    }
}
