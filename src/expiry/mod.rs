//! Is this token old?
//!
//! The documented client stores `createTime` (seconds, with a fraction) beside the `expires_in` of the answer
//! and asks in `onShow`, each time it comes to the front:
//!
//! ```text
//! let isFetchToken = (createTime+expires_in) < (new Date().getTime()/1000 -1000)
//! ```
//!
//! It was surely meant to renew 1000 s *before* the end. The sign is on the wrong side: the test says
//! "the end is more than 1000 s ago", so the client renews 1000 s *after* the end, and in the [`blind_window`]
//! between the two it presents a token that has ended.
//!
//! Nor does the script look at what it adds. A missing `expires_in` makes NaN: the token is never renewed. A
//! string is appended to the digits of `createTime`. After a whole number of seconds that makes a time in the
//! far future, and the token is never renewed; but 999 times in 1000 there is a fraction, the digits of the
//! lifetime follow it and hardly count, and the token is renewed 1000 s after it was made, however long it
//! lives. [`renewal_due`] answers as the script does, for every value that JSON can bring.
//!
//! Start with [`renewal_due`] for the question, [`Value`] for what a script holds, and [`Clock`] for the
//! time. The module reads JSON as a JavaScript engine does but runs no JavaScript: values have no functions,
//! no prototypes and no identity. It decides nothing about what a backend ought to do.
#![deny(clippy::arithmetic_side_effects, reason = "times are arbitrary input, so a sum may overflow")]

mod arithmetic;
mod clock;
mod error;
mod json;
mod number;
mod object;
mod stringify;
mod text;
mod value;

pub use arithmetic::{BLIND_SECONDS, blind_window, created_at, first_renewal, lifetime_seconds, renewal_due};
pub use clock::{Clock, SystemClock, UnixMillis, VirtualClock};
pub use error::JsError;
pub use json::{MAX_DEPTH, SyntaxError};
pub use object::Object;
pub use text::JsString;
pub use value::Value;
