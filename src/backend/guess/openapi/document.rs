//! What does a description of requests say?
//!
//! OpenAPI 3.x and Swagger 2.0, as JSON or YAML.

use serde_json::Value;

use crate::backend::guess::GuessError;

/// How many references are followed one after another.
const HOPS: usize = 16;

/// A description of requests.
#[derive(Debug)]
pub(super) struct Document {
    root: Value,
}

impl Document {
    pub(super) fn read(place: &str, text: &str) -> Result<Self, GuessError> {
        let text = text.trim_start_matches('\u{feff}');
        let root: Value = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| GuessError::no_json(place, &error))?
        } else {
            serde_saphyr::from_str(text).map_err(|error| no_yaml(place, &error))?
        };
        let version = |key: &str| {
            root.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let known = version("openapi").is_some_and(|version| version.starts_with("3."))
            || version("swagger").is_some_and(|version| version.starts_with("2."));
        if !known {
            let what = tr!(
                "is neither OpenAPI 3 nor Swagger 2: there is no \"openapi\": \"3.…\" at /openapi and no \"swagger\": \"2.0\" at /swagger"
            );
            return Err(GuessError::lacks(place, what));
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            return Err(GuessError::lacks(place, tr!("there is no object at /paths")));
        }
        Ok(Self { root })
    }

    /// Returns what stands at a JSON pointer, references followed.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        Some(self.resolved(self.root.pointer(pointer)?))
    }

    /// Follows references within the file. One that leads nowhere, or round in a circle, is what it is.
    pub(super) fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        let mut at = value;
        for _ in 0..HOPS {
            let Some(reference) = at.get("$ref").and_then(Value::as_str) else { return at };
            let target = reference.strip_prefix('#').and_then(|pointer| {
                self.root.pointer(pointer).or_else(|| {
                    let decoded = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
                    self.root.pointer(&decoded)
                })
            });
            let Some(target) = target else { return at };
            at = target;
        }
        at
    }

    /// Returns the path below which all requests are, without slashes at its ends: of the first server, or the base path.
    pub(super) fn base(&self) -> String {
        let server = self.root.pointer("/servers/0/url").and_then(Value::as_str);
        let base = server.or_else(|| self.root.get("basePath").and_then(Value::as_str)).unwrap_or_default();
        let path = base
            .split_once("://")
            .map_or(base, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        // Variables of a server are not known.
        if path.contains('{') { String::new() } else { path.trim_matches('/').to_owned() }
    }
}

fn no_yaml(place: &str, error: &serde_saphyr::Error) -> GuessError {
    let what = error.to_string();
    let what = what.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    match error.location() {
        Some(at) => {
            let position = format!("line {} column {}: ", at.line(), at.column());
            let what = what.trim_start_matches(&position).to_owned();
            GuessError::Syntax { place: place.to_owned(), line: at.line(), column: at.column(), what }
        }
        None => GuessError::lacks(place, what),
    }
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[test]
    fn references_are_followed_and_circles_end() {
        let text = r##"{"openapi":"3.0.1","paths":{},"a":{"$ref":"#/b"},"b":{"$ref":"#/c~1d"},"c/d":{"x":1},
            "e":{"$ref":"#/f"},"f":{"$ref":"#/e"},"g":{"$ref":"other.json#/x"}}"##;
        let document = Document::read("api.json", text).unwrap();
        assert_eq!(document.at("/a").unwrap()["x"], 1);
        assert!(document.at("/e").unwrap().get("$ref").is_some());
        assert!(document.at("/g").unwrap().get("$ref").is_some());
        assert_eq!(document.at("/nowhere"), None);
    }

    #[test]
    fn the_base_is_that_of_the_first_server() {
        let base = |more: &str| {
            let text = format!("{{\"swagger\":\"2.0\",\"paths\":{{}}{more}}}");
            Document::read("api.json", &text).unwrap().base()
        };
        assert_eq!(base(""), "");
        assert_eq!(base(",\"basePath\":\"/api/\""), "api");
        assert_eq!(base(",\"servers\":[{\"url\":\"https://x.example/v1/\"}]"), "v1");
        assert_eq!(base(",\"servers\":[{\"url\":\"https://x.example\"}]"), "");
        assert_eq!(base(",\"servers\":[{\"url\":\"/{stage}/v1\"}]"), "");
    }

    #[test]
    fn what_is_no_description_is_told_with_its_place() {
        let told = |text: &str| Document::read("api", text).unwrap_err().to_string();
        assert!(
            told("{\"openapi\":\n3,}").starts_with("api:2:3: trailing comma"),
            "{}",
            told("{\"openapi\":\n3,}")
        );
        assert!(
            told("openapi: 3.0.0\npaths: [1, 2\n").starts_with("api:"),
            "{}",
            told("openapi: 3.0.0\npaths: [1, 2\n")
        );
        assert!(told("a: b: c").starts_with("api:1:5: "), "{}", told("a: b: c"));
        assert!(told("title: x").contains("neither OpenAPI 3 nor Swagger 2"));
        assert!(told("openapi: 3.1.0").contains("no object at /paths"));
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
                    d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\n";
        assert!(told(&format!("openapi: 3.1.0\n{bomb}")).starts_with("api"));
        assert!(told(&"[".repeat(100_000)).starts_with("api"));
    }
}
