//! Words about openids that are easily mistaken.

use super::words;

words! {
    /// Characters of an openid that are neither letters nor digits.
    Marks, "marks", {
        Dash = "a dash",
        Underscore = "an underscore",
        Dashes = "two dashes",
        Underscores = "two underscores",
        Both = "a dash and an underscore",
    }
}

words! {
    /// Where in an openid something stands.
    Place, "place", {
        Start = "after the first letter",
        Middle = "in the middle",
        End = "at the end",
    }
}

impl Marks {
    /// Returns the characters themselves.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Dash => "-",
            Self::Underscore => "_",
            Self::Dashes => "--",
            Self::Underscores => "__",
            Self::Both => "-_",
        }
    }
}
