//! How a backend spells the flow.
//!
//! The suite thinks in the three calls of the documented flow: code exchange, token, user info. A [`Contract`] says
//! how a backend spells them; where that differs from the documented spelling it has a [`Dialect`], which is read
//! from a contract file.

mod build;
mod builtin;
mod call;
mod dialect;
mod error;
mod lifetime;
mod pointer;
mod predicate;
mod read;
mod sheet;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use build::GENERATED;
pub use builtin::{BUILT_IN, DOCUMENTED};
pub use call::{Call, NoPath, Node, Values};
pub use dialect::{
    Carried, Dialect, Guarded, Input, Old, Refresh, Refusal, Step, StepRole, TokenPlace, When,
};
pub use error::{ContractError, Mistake};
pub use lifetime::{Expiry, LifetimeUnit};
pub use pointer::{Source, at, at_exactly, body_of};
pub use predicate::{Media, Predicate, Statuses};
pub use read::Written;
pub use sheet::Sheet;
pub use template::{Template, TemplateError};

use crate::expiry::Value;

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
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// The name that reports show.
    pub name: String,
    /// What it describes, for people.
    pub title: Option<String>,
    /// Where that was read.
    pub source: Option<String>,
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
    /// How the lifetime of a token is told; absent for the documented way.
    pub expiry: Option<Expiry>,
    /// For how long beyond its end a token is still taken, because clocks differ (RFC 7519 section 4.1.4).
    pub leeway: Duration,
    /// How the backend speaks, if that is not the documented way.
    pub dialect: Option<Dialect>,
    /// How the backend speaks in any case, and what it has beyond the documented flow.
    pub spoken: Arc<Dialect>,
    /// Whether people have to have a unionid to be let in.
    pub unionid: UnionId,
    /// What WeChat's answer about a code has in addition.
    pub extra: Vec<(String, Value)>,
    /// How a token can be made old.
    pub expire_by: ExpireBy,
    /// How the backend is led to the stand-in, for people.
    pub reach: Option<String>,
    /// Requirements that are known not to be kept, and why.
    pub waive: BTreeMap<String, String>,
    /// The digest of everything the contract says, so that a record tells by what was judged.
    pub digest: String,
}

/// Whether people have to have a unionid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnionId {
    /// With or without one.
    Any,
    /// The backend lets nobody in who has none.
    Always,
}

impl UnionId {
    const NAMES: &'static [(&'static str, Self)] = &[("any", Self::Any), ("always", Self::Always)];
}

/// How a token can be made old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpireBy {
    /// By waiting.
    Wait,
    /// By a request that puts the backend's clock forward: method and path, with a hole for the seconds.
    Clock(String),
    /// By configuring a short life, which the person who runs it has to do.
    Config,
    /// Not at all.
    None,
}

impl ExpireBy {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("wait", Self::Wait),
        ("clock", Self::Clock(String::new())),
        ("config", Self::Config),
        ("none", Self::None),
    ];
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
            name: DOCUMENTED.to_owned(),
            title: None,
            source: None,
            exchange: Operation {
                purpose: mark!("code exchange"),
                method: "GET",
                path: "miniprogram/wxmp/code2session",
                carrier: Carrier::Query,
                parameter: "code",
            },
            token: Operation {
                purpose: mark!("token"),
                method: "POST",
                path: "auth/openid/token",
                carrier: Carrier::Form,
                parameter: "openid",
            },
            user_info: Operation {
                purpose: mark!("user info"),
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
            expiry: None,
            leeway: Duration::ZERO,
            dialect: None,
            spoken: builtin::documented_dialect(),
            unionid: UnionId::Any,
            extra: Vec::new(),
            expire_by: ExpireBy::Wait,
            reach: None,
            waive: BTreeMap::new(),
            digest: builtin::documented_sheet().digest(),
        }
    }

    /// Tells whether what a login goes on with is the openid itself, and no key that stands for it.
    #[must_use]
    pub fn goes_on_with_openid(&self) -> bool {
        let key = self.dialect.as_ref().and_then(Dialect::token_request_key);
        key.is_none_or(|key| key == "openid")
    }

    /// Tells whether a token is asked for in a request of its own, with what a code exchange gave.
    #[must_use]
    pub fn asks_for_tokens(&self) -> bool {
        self.dialect.as_ref().is_none_or(|dialect| dialect.token_request().is_some())
    }
}
