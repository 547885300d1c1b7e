//! What does a request say, in the places that the contract names?

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::LONGEST_BODY;
use crate::backend::{Call, Carried, Node, Template, TokenPlace};
use crate::reference::answer::Answer;
use crate::reference::field::{self, FieldError};
use crate::reference::{exchange, token, user_info};

/// A request, taken apart.
pub(super) struct Heard {
    pub(super) head: Parts,
    pub(super) body: Bytes,
    /// The body as JSON, if it is some.
    json: Option<Value>,
}

impl Heard {
    /// Reads a request; what ends in the middle is answered with 400.
    pub(super) async fn read(request: Request) -> Result<Self, Response> {
        let (head, body) = request.into_parts();
        let broken = |_| Answer::json(StatusCode::BAD_REQUEST, json!({"error": "invalid_request"}));
        let body = to_bytes(body, LONGEST_BODY).await.map_err(|error| broken(error).into_response())?;
        let json = serde_json::from_slice(&body).ok();
        Ok(Self { head, body, json })
    }

    pub(super) fn path(&self) -> &str {
        self.head.uri.path().trim_start_matches('/')
    }

    pub(super) fn query(&self) -> &[u8] {
        self.head.uri.query().unwrap_or_default().as_bytes()
    }

    /// Returns the body where it may be a form.
    pub(super) fn form(&self) -> &[u8] {
        if self.json.is_some() { &[] } else { &self.body }
    }

    /// Returns the texts, numbers and truth values at the top of a JSON body, and those of an object there as a form has
    /// them: `a[b]`.
    pub(super) fn members(&self) -> impl Iterator<Item = (String, String)> {
        let members = self.json.as_ref().and_then(Value::as_object).into_iter().flatten();
        let below = members.clone().flat_map(|(name, value)| {
            let members = value.as_object().into_iter().flatten();
            members.map(move |(member, value)| (format!("{name}[{member}]"), value))
        });
        let all = members.map(|(name, value)| (name.clone(), value)).chain(below);
        let plain = all.filter(|(_, value)| value.is_string() || value.is_number() || value.is_boolean());
        plain.map(|(name, value)| (name, text_of(value)))
    }

    /// Lets the handlers answer what belongs to no call of the contract. In the words of the documented flow
    /// nothing can be asked for here.
    pub(super) async fn pass_on(mut self, next: Next) -> Response {
        if [exchange::PATH, token::PATH, user_info::PATH].contains(&self.head.uri.path()) {
            self.head.uri = Uri::from_static("/no-such-path");
        }
        next.run(self.whole()).await
    }

    /// Puts the request together again.
    pub(super) fn whole(self) -> Request {
        Request::from_parts(self.head, Body::from(self.body))
    }

    /// Returns what stands in the place where a call has the hole of this name.
    pub(super) fn value(&self, call: &Call, name: &str) -> Result<String, FieldError> {
        let found = self.value_or_empty(call, name)?;
        if found.is_empty() { Err(FieldError::Empty) } else { Ok(found) }
    }

    fn value_or_empty(&self, call: &Call, name: &str) -> Result<String, FieldError> {
        for (text, members) in [(self.query(), &call.query), (&*self.body, &call.form)] {
            for (key, node) in members {
                if let Some(template) = template_of(node, name) {
                    return found(template, name, &field::only(text, key)?);
                }
            }
        }
        if let Some((pointer, template)) = call.json.as_ref().and_then(|node| place_of(node, name, "")) {
            return match self.at(&pointer) {
                None | Some(Value::Null) => Err(FieldError::Missing),
                Some(Value::String(text)) => found(template, name, text),
                Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                    Err(FieldError::NotText)
                }
            };
        }
        if let Some((key, template)) =
            call.headers.iter().find(|(_, template)| template.names().contains(name))
        {
            return found(template, name, self.header(key)?);
        }
        call.path.find(name, self.path()).ok_or(FieldError::Missing)
    }

    /// Returns what stands at a JSON pointer in the body.
    fn at(&self, pointer: &str) -> Option<&Value> {
        self.json.as_ref()?.pointer(pointer)
    }

    /// Returns the only header field of this name. Two are as good as none: nothing says which one to believe.
    pub(super) fn header(&self, name: &str) -> Result<&str, FieldError> {
        let mut fields = self.head.headers.get_all(name).iter();
        match (fields.next(), fields.next()) {
            (Some(only), None) => {
                std::str::from_utf8(only.as_bytes()).map_err(|_not_utf8| FieldError::NotText)
            }
            (Some(_), Some(_)) => Err(FieldError::Repeated),
            (None, _) => Err(FieldError::Missing),
        }
    }

    /// Returns what stands in a place where the session is carried.
    pub(super) fn carried(&self, carried: &Carried) -> Result<String, FieldError> {
        let name = carried.name.as_str();
        match carried.place {
            TokenPlace::Header => self.header(name).map(str::to_owned),
            TokenPlace::Query => field::only(self.query(), name),
            TokenPlace::Form => field::only(&self.body, name),
            TokenPlace::Json => match self.at(name) {
                Some(Value::String(text)) => Ok(text.clone()),
                Some(_) => Err(FieldError::NotText),
                None => Err(FieldError::Missing),
            },
        }
    }

    /// Tells whether every fixed value of a call is in the request: those that tell one call from another, or only
    /// those that the variables of the contract settle, such as the secret of a client.
    pub(super) fn has_fixed(&self, call: &Call, only_settled: bool) -> bool {
        let parameters = [(self.query(), &call.query), (&*self.body, &call.form)];
        let in_pairs = parameters.into_iter().all(|(text, members)| {
            let mut fixed = members.iter().filter_map(|(key, node)| Some((key, fixed(node, only_settled)?)));
            fixed.all(|(key, value)| field::only(text, key).is_ok_and(|given| given == value))
        });
        let in_json = call.json.as_ref().is_none_or(|node| self.json_has_fixed(node, "", only_settled));
        in_pairs && in_json
    }

    fn json_has_fixed(&self, node: &Node, at: &str, only_settled: bool) -> bool {
        match node {
            Node::Table(members) => {
                members.iter().all(|(name, node)| self.json_has_fixed(node, &member(at, name), only_settled))
            }
            Node::List(_) => true,
            Node::Text(_) | Node::Literal(_) => fixed(node, only_settled)
                .is_none_or(|value| self.at(at).is_some_and(|given| text_of(given) == value)),
        }
    }

    /// Returns the header fields that go on to the handlers.
    pub(super) fn fields(&self) -> axum::http::HeaderMap {
        let mut fields = self.head.headers.clone();
        for own in [AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING] {
            fields.remove(own);
        }
        fields
    }
}

fn found(template: &Template, name: &str, text: &str) -> Result<String, FieldError> {
    template.find(name, text).ok_or(FieldError::NotText)
}

fn template_of<'n>(node: &'n Node, name: &str) -> Option<&'n Template> {
    match node {
        Node::Text(template) if template.names().contains(name) => Some(template),
        Node::Text(_) | Node::Literal(_) | Node::List(_) | Node::Table(_) => None,
    }
}

/// Returns the JSON pointer to the text with a hole of this name.
fn place_of<'n>(node: &'n Node, name: &str, at: &str) -> Option<(String, &'n Template)> {
    match node {
        Node::Table(members) => members.iter().find_map(|(key, node)| place_of(node, name, &member(at, key))),
        Node::List(items) => {
            items.iter().enumerate().find_map(|(index, node)| place_of(node, name, &format!("{at}/{index}")))
        }
        Node::Text(_) | Node::Literal(_) => Some((at.to_owned(), template_of(node, name)?)),
    }
}

fn member(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// Returns the value that a parameter always has; with `only_settled` only if a variable gave it.
fn fixed(node: &Node, only_settled: bool) -> Option<String> {
    match node {
        Node::Text(template) => {
            let settled = template.as_written().contains('{');
            template.fill(&|_| None).ok().filter(|_| settled || !only_settled)
        }
        Node::Literal(value) => {
            let value: Value = serde_json::from_str(&value.to_json()?).ok()?;
            Some(text_of(&value)).filter(|_| !only_settled)
        }
        Node::List(_) | Node::Table(_) => None,
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
