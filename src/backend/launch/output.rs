//! What did the backend say last?

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// How many lines are kept. What a backend says is unbounded, and only its last words matter.
const LINES: usize = 200;

/// How many bytes of a line are kept.
const LINE: usize = 2000;

/// How long the last words of a backend that has ended may take to arrive. They are in the pipe already, unless
/// a process that it left behind holds the other end open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The last lines of what a backend wrote to its standard output and standard error.
#[derive(Clone)]
pub(super) struct Output {
    lines: Arc<Mutex<Lines>>,
    closed: watch::Receiver<bool>,
}

impl Output {
    /// Reads a stream to its end in a thread of its own, so that the backend never waits for a reader.
    pub(super) fn of(mut stream: impl Read + Send + 'static) -> Self {
        let (close, closed) = watch::channel(false);
        let lines = Arc::new(Mutex::new(Lines::default()));
        let written = Arc::clone(&lines);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                match stream.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(read) => lock(&written).take(&buffer[..read]),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
            close.send_replace(true);
        });
        Self { lines, closed }
    }

    /// Returns the last lines, at most so many.
    pub(super) fn last(&self, most: usize) -> Vec<String> {
        lock(&self.lines).last(most)
    }

    /// Waits until everything was read that was written, but not for long.
    pub(super) async fn settle(&self) {
        let mut closed = self.closed.clone();
        // Whether it was closed or not, what was read by now is what there is.
        drop(tokio::time::timeout(LAST_WORDS, closed.wait_for(|closed| *closed)).await);
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Output({} lines)", lock(&self.lines).whole.len())
    }
}

/// Locks; a panic while the lock was held leaves lines that can still be shown.
fn lock(lines: &Mutex<Lines>) -> MutexGuard<'_, Lines> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
struct Lines {
    whole: VecDeque<Vec<u8>>,
    /// The line that has not ended yet.
    begun: Vec<u8>,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            let room = LINE.saturating_sub(self.begun.len());
            self.begun.extend_from_slice(&text[..text.len().min(room)]);
            if text.len() < piece.len() {
                let line = std::mem::take(&mut self.begun);
                self.whole.push_back(line);
                if self.whole.len() > LINES {
                    self.whole.pop_front();
                }
            }
        }
    }

    fn last(&self, most: usize) -> Vec<String> {
        let begun = (!self.begun.is_empty()).then_some(&self.begun);
        let all: Vec<&Vec<u8>> = self.whole.iter().chain(begun).collect();
        let first = all.len().saturating_sub(most);
        all[first..]
            .iter()
            .map(|line| String::from_utf8_lossy(line).trim_end_matches('\r').to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{LINE, LINES, Lines};

    fn after(pieces: &[&[u8]]) -> Lines {
        let mut lines = Lines::default();
        for piece in pieces {
            lines.take(piece);
        }
        lines
    }

    #[test]
    fn lines_come_in_pieces_and_the_last_one_may_have_no_end() {
        let lines = after(&[b"one\r\ntw", b"o\n\nthr", b"ee \xff"]);
        assert_eq!(lines.last(9), ["one", "two", "", "three \u{fffd}"]);
        assert_eq!(lines.last(2), ["", "three \u{fffd}"]);
        assert!(lines.last(0).is_empty() && after(&[]).last(3).is_empty());
    }

    #[test]
    fn a_flood_is_kept_within_bounds() {
        let mut lines = Lines::default();
        for _ in 0..3 * LINES {
            lines.take(&[b'x'; 3 * LINE]);
            lines.take(b"\n");
        }
        lines.take(&[b'y'; 3 * LINE]);
        assert_eq!(lines.whole.len(), LINES);
        assert!(lines.whole.iter().all(|line| line.len() == LINE));
        assert_eq!(lines.begun.len(), LINE);
    }
}
