//! What was seen, and what is concluded?
//!
//! An [`Exchange`] is what was seen, raw, so that checks can judge it byte by byte. A [`RunRecord`] is what
//! is concluded, redacted, so that reports can show it to anybody. The way from the one to the other leads
//! through a [`Redactor`], and there is no other way.
//!
//! This module decides nothing about the backend; it only says how single verdicts add up.

mod baseline;
mod compare;
mod conclude;
mod evidence;
mod exchange;
mod exit;
mod finding;
mod follow;
mod hidden;
mod join;
mod mask;
mod redact;
mod run;
mod scenario_changes;
mod shard;
mod spelling;
mod verdict;
mod written;

pub use baseline::{BaselineEntry, BaselineRecord, StaleEntry, StaleKind, Waiver};
pub use compare::{Change, Difference, differences};
pub use conclude::{Circumstances, overall, reason_for};
pub use evidence::{EvidenceRecord, Seal, digest_of, sha256};
pub use exchange::{
    Answer, Exchange, FailureKind, Headers, Leg, Outcome, REASON, Redirect, Request, TransportFailure,
    purpose_said,
};
pub use exit::ExitStatus;
pub use finding::Finding;
pub use hidden::Finder;
pub use join::{JoinError, join};
pub use redact::Redactor;
pub(crate) use run::SHARING;
pub use run::{
    BackendRecord, ExchangeRecord, MessageRecord, RequirementRecord, RunRecord, SCHEMA, ScenarioCounts,
    ScenarioRecord, Selection, StepRecord, ToolRecord, Totals, UnexpectedCall, VerdictCounts,
};
pub use scenario_changes::ScenarioChanges;
pub use shard::{PlannedRecord, Shard, ShardRecord};
pub(crate) use spelling::STANDARD;
pub use verdict::{Level, RequirementVerdict, RunVerdict, ScenarioVerdict};
