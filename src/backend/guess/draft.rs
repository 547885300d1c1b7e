//! A contract file while it is made.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use toml::Value;

/// How many candidates that were not taken are listed.
const OTHERS: usize = 8;

/// A first contract: lines for a contract file, notes that say what they were read from, and what is still open.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What it was made from, for the head of the file.
    pub head: Vec<String>,
    /// What the client sends along that only a phone has.
    pub inputs: BTreeSet<&'static str>,
    /// Variables: by name what stands there, and what somebody should know about it.
    pub vars: BTreeMap<String, (String, String)>,
    /// What every request has.
    pub common: Section,
    /// The steps of the login.
    pub login: Vec<Section>,
    /// Where the token is carried.
    pub auth: Vec<Section>,
    /// What the token opens.
    pub user_info: Section,
    /// Where it is seen who somebody is.
    pub identity: Section,
    /// How the lifetime is told.
    pub expiry: Section,
    /// How a session is renewed.
    pub refresh: Section,
    /// What refusals look like.
    pub refuse: Section,
    /// What else might have been meant.
    pub others: Vec<String>,
}

/// A table of a contract file.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// What it is about.
    pub about: Vec<String>,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    key: String,
    value: Value,
    note: String,
    state: State,
}

/// How much is known of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It was read or told.
    Known,
    /// It has to stand there, and somebody has to look at it.
    Assumed,
    /// Somebody has to fill it in, and until then it does not count.
    Open,
}

impl Section {
    /// Makes a table that says what it is about.
    #[must_use]
    pub fn about(text: impl Into<String>) -> Self {
        Self { about: vec![text.into()], lines: Vec::new() }
    }

    /// Sets a key, with a note of where that was read; an empty note is none.
    pub fn set(&mut self, key: &str, value: impl Into<Value>, note: impl Into<String>) {
        self.put(key, value.into(), note.into(), State::Known);
    }

    /// Sets a key that has to stand there to a value that somebody has to look at.
    pub fn assume(&mut self, key: &str, value: impl Into<Value>, needed: impl Into<String>) {
        self.put(key, value.into(), needed.into(), State::Assumed);
    }

    /// Says that a key is to be filled in, such as with this value.
    pub fn leave_open(&mut self, key: &str, example: impl Into<Value>, needed: impl Into<String>) {
        self.put(key, example.into(), needed.into(), State::Open);
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) {
        self.lines.retain(|line| line.key != key);
    }

    /// Returns what stands under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.lines.iter().find(|line| line.key == key && line.state != State::Open).map(|line| &line.value)
    }

    /// Tells whether nothing stands in it, not even what is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn put(&mut self, key: &str, value: Value, note: String, state: State) {
        let line = Line { key: key.to_owned(), value, note, state };
        match self.lines.iter_mut().find(|line| line.key == key) {
            Some(old) => *old = line,
            None => self.lines.push(line),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, head: &str) -> fmt::Result {
        if self.lines.is_empty() {
            return Ok(());
        }
        writeln!(f)?;
        comment(f, &self.about.join("\n"))?;
        // A table of which every line is open does not count either.
        let is_open = self.lines.iter().all(|line| line.state == State::Open);
        writeln!(f, "{}{head}", if is_open { "# " } else { "" })?;
        for line in &self.lines {
            let mark = if line.state == State::Known { "" } else { "TODO: " };
            if !line.note.is_empty() {
                comment(f, &format!("{mark}{}", line.note))?;
            }
            let off = if line.state == State::Open { "# " } else { "" };
            writeln!(f, "{off}{} = {}", key(&line.key), line.value)?;
        }
        Ok(())
    }

    fn open(&self) -> impl Iterator<Item = String> {
        let lines = self.lines.iter().filter(|line| line.state != State::Known && !line.note.is_empty());
        lines.map(|line| format!("{}: {}", line.key, line.note))
    }
}

impl Draft {
    /// Returns what is still open, for a person.
    #[must_use]
    pub fn open(&self) -> Vec<String> {
        let named = |name: &str, section: &Section| {
            section.open().map(|line| format!("{name}.{line}")).collect::<Vec<_>>()
        };
        let mut open = Vec::new();
        for (name, (value, about)) in &self.vars {
            if value.is_empty() {
                open.push(format!("vars.{name}: {about}"));
            }
        }
        open.extend(self.login.iter().flat_map(|step| named("login", step)));
        open.extend(self.auth.iter().flat_map(|place| named("auth", place)));
        for (name, section) in [
            ("common", &self.common),
            ("user_info", &self.user_info),
            ("identity", &self.identity),
            ("expiry", &self.expiry),
            ("refresh", &self.refresh),
            ("refuse", &self.refuse),
        ] {
            open.extend(named(name, section));
        }
        open
    }
}

/// Writes the file.
impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        comment(
            f,
            &tr!(
                "How a backend spells the login. What is left out is as in `wxconform contract show documented`."
            ),
        )?;
        comment(f, &self.head.join("\n"))?;
        if !self.inputs.is_empty() {
            writeln!(f)?;
            comment(
                f,
                &tr!(
                    "What only a phone in WeChat has; the run makes it, with the session key where one is needed."
                ),
            )?;
            let inputs: Vec<Value> = self.inputs.iter().map(|input| Value::from(*input)).collect();
            writeln!(f, "inputs = {}", Value::Array(inputs))?;
        }
        if !self.vars.is_empty() {
            writeln!(f)?;
            comment(f, &tr!("Values for holes; --set vars.NAME=VALUE brings one from outside."))?;
            writeln!(f, "[vars]")?;
            for (name, (value, about)) in &self.vars {
                let mark = if value.is_empty() { "TODO: " } else { "" };
                comment(f, &format!("{mark}{about}"))?;
                writeln!(f, "{} = {}", key(name), Value::from(value.as_str()))?;
            }
        }
        self.common.write(f, "[common]")?;
        for step in &self.login {
            step.write(f, "[[login]]")?;
        }
        for place in &self.auth {
            place.write(f, "[[auth]]")?;
        }
        self.user_info.write(f, "[user_info]")?;
        self.identity.write(f, "[identity]")?;
        self.expiry.write(f, "[expiry]")?;
        self.refresh.write(f, "[refresh]")?;
        self.refuse.write(f, "[refuse]")?;
        if !self.others.is_empty() {
            writeln!(f)?;
            comment(f, &tr!("What else might be meant:"))?;
            for other in self.others.iter().take(OTHERS) {
                comment(f, &format!("- {other}"))?;
            }
        }
        Ok(())
    }
}

/// Writes a text as comments, each line one of its own. What the text quotes may have been written by anybody.
fn comment(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for line in text.lines().filter(|line| !line.is_empty()) {
        let clean: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(f, "# {clean}")?;
    }
    Ok(())
}

/// Writes a key, in quotes where it has to be.
fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if !name.is_empty() && name.chars().all(is_bare) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{Draft, Section};
    use crate::backend::Contract;

    fn draft() -> Draft {
        let mut step = Section::about("One request.");
        step.set("role", "token", "");
        step.set("request", "POST login", "from entry 1: POST /login");
        step.set("json", toml::Table::from_iter([("a\"b".to_owned(), "{code}".into())]), "");
        step.assume("capture", toml::Table::from_iter([("token".to_owned(), "/data/token".into())]), "look");
        let mut expiry = Section::about("How long.");
        expiry.leave_open("from", "/data/expires_in", "where\nit stands \u{1b}[31m");
        Draft { login: vec![step], expiry, ..Draft::default() }
    }

    #[test]
    fn what_is_open_does_not_count_and_is_told() {
        let draft = draft();
        let text = draft.to_string();
        let contract = Contract::parse("new", "new", &text, &[]).unwrap().contract;
        assert_eq!(contract.dialect.unwrap().login[0].capture["token"][0].to_string(), "/data/token");
        assert!(text.contains("\n# TODO: look\ncapture = "), "{text}");
        assert!(
            text.contains("\n# [expiry]\n# TODO: where\n# it stands  [31m\n# from = \"/data/expires_in\"\n"),
            "{text}"
        );
        assert_eq!(draft.open(), ["login.capture: look", "expiry.from: where\nit stands \u{1b}[31m"]);
    }

    #[test]
    fn what_is_told_later_takes_the_place_of_what_was_read() {
        let mut draft = draft();
        draft.login[0].set("capture", toml::Table::from_iter([("token".to_owned(), "/t".into())]), "");
        draft.expiry.set("from", "/e", "");
        assert!(draft.open().is_empty());
        assert_eq!(draft.to_string().matches("capture").count(), 1);
        assert!(Contract::parse("new", "new", &draft.to_string(), &[]).unwrap().contract.expiry.is_some());
    }

    #[test]
    fn a_variable_without_a_value_is_open() {
        let vars = [("password".to_owned(), (String::new(), "of the client".to_owned()))].into();
        let inputs = ["profile_plain"].into();
        let draft = Draft { vars, inputs, others: vec!["POST /x".to_owned()], ..draft() };
        assert!(draft.open()[0].starts_with("vars.password: "));
        let text = draft.to_string();
        assert!(text.contains("\n# TODO: of the client\npassword = \"\"\n"), "{text}");
        assert!(text.ends_with("\n# What else might be meant:\n# - POST /x\n"), "{text}");
        assert!(Contract::parse("new", "new", &text, &[]).is_ok());
    }
}
