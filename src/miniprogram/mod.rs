//! What would a phone do?
//!
//! A model of the documented client: `wxutil.js` and the `onShow` of `app.js`, with the part of WeChat's
//! `wx` object they use. It keeps the client's quirks, because a backend has to live with them:
//!
//! - `wx.request` calls `success` for every status, and the client looks at the status only in `code2session`;
//! - no `fail` is given to `wx.request`, so after a transport failure a promise is never settled;
//! - an exception in a callback settles nothing either;
//! - the promise of `storeUserinfo` is never fulfilled;
//! - a missing key of the storage reads as the empty string.
//!
//! It judges nothing and knows no requirement. Start with [`Phone`], which lives through events, and
//! [`Transport`], which carries its requests; [`simulate()`] plays a whole [`Script`].

mod app;
mod encore;
mod failure;
mod hop;
mod padded;
mod phone;
mod script;
mod simulate;
mod storage;
mod trace;
mod transport;
mod wx;
mod wxutil;

pub use encore::Encore;
pub use phone::Phone;
pub use script::{Event, Script, ScriptError};
pub use simulate::{CodeSource, Output, play, simulate};
pub use storage::Storage;
pub use trace::{Stage, StageOutcome, Trace, TracedRequest, TracedStage};
pub use transport::{Transport, TransportError};
pub use wx::{Asked, Platform, Reply, WxRequest};
pub use wxutil::Promise;
