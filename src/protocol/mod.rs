//! What words does the flow use?
//!
//! The vocabulary every other module shares: one newtype per value that travels between the phone, the
//! backend and WeChat, and the error numbers WeChat answers with. Values whose disclosure would let
//! somebody in print as `***` and give up their text only through a method called `expose`.
//!
//! This module does no input or output and knows nothing of HTTP. Start with [`JsCode`] and [`ErrorCode`].

mod error_code;
mod values;

pub use error_code::ErrorCode;
pub use values::{AppId, AppSecret, JsCode, OpenId, PlatformToken, SessionKey, UnionId};

/// The appid that the stand-in and the reference backend know unless told otherwise.
pub const DEFAULT_APP_ID: &str = "wx0123456789abcdef";

/// The app secret that belongs to [`DEFAULT_APP_ID`]; made up, and worth nothing at the real service.
pub const DEFAULT_APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
