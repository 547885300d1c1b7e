//! Faults in SESSION: how a session is renewed, looked at and ended by request.

macro_rules! session {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
        /// Renews each session once and not again.
        RenewalWorksOnce = "renewal-works-once" breaks "SESSION-01",
            from "a refresh token that is replaced at each use, the new one not being stored";
        /// Gives the token of one to two who renew at the same moment, from the second time on.
        RenewalsShareResult = "renewals-share-result" breaks "SESSION-01",
            from "renewals under way joined into one by a key that all requests share";
        /// Renews a session whose token has ended for somebody else who was there lately.
        EndedSessionRenewedForAnother = "ended-session-renewed-for-another" breaks "SESSION-01",
            from "a lookup by the token of the row, which is cleared at its end, so that the first row without one is found";
        /// Renews the session of whoever is named by the user ID in the renewal.
        RenewalOfNamedUser = "renewal-of-named-user" breaks "SESSION-01",
            from "a new token for the userId of the request, once the refresh token was found to be one";
        /// Renews the session of the token that comes along with a refresh token.
        RenewalOfTokenBeside = "renewal-of-token-beside" breaks "SESSION-01",
            from "a filter that puts the owner of the token into the context, which the renewal asks who it is for";
        /// Renews the session of whoever logged in last when nothing is presented.
        RenewalOfNothing = "renewal-of-nothing" breaks "SESSION-02",
            from "a lookup without a condition when the parameter is missing";
        /// Compares the first half of what a session is renewed by.
        RenewalComparesHalf = "renewal-compares-half" breaks "SESSION-02",
            from "a column that is too short for what is stored in it";
        /// Renews a session for the openid of its owner.
        RenewalByOpenid = "renewal-by-openid" breaks "SESSION-02",
            from "one lookup for all that a person may be known by";
        /// Renews a session for a token whose header says that it has no signature.
        RenewalAlgNoneAccepted = "renewal-alg-none-accepted" breaks "SESSION-02",
            from "a library that takes the algorithm from the token, in the one place where ended tokens are read as well";
        /// Renews a session for any client, whatever its credentials.
        RenewalOfAnyClient = "renewal-of-any-client" breaks "SESSION-02",
            from "a filter for the credentials of clients that is bound to one grant_type";
        /// Lets a refresh token open user info.
        RefreshTokenOpensUserInfo = "refresh-token-opens-user-info" breaks "SESSION-03",
            from "two kinds of tokens in one table, or signed with one key, without a look at the kind";
        /// Lets a token renew itself where a refresh token is wanted.
        TokenRenewsItself = "token-renews-itself" breaks "SESSION-03",
            from "two kinds of tokens in one table, or signed with one key, without a look at the kind";
        /// Renews a session for its token in the usual place where the refresh token is left out.
        TokenRenewsInItsPlace = "token-renews-in-its-place" breaks "SESSION-03",
            from "a renewal that checks the refresh token only if there is one, behind a filter that lets every session pass";
        /// Leaves the earlier token as it is where its end is promised.
        EarlierTokenOutlivesRenewal = "earlier-token-outlives-renewal" breaks "SESSION-05",
            from "a list of revoked tokens that is written and read under different keys";
        /// Ends the earlier token where its life is promised.
        EarlierTokenEndsAtRenewal = "earlier-token-ends-at-renewal" breaks "SESSION-05",
            from "a limit of one session for each person, forgotten in the documentation";
        /// Ends what a session is renewed by at a logout, and leaves the token as it is.
        LogoutLeavesToken = "logout-leaves-token" breaks "SESSION-06",
            from "signed tokens that no table knows, so that only the refresh token can be deleted";
        /// Ends the sessions of everybody at the logout of one.
        LogoutEndsEverybody = "logout-ends-everybody" breaks "SESSION-06",
            from "a cache of sessions that is emptied as a whole";
        /// Serves nobody any more who has logged out once, not even after another login.
        LogoutLocksOut = "logout-locks-out" breaks "SESSION-06",
            from "a list of revoked sessions that holds people instead of tokens";
        /// Refuses the login of whoever has logged out once.
        LogoutBlocksLogin = "logout-blocks-login" breaks "SESSION-06",
            from "an account that is marked as inactive when its owner leaves";
        /// Lets a session be renewed that has ended by a logout.
        LogoutSparesRenewal = "logout-spares-renewal" breaks "SESSION-06",
            from "a logout that deletes the token and forgets what it can be renewed by";
        /// Leaves refresh tokens as they are that were replaced, also at a logout.
        ReplacedRefreshTokenOutlivesLogout = "replaced-refresh-token-outlives-logout" breaks "SESSION-06",
            from "a period of grace for lost answers that is kept in a table of its own";
        /// Brings the session back that a logout ended, when its owner logs in again.
        LoginRevivesLoggedOut = "login-revives-logged-out" breaks "SESSION-06",
            from "a logout that marks the person as gone, and a login that takes the mark away, with all tokens in their place";
        /// Ends the session of an altered token at a logout.
        LogoutOfAlteredToken = "logout-of-altered-token" breaks "SESSION-06",
            from "a logout that reads who it is about from a token that nobody has verified";
        /// Ends the newest session of a person at a logout, whichever was presented.
        LogoutEndsNewest = "logout-ends-newest" breaks "SESSION-06",
            from "a column with the latest token of the person, which is what a logout clears";
        /// Ends the oldest session of a person at a logout, whichever was presented.
        LogoutEndsOldest = "logout-ends-oldest" breaks "SESSION-06",
            from "the first row of the person being deleted, for want of the token in the condition";
        /// Forgets a logout when a third of the life of the token is over.
        LogoutForgotten = "logout-forgotten" breaks "SESSION-06",
            from "a list of signed tokens that were ended in a cache whose entries end before the tokens do";
        /// Ends the presented token at a logout, and none that the session had before.
        LogoutEndsOneToken = "logout-ends-one-token" breaks "SESSION-06",
            from "a list of signed tokens that were ended, on which a logout puts the present one";
        /// Ends the sessions of whoever is named by the user ID in the logout.
        LogoutOfNamedUser = "logout-of-named-user" breaks "SESSION-06",
            from "a logout that takes whose sessions to end from a parameter, which an administrator needs";
        /// Ends the session of a token at a logout whose header says that it has no signature.
        LogoutAlgNoneAccepted = "logout-alg-none-accepted" breaks "SESSION-06",
            from "a library that takes the algorithm from the token, in the one place where ended tokens are read as well";
        /// Says that every session is valid that is not known to have ended.
        CheckSaysYes = "check-says-yes" breaks "SESSION-07",
            from "a check against the list of sessions that have ended, which holds no tokens that never were";
        /// Says that no session is valid.
        CheckSaysNo = "check-says-no" breaks "SESSION-07",
            from "a check that looks for tokens where they no longer are since they moved";
        /// Says that a session is valid which was ended by a logout.
        CheckBlindToLogout = "check-blind-to-logout" breaks "SESSION-07",
            from "a check that verifies a signed token and does not look at the list of those that were ended";
        /// Says that a session which was ended by a logout is valid as long as its owner has another one.
        CheckAsksForPerson = "check-asks-for-person" breaks "SESSION-07",
            from "a check that reads whose token it is, and asks whether that person is logged in";
        /// Says that a token is valid whose header says that it has no signature.
        CheckAlgNoneAccepted = "check-alg-none-accepted" breaks "SESSION-07",
            from "a check that decodes a signed token where everything else verifies it";
        /// Ends a session when it is looked at.
        CheckEndsSession = "check-ends-session" breaks "SESSION-07",
            from "a ticket that is taken out of its store in order to be looked at";
        /// Says that a session is valid which has ended.
        CheckForgetsTheEnd = "check-forgets-the-end" breaks "SESSION-08",
            from "a check that asks the table for the token alone, and not for its end";
        /// Lets a token live once more when a check is asked about it after its end.
        CheckRevivesEnded = "check-revives-ended" breaks "SESSION-08",
            from "a cache that is filled anew, with a new life, by whoever looks for what is no longer in it";
        /// Lets a renewed token live for ever, whatever is announced.
        RenewedTokenNeverEnds = "renewed-token-never-ends" breaks "SESSION-09",
            from "an end that is set by the login and by nothing else";
        /// Lets a renewed token live for half as long as is announced.
        RenewedTokenEndsEarly = "renewed-token-ends-early" breaks "SESSION-09",
            from "a renewal that goes on with what was left of a life, and announces a whole one";
        /// Lets the token that has ended live on with the one that takes its place.
        RenewalRevivesEnded = "renewal-revives-ended" breaks "SESSION-09",
            from "the new end being written to every token of the person, for want of a condition";
        /// Counts refresh tokens.
        RefreshTokenCounted = "refresh-token-counted" breaks "SESSION-10",
            from "the key of the row as what stands for it";
        /// Makes refresh tokens by hashing the openid.
        RefreshTokenOfOpenid = "refresh-token-of-openid" breaks "SESSION-10",
            from "md5(openid), because it looks random";
        /// Makes refresh tokens by hashing the time.
        RefreshTokenOfTime = "refresh-token-of-time" breaks "SESSION-10",
            from "md5(microtime()), as in many examples of PHP";
        /// Hands out refresh tokens of eight hexadecimal digits.
        RefreshTokenOf8HexDigits = "refresh-token-of-8-hex-digits" breaks "SESSION-11",
            from "the beginning of a UUID, cut to the width of a column";
    } };
}

pub(super) use session;
