//! Faults in CLIENT: the documented client never hangs.

macro_rules! client {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Refuses a code with status 200 and no `data`.
        ExchangeRefusalWithoutData = "exchange-refusal-without-data" breaks "CLIENT-01",
            from "envelopes that carry the outcome while the status is always 200";
        /// Refuses a code with status 200 and `null` as the data.
        ExchangeRefusalDataNull = "exchange-refusal-data-null" breaks "CLIENT-01",
            from "an envelope class that always has all three members";
        /// Refuses a code with status 200 and the body `null`.
        ExchangeRefusalNull = "exchange-refusal-null" breaks "CLIENT-01",
            from "a Go handler that returns its unset result";
        /// Refuses a code with status 200 and a plain text.
        ExchangeRefusalText = "exchange-refusal-text" breaks "CLIENT-01",
            from "an exception's text returned as the answer";
        /// Closes the connection instead of refusing a code.
        ExchangeRefusalDropped = "exchange-refusal-dropped" breaks "CLIENT-01",
            from "a worker process that dies on an unexpected answer";
        /// Refuses a code with status 200 and no `data` when WeChat is busy.
        BusyRefusalWithoutData = "busy-refusal-without-data" breaks "CLIENT-01",
            from "an envelope for what may be tried again, made apart from all others";
        /// Closes the connection when WeChat answers an error number it does not know.
        UnlistedErrorDropped = "unlisted-error-dropped" breaks "CLIENT-01",
            from "an enumeration without that number, and a worker that dies of it";
        /// Closes the connection when WeChat's answer cannot be read.
        UnreadableWeChatDropped = "unreadable-wechat-dropped" breaks "CLIENT-01",
            from "a parser whose error ends the worker";
        /// Refuses a code with status 200 and no `data` when WeChat answers an error number it does not know.
        UnlistedRefusalWithoutData = "unlisted-refusal-without-data" breaks "CLIENT-01",
            from "a table of errors whose entry for everything else was never filled in";
        /// Refuses a code with status 200 and no `data` when WeChat's answer cannot be read.
        UnreadableRefusalWithoutData = "unreadable-refusal-without-data" breaks "CLIENT-01",
            from "a handler for exceptions of the JSON library, in a framework that answers 200 from handlers";
        /// Refuses a missing code with status 200 and the body `null`.
        MissingCodeRefusalNull = "missing-code-refusal-null" breaks "CLIENT-01",
            from "a guard clause that returns nothing";
        /// Refuses a code that it has exchanged itself with status 200 and no `data`.
        KnownCodeRefusalWithoutData = "known-code-refusal-without-data" breaks "CLIENT-01",
            from "an answer made in the lookup of codes and not by the error handler";
        /// Refuses a token with the body `null`.
        TokenRefusalNull = "token-refusal-null" breaks "CLIENT-02",
            from "a service method that returns nothing when it finds nobody";
        /// Closes the connection instead of refusing a token.
        TokenRefusalDropped = "token-refusal-dropped" breaks "CLIENT-02",
            from "a gateway that drops what it does not want to answer";
        /// Closes the connection when the client is a wrong one.
        WrongClientDropped = "wrong-client-dropped" breaks "CLIENT-02",
            from "a gateway that hangs up on whoever fails to authenticate";
        /// Closes the connection when the openid is not known.
        UnknownOpenidDropped = "unknown-openid-dropped" breaks "CLIENT-02",
            from "a lookup whose miss ends the process";
        /// Closes the connection when the openid is missing or empty.
        MissingOpenidDropped = "missing-openid-dropped" breaks "CLIENT-02",
            from "a worker process that dies on a missing parameter";
        /// Refuses an unknown openid with a token in the answer.
        TokenInRefusal = "token-in-refusal" breaks "CLIENT-03",
            from "an answer filled in before the check, of which only the status is changed";
        /// Refuses wrong client credentials with the text `null` as the token.
        PlaceholderTokenInRefusal = "placeholder-token-in-refusal" breaks "CLIENT-03",
            from "an empty value put together with a text";
        /// Refuses user info with an explanation under `data`.
        DataInUserRefusal = "data-in-user-refusal" breaks "CLIENT-04",
            from "one envelope for success and failure";
        /// Refuses user info with an empty object as the data.
        EmptyDataInUserRefusal = "empty-data-in-user-refusal" breaks "CLIENT-04",
            from "a default value for clients that cannot bear its absence";
        /// Refuses a token that is not good with an explanation as the data.
        DataTextInUserRefusal = "data-text-in-user-refusal" breaks "CLIENT-04",
            from "an envelope whose constructor for errors fills in the data";
        /// Refuses a token that has ended with the time of its end as the data.
        DataInRefusalOfEnded = "data-in-refusal-of-ended" breaks "CLIENT-04",
            from "an answer that tells the client when its token expired";
        /// Refuses a client without a token with an empty list as the data.
        DataListInUserRefusal = "data-list-in-user-refusal" breaks "CLIENT-04",
            from "an empty PHP array turned into JSON";
    } };
}

pub(super) use client;
