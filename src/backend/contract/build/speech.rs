//! What does a contract file say about requests and their answers?

use std::collections::{BTreeMap, BTreeSet};

use toml::Value as Toml;

use super::values::{captures, literal, predicate, source, sources, word};
use super::{GENERATED, Made};
use crate::backend::contract::ClientCredentials;
use crate::backend::contract::call::{Call, Node};
use crate::backend::contract::dialect::{
    Carried, Dialect, Guarded, Input, Old, Refresh, Refusal, Step, StepRole, TokenPlace, When,
};
use crate::backend::contract::error::{Mistake, no_such_word};
use crate::backend::contract::pointer::{Source, pointer};
use crate::backend::contract::predicate::{Predicate, Statuses};
use crate::backend::contract::sheet::{
    AuthSheet, Places, PredicateSheet, ReadSheet, RefreshSheet, Sheet, StepSheet, WhenSheet,
};
use crate::backend::contract::template::Template;

/// What is known while a file is understood.
pub(super) struct Reading<'a> {
    pub(super) vars: &'a BTreeMap<String, String>,
    /// Every name that a hole may have.
    pub(super) names: BTreeSet<&'a str>,
}

impl Reading<'_> {
    pub(super) fn dialect(&self, sheet: &Sheet) -> Made<Dialect> {
        let login = self.login(sheet.login.as_deref().unwrap_or_default())?;
        let auth = sheet.auth.as_deref().unwrap_or_default();
        let auth = auth.iter().enumerate().map(|(at, auth)| self.carried(&format!("auth[{at}]"), auth));
        let auth = auth.collect::<Made<Vec<_>>>()?;
        let common = sheet.common.clone().unwrap_or_default();
        let fields = |key: &str, fields: &BTreeMap<String, String>| {
            let field = |(name, value): (&String, &String)| {
                let key = format!("{key}.{name}");
                let template = self.template(&key, value)?;
                if template.names().contains("token") {
                    let what = tr!(
                        "carries {token} with every request, also with those that nobody is logged in for; put it into [[auth]]"
                    );
                    return Err(Mistake::new(key, what));
                }
                Ok((name.clone(), template))
            };
            fields.iter().map(field).collect::<Made<Vec<_>>>()
        };
        let guarded = |key: &str, sheet: &ReadSheet, data: &str| self.guarded(key, sheet, data);
        let user_info = match (&sheet.user_info, &sheet.guarded) {
            (Some(info), _) => Some(guarded("user_info", info, "/data")?),
            // Where nothing shows who somebody is, any request that wants a session has to do.
            (None, Some(other)) => Some(guarded("guarded", other, "")?),
            (None, None) => None,
        };
        if let Some(guarded) = &user_info
            && guarded.call.names().contains("token")
        {
            let key = if sheet.user_info.is_some() { "user_info" } else { "guarded" };
            let what = tr!(
                "carries {token} by itself; put it into [[auth]], where it can be left out and altered to see what becomes of that"
            );
            return Err(Mistake::new(key, what));
        }
        // What the contract below has can be taken away.
        let own = |sheet: &&ReadSheet| sheet.request.trim() != "none";
        let check = sheet.check.as_ref().filter(own);
        let check = check.map(|check| guarded("check", check, "")).transpose()?;
        let logout = sheet.logout.as_ref().filter(own);
        let logout = logout.map(|logout| guarded("logout", logout, "")).transpose()?;
        for (key, guarded) in [("check", &check), ("logout", &logout)] {
            guarded.as_ref().map_or(Ok(()), |guarded| leaves_room(key, &guarded.call, &login, &auth))?;
        }
        let identity = sheet.identity.clone().unwrap_or_default();
        let observed = identity.openid.as_ref().map(|places| sources("identity.openid", places));
        let observed = observed.transpose()?.unwrap_or_default();
        let of_login = login.iter().flat_map(|step| step.capture.get("openid").into_iter().flatten());
        // What a login captures is where it stands there; the place in user info may be another one.
        let captured: Vec<_> = of_login.cloned().collect();
        let openid = if captured.is_empty() { observed } else { captured };
        let stable = identity.stable.as_deref().map(|text| source("identity.stable", text)).transpose()?;
        let mut refuse = BTreeMap::new();
        for (name, looks) in sheet.refuse.iter().flatten() {
            let key = format!("refuse.{name}");
            refuse.insert(word(&key, name, Refusal::NAMES)?, predicate(&key, looks)?);
        }
        let inputs = sheet.inputs.as_deref().unwrap_or_default();
        let inputs =
            inputs.iter().map(|name| word("inputs", name, Input::NAMES)).collect::<Made<Vec<_>>>()?;
        Ok(Dialect {
            login,
            auth,
            headers: fields("common.headers", &common.headers)?,
            query: fields("common.query", &common.query)?,
            user_info,
            openid,
            stable,
            refresh: sheet.refresh.as_ref().map_or(Ok(Refresh::Relogin), |sheet| self.refresh(sheet))?,
            check,
            logout,
            refuse,
            inputs,
        })
    }

    fn login(&self, sheets: &[StepSheet]) -> Made<Vec<Step>> {
        if sheets.is_empty() || sheets.len() > 4 {
            let what = tr!("a login has one to four steps, and here are {count}", count = sheets.len());
            return Err(Mistake::new("login", what));
        }
        let steps = sheets.iter().enumerate().map(|(at, sheet)| self.step(&format!("login[{at}]"), sheet));
        let steps = steps.collect::<Made<Vec<_>>>()?;
        if steps.iter().all(|step| step.role != StepRole::Token && step.role != StepRole::Register) {
            let what = tr!(
                "no step has the role \"token\"; without a token there is nothing to judge after the login"
            );
            return Err(Mistake::new("login", what));
        }
        if steps.first().is_some_and(|first| first.when != When::Always) {
            return Err(Mistake::new("login[0].when", tr!("the first step is always taken; leave this out")));
        }
        if !steps.first().is_some_and(|first| first.call.names().contains("code")) {
            return Err(Mistake::new(
                "login[0]",
                tr!("the first step sends no login code; put {code} where the backend wants it"),
            ));
        }
        if let Some(at) =
            steps.iter().position(|step| step.role == StepRole::Token && !step.capture.contains_key("token"))
        {
            let what = tr!("is missing: where the token stands, such as { token = \"/data/token\" }");
            return Err(Mistake::new(format!("login[{at}].capture"), what));
        }
        Ok(steps)
    }

    fn step(&self, key: &str, sheet: &StepSheet) -> Made<Step> {
        let parts = Parts {
            request: &sheet.request,
            query: sheet.query.as_ref(),
            form: sheet.form.as_ref(),
            json: sheet.json.as_ref(),
            headers: sheet.headers.as_ref(),
            basic: sheet.basic.as_deref(),
        };
        let when = match &sheet.when {
            None => When::Always,
            Some(WhenSheet::Word(text)) => word(&format!("{key}.when"), text, &[("always", When::Always)])?,
            Some(WhenSheet::Condition(condition)) => match (&condition.missing, &condition.saw) {
                (Some(name), None) => When::Missing(name.clone()),
                (None, Some(looks)) => When::Saw(predicate(&format!("{key}.when.saw"), looks)?),
                (Some(_), Some(_)) | (None, None) => {
                    let what = tr!("say either { missing = \"token\" } or { saw = { … } }");
                    return Err(Mistake::new(format!("{key}.when"), what));
                }
            },
        };
        Ok(Step {
            role: word(&format!("{key}.role"), &sheet.role, StepRole::NAMES)?,
            call: self.call(key, &parts)?,
            ok: sheet
                .ok
                .as_ref()
                .map_or(Ok(Predicate::default()), |looks| seen(&format!("{key}.ok"), looks))?,
            capture: self.captures(key, sheet.capture.as_ref())?,
            when,
        })
    }

    /// Reads what is kept of an answer. A name that means something already would never stand for what was kept.
    fn captures(
        &self,
        key: &str,
        sheet: Option<&BTreeMap<String, Places>>,
    ) -> Made<BTreeMap<String, Vec<Source>>> {
        let captures = captures(key, sheet)?;
        for name in captures.keys().filter(|name| !matches!(name.as_str(), "token" | "openid")) {
            let what = if self.vars.contains_key(name) {
                tr!("is a name in [vars], which would stand in its place; call what is kept otherwise")
            } else if GENERATED.contains(&name.as_str()) {
                tr!(
                    "is made by the client for each request, which would stand in its place; call what is kept otherwise"
                )
            } else {
                continue;
            };
            return Err(Mistake::new(format!("{key}.capture.{name}"), what));
        }
        Ok(captures)
    }

    fn guarded(&self, key: &str, sheet: &ReadSheet, data: &str) -> Made<Guarded> {
        let parts = Parts {
            request: &sheet.request,
            query: sheet.query.as_ref(),
            form: sheet.form.as_ref(),
            json: sheet.json.as_ref(),
            headers: sheet.headers.as_ref(),
            basic: sheet.basic.as_deref(),
        };
        if parts.basic.is_some() && !matches!(key, "check" | "logout") {
            let what = tr!(
                "is for a check or a logout; here write headers = {{ Authorization = \"{{basic(name, secret)}}\" }}"
            );
            return Err(Mistake::new(format!("{key}.basic"), what));
        }
        let looks = if key == "logout" { predicate } else { seen };
        let ok = sheet.ok.as_ref().map(|ok| looks(&format!("{key}.ok"), ok)).transpose()?;
        let at = sheet.data.as_deref().unwrap_or(data);
        Ok(Guarded {
            call: self.call(key, &parts)?,
            ok: ok.unwrap_or_else(|| Predicate::of_status(200, 299)),
            data: pointer(at).map_err(|what| Mistake::new(format!("{key}.data"), what))?,
        })
    }

    fn carried(&self, key: &str, sheet: &AuthSheet) -> Made<Carried> {
        let place = word(&format!("{key}.in"), &sheet.place, TokenPlace::NAMES)?;
        if place == TokenPlace::Json {
            pointer(&sheet.name).map_err(|what| Mistake::new(format!("{key}.name"), what))?;
        }
        Ok(Carried {
            place,
            name: sheet.name.clone(),
            value: self.template(&format!("{key}.value"), &sheet.value)?,
        })
    }

    fn refresh(&self, sheet: &RefreshSheet) -> Made<Refresh> {
        const MODES: &[(&str, u8)] = &[("none", 0), ("relogin", 1), ("request", 2), ("ambient", 3)];
        let missing = |key: &str, what: String| Mistake::new(format!("refresh.{key}"), what);
        match word("refresh.mode", &sheet.mode, MODES)? {
            0 => Ok(Refresh::None),
            1 => Ok(Refresh::Relogin),
            2 => {
                let request = sheet.request.as_deref();
                let parts = Parts {
                    request: request.ok_or_else(|| missing("request", tr!("is missing: method and path")))?,
                    query: sheet.query.as_ref(),
                    form: sheet.form.as_ref(),
                    json: sheet.json.as_ref(),
                    headers: sheet.headers.as_ref(),
                    basic: sheet.basic.as_deref(),
                };
                let old = sheet.old_after.as_deref();
                let ok = sheet.ok.as_ref();
                Ok(Refresh::Call {
                    call: Box::new(self.call("refresh", &parts)?),
                    with_session: sheet.with_session.unwrap_or(false),
                    ok: ok.map_or(Ok(Predicate::default()), |looks| seen("refresh.ok", looks))?,
                    capture: self.captures("refresh", sheet.capture.as_ref())?,
                    old: old.map_or(Ok(Old::Any), |text| word("refresh.old_after", text, Old::NAMES))?,
                })
            }
            _ => {
                let from = sheet
                    .from
                    .as_deref()
                    .ok_or_else(|| missing("from", tr!("is missing: where a new token stands")))?;
                Ok(Refresh::Ambient(source("refresh.from", from)?))
            }
        }
    }

    pub(super) fn client(&self, sheet: &Sheet) -> Made<Option<ClientCredentials>> {
        let Some((at, step)) =
            sheet.login.iter().flatten().enumerate().find(|(_, step)| step.basic.is_some())
        else {
            return Ok(None);
        };
        let key = format!("login[{at}].basic");
        let (name, secret) = self.basic(&key, step.basic.as_deref().unwrap_or_default())?;
        let fill = |template: &Template| template.fill(&|_| None).unwrap_or_default();
        Ok(Some(ClientCredentials { name: fill(&name), secret: fill(&secret) }))
    }

    fn basic(&self, key: &str, text: &str) -> Made<(Template, Template)> {
        let (name, secret) = text.split_once(':').ok_or_else(|| {
            Mistake::new(key, tr!("has no colon; write name:secret, or \"{client}:{client_secret}\""))
        })?;
        let settled = |text: &str| {
            let template = self.template(key, text)?;
            let open = template.names().into_iter().next().map(str::to_owned);
            let not_there = |name| Mistake::new(key, tr!("{{{name}}} is not in [vars]", name));
            open.map_or(Ok(template), |name| Err(not_there(name)))
        };
        Ok((settled(name)?, settled(secret)?))
    }

    fn call(&self, key: &str, parts: &Parts<'_>) -> Made<Call> {
        let at = format!("{key}.request");
        let (method, path) = parts
            .request
            .trim()
            .split_once(char::is_whitespace)
            .ok_or_else(|| Mistake::new(&at, tr!("is method and path, such as \"POST api/login\"")))?;
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        if !known.contains(&method) {
            return Err(Mistake::new(&at, no_such_word(method, known.into_iter())));
        }
        if parts.json.is_some() && parts.form.is_some() {
            return Err(Mistake::new(key, tr!("has both a form and a JSON body; a request has one body")));
        }
        let members = |name: &str, table: Option<&toml::Table>| {
            let member = |(member, value): (&String, &Toml)| {
                Ok((member.clone(), self.node(&format!("{key}.{name}.{member}"), value)?))
            };
            table.into_iter().flatten().map(member).collect::<Made<Vec<_>>>()
        };
        let json = parts.json.map(|table| self.node(&format!("{key}.json"), &Toml::Table(table.clone())));
        let fields =
            parts.headers.into_iter().flatten().map(|(name, value)| {
                Ok((name.clone(), self.template(&format!("{key}.headers.{name}"), value)?))
            });
        Ok(Call {
            method: method.to_owned(),
            path: self.template(&at, path.trim().trim_start_matches('/'))?,
            query: members("query", parts.query)?,
            form: members("form", parts.form)?,
            json: json.transpose()?,
            headers: fields.collect::<Made<_>>()?,
            basic: parts.basic.map(|text| self.basic(&format!("{key}.basic"), text)).transpose()?,
        })
    }

    fn node(&self, key: &str, value: &Toml) -> Made<Node> {
        Ok(match value {
            Toml::String(text) => Node::Text(self.template(key, text)?),
            Toml::Array(items) => {
                let items =
                    items.iter().enumerate().map(|(at, item)| self.node(&format!("{key}[{at}]"), item));
                Node::List(items.collect::<Made<_>>()?)
            }
            Toml::Table(table) => {
                let member = |(name, value): (&String, &Toml)| {
                    Ok((name.clone(), self.node(&format!("{key}.{name}"), value)?))
                };
                Node::Table(table.iter().map(member).collect::<Made<_>>()?)
            }
            Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => {
                Node::Literal(literal(value))
            }
        })
    }

    fn template(&self, key: &str, text: &str) -> Made<Template> {
        let template = Template::parse(text).map_err(|error| Mistake::new(key, error.to_string()))?;
        if let Some(name) = template.names().into_iter().find(|name| !self.names.contains(name)) {
            let words = self.names.iter().copied();
            let what = tr!("{{{name}}} has no value: {unknown}", unknown = no_such_word(name, words), name);
            return Err(Mistake::new(key, what));
        }
        Ok(template.settle(self.vars))
    }
}

/// Makes sure that a request has the session, or something else of the login, in it: where it says by itself what stands in
/// `Authorization`, a session that is carried there is not sent.
fn leaves_room(key: &str, call: &Call, login: &[Step], auth: &[Carried]) -> Made<()> {
    let names = call.names();
    let captured = || login.iter().flat_map(|step| step.capture.keys());
    let names_what_came = names.contains("token") || captured().any(|name| names.contains(name.as_str()));
    let in_authorization = |carried: &Carried| {
        carried.place == TokenPlace::Header && carried.name.eq_ignore_ascii_case("authorization")
    };
    if names_what_came || !call.sets_authorization() || !auth.iter().any(in_authorization) {
        return Ok(());
    }
    let what = tr!(
        "says what stands in Authorization, where the session would be, and names neither {token} nor anything else of the \
         login: put {token} where the backend wants it, such as form = {{ token = \"{token}\" }}",
        token = "{token}"
    );
    Err(Mistake::new(key, what))
}

/// What a request consists of in a file.
struct Parts<'a> {
    request: &'a str,
    query: Option<&'a toml::Table>,
    form: Option<&'a toml::Table>,
    json: Option<&'a toml::Table>,
    headers: Option<&'a BTreeMap<String, String>>,
    basic: Option<&'a str>,
}

/// Reads what a success looks like to a phone, which goes where a redirect leads.
fn seen(key: &str, sheet: &PredicateSheet) -> Made<Predicate> {
    let looks = predicate(key, sheet)?;
    let redirects = |range: &Statuses| matches!((range.from, range.to), (300..=303 | 305..=399, 300..=399));
    if !looks.status.is_empty() && looks.status.iter().all(redirects) {
        let what = tr!(
            "a phone goes where a redirect leads, and sees no status of 3xx; say what the answer there looks like"
        );
        return Err(Mistake::new(key, what));
    }
    Ok(looks)
}
