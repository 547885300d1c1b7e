//! The words that sentences of the feature files can hold.
//!
//! Each kind of word is a type. A word that is not on its list makes the step undefined, which a test of
//! the feature files catches, so nothing ever falls back to a default. The words of each feature stand in the
//! file of its name.

mod bad_input;
mod code_exchange;
mod identity;
mod login;
mod session;
mod token;
mod token_expiry;
mod user_info;
mod wechat;

use std::str::FromStr;

use cucumber::codegen::Parameter;

pub(crate) use bad_input::{Called, Family, InputPlace, Oversize};
pub(crate) use code_exchange::{CodeKind, ErrorNumber, Named, OddPart, OpenidPlace};
pub(crate) use identity::{Hash, Marks, Place};
pub(crate) use login::Thing;
pub(crate) use session::{Phone, RenewalKind};
pub(crate) use token::{Circumstance, ClientKind, MethodKind, OpenidKind, OpenidPair};
pub(crate) use token_expiry::{Instant, Moment};
pub(crate) use user_info::{BearerKind, JwtForgery, UrlParameter};
pub(crate) use wechat::{TroubleName, WechatError};

/// A word that a sentence cannot hold.
#[derive(Debug, thiserror::Error)]
#[error("{}", tr!("{word} means nothing here", word = format_args!("{_0:?}")))]
pub(crate) struct UnknownWord(pub(crate) String);

/// What a sentence can hold one of several words for.
pub(crate) trait Words {
    /// Returns the words by which a sentence names it.
    fn words(self) -> &'static str;
}

/// Declares a parameter whose words are a closed list.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident, $name:literal, { $first:ident = $first_text:literal
        $(, $variant:ident = $text:literal)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $type { $first, $($variant),* }

        impl crate::suite::parameters::Words for $type {
            fn words(self) -> &'static str {
                match self {
                    Self::$first => $first_text,
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl cucumber::codegen::Parameter for $type {
            const REGEX: &'static str = concat!($first_text $(, "|", $text)*);
            const NAME: &'static str = $name;
        }

        impl std::str::FromStr for $type {
            type Err = crate::suite::parameters::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $first_text => Ok(Self::$first),
                    $($text => Ok(Self::$variant),)*
                    _ => Err(crate::suite::parameters::UnknownWord(text.to_owned())),
                }
            }
        }
    };
}

pub(crate) use words;

/// What somebody is called who takes part in no scenario.
pub(crate) const NEWCOMER: &str = "Zoe";

/// Somebody who acts in a scenario: a name, or `she` for the one the scenario is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Someone {
    /// The person of this name.
    Named(String),
    /// The person who was named first.
    Protagonist,
}

impl Someone {
    /// Returns somebody who takes part in no scenario, to see how the backend meets a person who has just come.
    pub(crate) fn newcomer() -> Self {
        Self::Named(NEWCOMER.to_owned())
    }
}

impl Parameter for Someone {
    const REGEX: &'static str = "[A-Z][a-z]+|she";
    const NAME: &'static str = "someone";
}

impl FromStr for Someone {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Ok(if text == "she" { Self::Protagonist } else { Self::Named(text.to_owned()) })
    }
}

/// Somebody to whom something belongs: `Alice's`, or `her` for the one the scenario is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Whose(pub(crate) Someone);

impl Parameter for Whose {
    const REGEX: &'static str = "[A-Z][a-z]+'s|her";
    const NAME: &'static str = "whose";
}

impl FromStr for Whose {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Ok(Self(match text.strip_suffix("'s") {
            Some(name) => Someone::Named(name.to_owned()),
            None => Someone::Protagonist,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Someone, Whose};

    #[test]
    fn pronouns_mean_the_protagonist() {
        assert_eq!("she".parse::<Someone>().unwrap(), Someone::Protagonist);
        assert_eq!("her".parse::<Whose>().unwrap().0, Someone::Protagonist);
        assert_eq!("Bob's".parse::<Whose>().unwrap().0, Someone::Named("Bob".to_owned()));
    }
}
