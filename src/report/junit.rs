//! How does a continuous integration server read the record?
//!
//! One suite per requirement, one case per scenario; what becomes of each is told in [`outcome`]. An advisory and an
//! observation are successes with what was seen in `system-out`; what is undecided and does not count, and what is
//! waived, is skipped. The troubles of the run itself have a suite of their own.
//!
//! The file keeps to what two schemas share: `junit-10.xsd` of Jenkins' xUnit plugin, and Surefire's
//! `surefire-test-report.xsd` for each suite. Neither knows properties of a case: those of a requirement are
//! properties of its suite.
//!
//! A waived breach is skipped and not a success: build servers count and show what is skipped, so a known
//! deviation stays in sight. Its message begins with `waived: ` and names reason, owner and last day.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::outcome::{self, Case, Outcome};
use super::{printable, wording};
use crate::language::translated;
use crate::record::{RequirementRecord, RunRecord, ScenarioRecord};

/// How many characters of a text a case shows.
const LIMIT: usize = 1000;

/// How many exchanges a failure shows, counted from the last.
const EXCHANGES: usize = 8;

/// Returns the record as `JUnit` XML with a line break at the end.
pub(super) fn render(record: &RunRecord) -> Result<String, SerializeError> {
    // No report UUID is set: it would make two reports of one record differ.
    let mut report = Report::new(shown(&record.tool.name));
    report.set_time(Duration::from_millis(record.duration_ms));
    report.add_test_suites(of_run(record));
    report.add_test_suites(record.requirements.iter().map(|requirement| of_requirement(record, requirement)));
    report.to_string().map(without_sum_of_skipped)
}

/// Removes an attribute that the writer always gives to the whole, and that Jenkins' schema knows of suites only.
fn without_sum_of_skipped(xml: String) -> String {
    let Some((before, whole)) = xml.split_once("<testsuites ") else { return xml };
    // Within a value the writer escapes quotes and angle brackets, so the tag ends where it seems to.
    let Some((attributes, suites)) = whole.split_once('>') else { return xml };
    let kept: Vec<&str> =
        attributes.split_inclusive("\" ").filter(|one| !one.starts_with("skipped=\"")).collect();
    format!("{before}<testsuites {}>{suites}", kept.concat())
}

/// Returns one line in which nothing is left that XML 1.0 cannot carry. The encoder would drop control
/// characters silently and let U+FFFE through.
fn shown(text: &str) -> String {
    printable(text, LIMIT)
}

/// Returns a suite with nothing but what the run is known by.
fn suite(record: &RunRecord, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(shown(name));
    for (name, text) in wording::evidence(record) {
        suite.add_property(Property::new(name, shown(&text)));
    }
    suite
}

/// Returns the suite of what is wrong with the run itself, if anything is.
fn of_run(record: &RunRecord) -> Option<TestSuite> {
    let cases: Vec<TestCase> = problem(record).into_iter().chain(stale(record)).collect();
    if cases.is_empty() {
        return None;
    }
    let mut suite = suite(record, &tr!("The run itself"));
    if let Some(baseline) = &record.baseline {
        suite.add_property(Property::new("baseline", shown(&baseline.path)));
    }
    suite.add_test_cases(cases);
    Some(suite)
}

fn of_requirement(record: &RunRecord, requirement: &RequirementRecord) -> TestSuite {
    let mut suite = suite(record, &format!("{} {}", requirement.id, translated(&requirement.sentence)));
    suite.extra.insert("group".into(), shown(&translated(&requirement.area)).into());
    suite.add_property(Property::new("requirement", shown(&requirement.id)));
    suite.add_property(Property::new("level", requirement.level.to_string()));
    suite.add_property(Property::new("verdict", requirement.verdict.word()));
    suite.add_test_cases(cases(record, requirement));
    suite.set_time(suite.test_cases.iter().filter_map(|case| case.time).sum());
    suite
}

/// Returns the case for a run that must not be green even if every requirement is.
fn problem(record: &RunRecord) -> Option<TestCase> {
    let problem = outcome::trouble(record)?;
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("RUN").set_message(shown(&problem));
    let mut case = TestCase::new(tr!("The run judges everything it planned to judge"), status);
    case.set_classname("RUN").set_time(Duration::ZERO);
    if !record.backend.output.is_empty() {
        let lines: Vec<String> = record.backend.output.iter().map(|line| shown(line)).collect();
        case.set_system_out(lines.join("\n"));
    }
    Some(case)
}

/// Returns the case for a baseline that has to be changed.
fn stale(record: &RunRecord) -> Option<TestCase> {
    let (title, lines) = outcome::stale(record)?;
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let lines: Vec<String> = lines.iter().map(|line| shown(line)).collect();
    status.set_type("BASELINE").set_message(shown(&title)).set_description(lines.join("\n"));
    let mut case = TestCase::new(tr!("The baseline lists what still occurs"), status);
    case.set_classname("RUN").set_time(Duration::ZERO);
    Some(case)
}

fn cases(record: &RunRecord, requirement: &RequirementRecord) -> Vec<TestCase> {
    let case = |one: &Case<'_>| {
        let mut case = TestCase::new(shown(&one.title()), status(one));
        case.set_classname(shown(&requirement.id)).set_time(Duration::ZERO);
        if let Some(scenario) = one.scenario {
            case.set_time(Duration::from_millis(scenario.duration_ms));
            if let Some(output) = output(one, scenario) {
                case.set_system_out(output);
            }
        }
        case
    };
    outcome::of(record, requirement).iter().map(case).collect()
}

/// Returns what becomes of a scenario.
fn status(case: &Case<'_>) -> TestCaseStatus {
    let kind = match case.outcome {
        Outcome::Passed | Outcome::Observed | Outcome::Advised => return TestCaseStatus::success(),
        Outcome::Skipped | Outcome::Waived | Outcome::Undecided => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(shown(&case.message()));
            return status;
        }
        Outcome::Failed => NonSuccessKind::Failure,
        Outcome::Error => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(shown(&case.requirement.id)).set_message(shown(&case.message()));
    if let Some(scenario) = case.scenario {
        status.set_description(match kind {
            NonSuccessKind::Failure => description(case.requirement, scenario),
            NonSuccessKind::Error => shown(&place(scenario)),
        });
    }
    status
}

/// Returns which scenario it was, and where it stands.
fn place(scenario: &ScenarioRecord) -> String {
    tr!("scenario: {name} ({location})", name = translated(&scenario.name), location = scenario.location)
}

fn description(requirement: &RequirementRecord, scenario: &ScenarioRecord) -> String {
    let mut lines = vec![
        tr!("{id}: {sentence}", id = requirement.id, sentence = translated(&requirement.sentence)),
        tr!("why: {why}", why = translated(&requirement.why)),
        place(scenario),
    ];
    lines.extend(wording::failing_step(scenario).map(|step| tr!("step: {step}", step)));
    let earlier = scenario.exchanges.len().saturating_sub(EXCHANGES);
    if earlier > 0 {
        lines
            .push(tr!("traffic: {n} earlier exchange left out"
                | "traffic: {n} earlier exchanges left out" % earlier));
    }
    let traffic = scenario.exchanges.iter().skip(earlier).map(|one| wording::exchange(one, LIMIT));
    lines.extend(traffic.map(|line| tr!("traffic: {line}", line)));
    lines.push(tr!("fix: {fix}", fix = translated(&requirement.fix)));
    lines.iter().map(|line| shown(line)).collect::<Vec<_>>().join("\n")
}

/// Returns what a success has to say all the same.
fn output(case: &Case<'_>, scenario: &ScenarioRecord) -> Option<String> {
    let tolerated = matches!(case.outcome, Outcome::Advised | Outcome::Observed);
    let notes = scenario.notes.iter().map(|note| translated(note));
    let breach = tolerated.then(|| case.message());
    let lines: Vec<String> = breach.into_iter().chain(notes).map(|line| shown(&line)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::record::{Level, RequirementVerdict, RunRecord, ScenarioVerdict};
    use crate::report::fixtures;

    /// Returns how many cases there are, and how many of them were skipped, failed and could not be judged.
    fn numbers(record: &RunRecord) -> [usize; 4] {
        let report = quick_junit::Report::deserialize_from_str(&render(record).unwrap()).unwrap();
        let skipped = report.test_suites.iter().map(|suite| suite.skipped).sum();
        [report.tests, skipped, report.failures, report.errors]
    }

    /// Returns a record of one requirement with one scenario.
    fn single(
        level: Level,
        strict: bool,
        scenario: ScenarioVerdict,
        requirement: RequirementVerdict,
    ) -> RunRecord {
        let mut record = fixtures::conforming();
        record.requirements.truncate(1);
        record.strict = strict;
        record.requirements[0].level = level;
        record.requirements[0].verdict = requirement;
        record.requirements[0].scenarios[0].verdict = scenario;
        record
    }

    #[test]
    fn every_scenario_becomes_what_the_table_says() {
        use Level::{Must, Observe, Should};
        use RequirementVerdict as R;
        use ScenarioVerdict as S;
        let (success, skipped) = ([1, 0, 0, 0], [1, 1, 0, 0]);
        let (failure, error) = ([1, 0, 1, 0], [1, 0, 0, 1]);
        let rows = [
            (Must, false, S::Kept, R::Kept, success),
            (Must, false, S::Kept, R::Broken, success),
            (Must, false, S::Broken, R::Broken, failure),
            (Should, true, S::Broken, R::Broken, failure),
            (Should, false, S::Broken, R::Advised, success),
            (Observe, false, S::Broken, R::Observed, success),
            (Must, false, S::Broken, R::Waived, skipped),
            (Must, false, S::Undecided, R::Undecided, error),
            (Must, false, S::Undecided, R::Broken, error),
            (Must, false, S::Undecided, R::Waived, skipped),
            (Should, false, S::Undecided, R::Undecided, skipped),
            (Should, true, S::Undecided, R::Undecided, error),
            (Observe, true, S::Undecided, R::Undecided, skipped),
            (Must, false, S::Skipped, R::Skipped, skipped),
        ];
        for (level, strict, scenario, requirement, expected) in rows {
            let seen = numbers(&single(level, strict, scenario, requirement));
            assert_eq!(seen, expected, "{level} strict {strict} {scenario:?} {requirement:?}");
        }
    }

    #[test]
    fn a_requirement_without_scenarios_does_not_vanish() {
        for (verdict, expected) in [
            (RequirementVerdict::Skipped, [1, 1, 0, 0]),
            (RequirementVerdict::Undecided, [1, 0, 0, 1]),
            (RequirementVerdict::Kept, [1, 0, 0, 1]),
        ] {
            let mut record = single(Level::Must, false, ScenarioVerdict::Kept, verdict);
            record.requirements[0].scenarios.clear();
            assert_eq!(numbers(&record), expected, "{verdict:?}");
        }
    }

    #[test]
    fn a_run_that_could_not_judge_is_never_green() {
        assert_eq!(numbers(&fixtures::unreachable()), [1, 0, 0, 1]);
        assert_eq!(numbers(&fixtures::interrupted()), [5, 0, 0, 1]);
    }

    #[test]
    fn a_run_with_a_stale_baseline_is_not_green_and_a_waived_breach_is_told() {
        let mut record = single(Level::Must, false, ScenarioVerdict::Broken, RequirementVerdict::Waived);
        let requirement = &mut record.requirements[0];
        requirement.reason = Some("ticket 17".to_owned());
        requirement.waiver = fixtures::nonconforming().baseline.map(|known| known.entries[1].waiver.clone());
        let waived = render(&record).unwrap();
        assert!(waived.contains("message=\"waived: ticket 17 (Li Wei, until 2027-01-31)\""), "{waived}");
        assert_eq!(numbers(&record), [1, 1, 0, 0]);
        record.baseline = fixtures::nonconforming().baseline;
        assert_eq!(numbers(&record), [2, 1, 1, 0]);
        assert!(render(&record).unwrap().contains("CODE-01 (line 5): the deviation did not occur"));
        record.baseline.as_mut().unwrap().stale.clear();
        assert_eq!(numbers(&record), [1, 1, 0, 0]);
    }

    #[test]
    fn what_xml_cannot_carry_is_spelt_out() {
        let mut record = fixtures::nonconforming();
        let hostile = "\u{1b}[31m\0\u{fffe}\u{ffff}\u{9b}]]>&<\"'";
        for requirement in &mut record.requirements {
            requirement.reason = Some(hostile.to_owned());
            for scenario in &mut requirement.scenarios {
                scenario.name = hostile.to_owned();
                scenario.reason = Some(hostile.to_owned());
                scenario.actual = Some(hostile.to_owned());
                scenario.notes = vec![hostile.to_owned()];
                for exchange in &mut scenario.exchanges {
                    exchange.url = hostile.to_owned();
                }
            }
        }
        let xml = render(&record).unwrap();
        let allowed = |c: char| c == '\n' || !super::super::printable::is_unsafe(c);
        assert!(xml.chars().all(allowed), "{xml}");
        assert!(xml.contains(r"\x1b[31m\x00\u{fffe}\u{ffff}\x9b]]&gt;&amp;&lt;"), "{xml}");
        assert!(!xml.contains("]]>"), "{xml}");
        quick_junit::Report::deserialize_from_str(&xml).unwrap();
    }

    #[test]
    fn one_record_gives_one_file() {
        let record = fixtures::nonconforming();
        assert_eq!(render(&record).unwrap(), render(&record).unwrap());
    }

    #[test]
    fn the_junit_reports_read_as_before() {
        fixtures::assert_snapshot("report__junit", &render(&fixtures::nonconforming()).unwrap());
        fixtures::assert_snapshot("report__junit_unreachable", &render(&fixtures::unreachable()).unwrap());
    }
}
