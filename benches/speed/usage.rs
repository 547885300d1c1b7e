//! What does this process use? Where the operating system has no `/proc`, nobody knows.

use std::time::Duration;

use crate::Failure;

/// The memory that is in use now.
pub(crate) const PRESENT: &str = "VmRSS:";

/// The most that ever was.
pub(crate) const PEAK: &str = "VmHWM:";

/// Returns a memory figure of this process in kilobytes.
pub(crate) fn kilobytes(figure: &str) -> Result<Option<i64>, Failure> {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return Ok(None) };
    let line = status.lines().find_map(|line| line.strip_prefix(figure));
    Ok(line.map(|rest| rest.trim().trim_end_matches(" kB").parse()).transpose()?)
}

/// Returns how long the processors have worked for this process, in steps of ten milliseconds.
///
/// Other than the time on the wall it hardly depends on who else is busy.
pub(crate) fn processor_time() -> Result<Option<Duration>, Failure> {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return Ok(None) };
    // proc(5): after the name in parentheses, the twelfth and thirteenth field count hundredths of a second
    // in the program and in the kernel.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let hundredths: Result<Vec<u64>, _> =
        fields.split_whitespace().skip(11).take(2).map(str::parse).collect();
    Ok(Some(Duration::from_millis(10 * hundredths?.iter().sum::<u64>())))
}
