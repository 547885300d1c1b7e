//! How is a plan split, so that several processes share it?

use std::collections::HashMap;

use super::catalogue::AFTER_ALL;
use super::plan::Plan;
use crate::record::{PlannedRecord, RunRecord, Shard};

/// How long scenarios took in an earlier run.
#[derive(Clone, Debug, Default)]
pub struct Durations(HashMap<(String, String), u64>);

impl Durations {
    /// Takes them from the record of a run, by the names of the scenarios, which stay when lines move.
    #[must_use]
    pub fn of(record: &RunRecord) -> Self {
        let mut known = HashMap::new();
        for requirement in &record.requirements {
            for scenario in requirement.scenarios.iter().filter(|scenario| scenario.duration_ms > 0) {
                known.insert((requirement.id.clone(), scenario.name.clone()), scenario.duration_ms);
            }
        }
        Self(known)
    }
}

/// Which part of a plan this is.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) shard: Shard,
    pub(crate) plan: Vec<PlannedRecord>,
    /// Where the scenarios stand that are played in every part.
    pub(crate) everywhere: Vec<String>,
    /// How many musts the whole plan leaves out.
    pub(crate) musts_left_out: usize,
}

/// A plan that cannot be split in so many parts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", tr!("the plan has {scenarios} scenarios to split, so there can be 1 to {scenarios} parts, not {of}", scenarios, of))]
pub struct TooManyShards {
    /// How many scenarios can be shared out.
    pub scenarios: usize,
    /// How many parts were asked for.
    pub of: usize,
}

impl Plan {
    /// Returns one part of the plan. The same plan and the same durations give the same parts, whoever asks.
    ///
    /// Every scenario is in exactly one part. Those are an exception that judge all the traffic of a run: each part
    /// has traffic of its own, so they are played in each. The longest scenarios are shared out first, each to the
    /// part that has the least to do; one whose duration is not known counts like the average of the others.
    ///
    /// # Errors
    ///
    /// Fails when there are more parts than scenarios, because a part that judges nothing proves nothing.
    pub fn sharded(mut self, shard: Shard, durations: &Durations) -> Result<Self, TooManyShards> {
        let known = durations.0.values();
        let average = known.clone().sum::<u64>().checked_div(u64::try_from(known.len()).unwrap_or(0));
        let (mut open, mut skipped, mut everywhere) = (Vec::new(), Vec::new(), Vec::new());
        for planned in &self.requirements {
            for scenario in &planned.requirement.scenarios {
                let name = (planned.requirement.id.clone(), scenario.name.clone());
                let duration = durations.0.get(&name).copied().or(average).unwrap_or(1);
                if planned.skip.is_some() {
                    skipped.push(scenario.location.clone());
                } else if scenario.tags.iter().any(|tag| tag == AFTER_ALL) {
                    everywhere.push(scenario.location.clone());
                } else {
                    open.push((duration, scenario.location.clone()));
                }
            }
        }
        // What judges the whole run alone is not worth a second process.
        let most = open.len().max(1);
        if shard.of > most {
            return Err(TooManyShards { scenarios: most, of: shard.of });
        }
        // Stable: of equally long ones, the first of the plan comes first.
        open.sort_by_key(|(duration, _)| std::cmp::Reverse(*duration));
        let mut loads = vec![(0_u64, 0_usize); shard.of];
        let mut ours: Vec<String> = Vec::new();
        for (duration, location) in open {
            let least = (0..shard.of).min_by_key(|index| (loads[*index], *index)).unwrap_or_default();
            loads[least].0 += duration;
            loads[least].1 += 1;
            if least + 1 == shard.index {
                ours.push(location);
            }
        }
        let skipped = skipped.into_iter().enumerate();
        ours.extend(
            skipped.filter(|(turn, _)| turn % shard.of + 1 == shard.index).map(|(_, location)| location),
        );
        let part = Part {
            shard,
            plan: self
                .requirements
                .iter()
                .map(|planned| PlannedRecord {
                    requirement: planned.requirement.id.clone(),
                    scenarios: planned
                        .requirement
                        .scenarios
                        .iter()
                        .map(|scenario| scenario.location.clone())
                        .collect(),
                })
                .collect(),
            everywhere,
            musts_left_out: self.musts_left_out,
        };
        let musts = |plan: &Self| {
            let levels = plan.requirements.iter().map(|planned| planned.requirement.level);
            levels.filter(|level| *level == crate::record::Level::Must).count()
        };
        let before = musts(&self);
        for planned in &mut self.requirements {
            planned.requirement.scenarios.retain(|scenario| {
                ours.contains(&scenario.location) || part.everywhere.contains(&scenario.location)
            });
        }
        self.requirements.retain(|planned| !planned.requirement.scenarios.is_empty());
        self.musts_left_out += before - musts(&self);
        self.part = Some(part);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;

    use super::{Durations, TooManyShards};
    use crate::backend::TimeControl;
    use crate::record::Shard;
    use crate::suite::{Catalogue, Plan};

    fn plan() -> Plan {
        Plan::whole(&Catalogue::embedded().unwrap(), &TimeControl::Wait(Duration::ZERO))
    }

    fn locations(plan: &Plan) -> Vec<String> {
        let scenarios = plan.requirements().iter().flat_map(|planned| &planned.requirement.scenarios);
        scenarios.map(|scenario| scenario.location.clone()).collect()
    }

    /// Returns the scenarios of each part, but for those that are in every one.
    fn parts(of: usize, durations: &Durations) -> Vec<BTreeSet<String>> {
        let part = |index| {
            let part = plan().sharded(Shard { index, of }, durations).unwrap();
            let everywhere = part.part.as_ref().unwrap().everywhere.clone();
            locations(&part).into_iter().filter(|location| !everywhere.contains(location)).collect()
        };
        (1..=of).map(part).collect()
    }

    fn alternating() -> Durations {
        let mut durations = Durations::default();
        for planned in plan().requirements() {
            for (index, scenario) in planned.requirement.scenarios.iter().enumerate() {
                let took = if index % 2 == 0 { 7 } else { 1000 };
                durations.0.insert((planned.requirement.id.clone(), scenario.name.clone()), took);
            }
        }
        durations
    }

    #[test]
    fn the_place_of_a_scenario_is_its_own() {
        let all = locations(&plan());
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn every_scenario_is_in_exactly_one_part_and_the_parts_are_about_equal() {
        for durations in [Durations::default(), alternating()] {
            for of in [1, 2, 3, 7, 50] {
                let parts = parts(of, &durations);
                let mut seen: BTreeMap<&String, usize> = BTreeMap::new();
                for location in parts.iter().flatten() {
                    *seen.entry(location).or_default() += 1;
                }
                assert!(seen.values().all(|count| *count == 1), "{of}");
                let whole = plan().sharded(Shard { index: 1, of: 1 }, &durations).unwrap();
                let everywhere = &whole.part.as_ref().unwrap().everywhere;
                assert!(!everywhere.is_empty());
                assert_eq!(seen.len(), locations(&plan()).len() - everywhere.len(), "{of}");
            }
        }
        let sizes: Vec<usize> = parts(7, &Durations::default()).iter().map(BTreeSet::len).collect();
        assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 2, "{sizes:?}");
    }

    #[test]
    fn the_same_plan_is_split_in_the_same_way_and_who_has_the_longest_scenario_has_no_other() {
        let mut durations = Durations::default();
        let mut longest = String::new();
        for planned in plan().requirements() {
            for scenario in &planned.requirement.scenarios {
                let is_it = planned.requirement.id == "CODE-02" && longest.is_empty();
                if is_it {
                    longest.clone_from(&scenario.location);
                }
                let took = if is_it { 1_000_000 } else { 10 };
                durations.0.insert((planned.requirement.id.clone(), scenario.name.clone()), took);
            }
        }
        assert_eq!(parts(3, &durations), parts(3, &durations));
        let skipped: BTreeSet<String> = plan()
            .requirements()
            .iter()
            .filter(|planned| planned.skip.is_some())
            .flat_map(|planned| &planned.requirement.scenarios)
            .map(|scenario| scenario.location.clone())
            .collect();
        let parts = parts(3, &durations);
        let with = parts.iter().find(|part| part.contains(&longest)).unwrap();
        assert_eq!(with.difference(&skipped).collect::<Vec<_>>(), [&longest]);
    }

    #[test]
    fn more_parts_than_scenarios_are_refused() {
        let error = plan().sharded(Shard { index: 1, of: 100_000 }, &Durations::default()).unwrap_err();
        assert!(matches!(error, TooManyShards { of: 100_000, scenarios } if scenarios > 100), "{error}");
    }
}
