//! Faults in WECHAT: living with the real platform.

macro_rules! wechat {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Reads JSON only where it is declared as JSON.
        TextPlainRefused = "text-plain-refused" breaks "WECHAT-01",
            from "HTTP clients of Spring and others, which find no converter for `text/plain`";
        /// Reads an answer only if it is declared as `text/plain` or `application/json`, to the letter.
        DeclarationTakenLiterally = "declaration-taken-literally" breaks "WECHAT-01",
            from "a comparison of the whole header field, parameters included";
        /// Reads an answer only if it is declared as anything.
        UndeclaredRefused = "undeclared-refused" breaks "WECHAT-01",
            from "a Python project that looks the header field up without a default";
        /// Understands a success only with `errcode` 0.
        ErrcodeDemanded = "errcode-demanded" breaks "WECHAT-02",
            from "the example in the documentation, which shows one";
        /// Takes a success with `errcode` 0 for a failure.
        AnyErrcodeRefused = "any-errcode-refused" breaks "WECHAT-03",
            from "a test for the key instead of its value";
        /// Takes a success with an `errmsg` for a failure.
        AnyErrmsgRefused = "any-errmsg-refused" breaks "WECHAT-03",
            from "a test for the text of an error instead of its number";
        /// Understands a success only with `expires_in`.
        LegacyExpiresInDemanded = "legacy-expires-in-demanded" breaks "WECHAT-04",
            from "a session server written when every answer had it";
        /// Understands a success only with a `unionid`.
        UnionidDemanded = "unionid-demanded" breaks "WECHAT-04",
            from "a service that keys its users by unionid alone";
        /// Hands out the unionid in place of the openid where there is one.
        UnionidTakenForOpenid = "unionid-taken-for-openid" breaks "WECHAT-04",
            from "one field for whichever id comes";
        /// Understands a success only without members that it does not know.
        UnknownMembersRefused = "unknown-members-refused" breaks "WECHAT-04",
            from "deserialisers that fail on unknown properties unless told otherwise";
        /// Takes the first openid that it finds anywhere in the answer.
        NestedOpenidTaken = "nested-openid-taken" breaks "WECHAT-04",
            from "a search through all members of a tree";
        /// Takes a success with an escaped slash in the session key for a failure.
        EscapedSlashRefused = "escaped-slash-refused" breaks "WECHAT-05",
            from "a check of the session key in the text of the answer, before that is parsed";
        /// Finds the openid by its place in the text.
        MembersByPlace = "members-by-place" breaks "WECHAT-05",
            from "an answer taken apart at its commas";
        /// Takes the openid from the text of the answer, escapes and all.
        OpenidCutFromText = "openid-cut-from-text" breaks "WECHAT-05",
            from "a regular expression in place of a parser";
        /// Understands a success only if there is no space in its text.
        CompactJsonDemanded = "compact-json-demanded" breaks "WECHAT-05",
            from "a regular expression in place of a parser";
        /// Lets a client in as a visitor when WeChat's answer cannot be read.
        BrokenWeChatAdmitsVisitor = "broken-wechat-admits-visitor" breaks "WECHAT-06",
            from "a catch clause that goes on with an empty result";
        /// Closes the connection when WeChat's answer cannot be read.
        BrokenWeChatDropsConnection = "broken-wechat-drops-connection" breaks "WECHAT-06",
            from "a worker process that dies of an exception";
        /// Never answers when WeChat's answer breaks off.
        CutAnswerNeverAnswered = "cut-answer-never-answered" breaks "WECHAT-06",
            from "an event for the end of a body that never comes, in a runtime with callbacks";
        /// Lets a client in as a visitor when WeChat cannot be reached.
        UnreachableWeChatAdmitsVisitor = "unreachable-wechat-admits-visitor" breaks "WECHAT-06",
            from "a switch for development without a network";
        /// Waits a minute longer for WeChat before it refuses.
        SilentWeChatWaitedFor = "silent-wechat-waited-for" breaks "WECHAT-07",
            from "an HTTP client without a timeout";
        /// Lets a client in as a visitor when WeChat does not answer in time.
        SilentWeChatAdmitsVisitor = "silent-wechat-admits-visitor" breaks "WECHAT-07",
            from "a fallback that a circuit breaker was given";
        /// Refuses the next login of a person for whom WeChat's answer could not be read.
        BrokenWeChatPoisonsNextLogin = "broken-wechat-poisons-next-login" breaks "WECHAT-08",
            from "a failed result that is cached with the session";
        /// Refuses the next login of a person for whom WeChat could not be reached.
        UnreachableWeChatPoisonsNextLogin = "unreachable-wechat-poisons-next-login" breaks "WECHAT-08",
            from "a client that is made once and stays broken";
        /// Refuses the next login of a person for whom WeChat was silent.
        SilentWeChatPoisonsNextLogin = "silent-wechat-poisons-next-login" breaks "WECHAT-08",
            from "a lock that the exchange which gave up did not release";
        /// Lets a client in as a visitor when a success of WeChat has no usable openid.
        MissingOpenidAdmitted = "missing-openid-admitted" breaks "WECHAT-10",
            from "an empty value taken for an id";
        /// Takes any openid for a text, `null` and numbers too.
        AnyOpenidBecomesText = "any-openid-becomes-text" breaks "WECHAT-10",
            from "string conversion that never fails";
        /// Refuses every code with status 400, whoever is to blame.
        EveryRefusalIs400 = "every-refusal-is-400" breaks "WECHAT-11",
            from "one catch clause around the whole exchange";
        /// Exchanges one code at a time.
        ExchangesQueue = "exchanges-queue" breaks "WECHAT-12",
            from "a lock around the call, or a development server with one worker";
        /// Understands an answer of WeChat only with a `Content-Length`.
        LengthDemanded = "length-demanded" breaks "WECHAT-13",
            from "HTTP clients written by hand";
        /// Parses what comes first of WeChat's answer.
        FirstPieceParsed = "first-piece-parsed" breaks "WECHAT-13",
            from "one read from a socket, which is enough on most days";
    } };
}

pub(super) use wechat;
