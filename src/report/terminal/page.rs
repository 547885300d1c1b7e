//! How does text get onto a page: safe, coloured and within the width?

use std::io::{self, Write};

use anstyle::{AnsiColor, Color};
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter, WrapAlgorithm};

use super::Style;
use crate::language::{separator, spoken};
use crate::record::{RequirementVerdict, ScenarioVerdict};
use crate::report::printable;
use crate::report::wording::GLUE;

/// The least width a page has; below it, labels would push the text off the edge.
const NARROWEST: usize = 40;

/// How many columns a text needs beside its lead; with fewer it starts on a line of its own.
const BESIDE: usize = 30;

/// How far a text is indented that starts on a line of its own.
const BELOW: usize = 6;

/// How many characters of one text a page shows.
const LIMIT: usize = 2000;

/// What a piece of text means, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Ordinary text.
    Plain,
    /// A heading.
    Strong,
    /// As it should be.
    Good,
    /// Broken.
    Bad,
    /// To be looked at.
    Warning,
    /// Worth knowing.
    Calm,
    /// Less important than what stands beside it.
    Faint,
}

impl Tone {
    /// Returns the tone of a requirement's verdict.
    pub(super) fn of(verdict: RequirementVerdict) -> Self {
        match verdict {
            RequirementVerdict::Kept => Self::Good,
            RequirementVerdict::Broken => Self::Bad,
            RequirementVerdict::Advised | RequirementVerdict::Undecided | RequirementVerdict::Waived => {
                Self::Warning
            }
            RequirementVerdict::Observed => Self::Calm,
            RequirementVerdict::Skipped => Self::Faint,
        }
    }

    fn style(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        let colored = |color: AnsiColor| plain.fg_color(Some(Color::Ansi(color)));
        match self {
            Self::Plain => plain,
            Self::Strong => plain.bold(),
            Self::Good => colored(AnsiColor::Green),
            Self::Bad => colored(AnsiColor::Red).bold(),
            Self::Warning => colored(AnsiColor::Yellow),
            Self::Calm => colored(AnsiColor::Cyan),
            Self::Faint => plain.dimmed(),
        }
    }
}

/// Returns the mark of a requirement's verdict.
pub(in crate::report) fn mark(verdict: RequirementVerdict) -> &'static str {
    match verdict {
        RequirementVerdict::Kept => "✓",
        RequirementVerdict::Broken => "✗",
        RequirementVerdict::Advised => "!",
        RequirementVerdict::Observed => "·",
        RequirementVerdict::Skipped => "–",
        RequirementVerdict::Undecided => "?",
        RequirementVerdict::Waived => "~",
    }
}

/// Returns the requirement's verdict whose mark and tone fit what one scenario showed.
pub(in crate::report) fn as_requirement(verdict: ScenarioVerdict) -> RequirementVerdict {
    match verdict {
        ScenarioVerdict::Kept => RequirementVerdict::Kept,
        ScenarioVerdict::Broken => RequirementVerdict::Broken,
        ScenarioVerdict::Skipped => RequirementVerdict::Skipped,
        ScenarioVerdict::Undecided => RequirementVerdict::Undecided,
    }
}

/// Where the page goes, line by line. Nothing gets onto it that is not printable.
#[derive(Debug)]
pub(super) struct Page<'a, W> {
    color: bool,
    width: usize,
    verbose: bool,
    out: &'a mut W,
}

impl<'a, W: Write> Page<'a, W> {
    pub(super) fn new(style: &Style, out: &'a mut W) -> Self {
        Self { color: style.color, width: style.width.max(NARROWEST), verbose: style.verbose, out }
    }

    /// Returns whether the reader wants to see everything.
    pub(super) fn verbose(&self) -> bool {
        self.verbose
    }

    /// Returns how many columns a line may fill.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Writes an empty line.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// Writes a lead and beside it a text, whose further lines stand below its first.
    ///
    /// The lead is written as it is, so it must be short.
    pub(super) fn entry(&mut self, lead: &[(Tone, &str)], tone: Tone, text: &str) -> io::Result<()> {
        let lead: Vec<_> = lead.iter().map(|(tone, part)| (*tone, printable(part, LIMIT))).collect();
        let indent = lead.iter().map(|(_, part)| display_width(part)).sum::<usize>();
        let text = printable(text, LIMIT);
        let beside = self.width.saturating_sub(indent) >= BESIDE;
        let hang = if beside { indent } else { BELOW };
        // A lead of blanks alone only puts the text below that of the line before.
        let empty = !beside && lead.iter().all(|(_, part)| part.trim().is_empty());
        if empty {
            write!(self.out, "{:hang$}", "")?;
        }
        for (index, (tone, part)) in lead.iter().enumerate().filter(|_| !empty) {
            // Blanks at the end of a line only make noise in comparisons.
            let last = !beside && index + 1 == lead.len();
            self.paint(*tone, if last { part.trim_end() } else { part })?;
        }
        let options = Options::new(self.width.saturating_sub(hang).max(1))
            .word_separator(separator(spoken()))
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        for (index, line) in textwrap::wrap(&text, options).iter().enumerate() {
            if index > 0 || !beside && !empty {
                write!(self.out, "\n{:hang$}", "")?;
            }
            self.paint(tone, &line.replace(GLUE, " "))?;
        }
        writeln!(self.out)
    }

    /// Writes a text from the left edge.
    pub(super) fn line(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        self.entry(&[], tone, text)
    }

    fn paint(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        if self.color && tone != Tone::Plain && !text.trim().is_empty() {
            let style = tone.style();
            write!(self.out, "{style}{text}{style:#}")
        } else {
            write!(self.out, "{text}")
        }
    }
}

#[cfg(test)]
mod tests {
    use textwrap::core::display_width;

    use super::{Page, Style, Tone};

    fn written(width: usize, color: bool, lead: &str, text: &str) -> String {
        let mut out = Vec::new();
        let style = Style { color, width, verbose: false };
        Page::new(&style, &mut out).entry(&[(Tone::Good, lead)], Tone::Plain, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn further_lines_stand_below_the_first() {
        let page = written(50, false, "fix   ", "one two three four five six seven eight nine ten");
        assert_eq!(page, "fix   one two three four five six seven eight nine\n      ten\n");
    }

    #[test]
    fn a_text_with_too_little_room_starts_on_a_line_of_its_own() {
        let lead = "a lead of some twenty-five ";
        let page = written(56, false, lead, "one two three four five six seven eight");
        assert_eq!(page, "a lead of some twenty-five\n      one two three four five six seven eight\n");
    }

    #[test]
    fn a_text_without_a_label_has_no_empty_line_before_it() {
        let page = written(40, false, "              ", "one two three four five six seven eight");
        assert_eq!(page, "      one two three four five six seven\n      eight\n");
    }

    #[test]
    fn wide_characters_count_twice_and_nothing_leaves_the_width() {
        let text = format!("{} http://127.0.0.1/{}", "微信登录".repeat(20), "x".repeat(90));
        for width in [0, 40, 57, 80] {
            for line in written(width, false, "actual  ", &text).lines() {
                assert!(display_width(line) <= width.max(40), "{width}: {line}");
            }
        }
    }

    #[test]
    fn colour_is_only_written_when_asked_for() {
        assert_eq!(written(80, false, "✓ ", "text"), "✓ text\n");
        assert_eq!(written(80, true, "✓ ", "text"), "\u{1b}[32m✓ \u{1b}[0mtext\n");
    }
}
