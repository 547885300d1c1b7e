//! Who wants us to end?

/// A signal that ends a process unless it is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interruption {
    /// Its name.
    pub(super) name: &'static str,
    /// Its number.
    pub(super) number: u8,
}

/// Ctrl-C.
const INTERRUPT: Interruption = Interruption { name: "SIGINT", number: 2 };

#[cfg(unix)]
mod system {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{INTERRUPT, Interruption};

    /// The signals by which people and programs end others.
    const HEARD: [Interruption; 3] =
        [Interruption { name: "SIGHUP", number: 1 }, INTERRUPT, Interruption { name: "SIGTERM", number: 15 }];

    /// The signals of the system that are heard.
    #[derive(Debug)]
    pub(in super::super) struct Signals(Vec<(Interruption, Signal)>);

    impl Signals {
        /// Hears signals from now on, but those that whoever started us wants to be ignored, as `nohup` does.
        pub(in super::super) fn hear() -> io::Result<Self> {
            let heard = HEARD.into_iter().filter(|one| !is_ignored(one.number));
            let heard = heard.map(|one| Ok((one, signal(SignalKind::from_raw(one.number.into()))?)));
            heard.collect::<io::Result<_>>().map(Self)
        }

        /// Waits for the next one.
        pub(in super::super) async fn next(&mut self) -> Interruption {
            std::future::poll_fn(|context| {
                for (one, signal) in &mut self.0 {
                    if signal.poll_recv(context).is_ready() {
                        return std::task::Poll::Ready(*one);
                    }
                }
                std::task::Poll::Pending
            })
            .await
        }
    }

    /// Tells whether a signal is ignored. Where the system does not tell, none is.
    fn is_ignored(number: u8) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
        mask >> (number - 1) & 1 == 1
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    use super::{INTERRUPT, Interruption};

    /// Ctrl-C is all there is.
    #[derive(Debug)]
    pub(in super::super) struct Signals(());

    impl Signals {
        /// Hears Ctrl-C from the first wait on.
        #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
        pub(in super::super) fn hear() -> io::Result<Self> {
            Ok(Self(()))
        }

        /// Waits for the next one.
        pub(in super::super) async fn next(&mut self) -> Interruption {
            match tokio::signal::ctrl_c().await {
                Ok(()) => INTERRUPT,
                Err(_) => std::future::pending().await,
            }
        }
    }
}

pub(super) use system::Signals;
