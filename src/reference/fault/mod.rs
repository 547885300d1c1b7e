//! Which ways of being wrong are there?

mod catalogue;
mod declare;
mod set;

pub use catalogue::Fault;
pub use set::{FaultSet, UnknownFault};
