//! How is an answer of the handlers said in the words of the contract?

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE, TRANSFER_ENCODING, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::inner::Inner;
use crate::backend::{Dialect, LifetimeUnit, Media, Predicate, Refusal, Source};
use crate::expiry::UnixMillis;
use crate::reference::answer::{Answer, Content};

/// What a contract calls the values of an answer, and where each stands.
pub(super) type Places = BTreeMap<String, Vec<Source>>;

/// An answer that is being put together.
pub(super) struct Words {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Words {
    /// Begins an answer with the status and the header fields of the handlers' answers, the last of which counts.
    pub(super) fn of(answers: &[&Inner]) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in answers.iter().flat_map(|answer| &answer.headers) {
            let made_anew = [CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING, WWW_AUTHENTICATE];
            if *name == SET_COOKIE {
                headers.append(name.clone(), value.clone());
            } else if !made_anew.contains(name) {
                headers.insert(name.clone(), value.clone());
            }
        }
        let status = answers.last().map_or(StatusCode::OK, |answer| answer.status);
        Self { status, headers, body: json!({}) }
    }

    /// Puts a value at the first place that the contract names.
    pub(super) fn put(&mut self, places: &[Source], value: Value) {
        match places.first() {
            Some(Source::Body(pointer)) => put(&mut self.body, pointer, value),
            Some(Source::Header(name)) => {
                let value = HeaderValue::from_str(&text_of(&value));
                if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), value) {
                    self.headers.insert(name, value);
                }
            }
            Some(Source::Cookie(name)) => {
                let cookie = format!("{name}={}; Path=/; HttpOnly; Secure", text_of(&value));
                self.headers.extend(HeaderValue::from_str(&cookie).map(|cookie| (SET_COOKIE, cookie)));
            }
            // What a token says is the business of whoever signs it.
            Some(Source::Claim { .. }) | None => {}
        }
    }

    /// Puts members into the object at a place, unless they are there.
    pub(super) fn put_members(&mut self, pointer: &str, members: Map<String, Value>) {
        for (name, value) in members {
            let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            if self.body.pointer(&place).is_none() {
                put(&mut self.body, &place, value);
            }
        }
    }

    /// Finishes an answer that says yes, so that it looks as the contract demands.
    pub(super) fn granted(mut self, ok: &Predicate) -> Response {
        let status = self.status.as_u16();
        let fits = ok.status.iter().any(|range| (range.from..=range.to).contains(&status));
        if let Some(range) = ok.status.first().filter(|_| !fits) {
            self.status = StatusCode::from_u16(range.from).unwrap_or(self.status);
        }
        self.demand(ok);
        self.finish(None)
    }

    /// Finishes an answer that says no: as the contract wants this refusal, and at any rate not as a success.
    pub(super) fn refused(
        mut self,
        dialect: &Dialect,
        class: Refusal,
        ok: &Predicate,
        inner: &Inner,
    ) -> Response {
        self.body = inner.json.clone();
        let looks = looks_of(dialect, class);
        if let Some(looks) = looks {
            if let Some(range) = looks.status.first() {
                self.status = StatusCode::from_u16(range.from).unwrap_or(self.status);
            }
            self.demand(looks);
            for (source, unwanted) in &looks.differs {
                self.keep_off(source, unwanted);
            }
        }
        for (source, wanted) in &ok.equals {
            self.keep_off(source, wanted);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = inner.headers.get(WWW_AUTHENTICATE).and_then(|value| challenge(dialect, value));
            self.headers.extend(challenge.map(|challenge| (WWW_AUTHENTICATE, challenge)));
        }
        self.finish(looks.and_then(|looks| looks.media))
    }

    fn demand(&mut self, looks: &Predicate) {
        for (pointer, value) in looks.demanded() {
            put(&mut self.body, &pointer, in_json(&value));
        }
        for source in &looks.exists {
            if let Source::Body(pointer) = source
                && self.body.pointer(pointer).is_none_or(Value::is_null)
            {
                put(&mut self.body, pointer, json!("yes"));
            }
        }
        if let Some(text) = &looks.contains {
            put(&mut self.body, "/msg", json!(text));
        }
    }

    /// Makes sure that none of these values stands at a place.
    fn keep_off(&mut self, source: &Source, unwanted: &[crate::expiry::Value]) {
        let Source::Body(pointer) = source else { return };
        let unwanted: Vec<Value> = unwanted.iter().map(in_json).collect();
        // A code of the same type that says something else.
        let others: &[Value] = match unwanted.first() {
            Some(Value::String(_)) => &[json!("A0001"), json!("error")],
            Some(Value::Bool(_)) => &[json!(false), json!(true)],
            Some(_) | None => &[json!(1), json!(-1), json!(2)],
        };
        let is_off = |value: &Value| !unwanted.contains(value) && same_kind(value, unwanted.first());
        if self.body.pointer(pointer).is_some_and(is_off) {
            return;
        }
        if let Some(other) = others.iter().find(|other| is_off(other)) {
            put(&mut self.body, pointer, other.clone());
        }
    }

    fn finish(self, media: Option<Media>) -> Response {
        let content = match (media, self.body.get("msg").and_then(Value::as_str)) {
            (Some(Media::Text), text) => Content::Text(text.unwrap_or("refused").to_owned()),
            (Some(Media::Json) | None, _) => Content::Json(self.body),
        };
        Answer { status: self.status, headers: self.headers, content }.into_response()
    }
}

/// Returns what a refusal looks like: as the contract has this one, or one of the same kind.
fn looks_of(dialect: &Dialect, class: Refusal) -> Option<&Predicate> {
    use Refusal::{
        BadClient, BadCode, BadToken, ExpiredToken, Limited, NoCode, NoToken, UsedCode, WechatBusy,
    };
    let akin: &[Refusal] = match class {
        BadCode | UsedCode | NoCode => &[BadCode, UsedCode, NoCode],
        NoToken | BadToken | ExpiredToken => &[BadToken, NoToken, ExpiredToken],
        // These have other causes, which a client wants to tell apart.
        BadClient | WechatBusy | Limited => &[],
    };
    dialect.refuse.get(&class).or_else(|| akin.iter().find_map(|akin| dialect.refuse.get(akin)))
}

/// Returns the challenge of the handlers with the scheme of the contract; nothing where tokens have no scheme.
fn challenge(dialect: &Dialect, given: &HeaderValue) -> Option<HeaderValue> {
    match given.to_str().ok()?.strip_prefix("Bearer") {
        Some(rest) => HeaderValue::from_str(&format!("{}{rest}", dialect.scheme()?)).ok(),
        None => Some(given.clone()),
    }
}

/// Returns the end of a token as the contract tells it; what is no number of seconds stays what it is.
pub(super) fn told(unit: &LifetimeUnit, lifetime: &Value, now: UnixMillis) -> Value {
    let Some(seconds) = lifetime.as_i64() else { return lifetime.clone() };
    let end = now.seconds().saturating_add(seconds);
    let dated = |end: i64| DateTime::from_timestamp(end, 0).unwrap_or_default();
    match unit {
        LifetimeUnit::Seconds | LifetimeUnit::JwtExp => lifetime.clone(),
        LifetimeUnit::Millis => json!(seconds.saturating_mul(1000)),
        // More than a phone can count, so it travels as a text.
        LifetimeUnit::Nanos => json!(format!("{seconds}000000000")),
        LifetimeUnit::EpochSeconds => json!(end),
        LifetimeUnit::EpochMillis => json!(now.millis().saturating_add(seconds.saturating_mul(1000))),
        LifetimeUnit::Rfc3339 => json!(dated(end).to_rfc3339()),
        LifetimeUnit::Local { format, offset } => {
            let local = dated(end.saturating_add(i64::from(*offset)));
            let mut text = String::new();
            // A form that cannot be written is left empty, and the suite says what it saw.
            write!(text, "{}", local.format(format)).unwrap_or_default();
            json!(text)
        }
    }
}

/// Tells whether an end is told in whole seconds, so that it can only be kept to the second.
pub(super) const fn is_whole_seconds(unit: &LifetimeUnit) -> bool {
    matches!(unit, LifetimeUnit::EpochSeconds | LifetimeUnit::Rfc3339 | LifetimeUnit::Local { .. })
}

fn same_kind(value: &Value, other: Option<&Value>) -> bool {
    other.is_none_or(|other| std::mem::discriminant(value) == std::mem::discriminant(other))
}

fn in_json(value: &crate::expiry::Value) -> Value {
    value.to_json().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Puts a value at a JSON pointer; what is in the way and no object becomes one.
pub(super) fn put(at: &mut Value, pointer: &str, value: Value) {
    let mut at = at;
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        if !at.is_object() {
            *at = json!({});
        }
        let Some(members) = at.as_object_mut() else { return };
        at = members.entry(name).or_insert(Value::Null);
    }
    *at = value;
}
