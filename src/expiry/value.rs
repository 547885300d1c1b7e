//! What can a mini program hold after `JSON.parse`, and how does it read it?

use super::object::array_index;
use super::{JsError, JsString, Object, number};

/// A value of JavaScript, as far as JSON and `undefined` reach: there are no functions and no symbols.
///
/// Every operation has the meaning ECMA-262 gives it, quirks included. Values are compared by their
/// structure: NaN differs from itself, `0` equals `-0`, and the order of properties does not matter.
///
/// # Examples
///
/// ```
/// use wxconform::expiry::Value;
///
/// let answer = Value::parse_json(r#"{"access_token": "t-1", "expires_in": "7200"}"#)?;
/// assert!(answer.get("access_token")?.is_truthy());
/// assert_eq!(answer.get("expires_in")?.type_of(), "string");
/// assert_eq!(answer.get("refresh_token")?, Value::Undefined);
/// assert!(answer.get("data")?.get("openid").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `undefined`: what a missing property reads as.
    #[default]
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, which is an IEEE-754 double.
    Number(f64),
    /// A string.
    String(JsString),
    /// An array.
    Array(Vec<Value>),
    /// Any other object.
    Object(Object),
}

impl Value {
    /// Reads a property, as `value.key` does.
    ///
    /// Only own properties are known: a name that is inherited, such as `constructor`, reads as `undefined`.
    ///
    /// # Errors
    ///
    /// `undefined` and `null` have no properties: [`JsError::TypeError`].
    pub fn get(&self, key: &str) -> Result<Self, JsError> {
        let value = match self {
            Self::Undefined | Self::Null => {
                let kind = if *self == Self::Null { "null" } else { "undefined" };
                let message = format!("Cannot read properties of {kind} (reading '{key}')");
                return Err(JsError::TypeError(message));
            }
            Self::Bool(_) | Self::Number(_) => None,
            Self::String(text) if key == "length" => Some(length(text.len())),
            Self::String(text) => own_index(key)
                .and_then(|index| text.units().get(index))
                .map(|unit| Self::String(JsString::from_units(vec![*unit]))),
            Self::Array(items) if key == "length" => Some(length(items.len())),
            Self::Array(items) => own_index(key).and_then(|index| items.get(index)).cloned(),
            Self::Object(object) => object.get(key).cloned(),
        };
        Ok(value.unwrap_or_default())
    }

    /// Says whether the value counts as true in a condition (ECMA-262, 7.1.2).
    #[must_use]
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(number) => !number.is_nan() && *number != 0.0,
            Self::String(text) => !text.is_empty(),
            Self::Array(_) | Self::Object(_) => true,
        }
    }

    /// Returns what `typeof` says.
    #[must_use]
    pub fn type_of(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Null | Self::Array(_) | Self::Object(_) => "object",
        }
    }

    /// Returns what `String(value)` gives (ECMA-262, 7.1.17).
    ///
    /// # Errors
    ///
    /// An object whose `toString` is hidden has no primitive value: [`JsError::TypeError`]. JSON can do that,
    /// because an own property of this name is no function and hides the inherited one.
    pub fn to_js_string(&self) -> Result<JsString, JsError> {
        Ok(match self {
            Self::Undefined => JsString::from("undefined"),
            Self::Null => JsString::from("null"),
            Self::Bool(true) => JsString::from("true"),
            Self::Bool(false) => JsString::from("false"),
            Self::Number(number) => JsString::from(number::to_text(*number)),
            Self::String(text) => text.clone(),
            Self::Array(items) => join(items)?,
            Self::Object(object) if object.get("toString").is_none() => JsString::from("[object Object]"),
            Self::Object(_) => {
                return Err(JsError::TypeError("Cannot convert object to primitive value".to_owned()));
            }
        })
    }

    /// Returns what `Number(value)` gives (ECMA-262, 7.1.4).
    ///
    /// # Errors
    ///
    /// An object may have no primitive value: see [`Value::to_js_string`].
    pub fn to_number(&self) -> Result<f64, JsError> {
        Ok(match self {
            Self::Undefined => f64::NAN,
            Self::Null => 0.0,
            Self::Bool(value) => f64::from(u8::from(*value)),
            Self::Number(number) => *number,
            Self::String(text) => number::from_units(text.units()),
            Self::Array(_) | Self::Object(_) => number::from_units(self.to_js_string()?.units()),
        })
    }

    /// Returns the primitive value that stands for this one in an operation (ECMA-262, 7.1.1).
    ///
    /// ECMA-262 lets the operation prefer a number or a string. That makes no difference here: without
    /// functions in JSON, `valueOf` is the inherited one, which gives the object itself, or is hidden. Either
    /// way only the inherited `toString` gives a primitive value.
    ///
    /// # Errors
    ///
    /// An object may have no primitive value: see [`Value::to_js_string`].
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::expiry::Value;
    ///
    /// let harmless = Value::parse_json(r#"{"valueOf": 1}"#)?;
    /// assert_eq!(harmless.to_primitive()?, Value::from("[object Object]"));
    /// let throws = Value::parse_json(r#"{"toString": 1}"#)?;
    /// assert!(throws.to_primitive().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_primitive(&self) -> Result<Self, JsError> {
        match self {
            Self::Undefined | Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => {
                Ok(self.clone())
            }
            Self::Array(_) | Self::Object(_) => self.to_js_string().map(Self::String),
        }
    }
}

/// Joins the items of an array with commas, `undefined` and `null` as nothing (ECMA-262, 23.1.3.18).
fn join(items: &[Value]) -> Result<JsString, JsError> {
    let mut joined = JsString::default();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            joined.push(&JsString::from(","));
        }
        match item {
            Value::Undefined | Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                joined.push(&item.to_js_string()?);
            }
        }
    }
    Ok(joined)
}

/// Returns a length as a number. Whatever a backend sends is far shorter than 2^32 units.
fn length(units: usize) -> Value {
    Value::Number(u32::try_from(units).map_or(f64::INFINITY, f64::from))
}

/// Reads a property name as the place of an item or a code unit.
fn own_index(key: &str) -> Option<usize> {
    array_index(JsString::from(key).units()).and_then(|index| usize::try_from(index).ok())
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(JsString::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(JsString::from(text))
    }
}

impl From<JsString> for Value {
    fn from(text: JsString) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Self::from(text.as_str()),
            serde_json::Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => {
                let mut object = Object::default();
                for (name, member) in members {
                    object.set(name.as_str(), Self::from(member));
                }
                Self::Object(object)
            }
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        Self::from(&json)
    }
}

#[cfg(test)]
mod tests {
    use super::Value;
    use crate::expiry::JsError;

    fn json(text: &str) -> Value {
        Value::parse_json(text).unwrap()
    }

    #[test]
    fn undefined_and_null_have_no_properties() {
        for (value, kind) in [(Value::Undefined, "undefined"), (Value::Null, "null")] {
            let message = format!("TypeError: Cannot read properties of {kind} (reading 'openid')");
            assert_eq!(value.get("openid").unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_missing_property_reads_as_undefined() {
        for value in ["1", "true", r#""text""#, "[1]", "{}"] {
            assert_eq!(json(value).get("openid").unwrap(), Value::Undefined, "{value}");
        }
    }

    #[test]
    fn strings_and_arrays_own_a_length_and_indices() {
        assert_eq!(json(r#""é😀""#).get("length").unwrap(), Value::from(3.0));
        assert_eq!(json(r#""ab""#).get("1").unwrap(), Value::from("b"));
        assert_eq!(json("[7, 8]").get("length").unwrap(), Value::from(2.0));
        assert_eq!(json("[7, 8]").get("1").unwrap(), Value::from(8.0));
        for missing in ["2", "01", "-1", "4294967295"] {
            assert_eq!(json("[7, 8]").get(missing).unwrap(), Value::Undefined, "{missing}");
            assert_eq!(json(r#""ab""#).get(missing).unwrap(), Value::Undefined, "{missing}");
        }
        assert_eq!(json(r#"{"length": "x"}"#).get("length").unwrap(), Value::from("x"));
    }

    #[test]
    fn six_values_count_as_false() {
        for value in
            [Value::Undefined, Value::from(f64::NAN), json("null"), json("false"), json("-0"), json(r#""""#)]
        {
            assert!(!value.is_truthy(), "{value:?}");
        }
        for value in ["true", "-1", r#""0""#, r#"" ""#, "[]", "{}"] {
            assert!(json(value).is_truthy(), "{value}");
        }
    }

    #[test]
    fn typeof_knows_null_and_arrays_as_objects() {
        let kinds = ["null", "true", "0", r#""""#, "[]", "{}"].map(|text| json(text).type_of());
        assert_eq!(kinds, ["object", "boolean", "number", "string", "object", "object"]);
        assert_eq!(Value::default().type_of(), "undefined");
    }

    #[test]
    fn every_kind_has_its_text() {
        let texts = [
            ("null", "null"),
            ("true", "true"),
            ("7200.0", "7200"),
            (r#""7200""#, "7200"),
            ("{}", "[object Object]"),
            ("[]", ""),
            (r#"[null, [1, [2, "a,b"]], {}, true, [null]]"#, ",1,2,a,b,[object Object],true,"),
        ];
        for (value, text) in texts {
            assert_eq!(json(value).to_js_string().unwrap(), text, "{value}");
        }
        assert_eq!(Value::Undefined.to_js_string().unwrap(), "undefined");
        assert_eq!(Value::from(vec![Value::Undefined]).to_js_string().unwrap(), "");
    }

    #[test]
    fn every_kind_has_its_number() {
        let numbers = [
            ("null", 0.0),
            ("true", 1.0),
            (r#"" 0x10 ""#, 16.0),
            ("[]", 0.0),
            (r#"[["7"]]"#, 7.0),
            ("[null]", 0.0),
        ];
        for (value, number) in numbers {
            assert_eq!(json(value).to_number(), Ok(number), "{value}");
        }
        for value in [Value::Undefined, json("{}"), json("[1, 2]"), json(r#""7s""#)] {
            assert!(value.to_number().unwrap().is_nan(), "{value:?}");
        }
    }

    #[test]
    fn a_hidden_to_string_leaves_no_primitive_value() {
        for hidden in
            [r#"{"toString": 1}"#, r#"{"toString": null, "valueOf": 2}"#, r#"[1, [{"toString": {}}]]"#]
        {
            let value = json(hidden);
            assert!(matches!(value.to_primitive(), Err(JsError::TypeError(_))), "{hidden}");
            assert!(value.to_js_string().is_err(), "{hidden}");
            assert!(value.to_number().is_err(), "{hidden}");
        }
        let value = json(r#"{"valueOf": 1, "__proto__": {"toString": 1}}"#);
        assert_eq!(value.to_primitive().unwrap(), Value::from("[object Object]"));
    }

    #[test]
    fn the_json_of_serde_becomes_the_same_value() {
        let text = r#"{"b": [1, -2.5, 18446744073709551615], "1": null, "a": {"c": "é", "d": true}}"#;
        let parsed: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(Value::from(&parsed), json(text));
        assert_eq!(Value::from(parsed).to_json(), json(text).to_json());
    }
}
