//! What did the user promise?
//!
//! A [`Contract`] says how a backend spells the flow: paths, carriers, credentials, and where in an answer
//! the openid, the token, its lifetime and the user info stand. A [`Target`] says where the backend is and
//! how its time can be made to pass.
//!
//! This module sends nothing. Start with [`Contract::documented`] and [`Target::new`].

mod contract;
mod target;

pub use contract::{Carrier, ClientCredentials, Contract, Operation};
pub use target::{Target, TargetError, TimeControl};
