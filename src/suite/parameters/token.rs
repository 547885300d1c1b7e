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
        Undefined = "the word undefined",
        Null = "the word null",
        Blank = "a blank",
        Zero = "the number 0",
        OneWildcard = "her openid with a wildcard in the place of a letter",
        HalfAndWildcard = "the first half of her openid and a wildcard",
        Quoted = "her openid in quotes",
        Condition = "a condition that is always true",
        LoginCode = "her login code",
    }
}

words! {
    /// The client credentials that a token is asked for with.
    ClientKind, "client", {
        Missing = "no credentials",
        EmptyHeader = "an empty header",
        BareScheme = "a scheme with nothing behind it",
        WrongSecret = "a wrong secret",
        WrongName = "a wrong name",
        LongerName = "a name that is longer",
        ShorterName = "a name that is shorter",
        NameCaseFlipped = "a name with the case of its letters flipped",
        EmptyName = "an empty name",
        LongerSecret = "a secret that is longer",
        ShorterSecret = "a secret that is shorter",
        EmptySecret = "an empty secret",
        NoSecret = "a name without a secret",
        SecretAndMore = "a secret with a colon and more behind it",
        CaseFlipped = "a secret with the case of its letters flipped",
        Condition = "a condition that is always true",
        BrokenBase64 = "broken base64",
        OtherScheme = "another scheme",
        NoScheme = "the right credentials without a scheme",
    }
}

words! {
    /// A way to ask for a token that the contract does not give.
    MethodKind, "method", {
        GetUrl = "GET with the openid in the URL",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
}

words! {
    /// Two openids in one request.
    OpenidPair, "pair", {
        Twice = "her openid twice",
        OwnFirst = "her openid before that of Bob",
        OwnLast = "her openid behind that of Bob",
    }
}

words! {
    /// What somebody who asks with the openid of another person lacks.
    Circumstance, "circumstance", {
        AnotherPhone = "from a phone that never logged in",
        SessionOver = "after her WeChat session has ended",
    }
}
