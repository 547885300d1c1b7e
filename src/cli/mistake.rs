//! What is wrong with the arguments, in another language than clap's?
//!
//! clap finds it out and says it in English. Here the same is said in texts that can be translated; in English they
//! are clap's own, which a test makes sure of.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::language::translated;
use crate::report::printable;

/// How much of a word is shown.
const SHOWN: usize = 400;

/// Says what clap has found.
pub(super) fn told(error: &Error) -> String {
    let mut text = tr!("error: {text}", text = message(error));
    let tips = tips(error);
    if !tips.is_empty() {
        text.push('\n');
    }
    for tip in tips {
        text.push_str(&tr!("\n  tip: {tip}", tip));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.strip_prefix("Usage:").unwrap_or(&usage);
        text.push_str("\n\n");
        text.push_str(&tr!("Usage:"));
        text.push_str(usage);
    }
    text.push_str(&tr!("\n\nFor more information, try '{option}'.\n", option = "--help"));
    text
}

/// Says what is wrong. What no command of ours can bring about is said in clap's words.
fn message(error: &Error) -> String {
    let (argument, value) = (word(error, ContextKind::InvalidArg), word(error, ContextKind::InvalidValue));
    match (error.kind(), argument, value) {
        (ErrorKind::ArgumentConflict, argument, _) => conflict(error, argument),
        (ErrorKind::InvalidValue, Some(argument), Some(value)) => {
            let text = if value.is_empty() {
                tr!("a value is required for '{argument}' but none was supplied", argument)
            } else {
                tr!("invalid value '{value}' for '{argument}'", value, argument)
            };
            let values = words(error, ContextKind::ValidValue).join(", ");
            if values.is_empty() { text } else { text + &tr!("\n  [possible values: {values}]", values) }
        }
        (ErrorKind::ValueValidation, Some(argument), Some(value)) => {
            let text = tr!("invalid value '{value}' for '{argument}'", value, argument);
            match std::error::Error::source(error) {
                Some(cause) => text + &tr!("before a cause" => ": ") + &cause.to_string(),
                None => text,
            }
        }
        (ErrorKind::TooManyValues, Some(argument), Some(value)) => {
            tr!("unexpected value '{value}' for '{argument}' found; no more were expected", value, argument)
        }
        (ErrorKind::UnknownArgument, Some(argument), _) => {
            tr!("unexpected argument '{argument}' found", argument)
        }
        (ErrorKind::MissingRequiredArgument, ..) => {
            let missing = words(error, ContextKind::InvalidArg);
            let missing = below(&missing);
            tr!("the following required arguments were not provided:{missing}", missing)
        }
        (ErrorKind::InvalidSubcommand, ..) => {
            let subcommand = word(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            tr!("unrecognized subcommand '{subcommand}'", subcommand)
        }
        (ErrorKind::MissingSubcommand, ..) => {
            let command = word(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            let commands = words(error, ContextKind::ValidSubcommand).join(", ");
            tr!(
                "'{command}' requires a subcommand but one was not provided\n  [subcommands: {commands}]",
                command,
                commands
            )
        }
        (ErrorKind::InvalidUtf8, ..) => tr!("invalid UTF-8 was detected in one or more arguments"),
        (kind, ..) => kind.as_str().unwrap_or_default().to_owned(),
    }
}

/// Returns words, each on a line of its own.
fn below(words: &[String]) -> String {
    words.iter().flat_map(|word| ["\n  ", word]).collect()
}

/// Says which two arguments are not for each other.
fn conflict(error: &Error, argument: Option<String>) -> String {
    let others = words(error, ContextKind::PriorArg);
    let Some(argument) = argument else {
        let subcommand = word(error, ContextKind::InvalidSubcommand).unwrap_or_default();
        let others = quoted(&others);
        return tr!("the subcommand '{subcommand}' cannot be used with {others}", subcommand, others);
    };
    if others.contains(&argument) {
        return tr!("the argument '{argument}' cannot be used multiple times", argument);
    }
    if let [other] = others.as_slice() {
        return tr!("the argument '{argument}' cannot be used with '{other}'", argument, other);
    }
    let others = below(&others);
    tr!("the argument '{argument}' cannot be used with:{others}", argument, others)
}

/// Returns what may have been meant.
fn tips(error: &Error) -> Vec<String> {
    let similar = |kind: ContextKind| Some(words(error, kind)).filter(|words| !words.is_empty());
    let mut tips = Vec::new();
    if let Some(words) = similar(ContextKind::SuggestedSubcommand) {
        let names = quoted(&words);
        tips.push(tr!(
            "a similar subcommand exists: {names}" | "some similar subcommands exist: {names}" % words.len(),
            names = names
        ));
    }
    if let Some(words) = similar(ContextKind::SuggestedArg) {
        let names = quoted(&words);
        tips.push(tr!(
            "a similar argument exists: {names}" | "some similar arguments exist: {names}" % words.len(),
            names = names
        ));
    }
    if let Some(words) = similar(ContextKind::SuggestedValue) {
        let names = quoted(&words);
        tips.push(tr!(
            "a similar value exists: {names}" | "some similar values exist: {names}" % words.len(),
            names = names
        ));
    }
    if let Some(ContextValue::StyledStrs(suggested)) = error.get(ContextKind::Suggested) {
        tips.extend(suggested.iter().map(|tip| suggestion(&printable(&tip.to_string(), SHOWN))));
    }
    tips
}

/// Says a tip that clap has put together, known by what stands between its quotes.
fn suggestion(tip: &str) -> String {
    match tip.split('\'').collect::<Vec<_>>()[..] {
        ["to pass ", word, " as a value, use ", command, ""] => {
            tr!("to pass '{word}' as a value, use '{command}'", word, command)
        }
        ["", command, " exists"] => tr!("'{command}' exists", command),
        ["subcommand ", command, " exists; to use it, remove the ", dashes, " before it"] => {
            tr!("subcommand '{command}' exists; to use it, remove the '{dashes}' before it", command, dashes)
        }
        _ => translated(tip),
    }
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ")
}

fn word(error: &Error, kind: ContextKind) -> Option<String> {
    words(error, kind).into_iter().next()
}

/// Returns the words that an error has of a kind.
fn words(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![printable(word, SHOWN)],
        Some(ContextValue::Strings(words)) => words.iter().map(|word| printable(word, SHOWN)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::Parser as _;
    use clap::error::ErrorKind;

    use super::told;
    use crate::cli::Arguments;

    fn error(words: &[OsString]) -> clap::Error {
        let words = std::iter::once(OsString::from("wxconform")).chain(words.iter().cloned());
        Arguments::try_parse_from(words).unwrap_err()
    }

    #[test]
    fn in_english_it_is_what_clap_says() {
        let rows = [
            ("--bakend x", ErrorKind::UnknownArgument),
            ("-x", ErrorKind::UnknownArgument),
            ("--redact", ErrorKind::UnknownArgument),
            ("list --onl x", ErrorKind::UnknownArgument),
            ("list -- --only", ErrorKind::UnknownArgument),
            ("explane", ErrorKind::InvalidSubcommand),
            ("re", ErrorKind::InvalidSubcommand),
            ("xyzzy", ErrorKind::InvalidSubcommand),
            ("contract lst", ErrorKind::InvalidSubcommand),
            ("--jobs", ErrorKind::InvalidValue),
            ("--lang", ErrorKind::InvalidValue),
            ("--lang e", ErrorKind::InvalidValue),
            ("completions bas", ErrorKind::InvalidValue),
            ("completions tcl", ErrorKind::InvalidValue),
            ("--seed 1 --seed 2", ErrorKind::ArgumentConflict),
            ("--quiet --verbose", ErrorKind::ArgumentConflict),
            ("--seed 1 list", ErrorKind::ArgumentConflict),
            ("contract init --from-har a --from-openapi b", ErrorKind::ArgumentConflict),
            ("--verbose=yes", ErrorKind::TooManyValues),
            ("explain", ErrorKind::MissingRequiredArgument),
            ("report diff", ErrorKind::MissingRequiredArgument),
            ("contract --lang en", ErrorKind::MissingSubcommand),
        ];
        for (words, kind) in rows {
            let error = error(&words.split(' ').map(OsString::from).collect::<Vec<_>>());
            assert_eq!((error.kind(), told(&error)), (kind, error.to_string()), "{words}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_argument_that_is_no_text_is_told_likewise() {
        use std::os::unix::ffi::OsStringExt as _;

        let error = error(&["--tags".into(), OsString::from_vec(vec![0xff])]);
        assert_eq!((error.kind(), told(&error)), (ErrorKind::InvalidUtf8, error.to_string()));
    }

    #[test]
    fn what_was_typed_drives_no_terminal() {
        let told = told(&error(&["--\u{1b}]8;;x".into()]));
        assert!(!told.contains('\u{1b}'), "{told:?}");
    }
}
