//! What time is it, and for whom?

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An instant, in whole milliseconds since 1970-01-01T00:00:00Z, as JavaScript's `Date` counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnixMillis(i64);

impl UnixMillis {
    /// Makes an instant from milliseconds since the epoch.
    #[must_use]
    pub const fn new(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Returns whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Returns the time from `earlier` to `self`, or zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Add<Duration> for UnixMillis {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(later.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for UnixMillis {
    type Output = Self;

    fn sub(self, earlier: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(earlier.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// A source of the present time.
///
/// It need not be monotonic. Everything that judges time takes it as an argument; only the edges ask a clock.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the present instant.
    fn now(&self) -> UnixMillis;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixMillis {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The clock of the operating system, which can be put forward.
///
/// It runs on between two calls of [`VirtualClock::advance`], so that whatever compares two readings of it
/// sees time pass as it really does.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use wxconform::expiry::{Clock, VirtualClock};
///
/// let clock = VirtualClock::default();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(7200));
/// assert!(clock.now().since(before) >= Duration::from_secs(7200));
/// ```
#[derive(Debug, Default)]
pub struct VirtualClock {
    ahead_ms: AtomicI64,
}

impl VirtualClock {
    /// Puts the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        self.ahead_ms.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(SystemClock.now().0.saturating_add(self.ahead_ms.load(Ordering::SeqCst)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock as _, SystemClock, UnixMillis, VirtualClock};
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    #[test]
    fn seconds_round_down_on_both_sides_of_the_epoch() {
        assert_eq!(UnixMillis::new(1999).seconds(), 1);
        assert_eq!(UnixMillis::new(-1).seconds(), -1);
    }

    #[test]
    fn a_clock_that_is_put_forward_is_ahead_of_the_clock_it_follows() {
        let clock = VirtualClock::default();
        clock.advance(Duration::from_millis(1_500));
        clock.advance(Duration::from_millis(500));
        assert_eq!(clock.ahead_ms.load(Ordering::SeqCst), 2_000);
        let before = SystemClock.now();
        assert!(before > UnixMillis::new(1_700_000_000_000), "{before:?}");
        assert!(clock.now().since(before) >= Duration::from_secs(2));
        // Even the longest time leaves room for others.
        let clock = VirtualClock::default();
        clock.advance(Duration::MAX);
        assert_eq!(clock.ahead_ms.load(Ordering::SeqCst), i64::MAX / 4);
    }

    #[test]
    fn a_difference_is_never_negative() {
        let (early, late) = (UnixMillis::new(1_000), UnixMillis::new(3_500));
        assert_eq!(late.since(early), Duration::from_millis(2_500));
        assert_eq!(early.since(late), Duration::ZERO);
    }
}
