//! Is a request sent once more?

use std::fmt;
use std::time::Duration;

use crate::record::Exchange;

/// Decides whether a request that a backend did not take up is sent once more.
///
/// A phone does not do that: it takes the first answer that comes. Whoever judges a backend may, where a limit, a
/// restart or a pause for maintenance would otherwise hide what the backend does with the request.
pub trait Encore: fmt::Debug + Send + Sync {
    /// Returns after how long the request of this exchange is sent once more; nothing where the exchange stands.
    ///
    /// `tries` says how often it was sent, this exchange included. An exchange that does not stand is not seen by
    /// anybody else, so that whoever wants to keep it has to do so here.
    fn pause(&self, exchange: &Exchange, tries: usize) -> Option<Duration>;
}
