//! How do we tell a person or a machine?
//!
//! Every report is made from a [`RunRecord`](crate::record::RunRecord) and from nothing else, so that a
//! record read back from a file gives the same reports as the run that wrote it. Nothing here judges, and
//! nothing here masks secrets: a record is already redacted.
//!
//! Texts in a record may quote a hostile backend. Whatever is shown to a person goes through [`printable()`];
//! the JSON report keeps every character, spelt so that a terminal does not act on it.
//!
//! Start with [`terminal::render`] for people, and with [`ReportSpec`] and [`write()`] for machines.

mod badge;
mod diagram;
mod findings;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod messages;
mod outcome;
mod page;
mod printable;
mod read;
mod sarif;
mod shell;
pub mod site;
mod spec;
mod tap;
pub mod terminal;
mod wording;
mod write;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub use diagram::picture;
pub use printable::printable;
pub use read::{ReadError, ReadReport, read};
pub use spec::{Format, ReportSpec, SpecError, Target};
pub use write::{ReportError, check, render, write};
pub(crate) use write::{place_of, replace, try_place};

/// The JSON Schema (draft 2020-12) of the JSON report.
///
/// # Examples
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(wxconform::report::JSON_SCHEMA)?;
/// assert_eq!(schema["properties"]["schema"]["const"], wxconform::record::SCHEMA);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const JSON_SCHEMA: &str = include_str!("../../docs/report.schema.json");
