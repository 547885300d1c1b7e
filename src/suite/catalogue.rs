//! The requirements, read from the feature files.
//!
//! Each `Rule:` is one requirement. Its tags give the ID, the level and the needs; its name is the sentence;
//! its description holds `Why:`, `Fix:` and `Source:`. There is no second list to keep in step.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::LazyLock;

use cucumber::feature::Ext as _;
use cucumber::gherkin::{Feature, GherkinEnv, Rule, Scenario};

use super::features::FeatureFile;
use super::need::Need;
use super::written::{Written, written};
use crate::backend::Listable;
use crate::record::Level;

/// Tags that scenarios may carry beside those of their rule.
const SCENARIO_TAGS: &[&str] = &[AFTER_ALL, SERIAL, TIME_PASSES];

/// Marks a scenario that judges the whole run and therefore runs last.
pub(crate) const AFTER_ALL: &str = "after-all";

/// Marks a scenario during which nothing else may happen.
pub(crate) const SERIAL: &str = "serial";

/// Marks a scenario that lets time pass although its rule does not need a clock. Where time really passes it begins
/// before the others, and does not count as one of the jobs while it rests. Where the clock can be put forward
/// nothing else happens meanwhile. All scenarios of rules that need a clock are played so without this mark.
pub(crate) const TIME_PASSES: &str = "time-passes";

/// The labels a rule's description must hold, in this order, in each language that a file may be written in.
const LABELS: [[&str; 3]; 2] = [["Why:", "Fix:", "Source:"], ["原因:", "修复:", "来源:"]];

/// A requirement and the scenarios that prove it.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The stable ID, such as `CODE-02`.
    pub id: String,
    /// The name of the feature it belongs to.
    pub area: String,
    /// What that feature is about, in a few sentences.
    pub area_about: String,
    /// How much it weighs.
    pub level: Level,
    /// What it takes to judge it.
    pub needs: Vec<Need>,
    /// What it demands, in one sentence.
    pub sentence: String,
    /// Why it matters.
    pub why: String,
    /// How a breach is usually mended.
    pub fix: String,
    /// Who says so.
    pub source: String,
    /// All tags of the rule, without `@`.
    pub tags: Vec<String>,
    /// Where the rule stands, such as `features/token.feature:5`.
    pub location: String,
    /// The scenarios, each row of a table being one.
    pub scenarios: Vec<ScenarioText>,
    /// The same as they are written: a table is part of its outline.
    pub written: Vec<Written>,
}

/// A scenario as it is written.
#[derive(Clone, Debug)]
pub struct ScenarioText {
    /// The key by which the run knows it, such as `CODE-02.3`; counted from one within the requirement.
    pub key: String,
    /// Its title; the rows of a table differ by their values.
    pub name: String,
    /// The title of the scenario or outline as it is written, with the names of columns in it.
    pub outline: String,
    /// Its tags, without `@`.
    pub tags: Vec<String>,
    /// Where it stands.
    pub location: String,
    /// Where the scenario stands that it is written in: the same place, or that of the outline whose row it
    /// is.
    pub written_at: String,
    /// Why the scenario stays although others catch the same faults, if its comment says so: the text behind
    /// `# Stays:` in the comment directly above it.
    pub stays: Option<String>,
    /// Its steps, keyword included, background first; the rows of a step's table follow it.
    pub steps: Vec<String>,
    pub(crate) source: Scenario,
}

/// Every requirement of the suite, in the order of the flow.
#[derive(Clone, Debug)]
pub struct Catalogue {
    requirements: Vec<Requirement>,
}

/// A feature file that cannot be read as requirements. The enum may grow.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The file is not Gherkin.
    #[error("{}", tr!("{path} is not Gherkin: {detail}", path, detail))]
    Syntax {
        /// The file.
        path: String,
        /// What the parser says.
        detail: String,
    },
    /// A rule or a scenario does not follow the conventions.
    #[error("{location}: {problem}")]
    Convention {
        /// The place.
        location: String,
        /// What is wrong.
        problem: String,
    },
}

impl Catalogue {
    /// Reads the requirements from feature files.
    ///
    /// # Errors
    ///
    /// Fails when a file is not Gherkin, or when a rule lacks its ID, level, why, fix, source or scenarios,
    /// carries a tag nobody knows, or repeats an ID.
    pub fn read(files: &[FeatureFile]) -> Result<Self, CatalogueError> {
        let mut requirements: Vec<Requirement> = Vec::new();
        let mut ids = HashSet::new();
        for file in files {
            let (feature, unexpanded) = parse(file)?;
            if let Some(stray) = feature.scenarios.first() {
                return Err(convention(
                    file,
                    stray.position.line,
                    tr!("a scenario stands outside of any rule"),
                ));
            }
            for (rule, unexpanded) in feature.rules.iter().zip(&unexpanded.rules) {
                let requirement = requirement(file, &feature, rule, unexpanded)?;
                if !ids.insert(requirement.id.clone()) {
                    let problem = tr!("{} is defined twice", requirement.id);
                    return Err(convention(file, rule.position.line, problem));
                }
                requirements.push(requirement);
            }
        }
        Ok(Self { requirements })
    }

    /// Reads the requirements that are embedded in this crate.
    ///
    /// # Errors
    ///
    /// The embedded files are tested, so an error here is a defect of a modified build.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::suite::Catalogue;
    ///
    /// let catalogue = Catalogue::embedded()?;
    /// let once = catalogue.find("CODE-02").expect("the requirement is part of the catalogue");
    /// assert_eq!(once.sentence, "A code is exchanged once: the second time it is refused");
    /// # Ok::<(), wxconform::suite::CatalogueError>(())
    /// ```
    pub fn embedded() -> Result<Self, CatalogueError> {
        // Reading takes longer than everything else that happens before a run, and a process may judge many backends.
        static EMBEDDED: LazyLock<Result<Catalogue, CatalogueError>> =
            LazyLock::new(|| Catalogue::read(super::features::FEATURE_FILES));
        EMBEDDED.clone()
    }

    /// Returns the requirements in the order of the flow.
    #[must_use]
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Returns the requirement with this ID; the case of the letters does not matter.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id.eq_ignore_ascii_case(id))
    }

    /// Returns what a baseline has to know of the requirements.
    #[must_use]
    pub fn listable(&self) -> Vec<Listable<'_>> {
        let rows = self.requirements.iter();
        rows.map(|one| Listable { id: &one.id, level: one.level, sentence: &one.sentence }).collect()
    }

    /// Returns the ID that looks most like the given text.
    #[must_use]
    pub fn nearest(&self, id: &str) -> Option<&str> {
        let wanted = id.to_ascii_uppercase();
        let by_distance = |requirement: &&Requirement| strsim::damerau_levenshtein(&requirement.id, &wanted);
        self.requirements.iter().min_by_key(by_distance).map(|requirement| requirement.id.as_str())
    }
}

/// Parses a file and expands its tables into scenarios. The file as it is written comes with it, because a row of a
/// table no longer knows its outline.
fn parse(file: &FeatureFile) -> Result<(Feature, Feature), CatalogueError> {
    let syntax = |detail: String| CatalogueError::Syntax { path: file.path.to_owned(), detail };
    let feature =
        Feature::parse(file.text, GherkinEnv::default()).map_err(|error| syntax(error.to_string()))?;
    // An outline without rows would vanish without a word.
    let outlines = feature.rules.iter().flat_map(|rule| &rule.scenarios);
    for examples in outlines.flat_map(|scenario| &scenario.examples) {
        if examples.table.as_ref().is_none_or(|table| table.rows.len() < 2) {
            return Err(convention(file, examples.position.line, tr!("a table of examples has no rows")));
        }
    }
    let expanded = feature.clone().expand_examples().map_err(|error| syntax(error.to_string()))?;
    Ok((expanded, feature))
}

fn requirement(
    file: &FeatureFile,
    feature: &Feature,
    rule: &Rule,
    unexpanded: &Rule,
) -> Result<Requirement, CatalogueError> {
    let wrong = |problem: String| convention(file, rule.position.line, problem);
    let mut ids = rule.tags.iter().filter(|tag| is_id(tag));
    let id = match (ids.next(), ids.next()) {
        (Some(id), None) => id.clone(),
        _ => return Err(wrong(tr!("a rule needs exactly one ID tag such as @CODE-02"))),
    };
    let mut levels = rule.tags.iter().filter_map(|tag| Level::from_str(tag).ok());
    let (Some(level), None) = (levels.next(), levels.next()) else {
        return Err(wrong(tr!("{id} needs exactly one of @must, @should, @observe", id)));
    };
    let mut needs = Vec::new();
    for tag in rule.tags.iter().filter(|tag| !is_id(tag) && Level::from_str(tag).is_err()) {
        let need = Need::from_tag(tag);
        needs.push(need.ok_or_else(|| wrong(tr!("{id} carries @{tag}, which nobody knows", id, tag)))?);
    }
    let [why, fix, source] = labelled(rule.description.as_deref().unwrap_or_default())
        .ok_or_else(|| wrong(tr!("{id} needs the lines Why:, Fix: and Source:, in this order", id)))?;
    if rule.scenarios.is_empty() {
        return Err(wrong(tr!("{id} has no scenario, so nothing can prove it", id)));
    }
    let mut scenarios = Vec::new();
    for (index, scenario) in rule.scenarios.iter().enumerate() {
        if let Some(tag) = scenario.tags.iter().find(|tag| !SCENARIO_TAGS.contains(&tag.as_str())) {
            let problem = tr!("{id} has a scenario with @{tag}, which nobody knows", id, tag);
            return Err(convention(file, scenario.position.line, problem));
        }
        let key = format!("{id}.{}", index + 1);
        scenarios.push(scenario_text(file, rule, key, unexpanded, scenario));
    }
    Ok(Requirement {
        location: format!("{}:{}", file.path, rule.position.line),
        area: feature.name.clone(),
        area_about: joined(feature.description.as_deref().unwrap_or_default()),
        sentence: rule.name.clone(),
        tags: rule.tags.clone(),
        id,
        level,
        needs,
        why,
        fix,
        source,
        written: written(unexpanded, &scenarios),
        scenarios,
    })
}

fn scenario_text(
    file: &FeatureFile,
    rule: &Rule,
    key: String,
    unexpanded: &Rule,
    scenario: &Scenario,
) -> ScenarioText {
    let line = scenario.position.line;
    let before = unexpanded.scenarios.iter().filter(|written| written.position.line <= line);
    let begun = before.max_by_key(|written| written.position.line).unwrap_or(scenario);
    let written_at = begun.position.line;
    let background = rule.background.iter().flat_map(|background| &background.steps);
    let mut steps = Vec::new();
    for step in background.chain(&scenario.steps) {
        steps.push(format!("{} {}", step.keyword.trim(), step.value));
        for row in step.table.iter().flat_map(|table| &table.rows) {
            steps.push(format!("  | {} |", row.join(" | ")));
        }
    }
    ScenarioText {
        key,
        name: scenario.name.clone(),
        tags: scenario.tags.clone(),
        outline: begun.name.clone(),
        location: format!("{}:{line}", file.path),
        written_at: format!("{}:{written_at}", file.path),
        stays: stays(file.text, written_at),
        steps,
        source: scenario.clone(),
    }
}

/// Returns what the comment above a scenario says about why it stays. Tags may stand in between.
fn stays(text: &str, line: usize) -> Option<String> {
    let above: Vec<&str> = text.lines().take(line.saturating_sub(1)).map(str::trim).collect();
    let untagged = above.iter().rev().skip_while(|line| line.starts_with('@'));
    let mut comment: Vec<&str> = untagged.map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
    comment.reverse();
    let comment = comment.join(" ");
    comment.split_once("Stays:").map(|(_, why)| why.trim().to_owned()).filter(|why| !why.is_empty())
}

/// Tells whether a tag is a requirement ID: capitals, a hyphen, two digits.
fn is_id(tag: &str) -> bool {
    tag.split_once('-').is_some_and(|(area, number)| {
        !area.is_empty()
            && area.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.len() == 2
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Returns a text that runs over several lines in one.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the texts behind the labels; a text may run over several lines.
fn labelled(description: &str) -> Option<[String; 3]> {
    LABELS.iter().find_map(|labels| labelled_by(labels, description))
}

fn labelled_by(labels: &[&str; 3], description: &str) -> Option<[String; 3]> {
    let mut texts: Vec<String> = Vec::new();
    for line in description.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let next = labels.get(texts.len()).and_then(|label| line.strip_prefix(label));
        match (next, texts.last_mut()) {
            (Some(text), _) => texts.push(text.trim().to_owned()),
            (None, Some(open)) => {
                open.push(' ');
                open.push_str(line);
            }
            (None, None) => return None,
        }
    }
    let texts: [String; 3] = texts.try_into().ok()?;
    texts.iter().all(|text| !text.is_empty()).then_some(texts)
}

fn convention(file: &FeatureFile, line: usize, problem: impl Into<String>) -> CatalogueError {
    CatalogueError::Convention { location: format!("{}:{line}", file.path), problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, labelled};
    use crate::suite::features::FeatureFile;

    const GOOD: &str = "Feature: F\n\n  @CODE-02 @must @needs-clock\n  Rule: S\n\n    Why: w\n    Fix: f\n    Source: s\n\n    Scenario Outline: <x>\n      Given a\n\n      Examples:\n        | x |\n        | 1 |\n        | 2 |\n";

    fn read(text: &str) -> Result<Catalogue, String> {
        // The text of a real file is embedded; that of a test has to be made as long-lived.
        let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
        Catalogue::read(&[FeatureFile { path: "features/x.feature", text }]).map_err(|e| e.to_string())
    }

    #[test]
    fn each_row_of_a_table_is_a_scenario_with_a_key() {
        let catalogue = read(GOOD).unwrap();
        let keys: Vec<&str> =
            catalogue.requirements()[0].scenarios.iter().map(|scenario| scenario.key.as_str()).collect();
        assert_eq!(keys, ["CODE-02.1", "CODE-02.2"]);
        assert_eq!(catalogue.requirements()[0].scenarios[1].name, "2");
    }

    #[test]
    fn a_row_knows_its_outline_and_why_that_stays() {
        let catalogue = read(GOOD).unwrap();
        let rows = &catalogue.requirements()[0].scenarios;
        assert!(rows.iter().all(|row| row.written_at == "features/x.feature:10" && row.stays.is_none()));
        let outline = "    Scenario Outline: <x>";
        let commented = format!("    # Stays: it is\n    # shorter.\n    @serial\n{outline}");
        let catalogue = read(&GOOD.replace(outline, &commented)).unwrap();
        assert_eq!(catalogue.requirements()[0].scenarios[1].stays.as_deref(), Some("it is shorter."));
    }

    #[test]
    fn what_a_rule_lacks_is_named_with_its_place() {
        for (without, problem) in [
            ("@CODE-02 ", "exactly one ID tag"),
            ("@must ", "exactly one of @must"),
            ("    Fix: f\n", "Why:, Fix: and Source:"),
            (
                "    Scenario Outline: <x>\n      Given a\n\n      Examples:\n        | x |\n        | 1 |\n        | 2 |\n",
                "no scenario",
            ),
        ] {
            let error = read(&GOOD.replace(without, "")).unwrap_err();
            assert!(error.starts_with("features/x.feature:"), "{error}");
            assert!(error.contains(problem), "{error}");
        }
        let unknown = read(&GOOD.replace("@needs-clock", "@needs-luck")).unwrap_err();
        assert!(unknown.contains("@needs-luck, which nobody knows"), "{unknown}");
        let rowless = read(&GOOD.replace("        | 1 |\n        | 2 |\n", "")).unwrap_err();
        assert!(rowless.contains("has no rows"), "{rowless}");
        let twice = read(&format!("{GOOD}{}", GOOD.replace("Feature: F\n\n", "\n"))).unwrap_err();
        assert!(twice.contains("CODE-02 is defined twice"), "{twice}");
        assert!(read("Feature").unwrap_err().contains("is not Gherkin"));
    }

    #[test]
    fn a_text_may_run_over_lines() {
        let texts = labelled("Why: one\n two\n\nFix: three\nSource: four").unwrap();
        assert_eq!(texts, ["one two", "three", "four"]);
        assert_eq!(labelled("Fix: a\nWhy: b\nSource: c"), None);
    }

    #[test]
    fn the_nearest_id_is_found() {
        let catalogue = Catalogue::embedded().unwrap();
        assert_eq!(catalogue.nearest("code-2"), Some("CODE-02"));
        assert!(catalogue.find("code-02").is_some());
    }
}
