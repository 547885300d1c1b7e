//! How does GitHub show the record beside the code? As annotations, by workflow commands.
//!
//! A line that begins with `::` commands the runner. Nothing of a backend begins a line here, and in what follows
//! a command its marks are spelt as the runner wants them.
//!
//! A requirement has one annotation. None names a file: the scenarios stand in the feature files of wxconform, and
//! a file of that name in somebody else's repository would be another one.

use super::findings::{self, Finding};
use super::outcome::{self, Outcome};
use super::{printable, wording};
use crate::language::translated;
use crate::record::RunRecord;

/// How many annotations of each kind GitHub shows of a step.
const SHOWN: usize = 10;

/// How many characters of a message are shown; GitHub cuts at about four thousand.
const LIMIT: usize = 1000;

/// How many characters are shown of what was seen, so that there is room for what follows it.
const SEEN: usize = 700;

/// How many characters of a title are shown; GitHub takes 255.
const TITLE: usize = 200;

/// How much an annotation weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }

    /// Returns how many of the kind there may be beside the summary, which is a notice.
    const fn room(self) -> usize {
        match self {
            Self::Error | Self::Warning => SHOWN,
            Self::Notice => SHOWN - 1,
        }
    }
}

/// One annotation, its texts raw.
#[derive(Debug)]
struct Annotation<'a> {
    kind: Kind,
    /// The requirement that it is about; none when it is about the run.
    id: Option<&'a str>,
    title: String,
    text: String,
}

/// Returns what there is to say as workflow commands, one a line; the weightiest stand first, and no more of each
/// kind than GitHub shows.
pub(super) fn render(record: &RunRecord) -> String {
    let stale = outcome::stale(record)
        .map(|(title, entries)| [vec![title], entries].concat().join(&tr!("between parts" => "; ")));
    let of_run = outcome::trouble(record).into_iter().chain(stale).map(|text| about_run(Kind::Error, text));
    let findings = findings::of(record);
    let notable = findings.iter().filter(|finding| finding.outcome.is_notable());
    let annotations = cut(of_run.chain(notable.map(annotation)).collect());
    annotations.iter().chain([&about_run(Kind::Notice, summary(record))]).map(command).collect()
}

fn summary(record: &RunRecord) -> String {
    let verdict = record.verdict.word();
    let summary = tr!(
        "{verdict}: {kept} kept, {broken} broken, {advised} advised, {undecided} undecided, {waived} waived, {skipped} skipped, {observed} observed",
        verdict = verdict,
        kept = record.totals.requirements.kept,
        broken = record.totals.requirements.broken,
        advised = record.totals.requirements.advised,
        undecided = record.totals.requirements.undecided,
        waived = record.totals.requirements.waived,
        skipped = record.totals.requirements.skipped,
        observed = record.totals.requirements.observed
    );
    let evidence = wording::evidence(record).into_iter().map(|(name, text)| format!("; {name}: {text}"));
    summary + &evidence.collect::<String>()
}

fn about_run<'a>(kind: Kind, text: String) -> Annotation<'a> {
    Annotation { kind, id: None, title: "wxconform".to_owned(), text }
}

fn annotation<'a>(finding: &Finding<'a>) -> Annotation<'a> {
    let requirement = finding.requirement;
    let kind = match finding.outcome {
        Outcome::Failed | Outcome::Error => Kind::Error,
        Outcome::Advised => Kind::Warning,
        Outcome::Waived | Outcome::Undecided | Outcome::Passed | Outcome::Observed | Outcome::Skipped => {
            Kind::Notice
        }
    };
    let mut text = String::new();
    if let Some(case) = finding.cases.first() {
        text = match case.outcome {
            Outcome::Error => tr!("could not be judged: {message}", message = case.message()),
            Outcome::Passed
            | Outcome::Observed
            | Outcome::Advised
            | Outcome::Failed
            | Outcome::Undecided
            | Outcome::Waived
            | Outcome::Skipped => case.message(),
        };
        if let Some(scenario) = case.scenario {
            text = tr!("{scenario}: {text}", scenario = translated(&scenario.name), text);
        }
        text = printable(&text, SEEN);
    }
    let more = finding.alike().saturating_sub(1);
    if more > 0 {
        text = [text, tr!("and {n} more scenario" | "and {n} more scenarios" % more)]
            .join(&tr!("between parts" => "; "));
    }
    let title = tr!("{id}: {sentence}", id = requirement.id, sentence = translated(&requirement.sentence));
    Annotation { kind, id: Some(&requirement.id), title, text }
}

/// Leaves of each kind as many as GitHub shows; where there are more, the last names them.
fn cut(all: Vec<Annotation<'_>>) -> Vec<Annotation<'_>> {
    let number = |kind| all.iter().filter(|one| one.kind == kind).count();
    let kinds = [Kind::Error, Kind::Warning, Kind::Notice];
    let crowded: Vec<Kind> = kinds.into_iter().filter(|kind| number(*kind) > kind.room()).collect();
    let mut kept: Vec<Annotation<'_>> = Vec::new();
    let mut left_out: Vec<Annotation<'_>> = Vec::new();
    for one in all {
        let before = kept.iter().filter(|other| other.kind == one.kind).count();
        let has_place = !crowded.contains(&one.kind) || before < one.kind.room() - 1;
        if has_place { kept.push(one) } else { left_out.push(one) }
    }
    for kind in crowded {
        let ids: Vec<&str> =
            left_out.iter().filter(|one| one.kind == kind).filter_map(|one| one.id).collect();
        kept.push(about_run(
            kind,
            tr!(
                "{n} more requirement: {ids}" | "{n} more requirements: {ids}" % ids.len(),
                ids = ids.join(", ")
            ),
        ));
    }
    kept
}

fn command(annotation: &Annotation<'_>) -> String {
    let title = property(&printable(&annotation.title, TITLE));
    format!("::{} title={title}::{}\n", annotation.kind.word(), data(&annotation.text))
}

/// Spells the text of a command. `##[` is how older runners recognised a command anywhere in a line.
fn data(text: &str) -> String {
    printable(text, LIMIT).replace('%', "%25").replace("##[", "## [")
}

/// Spells the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::record::{RequirementVerdict, RunRecord, ScenarioVerdict};
    use crate::report::fixtures;

    /// Returns a record in which so many requirements end like the one with this ID.
    fn many(id: &str, number: usize) -> RunRecord {
        let mut record = fixtures::nonconforming();
        record.baseline = None;
        let one = record.requirements.iter().find(|one| one.id == id).unwrap().clone();
        record.requirements.clear();
        for index in 1..=number {
            let mut one = one.clone();
            one.id = format!("{}-{index:02}", one.area.split(' ').next_back().unwrap().to_uppercase());
            record.requirements.push(one);
        }
        record
    }

    fn lines<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
        text.lines().filter(|line| line.starts_with(kind)).collect()
    }

    #[test]
    fn a_requirement_has_one_annotation_however_many_scenarios_show_it() {
        let mut record = many("CODE-02", 1);
        let broken = record.requirements[0].scenarios[0].clone();
        record.requirements[0].scenarios.extend([broken.clone(), broken]);
        let text = render(&record);
        let expected = "::error title=CODE-01%3A A code is exchanged once%3A the second time it is refused::\
            Alice's code is exchanged a second time: expected a refusal, saw 200 with the openid oA1b2C3 for the \
            second time; and 2 more scenarios";
        assert_eq!(lines(&text, "::error"), [expected]);
        // What could not be judged beside it is not more of the same.
        record.requirements[0].scenarios[3].verdict = ScenarioVerdict::Undecided;
        assert!(render(&record).contains("; and 1 more scenario\n"), "{}", render(&record));
    }

    #[test]
    fn a_long_message_leaves_room_for_how_many_more_there_are() {
        let mut record = many("CODE-02", 1);
        record.requirements[0].scenarios[0].actual = Some("x".repeat(5000));
        let broken = record.requirements[0].scenarios[0].clone();
        record.requirements[0].scenarios.push(broken);
        assert!(render(&record).contains("…; and 1 more scenario\n"), "{}", render(&record));
    }

    #[test]
    fn there_are_no_more_of_a_kind_than_github_shows_and_the_last_names_the_rest() {
        for (id, kind) in [("CODE-02", "::error"), ("TOKEN-04", "::warning"), ("WECHAT-08", "::error")] {
            let ten = render(&many(id, 10));
            assert_eq!(lines(&ten, kind).len(), 10, "{ten}");
            assert!(!ten.contains("more requirement"), "{ten}");
            let twelve = render(&many(id, 12));
            let found = lines(&twelve, kind);
            assert_eq!(found.len(), 10, "{twelve}");
            let named: Vec<&str> = found[9].rsplit(": ").next().unwrap().split(", ").collect();
            assert!(found[9].contains("::3 more requirements: "), "{}", found[9]);
            assert_eq!(named.iter().map(|id| &id[id.len() - 3..]).collect::<Vec<_>>(), ["-10", "-11", "-12"]);
        }
        // The summary is a notice too.
        let waived = render(&many("USER-04", 12));
        assert_eq!(lines(&waived, "::notice").len(), 10, "{waived}");
        assert!(waived.contains("::4 more requirements: "), "{waived}");
        assert!(waived.lines().last().unwrap().starts_with("::notice title=wxconform::nonconforming: "));
    }

    #[test]
    fn what_is_broken_comes_before_what_is_undecided() {
        let mut record = fixtures::nonconforming();
        record.requirements.reverse();
        let should = record.requirements.iter_mut().find(|one| one.id == "TOKEN-04").unwrap();
        should.verdict = RequirementVerdict::Broken;
        let text = render(&record);
        let ids: Vec<&str> = lines(&text, "::error")
            .iter()
            .filter_map(|line| line.strip_prefix("::error title=")?.split("%3A").next())
            .filter(|id| !id.contains("::"))
            .collect();
        assert_eq!(ids[..3], ["USER-03", "CODE-02", "TOKEN-04"]);
        assert!(ids[3..].iter().all(|id| id.starts_with("WECHAT-")), "{ids:?}");
    }
}
