//! What does the phone remember?

use std::fmt;

use crate::expiry::{JsString, Object, Value};

/// The storage of a mini program, as the synchronous functions of `wx` show it.
///
/// Values go in and come out by value: whoever changes an object afterwards does not change the storage.
///
/// # Examples
///
/// ```
/// use wxconform::expiry::Value;
/// use wxconform::miniprogram::Storage;
///
/// let mut storage = Storage::default();
/// assert_eq!(storage.get("openid"), Value::from(""));
/// storage.set("openid", Value::from("oA"));
/// storage.set("userinfo", Value::Undefined);
/// assert_eq!(storage.to_json(), r#"{"openid":"oA"}"#);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Storage(Object);

impl Storage {
    /// Makes a storage that holds these keys.
    #[must_use]
    pub fn new(entries: Object) -> Self {
        Self(entries)
    }

    /// Reads a key, as `wx.getStorageSync` does: a missing one is the empty string.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        self.0.get(key).cloned().unwrap_or_else(|| Value::from(""))
    }

    /// Writes a key, as `wx.setStorageSync` does. `undefined` can be written, but no output shows the key.
    pub fn set(&mut self, key: impl Into<JsString>, value: Value) {
        self.0.set(key, value);
    }

    /// Removes a key, as `wx.removeStorageSync` does.
    pub fn remove(&mut self, key: &str) {
        let mut kept = Object::default();
        for (name, value) in self.0.entries().filter(|(name, _)| name != key) {
            kept.set(name, value.clone());
        }
        self.0 = kept;
    }

    /// Returns everything that is stored as one object.
    #[must_use]
    pub fn entries(&self) -> &Object {
        &self.0
    }

    /// Returns everything that is stored as a JSON object; keys that hold `undefined` are left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        Value::from(self.0.clone()).to_json().unwrap_or_default()
    }
}

// The storage holds tokens, so `Debug` names the keys only.
impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.0.entries().map(|(name, _)| name).collect();
        f.debug_tuple("Storage").field(&keys).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Storage;
    use crate::expiry::Value;

    #[test]
    fn a_missing_key_reads_as_the_empty_string() {
        assert_eq!(Storage::default().get("openid"), Value::from(""));
    }

    #[test]
    fn a_removed_key_is_missing_and_the_others_stay() {
        let mut storage = Storage::default();
        storage.set("a", Value::from(1.0));
        storage.set("b", Value::Null);
        storage.remove("a");
        assert_eq!(storage.get("a"), Value::from(""));
        assert_eq!(storage.to_json(), r#"{"b":null}"#);
    }

    #[test]
    fn undefined_can_be_stored_but_is_not_shown() {
        let mut storage = Storage::default();
        storage.set("userinfo", Value::Undefined);
        assert_eq!(storage.get("userinfo"), Value::Undefined);
        assert_eq!(storage.to_json(), "{}");
    }

    #[test]
    fn values_do_not_print() {
        let mut storage = Storage::default();
        storage.set("tokenObj", Value::from("canary"));
        assert_eq!(format!("{storage:?}"), r#"Storage(["tokenObj"])"#);
    }
}
