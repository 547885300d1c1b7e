//! What was handed out beside tokens?

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::reference::random;

/// What the interpreter remembers, in memory as everything here is.
#[derive(Default)]
pub(super) struct Kept {
    /// What stands for a person, such as the key of a login or what renews a session: whose it is, by its name in the
    /// contract and itself.
    secrets: HashMap<(String, String), String>,
    /// What has to be carried beside each token.
    beside: HashMap<String, BTreeMap<String, String>>,
    /// By each token that a renewal brought, the first one of the same session.
    firsts: HashMap<String, String>,
    /// Who was made known by a step of their own.
    pub(super) registered: HashSet<String>,
}

impl Kept {
    /// Makes something that nobody can guess, and remembers whom it stands for; nothing if the operating system
    /// gives no random bytes.
    pub(super) fn new_secret(&mut self, name: &str, openid: &str) -> Option<String> {
        let secret = random::text::<24>().ok()?;
        self.put_secret(name, &secret, openid);
        Some(secret)
    }

    /// Remembers whom a secret of this name stands for.
    pub(super) fn put_secret(&mut self, name: &str, secret: &str, openid: &str) {
        self.secrets.insert((name.to_owned(), secret.to_owned()), openid.to_owned());
    }

    /// Returns whom a secret of this name stands for.
    pub(super) fn owner(&self, name: &str, secret: &str) -> Option<String> {
        self.secrets.get(&(name.to_owned(), secret.to_owned())).cloned()
    }

    /// Returns whom a secret of this name stands for that begins so.
    pub(super) fn owner_of_beginning(&self, name: &str, beginning: &str) -> Option<String> {
        let mut named = self.secrets.iter().filter(|((known, _), _)| known == name);
        named.find(|((_, secret), _)| secret.starts_with(beginning)).map(|(_, owner)| owner.clone())
    }

    /// Lets what stands for a person stand for nobody any more.
    pub(super) fn forget(&mut self, name: &str, secret: &str) {
        self.secrets.remove(&(name.to_owned(), secret.to_owned()));
    }

    /// Does so with everything that was handed out together with a token.
    pub(super) fn forget_beside(&mut self, token: &str) {
        for (name, secret) in self.beside.remove(token).unwrap_or_default() {
            self.forget(&name, &secret);
        }
    }

    /// Remembers that a renewal brought a token for the session of an earlier one.
    pub(super) fn follows(&mut self, token: &str, earlier: &str) {
        let first = self.firsts.get(earlier).map_or(earlier, String::as_str).to_owned();
        if token != first {
            self.firsts.insert(token.to_owned(), first);
        }
    }

    /// Returns every token that a session has had, by one of them.
    pub(super) fn session_of(&self, token: &str) -> Vec<String> {
        let first = self.firsts.get(token).map_or(token, String::as_str);
        let later = self.firsts.iter().filter(|(_, of)| *of == first).map(|(later, _)| later.clone());
        later.chain([first.to_owned()]).collect()
    }

    /// Returns the token together with which something of this name was handed out.
    pub(super) fn token_of(&self, name: &str, secret: &str) -> Option<String> {
        let with = |values: &BTreeMap<String, String>| values.get(name).is_some_and(|value| value == secret);
        self.beside.iter().find(|(_, values)| with(values)).map(|(token, _)| token.clone())
    }

    /// Remembers what was handed out together with a token.
    pub(super) fn put_beside(&mut self, token: &str, values: BTreeMap<String, String>) {
        self.beside.insert(token.to_owned(), values);
    }

    /// Returns what was handed out together with a token.
    pub(super) fn beside(&self, token: &str) -> BTreeMap<String, String> {
        self.beside.get(token).cloned().unwrap_or_default()
    }
}
