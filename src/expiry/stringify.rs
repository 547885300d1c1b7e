//! Which JSON text stands for a value?

use std::fmt::Write as _;

use serde::ser::{Serialize, Serializer};

use super::{JsString, Value, number};

impl Value {
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

impl Serialize for Value {
    /// Writes the value as [`Value::to_json`] does, with two differences that the data model of serde imposes:
    /// `undefined` alone becomes `null`, and a lone surrogate becomes U+FFFD.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Undefined | Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            // JavaScript writes whole numbers without a fraction.
            Self::Number(number) => match number::to_text(*number).parse::<i64>() {
                Ok(whole) => serializer.serialize_i64(whole),
                Err(_) if number.is_finite() => serializer.serialize_f64(*number),
                Err(_) => serializer.serialize_unit(),
            },
            Self::String(text) => serializer.serialize_str(&text.to_string_lossy()),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(object) => serializer.collect_map(
                object
                    .entries()
                    .filter(|(_, member)| **member != Self::Undefined)
                    .map(|(name, member)| (name.to_string_lossy(), member)),
            ),
        }
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
    use crate::expiry::{Object, Value};

    fn round_trip(json: &str) -> String {
        Value::parse_json(json).unwrap().to_json().unwrap()
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
    fn serde_writes_the_same_text() {
        let json = r#"{"1":[],"a":{"n":1700000000.123,"w":-7200,"z":null},"b":["é\\n",true,{}]}"#;
        let mut value = Value::parse_json(json).unwrap();
        if let Value::Object(object) = &mut value {
            object.set("left out", Value::Undefined);
        }
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(value.to_json().unwrap(), json);
        let odd = Value::from(vec![Value::Undefined, Value::from(f64::NAN), Value::from(-0.0)]);
        assert_eq!(serde_json::to_string(&odd).unwrap(), "[null,null,0]");
    }
}
