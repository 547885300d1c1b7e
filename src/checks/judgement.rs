//! What a check says.

use crate::record::Finding;

/// What a check says about an observation. Closed: there is no fourth answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a judgement that nobody hears proves nothing; hand it to the world"]
pub enum Judgement {
    /// The observation keeps the rule.
    Kept,
    /// The observation breaks the rule.
    Broken(Finding),
    /// The observation says nothing about the rule; the text says why, as a fragment.
    CannotTell(String),
}

impl Judgement {
    /// Judges by a condition; the finding is made only when the condition does not hold.
    pub fn from_condition(holds: bool, expected: impl Into<String>, actual: impl FnOnce() -> String) -> Self {
        if holds { Self::Kept } else { Self::Broken(Finding::new(expected, actual())) }
    }

    /// Returns this judgement unless it is in favour, and otherwise the next one.
    pub fn and(self, next: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Kept => next(),
            Self::Broken(_) | Self::CannotTell(_) => self,
        }
    }

    /// Turns a breach into a doubt when there is a reason for one.
    pub fn unless(self, reason: Option<String>) -> Self {
        match (self, reason) {
            (Self::Broken(_), Some(reason)) => Self::CannotTell(reason),
            (judgement, _) => judgement,
        }
    }

    /// Judges several observations by one rule: a breach outweighs a doubt, a doubt outweighs the rest.
    ///
    /// Nothing observed is a doubt, so that an empty list never passes.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::checks::Judgement;
    ///
    /// let doubt = || Judgement::CannotTell("no answer".to_owned());
    /// assert_eq!(Judgement::all([Judgement::Kept, doubt()]), doubt());
    /// assert!(matches!(Judgement::all([]), Judgement::CannotTell(_)));
    /// ```
    pub fn all(judgements: impl IntoIterator<Item = Self>) -> Self {
        let mut concluded = None;
        for judgement in judgements {
            match (&concluded, judgement) {
                (_, broken @ Self::Broken(_)) => return broken,
                (None | Some(Self::Kept), other) => concluded = Some(other),
                (Some(Self::Broken(_) | Self::CannotTell(_)), Self::Kept | Self::CannotTell(_)) => {}
            }
        }
        concluded.unwrap_or_else(|| Self::CannotTell(tr!("nothing was observed")))
    }
}

#[cfg(test)]
mod tests {
    use super::Judgement;
    use crate::record::Finding;

    fn broken() -> Judgement {
        Judgement::Broken(Finding::new("a", "b"))
    }

    fn doubt() -> Judgement {
        Judgement::CannotTell("c".to_owned())
    }

    #[test]
    fn a_breach_outweighs_a_doubt_wherever_it_stands() {
        assert_eq!(Judgement::all([Judgement::Kept, doubt(), broken()]), broken());
        assert_eq!(Judgement::all([broken(), doubt()]), broken());
        assert_eq!(Judgement::all([doubt(), Judgement::Kept]), doubt());
        assert_eq!(Judgement::all([Judgement::Kept, Judgement::Kept]), Judgement::Kept);
    }

    #[test]
    fn a_reason_for_doubt_outweighs_a_breach_only() {
        assert_eq!(broken().unless(Some("c".to_owned())), doubt());
        assert_eq!(broken().unless(None), broken());
        assert_eq!(Judgement::Kept.unless(Some("c".to_owned())), Judgement::Kept);
    }

    #[test]
    fn the_next_judgement_is_asked_only_after_a_good_one() {
        assert_eq!(Judgement::Kept.and(broken), broken());
        assert_eq!(doubt().and(broken), doubt());
    }
}
