//! Where results and complaints go.

use std::error::Error;
use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use clap::error::ErrorKind;
use indicatif::ProgressBar;

use super::localised::wrapped;
use super::progress::{self, Board, Things};
use super::{help, mistake};
use crate::language::{Language, spoken};
use crate::record::ExitStatus;
use crate::report::printable;

/// The width of output that does not go to a terminal.
const WIDTH_ELSEWHERE: usize = 100;

/// The narrowest and the widest that a page is laid out for.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;

/// How much of a complaint is shown; it may quote what a backend sent.
const COMPLAINT: usize = 2000;

/// How much of a line is shown that somebody else wrote.
const LINE: usize = 400;

/// The process's streams: results go out, complaints and progress go to the side.
#[derive(Debug)]
pub(super) struct Console {
    out: io::Stdout,
    side: io::Stderr,
    /// What stands in the way of whatever else is printed, if anything does.
    bar: Option<ProgressBar>,
    quiet: bool,
}

impl Console {
    pub(super) fn of_process() -> Self {
        Self { out: io::stdout(), side: io::stderr(), bar: None, quiet: false }
    }

    /// Shows no progress from now on.
    pub(super) fn hush(&mut self) {
        self.quiet = true;
    }

    /// Shows the progress of work on a backend for as long as the board lives.
    pub(super) fn board(&mut self, things: Things, against: &str) -> Board {
        let board = if self.quiet { Board::nothing() } else { Board::of(things, against) };
        self.bar = board.drawn();
        board
    }

    /// Tells whether progress is drawn, which must be wiped before the process ends.
    pub(super) fn draws(&self) -> bool {
        !self.quiet && progress::can_draw()
    }

    /// Waits for something, and shows on a terminal what it is when it takes long.
    pub(super) async fn patiently<T>(&self, what: &'static str, work: impl Future<Output = T>) -> T {
        if self.quiet { work.await } else { progress::patiently(what, work).await }
    }

    /// Writes a result. A reader that has gone away, as `head` does, wants no more and is no problem.
    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        forgive(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()))
    }

    /// Writes a result that is rendered for this terminal.
    pub(super) fn render(
        &mut self,
        render: impl FnOnce(&mut Vec<u8>, bool, usize) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut page = Vec::new();
        render(&mut page, self.color(), self.width())?;
        forgive(self.out.write_all(&page).and_then(|()| self.out.flush()))
    }

    /// Returns the stream that results go to.
    pub(super) fn out(&mut self) -> &mut io::Stdout {
        &mut self.out
    }

    /// Tells a person something that is not a result.
    pub(super) fn warn(&mut self, text: &str) {
        self.aside(&tr!("warning: {text}", text = tame(text, COMPLAINT)));
    }

    /// Tells a person what was done besides the result.
    pub(super) fn note(&mut self, text: &str) {
        self.aside(&tr!("note: {text}", text = tame(text, COMPLAINT)));
    }

    /// Asks a person something; the answer comes in the same line.
    pub(super) fn ask(&mut self, question: &str) {
        self.beside(|side| {
            write!(side, "{} ", printable(question, COMPLAINT))?;
            side.flush()
        });
    }

    /// Says what stood in the way: the error and its causes.
    pub(super) fn complain(&mut self, error: &(dyn Error + 'static)) {
        let mut text = printable(&error.to_string(), COMPLAINT);
        let mut cause = error.source();
        while let Some(inner) = cause {
            text.push_str(&tr!("before a cause" => ": "));
            text.push_str(&printable(&inner.to_string(), COMPLAINT));
            cause = inner.source();
        }
        self.aside(&tr!("error: {text}", text = tame(&text, COMPLAINT)));
    }

    /// Shows lines that somebody else wrote, below a heading that says who.
    pub(super) fn quote(&mut self, heading: &str, lines: &[String]) {
        self.beside(|side| {
            writeln!(side, "{heading}")?;
            lines.iter().try_for_each(|line| writeln!(side, "  | {}", tame(line, LINE)))
        });
    }

    /// Says something in the way that clap does.
    fn aside(&mut self, line: &str) {
        self.beside(|side| writeln!(side, "{line}"));
    }

    /// Writes to the side, where a bar makes room for it.
    fn beside(&mut self, write: impl FnOnce(&mut io::Stderr) -> io::Result<()>) {
        let side = &mut self.side;
        let written = match &self.bar {
            Some(bar) => bar.suspend(|| write(side)),
            None => write(side),
        };
        // A side channel that cannot be written to must not end the work.
        written.unwrap_or_default();
    }

    /// Prints what clap has to say, and returns the status for it.
    pub(super) fn clap(&mut self, error: &clap::Error) -> ExitStatus {
        let printed = forgive(match spoken() {
            Language::English => error.print(),
            Language::Chinese => self.in_chinese(error),
        });
        match (error.use_stderr(), printed) {
            (true, _) => ExitStatus::Usage,
            (false, Ok(())) => ExitStatus::Success,
            (false, Err(error)) => {
                self.complain(&error);
                ExitStatus::CouldNotJudge
            }
        }
    }

    /// Prints help as it was made, and says anew what is wrong.
    fn in_chinese(&self, error: &clap::Error) -> io::Result<()> {
        let is_help = [ErrorKind::DisplayHelp, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand];
        let text = if is_help.contains(&error.kind()) {
            wrapped(&error.render().ansi().to_string(), self.width().min(help::WIDTH))
        } else if error.kind() == ErrorKind::DisplayVersion {
            error.to_string()
        } else {
            mistake::told(error)
        };
        if error.use_stderr() {
            AutoStream::auto(io::stderr()).write_all(text.as_bytes())
        } else {
            AutoStream::auto(io::stdout()).write_all(text.as_bytes())
        }
    }

    fn color(&self) -> bool {
        !matches!(AutoStream::choice(&self.out), ColorChoice::Never)
    }

    fn width(&self) -> usize {
        let terminal = terminal_size::terminal_size_of(&self.out);
        let width = terminal.map_or(WIDTH_ELSEWHERE, |(width, _)| usize::from(width.0));
        width.clamp(*WIDTHS.start(), *WIDTHS.end())
    }
}

/// Returns a text that neither drives a terminal nor commands a runner of GitHub, which looks for `##[` anywhere.
pub(super) fn tame(text: &str, limit: usize) -> String {
    printable(text, limit).replace("##[", "## [")
}

fn forgive(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
