//! What stands in a pull request or in the summary of a job? The record as Markdown.
//!
//! A backend's text is shown in `<code>`, every mark in it spelt as a character reference, so that it is no
//! Markdown, no HTML, no link, no mention and no end of a table's cell. The page keeps below what GitHub takes for
//! a comment: of a run with very many findings the last are only counted.

use super::outcome::{self, Case, Outcome};
use super::{printable, wording};
use crate::language::translated;
use crate::record::{RequirementVerdict, RunRecord, RunVerdict};

/// How long the page may be, in characters. GitHub takes 65,536 for a comment.
pub(super) const LONGEST: usize = 60_000;

/// The room for what stands below the findings.
const CLOSING: usize = 6_000;

/// How many characters of a text are shown.
const LIMIT: usize = 300;

/// How many exchanges a finding shows, counted from the last.
const EXCHANGES: usize = 6;

/// Returns the record as Markdown with a line break at the end.
pub(super) fn render(record: &RunRecord) -> String {
    let mut page = heading(record);
    let mut length = page.chars().count();
    let mut left_out = 0;
    let mut cases = outcome::cases(record);
    cases.retain(|case| case.outcome.is_notable());
    for (outcome, title) in [
        (Outcome::Failed, tr!("Broken")),
        (Outcome::Error, tr!("Could not be judged")),
        (Outcome::Advised, tr!("Advised")),
        (Outcome::Waived, tr!("Waived")),
    ] {
        let of_kind: Vec<&Case<'_>> = cases.iter().filter(|case| case.outcome == outcome).collect();
        if of_kind.is_empty() {
            continue;
        }
        page = page + "\n### " + &title + "\n";
        for case in of_kind {
            let block = block(case);
            let more = block.chars().count();
            if left_out > 0 || length + more > LONGEST - CLOSING {
                left_out += 1;
                continue;
            }
            length += more;
            page.push_str(&block);
        }
    }
    if left_out > 0 {
        page = page
            + "\n_"
            + &tr!("{n} finding more, which the JSON report shows."
                | "{n} findings more, which the JSON report shows." % left_out)
            + "_\n";
    }
    page.push_str(&closing(record));
    page
}

fn heading(record: &RunRecord) -> String {
    use RequirementVerdict as V;
    let (sign, word) = match record.verdict {
        RunVerdict::Conforming => ("✅", tr!("conforming")),
        RunVerdict::Nonconforming => ("❌", tr!("nonconforming")),
        RunVerdict::Undecided => ("⚠️", tr!("could not judge")),
        RunVerdict::Partial => ("⚠️", tr!("partial")),
    };
    let counts = &record.totals.requirements;
    let mut lines = vec![format!("## {sign} {}", tr!("wxconform: {word}", word)), String::new()];
    let reason = outcome::trouble(record).or_else(|| record.reason.as_deref().map(translated));
    if let Some(reason) = reason {
        lines.extend([code(&reason), String::new()]);
    }
    if let Some((title, entries)) = outcome::stale(record) {
        lines.extend([
            code(&[vec![title], entries].concat().join(&tr!("between parts" => "; "))),
            String::new(),
        ]);
    }
    let words = [V::Kept, V::Broken, V::Advised, V::Undecided, V::Waived, V::Skipped, V::Observed];
    lines.push(format!("| {} |", words.map(wording::verdict).join(" | ")));
    lines.push("|---:|---:|---:|---:|---:|---:|---:|".to_owned());
    lines.push(format!(
        "| {} | {} | {} | {} | {} | {} | {} |",
        counts.kept,
        counts.broken,
        counts.advised,
        counts.undecided,
        counts.waived,
        counts.skipped,
        counts.observed
    ));
    lines.join("\n") + "\n"
}

fn block(case: &Case<'_>) -> String {
    let requirement = case.requirement;
    let mut lines = vec![
        String::new(),
        format!(
            "#### {} ({}) {}",
            plain(&requirement.id),
            wording::level(requirement.level),
            plain(&translated(&requirement.sentence))
        ),
        String::new(),
        told(&tr!("scenario"), &code(&case.title())),
    ];
    match case.outcome {
        Outcome::Failed | Outcome::Advised | Outcome::Observed => {
            lines.extend(
                case.scenario
                    .and_then(|one| one.expected.as_deref())
                    .map(|text| told(&tr!("expected"), &code(&translated(text)))),
            );
            lines.extend(
                case.scenario
                    .and_then(|one| one.actual.as_deref())
                    .map(|text| told(&tr!("actual"), &code(&translated(text)))),
            );
        }
        Outcome::Passed | Outcome::Error | Outcome::Undecided | Outcome::Waived | Outcome::Skipped => {
            lines.push(told(&tr!("reason"), &code(&case.message())));
        }
    }
    if case.outcome != Outcome::Waived {
        let step = case.scenario.and_then(wording::failing_step);
        lines.extend(step.map(|step| told(&tr!("step"), &code(&step))));
        lines.push(told(&tr!("why"), &plain(&translated(&requirement.why))));
        lines.push(told(&tr!("fix"), &plain(&translated(&requirement.fix))));
        lines.extend(traffic(case));
    }
    lines.join("\n") + "\n"
}

/// Returns a line of a finding.
fn told(label: &str, text: &str) -> String {
    format!("- {}", tr!("{label}: {text}", label, text))
}

fn traffic(case: &Case<'_>) -> Vec<String> {
    let exchanges = case.scenario.map_or(&[][..], |scenario| &scenario.exchanges);
    if exchanges.is_empty() {
        return Vec::new();
    }
    let earlier = exchanges.len().saturating_sub(EXCHANGES);
    let told = if earlier > 0 {
        tr!(
            "traffic: {n} exchange, {earlier} earlier left out"
                | "traffic: {n} exchanges, {earlier} earlier left out" % exchanges.len(),
            earlier = earlier
        )
    } else {
        tr!("traffic: {n} exchange" | "traffic: {n} exchanges" % exchanges.len())
    };
    let summary = format!("<details><summary>{told}</summary>");
    let lines =
        exchanges.iter().skip(earlier).map(|one| format!("- {}", code(&wording::exchange(one, LIMIT))));
    [String::new(), summary, String::new()]
        .into_iter()
        .chain(lines)
        .chain([String::new(), "</details>".to_owned()])
        .collect()
}

fn closing(record: &RunRecord) -> String {
    let mut lines = vec![
        String::new(),
        format!("<details><summary>{}</summary>", tr!("judged by")),
        String::new(),
        "| | |".to_owned(),
        "|---|---|".to_owned(),
    ];
    lines.extend(
        wording::evidence(record)
            .iter()
            .map(|(name, text)| format!("| {} | {} |", translated(name), code(text))),
    );
    lines.extend([String::new(), "</details>".to_owned(), String::new()]);
    lines.join("\n")
}

/// Returns a text of somebody else's, in a line, as code.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// Returns a text in a line in which nothing is Markdown, HTML, a link or a mention.
pub(super) fn plain(text: &str) -> String {
    let mut spelt = String::new();
    let mut before = ' ';
    for c in printable(text, LIMIT).chars() {
        // What stands for itself: the rest of ASCII could be a mark. A point makes a link of `www`.
        let harmless = !c.is_ascii()
            || c.is_ascii_alphanumeric()
            || matches!(c, ' ' | ',' | '/' | '-')
            || c == '.' && !before.eq_ignore_ascii_case(&'w');
        if harmless {
            spelt.push(c);
        } else {
            spelt = spelt + "&#" + &u32::from(c).to_string() + ";";
        }
        before = c;
    }
    spelt
}
