//! Judging a backend: pre-flight, play, conclude.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::catalogue::{AFTER_ALL, Catalogue, CatalogueError, SERIAL, TIME_PASSES};
use super::conclusion::{self, Facts};
use super::dying;
use super::need::Need;
use super::plan::Plan;
use super::playing::{Part, Played, play};
use super::preflight::preflight;
use super::progress::{Happening, Progress};
use super::run::Run;
use crate::backend::launch::LAST_LINES;
use crate::backend::{Baseline, Contract, Target};
use crate::expiry::{Clock as _, SystemClock};
use crate::miniprogram::{Transport, TransportError};
use crate::record::RunRecord;
use crate::standin::StandIn;

/// How many scenarios run at a time unless told otherwise. The work is waiting, not computing, so it is
/// more than there are processors, and few enough for a development server.
pub const DEFAULT_JOBS: usize = 16;

/// How much of an answer is read. The answers of the flow have a few hundred bytes; nothing is concluded from
/// one that is longer than this.
pub(super) const BODY_LIMIT: usize = 1024 * 1024;

/// A backend, and how to judge it.
#[derive(Clone)]
pub struct Judging {
    /// Where the backend is, and how its time passes.
    pub target: Target,
    /// What it is: `reference`, `launched` or `external`.
    pub kind: String,
    /// How it spells the flow.
    pub contract: Contract,
    /// Which requirements to judge.
    pub plan: Plan,
    /// The seed of the run, as the record tells it; the stand-in must have been started with it, or with one that
    /// derives from it.
    pub seed: u64,
    /// How many scenarios run at a time; those that only wait for time to pass do not count.
    pub jobs: usize,
    /// Whether a broken should counts.
    pub strict: bool,
    /// The deviations that are known; without it every deviation counts.
    pub baseline: Option<Baseline>,
    /// The command that repeats the run, word by word, for the reports; empty when no command started it.
    pub command: Vec<String>,
    /// Whether the record keeps secrets in the clear, which is for debugging on one's own machine.
    pub show_secrets: bool,
    /// Hears how the run goes.
    pub progress: Option<Progress>,
    /// Hears what the pre-flight makes of a backend that does not look as if it had been introduced to the stand-in.
    pub hints: Option<Hints>,
}

/// Hears a hint that is no verdict.
pub type Hints = Arc<dyn Fn(&str) + Send + Sync>;

impl Judging {
    /// Judges a backend that speaks the documented flow by the whole catalogue, everything else as by default.
    ///
    /// The other fields are public: change them before the call of [`judge`].
    ///
    /// # Errors
    ///
    /// Fails when the embedded feature files cannot be read, which takes a modified build.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use wxconform::backend::{Target, TimeControl};
    /// use wxconform::suite::{Catalogue, Judging};
    ///
    /// let target = Target::new("http://127.0.0.1:8080", TimeControl::Wait(Duration::from_secs(5)))?;
    /// let judging = Judging { strict: true, ..Judging::whole(target, 7)? };
    /// assert_eq!(judging.plan.requirements().len(), Catalogue::embedded()?.requirements().len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn whole(target: Target, seed: u64) -> Result<Self, CatalogueError> {
        let contract = Contract::documented();
        let plan = Plan::whole(&Catalogue::embedded()?, target.time()).fitted(&contract);
        Ok(Self {
            target,
            kind: "external".to_owned(),
            contract,
            plan,
            seed,
            jobs: DEFAULT_JOBS,
            strict: false,
            baseline: None,
            command: Vec::new(),
            show_secrets: false,
            progress: None,
            hints: None,
        })
    }
}

/// Why a run could not be carried out at all. What a backend does is never an error. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The HTTP client cannot be made.
    #[error("{}", tr!("the phone cannot send anything"))]
    Transport(#[from] TransportError),
    /// A step panicked, which is a defect of this tool and never a verdict.
    #[error("{}", tr!("a defect of wxconform: {scenario} panicked: {text}", scenario, text))]
    Panic {
        /// The key of the scenario.
        scenario: String,
        /// The text of the panic.
        text: String,
    },
    /// The stand-in failed in a way that is a defect of this tool.
    #[error("{}", tr!("a defect of wxconform: the stand-in failed: {text}", text))]
    StandIn {
        /// What it says.
        text: String,
    },
}

/// Judges a backend against a stand-in that it was told is WeChat.
///
/// It sends one code exchange first, or two. When nobody answers it, or the stand-in hears nothing of it, nothing
/// can be judged, and the record says so instead of naming requirements.
///
/// # Errors
///
/// Fails only for reasons that have nothing to do with the backend: see [`RunError`].
pub async fn judge(judging: &Judging, standin: &StandIn) -> Result<RunRecord, RunError> {
    let started = Instant::now();
    let started_at = SystemClock.now();
    // Both sides count from one instant, so that their exchanges can be put in order.
    let transport = Transport::new(standin.wechat().run_start())?
        .with_patience(judging.contract.patience)
        .with_body_limit(BODY_LIMIT);
    let run = Run::new(judging.target.clone(), judging.contract.clone(), standin.wechat(), transport);
    let run = Arc::new(run.heard_by(judging.progress.clone()));
    if judging.show_secrets {
        run.evidence().show_secrets();
    }
    let mut facts = Facts {
        started_at,
        wechat: standin.url(),
        preflight: None,
        died: None,
        output: Vec::new(),
        took: Duration::ZERO,
    };
    let mut played = std::collections::HashMap::new();
    if judging.plan.scenarios() > 0 {
        run.tell(Happening::Planned(judging.plan.scenarios()));
        let found = Box::pin(preflight(&run)).await;
        facts.preflight = found.stop;
        if let (Some(hints), Some(hint)) = (&judging.hints, found.hint) {
            hints(&tr!("{hint} (`wxconform doctor` says more)", hint));
        }
        if facts.preflight.is_none() {
            played = play_all(judging, &run).await;
            facts.died = dying::death(&run).await;
        }
        let turned_away = run.lulls().turned_away();
        if let (Some(hints), 1..) = (&judging.hints, turned_away) {
            hints(&tr!(
                "the backend turned {turned_away} requests away (429 or 503), or could not be connected to; they were sent \
                 again after a pause, and a run without limits is faster and surer",
                turned_away
            ));
        }
    }
    if let Some(vitals) = run.target.vitals() {
        facts.output = vitals.last_words(LAST_LINES).await;
    }
    for (scenario, outcome) in &played {
        if let Some(text) = &outcome.panicked {
            return Err(RunError::Panic { scenario: scenario.clone(), text: text.clone() });
        }
    }
    if let Some(text) = run.wechat.troubles().into_iter().next() {
        return Err(RunError::StandIn { text });
    }
    facts.took = started.elapsed();
    Ok(conclusion::conclude(judging, &run, &facts, &played))
}

/// Plays the plan: first everything that judges a part of the flow, then what judges the run as a whole.
async fn play_all(judging: &Judging, run: &Arc<Run>) -> std::collections::HashMap<String, Played> {
    let puts_clock_forward = judging.target.time().shown().is_some();
    let mut parts = Vec::new();
    for planned in judging.plan.requirements().iter().filter(|planned| planned.skip.is_none()) {
        let requirement = &planned.requirement;
        for scenario in &requirement.scenarios {
            let tagged = |wanted: &str| scenario.tags.iter().any(|tag| tag == wanted);
            let takes_time = requirement.needs.contains(&Need::Clock) || tagged(TIME_PASSES);
            let alone = takes_time && puts_clock_forward || tagged(SERIAL);
            let waits = takes_time && !puts_clock_forward;
            parts.push(Part { requirement, scenario, alone, waits });
        }
    }
    // A backend whose clock went too far forward may announce ends that nobody can reckon with, so the rules that are
    // about time are played before those that only let it pass: of what is played alone, the last comes first.
    parts.sort_by_key(|part| !part.scenario.tags.iter().any(|tag| tag == TIME_PASSES));
    let at_the_end = |part: &Part<'_>| part.scenario.tags.iter().any(|tag| tag == AFTER_ALL);
    let (last, first): (Vec<Part<'_>>, Vec<Part<'_>>) = parts.into_iter().partition(at_the_end);
    let mut played = play(run, &first, judging.jobs).await;
    played.extend(play(run, &last, judging.jobs).await);
    played
}

impl std::fmt::Debug for Judging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Judging({} at {}, {} scenarios)", self.kind, self.target.url(), self.plan.scenarios())
    }
}
