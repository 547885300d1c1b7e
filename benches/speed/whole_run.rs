//! What does it cost to judge a backend, and does the cost grow as the suite does?

use std::time::{Duration, Instant};

use wxconform::backend::{Contract, TimeControl};
use wxconform::record::RunVerdict;
use wxconform::suite::{Catalogue, Choice, DEFAULT_JOBS, FEATURE_FILES, FeatureFile, Judging, Plan, judge};

use crate::compare::{Contender, print_side_by_side};
use crate::parties::{Parties, each, runtime};
use crate::{Effort, Failure, usage};

/// How many copies of the suite are played in one run.
const COPIES: &[u8] = &[1, 2, 4];

/// How many of the usual rounds are enough: a turn takes long, and counting processor time is steady.
const ONE_ROUND_IN: usize = 5;

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let mut contenders = Vec::new();
    for copies in &COPIES[..effort.of(COPIES.len()).max(2)] {
        let plan = Plan::new(
            &Catalogue::read(&copied(*copies))?,
            &Choice::default(),
            &TimeControl::Virtual(std::sync::Arc::default()),
        )?;
        let scenarios = plan.scenarios();
        let begun = Instant::now();
        judge_reference(&plan)?;
        let peak =
            usage::kilobytes(usage::PEAK)?.map(|kilobytes| format!(", {} MB at most", kilobytes / 1000));
        let took = begun.elapsed().as_secs_f64();
        println!("  {scenarios} scenarios take {took:.2} s{}", peak.unwrap_or_default());
        let name = format!("processor time per scenario, suite x {copies}");
        contenders.push(Contender::new(name, move || each(cost_of(|| judge_reference(&plan))?, scenarios)));
    }
    print_side_by_side(effort.rounds.div_ceil(ONE_ROUND_IN), contenders)
}

/// Returns the processor time of some work; the time on the wall where that is not known.
fn cost_of(work: impl FnOnce() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let (begun, before) = (Instant::now(), usage::processor_time()?);
    work()?;
    let after = usage::processor_time()?;
    Ok(after.zip(before).map_or(begun.elapsed(), |(after, before)| after.saturating_sub(before)))
}

/// Judges the reference backend once, everything made afresh.
fn judge_reference(plan: &Plan) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let parties = Parties::start().await?;
        let judging = Judging {
            target: parties.target()?,
            kind: "reference".to_owned(),
            contract: Contract::documented(),
            plan: plan.clone(),
            seed: 0,
            jobs: DEFAULT_JOBS,
            strict: true,
            baseline: None,
            command: Vec::new(),
            show_secrets: false,
            progress: None,
            hints: None,
        };
        let record = judge(&judging, &parties.standin).await?;
        parties.backend.stop().await?;
        if record.verdict == RunVerdict::Conforming {
            Ok(())
        } else {
            Err(format!("the reference backend was found {:?}: {:?}", record.verdict, record.reason).into())
        }
    })
}

/// Returns the feature files so many times; the requirements of a copy have IDs of their own.
fn copied(copies: u8) -> Vec<FeatureFile> {
    let mut files = FEATURE_FILES.to_vec();
    for letter in (b'A'..).take(usize::from(copies) - 1) {
        let tag = format!("\n  @{}", char::from(letter));
        for file in FEATURE_FILES {
            // A feature file is embedded, hence static; these few live as long as the bench anyway.
            let text = Box::leak(file.text.replace("\n  @", &tag).into_boxed_str());
            files.push(FeatureFile { path: file.path, text });
        }
    }
    files
}
