//! Letting cucumber play scenarios, and hearing all it has to say.
//!
//! cucumber is lenient where a verdict may not be: a step that nobody defined passes as skipped, an empty
//! plan passes, panics vanish. So scenarios are handed to it ready-made, every one is told apart by a key,
//! and whatever did not come to a proper end is missing from the outcomes, which the conclusion counts.

use std::collections::HashMap;
use std::sync::Arc;

use cucumber::gherkin::{Feature, LineCol, Rule, Scenario, Span};
use cucumber::{Cucumber, Event, Parser, World as _, Writer, cli, event, parser, runner, writer};
use futures::FutureExt as _;
use futures::stream;
use tokio::sync::Semaphore;

use super::catalogue::{Requirement, SERIAL, ScenarioText};
use super::hook::PanicHookKept;
use super::log::STOPPED;
use super::progress::Happening;
use super::run::Run;
use super::troubled::let_connect_again;
use super::world::World;

/// The prefix of the tag by which a scenario is told apart.
const KEY_TAG: &str = "wxconform-key=";

/// How one scenario went, as far as its steps say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Played {
    /// How many of its steps passed.
    pub(crate) passed: usize,
    /// Why the next step did not; absent when all of them passed.
    pub(crate) stopped: Option<String>,
    /// True when it came to an end.
    pub(crate) finished: bool,
    /// The text of a panic of ours.
    pub(crate) panicked: Option<String>,
}

/// A scenario to be played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) requirement: &'a Requirement,
    pub(crate) scenario: &'a ScenarioText,
    /// True when nothing else may happen meanwhile.
    pub(crate) alone: bool,
    /// True when it spends most of its time waiting. Such scenarios begin before the others, all of them at
    /// once, so that a run waits for the longest and not for one after the other.
    pub(crate) waits: bool,
}

/// Plays scenarios, at most `jobs` at a time, and returns how each of them went, by key.
///
/// A scenario that waits counts only until it does ([`World::rest`]): from then on it has nothing to do but to
/// be on time, so it takes nobody's turn, and need not queue for one when it wakes.
pub(crate) async fn play(run: &Arc<Run>, parts: &[Part<'_>], jobs: usize) -> HashMap<String, Played> {
    let _hook = PanicHookKept::during_a_run();
    let stage = Arc::clone(run);
    let turns = Arc::new(Semaphore::new(jobs.max(1)));
    let waiting = parts.iter().filter(|part| part.waits).count();
    let listener = Listener { outcomes: HashMap::new(), run: Arc::clone(run) };
    let cucumber: Cucumber<World, Embedded, Vec<Feature>, _, Listener> =
        Cucumber::custom(Embedded, runner::Basic::default(), listener);
    let listener = cucumber
        .with_default_cli()
        .steps(World::collection())
        .max_concurrent_scenarios(jobs.max(1) + waiting)
        .before(move |_, rule, scenario, world| {
            let (stage, turns) = (Arc::clone(&stage), Arc::clone(&turns));
            async move {
                // Turns are taken in the order of asking, which is that of the features. The semaphore is never
                // closed, and without a turn the scenario would only begin too early.
                let turn = turns.acquire_owned().await.ok();
                let_connect_again(&stage).await;
                if let Some(key) = key_of(scenario) {
                    let requirement = rule.map_or("", |rule| rule.name.as_str());
                    stage.tell(Happening::Began { key, requirement, name: &scenario.name });
                    world.enter(stage, key, turn);
                }
            }
            .boxed_local()
        })
        .after(|_, _, _, _, world| {
            async move {
                if let Some(world) = world {
                    world.leave();
                }
            }
            .boxed_local()
        })
        .run(features(parts))
        .await;
    listener.outcomes
}

/// Puts scenarios back into the features that cucumber wants, in the order in which they are to begin: those
/// that are played alone, those that wait, and the rest.
///
/// The three never share a feature: where a feature holds a scenario to be played alone, cucumber puts all of
/// its scenarios before those of the features so far.
fn features(parts: &[Part<'_>]) -> Vec<Feature> {
    let of = |wanted: fn(&Part<'_>) -> bool| -> Vec<Part<'_>> {
        parts.iter().filter(|part| wanted(part)).copied().collect()
    };
    let alone = of(|part| part.alone);
    let waiting = of(|part| part.waits && !part.alone);
    let rest = of(|part| !part.waits && !part.alone);
    [alone, waiting, rest].iter().flat_map(|parts| by_area(parts)).collect()
}

fn by_area(parts: &[Part<'_>]) -> Vec<Feature> {
    let mut features: Vec<Feature> = Vec::new();
    for part in parts {
        let mut scenario = part.scenario.source.clone();
        scenario.tags.push(format!("{KEY_TAG}{}", part.scenario.key));
        if part.alone {
            scenario.tags.push(SERIAL.to_owned());
        }
        let requirement = part.requirement;
        let known = features.iter().position(|feature| feature.name == requirement.area);
        let index = known.unwrap_or_else(|| {
            features.push(empty_feature(&requirement.area));
            features.len() - 1
        });
        let feature = &mut features[index];
        match feature.rules.iter_mut().find(|rule| rule.name == requirement.id) {
            Some(rule) => rule.scenarios.push(scenario),
            None => feature.rules.push(rule(&requirement.id, scenario)),
        }
    }
    features
}

fn empty_feature(name: &str) -> Feature {
    Feature {
        keyword: "Feature".to_owned(),
        name: name.to_owned(),
        description: None,
        background: None,
        scenarios: Vec::new(),
        rules: Vec::new(),
        tags: Vec::new(),
        span: Span { start: 0, end: 0 },
        position: LineCol { line: 0, col: 0 },
        path: None,
    }
}

fn rule(name: &str, scenario: Scenario) -> Rule {
    Rule {
        keyword: "Rule".to_owned(),
        name: name.to_owned(),
        description: None,
        background: None,
        scenarios: vec![scenario],
        tags: Vec::new(),
        span: Span { start: 0, end: 0 },
        position: LineCol { line: 0, col: 0 },
    }
}

fn key_of(scenario: &Scenario) -> Option<&str> {
    scenario.tags.iter().find_map(|tag| tag.strip_prefix(KEY_TAG))
}

/// Hands over features that were read long before.
struct Embedded;

impl Parser<Vec<Feature>> for Embedded {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, features: Vec<Feature>, _: cli::Empty) -> Self::Output {
        stream::iter(features.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// Notes how each scenario went.
struct Listener {
    outcomes: HashMap<String, Played>,
    run: Arc<Run>,
}

impl Writer<World> for Listener {
    type Cli = cli::Empty;

    async fn handle_event(&mut self, event: parser::Result<Event<event::Cucumber<World>>>, _: &cli::Empty) {
        let Ok(event) = event else { return };
        let event::Cucumber::Feature(_, event::Feature::Rule(_, event::Rule::Scenario(scenario, event))) =
            event.into_inner()
        else {
            return;
        };
        let Some(key) = key_of(&scenario) else { return };
        let played = self.outcomes.entry(key.to_owned()).or_default();
        match event.event {
            event::Scenario::Background(_, step) | event::Scenario::Step(_, step) => played.hear(step),
            event::Scenario::Hook(_, event::Hook::Failed(_, info)) => {
                played.panicked = Some(text_of(&info));
            }
            event::Scenario::Finished => {
                played.finished = true;
                self.run.tell(Happening::Ended { key });
            }
            event::Scenario::Started | event::Scenario::Log(_) | event::Scenario::Hook(..) => {}
        }
    }
}

// The outcomes are a map by key, so the order of events does not matter.
impl writer::Normalized for Listener {}

impl Played {
    fn hear(&mut self, step: event::Step<World>) {
        match step {
            event::Step::Started => {}
            event::Step::Passed(..) => self.passed += 1,
            event::Step::Skipped => self.stopped = Some(tr!("no step function fits this sentence")),
            event::Step::Failed(_, _, _, event::StepError::Panic(info)) => {
                let text = text_of(&info);
                match text.strip_prefix(STOPPED) {
                    Some(reason) => self.stopped = Some(reason.to_owned()),
                    None => self.panicked = Some(text),
                }
            }
            event::Step::Failed(_, _, _, error) => self.stopped = Some(error.to_string()),
        }
    }
}

fn text_of(info: &event::Info) -> String {
    let text = info.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| info.downcast_ref::<&str>().copied());
    text.map_or_else(|| tr!("a panic without a text"), str::to_owned)
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Listener({} heard)", self.outcomes.len())
    }
}

/// Says for each step of a scenario whether just one function fits it; the text names the trouble.
#[cfg(test)]
pub(crate) fn troubles_with_steps(scenario: &ScenarioText) -> Vec<String> {
    let steps = World::collection();
    let mut troubles = Vec::new();
    for step in &scenario.source.steps {
        match steps.find(step) {
            Ok(Some(_)) => {}
            Ok(None) => troubles.push(format!("{}: nobody defines {:?}", scenario.location, step.value)),
            Err(error) => {
                troubles.push(format!("{}: {:?} is ambiguous: {error}", scenario.location, step.value));
            }
        }
    }
    troubles
}

#[cfg(test)]
mod tests {
    use super::{Part, features, key_of, troubles_with_steps};
    use crate::suite::Catalogue;

    #[test]
    fn who_waits_begins_first_but_for_those_who_are_alone() {
        let catalogue = Catalogue::embedded().unwrap();
        let scenarios = catalogue.requirements().iter().flat_map(|requirement| {
            requirement.scenarios.iter().map(move |scenario| (requirement, scenario))
        });
        let parts: Vec<Part<'_>> = scenarios
            .enumerate()
            .map(|(index, (requirement, scenario))| Part {
                requirement,
                scenario,
                alone: index % 5 == 0,
                waits: index % 3 == 0,
            })
            .collect();
        let features = features(&parts);
        let order: Vec<&str> = features
            .iter()
            .flat_map(|feature| feature.rules.iter().flat_map(|rule| &rule.scenarios))
            .filter_map(key_of)
            .collect();
        let rank = |part: &&Part<'_>| match (part.alone, part.waits) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        let mut expected: Vec<&Part<'_>> = parts.iter().collect();
        expected.sort_by_key(rank);
        let expected: Vec<&str> = expected.iter().map(|part| part.scenario.key.as_str()).collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn every_sentence_of_every_scenario_has_just_one_meaning() {
        let catalogue = Catalogue::embedded().unwrap();
        let scenarios = catalogue.requirements().iter().flat_map(|requirement| &requirement.scenarios);
        let troubles: Vec<String> = scenarios.flat_map(troubles_with_steps).collect();
        assert!(troubles.is_empty(), "{}", troubles.join("\n"));
    }

    #[test]
    fn every_scenario_ends_in_a_then() {
        let catalogue = Catalogue::embedded().unwrap();
        for scenario in catalogue.requirements().iter().flat_map(|requirement| &requirement.scenarios) {
            let judged = scenario.steps.iter().any(|step| step.starts_with("Then "));
            assert!(judged, "{} judges nothing", scenario.location);
        }
    }
}
