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
        /// Hands out the token as a number when the person had one before.
        TokenNumberOnRenewal = "token-number-on-renewal" breaks "TOKEN-01",
            from "a cached answer whose members were read back as numbers";
        /// Hands out the first token of a person as a number.
        TokenNumberAtFirst = "token-number-at-first" breaks "TOKEN-01",
            from "a key that is read back as text only once it is in the cache";
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
        /// Announces a lifetime of 0 when the person had a token before.
        LifetimeZeroOnRenewal = "lifetime-zero-on-renewal" breaks "TOKEN-02",
            from "what is left of a session that was replaced a moment before";
        /// Leaves `token_type` out.
        TokenTypeMissing = "token-type-missing" breaks "TOKEN-03",
            from "an answer reduced to what the client at hand reads";
        /// Calls the token a MAC token.
        TokenTypeMac = "token-type-mac" breaks "TOKEN-03",
            from "a draft of the standard that an early library implemented";
        /// Leaves `token_type` out when the person had a token before.
        TokenTypeMissingOnRenewal = "token-type-missing-on-renewal" breaks "TOKEN-03",
            from "a shortcut for known people that fills in half of the answer";
        /// Lets caches keep the token answer for a minute.
        TokenCacheable = "token-cacheable" breaks "TOKEN-04",
            from "cache settings made for a whole gateway";
        /// Lets the phone's own cache keep the token answer.
        TokenCacheablePrivately = "token-cacheable-privately" breaks "TOKEN-04",
            from "`no-cache` taken for `no-store`";
        /// Checks client credentials only if there are any.
        ClientAuthOptional = "client-auth-optional" breaks "TOKEN-05",
            from "a filter that passes anonymous requests on to a handler which expects it to have refused";
        /// Asks for no client credentials unless `X-Forwarded-For` shows a caller from outside.
        InternalCallTrusted = "internal-call-trusted" breaks "TOKEN-05",
            from "a gateway that trusts internal calls, reached directly";
        /// Takes an `Authorization` header without credentials for none and lets it pass.
        EmptyAuthorizationAccepted = "empty-authorization-accepted" breaks "TOKEN-05",
            from "a filter that looks whether the header is there and splits it without looking";
        /// Asks for no client credentials when a person is given the first token.
        FirstTokenUnauthenticated = "first-token-unauthenticated" breaks "TOKEN-05",
            from "a registration that ends in a login by itself, on the way past the client check";
        /// Checks the client's name and not its secret.
        AnySecretAccepted = "any-secret-accepted" breaks "TOKEN-06",
            from "a lookup by client id that forgets the comparison";
        /// Accepts a client secret that only begins like the right one.
        SecretPrefixCompared = "secret-prefix-compared" breaks "TOKEN-06",
            from "a comparison over the length of the expected value";
        /// Accepts a client secret that is the beginning of the right one.
        SecretBeginningAccepted = "secret-beginning-accepted" breaks "TOKEN-06",
            from "a comparison over the length of the given value";
        /// Accepts an empty client secret.
        EmptySecretAccepted = "empty-secret-accepted" breaks "TOKEN-06",
            from "an empty text that counts as `not to be checked`";
        /// Accepts a client name without any secret.
        MissingSecretAccepted = "missing-secret-accepted" breaks "TOKEN-06",
            from "a secret that is compared only if splitting the credentials gave one";
        /// Compares a client secret only up to its first colon.
        SecretCutAtColon = "secret-cut-at-colon" breaks "TOKEN-06",
            from "splitting the credentials at every colon and reading two parts";
        /// Compares the client secret without regard to case.
        SecretComparedWithoutCase = "secret-compared-without-case" breaks "TOKEN-06",
            from "a database column whose collation ignores case";
        /// Accepts any living token in the place of the client's credentials.
        TokenTakenForClient = "token-taken-for-client" breaks "TOKEN-06",
            from "one filter for all paths, which lets whoever is logged in pass";
        /// Accepts the right credentials under any authentication scheme.
        AnySchemeAccepted = "any-scheme-accepted" breaks "TOKEN-06",
            from "splitting the header at the blank and looking at the second half";
        /// Accepts any client name with the right secret.
        ClientNameUnchecked = "client-name-unchecked" breaks "TOKEN-06",
            from "one shared secret for all clients";
        /// Accepts a client name that only begins like the right one.
        ClientNamePrefixCompared = "client-name-prefix-compared" breaks "TOKEN-06",
            from "a search for the client by the beginning of its name";
        /// Accepts an empty client name with the right secret.
        EmptyClientNameAccepted = "empty-client-name-accepted" breaks "TOKEN-06",
            from "an empty name that falls back to the default client";
        /// Accepts credentials that cannot be decoded.
        BrokenBase64Accepted = "broken-base64-accepted" breaks "TOKEN-06",
            from "a decoding error caught and taken for an anonymous client";
        /// Accepts a client whose name makes a condition true.
        ClientPutIntoQuery = "client-put-into-query" breaks "TOKEN-06",
            from "a query put together from name and secret";
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
        /// Issues a token for `%`, whoever that is.
        OpenidMatchedByPattern = "openid-matched-by-pattern" breaks "TOKEN-08",
            from "`LIKE` in place of `=`";
        /// Looks openids up without regard to case.
        OpenidMatchedWithoutCase = "openid-matched-without-case" breaks "TOKEN-08",
            from "the default collation of a much-used database";
        /// Ignores what stands behind a known openid.
        OpenidTailIgnored = "openid-tail-ignored" breaks "TOKEN-08",
            from "a parameter that is cut to the length of its column";
        /// Issues a token for an openid of blanks.
        BlankOpenidGetsToken = "blank-openid-gets-token" breaks "TOKEN-08",
            from "a text that is trimmed after it was checked";
        /// Issues a token for the texts `undefined` and `null`.
        PlaceholderOpenidGetsToken = "placeholder-openid-gets-token" breaks "TOKEN-08",
            from "a person who was once stored under a value that was never set";
        /// Issues a token for an openid for tests.
        TestOpenidGetsToken = "test-openid-gets-token" breaks "TOKEN-08",
            from "an account for tests that the scripts of every installation make";
        /// Takes a condition in the place of an openid for the first person who meets it.
        ConditionGetsToken = "condition-gets-token" breaks "TOKEN-08",
            from "a parser that makes objects of brackets, and a database that takes objects for conditions";
        /// Issues tokens for the IDs of users as well as for openids.
        UserIdGetsToken = "user-id-gets-token" breaks "TOKEN-08",
            from "a lookup by user name, openid or ID, whichever fits";
        /// Lets a renewed token open the data of whoever logged in last.
        RenewedTokenOfLastLogin = "renewed-token-of-last-login" breaks "TOKEN-09",
            from "a renewal that takes the person from the session at hand";
        /// Lets a person's earlier token open the data of whoever logged in last once there is a new one.
        EarlierTokenOfLastLogin = "earlier-token-of-last-login" breaks "TOKEN-09",
            from "session slots that are given to the next who comes";
        /// Lets a token after a second login open the data of the person who logged in before.
        ReloginTokenOfPersonBefore = "relogin-token-of-person-before" breaks "TOKEN-09",
            from "a field of a shared object that is set after it was read";
        /// Lets the tokens of people who came earlier open the data of whoever logs in again.
        UsedTokensFollowRelogin = "used-tokens-follow-relogin" breaks "TOKEN-09",
            from "the current person kept in a static field that only a second login sets";
        /// Shows the data of the person whose openid stands in the URL to whoever has a good token.
        OpenidBesideTokenBelieved = "openid-beside-token-believed" breaks "TOKEN-09",
            from "a query by a request parameter behind a filter that only looks whether the token is good";
        /// Shows the data of the person whose openid stands in a header field to whoever has a good token.
        OpenidAroundTokenBelieved = "openid-around-token-believed" breaks "TOKEN-09",
            from "the header in which WeChat's cloud hosting names the person, on a server that anybody reaches";
        /// Shows the data of the person whose user ID stands in the URL to whoever has a good token.
        UserIdBesideTokenBelieved = "user-id-beside-token-believed" breaks "TOKEN-09",
            from "an optional parameter for the administrators that everybody may send";
        /// Shows the data of the person whose user ID a header field names to whoever has a good token.
        UserIdAroundTokenBelieved = "user-id-around-token-believed" breaks "TOKEN-09",
            from "the field in which the gateway names the person, which it adds and does not take away first";
        /// Numbers its tokens.
        TokenCounted = "token-counted" breaks "TOKEN-10",
            from "the primary key of the token table used as the token";
        /// Makes the token from a hash of the openid.
        TokenHashedFromOpenid = "token-hashed-from-openid" breaks "TOKEN-10",
            from "a hash mistaken for a secret";
        /// Hands out the MD5 of the openid as the token.
        TokenMd5OfOpenid = "token-md5-of-openid" breaks "TOKEN-10",
            from "the commonest hash of older backends";
        /// Hands out the openid as the token.
        TokenIsOpenid = "token-is-openid" breaks "TOKEN-10",
            from "backends that know no tokens and let the openid be the session";
        /// Hands out the openid backwards as the token.
        TokenIsOpenidReversed = "token-is-openid-reversed" breaks "TOKEN-10",
            from "disguise taken for encryption";
        /// Hands out the openid in base64 as the token.
        TokenIsOpenidInBase64 = "token-is-openid-in-base64" breaks "TOKEN-10",
            from "encoding taken for encryption";
        /// Hands out the openid and the time as the token.
        TokenIsOpenidAndTime = "token-is-openid-and-time" breaks "TOKEN-10",
            from "a key that only had to be unique";
        /// Hands out the MD5 of the openid and the time as the token.
        TokenMd5OfOpenidAndTime = "token-md5-of-openid-and-time" breaks "TOKEN-10",
            from "`md5($openid . time())`";
        /// Hands out the login code as the token.
        TokenIsLoginCode = "token-is-login-code" breaks "TOKEN-10",
            from "a session stored under the code that opened it";
        /// Hands out the time in milliseconds as the token.
        TokenIsTime = "token-is-time" breaks "TOKEN-10",
            from "`Date.now()` as an id";
        /// Hands out the MD5 of the time as the token.
        TokenMd5OfTime = "token-md5-of-time" breaks "TOKEN-10",
            from "`md5(time())`";
        /// Issues the MD5 hash of a random number of six digits.
        TokenMd5OfSixDigits = "token-md5-of-six-digits" breaks "TOKEN-10",
            from "`md5(rand(100000, 999999))`";
        /// Issues the MD5 hash of the second and of a random number of four digits.
        TokenMd5OfSecondAndDigits = "token-md5-of-second-and-digits" breaks "TOKEN-10",
            from "`md5(time() . rand(1000, 9999))`";
        /// Hands out UUIDs made from the time as tokens.
        TokenIsTimedUuid = "token-is-timed-uuid" breaks "TOKEN-10",
            from "a UUID function whose default version is the first";
        /// Hands out the number of the person and two check digits as the token.
        TokenIsUserNumber = "token-is-user-number" breaks "TOKEN-10",
            from "the primary key of the person table as the session";
        /// Hands out the MD5 of the user ID as the token.
        TokenMd5OfUserId = "token-md5-of-user-id" breaks "TOKEN-10",
            from "a user ID taken for something that only the backend knows";
        /// Hands out the MD5 of the user ID and the time as the token.
        TokenMd5OfUserIdAndTime = "token-md5-of-user-id-and-time" breaks "TOKEN-10",
            from "`md5(userId + \":\" + System.currentTimeMillis())`";
        /// Hands out the MD5 of the openid and the day as the token.
        TokenMd5OfOpenidAndDay = "token-md5-of-openid-and-day" breaks "TOKEN-10",
            from "a token that was to change every day without being stored";
        /// Hands out the openid and the MD5 of the openid and the appid as the token.
        TokenIsOpenidAndItsHash = "token-is-openid-and-its-hash" breaks "TOKEN-10",
            from "a checksum taken for a signature";
        /// Hands out the SHA-256 of a word and a counter as the token.
        TokenSha256OfCount = "token-sha256-of-count" breaks "TOKEN-10",
            from "a counter made to look like a key";
        /// Hands out the user ID and the end in readable JSON, unsigned, as the token.
        TokenIsReadableJson = "token-is-readable-json" breaks "TOKEN-10",
            from "the payload of a signed token without the signature";
        /// Hands out the openid, hidden with one key for all, as the token.
        TokenIsOpenidMasked = "token-is-openid-masked" breaks "TOKEN-10",
            from "XOR taken for encryption";
        /// Numbers its tokens behind a prefix.
        TokenCountedBehindPrefix = "token-counted-behind-prefix" breaks "TOKEN-10",
            from "a sequence made to look like a key";
        /// Numbers the tokens of each person behind a random text.
        TokenCountedForPerson = "token-counted-for-person" breaks "TOKEN-10",
            from "a session id that only gets a new version at each renewal";
        /// Hands out JSON Web Tokens without a signature.
        TokenUnsigned = "token-unsigned" breaks "TOKEN-10",
            from "`alg: none`, set for development";
        /// Hands out tokens of 8 hexadecimal digits.
        TokenOf8HexDigits = "token-of-8-hex-digits" breaks "TOKEN-11",
            from "the first block of a UUID";
        /// Hands out tokens of 16 decimal digits.
        TokenOf16Digits = "token-of-16-digits" breaks "TOKEN-11",
            from "`Math.random()` without its leading zero";
        /// Hands out tokens of 40 characters of which 12 ever differ.
        TokenMostlyPadding = "token-mostly-padding" breaks "TOKEN-11",
            from "a short id filled up to the length of its column";
        /// Hands out UUIDs that begin with the time.
        TokenIsSortableUuid = "token-is-sortable-uuid" breaks "TOKEN-11",
            from "the newest UUID version, made for primary keys";
        /// Issues a token to GET with the openid in the URL.
        TokenByGet = "token-by-get" breaks "TOKEN-12",
            from "a mapping that names no method, and a framework that merges query and form";
        /// Issues a token to GET with the openid in the URL, and knows no other GET there.
        TokenByGetOfOpenid = "token-by-get-of-openid" breaks "TOKEN-12",
            from "a route for links that were sent out once, which matches only with its parameter";
        /// Issues a token to PUT, PATCH and DELETE.
        TokenByAnyMethod = "token-by-any-method" breaks "TOKEN-12",
            from "a route registered for all methods";
        /// Refuses a token with status 200.
        RefusalIs200 = "refusal-is-200" breaks "TOKEN-13",
            from "envelopes that carry the outcome while the status is always 200";
        /// Refuses an unknown openid with status 404.
        UnknownOpenidIs404 = "unknown-openid-is-404" breaks "TOKEN-13",
            from "`not found` thrown by the repository of people";
        /// Refuses a wrong client with status 403.
        WrongClientIs403 = "wrong-client-is-403" breaks "TOKEN-13",
            from "a framework that takes no credentials for no permission";
        /// Refuses a token with `code` and `msg` in place of `error`.
        RefusalWithoutError = "refusal-without-error" breaks "TOKEN-13",
            from "an envelope of one's own";
        /// Refuses a token with a number as `error`.
        RefusalErrorNumber = "refusal-error-number" breaks "TOKEN-13",
            from "internal numbers put under the standard's name";
        /// Takes the first of several openids.
        RepeatedOpenidFirstWins = "repeated-openid-first-wins" breaks "TOKEN-14",
            from "form parsers that drop repeated values";
        /// Takes the last of several openids.
        RepeatedOpenidLastWins = "repeated-openid-last-wins" breaks "TOKEN-14",
            from "form parsers that let later values replace earlier ones";
        /// Accepts an openid that is repeated with the same value.
        SameOpenidTwiceAccepted = "same-openid-twice-accepted" breaks "TOKEN-14",
            from "values collected in a set";
        /// Declares the token answer as HTML.
        TokenDeclaredHtml = "token-declared-html" breaks "TOKEN-15",
            from "the default type of a scripting language";
        /// Declares the token answer as plain text.
        TokenDeclaredText = "token-declared-text" breaks "TOKEN-15",
            from "a handler that returns text it has serialised itself";
        /// Issues one token for each code exchange.
        OpenidUsableOnce = "openid-usable-once" breaks "TOKEN-16",
            from "an openid taken for a one-time ticket and deleted when it is used";
        /// Refuses a token while the person has a living one.
        OneLiveTokenPerPerson = "one-live-token-per-person" breaks "TOKEN-16",
            from "single sign-on rules applied to a client that asks at every launch";
        /// Issues four tokens for each code exchange and no more.
        FourTokensPerLogin = "four-tokens-per-login" breaks "TOKEN-16",
            from "a limit on renewals that was meant for browsers";
        /// Issues only one further token to a person whose token was in use.
        OneRenewalOnceUsed = "one-renewal-once-used" breaks "TOKEN-16",
            from "a renewal that is allowed once, as with rotating refresh tokens";
        /// Refuses a wrong client without `WWW-Authenticate`.
        ClientChallengeMissing = "client-challenge-missing" breaks "TOKEN-18",
            from "an exception handler that writes the body and forgets the header";
        /// Refuses a wrong client with an empty `WWW-Authenticate`.
        ClientChallengeEmpty = "client-challenge-empty" breaks "TOKEN-18",
            from "a challenge made from a setting that is not set";
        /// Signs an end into the token that is a whole life further than announced.
        JwtEndTwiceAsFar = "jwt-end-twice-as-far" breaks "TOKEN-19",
            from "the lifetime added to a time that holds it already";
        /// Signs an end into the token that is half a life nearer than announced.
        JwtEndHalfAsFar = "jwt-end-half-as-far" breaks "TOKEN-19",
            from "two settings for one lifetime";
        /// Signs an end in milliseconds into the token.
        JwtEndMilliseconds = "jwt-end-milliseconds" breaks "TOKEN-19",
            from "JavaScript's clock handed to a library that wants seconds";
        /// Signs no end into the token.
        JwtEndMissing = "jwt-end-missing" breaks "TOKEN-19",
            from "a signing call without its options";
        /// Announces the lifetime in milliseconds.
        LifetimeMilliseconds = "lifetime-milliseconds" breaks "TOKEN-21",
            from "a setting in milliseconds handed through";
        /// Lets tokens live for ten years, and says so.
        LifetimeTenYears = "lifetime-ten-years" breaks "TOKEN-21",
            from "a setting from development that went into production";
    } };
}

pub(super) use token;
