//! What it takes to judge a requirement.

use std::fmt;

/// A capability of the backend or of the run without which a requirement cannot be judged. The enum may
/// grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// The stand-in is WeChat for this backend.
    Upstream,
    /// Tokens can be made old.
    Clock,
    /// The contract is driven by the documented client's own logic.
    DocumentedClient,
    /// The token request authenticates the client.
    ClientAuth,
    /// The tokens are JSON Web Tokens, which is seen at run time.
    Jwt,
}

impl Need {
    /// Every need, with the tag that names it in a feature file.
    const TAGS: &'static [(&'static str, Self)] = &[
        ("needs-upstream", Self::Upstream),
        ("needs-clock", Self::Clock),
        ("needs-documented-client", Self::DocumentedClient),
        ("needs-client-auth", Self::ClientAuth),
        ("needs-jwt", Self::Jwt),
    ];

    /// Returns the need that a tag names, the tag given without `@`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::TAGS.iter().find(|(known, _)| *known == tag).map(|(_, need)| *need)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upstream => "the stand-in as WeChat",
            Self::Clock => "tokens that can be made old",
            Self::DocumentedClient => "a contract that the documented client can drive",
            Self::ClientAuth => "client authentication on the token request",
            Self::Jwt => "tokens that are JSON Web Tokens",
        })
    }
}
