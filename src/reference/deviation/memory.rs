//! What only faults remember.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::expiry::UnixMillis;

/// What a correct backend has no use for: nothing is written here unless the backend has a fault.
#[derive(Default)]
pub(in crate::reference) struct Memory {
    /// The openid that each code gave.
    pub(super) codes: HashMap<String, String>,
    /// How many requests are exchanging a code right now.
    pub(super) in_flight: HashMap<String, usize>,
    /// The codes that two requests were exchanging at the same time.
    pub(super) twins: HashSet<String>,
    /// What is known of each person, by openid.
    pub(super) people: HashMap<String, Acquaintance>,
    /// The openid WeChat gave, by the spelling that was handed out in its place.
    pub(super) aliases: HashMap<String, String>,
    /// The openid of the first login.
    pub(super) first: Option<String>,
    /// The openid of the latest login.
    pub(super) last: Option<String>,
    /// The openid of whoever is being served.
    pub(super) current: Option<String>,
    /// WeChat's own access token.
    pub(super) platform_token: Value,
    /// How many tokens were numbered.
    pub(super) counted: usize,
    /// When each token was last used.
    pub(super) used: HashMap<String, UnixMillis>,
}

/// What faults remember of one person.
#[derive(Default)]
pub(super) struct Acquaintance {
    /// How many codes were exchanged.
    pub(super) logins: usize,
    /// When the latest code was exchanged.
    pub(super) latest: UnixMillis,
    /// What WeChat answered to the latest exchange.
    pub(super) reply: Value,
    /// Whether the two latest exchanges gave the same session key.
    pub(super) same_key: bool,
    /// Whether further logins are refused, until further notice.
    pub(super) locked: bool,
    /// Whether the next login is refused.
    pub(super) poisoned: bool,
    /// Whether bad input makes the next login fail.
    pub(super) upset: bool,
    /// The tokens that were issued, in this order.
    pub(super) tokens: Vec<String>,
    /// How many tokens were issued since the latest exchange.
    pub(super) tokens_since_login: usize,
}

impl Memory {
    /// Returns the session key of the person, empty if there is none.
    pub(super) fn session_key(&self, openid: &str) -> String {
        let openid = self.aliases.get(openid).map_or(openid, String::as_str);
        let key = self.people.get(openid).and_then(|person| person.reply.get("session_key")?.as_str());
        key.unwrap_or_default().to_owned()
    }
}
