//! Faults in CODE: exchanging the login code.

macro_rules! code {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Hands out the openid with `wechat-` in front of it.
        OpenidPrefixed = "openid-prefixed" breaks "CODE-01",
            from "user names that carry their provider, as single-sign-on servers make them";
        /// Hands out the openid in lower case.
        OpenidLowerCased = "openid-lower-cased" breaks "CODE-01",
            from "normalisation copied from e-mail addresses";
        /// Hands out the openid with quotation marks around it.
        OpenidQuoted = "openid-quoted" breaks "CODE-01",
            from "a value written to a cache as JSON and read back as text";
        /// Hands out the openid of the exchange before.
        OpenidOfPersonBefore = "openid-of-person-before" breaks "CODE-01",
            from "a result kept in a field of a shared object";
        /// Answers a code that was exchanged before from a cache, without asking WeChat.
        CodeCached = "code-cached" breaks "CODE-02",
            from "an exchange cached by its parameters to save quota";
        /// Takes error 40163 for a success and answers what the code gave the first time.
        UsedCodeTakenAsSuccess = "used-code-taken-as-success" breaks "CODE-02",
            from "making double clicks harmless by trusting whoever repeats a code";
        /// Answers all simultaneous exchanges of one code with the result of one call.
        ConcurrentExchangeCoalesced = "concurrent-exchange-coalesced" breaks "CODE-03",
            from "a request collapser in front of WeChat";
        /// Forgives error 40163 when the same code was exchanged at the same moment.
        LateTwinForgiven = "late-twin-forgiven" breaks "CODE-03",
            from "a cache that is read before the call and again when the call fails";
        /// Passes on only the first 32 characters of a code.
        CodeCutAt32 = "code-cut-at-32" breaks "CODE-04",
            from "the observed length of codes taken for a promise";
        /// Passes on what stands behind an ampersand in a code as further parameters.
        CodeAppended = "code-appended" breaks "CODE-04",
            from "an address put together without encoding, as most hand-written calls do";
        /// Asks WeChat without `grant_type`.
        GrantTypeMissing = "grant-type-missing" breaks "CODE-05",
            from "a snippet that omits it and works because the service is lenient";
        /// Sends every code to WeChat a second time and ignores the result.
        ExchangedTwice = "exchanged-twice" breaks "CODE-06",
            from "a retry wrapped around a call that must happen once";
        /// Logs a client without a code in as a fixed visitor.
        MissingCodeDefaultPerson = "missing-code-default-person" breaks "CODE-07",
            from "visitor mode for developer tools that run without an appid";
        /// Logs a client with an empty code in as the person who logged in last.
        EmptyCodeLastPerson = "empty-code-last-person" breaks "CODE-07",
            from "an optional parameter that falls back to the session at hand";
        /// Asks WeChat even when the code is missing or empty.
        EmptyCodeSentToWeChat = "empty-code-sent-to-wechat" breaks "CODE-08",
            from "validation left to the platform";
        /// Answers error 40029 with an invented openid that works.
        InvalidCodeInventsOpenid = "invalid-code-invents-openid" breaks "CODE-09",
            from "an SDK that returned no error for any code, and an account made for whatever came back";
        /// Answers error 40029 with the person who logged in first.
        InvalidCodeFirstPerson = "invalid-code-first-person" breaks "CODE-09",
            from "a database filter dropped because its value is missing, so the first row is found";
        /// Lets a person in whom WeChat blocks with error 40226.
        BlockedPersonAdmitted = "blocked-person-admitted" breaks "CODE-10",
            from "an error list copied from an old page that lacks this number";
        /// Lets a client in as a visitor when WeChat answers an error number it does not know.
        UnknownErrorAdmitted = "unknown-error-admitted" breaks "CODE-10",
            from "a switch over error numbers whose default is success";
        /// Refuses all further logins of a person whose used code was sent again.
        UsedCodeLocksPerson = "used-code-locks-person" breaks "CODE-12",
            from "a lockout after failed attempts that never unlocks";
        /// Refuses the next login of a person whose used code was sent again.
        UsedCodePoisonsNextLogin = "used-code-poisons-next-login" breaks "CODE-12",
            from "a failed answer kept in the person's session and given once more";
        /// Lets caches keep the answer of a code exchange for a minute.
        ExchangeCacheable = "exchange-cacheable" breaks "CODE-14",
            from "cache settings made for all GET requests at once";
        /// Refuses every code with status 500.
        EveryRefusalIs500 = "every-refusal-is-500" breaks "CODE-16",
            from "an exception that no handler catches";
    } };
}

pub(super) use code;
