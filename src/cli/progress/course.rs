//! How far has the work come, and what is going on right now?

use std::time::{Duration, Instant};

use textwrap::core::display_width;

use super::Things;
use crate::language::translated;
use crate::report::printable;
use crate::suite::Happening;

/// How many characters of a name are looked at. The names are ours; where that changes, they stay harmless.
const NAME: usize = 400;

/// How far the work has come.
#[derive(Debug)]
pub(super) struct Course {
    things: Things,
    began: Instant,
    total: usize,
    done: usize,
    /// What is going on, that which began first before the rest.
    running: Vec<Running>,
}

/// A scenario that has not ended.
#[derive(Debug)]
struct Running {
    key: String,
    requirement: String,
    name: String,
    since: Instant,
    /// Until when it waits for time to pass, if it does.
    rests_until: Option<Instant>,
}

impl Course {
    pub(super) fn new(things: Things, now: Instant) -> Self {
        Self { things, began: now, total: 0, done: 0, running: Vec::new() }
    }

    /// Follows what happens.
    pub(super) fn hear(&mut self, happening: &Happening<'_>, now: Instant) {
        match *happening {
            Happening::Planned(total) => self.total = total,
            Happening::Began { key, requirement, name } => self.running.push(Running {
                key: key.to_owned(),
                requirement: printable(requirement, NAME),
                name: printable(&translated(name), NAME),
                since: now,
                rests_until: None,
            }),
            Happening::Rests { key, until } => self.rests(key, Some(until)),
            Happening::GoesOn { key } => self.rests(key, None),
            Happening::Ended { key } => {
                self.done += 1;
                self.running.retain(|running| running.key != key);
            }
            Happening::Done(done) => self.done = done,
        }
    }

    fn rests(&mut self, key: &str, until: Option<Instant>) {
        for running in self.running.iter_mut().filter(|running| running.key == key) {
            running.rests_until = until;
        }
    }

    pub(super) fn total(&self) -> usize {
        self.total
    }

    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Says what is going to be done.
    pub(super) fn beginning(&self, against: &str) -> String {
        let (total, against) = (self.total, printable(against, NAME));
        match self.things {
            Things::Scenarios => tr!(
                "{n} scenario is going to be played against {against}"
                    | "{n} scenarios are going to be played against {against}" % total,
                against = against
            ),
            Things::Sequences => tr!(
                "{n} sequence is going to be played against {against}"
                    | "{n} sequences are going to be played against {against}" % total,
                against = against
            ),
        }
    }

    /// Says how far it has come.
    pub(super) fn standing(&self, now: Instant) -> String {
        let (done, total, took) = (self.done, self.total, span(now.saturating_duration_since(self.began)));
        match self.things {
            Things::Scenarios => tr!(
                "{done} of {n} scenario, {took}" | "{done} of {n} scenarios, {took}" % total,
                done = done,
                took = took
            ),
            Things::Sequences => tr!(
                "{done} of {n} sequence, {took}" | "{done} of {n} sequences, {took}" % total,
                done = done,
                took = took
            ),
        }
    }

    /// Says what has been going on for longest, one a line, in at most so many lines of so many columns.
    pub(super) fn rows(&self, now: Instant, columns: usize, most: usize) -> Vec<String> {
        // A line that only counts the rest takes the place of one.
        let shown = if self.running.len() > most { most.saturating_sub(1) } else { self.running.len() };
        let mut rows: Vec<String> = self
            .running
            .iter()
            .take(shown)
            .map(|running| cut(&format!("  {}", running.row(now)), columns))
            .collect();
        let more = self.running.len() - shown;
        if more > 0 && most > 0 {
            rows.push(cut(&tr!("  and {more} more", more), columns));
        }
        rows
    }

    /// Says what has been going on for longest, if anything is.
    pub(super) fn longest(&self, now: Instant) -> Option<String> {
        self.running.first().map(|running| running.row(now))
    }
}

impl Running {
    fn row(&self, now: Instant) -> String {
        let Self { requirement, name, .. } = self;
        if let Some(until) = self.rests_until {
            // The part of a second that is left is waited as well.
            let left = span(until.saturating_duration_since(now) + Duration::from_millis(999));
            return tr!("{requirement} waits {left} more for time to pass: {name}", requirement, left, name);
        }
        let took = span(now.saturating_duration_since(self.since));
        tr!("{requirement} {took}: {name}", requirement, took, name)
    }
}

/// Returns a duration in whole seconds.
fn span(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => tr!("{seconds} s", seconds),
        all => tr!("{minutes} min {seconds} s", minutes = all / 60, seconds = all % 60),
    }
}

/// Returns a text that fills at most so many columns, ending in `…` when something is missing.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if display_width(text) <= columns {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut filled = 1;
    for c in text.chars() {
        filled += display_width(c.encode_utf8(&mut [0; 4]));
        if filled > columns {
            break;
        }
        shown.push(c);
    }
    if columns > 0 {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use textwrap::core::display_width;

    use super::{Course, Things, cut};
    use crate::suite::Happening;

    fn began<'a>(key: &'a str, name: &'a str) -> Happening<'a> {
        Happening::Began { key, requirement: "CODE-02", name }
    }

    fn course(happenings: &[Happening<'_>]) -> (Course, Instant) {
        let now = Instant::now();
        let mut course = Course::new(Things::Scenarios, now);
        for happening in happenings {
            course.hear(happening, now);
        }
        (course, now + Duration::from_secs(65))
    }

    #[test]
    fn what_ended_is_counted_and_no_longer_shown() {
        let (course, now) = course(&[
            Happening::Planned(3),
            began("a", "one"),
            began("b", "two"),
            Happening::Ended { key: "a" },
        ]);
        assert_eq!(course.standing(now), "1 of 3 scenarios, 1 min 5 s");
        assert_eq!(course.rows(now, 80, 4), ["  CODE-02 1 min 5 s: two"]);
    }

    #[test]
    fn one_of_a_thing_is_called_so() {
        let (course, now) = course(&[Happening::Planned(1)]);
        assert_eq!(course.beginning("it"), "1 scenario is going to be played against it");
        assert_eq!(course.standing(now), "0 of 1 scenario, 1 min 5 s");
    }

    #[test]
    fn who_waits_for_time_to_pass_says_so_until_it_goes_on() {
        let (mut course, now) = course(&[began("a", "one")]);
        course.hear(&Happening::Rests { key: "a", until: now + Duration::from_millis(2300) }, now);
        assert_eq!(course.rows(now, 80, 4), ["  CODE-02 waits 3 s more for time to pass: one"]);
        course.hear(&Happening::GoesOn { key: "a" }, now);
        assert_eq!(course.rows(now, 80, 4), ["  CODE-02 1 min 5 s: one"]);
    }

    #[test]
    fn only_the_longest_are_shown_and_the_rest_is_counted() {
        let (course, now) = course(&[began("a", "1"), began("b", "2"), began("c", "3"), began("d", "4")]);
        let rows = course.rows(now, 80, 3);
        assert_eq!(rows, ["  CODE-02 1 min 5 s: 1", "  CODE-02 1 min 5 s: 2", "  and 2 more"]);
        assert_eq!(course.rows(now, 80, 4).len(), 4);
        assert!(course.rows(now, 80, 0).is_empty());
    }

    #[test]
    fn a_row_stays_harmless_and_within_its_columns() {
        let name = "微信登录 🙂 \u{1b}]8;;http://x\u{7}\u{202e}\n".repeat(9);
        let (course, now) = course(&[began("a", &name)]);
        for columns in 0..90 {
            let row = course.rows(now, columns, 4).remove(0);
            assert!(display_width(&row) <= columns, "{columns}: {row}");
            assert!(!row.contains(['\u{1b}', '\u{7}', '\u{202e}', '\n']), "{row:?}");
        }
    }

    #[test]
    fn a_wide_character_is_not_cut_in_half() {
        assert_eq!([cut("登录", 4), cut("登录登", 4), cut("登录登", 5)], ["登录", "登…", "登录…"]);
        assert_eq!([cut("abc", 3), cut("abcd", 3), cut("abcd", 0)], ["abc", "ab…", ""]);
    }
}
