//! What stands in a contract file, before anybody has understood it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::record::sha256;

/// What `expecting` says below, where one of several forms may stand. An attribute says it to the parser, and the
/// catalogues of the languages do not look there.
pub(super) const EXPECTED: [&str; 2] = [
    mark!("write a place such as \"/data/token\", or a list of places"),
    mark!("write \"always\", { missing = \"token\" } or { saw = { … } }"),
];

/// What the name of a variable has in it whose value nobody else may know.
const SECRET: &[&str] = &["secret", "password", "token", "key", "credential"];

/// A contract file. Every key may be left out; what is left out is as in the documented flow.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The built-in contract that this one differs from; without it the documented flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// What it describes, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where that was read, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How long one answer may take, in seconds, 600 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patience: Option<f64>,
    /// What the client sends along that only a phone in WeChat has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<String>>,
    /// Values for holes in templates, by name; `--set vars.NAME=VALUE` changes them from outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vars: Option<BTreeMap<String, String>>,
    /// What every request has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub common: Option<Common>,
    /// The steps of a login, one to four; the first one is sent the login code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Vec<StepSheet>>,
    /// Where the session is carried, each place an entry of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Vec<AuthSheet>>,
    /// What a token opens and shows who it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_info: Option<ReadSheet>,
    /// Another request that must be refused without a session, where there is no user info.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guarded: Option<ReadSheet>,
    /// Where it is seen who somebody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentitySheet>,
    /// How the lifetime of a token is told; empty when it is told nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry: Option<ExpirySheet>,
    /// How a session is renewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh: Option<RefreshSheet>,
    /// A request that says whether a session is valid; `request = "none"` where this backend has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<ReadSheet>,
    /// A request that ends a session; `request = "none"` where this backend has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logout: Option<ReadSheet>,
    /// What refusals look like, by their reason; without an entry any answer is one that is not `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refuse: Option<BTreeMap<String, PredicateSheet>>,
    /// What the backend wants of WeChat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wechat: Option<WechatSheet>,
    /// How a token can be made old.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_by: Option<ExpireBySheet>,
    /// Requirements that are known not to be kept, by ID, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waive: Option<BTreeMap<String, String>>,
}

/// What every request has.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Header fields; templates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Parameters in the URL; templates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
}

/// A step of a login.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StepSheet {
    /// What the step is for.
    pub role: String,
    /// Method and path below the backend's URL; the path is a template.
    pub request: String,
    /// Parameters in the URL; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Table>,
    /// Parameters of a form body; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Table>,
    /// The JSON body, to any depth; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Table>,
    /// Header fields; templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// `name:secret` of the client, sent as `Authorization: Basic`; templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic: Option<String>,
    /// What a success looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<PredicateSheet>,
    /// What is kept of the answer: a name, and the place or places where it may stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<BTreeMap<String, Places>>,
    /// When it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<WhenSheet>,
}

/// One place or several, of which the first counts at which something stands.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged, expecting = "write a place such as \"/data/token\", or a list of places")]
pub enum Places {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// When a step is taken.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged, expecting = "write \"always\", { missing = \"token\" } or { saw = { … } }")]
pub enum WhenSheet {
    /// `always`.
    Word(String),
    /// On a condition.
    Condition(Box<ConditionSheet>),
}

/// The condition of a step.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionSheet {
    /// The name of what has not been captured so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What the answer to the step before looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<PredicateSheet>,
}

/// What an answer looks like.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PredicateSheet {
    /// A status, a class such as `"2xx"`, or a list of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Value>,
    /// Whether the body is JSON, whatever its header field says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// Places and the value, or the list of values, of which one stands there; `0` is not `"0"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<BTreeMap<String, Value>>,
    /// Places and the value, or the list of values, of which none stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs: Option<BTreeMap<String, Value>>,
    /// Places at which something stands that is neither null, empty, false nor zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<Places>,
    /// Places at which nothing of that kind stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absent: Option<Places>,
    /// A text that the body has in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
}

/// Where a session is carried.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuthSheet {
    /// In which part of a request.
    #[serde(rename = "in")]
    pub place: String,
    /// The name of the header field or parameter; in JSON a JSON pointer.
    pub name: String,
    /// What stands there, with `{token}` in it.
    pub value: String,
}

/// A request that a session opens.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReadSheet {
    /// Method and path below the backend's URL; the path is a template.
    pub request: String,
    /// Parameters in the URL; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Table>,
    /// Parameters of a form body; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Table>,
    /// The JSON body, to any depth; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Table>,
    /// Header fields; templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// `name:secret` of the client, sent as `Authorization: Basic`; of a check or a logout only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic: Option<String>,
    /// What a success looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<PredicateSheet>,
    /// JSON pointer to what is the owner's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

/// Where it is seen who somebody is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySheet {
    /// Where the openid may be seen. That a login shows it is said by what its steps capture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openid: Option<Places>,
    /// What in user info stays the same for one person, and differs between two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stable: Option<String>,
}

/// How long a token lives, and where that is told.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExpirySheet {
    /// Where the lifetime stands; with `jwt_exp` where the token stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// In what it is told: from now on, or as the instant of the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The form of a local time, as `strftime` has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The offset of a local time from UTC, such as `+08:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
    /// How many seconds a token lives, where no answer tells that and the documentation does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// For how many seconds beyond its end a token is still taken, because clocks differ (RFC 7519 section 4.1.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leeway: Option<f64>,
    /// Whether tokens never end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never: Option<bool>,
}

/// How a session is renewed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RefreshSheet {
    /// By what.
    pub mode: String,
    /// Method and path below the backend's URL; the path is a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Parameters in the URL; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Table>,
    /// Parameters of a form body; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Table>,
    /// The JSON body, to any depth; templates, or values that are what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Table>,
    /// Header fields; templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// `name:secret` of the client, sent as `Authorization: Basic`; templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic: Option<String>,
    /// Whether the request carries the session as other requests do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_session: Option<bool>,
    /// What a success looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<PredicateSheet>,
    /// What is kept of the answer: a name, and the place or places where it may stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<BTreeMap<String, Places>>,
    /// What becomes of the token that was held before; what is promised here is judged, and `any`, as without it,
    /// promises nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_after: Option<String>,
    /// Where any answer may bring a new token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// What the backend wants of WeChat.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WechatSheet {
    /// How it is led to the stand-in, for people: `base_url`, `url_template`, `proxy` or `tls_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<String>,
    /// Which of WeChat's interfaces it calls, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Vec<String>>,
    /// Whether people have to have a unionid to be let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    /// Members to add to WeChat's answer about a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Table>,
}

impl Sheet {
    /// Returns the digest of everything that the file says.
    ///
    /// Of a variable that sounds secret only the name counts: what is known but for a short secret can be tried
    /// until the digest is the same.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut told = self.clone();
        for (name, value) in told.vars.iter_mut().flatten() {
            if SECRET.iter().any(|word| name.to_lowercase().contains(word)) {
                "***".clone_into(value);
            }
        }
        // What was read from TOML can be written as TOML.
        sha256([toml::to_string(&told).unwrap_or_default().as_str()])
    }
}

/// How a token can be made old.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExpireBySheet {
    /// By what.
    pub how: String,
    /// Method and path of a request that puts the clock forward, with a hole for the seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What to configure, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
