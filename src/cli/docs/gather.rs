//! What do the catalogue, the faults, the troubles and the contracts say about themselves?

use std::time::Duration;

use super::matrix::Matrix;
use crate::backend::{BUILT_IN, Contract, TimeControl};
use crate::cli::problem::Problem;
use crate::language::{Language, spoken, translated};
use crate::reference::{Fault, Variant};
use crate::report::site::{self, Specification};
use crate::standin::{Trouble, TroubleKind};
use crate::suite::{CHINESE_FEATURE_FILES, Catalogue, Choice, Plan, Requirement, Written, WrittenStep};

/// The picture of the flow; a test compares it with what a run shows.
const FLOW: &str = include_str!("../../../docs/login-flow.svg");

/// Returns everything that the site tells.
pub(super) fn specification() -> Result<Specification, Problem> {
    let catalogue = Catalogue::embedded()?;
    // What is called in its own words: the twins have the same requirements, by which everything else goes on.
    let words = match spoken() {
        Language::Chinese => Catalogue::read(CHINESE_FEATURE_FILES)?,
        Language::English => catalogue.clone(),
    };
    let matrix = Matrix::committed();
    Ok(Specification {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        flow: FLOW.replace("\r\n", "\n"),
        areas: areas(&catalogue, &words, &matrix),
        faults: Fault::ALL.iter().map(|fault| described(*fault, &catalogue, &matrix)).collect(),
        troubles: TroubleKind::ALL.iter().map(|kind| troubles(*kind)).collect(),
        contracts: contracts(&catalogue)?,
        variants: Variant::ALL.iter().copied().map(variant).collect(),
    })
}

fn areas(catalogue: &Catalogue, words: &Catalogue, matrix: &Matrix<'_>) -> Vec<site::Area> {
    let mut areas: Vec<site::Area> = Vec::new();
    for requirement in catalogue.requirements() {
        let told_as = words.find(&requirement.id).unwrap_or(requirement);
        if areas.last().is_none_or(|area| area.name != told_as.area) {
            areas.push(site::Area {
                key: requirement.id.split('-').next().unwrap_or_default().to_owned(),
                name: told_as.area.clone(),
                about: told_as.area_about.clone(),
                requirements: Vec::new(),
            });
        }
        if let Some(area) = areas.last_mut() {
            area.requirements.push(told(requirement, told_as, matrix));
        }
    }
    areas
}

/// Tells a requirement in the words of its twin, or in its own.
fn told(requirement: &Requirement, words: &Requirement, matrix: &Matrix<'_>) -> site::Requirement {
    let needs =
        requirement.needs.iter().map(|need| (translated(&need.to_string()), translated(need.about())));
    let scenarios = requirement.written.iter().zip(&words.written);
    site::Requirement {
        id: requirement.id.clone(),
        level: requirement.level,
        sentence: words.sentence.clone(),
        why: words.why.clone(),
        fix: words.fix.clone(),
        source: words.source.clone(),
        needs: needs.collect(),
        location: requirement.location.clone(),
        scenarios: scenarios.map(|(one, words)| scenario(requirement, one, words, matrix)).collect(),
    }
}

fn scenario(
    requirement: &Requirement,
    written: &Written,
    words: &Written,
    matrix: &Matrix<'_>,
) -> site::Scenario {
    let manner = written.tags.iter().filter_map(|tag| match tag.as_str() {
        "after-all" => Some(tr!("It judges the whole run, and therefore runs last.")),
        "serial" => Some(tr!("Nothing else happens while it runs.")),
        "time-passes" => Some(tr!("A token ends in it, which is waited for, or the clock is put forward.")),
        _ => None,
    });
    // The committed matrix may be older than the lists of faults and requirements.
    let catches = matrix.caught_alone(&requirement.id, &written.title).into_iter();
    let catches = catches.filter(|name| Fault::named(name).is_ok());
    let rows = written.rows.iter().zip(&words.rows);
    site::Scenario {
        title: words.title.clone(),
        location: written.location.clone(),
        manner: manner.collect(),
        stays: words.stays.clone(),
        steps: words.steps.iter().map(step).collect(),
        columns: words.columns.clone(),
        rows: rows.map(|(row, words)| (row.key.clone(), words.values.clone())).collect(),
        catches: catches.map(str::to_owned).collect(),
    }
}

fn step(step: &WrittenStep) -> site::Step {
    site::Step { keyword: step.keyword.clone(), text: step.text.clone(), table: step.table.clone() }
}

fn described(fault: Fault, catalogue: &Catalogue, matrix: &Matrix<'_>) -> site::Fault {
    let beside = matrix.named_beside(fault.name()).into_iter().filter(|id| catalogue.find(id).is_some());
    site::Fault {
        name: fault.name().to_owned(),
        requirement: fault.requirement().to_owned(),
        about: translated(fault.summary()),
        origin: translated(fault.origin()),
        variant: fault.variant().map(|variant| variant.name().to_owned()),
        contract: fault.contract().map(str::to_owned),
        beside: beside.map(str::to_owned).collect(),
    }
}

fn troubles(kind: TroubleKind) -> site::TroubleKind {
    let trouble = |trouble: Trouble| site::Trouble {
        name: trouble.name().to_owned(),
        about: translated(trouble.summary()),
        origin: translated(trouble.origin()),
    };
    site::TroubleKind {
        word: kind.word().to_owned(),
        said: kind.said(),
        expectation: translated(kind.expectation()),
        troubles: Trouble::of_kind(kind).map(trouble).collect(),
    }
}

fn contracts(catalogue: &Catalogue) -> Result<Vec<site::Contract>, Problem> {
    let mut contracts = Vec::new();
    for (name, text) in BUILT_IN {
        let contract = Contract::find(name, &[])?;
        let time = TimeControl::Wait(Duration::MAX);
        let plan = Plan::new(catalogue, &Choice::default(), &time)?.fitted(&contract);
        let skipped = plan.requirements().iter().filter_map(|planned| {
            planned.skip.as_ref().map(|reason| (planned.requirement.id.clone(), translated(reason)))
        });
        contracts.push(site::Contract {
            name: (*name).to_owned(),
            title: contract.title.as_deref().map(translated).unwrap_or_default(),
            source: contract.source.as_deref().map(translated).unwrap_or_default(),
            text: text.replace("\r\n", "\n"),
            skipped: skipped.collect(),
        });
    }
    Ok(contracts)
}

fn variant(variant: Variant) -> site::Variant {
    site::Variant { name: variant.name().to_owned(), about: translated(variant.summary()) }
}
