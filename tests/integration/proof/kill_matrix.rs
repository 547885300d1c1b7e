//! Does the suite catch every fault, and name the requirement that the fault breaks?
//!
//! The judgements are proved twice over: a correct backend raises no alarm (see `variants`), and each
//! deliberate fault is caught by the requirement it belongs to, with few others beside it. And the other way
//! round: each scenario earns its place by a fault that no other one catches.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use wxconform::record::Level;
use wxconform::reference::{Fault, Variant};
use wxconform::suite::{Catalogue, Requirement, ScenarioText};

use super::matrix::{MATRIX, ONLY_AREA, Row, is_asked_for, played};
use crate::docs::{assert_committed, is_blessing, plain, read};

/// Requirements that no backend can break: they are about the documented client alone.
const BEYOND_BACKENDS: &[&str] = &["EXPIRY-03"];

const PAGE: &str = "docs/kill-matrix.md";

#[test]
fn every_requirement_has_a_fault() {
    let broken: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.requirement()).collect();
    for requirement in Catalogue::embedded().unwrap().requirements() {
        let id = requirement.id.as_str();
        let exempt = BEYOND_BACKENDS.contains(&id) || requirement.level == Level::Observe;
        assert_ne!(broken.contains(id), exempt, "{id} needs a fault, or an excuse, and not both");
    }
}

#[test]
fn every_fault_breaks_a_requirement_of_the_catalogue() {
    let catalogue = Catalogue::embedded().unwrap();
    for fault in Fault::ALL {
        assert!(catalogue.find(fault.requirement()).is_some(), "{fault}: {}", fault.requirement());
    }
}

#[test]
fn every_fault_is_caught_and_named() {
    let wrong: Vec<String> = MATRIX
        .iter()
        .filter(|row| !row.is_right())
        .map(|row| {
            let own = row.fault.requirement();
            format!("{} breaks {own}: {}; named: {:?}", row.fault, row.said, row.named)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the scenarios as they are written, an outline being one, each with its requirement.
fn written(catalogue: &Catalogue) -> Vec<(&Requirement, &ScenarioText)> {
    let mut seen = BTreeSet::new();
    let all = catalogue
        .requirements()
        .iter()
        .flat_map(|requirement| requirement.scenarios.iter().map(move |scenario| (requirement, scenario)));
    all.filter(|(_, scenario)| seen.insert(scenario.written_at.clone())).collect()
}

/// Returns, by scenario, the faults that it alone catches.
fn caught_alone(rows: &[Row]) -> BTreeMap<&str, Vec<Fault>> {
    let mut alone: BTreeMap<&str, Vec<Fault>> = BTreeMap::new();
    for row in rows {
        if let [only] = row.caught_by.iter().collect::<Vec<_>>().as_slice() {
            alone.entry(only.as_str()).or_default().push(row.fault);
        }
    }
    alone
}

/// Returns the scenarios that catch nothing that no other one does, with their requirements.
fn dead<'a>(catalogue: &'a Catalogue, rows: &[Row]) -> Vec<(&'a Requirement, &'a ScenarioText)> {
    let alone = caught_alone(rows);
    let judging = written(catalogue)
        .into_iter()
        .filter(|(requirement, _)| requirement.level != Level::Observe && is_asked_for(&requirement.id));
    judging
        .filter(|(_, scenario)| scenario.stays.is_none() && !alone.contains_key(scenario.written_at.as_str()))
        .collect()
}

#[test]
fn no_scenario_is_dead() {
    let catalogue = Catalogue::embedded().unwrap();
    let mut dead = dead(&catalogue, &MATRIX);
    // Some faults are caught by a second scenario now and then, when requests happen to cross.
    let doubtful: BTreeSet<&str> = dead.iter().map(|(requirement, _)| requirement.id.as_str()).collect();
    let faults = Fault::ALL.iter().copied().filter(|fault| doubtful.contains(fault.requirement()));
    let again = played(&faults.collect::<Vec<_>>(), 1);
    let alone = caught_alone(&again);
    dead.retain(|(_, scenario)| !alone.contains_key(scenario.written_at.as_str()));
    let dead: Vec<String> = dead
        .into_iter()
        .map(|(requirement, scenario)| {
            format!("{} {} {}", requirement.id, scenario.written_at, scenario.name)
        })
        .collect();
    assert!(
        dead.is_empty(),
        "these scenarios catch nothing that no other one catches; add a fault, or say in a comment `# Stays: …` \
         why they stay:\n{}",
        dead.join("\n")
    );
}

/// How many of a hundred lines of the page may differ from what is committed: what a fault also breaks can depend
/// on which of two requests comes first.
const MAY_DIFFER: usize = 3;

#[test]
fn the_page_of_the_matrix_is_up_to_date() {
    if ONLY_AREA.is_some() {
        return;
    }
    let made = page();
    if is_blessing() {
        assert_committed(PAGE, &made);
    }
    let committed = read(PAGE);
    assert_eq!(skeleton(&made), skeleton(&committed), "{PAGE} is out of date; {PAGE} says how it is made");
    let pairs = made.lines().zip(committed.lines());
    let differing: Vec<_> = pairs.filter(|(made, committed)| made != committed).collect();
    let few = made.lines().count() * MAY_DIFFER / 100;
    assert!(differing.len() <= few, "{PAGE} is out of date; {PAGE} says how it is made: {differing:?}");
}

/// Returns what of a page does not depend on a run: its words, the faults and the scenarios.
fn skeleton(page: &str) -> Vec<String> {
    let line = |line: &str| match line.split_once(" |") {
        // A fault and what it breaks, or a line of the scorecard.
        Some((_, _)) if line.starts_with("| ") => line.split('|').take(3).collect::<Vec<_>>().join("|"),
        // What a scenario catches alone, or why it stays if that is nothing.
        _ if line.starts_with("- ") => line.split(": ").next().unwrap_or_default().to_owned(),
        _ => line.to_owned(),
    };
    let counted = |line: &&str| !line.starts_with("| named correctly");
    page.lines().filter(counted).map(line).collect()
}

fn page() -> String {
    let catalogue = Catalogue::embedded().unwrap();
    let rows = &*MATRIX;
    let count = |good: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| good(row)).count();
    let faults = rows.len();
    let detected = count(&|row| !row.named.is_empty());
    let right = count(&|row| row.named.contains(row.fault.requirement()));
    let alone = count(&|row| row.named.len() == 1 && row.named.contains(row.fault.requirement()));
    let mut page = format!(
        "# The kill matrix\n\n\
         Made by the test `kill_matrix`, which plays the whole suite against every fault of the reference \
         backend; `WXCONFORM_BLESS=1 cargo test kill_matrix` writes it anew. What each fault does is in \
         [faults.md](faults.md).\n\n\
         ## Scorecard\n\n\
         | what | count |\n|---|---|\n\
         | faults | {faults} |\n\
         | detected | {detected} |\n\
         | named correctly | {right} |\n\
         | named correctly, and nothing else | {alone} |\n\
         | false alarms on the plain reference and its {} variants | 0 |\n\n\
         A variant is a backend that differs from the reference and is right all the same: \
         `wxconform backend --list-variants`. A test judges each of them.\n\n\
         ## Faults\n\n\
         | fault | breaks | named beside it |\n|---|---|---|\n",
        Variant::ALL.len(),
    );
    for row in rows {
        let right = row.fault.requirement();
        let others: Vec<&str> = row.named.iter().map(String::as_str).filter(|id| *id != right).collect();
        writeln!(page, "| `{}` | {right} | {} |", row.fault, others.join(", ")).unwrap();
    }
    page.push_str(
        "\n## Scenarios\n\nWhat each scenario, or outline, catches that no other one does. Where that is nothing, \
         the feature file says why it stays.\n",
    );
    let alone = caught_alone(rows);
    let mut area = "";
    for (requirement, scenario) in written(&catalogue) {
        if requirement.id != area {
            area = &requirement.id;
            write!(page, "\n### {area}\n\n").unwrap();
        }
        let faults = alone.get(scenario.written_at.as_str());
        let faults: Vec<String> = faults.into_iter().flatten().map(|fault| format!("`{fault}`")).collect();
        let said = match (&scenario.stays, requirement.level) {
            _ if !faults.is_empty() => faults.join(", "),
            (Some(why), _) => format!("stays: {}", plain(why)),
            (None, Level::Observe) => "an observation".to_owned(),
            (None, Level::Must | Level::Should) => "nothing".to_owned(),
        };
        writeln!(page, "- {}: {said}", plain(&scenario.outline)).unwrap();
    }
    page
}
