//! Is the backend there, and does it know the login?

use super::shape::shape;
use super::{Complaint, Observed, State, Trouble, field, has, is_page, text_of};
use crate::language::translated;
use crate::record::{Answer, FailureKind, TransportFailure};

/// An answer over HTTP, as everything before it expects.
const AN_ANSWER: &str = mark!("an answer over HTTP");

fn wrong(
    trouble: Trouble,
    seen: impl Into<String>,
    expected: impl Into<String>,
    advice: impl Into<String>,
) -> State {
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
        let detail = tr!("the backend refuses HTTP/1.1: {answer}", answer = shape(answer));
        return wrong(
            Trouble::Http2Only,
            detail,
            tr!("a backend that speaks HTTP/1.1, as phones may"),
            tr!("let it serve HTTP/1.1 as well, or put a server in front that does"),
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
            "a server in front of the backend answers that there is nothing behind it: {answer}",
            answer = shape(answer)
        );
        return wrong(
            Trouble::BadGateway,
            detail,
            translated(AN_ANSWER),
            tr!("start the backend itself, or give --backend its own address"),
        );
    }
    if answer.status == 429 {
        let detail = tr!("the backend limits how often it may be asked: {answer}", answer = shape(answer));
        return wrong(
            Trouble::Limited,
            detail,
            tr!("no limit for this address"),
            tr!(
                "lift the limit for tests; a run sends some two thousand requests (--jobs 1 sends them one by one)"
            ),
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
        tr!("the port wants TLS, and plain HTTP was sent"),
        tr!("plain HTTP at an http:// address"),
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
                tr!(
                    "the name of the host in {url} does not resolve ({detail})",
                    detail = failure.detail,
                    url
                ),
                tr!("a host that exists"),
                tr!("look for a slip in --backend; inside of containers use a name that is known here"),
            )
        }
        FailureKind::Unreachable if has(&detail, &["certificate", "unknownissuer", "notvalidforname"]) => {
            wrong(
                Trouble::Untrusted,
                tr!("the certificate of {url} is not trusted ({detail})", detail = failure.detail, url),
                tr!("a certificate that this machine trusts, as phones demand"),
                tr!(
                    "add its authority to the system's store, or SSL_CERT_FILE, or judge the backend over http://"
                ),
            )
        }
        FailureKind::Unreachable
            if url.starts_with("https:")
                && has(&detail, &["corrupt message", "invalidcontenttype", "tls", "handshake", "eof"]) =>
        {
            wrong(
                Trouble::PlainPort,
                tr!("no TLS comes about with {url} ({detail})", detail = failure.detail, url),
                tr!("TLS at an https:// address"),
                tr!(
                    "use --backend {address} if the port speaks plain HTTP",
                    address = url.replacen("https://", "http://", 1)
                ),
            )
        }
        FailureKind::Unreachable => wrong(
            Trouble::NotListening,
            tr!("nobody listens at {url} ({detail})", detail = failure.detail, url),
            tr!("a backend that is running"),
            tr!(
                "start it, and give the address that it says it listens at to --backend; in a container publish the port"
            ),
        ),
        FailureKind::NotHttp | FailureKind::Broken => strange(seen, &detail),
        FailureKind::TimedOut => wrong(
            Trouble::NoAnswer,
            tr!("no answer to a login within {time}", time = format_args!("{:?}", seen.contract.patience)),
            tr!("an answer in that time"),
            tr!(
                "see what the backend waits for: often it is the real WeChat, or a database. {was_asked} A slow one is given more time by `--set patience=30`",
                was_asked = lead(seen)
            ),
        ),
        FailureKind::Redirects => wrong(
            Trouble::RedirectedAway,
            tr!("redirects lead nowhere ({detail})", detail = failure.detail),
            tr!("an answer at the address itself"),
            tr!("give --backend the address at which the backend answers itself"),
        ),
        FailureKind::Unsendable => wrong(
            Trouble::OtherCarrier,
            detail,
            tr!("a request that HTTP can carry"),
            tr!("look for blanks or line breaks in the headers and paths of the contract"),
        ),
    }
}

fn lead(seen: &Observed) -> String {
    if seen.wechat.calls.is_empty() {
        tr!("The stand-in at {url} was not asked.", url = seen.wechat.url)
    } else {
        tr!("The stand-in was asked and has answered.")
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
            tr!("the port speaks nothing but HTTP/2"),
            tr!("HTTP/1.1, as phones may speak"),
            tr!("let it serve HTTP/1.1 as well; a port for gRPC is the wrong one"),
        );
    }
    if bytes.is_empty() {
        let advice = tr!(
            "look into the backend's log, and whether {url} is the right port; a port for TLS or gRPC closes like this too",
            url
        );
        return wrong(
            Trouble::NoAnswer,
            tr!("no whole answer came ({detail})", detail),
            translated(AN_ANSWER),
            advice,
        );
    }
    let what = match () {
        () if beginning.starts_with("SSH-") => "SSH".to_owned(),
        () if beginning.starts_with("-ERR") || beginning.starts_with("-DENIED") => "Redis".to_owned(),
        () if beginning.starts_with("220") => tr!("mail or FTP"),
        () if bytes.get(4) == Some(&0x0a) => "MySQL".to_owned(),
        () => tr!("something else than HTTP"),
    };
    let seen = tr!(
        "the port of {url} speaks {what} (it begins with {beginning})",
        url,
        what,
        beginning = format_args!("{beginning:?}")
    );
    wrong(Trouble::NotHttp, seen, "HTTP", tr!("give --backend the port of the backend's HTTP server"))
}

/// Says where redirects have led.
fn redirected(seen: &Observed, to: &str, answer: &Answer) -> State {
    let url = &seen.url;
    let origin = |url: &str| url.split('/').take(3).collect::<Vec<_>>().join("/");
    let place = to.split('?').next().unwrap_or_default();
    let advice = if has(place, &["login", "signin", "sso", "oauth", "auth/"]) && !url.contains(place) {
        tr!("a login wall for people stands in front; let it leave the paths of the mini program alone")
    } else if origin(to) == origin(url) {
        tr!(
            "give the path in the contract as the backend wants it, with or without the slash at its end; a redirected POST loses its body"
        )
    } else {
        tr!("use --backend {address} if that is the backend", address = origin(to))
    };
    let detail =
        tr!("it redirects a login to {place}, which answers {answer}", answer = shape(answer), place);
    wrong(Trouble::RedirectedAway, detail, tr!("an answer at the address itself"), advice)
}

/// Does it know the path of the login?
pub(super) fn path(seen: &Observed) -> State {
    let Some(answer) = seen.login.answer() else { return State::Unknown(tr!("there is no answer")) };
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
    let hint = |otherwise: String| seen.elsewhere.first().cloned().unwrap_or(otherwise);
    let expected = tr!("a backend that knows the login of the contract");
    let shown = shape(answer);
    let everything = seen
        .nowhere
        .as_ref()
        .and_then(|look| look.answer())
        .is_some_and(|other| other.status == answer.status && other.body == answer.body);
    match answer.status {
        200..=299 if is_page(answer) => {
            let what = if everything {
                tr!("a page comes for every path, and so for {asked}: {shown}", asked, shown)
            } else {
                tr!("a page for people comes for {asked}: {shown}", asked, shown)
            };
            wrong(
                Trouble::PageForEverything,
                what,
                expected,
                hint(tr!(
                    "the index page of a web app or a static server answers there; give --backend the address of the API, such as another port or /api behind it"
                )),
            )
        }
        404 | 410 => wrong(
            Trouble::NoSuchPath,
            tr!("the backend does not know {asked}: {shown}", asked, shown),
            expected,
            hint(tr!(
                "compare the path in the contract and the one behind --backend with the routes of the backend: often a prefix such as /api is missing or there twice"
            )),
        ),
        405 | 501 => {
            let allowed = field(&answer.headers, "allow");
            let advice = if allowed.is_empty() {
                hint(tr!("write another method into `request` of the login step"))
            } else {
                tr!(
                    "the path takes {allowed}: write `request = \"{method} {path}\"` into the login step of the contract",
                    method = allowed.split(',').next().unwrap_or_default().trim(),
                    allowed,
                    path
                )
            };
            wrong(
                Trouble::OtherMethod,
                tr!("the backend takes another method than {asked}: {shown}", asked, shown),
                expected,
                advice,
            )
        }
        415 => wrong(
            Trouble::OtherCarrier,
            tr!("the backend wants another kind of body for {asked}: {shown}", asked, shown),
            expected,
            tr!(
                "let the login step send `json = { code = \"{code}\" }` instead of `form`, or the other way round"
            ),
        ),
        401 | 403 if !wechat_said_so(answer) => wrong(
            Trouble::Guarded,
            tr!("the login itself is guarded: {asked}: {shown}", asked, shown),
            expected,
            tr!(
                "give the client's credentials to the contract: `basic = \"{client}:{client_secret}\"`, or [common.headers] for a tenant or an API key; switch checks of CSRF or signatures off for the mini program's paths"
            ),
        ),
        400 | 422 if !wechat_said_so(answer) => wrong(
            Trouble::OtherCarrier,
            tr!("the backend does not understand {asked}: {shown}", asked, shown),
            expected,
            tr!(
                "compare the names of the parameters, and where they travel (`query`, `form`, `json`), with what the backend reads"
            ),
        ),
        _ => State::Well(tr!("knows {asked}", asked)),
    }
}

/// Tells whether a refusal speaks of WeChat, so that the request has come far.
fn wechat_said_so(answer: &Answer) -> bool {
    has(&text_of(answer), super::upstream::OF_WECHAT)
}
