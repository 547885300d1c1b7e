//! What became of the scenarios of a requirement that is broken in both records?
//!
//! A verdict that stays broken hides how much is broken: four new ways to use a code twice are four breaches more.

use std::collections::HashMap;

use super::{RequirementRecord, ScenarioRecord, ScenarioVerdict as S};

/// The scenarios of a requirement whose breach is one in both records, as far as they changed.
#[derive(Clone, Debug, Default)]
pub struct ScenarioChanges<'a> {
    /// Broken now, and something else before.
    pub broke: Vec<&'a ScenarioRecord>,
    /// Kept before, and undecided now.
    pub lost: Vec<&'a ScenarioRecord>,
    /// Broken before, and kept now.
    pub fixed: Vec<&'a ScenarioRecord>,
    /// Broken now, and not in the older record.
    pub new: Vec<&'a ScenarioRecord>,
    /// Broken before, and not in the newer record.
    pub gone: Vec<&'a ScenarioRecord>,
}

impl<'a> ScenarioChanges<'a> {
    /// Compares scenario by scenario. They are known by their names, which stay when lines move.
    pub(super) fn between(old: &'a RequirementRecord, new: &'a RequirementRecord) -> Self {
        let (before, after) = (by_name(old), by_name(new));
        let mut found = Self::default();
        for (key, scenario) in in_order(new) {
            match (before.get(&key).map(|known| known.verdict), scenario.verdict) {
                (None, S::Broken) => found.new.push(scenario),
                (Some(S::Kept | S::Skipped | S::Undecided), S::Broken) => found.broke.push(scenario),
                (Some(S::Kept), S::Undecided) => found.lost.push(scenario),
                (Some(S::Broken), S::Kept) => found.fixed.push(scenario),
                (None | Some(_), _) => {}
            }
        }
        let gone = in_order(old).filter(|(key, _)| !after.contains_key(key)).map(|(_, scenario)| scenario);
        found.gone = gone.filter(|scenario| scenario.verdict == S::Broken).collect();
        found
    }

    /// Tells whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let all = [&self.broke, &self.lost, &self.fixed, &self.new, &self.gone];
        all.iter().all(|such| such.is_empty())
    }
}

/// Returns the scenarios, each with its name and with how many of that name stand before it.
fn in_order(requirement: &RequirementRecord) -> impl Iterator<Item = ((&str, usize), &ScenarioRecord)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    requirement.scenarios.iter().map(move |scenario| {
        let turn = seen.entry(&scenario.name).or_default();
        *turn += 1;
        ((scenario.name.as_str(), *turn), scenario)
    })
}

fn by_name(requirement: &RequirementRecord) -> HashMap<(&str, usize), &ScenarioRecord> {
    in_order(requirement).collect()
}
