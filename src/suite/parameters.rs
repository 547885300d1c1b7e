//! The words that sentences of the feature files can hold.
//!
//! Each kind of word is a type. A word that is not on its list makes the step undefined, which a test of
//! the feature files catches, so nothing ever falls back to a default.

use std::str::FromStr;

use cucumber::codegen::Parameter;

use crate::protocol::ErrorCode;

/// A word that a sentence cannot hold.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} means nothing here")]
pub(crate) struct UnknownWord(String);

/// Declares a parameter whose words are a closed list.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident, $name:literal, { $first:ident = $first_text:literal
        $(, $variant:ident = $text:literal)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $type { $first, $($variant),* }

        impl $type {
            /// Returns the words by which a sentence names it.
            pub(crate) const fn words(self) -> &'static str {
                match self {
                    Self::$first => $first_text,
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl Parameter for $type {
            const REGEX: &'static str = concat!($first_text $(, "|", $text)*);
            const NAME: &'static str = $name;
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $first_text => Ok(Self::$first),
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownWord(text.to_owned())),
                }
            }
        }
    };
}

words! {
    /// What is sent in the place of a login code.
    CodeKind, "code", {
        Missing = "no code",
        Empty = "an empty code",
        Unknown = "a code nobody was given",
        NoCode = "a word that is no code at all",
        Old = "a code that is 301 seconds old",
        Used = "the code she has used",
    }
}

words! {
    /// What is sent in the place of an openid.
    OpenidKind, "openid", {
        Missing = "no openid",
        Empty = "an empty openid",
        Unknown = "an openid that does not exist",
        Stranger = "the openid of somebody who never logged in",
        Altered = "her openid with one letter changed",
        CaseFlipped = "her openid with the case of its letters flipped",
        Wildcard = "a wildcard",
        FirstHalf = "the first half of her openid",
        Longer = "her openid made longer",
    }
}

words! {
    /// The client credentials that a token is asked for with.
    ClientKind, "client", {
        Missing = "no credentials",
        WrongSecret = "a wrong secret",
        WrongName = "a wrong name",
        LongerSecret = "a secret that is longer",
        ShorterSecret = "a secret that is shorter",
        EmptySecret = "an empty secret",
        CaseFlipped = "a secret with the case of its letters flipped",
        BrokenBase64 = "broken base64",
        OtherScheme = "another scheme",
    }
}

words! {
    /// What user info is asked for with.
    BearerKind, "bearer", {
        Missing = "no credentials",
        EmptyHeader = "an empty header",
        FirstChanged = "her token with its first character changed",
        MiddleChanged = "her token with a middle character changed",
        LastChanged = "her token with its last character changed",
        WithoutLast = "her token without its last character",
        FirstHalf = "the first half of her token",
        Longer = "her token made longer",
        CaseFlipped = "her token with the case of its letters flipped",
        Empty = "an empty token",
        PercentEncoded = "her token with a character percent-encoded",
        Undefined = "the word undefined",
        Random = "a random token of the same length",
    }
}

words! {
    /// A moment in the life of a token that time can pass to.
    Moment, "moment", {
        Quarter = "a quarter of the way to the announced end",
        Halfway = "halfway to the announced end",
        ThreeQuarters = "three quarters of the way to the announced end",
        JustBefore = "just before the announced end",
        JustAfter = "just after the announced end",
        AfterBlindWindow = "after the blind window",
    }
}

words! {
    /// Something a phone keeps in its storage.
    Thing, "thing", {
        Openid = "openid",
        Token = "token",
    }
}

/// Somebody who acts in a scenario: a name, or `she` for the one the scenario is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Someone {
    /// The person of this name.
    Named(String),
    /// The person who was named first.
    Protagonist,
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

/// An instant on the phone's clock, told from the announced end of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instant {
    /// When the phone stored the token.
    Stored,
    /// So many milliseconds after the end; negative before it.
    FromEnd(i64),
}

impl Parameter for Instant {
    const REGEX: &'static str = r"right after the token was stored|at the announced end|[0-9]+(?:\.[0-9]{3})? s (?:before|after) the announced end";
    const NAME: &'static str = "instant";
}

impl FromStr for Instant {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord(text.to_owned());
        if text == "right after the token was stored" {
            return Ok(Self::Stored);
        }
        let Some(distance) = text.strip_suffix(" the announced end") else { return Err(unknown()) };
        if distance == "at" {
            return Ok(Self::FromEnd(0));
        }
        let (number, side) = distance.split_once(" s ").ok_or_else(unknown)?;
        let (seconds, thousandths) = number.split_once('.').unwrap_or((number, "000"));
        let digits = format!("{seconds}{thousandths}");
        let millis: i64 = digits.parse().ok().filter(|_| thousandths.len() == 3).ok_or_else(unknown)?;
        match side {
            "before" => Ok(Self::FromEnd(-millis)),
            "after" => Ok(Self::FromEnd(millis)),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeKind, Instant, Someone, WechatError, Whose};

    #[test]
    fn instants_are_exact_to_the_millisecond() {
        for (text, instant) in [
            ("right after the token was stored", Instant::Stored),
            ("at the announced end", Instant::FromEnd(0)),
            ("1 s before the announced end", Instant::FromEnd(-1_000)),
            ("1000.001 s after the announced end", Instant::FromEnd(1_000_001)),
        ] {
            assert_eq!(text.parse::<Instant>().unwrap(), instant, "{text}");
        }
        for text in ["soon", "1.5 s after the announced end", "1 s near the announced end"] {
            assert!(text.parse::<Instant>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_word_that_is_not_on_its_list_is_no_word() {
        assert_eq!("no code".parse::<CodeKind>().unwrap(), CodeKind::Missing);
        assert!("a nice code".parse::<CodeKind>().is_err());
        assert!("40000".parse::<WechatError>().is_err());
    }

    #[test]
    fn pronouns_mean_the_protagonist() {
        assert_eq!("she".parse::<Someone>().unwrap(), Someone::Protagonist);
        assert_eq!("her".parse::<Whose>().unwrap().0, Someone::Protagonist);
        assert_eq!("Bob's".parse::<Whose>().unwrap().0, Someone::Named("Bob".to_owned()));
    }
}
