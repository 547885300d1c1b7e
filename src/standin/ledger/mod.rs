//! What does WeChat know, and what does it answer?
//!
//! A state machine without input, output, clock or randomness: time is an argument, and everything minted
//! derives from the seed of the run. Start with [`Ledger`] and [`LedgerSettings`].

mod call;
mod journal;
mod login;
mod mint;
#[cfg(test)]
mod never_twice;
mod parameters;
mod phone;
mod script;
mod session_check;
mod settings;
mod spelling;
mod state;
mod token;
#[cfg(test)]
mod trial;
mod wire;
mod wording;

pub use call::{ApiAnswer, ApiRequest, Call, Remark};
pub use mint::Person;
pub use script::Script;
pub use session_check::signature;
pub use settings::{App, ContentType, KeyRotation, LedgerSettings, SuccessBody, SuccessShape, Suffix};
pub use spelling::Spelling;
pub use state::Ledger;
pub(in crate::standin) use wire::Act;
pub use wire::{Ending, Framing, Place, Wire};
