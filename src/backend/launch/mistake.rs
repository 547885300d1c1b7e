//! Why can a backend not be launched?

use std::io;

use super::command::UnknownPlaceholder;
use super::vitals::Ending;
use crate::backend::TargetError;

/// Why a backend cannot be launched as it was asked for. Nothing was started. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchMistake {
    /// The command is empty.
    #[error("{}", tr!("expected a command that starts the backend, such as 'java -jar app.jar --server.port={port}'"))]
    NoCommand,
    /// The command has a placeholder that stands for nothing.
    #[error(transparent)]
    Placeholder(#[from] UnknownPlaceholder),
    /// The address of the backend is none.
    #[error(transparent)]
    Address(#[from] TargetError),
    /// The sign of readiness is none.
    #[error("{}", tr!("{text} is no sign of readiness; expected tcp, a path such as /health, or an http:// URL", text = format_args!("{text:?}")))]
    Ready {
        /// What was given.
        text: String,
    },
}

/// Why a launched backend cannot be judged. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// It was asked for in a wrong way.
    #[error(transparent)]
    Mistake(#[from] LaunchMistake),
    /// There is no place for what it has to be given in a file.
    #[error("{}", tr!("cannot make a private folder for the launched backend"))]
    Folder(#[source] io::Error),
    /// No port is free.
    #[error("{}", tr!("no port of 127.0.0.1 is free for the launched backend"))]
    NoPort(#[source] io::Error),
    /// Somebody listens where it shall listen.
    #[error("{}", tr!(
        "somebody listens on {place} already, where the launched backend shall; end that, or give another \
         address with --backend",
        place
    ))]
    Taken {
        /// The host and the port.
        place: String,
    },
    /// The shell cannot be started.
    #[error("{}", tr!("cannot start a shell for the launched backend"))]
    Start(#[source] io::Error),
    /// It ended before it was ready.
    #[error("{}", tr!("{ending}, before it was ready", ending))]
    Ended {
        /// How it ended.
        ending: Ending,
        /// Its last lines, raw.
        output: Vec<String>,
    },
    /// It was not ready in time.
    #[error("{}", tr!(
        "the launched backend was not ready after {seconds} s: waited for {sign}; {seen}; --ready says what to wait \
         for, --ready-timeout how long",
        seconds, sign, seen
    ))]
    NotReady {
        /// How long it was waited for.
        seconds: f64,
        /// What was waited for.
        sign: String,
        /// What was seen instead.
        seen: String,
        /// Its last lines, raw.
        output: Vec<String>,
    },
}

impl LaunchError {
    /// Returns the last lines that the backend wrote. They are raw.
    #[must_use]
    pub fn output(&self) -> &[String] {
        match self {
            Self::Ended { output, .. } | Self::NotReady { output, .. } => output,
            Self::Mistake(_) | Self::Folder(_) | Self::NoPort(_) | Self::Taken { .. } | Self::Start(_) => &[],
        }
    }
}
