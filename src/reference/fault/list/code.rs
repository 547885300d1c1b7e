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
        /// Accepts a used code once more when a token was issued since.
        CodeGoodAgainWithToken = "code-good-again-with-token" breaks "CODE-02",
            from "a session that is stored under the code it began with";
        /// Refuses a used code twice and then answers what it gave the first time.
        UsedCodeForgivenAtThird = "used-code-forgiven-at-third" breaks "CODE-02",
            from "a replay guard that forgets a code when it has caught it";
        /// Accepts a used code again as soon as its owner has used another one.
        OlderCodeForgotten = "older-code-forgotten" breaks "CODE-02",
            from "one column that holds the last code of each account, in front of a cache of answers";
        /// Accepts a used code while WeChat says that it is busy.
        UsedCodeServedWhenBusy = "used-code-served-when-busy" breaks "CODE-02",
            from "a circuit breaker that falls back on the session of before";
        /// Accepts a used code when WeChat cannot be understood.
        UsedCodeServedWhenBroken = "used-code-served-when-broken" breaks "CODE-02",
            from "a cache that serves what it has when the origin fails";
        /// Accepts a used code from a person who is logged in.
        UsedCodeGoodWithToken = "used-code-good-with-token" breaks "CODE-02",
            from "a login that answers with the current user when there is one";
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
        /// Passes on only the first 255 characters of a code.
        CodeCutAt255 = "code-cut-at-255" breaks "CODE-04",
            from "a log or a table column of the usual length, read back before the call";
        /// Decodes percent escapes in a code before it passes the code on.
        CodeDecodedTwice = "code-decoded-twice" breaks "CODE-04",
            from "a handler that decodes what its framework has decoded already";
        /// Passes on a plus in a code as it is, which WeChat reads as a space.
        CodePlusUnescaped = "code-plus-unescaped" breaks "CODE-04",
            from "an encoder for addresses used for a parameter";
        /// Passes on what stands before a number sign in a code.
        CodeFragmentCut = "code-fragment-cut" breaks "CODE-04",
            from "an address put together without encoding, whose end becomes a fragment";
        /// Removes quotation marks and control characters from a code.
        CodeCleaned = "code-cleaned" breaks "CODE-04",
            from "input cleaning put in front of everything";
        /// Passes on a question mark for each letter of a code that is beyond ASCII.
        CodeReducedToAscii = "code-reduced-to-ascii" breaks "CODE-04",
            from "text turned into bytes with the wrong charset";
        /// Passes on what stands before an equals sign in a code.
        CodeSplitAtEquals = "code-split-at-equals" breaks "CODE-04",
            from "a query taken apart at each equals sign";
        /// Passes on what stands before a semicolon in a code.
        CodeSplitAtSemicolon = "code-split-at-semicolon" breaks "CODE-04",
            from "a query parser that takes semicolons for ampersands";
        /// Passes on a code up to the first NUL.
        CodeCutAtNul = "code-cut-at-nul" breaks "CODE-04",
            from "a text handed to a library written in C";
        /// Passes on a code without what looks like a tag of HTML.
        CodeTagsStripped = "code-tags-stripped" breaks "CODE-04",
            from "a filter against cross-site scripting over all parameters, as common admin templates have";
        /// Passes on a code without the spaces in it.
        CodeSpacesRemoved = "code-spaces-removed" breaks "CODE-04",
            from "a text trimmed with the function for all white space";
        /// Puts the appid in the place of a word in the code.
        CodeTakenForTemplate = "code-taken-for-template" breaks "CODE-04",
            from "the address of the documentation as a template, into which the code is put before the rest";
        /// Puts another word in the place of a dollar and an ampersand in the code.
        CodeDollarExpanded = "code-dollar-expanded" breaks "CODE-04",
            from "String.replace in JavaScript, for which they are the text that was replaced";
        /// Drops a name in braces from the code.
        CodeBracesExpanded = "code-braces-expanded" breaks "CODE-04",
            from "an HTTP client that takes the whole address for a template";
        /// Resolves a way up a path inside of a code.
        CodePathResolved = "code-path-resolved" breaks "CODE-04",
            from "an address normalised after it was put together";
        /// Refuses codes of anything but letters and digits, and names the others to WeChat twice.
        CodeNamedTwice = "code-named-twice" breaks "CODE-04",
            from "a client that adds parameters to an address which has them already";
        /// Asks WeChat without `grant_type`.
        GrantTypeMissing = "grant-type-missing" breaks "CODE-05",
            from "a snippet that omits it and works because the service is lenient";
        /// Asks WeChat with the grant type of a platform token.
        GrantTypeOther = "grant-type-other" breaks "CODE-05",
            from "parameters copied from the call for the access token";
        /// Asks WeChat under another appid first, and under its own when that is refused.
        OtherAppAskedFirst = "other-app-asked-first" breaks "CODE-05",
            from "a server for several mini programs that tries one after the other";
        /// Asks WeChat with an old secret first, and with the right one when that is refused.
        OldSecretTriedFirst = "old-secret-tried-first" breaks "CODE-05",
            from "a change of the secret that was never brought to an end";
        /// Asks WeChat under the appid that the client sends as `appId`.
        AppIdOfClient = "app-id-of-client" breaks "CODE-05",
            from "a request class with the member appId, as clients spell it, for the case of several apps";
        /// Asks WeChat under the appid in the `Referer` of the client.
        AppIdOfReferer = "app-id-of-referer" breaks "CODE-05",
            from "several mini programs at one backend, told apart by the page that a phone says it comes from";
        /// Asks WeChat with the secret that the client sends.
        SecretOfClient = "secret-of-client" breaks "CODE-05",
            from "defaults that the query of the client is merged over";
        /// Asks WeChat for the purpose that the client sends.
        GrantTypeOfClient = "grant-type-of-client" breaks "CODE-05",
            from "a query that is handed on with the secret added";
        /// Asks WeChat under the appid that the client names beside its code.
        AppidOfClient = "appid-of-client" breaks "CODE-05",
            from "one backend for several mini programs that lets each say which one it is";
        /// Sends every accepted code to WeChat a second time and ignores the result.
        ExchangedTwice = "exchanged-twice" breaks "CODE-06",
            from "a retry wrapped around a call that must happen once";
        /// Exchanges the code again when the token is asked for, and ignores the result.
        CodeExchangedForToken = "code-exchanged-for-token" breaks "CODE-06",
            from "a second service that checks the login for itself";
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
        /// Answers error 40029 with the account that came first into its table: its own administrator's.
        InvalidCodeFirstPerson = "invalid-code-first-person" breaks "CODE-09",
            from "a database filter dropped because its value is missing, so the first row is found";
        /// Accepts a code for tests.
        TestCodeAdmitsVisitor = "test-code-admits-visitor" breaks "CODE-09",
            from "a shortcut for the developers' tool, which hands out such a code where nobody is logged in";
        /// Lets a person in whom WeChat blocks with error 40226.
        BlockedPersonAdmitted = "blocked-person-admitted" breaks "CODE-10",
            from "an error list copied from an old page that lacks this number";
        /// Lets a client in as a visitor when WeChat answers an error number it does not know.
        UnknownErrorAdmitted = "unknown-error-admitted" breaks "CODE-10",
            from "a switch over error numbers whose default is success";
        /// Lets a client in as a visitor when WeChat is busy or a quota is used up.
        BusyWeChatAdmitsVisitor = "busy-wechat-admits-visitor" breaks "CODE-10",
            from "a fallback that was to keep the shop open during an outage";
        /// Lets a client in as a visitor when WeChat does not accept the backend's own parameters.
        RejectedBackendAdmitsVisitor = "rejected-backend-admits-visitor" breaks "CODE-10",
            from "visitor mode for developers who have no appid, left on";
        /// Takes the openid from an answer that is an error.
        ErrcodeBesideOpenidIgnored = "errcode-beside-openid-ignored" breaks "CODE-10",
            from "an SDK whose result class has no field for the error";
        /// Takes an answer with an error number below 0 and an openid for a success.
        NegativeErrcodeIgnored = "negative-errcode-ignored" breaks "CODE-10",
            from "a test whether the error number is greater than 0";
        /// Names the person whom WeChat blocks in the refusal.
        RefusedOpenidShown = "refused-openid-shown" breaks "CODE-10",
            from "an error answer that says as much as the log";
        /// Makes a person known before it looks at the error beside the openid.
        RefusedPersonRegistered = "refused-person-registered" breaks "CODE-10",
            from "registration in the parser of the answer";
        /// Asks WeChat under another appid when its own code is refused.
        CodeOfOtherAppAccepted = "code-of-other-app-accepted" breaks "CODE-11",
            from "one login service for several mini programs";
        /// Refuses all further logins of a person whose used code was sent again.
        UsedCodeLocksPerson = "used-code-locks-person" breaks "CODE-12",
            from "a lockout after failed attempts that never unlocks";
        /// Refuses the next login of a person whose used code was sent again.
        UsedCodePoisonsNextLogin = "used-code-poisons-next-login" breaks "CODE-12",
            from "a failed answer kept in the person's session and given once more";
        /// Refuses a code that differs from one that was exchanged in the case of its letters only.
        CodeTwinTakenForUsed = "code-twin-taken-for-used" breaks "CODE-12",
            from "a table of used codes whose collation ignores case";
        /// Logs a client in as a visitor whose code has the form of a phone-number code.
        PhoneCodeAdmitsVisitor = "phone-code-admits-visitor" breaks "CODE-13",
            from "one endpoint for both buttons, which tells them apart by the length of the code";
        /// Lets caches keep the answer of a code exchange for a minute.
        ExchangeCacheable = "exchange-cacheable" breaks "CODE-14",
            from "cache settings made for all GET requests at once";
        /// Lets caches keep the refusal of a code for a minute.
        ExchangeRefusalCacheable = "exchange-refusal-cacheable" breaks "CODE-14",
            from "negative caching in a gateway, against floods of bad requests";
        /// Sends an openid with `no-cache`, which lets it be kept, in place of `no-store`.
        ExchangeNoCacheOnly = "exchange-no-cache-only" breaks "CODE-14",
            from "two directives taken for the same";
        /// Sends a code to a busy WeChat ten times in a row.
        BusyWeChatHammered = "busy-wechat-hammered" breaks "CODE-15",
            from "a loop that ends with success";
        /// Sends a code again when the quota of the minute is used up.
        FullQuotaRetried = "full-quota-retried" breaks "CODE-15",
            from "one retry rule for all errors";
        /// Refuses every code with status 500.
        EveryRefusalIs500 = "every-refusal-is-500" breaks "CODE-16",
            from "an exception that no handler catches";
        /// Refuses a missing code with status 500.
        MissingCodeIs500 = "missing-code-is-500" breaks "CODE-16",
            from "a parameter that is used before anybody looked whether it is there";
        /// Refuses a code that WeChat does not know with status 500.
        UnknownCodeIs500 = "unknown-code-is-500" breaks "CODE-16",
            from "an SDK that throws for every error, and a handler for the one that was met: a used code";
        /// Refuses the later of two simultaneous exchanges of one code with status 500.
        RaceLoserIs500 = "race-loser-is-500" breaks "CODE-16",
            from "a unique key in the table of codes, whose violation nobody expects";
        /// Takes a client for the person whose openid it sends beside a code that was accepted.
        OpenidBesideCodeBelieved = "openid-beside-code-believed" breaks "CODE-17",
            from "a request class with all members of the person, filled from the query";
        /// Takes a client for the person whose openid it sends as `openId` beside a good code.
        OpenidUnderOtherNameBelieved = "openid-under-other-name-believed" breaks "CODE-17",
            from "members of a request class that are spelled as those of the class of people";
        /// Takes a client for the person whose user ID it sends as `userId` beside a good code.
        UserIdBesideCodeBelieved = "user-id-beside-code-believed" breaks "CODE-17",
            from "a person read from the whole body of the login, so that a member of it names the row that is loaded";
        /// Takes a client for the person whose unionid it sends beside a good code, where WeChat names none.
        UnionidBesideCodeBelieved = "unionid-beside-code-believed" breaks "CODE-17",
            from "a unionid that is read from the request where WeChat's answer has none";
        /// Takes a client for the person whose openid stands in a profile that it sends beside a good code.
        OpenidInProfileBelieved = "openid-in-profile-believed" breaks "CODE-17",
            from "a profile that was decrypted on the phone, as the oldest examples had it";
        /// Takes a client for the person whose openid stands in its cookie beside a good code.
        OpenidInCookieBelieved = "openid-in-cookie-believed" breaks "CODE-17",
            from "a cookie of the web login that is looked at first";
        /// Takes a client for the person whose openid stands in `X-Openid` beside a good code.
        OpenidInHeaderBelieved = "openid-in-header-believed" breaks "CODE-17",
            from "a field that a gateway of a cloud sets, believed without the gateway";
        /// Takes a client that sends no usable code for the person whose openid it sends.
        OpenidWithoutCodeBelieved = "openid-without-code-believed" breaks "CODE-17",
            from "a way in for developers, who have no code at hand";
        /// Takes whoever sends a token beside a good code for the person whose token it is.
        TokenBesideCodeBelieved = "token-beside-code-believed" breaks "CODE-17",
            from "a filter that finds a session and answers before the login is looked at";
        /// Takes a client for the person whose openid it sends while WeChat is busy.
        OpenidBelievedOfBusyWeChat = "openid-believed-of-busy-wechat" breaks "CODE-17",
            from "a fallback to the person that the phone remembers, for the hours of much traffic";
        /// Takes a client for the person whose openid it sends when WeChat's answer cannot be read.
        OpenidBelievedOfBrokenWeChat = "openid-believed-of-broken-wechat" breaks "CODE-17",
            from "a fallback to the person that the phone remembers, in the catch clause around the call";
    } };
}

pub(super) use code;
