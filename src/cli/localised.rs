//! What does the help look like in another language?
//!
//! Its texts come from the comments of the arguments, where clap finds them; they are looked up one by one. What clap
//! says by itself, such as the headings, is said here. clap ends lines at blanks only, of which Chinese has few, so it
//! is to leave the lines as long as they are; they are broken by [`wrapped`].

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, Command};
use textwrap::core::display_width;

use super::columns::options;
use crate::language::{Language, spoken, translated};

/// Returns the command with its help in the language of the process.
pub(super) fn localised(command: Command) -> Command {
    if spoken() == Language::English { command } else { with_texts(built(command)) }
}

/// Lets clap add what it adds by itself, so that it can be translated too.
fn built(mut command: Command) -> Command {
    command.build();
    command
}

fn with_texts(command: Command) -> Command {
    let texts = [
        command.get_about().cloned(),
        command.get_long_about().cloned(),
        command.get_after_help().cloned(),
        command.get_after_long_help().cloned(),
    ];
    let [about, long_about, after, after_long] = texts.map(|text| text.as_ref().map(said));
    let template = template(&command);
    let mut command = command
        .help_template(template)
        .term_width(0)
        .subcommand_help_heading(tr!("Commands"))
        .mut_args(argument)
        .mut_subcommands(with_texts);
    if let Some(text) = about {
        command = command.about(text);
    }
    if let Some(text) = long_about {
        command = command.long_about(text);
    }
    if let Some(text) = after {
        command = command.after_help(text);
    }
    if let Some(text) = after_long {
        command = command.after_long_help(text);
    }
    command
}

/// Returns clap's own layout with the word for the usage.
fn template(command: &Command) -> String {
    let style = command.get_styles().get_header();
    format!(
        "{{before-help}}{{about-with-newline}}\n{style}{}{style:#} {{usage}}\n\n{{all-args}}{{after-help}}",
        tr!("Usage:")
    )
}

fn argument(argument: Arg) -> Arg {
    let heading = if argument.is_positional() { tr!("Arguments") } else { tr!("Options") };
    let (short, long) = (argument.get_help().map(said), argument.get_long_help().map(said));
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let values: Vec<PossibleValue> =
        argument.get_possible_values().into_iter().filter(|value| !value.is_hide_set()).collect();
    // Below a heading of its own, what has no place in the order stands in that of the alphabet.
    let place = argument.get_index();
    let mut argument =
        if argument.get_help_heading().is_none() { argument.help_heading(heading) } else { argument };
    if let Some(place) = place {
        argument = argument.display_order(place);
    }
    // What clap appends about values is English, so it is left out and said again.
    let mut appended = String::new();
    let takes_values = argument.get_action().takes_values();
    if takes_values && !defaults.is_empty() && !argument.is_hide_default_value_set() {
        appended.push_str(&tr!(" [default: {values}]", values = defaults.join(", ")));
        argument = argument.hide_default_value(true);
    }
    if takes_values && !values.is_empty() && !argument.is_hide_possible_values_set() {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        appended.push_str(&tr!(" [possible values: {values}]", values = names.join(", ")));
        argument = argument.hide_possible_values(true);
    }
    if let Some(text) = short {
        argument = argument.help(format!("{text}{appended}"));
    }
    if let Some(text) = long {
        argument = argument.long_help(format!("{text}{appended}"));
    }
    argument
}

fn said(text: &StyledStr) -> String {
    translated(&text.to_string())
}

/// Returns a help text in lines of so many columns. What goes on in the next line stands below the text that it goes
/// on with, beside the option or the command that the text is about.
pub(super) fn wrapped(help: &str, width: usize) -> String {
    let lines = help.split('\n').map(|line| {
        if display_width(line) <= width {
            return line.to_owned();
        }
        let (head, text) = line.split_at(head_of(line));
        let indent = " ".repeat(display_width(head));
        textwrap::fill(text, options(width).initial_indent(head).subsequent_indent(&indent))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns how much of a line stands before its text: the indent, and what is set off by at least two blanks.
fn head_of(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    let set_off = line[indent..].find("  ").filter(|_| indent > 0);
    set_off.map_or(indent, |at| {
        let from = indent + at;
        from + line[from..].len() - line[from..].trim_start().len()
    })
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn what_goes_on_in_the_next_line_stands_below_its_text() {
        let help = "one two three four five\n  -x, --xyz  one two three\n      one two three four\n\nshort";
        let expected = "one two three\nfour five\n  -x, --xyz  one\n             two\n             three\n      one two\n      three four\n\nshort";
        assert_eq!(wrapped(help, 18), expected);
    }
}
