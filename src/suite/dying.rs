//! Has the backend died, and of what?

use std::time::{Duration, Instant};

use super::driver;
use super::log::Stop;
use super::run::Run;

/// How long the end of a process may take to be noticed once its port is closed. It is a matter of
/// milliseconds; nothing but the wording depends on it.
const NOTICE: Duration = Duration::from_secs(1);

/// After how long a backend is looked for once more that nobody can connect to: a process manager starts it again.
const RESTART: [Duration; 3] =
    [Duration::from_millis(250), Duration::from_millis(500), Duration::from_secs(1)];

/// Finds out whether the backend has died: somebody was not answered at all, and it is still so. A launched one
/// is always asked, because it can end while it answers the very last request.
pub(crate) async fn death(run: &Run) -> Option<String> {
    if !run.evidence().was_unreachable() && run.target.vitals().is_none() {
        return None;
    }
    let person = run.person("post-mortem");
    let code = run.wechat.login(&person);
    for pause in RESTART {
        run.read(driver::probe(run, &person, &code).await).nobody_there()?;
        if run.target.vitals().is_some_and(|vitals| vitals.ending().is_some()) {
            break;
        }
        tokio::time::sleep(pause).await;
    }
    run.read(driver::probe(run, &person, &code).await).nobody_there()?;
    Some(ending(run).await.unwrap_or_else(|| tr!("the backend died during the run")))
}

/// Says how a launched backend that is not there any more has ended, and what it was asked just then.
pub(crate) async fn ending(run: &Run) -> Option<String> {
    let ending = tokio::time::timeout(NOTICE, run.target.vitals()?.until_ended()).await.ok()?;
    let at = ending.at.saturating_duration_since(run.wechat.run_start());
    let under_way = run.evidence().broken_off_at(at);
    Some(match under_way.as_slice() {
        [] => ending.to_string(),
        [one] => tr!("{ending}; it was answering {one}", ending, one),
        [one, two] => tr!("{ending}; it was answering {one} and {two}", ending, one, two),
        [one, two, more @ ..] => {
            let count = more.len();
            tr!("{ending}; it was answering {one} and {two}, and {count} more", ending, one, two, count)
        }
    })
}

/// Really waits until an instant, unless a launched backend ends before.
pub(crate) async fn wait_until(run: &Run, instant: Instant) -> Result<(), Stop> {
    let sleep = tokio::time::sleep_until(instant.into());
    let Some(vitals) = run.target.vitals() else {
        sleep.await;
        return Ok(());
    };
    tokio::select! {
        () = sleep => Ok(()),
        ending = vitals.until_ended() => Err(Stop::new(ending.to_string())),
    }
}
