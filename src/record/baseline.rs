//! What the record says about deviations that were known before.

use serde::{Deserialize, Serialize};

use super::{RequirementRecord, RequirementVerdict, ScenarioVerdict};

/// Why a requirement may be broken for now, in the words of whoever answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// Why the deviation is known and not mended.
    pub reason: String,
    /// Who mends it.
    pub owner: String,
    /// The last day of the waiver, such as `2027-01-31`; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<String>,
}

/// The list of known deviations that a run was given, and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineRecord {
    /// The file, as it was named.
    pub path: String,
    /// What it lists, in its order.
    pub entries: Vec<BaselineEntry>,
    /// What has to be changed in it.
    pub stale: Vec<StaleEntry>,
}

/// One known deviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineEntry {
    /// The ID of the requirement.
    pub requirement: String,
    /// The line of the file in which the entry begins, counted from one.
    pub line: usize,
    /// Why, who and how long.
    #[serde(flatten)]
    pub waiver: Waiver,
}

/// An entry that no longer says what is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleEntry {
    /// The ID of the requirement.
    pub requirement: String,
    /// The line of the file in which the entry begins, counted from one.
    pub line: usize,
    /// What is wrong with it, for programs.
    pub kind: StaleKind,
    /// What is wrong with it, for people: a sentence fragment.
    pub why: String,
}

impl StaleEntry {
    /// Returns an entry about a requirement that is kept.
    pub(crate) fn kept(requirement: &str, line: usize) -> Self {
        let why = tr!("the deviation did not occur");
        Self { requirement: requirement.to_owned(), line, kind: StaleKind::Kept, why }
    }
}

/// What is wrong with an entry. Closed: part of the report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaleKind {
    /// The requirement is kept, so the entry has to go.
    Kept,
    /// The last day of the waiver is over.
    Ended,
}

impl RequirementRecord {
    /// Tells whether every scenario of the requirement was judged and kept.
    ///
    /// A requirement is also called kept when some of its scenarios do not apply to this run. A deviation may
    /// hide in those, so they do not show that it is gone.
    #[must_use]
    pub fn is_kept_throughout(&self) -> bool {
        self.verdict == RequirementVerdict::Kept
            && self.scenarios.iter().all(|scenario| scenario.verdict == ScenarioVerdict::Kept)
    }
}
