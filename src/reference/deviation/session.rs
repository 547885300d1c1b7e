//! Faults of renewing, checking and ending a session.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token_text::{md5_of, moment};
use crate::reference::server::Backend;
use crate::reference::{Fault, random};

/// For how long a fault watches who else renews a session.
const OVERLAP: Duration = Duration::from_millis(20);

/// How many characters of a token are enough for a fault to know it again.
const BEGINNING: usize = 8;

/// Decides whose session is renewed, given what was presented and whose that is.
pub(in crate::reference) async fn renewed(
    backend: &Backend,
    given: Option<&str>,
    owner: Option<String>,
) -> Option<String> {
    let faults = &backend.settings.faults;
    if faults.is_empty() {
        return owner;
    }
    let Some(given) = given else {
        return owner
            .or_else(|| backend.memory().last.clone().filter(|_| faults.has(Fault::RenewalOfNothing)));
    };
    let by_openid = faults.has(Fault::RenewalByOpenid) && backend.store().knows(given);
    let by_itself = || {
        let grant = backend.store().grants.get(given).map(|grant| grant.openid.clone());
        grant.filter(|_| faults.has(Fault::TokenRenewsItself))
    };
    let owner = owner.or_else(|| by_openid.then(|| given.to_owned())).or_else(by_itself)?;
    let times = {
        let mut memory = backend.memory();
        let times = memory.renewals.entry(owner.clone()).or_default();
        *times += 1;
        *times
    };
    if faults.has(Fault::RenewalWorksOnce) && times > 1 {
        return None;
    }
    if faults.has(Fault::RenewalsShareResult) && times > 1 {
        return Some(whoever_else_renews(backend, owner).await);
    }
    Some(owner)
}

/// Returns somebody else whose session is being renewed at this moment, if there is somebody.
async fn whoever_else_renews(backend: &Backend, owner: String) -> String {
    backend.memory().renewing.push(owner.clone());
    tokio::time::sleep(OVERLAP).await;
    let other = backend.memory().renewing.iter().find(|other| **other != owner).cloned();
    tokio::time::sleep(OVERLAP).await;
    let mut memory = backend.memory();
    if let Some(own) = memory.renewing.iter().position(|renewing| *renewing == owner) {
        memory.renewing.remove(own);
    }
    other.unwrap_or(owner)
}

/// Decides whose session is renewed with the refresh token of a person, given the token that came with it.
pub(in crate::reference) fn renewed_late(backend: &Backend, owner: String, token: Option<&str>) -> String {
    if !backend.settings.faults.has(Fault::EndedSessionRenewedForAnother) {
        return owner;
    }
    let now = backend.settings.clock.now();
    let ended = token.is_some_and(|token| backend.store().owner(token, now).is_none());
    let memory = backend.memory();
    let mut others = [&memory.last, &memory.before, &memory.first].into_iter().flatten();
    let other = others.find(|other| **other != owner).filter(|_| ended).cloned();
    other.unwrap_or(owner)
}

/// Returns the token for which another one is taken, where one that says it has no signature is known by what it claims.
pub(in crate::reference) fn known_again(backend: &Backend, token: &str) -> String {
    let believed = backend.settings.faults.has(Fault::RenewalAlgNoneAccepted);
    let known = believed.then(|| claimed_by_unsigned(backend, token)).flatten();
    known.unwrap_or_else(|| token.to_owned())
}

/// Returns the token that one claims to be which says that it has no signature.
pub(super) fn claimed_by_unsigned(backend: &Backend, token: &str) -> Option<String> {
    let claims = |token: &str| token.split('.').nth(1).map(str::to_owned);
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap_or_default()).unwrap_or_default();
    let unsigned = String::from_utf8_lossy(&header).to_ascii_lowercase().contains("\"none\"");
    let claimed = claims(token).filter(|_| unsigned)?;
    backend.store().grants.keys().find(|known| claims(known).is_some_and(|own| own == claimed)).cloned()
}

/// Gives a renewed token another life than was announced.
pub(in crate::reference) fn lives_otherwise(backend: &Backend, token: &str) {
    let faults = &backend.settings.faults;
    let lifetime = backend.settings.token_lifetime;
    if faults.has(Fault::RenewalRevivesEnded) {
        let now = backend.settings.clock.now();
        let mut store = backend.store();
        let owner = store.grants.get(token).map(|grant| grant.openid.clone());
        for grant in store.grants.values_mut().filter(|grant| Some(&grant.openid) == owner.as_ref()) {
            grant.ends = now + lifetime;
        }
    }
    let lives = if faults.has(Fault::RenewedTokenNeverEnds) {
        lifetime * 1000
    } else if faults.has(Fault::RenewedTokenEndsEarly) {
        lifetime / 2
    } else {
        return;
    };
    let now = backend.settings.clock.now();
    if let Some(grant) = backend.store().grants.get_mut(token) {
        grant.ends = now + lives;
    }
}

/// Makes a refresh token of what it must not be made of, or of too little.
pub(in crate::reference) fn refresh_token(backend: &Backend, openid: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    if faults.has(Fault::RefreshTokenCounted) {
        let mut memory = backend.memory();
        memory.counted += 1;
        Some(format!("refresh-{:08}", memory.counted))
    } else if faults.has(Fault::RefreshTokenOfOpenid) {
        Some(md5_of(openid))
    } else if faults.has(Fault::RefreshTokenOfTime) {
        Some(md5_of(&moment(backend).to_string()))
    } else if faults.has(Fault::RefreshTokenOf8HexDigits) {
        random::text::<24>().ok().map(|text| md5_of(&text).chars().take(8).collect())
    } else {
        None
    }
}

/// Gives somebody who logs in back what the last logout took.
pub(in crate::reference) fn let_in(backend: &Backend, openid: &str) {
    if backend.settings.faults.has(Fault::LoginRevivesLoggedOut) {
        let taken = backend.memory().put_away.remove(openid);
        let mut store = backend.store();
        if let Some((token, grant)) = taken {
            store.revoked.remove(&token);
            store.grants.insert(token, grant);
        }
    }
}

/// Does what a check should leave alone: ends a valid session, or begins one anew that has ended.
pub(in crate::reference) fn was_checked(backend: &Backend, token: Option<&str>, valid: bool) {
    let (faults, Some(token)) = (&backend.settings.faults, token) else { return };
    if valid && faults.has(Fault::CheckEndsSession) {
        backend.store().revoke(token);
    }
    if !valid && faults.has(Fault::CheckRevivesEnded) {
        let ends = backend.settings.clock.now() + backend.settings.token_lifetime;
        if let Some(grant) = backend.store().grants.get_mut(token) {
            grant.ends = ends;
        }
    }
}

/// Says whether a session is renewed whoever the client is.
pub(in crate::reference) fn renews_for_any_client(backend: &Backend) -> bool {
    backend.settings.faults.has(Fault::RenewalOfAnyClient)
}

/// Says whether a refresh token stays what it is when another one takes its place.
pub(in crate::reference) fn keeps_replaced(backend: &Backend) -> bool {
    backend.settings.faults.has(Fault::ReplacedRefreshTokenOutlivesLogout)
}

/// Says how much of what a session is renewed by has to be right: everything, or its first half.
pub(in crate::reference) fn compares_half(backend: &Backend) -> bool {
    backend.settings.faults.has(Fault::RenewalComparesHalf)
}

/// Says whether the earlier token ends at a renewal, where it is told what is promised.
pub(in crate::reference) fn ends_the_earlier(backend: &Backend, promised: bool) -> bool {
    let faults = &backend.settings.faults;
    (promised || faults.has(Fault::EarlierTokenEndsAtRenewal))
        && !faults.has(Fault::EarlierTokenOutlivesRenewal)
}

/// Says whether a refresh token is as good as a token.
pub(in crate::reference) fn refresh_token_opens(backend: &Backend) -> bool {
    backend.settings.faults.has(Fault::RefreshTokenOpensUserInfo)
}

/// Decides what a check says.
pub(in crate::reference) fn checked(backend: &Backend, token: Option<&str>, valid: bool) -> bool {
    let faults = &backend.settings.faults;
    let issued = || token.is_some_and(|token| backend.store().grants.contains_key(token));
    let mistaken = faults.has(Fault::CheckSaysYes) && token.is_some() && !issued()
        || faults.has(Fault::CheckForgetsTheEnd) && issued()
        || faults.has(Fault::CheckBlindToLogout)
            && token.is_some_and(|token| backend.store().revoked.contains(token));
    (valid || mistaken) && !faults.has(Fault::CheckSaysNo)
}

/// What a logout leaves as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::reference) enum Spared {
    /// Nothing.
    Nothing,
    /// What the session can be renewed by.
    Renewal,
    /// The token.
    Token,
}

/// Ends more than a logout should, and says what it leaves as it is.
pub(in crate::reference) fn logged_out(backend: &Backend, token: &str) -> Spared {
    let faults = &backend.settings.faults;
    if faults.has(Fault::LogoutLeavesToken) {
        return Spared::Token;
    }
    if faults.has(Fault::LogoutEndsEverybody) {
        backend.store().grants.clear();
    }
    if faults.has(Fault::LogoutLocksOut) || faults.has(Fault::LogoutBlocksLogin) {
        let owner = backend.store().grants.get(token).map(|grant| grant.openid.clone());
        backend.memory().logged_out.extend(owner);
    }
    super::logout::remember(backend, token);
    if faults.has(Fault::LoginRevivesLoggedOut) || faults.has(Fault::CheckAsksForPerson) {
        let grant = backend.store().grants.get(token).cloned();
        let put_away = grant.map(|grant| (grant.openid.clone(), (token.to_owned(), grant)));
        backend.memory().put_away.extend(put_away);
    }
    if faults.has(Fault::LogoutSparesRenewal) { Spared::Renewal } else { Spared::Nothing }
}

/// Ends the session to which an altered token seems to belong.
pub(in crate::reference) fn logged_out_badly(backend: &Backend, token: Option<&str>) {
    if backend.settings.faults.has(Fault::LogoutAlgNoneAccepted)
        && let Some(meant) = token.and_then(|token| claimed_by_unsigned(backend, token))
    {
        backend.store().revoke(&meant);
    }
    let beginning = token.and_then(|token| token.get(..BEGINNING));
    let Some(beginning) = beginning.filter(|_| backend.settings.faults.has(Fault::LogoutOfAlteredToken))
    else {
        return;
    };
    let mut store = backend.store();
    let meant = store.grants.keys().find(|known| known.starts_with(beginning)).cloned();
    if let Some(meant) = meant {
        store.revoke(&meant);
    }
}

/// Says whether somebody gets no token any more.
pub(in crate::reference) fn is_blocked(backend: &Backend, openid: &str) -> bool {
    backend.settings.faults.has(Fault::LogoutBlocksLogin) && backend.memory().logged_out.contains(openid)
}

/// Says whether somebody is served nothing any more.
pub(in crate::reference) fn is_locked_out(backend: &Backend, openid: &str) -> bool {
    backend.settings.faults.has(Fault::LogoutLocksOut) && backend.memory().logged_out.contains(openid)
}
