//! Asking with a condition in the place of a value, as databases of documents understand one.

use serde_json::{Value, json};

use super::crowd::SHARED_LENGTH;
use super::doors::Spelled;
use super::driver::{basic, request};
use super::log::Stop;
use super::parameters::Someone;
use super::world::World;
use crate::checks::named_identities;
use crate::record::Request;

/// Conditions that every text but one meets, in the language of the most widespread database of documents.
const CONDITIONS: &[(&str, &str)] = &[("$ne", "nobody"), ("$gt", "")];

impl World {
    /// Asks for a token with each condition in the place of the person's openid.
    pub(crate) async fn ask_token_with_conditions(&mut self, someone: &Someone) -> Result<(), Stop> {
        let run = self.run()?;
        let openid = self.actor(someone)?.known_openid()?.to_owned();
        let authorization = Some(basic(&run.contract.client));
        let plain = request(&run.target, &run.contract.token, Some(&openid), authorization);
        let person = self.actor(someone)?.person.clone();
        let mut replies = Vec::new();
        for (operator, operand) in CONDITIONS {
            let spelled = run.spell(plain.clone(), &person);
            let ordinary = spelled.map_err(|reason| self.not_applicable(reason))?;
            let Some(request) = with_condition(&ordinary, &openid, operator, operand) else {
                return Err(self.not_applicable(tr!("a token is not asked for with the openid as it stands")));
            };
            let purpose = run.contract.token.purpose;
            replies.push(self.send_as_it_is(someone, Spelled { request, purpose }).await?);
        }
        self.keep(someone, replies)
    }

    /// Returns what goes by the name of an ID in a person's user info, and is not what tokens are asked for with.
    pub(crate) fn user_id_of(&mut self, someone: &Someone) -> Result<String, Stop> {
        let actor = self.actor(someone)?;
        let (info, own) = (actor.info.clone().unwrap_or_default(), actor.person.openid.as_str().to_owned());
        let known = actor.known_openid()?.to_owned();
        // Somebody else's openid is shown by a defect of another kind, and good for a token.
        let is_openid =
            |value: &str| value.len() == own.len() && value.get(..SHARED_LENGTH) == own.get(..SHARED_LENGTH);
        let mut identities = named_identities(&info).into_iter().map(|(_, value)| value);
        let other = identities.find(|value| !is_openid(value) && *value != known);
        other.ok_or_else(|| self.not_applicable(tr!("the user info has no user ID")))
    }
}

/// Puts a condition in the place of a value, wherever that stands in the query, in a form or in JSON; nothing when it
/// stands nowhere.
fn with_condition(request: &Request, value: &str, operator: &str, operand: &str) -> Option<Request> {
    let in_pairs = |pairs: &str| {
        let changed = pairs.split('&').map(|pair| match pair.split_once('=') {
            Some((name, found)) if found == value => format!("{name}[{operator}]={operand}"),
            Some(_) | None => pair.to_owned(),
        });
        changed.collect::<Vec<_>>().join("&")
    };
    let mut changed = request.clone();
    if let Some((path, query)) = request.url.split_once('?') {
        changed.url = format!("{path}?{}", in_pairs(query));
    }
    if let Ok(mut body) = serde_json::from_slice::<Value>(&request.body) {
        replace(&mut body, value, &json!({ operator: operand }));
        changed.body = body.to_string().into_bytes();
    } else if let Ok(form) = std::str::from_utf8(&request.body) {
        changed.body = in_pairs(form).into_bytes();
    }
    (changed != *request).then_some(changed)
}

/// Puts something in the place of a text, wherever that stands.
fn replace(value: &mut Value, text: &str, other: &Value) {
    match value {
        Value::String(found) if found == text => value.clone_from(other),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, text, other)),
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, text, other)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::with_condition;
    use crate::record::{Headers, Request};

    fn conditioned(url: &str, body: &str) -> Option<(String, String)> {
        let (method, url) = ("POST".to_owned(), url.to_owned());
        let request = Request { method, url, headers: Headers::default(), body: body.as_bytes().to_vec() };
        let changed = with_condition(&request, "oA", "$ne", "x")?;
        Some((changed.url, String::from_utf8(changed.body).unwrap()))
    }

    #[test]
    fn a_condition_takes_the_place_of_the_value_wherever_it_stands() {
        let of = |url: &str, body: &str| (url.to_owned(), body.to_owned());
        assert_eq!(conditioned("/t", "a=1&openid=oA"), Some(of("/t", "a=1&openid[$ne]=x")));
        assert_eq!(conditioned("/t?o=oA", ""), Some(of("/t?o[$ne]=x", "")));
        let nested = conditioned("/t", r#"{"a":[{"b":"oA"}],"c":"oB"}"#);
        assert_eq!(nested, Some(of("/t", r#"{"a":[{"b":{"$ne":"x"}}],"c":"oB"}"#)));
        assert_eq!(conditioned("/t", "openid=oB"), None);
    }
}
