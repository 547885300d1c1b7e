//! Who hears a panic while scenarios are played?

use std::sync::{Mutex, PoisonError};

/// Keeps the panic hook of the process while there are runs.
///
/// cucumber replaces the hook of the whole process while it runs, and puts back the one it found. Runs that
/// overlap would put back each other's, and all later panics would be silent. So the first run takes the real
/// hook away beforehand, and the last one puts it back.
#[derive(Debug)]
pub(crate) struct PanicHookKept;

/// How many runs there are, and the hook that was there before the first of them.
static HOOK: Mutex<(usize, Option<PanicHook>)> = Mutex::new((0, None));

type PanicHook = Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Sync + Send + 'static>;

impl PanicHookKept {
    pub(crate) fn during_a_run() -> Self {
        let mut kept = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.0 == 0 {
            kept.1 = Some(std::panic::take_hook());
        }
        kept.0 += 1;
        Self
    }
}

impl Drop for PanicHookKept {
    fn drop(&mut self) {
        let mut kept = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
        kept.0 -= 1;
        // A hook cannot be set by a thread that panics, and the process is about to end then.
        if kept.0 == 0
            && !std::thread::panicking()
            && let Some(hook) = kept.1.take()
        {
            std::panic::set_hook(hook);
        }
    }
}
