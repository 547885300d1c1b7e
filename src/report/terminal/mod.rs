//! What does a person see at the end of a run?
//!
//! A page of text: which backend was judged, every requirement with its verdict, a block for each that is
//! not as it should be, the counts, and in the last lines the verdict and what to do next.
//!
//! Whether there is a terminal, how wide it is and whether it shows colours is for the caller to find out.
//! Start with [`render`].

mod baseline;
mod closing;
mod details;
mod launched;
mod overview;
mod page;
mod view;

pub(super) use closing::{advice, conclusion};
pub(super) use page::{as_requirement, mark};
pub use view::{Style, render};
