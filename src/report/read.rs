//! Is this file a report, and which record does it hold?

use crate::record::{RunRecord, SCHEMA, Seal, digest_of};

/// Why a text is no report that can be used. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It is not JSON.
    #[error("{}", tr!("it is not JSON ({error}); a report is what `wxconform --report json=FILE` writes", error = _0))]
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
    #[error("{}", tr!("it says that it is {schema} and has not what that has: {error}", schema = format_args!("{SCHEMA:?}"), error = _0))]
    Members(#[source] serde_json::Error),
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
