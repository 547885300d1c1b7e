//! By what was judged, and is the record still what the run wrote?
//!
//! The digest of a record is the SHA-256 of its canonical form: its JSON without white space, the members of
//! every object in the order of their names, without `evidence.digest` itself, and in the place of each
//! requirement the digest of its own canonical form, as text. So a long record is digested piece by piece. It
//! tells an accident or a retouching hand from the original. It is no signature: who changes a record can digest
//! it anew, so the digest has to be kept where the record cannot be changed.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::RunRecord;

/// By what the backend was judged, so that a record can be checked later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    /// The version of the catalogue: the digest of the feature files.
    pub catalogue: String,
    /// The digest of the contract with everything filled in; values of secrets are left out.
    pub contract: String,
    /// The digest of this record; absent until the record is complete.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<String>,
}

/// Returns the SHA-256 of parts that follow each other, as `sha256:` and hexadecimal digits. Parts are told
/// apart: moving a byte from one to the next gives another digest.
///
/// # Examples
///
/// ```
/// use wxconform::record::sha256;
///
/// assert_ne!(sha256(["ab", "c"]), sha256(["a", "bc"]));
/// assert!(sha256([""]).starts_with("sha256:"));
/// ```
pub fn sha256<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    spelt(hash)
}

fn spelt(hash: Sha256) -> String {
    hash.finalize().iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

impl RunRecord {
    /// Puts the digest of the record into it. Whoever changes the record afterwards seals it again.
    ///
    /// A record without evidence, as older versions wrote it, stays without a digest.
    pub fn seal(&mut self) {
        if self.evidence.is_none() {
            return;
        }
        let requirements = std::mem::take(&mut self.requirements);
        // A record is made of texts, numbers and lists, which JSON can always carry.
        let mut whole = serde_json::to_value(&*self).unwrap_or_default();
        let pieces = requirements.iter().map(|one| piece(&serde_json::to_value(one).unwrap_or_default()));
        whole["requirements"] = pieces.map(Value::String).collect();
        self.requirements = requirements;
        let digest = whole_digest(&mut whole);
        if let Some(evidence) = &mut self.evidence {
            evidence.digest = Some(digest);
        }
    }
}

/// Returns the digest of a record that was read from a file, whatever members it has.
#[must_use]
pub fn digest_of(record: &Value) -> String {
    let mut whole = record.clone();
    if let Some(requirements) = whole.get_mut("requirements").and_then(Value::as_array_mut) {
        for requirement in requirements {
            *requirement = Value::String(piece(requirement));
        }
    }
    whole_digest(&mut whole)
}

fn whole_digest(whole: &mut Value) -> String {
    if let Some(evidence) = whole.get_mut("evidence").and_then(Value::as_object_mut) {
        evidence.shift_remove("digest");
    }
    piece(whole)
}

fn piece(value: &Value) -> String {
    let mut hash = Sha256::new();
    digest(value, &mut hash);
    spelt(hash)
}

/// Adds the canonical form of a value.
fn digest(value: &Value, hash: &mut Sha256) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            hash.update("{");
            for (index, (name, member)) in members.into_iter().enumerate() {
                hash.update(if index == 0 { "" } else { "," });
                hash.update(Value::String(name.clone()).to_string());
                hash.update(":");
                digest(member, hash);
            }
            hash.update("}");
        }
        Value::Array(values) => {
            hash.update("[");
            for (index, value) in values.iter().enumerate() {
                hash.update(if index == 0 { "" } else { "," });
                digest(value, hash);
            }
            hash.update("]");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            hash.update(value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::digest_of;

    #[test]
    fn the_digest_looks_at_everything_but_layout_and_itself() {
        let text = r#"{"evidence": {"catalogue": "c", "digest": "d"}, "seed": 1, "requirements": [{"a": 0.1, "b": [true]}]}"#;
        let record: serde_json::Value = serde_json::from_str(text).unwrap();
        let other_order =
            json!({"requirements": [{"b": [true], "a": 0.1}], "seed": 1, "evidence": {"catalogue": "c"}});
        assert_eq!(digest_of(&record), digest_of(&other_order));
        for (at, value) in [
            ("/seed", json!(2)),
            ("/seed", json!("1")),
            ("/evidence/catalogue", json!("C")),
            ("/requirements/0/a", json!(0.2)),
            ("/requirements/0/b", json!([])),
            ("/requirements", json!([])),
        ] {
            let mut changed = record.clone();
            *changed.pointer_mut(at).unwrap() = value;
            assert_ne!(digest_of(&changed), digest_of(&record), "{at}");
        }
        let mut more = record.clone();
        more["more"] = json!(null);
        assert_ne!(digest_of(&more), digest_of(&record));
    }
}
