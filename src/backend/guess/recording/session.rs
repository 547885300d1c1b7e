//! How does the token of a recording travel, what does it open, how long does it live, and how is it renewed?

use toml::Table;

use super::login::{Found, Handed};
use super::parameters;
use crate::backend::Source;
use crate::backend::body_of;
use crate::backend::guess::carried;
use crate::backend::guess::draft::{Draft, Section};
use crate::backend::guess::envelope;
use crate::backend::guess::har::Entry;
use crate::backend::guess::names::{Filler, is_plain, literal, normal};
use crate::backend::guess::places::{leaves, of_lifetime};
use crate::expiry::Value;

/// Words in the path of a request that shows who somebody is, and what they are worth.
const WORDS: &[(&str, i32)] = &[
    ("userinfo", 4),
    ("userdetail", 4),
    ("user", 2),
    ("profile", 3),
    ("info", 2),
    ("account", 2),
    ("member", 2),
    ("current", 2),
    ("whoami", 4),
    ("list", -2),
    ("page", -1),
    ("search", -2),
    ("config", -2),
    ("logout", -8),
    ("refresh", -6),
];

/// Members that a description of somebody has.
const PERSONAL: &[&str] = &[
    "openid",
    "nickname",
    "username",
    "avatarurl",
    "avatar",
    "unionid",
    "uid",
    "userid",
    "id",
    "phone",
    "mobile",
    "name",
];

/// Finds the request that the token opens and whose answer shows whose it is.
pub(super) fn user_info<'e>(entries: &'e [Entry], found: &Found<'_>) -> Option<&'e Entry> {
    let token = found.token.as_ref()?;
    let after = found.steps.last().map_or(0, |step| step.entry.number);
    let opened = entries.iter().filter(|entry| {
        entry.number > after
            && (200..300).contains(&entry.answer.status)
            && !envelope::says_no(&entry.answer)
            && !carried::places(&entry.request, &token.value, "x").is_empty()
            && entry.path().split('/').all(is_plain)
    });
    let score = |entry: &&Entry| {
        let words = normal(entry.path());
        let last = entry.path().rsplit('/').next().unwrap_or_default();
        let named: i32 = WORDS.iter().filter(|(word, _)| words.contains(word)).map(|(_, worth)| worth).sum();
        let shown = leaves(&body_of(&entry.answer));
        let personal =
            shown.iter().filter(|place| PERSONAL.contains(&place.name.replace('_', "").as_str())).count();
        named
            + i32::from(normal(last) == "me") * 4
            + i32::try_from(personal.min(3)).unwrap_or_default()
            + i32::from(entry.request.method == "GET")
            + i32::from(matches!(body_of(&entry.answer), Value::Object(_))) * 2
    };
    // Of equals the first one.
    opened.rev().max_by_key(score)
}

/// Describes everything about the session.
pub(super) fn draft(
    draft: &mut Draft,
    entries: &[Entry],
    found: &Found<'_>,
    opened: Option<&Entry>,
    filler: &mut Filler,
) {
    auth(draft, found, opened);
    info(draft, entries, found, opened, filler);
    lifetime(draft, found);
    renewal(draft, entries, found, filler);
}

fn auth(draft: &mut Draft, found: &Found<'_>, opened: Option<&Entry>) {
    let about = || tr!("How the token travels afterwards: in a header field, the query, a form or JSON.");
    let carrying = match (opened, &found.token) {
        (Some(opened), Some(token)) => carried::places(&opened.request, &token.value, "{token}"),
        _ => Vec::new(),
    };
    for carrying in &carrying {
        let mut section = Section::about(about());
        let note = opened.map(|opened| tr!("from {place}", place = opened.shown())).unwrap_or_default();
        section.set("in", carrying.place, note);
        section.set("name", carrying.name.as_str(), "");
        section.set("value", carrying.value.as_str(), "");
        draft.auth.push(section);
    }
    if carrying.is_empty() {
        let mut section = Section::about(about());
        let cookie = found.token.as_ref().and_then(|token| token.place.strip_prefix("cookie:"));
        let (name, value) = match cookie {
            Some(cookie) => ("Cookie", format!("{cookie}={{token}}")),
            None => ("Authorization", "Bearer {token}".to_owned()),
        };
        let needed = tr!(
            "no later request carries the token, or the recording was made without its header fields; write how it travels"
        );
        section.assume("in", "header", needed);
        section.set("name", name, "");
        section.set("value", value, "");
        draft.auth.push(section);
    }
}

fn info(
    draft: &mut Draft,
    entries: &[Entry],
    found: &Found<'_>,
    opened: Option<&Entry>,
    filler: &mut Filler,
) {
    draft.user_info = Section::about(tr!("What the token opens, and where what it shows stands."));
    let Some(opened) = opened else {
        let needed = tr!("no later request carries the token; name one that shows whose it is");
        draft.user_info.leave_open("request", "GET user/info", needed);
        return;
    };
    let request = format!("{} {}", opened.request.method, literal(opened.path()));
    draft.user_info.set("request", request, tr!("from {place}", place = opened.shown()));
    let token = found.token.as_ref().map(|token| token.value.as_str()).unwrap_or_default();
    let mut others = Section::default();
    parameters(&mut others, opened, filler, None);
    for key in ["query", "form", "json"] {
        // The token is carried by [[auth]].
        let carried: Vec<String> = carried::places(&opened.request, token, "x")
            .into_iter()
            .filter(|carrying| carrying.place == key)
            .map(|carrying| carrying.name)
            .collect();
        let Some(toml::Value::Table(mut table)) = others.get(key).cloned() else { continue };
        for name in carried {
            remove(&mut table, &name);
            filler.vars.remove(name.rsplit('/').next().unwrap_or_default());
        }
        if !table.is_empty() {
            draft.user_info.set(key, table, "");
        }
    }
    let data = envelope::data(&opened.answer);
    draft.user_info.set(
        "ok",
        envelope::ok(&opened.answer, None),
        tr!("from the answer of entry {number}", number = opened.number),
    );
    draft.user_info.set("data", data.as_str(), "");
    let same = |entry: &&Entry| {
        entry.path() == opened.path()
            && entry.request.method == opened.request.method
            && carried::places(&entry.request, token, "x").is_empty()
            && envelope::says_no(&entry.answer)
    };
    if let Some(refused) = entries.iter().find(same) {
        let mut looks = Table::from_iter([("status".to_owned(), i64::from(refused.answer.status).into())]);
        if let Some((place, value)) = no(refused) {
            looks.insert("equals".to_owned(), Table::from_iter([(place, value)]).into());
        }
        draft.refuse = Section::about(tr!("What refusals look like."));
        draft.refuse.set("no_token", looks, tr!("from {place}", place = refused.shown()));
    }
    for other in entries.iter().filter(|entry| entry.number != opened.number) {
        let carries = !carried::places(&other.request, token, "x").is_empty();
        let line = tr!(
            "/{path} is opened by the token as well ({method} in entry {number})",
            path = other.path(),
            method = other.request.method,
            number = other.number
        );
        if carries && is_plain(other.path()) && !draft.others.contains(&line) {
            draft.others.push(line);
        }
    }
}

/// Returns the number in a refusal that tells what it is about.
fn no(refused: &Entry) -> Option<(String, toml::Value)> {
    let places = leaves(&body_of(&refused.answer));
    let coded = places.into_iter().find(|place| {
        place.pointer.matches('/').count() == 1
            && ["code", "errno", "errcode", "status", "ret"].contains(&place.name.as_str())
    })?;
    let number = coded.value.to_json()?.parse::<i64>().ok()?;
    Some((coded.pointer, number.into()))
}

/// Removes a member at a name or a JSON pointer, and what is empty then.
fn remove(table: &mut Table, place: &str) {
    let Some(path) = place.strip_prefix('/') else {
        table.remove(place);
        return;
    };
    let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let name = first.replace("~1", "/").replace("~0", "~");
    match (rest, table.get_mut(&name)) {
        (None, _) => {
            table.remove(&name);
        }
        (Some(rest), Some(toml::Value::Table(below))) => {
            remove(below, &format!("/{rest}"));
            if below.is_empty() {
                table.remove(&name);
            }
        }
        (Some(_), _) => {}
    }
}

fn lifetime(draft: &mut Draft, found: &Found<'_>) {
    draft.expiry = Section::about(tr!(
        "For how long it does: s, ms, ns, epoch_s, epoch_ms, rfc3339, local or jwt_exp; or seconds = 7200 where no answer tells it; or never = true."
    ));
    let Some(entry) = found.steps.last().map(|step| step.entry) else { return };
    if let Some((from, unit, _)) = of_lifetime(&entry.answer, entry.at) {
        draft.expiry.set("from", from, tr!("from the answer of entry {number}", number = entry.number));
        draft.expiry.set("unit", unit.word, "");
        if let Some((format, offset)) = unit.local {
            draft.expiry.set("format", format, "");
            draft.expiry.set("offset", offset, "");
        }
        return;
    }
    let claim = |token: &Handed| {
        let exp = Source::Claim { token: token.place.clone(), claim: "exp".to_owned() };
        token.place.starts_with('/') && matches!(exp.find(&entry.answer), Value::Number(_))
    };
    if let Some(token) = found.token.as_ref().filter(|token| claim(token)) {
        draft.expiry.set(
            "from",
            token.place.as_str(),
            tr!("the token in the answer of entry {number} says so itself", number = entry.number),
        );
        draft.expiry.set("unit", "jwt_exp", "");
        return;
    }
    let needed = tr!(
        "the answer of entry {number} tells no lifetime; write where it stands, or never = true",
        number = entry.number
    );
    draft.expiry.leave_open("from", "/data/expires_in", needed);
    draft.expiry.leave_open("unit", "s", "");
}

fn renewal(draft: &mut Draft, entries: &[Entry], found: &Found<'_>, filler: &mut Filler) {
    let Some(refresh) = &found.refresh else { return };
    draft.refresh = Section::about(tr!("How a session is renewed: none, relogin, request or ambient."));
    let after = found.steps.last().map_or(0, |step| step.entry.number);
    let later = || entries.iter().filter(|entry| entry.number > after);
    let renews = |entry: &&Entry| {
        !carried::places(&entry.request, &refresh.value, "x").is_empty() && !envelope::says_no(&entry.answer)
    };
    let Some(entry) = later().find(renews) else {
        draft.refresh.leave_open(
            "mode",
            "request",
            tr!("a refresh token is handed out, and no request uses it; describe that request"),
        );
        draft.refresh.leave_open("request", "POST token/refresh", "");
        draft.refresh.leave_open(
            "form",
            Table::from_iter([("refresh_token".to_owned(), "{refresh_token}".into())]),
            "",
        );
        return;
    };
    draft.refresh.set("mode", "request", "");
    let request = format!("{} {}", entry.request.method, literal(entry.path()));
    draft.refresh.set("request", request, tr!("from {place}", place = entry.shown()));
    parameters(&mut draft.refresh, entry, filler, Some((&refresh.value, "{refresh_token}")));
    super::credentials(&mut draft.refresh, entry, filler);
    let token = found.token.as_ref();
    let carries = token.is_some_and(|token| !carried::places(&entry.request, &token.value, "x").is_empty());
    if carries {
        draft.refresh.set("with_session", true, "");
    }
    draft.refresh.set("ok", envelope::ok(&entry.answer, token.map(|token| token.place.as_str())), "");
    let mut capture = Table::new();
    let body = body_of(&entry.answer);
    for (name, handed) in [("token", token), ("refresh_token", Some(refresh))] {
        if let Some(handed) = handed
            && Source::parse(&handed.place)
                .is_ok_and(|source| source.find_in(&entry.answer, &body).is_truthy())
        {
            capture.insert(name.to_owned(), handed.place.as_str().into());
        }
    }
    if !capture.is_empty() {
        draft.refresh.set("capture", capture, "");
    }
}
