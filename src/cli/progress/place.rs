//! Where is a bar drawn?

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use console::{Term, is_dumb};
use indicatif::{ProgressDrawTarget, TermLike};

/// How often a bar is drawn in a second at most.
const RATE: u8 = 10;

/// The standard error output, when it is a terminal that can wipe a line.
///
/// The library fills each line with blanks up to the edge, so that the next one begins below. This ends a line by a
/// line break instead, and the last one not at all: what a terminal shows for Ctrl-C then stands behind it and is
/// wiped with it, where it would otherwise move the bar by a line that nobody knows of.
#[derive(Debug)]
pub(super) struct Place {
    term: Term,
    /// Whether a line was written that has not been ended.
    line_open: AtomicBool,
}

impl Place {
    /// Returns where to draw; nothing where a bar would be noise.
    pub(super) fn find() -> Option<ProgressDrawTarget> {
        let term = Term::buffered_stderr();
        let place = Self { term, line_open: AtomicBool::new(false) };
        (place.term.is_term() && !is_dumb())
            .then(|| ProgressDrawTarget::term_like_with_hz(Box::new(place), RATE))
    }
}

impl TermLike for Place {
    fn width(&self) -> u16 {
        self.term.size().1
    }

    fn height(&self) -> u16 {
        self.term.size().0
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.term.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.term.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.term.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.term.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.term.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        if text.bytes().all(|byte| byte == b' ') {
            return Ok(());
        }
        if self.line_open.swap(true, Ordering::Relaxed) {
            self.term.write_str("\n")?;
        }
        self.term.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.term.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.line_open.store(false, Ordering::Relaxed);
        self.term.flush()
    }
}
