//! What may stand in a body, as its schema has it?

use serde_json::{Map, Value};

use super::document::Document;
use crate::backend::guess::places::Place;

/// How deep and how far a schema is searched; it may be endless.
const DEEPEST: usize = 8;
const MOST: usize = 2000;

/// A member of a body at which something simple stands.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The names on the way.
    pub(super) path: Vec<String>,
    /// What the schema says of it.
    pub(super) schema: Value,
    /// Whether it and everything above it has to be there.
    pub(super) required: bool,
}

impl Leaf {
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Returns the JSON pointer to it.
    pub(super) fn pointer(&self) -> String {
        let steps = self.path.iter().map(|name| name.replace('~', "~0").replace('/', "~1"));
        [String::new()].into_iter().chain(steps).collect::<Vec<_>>().join("/")
    }

    /// Returns a value that may stand there: a constant, a default or an example; absent where none is given.
    pub(super) fn sample(&self) -> Option<&Value> {
        let one = ["const", "default", "example"].iter().find_map(|key| self.schema.get(key));
        let one =
            one.or_else(|| self.schema.pointer("/enum/0")).or_else(|| self.schema.pointer("/examples/0"));
        one.filter(|value| !value.is_object() && !value.is_array() && !value.is_null())
    }

    fn has(&self, key: &str, value: &str) -> bool {
        match self.schema.get(key) {
            // Since OpenAPI 3.1 there may be several types.
            Some(Value::Array(all)) => all.iter().any(|one| one == value),
            Some(one) => one == value,
            None => false,
        }
    }

    /// Returns the place of it, with a value that its type would have where no sample is given.
    pub(super) fn place(&self) -> Place {
        let value = match self.sample() {
            Some(sample) => sample.clone(),
            None if self.has("format", "date-time") => "2030-01-01T00:00:00Z".into(),
            None if self.has("type", "string") => "a text of some length".into(),
            None if self.has("type", "integer") || self.has("type", "number") => 7200.into(),
            None if self.has("type", "boolean") => true.into(),
            None => Value::Null,
        };
        // A short sample, such as "string" in generated descriptions, would be taken for no token.
        let short = value.as_str().filter(|text| text.len() < 8 && self.has("type", "string"));
        let value = short.map_or_else(|| value.clone(), |text| format!("{text} and more").into());
        Place::new(self.pointer(), self.name(), crate::expiry::Value::from(&value))
    }

    /// Tells whether its description speaks of milliseconds.
    pub(super) fn in_millis(&self) -> bool {
        let about = self.schema.get("description").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        ["millisecond", "毫秒", "(ms)", " ms"].iter().any(|word| about.contains(word))
    }
}

/// The members of an object, which of them are required, and the schema itself.
type Merged<'v> = (Vec<(String, &'v Value)>, Vec<String>, Map<String, Value>);

impl Document {
    /// Returns the members that an object of this schema has at its top, and whether they are objects.
    pub(super) fn members(&self, schema: &Value) -> Vec<(String, bool)> {
        let (members, _, _) = self.merged(schema, 0, &mut 0);
        let is_object = |below: &Value| {
            let (inner, _, simple) = self.merged(below, 0, &mut 0);
            !inner.is_empty() || simple.get("type").is_some_and(|kind| kind == "object")
        };
        members.into_iter().map(|(name, below)| (name, is_object(below))).collect()
    }

    /// Returns the members that the schema of a body has, at every depth within reason. Circles end.
    pub(super) fn leaves(&self, schema: &Value) -> Vec<Leaf> {
        let mut found = Vec::new();
        let mut seen = 0;
        self.gather(schema, &[], true, &mut seen, &mut found);
        found
    }

    fn gather(
        &self,
        schema: &Value,
        path: &[String],
        required: bool,
        seen: &mut usize,
        found: &mut Vec<Leaf>,
    ) {
        *seen += 1;
        if path.len() > DEEPEST || *seen > MOST {
            return;
        }
        let (members, needed, simple) = self.merged(schema, 0, seen);
        if members.is_empty() {
            let is_simple = !simple.get("type").is_some_and(|kind| kind == "object" || kind == "array");
            if is_simple && !path.is_empty() {
                found.push(Leaf { path: path.to_vec(), schema: Value::Object(simple), required });
            }
            return;
        }
        for (name, below) in &members {
            let path: Vec<String> = path.iter().chain([name]).cloned().collect();
            let required = required && needed.contains(name);
            self.gather(below, &path, required, seen, found);
        }
    }

    /// Returns the members of an object schema with everything that it is made of (`allOf`, or the first of `oneOf` and
    /// `anyOf`), which of them are required, and the schema itself.
    fn merged<'v>(&'v self, schema: &'v Value, depth: usize, seen: &mut usize) -> Merged<'v> {
        *seen += 1;
        let schema = self.resolved(schema);
        let (mut members, mut required) = (Vec::new(), Vec::new());
        let mut simple = schema.as_object().cloned().unwrap_or_default();
        if let Some(own) = schema.get("properties").and_then(Value::as_object) {
            members.extend(own.iter().map(|(name, below)| (name.clone(), below)));
        }
        let own = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        required.extend(own.filter_map(Value::as_str).map(str::to_owned));
        if depth >= DEEPEST || *seen > MOST {
            return (members, required, simple);
        }
        let list = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
        let parts = list("allOf").chain(list("oneOf").take(1)).chain(list("anyOf").take(1));
        for part in parts {
            let (more, needed, inner) = self.merged(part, depth + 1, seen);
            for (name, below) in more {
                // What is said later says it more exactly: an envelope is mostly a general one with its data filled in.
                match members.iter_mut().find(|(known, _)| *known == name) {
                    Some(slot) => slot.1 = below,
                    None => members.push((name, below)),
                }
            }
            required.extend(needed);
            for (key, value) in inner {
                simple.entry(key).or_insert(value);
            }
        }
        (members, required, simple)
    }
}

#[cfg(test)]
mod tests {
    use super::Document;

    fn document(schemas: &str) -> Document {
        let text = format!(r#"{{"openapi":"3.0.1","paths":{{}},"components":{{"schemas":{schemas}}}}}"#);
        Document::read("api.json", &text).unwrap()
    }

    fn pointers(schemas: &str) -> Vec<String> {
        let document = document(schemas);
        document
            .leaves(document.at("/components/schemas/A").unwrap())
            .iter()
            .map(super::Leaf::pointer)
            .collect()
    }

    #[test]
    fn parts_are_put_together() {
        let found = pointers(
            r##"{"Base":{"properties":{"code":{"type":"integer"},"data":{"type":"object"}}},
            "Token":{"type":"object","required":["t"],"properties":{"t":{"type":"string"},"n":{"oneOf":[{"type":"integer"}]}}},
            "A":{"allOf":[{"$ref":"#/components/schemas/Base"},{"properties":{"data":{"$ref":"#/components/schemas/Token"}}}]}}"##,
        );
        assert_eq!(found, ["/code", "/data/t", "/data/n"]);
    }

    #[test]
    fn circles_and_thickets_end() {
        let circle = pointers(
            r##"{"A":{"properties":{"x":{"type":"string"},"a":{"$ref":"#/components/schemas/A"}}}}"##,
        );
        assert!(circle.contains(&"/a/a/x".to_owned()) && circle.len() < 20, "{circle:?}");
        assert_eq!(
            pointers(r##"{"A":{"allOf":[{"$ref":"#/components/schemas/A"}]}}"##),
            Vec::<String>::new()
        );
        assert_eq!(pointers(r##"{"A":{"$ref":"#/components/schemas/A"}}"##), Vec::<String>::new());
        let many: Vec<String> =
            (0..9).map(|n| format!(r##""{n}":{{"$ref":"#/components/schemas/A"}}"##)).collect();
        let thicket = format!(r#"{{"A":{{"properties":{{{},"x":{{"type":"string"}}}}}}}}"#, many.join(","));
        assert!(pointers(&thicket).len() < 3000);
        let part = r##"{"allOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/A"}]}"##;
        let wide = format!(r#"{{"A":{{"allOf":[{}]}}}}"#, [part; 4].join(","));
        assert_eq!(pointers(&wide), Vec::<String>::new());
    }

    #[test]
    fn only_what_is_required_all_the_way_is_required() {
        let document = document(
            r#"{"A":{"required":["a"],"properties":{"a":{"required":["x"],"properties":{"x":{"type":"string"},"y":{}}},
            "b":{"required":["z"],"properties":{"z":{}}}}}}"#,
        );
        let leaves = document.leaves(document.at("/components/schemas/A").unwrap());
        let required: Vec<bool> = leaves.iter().map(|leaf| leaf.required).collect();
        assert_eq!(required, [true, false, false]);
    }
}
