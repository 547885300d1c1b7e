//! Words about the life of a token.

use std::str::FromStr;

use cucumber::codegen::Parameter;

use super::{UnknownWord, words};

words! {
    /// A moment in the life of a token that time can pass to.
    Moment, "moment", {
        Quarter = "a quarter of the way to the announced end",
        Halfway = "halfway to the announced end",
        ThreeQuarters = "three quarters of the way to the announced end",
        JustBefore = "just before the announced end",
        JustAfter = "just after the announced end",
        InBlindWindow = "halfway through the blind window",
        EndOfBlindWindow = "just before the end of the blind window",
        AfterBlindWindow = "after the blind window",
    }
}

impl Moment {
    /// Returns its words in the language of the process. Those of the sentences are English.
    pub(crate) fn said(self) -> String {
        match self {
            Self::Quarter => tr!("a quarter of the way to the announced end"),
            Self::Halfway => tr!("halfway to the announced end"),
            Self::ThreeQuarters => tr!("three quarters of the way to the announced end"),
            Self::JustBefore => tr!("just before the announced end"),
            Self::JustAfter => tr!("just after the announced end"),
            Self::InBlindWindow => tr!("halfway through the blind window"),
            Self::EndOfBlindWindow => tr!("just before the end of the blind window"),
            Self::AfterBlindWindow => tr!("after the blind window"),
        }
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
    use super::{Instant, Moment};
    use crate::suite::parameters::Words as _;

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
    fn a_moment_is_said_by_its_words() {
        for moment in [
            Moment::Quarter,
            Moment::Halfway,
            Moment::ThreeQuarters,
            Moment::JustBefore,
            Moment::JustAfter,
            Moment::InBlindWindow,
            Moment::EndOfBlindWindow,
            Moment::AfterBlindWindow,
        ] {
            assert_eq!(moment.said(), moment.words());
        }
    }
}
