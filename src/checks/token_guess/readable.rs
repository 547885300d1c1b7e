//! Is a token nothing but a text that anybody could write, or one that is badly hidden?

use super::super::token_clock::without_times;
use super::super::token_forms::bytes_of;
use super::super::token_jwt::texts;
use super::super::token_sequence::follow;
use super::{Issue, TOO_FEW_BITS, each_layer, near, varying_bits};
use crate::expiry::Value;

/// How many bytes of an openid it takes to see that the same key hides each.
const FEWEST_BYTES: usize = 8;

/// What stands for an identity of the owner, and between the members of an object.
const OWNER: &str = "\u{1}";
const NEXT: &str = "\u{2}";

/// Says that all tokens are objects that tell whose they are, when they were made, and nothing that is secret.
pub(super) fn objects_without_secret(issues: &[&Issue]) -> Option<String> {
    let tokens: Vec<String> = issues.iter().map(|issue| issue.token.clone()).collect();
    let near = near(issues);
    if tokens.len() < 2 {
        return None;
    }
    each_layer(&tokens).find_map(|(_, written)| {
        let objects: Option<Vec<Value>> = written
            .iter()
            .map(|text| Value::parse_json(text).ok().filter(|value| matches!(value, Value::Object(_))))
            .collect();
        let rest = |(issue, object): (&&Issue, &Value)| {
            let told = texts(object).into_iter().map(|(_, text)| {
                if issue.identities().any(|known| known == text) {
                    return OWNER.to_owned();
                }
                without_times(&text, &near).unwrap_or(text)
            });
            told.collect::<Vec<_>>().join(NEXT)
        };
        let rests: Vec<String> = issues.iter().zip(&objects?).map(rest).collect();
        let tells_owner = rests.iter().all(|rest| rest.contains(OWNER));
        (tells_owner && (varying_bits(&rests) <= TOO_FEW_BITS || follow(&rests))).then(|| {
            tr!("each token is readable JSON that names its owner, holds no secret and carries no signature")
        })
    })
}

/// Says that all tokens are the openids of their owners under one key, which each of them gives away to its owner.
pub(super) fn masked(issues: &[&Issue]) -> Option<String> {
    let mut first: Option<Vec<Vec<u8>>> = None;
    for issue in issues {
        let openid = issue.openid.as_bytes();
        let keys = bytes_of(&issue.token)
            .filter(|bytes| bytes.len() == openid.len() && openid.len() >= FEWEST_BYTES);
        let mut keys: Vec<Vec<u8>> =
            keys.map(|bytes| bytes.iter().zip(openid).map(|(one, other)| one ^ other).collect()).collect();
        if let Some(known) = &first {
            keys.retain(|key| known.contains(key));
        }
        if keys.is_empty() {
            return None;
        }
        first = Some(keys);
    }
    (issues.len() > 1).then(|| {
        tr!("each token is the openid of its owner, hidden with the same key (XOR), which it gives away")
    })
}
