//! What does a requirement demand, and what proves it?

use maud::{Markup, html};

use super::frame::{Page, command, framed, level, marked};
use super::{Area, Requirement, Specification, area_page, faults, gherkin, requirement_page};
use crate::language::translated;
use crate::report::page::{LINE, Line, source};

/// Returns the page of a requirement. `neighbours` are the ones before and after it.
pub(super) fn page(
    specification: &Specification,
    area: &Area,
    requirement: &Requirement,
    neighbours: [Option<&Requirement>; 2],
) -> String {
    let id = requirement.id.as_str();
    let proving = specification.faults_of(id);
    let head = html! {
        p.path { a href=(area_page(area)) { (Line(&area.name, LINE)) } }
        h1 { span.id { (id) } " " (marked(&requirement.sentence)) }
        p.lead { (level(requirement.level)) " " (translated(requirement.level.meaning())) }
    };
    let body = html! {
        section aria-labelledby="page-about" {
            h2.hidden #page-about { (tr!("About the requirement")) }
            dl.told.wide-terms {
                div { dt { (tr!("Why it matters")) } dd { (marked(&requirement.why)) } }
                div { dt { (tr!("Likely cause and fix")) } dd { (marked(&requirement.fix)) } }
                div { dt { (tr!("Source")) } dd { (source(&requirement.source)) } }
                div { dt { (tr!("Written in")) } dd { code { (Line(&requirement.location, LINE)) } } }
                @if !requirement.needs.is_empty() {
                    div {
                        dt { (tr!("What it takes to judge it; without that it is skipped")) }
                        dd {
                            ul {
                                @for (name, about) in &requirement.needs {
                                    li { strong { (Line(name, LINE)) } (tr!("between parts" => ": ")) (Line(about, LINE)) }
                                }
                            }
                        }
                    }
                }
            }
        }
        section aria-labelledby="page-run" {
            h2 #page-run { (tr!("Judge just this")) }
            (command(&format!("wxconform --backend http://127.0.0.1:8080 --only {id}")))
        }
        section aria-labelledby="page-scenarios" {
            h2 #page-scenarios { (tr!("Scenarios")) " " span.quiet { (requirement.scenarios.iter().map(|one| one.rows.len()).sum::<usize>()) } }
            @for scenario in &requirement.scenarios { (gherkin::scenario(scenario)) }
        }
        section aria-labelledby="page-faults" {
            h2 #page-faults { (tr!("Faults that prove it")) " " span.quiet { (proving.len()) } }
            @if proving.is_empty() {
                p { (tr!("There are none: an observation is neither kept nor broken.")) }
            } @else {
                p { (tr!("Each is a defect of the built-in backend. A test plays the whole suite against it and shows that this requirement is named.")) }
                ul.entries { @for fault in &proving { li { (faults::fault(fault, true)) } } }
                h3 { (tr!("See one caught, in two terminals")) }
                @if let Some(first) = proving.first() {
                    (command(&format!("{}\nwxconform --backend http://127.0.0.1:8080 --only {id}", faults::served(first))))
                }
            }
        }
        (neighbouring(neighbours))
    };
    let title = tr!("{id}: {sentence}", id, sentence = requirement.sentence);
    framed(specification, &Page { file: &requirement_page(id), title: &title, head, body, finds: false })
}

fn neighbouring([before, after]: [Option<&Requirement>; 2]) -> Markup {
    html! {
        nav.neighbours aria-label=(tr!("Requirements before and after")) {
            @if let Some(before) = before {
                a rel="prev" href=(requirement_page(&before.id)) {
                    span.quiet { (tr!("Before")) } " " span.id { (before.id) } " " (marked(&before.sentence))
                }
            }
            @if let Some(after) = after {
                a.after rel="next" href=(requirement_page(&after.id)) {
                    span.quiet { (tr!("After")) } " " span.id { (after.id) } " " (marked(&after.sentence))
                }
            }
        }
    }
}
