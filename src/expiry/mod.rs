//! Is this token old?

mod clock;
mod error;
mod json;
mod number;
mod object;
mod text;
mod value;

pub use clock::{Clock, SystemClock, UnixMillis, VirtualClock};
pub use error::JsError;
pub use json::{MAX_DEPTH, SyntaxError};
pub use object::Object;
pub use text::JsString;
pub use value::Value;
