//! In which language does the command speak?
//!
//! A flag beats a variable, a variable beats the file, and where nobody says anything it is the language of the
//! system. All of it is asked for before the arguments are read, because what is wrong with them has to be said too.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _};

use super::arguments::Arguments;
use super::given::Given;
use super::localised::localised;
use super::problem::Problem;
use crate::language::{Language, speak};
use crate::suite::twin_texts;

/// The flag.
const FLAG: &str = "--lang";

/// Decides on the language and speaks it from here on; returns the process's words without those that ask for it.
pub(super) fn settle(words: impl IntoIterator<Item = OsString>) -> Result<Vec<OsString>, Problem> {
    let (words, flag) = taken(words);
    let language = match flag.map_or_else(elsewhere, |flag| Ok(Some(flag)))? {
        Some(given) => given.read(str::parse::<Language>)?,
        None => Language::of_system(),
    };
    speak(language, if language == Language::English { Vec::new() } else { twin_texts()? });
    Ok(words)
}

/// Takes the flag out of the words. The last of several counts. What stands behind `--` is nobody's flag, and a flag
/// without a value stays, for whoever reads the words to complain about.
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
            None if word == FLAG => words.peek().and_then(|next| next.to_str()).map(str::to_owned),
            None => None,
        };
        match value {
            Some(value) => {
                if word == FLAG {
                    words.next();
                }
                asked = Some(Given::flag("lang", &value));
            }
            None => kept.push(word),
        }
    }
    (kept, asked)
}

/// Returns what the variable or the file says. A file that cannot be read is told by the command that needs it.
fn elsewhere() -> Result<Option<Given>, Problem> {
    let named = |given: &Given| given.name() == "lang";
    let variable = super::environment::read(std::env::vars_os())?.into_iter().find(named);
    Ok(variable.or_else(|| super::file::read().ok()?.into_iter().find(named)))
}

/// Reads the words.
pub(super) fn read(words: Vec<OsString>) -> Result<Arguments, clap::Error> {
    let matches = localised(Arguments::command()).try_get_matches_from(words)?;
    Arguments::from_arg_matches(&matches)
}
