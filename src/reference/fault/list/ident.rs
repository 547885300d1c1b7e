//! Faults in IDENT: people are told apart.

macro_rules! ident {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Refuses logins while more than forty are under way.
        CrowdTurnedAway = "crowd-turned-away" breaks "IDENT-01",
            from "a pool of connections that throws when it is empty";
        /// Hands out the openid of another person when more than forty log in at the same moment.
        ExchangeResultShared = "exchange-result-shared" breaks "IDENT-01",
            from "a result kept in a field that all requests share";
        /// Hands out the same token to more than forty who log in at the same moment.
        CrowdTokenShared = "crowd-token-shared" breaks "IDENT-01",
            from "a generator of random numbers seeded with the clock";
        /// Shows the data of one to more than forty who log in at the same moment.
        CrowdDataShared = "crowd-data-shared" breaks "IDENT-01",
            from "a cache of people whose key is the second of their login";
        /// Takes all people without a unionid for one person.
        MissingUnionidIsOnePerson = "missing-unionid-is-one-person" breaks "IDENT-02",
            from "an account table keyed by unionid alone";
        /// Opens a new account for a known person whose unionid appears.
        UnionidOpensNewAccount = "unionid-opens-new-account" breaks "IDENT-03",
            from "a lookup by unionid where there is one, and by openid otherwise";
        /// Takes people whose openids differ only in letter case for one person.
        OpenidCaseIgnored = "openid-case-ignored" breaks "IDENT-04",
            from "an account table whose collation ignores case";
        /// Hands out the openid without `-` and `_`.
        OpenidPunctuationDropped = "openid-punctuation-dropped" breaks "IDENT-05",
            from "input cleaning that keeps letters and digits only";
        /// Refuses an openid whose second character is neither a letter nor a digit.
        OpenidStartRefused = "openid-start-refused" breaks "IDENT-05",
            from "a pattern made from the openids at hand";
        /// Hands out the openid without `-` and `_` at its end.
        OpenidEndTrimmed = "openid-end-trimmed" breaks "IDENT-05",
            from "separators removed from the end of every text";
        /// Hands out what stands before two dashes or two underscores in an openid.
        OpenidCutAtDouble = "openid-cut-at-double" breaks "IDENT-05",
            from "two identities in one text, taken apart at the double separator";
        /// Takes a new person for a known one whose openid has other characters where the new one has `_`.
        OpenidUnderscoreIsWildcard = "openid-underscore-is-wildcard" breaks "IDENT-05",
            from "an account looked up with LIKE, for which an underscore is any character";
    } };
}

pub(super) use ident;
