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

words! {
    /// What makes a short number of an openid, which backends take for an account's own.
    Hash, "hash", {
        Java = "hash code of Java",
        Crc32 = "CRC-32 checksum",
        Factor33 = "hash with a factor 33",
    }
}

impl Hash {
    /// Returns two texts that are one to it, whatever stands before and behind them.
    ///
    /// `String.hashCode` multiplies by 31 from letter to letter, and Bernstein's hash by 33. The two words for CRC-32 were found
    /// by trying dictionaries.
    pub(crate) const fn twins(self) -> [&'static str; 2] {
        match self {
            Self::Java => ["Aa", "BB"],
            Self::Crc32 => ["plumless", "buckeroo"],
            Self::Factor33 => ["Az", "BY"],
        }
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
