//! Faults of the user-info call.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

use super::input::Sent;
use super::session::is_locked_out;
pub(in crate::reference) use super::user_info_answer::spoilt as answer;
use super::user_info_crowd::{beside_nobody, mixed_up, remembered};
use super::user_info_jwt as jwt;
use crate::reference::answer::Answer;
use crate::reference::server::Backend;
use crate::reference::user_info::{PATH, owner_of, shown};
use crate::reference::{Fault, FaultSet, credentials, field};

/// The person that a client without a valid token is taken for.
const GUEST: &str = "guest";

/// How many characters of a token a fault compares.
const COMPARED: usize = 20;

/// How many characters at either end of a token are enough for a fault to know it again.
const END: usize = 8;

/// How many altered tokens a fault bears.
const MOST_ALTERATIONS: usize = 3;

/// Decides whose data is shown.
pub(in crate::reference) async fn owner(
    backend: &Backend,
    headers: &HeaderMap,
    query: &str,
    owner: Option<String>,
) -> Option<String> {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return owner;
    }
    if faults.has(Fault::UserInfoAsksWeChat) {
        let query = [("openid", owner.as_deref().unwrap_or_default()), ("sig_method", "hmac_sha256")];
        // Only the question matters here; the answer is not needed for anything.
        let _unread = backend.wechat.get("/wxa/checksession", &query).await;
    }
    let token = credentials::after_scheme(headers, "Bearer");
    let regular = token.is_some_and(|token| is_regular(backend, token));
    let owner = match (owner, token) {
        (Some(owner), Some(token)) if jwt::admits(backend, token) => {
            still_served(backend, headers, token, owner)
        }
        (_, Some(token)) => mistaken(backend, token),
        (_, None) => {
            let neighbour = beside_nobody(backend).await;
            neighbour
                .or_else(|| without_bearer(backend, headers))
                .or_else(|| by_field(backend, headers))
                .or_else(|| by_url(backend, query))
        }
    }?;
    if is_locked_out(backend, &owner) {
        return None;
    }
    if faults.has(Fault::OpenidBesideTokenBelieved)
        && let Some(other) = known_openid(backend, query)
    {
        return Some(other);
    }
    if faults.has(Fault::OpenidAroundTokenBelieved)
        && let Some(other) = headers.get("x-wx-openid").and_then(|openid| openid.to_str().ok())
        && backend.store().knows(other)
    {
        return Some(other.to_owned());
    }
    if faults.has(Fault::UserIdBesideTokenBelieved)
        && let Some(other) =
            field::only(query.as_bytes(), "userId").ok().and_then(|id| person_of(backend, &id))
    {
        return Some(other);
    }
    if faults.has(Fault::UserIdAroundTokenBelieved)
        && let Some(other) = person_in_field(backend, headers)
    {
        return Some(other);
    }
    remembered(backend, token.and(Some(&owner))).await;
    let owner = if regular { mixed_up(backend, owner).await } else { owner };
    let memory = backend.memory();
    if faults.has(Fault::UserInfoOfLastLogin) {
        return memory.last.clone();
    }
    if let Some(other) = token.and_then(|token| memory.taken_over.get(token)) {
        return Some(other.clone());
    }
    Some(memory.aliases.get(&owner).cloned().unwrap_or(owner))
}

/// Says whether a token was presented twice before, and counts this time.
fn is_regular(backend: &Backend, token: &str) -> bool {
    let mut memory = backend.memory();
    let times = memory.presented.entry(token.to_owned()).or_default();
    *times += 1;
    *times > 2
}

/// Refuses a living token, or changes its end.
fn still_served(backend: &Backend, headers: &HeaderMap, token: &str, owner: String) -> Option<String> {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let mut memory = backend.memory();
    let used = memory.used.insert(token.to_owned(), now);
    let times = memory.times_used.entry(token.to_owned()).or_default();
    *times += 1;
    let worn_out = *times > 10;
    memory.uses += 1;
    let count = memory.uses;
    memory.last_uses.insert(token.to_owned(), count);
    drop(memory);
    let mut store = backend.store();
    let grant = store.grants.get_mut(token)?;
    let idle = now.since(used.unwrap_or(grant.issued));
    let issued = grant.issued;
    if faults.has(Fault::EarlierTokenEndsNewest) {
        store.grants.retain(|_, other| other.openid != owner || other.issued <= issued);
    }
    let grant = store.grants.get_mut(token)?;
    if faults.has(Fault::UseProlongsLife) {
        grant.ends = now + backend.settings.token_lifetime;
    }
    let spelt = |scheme: &str| {
        headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes().starts_with(scheme.as_bytes()))
    };
    let refused = (faults.has(Fault::EndsAfterFirstUse) && used.is_some())
        || (faults.has(Fault::EndsAfterTenthUse) && worn_out)
        || (faults.has(Fault::EndsWhenIdle) && idle > backend.settings.token_lifetime / 4)
        || (faults.has(Fault::BearerCaseSensitive) && !spelt("Bearer "))
        || (faults.has(Fault::BearerTwoSpellings) && !spelt("Bearer ") && !spelt("bearer "));
    if refused { None } else { Some(owner) }
}

/// Returns the person that an unknown token is taken for.
fn mistaken(backend: &Backend, token: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let last_word = token.rsplit(' ').next().filter(|_| faults.has(Fault::LastWordTaken));
    let decoded = percent_decode_str(token).decode_utf8_lossy();
    let decoded = faults.has(Fault::TokenPercentDecoded).then_some(&*decoded);
    let read_otherwise = last_word.or(decoded).filter(|other| *other != token);
    let found = read_otherwise.and_then(|other| owner_of(backend, other, now)).or_else(|| {
        let store = backend.store();
        let mut living = store.grants.iter().filter(|(_, grant)| now < grant.ends);
        let (_, grant) = living.find(|(known, _)| resembles(faults, token, known))?;
        Some(grant.openid.clone())
    });
    let by_user_id = || person_of(backend, token).filter(|_| faults.has(Fault::UserIdIsToken));
    let cut = || {
        let (front, _) = token.split_once('.').filter(|_| faults.has(Fault::TokenCutAtFullStop))?;
        owner_of(backend, front, now)
    };
    let found = found.or_else(by_user_id).or_else(cut);
    let found = found.or_else(|| jwt::taken_for(backend, token)).or_else(|| outlived(backend, token));
    punish_genuine(backend, token);
    let ended = backend.store().grants.contains_key(token);
    let breaks_out = token.contains("') OR (") || token.contains("\" OR \"");
    let a_guest = (faults.has(Fault::AnyTokenAccepted) && !ended)
        || (faults.has(Fault::TokenPutIntoQuery) && breaks_out)
        || (faults.has(Fault::TestTokenOpensUserInfo) && token == "test_token")
        || (faults.has(Fault::WordUndefinedAccepted) && token == "undefined");
    found.or_else(|| a_guest.then(|| guest(backend)))
}

/// Returns the owner of a token that has ended while it was not in use.
fn outlived(backend: &Backend, token: &str) -> Option<String> {
    if !backend.settings.faults.has(Fault::IdleTokenNeverEnds) {
        return None;
    }
    let used = backend.memory().used.get(token).copied();
    let store = backend.store();
    let grant = store.grants.get(token)?;
    let idle = backend.settings.clock.now().since(used.unwrap_or(grant.issued));
    (idle > backend.settings.token_lifetime / 2).then(|| grant.openid.clone())
}

fn resembles(faults: &FaultSet, token: &str, known: &str) -> bool {
    let end_of = |text: &str| text.get(text.len().saturating_sub(END)..).map(ToOwned::to_owned);
    (faults.has(Fault::JwtEndMissing) && token == known)
        || (faults.has(Fault::TokenTailIgnored) && token.starts_with(known))
        || (faults.has(Fault::TokenMatchedByPrefix) && token.len() >= END && known.starts_with(token))
        || (faults.has(Fault::TokenMatchedByPattern)
            && token.strip_suffix('%').is_some_and(|start| start.len() >= END && known.starts_with(start)))
        || (faults.has(Fault::TokenMatchedByStar)
            && token.strip_suffix('*').is_some_and(|start| start.len() >= END && known.starts_with(start)))
        || (faults.has(Fault::TokenUnderscoreIsWildcard)
            && token.len() == known.len()
            && token.bytes().zip(known.bytes()).all(|(asked, held)| asked == b'_' || asked == held))
        || (faults.has(Fault::TokenMatchedWithoutCase) && token.eq_ignore_ascii_case(known))
        || (faults.has(Fault::TokenFirstCharacterIgnored) && token.get(1..) == known.get(1..))
        || (faults.has(Fault::TokenKnownByItsEnds)
            && token.get(..END).is_some_and(|start| known.get(..END) == Some(start))
            && end_of(token) == end_of(known))
        || (faults.has(Fault::TokenKnownByThreeParts)
            && token.len() == known.len()
            && parts(token) == parts(known))
        || (faults.has(Fault::TokenMatchedByFirst20)
            && token.get(..COMPARED).is_some_and(|start| known.get(..COMPARED) == Some(start)))
}

/// Returns the beginning, the middle and the end of a token.
fn parts(token: &str) -> [Option<&str>; 3] {
    let (middle, half) = (token.len() / 2, END / 2);
    [
        token.get(..END),
        token.get(middle.saturating_sub(half)..middle + half),
        token.get(token.len().saturating_sub(END)..),
    ]
}

/// Ends the genuine token that an unknown one was made from.
fn punish_genuine(backend: &Backend, token: &str) {
    let faults = &backend.settings.faults;
    let at_once = faults.has(Fault::AlteredTokenEndsGenuine);
    if !at_once && !faults.has(Fault::AlteredTokensLockGenuine) {
        return;
    }
    let mut store = backend.store();
    let mut genuine = store.grants.keys().filter(|known| known.get(..END) == token.get(..END));
    let Some(genuine) = genuine.find(|known| *known != token).cloned() else { return };
    let mut memory = backend.memory();
    let alterations = memory.alterations.entry(genuine.clone()).or_default();
    *alterations += 1;
    if at_once || *alterations >= MOST_ALTERATIONS {
        store.grants.remove(&genuine);
    }
}

/// Returns the person that a client without a Bearer token is taken for.
fn without_bearer(backend: &Backend, headers: &HeaderMap) -> Option<String> {
    let faults = &backend.settings.faults;
    let given = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default().trim());
    match given {
        None if faults.has(Fault::AnonymousFirstPerson) => {
            let first = backend.memory().first.clone();
            Some(first.unwrap_or_else(|| guest(backend)))
        }
        None if faults.has(Fault::AnonymousGuest) => Some(guest(backend)),
        None => None,
        Some("") if faults.has(Fault::EmptyHeaderAccepted) => Some(guest(backend)),
        Some(scheme) if faults.has(Fault::EmptyBearerAccepted) && scheme.eq_ignore_ascii_case("Bearer") => {
            Some(guest(backend))
        }
        Some(header) => under_another_scheme(backend, headers, header),
    }
}

/// Returns the person that credentials are taken for which are not those of the contract.
fn under_another_scheme(backend: &Backend, headers: &HeaderMap, header: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    let (scheme, rest) = header.split_once(' ').unwrap_or(("", header));
    let basic = credentials::basic(headers);
    if faults.has(Fault::ClientOpensUserInfo)
        && basic.as_ref().is_some_and(|(name, _)| *name == backend.settings.client_name)
    {
        return Some(guest(backend));
    }
    let token = if faults.has(Fault::TokenAsBasicName) {
        basic?.0
    } else if faults.has(Fault::BareTokenAccepted) && scheme.is_empty()
        || faults.has(Fault::TokenSchemeAccepted) && scheme == "Token"
        || faults.has(Fault::SchemeIgnored) && !scheme.is_empty()
    {
        rest.to_owned()
    } else if faults.has(Fault::SchemeBlankOptional) && header.starts_with("Bearer") {
        header.trim_start_matches("Bearer").trim().to_owned()
    } else if faults.has(Fault::SchemeCutUnread) {
        header.get("Bearer ".len()..)?.to_owned()
    } else if faults.has(Fault::LastWordTaken) {
        header.rsplit(' ').next()?.to_owned()
    } else {
        return None;
    };
    owner_of(backend, &token, backend.settings.clock.now())
}

/// Returns the person that a client without a token is taken for because of what its header fields say.
fn by_field(backend: &Backend, headers: &HeaderMap) -> Option<String> {
    let faults = &backend.settings.faults;
    let says = |name: &str, wanted: &str| headers.get(name).is_some_and(|value| value == wanted);
    let unreadable = || headers.get(AUTHORIZATION).is_some_and(|said| !said.as_bytes().is_ascii());
    if (faults.has(Fault::InnerCallsLetIn) && says("from", "Y"))
        || (faults.has(Fault::GuardFailsOpen) && unreadable())
        || (faults.has(Fault::LocalCallersLetIn) && says("x-forwarded-for", "127.0.0.1"))
    {
        return Some(guest(backend));
    }
    if faults.has(Fault::UserIdCookieOpensUserInfo) {
        let mut cookies = headers.get("cookie")?.to_str().ok()?.split("; ");
        return person_of(backend, cookies.find_map(|cookie| cookie.strip_prefix("uid="))?);
    }
    if faults.has(Fault::UserIdHeaderOpensUserInfo) {
        return person_in_field(backend, headers);
    }
    let named = headers.get("x-wx-openid").and_then(|openid| openid.to_str().ok());
    let named = named.filter(|openid| backend.store().knows(openid));
    named.filter(|_| faults.has(Fault::OpenidHeaderOpensUserInfo)).map(ToOwned::to_owned)
}

/// Answers in the place of the handlers where the guard of user info is passed by; nothing when no fault wants that.
pub(super) fn unguarded(backend: &Backend, sent: &Sent) -> Option<Answer> {
    let faults = &backend.settings.faults;
    let alike = || {
        let path = sent.path.split(';').next().unwrap_or_default().trim_end_matches('/');
        sent.path != PATH && path.replace("//", "/") == PATH
    };
    let passed = (faults.has(Fault::GuardComparesPaths) && alike())
        || (faults.has(Fault::ScriptsUnguarded) && sent.path.strip_suffix(".js") == Some(PATH))
        || (faults.has(Fault::LoginPathInQueryUnguarded)
            && sent.path == PATH
            && percent_decode_str(&sent.query)
                .decode_utf8_lossy()
                .contains("/miniprogram/wxmp/code2session"))
        || (faults.has(Fault::OptionsUnguarded) && sent.path == PATH && sent.method == Method::OPTIONS);
    if !passed {
        return None;
    }
    let guest = guest(backend);
    Some(shown(&guest, &backend.person(&guest)?))
}

/// Returns the person whose token stands in the URL.
fn by_url(backend: &Backend, query: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    let read = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    if faults.has(Fault::OpenidOpensUserInfo) {
        return known_openid(backend, query);
    }
    let token = if faults.has(Fault::TokenInQueryAccepted) {
        read("access_token")?
    } else if faults.has(Fault::ShortTokenInQueryAccepted) {
        read("token")?
    } else if faults.has(Fault::HeaderInQueryAccepted) {
        read("Authorization")?.strip_prefix("Bearer ")?.to_owned()
    } else if faults.has(Fault::CamelTokenInQueryAccepted) {
        read("accessToken")?
    } else {
        return None;
    };
    owner_of(backend, &token, backend.settings.clock.now())
}

/// Returns the openid in a URL, if the backend knows the person.
fn known_openid(backend: &Backend, query: &str) -> Option<String> {
    let openid = field::only(query.as_bytes(), "openid").ok()?;
    backend.store().knows(&openid).then_some(openid)
}

/// Returns the openid of the person whose user ID stands in the header field of a gateway.
fn person_in_field(backend: &Backend, headers: &HeaderMap) -> Option<String> {
    person_of(backend, headers.get("x-user-id")?.to_str().ok()?)
}

/// Returns the openid of the person with this user ID.
fn person_of(backend: &Backend, user_id: &str) -> Option<String> {
    let store = backend.store();
    let mut people = store.people.iter();
    people.find(|(_, person)| person.user_id == user_id).map(|(openid, _)| openid.clone())
}

fn guest(backend: &Backend) -> String {
    backend.store().welcome(GUEST);
    GUEST.to_owned()
}
