//! Is this token old?

mod clock;

pub use clock::{Clock, SystemClock, UnixMillis, VirtualClock};
