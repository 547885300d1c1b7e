//! Faults of renewing, checking and ending a session.

use std::time::Duration;

use crate::reference::Fault;
use crate::reference::server::Backend;

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
        || faults.has(Fault::CheckForgetsTheEnd) && issued();
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
    if faults.has(Fault::LogoutSparesRenewal) { Spared::Renewal } else { Spared::Nothing }
}

/// Ends the session to which an altered token seems to belong.
pub(in crate::reference) fn logged_out_badly(backend: &Backend, token: Option<&str>) {
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
