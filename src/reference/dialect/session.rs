//! Whose session is it?

use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use super::Interpreter;
use super::heard::Heard;
use super::words::Words;
use crate::backend::{Carried, Guarded, Refusal, Source, TokenPlace};
use crate::reference::deviation::{logout, session as deviation};
use crate::reference::field::FieldError;

/// What stands in the places where a session is carried.
pub(super) enum Presented {
    /// Nothing at all.
    Nothing,
    /// Something that is no session.
    Unusable,
    /// A token, which may be anything.
    Token(String),
}

impl Interpreter {
    /// Shows the owner of a session what is the owner's own.
    pub(super) async fn user_info(&self, guarded: &Guarded, heard: &Heard, next: &Next) -> Response {
        logout::forget(&self.backend);
        let presented = self.presented(heard);
        let token = if let Presented::Token(token) = &presented { Some(token.as_str()) } else { None };
        let stand_in = token.and_then(|token| self.renewed_by(token));
        let shown = self.shown(heard, stand_in.as_deref().or(token), next).await;
        if let Some(response) = shown.unworded() {
            return response;
        }
        let Some(data) = shown.json.get("data").filter(|_| shown.status.is_success()) else {
            return self.refuse(self.class_of(&presented), &guarded.ok, &shown);
        };
        let mut words = Words::of(&[&shown]);
        match data {
            Value::Object(members) => words.put_members(&guarded.data, members.clone()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                words.put(&[Source::Body(guarded.data.clone())], data.clone());
            }
        }
        if let (Some(stable), Some(id)) = (&self.dialect.stable, data.get("userId")) {
            words.put(std::slice::from_ref(stable), id.clone());
        }
        let mut beyond = shown.json.as_object().cloned().unwrap_or_default();
        beyond.retain(|name, _| !["code", "msg", "data"].contains(&name.as_str()));
        words.put_members("", beyond);
        words.granted(&guarded.ok)
    }

    /// Returns the token together with which a refresh token was handed out, for whoever takes the one for the other.
    fn renewed_by(&self, presented: &str) -> Option<String> {
        let name = self.dialect.refresh_token().filter(|_| deviation::refresh_token_opens(&self.backend))?;
        self.kept().token_of(name, presented)
    }

    /// Returns why what was presented is refused.
    pub(super) fn class_of(&self, presented: &Presented) -> Refusal {
        match presented {
            Presented::Nothing => Refusal::NoToken,
            Presented::Token(token) if self.backend.store().grants.contains_key(token) => {
                Refusal::ExpiredToken
            }
            Presented::Unusable | Presented::Token(_) => Refusal::BadToken,
        }
    }

    /// Returns the token in the places where the contract carries it. What has to stand in several places has to
    /// stand in all of them, and belong together.
    pub(super) fn presented(&self, heard: &Heard) -> Presented {
        let found: Vec<_> =
            self.dialect.auth.iter().map(|carried| (carried, self.in_place(heard, carried))).collect();
        if found.iter().all(|(_, value)| *value == Err(FieldError::Missing)) {
            return Presented::Nothing;
        }
        let tokens = found.iter().filter(|(carried, _)| carried.value.names().contains("token"));
        let mut tokens = tokens.map(|(carried, value)| carried.value.find("token", value.as_ref().ok()?));
        let Some(Some(token)) = tokens.next() else { return Presented::Unusable };
        if tokens.any(|other| other.as_ref() != Some(&token)) || token.contains(char::is_whitespace) {
            return Presented::Unusable;
        }
        let beside = self.kept().beside(&token);
        let value = |name: &str| match name {
            "token" => Some(token.clone()),
            name => beside.get(name).cloned(),
        };
        // What cannot be filled in here, such as a time, was made by the client.
        let belongs = |(carried, given): &(&Carried, Result<String, FieldError>)| {
            carried.value.fill(&value).map_or(given.is_ok(), |whole| given.as_ref() == Ok(&whole))
        };
        if found.iter().all(belongs) { Presented::Token(token) } else { Presented::Unusable }
    }

    /// Returns what stands in one of the places, its scheme in the letters of the contract: a scheme is read
    /// without regard to case (RFC 9110 section 11.1).
    fn in_place(&self, heard: &Heard, carried: &Carried) -> Result<String, FieldError> {
        let given = heard.carried(carried)?;
        let is_field =
            carried.place == TokenPlace::Header && carried.name.eq_ignore_ascii_case(AUTHORIZATION.as_str());
        match (self.dialect.scheme().filter(|_| is_field), given.split_once(' ')) {
            (Some(scheme), Some((theirs, rest))) if theirs.eq_ignore_ascii_case(scheme) => {
                Ok(format!("{scheme} {}", rest.trim_start_matches(' ')))
            }
            _ => Ok(given),
        }
    }
}
