//! Where in a text does something stand that must not be shown?
//!
//! A run learns tens of thousands of spellings of secrets. An automaton of all of them takes more memory than
//! everything else in a run, so it only knows how they begin; what follows is looked up in a sorted list.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input};

/// How many bytes a text has at least. Shorter ones are ordinary words.
const SHORTEST: usize = 8;

/// How many bytes of a text the automaton knows. More take memory: each is a state for each of the texts. Fewer would
/// be found so often that looking up what follows would take longer.
const HEAD: usize = 4;

/// Texts that must not be shown, each with what is shown in its place.
#[derive(Clone, Default)]
pub(super) struct Masks {
    /// Sorted as soon as `heads` are known.
    hidden: Vec<Hidden>,
    /// Found when it is needed, because a run learns many secrets before it shows anything.
    heads: Option<Heads>,
}

#[derive(Clone)]
struct Hidden {
    text: Box<str>,
    mask: Arc<str>,
}

/// How the texts begin.
#[derive(Clone)]
struct Heads {
    automaton: AhoCorasick,
    /// Where in the sorted texts those with each beginning stand: from the first number up to the second.
    groups: Vec<(usize, usize)>,
}

impl Masks {
    /// Learns a text. One that is shorter than [`SHORTEST`] is passed over: to mask it would blot out ordinary words.
    pub(super) fn learn(&mut self, text: String, mask: &Arc<str>) {
        if text.len() >= SHORTEST {
            self.heads = None;
            self.hidden.push(Hidden { text: text.into_boxed_str(), mask: Arc::clone(mask) });
        }
    }

    /// Makes everything findable that was learned. Nothing is found before.
    pub(super) fn prepare(&mut self) {
        if self.heads.is_some() || self.hidden.is_empty() {
            return;
        }
        self.hidden.sort_by(|one, other| one.text.cmp(&other.text));
        self.hidden.dedup_by(|one, other| one.text == other.text);
        let mut groups = Vec::new();
        let mut start = 0;
        for group in self.hidden.chunk_by(|one, other| head(one) == head(other)) {
            groups.push((start, start + group.len()));
            start += group.len();
        }
        let heads = groups.iter().map(|&(first, _)| head(&self.hidden[first]));
        // Of the kinds of automata, this one takes the least memory for so many texts.
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::ContiguousNFA)).dense_depth(1);
        self.heads = builder.build(heads).ok().map(|automaton| Heads { automaton, groups });
    }

    /// Returns a text with a mask in the place of everything that was learned, of two that begin in the same place in
    /// that of the longer one.
    pub(super) fn applied(&self, text: &str) -> String {
        let mut shown = String::new();
        let mut done = 0;
        while let Some((start, hidden)) = self.next(text.as_bytes(), done) {
            shown.push_str(&text[done..start]);
            shown.push_str(&hidden.mask);
            done = start + hidden.text.len();
        }
        shown.push_str(&text[done..]);
        shown
    }

    /// Returns the mask of the first text in these bytes that was learned.
    pub(super) fn first_in(&self, bytes: &[u8]) -> Option<&str> {
        self.next(bytes, 0).map(|(_, hidden)| &*hidden.mask)
    }

    /// Returns the next text that was learned and where it stands, looking from a place on.
    fn next(&self, bytes: &[u8], mut from: usize) -> Option<(usize, &Hidden)> {
        let heads = self.heads.as_ref()?;
        loop {
            // All heads are equally long, so no other one begins in the same place.
            let found = heads.automaton.find(Input::new(bytes).span(from..bytes.len()))?;
            let &(first, end) = heads.groups.get(found.pattern().as_usize())?;
            if let Some(hidden) = longest(&self.hidden[first..end], &bytes[found.start()..]) {
                return Some((found.start(), hidden));
            }
            from = found.start() + 1;
        }
    }
}

fn head(hidden: &Hidden) -> &[u8] {
    &hidden.text.as_bytes()[..HEAD]
}

/// Returns the longest of some sorted texts that some bytes begin with.
fn longest<'a>(mut sorted: &'a [Hidden], bytes: &[u8]) -> Option<&'a Hidden> {
    let mut wanted = bytes;
    loop {
        let after = sorted.partition_point(|hidden| hidden.text.as_bytes() <= wanted);
        let (nearest, before) = sorted[..after].split_last()?;
        let text = nearest.text.as_bytes();
        if wanted.starts_with(text) {
            return Some(nearest);
        }
        // What the bytes begin with comes before this one and is the beginning of both.
        let common = wanted.iter().zip(text).take_while(|(one, other)| one == other).count();
        wanted = &wanted[..common];
        sorted = before;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::{Masks, SHORTEST};

    fn knowing(texts: &[String]) -> Masks {
        let mut masks = Masks::default();
        for (index, text) in texts.iter().enumerate() {
            masks.learn(text.clone(), &Arc::from(format!("<{index}>")));
        }
        masks.prepare();
        masks
    }

    /// Does the same by looking for each text at each place.
    fn applied_slowly(texts: &[String], text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let here = texts
                .iter()
                .enumerate()
                .filter(|(_, text)| text.len() >= SHORTEST && rest.starts_with(*text));
            // Of two equal ones the first learned counts.
            if let Some((index, text)) = here.max_by_key(|(index, text)| (text.len(), usize::MAX - index)) {
                shown.extend(["<", &index.to_string(), ">"]);
                rest = &rest[text.len()..];
            } else {
                shown.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        shown
    }

    #[test]
    fn nothing_is_found_where_nothing_was_learned() {
        assert_eq!(knowing(&[]).applied("any text"), "any text");
        assert_eq!(knowing(&["short".to_owned()]).applied("a short text"), "a short text");
        assert_eq!(knowing(&["long enough".to_owned()]).applied(""), "");
    }

    #[test]
    fn what_is_learned_later_is_found_as_well() {
        let mut masks = knowing(&["first one".to_owned()]);
        masks.learn("another one".to_owned(), &Arc::from("<b>"));
        masks.prepare();
        assert_eq!(masks.applied("first one, another one"), "<0>, <b>");
        assert_eq!(masks.first_in(b"\xff\0another one"), Some("<b>"));
        assert_eq!(masks.first_in(b"\xff\0another on"), None);
    }

    proptest! {
        // Few letters, so that texts overlap, contain each other and begin alike.
        #[test]
        fn every_text_is_masked_that_a_plain_search_finds(
            texts in proptest::collection::vec("[ab]{6,9}|[ab]{8}[ab€]{0,12}", 0..20),
            pieces in proptest::collection::vec((any::<prop::sample::Index>(), "[ab€]{0,9}"), 0..12),
        ) {
            let mut text = String::new();
            for (index, between) in &pieces {
                if !texts.is_empty() {
                    text.push_str(index.get::<String>(&texts));
                }
                text.push_str(between);
            }
            prop_assert_eq!(knowing(&texts).applied(&text), applied_slowly(&texts, &text));
        }
    }
}
