//! Looking for many secrets at once.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input};
use indexmap::IndexMap;

use super::layers::{Layer, Walk, spelled};
use super::place::{self, Head};
use super::secret::{Secret, SecretKind};
use crate::record::Answer;

/// How much of a secret is put into the automaton; the rest is compared when that much was found. It keeps the
/// automaton small, and twelve bytes of a secret come nowhere else.
const LONGEST_PATTERN: usize = 12;

/// How many secrets of one kind are told of; whoever shows all of a thousand has broken the rule with the first.
const MOST_SIGHTINGS: usize = 16;

/// Where a secret was seen, and in which spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// What was seen.
    pub kind: SecretKind,
    /// Whose it is.
    pub owner: String,
    /// The part of the answer, such as `the body at /data/session` or `the header x-session`.
    pub place: String,
    /// The spelling, such as `as it is` or `base64 → gzip → percent-encoded`.
    pub spelling: String,
}

/// What came of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// What was seen, each secret once.
    pub sightings: Vec<Sighting>,
    /// True when more was hidden within each other than is gone through, so that something may have been missed.
    pub incomplete: bool,
}

/// Finds any of a set of secrets, whatever spelling they travel in.
///
/// Each answer is gone through once for all of them, at a cost that grows with its length only.
#[derive(Debug)]
pub struct SecretNeedles {
    automaton: Option<AhoCorasick>,
    /// What begins with each pattern of the automaton.
    forms: Vec<Vec<Form>>,
    secrets: Vec<Secret>,
    shortest: usize,
    /// What was gone through and held nothing. A run sees the same few refusals hundreds of times. The hashes are
    /// keyed anew each time, so that no backend can make two answers that share one.
    clean: Mutex<HashSet<u64>>,
    keys: RandomState,
}

/// One form in which a secret is looked for.
struct Form {
    bytes: Vec<u8>,
    name: &'static str,
    secret: usize,
}

/// A form that was seen.
struct Found {
    secret: usize,
    at: usize,
    spelling: String,
}

impl SecretNeedles {
    /// Prepares the search for these secrets.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::checks::{Secret, SecretKind, SecretNeedles};
    ///
    /// let key = Secret::new(SecretKind::SessionKey, "Alice", "tiihtNczf5v6AKRyjwEUhQ==");
    /// let needles = SecretNeedles::new([key]);
    /// let search = needles.find_in(br#"{"key":"tiihtNczf5v6AKRyjwEUhQ=="}"#);
    /// assert_eq!(search.sightings[0].spelling, "as it is");
    /// assert!(needles.find_in(b"nothing to see").sightings.is_empty());
    /// ```
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let secrets: Vec<Secret> = secrets.into_iter().collect();
        let mut forms: IndexMap<Vec<u8>, Vec<Form>> = IndexMap::new();
        for (secret, known) in secrets.iter().enumerate() {
            for (bytes, name) in known.forms() {
                let pattern = bytes[..bytes.len().min(LONGEST_PATTERN)].to_vec();
                forms.entry(pattern).or_default().push(Form { bytes, name, secret });
            }
        }
        let (patterns, forms): (Vec<_>, Vec<_>) = forms.into_iter().unzip();
        // Raw bytes make an alphabet of 256, so that each dense state takes a kilobyte.
        let builder =
            AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).dense_depth(1).clone();
        let automaton = if patterns.is_empty() { None } else { builder.build(patterns).ok() };
        let shortest = forms.iter().flatten().map(|form| form.bytes.len()).min().unwrap_or(usize::MAX);
        Self { automaton, forms, secrets, shortest, clean: Mutex::default(), keys: RandomState::new() }
    }

    /// Returns where in an answer secrets stand: in its reason phrase, in the names and values of its header
    /// fields, and in its body.
    #[must_use]
    pub fn find(&self, answer: &Answer) -> Search {
        let head = Head::of(answer);
        let (in_head, head_searched) = self.search_unless_clean(head.bytes());
        let (in_body, body_searched) = self.search_unless_clean(&answer.body);
        let in_head = in_head.into_iter().map(|found| (head.place(found.at), found));
        let in_body = in_body.into_iter().map(|found| (place::in_body(&answer.body, found.at), found));
        let mut sightings: Vec<Sighting> = Vec::new();
        for (place, found) in in_head.chain(in_body) {
            let secret = &self.secrets[found.secret];
            let (kind, owner) = (secret.kind(), secret.owner().to_owned());
            sightings.push(Sighting { kind, owner, place, spelling: found.spelling });
        }
        Search { sightings, incomplete: !(head_searched && body_searched) }
    }

    /// Returns which secrets stand in these bytes; the places count from their beginning.
    #[must_use]
    pub fn find_in(&self, bytes: &[u8]) -> Search {
        let (found, searched) = self.search(bytes);
        let sightings = found.into_iter().map(|found| {
            let secret = &self.secrets[found.secret];
            Sighting {
                kind: secret.kind(),
                owner: secret.owner().to_owned(),
                place: tr!("byte {at}", at = found.at),
                spelling: found.spelling,
            }
        });
        Search { sightings: sightings.collect(), incomplete: !searched }
    }

    /// Returns what a record calls the first thing that stands or is hidden in a text and that none may show. Where a
    /// text hides more than can be gone through, nothing of it may be shown.
    #[must_use]
    pub fn hidden_in(&self, text: &str) -> Option<&'static str> {
        let (found, searched) = self.search_unless_clean(text.as_bytes());
        let label = found.iter().find_map(|found| self.secrets.get(found.secret)?.kind().label());
        label.or((!searched).then_some("secret"))
    }

    /// Tells whether no secret is looked for at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Does the same as [`search`](Self::search), but for what was gone through before and held nothing.
    fn search_unless_clean(&self, bytes: &[u8]) -> (Vec<Found>, bool) {
        let hash = self.keys.hash_one(bytes);
        let clean = || self.clean.lock().unwrap_or_else(PoisonError::into_inner);
        if clean().contains(&hash) {
            return (Vec::new(), true);
        }
        let (found, searched) = self.search(bytes);
        if searched && found.is_empty() {
            clean().insert(hash);
        }
        (found, searched)
    }

    /// Returns what was found, each secret where it was found first, and whether everything was gone through.
    fn search(&self, bytes: &[u8]) -> (Vec<Found>, bool) {
        let mut found: Vec<Found> = Vec::new();
        let Some(automaton) = &self.automaton else { return (found, true) };
        let mut visit = |layer: &Layer<'_>| self.look(automaton, layer, &mut found);
        let searched = Walk::through(bytes, self.shortest, &mut visit);
        (found, searched)
    }

    /// Tells whether a secret was not seen yet, nor enough of its kind.
    fn is_news(&self, secret: usize, found: &[Found]) -> bool {
        let kind = |index: usize| self.secrets.get(index).map(Secret::kind);
        let alike = found.iter().filter(|found| kind(found.secret) == kind(secret)).count();
        alike < MOST_SIGHTINGS && !found.iter().any(|found| found.secret == secret)
    }

    fn look(&self, automaton: &AhoCorasick, layer: &Layer<'_>, found: &mut Vec<Found>) {
        for hit in automaton.find_overlapping_iter(Input::new(layer.bytes)) {
            for form in self.forms.get(hit.pattern().as_usize()).into_iter().flatten() {
                let whole = layer.bytes[hit.start()..].starts_with(&form.bytes);
                if !whole || !self.is_news(form.secret, found) {
                    continue;
                }
                let (at, mut chain) = layer.trace(hit.start(), form.bytes.len());
                if !form.name.is_empty() {
                    chain.push(form.name);
                }
                found.push(Found { secret: form.secret, at, spelling: spelled(&chain) });
            }
        }
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Form({}, {} bytes)", self.name, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn a_form_does_not_show_what_it_looks_for() {
        let form = Form { bytes: b"the secret".to_vec(), name: "reversed", secret: 0 };
        assert_eq!(format!("{form:?}"), "Form(reversed, 10 bytes)");
    }
}
