//! Taking a request of the documented flow apart.

use percent_encoding::percent_decode_str;

use crate::backend::Operation;
use crate::expiry::Value;
use crate::record::Request;

/// A request of the documented flow, taken apart.
pub(super) struct Heard {
    pub(super) method: String,
    /// The parameter of the call, as it is after decoding; absent when it was left out.
    pub(super) parameter: Option<String>,
    /// Every other parameter, where it was found.
    pub(super) extra: Vec<(String, String)>,
    /// A body that is none of the documented call's.
    pub(super) raw: Option<Vec<u8>>,
    pub(super) authorization: Option<String>,
    /// The other header fields.
    pub(super) fields: Vec<(String, String)>,
}

/// Takes a request of the documented flow apart.
pub(super) fn heard(operation: &Operation, request: Request) -> Heard {
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let mut given: Vec<(String, String)> =
        query.split('&').filter(|pair| !pair.is_empty()).map(decoded).collect();
    let mut raw = None;
    if !request.body.is_empty() {
        match parameters_of(&request.body, operation.parameter) {
            Some(parameters) => given.extend(parameters),
            None => raw = Some(request.body),
        }
    }
    let mut parameter = None;
    let mut extra = Vec::new();
    for (name, value) in given {
        if name == operation.parameter && parameter.is_none() {
            parameter = Some(value);
        } else {
            extra.push((name, value));
        }
    }
    let usual =
        if operation.method == "GET" { "application/json" } else { "application/x-www-form-urlencoded" };
    let ours = |name: &str, value: &str| {
        name.eq_ignore_ascii_case("authorization")
            || name.eq_ignore_ascii_case("content-type") && raw.is_none() && value == usual
    };
    let fields = request.headers.iter().filter(|(name, value)| !ours(name, value));
    Heard {
        fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        authorization: request.headers.get("authorization").map(str::to_owned),
        method: request.method,
        parameter,
        extra,
        raw,
    }
}

/// Returns a pair as whoever reads it would.
fn decoded(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let text = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    (text(name), text(value))
}

/// Reads the parameters of a body, be it a form or JSON; absent when the call's own is not among them.
pub(super) fn parameters_of(body: &[u8], wanted: &str) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?;
    let parameters: Vec<(String, String)> = match Value::parse_json(text) {
        Ok(Value::Object(object)) => {
            let member = |(name, value): (crate::expiry::JsString, &Value)| {
                let text = if let Value::String(text) = value {
                    Some(text.to_string_lossy())
                } else {
                    value.to_json()
                };
                (name.to_string_lossy(), text.unwrap_or_default())
            };
            object.entries().map(member).collect()
        }
        Ok(_) => return None,
        Err(_) => text.split('&').map(decoded).collect(),
    };
    parameters.iter().any(|(name, _)| name == wanted).then_some(parameters)
}

/// Reads a form; absent for what is none.
pub(super) fn form_of(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?;
    (!text.starts_with('{')).then(|| text.split('&').filter(|pair| !pair.is_empty()).map(decoded).collect())
}
