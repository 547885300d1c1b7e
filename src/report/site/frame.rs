//! What do all pages of the site have around them?

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{CONTRACTS, FAULTS, INDEX, STYLE_FILE, Specification, TROUBLES, VARIANTS};
use crate::language::spoken;
use crate::record::Level;
use crate::report::page::{self, LINE, Line};
use crate::report::{printable, wording};

const SCRIPT: &str = include_str!("find.js");

/// A page without what is around it.
pub(super) struct Page<'a> {
    /// The name of its file.
    pub(super) file: &'a str,
    /// What it is called in the list of windows.
    pub(super) title: &'a str,
    /// What stands on top, heading included.
    pub(super) head: Markup,
    pub(super) body: Markup,
    /// Whether it has something to look through.
    pub(super) finds: bool,
}

/// Returns the text of a page.
pub(super) fn framed(specification: &Specification, page: &Page<'_>) -> String {
    let pages = [
        (INDEX, tr!("Requirements")),
        (FAULTS, tr!("Faults")),
        (TROUBLES, tr!("Troubles")),
        (CONTRACTS, tr!("Contracts")),
        (VARIANTS, tr!("Variants")),
    ];
    let whole = html! {
        (DOCTYPE)
        html lang=(spoken().tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(page.finds));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (printable(page.title, 200)) " · wxconform" }
                link rel="stylesheet" href=(STYLE_FILE);
            }
            body {
                a.skip href="#page-main" { (tr!("Skip to the content")) }
                header.top {
                    div.inner {
                        div.above {
                            p.brand { a href=(INDEX) { "wxconform" } span.quiet { " · " (tr!("specification")) } }
                            nav aria-label=(tr!("Pages")) {
                                ul {
                                    @for (file, name) in pages {
                                        li { a href=(file) aria-current=[(file == page.file).then_some("page")] { (name) } }
                                    }
                                }
                            }
                        }
                        (page.head)
                    }
                }
                main #page-main tabindex="-1" { (page.body) }
                footer {
                    p {
                        (Line(&tr!("Made by wxconform {version} from the feature files that it judges by. It loads nothing from elsewhere.", version = specification.version), LINE))
                    }
                }
                @if page.finds { script { (PreEscaped(SCRIPT)) } }
            }
        }
    };
    whole.0 + "\n"
}

/// Returns what a page allows itself. Its style is a file beside it, which browsers do not count as their own when a
/// page is opened from a folder; so that is left open, and scripts, forms, frames and requests are not.
fn policy(finds: bool) -> String {
    let script = if finds { format!("'{}'", page::digest(SCRIPT)) } else { "'none'".to_owned() };
    format!(
        "script-src {script}; connect-src 'none'; font-src 'none'; frame-src 'none'; media-src 'none'; \
         object-src 'none'; base-uri 'none'; form-action 'none'"
    )
}

/// The field that narrows a page. It is of use to the script alone, which shows it.
pub(super) fn find(label: &str) -> Markup {
    html! {
        div.filter #page-find role="search" hidden {
            label {
                (label)
                input #page-find-text type="search" autocomplete="off";
            }
            output #page-find-told for="page-find-text" data-none=(tr!("Nothing on this page has these words.")) {}
        }
    }
}

/// Links to the parts of a page, each an anchor and what it is called.
pub(super) fn jump<'a>(label: &str, parts: impl Iterator<Item = (String, &'a str)>) -> Markup {
    html! {
        nav.jump aria-label=(label) {
            ul.chips {
                @for (anchor, name) in parts { li { a.chip.skipped href={ "#" (anchor) } { (Line(name, LINE)) } } }
            }
        }
    }
}

/// Shows a level.
pub(super) fn level(level: Level) -> Markup {
    html! { span class={ "weight " (level) } { (wording::level(level)) } }
}

/// Shows a text in which backticks set off code.
pub(super) fn marked(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    // Without its partner a backtick is one.
    let is_balanced = parts.len() % 2 == 1;
    html! {
        @if is_balanced {
            @for (at, part) in parts.iter().enumerate() {
                @if at % 2 == 1 { code { (Line(part, LINE)) } } @else { (Line(part, LINE)) }
            }
        } @else {
            (Line(text, LINE))
        }
    }
}

/// Shows lines for a shell.
pub(super) fn command(lines: &str) -> Markup {
    html! { pre.command tabindex="0" { (page::Block(lines, LINE)) } }
}
