//! How a backend spells the flow.

use std::fmt;
use std::time::Duration;

/// Where the one parameter of an operation travels. The enum may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Carrier {
    /// In the query of the URL.
    Query,
    /// In a form body.
    Form,
    /// The operation has no parameter.
    None,
}

/// One request of the flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What it is for, in words of the flow; reports show it.
    pub purpose: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the backend's URL, without a leading slash.
    pub path: &'static str,
    /// Where its parameter travels.
    pub carrier: Carrier,
    /// The name of its parameter.
    pub parameter: &'static str,
}

/// The name and password by which the mini program authenticates itself at the backend.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCredentials {
    /// The client's name.
    pub name: String,
    /// The client's password.
    pub secret: String,
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCredentials({}, ***)", self.name)
    }
}

/// How a backend spells the flow, and how long the phone waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// The name that reports show.
    pub name: &'static str,
    /// Turns a login code into an openid (flow step 2).
    pub exchange: Operation,
    /// Turns an openid into a token (flow step 3).
    pub token: Operation,
    /// Reads the user info that a token opens (flow step 5).
    pub user_info: Operation,
    /// The credentials that the token operation wants in an `Authorization: Basic` header.
    pub client: ClientCredentials,
    /// JSON pointer to the openid in the answer of a code exchange.
    pub openid_at: &'static str,
    /// JSON pointer to the token in the answer of a token request.
    pub token_at: &'static str,
    /// JSON pointer to the lifetime, in seconds, in the answer of a token request.
    pub lifetime_at: &'static str,
    /// JSON pointer to the user info in its answer.
    pub data_at: &'static str,
    /// How long one answer of the backend may take.
    pub patience: Duration,
}

impl Contract {
    /// Returns the contract of the documented flow: `wxutil.js` spells it out.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::backend::Contract;
    ///
    /// let contract = Contract::documented();
    /// assert_eq!(contract.exchange.path, "miniprogram/wxmp/code2session");
    /// assert_eq!(contract.openid_at, "/data/openid");
    /// ```
    #[must_use]
    pub fn documented() -> Self {
        Self {
            name: "documented",
            exchange: Operation {
                purpose: "code exchange",
                method: "GET",
                path: "miniprogram/wxmp/code2session",
                carrier: Carrier::Query,
                parameter: "code",
            },
            token: Operation {
                purpose: "token",
                method: "POST",
                path: "auth/openid/token",
                carrier: Carrier::Form,
                parameter: "openid",
            },
            user_info: Operation {
                purpose: "user info",
                method: "GET",
                path: "admin/user/info",
                carrier: Carrier::None,
                parameter: "",
            },
            client: ClientCredentials { name: "app".to_owned(), secret: "app".to_owned() },
            openid_at: "/data/openid",
            token_at: "/access_token",
            lifetime_at: "/expires_in",
            data_at: "/data",
            patience: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Contract;

    #[test]
    fn client_credentials_do_not_print() {
        let shown = format!("{:?}", Contract::documented().client);
        assert_eq!(shown, "ClientCredentials(app, ***)");
    }
}
