//! The values that travel, one type each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a value that may be shown to anybody.
macro_rules! open_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text as it stands; nothing is checked or trimmed.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the text as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// Declares a value that must never reach a log, a report or a panic message.
macro_rules! secret_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text as it stands; nothing is checked or trimmed.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the secret text. The caller must not print or record it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    };
}

open_value! {
    /// The public name of a mini program, `wx` followed by sixteen hexadecimal digits.
    AppId
}

open_value! {
    /// The temporary login code that `wx.login` hands to the mini program.
    ///
    /// It is good for one exchange within five minutes (flow, note 2), so a used or old one opens nothing.
    JsCode
}

open_value! {
    /// The name of a person within one mini program. It identifies and must never authenticate.
    OpenId
}

open_value! {
    /// The name of a person across all applications of one Open Platform account.
    UnionId
}

secret_value! {
    /// The password of the mini program at WeChat's server API.
    AppSecret
}

secret_value! {
    /// The key that signs and encrypts a person's data; base64 of sixteen bytes (flow, note 1).
    SessionKey
}

secret_value! {
    /// WeChat's own access token for its server API. It is not the token a backend issues.
    PlatformToken
}

#[cfg(test)]
mod tests {
    use super::{AppSecret, JsCode, PlatformToken, SessionKey};

    #[test]
    fn secrets_do_not_print() {
        let shown = format!(
            "{:?} {:?} {:?}",
            SessionKey::new("tiihtNczf5v6AKRyjwEUhQ=="),
            AppSecret::new("0123456789abcdef"),
            PlatformToken::new("94_token")
        );
        assert_eq!(shown, "SessionKey(***) AppSecret(***) PlatformToken(***)");
    }

    #[test]
    fn open_values_print_as_they_travel() {
        assert_eq!(JsCode::new("0a1b").to_string(), "0a1b");
    }
}
