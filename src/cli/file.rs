//! What does `wxconform.toml` say?

use std::collections::BTreeMap;
use std::ops::Range;

use toml::{Spanned, Value};

use super::given::{Given, LISTS, NAMES, Source};
use super::problem::Problem;
use crate::language::translated;

/// The name of the file, which is looked for in the current folder.
pub(super) const NAME: &str = "wxconform.toml";

/// Reads the file, if there is one.
pub(super) fn read() -> Result<Vec<Given>, Problem> {
    match std::fs::read(NAME) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes)
                .map_err(|error| Problem::usage(tr!("{NAME} is not UTF-8: {error}", NAME, error)))?;
            understand(&text)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Problem::usage(tr!("cannot read {NAME}: {error}", NAME, error))),
    }
}

fn understand(text: &str) -> Result<Vec<Given>, Problem> {
    let table: BTreeMap<Spanned<String>, Spanned<Value>> = toml::from_str(text).map_err(|error| {
        let line = line_of(text, error.span().unwrap_or_default());
        Problem::usage(tr!("{NAME}, line {line}: {detail}", NAME, line, detail = error.message()))
    })?;
    let mut rows: Vec<(Spanned<String>, Spanned<Value>)> = table.into_iter().collect();
    // Of several mistakes the first in the file is told.
    rows.sort_by_key(|(key, _)| key.span().start);
    rows.into_iter()
        .map(|(key, value)| {
            let line = line_of(text, key.span());
            given(line, key.get_ref(), value.get_ref()).map_err(|wrong| match wrong {
                Wrong::Key => unknown_key(line, key.get_ref()),
                Wrong::Value(given, detail) => given.wrong(detail),
            })
        })
        .collect()
}

/// Why a row of the file will not do.
enum Wrong {
    Key,
    Value(Given, String),
}

fn given(line: usize, key: &str, value: &Value) -> Result<Given, Wrong> {
    let name = NAMES.iter().find(|name| **name == key).ok_or(Wrong::Key)?;
    let source = Source::File(line);
    let texts = match (value.as_array(), LISTS.contains(name)) {
        (Some(values), true) => values.iter().map(scalar).collect(),
        (Some(_), false) | (None, _) => scalar(value).map(|text| vec![text]),
    };
    match texts {
        Ok(texts) => Ok(Given::new(name, source, texts)),
        Err(found) => {
            let found = translated(found);
            let detail = if LISTS.contains(name) {
                tr!("expected a text or a list of texts, not {found}", found)
            } else {
                tr!("expected a single value, not {found}", found)
            };
            Err(Wrong::Value(Given::new(name, source, Vec::new()), detail))
        }
    }
}

/// Returns a value as the text by which a flag would give it; otherwise what it is.
fn scalar(value: &Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(truth) => Ok(truth.to_string()),
        Value::Datetime(_) => Err(mark!("a date")),
        Value::Array(_) => Err(mark!("a list")),
        Value::Table(_) => Err(mark!("a table")),
    }
}

fn unknown_key(line: usize, key: &str) -> Problem {
    let nearest = NAMES.iter().min_by_key(|known| strsim::damerau_levenshtein(known, key));
    Problem::usage(tr!(
        "{NAME}, line {line}: there is no key {key}; the nearest is {nearest}; there are {keys}",
        NAME,
        line,
        key = format_args!("{key:?}"),
        nearest = format_args!("{:?}", nearest.copied().unwrap_or_default()),
        keys = NAMES.join(", ")
    ))
}

/// Returns the line that a part of the text begins in, counted from one.
fn line_of(text: &str, part: Range<usize>) -> usize {
    text.bytes().take(part.start).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::understand;
    use crate::cli::given::{Given, Source};

    #[test]
    fn keys_are_read_with_their_lines() {
        let text =
            "backend = 'http://x'\n\nonly = [\n  'CODE',\n  'USER-01',\n]\nmax-wait = 2.5\nstrict = true\n";
        let given = |name, line, texts: &[&str]| {
            Given::new(name, Source::File(line), texts.iter().map(|text| (*text).to_owned()).collect())
        };
        assert_eq!(
            understand(text).unwrap(),
            [
                given("backend", 1, &["http://x"]),
                given("only", 3, &["CODE", "USER-01"]),
                given("max-wait", 7, &["2.5"]),
                given("strict", 8, &["true"]),
            ]
        );
        assert_eq!(understand("").unwrap(), []);
    }

    #[test]
    fn a_wrong_file_is_told_with_its_line_and_the_way_out() {
        let told = |text: &str| understand(text).unwrap_err().cause().to_string();
        let unknown = told("strict = true\nbakend = 'x'\n");
        assert!(
            unknown.starts_with(
                "wxconform.toml, line 2: there is no key \"bakend\"; the nearest is \"backend\"; there are backend, baseline, clock"
            ),
            "{unknown}"
        );
        assert!(told("\n[run]\nx = 1\n").starts_with("wxconform.toml, line 2: there is no key \"run\""));
        assert_eq!(told("jobs = [1]"), "wxconform.toml, line 1, jobs: expected a single value, not a list");
        assert_eq!(
            told("only = [['x']]"),
            "wxconform.toml, line 1, only: expected a text or a list of texts, not a list"
        );
        assert!(told("strict = true\nx = [\n").starts_with("wxconform.toml, line "));
        assert!(told("seed = 1\nseed = 2\n").starts_with("wxconform.toml, line 2: "));
    }
}
