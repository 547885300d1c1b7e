//! What was said about an option, and by whom?
//!
//! The same options can be given as flags, as `WXCONFORM_*` variables and as keys of `wxconform.toml`. All of
//! them arrive as text with its source, and are read in one place, so a wrong value is told in the same words
//! wherever it comes from, and with the name of the place where it can be mended.

use std::collections::BTreeMap;
use std::fmt;

use super::problem::Problem;

/// The options that can be given outside the command line, by the names of their flags.
pub(super) const NAMES: &[&str] = &[
    "backend",
    "baseline",
    "clock",
    "contract",
    "jobs",
    "launch",
    "max-wait",
    "only",
    "ready",
    "ready-timeout",
    "report",
    "seed",
    "set",
    "strict",
    "tags",
    "wechat-listen",
];

/// The options that may have several values.
pub(super) const LISTS: &[&str] = &["only", "report", "set"];

/// Where a value was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Flag,
    Variable,
    /// The line of `wxconform.toml`, counted from one.
    File(usize),
}

/// The value of an option, as text, and where it was given. A list has several texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    name: &'static str,
    source: Source,
    texts: Vec<String>,
}

impl Given {
    pub(super) fn new(name: &'static str, source: Source, texts: Vec<String>) -> Self {
        Self { name, source, texts }
    }

    /// A flag that was given once.
    pub(super) fn flag(name: &'static str, text: &str) -> Self {
        Self::new(name, Source::Flag, vec![text.to_owned()])
    }

    /// Reads the value. Of an option that is no list there is one text.
    pub(super) fn read<T, E: fmt::Display>(
        &self,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Problem> {
        parse(self.text()).map_err(|detail| self.wrong(detail))
    }

    /// Returns the value as it was given. Of an option that is no list there is one text.
    pub(super) fn text(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// Reads every value of a list.
    pub(super) fn read_each<T, E: fmt::Display>(
        &self,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Problem> {
        self.texts.iter().map(|text| parse(text).map_err(|detail| self.wrong(detail))).collect()
    }

    /// Says that the value will not do, and where it was given.
    pub(super) fn wrong(&self, detail: impl fmt::Display) -> Problem {
        Problem::usage(format!("{self}: {detail}"))
    }
}

impl fmt::Display for Given {
    /// Writes the name under which the value can be found where it was given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Source::Flag => write!(f, "--{}", self.name),
            Source::Variable => f.write_str(&super::environment::variable(self.name)),
            Source::File(line) => write!(f, "{}, line {line}, {}", super::file::NAME, self.name),
        }
    }
}

/// What was given about all options. What comes first prevails.
#[derive(Debug, Default)]
pub(super) struct Options(BTreeMap<&'static str, Given>);

impl Options {
    /// Adds what was said somewhere, as far as nobody has said it yet.
    pub(super) fn or(mut self, said: impl IntoIterator<Item = Given>) -> Self {
        for given in said {
            self.0.entry(given.name).or_insert(given);
        }
        self
    }

    /// Collects what flags, variables and the file say, in this order of precedence.
    pub(super) fn gather(flags: impl IntoIterator<Item = Given>) -> Result<Self, Problem> {
        let variables = super::environment::read(std::env::vars_os())?;
        Ok(Self::default().or(flags).or(variables).or(super::file::read()?))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Given> {
        self.0.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Given, Options, Source};

    #[test]
    fn what_is_said_first_prevails() {
        let flag = Given::flag("jobs", "1");
        let variable = Given::new("jobs", Source::Variable, vec!["2".to_owned()]);
        let seed = Given::new("seed", Source::File(1), vec!["3".to_owned()]);
        let options = Options::default().or([flag.clone()]).or([variable, seed.clone()]);
        assert_eq!(options.get("jobs"), Some(&flag));
        assert_eq!(options.get("seed"), Some(&seed));
        assert_eq!(options.get("tags"), None);
    }

    #[test]
    fn a_wrong_value_is_told_with_its_place() {
        let told = |source| {
            let given = Given::new("max-wait", source, vec!["x".to_owned()]);
            given.read(|text| Err::<(), _>(format!("not {text:?}"))).unwrap_err().cause().to_string()
        };
        assert_eq!(told(Source::Flag), "--max-wait: not \"x\"");
        assert_eq!(told(Source::Variable), "WXCONFORM_MAX_WAIT: not \"x\"");
        assert_eq!(told(Source::File(7)), "wxconform.toml, line 7, max-wait: not \"x\"");
    }
}
