//! What one scenario has to say, collected while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::checks::Judgement;
use crate::record::Finding;

use super::need::Need;

/// What one scenario has to say. Steps write, the runner reads when the scenario has ended.
#[derive(Debug)]
pub(crate) struct ScenarioLog {
    entries: Mutex<Entries>,
}

/// The entries of a [`ScenarioLog`].
#[derive(Clone, Debug)]
pub(crate) struct Entries {
    /// How many judgements were in the backend's favour.
    pub(crate) kept: usize,
    /// The judgement that went against it.
    pub(crate) finding: Option<Finding>,
    /// When the exchanges were sent that show it, counted from the start of the run.
    pub(crate) shown_by: Vec<Duration>,
    /// Why something could not be judged.
    pub(crate) doubt: Option<String>,
    /// What the scenario needs and does not have.
    pub(crate) unmet: Option<String>,
    /// What was observed, where there is no right or wrong about it.
    pub(crate) notes: Vec<String>,
    /// True when it does not apply to this backend, so that nothing is missing where it was not judged.
    pub(crate) beside: bool,
    started: Instant,
    /// How long the scenario took; absent while it runs.
    pub(crate) took: Option<Duration>,
}

impl ScenarioLog {
    pub(crate) fn start() -> Self {
        let entries = Entries {
            kept: 0,
            finding: None,
            shown_by: Vec::new(),
            doubt: None,
            unmet: None,
            notes: Vec::new(),
            beside: false,
            started: Instant::now(),
            took: None,
        };
        Self { entries: Mutex::new(entries) }
    }

    /// Writes a judgement down; anything but a good one stops the scenario.
    pub(crate) fn judge(&self, judgement: Judgement) -> Result<(), Stop> {
        let mut entries = self.entries();
        match judgement {
            Judgement::Kept => {
                entries.kept += 1;
                Ok(())
            }
            Judgement::Broken(finding) => {
                let stop = Stop(finding.to_string());
                entries.finding = Some(finding);
                Err(stop)
            }
            Judgement::CannotTell(reason) => {
                let stop = Stop(reason.clone());
                entries.doubt = Some(reason);
                Err(stop)
            }
        }
    }

    /// Writes down which exchanges show what the judgement is about, by when they were sent.
    pub(crate) fn point_at(&self, sent: Vec<Duration>) {
        self.entries().shown_by = sent;
    }

    /// Writes down what was observed. An observation counts as judged: there is no wrong one.
    pub(crate) fn observe(&self, note: impl Into<String>) {
        let mut entries = self.entries();
        entries.kept += 1;
        entries.notes.push(note.into());
    }

    /// Writes down that the scenario cannot be played for want of something.
    pub(crate) fn unmet(&self, need: Need, reason: impl Into<String>) -> Stop {
        let reason = tr!("needs {need}: {why}", need, why = reason.into());
        let mut entries = self.entries();
        // Tokens of another kind are no shortcoming: what is said of JWTs does not apply to them.
        (entries.unmet, entries.beside) = (Some(reason.clone()), need == Need::Jwt);
        Stop(reason)
    }

    /// Writes down that the scenario does not apply to what the backend handed out.
    pub(crate) fn not_applicable(&self, reason: impl Into<String>) -> Stop {
        let reason = reason.into();
        let mut entries = self.entries();
        (entries.unmet, entries.beside) = (Some(reason.clone()), true);
        Stop(reason)
    }

    pub(crate) fn end(&self) {
        let mut entries = self.entries();
        entries.took = Some(entries.started.elapsed());
    }

    pub(crate) fn read(&self) -> Entries {
        self.entries().clone()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text by which the runner tells a step that stopped from one that panicked: cucumber turns both into
/// a panic with a text.
pub(crate) const STOPPED: &str = "stopped: ";

/// Why a step stopped its scenario. It is not a verdict; that follows from the log.
#[derive(Debug)]
pub(crate) struct Stop(pub(crate) String);

impl Stop {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{STOPPED}{}", self.0)
    }
}
