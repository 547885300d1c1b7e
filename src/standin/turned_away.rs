//! Who came and was not served?
//!
//! A backend that is led to the stand-in by a proxy brings all its requests there. What is not for WeChat goes
//! nowhere: no test reaches the real network. What was refused is kept, since it says where the backend meant to
//! go, and so is why TLS failed, since it says what the backend has not been told.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::language::translated;

/// How many different hosts, and how many different reasons, are kept. Whatever comes beyond is only counted.
const KEPT: usize = 64;

/// How much of a name or a reason is kept.
const LONGEST: usize = 255;

/// What stands for those that are only counted.
const OTHERS: &str = "(others)";

/// How a host was asked for. Closed: there are no other ways through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// By `CONNECT host:port`, as to a proxy.
    Connect,
    /// By a whole URL in the request line, as to a proxy.
    WholeUrl,
    /// By the name that a TLS client says it wants to speak with.
    ServerName,
}

impl Way {
    /// Returns the words for it in JSON, the same in every language.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Connect => "CONNECT",
            Self::WholeUrl => mark!("a whole URL"),
            Self::ServerName => "TLS",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&translated(self.word()))
    }
}

/// A host that was asked for and refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedHost {
    /// Its name, with the port where that is unusual; `(others)` for those that came when there were too many.
    pub host: String,
    /// How it was asked for.
    pub way: Way,
    /// How often.
    pub count: u64,
}

impl fmt::Display for RefusedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = tr!(
            "{host} by {way} once" | "{host} by {way} {n} times" % self.count,
            host = self.host,
            way = self.way
        );
        f.write_str(&told)
    }
}

/// A reason for which TLS with a client came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedHandshake {
    /// What the TLS library says, such as `received fatal alert: UnknownCA`.
    pub reason: String,
    /// How often.
    pub count: u64,
}

/// Those who came and were not served.
#[derive(Debug, Default)]
pub(super) struct TurnedAway {
    hosts: Mutex<BTreeMap<(String, Way), u64>>,
    handshakes: Mutex<BTreeMap<String, u64>>,
}

impl TurnedAway {
    /// Notes that a host was refused.
    pub(super) fn host(&self, host: &str, way: Way) {
        let mut hosts = locked(&self.hosts);
        let mut key = (cut(&host.to_ascii_lowercase()), way);
        if hosts.len() >= KEPT && !hosts.contains_key(&key) {
            OTHERS.clone_into(&mut key.0);
        }
        *hosts.entry(key).or_default() += 1;
    }

    /// Notes why TLS failed.
    pub(super) fn handshake(&self, reason: &str) {
        let mut handshakes = locked(&self.handshakes);
        let mut key = cut(reason);
        if handshakes.len() >= KEPT && !handshakes.contains_key(&key) {
            OTHERS.clone_into(&mut key);
        }
        *handshakes.entry(key).or_default() += 1;
    }

    /// Returns the hosts in alphabetical order.
    pub(super) fn hosts(&self) -> Vec<RefusedHost> {
        let hosts = locked(&self.hosts);
        hosts
            .iter()
            .map(|((host, way), count)| RefusedHost { host: host.clone(), way: *way, count: *count })
            .collect()
    }

    /// Returns the reasons in alphabetical order.
    pub(super) fn handshakes(&self) -> Vec<FailedHandshake> {
        let handshakes = locked(&self.handshakes);
        handshakes
            .iter()
            .map(|(reason, count)| FailedHandshake { reason: reason.clone(), count: *count })
            .collect()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{KEPT, LONGEST, RefusedHost, TurnedAway, Way};

    #[test]
    fn a_host_is_counted_for_each_way_it_was_asked_for() {
        let turned_away = TurnedAway::default();
        for (host, way) in [
            ("Example.com", Way::Connect),
            ("example.com", Way::ServerName),
            ("example.com", Way::Connect),
            ("a.example", Way::WholeUrl),
        ] {
            turned_away.host(host, way);
        }
        let told: Vec<String> = turned_away.hosts().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            ["a.example by a whole URL once", "example.com by CONNECT 2 times", "example.com by TLS once"]
        );
    }

    #[test]
    fn whoever_asks_for_ever_new_hosts_does_not_fill_the_memory() {
        let turned_away = TurnedAway::default();
        for number in 0..KEPT + 9 {
            turned_away.host(&format!("{number}{}", "x".repeat(1000)), Way::Connect);
            turned_away.handshake(&format!("reason {number}"));
        }
        turned_away.host(&format!("0{}", "x".repeat(1000)), Way::Connect);
        let hosts = turned_away.hosts();
        assert_eq!(hosts.len(), KEPT + 1);
        assert!(hosts.iter().all(|one| one.host.len() <= LONGEST));
        let others = RefusedHost { host: "(others)".to_owned(), way: Way::Connect, count: 9 };
        assert!(hosts.contains(&others), "{hosts:?}");
        assert!(hosts.iter().any(|one| one.host.starts_with("0x") && one.count == 2));
        let handshakes = turned_away.handshakes();
        assert_eq!((handshakes.len(), handshakes[0].count), (KEPT + 1, 9));
    }
}
