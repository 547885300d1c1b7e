//! Which faults need a backend of a certain kind?

use super::Fault;
use crate::reference::Variant;

/// The faults that a plain reference cannot have, and the variant that can.
const GROUNDS: &[(Fault, Variant)] = &[
    (Fault::JwtEndTwiceAsFar, Variant::JwtHs256),
    (Fault::JwtEndHalfAsFar, Variant::JwtHs256),
    (Fault::JwtEndMilliseconds, Variant::JwtHs256),
    (Fault::JwtEndMissing, Variant::JwtHs256),
    (Fault::JwtAlgNoneAccepted, Variant::JwtHs256),
    (Fault::JwtAlgNoneCapitalAccepted, Variant::JwtHs256),
    (Fault::JwtWithoutSignatureAccepted, Variant::JwtHs256),
    (Fault::JwtSignatureUnchecked, Variant::JwtHs256),
    (Fault::JwtKnownBySignature, Variant::JwtHs256),
    (Fault::JwtClaimsUnsigned, Variant::JwtHs256),
    (Fault::JwtEmptyKeyAccepted, Variant::JwtHs256),
    (Fault::JwtExampleKeyAccepted, Variant::JwtHs256),
    (Fault::JwtPublicKeyAsSecret, Variant::JwtRs256),
    (Fault::JwtEmbeddedKeyTrusted, Variant::JwtRs256),
    (Fault::JwtEmbeddedSecretTrusted, Variant::JwtHs256),
    (Fault::JwtKeyFromFile, Variant::JwtHs256),
    (Fault::JwtKeyFromQuery, Variant::JwtHs256),
    (Fault::JwtKeyedWithWord, Variant::JwtHs256),
    (Fault::JwtKeyedWithDecodedWord, Variant::JwtHs256),
    (Fault::JwtKeyedWithAppSecret, Variant::JwtHs256),
    (Fault::JwtKeyedWithHashOfWord, Variant::JwtHs256),
    (Fault::JwtKeyedWithHashOfAppSecret, Variant::JwtHs256),
    (Fault::JwtKeyedWithAppSecretReversed, Variant::JwtHs256),
    (Fault::JwtKeyedWithWordAndYear, Variant::JwtHs256),
    (Fault::JwtKeyedWithSixDigits, Variant::JwtHs256),
    (Fault::JwtKeyedWithStart, Variant::JwtHs256),
    (Fault::JwtKeyedWithIssuer, Variant::JwtHs256),
    (Fault::JwtKeyedWithKeyId, Variant::JwtHs256),
    (Fault::JwtBadSignatureRevokes, Variant::JwtHs256),
    (Fault::JwtOtherAlgorithmRevokes, Variant::JwtHs256),
    (Fault::RenewalAlgNoneAccepted, Variant::JwtHs256),
    (Fault::LogoutAlgNoneAccepted, Variant::JwtHs256),
    (Fault::CheckAlgNoneAccepted, Variant::JwtHs256),
    (Fault::ReusedTokenLeftHalved, Variant::OneTokenPerPerson),
];

/// The faults of what the documented flow does not have, and the built-in contract that does.
const CONTRACTS: &[(Fault, &str)] = &[
    (Fault::RenewalWorksOnce, "pig"),
    (Fault::RenewalsShareResult, "pig"),
    (Fault::RenewalOfNothing, "pig"),
    (Fault::RenewalComparesHalf, "pig"),
    (Fault::RenewalByOpenid, "pig"),
    (Fault::RefreshTokenOpensUserInfo, "pig"),
    (Fault::TokenRenewsItself, "pig"),
    (Fault::EarlierTokenOutlivesRenewal, "larabbs"),
    (Fault::EarlierTokenEndsAtRenewal, "gin-jwt"),
    (Fault::LogoutLeavesToken, "pig"),
    (Fault::LogoutEndsEverybody, "larabbs"),
    (Fault::LogoutLocksOut, "larabbs"),
    (Fault::LogoutBlocksLogin, "larabbs"),
    (Fault::LogoutSparesRenewal, "larabbs"),
    (Fault::LogoutOfAlteredToken, "larabbs"),
    (Fault::CheckSaysYes, "island"),
    (Fault::CheckSaysNo, "island"),
    (Fault::CheckForgetsTheEnd, "island"),
    (Fault::EndedSessionRenewedForAnother, "pig"),
    (Fault::RenewalAlgNoneAccepted, "gin-jwt"),
    (Fault::LoginRevivesLoggedOut, "larabbs"),
    (Fault::RenewalOfAnyClient, "pig"),
    (Fault::ReplacedRefreshTokenOutlivesLogout, "pig"),
    (Fault::CheckBlindToLogout, "pig"),
    (Fault::RenewalOfNamedUser, "pig"),
    (Fault::RenewalOfTokenBeside, "casdoor"),
    (Fault::TokenRenewsInItsPlace, "casdoor"),
    (Fault::LogoutEndsNewest, "larabbs"),
    (Fault::LogoutEndsOldest, "larabbs"),
    (Fault::LogoutForgotten, "larabbs"),
    (Fault::LogoutEndsOneToken, "pig"),
    (Fault::LogoutOfNamedUser, "larabbs"),
    (Fault::LogoutAlgNoneAccepted, "larabbs"),
    (Fault::CheckAsksForPerson, "pig"),
    (Fault::CheckAlgNoneAccepted, "island"),
    (Fault::CheckEndsSession, "island"),
    (Fault::CheckRevivesEnded, "pig"),
    (Fault::RenewedTokenNeverEnds, "pig"),
    (Fault::RenewalRevivesEnded, "pig"),
    (Fault::RenewedTokenEndsEarly, "pig"),
    (Fault::RefreshTokenCounted, "pig"),
    (Fault::RefreshTokenOfOpenid, "pig"),
    (Fault::RefreshTokenOfTime, "pig"),
    (Fault::RefreshTokenOf8HexDigits, "pig"),
];

impl Fault {
    /// Returns the built-in contract by which a backend has to speak to have the fault; most need none.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::reference::Fault;
    ///
    /// assert_eq!(Fault::LogoutLocksOut.contract(), Some("larabbs"));
    /// assert_eq!(Fault::CodeCached.contract(), None);
    /// ```
    #[must_use]
    pub fn contract(self) -> Option<&'static str> {
        CONTRACTS.iter().find(|(fault, _)| *fault == self).map(|(_, contract)| *contract)
    }

    /// Returns the variant of the reference without which the fault means nothing; most need none.
    #[must_use]
    pub fn variant(self) -> Option<Variant> {
        GROUNDS.iter().find(|(fault, _)| *fault == self).map(|(_, variant)| *variant)
    }
}
