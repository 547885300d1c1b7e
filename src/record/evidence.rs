//! By what was judged, and is the record still what the run wrote?
//!
//! The digest of a record is the SHA-256 of its canonical form: its JSON without white space, the members of
//! every object in the order of their names, without `evidence.digest` itself, and in the place of each
//! requirement the digest of its own canonical form, as text. So a long record is digested piece by piece. A number is
//! written as the shortest decimal that reads back as the same double, without exponent, and without fraction when it is
//! whole: a program that reads a record and writes it again may spell `0.0` as `0`, and says the same. The digest tells
//! an accident or a retouching hand from the original. It is no signature: who changes a record can digest it anew, so
//! the digest has to be kept where the record cannot be changed.
//!
//! Older records were digested with their numbers as they stood there, moments and durations of exchanges always with a
//! fraction. Such a digest still counts.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
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
        let pieces = requirements
            .iter()
            .map(|one| piece(Numbers::Canonical, &serde_json::to_value(one).unwrap_or_default()));
        whole["requirements"] = pieces.map(Value::String).collect();
        self.requirements = requirements;
        let digest = whole_digest(Numbers::Canonical, &mut whole);
        if let Some(evidence) = &mut self.evidence {
            evidence.digest = Some(digest);
        }
    }
}

/// What the digest in a record says about it. Closed: there is a digest that fits, one that does not, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// The record is what was digested.
    Untouched,
    /// The record was changed after it was digested.
    Changed,
    /// The record has no digest, so nothing can be said about it.
    Missing,
}

impl Seal {
    /// Compares the digest in a record that was read from a file with what the file says, whatever members it has.
    ///
    /// # Examples
    ///
    /// ```
    /// use serde_json::json;
    /// use wxconform::record::{Seal, digest_of};
    ///
    /// let mut record = json!({"evidence": {}, "seed": 1});
    /// assert_eq!(Seal::of(&record), Seal::Missing);
    /// record["evidence"]["digest"] = digest_of(&record).into();
    /// assert_eq!(Seal::of(&record), Seal::Untouched);
    /// record["seed"] = 2.into();
    /// assert_eq!(Seal::of(&record), Seal::Changed);
    /// ```
    #[must_use]
    pub fn of(record: &Value) -> Self {
        let told = record.pointer("/evidence/digest").filter(|told| !told.is_null());
        let Some(told) = told else { return Self::Missing };
        let fits = |numbers| *told == digest_with(numbers, record);
        if fits(Numbers::Canonical) || fits(Numbers::AsWritten) { Self::Untouched } else { Self::Changed }
    }
}

/// How numbers stand in what is digested.
#[derive(Clone, Copy)]
enum Numbers {
    /// By their value alone.
    Canonical,
    /// As older records were digested.
    AsWritten,
}

/// The members of older records that were always written with a fraction.
const FRACTIONS: [&str; 2] = ["at_ms", "took_ms"];

/// Returns the digest of a record that was read from a file, whatever members it has.
#[must_use]
pub fn digest_of(record: &Value) -> String {
    digest_with(Numbers::Canonical, record)
}

fn digest_with(numbers: Numbers, record: &Value) -> String {
    let mut whole = record.clone();
    if let Some(requirements) = whole.get_mut("requirements").and_then(Value::as_array_mut) {
        for requirement in requirements {
            *requirement = Value::String(piece(numbers, requirement));
        }
    }
    whole_digest(numbers, &mut whole)
}

fn whole_digest(numbers: Numbers, whole: &mut Value) -> String {
    if let Some(evidence) = whole.get_mut("evidence").and_then(Value::as_object_mut) {
        evidence.shift_remove("digest");
    }
    piece(numbers, whole)
}

fn piece(numbers: Numbers, value: &Value) -> String {
    let mut hash = Sha256::new();
    digest(numbers, "", value, &mut hash);
    spelt(hash)
}

/// Adds the canonical form of a value, which is a member of this name or has none.
fn digest(numbers: Numbers, name: &str, value: &Value, hash: &mut Sha256) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            hash.update("{");
            for (index, (name, member)) in members.into_iter().enumerate() {
                hash.update(if index == 0 { "" } else { "," });
                hash.update(Value::String(name.clone()).to_string());
                hash.update(":");
                digest(numbers, name, member, hash);
            }
            hash.update("}");
        }
        Value::Array(values) => {
            hash.update("[");
            for (index, value) in values.iter().enumerate() {
                hash.update(if index == 0 { "" } else { "," });
                digest(numbers, "", value, hash);
            }
            hash.update("]");
        }
        Value::Number(number) => hash.update(match numbers {
            Numbers::Canonical => canonical(number),
            Numbers::AsWritten => as_written(name, number),
        }),
        Value::Null | Value::Bool(_) | Value::String(_) => hash.update(value.to_string()),
    }
}

/// Spells a number by its value alone: no integer of a record is so large that a double could not tell it from the next.
fn canonical(number: &Number) -> String {
    match number.as_f64() {
        Some(0.0) => "0".to_owned(),
        // Rust writes the shortest decimal that reads back, no fraction where there is none, and never an exponent.
        Some(value) => value.to_string(),
        None => number.to_string(),
    }
}

fn as_written(name: &str, number: &Number) -> String {
    let fraction = Some(number).filter(|number| FRACTIONS.contains(&name) && !number.is_f64());
    let fraction = fraction.and_then(Number::as_f64).and_then(Number::from_f64);
    fraction.as_ref().unwrap_or(number).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{Numbers, Seal, digest_of, digest_with};

    /// Returns JSON values whose numbers are of every kind: small and large, whole and broken.
    fn values() -> impl Strategy<Value = Value> {
        let whole = prop_oneof![
            -2_000_i64..2_000,
            any::<i64>(),
            (-(1_i64 << 53)..(1 << 53)),
            prop_oneof![Just(1_i64 << 53), Just(i64::MAX), Just(i64::MIN)],
        ];
        let broken = prop_oneof![any::<f64>(), -1e4..1e4, Just(-0.0), Just(1e16), Just(1e23), Just(5e-324)];
        let leaf = prop_oneof![
            whole.prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            broken.prop_map(Value::from),
            "[a-z0.]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c]|at_ms|requirements|evidence", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Writes a value as another program would: numbers without a needless fraction, or with an exponent.
    fn respelt(value: &Value, exponents: bool) -> String {
        match value {
            Value::Number(number) => match number.as_f64() {
                Some(double) if number.is_f64() && exponents => format!("{double:e}"),
                Some(double) if number.is_f64() => double.to_string(),
                Some(double) if exponents && double.abs() < 1e15 => format!("{double:.1}"),
                _ => number.to_string(),
            },
            Value::Array(values) => {
                let values: Vec<String> = values.iter().map(|one| respelt(one, exponents)).collect();
                format!("[ {} ]", values.join(" , "))
            }
            Value::Object(members) => {
                let member = |(name, member): (&String, &Value)| {
                    format!("{}: {}", Value::from(name.as_str()), respelt(member, exponents))
                };
                // In another order too.
                format!("{{{}}}", members.iter().rev().map(member).collect::<Vec<_>>().join(","))
            }
            Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
        }
    }

    /// Tells whether two values are the same to whoever compares numbers by their value.
    fn equal(one: &Value, other: &Value) -> bool {
        match (one, other) {
            (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
            (Value::Array(one), Value::Array(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
            }
            (Value::Object(one), Value::Object(other)) => {
                one.len() == other.len()
                    && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| equal(one, other)))
            }
            _ => one == other,
        }
    }

    fn without_digest(value: &Value) -> Value {
        let mut value = value.clone();
        if let Some(evidence) = value.get_mut("evidence").and_then(Value::as_object_mut) {
            evidence.shift_remove("digest");
        }
        value
    }

    proptest! {
        #[test]
        fn the_digest_is_that_of_what_is_said_however_it_is_spelt(value in values(), exponents: bool) {
            let again: Value = serde_json::from_str(&respelt(&value, exponents)).unwrap();
            prop_assert_eq!(digest_of(&value), digest_of(&again), "{} and {}", value, again);
        }

        #[test]
        fn what_says_something_else_has_another_digest(one in values(), other in values()) {
            let same = equal(&without_digest(&one), &without_digest(&other));
            prop_assert_eq!(digest_of(&one) == digest_of(&other), same, "{} and {}", one, other);
        }

        #[test]
        fn one_number_is_told_from_the_next(number in any::<f64>().prop_filter("zero has two", |one| *one != 0.0)) {
            let next = f64::from_bits(number.to_bits() ^ 1);
            prop_assume!(next.is_finite() && next != 0.0);
            prop_assert_ne!(digest_of(&json!([number])), digest_of(&json!([next])));
        }
    }

    #[test]
    fn a_number_is_spelt_by_its_value() {
        let spelt = |text: &str| super::canonical(&serde_json::from_str(text).unwrap());
        for (texts, canonical) in [
            (&["0", "0.0", "-0.0", "0e5"][..], "0"),
            (&["12", "12.0", "1.2e1"], "12"),
            (&["0.125", "1.25e-1"], "0.125"),
            (&["-7.0"], "-7"),
            (&["1e16", "10000000000000000"], "10000000000000000"),
            (&["9007199254740991", "9007199254740991.0"], "9007199254740991"),
            (&["1152921504606846976", "1152921504606847000"], "1152921504606847000"),
            (&["1e-7"], "0.0000001"),
            (&["1e23", "100000000000000000000000"], "100000000000000000000000"),
        ] {
            for text in texts {
                assert_eq!(spelt(text), canonical, "{text}");
            }
        }
    }

    #[test]
    fn a_seal_of_an_older_version_holds_whatever_wrote_the_record_again() {
        let mut record = json!({"seed": 7, "evidence": {"catalogue": "c"}, "requirements": [
            {"exchanges": [{"at_ms": 0.0, "took_ms": 1.5}]}
        ]});
        let older = digest_with(Numbers::AsWritten, &record);
        assert_ne!(older, digest_of(&record), "nothing is proved");
        record["evidence"]["digest"] = older.into();
        assert_eq!(Seal::of(&record), Seal::Untouched);
        let again: Value = serde_json::from_str(&respelt(&record, false)).unwrap();
        assert!(again.pointer("/requirements/0/exchanges/0/at_ms").unwrap().is_u64());
        assert_eq!(Seal::of(&again), Seal::Untouched);
        record["requirements"][0]["exchanges"][0]["at_ms"] = json!(0.5);
        assert_eq!(Seal::of(&record), Seal::Changed);
    }

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
