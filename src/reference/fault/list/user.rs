//! Faults in USER: what a token opens.

macro_rules! user {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Issues tokens that never work.
        TokenNotStored = "token-not-stored" breaks "USER-01",
            from "a token written to one cache and looked up in another";
        /// Puts the data under `user`.
        UserDataUnderOtherKey = "user-data-under-other-key" breaks "USER-01",
            from "an envelope renamed on one side only";
        /// Answers user info without any data.
        UserDataMissing = "user-data-missing" breaks "USER-01",
            from "a profile that is joined in only when it was filled in";
        /// Answers user info with `null` as the data.
        UserDataNull = "user-data-null" breaks "USER-01",
            from "a lookup whose miss is not an error";
        /// Greets the person in plain text.
        UserInfoNotJson = "user-info-not-json" breaks "USER-01",
            from "an example handler of a login library left in place";
        /// Shows the data of the first person to a client without a token.
        AnonymousFirstPerson = "anonymous-first-person" breaks "USER-02",
            from "a query without its condition when there is no user";
        /// Shows a guest's data to a client without a token.
        AnonymousGuest = "anonymous-guest" breaks "USER-02",
            from "session middleware that lets requests without a session through";
        /// Accepts a token with anything behind it.
        TokenTailIgnored = "token-tail-ignored" breaks "USER-03",
            from "a comparison over the length of the stored value";
        /// Accepts the beginning of a token.
        TokenMatchedByPrefix = "token-matched-by-prefix" breaks "USER-03",
            from "a key search by pattern in a token cache";
        /// Accepts a token in other letter case.
        TokenMatchedWithoutCase = "token-matched-without-case" breaks "USER-03",
            from "a token column whose collation ignores case";
        /// Compares only the first 20 characters of a token.
        TokenMatchedByFirst20 = "token-matched-by-first-20" breaks "USER-03",
            from "an index column that holds a shortened token";
        /// Takes a client with an empty token for a guest.
        EmptyBearerAccepted = "empty-bearer-accepted" breaks "USER-03",
            from "an empty text that counts as no token and no token as a guest";
        /// Takes a client with an unknown token for a guest.
        AnyTokenAccepted = "any-token-accepted" breaks "USER-03",
            from "a lookup error that is logged and forgotten";
        /// Accepts a token without a scheme.
        BareTokenAccepted = "bare-token-accepted" breaks "USER-04",
            from "removing `Bearer ` where it stands instead of demanding it";
        /// Refuses user info without `WWW-Authenticate`.
        UserChallengeMissing = "user-challenge-missing" breaks "USER-06",
            from "an interceptor that writes its own 401";
        /// Lets shared caches keep user info for a minute.
        UserInfoCacheable = "user-info-cacheable" breaks "USER-08",
            from "cache settings made for all GET requests at once";
        /// Shows the data of another person who asks at the same moment.
        CurrentPersonShared = "current-person-shared" breaks "USER-09",
            from "the current user kept in a field that all requests share";
        /// Accepts only `Bearer` in this very spelling.
        BearerCaseSensitive = "bearer-case-sensitive" breaks "USER-10",
            from "a comparison of the header's beginning with a constant";
    } };
}

pub(super) use user;
