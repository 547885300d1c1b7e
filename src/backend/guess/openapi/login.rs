//! How does a description spell the login?

use serde_json::Value;
use toml::Table;

use super::document::Document;
use super::operation::Operation;
use super::schema::Leaf;
use super::{Asked, places, request};
use crate::backend::guess::draft::{Draft, Section};
use crate::backend::guess::envelope;
use crate::backend::guess::names::{Filler, normal};
use crate::backend::guess::places::{Place, Unit, lifetime_among, token_among};
use crate::expiry::UnixMillis;

/// Describes a step of the login.
pub(super) fn step(document: &Document, asked: &Asked<'_, '_>, base: &str, filler: &mut Filler) -> Section {
    let (login, code) = (asked.operation, asked.parameter.as_str());
    let about = match (&asked.brings, asked.hole.as_str()) {
        (Some(_), _) => tr!("A login code becomes something that a token is asked for with …"),
        (None, "{code}") => {
            tr!("One request: a login code buys the token. {code} stands where the code goes.")
        }
        (None, _) => tr!("… which buys the token."),
    };
    let mut section = Section::about(about);
    section.set("role", if asked.brings.is_some() { "exchange" } else { "token" }, "");
    let path = request(login, base, &|name| (code == format!("/{name}")).then(|| asked.hole.clone()));
    filler.about_phone = normal(login.path).contains("phone") || normal(login.path).contains("mobile");
    section.set("request", path, tr!("from {place}", place = login.shown()));
    for (place, key) in [("query", "query"), ("form", "form"), ("json", "json"), ("header", "headers")] {
        let mut table = Table::new();
        for parameter in login.parameters.iter().filter(|parameter| parameter.place == place) {
            let leaf = &parameter.leaf;
            let is_usual = place == "header"
                && ["authorization", "contenttype", "accept"].contains(&normal(leaf.name()).as_str());
            if leaf.pointer() == code {
                put(&mut table, &leaf.path, asked.hole.as_str().into());
            } else if leaf.required && !is_usual {
                put(&mut table, &leaf.path, sent(leaf, filler));
            }
        }
        if !table.is_empty() {
            section.set(key, table, "");
        }
    }
    if basic(document, login) {
        filler.vars.entry("client".to_owned()).or_insert((String::new(), tr!("the name of the client")));
        filler
            .vars
            .entry("client_secret".to_owned())
            .or_insert((String::new(), tr!("the password of the client")));
        section.set("basic", "{client}:{client_secret}", "");
    }
    let leaves = login.answer.map(|answer| document.leaves(answer)).unwrap_or_default();
    let places: Vec<Place> = leaves.iter().map(Leaf::place).collect();
    if let Some((name, place)) = &asked.brings {
        ok(&mut section, login, &leaves, Some(place));
        let capture = Table::from_iter([(name.clone(), place.as_str().into())]);
        section.set(
            "capture",
            capture,
            tr!("from the answer {status} of {operation}", status = login.status, operation = login.shown()),
        );
        return section;
    }
    let token = token_among(&places, "").map(|place| place.pointer.clone());
    ok(&mut section, login, &leaves, token.as_deref());
    let mut capture = Table::new();
    let openid = places.iter().find(|place| place.name.replace('_', "").ends_with("openid"));
    if let Some(openid) = openid {
        capture.insert("openid".to_owned(), openid.pointer.clone().into());
    }
    let refresh = places.iter().find(|place| place.name.replace('_', "") == "refreshtoken");
    if let Some(refresh) = refresh {
        capture.insert("refresh_token".to_owned(), refresh.pointer.clone().into());
    }
    if let Some(token) = token {
        capture.insert("token".to_owned(), token.into());
        section.set(
            "capture",
            capture,
            tr!("from the answer {status} of {operation}", status = login.status, operation = login.shown()),
        );
    } else {
        capture.insert("token".to_owned(), "/data/token".into());
        let shown = login.shown();
        let needed =
            tr!("the answer of {shown} is not described, or has no token; write where it stands", shown);
        section.assume("capture", capture, needed);
    }
    section
}

/// Tells whether a request wants name and password of the client.
fn basic(document: &Document, operation: &Operation<'_>) -> bool {
    let named = operation.security.iter().flatten();
    let mut schemes = named.filter_map(|name| {
        let place = name.replace('~', "~0").replace('/', "~1");
        let scheme = document.at(&format!("/components/securitySchemes/{place}"));
        scheme.or_else(|| document.at(&format!("/securityDefinitions/{place}")))
    });
    schemes.any(|scheme| {
        let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default().to_lowercase();
        text("type") == "basic" || text("type") == "http" && text("scheme") == "basic"
    })
}

/// Returns what stands for a parameter.
pub(super) fn sent(leaf: &Leaf, filler: &mut Filler) -> toml::Value {
    if let Some(sample) = leaf.sample() {
        return filler.fill(leaf.name(), sample);
    }
    let made = filler.fill(leaf.name(), &Value::from("x"));
    // Nothing is known of the value but its name.
    if made.as_str() == Some("x") { filler.asked_for(leaf.name()).into() } else { made }
}

/// Puts a value below these names.
pub(super) fn put(table: &mut Table, path: &[String], value: toml::Value) {
    let Some((name, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.insert(name.clone(), value);
        return;
    }
    let below = table.entry(name.clone()).or_insert_with(|| Table::new().into());
    if let toml::Value::Table(below) = below {
        put(below, rest, value);
    }
}

/// Describes what says yes.
pub(super) fn ok(section: &mut Section, operation: &Operation<'_>, leaves: &[Leaf], telling: Option<&str>) {
    let status = match operation.status.parse::<i64>() {
        Ok(status) => toml::Value::from(status),
        Err(_) => "2xx".into(),
    };
    let mut ok = Table::from_iter([("status".to_owned(), status)]);
    let sampled: Vec<Place> = leaves.iter().filter(|leaf| leaf.sample().is_some()).map(Leaf::place).collect();
    // A sample that is made longer is none of the words.
    let exact =
        leaves.iter().filter_map(|leaf| Some(Place::new(leaf.pointer(), leaf.name(), leaf.sample()?.into())));
    let exact: Vec<Place> = exact.collect();
    let note = tr!(
        "from the answer {status} of {operation}",
        status = operation.status,
        operation = operation.shown()
    );
    if let Some((pointer, value)) = envelope::yes(if exact.is_empty() { &sampled } else { &exact }) {
        ok.insert("equals".to_owned(), Table::from_iter([(pointer, value)]).into());
        section.set("ok", ok, note);
        return;
    }
    if let Some(telling) = telling {
        ok.insert("exists".to_owned(), telling.into());
    }
    match leaves.iter().find(|leaf| leaf.path.len() == 1 && envelope::NAMES.contains(&leaf.name())) {
        Some(coded) => {
            let needed = tr!(
                "which value at {pointer} says yes? Such as ok = {{ equals = {{ \"{pointer}\" = 0 }} }}",
                pointer = coded.pointer()
            );
            section.assume("ok", ok, needed);
        }
        None => section.set("ok", ok, note),
    }
}

/// Describes for how long a token lives.
pub(super) fn expiry(draft: &mut Draft, document: &Document, login: &Operation<'_>) {
    draft.expiry = Section::about(tr!(
        "For how long it does: s, ms, ns, epoch_s, epoch_ms, rfc3339, local or jwt_exp; or seconds = 7200 where no answer tells it; or never = true."
    ));
    let leaves = login.answer.map(|answer| document.leaves(answer)).unwrap_or_default();
    let places = places(document, login);
    // Examples are of any year; half a decade around this one will do.
    let now = UnixMillis::new(1_750_000_000_000);
    let Some((place, unit)) = lifetime_among(&places, now) else {
        let needed = tr!(
            "the answer of {operation} tells no lifetime; write where it stands, or never = true",
            operation = login.shown()
        );
        draft.expiry.leave_open("from", "/data/expires_in", needed);
        draft.expiry.leave_open("unit", "s", "");
        return;
    };
    let leaf = leaves.iter().find(|leaf| leaf.pointer() == place.pointer);
    let in_millis = leaf.is_some_and(Leaf::in_millis) && unit.word == "s";
    let unit = if in_millis { Unit::of("ms") } else { unit };
    draft.expiry.set(
        "from",
        place.pointer.as_str(),
        tr!("from the answer {status} of {operation}", status = login.status, operation = login.shown()),
    );
    if leaf.is_some_and(|leaf| leaf.sample().is_none()) && unit.word != "rfc3339" {
        draft.expiry.assume("unit", unit.word, tr!("the description does not say in what it is told"));
    } else {
        draft.expiry.set("unit", unit.word, "");
    }
    if let Some((format, offset)) = unit.local {
        draft.expiry.set("format", format, "");
        draft.expiry.set("offset", offset, "");
    }
}
