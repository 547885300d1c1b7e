//! For whom is a request?

use std::net::SocketAddr;

use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri, Version};

use super::hosts::{self, HOSTS};
use crate::standin::turned_away::Way;

/// The port of HTTPS, and that of a tunnel for which no port is named.
const HTTPS_PORT: u16 = 443;

/// What somebody wants who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// An answer of WeChat's.
    Answer,
    /// A tunnel to WeChat.
    Tunnel,
    /// Something of another host.
    Elsewhere(String, Way),
    /// A tunnel in a protocol that has none here.
    NoTunnel,
}

/// Says what a request wants, of a stand-in that listens at this address.
pub(super) fn wanted<B>(request: &Request<B>, listening: SocketAddr) -> Wanted {
    if request.version() == Version::HTTP_2 {
        // There the name of the host is no more than the `Host` of HTTP/1.1, which nobody compares.
        return if request.method() == Method::CONNECT { Wanted::NoTunnel } else { Wanted::Answer };
    }
    let (way, granted) = match (request.method() == Method::CONNECT, request.uri().scheme()) {
        (true, _) => (Way::Connect, Wanted::Tunnel),
        (false, Some(_)) => (Way::WholeUrl, Wanted::Answer),
        (false, None) => return Wanted::Answer,
    };
    let (host, port) = (request.uri().host().unwrap_or_default(), port(request.uri()));
    if hosts::is_ours(host, port, listening) {
        granted
    } else if port == HTTPS_PORT {
        Wanted::Elsewhere(host.to_owned(), way)
    } else {
        Wanted::Elsewhere(format!("{host}:{port}"), way)
    }
}

fn port(uri: &Uri) -> u16 {
    let usual = if uri.scheme_str() == Some("http") { 80 } else { HTTPS_PORT };
    uri.port_u16().unwrap_or(usual)
}

/// Returns the answer to a request for another host.
pub(super) fn refusal(host: &str) -> Response<String> {
    let said = format!(
        "{host} is not reached through wxconform: it stands in for WeChat ({}) and forwards nothing, so that no \
         test reaches the real network. If {host} belongs to the backend, name it in NO_PROXY.\n",
        HOSTS[0]
    );
    let mut response = Response::new(said);
    *response.status_mut() = StatusCode::FORBIDDEN;
    let declared = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, declared);
    response
}

#[cfg(test)]
mod tests {
    use hyper::{Request, StatusCode, Version};

    use super::{Wanted, refusal, wanted};
    use crate::standin::turned_away::Way;

    fn asked(method: &str, target: &str) -> Wanted {
        let request = Request::builder().method(method).uri(target).body(()).unwrap();
        wanted(&request, ([127, 0, 0, 1], 9321).into())
    }

    #[test]
    fn a_request_is_for_us_for_a_tunnel_or_for_somebody_else() {
        let elsewhere = |host: &str, way| Wanted::Elsewhere(host.to_owned(), way);
        for (method, target, expected) in [
            ("GET", "/sns/jscode2session", Wanted::Answer),
            ("OPTIONS", "*", Wanted::Answer),
            ("GET", "http://api.weixin.qq.com/a", Wanted::Answer),
            ("POST", "https://hk.api.weixin.qq.com/a", Wanted::Answer),
            ("GET", "http://127.0.0.1:9321/a", Wanted::Answer),
            ("CONNECT", "api.weixin.qq.com:443", Wanted::Tunnel),
            ("CONNECT", "api.weixin.qq.com:80", Wanted::Tunnel),
            ("CONNECT", "localhost:9321", Wanted::Tunnel),
            ("CONNECT", "api.weixin.qq.com:22", elsewhere("api.weixin.qq.com:22", Way::Connect)),
            ("CONNECT", "example.com:443", elsewhere("example.com", Way::Connect)),
            ("CONNECT", "127.0.0.1:8080", elsewhere("127.0.0.1:8080", Way::Connect)),
            ("GET", "http://example.com/a", elsewhere("example.com:80", Way::WholeUrl)),
            ("GET", "https://example.com/a", elsewhere("example.com", Way::WholeUrl)),
        ] {
            assert_eq!(asked(method, target), expected, "{method} {target}");
        }
    }

    #[test]
    fn over_http_2_a_name_is_not_compared_and_there_are_no_tunnels() {
        let asked = |method: &str, target: &str| {
            let request = Request::builder().method(method).uri(target).version(Version::HTTP_2);
            wanted(&request.body(()).unwrap(), ([127, 0, 0, 1], 9321).into())
        };
        assert_eq!(asked("GET", "https://example.com/a"), Wanted::Answer);
        assert_eq!(asked("CONNECT", "api.weixin.qq.com:443"), Wanted::NoTunnel);
    }

    #[test]
    fn a_refusal_names_the_host_and_the_way_out() {
        let refusal = refusal("example.com");
        assert_eq!(refusal.status(), StatusCode::FORBIDDEN);
        assert!(refusal.body().starts_with("example.com is not reached"), "{}", refusal.body());
        assert!(refusal.body().contains("name it in NO_PROXY"), "{}", refusal.body());
    }
}
