//! How faults are named and put together.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::Fault;

impl Fault {
    /// Returns the fault with this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::reference::Fault;
    ///
    /// let fault = Fault::named("code-cached")?;
    /// assert_eq!(fault.requirement(), "CODE-02");
    ///
    /// let error = Fault::named("code-cashed").unwrap_err();
    /// assert_eq!(error.to_string(), "there is no fault `code-cashed`; the nearest name is `code-cached`");
    /// # Ok::<(), wxconform::reference::UnknownFault>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails when no fault has this name; the error gives the nearest one.
    pub fn named(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name).ok_or_else(|| {
            let nearest = Self::ALL.iter().map(|fault| fault.name());
            let nearest = nearest.min_by_key(|known| strsim::osa_distance(known, name)).unwrap_or_default();
            UnknownFault { name: name.to_owned(), nearest }
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::named(name)
    }
}

/// A name that no fault has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", tr!("there is no fault `{name}`; the nearest name is `{nearest}`", name, nearest))]
pub struct UnknownFault {
    /// The name that was asked for.
    pub name: String,
    /// The name of the fault that is spelt most like it.
    pub nearest: &'static str,
}

/// Any number of faults at once. The empty set is a correct backend.
///
/// # Examples
///
/// ```
/// use wxconform::reference::{Fault, FaultSet};
///
/// let faults: FaultSet = [Fault::CodeCached, Fault::NeverEnds].into_iter().collect();
/// assert!(faults.has(Fault::NeverEnds));
/// assert!(!FaultSet::default().has(Fault::NeverEnds));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultSet(BTreeSet<Fault>);

impl FaultSet {
    /// Says whether the backend has this fault.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Says whether the backend is a correct one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the faults in the order of the catalogue.
    pub fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Fault> for FaultSet {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self(faults.into_iter().collect())
    }
}

impl From<Fault> for FaultSet {
    fn from(fault: Fault) -> Self {
        Self(BTreeSet::from([fault]))
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultSet};
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_is_found_by_its_name() {
        for fault in Fault::ALL {
            assert_eq!(Fault::named(fault.name()), Ok(*fault));
        }
    }

    #[test]
    fn names_are_distinct_and_in_kebab_case() {
        let names: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        assert_eq!(names.len(), Fault::ALL.len());
        for name in names {
            assert!(
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
        }
    }

    #[test]
    fn every_fault_says_what_it_does_and_where_it_comes_from() {
        for fault in Fault::ALL {
            assert!(!fault.summary().starts_with(' ') && fault.summary().ends_with('.'), "{fault}");
            assert!(!fault.origin().is_empty() && !fault.origin().ends_with('.'), "{fault}");
            let (area, number) = fault.requirement().split_once('-').unwrap();
            assert!(area.bytes().all(|byte| byte.is_ascii_uppercase()), "{fault}");
            assert!(number.len() == 2 && number.parse::<u8>().is_ok(), "{fault}");
        }
    }

    #[test]
    fn a_set_lists_its_faults_in_the_order_of_the_catalogue() {
        let set: FaultSet = Fault::ALL.iter().rev().copied().collect();
        assert!(set.iter().eq(Fault::ALL.iter().copied()));
    }
}
