//! Faults in WECHAT: living with the real platform.

macro_rules! wechat {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Understands a success only with `errcode` 0.
        ErrcodeDemanded = "errcode-demanded" breaks "WECHAT-02",
            from "the example in the documentation, which shows one";
        /// Takes a success with `errcode` 0 for a failure.
        AnyErrcodeRefused = "any-errcode-refused" breaks "WECHAT-03",
            from "a test for the key instead of its value";
        /// Understands a success only with `expires_in`.
        LegacyExpiresInDemanded = "legacy-expires-in-demanded" breaks "WECHAT-04",
            from "a session server written when every answer had it";
        /// Lets a client in as a visitor when WeChat's answer cannot be read.
        BrokenWeChatAdmitsVisitor = "broken-wechat-admits-visitor" breaks "WECHAT-06",
            from "a catch clause that goes on with an empty result";
        /// Waits a minute longer for WeChat before it refuses.
        SilentWeChatWaitedFor = "silent-wechat-waited-for" breaks "WECHAT-07",
            from "an HTTP client without a timeout";
        /// Lets a client in as a visitor when a success of WeChat has no usable openid.
        MissingOpenidAdmitted = "missing-openid-admitted" breaks "WECHAT-10",
            from "an empty value taken for an id";
        /// Refuses every code with status 400, whoever is to blame.
        EveryRefusalIs400 = "every-refusal-is-400" breaks "WECHAT-11",
            from "one catch clause around the whole exchange";
    } };
}

pub(super) use wechat;
