//! The file `wxconform.toml`.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::arguments::RunArguments;
use super::usage::Problem;
use crate::report::ReportSpec;

/// The name of the file in the current folder.
const FILE: &str = "wxconform.toml";

/// The keys of the file, which are the long options of `run`.
const KEYS: &[&str] =
    &["backend", "jobs", "max-wait", "only", "report", "seed", "strict", "tags", "wechat-listen"];

/// What the file can say.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Settings {
    backend: Option<String>,
    jobs: Option<u16>,
    max_wait: Option<f64>,
    only: Option<Vec<String>>,
    report: Option<Vec<String>>,
    seed: Option<u64>,
    strict: Option<bool>,
    tags: Option<String>,
    wechat_listen: Option<String>,
}

/// Fills what neither a flag nor a variable said from `wxconform.toml`, if there is one.
pub(super) fn fill(arguments: RunArguments) -> Result<RunArguments, Problem> {
    match std::fs::read_to_string(FILE) {
        Ok(text) => merge(arguments, &text).map_err(|problem| Problem::usage(format!("{FILE}: {problem}"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(arguments),
        Err(error) => Err(Problem::usage(format!("cannot read {}: {error}", Path::new(FILE).display()))),
    }
}

fn merge(arguments: RunArguments, text: &str) -> Result<RunArguments, String> {
    if let Some(problem) = unknown_key(text) {
        return Err(problem);
    }
    let file: Settings = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let max_wait = file.max_wait.map(seconds).transpose()?;
    let jobs = file.jobs.map(|jobs| within("jobs", jobs, 1, 256)).transpose()?;
    let seed = file.seed.map(|seed| within("seed", seed, 0, (1 << 53) - 1)).transpose()?;
    let report = file.report.map(|specs| specs.iter().map(|spec| report(spec)).collect()).transpose()?;
    Ok(RunArguments {
        backend: arguments.backend.or(file.backend),
        jobs: arguments.jobs.or(jobs),
        max_wait: arguments.max_wait.or(max_wait),
        only: arguments.only.or(file.only),
        report: arguments.report.or(report),
        seed: arguments.seed.or(seed),
        strict: arguments.strict.or(file.strict),
        tags: arguments.tags.or(file.tags),
        wechat_listen: arguments.wechat_listen.or(file.wechat_listen),
        verbose: arguments.verbose,
    })
}

/// Names the first key that the file may not have, with its line and the nearest key that it may.
fn unknown_key(text: &str) -> Option<String> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let key = table.keys().find(|key| !KEYS.contains(&key.as_str()))?;
    let defines = |line: &str| {
        let line = line.trim_start().trim_start_matches(['[', '"', '\'']);
        line.strip_prefix(key.as_str()).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let line = text.lines().position(defines).map_or(1, |index| index + 1);
    let nearest = KEYS.iter().min_by_key(|known| strsim::damerau_levenshtein(known, key)).copied();
    let nearest = nearest.unwrap_or_default();
    Some(format!(
        "line {line}: unknown key {key:?}; the nearest is {nearest:?}; known are {}",
        KEYS.join(", ")
    ))
}

fn seconds(number: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(number)
        .ok()
        .filter(|duration| *duration <= Duration::from_secs(24 * 3600))
        .ok_or_else(|| format!("max-wait is {number}; expected between 0 and 86400 seconds"))
}

fn within<N: PartialOrd + std::fmt::Display>(key: &str, value: N, least: N, most: N) -> Result<N, String> {
    if value >= least && value <= most {
        Ok(value)
    } else {
        Err(format!("{key} is {value}; expected between {least} and {most}"))
    }
}

fn report(spec: &str) -> Result<ReportSpec, String> {
    spec.parse().map_err(|error| format!("report {spec:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::merge;
    use crate::cli::arguments::RunArguments;

    #[test]
    fn the_file_fills_only_what_is_not_said_elsewhere() {
        let said = RunArguments { backend: Some("http://flag".to_owned()), ..RunArguments::default() };
        let merged = merge(said, "backend = 'http://file'\nmax-wait = 2.5\nonly = ['CODE']").unwrap();
        assert_eq!(merged.backend.as_deref(), Some("http://flag"));
        assert_eq!(merged.max_wait, Some(Duration::from_millis(2500)));
        assert_eq!(merged.only, Some(vec!["CODE".to_owned()]));
    }

    #[test]
    fn a_wrong_file_is_told_with_its_line_and_the_way_out() {
        let problem = |text: &str| merge(RunArguments::default(), text).unwrap_err();
        let unknown = problem("strict = true\nbakend = 'x'\n");
        assert!(unknown.contains("line 2") && unknown.contains("nearest is \"backend\""), "{unknown}");
        assert!(problem("jobs = 'many'").contains("line 1"), "{}", problem("jobs = 'many'"));
        assert!(problem("jobs = 0").contains("between 1 and 256"));
        assert!(problem("max-wait = -1").contains("between 0 and 86400"));
        assert!(problem("report = ['jsn=x']").contains("json"));
        assert!(problem("= 1").contains("line 1"));
    }
}
