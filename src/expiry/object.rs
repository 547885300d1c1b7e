//! In which order does an object hold its properties?

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;

use super::{JsString, Value};

/// The own properties of an object of JavaScript.
///
/// They stand in the order in which JavaScript lists them (ECMA-262, 10.1.11.1): array indices ascending,
/// then all other names as they were added. A name that is set again keeps its place. `__proto__` is an
/// ordinary name, as it is for `JSON.parse`.
///
/// Two objects are equal when they have equal properties, whatever their order.
///
/// # Examples
///
/// ```
/// use wxconform::expiry::{Object, Value};
///
/// let mut token = Object::default();
/// token.set("expires_in", Value::from(7200.0));
/// token.set("7", Value::Null);
/// token.set("expires_in", Value::from("7200"));
/// assert_eq!(Value::from(token).to_json().as_deref(), Some(r#"{"7":null,"expires_in":"7200"}"#));
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Object {
    /// Boxed, because an array has room in each item for the largest kind of value.
    own: Box<Properties>,
}

#[derive(Clone, Default, PartialEq)]
struct Properties {
    indices: BTreeMap<u32, Value>,
    names: IndexMap<JsString, Value>,
}

impl Object {
    /// Returns an own property, or `None` when the object has no such property.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.get_own(&JsString::from(key))
    }

    /// Returns an own property whose name may hold lone surrogates.
    pub(super) fn get_own(&self, key: &JsString) -> Option<&Value> {
        match array_index(key.units()) {
            Some(index) => self.own.indices.get(&index),
            None => self.own.names.get(key),
        }
    }

    /// Sets a property, as `object.key = value` does.
    pub fn set(&mut self, key: impl Into<JsString>, value: Value) {
        let key = key.into();
        match array_index(key.units()) {
            Some(index) => drop(self.own.indices.insert(index, value)),
            None => drop(self.own.names.insert(key, value)),
        }
    }

    /// Returns the own properties in JavaScript's order.
    pub fn entries(&self) -> impl Iterator<Item = (JsString, &Value)> {
        let indices =
            self.own.indices.iter().map(|(index, value)| (JsString::from(index.to_string()), value));
        indices.chain(self.own.names.iter().map(|(name, value)| (name.clone(), value)))
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries()).finish()
    }
}

/// Reads a property name as an array index: canonical decimal, below 2^32 - 1 (ECMA-262, 6.1.7).
pub(super) fn array_index(name: &[u16]) -> Option<u32> {
    let digits = name.iter().map(|unit| u8::try_from(*unit).ok().filter(u8::is_ascii_digit));
    let text = digits.map(|digit| digit.map(char::from)).collect::<Option<String>>()?;
    let index = text.parse::<u32>().ok().filter(|index| *index < u32::MAX)?;
    (text.len() == 1 || !text.starts_with('0')).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::{Object, array_index};
    use crate::expiry::{JsString, Value};

    #[test]
    fn indices_come_first_and_ascend() {
        let mut object = Object::default();
        for name in ["b", "10", "9", "01", "4294967295", "4294967294", "-1", "a", "9"] {
            object.set(name, Value::Null);
        }
        let names: Vec<_> = object.entries().map(|(name, _)| name.to_string_lossy()).collect();
        assert_eq!(names, ["9", "10", "4294967294", "b", "01", "4294967295", "-1", "a"]);
    }

    #[test]
    fn a_name_set_again_keeps_its_place() {
        let mut object = Object::default();
        object.set("a", Value::Bool(false));
        object.set("b", Value::Null);
        object.set("a", Value::Bool(true));
        assert_eq!(format!("{object:?}"), r#"{"a": Bool(true), "b": Null}"#);
    }

    #[test]
    fn only_canonical_decimals_are_array_indices() {
        for (name, index) in [("0", Some(0)), ("12", Some(12)), ("", None), ("1a", None), ("+1", None)] {
            assert_eq!(array_index(JsString::from(name).units()), index, "{name:?}");
        }
    }
}
