//! A process group on Unix, and what ends it when we cannot.

use std::io::{self, PipeWriter, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, test_kill_process_group, waitid,
};

/// Who ends the group when this process was killed in a way that nobody can catch: the pipe that it reads from
/// closes then. It removes our folder too. In a group of its own, it does not hear what a terminal says to ours.
const WATCHDOG: &str = r#"trap '' HUP INT QUIT TERM
read -r group || exit 0
read -r never
kill -s TERM -- "-$group" 2>/dev/null
for second in 1 2 3; do
    kill -s 0 -- "-$group" 2>/dev/null || break
    sleep 1
done
kill -s KILL -- "-$group" 2>/dev/null
rm -rf -- "$1"
"#;

/// Returns a command that lets a shell run a script; a script of several lines ends where one of them fails.
fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    if script.contains('\n') {
        command.arg("-e");
    }
    command.arg("-c").arg(script);
    command
}

/// A process group and its leader.
///
/// The leader is not reaped before the group is ended, so that nobody else can be given the group's number.
#[derive(Debug)]
pub(super) struct Group {
    leader: Child,
    id: Pid,
    watchdog: Child,
}

impl Group {
    /// Lets a shell run a script in a group of its own.
    pub(super) fn start(
        script: &str,
        variables: Vec<(String, String)>,
        output: PipeWriter,
        folder: &Path,
    ) -> io::Result<Self> {
        let mut watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "wxconform-watchdog"])
            .arg(folder)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut command = shell(script);
        super::process::prepare(&mut command, variables);
        command.process_group(0).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let started = command.spawn().and_then(|leader| {
            // Numbers of processes are positive, and fit.
            let id = i32::try_from(leader.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::Other)?;
            Ok((leader, id))
        });
        match started {
            Ok((leader, id)) => {
                if let Some(ear) = &mut watchdog.stdin {
                    // Without it the group is ended all the same, unless we are killed.
                    writeln!(ear, "{id}").unwrap_or_default();
                }
                Ok(Self { leader, id, watchdog })
            }
            Err(error) => {
                dismiss(&mut watchdog);
                Err(error)
            }
        }
    }

    /// Returns what waits until the leader has ended and says how, without reaping it.
    pub(super) fn watch(&self) -> impl FnOnce() -> Option<String> + Send + 'static {
        let id = self.id;
        move || loop {
            match waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                Ok(Some(status)) => {
                    return match (status.exit_status(), status.terminating_signal()) {
                        (Some(code), _) => Some(with_status(code)),
                        (None, Some(signal)) => Some(tr!("by {signal}", signal = signal_name(signal))),
                        (None, None) => Some(tr!("in a way that the system does not tell")),
                    };
                }
                Ok(None) | Err(Errno::INTR) => {}
                // It was reaped, because the group was ended.
                Err(_) => return None,
            }
        }
    }

    /// Ends everybody in the group: asks first, and makes an end of who is still there after a while.
    pub(super) fn end(&mut self, grace: Duration) {
        let started = Instant::now();
        let mut killed = false;
        if !self.is_empty() {
            self.send(Signal::TERM);
            // Who was stopped cannot hear it.
            self.send(Signal::CONT);
        }
        while !self.is_empty() {
            if !killed && started.elapsed() >= grace {
                self.send(Signal::KILL);
                killed = true;
            }
            // Nobody survives that; who is still there does not go because the system does not let it.
            if started.elapsed() >= grace * 2 {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        dismiss(&mut self.watchdog);
    }

    fn send(&self, signal: Signal) {
        // Who has gone meanwhile need not hear it.
        kill_process_group(self.id, signal).unwrap_or_default();
    }

    /// Tells whether nobody runs any more; reaps the leader.
    fn is_empty(&mut self) -> bool {
        if matches!(self.leader.try_wait(), Ok(None)) {
            return false;
        }
        test_kill_process_group(self.id).is_err() || all_are_dead(self.id)
    }
}

/// Ends a watchdog that is not needed.
fn dismiss(watchdog: &mut Child) {
    watchdog.kill().and_then(|()| watchdog.wait()).map(drop).unwrap_or_default();
}

/// Tells whether only processes are left in a group that have ended and were not reaped: where the first
/// process of a container reaps nobody, they stay.
#[cfg(target_os = "linux")]
fn all_are_dead(group: Pid) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else { return false };
    let group = group.as_raw_nonzero().to_string();
    processes.filter_map(Result::ok).all(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // The name of the program stands in brackets and may hold anything.
        let mut fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace();
        let (state, its_group) = (fields.next(), fields.nth(1));
        its_group != Some(&*group) || matches!(state, Some("Z" | "X"))
    })
}

#[cfg(not(target_os = "linux"))]
fn all_are_dead(_group: Pid) -> bool {
    false
}

/// Says with which status somebody ended, and what a shell means by it.
fn with_status(code: i32) -> String {
    let meant = match code {
        0 => Some(tr!("a backend has to stay in the foreground")),
        126 => Some(tr!("the shell could not execute the command")),
        127 => Some(tr!("the shell did not find the command")),
        129..=192 => Some(tr!("which is how a shell tells {signal}", signal = signal_name(code - 128))),
        _ => None,
    };
    match meant {
        Some(meant) => tr!("with status {code} ({meant})", code, meant),
        None => tr!("with status {code}", code),
    }
}

fn signal_name(number: i32) -> String {
    let named = [
        (1, "SIGHUP"),
        (2, "SIGINT"),
        (3, "SIGQUIT"),
        (4, "SIGILL"),
        (6, "SIGABRT"),
        (8, "SIGFPE"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (13, "SIGPIPE"),
        (15, "SIGTERM"),
    ];
    let name = named.into_iter().find(|(known, _)| *known == number);
    name.map_or_else(
        || tr!("signal {number}", number),
        |(_, name)| tr!("signal {number} ({name})", number, name),
    )
}

#[cfg(test)]
mod tests {
    use super::with_status;

    #[test]
    fn a_status_says_what_a_shell_means_by_it() {
        assert_eq!(with_status(3), "with status 3");
        assert_eq!(with_status(0), "with status 0 (a backend has to stay in the foreground)");
        assert_eq!(with_status(127), "with status 127 (the shell did not find the command)");
        assert_eq!(with_status(137), "with status 137 (which is how a shell tells signal 9 (SIGKILL))");
    }
}
