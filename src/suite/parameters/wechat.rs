//! Words about what WeChat answers.

use std::str::FromStr;

use cucumber::codegen::Parameter;

use super::UnknownWord;
use crate::protocol::ErrorCode;
use crate::standin::Trouble;

/// A way in which WeChat makes trouble, by its name. A test makes sure that the feature files name none that
/// does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TroubleName(pub(crate) Trouble);

impl Parameter for TroubleName {
    const REGEX: &'static str = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
    const NAME: &'static str = "trouble";
}

impl FromStr for TroubleName {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Trouble::named(text).map(Self).map_err(|_unknown| UnknownWord(text.to_owned()))
    }
}

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
    use super::{TroubleName, WechatError};
    use crate::suite::Catalogue;

    #[test]
    fn every_trouble_in_a_sentence_exists() {
        let catalogue = Catalogue::embedded().unwrap();
        let scenarios = catalogue.requirements().iter().flat_map(|requirement| &requirement.scenarios);
        let steps = scenarios.flat_map(|scenario| &scenario.steps);
        let mut seen = 0;
        for step in steps {
            let named = [" WeChat answers with ", "code exchange met "]
                .iter()
                .find_map(|words| step.split_once(words))
                .map(|(_, rest)| rest.split(',').next().unwrap_or_default());
            // Other sentences describe the answer in words.
            if let Some(name) = named.filter(|name| !name.contains(' ')) {
                assert!(name.parse::<TroubleName>().is_ok(), "{step}");
                seen += 1;
            }
        }
        assert!(seen > 50, "only {seen} were found");
    }

    #[test]
    fn a_number_that_is_in_no_table_is_no_error_of_wechat() {
        assert!("40029".parse::<WechatError>().is_ok());
        assert!("40000".parse::<WechatError>().is_err());
    }
}
