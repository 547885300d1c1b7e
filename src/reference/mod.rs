//! What does correct look like, and each way of being wrong?
//!
//! A [`Reference`] is a backend of the documented flow on a real socket. With an empty [`FaultSet`] it keeps
//! every requirement; its handlers are meant to be read as the shortest correct implementation. With
//! a [`Fault`] it breaks one requirement and does the rest as before, so that whoever judges backends can be
//! judged in turn.
//!
//! | file | question |
//! |---|---|
//! | `exchange`, `refusal` | what openid belongs to this code? |
//! | `token` | which token stands for this openid? |
//! | `user_info` | whose token is this? |
//! | `wechat` | what did WeChat say? |
//! | `store` | who is known, and until when does a token work? |
//! | `jwt` | what does a token say that needs no table? |
//! | `variant`, `manner` | in which ways can a backend differ and still be right? |
//! | `dialect` | how is the same said as another contract wants it? |
//! | `server` | how is it served, and how does it stop? |
//! | `fault` | which ways of being wrong are there? |
//! | `deviation` | what does each of them do differently? |
//!
//! It does not judge anything, keeps nothing on disk, and is no template for production: it forgets
//! everybody when it stops. Start with [`Reference::start`] and [`Fault::ALL`].
//!
//! # How to add a fault
//!
//! 1. Add an entry to the file of its area in `fault/list/`: its doc comment says what the backend does, then
//!    come the name, the requirement it breaks, and where such a bug comes from.
//! 2. Implement it in `deviation`, in the file of the handler it spoils. A correct handler calls
//!    a deviation function wherever a fault may step in; a new fault rarely needs a new call.
//! 3. Run the tests. One plays the whole suite against every fault, and fails as long as the requirement is
//!    not named.
//!
//! A fault breaks one requirement, the direct consequences aside. The other people of a run must not notice
//! it, so what a fault remembers is kept per person or per code; only a fault that mixes people up by its
//! very nature is exempt. It must not depend on who came first in a run either: a fault that needs an earlier
//! person makes do with a visitor.

mod answer;
mod circuit;
mod credentials;
mod deviation;
mod dialect;
mod exchange;
mod fault;
mod field;
mod jwt;
mod manner;
mod random;
mod refusal;
mod server;
mod settings;
mod store;
mod token;
mod user_info;
mod variant;
mod wechat;

pub use fault::{Fault, FaultSet, UnknownFault};
pub use server::{Reference, ReferenceError};
pub use settings::Settings;
pub use variant::{UnknownVariant, Variant, VariantSet};
