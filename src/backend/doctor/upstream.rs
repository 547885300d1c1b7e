//! Does a login reach the stand-in?

use super::runtime::recipe;
use super::shape::shape;
use super::{Complaint, Observed, State, Trouble, has, text_of};
use crate::record::Exchange;

/// The path of WeChat's code exchange.
pub(super) const EXCHANGE: &str = "/sns/jscode2session";

/// What the answer of a backend has in it that was refused by WeChat, or could not reach it.
pub(super) const OF_WECHAT: &[&str] = &[
    "weixin",
    "wechat",
    "jscode2session",
    "40029",
    "40013",
    "40125",
    "40163",
    "41002",
    "41004",
    "invalid code",
    "invalid appid",
    "微信",
    "rid:",
    "getaddrinfo",
    "econnrefused",
    "connection refused",
    "enotfound",
];

/// What WeChat itself says when it knows neither the appid nor the code.
const OF_THE_REAL_ONE: &[&str] =
    &["40029", "40013", "40125", "invalid code", "invalid appid", "invalid appsecret"];

/// What runtimes say when a name does not resolve, a port is closed, or nothing comes back.
const UNREACHABLE: &[&str] = &[
    "enotfound",
    "getaddrinfo",
    "unknownhost",
    "name or service not known",
    "name resolution",
    "econnrefused",
    "connection refused",
    "no such host",
    "dial tcp",
    "could not resolve",
    "etimedout",
    "failed to establish",
    "max retries exceeded",
    "connecttimeout",
    "error sending request",
];

/// What they say when they do not trust a certificate.
const UNTRUSTED: &[&str] = &[
    "certificate",
    "pkix",
    "self-signed",
    "self signed",
    "unable to verify",
    "ssl_error",
    "sslhandshake",
    "unknown authority",
    "ssl routines",
];

/// Returns the calls of the code exchange.
pub(super) fn exchanges(seen: &Observed) -> impl Iterator<Item = &Exchange> {
    seen.wechat.calls.iter().filter(|call| path_of(call) == EXCHANGE && call.request.method == "GET")
}

/// Returns the path of a call.
fn path_of(call: &Exchange) -> String {
    let url = call.request.url.split('?').next().unwrap_or_default();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned())
}

/// Returns a parameter of a call.
pub(super) fn parameter(call: &Exchange, name: &str) -> Option<String> {
    let query = call.request.url.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Does a login reach the stand-in?
pub(super) fn wechat(seen: &Observed) -> State {
    let asked: Vec<&Exchange> = exchanges(seen).collect();
    if asked.is_empty() {
        return State::Wrong(never(seen));
    }
    let codes: Vec<String> = asked.iter().filter_map(|call| parameter(call, "js_code")).collect();
    if !codes.iter().any(|code| seen.codes.contains(code)) {
        let what = match codes.first().map(String::as_str) {
            None | Some("") => tr!("the backend asks WeChat without a code"),
            Some(code) => tr!(
                "the backend asks WeChat about another code (a text of {length} letters) than was sent",
                length = code.chars().count()
            ),
        };
        return State::Wrong(Complaint::new(
            Trouble::OtherCode,
            what,
            tr!("a question about the code of the login"),
            tr!(
                "it reads the code from elsewhere than the contract puts it: compare the name of the parameter, and whether it travels in the query, a form or JSON, with what the backend reads"
            ),
        ));
    }
    State::Well(tr!("the stand-in at {url} is asked about the code", url = seen.wechat.url))
}

/// Says why the stand-in may not have been asked.
fn never(seen: &Observed) -> Complaint {
    let answer = seen.login.answer();
    let url = &seen.wechat.url;
    let shown = answer.map_or_else(|| tr!("no answer"), shape);
    let expected = tr!("a question to the stand-in at {url}", url);
    let complain =
        |trouble, seen: String, advice: String| Complaint::new(trouble, seen, expected.clone(), advice);
    if let Some(reason) = seen.wechat.failed_handshakes.first() {
        return complain(
            Trouble::UntrustedStandIn,
            tr!("the backend came to the stand-in, but TLS failed ({reason})", reason),
            recipe(answer, url, true),
        );
    }
    if !seen.wechat.refused_hosts.is_empty() {
        let hosts = seen.wechat.refused_hosts.join(", ");
        return complain(
            Trouble::OtherHosts,
            tr!("the backend came to the stand-in for other hosts, which are refused: {hosts}", hosts),
            tr!(
                "only api.weixin.qq.com and its siblings are answered; let the backend ask WeChat there, and leave its other hosts out of the proxy (NO_PROXY)"
            ),
        );
    }
    if let Some(call) = seen.wechat.calls.first() {
        let path = path_of(call);
        let advice = if path.ends_with(EXCHANGE) && path != EXCHANGE {
            tr!("the address of WeChat that it was told has a path too many; it is {url}", url)
        } else if path == EXCHANGE {
            tr!("WeChat takes GET there")
        } else if has(&path, &["oauth2"]) {
            tr!("that is the login of web pages; a mini program's code is exchanged at /sns/jscode2session")
        } else if has(&path, &["cgi-bin/token", "stable_token"]) {
            tr!("it asked for a platform token and went no further; see its log")
        } else {
            tr!("a mini program's code is exchanged at GET {url}{EXCHANGE}", url, EXCHANGE)
        };
        return complain(
            Trouble::OtherInterface,
            tr!(
                "the backend asked the stand-in for {method} {path} only",
                method = call.request.method,
                path
            ),
            advice,
        );
    }
    let text = answer.map(text_of).unwrap_or_default();
    let granted = seen.login.granted;
    let proxies = super::surroundings::swallowing(seen);
    let proxy = if proxies.is_empty() {
        String::new()
    } else {
        tr!(
            "; {proxies} is set here and may swallow what goes to this machine: add NO_PROXY=localhost,127.0.0.1",
            proxies = proxies.join(&tr!(" and "))
        )
    };
    if has(&text, OF_THE_REAL_ONE) {
        return complain(
            Trouble::AskedTheRealOne,
            tr!("the backend asked the real WeChat, which did not know the code: {shown}", shown),
            format!("{}{proxy}", recipe(answer, url, false)),
        );
    }
    if has(&text, UNTRUSTED) {
        return complain(
            Trouble::UntrustedStandIn,
            tr!("the backend trusts no certificate on its way to WeChat: {shown}", shown),
            recipe(answer, url, true),
        );
    }
    if has(&text, UNREACHABLE) {
        return complain(
            Trouble::CannotReachWechat,
            tr!("the backend cannot reach the WeChat that it asks: {shown}", shown),
            format!("{}{proxy}", recipe(answer, url, false)),
        );
    }
    let what = if granted {
        tr!("the backend lets people in without asking WeChat: {shown}", shown)
    } else {
        tr!("the backend never asked the stand-in about a fresh code: {shown}", shown)
    };
    let first = if granted {
        tr!("switch off whatever mocks WeChat (a profile for development, a test appid); then ")
    } else {
        String::new()
    };
    complain(Trouble::NeverAsked, what, format!("{first}{}{proxy}", recipe(answer, url, false)))
}
