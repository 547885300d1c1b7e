//! In which order does a person read a run?

use std::io::{self, Write};

use super::page::Page;
use super::{baseline, closing, details, launched, overview};
use crate::record::RunRecord;

/// How a page looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour. The caller decides, because only the caller knows whether a terminal is there.
    pub color: bool,
    /// How many columns a line may fill; fewer than 40 count as 40.
    pub width: usize,
    /// Whether to show the scenarios of every requirement, and all traffic with the beginning of its bodies.
    pub verbose: bool,
}

impl Default for Style {
    /// No colour, 80 columns, not verbose: what suits a log file.
    fn default() -> Self {
        Self { color: false, width: 80, verbose: false }
    }
}

/// Writes a record for a person.
///
/// Every text of the record is made [`printable()`](crate::report::printable()) first, so a backend cannot
/// drive the terminal of whoever judges it.
///
/// # Errors
///
/// Fails when `out` cannot be written to.
///
/// # Examples
///
/// ```
/// use wxconform::report::terminal::{Style, render};
///
/// # let record = serde_json::json!({
/// #     "schema": wxconform::record::SCHEMA, "tool": {"name": "wxconform", "version": "0.1.0"},
/// #     "backend": {"url": "http://127.0.0.1:1", "kind": "external", "wechat": "http://127.0.0.1:2"},
/// #     "contract": "documented", "seed": 1, "started_at": "2025-01-02T03:04:05Z", "duration_ms": 3,
/// #     "strict": false, "selection": {"only": []}, "verdict": "undecided", "reason": "nobody answers",
/// #     "totals": {
/// #         "catalogue": 9, "selected": 0, "exchanges": 0, "wechat_calls": 0,
/// #         "requirements": {"kept": 0, "broken": 0, "advised": 0, "observed": 0, "skipped": 0,
/// #                          "undecided": 0, "waived": 0},
/// #         "scenarios": {"planned": 0, "ran": 0}
/// #     },
/// #     "requirements": [], "unexpected_calls": []
/// # });
/// # let record = serde_json::from_value(record)?;
/// let mut page = Vec::new();
/// render(&record, &Style::default(), &mut page)?;
/// let page = String::from_utf8_lossy(&page);
/// assert!(page.contains("COULD NOT JUDGE  nobody answers; no requirement was judged"), "{page}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(record: &RunRecord, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let mut page = Page::new(style, out);
    overview::header(&mut page, record)?;
    launched::command(&mut page, record)?;
    // Of a backend that is not there nothing is said requirement by requirement.
    if record.preflight.is_none() {
        overview::requirements(&mut page, record)?;
        details::findings(&mut page, record)?;
        baseline::waived(&mut page, record)?;
        details::unjudged(&mut page, record)?;
        baseline::stale(&mut page, record)?;
    }
    launched::output(&mut page, record)?;
    closing::totals(&mut page, record)?;
    closing::secrets(&mut page, record)?;
    closing::verdict(&mut page, record)?;
    closing::next(&mut page, record)
}

#[cfg(test)]
mod tests {
    use super::{Style, render};
    use crate::record::RunRecord;
    use crate::report::fixtures;
    use crate::report::printable::is_unsafe;

    fn page(record: &RunRecord, style: Style) -> String {
        let mut page = Vec::new();
        render(record, &style, &mut page).unwrap();
        String::from_utf8(page).unwrap()
    }

    fn plain(width: usize) -> Style {
        Style { color: false, width, verbose: false }
    }

    #[test]
    fn a_conforming_run_reads_as_before() {
        let record = fixtures::conforming();
        fixtures::assert_snapshot("report__terminal_conforming", &page(&record, plain(100)));
        fixtures::assert_snapshot("report__terminal_conforming_60", &page(&record, plain(60)));
    }

    #[test]
    fn a_nonconforming_run_reads_as_before() {
        let record = fixtures::nonconforming();
        fixtures::assert_snapshot("report__terminal_nonconforming", &page(&record, plain(100)));
        fixtures::assert_snapshot("report__terminal_nonconforming_60", &page(&record, plain(60)));
        let verbose = Style { verbose: true, ..plain(100) };
        fixtures::assert_snapshot("report__terminal_nonconforming_verbose", &page(&record, verbose));
    }

    #[test]
    fn a_coloured_run_reads_as_before() {
        let colored = Style { color: true, ..plain(100) };
        let shown = page(&fixtures::nonconforming(), colored).replace('\u{1b}', "\\e");
        fixtures::assert_snapshot("report__terminal_nonconforming_coloured", &shown);
    }

    #[test]
    fn a_launched_backend_that_died_reads_as_before() {
        let record = fixtures::died();
        fixtures::assert_snapshot("report__terminal_died", &page(&record, plain(100)));
    }

    #[test]
    fn the_last_lines_stand_beside_breaches_only_when_everything_is_shown() {
        let mut record = fixtures::nonconforming();
        record.backend.output = vec!["a last line".to_owned()];
        assert!(!page(&record, plain(100)).contains("a last line"));
        assert!(page(&record, Style { verbose: true, ..plain(100) }).contains("  | a last line\n"));
        record.reason = Some("it died".to_owned());
        assert!(page(&record, plain(100)).contains("  | a last line\n"));
    }

    #[test]
    fn a_run_that_could_not_judge_reads_as_before() {
        let record = fixtures::unreachable();
        fixtures::assert_snapshot("report__terminal_could_not_judge", &page(&record, plain(100)));
    }

    #[test]
    fn of_a_backend_that_is_not_there_no_requirement_is_named() {
        let mut record = fixtures::unreachable();
        record.requirements = fixtures::nonconforming().requirements;
        let shown = page(&record, plain(100));
        assert!(!shown.contains("CODE-0"), "{shown}");
        assert!(shown.contains("see that the backend answers at http://127.0.0.1:8080"), "{shown}");
    }

    #[test]
    fn a_partial_run_reads_as_before() {
        fixtures::assert_snapshot("report__terminal_partial", &page(&fixtures::partial(), plain(100)));
        fixtures::assert_snapshot(
            "report__terminal_interrupted",
            &page(&fixtures::interrupted(), plain(100)),
        );
    }

    #[test]
    fn colour_changes_nothing_but_the_colour() {
        let record = fixtures::nonconforming();
        let colored = page(&record, Style { color: true, ..plain(80) });
        assert_eq!(anstream::adapter::strip_str(&colored).to_string(), page(&record, plain(80)));
    }

    #[test]
    fn nothing_on_a_plain_page_drives_the_terminal() {
        let mut record = fixtures::nonconforming();
        record.reason = Some("\u{1b}]52;c;\u{7}\u{202e}".to_owned());
        record.contract = "\u{9b}2J".to_owned();
        for requirement in &mut record.requirements {
            requirement.id.push('\u{8}');
            requirement.area.push('\r');
        }
        let style = Style { verbose: true, ..plain(80) };
        let shown = page(&record, style);
        assert!(shown.chars().all(|c| c == '\n' || !is_unsafe(c)), "{shown}");
        assert!(shown.contains(r"\x1b]52;c;\x07\u{202e}"), "{shown}");
    }

    #[test]
    fn thirty_requirements_with_one_reason_share_a_line() {
        let mut record = fixtures::nonconforming();
        let model = record.requirements.iter().find(|one| one.id == "WECHAT-08").unwrap().clone();
        record.requirements = vec![model; 30];
        let shown = page(&record, plain(100));
        assert_eq!(shown.matches("the stand-in was not asked").count(), 1, "{shown}");
        assert!(shown.contains("and 22 more"), "{shown}");
        assert!(!shown.contains("wxconform explain"), "{shown}");
    }

    #[test]
    fn thirty_undecided_requirements_with_thirty_reasons_are_not_thirty_blocks() {
        let mut record = fixtures::nonconforming();
        let model = record.requirements.iter().find(|one| one.id == "WECHAT-08").unwrap().clone();
        let numbered = (0..30).map(|number| {
            let mut one = model.clone();
            one.reason = Some(format!("the code c{number} was never asked about"));
            one
        });
        record.requirements = numbered.collect();
        let shown = page(&record, plain(100));
        assert_eq!(shown.matches("wxconform explain").count(), 3, "{shown}");
        assert_eq!(shown.matches("was never asked about").count(), 30, "{shown}");
    }
}
