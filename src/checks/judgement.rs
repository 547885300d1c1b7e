//! What a check says.

use super::Reply;
use crate::record::{Exchange, Finding};

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

    /// Says which exchanges show a breach, unless that was said before by who looked more closely.
    pub fn shown_by<'a>(mut self, exchanges: impl IntoIterator<Item = &'a Exchange>) -> Self {
        if let Self::Broken(finding) = &mut self
            && finding.shown_by.is_empty()
        {
            finding.shown_by = exchanges.into_iter().map(|exchange| exchange.at).collect();
        }
        self
    }

    /// Judges each of several answers by one rule.
    pub fn of_each<'a>(
        replies: impl IntoIterator<Item = &'a Reply>,
        judge: impl Fn(&'a Reply) -> Self,
    ) -> Self {
        Self::all(replies.into_iter().map(|reply| judge(reply).shown_by([&*reply.exchange])))
    }

    /// Turns a breach into a doubt when there is a reason for one.
    pub fn unless(self, reason: Option<String>) -> Self {
        match (self, reason) {
            (Self::Broken(_), Some(reason)) => Self::CannotTell(reason),
            (judgement, _) => judgement,
        }
    }

    /// Turns a judgement in favour into a doubt when there is a reason for one: what was wanted may have come about by
    /// itself.
    pub fn unless_kept(self, reason: Option<String>) -> Self {
        match (self, reason) {
            (Self::Kept, Some(reason)) => Self::CannotTell(reason),
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
    use std::sync::Arc;
    use std::time::Duration;

    use super::Judgement;
    use crate::checks::Reply;
    use crate::checks::reply::examples::answered;
    use crate::record::Finding;

    fn broken() -> Judgement {
        Judgement::Broken(Finding::new("a", "b"))
    }

    #[test]
    fn who_looked_most_closely_says_what_shows_a_breach() {
        let sent = |at: u64| {
            let mut exchange = (*answered(200, "{}").exchange).clone();
            exchange.at = Duration::from_millis(at);
            exchange
        };
        let shown = |judgement| match judgement {
            Judgement::Broken(finding) => finding.shown_by,
            Judgement::Kept | Judgement::CannotTell(_) => Vec::new(),
        };
        let millis = |all: &[u64]| all.iter().map(|at| Duration::from_millis(*at)).collect::<Vec<_>>();
        assert_eq!(shown(broken().shown_by([&sent(1), &sent(3)]).shown_by([&sent(2)])), millis(&[1, 3]));
        assert_eq!(doubt().shown_by([&sent(1)]), doubt());
        let reply = |at| Reply { exchange: Arc::new(sent(at)), ..answered(200, "{}") };
        let judge =
            |reply: &Reply| if reply.exchange.at > Duration::ZERO { broken() } else { Judgement::Kept };
        assert_eq!(shown(Judgement::of_each(&[reply(0), reply(7), reply(8)], judge)), millis(&[7]));
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
    fn a_reason_for_doubt_about_what_came_about_by_itself_outweighs_the_good_only() {
        assert_eq!(Judgement::Kept.unless_kept(Some("c".to_owned())), doubt());
        assert_eq!(Judgement::Kept.unless_kept(None), Judgement::Kept);
        assert_eq!(broken().unless_kept(Some("c".to_owned())), broken());
    }

    #[test]
    fn the_next_judgement_is_asked_only_after_a_good_one() {
        assert_eq!(Judgement::Kept.and(broken), broken());
        assert_eq!(doubt().and(broken), doubt());
    }
}
