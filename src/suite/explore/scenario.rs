//! How is a sequence written down?

use std::fmt::Write as _;

use super::event::{EVERYBODY, Who};

/// What a sentence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Given,
    When,
    Then,
}

/// A sentence of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// The rows of its table, which has one column.
    pub(super) rows: Vec<&'static str>,
    /// The requirement that is most likely broken when a `Then` does not hold.
    pub(super) requirement: &'static str,
    /// Who takes part in it.
    pub(super) people: Vec<Who>,
}

/// A sequence as a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) lines: Vec<Line>,
}

impl Written {
    /// Puts a sequence down: first who takes part, then what happens.
    pub(super) fn new(happening: &[Line]) -> Self {
        let takes_part = |who: &Who| happening.iter().any(|line| line.people.contains(who));
        let introduced = EVERYBODY.into_iter().filter(takes_part).map(|who| Line {
            kind: Kind::Given,
            text: format!("{} is a WeChat user", who.name()),
            rows: Vec::new(),
            requirement: "",
            people: vec![who],
        });
        Self { lines: introduced.chain(happening.iter().cloned()).collect() }
    }

    /// Returns the same without the sentences that judge anything else than this line does, and without what
    /// comes after it.
    pub(super) fn only_judged_by(&self, line: usize) -> Self {
        let upto = self.lines.iter().enumerate().take(line + 1);
        let kept = upto.filter(|(index, found)| {
            let introduces = found.text.ends_with(" is a WeChat user");
            !introduces && (*index == line || found.kind != Kind::Then)
        });
        Self::new(&kept.map(|(_, found)| found.clone()).collect::<Vec<_>>())
    }

    /// Returns the sentence of a line, with the keyword that it has by itself.
    pub(super) fn sentence(&self, line: usize) -> String {
        let Some(line) = self.lines.get(line) else { return String::new() };
        let rows = line.rows.join(", ");
        format!("{:?} {}{}{rows}", line.kind, line.text, if rows.is_empty() { "" } else { " " })
    }

    /// Returns the scenario, ready to be put below a rule of a feature file.
    pub(super) fn text(&self) -> String {
        let any = |holds: fn(&str) -> bool| self.lines.iter().any(|line| holds(&line.text));
        let tags = if any(|text| text.ends_with("with nobody else there")) {
            "    @serial\n"
        } else if any(|text| text.starts_with("time passes")) {
            "    @time-passes\n"
        } else {
            ""
        };
        let mut text = format!("{tags}    Scenario: {}\n", self.title());
        let mut before = None;
        for line in &self.lines {
            let keyword = match (line.kind, before) {
                (kind, Some(before)) if kind == before => "And",
                (Kind::Given, _) => "Given",
                (Kind::When, _) => "When",
                (Kind::Then, _) => "Then",
            };
            before = Some(line.kind);
            // Writing into a String cannot fail.
            writeln!(text, "      {keyword} {}", line.text).unwrap_or_default();
            let width = line.rows.iter().map(|row| row.len()).max().unwrap_or_default();
            for row in &line.rows {
                writeln!(text, "        | {row:width$} |").unwrap_or_default();
            }
        }
        text
    }

    /// Returns a title: what happens, without what is expected of it.
    fn title(&self) -> String {
        let happens = self.lines.iter().filter(|line| {
            line.kind == Kind::When || (line.kind == Kind::Given && !line.text.ends_with(" is a WeChat user"))
        });
        let happens: Vec<&str> = happens.map(|line| line.text.as_str()).collect();
        happens.join(", then ")
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Line, Written};
    use crate::suite::explore::event::Who;

    fn line(kind: Kind, text: &str, people: &[Who]) -> Line {
        let (text, people) = (text.to_owned(), people.to_vec());
        Line { kind, text, rows: Vec::new(), requirement: "LOGIN-01", people }
    }

    #[test]
    fn a_scenario_introduces_its_people_and_repeats_no_keyword() {
        let mut walked = line(Kind::Then, "her phone walked the flow to its end:", &[Who::Alice]);
        walked.rows = vec!["token", "user info"];
        let written = Written::new(&[
            line(Kind::When, "Bob launches the mini program", &[Who::Bob]),
            line(Kind::When, "Alice launches the mini program", &[Who::Alice]),
            walked,
        ]);
        assert_eq!(
            written.text(),
            "    Scenario: Bob launches the mini program, then Alice launches the mini program
      Given Alice is a WeChat user
      And Bob is a WeChat user
      When Bob launches the mini program
      And Alice launches the mini program
      Then her phone walked the flow to its end:
        | token     |
        | user info |
"
        );
        assert_eq!(written.sentence(4), "Then her phone walked the flow to its end: token, user info");
    }

    #[test]
    fn what_judges_something_else_is_left_out_with_its_people() {
        let written = Written::new(&[
            line(Kind::When, "Alice exchanges a fresh code", &[Who::Alice]),
            line(Kind::Then, "the exchange is granted", &[Who::Alice]),
            line(Kind::When, "Alice exchanges the same code again", &[Who::Alice]),
            line(Kind::Then, "the exchange is refused", &[Who::Alice]),
            line(Kind::When, "Bob launches the mini program", &[Who::Bob]),
        ]);
        let only = written.only_judged_by(5);
        let texts: Vec<&str> = only.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "Alice is a WeChat user",
                "Alice exchanges a fresh code",
                "Alice exchanges the same code again",
                "the exchange is refused"
            ]
        );
    }
}
