//! How does a run go, while it goes?

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// What happens while scenarios are played.
///
/// A key tells scenarios apart; names are for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happening<'a> {
    /// So many scenarios, or sequences, are going to be played.
    Planned(usize),
    /// A scenario begins.
    Began {
        /// What tells it apart.
        key: &'a str,
        /// The ID of the requirement that it is about.
        requirement: &'a str,
        /// What it is called.
        name: &'a str,
    },
    /// A scenario waits for time to pass.
    Rests {
        /// What tells it apart.
        key: &'a str,
        /// Until when, unless the backend ends before.
        until: Instant,
    },
    /// A scenario has waited, and goes on.
    GoesOn {
        /// What tells it apart.
        key: &'a str,
    },
    /// A scenario has ended, in whatever way.
    Ended {
        /// What tells it apart.
        key: &'a str,
    },
    /// So many have ended. This is said where nothing is said of single ones.
    Done(usize),
}

/// Hears how a run goes. It is called between the steps of scenarios, so it has to be quick.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(&Happening<'_>) + Send + Sync>);

impl Progress {
    /// Makes a listener of a function.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::suite::{Happening, Progress};
    ///
    /// let progress = Progress::new(|happening| {
    ///     if let Happening::Began { requirement, name, .. } = happening {
    ///         println!("{requirement}: {name}");
    ///     }
    /// });
    /// # drop(progress);
    /// ```
    pub fn new(hear: impl Fn(&Happening<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(crate) fn tell(&self, happening: Happening<'_>) {
        (self.0)(&happening);
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress(..)")
    }
}
