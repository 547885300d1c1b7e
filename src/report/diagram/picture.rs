//! How do exchanges look as a picture by themselves?

use maud::{PreEscaped, html};

use super::{Drawing, MARGIN, STYLE, draw};
use crate::record::ExchangeRecord;

/// Its colours, in light and in dark. The ground is its own, because a page may be dark where the system is light.
const COLOURS: &str = include_str!("picture.css");

/// Returns exchanges as an SVG file that needs nothing else, such as for a page of documentation. It has no times:
/// who waits for whom is in the order of its rows.
///
/// # Examples
///
/// ```
/// let svg = wxconform::report::picture(&[], "Nothing was said", "No exchange");
/// assert!(svg.starts_with("<svg class=\"sequence\""));
/// ```
#[must_use]
pub fn picture(exchanges: &[ExchangeRecord], title: &str, description: &str) -> String {
    let exchanges: Vec<&ExchangeRecord> = exchanges.iter().collect();
    let drawn = draw(&exchanges, &Drawing { key: "flow", title, description, first: 1, timed: false }).0;
    let style = html! {
        style { (PreEscaped(COLOURS)) (PreEscaped(STYLE)) }
        rect.ground x=(MARGIN) width="100%" height="100%" rx="8" {}
    };
    // Behind the description: the first children of a picture have to be its title and description.
    match drawn.split_once("</desc>") {
        Some((head, rest)) => format!("{head}</desc>\n{}\n{rest}\n", style.0).replace("</g>", "</g>\n"),
        None => drawn,
    }
}
