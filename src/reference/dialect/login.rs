//! What does a step of a login give?

use std::collections::BTreeMap;

use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::heard::Heard;
use super::inner::Inner;
use super::words::{Places, Words, is_whole_seconds, told};
use super::{Interpreter, why};
use crate::backend::{Expiry, Predicate, Refusal, Source, Step, When};
use crate::expiry::UnixMillis;
use crate::reference::deviation::session;
use crate::reference::field::FieldError;
use axum::middleware::Next;

/// An openid, as the handlers have it and as they take it.
struct Openid {
    text: String,
    json: Value,
}

/// What was handed out, and where the contract wants it.
pub(super) struct Handed<'a> {
    pub(super) ok: &'a Predicate,
    pub(super) capture: &'a Places,
    /// The openid as it is shown, where it is.
    pub(super) openid: &'a str,
}

impl Interpreter {
    /// Carries out a step of a login.
    pub(super) async fn step(&self, step: &Step, heard: &Heard, next: &Next) -> Response {
        let names = step.call.names();
        let no = |class: Refusal, inner: &Inner| self.refuse(class, &step.ok, inner);
        if let Some(refusal) = self.unknown_client(step, heard, next).await {
            return refusal;
        }
        if !names.contains("code") {
            return self.token_for_key(step, heard, next).await;
        }
        let code = heard.value(&step.call, "code");
        let exchange = self.exchanged(heard, &step.call, &code, next).await;
        if let Some(response) = exchange.unworded() {
            return response;
        }
        let Some(openid) = openid_in(&exchange) else { return no(why(&exchange), &exchange) };
        let hands_out_tokens = step.capture.contains_key("token");
        if !hands_out_tokens || self.has_to_register(step, &openid.text) {
            return self.introduced(step, &openid, &exchange);
        }
        self.kept().registered.insert(openid.text.clone());
        let right = if step.call.basic.is_some() {
            heard.head.headers.get(AUTHORIZATION).cloned()
        } else {
            self.right_credentials()
        };
        let now = self.backend.settings.clock.now();
        let asked = if openid.text.is_empty() { Err(FieldError::Empty) } else { Ok(openid.text.clone()) };
        let token = self.token(heard, &asked, right, next).await;
        let handed = Handed { ok: &step.ok, capture: &step.capture, openid: &openid.text };
        self.handed_out(&handed, &[&exchange, &token], now)
    }

    /// Refuses whoever does not name the client that the contract has. That comes first: no login code is spent
    /// on strangers.
    async fn unknown_client(&self, step: &Step, heard: &Heard, next: &Next) -> Option<Response> {
        if step.call.basic.is_some() {
            let given = heard.head.headers.get(AUTHORIZATION).cloned();
            let answer = self.token(heard, &Err(FieldError::Missing), given, next).await;
            if answer.member("error") == "invalid_client" {
                return Some(self.refuse(Refusal::BadClient, &step.ok, &answer));
            }
        }
        if heard.has_fixed(&step.call, true) {
            return None;
        }
        // Without credentials the handlers say the right thing.
        let answer = self.token(heard, &Err(FieldError::Missing), None, next).await;
        Some(self.refuse(Refusal::BadClient, &step.ok, &answer))
    }

    /// Answers a step that hands out no token: with what the next one wants.
    fn introduced(&self, step: &Step, openid: &Openid, exchange: &Inner) -> Response {
        let mut words = Words::of(&[exchange]);
        for (name, places) in step.capture.iter().filter(|(name, _)| *name != "token") {
            let secret = || self.kept().new_secret(name, &openid.text).map_or(Value::Null, Value::from);
            let value = if name == "openid" { openid.json.clone() } else { secret() };
            words.put(places, value);
        }
        words.put_members(&home(&step.capture), beyond_exchange(exchange));
        // Who has to be made known first is told so, where the contract says how that looks.
        let saw = self.dialect.conditional().find_map(|step| match &step.when {
            When::Saw(looks) if !self.kept().registered.contains(&openid.text) => Some(looks),
            When::Saw(_) | When::Always | When::Missing(_) => None,
        });
        words.granted(saw.unwrap_or(&step.ok))
    }

    /// Tells whether somebody gets no token by this step before another one has made the person known.
    fn has_to_register(&self, step: &Step, openid: &str) -> bool {
        step.when == When::Always
            && self.dialect.conditional().next().is_some()
            && !self.kept().registered.contains(openid)
    }

    /// Hands out a token for what an earlier step gave.
    async fn token_for_key(&self, step: &Step, heard: &Heard, next: &Next) -> Response {
        let names = step.call.names();
        let mut earlier = self.dialect.login.iter().flat_map(|step| step.capture.keys());
        let name = earlier.find(|name| names.contains(name.as_str())).map_or("openid", String::as_str);
        let openid = heard.value(&step.call, name).and_then(|key| self.behind(name, &key));
        let right = if step.call.basic.is_some() {
            heard.head.headers.get(AUTHORIZATION).cloned()
        } else {
            self.right_credentials()
        };
        let now = self.backend.settings.clock.now();
        let token = self.token(heard, &openid, right, next).await;
        let openid = openid.unwrap_or_default();
        if token.json.get("access_token").is_some() {
            self.kept().registered.insert(openid.clone());
        }
        let handed = Handed { ok: &step.ok, capture: &step.capture, openid: &openid };
        self.handed_out(&handed, &[&token], now)
    }

    /// Returns the openid for which a key stands. An openid itself is no key, unless the contract calls it one.
    fn behind(&self, name: &str, key: &str) -> Result<String, FieldError> {
        if name == "openid" {
            return Ok(key.to_owned());
        }
        match self.kept().owner(name, key) {
            Some(openid) => Ok(openid),
            None if self.backend.person(key).is_some() => Err(FieldError::NotText),
            None => Ok(key.to_owned()),
        }
    }

    /// Words what the handlers said to a request for a token, which is the last of these answers.
    pub(super) fn handed_out(&self, handed: &Handed<'_>, answers: &[&Inner], now: UnixMillis) -> Response {
        let Some((token, earlier)) = answers.split_last() else {
            return self.refuse(Refusal::BadCode, handed.ok, &Inner::default());
        };
        if let Some(response) = token.unworded() {
            return response;
        }
        let Some(access_token) = token.json.get("access_token") else {
            let class =
                if token.member("error") == "invalid_client" { Refusal::BadClient } else { Refusal::BadCode };
            return self.refuse(class, handed.ok, token);
        };
        session::let_in(&self.backend, handed.openid);
        let mut words = Words::of(answers);
        let mut beside = BTreeMap::new();
        for (name, places) in handed.capture {
            let value = match name.as_str() {
                "token" => access_token.clone(),
                "openid" => json!(handed.openid),
                name => {
                    let secret = self.secret(name, handed.openid);
                    beside.insert(name.to_owned(), secret.clone());
                    json!(secret)
                }
            };
            words.put(places, value);
        }
        let lifetime = token.json.get("expires_in");
        let expiry = &self.backend.settings.contract.expiry;
        match (expiry, lifetime) {
            (Some(Expiry::Told { from, unit }), Some(lifetime)) => {
                if !matches!(unit, crate::backend::LifetimeUnit::JwtExp) {
                    words.put(std::slice::from_ref(from), told(unit, lifetime, now));
                }
                if let (true, Some(token)) = (is_whole_seconds(unit), access_token.as_str()) {
                    self.end_on_the_second(token);
                }
            }
            (None, Some(lifetime)) => words.put(&[Source::Body("/expires_in".to_owned())], lifetime.clone()),
            (Some(Expiry::Told { .. } | Expiry::Known(_) | Expiry::Untold | Expiry::Never) | None, _) => {}
        }
        if let Some(token) = access_token.as_str() {
            self.kept().put_beside(token, beside);
        }
        let home = home(handed.capture);
        for exchange in earlier {
            words.put_members(&home, beyond_exchange(exchange));
        }
        words.put_members(&home, beyond_token(token, handed.capture));
        words.granted(handed.ok)
    }

    /// Makes what is handed out beside a token and stands for a person.
    fn secret(&self, name: &str, openid: &str) -> String {
        let renews = Some(name) == self.dialect.refresh_token();
        match renews.then(|| session::refresh_token(&self.backend, openid)).flatten() {
            Some(weak) => {
                self.kept().put_secret(name, &weak, openid);
                weak
            }
            None => self.kept().new_secret(name, openid).unwrap_or_default(),
        }
    }

    /// Lets a token end when its announced end, which has whole seconds, is there.
    fn end_on_the_second(&self, token: &str) {
        if let Some(grant) = self.backend.store().grants.get_mut(token) {
            grant.ends = UnixMillis::new(grant.ends.seconds().saturating_mul(1000));
        }
    }

    pub(super) fn refuse(&self, class: Refusal, ok: &Predicate, inner: &Inner) -> Response {
        match inner.unworded() {
            Some(response) => response,
            None => Words::of(&[inner]).refused(&self.dialect, class, ok, inner),
        }
    }
}

/// Returns the openid that the handlers gave for a code.
fn openid_in(exchange: &Inner) -> Option<Openid> {
    let json = exchange.json.pointer("/data/openid").filter(|openid| !openid.is_null())?.clone();
    let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    Some(Openid { text, json })
}

/// Returns the JSON pointer to the object in which the first of these places stands; the token goes before others.
fn home(capture: &Places) -> String {
    let places = capture.get("token").into_iter().chain(capture.values()).flatten();
    let mut pointers = places.filter_map(|place| match place {
        Source::Body(pointer) => pointer.rsplit_once('/'),
        Source::Header(_) | Source::Cookie(_) | Source::Claim { .. } => None,
    });
    pointers.next().map_or("", |(object, _)| object).to_owned()
}

/// Returns what an exchange says beyond the openid; a correct one says nothing.
fn beyond_exchange(exchange: &Inner) -> Map<String, Value> {
    let own = |members: &Value, ours: &[&str]| {
        let members = members.as_object().cloned().unwrap_or_default();
        members.into_iter().filter(|(name, _)| !ours.contains(&name.as_str())).collect::<Map<_, _>>()
    };
    let mut beyond = own(&exchange.json, &["code", "msg", "data"]);
    beyond.extend(own(exchange.member("data"), &["openid"]));
    beyond
}

/// Returns what the answer with a token says beyond it. Its type belongs to the form of OAuth 2.0.
fn beyond_token(token: &Inner, capture: &Places) -> Map<String, Value> {
    let is_oauth =
        capture.get("token").into_iter().flatten().any(|place| place.to_string().ends_with("/access_token"));
    let mut members = token.json.as_object().cloned().unwrap_or_default();
    members.retain(|name, _| match name.as_str() {
        "access_token" | "expires_in" => false,
        "token_type" => is_oauth,
        _ => true,
    });
    members
}
