//! What do the environment variables say?

use std::ffi::OsString;

use super::given::{Given, LISTS, NAMES, Source};
use super::problem::Problem;
use crate::backend::launch::PLACEHOLDERS;

/// What the names of our variables begin with.
const PREFIX: &str = "WXCONFORM_";

/// Returns the name of the variable for an option.
pub(super) fn variable(option: &str) -> String {
    format!("{PREFIX}{}", option.to_uppercase().replace('-', "_"))
}

/// Reads the variables of the options. An empty variable says nothing.
pub(super) fn read(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Vec<Given>, Problem> {
    let mut said = Vec::new();
    for (name, value) in variables {
        let Some(option) = NAMES.iter().find(|option| name == *variable(option)) else { continue };
        let value = value.into_string().map_err(|value| {
            let shown = value.to_string_lossy();
            Given::new(option, Source::Variable, Vec::new())
                .wrong(tr!("{shown} is not UTF-8", shown = format_args!("{shown:?}")))
        })?;
        if value.is_empty() {
            continue;
        }
        let texts = if LISTS.contains(option) {
            value.split_whitespace().map(str::to_owned).collect()
        } else {
            vec![value]
        };
        said.push(Given::new(option, Source::Variable, texts));
    }
    Ok(said)
}

/// Warns of a variable that is named like ours and is none, because a run without it would judge something
/// else than was meant. What a launched backend is told says nothing to us, and is no mistake: the backend may be
/// a script that calls us.
pub(super) fn warnings(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<String> {
    let names = variables.into_iter().filter_map(|(name, _)| name.into_string().ok());
    let known = |name: &String| NAMES.iter().chain(&PLACEHOLDERS).any(|known| *name == variable(known));
    let strange = names.filter(|name| name.starts_with(PREFIX) && !known(name));
    let mut warnings: Vec<String> = strange
        .map(|name| {
            let nearest = NAMES.iter().map(|option| variable(option));
            let nearest = nearest.min_by_key(|known| strsim::damerau_levenshtein(known, &name));
            tr!(
                "{name} has no effect; the nearest variable is {nearest}",
                name,
                nearest = nearest.unwrap_or_default()
            )
        })
        .collect();
    warnings.sort();
    warnings
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{read, warnings};
    use crate::cli::given::{Given, Source};

    fn environment(rows: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        rows.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    #[test]
    fn variables_are_read_by_the_names_of_the_options() {
        let said = read(environment(&[
            ("WXCONFORM_MAX_WAIT", "3"),
            ("WXCONFORM_REPORT", "json=a junit=b"),
            ("WXCONFORM_SEED", ""),
            ("PATH", "/bin"),
        ]))
        .unwrap();
        let given = |name, texts: &[&str]| {
            Given::new(name, Source::Variable, texts.iter().map(|text| (*text).to_owned()).collect())
        };
        assert_eq!(said, [given("max-wait", &["3"]), given("report", &["json=a", "junit=b"])]);
    }

    #[test]
    fn a_misspelt_variable_is_not_passed_over_in_silence() {
        let rows = environment(&[
            ("WXCONFORM_BAKEND", "http://x"),
            ("WXCONFORM_SEED", "1"),
            ("WXCONFORM_WECHAT", "http://x"),
        ]);
        assert_eq!(
            warnings(rows),
            ["WXCONFORM_BAKEND has no effect; the nearest variable is WXCONFORM_BACKEND"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_named() {
        use std::os::unix::ffi::OsStringExt as _;

        let rows = [(OsString::from("WXCONFORM_TAGS"), OsString::from_vec(vec![0xff]))];
        let problem = read(rows).unwrap_err();
        assert!(problem.cause().to_string().starts_with("WXCONFORM_TAGS: "), "{}", problem.cause());
    }
}
