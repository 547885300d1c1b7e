//! Which contract would fit?
//!
//! A first contract is a [`Draft`]: lines for a contract file, each with a note that says what it was read from, and
//! what is still open. It is made from a recording of a login ([`from_har`]), from a description of the backend's
//! requests ([`from_openapi`]), or line by line from what somebody knows. No value of a recording gets into it that may
//! be a secret.

mod carried;
mod draft;
mod envelope;
mod har;
mod names;
mod openapi;
mod places;
mod recording;
#[cfg(test)]
mod tests;

pub use draft::{Draft, Section};
pub use openapi::from_openapi;
pub use recording::from_har;

pub(super) use places::{TOKEN_NAMES, Unit, of_lifetime, of_text, of_token, unit};

/// Why a file is no recording, or no description. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GuessError {
    /// It cannot be read at all.
    #[error("{place}:{line}:{column}: {what}")]
    Syntax {
        /// The file.
        place: String,
        /// The line, counted from 1.
        line: u64,
        /// The column, counted from 1.
        column: u64,
        /// What is wrong there.
        what: String,
    },
    /// It has not in it what a contract is made from.
    #[error("{place}: {what}")]
    Lacks {
        /// The file.
        place: String,
        /// What is missing, and what to do.
        what: String,
    },
}

impl GuessError {
    fn lacks(place: &str, what: impl Into<String>) -> Self {
        Self::Lacks { place: place.to_owned(), what: what.into() }
    }

    /// Says where a text is no JSON.
    fn no_json(place: &str, error: &serde_json::Error) -> Self {
        let number = |number: usize| u64::try_from(number).unwrap_or_default();
        let (line, column) = (number(error.line()), number(error.column()));
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_owned();
        Self::Syntax { place: place.to_owned(), line, column, what }
    }
}
