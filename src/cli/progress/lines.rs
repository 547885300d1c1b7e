//! What does a log tell of how far the work has come?

use std::time::{Duration, Instant};

use super::course::Course;
use crate::suite::Happening;

/// How long nothing may be said, so that a build server and whoever looks at it know that there is life.
const SILENCE: Duration = Duration::from_secs(10);

/// How close to each other lines may be. A run of two seconds is not worth ten of them.
const APART: Duration = Duration::from_secs(2);

/// How many lines a slow run is divided into.
const PARTS: usize = 10;

/// Says every now and then how far the work has come.
#[derive(Debug)]
pub(super) struct Lines {
    course: Course,
    against: String,
    /// When the last line was said, and how much was done then.
    said: (Instant, usize),
}

impl Lines {
    pub(super) fn new(course: Course, against: &str, now: Instant) -> Self {
        Self { course, against: against.to_owned(), said: (now, 0) }
    }

    /// Follows what happens, and returns the line for it, if it is worth one.
    pub(super) fn hear(&mut self, happening: &Happening<'_>, now: Instant) -> Option<String> {
        self.course.hear(happening, now);
        if let Happening::Planned(_) = happening {
            self.said.0 = now;
            return Some(self.course.beginning(&self.against));
        }
        let (done, total) = (self.course.done(), self.course.total());
        let part = |done: usize| (done * PARTS).checked_div(total).unwrap_or(0);
        // When all is done, the result says so.
        let worth_it = done < total && part(done) > part(self.said.1) && self.silent_for(now) >= APART;
        worth_it.then(|| self.say(now, self.course.standing(now)))
    }

    /// Returns the line that breaks a silence that was too long.
    pub(super) fn look(&mut self, now: Instant) -> Option<String> {
        if self.course.total() == 0 || self.silent_for(now) < SILENCE {
            return None;
        }
        let mut line = self.course.standing(now);
        if let Some(longest) = self.course.longest(now) {
            line = tr!("{line}; running longest: {longest}", line, longest);
        }
        Some(self.say(now, line))
    }

    fn silent_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.said.0)
    }

    fn say(&mut self, now: Instant, line: String) -> String {
        self.said = (now, self.course.done());
        line
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Lines;
    use crate::cli::progress::Things;
    use crate::cli::progress::course::Course;
    use crate::suite::Happening;

    fn lines() -> (Lines, Instant) {
        let now = Instant::now();
        let mut lines = Lines::new(Course::new(Things::Scenarios, now), "http://127.0.0.1:8080", now);
        let first = lines.hear(&Happening::Planned(200), now).unwrap();
        assert_eq!(first, "200 scenarios are going to be played against http://127.0.0.1:8080");
        (lines, now)
    }

    /// Returns the lines of a run in which a scenario ends every so often.
    fn run_of(pace: Duration) -> Vec<String> {
        let (mut lines, mut now) = lines();
        let mut said = Vec::new();
        for _ in 0..200 {
            now += pace;
            said.extend(lines.hear(&Happening::Ended { key: "a" }, now));
            said.extend(lines.look(now));
        }
        said
    }

    #[test]
    fn a_short_run_says_no_more_than_that_it_begins() {
        assert_eq!(run_of(Duration::from_millis(9)), [""; 0]);
    }

    #[test]
    fn a_slow_run_says_every_tenth_but_not_the_last() {
        let said = run_of(Duration::from_millis(400));
        assert_eq!(said.len(), 9, "{said:?}");
        assert_eq!([&said[0], &said[8]], ["20 of 200 scenarios, 8 s", "180 of 200 scenarios, 1 min 12 s"]);
    }

    #[test]
    fn a_silence_is_broken_by_what_runs_longest() {
        let (mut lines, now) = lines();
        let began = Happening::Began { key: "a", requirement: "CODE-02", name: "one" };
        assert_eq!(lines.hear(&began, now), None);
        let later = now + Duration::from_secs(9);
        assert_eq!(lines.look(later), None);
        let later = now + Duration::from_secs(10);
        let said = lines.look(later).unwrap();
        assert_eq!(said, "0 of 200 scenarios, 10 s; running longest: CODE-02 10 s: one");
        assert_eq!(lines.look(later), None);
    }
}
