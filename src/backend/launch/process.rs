//! The processes of a launched backend, from their start to their end.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::sync::watch;

#[cfg(unix)]
use super::unix::Group;
#[cfg(windows)]
use super::windows::Group;

use super::command::is_ours;
use super::output::Output;
use super::vitals::{Ending, Vitals};

/// How long a backend that was asked to end may take.
const GRACE: Duration = Duration::from_secs(3);

/// The processes of a launched backend. All of them end when it is dropped, which then takes a few seconds if
/// they are not willing.
#[derive(Debug)]
pub(super) struct Processes {
    group: Group,
    pub(super) vitals: Vitals,
}

impl Processes {
    /// Lets a shell run a script; `command` is what it was made from.
    pub(super) fn start(
        command: &str,
        script: &str,
        variables: Vec<(String, String)>,
        folder: &Path,
    ) -> io::Result<Self> {
        // Both streams go through one pipe, so that the lines keep their order.
        let (reader, writer) = io::pipe()?;
        let started = Instant::now();
        let group = Group::start(script, variables, writer, folder)?;
        let output = Output::of(reader);
        let (tell, ended) = watch::channel(None);
        let wait = group.watch();
        std::thread::spawn(move || {
            if let Some(how) = wait() {
                tell.send_replace(Some(Ending { at: Instant::now(), after: started.elapsed(), how }));
            }
        });
        Ok(Self { group, vitals: Vitals::new(command, output, ended) })
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.group.end(GRACE);
    }
}

/// Gives a command the environment of a backend: ours without our own settings, and the variables.
pub(super) fn prepare(command: &mut Command, variables: Vec<(String, String)>) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
        command.env_remove(name);
    }
    // One of the user's would prevail over the file by which we move the clock.
    if variables.iter().any(|(name, _)| name == "FAKETIME_TIMESTAMP_FILE") {
        command.env_remove("FAKETIME");
    }
    command.envs(variables);
}

#[cfg(all(test, unix))]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::Processes;

    #[test]
    fn a_panic_ends_the_processes_too() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("up");
        let script =
            format!("trap 'exit 0' TERM; echo $$ > {}; while :; do sleep 0.01; done", mark.display());
        let mut id = String::new();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _processes = Processes::start("x", &script, Vec::new(), folder.path()).unwrap();
            while !id.ends_with('\n') {
                id = std::fs::read_to_string(&mark).unwrap_or_default();
                std::thread::yield_now();
            }
            std::panic::resume_unwind(Box::new("a defect"));
        }));
        assert!(panicked.is_err());
        let id = id.trim().parse().ok().and_then(rustix::process::Pid::from_raw).unwrap();
        assert!(rustix::process::test_kill_process(id).is_err());
    }
}
