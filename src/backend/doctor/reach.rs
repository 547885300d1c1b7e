//! Is the backend there, and does it know the login?

use super::shape::shape;
use super::{Complaint, Observed, State, Trouble, field, has, is_page, text_of};
use crate::record::{Answer, FailureKind, TransportFailure};

/// An answer over HTTP, as everything before it expects.
const AN_ANSWER: &str = "an answer over HTTP";

fn wrong(trouble: Trouble, seen: impl Into<String>, expected: &str, advice: impl Into<String>) -> State {
    State::Wrong(Complaint::new(trouble, seen, expected, advice))
}

/// Is it there?
pub(super) fn backend(seen: &Observed) -> State {
    let url = &seen.url;
    let answer = match seen.login.exchange.answer() {
        Ok(answer) => answer,
        Err(failure) => return failed(seen, failure),
    };
    let text = text_of(answer);
    if has(&text, &["http request was sent to https", "http request to an https server", "requires tls"]) {
        return tls_port(url);
    }
    if matches!(answer.status, 426 | 505) {
        let detail = tr!("the backend refuses HTTP/1.1: {}", shape(answer));
        return wrong(
            Trouble::Http2Only,
            detail,
            "a backend that speaks HTTP/1.1, as phones may",
            "let it serve HTTP/1.1 as well, or put a server in front that does",
        );
    }
    if let Some(redirect) = seen.login.exchange.redirects.last()
        && !granted(seen)
    {
        return redirected(seen, &redirect.to, answer);
    }
    if matches!(answer.status, 502..=504)
        && seen.wechat.calls.is_empty()
        && !has(&text, &["weixin", "wechat", "jscode2session"])
        && is_gateway(answer)
    {
        let detail = tr!(
            "a server in front of the backend answers that there is nothing behind it: {}",
            shape(answer)
        );
        return wrong(
            Trouble::BadGateway,
            detail,
            AN_ANSWER,
            "start the backend itself, or give --backend its own address",
        );
    }
    if answer.status == 429 {
        let detail = tr!("the backend limits how often it may be asked: {}", shape(answer));
        return wrong(
            Trouble::Limited,
            detail,
            "no limit for this address",
            "lift the limit for tests; a run sends some two thousand requests (--jobs 1 sends them one by one)",
        );
    }
    State::Well(tr!("answers at {url}", url))
}

fn granted(seen: &Observed) -> bool {
    seen.login.granted || !seen.wechat.calls.is_empty()
}

/// Tells whether an answer comes from a server that only passes on.
fn is_gateway(answer: &Answer) -> bool {
    has(
        field(&answer.headers, "server"),
        &["nginx", "envoy", "haproxy", "traefik", "caddy", "openresty", "apache"],
    ) || is_page(answer)
}

fn tls_port(url: &str) -> State {
    let secure = url.replacen("http://", "https://", 1);
    wrong(
        Trouble::TlsPort,
        "the port wants TLS, and plain HTTP was sent",
        "plain HTTP at an http:// address",
        tr!("use --backend {secure}", secure),
    )
}

/// Says why no answer came.
fn failed(seen: &Observed, failure: &TransportFailure) -> State {
    let (url, detail) = (&seen.url, failure.to_string());
    match failure.kind {
        FailureKind::Unreachable
            if has(&detail, &["dns", "lookup", "resolve", "name or service", "nodename"]) =>
        {
            wrong(
                Trouble::NoSuchHost,
                tr!("the name of the host in {url} does not resolve ({})", failure.detail, url),
                "a host that exists",
                "look for a slip in --backend; inside of containers use a name that is known here",
            )
        }
        FailureKind::Unreachable if has(&detail, &["certificate", "unknownissuer", "notvalidforname"]) => {
            wrong(
                Trouble::Untrusted,
                tr!("the certificate of {url} is not trusted ({})", failure.detail, url),
                "a certificate that this machine trusts, as phones demand",
                "add its authority to the system's store, or SSL_CERT_FILE, or judge the backend over http://",
            )
        }
        FailureKind::Unreachable
            if url.starts_with("https:")
                && has(&detail, &["corrupt message", "invalidcontenttype", "tls", "handshake", "eof"]) =>
        {
            wrong(
                Trouble::PlainPort,
                tr!("no TLS comes about with {url} ({})", failure.detail, url),
                "TLS at an https:// address",
                tr!("use --backend {} if the port speaks plain HTTP", url.replacen("https://", "http://", 1)),
            )
        }
        FailureKind::Unreachable => wrong(
            Trouble::NotListening,
            tr!("nobody listens at {url} ({})", failure.detail, url),
            "a backend that is running",
            "start it, and give the address that it says it listens at to --backend; in a container publish the port",
        ),
        FailureKind::NotHttp | FailureKind::Broken => strange(seen, &detail),
        FailureKind::TimedOut => wrong(
            Trouble::NoAnswer,
            tr!("no answer to a login within {}", format_args!("{:?}", seen.contract.patience)),
            "an answer in that time",
            tr!(
                "see what the backend waits for: often it is the real WeChat, or a database. {} A slow one is given more time by `--set patience=30`",
                lead(seen)
            ),
        ),
        FailureKind::Redirects => wrong(
            Trouble::RedirectedAway,
            tr!("redirects lead nowhere ({})", failure.detail),
            "an answer at the address itself",
            "give --backend the address at which the backend answers itself",
        ),
        FailureKind::Unsendable => wrong(
            Trouble::OtherCarrier,
            detail,
            "a request that HTTP can carry",
            "look for blanks or line breaks in the headers and paths of the contract",
        ),
    }
}

fn lead(seen: &Observed) -> String {
    if seen.wechat.calls.is_empty() {
        tr!("The stand-in at {} was not asked.", seen.wechat.url)
    } else {
        "The stand-in was asked and has answered.".to_owned()
    }
}

/// Says what a port may be that answers, but not in HTTP.
fn strange(seen: &Observed, detail: &str) -> State {
    let url = &seen.url;
    let bytes = seen.first_bytes.as_slice();
    let beginning: String =
        String::from_utf8_lossy(bytes).chars().take(24).filter(|c| !c.is_control()).collect();
    // The alert of TLS begins with 21 and its version; a frame of HTTP/2 has its kind at the fourth byte.
    if bytes.starts_with(&[0x15, 0x03]) {
        return tls_port(url);
    }
    if bytes.len() >= 9 && bytes[0] == 0 && matches!(bytes[3], 4 | 7) {
        return wrong(
            Trouble::Http2Only,
            "the port speaks nothing but HTTP/2",
            "HTTP/1.1, as phones may speak",
            "let it serve HTTP/1.1 as well; a port for gRPC is the wrong one",
        );
    }
    if bytes.is_empty() {
        let advice = tr!(
            "look into the backend's log, and whether {url} is the right port; a port for TLS or gRPC closes like this too",
            url
        );
        return wrong(Trouble::NoAnswer, tr!("no whole answer came ({detail})", detail), AN_ANSWER, advice);
    }
    let what = match () {
        () if beginning.starts_with("SSH-") => "SSH",
        () if beginning.starts_with("-ERR") || beginning.starts_with("-DENIED") => "Redis",
        () if beginning.starts_with("220") => "mail or FTP",
        () if bytes.get(4) == Some(&0x0a) => "MySQL",
        () => "something else than HTTP",
    };
    let seen = tr!(
        "the port of {url} speaks {what} (it begins with {beginning})",
        url,
        what,
        beginning = format_args!("{beginning:?}")
    );
    wrong(Trouble::NotHttp, seen, "HTTP", "give --backend the port of the backend's HTTP server")
}

/// Says where redirects have led.
fn redirected(seen: &Observed, to: &str, answer: &Answer) -> State {
    let url = &seen.url;
    let origin = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    let place = to.split('?').next().unwrap_or_default();
    let advice = if has(place, &["login", "signin", "sso", "oauth", "auth/"]) && !url.contains(place) {
        "a login wall for people stands in front; let it leave the paths of the mini program alone".to_owned()
    } else if origin(to) == origin(url) {
        "give the path in the contract as the backend wants it, with or without the slash at its end; a redirected POST loses its body".to_owned()
    } else {
        tr!("use --backend {} if that is the backend", origin(to))
    };
    let detail = tr!("it redirects a login to {place}, which answers {}", shape(answer), place);
    wrong(Trouble::RedirectedAway, detail, "an answer at the address itself", advice)
}

/// Does it know the path of the login?
pub(super) fn path(seen: &Observed) -> State {
    let Some(answer) = seen.login.answer() else { return State::Unknown("there is no answer".to_owned()) };
    let request = &seen.login.exchange.request;
    let path = request
        .url
        .strip_prefix(seen.url.as_str())
        .unwrap_or(&request.url)
        .split('?')
        .next()
        .unwrap_or_default();
    let asked = format!("{} {path}", request.method);
    if !seen.wechat.calls.is_empty() || seen.login.granted {
        return State::Well(tr!("knows {asked}", asked));
    }
    let hint = |otherwise: &str| seen.elsewhere.first().cloned().unwrap_or_else(|| otherwise.to_owned());
    let expected = "a backend that knows the login of the contract";
    let detail = |what: &str| format!("{what} {asked}: {}", shape(answer));
    let everything = seen
        .nowhere
        .as_ref()
        .and_then(|look| look.answer())
        .is_some_and(|other| other.status == answer.status && other.body == answer.body);
    match answer.status {
        200..=299 if is_page(answer) => {
            let what = if everything {
                "a page comes for every path, and so for"
            } else {
                "a page for people comes for"
            };
            wrong(
                Trouble::PageForEverything,
                detail(what),
                expected,
                hint(
                    "the index page of a web app or a static server answers there; give --backend the address of the API, such as another port or /api behind it",
                ),
            )
        }
        404 | 410 => wrong(
            Trouble::NoSuchPath,
            detail("the backend does not know"),
            expected,
            hint(
                "compare the path in the contract and the one behind --backend with the routes of the backend: often a prefix such as /api is missing or there twice",
            ),
        ),
        405 | 501 => {
            let allowed = field(&answer.headers, "allow");
            let advice = if allowed.is_empty() {
                hint("write another method into `request` of the login step")
            } else {
                tr!(
                    "the path takes {allowed}: write `request = \"{} {path}\"` into the login step of the contract",
                    allowed.split(',').next().unwrap_or_default().trim(),
                    allowed,
                    path
                )
            };
            wrong(Trouble::OtherMethod, detail("the backend takes another method than"), expected, advice)
        }
        415 => wrong(
            Trouble::OtherCarrier,
            detail("the backend wants another kind of body for"),
            expected,
            "let the login step send `json = { code = \"{code}\" }` instead of `form`, or the other way round",
        ),
        401 | 403 if !wechat_said_so(answer) => wrong(
            Trouble::Guarded,
            detail("the login itself is guarded:"),
            expected,
            "give the client's credentials to the contract: `basic = \"{client}:{client_secret}\"`, or [common.headers] for a tenant or an API key; switch checks of CSRF or signatures off for the mini program's paths",
        ),
        400 | 422 if !wechat_said_so(answer) => wrong(
            Trouble::OtherCarrier,
            detail("the backend does not understand"),
            expected,
            "compare the names of the parameters, and where they travel (`query`, `form`, `json`), with what the backend reads",
        ),
        _ => State::Well(tr!("knows {asked}", asked)),
    }
}

/// Tells whether a refusal speaks of WeChat, so that the request has come far.
fn wechat_said_so(answer: &Answer) -> bool {
    has(&text_of(answer), super::upstream::OF_WECHAT)
}
