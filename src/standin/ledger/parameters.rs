//! Which parameters does a request carry?

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::call::{ApiRequest, Remark};
use crate::protocol::ErrorCode;

/// The parameters of a request, decoded. Where one is repeated, the first counts.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn in_query(request: &ApiRequest) -> Self {
        Self(request.parameters())
    }

    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns a parameter that must be there and must not be empty.
    pub(super) fn required(&self, name: &str, missing: ErrorCode) -> Result<&str, ErrorCode> {
        self.first(name).filter(|value| !value.is_empty()).ok_or(missing)
    }

    /// Returns the members of a JSON body that are texts; none when the body is something else.
    pub(super) fn in_body(body: &[u8]) -> Self {
        let object: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let texts = object.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        });
        Self(texts.collect())
    }

    pub(super) fn or_in_body(&self, body: &[u8]) -> Self {
        Self(self.0.iter().cloned().chain(Self::in_body(body).0).collect())
    }

    pub(super) fn repeated(&self) -> Vec<Remark> {
        let mut seen = HashMap::<&str, usize>::new();
        let again = self.0.iter().filter(|(name, _)| {
            let times = seen.entry(name).or_default();
            *times += 1;
            *times == 2
        });
        again.map(|(name, _)| Remark::Repeated(name.clone())).collect()
    }

    pub(super) fn grant_type_remark(&self) -> Option<Remark> {
        match self.first("grant_type") {
            None => Some(Remark::GrantTypeMissing),
            Some("authorization_code") => None,
            Some(other) => Some(Remark::GrantTypeOther(other.to_owned())),
        }
    }
}
