//! How does a person read the specification in a browser?
//!
//! A folder of pages: the requirements with what they stand on and what proves them, the faults, the troubles, the
//! contracts and the variants. It is made from a [`Specification`], which is plain data, so that nothing here knows the
//! suite or the reference backend. The same specification gives the same bytes.
//!
//! The pages link to each other by relative addresses, so that they are read from a folder as from a server. Names of
//! files and anchors are IDs and names of the program and never words, which may be translated.

mod faults;
mod frame;
mod gherkin;
mod index;
mod model;
mod requirement;
mod surroundings;

#[cfg(test)]
mod tests;

use crate::language::translated;

pub use model::{
    Area, Contract, Fault, Requirement, Scenario, Specification, Step, Trouble, TroubleKind, Variant,
};

/// The look: what it shares with the page of a run, and what only the site has.
const STYLE: &str = concat!(include_str!("../page/look.css"), include_str!("site.css"));

/// The names of the files that are no page.
const STYLE_FILE: &str = "style.css";
const FLOW_FILE: &str = "login-flow.svg";

/// The pages beside those of areas and requirements.
const INDEX: &str = "index.html";
const FAULTS: &str = "faults.html";
const TROUBLES: &str = "troubles.html";
const CONTRACTS: &str = "contracts.html";
const VARIANTS: &str = "variants.html";

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name within the folder.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Returns the files of the site, the first page first.
///
/// # Examples
///
/// ```
/// use wxconform::report::site::{Specification, render};
///
/// let files = render(&Specification::default());
/// assert_eq!(files[0].name, "index.html");
/// ```
#[must_use]
pub fn render(specification: &Specification) -> Vec<File> {
    let file = |name: &str, text: String| File { name: name.to_owned(), text };
    let mut files = vec![file(INDEX, index::page(specification))];
    let all: Vec<(&Area, &Requirement)> = specification
        .areas
        .iter()
        .flat_map(|area| area.requirements.iter().map(move |requirement| (area, requirement)))
        .collect();
    for area in &specification.areas {
        files.push(file(&area_page(area), index::area(specification, area)));
    }
    for (at, (area, requirement)) in all.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| all.get(at)).map(|(_, one)| *one);
        let after = all.get(at + 1).map(|(_, one)| *one);
        let page = requirement::page(specification, area, requirement, [before, after]);
        files.push(file(&requirement_page(&requirement.id), page));
    }
    files.push(file(FAULTS, faults::page(specification)));
    files.push(file(TROUBLES, surroundings::troubles(specification)));
    files.push(file(CONTRACTS, surroundings::contracts(specification)));
    files.push(file(VARIANTS, surroundings::variants(specification)));
    files.push(file(STYLE_FILE, STYLE.to_owned()));
    files.push(file(FLOW_FILE, pictured(&specification.flow)));
    files
}

/// Returns the picture of the flow, which speaks English, with what is said in it by us in the language of the reader.
fn pictured(flow: &str) -> String {
    const SAID: &[&str] = &[
        mark!("The documented login of a WeChat mini program"),
        mark!(
            "The phone sends its code to the backend, which asks WeChat and answers with the openid. With the openid the phone obtains a token, and with the token its user info."
        ),
        mark!("phone"),
        mark!("backend"),
        mark!("WeChat"),
    ];
    let told =
        |flow: String, text: &&str| flow.replace(&format!(">{text}<"), &format!(">{}<", translated(text)));
    SAID.iter().fold(flow.to_owned(), told)
}

fn area_page(area: &Area) -> String {
    format!("area-{}.html", area.key)
}

fn requirement_page(id: &str) -> String {
    format!("{id}.html")
}
