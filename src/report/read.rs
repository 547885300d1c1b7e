//! Is this file a report, and which record does it hold?

use serde_json::error::Category;

use crate::record::{RunRecord, SCHEMA, Seal, digest_of};

/// Why a text is no report that can be used. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is not JSON.
    #[error("{}", tr!("it is not JSON ({error}); a report is what `wxconform --report json=FILE` writes", error = told(_0)))]
    Json(#[source] serde_json::Error),
    /// It is JSON of something else.
    #[error("{}", tr!("it is no report: it has no \"schema\"; a report is what `wxconform --report json=FILE` writes"))]
    NoReport,
    /// It is a report of another version, or something else with a schema.
    #[error("{}", other_schema(found))]
    Schema {
        /// What it says.
        found: String,
    },
    /// It says that it is a report and does not have what a report has.
    #[error("{}", tr!("it says that it is {schema} and has not what that has: {error}", schema = format_args!("{SCHEMA:?}"), error = told(_0)))]
    Members(#[source] serde_json::Error),
}

/// Says in the language of the process what serde says in English, and where.
fn told(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Eof if column == 0 && line <= 1 => tr!("it is empty"),
        Category::Eof => tr!("it ends too early, in line {line}, column {column}", line, column),
        Category::Syntax => tr!("a mistake in line {line}, column {column}", line, column),
        Category::Data => wrong_data(error, line, column),
        // A text is read without any input or output.
        Category::Io => error.to_string(),
    }
}

/// Says what is wrong with the data. Which member it is, only the words of serde tell.
fn wrong_data(error: &serde_json::Error, line: usize, column: usize) -> String {
    let text = error.to_string();
    let member = |before: &str| text.strip_prefix(before)?.split('`').next().map(str::to_owned);
    if let Some(member) = member("missing field `") {
        tr!("the member `{member}` is missing before line {line}, column {column}", member, line, column)
    } else if let Some(member) = member("duplicate field `") {
        tr!("the member `{member}` is there twice, in line {line}, column {column}", member, line, column)
    } else {
        tr!("a value that cannot stand there, in line {line}, column {column}", line, column)
    }
}

fn other_schema(found: &str) -> String {
    let (seen, read) = (format!("{found:?}"), format!("{SCHEMA:?}"));
    if found.starts_with("wxconform/report/") {
        tr!(
            "it says \"schema\": {seen}, and this version reads {read}; make both with one version, or use the version \
             that wrote it",
            seen,
            read
        )
    } else {
        tr!(
            "it says \"schema\": {seen}, and this version reads {read}; give a file that `wxconform --report \
             json=FILE` has written",
            seen,
            read
        )
    }
}

/// A report that was read from a file.
#[derive(Clone, Debug)]
pub struct ReadReport {
    /// What it says.
    pub record: RunRecord,
    /// The digest of what the file says, whatever the record knows of it.
    pub digest: String,
    /// What the digest in the record says about it.
    pub seal: Seal,
}

/// Reads the text of a JSON report.
///
/// # Errors
///
/// Fails when the text is no JSON, no report, or one of another version of the format.
///
/// # Examples
///
/// ```
/// use wxconform::report::read;
///
/// let wrong = |text: &str| read(text).unwrap_err().to_string();
/// assert!(wrong("<testsuites>").starts_with("it is not JSON"));
/// assert!(wrong("{}").starts_with("it is no report"));
/// assert!(wrong(r#"{"schema": "wxconform/report/9"}"#).contains("this version reads \"wxconform/report/1\""));
/// ```
pub fn read(text: &str) -> Result<ReadReport, ReadError> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(ReadError::Json)?;
    match value.get("schema") {
        None => return Err(ReadError::NoReport),
        Some(found) if found != SCHEMA => {
            let found = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
            return Err(ReadError::Schema { found });
        }
        Some(_) => {}
    }
    // From the text and not from the value: a member that is there twice is a mistake, and a value has lost one.
    let record = serde_json::from_str(text).map_err(ReadError::Members)?;
    Ok(ReadReport { record, digest: digest_of(&value), seal: Seal::of(&value) })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_wrong_is_told_in_plain_words_with_its_place() {
        let head = r#"{"schema": "wxconform/report/1""#;
        for (text, words) in [
            ("", "it is not JSON (it is empty); a report is what"),
            (
                "{\n  \"a\": [1,\n    2",
                "it is not JSON (it ends too early, in line 3, column 5); a report is what",
            ),
            ("{\n  \"a\": [1 2]}", "it is not JSON (a mistake in line 2, column 11); a report is what"),
            ("<html>", "it is not JSON (a mistake in line 1, column 1); a report is what"),
            (
                &format!("{head}}}"),
                "has not what that has: the member `tool` is missing before line 1, column 32",
            ),
            (
                &format!("{head}, \"seed\": 1, \"seed\": 1}}"),
                "the member `seed` is there twice, in line 1, column ",
            ),
            (
                &format!("{head},\n\"seed\": \"x\"}}"),
                "has not what that has: a value that cannot stand there, in line 2, column 11",
            ),
        ] {
            let told = read(text).unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
    }
}
