//! What stands in a pull request or in the summary of a job? The record as Markdown.
//!
//! First the verdict, a table of what is not as it should be, and the command that repeats the run; then one section
//! for each requirement of the table. A backend's text is shown in `<code>`, every mark in it spelt as a character
//! reference, so that it is no Markdown, no HTML, no link, no mention and no end of a table's cell. The page keeps
//! below what GitHub takes for a comment: of a run with very many findings the last have no section.

use super::findings::{self, Finding};
use super::outcome::{self, Case, Outcome};
use super::{printable, shell, terminal, wording};
use crate::language::translated;
use crate::record::{ExchangeRecord, RunRecord, RunVerdict, ScenarioRecord};

/// How long the page may be, in characters. GitHub takes 65,536 for a comment.
pub(super) const LONGEST: usize = 60_000;

/// How long the table may be. What is longer has shorter sentences: every ID stands in it.
const LONGEST_TABLE: usize = 28_000;

/// The room for the line that says what was left out.
const NOTE: usize = 400;

/// How many characters of a text are shown.
const LIMIT: usize = 300;

/// How many characters are shown of a paragraph, and of the command.
const LINE: usize = 2000;

/// How many characters of a body are shown.
const BODY: usize = 160;

/// How many scenarios of a requirement are shown.
const SCENARIOS: usize = 10;

/// Returns the record as Markdown with a line break at the end.
pub(super) fn render(record: &RunRecord) -> String {
    let closing = closing(record);
    if outcome::nothing_judged(record) {
        return heading(record) + &next(record) + &again(record) + &closing;
    }
    let findings = findings::of(record);
    let mut page = heading(record) + &table(&findings) + &again(record);
    let length = |text: &str| text.chars().count();
    let mut room = LONGEST.saturating_sub(length(&page) + length(&closing) + NOTE);
    let mut left_out = 0;
    for finding in &findings {
        // Rather fewer scenarios than no section.
        let sections = [SCENARIOS, 1].map(|scenarios| section(finding, scenarios));
        match sections.iter().find(|section| length(section) <= room) {
            Some(section) => {
                room -= length(section);
                page.push_str(section);
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        let told = tr!("{n} more requirement stands only in the table; the JSON report shows what was seen."
            | "{n} more requirements stand only in the table; the JSON report shows what was seen."
                % left_out);
        page = page + "\n_" + &told + "_\n";
    }
    page + &closing
}

fn heading(record: &RunRecord) -> String {
    let (sign, word) = match record.verdict {
        RunVerdict::Conforming => ("✅", tr!("conforming")),
        RunVerdict::Nonconforming => ("❌", tr!("nonconforming")),
        RunVerdict::Undecided => ("⚠️", tr!("could not judge")),
        RunVerdict::Partial => ("⚠️", tr!("partial")),
    };
    let mut lines =
        vec![format!("## {sign} {}", tr!("wxconform: {word}", word)), String::new(), conclusion(record)];
    if let Some((_, entries)) = outcome::stale(record) {
        lines.extend([String::new(), code(&entries.join(&tr!("between parts" => "; ")))]);
    }
    lines.join("\n") + "\n"
}

/// Returns what the verdict comes to: why nothing was judged, or what decided it and the counts. A reason may quote the
/// backend, so it is code.
fn conclusion(record: &RunRecord) -> String {
    let reason = record.reason.as_deref().map(translated);
    let parts = match &reason {
        Some(reason) if outcome::nothing_judged(record) => vec![reason.clone()],
        _ => terminal::conclusion(record),
    };
    let spell = |part: &String| {
        let text = spelt(&part.replace(wording::GLUE, " "), LINE);
        if reason.as_ref() == Some(part) { format!("<code>{text}</code>") } else { text }
    };
    let parts: Vec<String> = parts.iter().map(spell).collect();
    format!("<p>{}</p>", parts.join(&tr!("between parts" => "; ")))
}

/// Returns what to do where nothing was judged.
fn next(record: &RunRecord) -> String {
    let told = tr!("{label}: {text}", label = tr!("next"), text = terminal::advice(record));
    format!("\n{}\n", paragraph(&told))
}

/// Returns the requirements that are not as they should be, one a row; nothing when there are none.
fn table(findings: &[Finding<'_>]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let lengths = [LIMIT, 100, 50, 0];
    let tables = lengths.map(|sentence| rows(findings, sentence));
    let [.., shortest] = &tables;
    tables.iter().find(|table| table.chars().count() <= LONGEST_TABLE).unwrap_or(shortest).clone()
}

fn rows(findings: &[Finding<'_>], sentence: usize) -> String {
    let head = [tr!("requirement"), tr!("level"), tr!("verdict"), tr!("what it demands"), tr!("scenarios")];
    let mut lines =
        vec![String::new(), format!("| {} |", head.join(" | ")), "|---|---|---|---|---:|".to_owned()];
    lines.extend(findings.iter().map(|finding| {
        let requirement = finding.requirement;
        // A requirement that has no scenario is undecided as a whole.
        let all = requirement.scenarios.len().max(1);
        format!(
            "| {} | {} | {} | {} | {}/{all} |",
            plain(&requirement.id),
            wording::level(requirement.level),
            finding.outcome.told(),
            spelt(&translated(&requirement.sentence), sentence),
            finding.alike()
        )
    }));
    lines.join("\n") + "\n"
}

/// Returns the command that repeats the run; nothing when no command started it.
fn again(record: &RunRecord) -> String {
    if record.command.is_empty() {
        return String::new();
    }
    let command = shell::line(record.command.iter().map(String::as_str));
    format!("\n{}\n<pre>{}</pre>\n", paragraph(&tr!("Run it again")), spelt(&command, LINE))
}

/// Returns what there is to say about a requirement, and about the first of its scenarios.
fn section(finding: &Finding<'_>, scenarios: usize) -> String {
    let requirement = finding.requirement;
    let kind = [wording::level(requirement.level), finding.outcome.told()];
    let mut lines = vec![
        String::new(),
        format!(
            "### {} ({}) {}",
            plain(&requirement.id),
            kind.join(&tr!("between parts" => ", ")),
            plain(&translated(&requirement.sentence))
        ),
        String::new(),
    ];
    if finding.outcome == Outcome::Waived {
        lines.extend(finding.cases.first().map(|case| told(&tr!("reason"), &code(&case.message()))));
    } else {
        lines.push(told(&tr!("why"), &plain(&translated(&requirement.why))));
        lines.push(told(&tr!("fix"), &plain(&translated(&requirement.fix))));
    }
    lines.extend(finding.cases.iter().take(scenarios).flat_map(scenario));
    let more = finding.cases.len().saturating_sub(scenarios);
    if more > 0 {
        lines.push(format!("- {}", tr!("and {n} more scenario" | "and {n} more scenarios" % more)));
    }
    lines.join("\n") + "\n"
}

/// Returns what a scenario showed: its name, and below it what was expected and seen, or why it could not be judged.
fn scenario(case: &Case<'_>) -> Vec<String> {
    let Some(scenario) = case.scenario else { return reason(case).into_iter().collect() };
    let mut below = Vec::new();
    match case.outcome {
        Outcome::Failed | Outcome::Advised | Outcome::Observed | Outcome::Waived => {
            let said = |text: &Option<String>| text.as_deref().map(|text| code(&translated(text)));
            below.extend(said(&scenario.expected).map(|text| told(&tr!("expected"), &text)));
            below.extend(said(&scenario.actual).map(|text| told(&tr!("actual"), &text)));
        }
        Outcome::Passed | Outcome::Error | Outcome::Undecided | Outcome::Skipped => {
            below.extend(reason(case));
        }
    }
    below.extend(wording::failing_step(scenario).map(|step| told(&tr!("step"), &code(&step))));
    if let Some(exchange) = telling(scenario) {
        below.push(told(&tr!("exchange"), &code(&wording::exchange(exchange, LIMIT))));
        let body = exchange.answer.as_ref().map(|answer| answer.body.as_str());
        let body = body.filter(|body| !body.is_empty());
        below.extend(body.map(|body| told(&tr!("answer"), &format!("<code>{}</code>", spelt(body, BODY)))));
    }
    let name = told(&tr!("scenario"), &code(&translated(&scenario.name)));
    [name].into_iter().chain(below.into_iter().map(|line| format!("  {line}"))).collect()
}

fn reason(case: &Case<'_>) -> Option<String> {
    // That of a waived requirement stands above its scenarios.
    (case.outcome != Outcome::Waived).then(|| told(&tr!("reason"), &code(&case.message())))
}

/// Returns the exchange that was judged, or else the last thing that a phone asked.
fn telling(scenario: &ScenarioRecord) -> Option<&ExchangeRecord> {
    let exchanges = &scenario.exchanges;
    let asked = || exchanges.iter().rfind(|one| one.from == "phone");
    exchanges.iter().rfind(|one| one.judged).or_else(asked)
}

/// Returns a line of a finding.
fn told(label: &str, text: &str) -> String {
    format!("- {}", tr!("{label}: {text}", label, text))
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

/// Returns a text as a paragraph, in which nothing is Markdown, not even at its beginning.
fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", spelt(text, LINE))
}

/// Returns a text in a line in which nothing is Markdown, HTML, a link or a mention.
pub(super) fn plain(text: &str) -> String {
    spelt(text, LIMIT)
}

/// Returns so many characters of a text, spelt like that.
fn spelt(text: &str, limit: usize) -> String {
    let mut written = String::new();
    let mut before = ' ';
    for c in printable(text, limit).chars() {
        // What stands for itself: the rest of ASCII could be a mark. A point makes a link of `www`.
        let harmless = !c.is_ascii()
            || c.is_ascii_alphanumeric()
            || matches!(c, ' ' | ',' | '/' | '-')
            || c == '.' && !before.eq_ignore_ascii_case(&'w');
        if harmless {
            written.push(c);
        } else {
            written = written + "&#" + &u32::from(c).to_string() + ";";
        }
        before = c;
    }
    written
}
