//! The exit status of a run.

use super::{RunRecord, RunVerdict};

/// The exit status of the `wxconform` command. Closed: scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitStatus {
    /// `0`: everything selected was judged and kept.
    Success,
    /// `1`: a must, or in a strict run a should, is broken and not in the baseline.
    Broken,
    /// `2`: the request was wrong.
    Usage,
    /// `3`: the run could not judge.
    CouldNotJudge,
    /// `4`: nothing was selected, or fewer scenarios ran than were planned.
    NothingRan,
    /// `5`: the baseline is stale: a deviation that it lists did not occur, or is past its date.
    StaleBaseline,
}

impl ExitStatus {
    /// Every status, in numerical order.
    pub const ALL: &'static [Self] = &[
        Self::Success,
        Self::Broken,
        Self::Usage,
        Self::CouldNotJudge,
        Self::NothingRan,
        Self::StaleBaseline,
    ];

    /// Returns the number that the process exits with.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Broken => 1,
            Self::Usage => 2,
            Self::CouldNotJudge => 3,
            Self::NothingRan => 4,
            Self::StaleBaseline => 5,
        }
    }

    /// Returns what the status means, as `--help` and the documentation print it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Success => mark!("everything selected was judged and kept, or skipped for a stated reason"),
            Self::Broken => {
                mark!("at least one must (with --strict also a should) is broken, and not in the baseline")
            }
            Self::Usage => mark!("the request was wrong: arguments, configuration, unknown requirement"),
            Self::CouldNotJudge => {
                mark!("could not judge: backend unreachable or dead, stand-in never asked, a must undecided")
            }
            Self::NothingRan => mark!("nothing was selected, or fewer scenarios ran than were planned"),
            Self::StaleBaseline => {
                mark!("the baseline is stale: a listed deviation did not occur, or is past its date")
            }
        }
    }

    /// Concludes from a finished run.
    ///
    /// A proved breach outweighs everything else, because it stays proved whatever else went wrong. Then
    /// comes a backend that was not there, then a run that did less than it planned, then one that could not
    /// judge. A stale baseline comes last: what else is wrong may be the reason for it.
    #[must_use]
    pub fn of(record: &RunRecord) -> Self {
        match record.verdict {
            RunVerdict::Nonconforming => Self::Broken,
            _ if record.preflight.is_some() => Self::CouldNotJudge,
            _ if record.requirements.is_empty() => Self::NothingRan,
            _ if record.totals.scenarios.ran < record.totals.scenarios.planned => Self::NothingRan,
            RunVerdict::Undecided => Self::CouldNotJudge,
            _ if record.baseline.as_ref().is_some_and(|baseline| !baseline.stale.is_empty()) => {
                Self::StaleBaseline
            }
            RunVerdict::Conforming | RunVerdict::Partial => Self::Success,
        }
    }
}
