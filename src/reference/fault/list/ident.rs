//! Faults in IDENT: people are told apart.

macro_rules! ident {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Lets in only the person who logged in first.
        OnlyFirstPerson = "only-first-person" breaks "IDENT-01",
            from "a demo that keeps its one session in a global variable";
        /// Hands out the openid of another person who logs in at the same moment.
        ExchangeResultShared = "exchange-result-shared" breaks "IDENT-01",
            from "a result kept in a field that all requests share";
        /// Takes all people without a unionid for one person.
        MissingUnionidIsOnePerson = "missing-unionid-is-one-person" breaks "IDENT-02",
            from "an account table keyed by unionid alone";
        /// Takes people whose openids differ only in letter case for one person.
        OpenidCaseIgnored = "openid-case-ignored" breaks "IDENT-04",
            from "an account table whose collation ignores case";
        /// Hands out the openid without `-` and `_`.
        OpenidPunctuationDropped = "openid-punctuation-dropped" breaks "IDENT-05",
            from "input cleaning that keeps letters and digits only";
    } };
}

pub(super) use ident;
