//! Which request of the contract is it?

use super::heard::Heard;
use crate::backend::{Call, Dialect, Guarded, Refresh, Step};
use crate::reference::field;

/// What a request is for.
pub(super) enum Route<'d> {
    /// A step of a login.
    Step(&'d Step),
    /// What a session opens.
    UserInfo(&'d Guarded),
    /// A new token for an old session.
    Refresh,
    /// Whether a session is valid.
    Check(&'d Guarded),
    /// The end of a session.
    Logout(&'d Guarded),
    /// Something of the contract's, but not by this method; these are allowed.
    WrongMethod(String),
    /// Nothing of the contract's.
    Nowhere,
}

/// Finds out what a request is for. Where several calls share a path, their fixed values tell them apart.
pub(super) fn route<'d>(dialect: &'d Dialect, heard: &Heard) -> Route<'d> {
    let steps = dialect.login.iter().map(|step| (&step.call, Route::Step(step)));
    let user_info = dialect.user_info.iter().map(|info| (&info.call, Route::UserInfo(info)));
    let refresh = if let Refresh::Call { call, .. } = &dialect.refresh { Some(&**call) } else { None };
    let refresh = refresh.map(|call| (call, Route::Refresh));
    let check = dialect.check.iter().map(|check| (&check.call, Route::Check(check)));
    let logout = dialect.logout.iter().map(|logout| (&logout.call, Route::Logout(logout)));
    let mut here: Vec<(&Call, Route<'d>)> = steps
        .chain(refresh)
        .chain(user_info)
        .chain(check)
        .chain(logout)
        .filter(|(call, _)| is_path_of(call, heard))
        .collect();
    let mut allowed: Vec<&str> = here.iter().map(|(call, _)| call.method.as_str()).collect();
    allowed.dedup();
    let allowed = allowed.join(", ");
    // Whoever serves GET serves HEAD (RFC 9110 section 9.3.2).
    let method = if heard.head.method == "HEAD" { "GET" } else { heard.head.method.as_str() };
    let is_empty = here.is_empty();
    here.retain(|(call, _)| call.method == method);
    let told_apart = here.iter().position(|(call, _)| heard.has_fixed(call, false));
    let step = told_apart.unwrap_or(0);
    match here.into_iter().nth(step) {
        Some((_, route)) => route,
        None if is_empty => Route::Nowhere,
        None => Route::WrongMethod(allowed),
    }
}

/// Tells whether a request goes to the path of a call, and has what is fixed in its query.
fn is_path_of(call: &Call, heard: &Heard) -> bool {
    let filled = call.path.fill(&|_| None);
    let Ok(path) = &filled else {
        // A hole in the path takes up one segment of it.
        let names = call.path.names();
        let mut found = names.iter().filter_map(|name| call.path.find(name, heard.path()));
        return found.next().is_some_and(|value| !value.contains('/'));
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let has = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        field::only(heard.query(), key).is_ok_and(|given| given == value)
    };
    path == heard.path() && query.split('&').filter(|pair| !pair.is_empty()).all(has)
}
