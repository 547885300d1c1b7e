//! The record of a run, which is also the JSON report.
//!
//! The field names are a published format. Fields are added and never renamed; a change that breaks a
//! reader gets a new number in [`SCHEMA`].

use serde::{Deserialize, Serialize};

use super::{
    BaselineRecord, EvidenceRecord, Level, RequirementVerdict, RunVerdict, ScenarioVerdict, ShardRecord,
    Waiver,
};

/// The name and version of the report format.
pub const SCHEMA: &str = "wxconform/report/1";

/// Everything a run concluded, and the traffic that proves it. Redacted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The program that judged.
    pub tool: ToolRecord,
    /// The backend that was judged.
    pub backend: BackendRecord,
    /// The name of the contract by which the backend was addressed.
    pub contract: String,
    /// By what was judged, in digests; absent in older records.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<EvidenceRecord>,
    /// The seed from which every minted value derives; with the same seed a run repeats.
    pub seed: u64,
    /// When the run started, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// True when a broken should counts.
    pub strict: bool,
    /// Which requirements were asked for.
    pub selection: Selection,
    /// Which part of a run this is; absent when it is the whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shard: Option<ShardRecord>,
    /// The known deviations that the run was told of; absent when it was told of none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub baseline: Option<BaselineRecord>,
    /// Why nothing could be judged at all; absent when the backend answered and asked the stand-in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub preflight: Option<String>,
    /// What the run says about the backend.
    pub verdict: RunVerdict,
    /// Why, in a sentence fragment; absent when the verdict speaks for itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The counts.
    pub totals: Totals,
    /// The command that repeats the run, word by word; absent when no command started it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub command: Vec<String>,
    /// True when secrets were not taken out, because somebody asked for that.
    #[serde(skip_serializing_if = "is_false", default)]
    pub secrets_shown: bool,
    /// The selected requirements in the order of the catalogue.
    pub requirements: Vec<RequirementRecord>,
    /// Calls to the stand-in that WeChat would not know.
    pub unexpected_calls: Vec<UnexpectedCall>,
}

/// The options that make a run a part of one.
pub(crate) const SHARING: [&str; 2] = ["--shard", "--durations"];

impl RunRecord {
    /// Returns the command of the run without some of its options, such as `--shard`, and without their values.
    pub(crate) fn command_without(&self, options: &[&str]) -> Vec<String> {
        let mut words = Vec::new();
        let mut given = self.command.iter();
        while let Some(word) = given.next() {
            if options.contains(&word.as_str()) {
                given.next();
            } else {
                words.push(word.clone());
            }
        }
        words
    }
}

/// The program that judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRecord {
    /// The name of the program.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The backend that was judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendRecord {
    /// Where it was asked.
    pub url: String,
    /// `reference` for the built-in one, `launched` for one that the run started, `external` for any other.
    pub kind: String,
    /// Where it was to reach WeChat.
    pub wechat: String,
    /// The command that started it, its placeholders not filled; absent when the run did not start it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub command: Option<String>,
    /// The last lines that a launched backend wrote; absent when all went well.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub output: Vec<String>,
}

/// Which requirements were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The requirement IDs asked for; empty means no restriction.
    pub only: Vec<String>,
    /// The tag expression asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tags: Option<String>,
}

/// The counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// How many requirements the catalogue holds.
    pub catalogue: usize,
    /// How many of them were selected.
    pub selected: usize,
    /// How many requirements got each verdict.
    pub requirements: VerdictCounts,
    /// How many scenarios were planned, and how many ran to an end.
    pub scenarios: ScenarioCounts,
    /// How many requests the phones sent.
    pub exchanges: usize,
    /// How many requests the stand-in received from the backend.
    pub wechat_calls: usize,
}

/// How many requirements got each verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the words of RequirementVerdict")]
pub struct VerdictCounts {
    pub kept: usize,
    pub broken: usize,
    pub advised: usize,
    pub observed: usize,
    pub skipped: usize,
    pub undecided: usize,
    pub waived: usize,
}

impl VerdictCounts {
    /// Counts one verdict.
    pub fn add(&mut self, verdict: RequirementVerdict) {
        *match verdict {
            RequirementVerdict::Kept => &mut self.kept,
            RequirementVerdict::Broken => &mut self.broken,
            RequirementVerdict::Advised => &mut self.advised,
            RequirementVerdict::Observed => &mut self.observed,
            RequirementVerdict::Skipped => &mut self.skipped,
            RequirementVerdict::Undecided => &mut self.undecided,
            RequirementVerdict::Waived => &mut self.waived,
        } += 1;
    }
}

/// How many scenarios were planned, and how many ran to an end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioCounts {
    /// How many the plan holds.
    pub planned: usize,
    /// How many came to an end, whatever their verdict.
    pub ran: usize,
}

/// A requirement and what the run says about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequirementRecord {
    /// The stable ID, such as `CODE-02`.
    pub id: String,
    /// The part of the flow it belongs to, such as `Exchanging the login code`.
    pub area: String,
    /// How much it weighs.
    pub level: Level,
    /// What it demands, in one sentence.
    pub sentence: String,
    /// Why it matters.
    pub why: String,
    /// How a breach is usually mended.
    pub fix: String,
    /// Who says so.
    pub source: String,
    /// What the run says.
    pub verdict: RequirementVerdict,
    /// Why it was skipped, waived or not decided, or what was observed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// What the baseline says about the deviation; present when the verdict is waived.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waiver: Option<Waiver>,
    /// The scenarios that prove it.
    pub scenarios: Vec<ScenarioRecord>,
}

/// A scenario and what it showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// Its title; rows of a table are told apart by their values.
    pub name: String,
    /// Where it stands, such as `features/token.feature:12`.
    pub location: String,
    /// What it showed.
    pub verdict: ScenarioVerdict,
    /// Why it was skipped or not decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// What the rule wants, when it is broken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<String>,
    /// What was seen instead.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<String>,
    /// What was observed, when there is no right or wrong about it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Its steps, up to and including the one that ended it.
    pub steps: Vec<StepRecord>,
    /// The traffic, in the order it was sent: what the phone saw and what WeChat received.
    pub exchanges: Vec<ExchangeRecord>,
}

/// One step of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The keyword and the sentence.
    pub text: String,
    /// `passed`, `failed` or `not reached`.
    pub outcome: String,
}

/// One HTTP exchange, redacted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExchangeRecord {
    /// Who asked: `phone` or `backend`.
    pub from: String,
    /// Who was asked: `backend` or `wechat`.
    pub to: String,
    /// The person whose phone or code it was.
    pub actor: String,
    /// What it was for.
    pub purpose: String,
    /// When it was sent, in milliseconds from the start of the run.
    pub at_ms: f64,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// What was sent.
    pub request: MessageRecord,
    /// The status of the final answer; absent when none came.
    pub status: Option<u16>,
    /// The URLs of the redirects that were followed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub redirects: Vec<String>,
    /// True when the scenario is broken and this is the exchange that shows it, as far as that can be told.
    #[serde(skip_serializing_if = "is_false", default)]
    pub judged: bool,
    /// What came back; absent when nothing did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub answer: Option<MessageRecord>,
    /// Why nothing came back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<String>,
}

/// Header fields and body of one message, redacted and cut to what a report can show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRecord {
    /// The header fields in the order they travelled.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are not UTF-8 are replaced.
    pub body: String,
    /// How long the body was, in bytes, as far as it was read.
    pub body_bytes: usize,
    /// True when `body` shows only the beginning.
    pub cut: bool,
    /// The first bytes of a body that is not UTF-8, in hexadecimal; absent when it is, or when it holds a secret.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hex: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A call to the stand-in that WeChat would not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnexpectedCall {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// How often it came.
    pub count: usize,
}
