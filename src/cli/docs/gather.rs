//! What do the catalogue, the faults, the troubles and the contracts say about themselves?

use std::time::Duration;

use super::matrix::Matrix;
use crate::backend::{BUILT_IN, Contract, TimeControl};
use crate::cli::problem::Problem;
use crate::reference::{Fault, Variant};
use crate::report::site::{self, Specification};
use crate::standin::{Trouble, TroubleKind};
use crate::suite::{Catalogue, Choice, Plan, Requirement, Written, WrittenStep};

/// The picture of the flow; a test compares it with what a run shows.
const FLOW: &str = include_str!("../../../docs/login-flow.svg");

/// Returns everything that the site tells.
pub(super) fn specification() -> Result<Specification, Problem> {
    let catalogue = Catalogue::embedded()?;
    let matrix = Matrix::committed();
    Ok(Specification {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        flow: FLOW.replace("\r\n", "\n"),
        areas: areas(&catalogue, &matrix),
        faults: Fault::ALL.iter().map(|fault| described(*fault, &catalogue, &matrix)).collect(),
        troubles: TroubleKind::ALL.iter().map(|kind| troubles(*kind)).collect(),
        contracts: contracts(&catalogue)?,
        variants: Variant::ALL.iter().copied().map(variant).collect(),
    })
}

fn areas(catalogue: &Catalogue, matrix: &Matrix<'_>) -> Vec<site::Area> {
    let mut areas: Vec<site::Area> = Vec::new();
    for requirement in catalogue.requirements() {
        if areas.last().is_none_or(|area| area.name != requirement.area) {
            areas.push(site::Area {
                key: requirement.id.split('-').next().unwrap_or_default().to_owned(),
                name: requirement.area.clone(),
                about: requirement.area_about.clone(),
                requirements: Vec::new(),
            });
        }
        if let Some(area) = areas.last_mut() {
            area.requirements.push(told(requirement, matrix));
        }
    }
    areas
}

fn told(requirement: &Requirement, matrix: &Matrix<'_>) -> site::Requirement {
    let needs = requirement.needs.iter().map(|need| (need.to_string(), need.about().to_owned()));
    site::Requirement {
        id: requirement.id.clone(),
        level: requirement.level,
        sentence: requirement.sentence.clone(),
        why: requirement.why.clone(),
        fix: requirement.fix.clone(),
        source: requirement.source.clone(),
        needs: needs.collect(),
        location: requirement.location.clone(),
        scenarios: requirement.written.iter().map(|one| scenario(requirement, one, matrix)).collect(),
    }
}

fn scenario(requirement: &Requirement, written: &Written, matrix: &Matrix<'_>) -> site::Scenario {
    let manner = written.tags.iter().filter_map(|tag| match tag.as_str() {
        "after-all" => Some("It judges the whole run, and therefore runs last."),
        "serial" => Some("Nothing else happens while it runs."),
        "waits" => Some("It waits most of the time, and therefore begins before the others."),
        _ => None,
    });
    // The committed matrix may be older than the lists of faults and requirements.
    let catches = matrix.caught_alone(&requirement.id, &written.title).into_iter();
    let catches = catches.filter(|name| Fault::named(name).is_ok());
    site::Scenario {
        title: written.title.clone(),
        location: written.location.clone(),
        manner: manner.map(str::to_owned).collect(),
        stays: written.stays.clone(),
        steps: written.steps.iter().map(step).collect(),
        columns: written.columns.clone(),
        rows: written.rows.iter().map(|row| (row.key.clone(), row.values.clone())).collect(),
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
        about: fault.summary().to_owned(),
        origin: fault.origin().to_owned(),
        variant: fault.variant().map(|variant| variant.name().to_owned()),
        beside: beside.map(str::to_owned).collect(),
    }
}

fn troubles(kind: TroubleKind) -> site::TroubleKind {
    let trouble = |trouble: Trouble| site::Trouble {
        name: trouble.name().to_owned(),
        about: trouble.summary().to_owned(),
        origin: trouble.origin().to_owned(),
    };
    site::TroubleKind {
        word: kind.word().to_owned(),
        expectation: kind.expectation().to_owned(),
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
            planned.skip.as_ref().map(|reason| (planned.requirement.id.clone(), reason.clone()))
        });
        contracts.push(site::Contract {
            name: (*name).to_owned(),
            title: contract.title.clone().unwrap_or_default(),
            source: contract.source.clone().unwrap_or_default(),
            text: text.replace("\r\n", "\n"),
            skipped: skipped.collect(),
        });
    }
    Ok(contracts)
}

fn variant(variant: Variant) -> site::Variant {
    site::Variant { name: variant.name().to_owned(), about: variant.summary().to_owned() }
}
