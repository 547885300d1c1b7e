//! What do the pages for a browser share?
//!
//! The page of a run and those of the [specification](super::site) look alike: `look.css` has the colours, in light,
//! in dark and on paper, and what both of them show. What is written onto either goes through [`Line`] or [`Block`].

#[cfg(test)]
pub(super) mod browser;
mod source;
mod text;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

pub(super) use source::source;
pub(super) use text::{Block, Line, filled};

/// How many characters of a text are shown that should be a line.
pub(super) const LINE: usize = 1000;

/// Returns the name by which a policy allows a style or a script that stands in the page.
pub(super) fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
