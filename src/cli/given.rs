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
    "durations",
    "jobs",
    "lang",
    "launch",
    "max-wait",
    "only",
    "ready",
    "ready-timeout",
    "report",
    "seed",
    "set",
    "shard",
    "strict",
    "tags",
    "wechat-listen",
];

/// The options that may have several values.
pub(super) const LISTS: &[&str] = &["only", "report", "set"];

/// The options that a command which repeats a run does without: what asks for reports, what is put behind the rest, and
/// in which language it is said.
const UNREPEATED: &[&str] = &["lang", "report", "seed"];

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

    /// Returns the name of the option.
    pub(super) fn name(&self) -> &'static str {
        self.name
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
        Problem::usage(tr!("{place}: {detail}", place = self, detail))
    }
}

impl fmt::Display for Given {
    /// Writes the name under which the value can be found where it was given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Source::Flag => write!(f, "--{}", self.name),
            Source::Variable => f.write_str(&super::environment::variable(self.name)),
            Source::File(line) => f.write_str(&tr!(
                "{file}, line {line}, {key}",
                file = super::file::NAME,
                line,
                key = self.name
            )),
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

    /// Returns the command that gives all of this as flags, with a seed; what asks for reports is left out. Values of
    /// a contract that sound secret are masked.
    pub(super) fn command(&self, seed: u64, show_secrets: bool) -> Vec<String> {
        let mut words = vec![env!("CARGO_PKG_NAME").to_owned()];
        for given in self.0.values().filter(|given| !UNREPEATED.contains(&given.name)) {
            for text in &given.texts {
                match given.name {
                    "strict" => words.push(format!("--strict={text}")),
                    "set" if !show_secrets => words.extend(["--set".to_owned(), masked(text)]),
                    name => words.extend([format!("--{name}"), text.clone()]),
                }
            }
        }
        words.extend(["--seed".to_owned(), seed.to_string()]);
        words
    }

    pub(super) fn get(&self, name: &str) -> Option<&Given> {
        self.0.get(name)
    }
}

/// Returns `KEY=VALUE` without the value where the key sounds secret.
fn masked(setting: &str) -> String {
    let Some((key, _)) = setting.split_once('=') else { return setting.to_owned() };
    let sounds = |word: &&str| key.to_lowercase().contains(*word);
    let is_secret = ["secret", "password", "token", "key", "credential", "client"].iter().any(sounds);
    if is_secret { format!("{key}=***") } else { setting.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Given, Options, Source};

    #[test]
    fn a_command_repeats_what_was_given_wherever_it_was_given() {
        let listed = |name, texts: &[&str]| {
            Given::new(name, Source::File(3), texts.iter().map(|text| (*text).to_owned()).collect())
        };
        let options = Options::default()
            .or([Given::flag("backend", "http://127.0.0.1:1"), Given::flag("seed", "1")])
            .or([Given::new("strict", Source::Variable, vec!["true".to_owned()])])
            .or([listed("set", &["vars.secret=x", "path=/a b"]), listed("report", &["json=-"])]);
        let expected = "wxconform|--backend|http://127.0.0.1:1|--set|vars.secret=***|--set|path=/a b|--strict=true|--seed|7";
        assert_eq!(options.command(7, false).join("|"), expected);
        assert!(options.command(7, true).contains(&"vars.secret=x".to_owned()));
    }

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
