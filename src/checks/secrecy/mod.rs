//! Is a secret hidden in this answer?
//!
//! Backends leak secrets as they are, escaped, encoded, packed, inside the claims of a JWT, and several of these
//! within each other. So an answer is taken apart layer by layer: whatever in it reads as base64, hexadecimal, a
//! list of numbers, an escaped or a compressed text is undone, and every layer is searched for all secrets at once.

mod derived;
mod inflate;
mod layers;
mod needles;
mod place;
mod quoted;
mod runs;
mod secret;
mod shown;
mod unescape;

#[cfg(test)]
mod hiding;

pub use derived::{Ingredients, not_made_of_session_key};
pub use needles::{Search, SecretNeedles, Sighting};
pub use quoted::{WechatRequest, is_error, nothing_quoted};
pub use secret::{Secret, SecretKind};
pub use shown::{Shown, nothing_shown, shown};
