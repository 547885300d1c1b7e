//! Which defects prove that the requirements can be broken?

use maud::{Markup, html};

use super::frame::{Page, command, find, framed, jump, marked};
use super::{CONTRACTS, FAULTS, Fault, Specification, VARIANTS, requirement_page};
use crate::report::page::{LINE, Line, filled};

/// Returns the page of all faults, by the requirement that they break.
pub(super) fn page(specification: &Specification) -> String {
    let head = html! {
        h1 { (tr!("Faults of the reference backend")) }
        p.lead {
            (tr!("{n} defect that the built-in backend can have, one at a time." | "{n} defects that the built-in backend can have, one at a time." % specification.faults.len())) " "
            (tr!("Each of them breaks a requirement, and a test shows that a run names that requirement. So it is known that every must and every should can fail."))
        }
    };
    let body = html! {
        section aria-labelledby="page-serve" {
            h2 #page-serve { (tr!("Serve a backend with one of them")) }
            (command("wxconform backend --fault code-cached\nwxconform --backend http://127.0.0.1:8080"))
        }
        (jump(
            &tr!("Areas on this page"),
            specification.areas.iter().map(|area| (format!("area-{}", area.key), area.name.as_str())),
        ))
        (find(&tr!("Words, a name or an ID")))
        @for area in &specification.areas {
            section data-group aria-labelledby={ "area-" (area.key) } {
                h2 #{ "area-" (area.key) } { (Line(&area.name, LINE)) }
                @for requirement in &area.requirements {
                    @let faults = specification.faults_of(&requirement.id);
                    @if !faults.is_empty() {
                        div data-group {
                            h3 {
                                a.id href=(requirement_page(&requirement.id)) { (requirement.id) } " "
                                span.sentence { (marked(&requirement.sentence)) }
                            }
                            ul.entries {
                                @for one in faults { li #(one.name) data-entry { (fault(one, false)) } }
                            }
                        }
                    }
                }
            }
        }
    };
    framed(specification, &Page { file: FAULTS, title: &tr!("Faults"), head, body, finds: true })
}

/// Shows a fault; elsewhere than on its own page with a link to it.
pub(super) fn fault(fault: &Fault, is_elsewhere: bool) -> Markup {
    let place = if is_elsewhere { FAULTS } else { "" };
    html! {
        p {
            a.name href={ (place) "#" (fault.name) } { code { (fault.name) } } " "
            (marked(&fault.about))
        }
        p.quiet { (marked(&tr!("Seen: {origin}.", origin = fault.origin))) }
        @if let Some(variant) = &fault.variant {
            p.quiet {
                (filled(
                    &tr!("The backend is this variant then: {variant}"),
                    &[("variant", html! { a href={ (VARIANTS) "#" (variant) } { (variant) } })],
                ))
            }
        }
        @if let Some(contract) = &fault.contract {
            p.quiet {
                (filled(
                    &tr!("The backend speaks as this contract says then: {contract}"),
                    &[("contract", html! { a href={ (CONTRACTS) "#" (contract) } { (contract) } })],
                ))
            }
        }
        @if !fault.beside.is_empty() {
            p.quiet {
                (tr!("Named beside it, as a consequence:"))
                @for id in &fault.beside { " " a href=(requirement_page(id)) { (id) } }
            }
        }
    }
}

/// Returns the command that serves a backend with a fault.
pub(super) fn served(fault: &Fault) -> String {
    let ground = |flag: &str, ground: &Option<String>| {
        ground.as_ref().map(|name| format!(" --{flag} {name}")).unwrap_or_default()
    };
    let (variant, contract) = (ground("variant", &fault.variant), ground("contract", &fault.contract));
    format!("wxconform backend --fault {}{variant}{contract}", fault.name)
}
