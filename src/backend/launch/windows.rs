//! A job on Windows: all the processes that a command starts.

use std::io::{self, PipeWriter};
use std::os::windows::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};

/// How often to look whether a process has ended.
const PAUSE: Duration = Duration::from_millis(20);

type Job = Arc<Mutex<Box<dyn ChildWrapper>>>;

/// A job and its first process.
#[derive(Debug)]
pub(super) struct Group {
    job: Job,
}

impl Group {
    /// Lets the command interpreter run a line in a job of its own.
    pub(super) fn start(
        script: &str,
        variables: Vec<(String, String)>,
        output: PipeWriter,
        _folder: &Path,
    ) -> io::Result<Self> {
        let mut command = Command::new("cmd");
        // The line is the interpreter's to take apart, so it is not quoted for it.
        command.arg("/D").arg("/C").raw_arg(script);
        super::process::prepare(&mut command, variables);
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let mut wrapped = CommandWrap::from(command);
        wrapped.wrap(JobObject);
        Ok(Self { job: Arc::new(Mutex::new(wrapped.spawn()?)) })
    }

    /// Returns what waits until the first process has ended and says how.
    pub(super) fn watch(&self) -> impl FnOnce() -> Option<String> + Send + 'static {
        let job = Arc::clone(&self.job);
        move || loop {
            match lock(&job).try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => {
                    return Some(status.code().map_or_else(
                        || tr!("in a way that the system does not tell"),
                        |code| tr!("with status {code}", code),
                    ));
                }
                Err(_) => return None,
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Ends everybody in the job. There is no way to ask that every program understands.
    pub(super) fn end(&mut self, grace: Duration) {
        let started = Instant::now();
        lock(&self.job).start_kill().unwrap_or_default();
        while matches!(lock(&self.job).try_wait(), Ok(None)) && started.elapsed() < grace {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Locks; a panic while the lock was held does not keep the job from being ended.
fn lock(job: &Job) -> MutexGuard<'_, Box<dyn ChildWrapper>> {
    job.lock().unwrap_or_else(PoisonError::into_inner)
}
