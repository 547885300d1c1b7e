//! Words about tokens that are presented.

use super::words;

words! {
    /// What user info is asked for with.
    BearerKind, "bearer", {
        Missing = "no credentials",
        EmptyHeader = "an empty header",
        FirstChanged = "her token with its first character changed",
        MiddleChanged = "her token with a middle character changed",
        LastChanged = "her token with its last character changed",
        WithoutLast = "her token without its last character",
        FirstHalf = "the first half of her token",
        Longer = "her token made longer",
        CaseFlipped = "her token with the case of its letters flipped",
        Empty = "an empty token",
        PercentEncoded = "her token with a character percent-encoded",
        Undefined = "the word undefined",
        Random = "a random token of the same length",
    }
}
