//! What a check has to say when a rule is not kept.

use std::fmt;
use std::time::Duration;

/// What a rule wants and what was seen instead.
///
/// Both texts are fragments for people: lower case, no full stop. They may quote the backend and are
/// redacted on their way into a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What the rule wants.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// When the exchanges were sent that show it, counted from the start of the run; empty where the check does not know
    /// them.
    pub shown_by: Vec<Duration>,
}

impl Finding {
    /// Makes a finding.
    pub fn new(expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self { expected: expected.into(), actual: actual.into(), shown_by: Vec::new() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&tr!("expected {expected}, saw {actual}", expected = self.expected, actual = self.actual))
    }
}
