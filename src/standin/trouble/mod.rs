//! Which ways does WeChat have of making life hard?
//!
//! [`Trouble`] is the list, with a name, a sentence and an origin for each. What a backend may make of it is its
//! [`TroubleKind`]; what the stand-in does is its [`Trouble::script`].

mod catalogue;
mod declare;
mod kind;
mod named;
mod script;

pub use catalogue::Trouble;
pub use kind::TroubleKind;
pub use named::UnknownTrouble;
