//! What can go wrong on the way from the arguments to a result, and the status for it.

use std::error::Error;

use super::signals::Interruption;
use crate::backend::{ContractError, TargetError};
use crate::miniprogram::{ScriptError, TransportError};
use crate::record::ExitStatus;
use crate::reference::ReferenceError;
use crate::report::ReportError;
use crate::suite::{CatalogueError, ChoiceError, RunError};

/// The status of a process that ended by a defect of its own; Rust's runtime uses it for panics.
const DEFECT: u8 = 101;

/// A problem that ends a command, with the status it ends with.
#[derive(Debug)]
pub(super) struct Problem {
    code: u8,
    cause: Box<dyn Error + Send + Sync>,
}

impl Problem {
    /// The request was wrong.
    pub(super) fn usage(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: ExitStatus::Usage.code(), cause: cause.into() }
    }

    /// Something else than the backend or the request stood in the way.
    pub(super) fn could_not_judge(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: ExitStatus::CouldNotJudge.code(), cause: cause.into() }
    }

    /// What was judged is not what was planned.
    pub(super) fn not_the_plan(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: ExitStatus::NothingRan.code(), cause: cause.into() }
    }

    /// Somebody ended the work; the status is the one by which a shell tells the signal.
    pub(super) fn interrupted(by: Interruption) -> Self {
        let cause = tr!("interrupted by {signal}: no verdict, and no report is written", signal = by.name);
        Self { code: 128 + by.number, cause: cause.into() }
    }

    /// Something of ours is broken.
    pub(super) fn defect(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { code: DEFECT, cause: cause.into() }
    }

    pub(super) fn code(&self) -> u8 {
        self.code
    }

    pub(super) fn cause(&self) -> &(dyn Error + 'static) {
        self.cause.as_ref()
    }
}

impl From<ChoiceError> for Problem {
    fn from(error: ChoiceError) -> Self {
        Self::usage(error)
    }
}

impl From<TargetError> for Problem {
    fn from(error: TargetError) -> Self {
        Self::usage(error)
    }
}

impl From<ContractError> for Problem {
    fn from(error: ContractError) -> Self {
        Self::usage(error)
    }
}

impl From<ScriptError> for Problem {
    fn from(error: ScriptError) -> Self {
        Self::usage(error)
    }
}

impl From<ReferenceError> for Problem {
    fn from(error: ReferenceError) -> Self {
        Self::usage(error)
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::File { .. } => Self::usage(error),
            ReportError::Stdout(_) => Self::could_not_judge(error),
            ReportError::Json(_) | ReportError::Junit(_) => Self::defect(error),
        }
    }
}

impl From<TransportError> for Problem {
    fn from(error: TransportError) -> Self {
        Self::could_not_judge(error)
    }
}

impl From<CatalogueError> for Problem {
    fn from(error: CatalogueError) -> Self {
        Self::defect(error)
    }
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Transport(_) => Self::could_not_judge(error),
            RunError::Panic { .. } | RunError::StandIn { .. } => Self::defect(error),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::could_not_judge(error)
    }
}
