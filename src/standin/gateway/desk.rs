//! How do the gateway and wiremock's responder hand a call to each other?

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::standin::ledger::{ApiRequest, Wire};

/// Where calls lie while wiremock is asked about them, by number.
#[derive(Debug, Default)]
pub(in crate::standin) struct Desk {
    last: AtomicU64,
    calls: Mutex<HashMap<u64, Slip>>,
}

/// What lies there about a call.
#[derive(Debug)]
enum Slip {
    /// The request, until the responder takes it.
    Asked(ApiRequest),
    /// It was taken, and nothing is special about its answer so far.
    Taken,
    /// How the answer is to travel.
    Answered(Delivery),
}

/// How an answer is to travel.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Delivery {
    pub(super) delay: Duration,
    pub(super) wire: Wire,
}

/// The number of a call. With it goes what lies under that number, also when the client has gone away.
#[derive(Debug)]
pub(super) struct Ticket {
    desk: Arc<Desk>,
    number: u64,
}

impl Desk {
    /// Lays a request down.
    pub(super) fn lay(self: &Arc<Self>, request: ApiRequest) -> Ticket {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        self.calls().insert(number, Slip::Asked(request));
        Ticket { desk: Arc::clone(self), number }
    }

    /// Takes the request of the call that wiremock was asked about by this path; once.
    pub(in crate::standin) fn take(&self, path: &str) -> Option<(u64, ApiRequest)> {
        let number = path.strip_prefix('/')?.parse().ok()?;
        let mut calls = self.calls();
        let slip = calls.get_mut(&number)?;
        match std::mem::replace(slip, Slip::Taken) {
            Slip::Asked(request) => Some((number, request)),
            other @ (Slip::Taken | Slip::Answered(_)) => {
                *slip = other;
                None
            }
        }
    }

    /// Says how the answer to a call is to travel, if its client is still there.
    pub(in crate::standin) fn answer(&self, number: u64, delay: Duration, wire: Wire) {
        if let Some(slip) = self.calls().get_mut(&number) {
            *slip = Slip::Answered(Delivery { delay, wire });
        }
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<u64, Slip>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// Returns the path to ask wiremock for.
    pub(super) fn path(&self) -> String {
        format!("/{}", self.number)
    }

    /// Returns how the answer is to travel.
    pub(super) fn collect(self) -> Delivery {
        match self.desk.calls().remove(&self.number) {
            Some(Slip::Answered(delivery)) => delivery,
            Some(Slip::Asked(_) | Slip::Taken) | None => Delivery::default(),
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.desk.calls().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Delivery, Desk};
    use crate::standin::ledger::{ApiRequest, Wire};

    #[test]
    fn a_call_is_taken_once_and_its_delivery_is_collected() {
        let desk = Arc::new(Desk::default());
        let (first, second) =
            (desk.lay(ApiRequest::new("GET", "/a")), desk.lay(ApiRequest::new("GET", "/b")));
        let (number, request) = desk.take(&second.path()).unwrap();
        assert_eq!(request.path, "/b");
        assert_eq!(desk.take(&second.path()), None);
        desk.answer(number, Duration::from_millis(5), Wire::chunked(1));
        assert_eq!(desk.take(&second.path()), None);
        let delivery = Delivery { delay: Duration::from_millis(5), wire: Wire::chunked(1) };
        assert_eq!(second.collect(), delivery);
        assert!(desk.take(&first.path()).is_some());
        assert_eq!(first.collect(), Delivery::default());
        for nonsense in ["", "/", "/x", "/7", "17"] {
            assert_eq!(desk.take(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn what_belongs_to_a_client_that_left_goes_with_it() {
        let desk = Arc::new(Desk::default());
        let ticket = desk.lay(ApiRequest::new("GET", "/a"));
        let (number, _) = desk.take(&ticket.path()).unwrap();
        drop(ticket);
        desk.answer(number, Duration::ZERO, Wire::usual());
        assert!(desk.calls().is_empty());
    }
}
