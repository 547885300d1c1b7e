//! How is a session renewed, looked at and ended?

use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Interpreter;
use super::heard::Heard;
use super::inner::Inner;
use super::login::Handed;
use super::session::Presented;
use super::words::Words;
use crate::backend::{Call, Guarded, Old, Predicate, Refresh, Refusal};
use crate::reference::Variant;
use crate::reference::deviation::logout::{self, Beside};
use crate::reference::deviation::session::{self as deviation, Spared};
use crate::reference::field::FieldError;

impl Interpreter {
    /// Renews a session.
    pub(super) async fn refresh(&self, heard: &Heard, next: &Next) -> Response {
        let Refresh::Call { call, with_session, ok, capture, old } = &self.dialect.refresh else {
            return self.refuse(Refusal::BadToken, &Predicate::default(), &Inner::default());
        };
        let by = self.dialect.refresh_token();
        let (given, owner) = if let Some(name) = by {
            let given = heard.value(call, name).ok();
            let owner = given.as_ref().and_then(|secret| self.owner(name, secret));
            (given, owner)
        } else {
            let presented = if *with_session { self.presented(heard) } else { named(call, heard) };
            let given = if let Presented::Token(token) = presented { Some(token) } else { None };
            // A session can be renewed when it has ended, as long as it was one.
            let known = given.as_ref().map(|token| deviation::known_again(&self.backend, token));
            let owner = known.and_then(|token| self.backend.store().grants.get(&token).cloned());
            (given, owner.map(|grant| grant.openid))
        };
        let token = by.zip(given.as_deref()).and_then(|(name, given)| self.kept().token_of(name, given));
        let owner = owner.filter(|_| self.may_still_be_renewed(token.as_deref().or(given.as_deref())));
        let owner = deviation::renewed(&self.backend, given.as_deref(), owner).await;
        let owner = owner.map(|owner| deviation::renewed_late(&self.backend, owner, token.as_deref()));
        let presented = self.presented(heard);
        let beside = Beside { named: heard.query(), token: token_of(&presented) };
        let owner = logout::renewed_beside(&self.backend, given.is_some(), owner, &beside);
        let right = if call.basic.is_some() && !deviation::renews_for_any_client(&self.backend) {
            heard.head.headers.get(AUTHORIZATION).cloned()
        } else {
            self.right_credentials()
        };
        let asked = owner.clone().ok_or(FieldError::Missing);
        let now = self.backend.settings.clock.now();
        let answer = self.token(heard, &asked, right, next).await;
        let openid = match owner {
            Some(openid) if answer.json.get("access_token").is_some() => openid,
            Some(_) | None if answer.member("error") == "invalid_client" => {
                return self.refuse(Refusal::BadClient, ok, &answer);
            }
            Some(_) | None => return self.refuse(Refusal::BadToken, ok, &answer),
        };
        let earlier = token.as_deref().or(given.as_deref().filter(|_| by.is_none()));
        if let Some(token) = answer.json.get("access_token").and_then(serde_json::Value::as_str) {
            deviation::lives_otherwise(&self.backend, token);
            if let Some(earlier) = earlier {
                self.kept().follows(token, earlier);
            }
        }
        if let Some(given) = &given {
            self.give_up(by, given, capture.keys().any(|name| Some(name.as_str()) == by), *old);
        }
        self.handed_out(&Handed { ok, capture, openid: &openid }, &[&answer], now)
    }

    /// Says whether the session of a token can be renewed, as far as that depends on its end.
    fn may_still_be_renewed(&self, token: Option<&str>) -> bool {
        let settings = &self.backend.settings;
        let lives = |token| self.backend.store().owner(token, settings.clock.now()).is_some();
        !settings.varies(Variant::RenewalEndsWithToken) || token.is_some_and(lives)
    }

    /// Returns whose refresh token it is.
    fn owner(&self, name: &str, secret: &str) -> Option<String> {
        let kept = self.kept();
        let compared = if deviation::compares_half(&self.backend) { secret.len() / 2 } else { secret.len() };
        kept.owner(name, secret).or_else(|| {
            let beginning = secret.get(..compared).filter(|beginning| beginning.len() < secret.len())?;
            kept.owner_of_beginning(name, beginning)
        })
    }

    /// Ends what a session was renewed by: a refresh token that another one takes the place of (RFC 9700 section
    /// 4.14.2), and the earlier token where the contract promises that.
    fn give_up(&self, by: Option<&str>, given: &str, is_replaced: bool, old: Old) {
        let earlier = by.map_or_else(|| Some(given.to_owned()), |name| self.kept().token_of(name, given));
        if let Some(name) = by.filter(|_| is_replaced && !deviation::keeps_replaced(&self.backend)) {
            self.kept().forget(name, given);
        }
        if let Some(earlier) =
            earlier.filter(|_| deviation::ends_the_earlier(&self.backend, old == Old::Dead))
        {
            self.backend.store().revoke(&earlier);
        }
    }

    /// Says whether a session is valid.
    pub(super) async fn check(&self, guarded: &Guarded, heard: &Heard, next: &Next) -> Response {
        if !knows_the_client(&guarded.call, heard) {
            return self.refuse(Refusal::BadClient, &guarded.ok, &Inner::default());
        }
        let presented = self.presented_to(&guarded.call, heard);
        let seen = self.looked_up(&presented, heard, next).await;
        let valid = deviation::checked(&self.backend, token_of(&presented), seen.shows_somebody());
        let valid = valid || self.is_taken_for_valid(token_of(&presented));
        deviation::was_checked(&self.backend, token_of(&presented), valid);
        if valid {
            return Words::of(&[]).granted(&guarded.ok);
        }
        self.refuse(self.class_of(&presented), &guarded.ok, &seen.as_refused())
    }

    /// Says whether a check takes what is no valid session for one.
    fn is_taken_for_valid(&self, token: Option<&str>) -> bool {
        let Some(token) = token else { return false };
        logout::is_taken_for_valid(&self.backend, token)
    }

    /// Ends a session, and what it can be renewed by.
    pub(super) async fn log_out(&self, guarded: &Guarded, heard: &Heard, next: &Next) -> Response {
        if !knows_the_client(&guarded.call, heard) {
            return self.refuse(Refusal::BadClient, &guarded.ok, &Inner::default());
        }
        let presented = self.presented_to(&guarded.call, heard);
        let seen = self.looked_up(&presented, heard, next).await;
        logout::logged_out_beside(&self.backend, heard.query());
        let Some(token) = token_of(&presented).filter(|_| seen.shows_somebody()) else {
            deviation::logged_out_badly(&self.backend, token_of(&presented));
            return self.refuse(self.class_of(&presented), &guarded.ok, &seen.as_refused());
        };
        let token = logout::meant(&self.backend, token);
        let spared = deviation::logged_out(&self.backend, &token);
        let earlier: Vec<String> =
            self.kept().session_of(&token).into_iter().filter(|of| *of != token).collect();
        self.end(&token, spared);
        for token in earlier.iter().filter(|_| logout::ends_the_earlier(&self.backend)) {
            if deviation::keeps_replaced(&self.backend) {
                self.backend.store().revoke(token);
            } else {
                self.end(token, spared);
            }
        }
        Words::of(&[]).granted(&guarded.ok)
    }

    /// Ends a token, and what it can be renewed by, but for what is spared.
    fn end(&self, token: &str, spared: Spared) {
        if spared != Spared::Renewal {
            self.kept().forget_beside(token);
        }
        match spared {
            Spared::Token => {}
            Spared::Nothing => self.backend.store().revoke(token),
            // Whoever renews a session by itself asks whether it was one.
            Spared::Renewal => drop(self.backend.store().revoked.insert(token.to_owned())),
        }
    }

    /// Returns the token in the place where a call has it, or the one that its refresh token came with, or else the one
    /// that is carried as sessions are.
    fn presented_to(&self, call: &Call, heard: &Heard) -> Presented {
        let names = call.names();
        if names.contains("token") {
            return named(call, heard);
        }
        match self.dialect.refresh_token().filter(|name| names.contains(name)) {
            Some(name) => match heard.value(call, name).map(|given| self.kept().token_of(name, &given)) {
                Ok(Some(token)) => Presented::Token(token),
                Ok(None) => Presented::Unusable,
                Err(_) => Presented::Nothing,
            },
            None => self.presented(heard),
        }
    }

    async fn looked_up(&self, presented: &Presented, heard: &Heard, next: &Next) -> Inner {
        self.shown(heard, token_of(presented), next).await
    }
}

/// Tells whether a request has the credentials of the client, where the call wants some of its own.
fn knows_the_client(call: &Call, heard: &Heard) -> bool {
    let given = heard.head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    call.credentials().is_none_or(|client| {
        let pair = STANDARD.encode(format!("{}:{}", client.name, client.secret));
        given.is_some_and(|given| given == format!("Basic {pair}"))
    })
}

/// Returns the token in the place where a call names it.
fn named(call: &Call, heard: &Heard) -> Presented {
    match heard.value(call, "token") {
        Ok(token) => Presented::Token(token),
        Err(FieldError::Missing) => Presented::Nothing,
        Err(FieldError::Empty | FieldError::Repeated | FieldError::NotText) => Presented::Unusable,
    }
}

fn token_of(presented: &Presented) -> Option<&str> {
    if let Presented::Token(token) = presented { Some(token) } else { None }
}
