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
        Null = "the word null",
        Wildcard = "a wildcard",
        HalfAndWildcard = "the first half of her token and a wildcard",
        OneWildcard = "her token with a wildcard for a character",
        Star = "a star",
        HalfAndStar = "the first half of her token and a star",
        Condition = "a condition that is always true",
        ConditionInBrackets = "a condition that is true behind a bracket",
        ConditionInDouble = "a condition that is true behind a double quote",
        OpenId = "her openid",
        UserId = "her user ID",
        BehindFullStop = "her token and more behind a full stop",
        BehindComma = "her token and more behind a comma",
        BeyondAscii = "letters beyond ASCII",
        VeryLong = "four thousand letters",
        LoginCode = "her login code",
        ClientBasic = "the client's Basic credentials",
        BasicName = "her token as the name in Basic credentials",
        BasicScheme = "her token behind the scheme Basic",
        TokenScheme = "her token behind the scheme Token",
        Stuck = "her token stuck to the scheme",
        Bare = "her bare token",
        Misspelt = "her token behind a misspelt scheme",
        Twice = "her token behind the scheme twice",
        LowerCase = "her token behind the scheme in lower case",
        UpperCase = "her token behind the scheme in upper case",
        MixedCase = "her token behind the scheme in mixed case",
    }
}

words! {
    /// The parameter of the URL that user info is asked for with.
    UrlParameter, "url_parameter", {
        AccessToken = "access_token",
        Token = "token",
        Authorization = "Authorization",
    }
}

words! {
    /// In which way a JSON Web Token is forged.
    JwtForgery, "jwt_forgery", {
        AlgNone = "the algorithm none in any spelling",
        SignatureRemoved = "its signature removed",
        ClaimsChanged = "other claims under the old signature",
        HeaderChanged = "another header over the old signature",
        KeyedWithNothing = "a signature keyed with nothing",
        KeyedWithWord = "a signature keyed with a word of an example",
        KeyedWithPublicKey = "a signature keyed with the published key",
        KeyNamed = "a key named by a path or a query",
        OwnKey = "a key of the forger's in its header",
    }
}
