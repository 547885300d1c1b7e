//! What is not as it should be, what shows it, and how is it mended?

use maud::{Markup, html};

use super::{Room, badge, is_finding, kept, traffic};
use crate::language::translated;
use crate::record::{
    RequirementRecord, RequirementVerdict, RunRecord, SHARING, ScenarioRecord, ScenarioVerdict, StepRecord,
};
use crate::report::page::{Block, LINE, Line, source};
use crate::report::{printable, shell, wording};

/// How many scenarios of one requirement are told with their steps and their traffic. One defect breaks many in the same
/// way.
const SCENARIOS: usize = 4;

/// Tells every requirement that is broken, advised, undecided or waived.
pub(super) fn findings(record: &RunRecord, room: &mut Room) -> Markup {
    use RequirementVerdict as V;
    let order = [V::Broken, V::Advised, V::Undecided, V::Waived];
    let found = order.iter().flat_map(|verdict| {
        record.requirements.iter().filter(move |one| one.verdict == *verdict && is_finding(one))
    });
    let sections: Vec<Markup> = found.map(|requirement| finding(record, requirement, room)).collect();
    html! {
        section #findings aria-labelledby="findings-title" {
            h2 #findings-title { (tr!("Findings")) }
            @if sections.is_empty() {
                p { (tr!("There are none: whatever was judged is as it should be.")) }
            }
            @for section in &sections { (section) }
        }
    }
}

fn finding(record: &RunRecord, requirement: &RequirementRecord, room: &mut Room) -> Markup {
    let telling = if requirement.verdict == RequirementVerdict::Undecided {
        ScenarioVerdict::Undecided
    } else {
        ScenarioVerdict::Broken
    };
    let (shown, others): (Vec<_>, Vec<_>) =
        requirement.scenarios.iter().partition(|scenario| scenario.verdict == telling);
    let evidence: Vec<Markup> = shown
        .iter()
        .take(SCENARIOS)
        .enumerate()
        .map(|(index, scenario)| evidence(&requirement.id, index, scenario, room))
        .collect();
    let more: Vec<Markup> = shown
        .iter()
        .skip(SCENARIOS)
        .map(|scenario| {
            let name = || html! { p { (Line(&translated(&scenario.name), LINE)) } };
            room.fit(|| told(scenario)).unwrap_or_else(name)
        })
        .collect();
    html! {
        article.finding #(requirement.id) data-verdict=(requirement.verdict.word())
            aria-labelledby={ (requirement.id) "-title" } {
            h3 #{ (requirement.id) "-title" } {
                (badge(requirement.verdict)) " "
                a.id href={ "#" (requirement.id) } { (requirement.id) } " "
                span.level { (wording::level(requirement.level)) } " "
                span.sentence { (Line(&translated(&requirement.sentence), LINE)) }
            }
            dl.told {
                div { dt { (tr!("Why it matters")) } dd { (Line(&translated(&requirement.why), LINE)) } }
                @if let Some(waiver) = &requirement.waiver {
                    div { dt { (tr!("Waived")) } dd { (Line(&waiver.reason, LINE)) (Line(&wording::owner(waiver), LINE)) } }
                } @else if let Some(reason) = &requirement.reason {
                    div { dt { (tr!("Reason")) } dd { (Line(&translated(reason), LINE)) } }
                }
                // What cannot be judged need not be broken.
                @if requirement.verdict != RequirementVerdict::Undecided {
                    div { dt { (tr!("Likely cause and fix")) } dd { (Line(&translated(&requirement.fix), LINE)) } }
                }
                div { dt { (tr!("Source")) } dd { (source(&translated(&requirement.source))) } }
            }
            @if let Some(command) = again(record, &requirement.id) {
                h4 { (tr!("Judge just this")) }
                pre.command tabindex="0" { (Line(&command, LINE * 4)) }
            }
            @for shown in &evidence { (shown) }
            @if !more.is_empty() {
                details {
                    summary { (tr!("{n} more scenario with the same verdict" | "{n} more scenarios with the same verdict" % more.len())) }
                    @for scenario in more { (scenario) }
                }
            }
            @if !others.is_empty() {
                details {
                    summary { (tr!("{n} other scenario of this requirement" | "{n} other scenarios of this requirement" % others.len())) }
                    (kept::scenarios(others))
                }
            }
        }
    }
}

/// The options that choose requirements.
const CHOOSING: [&str; 3] = ["--only", "--tags", "--baseline"];

/// Returns the command of a run, narrowed to one requirement and shared with nobody; none when no command started it.
fn again(record: &RunRecord, id: &str) -> Option<String> {
    let command = record.command_without(&[&CHOOSING[..], &SHARING].concat());
    let narrowed = command.iter().map(String::as_str).chain(["--only", id]);
    (!command.is_empty()).then(|| shell::line(narrowed))
}

/// Shows what one scenario saw.
fn evidence(id: &str, index: usize, scenario: &ScenarioRecord, room: &mut Room) -> Markup {
    let key = format!("{id}-{}", index + 1);
    let traffic = room.fit(|| traffic::traffic(&key, scenario, index == 0)).unwrap_or_else(|| {
        html! {
            p.quiet { (tr!("The traffic is left out, because the page would become too large; the JSON report has it.")) }
        }
    });
    html! {
        section.evidence {
            (told(scenario))
            (steps(&scenario.steps))
            (traffic)
        }
    }
}

/// Tells what one scenario found.
fn told(scenario: &ScenarioRecord) -> Markup {
    html! {
        h4 { (Line(&translated(&scenario.name), LINE)) " " span.quiet { (Line(&scenario.location, LINE)) } }
        @if let Some(reason) = &scenario.reason {
            p.reason { (Line(&translated(reason), LINE)) }
        }
        (comparison(scenario))
    }
}

/// Sets what the rule wants beside what was seen.
fn comparison(scenario: &ScenarioRecord) -> Markup {
    let sides =
        [(tr!("Expected"), "expected", &scenario.expected), (tr!("Actual"), "actual", &scenario.actual)];
    html! {
        @if scenario.expected.is_some() || scenario.actual.is_some() {
            dl.sides {
                @for (name, class, text) in sides {
                    div class=(class) {
                        dt { (name) }
                        dd { (Line(&text.as_deref().map_or_else(|| tr!("not recorded"), translated), LINE)) }
                    }
                }
            }
        }
    }
}

fn steps(steps: &[StepRecord]) -> Markup {
    html! {
        @if !steps.is_empty() {
            ol.steps aria-label=(tr!("Steps")) {
                @for step in steps {
                    @let (class, mark, word) = match step.outcome.as_str() {
                        "passed" => ("passed", "✓", tr!("passed")),
                        "failed" => ("failed", "✗", tr!("failed")),
                        other => ("unreached", "·", if other == "not reached" { tr!("not reached") } else { other.to_owned() }),
                    };
                    li class=(class) {
                        span.mark aria-hidden="true" { (mark) }
                        span { (Block(&wording::step(&step.text), LINE)) span.hidden { (tr!(" ({outcome})", outcome = printable(&word, 20))) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::again;
    use crate::report::fixtures;

    #[test]
    fn a_command_is_narrowed_to_one_requirement() {
        let mut record = fixtures::nonconforming();
        let command = "wxconform --backend http://h:1 --durations d.json --only CODE,USER --shard 2/3 --tags @must \
                       --baseline b.toml --seed 7";
        record.command = command.split(' ').map(str::to_owned).collect();
        let narrowed = "wxconform --backend http://h:1 --seed 7 --only CODE-02";
        assert_eq!(again(&record, "CODE-02").as_deref(), Some(narrowed));
        record.command.clear();
        assert_eq!(again(&record, "CODE-02"), None);
    }
}
