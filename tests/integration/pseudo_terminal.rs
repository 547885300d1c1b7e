//! A terminal without a person in front of it: what is written to it, and what can be seen on it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use textwrap::core::display_width;

use crate::cli_stage::{Invocation, Running};

/// How long something may take to appear on a terminal.
const LIMIT: Duration = Duration::from_secs(60);

/// A command on a terminal of its own.
pub(crate) struct OnTerminal {
    running: Running,
    keyboard: File,
    written: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
    columns: u16,
}

impl OnTerminal {
    /// Starts a command on a terminal of this size.
    pub(crate) fn started(invocation: Invocation, columns: u16, lines: u16) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        let terminal =
            OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.to_bytes())).unwrap();
        let size = Winsize { ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).unwrap();
        let running = invocation.on_terminal(&terminal);
        drop(terminal);
        let keyboard = File::from(controller);
        let written = Arc::default();
        let reader = read(keyboard.try_clone().unwrap(), Arc::clone(&written));
        Self { running, keyboard, written, reader, columns }
    }

    pub(crate) fn id(&self) -> u32 {
        self.running.id()
    }

    /// Presses keys.
    pub(crate) fn press(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).unwrap();
    }

    /// Waits until somebody who looks at the terminal sees this.
    pub(crate) fn until(&self, sees: impl Fn(&Screen) -> bool) {
        let started = Instant::now();
        loop {
            let screen = Screen::of(&self.written.lock().unwrap(), self.columns);
            if sees(&screen) {
                return;
            }
            assert!(started.elapsed() < LIMIT, "it was not seen: {screen:#?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the end, and returns the status and what can be seen then.
    pub(crate) fn ended(mut self) -> (ExitStatus, Screen) {
        let status = self.running.wait();
        self.reader.join().unwrap();
        let screen = Screen::of(&self.written.lock().unwrap(), self.columns);
        (status, screen)
    }
}

fn read(mut from: File, into: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        // When nobody has the terminal open any more, Linux says so by an error.
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            into.lock().unwrap().extend(&bytes[..length]);
        }
    })
}

/// Tells whether a line is one that is left to the terminal to break, so that it can be copied.
fn is_aside(line: &str) -> bool {
    ["error: ", "note: ", "warning: "].iter().any(|weight| line.starts_with(weight))
}

/// What can be seen on a terminal, and on the lines that have left it at the top.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    pub(crate) lines: Vec<String>,
    pub(crate) coloured: bool,
    row: usize,
}

impl Screen {
    /// Draws what was written, and knows only what we may write: text, colours, and what wipes a bar. Anything else
    /// comes from a stranger.
    fn of(written: &[u8], columns: u16) -> Self {
        let mut screen = Self { lines: vec![String::new()], ..Self::default() };
        // The end may be the beginning of a character, or of an instruction.
        let text = match std::str::from_utf8(written) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(&written[..error.valid_up_to()]).unwrap()
            }
            Err(error) => panic!("{error}: {written:?}"),
        };
        let mut rest = text;
        let mut at_the_edge = true;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '\r' => at_the_edge = true,
                '\n' => screen.down(1),
                '\u{1b}' => match rest.find(|c: char| c.is_ascii_alphabetic()) {
                    Some(end) => {
                        screen.obey(&rest[..=end]);
                        rest = &rest[end + 1..];
                    }
                    None => return screen,
                },
                c if c.is_control() => panic!("{c:?} reached the terminal: {text:?}"),
                c => {
                    let line = &mut screen.lines[screen.row];
                    assert!(!at_the_edge || line.is_empty(), "written over {line:?}");
                    at_the_edge = false;
                    line.push(c);
                    let fits = display_width(line) <= usize::from(columns);
                    assert!(fits || is_aside(line), "too wide: {line:?}");
                }
            }
        }
        screen
    }

    fn obey(&mut self, instruction: &str) {
        let number = || instruction[1..instruction.len() - 1].parse::<usize>();
        match instruction {
            "[2K" => self.lines[self.row].clear(),
            _ if instruction.ends_with('m') => self.coloured = true,
            _ if instruction.ends_with('A') => self.row -= number().unwrap(),
            _ if instruction.ends_with('B') => self.down(number().unwrap()),
            _ => panic!("{instruction:?} reached the terminal"),
        }
    }

    fn down(&mut self, lines: usize) {
        self.row += lines;
        let needed = self.lines.len().max(self.row + 1);
        self.lines.resize(needed, String::new());
    }

    /// Returns whether a line has all of these words.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        self.lines.iter().any(|line| words.iter().all(|word| line.contains(word)))
    }

    /// Returns what can be seen, without the empty line that the cursor is in.
    pub(crate) fn text(&self) -> String {
        self.lines.join("\n").trim_end().to_owned()
    }
}
