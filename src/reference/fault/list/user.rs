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
        /// Shows a guest's data to a client with an empty `Authorization` header.
        EmptyHeaderAccepted = "empty-header-accepted" breaks "USER-02",
            from "a check whether the header is there, and none whether anything is in it";
        /// Shows the data of the person whose openid stands in the URL to a client without a token.
        OpenidOpensUserInfo = "openid-opens-user-info" breaks "USER-02",
            from "a page of a profile that was public before there were tokens";
        /// Shows the data of the person whom a header field names to a client without a token.
        OpenidHeaderOpensUserInfo = "openid-header-opens-user-info" breaks "USER-02",
            from "trust in what the gateway of a cloud adds, at a backend that anybody can reach past it";
        /// Shows the data of the person whose user ID a header field names to a client without a token.
        UserIdHeaderOpensUserInfo = "user-id-header-opens-user-info" breaks "USER-02",
            from "a service that leaves the token to the gateway, at an address that anybody can reach past it";
        /// Shows a guest's data to a client that says it is one of the backend's own servers.
        InnerCallsLetIn = "inner-calls-let-in" breaks "USER-02",
            from "a header field by which services skip the login of each other, and which the gateway does not remove";
        /// Shows a guest's data to a client without a token that calls from the same machine, as it says itself.
        LocalCallersLetIn = "local-callers-let-in" breaks "USER-02",
            from "a list of trusted addresses that is compared with `X-Forwarded-For`";
        /// Shows a guest's data at addresses that are spelled a little otherwise.
        GuardComparesPaths = "guard-compares-paths" breaks "USER-02",
            from "CVE-2020-1957 and its kin, a filter and a router that take different paths for the same one";
        /// Shows a guest's data to whoever asks by `OPTIONS`.
        OptionsUnguarded = "options-unguarded" breaks "USER-02",
            from "a filter that lets the questions of browsers through, and a handler that is mapped to every method";
        /// Shows a client without a token the data of somebody who asks at the same moment.
        AnonymousServedAsNeighbour = "anonymous-served-as-neighbour" breaks "USER-02",
            from "a thread that still remembers the person of the request before";
        /// Takes a client without a token for whoever asked over the same connection before.
        ConnectionRemembersPerson = "connection-remembers-person" breaks "USER-02",
            from "authentication of connections, as NTLM does it, behind a proxy that shares them";
        /// Shows a person's data to whoever has the user ID in the cookie `uid`.
        UserIdCookieOpensUserInfo = "user-id-cookie-opens-user-info" breaks "USER-02",
            from "a cookie by which a web page is to remember who was there";
        /// Lets everybody in whose address ends like that of a script.
        ScriptsUnguarded = "scripts-unguarded" breaks "USER-02",
            from "a filter that leaves out static files by their ending, before a router that cuts it off";
        /// Lets everybody in who has the path of the login anywhere in the address.
        LoginPathInQueryUnguarded = "login-path-in-query-unguarded" breaks "USER-02",
            from "a list of open paths that is looked for in the whole address";
        /// Accepts a token with anything behind it.
        TokenTailIgnored = "token-tail-ignored" breaks "USER-03",
            from "a comparison over the length of the stored value";
        /// Accepts the beginning of a token.
        TokenMatchedByPrefix = "token-matched-by-prefix" breaks "USER-03",
            from "a key search by pattern in a token cache";
        /// Accepts the beginning of a token with a percent sign behind it.
        TokenMatchedByPattern = "token-matched-by-pattern" breaks "USER-03",
            from "a token looked up with LIKE";
        /// Accepts a user ID for a token.
        UserIdIsToken = "user-id-is-token" breaks "USER-03",
            from "one lookup for whatever stands behind `Bearer`: a token, or else the key of a person";
        /// Accepts a token with anything behind a full stop after it.
        TokenCutAtFullStop = "token-cut-at-full-stop" breaks "USER-03",
            from "a value that was signed by appending to it, taken apart and never verified";
        /// Takes whoever sends a token with letters beyond ASCII for a guest.
        GuardFailsOpen = "guard-fails-open" breaks "USER-03",
            from "a guard whose exception is caught around it, and the request goes on";
        /// Accepts the beginning of a token with a star behind it.
        TokenMatchedByStar = "token-matched-by-star" breaks "USER-03",
            from "a session found among the keys of Redis by a pattern";
        /// Accepts a token with an underscore in the place of any character.
        TokenUnderscoreIsWildcard = "token-underscore-is-wildcard" breaks "USER-03",
            from "a token looked up with LIKE, whose percent signs alone are taken out";
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
        /// Shows a guest's data to a client whose token is the word `undefined`.
        WordUndefinedAccepted = "word-undefined-accepted" breaks "USER-03",
            from "a client without a token that was let in so that a page would load";
        /// Decodes percent signs in a token.
        TokenPercentDecoded = "token-percent-decoded" breaks "USER-03",
            from "a helper for URL parameters used on a header";
        /// Compares a token from its second character on.
        TokenFirstCharacterIgnored = "token-first-character-ignored" breaks "USER-03",
            from "a scheme cut off with one character too many, on both sides of the comparison";
        /// Knows a token by its first and last eight characters.
        TokenKnownByItsEnds = "token-known-by-its-ends" breaks "USER-03",
            from "a cache whose keys are the tokens as the log masks them";
        /// Compares the beginning, the middle and the end of a token.
        TokenKnownByThreeParts = "token-known-by-three-parts" breaks "USER-03",
            from "a short key for a cache, made of pieces of the token";
        /// Shows a guest's data for a token that breaks out of a condition.
        TokenPutIntoQuery = "token-put-into-query" breaks "USER-03",
            from "a query put together from the token, with brackets around its condition";
        /// Shows a guest's data for a token for tests.
        TestTokenOpensUserInfo = "test-token-opens-user-info" breaks "USER-03",
            from "a token that the developers of the client use before there is a login";
        /// Accepts a token without a scheme.
        BareTokenAccepted = "bare-token-accepted" breaks "USER-04",
            from "removing `Bearer ` where it stands instead of demanding it";
        /// Accepts a token behind any scheme.
        SchemeIgnored = "scheme-ignored" breaks "USER-04",
            from "splitting the header at its space and looking at the second half only";
        /// Cuts seven characters off the header without looking at them.
        SchemeCutUnread = "scheme-cut-unread" breaks "USER-04",
            from "`substring(7)` without a test of what the header begins with";
        /// Takes the last word of the header for the token.
        LastWordTaken = "last-word-taken" breaks "USER-04",
            from "a split at spaces of which the last piece is used";
        /// Accepts a token behind the scheme `Token` too.
        TokenSchemeAccepted = "token-scheme-accepted" breaks "USER-04",
            from "two login libraries side by side, each with a scheme of its own";
        /// Accepts a token that follows the scheme without a blank.
        SchemeBlankOptional = "scheme-blank-optional" breaks "USER-04",
            from "cutting off `Bearer` and trimming what is left";
        /// Accepts a token as the name in Basic credentials.
        TokenAsBasicName = "token-as-basic-name" breaks "USER-04",
            from "a course project that sends its tokens as `Basic`";
        /// Shows a guest's data to whoever has the client's credentials.
        ClientOpensUserInfo = "client-opens-user-info" breaks "USER-04",
            from "one authentication filter for clients and for people";
        /// Accepts a JWT whose header says `none`, without a signature.
        JwtAlgNoneAccepted = "jwt-alg-none-accepted" breaks "USER-05",
            from "a library that lets the token choose how it is verified";
        /// Refuses `none` as the algorithm of a JWT, and accepts it in capital letters.
        JwtAlgNoneCapitalAccepted = "jwt-alg-none-capital-accepted" breaks "USER-05",
            from "a filter for one spelling in front of a library that knows all of them";
        /// Accepts a JWT whose signature is missing.
        JwtWithoutSignatureAccepted = "jwt-without-signature-accepted" breaks "USER-05",
            from "a check of the signature if there is one";
        /// Reads the claims of a JWT and does not verify anything.
        JwtSignatureUnchecked = "jwt-signature-unchecked" breaks "USER-05",
            from "`decode` called where `verify` was meant";
        /// Believes any JWT that carries a signature which was good before.
        JwtKnownBySignature = "jwt-known-by-signature" breaks "USER-05",
            from "a cache of verified tokens whose keys are the signatures";
        /// Believes whatever a JWT says whose header and signature were good before.
        JwtClaimsUnsigned = "jwt-claims-unsigned" breaks "USER-05",
            from "a signature that is made over the header before the claims are filled in";
        /// Accepts a JWT keyed with nothing.
        JwtEmptyKeyAccepted = "jwt-empty-key-accepted" breaks "USER-05",
            from "a second key for a rotation that is not set";
        /// Accepts a JWT keyed with the word of an example beside those keyed with its own.
        JwtExampleKeyAccepted = "jwt-example-key-accepted" breaks "USER-05",
            from "a list of keys for their rotation that still begins with that of the manual";
        /// Accepts a JWT signed with HS256 under the text of its own public key.
        JwtPublicKeyAsSecret = "jwt-public-key-as-secret" breaks "USER-05",
            from "one `verify` for both families of algorithms, with one key";
        /// Verifies a JWT with the RSA key in its own header.
        JwtEmbeddedKeyTrusted = "jwt-embedded-key-trusted" breaks "USER-05",
            from "CVE-2018-0114, a library that prefers the key in the token";
        /// Verifies a JWT with the shared key in its own header.
        JwtEmbeddedSecretTrusted = "jwt-embedded-secret-trusted" breaks "USER-05",
            from "a resolver of keys that supports every member of the header";
        /// Reads the key of a JWT from the file that `kid` names.
        JwtKeyFromFile = "jwt-key-from-file" breaks "USER-05",
            from "a folder of keys, and a path put together from the header";
        /// Reads the key of a JWT by a query that `kid` is put into.
        JwtKeyFromQuery = "jwt-key-from-query" breaks "USER-05",
            from "a table of keys, and a query put together from the header";
        /// Refuses user info without `WWW-Authenticate`.
        UserChallengeMissing = "user-challenge-missing" breaks "USER-06",
            from "an interceptor that writes its own 401";
        /// Names another scheme in `WWW-Authenticate` than the contract's.
        UserChallengeBasic = "user-challenge-basic" breaks "USER-06",
            from "the entry point of Basic authentication left on for all paths";
        /// Refuses user info with status 200.
        UserRefusalIs200 = "user-refusal-is-200" breaks "USER-06",
            from "an envelope that carries the outcome while the status is always 200";
        /// Refuses a token that is not good with status 403.
        UnknownTokenIs403 = "unknown-token-is-403" breaks "USER-06",
            from "an access filter that finds somebody without any rights";
        /// Refuses a client without a token with status 403.
        AnonymousIs403 = "anonymous-is-403" breaks "USER-06",
            from "the default entry point of a security framework without a login page";
        /// Refuses a token that is not good with status 500.
        UnknownTokenIs500 = "unknown-token-is-500" breaks "USER-06",
            from "an exception of the token library that nobody catches";
        /// Refuses a token that has ended with status 403.
        EndedTokenIs403 = "ended-token-is-403" breaks "USER-06",
            from "a handler of its own for the one exception that says a token has expired";
        /// Accepts a token in the parameter `access_token` of the URL.
        TokenInQueryAccepted = "token-in-query-accepted" breaks "USER-07",
            from "a resolver that was told to look into the URL for the sake of downloads";
        /// Accepts a token in the parameter `token` of the URL.
        ShortTokenInQueryAccepted = "short-token-in-query-accepted" breaks "USER-07",
            from "middleware whose example looks a token up in header, query and cookie";
        /// Accepts the `Authorization` header as a parameter of the URL.
        HeaderInQueryAccepted = "header-in-query-accepted" breaks "USER-07",
            from "a login library that reads the token by one name wherever it stands";
        /// Accepts a token in the parameter `accessToken`.
        CamelTokenInQueryAccepted = "camel-token-in-query-accepted" breaks "USER-07",
            from "a page that downloads files, whose links carry the token";
        /// Lets shared caches keep user info for a minute.
        UserInfoCacheable = "user-info-cacheable" breaks "USER-08",
            from "cache settings made for all GET requests at once";
        /// Lets shared caches, and only these, keep user info for a minute.
        UserInfoSharedCacheable = "user-info-shared-cacheable" breaks "USER-08",
            from "`s-maxage` set for a CDN in front of everything";
        /// Lets caches keep user info for a minute and ask again only then.
        UserInfoMustRevalidate = "user-info-must-revalidate" breaks "USER-08",
            from "`must-revalidate` taken for a synonym of `no-cache`";
        /// Lets caches keep the refusal of a client without a token.
        UserRefusalCacheable = "user-refusal-cacheable" breaks "USER-08",
            from "a lifetime that the web server adds to every answer";
        /// Shows the data of another person who asks at the same moment.
        CurrentPersonShared = "current-person-shared" breaks "USER-09",
            from "the current user kept in a field that all requests share";
        /// Shows everybody who asks at the same moment what the first of them is shown.
        FirstAnswerForAll = "first-answer-for-all" breaks "USER-09",
            from "requests for one path joined into one, without regard to the token";
        /// Swaps the answers of two people who ask at the same moment.
        AnswersSwapped = "answers-swapped" breaks "USER-09",
            from "a pool that gives back a connection on which an answer is still under way";
        /// Shows many who ask at once the person that the worker served before.
        WorkerRemembersPerson = "worker-remembers-person" breaks "USER-09",
            from "a thread-local user that is set once and never cleared";
        /// Puts the name of another person, who asks at the same moment, into an answer.
        AnswerObjectShared = "answer-object-shared" breaks "USER-09",
            from "one answer object that all requests fill in";
        /// Accepts only `Bearer` in this very spelling.
        BearerCaseSensitive = "bearer-case-sensitive" breaks "USER-10",
            from "a comparison of the header's beginning with a constant";
        /// Accepts only `Bearer` and `bearer`.
        BearerTwoSpellings = "bearer-two-spellings" breaks "USER-10",
            from "a second constant added after a complaint";
        /// Signs tokens with the word `secret`.
        JwtKeyedWithWord = "jwt-keyed-with-word" breaks "USER-11",
            from "the first line of every tutorial";
        /// Signs tokens with what the alphabet decodes to as base64.
        JwtKeyedWithDecodedWord = "jwt-keyed-with-decoded-word" breaks "USER-11",
            from "a default setting handed to a library that decodes keys";
        /// Signs tokens with the app secret.
        JwtKeyedWithAppSecret = "jwt-keyed-with-app-secret" breaks "USER-11",
            from "the only secret at hand when a key was wanted";
        /// Signs tokens with the MD5 hash of the word `secret`, in hexadecimal.
        JwtKeyedWithHashOfWord = "jwt-keyed-with-hash-of-word" breaks "USER-11",
            from "a word made to look like a key";
        /// Signs tokens with the SHA-256 hash of the app secret.
        JwtKeyedWithHashOfAppSecret = "jwt-keyed-with-hash-of-app-secret" breaks "USER-11",
            from "a library that demands 32 bytes, and the only secret at hand";
        /// Signs tokens with the app secret backwards.
        JwtKeyedWithAppSecretReversed = "jwt-keyed-with-app-secret-reversed" breaks "USER-11",
            from "a second key wanted, and a rule against using one twice";
        /// Signs tokens with `jwt_secret_2023`.
        JwtKeyedWithWordAndYear = "jwt-keyed-with-word-and-year" breaks "USER-11",
            from "a policy that keys are to be changed every year";
        /// Signs tokens with a number of six digits.
        JwtKeyedWithSixDigits = "jwt-keyed-with-six-digits" breaks "USER-11",
            from "a key that somebody had to type";
        /// Signs tokens with the second in which it was started.
        JwtKeyedWithStart = "jwt-keyed-with-start" breaks "USER-11",
            from "a new key wanted at each start, and `time()` at hand";
        /// Signs tokens with the name of their issuer, which each of them tells.
        JwtKeyedWithIssuer = "jwt-keyed-with-issuer" breaks "USER-11",
            from "two settings that were filled in with one value";
        /// Signs tokens with the name of the key, which each of them tells.
        JwtKeyedWithKeyId = "jwt-keyed-with-key-id" breaks "USER-11",
            from "a look-up that gives the name back where there is no key for it";
        /// Ends a genuine token when an altered one is presented.
        AlteredTokenEndsGenuine = "altered-token-ends-genuine" breaks "USER-12",
            from "a rule for stolen refresh tokens applied to every token whose first part is known";
        /// Ends a genuine token when three altered ones were presented.
        AlteredTokensLockGenuine = "altered-tokens-lock-genuine" breaks "USER-12",
            from "failed attempts counted by session instead of by who makes them";
        /// Revokes a signed token when another one with its identifier is not signed rightly.
        JwtBadSignatureRevokes = "jwt-bad-signature-revokes" breaks "USER-12",
            from "suspicious tokens put on the list of revoked ones by their `jti`";
        /// Revokes a signed token when one with its identifier names another algorithm.
        JwtOtherAlgorithmRevokes = "jwt-other-algorithm-revokes" breaks "USER-12",
            from "an alarm for forgeries that acts on what the forgery says";
    } };
}

pub(super) use user;
