//! What did an answer look like?

use super::text_of;
use crate::backend::body_of;
use crate::backend::guess::TOKEN_NAMES;
use crate::expiry::Value;
use crate::record::Answer;

/// How long a text is shown as it stands; what is longer may be a secret.
const SHOWN: usize = 24;

/// How much of an answer is shown.
const LONGEST: usize = 200;

/// Shows what an answer looked like, without what may be a secret, in one line.
pub(super) fn shape(answer: &Answer) -> String {
    let body = body_of(answer);
    let shown = if body == Value::Undefined {
        text_of(answer)
    } else {
        masked(&body, "").to_json().unwrap_or_default()
    };
    let one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = one_line.chars().take(LONGEST).collect();
    let more = if short.len() < one_line.len() { " …" } else { "" };
    match short.as_str() {
        "" => tr!("{status} with an empty body", status = answer.status),
        short => format!("{} {short}{more}", answer.status),
    }
}

/// Returns the value with long texts, and those under the name of a credential, replaced by their length.
fn masked(value: &Value, name: &str) -> Value {
    match value {
        Value::String(text) => {
            let credential = TOKEN_NAMES.contains(&name.to_lowercase().as_str()) || name == "session_key";
            if text.len() > SHOWN && !text.to_string_lossy().contains(' ') || credential && !text.is_empty() {
                Value::from(tr!("({count} letters)", count = text.len()).as_str())
            } else {
                value.clone()
            }
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| masked(item, name)).collect()),
        Value::Object(object) => {
            let mut shown = crate::expiry::Object::default();
            for (name, value) in object.entries() {
                let value = masked(value, &name.to_string_lossy());
                shown.set(name, value);
            }
            Value::from(shown)
        }
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::shape;
    use crate::record::{Answer, Headers};

    fn answer(body: &str) -> Answer {
        Answer { status: 200, headers: Headers::default(), body: body.as_bytes().to_vec(), cut: false }
    }

    #[test]
    fn no_secret_is_shown() {
        let shown =
            shape(&answer(r#"{"token":"hush-hush","msg":"well done","x":"0123456789012345678901234567"}"#));
        assert_eq!(shown, r#"200 {"token":"(9 letters)","msg":"well done","x":"(28 letters)"}"#);
        assert_eq!(shape(&answer("")), "200 with an empty body");
    }
}
