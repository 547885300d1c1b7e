//! What does a contract file mean?

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use toml::Value as Toml;

use super::call::{Call, Node};
use super::dialect::{
    Carried, Dialect, Guarded, Input, Old, Refresh, Refusal, Step, StepRole, TokenPlace, When,
};
use super::error::{Mistake, no_such_word};
use super::lifetime::{Expiry, LifetimeUnit};
use super::pointer::{Source, pointer};
use super::predicate::{Media, Predicate, Statuses};
use super::sheet::{
    AuthSheet, ExpirySheet, Places, PredicateSheet, ReadSheet, RefreshSheet, Sheet, StepSheet, WhenSheet,
};
use super::template::Template;
use super::{ClientCredentials, Contract, ExpireBy, UnionId};
use crate::expiry::{Object, Value};

/// The values that the run makes for the holes of templates, beside variables and captures.
pub const GENERATED: &[&str] = &[
    "appid",
    "code",
    "encryptedData",
    "iv",
    "nonce",
    "now_ms",
    "now_s",
    "openid",
    "phone_code",
    "phone_encryptedData",
    "phone_iv",
    "rawData",
    "signature",
    "token",
    "uri",
];

/// How long one answer may take at most, in seconds.
const LONGEST_PATIENCE: f64 = 600.0;

type Made<T> = Result<T, Mistake>;

/// What is known while a file is understood.
struct Reading<'a> {
    vars: &'a BTreeMap<String, String>,
    /// Every name that a hole may have.
    names: BTreeSet<&'a str>,
}

impl Contract {
    /// Understands a contract file. `name` is what reports call it.
    ///
    /// # Errors
    ///
    /// Fails at the first key that does not make sense.
    pub fn build(name: &str, sheet: &Sheet) -> Result<Self, Mistake> {
        let documented = Self::documented();
        let vars = sheet.vars.clone().unwrap_or_default();
        let captured = sheet.login.iter().flatten().flat_map(|step| step.capture.iter().flatten());
        let renewed = sheet.refresh.iter().flat_map(|refresh| refresh.capture.iter().flatten());
        let captured = captured.chain(renewed).map(|(name, _)| name.as_str());
        let names =
            captured.chain(vars.keys().map(String::as_str)).chain(GENERATED.iter().copied()).collect();
        let reading = Reading { vars: &vars, names };
        let patience = sheet.patience.map_or(Ok(documented.patience), patience)?;
        let expiry = sheet.expiry.as_ref().map(expiry).transpose()?;
        let waive = sheet.waive.clone().unwrap_or_default();
        if let Some((id, _)) = waive.iter().find(|(_, reason)| reason.trim().is_empty()) {
            return Err(Mistake::new(format!("waive.{id}"), "needs a reason, such as \"ticket 17\""));
        }
        let unionid = match sheet.wechat.as_ref().and_then(|wechat| wechat.unionid.as_deref()) {
            None => UnionId::Any,
            Some(text) => word("wechat.unionid", text, UnionId::NAMES)?,
        };
        let extra = sheet.wechat.iter().flat_map(|wechat| wechat.extra.iter().flatten());
        let extra = extra.map(|(name, value)| Ok((name.clone(), literal(value)))).collect::<Made<_>>()?;
        let expire_by = sheet.expire_by.as_ref().map(|by| {
            let how = word("expire_by.how", &by.how, ExpireBy::NAMES)?;
            match (how, &by.request) {
                (ExpireBy::Clock(_), None) => Err(Mistake::new(
                    "expire_by.request",
                    "is missing: which request puts the clock forward, such as \"POST test/clock?add={seconds}\"",
                )),
                (ExpireBy::Clock(_), Some(request)) => Ok(ExpireBy::Clock(request.clone())),
                (other, _) => Ok(other),
            }
        });
        let client = reading.client(sheet)?;
        let dialect = reading.dialect(sheet)?;
        let dialect = if speaks_as_documented(sheet) { None } else { Some(dialect) };
        Ok(Self {
            name: name.to_owned(),
            title: sheet.title.clone(),
            source: sheet.source.clone(),
            client: client.unwrap_or(documented.client.clone()),
            patience,
            expiry,
            waive,
            unionid,
            extra,
            expire_by: expire_by.transpose()?.unwrap_or(ExpireBy::Wait),
            reach: sheet.wechat.as_ref().and_then(|wechat| wechat.reach.clone()),
            dialect,
            ..documented
        })
    }
}

/// Tells whether nothing in the file changes what is said on the wire.
fn speaks_as_documented(sheet: &Sheet) -> bool {
    let documented = super::builtin::documented_sheet();
    sheet.login == documented.login
        && sheet.auth == documented.auth
        && sheet.user_info == documented.user_info
        && sheet.common == documented.common
        && sheet.vars.as_ref().is_none_or(|vars| {
            let same =
                |name: &str| documented.vars.as_ref().and_then(|vars| vars.get(name)) == vars.get(name);
            same("client") && same("client_secret")
        })
}

impl<'a> Reading<'a> {
    fn dialect(&self, sheet: &Sheet) -> Made<Dialect> {
        let login = self.login(sheet.login.as_deref().unwrap_or_default())?;
        let auth = sheet.auth.as_deref().unwrap_or_default();
        let auth = auth.iter().enumerate().map(|(at, auth)| self.carried(&format!("auth[{at}]"), auth));
        let auth = auth.collect::<Made<Vec<_>>>()?;
        let common = sheet.common.clone().unwrap_or_default();
        let fields = |key: &str, fields: &BTreeMap<String, String>| {
            let field = |(name, value): (&String, &String)| {
                Ok((name.clone(), self.template(&format!("{key}.{name}"), value)?))
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
        for (key, extra) in [("check", &sheet.check), ("logout", &sheet.logout)] {
            if let Some(extra) = extra {
                guarded(key, extra, "")?;
            }
        }
        let identity = sheet.identity.clone().unwrap_or_default();
        let of_login = || login.iter().flat_map(|step| step.capture.get("openid").into_iter().flatten());
        let openid = match &identity.openid {
            Some(places) => sources("identity.openid", places)?,
            None => of_login().cloned().collect(),
        };
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
            refuse,
            inputs,
        })
    }

    fn login(&self, sheets: &[StepSheet]) -> Made<Vec<Step>> {
        if sheets.is_empty() || sheets.len() > 4 {
            let what = format!("a login has one to four steps, and here are {}", sheets.len());
            return Err(Mistake::new("login", what));
        }
        let steps = sheets.iter().enumerate().map(|(at, sheet)| self.step(&format!("login[{at}]"), sheet));
        let steps = steps.collect::<Made<Vec<_>>>()?;
        if steps.iter().all(|step| step.role != StepRole::Token && step.role != StepRole::Register) {
            let what =
                "no step has the role \"token\"; without a token there is nothing to judge after the login";
            return Err(Mistake::new("login", what));
        }
        if steps.first().is_some_and(|first| first.when != When::Always) {
            return Err(Mistake::new("login[0].when", "the first step is always taken; leave this out"));
        }
        if !steps.first().is_some_and(|first| first.call.names().contains("code")) {
            return Err(Mistake::new(
                "login[0]",
                "the first step sends no login code; put {code} where the backend wants it",
            ));
        }
        if let Some(at) =
            steps.iter().position(|step| step.role == StepRole::Token && !step.capture.contains_key("token"))
        {
            let what = "is missing: where the token stands, such as { token = \"/data/token\" }";
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
                    let what = "say either { missing = \"token\" } or { saw = { … } }";
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
                .map_or(Ok(Predicate::default()), |looks| predicate(&format!("{key}.ok"), looks))?,
            capture: captures(key, sheet.capture.as_ref())?,
            when,
        })
    }

    fn guarded(&self, key: &str, sheet: &ReadSheet, data: &str) -> Made<Guarded> {
        let parts = Parts {
            request: &sheet.request,
            query: sheet.query.as_ref(),
            form: sheet.form.as_ref(),
            json: sheet.json.as_ref(),
            headers: sheet.headers.as_ref(),
            basic: None,
        };
        let ok = sheet.ok.as_ref().map(|looks| predicate(&format!("{key}.ok"), looks)).transpose()?;
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
        let missing =
            |key: &str, what: &str| Mistake::new(format!("refresh.{key}"), format!("is missing: {what}"));
        match word("refresh.mode", &sheet.mode, MODES)? {
            0 => Ok(Refresh::None),
            1 => Ok(Refresh::Relogin),
            2 => {
                let request = sheet.request.as_deref();
                let parts = Parts {
                    request: request.ok_or_else(|| missing("request", "method and path"))?,
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
                    ok: ok.map_or(Ok(Predicate::default()), |looks| predicate("refresh.ok", looks))?,
                    capture: captures("refresh", sheet.capture.as_ref())?,
                    old: old.map_or(Ok(Old::Any), |text| word("refresh.old_after", text, Old::NAMES))?,
                })
            }
            _ => {
                let from =
                    sheet.from.as_deref().ok_or_else(|| missing("from", "where a new token stands"))?;
                Ok(Refresh::Ambient(source("refresh.from", from)?))
            }
        }
    }

    fn client(&self, sheet: &Sheet) -> Made<Option<ClientCredentials>> {
        let Some((at, step)) =
            sheet.login.iter().flatten().enumerate().find(|(_, step)| step.basic.is_some())
        else {
            return Ok(None);
        };
        let key = format!("login[{at}].basic");
        let (name, secret) = self.basic(&key, step.basic.as_deref().unwrap_or_default())?;
        let fill = |template: &Template| {
            template
                .fill(&|_| None)
                .map_err(|name| Mistake::new(&key, format!("{{{name}}} is not in [vars]")))
        };
        Ok(Some(ClientCredentials { name: fill(&name)?, secret: fill(&secret)? }))
    }

    fn basic(&self, key: &str, text: &str) -> Made<(Template, Template)> {
        let (name, secret) = text.split_once(':').ok_or_else(|| {
            Mistake::new(key, "has no colon; write name:secret, or \"{client}:{client_secret}\"")
        })?;
        Ok((self.template(key, name)?, self.template(key, secret)?))
    }

    fn call(&self, key: &str, parts: &Parts<'_>) -> Made<Call> {
        let at = format!("{key}.request");
        let (method, path) = parts
            .request
            .trim()
            .split_once(char::is_whitespace)
            .ok_or_else(|| Mistake::new(&at, "is method and path, such as \"POST api/login\""))?;
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        if !known.contains(&method) {
            return Err(Mistake::new(&at, no_such_word(method, known.into_iter())));
        }
        if parts.json.is_some() && parts.form.is_some() {
            return Err(Mistake::new(key, "has both a form and a JSON body; a request has one body"));
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
            let what = format!("{{{name}}} has no value: {}", no_such_word(name, words));
            return Err(Mistake::new(key, what));
        }
        Ok(template.settle(self.vars))
    }
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

fn word<T: Clone>(key: &str, text: &str, words: &[(&str, T)]) -> Made<T> {
    let found = words.iter().find(|(name, _)| *name == text).map(|(_, meaning)| meaning.clone());
    found.ok_or_else(|| Mistake::new(key, no_such_word(text, words.iter().map(|(name, _)| *name))))
}

fn patience(seconds: f64) -> Made<Duration> {
    let right = seconds > 0.0 && seconds <= LONGEST_PATIENCE;
    Duration::try_from_secs_f64(seconds).ok().filter(|_| right).ok_or_else(|| {
        Mistake::new("patience", format!("{seconds} is no number of seconds from 0 to {LONGEST_PATIENCE}"))
    })
}

fn expiry(sheet: &ExpirySheet) -> Made<Expiry> {
    if sheet.never == Some(true) {
        return match &sheet.from {
            Some(_) => Err(Mistake::new("expiry.from", "tokens never end here, so their end stands nowhere")),
            None => Ok(Expiry::Never),
        };
    }
    let Some(from) = sheet.from.as_deref() else {
        return match &sheet.unit {
            Some(_) => Err(Mistake::new("expiry.from", "is missing: where the lifetime stands")),
            None => Ok(Expiry::Untold),
        };
    };
    const UNITS: &[(&str, Option<LifetimeUnit>)] = &[
        ("s", Some(LifetimeUnit::Seconds)),
        ("ms", Some(LifetimeUnit::Millis)),
        ("ns", Some(LifetimeUnit::Nanos)),
        ("epoch_s", Some(LifetimeUnit::EpochSeconds)),
        ("epoch_ms", Some(LifetimeUnit::EpochMillis)),
        ("rfc3339", Some(LifetimeUnit::Rfc3339)),
        ("jwt_exp", Some(LifetimeUnit::JwtExp)),
        ("local", None),
    ];
    let unit = match word("expiry.unit", sheet.unit.as_deref().unwrap_or("s"), UNITS)? {
        Some(unit) => unit,
        None => LifetimeUnit::Local {
            format: sheet.format.clone().unwrap_or_else(|| "%Y-%m-%d %H:%M:%S".to_owned()),
            offset: offset(sheet.offset.as_deref().unwrap_or("+00:00"))?,
        },
    };
    Ok(Expiry::Told { from: source("expiry.from", from)?, unit })
}

/// Reads an offset from UTC such as `+08:00`.
fn offset(text: &str) -> Made<i32> {
    let parsed = || {
        let (sign, rest) = match text.as_bytes().first()? {
            b'+' => (1, text.get(1..)?),
            b'-' => (-1, text.get(1..)?),
            _ => return None,
        };
        let (hours, minutes) = rest.split_once(':')?;
        let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
        (hours < 15 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
    };
    parsed().ok_or_else(|| {
        Mistake::new("expiry.offset", format!("{text:?} is no offset; write it like \"+08:00\""))
    })
}

fn source(key: &str, text: &str) -> Made<Source> {
    Source::parse(text).map_err(|what| Mistake::new(key, what))
}

fn sources(key: &str, places: &Places) -> Made<Vec<Source>> {
    let texts = match places {
        Places::One(text) => std::slice::from_ref(text),
        Places::Several(texts) => texts.as_slice(),
    };
    texts.iter().map(|text| source(key, text)).collect()
}

fn captures(key: &str, sheet: Option<&BTreeMap<String, Places>>) -> Made<BTreeMap<String, Vec<Source>>> {
    let capture = |(name, places): (&String, &Places)| {
        Ok((name.clone(), sources(&format!("{key}.capture.{name}"), places)?))
    };
    sheet.into_iter().flatten().map(capture).collect()
}

fn predicate(key: &str, sheet: &PredicateSheet) -> Made<Predicate> {
    const MEDIA: &[(&str, Option<Media>)] =
        &[("json", Some(Media::Json)), ("text", Some(Media::Text)), ("any", None)];
    let values = |name: &str, table: Option<&BTreeMap<String, Toml>>| {
        let pair = |(place, value): (&String, &Toml)| {
            let wanted = match value {
                Toml::Array(values) => values.iter().map(literal).collect(),
                Toml::String(_)
                | Toml::Integer(_)
                | Toml::Float(_)
                | Toml::Boolean(_)
                | Toml::Datetime(_)
                | Toml::Table(_) => vec![literal(value)],
            };
            Ok((source(&format!("{key}.{name}"), place)?, wanted))
        };
        table.into_iter().flatten().map(pair).collect::<Made<Vec<_>>>()
    };
    let places = |name: &str, places: Option<&Places>| {
        places.map_or(Ok(Vec::new()), |places| sources(&format!("{key}.{name}"), places))
    };
    Ok(Predicate {
        status: sheet
            .status
            .as_ref()
            .map_or(Ok(Vec::new()), |value| statuses(&format!("{key}.status"), value))?,
        media: sheet.media.as_deref().map_or(Ok(None), |text| word(&format!("{key}.media"), text, MEDIA))?,
        equals: values("equals", sheet.equals.as_ref())?,
        differs: values("differs", sheet.differs.as_ref())?,
        exists: places("exists", sheet.exists.as_ref())?,
        absent: places("absent", sheet.absent.as_ref())?,
        contains: sheet.contains.clone(),
    })
}

fn statuses(key: &str, value: &Toml) -> Made<Vec<Statuses>> {
    let wrong = || {
        Mistake::new(key, format!("{value} is no status; write 200, \"2xx\" or a list such as [200, 201]"))
    };
    match value {
        Toml::Array(items) => {
            Ok(items.iter().map(|item| statuses(key, item)).collect::<Made<Vec<_>>>()?.concat())
        }
        Toml::Integer(status) => {
            let status = u16::try_from(*status).ok().filter(|status| (100..600).contains(status));
            status.map(|status| vec![Statuses { from: status, to: status }]).ok_or_else(wrong)
        }
        Toml::String(text) => {
            let class = text.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok());
            let class = class.filter(|class| (1..6).contains(class)).ok_or_else(wrong)?;
            Ok(vec![Statuses { from: class * 100, to: class * 100 + 99 }])
        }
        Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) | Toml::Table(_) => Err(wrong()),
    }
}

/// Returns a value of TOML as JSON has it.
fn literal(value: &Toml) -> Value {
    match value {
        Toml::String(text) => Value::from(text.as_str()),
        #[expect(
            clippy::as_conversions,
            clippy::cast_precision_loss,
            reason = "JavaScript has no other numbers"
        )]
        Toml::Integer(number) => Value::Number(*number as f64),
        Toml::Float(number) => Value::Number(*number),
        Toml::Boolean(truth) => Value::Bool(*truth),
        Toml::Datetime(instant) => Value::from(instant.to_string().as_str()),
        Toml::Array(items) => Value::Array(items.iter().map(literal).collect()),
        Toml::Table(table) => {
            let mut object = Object::default();
            for (name, value) in table {
                object.set(name.as_str(), literal(value));
            }
            Value::from(object)
        }
    }
}
