//! How one value is read from a query or a form.

use percent_encoding::percent_decode_str;

/// Why a query or a form does not give exactly one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldError {
    /// The name does not occur.
    Missing,
    /// The value is empty.
    Empty,
    /// The name occurs more than once (refused by RFC 6749 section 3.2).
    Repeated,
    /// The name or the value is not UTF-8.
    NotText,
}

/// Returns the only value of `name` in an `application/x-www-form-urlencoded` text.
///
/// Bytes that are no UTF-8 are an error instead of being replaced: what goes on to WeChat must be what
/// the client sent, or nothing.
pub(super) fn only(encoded: &[u8], name: &str) -> Result<String, FieldError> {
    let encoded = std::str::from_utf8(encoded).map_err(|_not_utf8| FieldError::NotText)?;
    let mut found = None;
    for pair in encoded.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decode(key).is_ok_and(|key| key == name) && found.replace(value).is_some() {
            return Err(FieldError::Repeated);
        }
    }
    let value = decode(found.ok_or(FieldError::Missing)?)?;
    if value.is_empty() { Err(FieldError::Empty) } else { Ok(value) }
}

fn decode(encoded: &str) -> Result<String, FieldError> {
    let spaced = encoded.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().map_err(|_not_utf8| FieldError::NotText)?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::{FieldError, only};
    use proptest::prelude::*;

    #[test]
    fn a_value_is_decoded() {
        assert_eq!(only(b"x=1&code=a%26b+c%2B&y", "code"), Ok("a&b c+".to_owned()));
    }

    #[test]
    fn a_missing_value_is_told_apart_from_an_empty_one() {
        assert_eq!(only(b"", "code"), Err(FieldError::Missing));
        assert_eq!(only(b"code=", "code"), Err(FieldError::Empty));
        assert_eq!(only(b"CODE=x", "code"), Err(FieldError::Missing));
    }

    #[test]
    fn a_repeated_value_is_told_apart_even_when_equal() {
        assert_eq!(only(b"code=a&c%6fde=a", "code"), Err(FieldError::Repeated));
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error() {
        assert_eq!(only(b"code=%FF", "code"), Err(FieldError::NotText));
        assert_eq!(only(b"code=\xFF", "code"), Err(FieldError::NotText));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_a_form_encoder_writes_is_read_back(value in "\\PC{1,40}") {
            let form = form_urlencoded::Serializer::new(String::new()).append_pair("openid", &value).finish();
            prop_assert_eq!(only(form.as_bytes(), "openid"), Ok(value));
        }
    }
}
