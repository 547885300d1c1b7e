//! What would a baseline have to list for this run?

use std::fmt;
use std::path::Path;

use toml::Value;

use super::{Baseline, Deviation, Listable, PLACEHOLDER};
use crate::language::translated;
use crate::record::{RequirementVerdict, RunRecord};

/// The head of a drafted file.
const HEAD: &str = mark!(
    "\
# Known deviations: requirements that this backend is known to break. `wxconform --baseline` with this file
# shows them as waived, and ends with status 5 when one of them no longer occurs or is past its date.
#
# Each entry says why the deviation is not mended (reason) and who mends it (owner). A last day is optional:
# until = 2027-01-31
"
);

/// A baseline as it is written: the entries that a run gave reason for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft<'a> {
    rows: Vec<(Listable<'a>, Deviation)>,
}

impl<'a> Draft<'a> {
    /// Drafts a baseline that lists every deviation of a run, in the order of `catalogue`.
    ///
    /// What `known` says about a deviation is kept, of several the first. An entry of `known` also stays when
    /// the run did not show that the deviation is gone: its requirement was not selected, was skipped, could
    /// not be judged, or was not judged in every scenario. A deviation that nobody knew gets placeholders for
    /// its reason and its owner.
    #[must_use]
    pub fn of(record: &RunRecord, known: &[&Baseline], catalogue: &[Listable<'a>]) -> Self {
        use RequirementVerdict as V;
        let mut rows = Vec::new();
        for requirement in catalogue {
            let judged = record.requirements.iter().find(|judged| judged.id == requirement.id);
            let listed = known.iter().find_map(|baseline| baseline.entry(requirement.id)).cloned();
            let occurs =
                judged.is_some_and(|judged| matches!(judged.verdict, V::Broken | V::Advised | V::Waived));
            let gone = judged.is_some_and(crate::record::RequirementRecord::is_kept_throughout);
            let entry = if occurs {
                Some(listed.unwrap_or_else(|| unwritten(requirement.id)))
            } else {
                listed.filter(|_| !gone)
            };
            rows.extend(entry.map(|entry| (*requirement, entry)));
        }
        Self { rows }
    }

    /// Returns the entries in the order of the file.
    pub fn entries(&self) -> impl Iterator<Item = &Deviation> {
        self.rows.iter().map(|(_, entry)| entry)
    }

    /// Returns the baseline that the file would be read as.
    ///
    /// # Errors
    ///
    /// Fails when the text is no baseline, which would be a defect of this module.
    pub fn read_back(
        &self,
        path: &Path,
        catalogue: &[Listable<'_>],
    ) -> Result<Baseline, super::BaselineError> {
        Baseline::parse(path, &self.to_string(), catalogue)
    }
}

fn unwritten(id: &str) -> Deviation {
    Deviation {
        requirement: id.to_owned(),
        reason: tr!("{PLACEHOLDER}: why is it not mended?", PLACEHOLDER),
        owner: tr!("{PLACEHOLDER}: who mends it?", PLACEHOLDER),
        until: None,
        line: 0,
    }
}

impl fmt::Display for Draft<'_> {
    /// Writes the text of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&translated(HEAD))?;
        if self.rows.is_empty() {
            return f.write_str("\ndeviation = []\n");
        }
        for (requirement, entry) in &self.rows {
            let level = translated(&requirement.level.to_string());
            writeln!(f, "\n# {level}: {}", translated(requirement.sentence))?;
            writeln!(f, "[[deviation]]")?;
            writeln!(f, "requirement = {}", text(&entry.requirement))?;
            writeln!(f, "reason = {}", text(&entry.reason))?;
            writeln!(f, "owner = {}", text(&entry.owner))?;
            if let Some(until) = entry.until {
                writeln!(f, "until = {until}")?;
            }
        }
        Ok(())
    }
}

/// Spells a text so that TOML reads it back.
fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::{Baseline, Day, Deviation, Listable};
    use super::Draft;
    use crate::record::Level;

    const KNOWN: &[Listable<'static>] = &[
        Listable { id: "CODE-01", level: Level::Must, sentence: "One" },
        Listable { id: "CODE-02", level: Level::Should, sentence: "Two" },
        Listable { id: "CODE-03", level: Level::Must, sentence: "Three" },
    ];

    fn written(entries: &[Deviation]) -> Draft<'static> {
        let of = |entry: &Deviation| *KNOWN.iter().find(|known| known.id == entry.requirement).unwrap();
        Draft { rows: entries.iter().map(|entry| (of(entry), entry.clone())).collect() }
    }

    /// Returns the entries without their lines.
    fn unplaced(baseline: &Baseline) -> Vec<Deviation> {
        baseline.entries().iter().map(|entry| Deviation { line: 0, ..entry.clone() }).collect()
    }

    prop_compose! {
        fn entry(id: &'static str)(
            reason in "\\PC*[^\\s]\\PC*|[ -~\\n\\t\"'\\\\]*x|\\u{1b}\\u{202e}\\r\\n.",
            owner in any::<String>().prop_filter("blank", |text| !text.trim().is_empty()),
            day in proptest::option::of((0_u16..=9999, 1_u8..=12, 1_u8..=28)),
        ) -> Deviation {
            let until = day.and_then(|(year, month, day)| Day::new(year, month, day));
            Deviation { requirement: id.to_owned(), reason, owner, until, line: 0 }
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            entries in (entry("CODE-01"), entry("CODE-02"), entry("CODE-03")),
            length in 0_usize..=3,
        ) {
            let entries = [entries.0, entries.1, entries.2];
            let draft = written(&entries[..length]);
            let back = draft.read_back(Path::new("known.toml"), KNOWN).unwrap();
            prop_assert_eq!(unplaced(&back), &entries[..length]);
            prop_assert!(back.says_what_it_is());
        }
    }

    #[test]
    fn a_drafted_file_says_what_to_do() {
        let unwritten = super::unwritten("CODE-02");
        assert_eq!(unwritten.unwritten(), ["reason", "owner"]);
        let text = written(&[unwritten]).to_string();
        assert!(
            text.contains("\n# should: Two\n[[deviation]]\nrequirement = \"CODE-02\"\nreason = \"TODO: ")
        );
        assert!(written(&[]).to_string().ends_with("\ndeviation = []\n"));
    }
}
