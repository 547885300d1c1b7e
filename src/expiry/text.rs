//! What is a string to JavaScript?
//!
//! A string of JavaScript is a list of UTF-16 code units, and nothing says that surrogates come in pairs. A
//! backend can send `"\ud800"` in JSON and the mini program holds it, stores it and fails only when it wants
//! to put it into a URL. [`JsString`] can do the same, which [`String`] cannot.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::JsError;

/// The octets `encodeURIComponent` escapes: all but letters, digits and nine marks (ECMA-262, 19.2.6.4).
const ESCAPED_IN_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A string as JavaScript has it: UTF-16 code units, lone surrogates included.
///
/// Strings are ordered by their code units, as `<` orders them in JavaScript.
///
/// # Examples
///
/// ```
/// use wxconform::expiry::JsString;
///
/// let openid = JsString::from("o6_ 你");
/// assert_eq!(openid.len(), 5);
/// assert_eq!(openid.encode_uri_component()?, "o6_%20%E4%BD%A0");
/// assert!(JsString::from_units(vec![0xd800]).encode_uri_component().is_err());
/// # Ok::<(), wxconform::expiry::JsError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsString(Vec<u16>);

impl JsString {
    /// Makes a string from UTF-16 code units, which need not be well formed.
    #[must_use]
    pub fn from_units(units: Vec<u16>) -> Self {
        Self(units)
    }

    /// Returns the UTF-16 code units.
    #[must_use]
    pub fn units(&self) -> &[u16] {
        &self.0
    }

    /// Returns the `length` of the string: the number of its code units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether the string is `''`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the string as Unicode text, each lone surrogate replaced by U+FFFD.
    #[must_use]
    pub fn to_string_lossy(&self) -> String {
        String::from_utf16_lossy(&self.0)
    }

    /// Appends another string.
    pub fn push(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// Returns what `encodeURIComponent` makes of the string (ECMA-262, 19.2.6.4).
    ///
    /// # Errors
    ///
    /// A lone surrogate has no UTF-8 form: [`JsError::UriError`].
    pub fn encode_uri_component(&self) -> Result<String, JsError> {
        match String::from_utf16(&self.0) {
            Ok(text) => Ok(utf8_percent_encode(&text, ESCAPED_IN_COMPONENT).to_string()),
            Err(_) => Err(JsError::UriError("URI malformed".to_owned())),
        }
    }
}

impl From<&str> for JsString {
    fn from(text: &str) -> Self {
        Self(text.encode_utf16().collect())
    }
}

impl From<String> for JsString {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl PartialEq<str> for JsString {
    fn eq(&self, text: &str) -> bool {
        self.0.iter().copied().eq(text.encode_utf16())
    }
}

impl PartialEq<&str> for JsString {
    fn eq(&self, text: &&str) -> bool {
        *self == **text
    }
}

impl fmt::Debug for JsString {
    /// Writes the text in quotes, each lone surrogate as `\u{d800}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for decoded in char::decode_utf16(self.0.iter().copied()) {
            match decoded {
                Ok(character) => write!(f, "{}", character.escape_debug())?,
                Err(lone) => write!(f, "\\u{{{:x}}}", lone.unpaired_surrogate())?,
            }
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::JsString;
    use crate::expiry::JsError;

    #[test]
    fn a_text_equals_the_same_text_of_rust_and_no_other() {
        let text = JsString::from("a😀");
        assert!(text == "a😀" && text == *"a😀");
        for other in ["", "a", "a😁", "a😀b"] {
            assert!(text != other && text != *other, "{other}");
        }
    }

    #[test]
    fn the_length_counts_code_units() {
        assert_eq!(JsString::from("😀").len(), 2);
    }

    #[test]
    fn order_is_by_code_units_and_not_by_code_points() {
        let [emoji, tilde] = ["\u{1f600}", "\u{ff5e}"].map(JsString::from);
        assert!(emoji < tilde);
        assert!("\u{1f600}" > "\u{ff5e}");
    }

    #[test]
    fn exactly_the_unreserved_characters_stay_in_a_component() {
        let ascii: String = (0x20..0x7f_u8).map(char::from).collect();
        assert_eq!(
            JsString::from(ascii).encode_uri_component().unwrap(),
            "%20!%22%23%24%25%26'()*%2B%2C-.%2F0123456789%3A%3B%3C%3D%3E%3F%40ABCDEFGHIJKLMNOPQRSTUVWXYZ\
             %5B%5C%5D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D~"
        );
    }

    #[test]
    fn a_lone_surrogate_cannot_stand_in_a_url() {
        for units in [vec![0xd83d], vec![0xde00], vec![0xde00, 0xd83d]] {
            let refused = JsString::from_units(units).encode_uri_component();
            assert!(matches!(refused, Err(JsError::UriError(_))));
        }
        assert_eq!(
            JsString::from_units(vec![0xd83d, 0xde00]).encode_uri_component().unwrap(),
            "%F0%9F%98%80"
        );
    }

    #[test]
    fn a_lone_surrogate_is_readable_in_debug_output() {
        let text = JsString::from_units(vec![0x61, 0xd800, 0x22]);
        assert_eq!(format!("{text:?}"), r#""a\u{d800}\"""#);
        assert_eq!(text.to_string_lossy(), "a\u{fffd}\"");
    }
}
