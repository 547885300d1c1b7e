//! Credentials that must not open anything.
//!
//! | file | question |
//! |---|---|
//! | `client` | who is not our client? |
//! | `bearer` | what is not this token? |
//! | `jwt` | what did nobody sign? |
//! | `keys` | and what can it be signed with? |

mod bearer;
mod client;
mod jwt;
mod keys;

pub(crate) use bearer::{KnownOfOwner, bearer_header, changed_in_places};
pub(crate) use client::client_header;
pub(crate) use jwt::{Forgery, Jwt, Loot};
pub(crate) use keys::{Shared, published};

/// What came of forging a header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Forged {
    /// The header value to send; absent when none is to be sent.
    Header(Option<String>),
    /// This forgery cannot be made of this token; the text says why.
    NotApplicable(String),
}

/// Returns the letter in the other case; what is no letter stays as it is.
pub(crate) fn flip_case(letter: char) -> char {
    if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
}
