//! What can a backend meet, how can it speak, and how can it differ?

use maud::html;

use super::frame::{Page, command, find, framed, jump, marked};
use super::{CONTRACTS, Specification, TROUBLES, VARIANTS, requirement_page};
use crate::report::page::{Block, LINE, Line};

/// How much of the file of a contract is shown; they are a screen long.
const FILE: usize = 20_000;

/// Returns the page of the troubles.
pub(super) fn troubles(specification: &Specification) -> String {
    let number: usize = specification.troubles.iter().map(|kind| kind.troubles.len()).sum();
    let head = html! {
        h1 { (tr!("Troubles of WeChat")) }
        p.lead {
            (tr!("{number} ways in which WeChat, or what lies between it and a backend, can answer a code unlike it usually does.", number)) " "
            (tr!("The scenarios use them, and the stand-in shows each of them to a backend by hand."))
        }
    };
    let body = html! {
        section aria-labelledby="page-make" {
            h2 #page-make { (tr!("Make trouble by hand")) }
            (command("wxconform wechat --trouble http-502-html"))
        }
        (jump(
            &tr!("Kinds on this page"),
            specification.troubles.iter().map(|kind| (format!("kind-{}", kind.word), kind.said.as_str())),
        ))
        (find(&tr!("Words or a name")))
        @for kind in &specification.troubles {
            section data-group aria-labelledby={ "kind-" (kind.word) } {
                h2 #{ "kind-" (kind.word) } { (Line(&kind.said, LINE)) (tr!("between parts" => ": ")) (Line(&kind.expectation, LINE)) }
                ul.entries {
                    @for trouble in &kind.troubles {
                        li #(trouble.name) data-entry {
                            p { a.name href={ "#" (trouble.name) } { code { (trouble.name) } } " " (marked(&trouble.about)) }
                            p.quiet { (marked(&tr!("Seen: {origin}.", origin = trouble.origin))) }
                        }
                    }
                }
            }
        }
    };
    framed(specification, &Page { file: TROUBLES, title: &tr!("Troubles"), head, body, finds: true })
}

/// Returns the page of the contracts.
pub(super) fn contracts(specification: &Specification) -> String {
    let all = specification.requirements().count();
    let head = html! {
        h1 { (tr!("Contracts that are built in")) }
        p.lead {
            (tr!("A contract says how a backend spells the flow: which requests a login takes, where the token stands in the answer, how it travels, and how the backend says no.")) " "
            (tr!("The scenarios stay the same. What a contract has no words for is skipped, with a reason, and takes nothing from the verdict."))
        }
    };
    let body = html! {
        section aria-labelledby="page-choose" {
            h2 #page-choose { (tr!("Judge a backend by one of them")) }
            (command("wxconform --backend http://127.0.0.1:8080 --contract litemall"))
        }
        (jump(
            &tr!("Contracts on this page"),
            specification.contracts.iter().map(|contract| (contract.name.clone(), contract.name.as_str())),
        ))
        @for contract in &specification.contracts {
            section #(contract.name) aria-labelledby={ "title-" (contract.name) } {
                h2 #{ "title-" (contract.name) } { (Line(&contract.title, LINE)) }
                dl.told.terms {
                    div { dt { (tr!("Name")) } dd { a href={ "#" (contract.name) } { code { (contract.name) } } } }
                    div {
                        dt { (tr!("Read from")) }
                        dd {
                            @match repository(&contract.source) {
                                Some((name, rest)) => {
                                    a href={ "https://github.com/" (name) } rel="noreferrer" { (Line(name, LINE)) } (Line(rest, LINE))
                                }
                                None => (Line(&contract.source, LINE)),
                            }
                        }
                    }
                    div {
                        dt { (tr!("Requirements that apply")) }
                        dd { (tr!("{applying} of {all}", applying = all.saturating_sub(contract.skipped.len()), all)) }
                    }
                }
                @if !contract.skipped.is_empty() {
                    details {
                        summary { (tr!("What does not apply, and why")) }
                        ul {
                            @for (id, reason) in &contract.skipped {
                                li { a.id href=(requirement_page(id)) { (id) } " " (Line(reason, LINE)) }
                            }
                        }
                    }
                }
                details {
                    summary { (tr!("The contract")) }
                    pre tabindex="0" { (Block(&contract.text, FILE)) }
                }
            }
        }
    };
    framed(specification, &Page { file: CONTRACTS, title: &tr!("Contracts"), head, body, finds: false })
}

/// Returns the repository that a source begins with, and the rest of it.
fn repository(source: &str) -> Option<(&str, &str)> {
    let end = source.find(' ').unwrap_or(source.len());
    let (name, rest) = source.split_at(end);
    let (owner, project) = name.split_once('/')?;
    let is_name = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    (is_name(owner) && is_name(project)).then_some((name, rest))
}

/// Returns the page of the variants.
pub(super) fn variants(specification: &Specification) -> String {
    let head = html! {
        h1 { (tr!("Variants of the reference backend")) }
        p.lead {
            (tr!("Ways in which a backend can differ from the reference and still be right.")) " "
            (tr!("A test judges each of them: whoever calls one of them nonconforming is wrong."))
        }
    };
    let body = html! {
        section aria-labelledby="page-serve" {
            h2 #page-serve { (tr!("Serve one of them")) }
            (command("wxconform backend --variant jwt-hs256\nwxconform --backend http://127.0.0.1:8080"))
        }
        section aria-labelledby="page-all" {
            h2 #page-all { (tr!("All variants")) " " span.quiet { (specification.variants.len()) } }
            ul.entries {
                @for variant in &specification.variants {
                    li #(variant.name) {
                        p { a.name href={ "#" (variant.name) } { code { (variant.name) } } " " (marked(&variant.about)) }
                    }
                }
            }
        }
    };
    framed(specification, &Page { file: VARIANTS, title: &tr!("Variants"), head, body, finds: false })
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn a_source_that_begins_with_a_repository_leads_there() {
        assert_eq!(repository("pig-mesh/pig as of 2026-05"), Some(("pig-mesh/pig", " as of 2026-05")));
        assert_eq!(repository("wxutil.js and app.js"), None);
        assert_eq!(repository("a/b\"><script> x"), None);
    }
}
