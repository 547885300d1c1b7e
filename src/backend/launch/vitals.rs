//! Does the backend still run, and what did it say?

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::output::Output;

/// How a launched backend ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When it was noticed.
    pub at: Instant,
    /// How long it had run.
    pub after: Duration,
    /// How, such as `with status 3` or `by signal 11 (SIGSEGV)`.
    pub how: String,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}",
            tr!(
                "the launched backend ended {how} after {seconds} s",
                how = self.how,
                seconds = format_args!("{:.1}", self.after.as_secs_f64())
            )
        )
    }
}

/// What can be known about a launched backend while it is judged. Clones are about the same backend.
#[derive(Clone, Debug)]
pub struct Vitals {
    command: Arc<str>,
    output: Output,
    ended: watch::Receiver<Option<Ending>>,
}

impl Vitals {
    pub(super) fn new(command: &str, output: Output, ended: watch::Receiver<Option<Ending>>) -> Self {
        Self { command: command.into(), output, ended }
    }

    /// Returns the command as it was given, its placeholders not filled.
    #[must_use]
    pub fn command(&self) -> &str {
        &self.command
    }

    /// Returns how the backend ended; absent while it runs.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ended.borrow().clone()
    }

    /// Waits until the backend has ended.
    pub async fn until_ended(&self) -> Ending {
        let mut ended = self.ended.clone();
        let seen = ended.wait_for(Option::is_some).await.ok().and_then(|ending| ending.clone());
        match seen {
            Some(ending) => ending,
            // Nobody is left who could tell, so it is as if it never ended.
            None => std::future::pending().await,
        }
    }

    /// Returns the last lines that the backend wrote, at most so many. They are raw.
    #[must_use]
    pub fn last_lines(&self, most: usize) -> Vec<String> {
        self.output.last(most)
    }

    /// Returns the last lines like [`Vitals::last_lines`]; those of a backend that has ended are waited for, half
    /// a second at most.
    pub async fn last_words(&self, most: usize) -> Vec<String> {
        if self.ending().is_some() {
            self.output.settle().await;
        }
        self.last_lines(most)
    }
}
