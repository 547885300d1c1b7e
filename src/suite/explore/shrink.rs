//! Which part of a sequence is to blame?

use std::collections::HashSet;

use proptest::strategy::ValueTree;

use super::event::Event;
use super::model::act;
use super::play::{Heard, Theatre};
use super::scenario::Written;
use super::state::{State, Time};
use crate::record::Finding;
use crate::suite::judging::RunError;

/// How often sequences are played to make one shorter. Hardly any takes a quarter of it.
const MOST_PLAYS: usize = 200;

/// The same where each play may wait for the end of a token.
const MOST_PLAYS_WAITING: usize = 40;

/// A sequence, and what it shows.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) events: Vec<Event>,
    pub(super) written: Written,
    /// The sentence that does not hold.
    pub(super) line: usize,
    pub(super) finding: Finding,
}

/// Writes down how events are played and judged, and leaves out those that cannot happen. In the end all answers
/// are searched for the session key.
pub(super) fn write_down(events: &[Event], time: Time) -> (Vec<Event>, Written) {
    let mut state = State::new(time);
    let mut happened = Vec::new();
    let mut lines = Vec::new();
    for event in events {
        let beat = act(&mut state, event);
        if !beat.is_empty() {
            happened.push(event.clone());
            lines.extend(beat);
        }
    }
    lines.extend(act(&mut state, &Event::Search));
    (happened, Written::new(&lines))
}

/// Makes a sequence shorter as long as the backend still differs.
pub(super) struct Shrinking<'a> {
    theatre: &'a mut Theatre,
    time: Time,
    pub(super) found: Found,
    /// The texts of sequences that showed nothing.
    shows_nothing: HashSet<String>,
    left: usize,
}

impl<'a> Shrinking<'a> {
    pub(super) fn new(theatre: &'a mut Theatre, time: Time, found: Found) -> Self {
        let left = if time == Time::Waits { MOST_PLAYS_WAITING } else { MOST_PLAYS };
        Self { theatre, time, found, shows_nothing: HashSet::new(), left }
    }

    /// Follows a tree of simpler sequences, then tries to do without each single event.
    pub(super) async fn shrink(
        &mut self,
        tree: &mut dyn ValueTree<Value = Vec<Event>>,
    ) -> Result<(), RunError> {
        let mut simpler = tree.simplify();
        while simpler && self.left > 0 {
            let differs = self.differs(&tree.current()).await?;
            simpler = if differs { tree.simplify() } else { tree.complicate() };
        }
        let mut index = 0;
        while index < self.found.events.len() && self.left > 0 {
            let mut fewer = self.found.events.clone();
            fewer.remove(index);
            index = if self.differs(&fewer).await? { 0 } else { index + 1 };
        }
        self.trim().await
    }

    /// Tells whether the backend differs on these events, and keeps them if so.
    async fn differs(&mut self, events: &[Event]) -> Result<bool, RunError> {
        let (events, written) = write_down(events, self.time);
        let known = self.found.written.lines.get(..=self.found.line);
        if known.is_some_and(|known| written.lines.starts_with(known)) {
            self.found = Found { events, written, ..self.found.clone() };
            return Ok(true);
        }
        let text = written.text();
        if self.shows_nothing.contains(&text) {
            return Ok(false);
        }
        let Some((line, finding)) = self.play(&written).await? else {
            self.shows_nothing.insert(text);
            return Ok(false);
        };
        self.found = Found { events, written, line, finding };
        Ok(true)
    }

    /// Leaves out the sentences that are not needed, if the backend then still differs.
    async fn trim(&mut self) -> Result<(), RunError> {
        // Nothing that comes after the sentence that does not hold was ever played.
        let known = self.found.written.lines.get(..=self.found.line).unwrap_or_default();
        while let Some((_, fewer)) = self.found.events.split_last() {
            if !write_down(fewer, self.time).1.lines.starts_with(known) {
                break;
            }
            self.found.events.pop();
        }
        let written = self.found.written.only_judged_by(self.found.line);
        if let Some((line, finding)) = self.play(&written).await? {
            self.found.written = written;
            (self.found.line, self.found.finding) = (line, finding);
        }
        Ok(())
    }

    async fn play(&mut self, written: &Written) -> Result<Option<(usize, Finding)>, RunError> {
        self.left = self.left.saturating_sub(1);
        let heard = self.theatre.play(std::slice::from_ref(written), 1).await?.pop();
        Ok(match heard {
            Some(Heard::Broken(line, finding)) => Some((line, finding)),
            Some(Heard::Kept | Heard::CannotTell(_)) | None => None,
        })
    }
}
