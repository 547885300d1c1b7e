//! Which ways of being wrong are there?

mod declare;
mod ground;
mod list;
mod set;

pub use list::Fault;
pub use set::{FaultSet, UnknownFault};
