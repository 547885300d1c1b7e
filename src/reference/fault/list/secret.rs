//! Faults in SECRET: what never reaches the client.

macro_rules! secret {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Answers the session key beside the openid.
        SessionKeyInExchange = "session-key-in-exchange" breaks "SECRET-01",
            from "examples that return the session as it is, and mini programs that decrypt on the phone";
        /// Answers a code exchange with WeChat's whole answer as the data.
        WeChatAnswerPassedThrough = "wechat-answer-passed-through" breaks "SECRET-01",
            from "a much-copied demo and a FastAPI template that wrap what they got";
        /// Sends the session key in a header.
        SessionKeyInHeader = "session-key-in-header" breaks "SECRET-01",
            from "a session header named after what it holds";
        /// Sends the session key in a cookie.
        SessionKeyInCookie = "session-key-in-cookie" breaks "SECRET-01",
            from "a client-side session that is signed and not encrypted";
        /// Shows the session key in the user info.
        SessionKeyInUserInfo = "session-key-in-user-info" breaks "SECRET-01",
            from "a person row that is serialised with all its columns";
        /// Carries the session key in the readable part of the token.
        SessionKeyInToken = "session-key-in-token" breaks "SECRET-01",
            from "a shop server that signs the session key into a JWT";
        /// Answers the session key, encoded in base64 once more.
        SessionKeyBase64 = "session-key-base64" breaks "SECRET-01",
            from "encoding taken for encryption";
        /// Answers the session key in hexadecimal.
        SessionKeyHex = "session-key-hex" breaks "SECRET-01",
            from "a debugging field that prints bytes";
        /// Answers an address with the session key in its query.
        SessionKeyPercentEncoded = "session-key-percent-encoded" breaks "SECRET-01",
            from "a follow-up address that carries its own parameters";
        /// Shows the session key of the first exchange when the code is sent again.
        SessionKeyInRefusal = "session-key-in-refusal" breaks "SECRET-01",
            from "an error answer that dumps the record it collided with";
        /// Redirects a code exchange to an address with the session key in its query.
        SessionKeyInRedirect = "session-key-in-redirect" breaks "SECRET-01",
            from "a hand-over between two services by way of the client";
        /// Shows what WeChat answered when it is asked with `debug=1`.
        SessionKeyWhenDebugged = "session-key-when-debugged" breaks "SECRET-01",
            from "a switch for developers that works in production too";
        /// Shows the address it asked WeChat at, secret and all, when a code is refused.
        AppSecretInRefusal = "app-secret-in-refusal" breaks "SECRET-02",
            from "an HTTP client whose errors quote the whole address";
        /// Answers WeChat's own access token beside the token.
        PlatformTokenInToken = "platform-token-in-token" breaks "SECRET-03",
            from "a template that hands the platform token to anybody";
        /// Shows the address it asked WeChat at, without the secret, when a code is refused.
        RequestQuotedInRefusal = "request-quoted-in-refusal" breaks "SECRET-04",
            from "error texts of an HTTP client passed on with one field blanked";
        /// Makes the token from a hash of the session key.
        TokenHashedFromSessionKey = "token-hashed-from-session-key" breaks "SECRET-06",
            from "session middleware of the first mini-program years, which hashed the key";
        /// Answers a state that holds the session key, compressed with gzip and encoded in base64.
        SessionKeyGzipped = "session-key-gzipped" breaks "SECRET-01",
            from "a session cookie format that compresses what it carries";
        /// Answers a state that holds the session key, compressed with zstd and encoded in base64.
        SessionKeyZstd = "session-key-zstd" breaks "SECRET-01",
            from "a cache entry handed out as the cache keeps it";
        /// Answers a state in base64 that holds a session in base64 that holds the session key.
        SessionKeyNested = "session-key-nested" breaks "SECRET-01",
            from "a state parameter that wraps a session that was encoded before";
        /// Answers the session key in base64, turned round.
        SessionKeyReversed = "session-key-reversed" breaks "SECRET-01",
            from "strrev(base64_encode($key)), taken for encryption";
        /// Answers a session in base64, broken into lines as in a mail.
        SessionKeyInLines = "session-key-in-lines" breaks "SECRET-01",
            from "a base64 encoder whose default is that of MIME";
        /// Answers the session key escaped letter by letter, twice.
        SessionKeyLetterByLetter = "session-key-letter-by-letter" breaks "SECRET-01",
            from "a JSON text put as text into JSON by an encoder that keeps to ASCII";
        /// Carries the bytes of the session key as a list of numbers in the readable part of the token.
        SessionKeyInClaimBytes = "session-key-in-claim-bytes" breaks "SECRET-01",
            from "a claims class with a byte array in it";
        /// Shows a page with the session, escaped for HTML, when a code is sent again.
        SessionKeyOnErrorPage = "session-key-on-error-page" breaks "SECRET-01",
            from "a debug page that shows the variables of the frame";
        /// Shows the session of the latest login where a path does not exist or a method is not allowed.
        SessionKeyInStrayAnswer = "session-key-in-stray-answer" breaks "SECRET-01",
            from "an error handler that dumps a session kept in a global";
        /// Shows WeChat's answer when it holds no openid.
        SessionKeyOfBrokenAnswer = "session-key-of-broken-answer" breaks "SECRET-01",
            from "an error text that quotes what could not be understood";
        /// Shows the latest login's record when a token is asked for by a client that is not ours.
        SessionKeyInTokenRefusal = "session-key-in-token-refusal" breaks "SECRET-01",
            from "a security filter that logs into the answer";
        /// Sends appid and app secret in a header of every code exchange, encoded in base64.
        AppSecretInHeader = "app-secret-in-header" breaks "SECRET-02",
            from "a debugging header with the settings of the WeChat client";
        /// Shows a page with the settings where a path does not exist or a method is not allowed.
        AppSecretOnErrorPage = "app-secret-on-error-page" breaks "SECRET-02",
            from "debug pages of web frameworks, which list the environment";
        /// Shows all settings on a page for developers.
        AppSecretOnDeveloperPage = "app-secret-on-developer-page" breaks "SECRET-02",
            from "the management pages of a framework, all of them exposed";
        /// Shows the address it was going to ask WeChat at when a code has characters no address can hold.
        AppSecretForOddCode = "app-secret-for-odd-code" breaks "SECRET-02",
            from "a URI parser that quotes what it does not take: Illegal character in query";
        /// Shows appid and secret when WeChat does not accept them or cannot be understood.
        AppSecretWhenWeChatRefuses = "app-secret-when-wechat-refuses" breaks "SECRET-02",
            from "a hint for whoever sets the backend up";
        /// Shows the settings when a token is asked for by a client that is not ours.
        AppSecretInTokenRefusal = "app-secret-in-token-refusal" breaks "SECRET-02",
            from "a security filter that logs into the answer";
        /// Fetches WeChat's own access token at every code exchange and shows it, in hexadecimal, in refusals.
        PlatformTokenInRefusal = "platform-token-in-refusal" breaks "SECRET-03",
            from "an SDK's state that is serialised into the error";
        /// Fetches WeChat's own access token at every code exchange and shows it in user info.
        PlatformTokenInUserInfo = "platform-token-in-user-info" breaks "SECRET-03",
            from "one field named access_token for two things";
        /// Fetches WeChat's own access token at every code exchange and shows it to clients that are not ours.
        PlatformTokenInTokenRefusal = "platform-token-in-token-refusal" breaks "SECRET-03",
            from "a security filter that logs into the answer";
        /// Lists the parameters of the request to WeChat, the secret blanked, when a code is refused.
        RequestListedInRefusal = "request-listed-in-refusal" breaks "SECRET-04",
            from "HTTP clients whose errors carry their configuration along";
        /// Shows the address it asked WeChat at, without the secret, when WeChat blocks a person.
        RequestQuotedForBlocked = "request-quoted-for-blocked" breaks "SECRET-04",
            from "the one branch of an error handler that nobody tidied up";
        /// Shows the address it asked WeChat at, without the secret, when WeChat cannot be understood.
        RequestQuotedWhenWeChatBroken = "request-quoted-when-wechat-broken" breaks "SECRET-04",
            from "error texts of an HTTP client passed on with one field blanked";
        /// Shows the openid of whoever logged in before when a code is refused.
        OpenidOfLastPersonInRefusal = "openid-of-last-person-in-refusal" breaks "SECRET-05",
            from "an error handler that shows a session kept in a global";
        /// Lists the openids of everybody in user info.
        PeopleListedInUserInfo = "people-listed-in-user-info" breaks "SECRET-05",
            from "a demo with a list of recent users";
        /// Sends the openid of whoever logged in before in a header of a code exchange.
        OpenidBeforeInHeader = "openid-before-in-header" breaks "SECRET-05",
            from "a tracing context that outlives its request";
        /// Shows everybody the openid of the first person who ever logged in.
        OpenidOfFirstPersonShown = "openid-of-first-person-shown" breaks "SECRET-05",
            from "a contact that is always the administrator";
        /// Makes the token of an HMAC of the openid under the session key, from the second login on.
        TokenSignedWithSessionKey = "token-signed-with-session-key" breaks "SECRET-06",
            from "the signature for WeChat's session check, used as a session of one's own";
        /// Renews a token as the MD5 of the session key.
        RenewalMd5OfSessionKey = "renewal-md5-of-session-key" breaks "SECRET-06",
            from "a refresh that needs something at hand which is hard to guess";
        /// Makes the token of a hash of openid and session key, cut to 32 digits.
        TokenHashedWithOpenid = "token-hashed-with-openid" breaks "SECRET-06",
            from "sha1(openid + session_key), found in many answers to how to make a session id";
        /// Makes the token a JWT whose ID is the MD5 of the session key.
        TokenIdFromSessionKey = "token-id-from-session-key" breaks "SECRET-06",
            from "a claim that is meant to end the token with the session";
    } };
}

pub(super) use secret;
