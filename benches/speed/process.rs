//! What does it cost to start the command?

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::compare::{Contender, print_side_by_side};
use crate::parties::each;
use crate::{Effort, Failure};

const STARTS: usize = 5;

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let starts = effort.of(STARTS);
    let mut contenders = vec![
        Contender::new("true", move || start("true", &[], starts)),
        Contender::new("wxconform --version", move || {
            start(env!("CARGO_BIN_EXE_wxconform"), &["--version"], starts)
        }),
        Contender::new("wxconform list", move || start(env!("CARGO_BIN_EXE_wxconform"), &["list"], starts)),
    ];
    if start("curl", &["--version"], 1).is_ok() {
        contenders.push(Contender::new("curl --version", move || start("curl", &["--version"], starts)));
    }
    print_side_by_side(effort.rounds, contenders)
}

/// Starts a program so often and waits for its end.
fn start(program: &str, arguments: &[&str], times: usize) -> Result<Duration, Failure> {
    let begun = Instant::now();
    for _ in 0..times {
        // Another language would have its catalogues read, and is not what is compared.
        let mut command = Command::new(program);
        let status = command.args(arguments).env("WXCONFORM_LANG", "en").stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err(format!("{program} ended with {status}").into());
        }
    }
    each(begun.elapsed(), times)
}
