//! Which deviations are known, who answers for them, and until when?
//!
//! A baseline is a TOML file with an entry for each requirement that is known to be broken:
//!
//! ```toml
//! [[deviation]]
//! requirement = "CODE-02"
//! reason = "the gateway caches codes for a minute, ticket 17"
//! owner = "Li Wei"
//! until = 2027-01-31
//! ```
//!
//! `until` may be left out; it is the last day of the waiver, in UTC. What a run makes of the entries is the
//! suite's to conclude.

mod draft;
mod read;

pub use draft::Draft;

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};

use crate::expiry::UnixMillis;
use crate::language::translated;
use crate::record::{Level, Waiver};

/// What a reason or an owner begins with that nobody has written yet.
const PLACEHOLDER: &str = "TODO";

/// A list of known deviations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    path: PathBuf,
    entries: Vec<Deviation>,
    says_so: bool,
}

/// One known deviation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The ID of the requirement, spelt as the catalogue spells it.
    pub requirement: String,
    /// Why it is known and not mended; never blank.
    pub reason: String,
    /// Who mends it; never blank.
    pub owner: String,
    /// The last day of the waiver; without one it has no end.
    pub until: Option<Day>,
    /// The line of the file in which the entry begins, counted from one.
    pub line: usize,
}

/// A requirement, as far as a baseline has to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listable<'a> {
    /// Its ID.
    pub id: &'a str,
    /// How much it weighs; what is only observed cannot be waived.
    pub level: Level,
    /// What it demands.
    pub sentence: &'a str,
}

/// A day of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(NaiveDate);

impl Day {
    /// Returns the day that an instant falls on; one that the calendar does not reach falls on the first day of
    /// 1970.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::backend::Day;
    /// use wxconform::expiry::UnixMillis;
    ///
    /// assert_eq!(Day::of(UnixMillis::new(1_700_000_000_123)).to_string(), "2023-11-14");
    /// ```
    #[must_use]
    pub fn of(instant: UnixMillis) -> Self {
        Self(DateTime::from_timestamp_millis(instant.millis()).unwrap_or_default().date_naive())
    }

    /// Returns a day by its numbers; nothing when the calendar has no such day.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)).map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl Baseline {
    /// Returns the file, as it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the known deviations in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Deviation] {
        &self.entries
    }

    /// Returns the entry for a requirement.
    #[must_use]
    pub fn entry(&self, requirement: &str) -> Option<&Deviation> {
        self.entries.iter().find(|entry| entry.requirement == requirement)
    }

    /// Tells whether the file shows that it is a baseline: it has the key `deviation`, or nothing at all in it.
    ///
    /// A file of comments alone can be read as a baseline that lists nothing, but it may be anything else, and
    /// who replaced it might destroy it.
    #[must_use]
    pub fn says_what_it_is(&self) -> bool {
        self.says_so
    }
}

impl Deviation {
    /// Returns the keys whose texts nobody has written yet: a drafted baseline has a placeholder for them.
    #[must_use]
    pub fn unwritten(&self) -> Vec<&'static str> {
        let rows = [("reason", &self.reason), ("owner", &self.owner)];
        let blank = rows.into_iter().filter(|(_, text)| text.starts_with(PLACEHOLDER));
        blank.map(|(key, _)| key).collect()
    }

    /// Returns what a report shows of the entry.
    #[must_use]
    pub fn waiver(&self) -> Waiver {
        Waiver {
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: self.until.map(|until| until.to_string()),
        }
    }
}

/// Why a file is no baseline. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// The file cannot be read.
    #[error("{}", tr!("cannot read {path}", path = path.display()))]
    Unreadable {
        /// The file, as it was named.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Something in the file will not do.
    #[error("{}", tr!("{path}, line {line}: {mistake}", path = path.display(), line, mistake))]
    Wrong {
        /// The file, as it was named.
        path: PathBuf,
        /// Where the mistake is, counted from one.
        line: usize,
        /// What will not do.
        mistake: Mistake,
    },
}

/// What will not do in a baseline. The enum may grow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mistake {
    /// The file is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key that means nothing here.
    #[error("{}", tr!("there is no key {key}; the nearest is {nearest}; there are {known}", key = format_args!("{key:?}"), nearest = format_args!("{nearest:?}"), known))]
    UnknownKey {
        /// What was given.
        key: String,
        /// The most similar key.
        nearest: &'static str,
        /// All keys that may stand there.
        known: String,
    },
    /// A key has to be there and is not.
    #[error("{}", tr!("the entry has no {key}; write {key} = {example}", key, example = translated(example)))]
    Missing {
        /// The key.
        key: &'static str,
        /// How it may look.
        example: &'static str,
    },
    /// A value of the wrong kind.
    #[error("{}", tr!("{key}: expected {expected}, not {found}", key, expected = translated(expected), found = translated(found)))]
    Kind {
        /// The key.
        key: &'static str,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A text that says nothing.
    #[error("{}", tr!("{key} is empty; say {what}", key, what = translated(what)))]
    Empty {
        /// The key.
        key: &'static str,
        /// What belongs there.
        what: &'static str,
    },
    /// No requirement has this ID.
    #[error("{}", tr!("there is no requirement {id}; the nearest is {nearest}; `wxconform list` shows them all", id = format_args!("{id:?}"), nearest))]
    UnknownRequirement {
        /// What was given.
        id: String,
        /// The most similar ID.
        nearest: String,
    },
    /// A requirement that nothing can deviate from.
    #[error("{}", tr!("{id} is only observed, so there is nothing to waive; remove the entry", id))]
    OnlyObserved {
        /// The ID.
        id: String,
    },
    /// The requirement is listed before.
    #[error("{}", tr!("{id} is listed in line {first} already; one entry is enough", id, first))]
    Duplicate {
        /// The ID.
        id: String,
        /// Where the first entry begins.
        first: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::Day;
    use crate::expiry::UnixMillis;

    #[test]
    fn days_follow_the_calendar() {
        assert_eq!(Day::new(2024, 2, 29).unwrap().to_string(), "2024-02-29");
        assert_eq!(Day::new(2023, 2, 29), None);
        assert!(Day::new(2026, 12, 31) < Day::new(2027, 1, 1));
        let midnight = UnixMillis::new(1_704_067_200_000);
        assert_eq!(Day::of(midnight).to_string(), "2024-01-01");
        assert_eq!(Day::of(UnixMillis::new(midnight.millis() - 1)).to_string(), "2023-12-31");
    }
}
