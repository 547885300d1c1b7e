//! May WeChat be asked just now, or did it fail too often?

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::refusal::Refusal;

/// After how many failures in a row WeChat is left alone.
const FAILURES: u32 = 3;

/// For how long. Others take seconds; what is tested is not longer for that.
const REST: Duration = Duration::from_millis(300);

/// A circuit breaker, as a backend puts it between itself and a service that may be down. It reads the real clock: what
/// it spares are connections.
#[derive(Debug, Default)]
pub(super) struct Circuit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Circuit {
    /// Tells whether nothing is asked now.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).open_until.is_some_and(|until| now < until)
    }

    /// Learns from what came of a question. That WeChat refuses a code is no failure.
    pub(super) fn note(&self, refused: Option<Refusal>, now: Instant) {
        let failed =
            matches!(refused, Some(Refusal::WeChatBusy | Refusal::WeChatSilent | Refusal::WeChatBroken));
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = if failed { state.failures + 1 } else { 0 };
        if state.failures == FAILURES {
            *state = State { failures: 0, open_until: Some(now + REST) };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{Circuit, FAILURES, REST};
    use crate::reference::refusal::Refusal;

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_by_itself() {
        let (circuit, now) = (Circuit::default(), Instant::now());
        let fail = || (1..FAILURES).for_each(|_| circuit.note(Some(Refusal::WeChatSilent), now));
        fail();
        circuit.note(Some(Refusal::CodeUsed), now);
        fail();
        assert!(!circuit.is_open(now));
        circuit.note(Some(Refusal::WeChatBroken), now);
        assert!(circuit.is_open(now) && circuit.is_open(now + REST / 2));
        assert!(!circuit.is_open(now + REST));
    }
}
