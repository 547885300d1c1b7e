//! Which requests of a recording are the login, and where does the token stand?

use crate::backend::body_of;
use crate::backend::guess::carried::{self, form, json, query};
use crate::backend::guess::envelope;
use crate::backend::guess::har::Entry;
use crate::backend::guess::names::{is_code, is_plain, key, looks_like_code, normal};
use crate::backend::guess::places::{Place, TOKEN_FIELDS, leaves, token_among};
use crate::record::Answer;

/// The shortest text that is taken for something handed out.
const SHORTEST: usize = 6;

/// A request of the login.
#[derive(Clone, Debug)]
pub(super) struct Asked<'e> {
    pub(super) entry: &'e Entry,
    /// The login code, or what the step before brought.
    pub(super) sent: String,
    /// What stands for it in the contract.
    pub(super) hole: String,
    /// Where in its answer stands what the next step is asked with.
    pub(super) brought: Option<String>,
}

/// Something that was handed out.
#[derive(Clone, Debug)]
pub(super) struct Handed {
    /// Where in the answer, as a contract writes it.
    pub(super) place: String,
    pub(super) value: String,
}

/// The login of a recording.
#[derive(Debug)]
pub(super) struct Found<'e> {
    pub(super) steps: Vec<Asked<'e>>,
    pub(super) token: Option<Handed>,
    pub(super) refresh: Option<Handed>,
    /// What else might have been the login.
    pub(super) others: Vec<String>,
}

/// Finds the login: the request that carries a login code and whose answer, or that of the request after it, brings a
/// token that later requests carry.
pub(super) fn login(entries: &[Entry]) -> Option<Found<'_>> {
    let mut candidates: Vec<(i32, Found<'_>)> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let Some((rank, code)) = code(entry) else { continue };
        let later = entries.get(at + 1..).unwrap_or_default();
        let (worth, found) = follow(entry, code, later);
        candidates.push((rank + worth, found));
    }
    // Of equals the first one.
    let best = (0..candidates.len()).rev().max_by_key(|at| candidates.get(*at).map(|(score, _)| *score))?;
    let (_, mut found) = candidates.remove(best);
    let shown = |(_, other): &(i32, Found<'_>)| {
        let first = other.steps.first()?;
        Some(tr!("{entry} carries a login code as well", entry = first.entry.shown()))
    };
    found.others = candidates.iter().filter_map(shown).collect();
    Some(found)
}

/// Returns the login code in a request, and how likely it is one.
fn code(entry: &Entry) -> Option<(i32, String)> {
    let mut sent: Vec<(String, String)> = query(&entry.request);
    sent.extend(form(&entry.request));
    sent.extend(entry.request.headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    sent.extend(entry.path().split('/').map(|part| (String::new(), part.to_owned())));
    if let Some(body) = json(&entry.request) {
        let places = leaves(&crate::expiry::Value::from(&body));
        sent.extend(places.iter().filter_map(|place| Some((place.name.clone(), place.text()?))));
    }
    let rank = |(name, value): (String, String)| {
        // A code may stand behind a prefix.
        let mut parts = value.split(|c: char| !c.is_ascii_alphanumeric());
        if let Some(code) = parts.find(|part| looks_like_code(part)) {
            return Some((if is_code(&name) { 7 } else { 3 }, code.to_owned()));
        }
        // A number of four to eight digits came by SMS.
        let is_sms = value.len() <= 8 && value.bytes().all(|byte| byte.is_ascii_digit());
        (is_code(&name) && !value.is_empty()).then_some((if is_sms { 1 } else { 5 }, value))
    };
    let (rank, code) = sent.into_iter().filter_map(rank).max_by_key(|(rank, _)| *rank)?;
    let words = normal(entry.path());
    let is_login = ["login", "auth", "session", "token", "wx", "wechat", "weixin"]
        .iter()
        .any(|word| words.contains(word));
    Some((rank + i32::from(is_login), code))
}

/// Follows what the answer to a login code brought, and says how much it is worth.
fn follow<'e>(entry: &'e Entry, code: String, later: &'e [Entry]) -> (i32, Found<'e>) {
    let first = Asked { entry, sent: code, hole: "{code}".to_owned(), brought: None };
    let none = |steps| Found { steps, token: None, refresh: None, others: Vec::new() };
    if envelope::says_no(&entry.answer) {
        return (-6, none(vec![first]));
    }
    let granted = i32::from(entry.answer.status < 300);
    let refresh = refresh(&entry.answer);
    if let Some(token) = token(&entry.answer, later) {
        return (granted + 6, Found { token: Some(token), refresh, ..none(vec![first]) });
    }
    // What it brought may buy the token.
    for place in leaves(&body_of(&entry.answer)) {
        let Some(value) = place.text().filter(|text| text.len() >= SHORTEST) else { continue };
        let Some(at) = later.iter().position(|next| !carried::places(&next.request, &value, "x").is_empty())
        else {
            continue;
        };
        let (Some(next), after) = (later.get(at), later.get(at + 1..).unwrap_or_default()) else { continue };
        let bought = token(&next.answer, after).or_else(|| named(&next.answer));
        let Some(token) = bought.filter(|_| !envelope::says_no(&next.answer)) else { continue };
        let hole = format!("{{{}}}", key(&place.name));
        let second = Asked { entry: next, sent: value, hole, brought: None };
        let first = Asked { brought: Some(place.pointer), ..first };
        let refresh = self::refresh(&next.answer);
        return (granted + 5, Found { token: Some(token), refresh, ..none(vec![first, second]) });
    }
    match named(&entry.answer) {
        Some(token) => (granted + 3, Found { token: Some(token), refresh, ..none(vec![first]) }),
        None => (granted, none(vec![first])),
    }
}

/// Returns what an answer hands out that later requests carry as sessions are carried.
fn token(answer: &Answer, later: &[Entry]) -> Option<Handed> {
    let handed = handed(answer);
    let is_carried = |handed: &&Handed, in_header: bool| {
        let places = later.iter().flat_map(|entry| carried::places(&entry.request, &handed.value, "x"));
        places.into_iter().any(|carrying| !in_header || carrying.place == "header")
    };
    let is_named = |handed: &&Handed| {
        let name = normal(handed.place.rsplit(['/', ':']).next().unwrap_or_default());
        !name.starts_with("refresh")
            && (name.ends_with("token")
                || ["skey", "sessionid", "session", "jwt", "ticket", "sid"].contains(&name.as_str()))
    };
    let named = handed.iter().filter(is_named).find(|handed| is_carried(handed, false));
    // What has another name is no word that merely occurs again.
    let odd = handed.iter().filter(|handed| !is_plain(&handed.value));
    named.or_else(|| odd.clone().find(|handed| is_carried(handed, true))).cloned()
}

/// Returns what looks like a token by its name alone.
fn named(answer: &Answer) -> Option<Handed> {
    let places = leaves(&body_of(answer));
    let openid = openid(answer).and_then(|place| place.text()).unwrap_or_default();
    if let Some(place) = token_among(&places, &openid) {
        return Some(Handed { place: place.pointer.clone(), value: place.text()? });
    }
    let handed = handed(answer).into_iter().filter(|handed| !handed.place.starts_with('/'));
    handed.max_by_key(|handed| handed.place.starts_with("header:"))
}

/// Returns every text that an answer hands out: in its body, in header fields that tokens stand in, and as cookies.
fn handed(answer: &Answer) -> Vec<Handed> {
    let places = leaves(&body_of(answer));
    let in_body = places.iter().filter_map(|place| Some((place.pointer.clone(), place.text()?)));
    let mut handed: Vec<(String, String)> = in_body.collect();
    for (name, value) in answer.headers.iter() {
        let lower = name.to_lowercase();
        if TOKEN_FIELDS.contains(&lower.as_str()) || lower.ends_with("token") {
            handed
                .push((format!("header:{name}"), value.strip_prefix("Bearer ").unwrap_or(value).to_owned()));
        }
        if lower == "set-cookie"
            && let Some((name, value)) = value.split(';').next().and_then(|pair| pair.split_once('='))
        {
            handed.push((format!("cookie:{}", name.trim()), value.trim().to_owned()));
        }
    }
    handed.retain(|(_, value)| value.len() >= SHORTEST);
    handed.into_iter().map(|(place, value)| Handed { place, value }).collect()
}

/// Returns where an answer shows the openid.
pub(super) fn openid(answer: &Answer) -> Option<Place> {
    let is_openid = |place: &Place| place.name.replace('_', "").ends_with("openid") && place.text().is_some();
    leaves(&body_of(answer)).into_iter().find(is_openid)
}

/// Returns the refresh token of an answer.
fn refresh(answer: &Answer) -> Option<Handed> {
    let places = leaves(&body_of(answer));
    let found = places.iter().find(|place| place.name.replace('_', "") == "refreshtoken")?;
    Some(Handed { place: found.pointer.clone(), value: found.text().filter(|text| text.len() >= SHORTEST)? })
}
