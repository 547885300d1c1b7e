//! Putting what the suite says into the backend's own words.
//!
//! Every scenario thinks in the three calls of the documented flow, and builds its requests so: what is wrong about
//! them on purpose is wrong in the documented spelling. Where a backend has a [`Dialect`], each request is taken
//! apart here before it is sent, and put together again as the contract wants it: what is missing stays missing, what
//! is odd stays odd, what is extra stays extra. What a dialect has no words for is said to be so, and the scenario
//! does not apply.

mod heard;
mod putting;
mod session_beside;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use heard::{Heard, form_of, heard, parameters_of};
pub(crate) use putting::{beside, without};
use putting::{in_case_of, with, with_form, with_json, with_query};

use super::driver::basic;
use super::log::Stop;
use super::material::Material;
use super::reading::without_scheme;
use super::run::Run;
use crate::backend::{
    Call, Carried, Contract, Dialect, Guarded, Node, Operation, Refresh, Source, Step, Target, Template,
    TokenPlace,
};
use crate::expiry::Value;
use crate::protocol::JsCode;
use crate::record::Request;
use crate::standin::{Person, Wechat};

/// What a dialect has no words for, as a reason to skip.
pub(crate) type Unspoken = String;

/// The values that an answer brought beside the token, by name.
pub(crate) type Captured = BTreeMap<String, String>;

/// What a session is renewed by.
#[derive(Clone, Copy)]
pub(crate) enum RenewedBy<'a> {
    /// What the contract says.
    Contract,
    /// This in its place; nothing when it is left out.
    Instead(Option<&'a str>),
}

/// Which call of the documented flow a request is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Exchange,
    Token,
    UserInfo,
}

impl Run {
    /// Puts a request into the backend's own words; the person is the one it is about.
    pub(crate) fn spell(&self, request: Request, person: &Person) -> Result<Request, Unspoken> {
        let captured = self.captured(&person.key);
        spell(&self.target, &self.contract, &self.wechat, request, (person, &captured))
    }

    /// Builds the request that renews a session; `session` is what the documented flow has in `Authorization`.
    pub(crate) fn spell_refresh(
        &self,
        person: &Person,
        session: &str,
        by: RenewedBy<'_>,
    ) -> Result<Request, Unspoken> {
        self.speaker(person, &self.captured(&person.key)).renewal(session, by)
    }

    /// Builds a request that asks about a session, or ends it; `said` is what the documented flow has in `Authorization`.
    /// Unless that is the session's own, the request has nothing else that the login brought either, but for what names the
    /// session in its path, which anybody may know.
    pub(crate) fn spell_guarded(
        &self,
        guarded: &Guarded,
        person: &Person,
        said: Option<&str>,
        is_own: bool,
    ) -> Result<Request, Unspoken> {
        let material = Material::new(&self.wechat, person);
        self.speaker(person, &self.captured(&person.key)).about_session(guarded, said, is_own, &material)
    }

    /// Tells whether a request that asks about a session, or ends it, is another one where somebody says a session that is
    /// not their own. Both are made at one moment, because no two requests have the same nonce.
    pub(crate) fn says_session(&self, guarded: &Guarded, person: &Person) -> bool {
        let (captured, material) = (self.captured(&person.key), Material::new(&self.wechat, person));
        let speaker = self.speaker(person, &captured);
        let spelled = |said| speaker.about_session(guarded, said, false, &material).ok();
        spelled(Some("Bearer wxconform")) != spelled(None)
    }

    fn speaker<'a>(&'a self, person: &'a Person, captured: &'a Captured) -> Speaker<'a> {
        let (target, contract, wechat) = (&self.target, &self.contract, &self.wechat);
        Speaker { target, contract, dialect: &contract.spoken, wechat, person, captured }
    }

    /// Builds a step that is taken on a condition, with a fresh code.
    pub(crate) fn spell_step(&self, step: &Step, person: &Person, code: &JsCode) -> Result<Request, Stop> {
        let captured = self.captured(&person.key);
        let material = Material::new(&self.wechat, person);
        let value = |name: &str| match name {
            "code" => Some(code.as_str().to_owned()),
            name => captured.get(name).cloned().or_else(|| material.get(name)),
        };
        let mut request = self.speaker(person, &captured).made(&step.call, &value).map_err(Stop::new)?;
        if step.call.basic.is_some() {
            request.headers.set("authorization", basic(&self.contract.client));
        }
        Ok(request)
    }
}

/// Puts a request into the backend's own words.
pub(crate) fn spell(
    target: &Target,
    contract: &Contract,
    wechat: &Wechat,
    request: Request,
    (person, captured): (&Person, &Captured),
) -> Result<Request, Unspoken> {
    let Some(dialect) = &contract.dialect else { return Ok(request) };
    let speaker = Speaker { target, contract, dialect, wechat, person, captured };
    let (called, operation) = match () {
        () if is_call(target, &contract.exchange, &request) => (Called::Exchange, &contract.exchange),
        () if is_call(target, &contract.token, &request) => (Called::Token, &contract.token),
        () if is_call(target, &contract.user_info, &request) => (Called::UserInfo, &contract.user_info),
        // A path that belongs to no call is what it is.
        () => {
            let material = Material::new(wechat, person);
            return Ok(speaker.with_common(request, &|name| material.get(name)));
        }
    };
    speaker.say(called, operation, heard(operation, request))
}

/// Tells whether a request goes to the path of a call.
fn is_call(target: &Target, operation: &Operation, request: &Request) -> bool {
    request.url.split('?').next() == Some(target.url_of(operation.path).as_str())
}

/// Who says it, to whom, and about whom.
struct Speaker<'a> {
    target: &'a Target,
    contract: &'a Contract,
    dialect: &'a Dialect,
    wechat: &'a Wechat,
    person: &'a Person,
    captured: &'a Captured,
}

impl Speaker<'_> {
    fn say(&self, called: Called, operation: &Operation, heard: Heard) -> Result<Request, Unspoken> {
        match called {
            Called::Exchange => {
                let step = self.dialect.first().ok_or_else(|| tr!("the contract has no login"))?;
                self.step(step, operation, heard, true)
            }
            Called::Token => match self.dialect.token_request() {
                Some(step) => self.step(step, operation, heard, false),
                None => self.login_for_token(operation, heard),
            },
            Called::UserInfo => self.user_info(operation, heard),
        }
    }

    /// Says what renews a session.
    fn renewal(&self, session: &str, by: RenewedBy<'_>) -> Result<Request, Unspoken> {
        let Refresh::Call { call, with_session, .. } = &self.dialect.refresh else {
            return Err(tr!("the contract has no request that renews a session"));
        };
        let material = Material::new(self.wechat, self.person);
        let refresh_token = self.dialect.refresh_token();
        let held = session.strip_prefix("Bearer ").unwrap_or_default();
        let instead = if let RenewedBy::Instead(given) = by { Some(given) } else { None };
        let token = instead.filter(|_| refresh_token.is_none()).unwrap_or(Some(held));
        let value = |name: &str| match (name, instead) {
            ("token", _) => token.map(str::to_owned),
            (name, Some(given)) if Some(name) == refresh_token => given.map(str::to_owned),
            (name, _) => self.captured.get(name).cloned().or_else(|| material.get(name)),
        };
        let mut request = self.made(call, &value)?;
        if let Some(right) = call.credentials() {
            request.headers.set("authorization", basic(&right));
        }
        match token.filter(|_| *with_session) {
            Some(token) => self.with_session(request, &format!("Bearer {token}"), &material),
            None => Ok(request),
        }
    }

    /// Says what asks about a session, or ends it.
    fn about_session(
        &self,
        guarded: &Guarded,
        said: Option<&str>,
        is_own: bool,
        material: &Material,
    ) -> Result<Request, Unspoken> {
        let token = said.and_then(|said| said.strip_prefix("Bearer "));
        let value = |name: &str| match name {
            "token" => token.map(str::to_owned),
            name => {
                let is_name =
                    self.dialect.refresh_token() != Some(name) && guarded.call.path.names().contains(name);
                let captured = self.captured.get(name).filter(|_| is_own || is_name);
                captured.cloned().or_else(|| material.get(name))
            }
        };
        let mut request = self.made(&guarded.call, &value)?;
        if let Some(right) = guarded.call.credentials() {
            request.headers.set("authorization", basic(&right));
        }
        let own = guarded.call.sets_authorization().then(|| request.headers.get("authorization"));
        let own = own.flatten().map(str::to_owned);
        if let Some(said) = said.filter(|_| !guarded.call.names().contains("token")) {
            request = self.with_session(request, said, material)?;
        }
        Ok(match own {
            // What the contract puts there is the client's, and not the session's.
            Some(own) => with(request, "authorization", own),
            None => request,
        })
    }

    /// Says what a step of the login says; `by_code` when its parameter is a login code.
    fn step(
        &self,
        step: &Step,
        operation: &Operation,
        heard: Heard,
        by_code: bool,
    ) -> Result<Request, Unspoken> {
        let key = self.dialect.token_request_key().unwrap_or("openid");
        let material = Material::new(self.wechat, self.person);
        let value = |name: &str| match name {
            "code" if by_code => heard.parameter.clone(),
            name if !by_code && name == key => heard.parameter.clone(),
            name => material.get(name).or_else(|| self.captured.get(name).cloned()),
        };
        let mut request = self.made(&step.call, &value)?;
        // Who asks without credentials, or with others, says so on purpose. The code exchange of the documented
        // flow has none, so there they are added.
        let right = step.call.basic.is_some().then(|| basic(&self.contract.client));
        match (&heard.authorization, &right) {
            (None, Some(right)) if by_code => request.headers.set("authorization", right.clone()),
            // A token beside a code stands where tokens stand.
            (Some(session), None) if by_code && session.starts_with("Bearer ") => {
                request = self.with_session(request, session, &material)?;
            }
            (Some(given), _) => request.headers.set("authorization", given.clone()),
            (None, _) => {}
        }
        self.finish(request, &step.call, operation, heard)
    }

    /// Logs the person in anew, because here a token is bought with a login code and with nothing else.
    fn login_for_token(&self, operation: &Operation, mut heard: Heard) -> Result<Request, Unspoken> {
        let step = self.dialect.first().ok_or_else(|| tr!("the contract has no login"))?;
        let own = self.person.openid.as_str();
        heard.parameter = match heard.parameter.take() {
            Some(openid) if openid == own => {
                let code = self.wechat.login(self.person);
                Some(code.as_str().to_owned())
            }
            None if heard.raw.is_some() => None,
            Some(odd) if Self::is_odd(&odd) => Some(odd),
            Some(_) | None => return Err(tr!("this backend hands out a token for a login code only")),
        };
        let key = self.contract.exchange.parameter;
        let alike = Operation { parameter: key, ..operation.clone() };
        let by_code = heard.authorization.take();
        let request = self.step(step, &alike, heard, true)?;
        Ok(match (step.call.basic.is_some(), by_code) {
            // The step has put the right credentials in; here they are as they were said.
            (true, None) => without(request, "authorization"),
            (true, Some(given)) => with(request, "authorization", given),
            (false, _) => request,
        })
    }

    /// Tells whether nobody can have been given this as an openid, so that it is bad input and not a claim to be
    /// somebody.
    fn is_odd(openid: &str) -> bool {
        !openid.is_empty()
            && !openid.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    }

    fn user_info(&self, operation: &Operation, mut heard: Heard) -> Result<Request, Unspoken> {
        let guarded = self
            .dialect
            .user_info
            .as_ref()
            .ok_or_else(|| tr!("the contract names no request for user info"))?;
        let material = Material::new(self.wechat, self.person);
        let value = |name: &str| material.get(name).or_else(|| self.captured.get(name).cloned());
        let mut request = self.made(&guarded.call, &value)?;
        if let Some(said) = heard.authorization.take() {
            request = self.with_session(request, &said, &material)?;
        }
        self.finish(request, &guarded.call, operation, heard)
    }

    /// Puts the session where the contract wants it. `said` is what the documented flow has in `Authorization`.
    fn with_session(
        &self,
        mut request: Request,
        said: &str,
        material: &Material,
    ) -> Result<Request, Unspoken> {
        let scheme = self.dialect.scheme();
        let Some(token) = said.strip_prefix("Bearer ") else {
            let Some(scheme) = scheme else {
                return Err(tr!("this backend does not carry its tokens behind a scheme"));
            };
            if let Some(token) = said.strip_prefix("Bearer").filter(|token| !token.is_empty()) {
                // The right scheme with nothing behind it.
                return Ok(with(request, "authorization", format!("{scheme}{token}")));
            }
            let (their_scheme, rest) = said.split_once(' ').unwrap_or((said, ""));
            if their_scheme.eq_ignore_ascii_case("bearer") {
                // The right scheme, with its letters in another case.
                let spelled = in_case_of(scheme, their_scheme);
                let value = self
                    .dialect
                    .auth
                    .first()
                    .map(|carried| self.value(carried, rest, material))
                    .transpose()?;
                let value = value.unwrap_or_default();
                let rest = value.split_once(' ').map_or("", |(_, rest)| rest);
                return Ok(with(request, "authorization", format!("{spelled} {rest}")));
            }
            if their_scheme.eq_ignore_ascii_case(scheme) {
                return Err(tr!("{scheme} is the scheme of this contract", scheme));
            }
            return Ok(with(request, "authorization", said.to_owned()));
        };
        for carried in &self.dialect.auth {
            let value = self.value(carried, token, material)?;
            match carried.place {
                TokenPlace::Header => request.headers.set(&carried.name, value),
                TokenPlace::Query => request.url = with_query(&request.url, &carried.name, &value),
                TokenPlace::Form => request = with_form(request, &carried.name, &value),
                TokenPlace::Json => request = with_json(request, &carried.name, &value),
            }
        }
        Ok(request)
    }

    fn value(&self, carried: &Carried, token: &str, material: &Material) -> Result<String, Unspoken> {
        let value = |name: &str| match name {
            "token" => Some(token.to_owned()),
            name => self.captured.get(name).cloned().or_else(|| material.get(name)),
        };
        carried.value.fill(&value).map_err(|name| {
            tr!("the login brought no {name} to carry along", name = format_args!("{name:?}"))
        })
    }

    fn made(&self, call: &Call, value: &dyn Fn(&str) -> Option<String>) -> Result<Request, Unspoken> {
        let request = call.request(self.target.url(), value).map_err(|error| error.to_string())?;
        Ok(self.with_common(request, value))
    }

    /// Adds what every request has; `value` is where the request itself has its values from, so that both have one time and
    /// one nonce.
    fn with_common(&self, mut request: Request, value: &dyn Fn(&str) -> Option<String>) -> Request {
        let value = |name: &str| self.captured.get(name).cloned().or_else(|| value(name));
        for (name, template) in &self.dialect.headers {
            if let Ok(text) = template.fill(&value) {
                request.headers.set(name, text);
            }
        }
        for (name, template) in &self.dialect.query {
            if let Ok(text) = template.fill(&value) {
                request.url = with_query(&request.url, name, &text);
            }
        }
        request
    }

    /// Finds where a call has the parameter of the documented flow: whether in the form, else the query; under which
    /// name; and what is made of it. In other places nothing can stand twice.
    fn place_of<'c>(&self, call: &'c Call, parameter: &str) -> Option<(bool, &'c str, &'c Template)> {
        let key = self.dialect.token_request_key();
        let hole =
            if parameter == self.contract.token.parameter { key.unwrap_or(parameter) } else { parameter };
        let members = call.query.iter().map(|member| (false, member));
        let mut members = members.chain(call.form.iter().map(|member| (true, member)));
        members.find_map(|(in_form, (name, node))| match node {
            Node::Text(template) if template.names().contains(hole) => {
                Some((in_form, name.as_str(), template))
            }
            Node::Text(_) | Node::Literal(_) | Node::List(_) | Node::Table(_) => None,
        })
    }

    /// Adds what was odd about a request: another method, more parameters, other fields, another body.
    fn finish(
        &self,
        mut request: Request,
        call: &Call,
        operation: &Operation,
        heard: Heard,
    ) -> Result<Request, Unspoken> {
        if heard.method != operation.method {
            if heard.method == call.method {
                return Err(tr!("{method} is the method of this contract", method = call.method));
            }
            request.method.clone_from(&heard.method);
            if matches!(heard.method.as_str(), "GET" | "TRACE") {
                let body = std::mem::take(&mut request.body);
                for (name, value) in parameters_of(&body, "").into_iter().chain(form_of(&body)).flatten() {
                    request.url = with_query(&request.url, &name, &value);
                }
            }
        }
        // Another method is sent with the body and the type that the contract has, where it has one: any other type may be a
        // reason of its own to refuse.
        let has_own_body = heard.method != operation.method && !request.body.is_empty();
        for (name, value) in &heard.extra {
            if has_own_body && name == operation.parameter && heard.parameter.as_ref() == Some(value) {
                continue;
            }
            // Whoever says the parameter twice says it twice in its own place.
            if name == operation.parameter
                && let Some((in_form, name, template)) = self.place_of(call, name)
            {
                let value = template.fill(&|_| Some(value.clone())).unwrap_or_default();
                request = if in_form {
                    with_form(request, name, &value)
                } else {
                    Request { url: with_query(&request.url, name, &value), ..request }
                };
                continue;
            }
            request = if call.json.is_some() && !request.body.is_empty() {
                with_json(request, &pointer_to(name), value)
            } else if call.form.is_empty() || request.body.is_empty() {
                Request { url: with_query(&request.url, name, value), ..request }
            } else {
                with_form(request, name, value)
            };
        }
        for (name, value) in heard.fields {
            if has_own_body && name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            // The session may stand among the cookies, and stays there beside what is said in addition.
            let session = request.headers.get("cookie").filter(|_| name.eq_ignore_ascii_case("cookie"));
            let value = session.map_or_else(|| value.clone(), |session| format!("{session}; {value}"));
            request.headers.set(&name, value);
        }
        if let Some(raw) = heard.raw.filter(|_| !has_own_body) {
            request.body = raw;
        }
        Ok(request)
    }
}

/// Returns where a parameter stands in JSON; `a[b]` is how forms say that it is a member of a member.
fn pointer_to(name: &str) -> String {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
        Some((object, member)) if !member.contains(['[', ']']) => {
            format!("/{}/{}", escaped(object), escaped(member))
        }
        Some(_) | None => format!("/{}", escaped(name)),
    }
}

/// Returns what an answer brought, by the names that the contract gives it.
pub(crate) fn captures(dialect: &Dialect, answer: &crate::record::Answer) -> Captured {
    let body = crate::backend::body_of(answer);
    let refreshed = match &dialect.refresh {
        Refresh::Call { capture, .. } => Some(capture),
        Refresh::None | Refresh::Relogin | Refresh::Ambient(_) => None,
    };
    let named = dialect.login.iter().map(|step| &step.capture).chain(refreshed).flatten();
    // Whom a backend refuses, it may give a cookie that stands for nobody.
    let counts = |source: &&Source| answer.status < 400 || !matches!(source, Source::Cookie(_));
    let found = named.filter_map(|(name, sources)| {
        let found = sources.iter().filter(counts).map(|source| source.find_in(answer, &body));
        let value = found.into_iter().find(Value::is_truthy)?;
        let value = if name == "token" { without_scheme(dialect, value) } else { value };
        Some((name.clone(), value.to_js_string().ok()?.to_string_lossy()))
    });
    found.collect()
}
