//! What does the site tell? Plain data, which whoever knows the catalogue and the faults fills in.

use crate::record::Level;

/// Everything that stands on the site.
#[derive(Clone, Debug, Default)]
pub struct Specification {
    /// The version of the command that made it.
    pub version: String,
    /// The picture of the flow, as SVG.
    pub flow: String,
    /// The areas of the requirements, in the order of the flow.
    pub areas: Vec<Area>,
    /// The faults, in the order of the requirements.
    pub faults: Vec<Fault>,
    /// The troubles of WeChat, by what a backend may make of them.
    pub troubles: Vec<TroubleKind>,
    /// The contracts that are built in.
    pub contracts: Vec<Contract>,
    /// The ways in which a backend can differ and still be right.
    pub variants: Vec<Variant>,
}

/// Requirements that belong together.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// What their IDs begin with, such as `CODE`.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Its requirements.
    pub requirements: Vec<Requirement>,
}

/// A requirement.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The ID, such as `CODE-02`.
    pub id: String,
    /// How much it weighs.
    pub level: Level,
    /// What it demands.
    pub sentence: String,
    /// Why that matters.
    pub why: String,
    /// How a breach is mended.
    pub fix: String,
    /// Who says so.
    pub source: String,
    /// What it takes to judge it: the name of each need, and a sentence about it.
    pub needs: Vec<(String, String)>,
    /// Where it is written.
    pub location: String,
    /// Its scenarios, an outline being one.
    pub scenarios: Vec<Scenario>,
}

/// A scenario, or an outline with its rows.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// The title.
    pub title: String,
    /// Where it is written.
    pub location: String,
    /// Sentences about when it runs, if that is out of the ordinary.
    pub manner: Vec<String>,
    /// Why it stays although others catch the same faults.
    pub stays: Option<String>,
    /// The steps.
    pub steps: Vec<Step>,
    /// The columns of an outline; none for a scenario.
    pub columns: Vec<String>,
    /// What runs, each with its key and the values of the columns.
    pub rows: Vec<(String, Vec<String>)>,
    /// The names of the faults that it alone catches.
    pub catches: Vec<String>,
}

/// A step.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The keyword, such as `Given`.
    pub keyword: String,
    /// What follows it, with the names of columns between `<` and `>`.
    pub text: String,
    /// The rows of its own table.
    pub table: Vec<Vec<String>>,
}

/// A fault of the reference backend. Its texts are Markdown as far as code is concerned.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    /// The name.
    pub name: String,
    /// The ID of the requirement that it breaks.
    pub requirement: String,
    /// What the backend does.
    pub about: String,
    /// Where such a defect comes from.
    pub origin: String,
    /// The variant without which it means nothing.
    pub variant: Option<String>,
    /// The built-in contract by which the backend has to speak to have it.
    pub contract: Option<String>,
    /// The IDs of other requirements that a run names for it, being direct consequences.
    pub beside: Vec<String>,
}

/// Troubles of which a backend may make the same.
#[derive(Clone, Debug, Default)]
pub struct TroubleKind {
    /// The word for it, such as `refusal`, by which it is linked.
    pub word: String,
    /// The word in the language of the reader.
    pub said: String,
    /// What a correct backend does.
    pub expectation: String,
    /// The troubles.
    pub troubles: Vec<Trouble>,
}

/// A trouble.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// The name.
    pub name: String,
    /// What a backend meets.
    pub about: String,
    /// Where it was seen.
    pub origin: String,
}

/// A contract that is built in.
#[derive(Clone, Debug, Default)]
pub struct Contract {
    /// The name.
    pub name: String,
    /// What it describes.
    pub title: String,
    /// Where that was read.
    pub source: String,
    /// The text of its file.
    pub text: String,
    /// The IDs of the requirements that do not apply to it, each with the reason.
    pub skipped: Vec<(String, String)>,
}

/// A variant of the reference backend.
#[derive(Clone, Debug, Default)]
pub struct Variant {
    /// The name.
    pub name: String,
    /// What the backend does, in Markdown as far as code is concerned.
    pub about: String,
}

impl Specification {
    /// Returns the requirements of all areas.
    pub(super) fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.areas.iter().flat_map(|area| &area.requirements)
    }

    /// Returns the faults that break a requirement.
    pub(super) fn faults_of(&self, id: &str) -> Vec<&Fault> {
        self.faults.iter().filter(|fault| fault.requirement == id).collect()
    }
}
