//! Which contract would fit what is described?

mod document;
mod operation;
mod schema;
#[cfg(test)]
mod tests;

use serde_json::Value;
use toml::Table;

use super::GuessError;
use super::draft::{Draft, Section};
use super::envelope;
use super::names::{Filler, key, literal, normal};
use super::places::{Place, Unit, lifetime_among, token_among};
use crate::expiry::UnixMillis;
use document::Document;
use operation::{Operation, schemes};
use schema::Leaf;

/// The least that a request has to be worth to be called a candidate.
const LEAST: i32 = 1;

/// Makes a contract from a description of the backend's requests: OpenAPI 3.x or Swagger 2.0, JSON or YAML. `place` is
/// what errors call it.
///
/// # Errors
///
/// Fails when the text is no description, or none of the requests in it takes a login code.
pub fn from_openapi(place: &str, text: &str) -> Result<Draft, GuessError> {
    let document = Document::read(place, text)?;
    let operations = Operation::all(&document);
    let mut logins: Vec<(i32, &Operation<'_>)> =
        operations.iter().filter_map(|operation| Some((operation.as_login()?, operation))).collect();
    logins.retain(|(worth, _)| *worth >= LEAST);
    logins.sort_by_key(|(worth, _)| -worth);
    let Some((_, login)) = logins.first().copied() else {
        let what = format!(
            "none of its {} operations takes a login code, in a parameter such as code, js_code, wxCode or loginCode; say \
             which one it is with --login",
            operations.len()
        );
        return Err(GuessError::lacks(place, what));
    };
    let mut draft = Draft::default();
    let base = document.base();
    draft.head.push(format!("Read from {place}; paths are below the root of the host, which is --backend."));
    let also = |(_, other): &(i32, &Operation<'_>)| format!("{} takes a login code as well", other.shown());
    draft.others.extend(logins.iter().skip(1).map(also));
    let mut filler = Filler::default();
    let steps = steps(&document, &operations, login);
    for asked in &steps {
        let section = step(&document, asked, &base, &mut filler);
        draft.login.push(section);
    }
    let last = steps.last().map_or(login, |asked| asked.operation);
    expiry(&mut draft, &document, last);
    session(&mut draft, &document, &operations, &steps, (&base, &mut filler));
    draft.vars.append(&mut filler.vars);
    draft.inputs.append(&mut filler.inputs);
    Ok(draft)
}

/// A request of the login.
struct Asked<'o, 'd> {
    operation: &'o Operation<'d>,
    /// The parameter that the login code goes into, or what the step before brought.
    parameter: String,
    /// What stands there.
    hole: String,
    /// The name and the place of what the next step is asked with.
    brings: Option<(String, String)>,
}

/// Returns the requests of a login: one, or two where the first brings what another one hands out a token for.
fn steps<'o, 'd>(
    document: &Document,
    operations: &'o [Operation<'d>],
    login: &'o Operation<'d>,
) -> Vec<Asked<'o, 'd>> {
    let parameter = login.code().map(|parameter| parameter.leaf.pointer()).unwrap_or_default();
    let mut first = Asked { operation: login, parameter, hole: "{code}".to_owned(), brings: None };
    let places = places(document, login);
    if token_among(&places, "").is_some() {
        return vec![first];
    }
    for place in &places {
        let name = normal(&place.name);
        // What envelopes say is nothing that a token is bought with.
        if envelope::NAMES.contains(&place.name.as_str()) || ["msg", "message", "id"].contains(&name.as_str())
        {
            continue;
        }
        let takes = |operation: &Operation<'_>| {
            let mut named =
                operation.parameters.iter().filter(|parameter| normal(parameter.leaf.name()) == name);
            named.next().map(|parameter| parameter.leaf.pointer())
        };
        let mut others = operations.iter().filter(|other| other.shown() != login.shown());
        let second = others.find_map(|other| {
            let parameter = takes(other)?;
            token_among(&self::places(document, other), "").is_some().then_some((other, parameter))
        });
        let Some((operation, parameter)) = second else { continue };
        let key = key(&place.name);
        first.brings = Some((key.clone(), place.pointer.clone()));
        return vec![first, Asked { operation, parameter, hole: format!("{{{key}}}"), brings: None }];
    }
    vec![first]
}

/// Returns the places in the answer of a request.
fn places(document: &Document, operation: &Operation<'_>) -> Vec<Place> {
    operation
        .answer
        .map(|answer| document.leaves(answer))
        .unwrap_or_default()
        .iter()
        .map(Leaf::place)
        .collect()
}

/// Returns method and path below the host.
fn request(operation: &Operation<'_>, base: &str, holes: &dyn Fn(&str) -> Option<String>) -> String {
    let mut path = String::new();
    let mut rest = operation.path.trim_start_matches('/');
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, inner)| Some((before, inner.split_once('}')?)))
    {
        path.push_str(before);
        path.push_str(&holes(name).unwrap_or_else(|| literal(&format!("{{{name}}}"))));
        rest = after;
    }
    path.push_str(&literal(rest));
    let base = if base.is_empty() { String::new() } else { format!("{}/", literal(base)) };
    format!("{} {base}{path}", operation.method)
}

/// Describes a step of the login.
fn step(document: &Document, asked: &Asked<'_, '_>, base: &str, filler: &mut Filler) -> Section {
    let (login, code) = (asked.operation, asked.parameter.as_str());
    let about = match (&asked.brings, asked.hole.as_str()) {
        (Some(_), _) => "A login code becomes something that a token is asked for with …",
        (None, "{code}") => "One request: a login code buys the token. {code} stands where the code goes.",
        (None, _) => "… which buys the token.",
    };
    let mut section = Section::about(about);
    section.set("role", if asked.brings.is_some() { "exchange" } else { "token" }, "");
    let path = request(login, base, &|name| (code == format!("/{name}")).then(|| asked.hole.clone()));
    filler.about_phone = normal(login.path).contains("phone") || normal(login.path).contains("mobile");
    section.set("request", path, format!("from {}", login.shown()));
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
        filler
            .vars
            .entry("client".to_owned())
            .or_insert((String::new(), "the name of the client".to_owned()));
        filler
            .vars
            .entry("client_secret".to_owned())
            .or_insert((String::new(), "the password of the client".to_owned()));
        section.set("basic", "{client}:{client_secret}", "");
    }
    let leaves = login.answer.map(|answer| document.leaves(answer)).unwrap_or_default();
    let places: Vec<Place> = leaves.iter().map(Leaf::place).collect();
    if let Some((name, place)) = &asked.brings {
        ok(&mut section, login, &leaves, Some(place));
        let capture = Table::from_iter([(name.clone(), place.as_str().into())]);
        section.set("capture", capture, format!("from the answer {} of {}", login.status, login.shown()));
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
        section.set("capture", capture, format!("from the answer {} of {}", login.status, login.shown()));
    } else {
        capture.insert("token".to_owned(), "/data/token".into());
        let shown = login.shown();
        let needed =
            format!("the answer of {shown} is not described, or has no token; write where it stands");
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
fn sent(leaf: &Leaf, filler: &mut Filler) -> toml::Value {
    if let Some(sample) = leaf.sample() {
        return filler.fill(leaf.name(), sample);
    }
    let made = filler.fill(leaf.name(), &Value::from("x"));
    // Nothing is known of the value but its name.
    if made.as_str() == Some("x") { filler.asked_for(leaf.name()).into() } else { made }
}

/// Puts a value below these names.
fn put(table: &mut Table, path: &[String], value: toml::Value) {
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
fn ok(section: &mut Section, operation: &Operation<'_>, leaves: &[Leaf], telling: Option<&str>) {
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
    let note = format!("from the answer {} of {}", operation.status, operation.shown());
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
            let needed = format!(
                "which value at {} says yes? Such as ok = {{ equals = {{ \"{0}\" = 0 }} }}",
                coded.pointer()
            );
            section.assume("ok", ok, needed);
        }
        None => section.set("ok", ok, note),
    }
}

fn expiry(draft: &mut Draft, document: &Document, login: &Operation<'_>) {
    draft.expiry = Section::about(
        "For how long it does: s, ms, ns, epoch_s, epoch_ms, rfc3339, local or jwt_exp; or never = true.",
    );
    let leaves = login.answer.map(|answer| document.leaves(answer)).unwrap_or_default();
    let places = places(document, login);
    // Examples are of any year; half a decade around this one will do.
    let now = UnixMillis::new(1_750_000_000_000);
    let Some((place, unit)) = lifetime_among(&places, now) else {
        let needed = format!(
            "the answer of {} tells no lifetime; write where it stands, or never = true",
            login.shown()
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
        format!("from the answer {} of {}", login.status, login.shown()),
    );
    if leaf.is_some_and(|leaf| leaf.sample().is_none()) && unit.word != "rfc3339" {
        draft.expiry.assume("unit", unit.word, "the description does not say in what it is told");
    } else {
        draft.expiry.set("unit", unit.word, "");
    }
    if let Some((format, offset)) = unit.local {
        draft.expiry.set("format", format, "");
        draft.expiry.set("offset", offset, "");
    }
}

/// Describes how the token travels, and what it opens.
fn session(
    draft: &mut Draft,
    document: &Document,
    operations: &[Operation<'_>],
    steps: &[Asked<'_, '_>],
    (base, filler): (&str, &mut Filler),
) {
    let whole = document.at("").and_then(schemes);
    let of =
        |operation: &Operation<'_>| operation.security.clone().or_else(|| whole.clone()).unwrap_or_default();
    let mut users: Vec<(i32, &Operation<'_>)> = operations
        .iter()
        .filter(|operation| steps.iter().all(|step| step.operation.shown() != operation.shown()))
        .filter_map(|operation| {
            Some((operation.as_user_info(document, !of(operation).is_empty())?, operation))
        })
        .collect();
    users.sort_by_key(|(worth, _)| -worth);
    let user = users.first().map(|(_, user)| *user);
    let named = user.map(of).filter(|names| !names.is_empty()).or(whole).unwrap_or_default();
    auth(draft, document, &named, user);
    draft.user_info = Section::about("What the token opens, and where what it shows stands.");
    let Some(user) = user else {
        let needed = "no operation looks like user info; name a request that shows whose the token is";
        draft.user_info.leave_open("request", "GET user/info", needed);
        return;
    };
    draft.user_info.set("request", request(user, base, &|_| None), format!("from {}", user.shown()));
    for (place, key) in [("query", "query"), ("form", "form"), ("json", "json")] {
        let mut table = Table::new();
        let needed =
            user.parameters.iter().filter(|parameter| parameter.place == place && parameter.leaf.required);
        for parameter in needed {
            put(&mut table, &parameter.leaf.path, sent(&parameter.leaf, filler));
        }
        if !table.is_empty() {
            draft.user_info.set(key, table, "");
        }
    }
    let leaves = user.answer.map(|answer| document.leaves(answer)).unwrap_or_default();
    ok(&mut draft.user_info, user, &leaves, None);
    let members = user.answer.map(|answer| document.members(answer)).unwrap_or_default();
    if members.is_empty() {
        draft.user_info.assume(
            "data",
            "/data",
            "the answer is not described; where do the user's data stand?",
        );
    } else {
        draft.user_info.set("data", envelope::data_among(&members).as_str(), "");
    }
    let also =
        |(_, other): &(i32, &Operation<'_>)| format!("{} may show whose a token is as well", other.shown());
    draft.others.extend(users.iter().skip(1).map(also));
}

/// Describes how the token travels, by the first of these security schemes that can carry one.
fn auth(draft: &mut Draft, document: &Document, named: &[String], user: Option<&Operation<'_>>) {
    let mut section =
        Section::about("How the token travels afterwards: in a header field, the query, a form or JSON.");
    let set = |section: &mut Section, place: &str, name: &str, value: &str, from: String| {
        section.set("in", place, from);
        section.set("name", name, "");
        section.set("value", value, "");
    };
    let all = document.at("/components/securitySchemes").or_else(|| document.at("/securityDefinitions"));
    let schemes = all.and_then(Value::as_object);
    let known = schemes.into_iter().flatten().filter(|(name, _)| named.is_empty() || named.contains(name));
    for (name, scheme) in known {
        let scheme = document.resolved(scheme);
        let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
        let from = format!("from the security scheme {name}");
        match (text("type"), text("in"), text("scheme").to_lowercase().as_str()) {
            ("apiKey", "cookie", _) => {
                set(&mut section, "header", "Cookie", &format!("{}={{token}}", literal(text("name"))), from);
            }
            ("apiKey", "header", _) if text("name").eq_ignore_ascii_case("authorization") => {
                let needed =
                    format!("{from}, which names no scheme; does a word such as Bearer stand before it?");
                section.assume("in", "header", needed);
                section.set("name", text("name"), "");
                section.set("value", "{token}", "");
            }
            ("apiKey", place @ ("header" | "query"), _) => {
                set(&mut section, place, text("name"), "{token}", from);
            }
            ("http", _, "bearer") | ("oauth2" | "openIdConnect", _, _) => {
                set(&mut section, "header", "Authorization", "Bearer {token}", from);
            }
            _ => continue,
        }
        draft.auth.push(section);
        return;
    }
    let is_token = |name: &str| {
        ["token", "authorization", "session", "sessionid", "skey"]
            .iter()
            .any(|word| normal(name).ends_with(word))
    };
    let parameter = user.and_then(|user| {
        user.parameters.iter().find(|parameter| {
            matches!(parameter.place, "header" | "query" | "cookie") && is_token(parameter.leaf.name())
        })
    });
    if let (Some(parameter), Some(user)) = (parameter, user) {
        let name = parameter.leaf.name();
        let from = format!("from the parameters of {}", user.shown());
        match parameter.place {
            "cookie" => {
                set(&mut section, "header", "Cookie", &format!("{}={{token}}", literal(name)), from);
            }
            place if name.eq_ignore_ascii_case("authorization") => {
                set(&mut section, place, name, "Bearer {token}", from);
            }
            place => set(&mut section, place, name, "{token}", from),
        }
    } else {
        section.assume("in", "header", "the description names no way to carry a token; write how it travels");
        section.set("name", "Authorization", "");
        section.set("value", "Bearer {token}", "");
    }
    draft.auth.push(section);
}
