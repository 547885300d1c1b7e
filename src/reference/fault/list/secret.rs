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
    } };
}

pub(super) use secret;
