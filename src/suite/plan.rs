//! Which rules apply, decided before anything starts.

use std::str::FromStr;

use cucumber::gherkin::tagexpr::TagOperation;
use cucumber::tag::Ext as _;

use super::catalogue::{Catalogue, Requirement};
use super::need::Need;
use super::shard::Part;
use crate::backend::{Contract, TimeControl};
use crate::language::translated;
use crate::record::Selection;

/// What to judge, as the user asked for it.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// IDs such as `CODE-02`, or areas such as `CODE`; empty means no restriction.
    pub only: Vec<String>,
    /// A tag expression such as `@must and not @needs-clock`.
    pub tags: Option<String>,
}

/// A choice that cannot be carried out. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChoiceError {
    /// No requirement has this ID.
    #[error("{}", tr!("there is no requirement {id}; the nearest is {nearest}; `wxconform list` shows them all", id = format_args!("{id:?}"), nearest))]
    UnknownId {
        /// What was given.
        id: String,
        /// The most similar ID.
        nearest: String,
    },
    /// The tag expression cannot be read.
    #[error("{}", tr!("the tag expression {text} cannot be read ({detail}); write it like \"@must and not @needs-clock\"", text = format_args!("{text:?}"), detail))]
    Syntax {
        /// What was given.
        text: String,
        /// What the parser says.
        detail: String,
    },
    /// The tag expression names a tag that no requirement carries.
    #[error("{}", tr!("no requirement carries the tag @{tag}; the nearest is @{nearest}", tag, nearest))]
    UnknownTag {
        /// What was given.
        tag: String,
        /// The most similar tag.
        nearest: String,
    },
}

/// What is to be done with one requirement.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The requirement.
    pub requirement: Requirement,
    /// Why it is not run; absent when it is.
    pub skip: Option<String>,
    /// Whether that is because the contract has nothing to which it could apply.
    pub inapplicable: bool,
}

/// The requirements to judge, in the order of the catalogue.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) catalogue_size: usize,
    /// How many musts the catalogue holds that are not in this plan.
    pub(crate) musts_left_out: usize,
    pub(crate) selection: Selection,
    pub(crate) requirements: Vec<Planned>,
    /// Which part of a plan this is; absent when it is the whole.
    pub(crate) part: Option<Part>,
}

impl Plan {
    /// Selects from the catalogue what the user asked for, and decides what cannot be run.
    ///
    /// # Errors
    ///
    /// Fails when an ID or a tag does not exist, or the tag expression cannot be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use wxconform::backend::TimeControl;
    /// use wxconform::suite::{Catalogue, Choice, Plan};
    ///
    /// let catalogue = Catalogue::embedded()?;
    /// let time = TimeControl::Wait(Duration::from_secs(5));
    ///
    /// let choice = Choice { only: vec!["CODE-02".to_owned()], tags: None };
    /// assert_eq!(Plan::new(&catalogue, &choice, &time)?.requirements().len(), 1);
    ///
    /// let typo = Choice { only: vec!["COED-02".to_owned()], tags: None };
    /// assert!(Plan::new(&catalogue, &typo, &time).unwrap_err().to_string().contains("nearest is CODE-02"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(catalogue: &Catalogue, choice: &Choice, time: &TimeControl) -> Result<Self, ChoiceError> {
        for wanted in &choice.only {
            if !catalogue.requirements().iter().any(|requirement| names(wanted, requirement)) {
                let nearest = catalogue.nearest(wanted).unwrap_or_default().to_owned();
                return Err(ChoiceError::UnknownId { id: wanted.clone(), nearest });
            }
        }
        let tags = choice.tags.as_deref().map(|text| tag_expression(catalogue, text)).transpose()?;
        Ok(Self::of(catalogue, choice, tags.as_ref(), time))
    }

    /// Selects the whole catalogue, and decides what cannot be run.
    #[must_use]
    pub fn whole(catalogue: &Catalogue, time: &TimeControl) -> Self {
        Self::of(catalogue, &Choice::default(), None, time)
    }

    /// Selects by a choice whose IDs and tags exist.
    fn of(catalogue: &Catalogue, choice: &Choice, tags: Option<&TagOperation>, time: &TimeControl) -> Self {
        let selected = |requirement: &&Requirement| {
            let by_id = choice.only.is_empty() || choice.only.iter().any(|only| names(only, requirement));
            by_id && tags.is_none_or(|tags| tags.eval(&requirement.tags))
        };
        let requirements: Vec<Planned> = catalogue
            .requirements()
            .iter()
            .filter(selected)
            .map(|requirement| Planned {
                requirement: requirement.clone(),
                skip: skip(requirement, time),
                inapplicable: false,
            })
            .collect();
        let musts = |level| level == crate::record::Level::Must;
        let all = catalogue.requirements().iter().filter(|requirement| musts(requirement.level)).count();
        let ours = requirements.iter().filter(|planned| musts(planned.requirement.level)).count();
        Self {
            catalogue_size: catalogue.requirements().len(),
            musts_left_out: all - ours,
            selection: Selection { only: choice.only.clone(), tags: choice.tags.clone() },
            requirements,
            part: None,
        }
    }

    /// Leaves out what does not apply to a backend that speaks as this contract says.
    #[must_use]
    pub fn fitted(mut self, contract: &Contract) -> Self {
        for planned in self.requirements.iter_mut().filter(|planned| planned.skip.is_none()) {
            let needs = planned.requirement.needs.iter();
            planned.skip = needs.copied().find_map(|need| {
                let why = need.missing_in(contract)?;
                Some(tr!("needs {need}: {why}", need, why = translated(why)))
            });
            planned.inapplicable = planned.skip.is_some();
        }
        self
    }

    /// Returns the selected requirements.
    #[must_use]
    pub fn requirements(&self) -> &[Planned] {
        &self.requirements
    }

    /// Returns how many scenarios the plan wants to run.
    #[must_use]
    pub fn scenarios(&self) -> usize {
        let running = self.requirements.iter().filter(|planned| planned.skip.is_none());
        running.map(|planned| planned.requirement.scenarios.len()).sum()
    }
}

/// Tells whether `wanted` is the ID or the area of a requirement, whatever the case of its letters.
fn names(wanted: &str, requirement: &Requirement) -> bool {
    let area = requirement.id.split('-').next().unwrap_or_default();
    wanted.eq_ignore_ascii_case(&requirement.id) || wanted.eq_ignore_ascii_case(area)
}

/// Says why a requirement cannot be run, as far as that is known beforehand.
fn skip(requirement: &Requirement, time: &TimeControl) -> Option<String> {
    match time {
        TimeControl::Wait(longest) if longest.is_zero() && requirement.needs.contains(&Need::Clock) => {
            Some(tr!("no waiting allowed: --max-wait is 0, and this backend has no clock to put forward"))
        }
        TimeControl::Wait(_) | TimeControl::Virtual(_) | TimeControl::Remote(_) => None,
    }
}

/// Reads a tag expression and makes sure that its tags exist.
fn tag_expression(catalogue: &Catalogue, text: &str) -> Result<TagOperation, ChoiceError> {
    let expression = TagOperation::from_str(text).map_err(|error| {
        let detail = error.to_string().replace('\n', " ");
        ChoiceError::Syntax { text: text.to_owned(), detail }
    })?;
    let known: Vec<&String> =
        catalogue.requirements().iter().flat_map(|requirement| &requirement.tags).collect();
    let mut used = Vec::new();
    collect_tags(&expression, &mut used);
    for tag in used {
        if !known.contains(&&tag) {
            let nearest = known.iter().min_by_key(|candidate| strsim::damerau_levenshtein(candidate, &tag));
            let nearest = nearest.map(ToString::to_string).unwrap_or_default();
            return Err(ChoiceError::UnknownTag { tag, nearest });
        }
    }
    Ok(expression)
}

fn collect_tags(expression: &TagOperation, into: &mut Vec<String>) {
    match expression {
        TagOperation::And(left, right) | TagOperation::Or(left, right) => {
            collect_tags(left, into);
            collect_tags(right, into);
        }
        TagOperation::Not(inner) => collect_tags(inner, into),
        TagOperation::Tag(tag) => into.push(tag.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Choice, Plan};
    use crate::backend::TimeControl;
    use crate::suite::Catalogue;

    fn plan(only: &[&str], tags: Option<&str>, wait: u64) -> Result<Plan, String> {
        let choice =
            Choice { only: only.iter().map(ToString::to_string).collect(), tags: tags.map(str::to_owned) };
        let time = TimeControl::Wait(Duration::from_secs(wait));
        Plan::new(&Catalogue::embedded().unwrap(), &choice, &time).map_err(|error| error.to_string())
    }

    fn ids(plan: &Plan) -> Vec<&str> {
        plan.requirements().iter().map(|planned| planned.requirement.id.as_str()).collect()
    }

    #[test]
    fn ids_and_areas_select_in_the_order_of_the_catalogue() {
        assert_eq!(ids(&plan(&["token-01", "LOGIN-02"], None, 5).unwrap()), ["LOGIN-02", "TOKEN-01"]);
        assert!(ids(&plan(&["user"], None, 5).unwrap()).iter().all(|id| id.starts_with("USER-")));
    }

    #[test]
    fn tags_and_ids_restrict_each_other() {
        let both = plan(&["CLIENT"], Some("@should"), 5).unwrap();
        assert_eq!(ids(&both), ["CLIENT-04"]);
        assert_eq!(plan(&[], Some("@must and @should"), 5).unwrap().scenarios(), 0);
    }

    #[test]
    fn what_does_not_exist_is_named_with_its_nearest() {
        assert!(plan(&["XYZ"], None, 5).unwrap_err().contains("there is no requirement \"XYZ\""));
        assert!(plan(&[], Some("@mist"), 5).unwrap_err().contains("nearest is @must"));
        assert!(plan(&[], Some("@must and"), 5).unwrap_err().contains("cannot be read"));
    }

    #[test]
    fn without_waiting_and_without_a_clock_nothing_that_needs_time_is_planned() {
        let planned = plan(&["EXPIRY"], None, 0).unwrap();
        let skipped: Vec<&str> = planned
            .requirements()
            .iter()
            .filter(|planned| planned.skip.is_some())
            .map(|planned| planned.requirement.id.as_str())
            .collect();
        assert_eq!(skipped, ["EXPIRY-04", "EXPIRY-05", "EXPIRY-06", "EXPIRY-07", "EXPIRY-08", "EXPIRY-09"]);
    }
}
