//! The real command, in an empty folder and an empty environment but for the language: where no variable says it, the
//! system of whoever runs the tests may.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a command may take before a test calls it hung. The slowest waits out tokens for some seconds, and a busy
/// machine makes it slower.
const LIMIT: Duration = Duration::from_secs(180);

/// The variable that says in which language a command speaks.
pub(crate) const LANGUAGE: &str = "WXCONFORM_LANG";

/// A command that is about to be started.
pub(crate) struct Invocation {
    command: Command,
    folder: TempDir,
    input: Vec<u8>,
}

/// Prepares the command with these arguments.
pub(crate) fn wxconform(arguments: &[&str]) -> Invocation {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxconform"));
    command.args(arguments).env_clear().env(LANGUAGE, "en").current_dir(folder.path());
    Invocation { command, folder, input: Vec::new() }
}

impl Invocation {
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Lays a file into the folder that the command runs in.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.folder.path().join(name), content).unwrap();
        self
    }

    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = text.as_bytes().to_vec();
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the command; its streams are for the caller to read.
    pub(crate) fn started(mut self) -> Running {
        let piped = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A command that does not read its input may be gone already.
        drop(child.stdin.take().unwrap().write_all(&self.input));
        Running { child, folder: self.folder }
    }

    /// Runs the command to its end, and lets it print into a file.
    #[cfg(target_os = "linux")]
    pub(crate) fn printing_to(mut self, file: std::fs::File) -> (Option<i32>, String) {
        let output = self.command.stdin(Stdio::null()).stdout(file).stderr(Stdio::piped()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    /// Runs the command to its end.
    pub(crate) fn ended(self) -> Ended {
        self.started().ended()
    }

    /// Starts the command with this as its terminal.
    #[cfg(unix)]
    pub(crate) fn on_terminal(mut self, terminal: &std::fs::File) -> Running {
        let same = || terminal.try_clone().unwrap();
        let child = self.command.stdin(same()).stdout(same()).stderr(same()).spawn().unwrap();
        // The command keeps the terminal open until it is dropped, and the end of its output is waited for.
        Running { child, folder: self.folder }
    }

    /// Starts a command that serves, and waits until it says where.
    pub(crate) fn serving(self) -> Serving {
        let mut running = self.started();
        let mut stdout = BufReader::new(running.child.stdout.take().unwrap());
        let mut page = String::new();
        while !page.ends_with("Ctrl-C ends it.\n") {
            assert!(stdout.read_line(&mut page).unwrap() > 0, "it ended after {page:?}");
        }
        Serving { running, _stdout: stdout, page }
    }
}

/// A command under way. It ends with the test.
pub(crate) struct Running {
    child: Child,
    folder: TempDir,
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for the end, but not for ever.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < LIMIT, "the command hangs");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn ended(mut self) -> Ended {
        let started = Instant::now();
        let stdout = collect(self.child.stdout.take().unwrap());
        let stderr = collect(self.child.stderr.take().unwrap());
        let status = self.wait();
        let took = started.elapsed();
        let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
        Ended { status, stdout, stderr, took, files: files_in(self.folder.path()) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which is what most tests wait for.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn files_in(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.path().is_file());
    let read = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let mut files: Vec<(String, String)> =
        files.map(|entry| (entry.file_name().into_string().unwrap(), read(&entry.path()))).collect();
    files.sort();
    files
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}

/// What a command left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The files in its folder, by name.
    pub(crate) files: Vec<(String, String)>,
}

impl Ended {
    #[track_caller]
    pub(crate) fn has_status(&self, status: i32) -> &Self {
        assert_eq!(self.status.code(), Some(status), "{self:#?}");
        self
    }

    /// Makes sure that it complained in one line with these words, and printed no result.
    #[track_caller]
    pub(crate) fn refused(&self, words: &str) {
        self.has_status(2);
        assert!(self.stderr.contains(words), "{words:?} is not in {:?}", self.stderr);
        assert!(self.stderr.starts_with("error: "), "{:?}", self.stderr);
        assert_eq!(self.stdout, "");
    }

    /// Returns what it wrote to the standard error output beside the lines that say how far it has come. How many of
    /// those there are depends on how fast the machine is.
    pub(crate) fn complaints(&self) -> String {
        self.stderr.split_inclusive('\n').filter(|line| !line.starts_with("progress: ")).collect()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// A command that serves. It ends with the test.
pub(crate) struct Serving {
    pub(crate) running: Running,
    // Who closes it makes the command fail when it prints.
    _stdout: BufReader<ChildStdout>,
    pub(crate) page: String,
}

impl Serving {
    /// Returns the first address on its page.
    pub(crate) fn url(&self) -> &str {
        let start = self.page.find("http://").unwrap();
        self.page[start..].split_whitespace().next().unwrap()
    }
}

/// Returns a port that was free a moment ago, for parties that must know it before they start.
pub(crate) fn free_port() -> u16 {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(std::process::id() * 37));
    // Below the ports that the system gives to whoever asks for any: there another test, or a connection of one,
    // could get the port before it is used.
    let ports = std::iter::from_fn(|| Some(10_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 22_000));
    let mut ports = ports.map(|port| u16::try_from(port).unwrap());
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

/// Returns the signals by which people end programs, and the statuses for them. Whoever starts the tests in the
/// background of a script makes them, and all they start, ignore SIGINT, and `nohup` SIGHUP; so do we then.
#[cfg(unix)]
pub(crate) fn interruptions() -> Vec<(&'static str, i32)> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let all = [("HUP", 1), ("INT", 2), ("TERM", 15)];
    all.into_iter().filter(|(_, number)| ignored >> (number - 1) & 1 == 0).collect()
}

/// Returns the signal to interrupt a run with, and its number: SIGINT, unless it is ignored.
#[cfg(unix)]
pub(crate) fn interruption() -> (&'static str, i32) {
    interruptions().into_iter().find(|(name, _)| *name != "HUP").unwrap()
}

/// Sends a signal to a process.
#[cfg(unix)]
pub(crate) fn signal(name: &str, process: u32) {
    let status = Command::new("kill").args(["-s", name, &process.to_string()]).status().unwrap();
    assert!(status.success());
}
