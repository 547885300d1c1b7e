//! Words about the phone.

use super::words;

words! {
    /// Something a phone keeps in its storage.
    Thing, "thing", {
        Openid = "openid",
        Token = "token",
    }
}
