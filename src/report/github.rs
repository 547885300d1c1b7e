//! How does GitHub show the record beside the code? As annotations, by workflow commands.
//!
//! A line that begins with `::` commands the runner. Nothing of a backend begins a line here, and in what follows
//! a command its marks are spelt as the runner wants them.

use super::outcome::{self, Case, Outcome};
use super::{printable, wording};
use crate::language::translated;
use crate::record::RunRecord;

/// How many characters of a message are shown; GitHub cuts at about four thousand.
const LIMIT: usize = 1000;

/// Returns what there is to say as workflow commands, one a line; the weightiest stand first, because GitHub shows
/// ten of each kind.
pub(super) fn render(record: &RunRecord) -> String {
    let mut cases = outcome::cases(record);
    cases.retain(|case| case.outcome.is_notable());
    cases.sort_by_key(|case| weight(case.outcome));
    let trouble = outcome::trouble(record).map(|text| command("error", "", "wxconform", &text));
    let stale = outcome::stale(record).map(|(title, entries)| {
        command(
            "error",
            "",
            "wxconform",
            &[vec![title], entries].concat().join(&tr!("between parts" => "; ")),
        )
    });
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
    let summary = summary + &evidence.collect::<String>();
    let lines = trouble.into_iter().chain(stale).chain(cases.iter().map(annotation));
    lines.chain([command("notice", "", "wxconform", &summary)]).collect()
}

fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Failed => 0,
        Outcome::Error => 1,
        Outcome::Advised => 2,
        Outcome::Waived | Outcome::Undecided | Outcome::Passed | Outcome::Observed | Outcome::Skipped => 3,
    }
}

fn annotation(case: &Case<'_>) -> String {
    let kind = match case.outcome {
        Outcome::Failed | Outcome::Error => "error",
        Outcome::Advised => "warning",
        Outcome::Waived | Outcome::Undecided | Outcome::Passed | Outcome::Observed | Outcome::Skipped => {
            "notice"
        }
    };
    let requirement = case.requirement;
    let (path, line) = case.place();
    let place = format!("file={},line={line},", property(path));
    let title = format!("{} {}", requirement.id, case.outcome.told());
    let text = tr!(
        "{sentence} ({scenario}): {message}",
        sentence = translated(&requirement.sentence),
        scenario = case.title(),
        message = case.message()
    );
    command(kind, &place, &title, &text)
}

fn command(kind: &str, place: &str, title: &str, text: &str) -> String {
    format!("::{kind} {place}title={}::{}\n", property(title), data(text))
}

/// Spells the text of a command. `##[` is how older runners recognised a command anywhere in a line.
fn data(text: &str) -> String {
    printable(text, LIMIT).replace('%', "%25").replace("##[", "## [")
}

/// Spells the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
