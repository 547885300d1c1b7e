//! Has the backend died, and of what?

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::driver;
use super::log::Stop;
use super::run::Run;

/// What is said of a backend that stopped listening while it was judged, when nothing more is known.
pub(crate) const DIED: &str = "the backend died during the run";

/// How long the end of a process may take to be noticed once its port is closed. It is a matter of
/// milliseconds; nothing but the wording depends on it.
const NOTICE: Duration = Duration::from_secs(1);

/// How many requests are named that were under way when a backend ended.
const NAMED: usize = 2;

/// Finds out whether the backend has died: somebody was not answered at all, and it is still so. A launched one
/// is always asked, because it can end while it answers the very last request.
pub(crate) async fn death(run: &Run) -> Option<String> {
    if !run.evidence().was_unreachable() && run.target.vitals().is_none() {
        return None;
    }
    let person = run.person("post-mortem");
    let code = run.wechat.login(&person);
    run.read(driver::probe(run, &person, &code).await).nobody_there()?;
    Some(ending(run).await.unwrap_or_else(|| DIED.to_owned()))
}

/// Says how a launched backend that is not there any more has ended, and what it was asked just then.
pub(crate) async fn ending(run: &Run) -> Option<String> {
    let ending = tokio::time::timeout(NOTICE, run.target.vitals()?.until_ended()).await.ok()?;
    let mut said = ending.to_string();
    let at = ending.at.saturating_duration_since(run.wechat.run_start());
    let under_way = run.evidence().broken_off_at(at);
    let named: Vec<&str> = under_way.iter().take(NAMED).map(String::as_str).collect();
    if !named.is_empty() {
        // Writing into a String cannot fail.
        write!(said, "{}", tr!("; it was answering {}", named.join(" and "))).unwrap_or_default();
    }
    if under_way.len() > NAMED {
        write!(said, "{}", tr!(", and {} more", under_way.len() - NAMED)).unwrap_or_default();
    }
    Some(said)
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
