//! What may a backend make of a trouble?

use std::fmt;

/// What a login can come to when WeChat answers its code in a certain way. Closed: verdicts depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TroubleKind {
    /// WeChat says no. The login has to be refused.
    Refusal,
    /// There is no usable answer, and that is seen at once. The login has to be refused.
    Broken,
    /// There is no answer for as long as anybody waits. The login has to be refused by then.
    Silent,
    /// An unusual answer that the protocols allow. The login has to succeed.
    Legal,
    /// A success, late. The login has to succeed, unless the backend's patience was shorter.
    Slow,
    /// An answer over which correct programs differ. The login may succeed or be refused, but it has to be
    /// answered.
    Either,
}

impl TroubleKind {
    /// Every kind.
    pub const ALL: &'static [Self] =
        &[Self::Refusal, Self::Broken, Self::Silent, Self::Legal, Self::Slow, Self::Either];

    /// Returns the word for it, such as `refusal`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Broken => "broken",
            Self::Silent => "silent",
            Self::Legal => "legal",
            Self::Slow => "slow",
            Self::Either => "either",
        }
    }

    /// Returns the word for it in the language of the process.
    #[must_use]
    pub fn said(self) -> String {
        // Verdicts have some of these words as well, and mean something else by them.
        match self {
            Self::Refusal => tr!("kind of trouble" => "refusal"),
            Self::Broken => tr!("kind of trouble" => "broken"),
            Self::Silent => tr!("kind of trouble" => "silent"),
            Self::Legal => tr!("kind of trouble" => "legal"),
            Self::Slow => tr!("kind of trouble" => "slow"),
            Self::Either => tr!("kind of trouble" => "either"),
        }
    }

    /// Returns what a correct backend does, in a few words.
    #[must_use]
    pub const fn expectation(self) -> &'static str {
        match self {
            Self::Refusal | Self::Broken => mark!("a correct backend refuses the login"),
            Self::Silent => mark!("a correct backend gives up in time and refuses the login"),
            Self::Legal => mark!("a correct backend lets the person in"),
            Self::Slow => mark!("a correct backend waits and lets the person in"),
            Self::Either => mark!("a correct backend may let the person in or refuse"),
        }
    }
}

impl fmt::Display for TroubleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
