//! Which value does a JSON text stand for?
//!
//! The answer is that of `JSON.parse`. The way back is in `stringify`.

use std::num::ParseFloatError;

use super::{JsString, Object, Value};
use crate::language::translated;

/// How many arrays and objects may stand within each other in a JSON text.
///
/// `JSON.parse` has no such limit. It keeps everything that walks through a value from exhausting a thread's
/// stack, whatever a backend sends.
pub const MAX_DEPTH: usize = 500;

/// A text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}",
    tr!("expected {expected} at byte {offset} of the JSON text", expected = translated(expected), offset)
)]
#[non_exhaustive]
pub struct SyntaxError {
    /// Where the text goes wrong, in bytes from its beginning.
    pub offset: usize,
    /// What would have been right there.
    pub expected: &'static str,
}

impl Value {
    /// Reads a value from a JSON text, as `JSON.parse(text)` does (ECMA-262, 25.5.1).
    ///
    /// Numbers become the nearest double (`1e400` infinite, `-0` negative), lone surrogates in escapes are
    /// kept, and the last of several members with the same name wins.
    ///
    /// # Errors
    ///
    /// The text is not JSON, or is nested deeper than [`MAX_DEPTH`].
    pub fn parse_json(text: &str) -> Result<Self, SyntaxError> {
        Parser { length: text.len(), rest: text, open: Vec::new() }.document()
    }
}

/// A container whose end has not been read yet.
enum Open {
    Array(Vec<Value>),
    /// An object, with the name whose value is being read.
    Object(Object, JsString),
}

/// Reads a JSON text. It keeps its own stack, because the nesting is the backend's choice.
struct Parser<'t> {
    /// The length of the whole text in bytes.
    length: usize,
    /// What has not been read yet.
    rest: &'t str,
    open: Vec<Open>,
}

impl Parser<'_> {
    fn document(mut self) -> Result<Value, SyntaxError> {
        loop {
            if let Some(value) = self.begin_value()?
                && let Some(document) = self.end_value(value)?
            {
                return Ok(document);
            }
        }
    }

    /// Reads a value, or the beginning of an array or object that is not empty.
    fn begin_value(&mut self) -> Result<Option<Value>, SyntaxError> {
        self.skip_white_space();
        let value = match self.peek() {
            Some(b'[') => {
                self.enter()?;
                if !self.skip_if(b']') {
                    self.open.push(Open::Array(Vec::new()));
                    return Ok(None);
                }
                Value::Array(Vec::new())
            }
            Some(b'{') => {
                self.enter()?;
                if !self.skip_if(b'}') {
                    let name = self.member_name()?;
                    self.open.push(Open::Object(Object::default(), name));
                    return Ok(None);
                }
                Value::Object(Object::default())
            }
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) | None => return Err(self.expected(mark!("a value"))),
        };
        Ok(Some(value))
    }

    /// Puts a value into what it stands in and reads on; returns it when it is the whole document.
    fn end_value(&mut self, mut value: Value) -> Result<Option<Value>, SyntaxError> {
        loop {
            match self.open.pop() {
                None => {
                    self.skip_white_space();
                    return if self.peek().is_none() {
                        Ok(Some(value))
                    } else {
                        Err(self.expected(mark!("the end")))
                    };
                }
                Some(Open::Array(mut items)) => {
                    items.push(value);
                    if self.skip_if(b',') {
                        self.open.push(Open::Array(items));
                        return Ok(None);
                    }
                    if !self.skip_if(b']') {
                        return Err(self.expected(mark!("`,` or `]`")));
                    }
                    value = Value::Array(items);
                }
                Some(Open::Object(mut object, name)) => {
                    object.set(name, value);
                    if self.skip_if(b',') {
                        let name = self.member_name()?;
                        self.open.push(Open::Object(object, name));
                        return Ok(None);
                    }
                    if !self.skip_if(b'}') {
                        return Err(self.expected(mark!("`,` or `}`")));
                    }
                    value = Value::Object(object);
                }
            }
        }
    }

    /// Steps over an opening bracket.
    fn enter(&mut self) -> Result<(), SyntaxError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.expected(mark!("no more than 500 levels")));
        }
        self.skip(1);
        Ok(())
    }

    fn member_name(&mut self) -> Result<JsString, SyntaxError> {
        self.skip_white_space();
        if self.peek() != Some(b'"') {
            return Err(self.expected(mark!("a member name in quotes")));
        }
        let name = self.string()?;
        if self.skip_if(b':') { Ok(name) } else { Err(self.expected("`:`")) }
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, SyntaxError> {
        if !self.rest.starts_with(word) {
            return Err(self.expected(word));
        }
        self.skip(word.len());
        Ok(value)
    }

    fn number(&mut self) -> Result<f64, SyntaxError> {
        let start = self.rest;
        self.skip_byte(b'-');
        if !self.skip_byte(b'0') {
            self.digits()?;
        }
        if self.skip_byte(b'.') {
            self.digits()?;
        }
        if self.skip_byte(b'e') || self.skip_byte(b'E') {
            if !self.skip_byte(b'+') {
                self.skip_byte(b'-');
            }
            self.digits()?;
        }
        let literal = &start[..start.len().saturating_sub(self.rest.len())];
        // The grammar of JSON numbers is a part of Rust's, so this cannot fail any more.
        literal.parse().map_err(|_never: ParseFloatError| self.expected(mark!("a number")))
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Err(self.expected(mark!("a digit")));
        }
        self.skip(count);
        Ok(())
    }

    fn string(&mut self) -> Result<JsString, SyntaxError> {
        self.skip(1);
        let mut units = Vec::new();
        loop {
            let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let plain = self.rest.bytes().take_while(is_plain).count();
            units.extend(self.rest[..plain].encode_utf16());
            self.skip(plain);
            match self.peek() {
                Some(b'"') => {
                    self.skip(1);
                    return Ok(JsString::from_units(units));
                }
                Some(b'\\') => {
                    self.skip(1);
                    units.push(self.escape()?);
                }
                Some(_) => return Err(self.expected(mark!("an escaped control character"))),
                None => return Err(self.expected(mark!("a closing quote"))),
            }
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<u16, SyntaxError> {
        let unit = match self.peek() {
            Some(character @ (b'"' | b'\\' | b'/')) => character,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => return self.unicode_escape(),
            Some(_) | None => return Err(self.expected(mark!("an escape"))),
        };
        self.skip(1);
        Ok(u16::from(unit))
    }

    fn unicode_escape(&mut self) -> Result<u16, SyntaxError> {
        self.skip(1);
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.expected(mark!("four hexadecimal digits")))?;
        self.skip(4);
        Ok(unit)
    }

    fn skip_white_space(&mut self) {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.skip(self.rest.bytes().take_while(is_space).count());
    }

    /// Steps over white space, and over `byte` when it comes next.
    fn skip_if(&mut self, byte: u8) -> bool {
        self.skip_white_space();
        self.skip_byte(byte)
    }

    fn skip_byte(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.skip(usize::from(found));
        found
    }

    fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// Steps over bytes that have been looked at; they end where a character ends.
    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn expected(&self, expected: &'static str) -> SyntaxError {
        SyntaxError { offset: self.length.saturating_sub(self.rest.len()), expected }
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_DEPTH;
    use crate::expiry::{JsString, Value};

    fn is_json(text: &str) -> bool {
        Value::parse_json(text).is_ok()
    }

    #[test]
    fn numbers_become_the_nearest_double() {
        let number = |json: &str| match Value::parse_json(json) {
            Ok(Value::Number(number)) => number.to_bits(),
            other => panic!("{json} became {other:?}"),
        };
        assert_eq!(number("1e400"), f64::INFINITY.to_bits());
        assert_eq!(number("-0"), (-0.0_f64).to_bits());
        assert_eq!(number("9007199254740993"), 9_007_199_254_740_992.0_f64.to_bits());
        assert_eq!(number("7.2E+3"), 7200.0_f64.to_bits());
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let refused = [
            "",
            " ",
            "undefined",
            "NaN",
            "Infinity",
            "01",
            "-",
            "+1",
            ".5",
            "5.",
            "1e",
            "1e+",
            "0x1",
            "-01",
            "tru",
            "truex",
            "[",
            "[1",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "{1:2}",
            "]",
            "[}",
            "[1}",
            "{\"a\":1]",
            "\"",
            "\"\\\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\u+123\"",
            "\"\\u12",
            "\"\t\"",
            "'a'",
            "1 2",
            "\u{feff}1",
            "\u{a0}1",
            "\u{c}1",
            "// a\n1",
            "\"\\é\"",
            "\"\\u1é34\"",
            "é",
        ];
        for text in refused {
            assert!(!is_json(text), "{text:?}");
        }
    }

    #[test]
    fn an_error_says_where_and_what() {
        let error = Value::parse_json("{\"a\": [1 2]}").unwrap_err();
        assert_eq!(error.to_string(), "expected `,` or `]` at byte 9 of the JSON text");
    }

    #[test]
    fn the_greatest_depth_is_safe_on_half_a_small_stack() {
        let deep = |open: &str, inner: &str, close: &str, depth: usize| {
            format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
        };
        let walk = move || {
            let json = deep("{\"a\":[", "1", "]}", MAX_DEPTH / 2);
            let value = Value::parse_json(&json).unwrap();
            assert_eq!(value, value.clone());
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(value.to_json(), Some(json));
            assert!(!format!("{value:?}").is_empty());
            let list = Value::parse_json(&deep("[", "7", "]", MAX_DEPTH)).unwrap();
            assert_eq!(list.to_js_string().unwrap(), "7");
        };
        std::thread::Builder::new().stack_size(1 << 20).spawn(walk).unwrap().join().unwrap();
        assert!(!is_json(&deep("[", "", "]", MAX_DEPTH + 1)));
        assert!(!is_json(&"[".repeat(1_000_000)));
        assert!(!is_json(&"{\"a\":".repeat(1_000_000)));
    }

    #[test]
    fn lone_surrogates_survive() {
        let value = Value::parse_json(r#""\ud800\u0041""#).unwrap();
        assert_eq!(value, Value::from(JsString::from_units(vec![0xd800, 0x41])));
    }
}
