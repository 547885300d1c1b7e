//! Words about openids and clients.

use super::words;

words! {
    /// What is sent in the place of an openid.
    OpenidKind, "openid", {
        Missing = "no openid",
        Empty = "an empty openid",
        Unknown = "an openid that does not exist",
        Stranger = "the openid of somebody who never logged in",
        Altered = "her openid with one letter changed",
        CaseFlipped = "her openid with the case of its letters flipped",
        Wildcard = "a wildcard",
        FirstHalf = "the first half of her openid",
        Longer = "her openid made longer",
    }
}

words! {
    /// The client credentials that a token is asked for with.
    ClientKind, "client", {
        Missing = "no credentials",
        WrongSecret = "a wrong secret",
        WrongName = "a wrong name",
        LongerSecret = "a secret that is longer",
        ShorterSecret = "a secret that is shorter",
        EmptySecret = "an empty secret",
        CaseFlipped = "a secret with the case of its letters flipped",
        BrokenBase64 = "broken base64",
        OtherScheme = "another scheme",
    }
}
