//! Whose credentials stand in an `Authorization` header.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Returns what follows `scheme` in the only `Authorization` header.
///
/// The scheme is read without regard to case (RFC 9110 section 11.1). Two such headers are as good as
/// none: nothing says which one to believe.
pub(super) fn after_scheme<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let (found, rest) = parts(headers)?;
    found.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Splits the only `Authorization` header into its scheme and what follows.
pub(super) fn parts(headers: &HeaderMap) -> Option<(&str, &str)> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (values.next(), values.next()) else { return None };
    let (scheme, rest) = only.to_str().ok()?.split_once(' ')?;
    Some((scheme, rest.trim_start_matches(' '))).filter(|(_, rest)| !rest.is_empty())
}

/// Returns name and secret of the client from Basic credentials (RFC 7617).
pub(super) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    decode_pair(after_scheme(headers, "Basic")?)
}

/// Decodes the base64 of `name:secret`.
pub(super) fn decode_pair(encoded: &str) -> Option<(String, String)> {
    let pair = decode(encoded)?;
    let (name, secret) = pair.split_once(':')?;
    Some((name.to_owned(), secret.to_owned()))
}

/// Decodes base64 of a text.
pub(super) fn decode(encoded: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

/// Compares two secrets in a time that does not depend on where they differ.
pub(super) fn same(given: &str, expected: &str) -> bool {
    let differences = given.bytes().zip(expected.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    given.len() == expected.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use super::{after_scheme, basic, same};
    use axum::http::header::AUTHORIZATION;
    use axum::http::{HeaderMap, HeaderValue};

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_documented_client_is_app_app() {
        let pair = basic(&headers(&["Basic YXBwOmFwcA=="]));
        assert_eq!(pair, Some(("app".to_owned(), "app".to_owned())));
    }

    #[test]
    fn broken_base64_another_scheme_and_two_headers_name_nobody() {
        for values in
            [&["Basic YXBwOmFwcA"][..], &["Bearer YXBwOmFwcA=="], &["Basic"], &["Basic YXBwOmFwcA=="; 2], &[]]
        {
            assert_eq!(basic(&headers(values)), None, "{values:?}");
        }
    }

    #[test]
    fn the_scheme_is_read_without_regard_to_case() {
        assert_eq!(after_scheme(&headers(&["bEARER  tok"]), "Bearer"), Some("tok"));
        assert_eq!(after_scheme(&headers(&["Bearer "]), "Bearer"), None);
    }

    #[test]
    fn equal_means_equal_in_length_too() {
        assert!(same("app", "app"));
        assert!(!same("app", "apple") && !same("apple", "app") && !same("apq", "app") && !same("", "app"));
    }
}
