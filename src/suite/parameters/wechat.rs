//! Words about what WeChat answers.

use std::str::FromStr;

use cucumber::codegen::Parameter;

use super::UnknownWord;
use crate::protocol::ErrorCode;

/// An error number that WeChat answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WechatError(pub(crate) ErrorCode);

impl Parameter for WechatError {
    const REGEX: &'static str = "-?[0-9]+";
    const NAME: &'static str = "error";
}

impl FromStr for WechatError {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let known = text.parse().ok().and_then(ErrorCode::from_number);
        known.map(Self).ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::WechatError;

    #[test]
    fn a_number_that_is_in_no_table_is_no_error_of_wechat() {
        assert!("40029".parse::<WechatError>().is_ok());
        assert!("40000".parse::<WechatError>().is_err());
    }
}
