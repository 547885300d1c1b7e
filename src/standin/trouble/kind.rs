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
            Self::Refusal => mark!("refusal"),
            Self::Broken => mark!("broken"),
            Self::Silent => mark!("silent"),
            Self::Legal => mark!("legal"),
            Self::Slow => mark!("slow"),
            Self::Either => mark!("either"),
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
