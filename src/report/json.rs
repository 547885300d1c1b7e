//! How does a program read the record?

use serde_json::Value;

use crate::record::RunRecord;

use super::printable::is_unsafe;

/// Returns the record as indented JSON with a line break at the end, as
/// [`JSON_SCHEMA`](super::JSON_SCHEMA) describes it.
pub(super) fn render(record: &RunRecord) -> Result<String, serde_json::Error> {
    let mut text = escape_unsafe(&serde_json::to_string_pretty(record)?);
    text.push('\n');
    Ok(text)
}

/// Returns another document as indented JSON with a line break at the end, as harmless as the record.
pub(super) fn document(value: &Value) -> String {
    format!("{}\n", escape_unsafe(&format!("{value:#}")))
}

/// Spells the characters that a terminal would act on as JSON escapes.
///
/// JSON demands this only of C0, but a report is also looked at with `cat`. Outside its strings, JSON holds
/// no unsafe character but the line break, so every other one is inside a string, where the escape means
/// the same.
pub(super) fn escape_unsafe(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_unsafe(c) {
            text.push(c);
        } else {
            let mut units = [0; 2];
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use jsonschema::Validator;
    use serde_json::{Value, json};

    use super::render;
    use crate::record::RunRecord;
    use crate::report::{JSON_SCHEMA, fixtures, printable};

    /// The members that a record leaves out when they say nothing.
    const OPTIONAL: &[&str] = &[
        "reason",
        "tags",
        "expected",
        "actual",
        "notes",
        "redirects",
        "answer",
        "failure",
        "baseline",
        "waiver",
        "output",
        "until",
        "command",
        "secrets_shown",
        "judged",
        "hex",
        "evidence",
        "shard",
        "died",
        "digest",
    ];

    fn schema() -> Validator {
        let schema = serde_json::from_str(JSON_SCHEMA).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        jsonschema::draft202012::new(&schema).unwrap()
    }

    fn value(record: &RunRecord) -> Value {
        serde_json::from_str(&render(record).unwrap()).unwrap()
    }

    /// Returns the JSON pointers of all objects in a value, the value itself included.
    fn objects(value: &Value, at: &str) -> Vec<String> {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(members) => {
                members.iter().map(|(name, member)| (format!("{at}/{name}"), member)).collect()
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| (format!("{at}/{index}"), item)).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        let own = value.is_object().then(|| at.to_owned());
        own.into_iter().chain(children.iter().flat_map(|(at, child)| objects(child, at))).collect()
    }

    fn members_of(value: &Value, at: &str) -> Vec<String> {
        value.pointer(at).unwrap().as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn the_schema_accepts_every_example() {
        let schema = schema();
        for record in fixtures::all() {
            let problems: Vec<_> =
                schema.iter_errors(&value(&record)).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{problems:#?}");
        }
    }

    #[test]
    fn the_schema_rejects_an_unknown_member_in_every_object() {
        let schema = schema();
        let record = value(&fixtures::nonconforming());
        let places = objects(&record, "");
        assert!(places.len() > 20, "the example is too small to prove anything");
        for at in places {
            let mut wrong = record.clone();
            wrong.pointer_mut(&at).unwrap()["surprise"] = json!(1);
            assert!(!schema.is_valid(&wrong), "accepted an unknown member at {at}");
        }
    }

    #[test]
    fn the_schema_misses_every_member_but_the_optional_ones() {
        let schema = schema();
        let record = value(&fixtures::nonconforming());
        for at in objects(&record, "") {
            for name in members_of(&record, &at) {
                let mut less = record.clone();
                less.pointer_mut(&at).unwrap().as_object_mut().unwrap().remove(&name);
                // Who lists a known deviation always says why.
                let is_entry = at.ends_with("/waiver") || at.starts_with("/baseline/");
                let optional = OPTIONAL.contains(&name.as_str()) && !(is_entry && name == "reason");
                assert_eq!(schema.is_valid(&less), optional, "{at} without {name}");
            }
        }
    }

    #[test]
    fn the_examples_use_every_member_the_schema_describes() {
        let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for record in fixtures::all() {
            let record = value(&record);
            seen.extend(objects(&record, "").iter().flat_map(|at| members_of(&record, at)));
        }
        for at in objects(&schema, "").iter().filter(|at| at.ends_with("/properties")) {
            for name in members_of(&schema, at) {
                assert!(seen.contains(&name), "{at} describes {name}, which no example has");
            }
        }
    }

    #[test]
    fn the_schema_rejects_values_outside_the_vocabulary() {
        let schema = schema();
        let record = value(&fixtures::nonconforming());
        let wrongs = [
            ("/schema", json!("wxconform/report/2")),
            ("/verdict", json!("kept")),
            ("/seed", json!(-1)),
            ("/started_at", json!("yesterday")),
            ("/totals/requirements/kept", json!(1.5)),
            ("/baseline/entries/1/until", json!("soon")),
            ("/baseline/stale/0/kind", json!("old")),
            ("/requirements/1/id", json!("code-1")),
            ("/requirements/1/level", json!("may")),
            ("/requirements/1/verdict", json!("conforming")),
            ("/requirements/1/scenarios/0/verdict", json!("waived")),
            ("/requirements/1/scenarios/0/steps/0/outcome", json!("ok")),
            ("/requirements/1/scenarios/0/exchanges/0/from", json!("wechat")),
            ("/requirements/1/scenarios/0/exchanges/0/status", json!("200")),
            ("/requirements/1/scenarios/0/exchanges/0/request/headers", json!([["only-a-name"]])),
        ];
        for (at, wrong) in wrongs {
            let mut changed = record.clone();
            *changed.pointer_mut(at).unwrap_or_else(|| panic!("the example has no {at}")) = wrong;
            assert!(!schema.is_valid(&changed), "accepted a wrong {at}");
        }
    }

    #[test]
    fn a_record_survives_the_way_there_and_back() {
        for record in fixtures::all() {
            let back: RunRecord = serde_json::from_str(&render(&record).unwrap()).unwrap();
            assert_eq!(back, record);
        }
    }

    #[test]
    fn no_character_that_drives_a_terminal_is_written_raw() {
        let mut record = fixtures::conforming();
        let hostile = "\u{1b}[2J\u{9b}31m\u{202e}\u{e0041}\u{fffe}张";
        record.reason = Some(hostile.to_owned());
        let text = render(&record).unwrap();
        assert!(text.lines().all(|line| printable(line, usize::MAX) == line), "{text}");
        assert!(text.contains(r"\u001b[2J\u009b31m\u202e\udb40\udc41\ufffe张"), "{text}");
        assert_eq!(value(&record)["reason"], hostile);
    }

    #[test]
    fn the_json_report_reads_as_before() {
        fixtures::assert_snapshot("report__json", &render(&fixtures::nonconforming()).unwrap());
    }
}
