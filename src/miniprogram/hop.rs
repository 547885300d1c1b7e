//! Where does a redirect lead, and what is asked there?

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Url};

use super::failure::unsendable;
use super::padded::Padded;
use crate::record::{Headers, Request, TransportFailure};

/// One request on the way to the final answer.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
    /// How many bytes follow the body.
    padding: u64,
}

/// What an answer means for the way.
#[derive(Debug)]
pub(super) enum Next {
    /// The answer is the final one.
    Stay,
    /// The answer sends the phone elsewhere.
    Go(Box<Hop>),
    /// The answer sends the phone to a place that cannot be asked.
    Lost(String),
}

impl Hop {
    /// Prepares the first request, with so many bytes behind its body.
    pub(super) fn first(request: &Request, padding: u64) -> Result<Self, TransportFailure> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_invalid| unsendable(tr!("the method is not a token")))?;
        let url = Url::parse(&request.url)
            .map_err(|error| unsendable(tr!("the URL is not valid: {error}", error)))?;
        if !is_http(&url) {
            return Err(unsendable(tr!("the scheme {scheme} is not http or https", scheme = url.scheme())));
        }
        Ok(Self { method, url, headers: header_map(&request.headers)?, body: request.body.clone(), padding })
    }

    /// Returns the address that is asked.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Returns what is put on the wire.
    pub(super) fn to_request(&self) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        request.headers_mut().clone_from(&self.headers);
        if self.padding > 0 {
            *request.body_mut() = Some(reqwest::Body::wrap(Padded::new(self.body.clone(), self.padding)));
        } else if !self.body.is_empty() {
            *request.body_mut() = Some(self.body.clone().into());
        } else if matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
            // Some servers demand it where a body could be (RFC 9110 section 8.6), and phones send it.
            request.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from_static("0"));
        }
        request
    }

    /// Says where an answer leads, as the fetch standard does ("HTTP-redirect fetch").
    pub(super) fn next(&self, status: u16, headers: &HeaderMap) -> Next {
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Next::Stay;
        }
        let Some(location) = headers.get(LOCATION) else { return Next::Stay };
        // Some servers put UTF-8 into this field as it is, and browsers read it so.
        let location = String::from_utf8_lossy(location.as_bytes());
        let mut url = match self.url.join(&location) {
            Ok(url) if is_http(&url) => url,
            Ok(url) => {
                return Next::Lost(tr!("the scheme {scheme} is not http or https", scheme = url.scheme()));
            }
            Err(error) => return Next::Lost(tr!("the Location is not a URL: {error}", error)),
        };
        if url.fragment().is_none() {
            url.set_fragment(self.url.fragment());
        }
        let mut next = Self { url, ..self.clone() };
        if becomes_get(status, &self.method) {
            next.method = Method::GET;
            next.body.clear();
            next.padding = 0;
            for name in ["content-encoding", "content-language", "content-location", "content-type"] {
                next.headers.remove(name);
            }
        }
        if next.url.origin() != self.url.origin() {
            next.headers.remove(AUTHORIZATION);
        }
        Next::Go(Box::new(next))
    }
}

/// True when the redirected request is a GET without a body, whatever the first one was.
fn becomes_get(status: u16, method: &Method) -> bool {
    match status {
        301 | 302 => *method == Method::POST,
        303 => *method != Method::GET && *method != Method::HEAD,
        _ => false,
    }
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

fn header_map(headers: &Headers) -> Result<HeaderMap, TransportFailure> {
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter() {
        let field = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_invalid| unsendable(tr!("a header name is not a token")))?;
        map.append(field, header_value(name, value)?);
    }
    Ok(map)
}

/// Turns a text into the bytes of a header value, one byte per character, as browsers do.
fn header_value(name: &str, value: &str) -> Result<HeaderValue, TransportFailure> {
    let bytes: Result<Vec<u8>, _> = value.chars().map(|c| u8::try_from(u32::from(c))).collect();
    bytes
        .ok()
        .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
        .ok_or_else(|| unsendable(tr!("the value of {name} holds a character HTTP cannot carry", name)))
}

#[cfg(test)]
mod tests {
    use super::{Hop, Next};
    use crate::record::{FailureKind, Headers, Request};
    use reqwest::header::{HeaderMap, HeaderValue};

    fn hop(method: &str, url: &str) -> Hop {
        let headers = Headers::new(vec![
            ("Content-Type".to_owned(), "text/plain".to_owned()),
            ("Authorization".to_owned(), "Bearer t".to_owned()),
        ]);
        let request =
            Request { method: method.to_owned(), url: url.to_owned(), headers, body: b"x=1".to_vec() };
        Hop::first(&request, 0).unwrap()
    }

    fn redirect(method: &str, url: &str, status: u16, location: &str) -> Next {
        let mut headers = HeaderMap::new();
        headers.insert("location", HeaderValue::from_bytes(location.as_bytes()).unwrap());
        hop(method, url).next(status, &headers)
    }

    fn followed(method: &str, url: &str, status: u16, location: &str) -> Hop {
        let Next::Go(next) = redirect(method, url, status, location) else { panic!("no way to {location}") };
        *next
    }

    #[test]
    fn the_status_decides_what_becomes_of_method_and_body() {
        for (status, method, expected) in [
            (301, "POST", "GET"),
            (302, "POST", "GET"),
            (303, "POST", "GET"),
            (303, "PUT", "GET"),
            (303, "HEAD", "HEAD"),
            (301, "PUT", "PUT"),
            (302, "DELETE", "DELETE"),
            (307, "POST", "POST"),
            (308, "POST", "POST"),
        ] {
            let next = followed(method, "http://a/", status, "/b");
            assert_eq!(next.method.as_str(), expected, "{status} {method}");
            let dropped = method != expected;
            assert_eq!(next.body.is_empty(), dropped, "{status} {method}");
            assert_eq!(next.headers.contains_key("content-type"), !dropped, "{status} {method}");
        }
    }

    #[test]
    fn credentials_stay_with_scheme_host_and_port() {
        for (location, kept) in [
            ("/elsewhere", true),
            ("http://a:80/", true),
            ("https://a/", false),
            ("http://b/", false),
            ("http://a:81/", false),
            ("//a.evil/", false),
        ] {
            let next = followed("GET", "http://a/", 302, location);
            assert_eq!(next.headers.contains_key("authorization"), kept, "{location}");
        }
    }

    #[test]
    fn an_answer_that_names_no_place_is_the_final_one() {
        assert!(matches!(hop("GET", "http://a/").next(302, &HeaderMap::new()), Next::Stay));
        assert!(matches!(redirect("GET", "http://a/", 300, "/b"), Next::Stay));
        assert!(matches!(redirect("GET", "http://a/", 201, "/b"), Next::Stay));
    }

    #[test]
    fn a_place_that_cannot_be_asked_is_no_way() {
        for location in ["http://", "http://a:99999/", "ftp://a/", "data:text/plain,x", "javascript:1"] {
            assert!(matches!(redirect("GET", "http://a/", 302, location), Next::Lost(_)), "{location}");
        }
    }

    #[test]
    fn a_fragment_is_handed_down_unless_the_place_has_its_own() {
        assert_eq!(followed("GET", "http://a/#f", 302, "/b").url.as_str(), "http://a/b#f");
        assert_eq!(followed("GET", "http://a/#f", 302, "/b#g").url.as_str(), "http://a/b#g");
    }

    #[test]
    fn a_header_value_travels_byte_for_character_or_not_at_all() {
        let with = |value: &str| {
            let headers = Headers::new(vec![("X".to_owned(), value.to_owned())]);
            let request =
                Request { method: "GET".to_owned(), url: "http://a/".to_owned(), headers, body: vec![] };
            Hop::first(&request, 0).map(|hop| hop.headers["x"].as_bytes().to_vec()).map_err(|e| e.kind)
        };
        assert_eq!(with("caf\u{e9}"), Ok(vec![b'c', b'a', b'f', 0xe9]));
        assert_eq!(with("\u{20ac}"), Err(FailureKind::Unsendable));
        assert_eq!(with("a\r\nb: c"), Err(FailureKind::Unsendable));
    }
}
