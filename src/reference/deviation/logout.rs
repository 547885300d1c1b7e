//! Faults of whom a renewal, a check or a logout is about, where a person has several sessions or others are named.

use super::session::claimed_by_unsigned;
use crate::reference::Fault;
use crate::reference::server::Backend;

/// What a request has beside what it should be judged by.
pub(in crate::reference) struct Beside<'a> {
    /// Parameters of the URL.
    pub(in crate::reference) named: &'a [u8],
    /// What stands where tokens are carried.
    pub(in crate::reference) token: Option<&'a str>,
}

/// Decides whose session is renewed, given whether there is something to renew it with, and whose that is.
pub(in crate::reference) fn renewed_beside(
    backend: &Backend,
    has_given: bool,
    owner: Option<String>,
    beside: &Beside<'_>,
) -> Option<String> {
    let faults = &backend.settings.faults;
    let now = backend.settings.clock.now();
    let of_token = || beside.token.and_then(|token| backend.store().owner(token, now));
    if owner.is_some() && faults.has(Fault::RenewalOfNamedUser) {
        return named(backend, beside.named).or(owner);
    }
    if owner.is_some() && faults.has(Fault::RenewalOfTokenBeside) {
        return of_token().or(owner);
    }
    owner.or_else(|| of_token().filter(|_| !has_given && faults.has(Fault::TokenRenewsInItsPlace)))
}

/// Returns whom a parameter names by the user ID.
fn named(backend: &Backend, query: &[u8]) -> Option<String> {
    let store = backend.store();
    form_urlencoded::parse(query).find_map(|(_, value)| {
        store.people.iter().find(|(_, person)| person.user_id == value).map(|(openid, _)| openid.clone())
    })
}

/// Ends the sessions of somebody who is named in a logout.
pub(in crate::reference) fn logged_out_beside(backend: &Backend, query: &[u8]) {
    if !backend.settings.faults.has(Fault::LogoutOfNamedUser) {
        return;
    }
    if let Some(other) = named(backend, query) {
        backend.store().grants.retain(|_, grant| grant.openid != other);
    }
}

/// Returns the token that a logout ends, given the one that was presented.
pub(in crate::reference) fn meant(backend: &Backend, token: &str) -> String {
    let faults = &backend.settings.faults;
    let (newest, oldest) = (faults.has(Fault::LogoutEndsNewest), faults.has(Fault::LogoutEndsOldest));
    let other = (newest || oldest).then(|| {
        let now = backend.settings.clock.now();
        let owner = backend.store().owner(token, now)?;
        let tokens = backend.memory().people.get(&owner)?.tokens.clone();
        let store = backend.store();
        let mut living = tokens.into_iter().filter(|token| store.owner(token, now).is_some());
        if newest { living.next_back() } else { living.next() }
    });
    other.flatten().unwrap_or_else(|| token.to_owned())
}

/// Says whether a logout ends the tokens that a session had before the present one.
pub(in crate::reference) fn ends_the_earlier(backend: &Backend) -> bool {
    !backend.settings.faults.has(Fault::LogoutEndsOneToken)
}

/// Remembers what a logout takes, for whoever gives it back.
pub(super) fn remember(backend: &Backend, token: &str) {
    let grant = backend.store().grants.get(token).cloned();
    if let Some(grant) = grant.filter(|_| backend.settings.faults.has(Fault::LogoutForgotten)) {
        let now = backend.settings.clock.now();
        backend.memory().left.push((token.to_owned(), grant, now));
    }
}

/// Gives back what logouts took a while ago.
pub(in crate::reference) fn forget(backend: &Backend) {
    if !backend.settings.faults.has(Fault::LogoutForgotten) {
        return;
    }
    let (now, life) = (backend.settings.clock.now(), backend.settings.token_lifetime);
    let left = backend.memory().left.clone();
    for (token, grant, _) in left.into_iter().filter(|(_, _, at)| now.since(*at) >= life / 3) {
        let mut store = backend.store();
        store.revoked.remove(&token);
        store.grants.insert(token, grant);
    }
}

/// Says whether a check takes what is no valid session for one.
pub(in crate::reference) fn is_taken_for_valid(backend: &Backend, token: &str) -> bool {
    let faults = &backend.settings.faults;
    faults.has(Fault::CheckAlgNoneAccepted) && claimed_by_unsigned(backend, token).is_some()
        || faults.has(Fault::CheckAsksForPerson) && lives_elsewhere(backend, token)
}

/// Says whether whoever logged out with a token has another one.
fn lives_elsewhere(backend: &Backend, token: &str) -> bool {
    let put_away = backend.memory().put_away.clone();
    let owner = put_away.into_iter().find(|(_, (of, _))| of == token).map(|(owner, _)| owner);
    let now = backend.settings.clock.now();
    let store = backend.store();
    let lives = |owner: String| store.grants.values().any(|grant| grant.openid == owner && now < grant.ends);
    owner.is_some_and(lives)
}
