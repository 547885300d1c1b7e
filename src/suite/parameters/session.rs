//! Words about what a session is renewed by.

use super::words;
use crate::suite::parameters::BearerKind;

words! {
    /// What a session is renewed with, in the place of what the contract says.
    RenewalKind, "renewal", {
        Missing = "nothing",
        Empty = "an empty text",
        FirstChanged = "what she has, its first character changed",
        MiddleChanged = "what she has, a middle character changed",
        LastChanged = "what she has, its last character changed",
        CaseFlipped = "what she has, in the other case",
        FirstHalf = "the first half of what she has",
        Longer = "what she has, made longer",
        Random = "a random text as long as what she has",
        Undefined = "the word undefined",
        Null = "the word null",
        Wildcard = "a wildcard",
        Condition = "a condition that is always true",
        OpenId = "her openid",
        LoginCode = "her login code",
        UserId = "her user ID",
    }
}

impl RenewalKind {
    /// Returns how a token is altered in this way; nothing where it is left out, or something else takes its place.
    pub(crate) fn alteration(self) -> Option<BearerKind> {
        Some(match self {
            Self::Missing | Self::UserId => return None,
            Self::Empty => BearerKind::Empty,
            Self::FirstChanged => BearerKind::FirstChanged,
            Self::MiddleChanged => BearerKind::MiddleChanged,
            Self::CaseFlipped => BearerKind::CaseFlipped,
            Self::LastChanged => BearerKind::LastChanged,
            Self::FirstHalf => BearerKind::FirstHalf,
            Self::Longer => BearerKind::Longer,
            Self::Random => BearerKind::Random,
            Self::Undefined => BearerKind::Undefined,
            Self::Null => BearerKind::Null,
            Self::Wildcard => BearerKind::Wildcard,
            Self::Condition => BearerKind::Condition,
            Self::OpenId => BearerKind::OpenId,
            Self::LoginCode => BearerKind::LoginCode,
        })
    }
}

words! {
    /// One of the two phones on which somebody logged in.
    Phone, "phone", {
        Older = "the phone that logged in first",
        Newer = "the phone that logged in last",
    }
}
