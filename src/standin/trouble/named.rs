//! How troubles are found by name.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{Trouble, TroubleKind};

impl Trouble {
    /// Returns the trouble with this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::standin::{Trouble, TroubleKind};
    ///
    /// let trouble = Trouble::named("reset-in-body")?;
    /// assert_eq!(trouble.kind(), TroubleKind::Broken);
    ///
    /// let error = Trouble::named("errcode-40028").unwrap_err();
    /// assert_eq!(error.to_string(), "there is no trouble `errcode-40028`; the nearest name is `errcode-40029`");
    /// # Ok::<(), wxconform::standin::UnknownTrouble>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when no trouble has this name; the error gives the nearest one.
    pub fn named(name: &str) -> Result<Self, UnknownTrouble> {
        Self::ALL.iter().copied().find(|trouble| trouble.name() == name).ok_or_else(|| {
            let nearest = Self::ALL.iter().map(|trouble| trouble.name());
            let nearest = nearest.min_by_key(|known| strsim::osa_distance(known, name)).unwrap_or_default();
            UnknownTrouble { name: name.to_owned(), nearest }
        })
    }

    /// Returns the troubles of a kind, in the order of the list.
    pub fn of_kind(kind: TroubleKind) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |trouble| trouble.kind() == kind)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Trouble {
    type Err = UnknownTrouble;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::named(name)
    }
}

/// A name that no trouble has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", tr!("there is no trouble `{name}`; the nearest name is `{nearest}`", name, nearest))]
pub struct UnknownTrouble {
    /// The name that was asked for.
    pub name: String,
    /// The name of the trouble that is spelt most like it.
    pub nearest: &'static str,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Trouble, TroubleKind};

    #[test]
    fn every_trouble_is_found_by_its_name() {
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::named(trouble.name()), Ok(*trouble));
            assert_eq!(trouble.to_string().parse(), Ok(*trouble));
        }
        let of_kinds: usize = TroubleKind::ALL.iter().map(|kind| Trouble::of_kind(*kind).count()).sum();
        assert_eq!(of_kinds, Trouble::ALL.len());
        assert!(TroubleKind::ALL.iter().all(|kind| Trouble::of_kind(*kind).count() > 1));
    }

    #[test]
    fn names_are_distinct_and_in_kebab_case() {
        let names: BTreeSet<_> = Trouble::ALL.iter().map(|trouble| trouble.name()).collect();
        assert_eq!(names.len(), Trouble::ALL.len());
        for name in names {
            let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(name.bytes().all(legal), "{name}");
        }
    }

    #[test]
    fn every_trouble_says_what_it_is_and_where_it_comes_from() {
        for trouble in Trouble::ALL {
            let summary = trouble.summary();
            assert!(!summary.starts_with(' ') && summary.ends_with('.'), "{trouble}");
            assert_eq!(summary.matches(". ").count(), 0, "{trouble}: one sentence");
            assert!(!trouble.origin().is_empty() && !trouble.origin().ends_with('.'), "{trouble}");
        }
    }
}
