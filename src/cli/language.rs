//! In which language does the command speak?
//!
//! A flag beats a variable, a variable beats the file, and where nobody says anything it is the language of the
//! system. All of it is asked for before the arguments are read, because what is wrong with them has to be said too.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};

use super::arguments::Arguments;
use super::environment::variable;
use super::given::Given;
use super::localised::localised;
use super::problem::Problem;
use crate::language::{Language, speak};
use crate::suite::twin_texts;

/// The option.
const NAME: &str = "lang";

/// Its flag.
const FLAG: &str = "--lang";

/// Decides on the language and speaks it from here on; returns the process's words without those that ask for it.
pub(super) fn settle(words: impl IntoIterator<Item = OsString>) -> Result<Vec<OsString>, Problem> {
    let (words, flag) = taken(words);
    let of_system = Language::of_system();
    // What is wrong with the choice has to be said in some language too.
    begin(of_system)?;
    let asked = flag.map_or_else(elsewhere, |flag| Ok(Some(flag)))?;
    let language = asked.map_or(Ok(of_system), |given| given.read(str::parse::<Language>))?;
    if language != of_system {
        begin(language)?;
    }
    Ok(words)
}

fn begin(language: Language) -> Result<(), Problem> {
    speak(language, if language == Language::English { Vec::new() } else { twin_texts()? });
    Ok(())
}

/// Takes the flag out of the words. The last of several counts. What stands behind `--` is nobody's flag, and a flag
/// without a value stays, for clap to complain about.
fn taken(words: impl IntoIterator<Item = OsString>) -> (Vec<OsString>, Option<Given>) {
    let (mut kept, mut asked) = (Vec::new(), None);
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            kept.push(word);
            kept.extend(words);
            break;
        }
        let joined = word.to_str().and_then(|word| word.strip_prefix(FLAG)?.strip_prefix('='));
        let value = match joined {
            Some(value) => Some(value.to_owned()),
            None if word == FLAG => {
                let next = words.peek().and_then(|next| next.to_str());
                next.filter(|next| !next.starts_with('-')).map(str::to_owned)
            }
            None => None,
        };
        match value {
            Some(value) => {
                if word == FLAG {
                    words.next();
                }
                asked = Some(Given::flag(NAME, &value));
            }
            None => kept.push(word),
        }
    }
    (kept, asked)
}

/// Returns what the variable or the file says. What else is wrong with either is told by the command that needs it.
fn elsewhere() -> Result<Option<Given>, Problem> {
    let name = variable(NAME);
    let variables = std::env::vars_os().filter(|(known, _)| *known == *name);
    let said = super::environment::read(variables)?.into_iter().next();
    Ok(said.or_else(|| super::file::read().ok()?.into_iter().find(|given| given.name() == NAME)))
}

/// Reads the words.
pub(super) fn read(words: Vec<OsString>) -> Result<Arguments, clap::Error> {
    let matches = localised(Arguments::command()).try_get_matches_from(words)?;
    Arguments::from_arg_matches(&matches)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::taken;
    use crate::cli::given::Given;

    #[test]
    fn the_flag_is_taken_out_wherever_it_stands() {
        let rows = [
            ("list --lang zh --only CODE", "list --only CODE", Some("zh")),
            ("--lang=zh list", "list", Some("zh")),
            ("list --lang en --lang=zh", "list", Some("zh")),
            ("list --language zh", "list --language zh", None),
            ("list --lang", "list --lang", None),
            ("--lang --help", "--lang --help", None),
            ("list -- --lang zh", "list -- --lang zh", None),
        ];
        for (words, kept, asked) in rows {
            let (left, flag) = taken(words.split(' ').map(OsString::from));
            let left: Vec<String> = left.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            assert_eq!((left.join(" ").as_str(), flag.as_ref().map(Given::text)), (kept, asked));
        }
    }
}
