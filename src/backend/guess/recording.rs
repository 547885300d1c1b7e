//! Which contract would fit what was recorded?

mod login;
mod session;

use std::collections::BTreeSet;

use toml::Table;

use super::carried::{form, json, query};
use super::draft::{Draft, Section};
use super::har::{self, Entry};
use super::names::{Filler, is_plain, is_secret, literal, normal};
use super::places::leaves;
use super::{GuessError, envelope};
use crate::backend::body_of;
use login::{Found, login};

/// Header fields that say nothing about the backend.
const USUAL: &[&str] = &[
    "accept",
    "authorization",
    "cache-control",
    "charset",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "dnt",
    "expect",
    "host",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "origin",
    "pragma",
    "priority",
    "proxy-connection",
    "range",
    "referer",
    "te",
    "transfer-encoding",
    "upgrade-insecure-requests",
    "user-agent",
    "x-forwarded-for",
    "x-requested-with",
    "xweb_xhr",
];

/// Makes a contract from a recording of a login: HAR 1.2. `place` is what errors call it.
///
/// # Errors
///
/// Fails when the text is no recording, or no request in it carries a login code.
///
/// # Examples
///
/// ```
/// use wxconform::backend::guess::from_har;
///
/// let har = r#"{"log": {"entries": [
///   {"request": {"method": "POST", "url": "http://b/api/login", "postData": {"text": "{\"code\":\"0a1\"}"}},
///    "response": {"status": 200, "content": {"text": "{\"code\":0,\"data\":{\"token\":\"secret-1\"}}"}}},
///   {"request": {"method": "GET", "url": "http://b/api/me", "headers": [{"name": "X-Token", "value": "secret-1"}]},
///    "response": {"status": 200, "content": {"text": "{\"code\":0,\"data\":{\"id\":7}}"}}}
/// ]}}"#;
/// let contract = from_har("login.har", har)?.to_string();
/// assert!(contract.contains("request = \"POST api/login\""));
/// assert!(contract.contains("name = \"X-Token\"") && !contract.contains("secret-1"));
/// # Ok::<(), wxconform::backend::guess::GuessError>(())
/// ```
pub fn from_har(place: &str, text: &str) -> Result<Draft, GuessError> {
    let entries = har::read(place, text)?;
    let found = login(&entries).ok_or_else(|| {
        let what = tr!("none of its {count} requests carries a login code, in a parameter such as code, js_code, wxCode or loginCode; \
             record from before wx.login on, or say --login", count = entries.len());
        GuessError::lacks(place, what)
    })?;
    let mut draft = Draft { others: found.others.clone(), ..Draft::default() };
    let origin = found.steps.first().map_or("", |step| step.entry.origin());
    draft.head.push(tr!("Read from {place}; paths are below {origin}, which is --backend.", place, origin));
    let mut filler = Filler { secrets: secrets(&entries, &found), ..Filler::default() };
    let opened = session::user_info(&entries, &found);
    let shared = common(&mut draft, &found, opened, &filler);
    for (at, _) in found.steps.iter().enumerate() {
        let section = step(&found, at, &mut filler, &shared);
        draft.login.push(section);
    }
    session::draft(&mut draft, &entries, &found, opened, &mut filler);
    draft.vars.append(&mut filler.vars);
    draft.inputs.append(&mut filler.inputs);
    Ok(draft)
}

/// Returns every value of a recording that must not be written down.
fn secrets(entries: &[Entry], found: &Found<'_>) -> BTreeSet<String> {
    let mut secrets: BTreeSet<String> = BTreeSet::new();
    for entry in entries {
        let answered = leaves(&body_of(&entry.answer));
        secrets.extend(
            answered.iter().filter(|place| is_secret(&place.name)).filter_map(super::places::Place::text),
        );
        let sent = query(&entry.request).into_iter().chain(form(&entry.request));
        secrets.extend(sent.filter(|(name, _)| is_secret(name)).map(|(_, value)| value));
        if let Some(body) = json(&entry.request) {
            let sent = leaves(&crate::expiry::Value::from(&body));
            secrets.extend(
                sent.iter().filter(|place| is_secret(&place.name)).filter_map(super::places::Place::text),
            );
        }
        for field in ["cookie", "set-cookie"] {
            let values = entry.request.headers.iter().chain(entry.answer.headers.iter());
            let values = values.filter(|(name, _)| name.eq_ignore_ascii_case(field));
            let pairs =
                values.flat_map(|(_, value)| value.split(';')).filter_map(|pair| pair.split_once('='));
            secrets.extend(pairs.map(|(_, value)| value.trim().to_owned()));
        }
    }
    secrets.extend(found.steps.iter().map(|step| step.sent.clone()));
    secrets.extend(found.token.iter().map(|token| token.value.clone()));
    secrets.retain(|secret| secret.len() > 3);
    secrets
}

/// Notes header fields that every request has, and returns their names.
fn common(draft: &mut Draft, found: &Found<'_>, opened: Option<&Entry>, filler: &Filler) -> BTreeSet<String> {
    let (Some(first), Some(opened)) = (found.steps.first(), opened) else { return BTreeSet::new() };
    let mut headers = Table::new();
    for (name, value) in first.entry.request.headers.iter() {
        let name_is_usual = USUAL.contains(&name.to_lowercase().as_str())
            || ["accept-", "sec-", "x-wx-"].iter().any(|start| name.to_lowercase().starts_with(start));
        let is_shared = opened.request.headers.get(name) == Some(value) && !name_is_usual;
        if is_shared && is_plain(value) && !is_secret(name) && !filler.secrets.contains(value) {
            headers.insert(name.to_owned(), literal(value).into());
        }
    }
    let names = headers.keys().map(|name| name.to_lowercase()).collect();
    if !headers.is_empty() {
        draft.common = Section::about(tr!("What every request has."));
        draft.common.set(
            "headers",
            headers,
            tr!("from {first} and {second}", first = first.entry.shown(), second = opened.shown()),
        );
    }
    names
}

/// Describes a step of the login.
fn step(found: &Found<'_>, at: usize, filler: &mut Filler, shared: &BTreeSet<String>) -> Section {
    let Some(step) = found.steps.get(at) else { return Section::default() };
    let (entry, is_last) = (step.entry, at + 1 == found.steps.len());
    let about = match (at, is_last) {
        (0, true) => tr!("One request: a login code buys the token. {code} stands where the code goes."),
        (0, false) => tr!("A login code becomes something that a token is asked for with …"),
        _ => tr!("… which buys the token."),
    };
    let mut section = Section::about(about);
    section.set("role", if is_last { "token" } else { "exchange" }, "");
    filler.about_phone = normal(entry.path()).contains("phone") || normal(entry.path()).contains("mobile");
    let path = literal(entry.path()).replace(&step.sent, &step.hole);
    let request = format!("{} {path}", entry.request.method);
    section.set("request", request, tr!("from {place}", place = entry.shown()));
    parameters(&mut section, entry, filler, Some((&step.sent, &step.hole)));
    credentials(&mut section, entry, filler);
    let mut headers = Table::new();
    for (name, value) in entry.request.headers.iter() {
        let name_is = |start: &str| name.to_lowercase().starts_with(start);
        if USUAL.contains(&name.to_lowercase().as_str()) || shared.contains(&name.to_lowercase()) {
            continue;
        }
        if value.contains(&step.sent) {
            headers.insert(name.to_owned(), literal(value).replace(&step.sent, &step.hole).into());
        } else if name_is("x-wx-") {
            headers.insert(name.to_owned(), filler.fill(name, &serde_json::Value::from(value)));
        }
    }
    if !headers.is_empty() {
        section.set("headers", headers, "");
    }
    let token = found.token.as_ref().filter(|_| is_last);
    let telling = if is_last { token.map(|token| token.place.clone()) } else { step.brought.clone() };
    let ok = envelope::ok(&entry.answer, telling.as_deref());
    section.set("ok", ok, tr!("what says yes, from the answer of entry {number}", number = entry.number));
    captures(&mut section, found, at, is_last);
    section
}

/// Describes what is kept of the answer to a step.
fn captures(section: &mut Section, found: &Found<'_>, at: usize, is_last: bool) {
    let Some(step) = found.steps.get(at) else { return };
    let mut capture = Table::new();
    if let (Some(place), Some(next)) = (&step.brought, found.steps.get(at + 1)) {
        capture.insert(next.hole.trim_matches(['{', '}']).to_owned(), place.clone().into());
    }
    if let Some(place) = login::openid(&step.entry.answer) {
        capture.insert("openid".to_owned(), place.pointer.into());
    }
    let number = step.entry.number;
    if !is_last {
        section.set("capture", capture, tr!("where it stands, from the answer of entry {number}", number));
        return;
    }
    if let Some(refresh) = &found.refresh {
        capture.insert("refresh_token".to_owned(), refresh.place.clone().into());
    }
    if let Some(token) = &found.token {
        capture.insert("token".to_owned(), token.place.clone().into());
        section.set(
            "capture",
            capture,
            tr!("where the token stands, from the answer of entry {number}", number),
        );
    } else {
        capture.insert("token".to_owned(), "/data/token".into());
        let needed =
            tr!("nothing in the answer of entry {number} looks like a token; write where it stands", number);
        section.assume("capture", capture, needed);
    }
}

/// Describes the parameters of a request. What was sent for the hole is replaced by it.
fn parameters(section: &mut Section, entry: &Entry, filler: &mut Filler, sent: Option<(&str, &str)>) {
    let pairs = |pairs: Vec<(String, String)>, filler: &mut Filler| {
        let mut table = Table::new();
        for (name, value) in pairs {
            let value = filled(&name, &serde_json::Value::from(value), filler, sent);
            table.insert(name, value);
        }
        table
    };
    let in_query = pairs(query(&entry.request), filler);
    if !in_query.is_empty() {
        section.set("query", in_query, "");
    }
    if let Some(body) = json(&entry.request) {
        if let toml::Value::Table(body) = filled("", &body, filler, sent) {
            section.set("json", body, "");
        }
        return;
    }
    let in_form = pairs(form(&entry.request), filler);
    if !in_form.is_empty() {
        section.set("form", in_form, "");
    } else if !entry.request.body.is_empty() {
        let kind =
            entry.request.headers.get("content-type").map_or_else(|| tr!("no media type"), str::to_owned);
        let needed = tr!(
            "the body is neither a form nor JSON ({kind}); write what of it is needed",
            kind = literal(&kind)
        );
        section.leave_open("form", Table::from_iter([("code".to_owned(), "{code}".into())]), needed);
    }
}

fn filled(
    name: &str,
    value: &serde_json::Value,
    filler: &mut Filler,
    sent: Option<(&str, &str)>,
) -> toml::Value {
    match (value, sent) {
        (serde_json::Value::String(text), Some((sent, hole))) if text.contains(sent) => {
            literal(text).replace(sent, hole).into()
        }
        (serde_json::Value::Object(members), Some(_)) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members
                .map(|(name, value)| (name.clone(), filled(name, value, filler, sent)))
                .collect::<Table>()
                .into()
        }
        _ => filler.fill(name, value),
    }
}

/// Describes the credentials of the client. Its password is not copied.
fn credentials(section: &mut Section, entry: &Entry, filler: &mut Filler) {
    use base64::Engine as _;
    let Some(encoded) =
        entry.request.headers.get("authorization").and_then(|value| value.strip_prefix("Basic "))
    else {
        return;
    };
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).unwrap_or_default();
    let decoded = String::from_utf8(decoded).unwrap_or_default();
    let Some((name, _)) = decoded.split_once(':') else { return };
    let known = is_plain(name) && !filler.secrets.contains(name);
    let name = if known { name } else { "" };
    let from = tr!("the name of the client, from {entry}", entry = entry.shown());
    filler.vars.entry("client".to_owned()).or_insert((name.to_owned(), from));
    let about = tr!("the password of the client; it was not copied");
    filler.vars.insert("client_secret".to_owned(), (String::new(), about));
    section.set("basic", "{client}:{client_secret}", "");
}
