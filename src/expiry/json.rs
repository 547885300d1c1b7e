//! How does a text become a value, as `JSON.parse` and `JSON.stringify` turn it?

use std::fmt::Write as _;
use std::num::ParseFloatError;

use super::{JsString, Object, Value, number};

/// How many arrays and objects may stand within each other in a JSON text.
///
/// An engine has no such limit in `JSON.parse` (and one like it in `JSON.stringify`). It keeps everything
/// that walks through a value from exhausting a thread's stack, whatever a backend sends.
pub const MAX_DEPTH: usize = 500;

/// A text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {offset} of the JSON text")]
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
        Parser { text, at: 0, open: Vec::new() }.document()
    }

    /// Returns the value as a JSON text, as `JSON.stringify(value)` does (ECMA-262, 25.5.2).
    ///
    /// `undefined` has no JSON text: alone it gives `None`, in an object its member is left out, in an array it
    /// becomes `null`, as a number that is not finite does everywhere. A lone surrogate is escaped.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::expiry::Value;
    ///
    /// let value = Value::parse_json(r#"{"n": 1.70e9, "n2": 1e400, "s": "\ud800"}"#)?;
    /// assert_eq!(value.to_json().as_deref(), Some(r#"{"n":1700000000,"n2":null,"s":"\ud800"}"#));
    /// assert_eq!(Value::Undefined.to_json(), None);
    /// # Ok::<(), wxconform::expiry::SyntaxError>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Option<String> {
        if *self == Self::Undefined {
            return None;
        }
        let mut json = String::new();
        write_value(&mut json, self);
        Some(json)
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
    text: &'t str,
    at: usize,
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
            Some(_) | None => return Err(self.expected("a value")),
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
                        Err(self.expected("the end"))
                    };
                }
                Some(Open::Array(mut items)) => {
                    items.push(value);
                    if self.skip_if(b',') {
                        self.open.push(Open::Array(items));
                        return Ok(None);
                    }
                    if !self.skip_if(b']') {
                        return Err(self.expected("`,` or `]`"));
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
                        return Err(self.expected("`,` or `}`"));
                    }
                    value = Value::Object(object);
                }
            }
        }
    }

    /// Steps over an opening bracket.
    fn enter(&mut self) -> Result<(), SyntaxError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.expected("no more than 500 levels"));
        }
        self.at += 1;
        Ok(())
    }

    fn member_name(&mut self) -> Result<JsString, SyntaxError> {
        self.skip_white_space();
        if self.peek() != Some(b'"') {
            return Err(self.expected("a member name in quotes"));
        }
        let name = self.string()?;
        if self.skip_if(b':') { Ok(name) } else { Err(self.expected("`:`")) }
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, SyntaxError> {
        if !self.rest().starts_with(word) {
            return Err(self.expected(word));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<f64, SyntaxError> {
        let start = self.at;
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
        // The grammar of JSON numbers is a part of Rust's, so this cannot fail any more.
        self.text[start..self.at].parse().map_err(|_never: ParseFloatError| self.expected("a number"))
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Err(self.expected("a digit"));
        }
        self.at += count;
        Ok(())
    }

    fn string(&mut self) -> Result<JsString, SyntaxError> {
        self.at += 1;
        let mut units = Vec::new();
        loop {
            let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let plain = self.rest().bytes().take_while(is_plain).count();
            units.extend(self.rest()[..plain].encode_utf16());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(JsString::from_units(units));
                }
                Some(b'\\') => {
                    self.at += 1;
                    units.push(self.escape()?);
                }
                Some(_) => return Err(self.expected("an escaped control character")),
                None => return Err(self.expected("a closing quote")),
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
            Some(_) | None => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(u16::from(unit))
    }

    fn unicode_escape(&mut self) -> Result<u16, SyntaxError> {
        self.at += 1;
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }

    fn skip_white_space(&mut self) {
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().bytes().take_while(is_space).count();
    }

    /// Steps over white space, and over `byte` when it comes next.
    fn skip_if(&mut self, byte: u8) -> bool {
        self.skip_white_space();
        self.skip_byte(byte)
    }

    fn skip_byte(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn expected(&self, expected: &'static str) -> SyntaxError {
        SyntaxError { offset: self.at, expected }
    }
}

fn write_value(json: &mut String, value: &Value) {
    match value {
        Value::Bool(true) => json.push_str("true"),
        Value::Bool(false) => json.push_str("false"),
        Value::Number(number) if number.is_finite() => json.push_str(&number::to_text(*number)),
        Value::Undefined | Value::Null | Value::Number(_) => json.push_str("null"),
        Value::String(text) => write_string(json, text),
        Value::Array(items) => {
            let mut separator = '[';
            for item in items {
                json.push(separator);
                write_value(json, item);
                separator = ',';
            }
            json.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(object) => {
            let mut separator = '{';
            for (name, member) in object.entries() {
                if *member != Value::Undefined {
                    json.push(separator);
                    write_string(json, &name);
                    json.push(':');
                    write_value(json, member);
                    separator = ',';
                }
            }
            json.push_str(if separator == '{' { "{}" } else { "}" });
        }
    }
}

fn write_string(json: &mut String, text: &JsString) {
    json.push('"');
    for decoded in char::decode_utf16(text.units().iter().copied()) {
        match decoded {
            Ok('"') => json.push_str("\\\""),
            Ok('\\') => json.push_str("\\\\"),
            Ok('\u{8}') => json.push_str("\\b"),
            Ok('\u{c}') => json.push_str("\\f"),
            Ok('\n') => json.push_str("\\n"),
            Ok('\r') => json.push_str("\\r"),
            Ok('\t') => json.push_str("\\t"),
            Ok(control @ ..='\u{1f}') => write_escape(json, u32::from(control)),
            Ok(character) => json.push(character),
            Err(lone) => write_escape(json, u32::from(lone.unpaired_surrogate())),
        }
    }
    json.push('"');
}

fn write_escape(json: &mut String, unit: u32) {
    // Writing into a `String` cannot fail.
    let _infallible = write!(json, "\\u{unit:04x}");
}

#[cfg(test)]
mod tests {
    use super::MAX_DEPTH;
    use crate::expiry::{JsString, Object, Value};

    fn round_trip(json: &str) -> String {
        Value::parse_json(json).unwrap().to_json().unwrap()
    }

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
    fn texts_are_written_as_javascript_writes_them() {
        for (json, expected) in [
            (" {\t\"a\" :\r[ 1.0 ,\n2e21, -0, 1e400 ] } ", r#"{"a":[1,2e+21,0,null]}"#),
            ("[[],{},[{}]]", "[[],{},[{}]]"),
            (r#"{"b":1,"2":0,"b":3,"1":0}"#, r#"{"1":0,"2":0,"b":3}"#),
            (r#"{"__proto__":null}"#, r#"{"__proto__":null}"#),
            (r#""\u0000\u001F\b\f\n\r\t\"\\\/\u007f""#, "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\u{7f}\""),
            (r#""\uD83D\uDE00\uDE00\uD83D""#, r#""😀\ude00\ud83d""#),
        ] {
            assert_eq!(round_trip(json), expected);
        }
    }

    #[test]
    fn undefined_has_no_json_text() {
        let mut object = Object::default();
        object.set("a", Value::Undefined);
        assert_eq!(Value::from(object.clone()).to_json().as_deref(), Some("{}"));
        object.set("b", Value::from(vec![Value::Undefined, Value::from(f64::NAN)]));
        assert_eq!(Value::from(object).to_json().as_deref(), Some(r#"{"b":[null,null]}"#));
        assert_eq!(Value::Undefined.to_json(), None);
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
