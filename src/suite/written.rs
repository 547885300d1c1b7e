//! How does a scenario stand in its feature file, before the rows of its tables become scenarios?

use cucumber::gherkin::{Rule, Scenario, Step};

use super::catalogue::ScenarioText;

/// A scenario or an outline as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its title, with the names of columns in it.
    pub title: String,
    /// Its tags, without `@`.
    pub tags: Vec<String>,
    /// Where it stands, such as `features/token.feature:9`.
    pub location: String,
    /// Why it stays although others catch the same faults, if its comment says so.
    pub stays: Option<String>,
    /// Its steps, background first.
    pub steps: Vec<WrittenStep>,
    /// The names of the columns of an outline; empty for a scenario.
    pub columns: Vec<String>,
    /// What runs: one entry for a scenario, one for each row of an outline.
    pub rows: Vec<WrittenRow>,
}

/// A step as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenStep {
    /// Its keyword, such as `Given`.
    pub keyword: String,
    /// What follows it, with the names of columns between `<` and `>`.
    pub text: String,
    /// The rows of its own table.
    pub table: Vec<Vec<String>>,
}

/// One scenario of those that an outline stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenRow {
    /// The key by which the run knows it, such as `CODE-04.3`.
    pub key: String,
    /// Its values in the order of the columns; a scenario that is no outline has none.
    pub values: Vec<String>,
}

/// Returns the scenarios of a rule as they are written. `rule` has its tables still; `expanded` are the scenarios
/// that were made of it, in their order.
pub(super) fn written(rule: &Rule, expanded: &[ScenarioText]) -> Vec<Written> {
    let background: Vec<&Step> = rule.background.iter().flat_map(|background| &background.steps).collect();
    rule.scenarios.iter().filter_map(|scenario| one(scenario, &background, expanded)).collect()
}

fn one(scenario: &Scenario, background: &[&Step], expanded: &[ScenarioText]) -> Option<Written> {
    let is_here = |text: &&ScenarioText| {
        text.written_at.rsplit(':').next() == Some(scenario.position.line.to_string().as_str())
    };
    let here: Vec<&ScenarioText> = expanded.iter().filter(is_here).collect();
    let tables = scenario.examples.iter().filter_map(|examples| examples.table.as_ref());
    let tables: Vec<&[Vec<String>]> = tables.map(|table| table.rows.as_slice()).collect();
    let columns = tables.first().and_then(|rows| rows.first()).cloned().unwrap_or_default();
    let values = tables.iter().flat_map(|rows| rows.iter().skip(1));
    let rows = here.iter().zip(values.cloned().chain(std::iter::repeat(Vec::new())));
    let first = here.first()?;
    Some(Written {
        title: scenario.name.clone(),
        tags: scenario.tags.clone(),
        location: first.written_at.clone(),
        stays: first.stays.clone(),
        steps: background.iter().copied().chain(&scenario.steps).map(step).collect(),
        columns,
        rows: rows.map(|(text, values)| WrittenRow { key: text.key.clone(), values }).collect(),
    })
}

fn step(step: &Step) -> WrittenStep {
    WrittenStep {
        keyword: step.keyword.trim().to_owned(),
        text: step.value.clone(),
        table: step.table.iter().flat_map(|table| table.rows.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::suite::Catalogue;

    #[test]
    fn an_outline_is_one_with_a_row_for_each_scenario() {
        let catalogue = Catalogue::embedded().unwrap();
        let code = catalogue.find("CODE-04").unwrap();
        let [plain, outline] = code.written.as_slice() else { panic!("{:?}", code.written) };
        assert_eq!((plain.title.as_str(), plain.columns.len()), ("A code as WeChat makes it", 0));
        assert_eq!(plain.rows[0].key, "CODE-04.1");
        assert_eq!(outline.title, "A code with <part> in it");
        assert_eq!(outline.columns, ["part"]);
        assert_eq!(
            (outline.rows[1].key.as_str(), outline.rows[1].values[0].as_str()),
            ("CODE-04.3", "an ampersand and a secret")
        );
        assert_eq!(outline.steps[1].keyword, "When");
        assert_eq!(outline.steps[1].text, "Alice exchanges a code with <part> in it");
    }

    #[test]
    fn every_scenario_is_written_somewhere() {
        for requirement in Catalogue::embedded().unwrap().requirements() {
            let keys = requirement.written.iter().flat_map(|written| &written.rows).map(|row| &row.key);
            assert!(
                keys.eq(requirement.scenarios.iter().map(|scenario| &scenario.key)),
                "{}",
                requirement.id
            );
            for row in requirement.written.iter().flat_map(|one| one.rows.iter().map(move |row| (one, row))) {
                assert_eq!(row.0.columns.len(), row.1.values.len(), "{}", row.1.key);
            }
            assert!(!requirement.area_about.is_empty() && !requirement.area_about.contains('\n'));
        }
    }
}
