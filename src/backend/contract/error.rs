//! What can be wrong with a contract.

use std::io;
use std::path::PathBuf;

/// Why there is no contract. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// The file cannot be read.
    #[error("{}", tr!("the contract {path} cannot be read", path = path.display()))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// No contract of this name is built in, and there is no such file.
    #[error("{}", tr!(
        "there is no contract {name}: no file of this name, and none is built in; the nearest is {nearest}; \
         `wxconform contract list` shows them all",
        name = format_args!("{name:?}"), nearest
    ))]
    Unknown {
        /// What was given.
        name: String,
        /// The most similar name.
        nearest: String,
    },
    /// Something in it is wrong.
    #[error("{place}: {mistake}")]
    Wrong {
        /// The file with the line, or the option, in which it stands.
        place: String,
        /// What is wrong, with the key.
        mistake: Mistake,
    },
}

/// What is wrong in a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The key, such as `login[0].request`; empty for the file as a whole.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub what: String,
}

impl Mistake {
    pub(super) fn new(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { key: key.into(), what: what.into() }
    }
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.key.is_empty() { f.write_str(&self.what) } else { write!(f, "{}: {}", self.key, self.what) }
    }
}

/// Says what a text is that should have been one of a few words.
pub(super) fn no_such_word<'a>(text: &str, words: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = words.clone().min_by_key(|word| strsim::damerau_levenshtein(word, text)).unwrap_or_default();
    let all: Vec<&str> = words.collect();
    tr!(
        "{text} is unknown; the nearest is {near}, and allowed are {allowed}",
        allowed = all.join(", "),
        text = format_args!("{text:?}"),
        near = format_args!("{near:?}")
    )
}
