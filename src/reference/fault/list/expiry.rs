//! Faults in EXPIRY: how a token ends.

macro_rules! expiry {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Announces the lifetime as a text when the person had a token before.
        LifetimeTextOnRenewal = "lifetime-text-on-renewal" breaks "EXPIRY-01",
            from "a cached answer whose numbers were stored as text";
        /// Announces the lifetime as a text when the person's living token was in use.
        LifetimeTextWhileInUse = "lifetime-text-while-in-use" breaks "EXPIRY-01",
            from "an answer put together from the session of the person, all of whose values are texts";
        /// Announces no lifetime when the person's living token was in use.
        LifetimeMissingWhileInUse = "lifetime-missing-while-in-use" breaks "EXPIRY-02",
            from "an answer for people who are logged in already, which was never finished";
        /// Announces what is left of the person's first token, also when that has ended.
        LifetimeLeftOfFirstToken = "lifetime-left-of-first-token" breaks "EXPIRY-06",
            from "a remaining time read from the old session before the new one replaces it";
        /// Announces no lifetime when the person had a token before.
        LifetimeMissingOnRenewal = "lifetime-missing-on-renewal" breaks "EXPIRY-02",
            from "a shortcut for known people that fills in half of the answer";
        /// Announces the end as a Unix time in place of the lifetime.
        LifetimeIsEndTime = "lifetime-is-end-time" breaks "EXPIRY-04",
            from "shops that answer an `expires_time`";
        /// Ends a token after half of its announced life.
        EndsAtHalfLife = "ends-at-half-life" breaks "EXPIRY-04",
            from "a cache whose time to live is set apart from the announced one";
        /// Ends a token after as many milliseconds as it announces seconds.
        EndsAfterMilliseconds = "ends-after-milliseconds" breaks "EXPIRY-04",
            from "a key of a cache set with PX in place of EX";
        /// Ends a token when an earlier one of its owner ends that lives.
        LaterTokenEndsWithEarlier = "later-token-ends-with-earlier" breaks "EXPIRY-04",
            from "an upsert of the session row that changes the token and leaves the end";
        /// Ends a token with its first use.
        EndsAfterFirstUse = "ends-after-first-use" breaks "EXPIRY-04",
            from "a one-time ticket that was made into a token";
        /// Ends a token at its eleventh use.
        EndsAfterTenthUse = "ends-after-tenth-use" breaks "EXPIRY-04",
            from "a quota for each token, meant to slow down whoever copies everything";
        /// Ends a token that was not in use for a quarter of its life.
        EndsWhenIdle = "ends-when-idle" breaks "EXPIRY-04",
            from "an idle timeout beside the absolute one, of which the client is not told";
        /// Prolongs the living tokens of a person when a new one is issued.
        LoginProlongsEarlier = "login-prolongs-earlier" breaks "EXPIRY-05",
            from "the time to live of one key per person, set anew at each login";
        /// Lets a token work for ever.
        NeverEnds = "never-ends" breaks "EXPIRY-05",
            from "tokens signed without an end, as in two popular shop templates";
        /// Lets a token work for ten minutes after its end.
        EndsTenMinutesLate = "ends-ten-minutes-late" breaks "EXPIRY-05",
            from "a generous allowance for clocks that differ";
        /// Lets a token work for ever that was not in use for half of its life.
        IdleTokenNeverEnds = "idle-token-never-ends" breaks "EXPIRY-05",
            from "a cache that drops what is idle, before a table in which nobody looks at the end";
        /// Lets the tokens of a person that have ended work again when the person is given a new one.
        DeadTokensWake = "dead-tokens-wake" breaks "EXPIRY-05",
            from "an end that is kept for the person and not for the token";
        /// Lets tokens that have ended live again once their owner exchanges a code.
        LoginRevivesEnded = "login-revives-ended" breaks "EXPIRY-05",
            from "an end that is kept with the person and put forward by each login";
        /// Lets each use of a token begin its life anew.
        UseProlongsLife = "use-prolongs-life" breaks "EXPIRY-05",
            from "a cache that renews its entries when they are read";
        /// Issues no token once the person's tokens have all ended.
        RenewalRefusedAfterEnd = "renewal-refused-after-end" breaks "EXPIRY-06",
            from "renewal that wants a living session to renew";
        /// Hands out an ended token again.
        RenewalHandsOutDeadToken = "renewal-hands-out-dead-token" breaks "EXPIRY-06",
            from "a token cache that is asked before the clock is";
        /// Forgets an openid after half of a token's life.
        OpenidForgottenAtHalfLife = "openid-forgotten-at-half-life" breaks "EXPIRY-06",
            from "a login cache that does not live as long as the tokens it answers for";
        /// Hands out a living token again and announces its whole life anew.
        ReusedTokenFullLifetime = "reused-token-full-lifetime" breaks "EXPIRY-07",
            from "one token per person, with the lifetime taken from the settings";
        /// Hands out a living token again and announces half of what is left of its life.
        ReusedTokenLeftHalved = "reused-token-left-halved" breaks "EXPIRY-07",
            from "a safety margin for clients, which grows with the life";
    } };
}

pub(super) use expiry;
