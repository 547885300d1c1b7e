//! How is the clock of somebody else's backend put forward?
//!
//! Tokens live for hours, and a run takes seconds. A [`ClockChoice`] says how the user means to bridge that: by a
//! request that the backend understands, or by `libfaketime` in a process that we start. [`RemoteClock`] is the
//! result: it knows how far ahead of ours the backend's clock is, and moves it.

mod choice;
pub mod faketime;
mod lever;

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use tokio::sync::Mutex;

pub use choice::{ClockChoice, ClockMistake, ClockRequest};

use self::lever::Lever;
use crate::expiry::{Clock, UnixMillis, VirtualClock};

/// How far a clock is put forward at most: certificates and the like outlive nothing longer.
const FURTHEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// What becomes of the fraction of a second where a clock is put forward by whole seconds. Closed: there is no
/// third way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// It is left out: the moment must not be later.
    Down,
    /// It is made a second: the moment must not be earlier.
    Up,
}

/// Why a clock could not be put forward. The enum may grow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// The backend does not do it.
    #[error("{}", tr!("the backend's clock could not be put forward: {detail}", detail = _0))]
    Refused(String),
    /// The file that the backend's processes read cannot be written.
    #[error("{}", tr!("the backend's clock could not be put forward: cannot write {path}", path = path.display()))]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// It was put forward so far already that other things would end.
    #[error("{}", tr!("the backend's clock is ahead by {days} days already", days = ahead.as_secs() / 86_400))]
    TooFar {
        /// How far it is ahead.
        ahead: Duration,
    },
}

/// The clock of a backend that is put forward from outside.
///
/// It is taken to run like ours, ahead by what it was put forward. The clock of WeChat stands where it is: no rule
/// depends on it, and a backend may well have clocks that do not move along.
#[derive(Debug)]
pub struct RemoteClock {
    lever: Lever,
    /// What it shows, as far as we know.
    shown: VirtualClock,
    /// One at a time.
    turn: Mutex<Duration>,
}

impl RemoteClock {
    fn new(lever: Lever) -> Self {
        Self { lever, shown: VirtualClock::default(), turn: Mutex::default() }
    }

    /// Returns the clock of a backend at this address that a request puts forward.
    ///
    /// # Errors
    ///
    /// Fails when the request does not lead anywhere from there.
    pub fn by_request(request: &ClockRequest, base: &Url) -> Result<Self, ClockMistake> {
        Ok(Self::new(Lever::Request(request.at(base)?)))
    }

    /// Returns the clock of processes that read this file by way of `libfaketime`.
    #[must_use]
    pub fn by_file(path: PathBuf) -> Self {
        Self::new(Lever::File(path))
    }

    /// Puts the clock forward.
    ///
    /// # Errors
    ///
    /// Fails when the backend does not do it, or it would be too far.
    pub async fn put_forward(&self, by: Duration, rounding: Rounding) -> Result<(), ClockError> {
        let mut ahead = self.turn.lock().await;
        let by = self.lever.rounded(by, rounding);
        let further = ahead.saturating_add(by);
        if further > FURTHEST {
            return Err(ClockError::TooFar { ahead: *ahead });
        }
        self.lever.pull(by, further).await?;
        *ahead = further;
        self.shown.advance(by);
        Ok(())
    }
}

impl Clock for RemoteClock {
    fn now(&self) -> UnixMillis {
        self.shown.now()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FURTHEST, RemoteClock, Rounding};
    use crate::expiry::{Clock as _, SystemClock};

    #[tokio::test]
    async fn a_clock_by_file_is_ahead_by_all_that_it_was_put_forward() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("time");
        let clock = RemoteClock::by_file(path.clone());
        let read = || std::fs::read_to_string(&path).unwrap();
        clock.put_forward(Duration::ZERO, Rounding::Up).await.unwrap();
        assert_eq!(read(), "+0.000\n");
        clock.put_forward(Duration::from_millis(7_200_250), Rounding::Up).await.unwrap();
        clock.put_forward(Duration::from_millis(1_500), Rounding::Down).await.unwrap();
        assert_eq!(read(), "+7201.750\n");
        let before = SystemClock.now();
        assert!(clock.now().since(before) >= Duration::from_millis(7_201_750));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let told = clock.put_forward(FURTHEST, Rounding::Up).await.unwrap_err().to_string();
        assert_eq!(
            (told.as_str(), read().as_str()),
            ("the backend's clock is ahead by 0 days already", "+7201.750\n")
        );
        let nowhere = RemoteClock::by_file(folder.path().join("no/time"));
        assert!(nowhere.put_forward(Duration::ZERO, Rounding::Up).await.is_err());
    }
}
