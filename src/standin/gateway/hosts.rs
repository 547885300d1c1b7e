//! Whose requests are ours to answer?

use std::net::{IpAddr, SocketAddr};

/// The names of WeChat's server API: the usual one, the one for emergencies, and those of its regions.
pub(in crate::standin) const HOSTS: [&str; 5] = [
    "api.weixin.qq.com",
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com",
];

/// The name of this machine.
pub(super) const LOCALHOST: &str = "localhost";

/// The ports at which WeChat is asked: HTTPS, and HTTP.
const WECHATS_PORTS: [u16; 2] = [443, 80];

/// Says whether a name, as TLS tells it, is one of WeChat's or this machine's.
pub(super) fn is_served(name: &str) -> bool {
    let name = plain(name);
    name == LOCALHOST || HOSTS.contains(&name.as_str())
}

/// Says whether requests for this host and port are ours: WeChat's at its usual ports, and those that were meant
/// for the address we listen on.
pub(super) fn is_ours(host: &str, port: u16, listening: SocketAddr) -> bool {
    let host = plain(host);
    if HOSTS.contains(&host.as_str()) {
        return WECHATS_PORTS.contains(&port);
    }
    let here = match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || address == listening.ip(),
        Err(_) => host == LOCALHOST,
    };
    here && port == listening.port()
}

/// Returns a name in lower case, without the dot of the root.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{HOSTS, is_ours, is_served};

    #[test]
    fn wechats_names_are_ours_at_its_ports_and_our_own_at_our_port() {
        let listening: SocketAddr = ([192, 168, 0, 7], 9321).into();
        for (host, port) in [
            ("api.weixin.qq.com", 443),
            ("API.Weixin.qq.com.", 443),
            ("hk.api.weixin.qq.com", 80),
            ("localhost", 9321),
            ("127.0.0.1", 9321),
            ("[::1]", 9321),
            ("192.168.0.7", 9321),
        ] {
            assert!(is_ours(host, port, listening), "{host}:{port}");
        }
        for (host, port) in [
            ("api.weixin.qq.com", 8443),
            ("weixin.qq.com", 443),
            ("api.weixin.qq.com.example", 443),
            ("xapi.weixin.qq.com", 443),
            ("localhost", 443),
            ("127.0.0.1", 80),
            ("192.168.0.8", 9321),
            ("", 443),
        ] {
            assert!(!is_ours(host, port, listening), "{host}:{port}");
        }
    }

    #[test]
    fn tls_is_spoken_in_the_names_of_wechat_and_of_this_machine() {
        assert!(HOSTS.into_iter().all(is_served) && is_served("LOCALHOST"));
        assert!(!is_served("open.weixin.qq.com") && !is_served("example.com") && !is_served(""));
    }
}
