//! What does the contract find in an answer?

use std::sync::Arc;

use crate::backend::Contract;
use crate::checks::Reply;
use crate::expiry::Value;
use crate::record::Exchange;

/// Reads an exchange by the contract.
pub(crate) fn read(contract: &Contract, exchange: Arc<Exchange>) -> Reply {
    let body = exchange.answer().map_or(Value::Undefined, |answer| body(&answer.body));
    Reply {
        openid: at(&body, contract.openid_at),
        token: at(&body, contract.token_at),
        token_type: at(&body, &beside(contract.token_at, "token_type")),
        lifetime: at(&body, contract.lifetime_at),
        data: at(&body, contract.data_at),
        error: at(&body, "/error"),
        exchange,
    }
}

/// Reads a body as the phone does: JSON if it is JSON, otherwise there is nothing to find in it.
fn body(bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    Value::parse_json(text.trim_start_matches('\u{feff}')).unwrap_or(Value::Undefined)
}

/// Returns the JSON pointer to a member of the same object.
fn beside(pointer: &str, name: &str) -> String {
    let object = pointer.rsplit_once('/').map_or("", |(object, _)| object);
    format!("{object}/{name}")
}

/// Returns what stands at a JSON pointer (RFC 6901).
fn at(value: &Value, pointer: &str) -> Value {
    let mut found = value;
    for member in pointer.split('/').skip(1) {
        let name = member.replace("~1", "/").replace("~0", "~");
        let Value::Object(object) = found else { return Value::Undefined };
        let Some(next) = object.get(&name) else { return Value::Undefined };
        found = next;
    }
    found.clone()
}

#[cfg(test)]
mod tests {
    use super::{at, beside};
    use crate::expiry::Value;

    #[test]
    fn a_member_is_looked_for_in_the_same_object() {
        assert_eq!(beside("/access_token", "token_type"), "/token_type");
        assert_eq!(beside("/data/token", "token_type"), "/data/token_type");
    }

    #[test]
    fn a_pointer_that_leads_nowhere_finds_nothing() {
        let value = Value::parse_json(r#"{"data":{"openid":"o1","a/b":2},"list":[7]}"#).unwrap();
        assert_eq!(at(&value, "/data/openid"), Value::from("o1"));
        assert_eq!(at(&value, "/data/a~1b"), Value::from(2.0));
        for nowhere in ["/data/none/deeper", "/none", "/data/openid/x"] {
            assert_eq!(at(&value, nowhere), Value::Undefined, "{nowhere}");
        }
    }
}
