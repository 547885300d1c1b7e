//! Faults in TOKEN: trading the openid for a token.

macro_rules! token {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Names the token `token` instead of `access_token`.
        TokenUnderOtherName = "token-under-other-name" breaks "TOKEN-01",
            from "backends that follow their own convention; `token` is the commoner name";
        /// Hands out an empty token.
        TokenEmpty = "token-empty" breaks "TOKEN-01",
            from "a field that is serialised before it is set";
        /// Puts the token answer inside `data`.
        TokenNested = "token-nested" breaks "TOKEN-01",
            from "a uniform envelope put around every answer";
        /// Hands out the token as a number.
        TokenNumber = "token-number" breaks "TOKEN-01",
            from "a numeric session id";
        /// Announces the lifetime as a text.
        LifetimeText = "lifetime-text" breaks "TOKEN-02",
            from "a value read from a configuration file and never converted";
        /// Announces no lifetime.
        LifetimeMissing = "lifetime-missing" breaks "TOKEN-02",
            from "the field that RFC 6749 only recommends";
        /// Announces a lifetime of 0.
        LifetimeZero = "lifetime-zero" breaks "TOKEN-02",
            from "zero for `no limit`";
        /// Announces a lifetime of -1.
        LifetimeNegative = "lifetime-negative" breaks "TOKEN-02",
            from "a cache's number for a key without an end";
        /// Announces `null` as the lifetime.
        LifetimeNull = "lifetime-null" breaks "TOKEN-02",
            from "an optional setting that is not set";
        /// Leaves `token_type` out.
        TokenTypeMissing = "token-type-missing" breaks "TOKEN-03",
            from "an answer reduced to what the client at hand reads";
        /// Lets caches keep the token answer for a minute.
        TokenCacheable = "token-cacheable" breaks "TOKEN-04",
            from "cache settings made for a whole gateway";
        /// Checks client credentials only if there are any.
        ClientAuthOptional = "client-auth-optional" breaks "TOKEN-05",
            from "a filter that passes anonymous requests on to a handler which expects it to have refused";
        /// Asks for no client credentials unless `X-Forwarded-For` shows a caller from outside.
        InternalCallTrusted = "internal-call-trusted" breaks "TOKEN-05",
            from "a gateway that trusts internal calls, reached directly";
        /// Checks the client's name and not its secret.
        AnySecretAccepted = "any-secret-accepted" breaks "TOKEN-06",
            from "a lookup by client id that forgets the comparison";
        /// Accepts a client secret that only begins like the right one.
        SecretPrefixCompared = "secret-prefix-compared" breaks "TOKEN-06",
            from "a comparison over the length of the expected value";
        /// Accepts the right credentials under any authentication scheme.
        AnySchemeAccepted = "any-scheme-accepted" breaks "TOKEN-06",
            from "splitting the header at the blank and looking at the second half";
        /// Accepts any client name with the right secret.
        ClientNameUnchecked = "client-name-unchecked" breaks "TOKEN-06",
            from "one shared secret for all clients";
        /// Accepts credentials that cannot be decoded.
        BrokenBase64Accepted = "broken-base64-accepted" breaks "TOKEN-06",
            from "a decoding error caught and taken for an anonymous client";
        /// Issues a token for the person who logged in last when there is no openid.
        MissingOpenidLastPerson = "missing-openid-last-person" breaks "TOKEN-07",
            from "a parameter that defaults to the session at hand";
        /// Issues a token for the empty openid.
        EmptyOpenidGetsToken = "empty-openid-gets-token" breaks "TOKEN-07",
            from "a check for absence that an empty text passes";
        /// Issues a token for any openid and makes it known.
        UnknownOpenidRegistered = "unknown-openid-registered" breaks "TOKEN-08",
            from "an `openId` grant that registers whoever is not there yet";
        /// Issues a token for whatever looks like an openid.
        OpenidShapeTrusted = "openid-shape-trusted" breaks "TOKEN-08",
            from "a pattern check in place of a lookup";
        /// Issues a token for the beginning of a known openid.
        OpenidMatchedByPrefix = "openid-matched-by-prefix" breaks "TOKEN-08",
            from "a database search by pattern instead of by equality";
        /// Numbers its tokens.
        TokenCounted = "token-counted" breaks "TOKEN-10",
            from "the primary key of the token table used as the token";
        /// Makes the token from a hash of the openid.
        TokenHashedFromOpenid = "token-hashed-from-openid" breaks "TOKEN-10",
            from "a hash mistaken for a secret";
        /// Refuses a token with status 200.
        RefusalIs200 = "refusal-is-200" breaks "TOKEN-13",
            from "envelopes that carry the outcome while the status is always 200";
        /// Takes the first of several openids.
        RepeatedOpenidFirstWins = "repeated-openid-first-wins" breaks "TOKEN-14",
            from "form parsers that drop repeated values";
        /// Issues one token for each code exchange.
        OpenidUsableOnce = "openid-usable-once" breaks "TOKEN-16",
            from "an openid taken for a one-time ticket and deleted when it is used";
        /// Refuses a token while the person has a living one.
        OneLiveTokenPerPerson = "one-live-token-per-person" breaks "TOKEN-16",
            from "single sign-on rules applied to a client that asks at every launch";
        /// Refuses a wrong client without `WWW-Authenticate`.
        ClientChallengeMissing = "client-challenge-missing" breaks "TOKEN-18",
            from "an exception handler that writes the body and forgets the header";
        /// Announces the lifetime in milliseconds.
        LifetimeMilliseconds = "lifetime-milliseconds" breaks "TOKEN-21",
            from "a setting in milliseconds handed through";
    } };
}

pub(super) use token;
