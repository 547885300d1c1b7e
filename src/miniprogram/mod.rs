//! What would a phone do?
//!
//! A model of the documented client: `wxutil.js` and the `onShow` of `app.js`, with the part of WeChat's
//! `wx` object they use. It keeps the client's quirks, because a backend has to live with them.
//!
//! It judges nothing and knows no requirement. Start with [`Transport`].

mod failure;
mod hop;
mod transport;

pub use transport::{Transport, TransportError};
