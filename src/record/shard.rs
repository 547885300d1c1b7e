//! Which part of a run is this, and what has to be known to join it with the others?

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One of the parts that a plan is split into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which one, counted from one.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `I/N`, where the first is 1 and the last is N.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::record::Shard;
    ///
    /// assert_eq!("2/3".parse(), Ok(Shard { index: 2, of: 3 }));
    /// assert!("0/3".parse::<Shard>().is_err() && "4/3".parse::<Shard>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (index, of) = text.split_once('/')?;
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = |text: &str| if digits(text) { text.parse().ok() } else { None };
            Some(Self { index: number(index)?, of: number(of)? })
        };
        let shard = read().ok_or_else(|| {
            tr!("expected I/N such as 1/3, the first of three, not {text}", text = format_args!("{text:?}"))
        })?;
        if (1..=shard.of).contains(&shard.index) {
            Ok(shard)
        } else {
            Err(tr!(
                "expected I/N with I from 1 to N such as 1/3, the first of three, not {text}",
                text = format_args!("{text:?}")
            ))
        }
    }
}

/// Which part of a run a record is, and what whoever joins the parts has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardRecord {
    /// Which part it is, counted from one.
    pub index: usize,
    /// Of how many.
    pub of: usize,
    /// The plan of the whole run, in its order.
    pub plan: Vec<PlannedRecord>,
    /// Where the scenarios stand that judge all traffic, and therefore are played in every part.
    pub everywhere: Vec<String>,
    /// How many musts of the catalogue the plan of the whole run leaves out.
    pub musts_left_out: usize,
    /// The requirements that, as far as this part shows, do not apply to the backend.
    pub beside: Vec<String>,
    /// Whether the backend asked the stand-in about a code.
    pub asked: bool,
    /// How the backend died; absent when it is still there, or never was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub died: Option<String>,
}

/// A requirement of the plan, and where its scenarios stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRecord {
    /// The ID.
    pub requirement: String,
    /// Where its scenarios stand, such as `features/token.feature:12`.
    pub scenarios: Vec<String>,
}
