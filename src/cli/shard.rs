//! Which part of the plan is this process to play?
//!
//! The flag can say it, or leave it to the variables that a build server sets for the processes of one job.

use std::ffi::OsString;
use std::path::Path;

use super::given::{Given, Options};
use super::problem::Problem;
use crate::record::Shard;
use crate::suite::{Durations, Plan};

/// What stands for the variables of the build server.
const BY_VARIABLES: &str = "ci";

/// The seed of parts for which none is given. They have to have the same one.
pub(super) const SEED: u64 = 1;

/// GitLab's variables: which of the jobs of `parallel` this is, counted from one, and how many there are.
const GITLAB: [&str; 2] = ["CI_NODE_INDEX", "CI_NODE_TOTAL"];

/// The variable of Kubernetes: which of the pods of an Indexed Job this is, counted from zero.
const KUBERNETES: &str = "JOB_COMPLETION_INDEX";

/// Takes from a plan the part that was asked for, if one was.
pub(super) fn part_of(plan: Plan, options: &Options) -> Result<Plan, Problem> {
    let durations = options.get("durations");
    let Some(given) = options.get("shard") else {
        return match durations {
            Some(given) => Err(given.wrong(tr!("says how to share the plan out, and there is no --shard"))),
            None => Ok(plan),
        };
    };
    let shard = understood(given)?;
    let durations = durations.map(|given| given.read(|path| known(Path::new(path)))).transpose()?;
    plan.sharded(shard, &durations.unwrap_or_default()).map_err(|error| given.wrong(error))
}

/// Returns the part that was asked for, if one was.
pub(super) fn asked(options: &Options) -> Result<Option<Shard>, Problem> {
    options.get("shard").map(understood).transpose()
}

fn understood(given: &Given) -> Result<Shard, Problem> {
    given.read(|text| read(text, |name| std::env::var_os(name)))
}

/// Returns the seed from which a part mints people and codes: one of its own, because the parts may share a backend,
/// and a backend may remember whom it has seen.
pub(super) fn seed_of(part: Option<Shard>, seed: u64) -> u64 {
    match part.filter(|part| part.of > 1) {
        // Any odd factor keeps the parts of one seed apart; this one scatters them as well.
        Some(part) => {
            let index = u64::try_from(part.index).unwrap_or(u64::MAX);
            seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        }
        None => seed,
    }
}

/// Makes sure that nothing else was asked for that needs the whole plan.
pub(super) fn fits(options: &Options, writes_baseline: bool) -> Result<(), Problem> {
    match options.get("shard") {
        Some(_) if writes_baseline => Err(Given::flag("write-baseline", "")
            .wrong(tr!("a baseline lists the deviations of a whole run, and --shard plays a part of one"))),
        Some(_) | None => Ok(()),
    }
}

fn known(path: &Path) -> Result<Durations, String> {
    super::report::read_record(path).map(|report| Durations::of(&report.record))
}

/// Reads `I/N`, `ci` or `ci/N`.
fn read(text: &str, variable: impl Fn(&str) -> Option<OsString>) -> Result<Shard, String> {
    match text.split_once('/') {
        Some((BY_VARIABLES, of)) => by_variables(Some(of), variable),
        None if text == BY_VARIABLES => by_variables(None, variable),
        Some(_) | None => text.parse().map_err(|error| {
            tr!(
                "{error}; `ci` takes it from the variables of GitLab, `ci/3` from those of a Kubernetes Job",
                error
            )
        }),
    }
}

fn by_variables(of: Option<&str>, variable: impl Fn(&str) -> Option<OsString>) -> Result<Shard, String> {
    let number = |name: &str, text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { text.parse::<usize>().ok() } else { None };
        number.ok_or_else(|| tr!("{name} is {text} and no number", name, text = format_args!("{text:?}")))
    };
    let said = |name: &str| -> Result<Option<usize>, String> {
        let Some(value) = variable(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        number(name, &value.to_string_lossy()).map(Some)
    };
    let of = of.map(|of| number(&tr!("what follows `ci/`"), of)).transpose()?;
    let [index, total] = GITLAB;
    let (shard, source) = match (said(KUBERNETES)?, said(index)?, said(total)?) {
        (Some(_), Some(_), _) => {
            return Err(tr!(
                "both {KUBERNETES} and {index} are set; say which part it is, as in 1/3",
                KUBERNETES,
                index
            ));
        }
        (None, Some(index), Some(total)) => (Shard { index, of: total }, GITLAB.join("/")),
        (Some(index), None, _) => match of {
            Some(of) => (Shard { index: index.saturating_add(1), of }, KUBERNETES.to_owned()),
            None => {
                return Err(tr!(
                    "{KUBERNETES} says which part it is, and nothing says of how many; write `ci/3` for three",
                    KUBERNETES
                ));
            }
        },
        (None, Some(_), None) => return Err(tr!("{index} is set and {total} is not", index, total)),
        (None, None, _) => {
            return Err(tr!(
                "neither {KUBERNETES} nor {index} is set, so nothing says which part it is; write it as in 1/3",
                KUBERNETES,
                index
            ));
        }
    };
    if of.is_some_and(|of| of != shard.of) {
        let wanted = of.unwrap_or_default();
        return Err(tr!(
            "`ci/{wanted}` says {wanted} parts, and {total} says {parts}",
            wanted,
            total,
            parts = shard.of
        ));
    }
    if (1..=shard.of).contains(&shard.index) {
        Ok(shard)
    } else {
        Err(tr!(
            "{source} makes this part {index} of {parts}, and there is none",
            source,
            index = shard.index,
            parts = shard.of
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::read;
    use crate::record::Shard;

    fn told(text: &str, variables: &[(&str, &str)]) -> Result<Shard, String> {
        read(text, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn a_part_is_told_by_the_flag_or_by_the_build_server() {
        let gitlab = [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "3")];
        let kubernetes = [("JOB_COMPLETION_INDEX", "0")];
        assert_eq!(told("2/3", &[]), Ok(Shard { index: 2, of: 3 }));
        assert_eq!(told("1/3", &gitlab), Ok(Shard { index: 1, of: 3 }), "who says it himself is heeded");
        assert_eq!(told("ci", &gitlab), Ok(Shard { index: 2, of: 3 }));
        assert_eq!(told("ci/3", &gitlab), Ok(Shard { index: 2, of: 3 }));
        assert_eq!(told("ci/3", &kubernetes), Ok(Shard { index: 1, of: 3 }));
        assert_eq!(told("ci/3", &[("JOB_COMPLETION_INDEX", "2")]), Ok(Shard { index: 3, of: 3 }));
    }

    #[test]
    fn what_is_not_told_clearly_is_refused_with_the_way_out() {
        type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
        let rows: [Row<'_>; 12] = [
            ("", &[], "expected I/N such as 1/3"),
            ("3", &[], "expected I/N such as 1/3"),
            ("0/3", &[], "I from 1 to N"),
            ("4/3", &[], "I from 1 to N"),
            ("1/0", &[], "I from 1 to N"),
            ("+1/3", &[], "expected I/N"),
            ("ci", &[], "neither JOB_COMPLETION_INDEX nor CI_NODE_INDEX is set"),
            ("ci", &[("JOB_COMPLETION_INDEX", "0")], "write `ci/3` for three"),
            ("ci/3", &[("JOB_COMPLETION_INDEX", "3")], "part 4 of 3"),
            ("ci", &[("CI_NODE_INDEX", "1")], "CI_NODE_TOTAL is not"),
            ("ci/2", &[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "3")], "CI_NODE_TOTAL says 3"),
            ("ci/2", &[("JOB_COMPLETION_INDEX", "one")], "JOB_COMPLETION_INDEX is \"one\" and no number"),
        ];
        for (text, variables, words) in rows {
            let error = told(text, variables).unwrap_err();
            assert!(error.contains(words), "{text:?} {variables:?}: {error}");
        }
    }
}
