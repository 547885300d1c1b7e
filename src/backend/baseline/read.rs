//! What does the file say?

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Baseline, BaselineError, Day, Deviation, Listable, Mistake};
use crate::record::Level;

/// The keys of the file.
const TOP: &[&str] = &["deviation"];

/// The keys of an entry.
const KEYS: &[&str] = &["requirement", "reason", "owner", "until"];

/// A mistake and where it stands.
struct Wrong {
    at: usize,
    mistake: Mistake,
}

fn wrong(at: &Range<usize>, mistake: Mistake) -> Wrong {
    Wrong { at: at.start, mistake }
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be read or [`Baseline::parse`] refuses what it says.
    pub fn read(path: &Path, known: &[Listable<'_>]) -> Result<Self, BaselineError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| BaselineError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(path, &text, known)
    }

    /// Understands the text of a file. IDs may be written in small letters.
    ///
    /// # Errors
    ///
    /// Fails at the first mistake: the text is not TOML, a key or a requirement is unknown, an entry lacks its
    /// requirement, reason or owner, a requirement is listed twice or is only observed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::path::Path;
    /// use wxconform::backend::{Baseline, Day};
    /// use wxconform::suite::Catalogue;
    ///
    /// let text = "
    ///     [[deviation]]
    ///     requirement = 'CODE-02'
    ///     reason = 'the gateway caches codes for a minute, ticket 17'
    ///     owner = 'Li Wei'
    ///     until = 2027-01-31
    /// ";
    /// let catalogue = Catalogue::embedded()?;
    /// let baseline = Baseline::parse(Path::new("known.toml"), text, &catalogue.listable())?;
    /// assert_eq!(baseline.entries()[0].until, Day::new(2027, 1, 31));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(path: &Path, text: &str, known: &[Listable<'_>]) -> Result<Self, BaselineError> {
        understand(text, known)
            .map(|(entries, says_so)| Self { path: path.to_owned(), entries, says_so })
            .map_err(|Wrong { at, mistake }| BaselineError::Wrong {
                path: path.to_owned(),
                line: line_of(text, at),
                mistake,
            })
    }
}

fn understand(text: &str, known: &[Listable<'_>]) -> Result<(Vec<Deviation>, bool), Wrong> {
    let table = DeTable::parse(text).map_err(|error| {
        wrong(&error.span().unwrap_or_default(), Mistake::Syntax(error.message().to_owned()))
    })?;
    let mut entries: Vec<Deviation> = Vec::new();
    let mut says_so = text.trim().is_empty();
    for (key, value) in in_order(table.get_ref()) {
        known_key(key, TOP)?;
        says_so = true;
        let expected = mark!("entries that begin with [[deviation]]");
        let list = value.get_ref().as_array().ok_or_else(|| kind(value, "deviation", expected))?;
        for entry in list {
            let table = entry.get_ref().as_table().ok_or_else(|| kind(entry, "deviation", expected))?;
            let (deviation, id) = deviation(text, &entry.span(), table, known)?;
            if let Some(first) = entries.iter().find(|other| other.requirement == deviation.requirement) {
                let mistake = Mistake::Duplicate { id: deviation.requirement, first: first.line };
                return Err(wrong(&id, mistake));
            }
            entries.push(deviation);
        }
    }
    Ok((entries, says_so))
}

/// Reads one entry, and says where its ID stands.
fn deviation(
    text: &str,
    at: &Range<usize>,
    table: &DeTable<'_>,
    known: &[Listable<'_>],
) -> Result<(Deviation, Range<usize>), Wrong> {
    for (key, _) in in_order(table) {
        known_key(key, KEYS)?;
    }
    let find = |wanted: &str| table.iter().find(|(key, _)| key.get_ref() == wanted).map(|(_, value)| value);
    let told = |key, what, example| match find(key) {
        None => Err(wrong(at, Mistake::Missing { key, example })),
        Some(value) => match value.get_ref().as_str() {
            None => Err(kind(value, key, mark!("a text"))),
            Some(text) if text.trim().is_empty() => Err(wrong(&value.span(), Mistake::Empty { key, what })),
            Some(text) => Ok((text.to_owned(), value.span())),
        },
    };
    let (id, id_at) = told("requirement", mark!("which requirement is broken"), "\"CODE-02\"")?;
    let requirement = listed(&id, known).map_err(|mistake| wrong(&id_at, mistake))?;
    let (reason, _) =
        told("reason", mark!("why it is known and not mended"), mark!("\"why it is not mended\""))?;
    let (owner, _) = told("owner", mark!("who mends it"), mark!("\"who mends it\""))?;
    let until = find("until").map(day).transpose()?;
    Ok((Deviation { requirement, reason, owner, until, line: line_of(text, at.start) }, id_at))
}

/// Returns the ID as the catalogue spells it.
fn listed(id: &str, known: &[Listable<'_>]) -> Result<String, Mistake> {
    match known.iter().find(|known| known.id.eq_ignore_ascii_case(id)) {
        Some(known) if known.level == Level::Observe => {
            Err(Mistake::OnlyObserved { id: known.id.to_owned() })
        }
        Some(known) => Ok(known.id.to_owned()),
        None => {
            let wanted = id.to_ascii_uppercase();
            let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known.id, &wanted));
            let nearest = nearest.map_or_else(String::new, |known| known.id.to_owned());
            Err(Mistake::UnknownRequirement { id: id.to_owned(), nearest })
        }
    }
}

fn day(value: &Spanned<DeValue<'_>>) -> Result<Day, Wrong> {
    const EXPECTED: &str = mark!("a day without quotes, such as 2027-01-31");
    let date = value.get_ref().as_datetime().filter(|told| told.time.is_none() && told.offset.is_none());
    let date = date.and_then(|told| told.date);
    let day = date.and_then(|date| Day::new(date.year, date.month, date.day));
    day.ok_or_else(|| kind(value, "until", EXPECTED))
}

fn known_key(key: &Spanned<std::borrow::Cow<'_, str>>, known: &[&'static str]) -> Result<(), Wrong> {
    let name = key.get_ref().as_ref();
    if known.contains(&name) {
        return Ok(());
    }
    let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
    let nearest = nearest.copied().unwrap_or_default();
    Err(wrong(&key.span(), Mistake::UnknownKey { key: name.to_owned(), nearest, known: known.join(", ") }))
}

fn kind(value: &Spanned<DeValue<'_>>, key: &'static str, expected: &'static str) -> Wrong {
    let found = match value.get_ref() {
        DeValue::String(_) => mark!("a text"),
        DeValue::Integer(_) | DeValue::Float(_) => mark!("a number"),
        DeValue::Boolean(_) => mark!("true or false"),
        DeValue::Datetime(_) => mark!("a date or a time"),
        DeValue::Array(_) => mark!("a list"),
        DeValue::Table(_) => mark!("a table"),
    };
    wrong(&value.span(), Mistake::Kind { key, expected, found })
}

/// Returns the rows of a table in the order of the file: of several mistakes the first is told.
fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(key, _)| key.span().start);
    rows
}

/// Returns the line that a place in the text is in, counted from one.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Baseline, Day, Deviation, Listable};
    use crate::record::Level;

    const KNOWN: &[Listable<'static>] = &[
        Listable { id: "CODE-01", level: Level::Must, sentence: "one" },
        Listable { id: "CODE-02", level: Level::Should, sentence: "two" },
        Listable { id: "TOKEN-17", level: Level::Observe, sentence: "three" },
    ];

    fn parse(text: &str) -> Result<Baseline, String> {
        Baseline::parse(Path::new("known.toml"), text, KNOWN).map_err(|error| error.to_string())
    }

    /// Returns an entry whose first line is the given one.
    fn entry(first: &str) -> String {
        format!("[[deviation]]\n{first}\nreason = 'r'\nowner = 'o'\n")
    }

    #[test]
    fn entries_are_read_with_their_lines() {
        let text = "# known\n\n[[deviation]]\nrequirement = 'code-02'\nreason = \"\"\"a\nb\"\"\"\nowner = 'o'\n\
                    [[deviation]]\nowner = 'p'\nuntil = 2027-01-31\nreason = 'c'\nrequirement = 'CODE-01'\n";
        let deviation = |requirement: &str, reason: &str, owner: &str, until, line| Deviation {
            requirement: requirement.to_owned(),
            reason: reason.to_owned(),
            owner: owner.to_owned(),
            until,
            line,
        };
        let baseline = parse(text).unwrap();
        assert_eq!(
            baseline.entries(),
            [
                deviation("CODE-02", "a\nb", "o", None, 3),
                deviation("CODE-01", "c", "p", Day::new(2027, 1, 31), 8),
            ]
        );
        assert_eq!(baseline.entry("CODE-01"), baseline.entries().last());
        assert_eq!(baseline.entry("CODE-03"), None);
        assert_eq!(baseline.path(), Path::new("known.toml"));
    }

    #[test]
    fn only_a_file_that_says_so_is_taken_for_a_baseline() {
        for (text, says_so) in [("", true), (" \n", true), ("deviation = []", true), ("# notes\n", false)] {
            let baseline = parse(text).unwrap();
            assert_eq!((baseline.entries().len(), baseline.says_what_it_is()), (0, says_so), "{text:?}");
        }
        assert!(parse(&entry("requirement = 'CODE-01'")).unwrap().says_what_it_is());
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_the_way_out() {
        let right = entry("requirement = 'CODE-01'");
        for (text, expected) in [
            ("\n[[deviations]]\n", "line 2: there is no key \"deviations\"; the nearest is \"deviation\""),
            (
                "[[deviation]]\nrequirement = 'CODE-01'\nresaon = 'x'\n",
                "line 3: there is no key \"resaon\"; the nearest is \"reason\"; there are requirement, reason, owner, until",
            ),
            ("deviation = []\n\n[x]\n", "line 3: there is no key \"x\""),
            (
                "[deviation]\n",
                "line 1: deviation: expected entries that begin with [[deviation]], not a table",
            ),
            (
                "deviation = ['CODE-01']\n",
                "line 1: deviation: expected entries that begin with [[deviation]], not a text",
            ),
            ("\n[[deviation]]\n", "line 2: the entry has no requirement; write requirement = \"CODE-02\""),
            ("[[deviation]]\nrequirement = 'CODE-01'\nowner = 'o'\n", "line 1: the entry has no reason"),
            ("[[deviation]]\nrequirement = 'CODE-01'\nreason = 'r'\n", "line 1: the entry has no owner"),
            ("[[deviation]]\nrequirement = 7\n", "line 2: requirement: expected a text, not a number"),
            (
                "[[deviation]]\nrequirement = 'CODE-01'\nreason = ' \\t'\nowner = ''\n",
                "line 4: owner is empty; say who mends it",
            ),
            (
                "[[deviation]]\nrequirement = 'CODE-01'\nreason = \" \\t\"\n",
                "line 3: reason is empty; say why",
            ),
            (&entry("requirement = ''"), "line 2: requirement is empty"),
            (
                &entry("requirement = 'COED-02'"),
                "line 2: there is no requirement \"COED-02\"; the nearest is CODE-02",
            ),
            (&entry("requirement = 'CODE'"), "line 2: there is no requirement \"CODE\""),
            (&entry("requirement = 'TOKEN-17'"), "line 2: TOKEN-17 is only observed"),
            (
                &format!("{right}{}", entry("requirement = 'code-01'")),
                "line 6: CODE-01 is listed in line 1 already",
            ),
            (
                &format!("{right}until = '2027-01-31'\n"),
                "line 5: until: expected a day without quotes, such as 2027-01-31, not a text",
            ),
            (&format!("{right}until = 2027-01-31T00:00:00Z\n"), "not a date or a time"),
            (&format!("{right}until = 10:00:00\n"), "not a date or a time"),
            (&format!("{right}until = 2027-02-30\n"), "line 5: "),
            (&format!("{right}owner = 'again'\n"), "line 5: "),
            ("[[deviation\n", "line 1: "),
        ] {
            let told = parse(text).unwrap_err();
            assert!(told.starts_with("known.toml, line "), "{text:?}: {told}");
            assert!(told.contains(expected), "{text:?}: {told}");
            assert!(!told.contains('\n'), "{text:?}: {told}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("absent.toml");
        let error = Baseline::read(&absent, KNOWN).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot read {}", absent.display()));
        let bytes = folder.path().join("bytes.toml");
        std::fs::write(&bytes, b"\xff").unwrap();
        assert!(Baseline::read(&bytes, KNOWN).unwrap_err().to_string().starts_with("cannot read "));
        std::fs::write(&bytes, entry("requirement = 'CODE-01'")).unwrap();
        assert_eq!(Baseline::read(&bytes, KNOWN).unwrap().entries().len(), 1);
    }
}
