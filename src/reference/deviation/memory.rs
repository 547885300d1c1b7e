//! What only faults remember.

use std::collections::{BTreeSet, HashMap, HashSet};

use axum::http::HeaderValue;
use serde_json::Value;

use crate::expiry::UnixMillis;
use crate::reference::server::Connection;
use crate::reference::store::Grant;

/// What a correct backend has no use for: nothing is written here unless the backend has a fault.
#[derive(Default)]
pub(in crate::reference) struct Memory {
    /// The openid that each code gave.
    pub(super) codes: HashMap<String, String>,
    /// The appid in the `Referer` beside each code, where it is another one than WeChat's.
    pub(super) referred: HashMap<String, String>,
    /// How many requests are exchanging a code right now.
    pub(super) in_flight: HashMap<String, usize>,
    /// The codes that two requests were exchanging at the same time.
    pub(super) twins: HashSet<String>,
    /// The codes of which a later one of two simultaneous requests was refused.
    pub(super) lost_races: HashSet<String>,
    /// The codes that WeChat answered with an error number that is in no table.
    pub(super) unlisted: HashSet<String>,
    /// The codes to which WeChat's answer could not be read.
    pub(super) unreadable: HashSet<String>,
    /// How often each used code was refused.
    pub(super) refused: HashMap<String, usize>,
    /// How many exchanges are under way.
    pub(super) under_way: usize,
    /// How many were at most, since none was.
    pub(super) most_under_way: usize,
    /// Those who were in such a crowd, in the order in which WeChat named them.
    pub(super) crowd: Vec<String>,
    /// What is known of each person, by openid.
    pub(super) people: HashMap<String, Acquaintance>,
    /// The openid WeChat gave, by the spelling that was handed out in its place.
    pub(super) aliases: HashMap<String, String>,
    /// The openid of the first login.
    pub(super) first: Option<String>,
    /// The openid of the latest login.
    pub(super) last: Option<String>,
    /// The openids of those who ask for user info at the same moment, in the order they came.
    pub(super) askers: Vec<String>,
    /// How many of them are still to be answered.
    pub(super) waiting: usize,
    /// The openids of those whose requests for user info are being served.
    pub(super) neighbours: Vec<String>,
    /// What came in `Authorization` over each connection.
    pub(super) connections: HashMap<Connection, HeaderValue>,
    /// The openid that each worker remembers.
    pub(super) workers: HashMap<usize, String>,
    /// By openid, the openid of the person with whom an answer is shared.
    pub(super) sharers: HashMap<String, String>,
    /// How many altered tokens looked like each genuine one.
    pub(super) alterations: HashMap<String, usize>,
    /// The signatures that were found good.
    pub(super) signatures: HashSet<Vec<u8>>,
    /// The identifiers of signed tokens that were revoked.
    pub(super) revoked: HashSet<String>,
    /// The openid of the login before the latest.
    pub(super) before: Option<String>,
    /// What WeChat answered to each code where that held no openid.
    pub(super) broken: HashMap<String, Value>,
    /// WeChat's own access token.
    pub(super) platform_token: Value,
    /// How many tokens were numbered.
    pub(super) counted: usize,
    /// The latest time that was made into a token, in milliseconds.
    pub(super) moment: i64,
    /// Whom tokens belong to since somebody logged in again, in place of their owners.
    pub(super) taken_over: HashMap<String, String>,
    /// How often each token was presented.
    pub(super) presented: HashMap<String, usize>,
    /// How many times tokens were used, and at which of them each was used last.
    pub(super) uses: usize,
    pub(super) last_uses: HashMap<String, usize>,
    /// How often each token was used.
    pub(super) times_used: HashMap<String, usize>,
    /// When each token was last used.
    pub(super) used: HashMap<String, UnixMillis>,
    /// How often each person renewed a session.
    pub(super) renewals: HashMap<String, usize>,
    /// The openids of those whose sessions are being renewed.
    pub(super) renewing: Vec<String>,
    /// The openids of those who logged out.
    pub(super) logged_out: HashSet<String>,
    /// What the latest logout of each person took.
    pub(super) put_away: HashMap<String, (String, Grant)>,
    /// What logouts took, and when.
    pub(super) left: Vec<(String, Grant, UnixMillis)>,
    /// The number of the account that each first token opened, where several were asked for at once.
    pub(super) accounts: HashMap<String, usize>,
}

/// What faults remember of one person.
#[derive(Default)]
pub(super) struct Acquaintance {
    /// How many codes were exchanged.
    pub(super) logins: usize,
    /// How many times tokens had been used when the person came first.
    pub(super) uses_before: usize,
    /// The latest code that was exchanged.
    pub(super) code: String,
    /// The openid of whoever logged in before the latest login.
    pub(super) before: Option<String>,
    /// When the latest code was exchanged.
    pub(super) latest: UnixMillis,
    /// What WeChat answered to the latest exchange.
    pub(super) reply: Value,
    /// Whether the two latest exchanges gave the same session key.
    pub(super) same_key: bool,
    /// Whether further logins are refused, until further notice.
    pub(super) locked: bool,
    /// Why the next login is refused.
    pub(super) grudges: BTreeSet<Grudge>,
    /// The tokens that were issued, in this order.
    pub(super) tokens: Vec<String>,
    /// How many tokens were issued since the latest exchange.
    pub(super) tokens_since_login: usize,
    /// How many first tokens are being asked for right now.
    pub(super) first_tokens: usize,
}

/// What a fault holds against a person at the next login.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grudge {
    /// The used code was sent again.
    UsedCode,
    /// WeChat had a trouble with the person.
    WeChat,
    /// The person sent bad input.
    BadInput,
}

impl Memory {
    /// Returns the session key of the person, empty if there is none.
    pub(super) fn session_key(&self, openid: &str) -> String {
        let openid = self.aliases.get(openid).map_or(openid, String::as_str);
        let key = self.people.get(openid).and_then(|person| person.reply.get("session_key")?.as_str());
        key.unwrap_or_default().to_owned()
    }
}
