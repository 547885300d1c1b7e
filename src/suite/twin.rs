//! What is a feature file called in Chinese, line by line?
//!
//! Each feature file has a twin in Simplified Chinese. A twin is bound to its original by its tags and by position: the
//! same requirements with the same scenarios, each with the same steps. What is run is the original; the twin gives it
//! the words in which it is shown. A comment above each rule of a twin holds the fingerprint of the rule that was
//! translated, so a rule that was changed since is found out.

use super::catalogue::{Catalogue, CatalogueError, Requirement};
use super::features::{CHINESE_FEATURE_FILES, FEATURE_FILES};

/// Returns each text of the feature files with its twin.
///
/// # Errors
///
/// The embedded files are tested, so an error here is a defect of a modified build.
pub fn twin_texts() -> Result<Vec<(String, String)>, CatalogueError> {
    let originals = Catalogue::read(FEATURE_FILES)?;
    let twins = Catalogue::read(CHINESE_FEATURE_FILES)?;
    let mut texts = Vec::new();
    for original in originals.requirements() {
        if let Some(twin) = twins.find(&original.id) {
            texts.extend(pairs(original, twin));
        }
    }
    Ok(texts)
}

/// Returns the texts of a requirement with their twins.
fn pairs(original: &Requirement, twin: &Requirement) -> Vec<(String, String)> {
    let of_rule = |one: &Requirement| {
        [&one.area, &one.sentence, &one.why, &one.fix, &one.source].map(Clone::clone).into_iter()
    };
    let mut pairs: Vec<(String, String)> = of_rule(original).zip(of_rule(twin)).collect();
    for (original, twin) in original.scenarios.iter().zip(&twin.scenarios) {
        pairs.push((original.name.clone(), twin.name.clone()));
        pairs.push((original.outline.clone(), twin.outline.clone()));
        pairs.extend(original.steps.iter().cloned().zip(twin.steps.iter().cloned()));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::twin_texts;
    use crate::record::sha256;
    use crate::suite::features::{CHINESE_FEATURE_FILES, FEATURE_FILES};
    use crate::suite::{Catalogue, FeatureFile};

    /// What stands before the fingerprint above a rule of a twin.
    const FINGERPRINT: &str = "# en: ";

    /// Returns the rules of a file by their IDs: each from its tags to the tags of the next, without comments.
    fn rules(file: &FeatureFile) -> Vec<(String, String)> {
        let mut rules: Vec<(String, String)> = Vec::new();
        for line in file.text.lines().map(str::trim).filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            let first = line.split(' ').next().unwrap_or_default();
            match first
                .strip_prefix('@')
                .filter(|tag| tag.contains('-') && tag.starts_with(char::is_uppercase))
            {
                Some(id) => rules.push((id.to_owned(), line.to_owned())),
                None => {
                    if let Some((_, text)) = rules.last_mut() {
                        text.push('\n');
                        text.push_str(line);
                    }
                }
            }
        }
        rules
    }

    fn fingerprint(rule: &str) -> String {
        sha256([rule]).trim_start_matches("sha256:")[..12].to_owned()
    }

    /// Returns the fingerprints that the twins hold, by the IDs of the rules below them.
    fn held() -> BTreeMap<String, String> {
        let mut held = BTreeMap::new();
        for file in CHINESE_FEATURE_FILES {
            let mut last = None;
            for line in file.text.lines().map(str::trim) {
                if let Some(print) = line.strip_prefix(FINGERPRINT.trim_end()) {
                    last = Some(print.trim().to_owned());
                } else if let Some(print) = last.take() {
                    let id = line.split(' ').next().unwrap_or_default().trim_start_matches('@');
                    held.insert(id.to_owned(), print);
                }
            }
        }
        held
    }

    #[test]
    fn every_rule_was_translated_as_it_stands_now() {
        let held = held();
        let mut stale = Vec::new();
        for (id, rule) in FEATURE_FILES.iter().flat_map(rules) {
            let (now, then) = (fingerprint(&rule), held.get(&id).cloned().unwrap_or_default());
            if now != then {
                stale.push(format!("{id}: its twin says \"{FINGERPRINT}{then}\", it is {now}"));
            }
        }
        assert!(
            stale.is_empty(),
            "bring these rules in features/zh-CN up to date, then write the fingerprint above them:\n{}",
            stale.join("\n")
        );
    }

    #[test]
    fn a_twin_has_the_same_requirements_scenarios_and_steps() {
        let (originals, twins) =
            (Catalogue::read(FEATURE_FILES).unwrap(), Catalogue::read(CHINESE_FEATURE_FILES).unwrap());
        let ids = |catalogue: &Catalogue| -> Vec<String> {
            catalogue.requirements().iter().map(|one| one.id.clone()).collect()
        };
        assert_eq!(ids(&originals), ids(&twins));
        for (original, twin) in originals.requirements().iter().zip(twins.requirements()) {
            let id = &original.id;
            assert_eq!((original.level, &original.tags), (twin.level, &twin.tags), "{id}");
            assert_eq!(original.scenarios.len(), twin.scenarios.len(), "{id}");
            for (original, twin) in original.scenarios.iter().zip(&twin.scenarios) {
                assert_eq!((&original.key, &original.tags), (&twin.key, &twin.tags));
                assert_eq!(original.steps.len(), twin.steps.len(), "{}", original.key);
                for (original_step, twin_step) in original.steps.iter().zip(&twin.steps) {
                    assert_eq!(keyword(original_step), keyword(twin_step), "{}: {twin_step}", original.key);
                }
            }
        }
    }

    /// Returns which kind of line a step is.
    fn keyword(step: &str) -> usize {
        const KEYWORDS: &[&[&str]] = &[
            &["Given ", "假如"],
            &["When ", "当"],
            &["Then ", "那么"],
            &["And ", "而且"],
            &["But ", "但是"],
            &["  |"],
        ];
        let found = KEYWORDS.iter().position(|words| words.iter().any(|word| step.starts_with(word)));
        found.unwrap_or_else(|| panic!("no keyword: {step}"))
    }

    #[test]
    fn the_same_words_are_translated_the_same_way_everywhere() {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (original, twin) in twin_texts().unwrap() {
            let first = seen.entry(original.clone()).or_insert_with(|| twin.clone());
            assert_eq!(*first, twin, "{original}");
        }
        assert!(seen.len() > 500, "{}", seen.len());
    }

    #[test]
    fn what_is_translated_is_chinese() {
        let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        // A source may be nothing but the name of a file or of a weakness, and so may a row of a table.
        let catalogue = Catalogue::read(FEATURE_FILES).unwrap();
        let sources: Vec<&str> = catalogue.requirements().iter().map(|one| one.source.as_str()).collect();
        for (original, twin) in twin_texts().unwrap() {
            let may_be_a_name = original.starts_with("  |") || sources.contains(&original.as_str());
            assert!(is_chinese(&twin) || may_be_a_name, "{original}: {twin}");
        }
    }
}
