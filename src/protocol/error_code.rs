//! The error numbers of WeChat's server API.

/// An error number that WeChat's server API answers with, and its text.
///
/// The official table of `jscode2session` lists only four of these; the others were observed in answers
/// of the real service. The enum may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// `-1`: the service is busy; the caller may try again later.
    SystemError,
    /// `40001`: the secret or the access token is not the current one.
    InvalidCredential,
    /// `40002`: `grant_type` is not the one this endpoint wants.
    InvalidGrantType,
    /// `40003`: the openid does not belong to this app.
    InvalidOpenId,
    /// `40013`: the appid is unknown or malformed.
    InvalidAppId,
    /// `40029`: the code is unknown, too old, or was issued for another appid.
    InvalidCode,
    /// `40066`: the path does not exist; paths are case-sensitive.
    InvalidUrl,
    /// `40125`: the secret is wrong.
    InvalidAppSecret,
    /// `40163`: the code was exchanged before.
    CodeBeenUsed,
    /// `40226`: the person is considered a high risk and may not log in.
    CodeBlocked,
    /// `41001`: the access token is missing.
    AccessTokenMissing,
    /// `41002`: the appid is missing.
    AppIdMissing,
    /// `41004`: the secret is missing.
    AppSecretMissing,
    /// `41008`: the code is missing.
    MissingCode,
    /// `43002`: the endpoint wants POST.
    RequirePost,
    /// `45009`: the daily quota is used up.
    DailyQuota,
    /// `45011`: the minute quota is used up.
    MinuteQuota,
    /// `87009`: the signature does not fit the session key.
    InvalidSignature,
}

impl ErrorCode {
    /// Every error number this crate knows, in numerical order.
    pub const ALL: &'static [Self] = &[
        Self::SystemError,
        Self::InvalidCredential,
        Self::InvalidGrantType,
        Self::InvalidOpenId,
        Self::InvalidAppId,
        Self::InvalidCode,
        Self::InvalidUrl,
        Self::InvalidAppSecret,
        Self::CodeBeenUsed,
        Self::CodeBlocked,
        Self::AccessTokenMissing,
        Self::AppIdMissing,
        Self::AppSecretMissing,
        Self::MissingCode,
        Self::RequirePost,
        Self::DailyQuota,
        Self::MinuteQuota,
        Self::InvalidSignature,
    ];

    /// Returns the number that travels as `errcode`.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::SystemError => -1,
            Self::InvalidCredential => 40001,
            Self::InvalidGrantType => 40002,
            Self::InvalidOpenId => 40003,
            Self::InvalidAppId => 40013,
            Self::InvalidCode => 40029,
            Self::InvalidUrl => 40066,
            Self::InvalidAppSecret => 40125,
            Self::CodeBeenUsed => 40163,
            Self::CodeBlocked => 40226,
            Self::AccessTokenMissing => 41001,
            Self::AppIdMissing => 41002,
            Self::AppSecretMissing => 41004,
            Self::MissingCode => 41008,
            Self::RequirePost => 43002,
            Self::DailyQuota => 45009,
            Self::MinuteQuota => 45011,
            Self::InvalidSignature => 87009,
        }
    }

    /// Returns the text that travels as `errmsg`, without the request id that the service appends.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::SystemError => "system error",
            Self::InvalidCredential => "invalid credential, access_token is invalid or not latest",
            Self::InvalidGrantType => "invalid grant_type",
            Self::InvalidOpenId => "invalid openid",
            Self::InvalidAppId => "invalid appid",
            Self::InvalidCode => "invalid code",
            Self::InvalidUrl => "invalid url",
            Self::InvalidAppSecret => "invalid appsecret",
            Self::CodeBeenUsed => "code been used",
            Self::CodeBlocked => "code blocked",
            Self::AccessTokenMissing => "access_token missing",
            Self::AppIdMissing => "appid missing",
            Self::AppSecretMissing => "appsecret missing",
            Self::MissingCode => "missing code",
            Self::RequirePost => "require POST method",
            Self::DailyQuota => "reach max api daily quota limit",
            Self::MinuteQuota => "api minute-quota reach limit, must slower, retry next minute",
            Self::InvalidSignature => "invalid signature",
        }
    }

    /// Returns the error with this number.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::protocol::ErrorCode;
    ///
    /// assert_eq!(ErrorCode::from_number(40163), Some(ErrorCode::CodeBeenUsed));
    /// assert_eq!(ErrorCode::from_number(0), None);
    /// ```
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn numbers_are_distinct_and_ordered() {
        assert!(ErrorCode::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
    }
}
