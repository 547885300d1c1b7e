//! What does the kill matrix say about a fault and about a scenario?
//!
//! It takes a quarter of an hour to play, so it is read from the page that the test of it has written. What that page
//! does not know yet is left out.

use std::collections::BTreeMap;

/// The page that `cargo test kill_matrix` compares and writes.
const PAGE: &str = include_str!("../../../docs/kill-matrix.md");

/// The kill matrix as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Matrix<'a> {
    /// The requirements that are named beside the one that a fault breaks.
    beside: BTreeMap<&'a str, Vec<&'a str>>,
    /// What is said of each scenario, by its requirement, with its title in front.
    scenarios: BTreeMap<&'a str, Vec<(String, &'a str)>>,
}

impl Matrix<'static> {
    /// Reads the matrix that is part of the program.
    pub(super) fn committed() -> Self {
        Matrix::read(PAGE)
    }
}

impl<'a> Matrix<'a> {
    fn read(page: &'a str) -> Self {
        let mut matrix = Self::default();
        let mut requirement = "";
        for line in page.lines() {
            if let Some(id) = line.strip_prefix("### ") {
                requirement = id;
            } else if let Some(row) = line.strip_prefix("| `") {
                let mut cells = row.split('|').map(str::trim);
                let (Some(fault), Some(_), Some(beside)) = (cells.next(), cells.next(), cells.next()) else {
                    continue;
                };
                let beside = beside.split(", ").filter(|id| !id.is_empty());
                matrix.beside.insert(fault.trim_end_matches('`'), beside.collect());
            } else if let Some(said) = line.strip_prefix("- ") {
                // Faults stand in code, and nothing in front of them does.
                let (title, faults) = said.split_at(said.find(": `").unwrap_or(said.len()));
                matrix.scenarios.entry(requirement).or_default().push((unescaped(title), faults));
            }
        }
        matrix
    }

    /// Returns the IDs of the requirements that a run names for a fault beside the one that it breaks.
    pub(super) fn named_beside(&self, fault: &str) -> Vec<&'a str> {
        self.beside.get(fault).cloned().unwrap_or_default()
    }

    /// Returns the faults that no other scenario catches.
    pub(super) fn caught_alone(&self, requirement: &str, title: &str) -> Vec<&'a str> {
        let scenarios = self.scenarios.get(requirement).into_iter().flatten();
        let found =
            scenarios.filter(|(known, _)| known == title).flat_map(|(_, faults)| faults.split('`').skip(1));
        found.step_by(2).collect()
    }
}

/// Returns the text that Markdown shows.
fn unescaped(markdown: &str) -> String {
    let mut letters = markdown.chars();
    let mut text = String::new();
    while let Some(c) = letters.next() {
        text.extend(if c == '\\' { letters.next() } else { Some(c) });
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Matrix, PAGE};
    use crate::reference::Fault;
    use crate::suite::Catalogue;

    #[test]
    fn a_page_is_read() {
        let page = "| `f` | CODE-01 | A-01, B-02 |\n| `g` | CODE-01 |  |\n### CODE-01\n- A \\<x>: y: `f`, `g`\n- B: stays: z\n";
        let matrix = Matrix::read(page);
        assert_eq!(matrix.named_beside("f"), ["A-01", "B-02"]);
        assert_eq!(matrix.named_beside("g"), [""; 0]);
        assert_eq!(matrix.caught_alone("CODE-01", "A <x>: y"), ["f", "g"]);
        assert_eq!(matrix.caught_alone("CODE-01", "B"), [""; 0]);
        assert_eq!(matrix.caught_alone("CODE-02", "B"), [""; 0]);
    }

    #[test]
    fn whatever_the_committed_page_says_is_found_again() {
        let matrix = Matrix::committed();
        let names: BTreeSet<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        let known = matrix.beside.keys().filter(|fault| names.contains(*fault)).count();
        assert!(known > 300, "{known}");
        let catalogue = Catalogue::embedded().unwrap();
        let written = catalogue
            .requirements()
            .iter()
            .flat_map(|one| one.written.iter().map(move |written| (one, written)));
        let found: usize =
            written.map(|(one, written)| matrix.caught_alone(&one.id, &written.title).len()).sum();
        let (_, scenarios) = PAGE.split_once("## Scenarios").unwrap();
        let lines = scenarios.lines().filter(|line| line.starts_with("- "));
        let said: usize = lines
            .map(|line| line.split_once(": `").map_or(0, |(_, rest)| rest.matches('`').count().div_ceil(2)))
            .sum();
        assert!(said > 100 && found == said, "{found} of {said}");
    }
}
