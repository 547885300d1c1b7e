//! Where does a reader begin?

use maud::{Markup, html};

use super::frame::{Page, command, find, framed, level, marked};
use super::{
    Area, CONTRACTS, FAULTS, FLOW_FILE, INDEX, Specification, TROUBLES, VARIANTS, area_page, requirement_page,
};
use crate::language::translated;
use crate::record::{ExitStatus, Level, RequirementVerdict, RunVerdict};
use crate::report::page::{LINE, Line};
use crate::report::wording;

/// Returns the first page.
pub(super) fn page(specification: &Specification) -> String {
    let requirements = specification.requirements().count();
    let scenarios: usize =
        specification.requirements().flat_map(|one| &one.scenarios).map(|scenario| scenario.rows.len()).sum();
    let head = html! {
        h1 { (tr!("The login of a WeChat mini program")) }
        p.lead {
            (tr!("wxconform plays the phone, plays WeChat, and between the two it judges a backend.")) " "
            (tr!("It judges by {requirements} requirements, which {scenarios} scenarios prove.", requirements, scenarios)) " "
            (tr!("Against these stand {faults} faults of the built-in backend, each of which a run has to name.", faults = specification.faults.len()))
        }
    };
    let body = html! {
        section aria-labelledby="page-flow" {
            h2 #page-flow { (tr!("The flow")) }
            figure.flow {
                div.wide tabindex="0" role="group" aria-label=(tr!("The flow as a picture")) {
                    img src=(FLOW_FILE) width="786" height="411" alt=(tr!("The phone sends its code to the backend. The backend asks WeChat and answers with the openid. The phone trades the openid for a token, and reads its user info with the token."));
                }
                figcaption.quiet { (tr!("Drawn from a run against the built-in backend; *** stands where a secret was.")) }
            }
            h3 { (tr!("Judge a backend")) }
            (command("wxconform --backend http://127.0.0.1:8080"))
        }
        section aria-labelledby="page-requirements" {
            h2 #page-requirements { (tr!("Requirements")) }
            nav.jump aria-label=(tr!("Areas on this page")) {
                ul.chips {
                    @for area in &specification.areas {
                        li { a.chip.skipped href={ "#area-" (area.key) } { (Line(&area.name, LINE)) } }
                    }
                }
            }
            (find(&tr!("Words or an ID")))
            @for area in &specification.areas {
                div data-group {
                    h3 #{ "area-" (area.key) } { a href=(area_page(area)) { (Line(&area.name, LINE)) } }
                    (listed(area))
                }
            }
        }
        (reading())
        section aria-labelledby="page-more" {
            h2 #page-more { (tr!("What stands behind it")) }
            ul {
                li { a href=(FAULTS) { (tr!("Faults")) } (tr!("between parts" => ": ")) (tr!("Each breaks one requirement, and so proves that it can fail.")) }
                li { a href=(TROUBLES) { (tr!("Troubles")) } (tr!("between parts" => ": ")) (tr!("This is what WeChat, or the network before it, can do to a backend.")) }
                li { a href=(CONTRACTS) { (tr!("Contracts")) } (tr!("between parts" => ": ")) (tr!("So do well-known backends spell the flow.")) }
                li { a href=(VARIANTS) { (tr!("Variants")) } (tr!("between parts" => ": ")) (tr!("So can a backend differ and still be right.")) }
            }
        }
    };
    framed(specification, &Page { file: INDEX, title: &tr!("Specification"), head, body, finds: true })
}

/// Returns the page of an area.
pub(super) fn area(specification: &Specification, area: &Area) -> String {
    let head = html! {
        p.path { a href={ (INDEX) "#page-requirements" } { (tr!("Requirements")) } }
        h1 { (Line(&area.name, LINE)) }
        p.lead { (Line(&area.about, LINE)) }
    };
    let body = html! {
        section aria-labelledby="page-requirements" {
            h2 #page-requirements { (tr!("Requirements")) " " span.quiet { (area.requirements.len()) } }
            (listed(area))
        }
        section aria-labelledby="page-run" {
            h2 #page-run { (tr!("Judge just these")) }
            (command(&format!("wxconform --backend http://127.0.0.1:8080 --only {}", area.key)))
        }
    };
    framed(specification, &Page { file: &area_page(area), title: &area.name, head, body, finds: false })
}

fn listed(area: &Area) -> Markup {
    html! {
        ul.requirements {
            @for requirement in &area.requirements {
                li data-entry {
                    a href=(requirement_page(&requirement.id)) {
                        span.id { (requirement.id) } " " span.sentence { (marked(&requirement.sentence)) }
                    }
                    " " (level(requirement.level))
                }
            }
        }
    }
}

/// Says how a result is read.
fn reading() -> Markup {
    html! {
        section aria-labelledby="page-levels" {
            h2 #page-levels { (tr!("Levels")) }
            table.words {
                caption.hidden { (tr!("What the level of a requirement means")) }
                thead { tr { th scope="col" { (tr!("Level")) } th scope="col" { (tr!("Meaning")) } } }
                tbody {
                    @for one in Level::ALL {
                        tr { th scope="row" { (level(*one)) } td { (translated(one.meaning())) } }
                    }
                }
            }
        }
        section aria-labelledby="page-verdicts" {
            h2 #page-verdicts { (tr!("Verdicts")) }
            h3 { (tr!("Of a requirement")) }
            table.words {
                caption.hidden { (tr!("What the verdict of a requirement means")) }
                thead { tr { th scope="col" { (tr!("Verdict")) } th scope="col" { (tr!("Meaning")) } } }
                tbody {
                    @for verdict in RequirementVerdict::ALL {
                        tr {
                            th scope="row" {
                                span class={ "badge " (verdict.word()) } {
                                    span aria-hidden="true" { (crate::report::terminal::mark(*verdict)) } " " (wording::verdict(*verdict))
                                }
                            }
                            td { (translated(verdict.meaning())) }
                        }
                    }
                }
            }
            h3 { (tr!("Of a run")) }
            table.words {
                caption.hidden { (tr!("What the verdict of a run means")) }
                thead { tr { th scope="col" { (tr!("Verdict")) } th scope="col" { (tr!("Meaning")) } } }
                tbody {
                    @for verdict in RunVerdict::ALL {
                        tr { th scope="row" { (crate::report::html::verdict_word(*verdict)) } td { (translated(verdict.meaning())) } }
                    }
                }
            }
        }
        section aria-labelledby="page-statuses" {
            h2 #page-statuses { (tr!("Exit statuses")) }
            table.words {
                caption.hidden { (tr!("What the exit status of the command means")) }
                thead { tr { th scope="col" { (tr!("Status")) } th scope="col" { (tr!("Meaning")) } } }
                tbody {
                    @for status in ExitStatus::ALL {
                        tr { th scope="row" { (status.code()) } td { (translated(status.meaning())) } }
                    }
                }
            }
        }
    }
}
