//! One request of the flow, as this backend wants it.

use std::collections::BTreeSet;

use super::ClientCredentials;
use super::template::Template;
use crate::expiry::{Object, Value};
use crate::record::{Headers, Request};

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A text that may have holes.
    Text(Template),
    /// A value that is what it is.
    Literal(Value),
    /// Several values, in JSON only.
    List(Vec<Node>),
    /// Named values, in JSON only.
    Table(Vec<(String, Node)>),
}

/// One request of the flow, as this backend wants it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// The method, upper case.
    pub method: String,
    /// The path below the backend's URL, without a leading slash; it may have a query.
    pub path: Template,
    /// What stands in the query.
    pub query: Vec<(String, Node)>,
    /// What stands in a form body.
    pub form: Vec<(String, Node)>,
    /// What stands in a JSON body.
    pub json: Option<Node>,
    /// Header fields.
    pub headers: Vec<(String, Template)>,
    /// The name and password of the client, for an `Authorization: Basic` field.
    pub basic: Option<(Template, Template)>,
}

/// Where the values of holes come from. A name without a value takes the whole parameter with it, as if the client
/// had not set it.
pub type Values<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Why a call cannot be made: a hole in a path has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", tr!("the path {path} needs a value for {{{name}}}", path = format_args!("{path:?}"), name))]
pub struct NoPath {
    /// The path as the contract has it.
    pub path: String,
    /// The hole.
    pub name: String,
}

impl Call {
    /// Makes the request to a backend whose paths begin at `base`, which ends in a slash.
    ///
    /// # Errors
    ///
    /// Fails when the path has a hole for which there is no value.
    pub fn request(&self, base: &str, values: &Values<'_>) -> Result<Request, NoPath> {
        let path = self
            .path
            .fill(&|name| values(name).map(|value| encoded(&value)))
            .map_err(|name| NoPath { path: self.path.as_written().to_owned(), name })?;
        let mut url = format!("{base}{path}");
        let query = pairs(&self.query, values);
        if !query.is_empty() {
            let joint = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{joint}{query}");
        }
        let mut headers = Headers::default();
        let mut body = Vec::new();
        if let Some(json) = &self.json {
            headers.push("content-type", "application/json");
            let json = json.value(values).unwrap_or_else(|| Value::from(Object::default()));
            body = json.to_json().unwrap_or_default().into_bytes();
        } else if !self.form.is_empty() {
            headers.push("content-type", "application/x-www-form-urlencoded");
            body = pairs(&self.form, values).into_bytes();
        } else if matches!(self.method.as_str(), "GET" | "HEAD") {
            headers.push("content-type", "application/json");
        }
        for (name, value) in &self.headers {
            let Ok(value) = value.fill(values) else { continue };
            // What `wx.request` is given as the type of a body takes the place of its own.
            if name.eq_ignore_ascii_case("content-type") {
                headers.set("content-type", value);
            } else {
                headers.push(name.clone(), value);
            }
        }
        Ok(Request { method: self.method.clone(), url, headers, body })
    }

    /// Returns the credentials of the client that the request has; absent when it has none, or they have holes.
    #[must_use]
    pub fn credentials(&self) -> Option<ClientCredentials> {
        let (name, secret) = self.basic.as_ref()?;
        let fill = |template: &Template| template.fill(&|_| None).ok();
        Some(ClientCredentials { name: fill(name)?, secret: fill(secret)? })
    }

    /// Tells whether the request says by itself what stands in `Authorization`.
    #[must_use]
    pub fn sets_authorization(&self) -> bool {
        self.basic.is_some()
            || self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
    }

    /// Returns the names of all holes.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = self.path.names();
        names.extend(self.query.iter().chain(&self.form).flat_map(|(_, node)| node.names()));
        names.extend(self.json.iter().flat_map(Node::names));
        names.extend(self.headers.iter().flat_map(|(_, value)| value.names()));
        names.extend(self.basic.iter().flat_map(|(name, secret)| {
            name.names().into_iter().chain(secret.names()).collect::<BTreeSet<_>>()
        }));
        names
    }
}

impl Node {
    /// Returns the value for a JSON body; absent when a hole in it has none.
    #[must_use]
    pub fn value(&self, values: &Values<'_>) -> Option<Value> {
        Some(match self {
            Self::Text(template) => Value::from(template.fill(values).ok()?.as_str()),
            Self::Literal(value) => value.clone(),
            Self::List(items) => Value::Array(items.iter().filter_map(|item| item.value(values)).collect()),
            Self::Table(members) => {
                let mut object = Object::default();
                for (name, node) in members {
                    if let Some(value) = node.value(values) {
                        object.set(name.as_str(), value);
                    }
                }
                Value::from(object)
            }
        })
    }

    /// Returns the text for a query, a form or a header.
    fn text(&self, values: &Values<'_>) -> Option<String> {
        match self {
            Self::Text(template) => template.fill(values).ok(),
            Self::Literal(Value::String(text)) => Some(text.to_string_lossy()),
            Self::Literal(value) => value.to_json(),
            Self::List(_) | Self::Table(_) => self.value(values)?.to_json(),
        }
    }

    /// Returns the names of all holes.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::Text(template) => template.names(),
            Self::Literal(_) => BTreeSet::new(),
            Self::List(items) => items.iter().flat_map(Self::names).collect(),
            Self::Table(members) => members.iter().flat_map(|(_, node)| node.names()).collect(),
        }
    }
}

/// Returns `name=value` pairs, encoded as the documented client does.
fn pairs(members: &[(String, Node)], values: &Values<'_>) -> String {
    let pair = |(name, node): &(String, Node)| {
        node.text(values).map(|value| format!("{}={}", encoded(name), encoded(&value)))
    };
    members.iter().filter_map(pair).collect::<Vec<_>>().join("&")
}

/// Encodes a text as the documented client does. A text of ours holds no lone surrogate, which is all that cannot
/// be encoded.
pub(super) fn encoded(text: &str) -> String {
    crate::expiry::JsString::from(text).encode_uri_component().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Call, Node, Template};
    use crate::expiry::Value;

    fn text(template: &str) -> Node {
        Node::Text(Template::parse(template).unwrap())
    }

    fn call(path: &str) -> Call {
        Call { method: "POST".to_owned(), path: Template::parse(path).unwrap(), ..Call::default() }
    }

    fn code(name: &str) -> Option<String> {
        (name == "code").then(|| "a b".to_owned())
    }

    #[test]
    fn parameters_travel_where_they_are_said_to() {
        let members =
            vec![("code".to_owned(), text("x{code}")), ("type".to_owned(), Node::Literal(Value::from(34.0)))];
        let query = Call { query: members.clone(), ..call("login?s=api") };
        assert_eq!(
            query.request("http://b/", &code).unwrap().url,
            "http://b/login?s=api&code=xa%20b&type=34"
        );
        let form = Call { form: members.clone(), ..call("login") };
        assert_eq!(form.request("http://b/", &code).unwrap().body, b"code=xa%20b&type=34");
        let nested = Node::Table(vec![("data".to_owned(), Node::Table(members))]);
        let json = Call { json: Some(nested), ..call("login") };
        let made = json.request("http://b/", &code).unwrap();
        assert_eq!(String::from_utf8(made.body).unwrap(), r#"{"data":{"code":"xa b","type":34}}"#);
        assert_eq!(made.headers.get("content-type"), Some("application/json"));
        let own = ("Content-Type".to_owned(), Template::parse("application/vnd.api+json").unwrap());
        let of_a_kind = Call { headers: vec![own], ..json };
        let made = of_a_kind.request("http://b/", &code).unwrap();
        let types: Vec<_> = made.headers.iter().filter(|(name, _)| *name == "content-type").collect();
        assert_eq!(types, [("content-type", "application/vnd.api+json")]);
        let headers = Call {
            headers: vec![("X-Code".to_owned(), Template::parse("{code}").unwrap())],
            ..call("login")
        };
        assert_eq!(headers.request("http://b/", &code).unwrap().headers.get("x-code"), Some("a b"));
        assert_eq!(call("a/{code}/b").request("http://b/", &code).unwrap().url, "http://b/a/a%20b/b");
    }

    #[test]
    fn what_has_no_value_is_left_out() {
        let members = vec![("code".to_owned(), text("{code}")), ("a".to_owned(), text("1"))];
        let none = |_: &str| None;
        let form = Call { form: members.clone(), ..call("login") };
        assert_eq!(form.request("http://b/", &none).unwrap().body, b"a=1");
        let json = Call { json: Some(Node::Table(members)), ..call("login") };
        assert_eq!(json.request("http://b/", &none).unwrap().body, br#"{"a":"1"}"#);
        assert_eq!(call("{code}").request("http://b/", &none).unwrap_err().name, "code");
    }
}
