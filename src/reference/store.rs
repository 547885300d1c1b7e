//! What the backend remembers: people, and the tokens that open their data.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::expiry::UnixMillis;

/// Somebody who logged in at least once.
#[derive(Clone)]
pub(super) struct Person {
    /// This backend's own name for the person. It says nothing about the openid.
    pub(super) user_id: String,
    /// The name shown to the person.
    pub(super) nickname: String,
}

/// What a token opens, and until when.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) openid: String,
    pub(super) issued: UnixMillis,
    pub(super) ends: UnixMillis,
}

/// All people and tokens, in memory: a run is short, so nothing is ever dropped.
///
/// People are known by their openid, byte for byte. A unionid is not looked at: it may appear and vanish
/// with the settings of the app at WeChat.
#[derive(Default)]
pub(super) struct Store {
    pub(super) people: HashMap<String, Person>,
    pub(super) grants: HashMap<String, Grant>,
    /// Whom each token that was used belongs to, and until when, if there is a cache in front of the tables.
    pub(super) cached: HashMap<String, (String, UnixMillis)>,
    /// The tokens that were ended before their time, for whoever does not look tokens up otherwise.
    pub(super) revoked: HashSet<String>,
}

impl Store {
    /// Makes the person known, if this is the first login.
    pub(super) fn welcome(&mut self, openid: &str) {
        let number = self.people.len() + 1;
        self.people.entry(openid.to_owned()).or_insert_with(|| Person {
            user_id: format!("u{number}"),
            nickname: format!("WeChat user {number}"),
        });
    }

    /// Says whether a code exchange ever produced this openid.
    pub(super) fn knows(&self, openid: &str) -> bool {
        self.people.contains_key(openid)
    }

    /// Makes `token` open the person's data from `now` on. Earlier tokens stay as they are.
    pub(super) fn grant(&mut self, token: String, openid: &str, now: UnixMillis, lifetime: Duration) {
        let grant = Grant { openid: openid.to_owned(), issued: now, ends: now + lifetime };
        self.grants.insert(token, grant);
    }

    /// Ends a token.
    pub(super) fn revoke(&mut self, token: &str) {
        self.grants.remove(token);
        self.cached.remove(token);
        self.revoked.insert(token.to_owned());
    }

    /// Ends every token of the person but this one.
    pub(super) fn keep_only(&mut self, token: &str, openid: &str) {
        self.grants.retain(|known, grant| grant.openid != openid || known == token);
    }

    /// Returns the person's token that lives longest, if one is left that lives at least a second more, since
    /// a lifetime is announced in whole seconds.
    pub(super) fn living(&self, openid: &str, now: UnixMillis) -> Option<(String, Grant)> {
        let theirs = self.grants.iter().filter(|(_, grant)| grant.openid == openid);
        let last = theirs.max_by_key(|(_, grant)| grant.ends)?;
        (now + Duration::from_secs(1) <= last.1.ends).then(|| (last.0.clone(), last.1.clone()))
    }

    /// Returns the openid of whom `token` belongs to, unless it is unknown or has ended.
    ///
    /// The end itself is outside: a token that lasts 7200 s is refused when 7200 s have passed, whether it
    /// was in use or not.
    pub(super) fn owner(&self, token: &str, now: UnixMillis) -> Option<String> {
        self.grants.get(token).filter(|grant| now < grant.ends).map(|grant| grant.openid.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Store;
    use crate::expiry::UnixMillis;
    use std::time::Duration;

    #[test]
    fn a_token_works_up_to_its_end_and_not_at_it() {
        let mut store = Store::default();
        store.grant("t".to_owned(), "oA", UnixMillis::new(1_000), Duration::from_secs(2));
        assert_eq!(store.owner("t", UnixMillis::new(2_999)).as_deref(), Some("oA"));
        assert_eq!(store.owner("t", UnixMillis::new(3_000)), None);
    }

    #[test]
    fn a_person_keeps_the_first_user_id() {
        let mut store = Store::default();
        for openid in ["oA", "oB", "oA"] {
            store.welcome(openid);
        }
        assert_eq!((store.people["oA"].user_id.as_str(), store.people["oB"].user_id.as_str()), ("u1", "u2"));
        assert!(store.knows("oA") && !store.knows("oa"));
    }
}
