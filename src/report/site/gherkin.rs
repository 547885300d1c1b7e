//! How does a person read a scenario?

use maud::{Markup, html};

use super::{FAULTS, Scenario, Step};
use crate::report::page::{LINE, Line};

/// Shows a scenario, or an outline with the table of its rows.
pub(super) fn scenario(scenario: &Scenario) -> Markup {
    let first = scenario.rows.first().map(|(key, _)| key.as_str()).unwrap_or_default();
    let is_outline = !scenario.columns.is_empty();
    // The key of a row belongs to the row.
    let anchor = if is_outline { format!("outline-{first}") } else { first.to_owned() };
    html! {
        article.scenario #(anchor) aria-labelledby={ (anchor) "-title" } {
            h3 #{ (anchor) "-title" } {
                span.quiet { (if is_outline { tr!("Scenario outline") } else { tr!("Scenario") }) } " "
                span.sentence { (text(&scenario.title)) } " "
                a.anchor href={ "#" (anchor) } { (first) @if scenario.rows.len() > 1 { "–" (last(scenario)) } }
            }
            @for sentence in &scenario.manner { p.quiet { (Line(sentence, LINE)) } }
            ol.gherkin aria-label=(tr!("Steps")) {
                @for one in &scenario.steps { (step(one)) }
            }
            @if is_outline { (examples(scenario)) }
            @if !scenario.catches.is_empty() || scenario.stays.is_some() {
                dl.told {
                    @if !scenario.catches.is_empty() {
                        div {
                            dt { (tr!("Faults that no other scenario catches")) }
                            dd {
                                ul.chips {
                                    @for name in &scenario.catches {
                                        li { a.chip.skipped href={ (FAULTS) "#" (name) } { (name) } }
                                    }
                                }
                            }
                        }
                    }
                    @if let Some(stays) = &scenario.stays {
                        div { dt { (tr!("Why it is here although others catch the same faults")) } dd { (Line(&sentence(stays), LINE)) } }
                    }
                }
            }
            p.quiet { code { (Line(&scenario.location, LINE)) } }
        }
    }
}

fn last(scenario: &Scenario) -> &str {
    let key = scenario.rows.last().map(|(key, _)| key.as_str()).unwrap_or_default();
    key.rsplit('.').next().unwrap_or_default()
}

/// Returns a remark as a sentence.
fn sentence(remark: &str) -> String {
    let mut letters = remark.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn step(step: &Step) -> Markup {
    html! {
        li {
            span.keyword { (Line(&step.keyword, LINE)) } " " span { (text(&step.text)) }
            @if !step.table.is_empty() {
                div.wide tabindex="0" role="group" aria-label=(tr!("Table of the step")) {
                    table.examples {
                        tbody { @for row in &step.table { tr { @for cell in row { td { (text(cell)) } } } } }
                    }
                }
            }
        }
    }
}

fn examples(scenario: &Scenario) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label=(tr!("Examples")) {
            table.examples {
                caption { (tr!("Examples: each row is a scenario")) }
                thead {
                    tr {
                        th scope="col" { (tr!("Key")) }
                        @for column in &scenario.columns { th scope="col" { (Line(column, LINE)) } }
                    }
                }
                tbody {
                    @for (key, values) in &scenario.rows {
                        tr #(key) {
                            th scope="row" { a.anchor href={ "#" (key) } { (key) } }
                            @for value in values { td { (Line(value, LINE)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Shows a text in which the names of columns are set off.
fn text(text: &str) -> Markup {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, name, behind)) = hole(rest) {
        parts.push((before, false));
        parts.push((name, true));
        rest = behind;
    }
    parts.push((rest, false));
    html! {
        @for (part, is_hole) in parts {
            @if is_hole { em.hole { "<" (Line(part, LINE)) ">" } } @else { (Line(part, LINE)) }
        }
    }
}

/// Takes a text apart at the first name of a column, if there is one.
fn hole(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (name, behind) = rest.split_once('>')?;
    let is_name = !name.is_empty() && !name.starts_with(' ') && !name.contains('<');
    is_name.then_some((before, name, behind))
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn columns_are_set_off_and_the_rest_is_text() {
        assert_eq!(
            text("a <b c> & <d>").0,
            "a <em class=\"hole\">&lt;b c&gt;</em> &amp; <em class=\"hole\">&lt;d&gt;</em>"
        );
        assert_eq!(text("1 < 2 > 0").0, "1 &lt; 2 &gt; 0");
        assert_eq!(text("a <b").0, "a &lt;b");
    }
}
