//! What does `--report FORMAT=PATH` ask for?

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// How far a misspelt format name may be from the right one to be suggested, from 0 (nothing in common)
/// to 1 (equal).
const SIMILAR: f64 = 0.6;

/// A form that a report can have, beside the page on the terminal. The enum may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// The whole record as JSON, described by [`JSON_SCHEMA`](super::JSON_SCHEMA).
    Json,
    /// One HTML file for people, which needs no network and no script to be read.
    Html,
    /// JUnit XML, which continuous integration servers read: one suite per requirement, one case per scenario. A
    /// broken must is a failure and an undecided one an error. An advisory never makes a case fail: it is a
    /// success that says in its output what was seen; in a strict run it counts as broken.
    Junit,
    /// SARIF 2.1.0, which code scanning services read: requirements are rules, findings are results.
    Sarif,
    /// Cucumber Messages, one JSON document a line, which reporters of the Cucumber family read.
    Messages,
    /// Markdown for a pull request's comment or a job's summary, at most 60,000 characters.
    Markdown,
    /// TAP, version 14: one line per scenario.
    Tap,
    /// GitHub's workflow commands, which it shows as annotations.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// A badge: an SVG with the verdict.
    Badge,
}

impl Format {
    /// Every format, in the order the documentation lists them.
    pub const ALL: &'static [Self] = &[
        Self::Html,
        Self::Json,
        Self::Junit,
        Self::Sarif,
        Self::Messages,
        Self::Markdown,
        Self::Tap,
        Self::Github,
        Self::Gitlab,
        Self::Badge,
    ];

    /// Returns the name by which the command line calls the format.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Messages => "messages",
            Self::Markdown => "markdown",
            Self::Tap => "tap",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Badge => "badge",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = SpecError;

    fn from_str(name: &str) -> Result<Self, SpecError> {
        let found = Self::ALL.iter().copied().find(|format| format.name() == name);
        found.ok_or_else(|| SpecError::UnknownFormat { name: name.to_owned(), nearest: Self::nearest(name) })
    }
}

impl Format {
    /// Returns the format whose name is most like a misspelt one, when any is like it at all.
    fn nearest(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let scored = Self::ALL.iter().map(|format| (*format, strsim::jaro_winkler(format.name(), &name)));
        let best = scored.max_by(|(_, one), (_, other)| one.total_cmp(other));
        best.filter(|(_, score)| *score >= SIMILAR).map(|(format, _)| format)
    }
}

/// Where a report goes. Closed: there is a file or there is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The standard output, asked for as `-`; nothing else may be printed there then.
    Stdout,
    /// A file, which is replaced when it exists.
    File(PathBuf),
}

/// One wish for a report: in which format and where to.
///
/// # Examples
///
/// ```
/// use wxconform::report::{Format, ReportSpec, Target};
///
/// let spec: ReportSpec = "junit=target/wxconform.xml".parse()?;
/// assert_eq!(spec.format, Format::Junit);
/// assert_eq!(spec.target, Target::File("target/wxconform.xml".into()));
///
/// let spec: ReportSpec = "json=-".parse()?;
/// assert_eq!(spec.target, Target::Stdout);
///
/// let wrong = "jnuit=out.xml".parse::<ReportSpec>().unwrap_err().to_string();
/// assert!(wrong.starts_with("no report format is called `jnuit`, did you mean `junit`? (formats: html, json, junit, "));
/// # Ok::<(), wxconform::report::SpecError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportSpec {
    /// The format.
    pub format: Format,
    /// Where the report goes.
    pub target: Target,
}

impl FromStr for ReportSpec {
    type Err = SpecError;

    /// Reads `FORMAT=PATH`; the path is everything behind the first `=`, and `-` is the standard output.
    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (name, path) = match text.split_once('=') {
            Some((name, path)) => (name, path),
            None => (text, ""),
        };
        // The format is judged first: of two mistakes it is the one that explains the other.
        let format = name.parse()?;
        let target = match path {
            "" => return Err(SpecError::NoPath { format }),
            "-" => Target::Stdout,
            path => Target::File(PathBuf::from(path)),
        };
        Ok(Self { format, target })
    }
}

impl fmt::Display for ReportSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Stdout => write!(f, "{}=-", self.format),
            Target::File(path) => write!(f, "{}={}", self.format, path.display()),
        }
    }
}

/// Why a wish for a report cannot be understood. The enum may grow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// There is no such format.
    #[error("{}", unknown(name, *nearest))]
    UnknownFormat {
        /// The name that was given.
        name: String,
        /// The format whose name is most like it, if any is.
        nearest: Option<Format>,
    },
    /// The format is known and the path is missing.
    #[error(
        "{}",
        tr!("the {format} report has no path, write `{format}=PATH`, or `{format}=-` for the standard output", format)
    )]
    NoPath {
        /// The format.
        format: Format,
    },
}

fn unknown(name: &str, nearest: Option<Format>) -> String {
    let formats = names();
    match nearest {
        Some(nearest) => tr!(
            "no report format is called `{name}`, did you mean `{nearest}`? (formats: {formats})",
            name,
            nearest,
            formats
        ),
        None => tr!("no report format is called `{name}` (formats: {formats})", name, formats),
    }
}

fn names() -> String {
    Format::ALL.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Format, ReportSpec, SpecError, Target};

    #[test]
    fn every_format_is_read_by_its_own_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse::<Format>(), Ok(*format));
        }
    }

    #[test]
    fn the_path_may_hold_an_equals_sign() {
        let spec: ReportSpec = "json=a=b.json".parse().unwrap();
        assert_eq!(spec, ReportSpec { format: Format::Json, target: Target::File("a=b.json".into()) });
        assert_eq!(spec.to_string(), "json=a=b.json");
    }

    #[test]
    fn a_wrong_format_is_named_with_the_nearest_one() {
        let error = |text: &str| text.parse::<ReportSpec>().unwrap_err().to_string();
        assert_eq!(
            error("JSON=x"),
            format!("no report format is called `JSON`, did you mean `json`? (formats: {})", super::names())
        );
        assert!(error("?=x").starts_with("no report format is called `?` (formats: html, json, junit, "));
        assert!(error("=x").starts_with("no report format is called `` (formats: html, json, junit, "));
        assert!(error("markdwon=x").contains("did you mean `markdown`?"));
        assert!(super::names().ends_with("gitlab, badge"));
    }

    #[test]
    fn a_missing_path_is_named() {
        for text in ["junit", "junit="] {
            assert_eq!(text.parse::<ReportSpec>(), Err(SpecError::NoPath { format: Format::Junit }));
        }
    }
}
