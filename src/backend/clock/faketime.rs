//! How does `libfaketime` get into a process, and does it work there?
//!
//! The library stands between a process and the clock of the system, and adds what a file says. It reaches what
//! asks the C library for the time, which Python, Node, PHP, Ruby and C do; Go does not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;
use reqwest::Url;
use tokio::time::{Instant, sleep, timeout};

use super::{ClockError, RemoteClock, Rounding};
use crate::backend::plain_request::PlainRequest;

/// Where distributions put libraries.
const ROOTS: [&str; 4] = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib"];

/// The library for several threads, then the one for one.
const NAMES: [&str; 2] = ["libfaketimeMT.so.1", "libfaketime.so.1"];

/// The file that the processes read, in the folder of a launched backend.
const FILE: &str = "faketime";

/// How far the clock is put forward to see whether it moves.
const STEP: Duration = Duration::from_secs(30);

/// By how much less the `Date` header may move: it is in whole seconds, and some servers keep it for one.
const SLACK: Duration = Duration::from_secs(3);

/// How long the backend may take to show it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Looks for the library where distributions put it.
#[must_use]
pub fn find() -> Option<PathBuf> {
    let roots = ROOTS.iter().map(PathBuf::from);
    // Some put the name of the processor in between.
    let folders = roots.flat_map(|root| {
        let inner = std::fs::read_dir(&root).into_iter().flatten().filter_map(Result::ok);
        let inner: Vec<PathBuf> = inner.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        std::iter::once(root).chain(inner)
    });
    let folders: Vec<PathBuf> = folders.map(|folder| folder.join("faketime")).collect();
    let of = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    NAMES.iter().find_map(|name| of(name))
}

/// Puts the library in front of processes that are given the variables which it returns, and returns their clock.
///
/// # Errors
///
/// Fails when the file that they read cannot be written.
pub async fn before(
    library: &Path,
    folder: &Path,
) -> Result<(RemoteClock, Vec<(String, String)>), ClockError> {
    let file = folder.join(FILE);
    let clock = RemoteClock::by_file(file.clone());
    clock.put_forward(Duration::ZERO, Rounding::Down).await?;
    let others = std::env::var("LD_PRELOAD").ok().filter(|others| !others.is_empty());
    let library = library.display();
    let preload = others.map_or_else(|| library.to_string(), |others| format!("{library}:{others}"));
    let variables = [
        ("LD_PRELOAD", preload),
        ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
        // Otherwise it reads the file only every ten seconds.
        ("FAKETIME_NO_CACHE", "1".to_owned()),
    ];
    Ok((clock, variables.map(|(name, value)| (name.to_owned(), value)).to_vec()))
}

/// Finds out whether the backend's notion of time moves with the clock: the `Date` of its answers has to. Says why
/// that cannot be relied upon.
///
/// # Errors
///
/// Fails when it does not move, or nobody can see whether it does.
pub async fn check(clock: &RemoteClock, url: &Url) -> Result<(), String> {
    let before = date_of(url).await?;
    let asked = Instant::now();
    clock.put_forward(STEP, Rounding::Down).await.map_err(|error| error.to_string())?;
    loop {
        let after = date_of(url).await?;
        // What really passed meanwhile does not count.
        let moved = after.saturating_sub(before).saturating_sub(seconds(asked.elapsed()));
        if moved >= seconds(STEP.saturating_sub(SLACK)) {
            return Ok(());
        }
        if asked.elapsed() >= PATIENCE {
            let step = STEP.as_secs();
            return Err(tr!(
                "it was put forward by {step} s, and the Date header of its answers moved by {moved} s; its runtime \
                 does not ask the C library for the time, as Go does not",
                step,
                moved
            ));
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Returns the time that the backend declares, in seconds since 1970.
async fn date_of(url: &Url) -> Result<i64, String> {
    if url.scheme() != "http" {
        return Err(tr!("it is asked by https, so that nobody can see whether its clock moves"));
    }
    let answer = timeout(PATIENCE, PlainRequest::get(url).send()).await;
    let answer = answer.ok().ok_or_else(|| tr!("{url} gives no answer", url))?;
    let answer = answer.map_err(|error| error.to_string())?;
    let date =
        answer.date.ok_or(tr!("its answers have no Date header by which to see whether its clock moves"))?;
    let read = DateTime::parse_from_rfc2822(&date).map_err(|error| {
        tr!("its Date header {date} is no date: {error}", date = format_args!("{date:?}"), error)
    })?;
    Ok(read.timestamp())
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
