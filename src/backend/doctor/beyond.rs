//! Does the contract fit what a backend has beyond the login?

use super::shape::shape;
use super::{Complaint, Look, Observed, State, Trouble};
use crate::backend::{Predicate, Refresh};

/// Can a session be renewed, looked at and ended?
pub(super) fn session(seen: &Observed) -> State {
    let wrong = seen.beyond.iter().find_map(|(table, look)| complaint(seen, table, look));
    wrong.map_or_else(
        || {
            let tables: Vec<String> = seen.beyond.iter().map(|(table, _)| format!("[{table}]")).collect();
            State::Well(tr!("what the contract says in {tables} works", tables = tables.join(", ")))
        },
        State::Note,
    )
}

fn complaint(seen: &Observed, table: &str, look: &Result<Look, String>) -> Option<Complaint> {
    let is_renewal = table == "refresh";
    let expected = if is_renewal { tr!("a new token") } else { tr!("a success") };
    let complaint =
        |what: String, advice: String| Complaint::new(Trouble::BeyondLogin, what, &expected, advice);
    let opens = |look: &&Look| look.accepted && look.data.is_truthy();
    let public = seen.without_token.as_ref().is_some_and(|look| opens(&look));
    if let (Ok(logout), Some(_)) = (look, seen.after_logout.as_ref().filter(opens))
        && table == "logout"
        && !public
    {
        let said = logout.answer().map_or_else(String::new, shape);
        let what = tr!("the request in [logout] gets {said}, and the token opens user info as before", said);
        let advice = tr!(
            "if this answer is a refusal, say in logout.ok what a success looks like, and compare the request with what the mini \
             program sends; if it is a success, the backend does not end its tokens, which a run calls broken"
        );
        return Some(complaint(what, advice));
    }
    let look = match look {
        Ok(look) if is_renewal && look.token.is_truthy() || !is_renewal && look.accepted => return None,
        Ok(look) => look,
        Err(reason) => {
            let what = tr!("the request in [{table}] cannot be made: {reason}", table, reason);
            return Some(complaint(what, tr!("capture in a step of [[login]] what the request wants")));
        }
    };
    let Some(answer) = look.answer() else {
        let what = tr!("there is no answer to the request in [{table}]", table);
        return Some(complaint(what, tr!("look into the log of the backend")));
    };
    if let Some(redirect) = look.exchange.redirects.first().filter(|_| !is_renewal) {
        let (status, to) = (redirect.answer.status, &redirect.to);
        let what = tr!(
            "the request in [{table}] gets a redirect ({status}) to {to}, from where comes {said}",
            table,
            status,
            to,
            said = shape(answer)
        );
        let advice = tr!(
            "where the redirect is the success, write `ok = {{ status = {status} }}` into [{table}]",
            status,
            table
        );
        return Some(complaint(what, advice));
    }
    let advice = match (answer.status, ok_of(seen, table).and_then(|ok| ok.objection(answer))) {
        (404 | 405, _) => tr!("write method and path of that request into `request` of [{table}]", table),
        (200..=299, Some(objection)) => {
            tr!("if that is a success, make `ok` of [{table}] fit: {objection}", table, objection)
        }
        (200..=299, None) if is_renewal => tr!("write into refresh.capture where the new token stands"),
        _ => tr!("compare the request in [{table}] with what the mini program sends", table),
    };
    Some(complaint(tr!("the request in [{table}] gets {said}", table, said = shape(answer)), advice))
}

/// Returns what a success looks like.
fn ok_of<'a>(seen: &'a Observed, table: &str) -> Option<&'a Predicate> {
    let spoken = &seen.contract.spoken;
    match (table, &spoken.refresh) {
        ("check", _) => spoken.check.as_ref().map(|check| &check.ok),
        ("logout", _) => spoken.logout.as_ref().map(|logout| &logout.ok),
        (_, Refresh::Call { ok, .. }) => Some(ok),
        (_, Refresh::None | Refresh::Relogin | Refresh::Ambient(_)) => None,
    }
}
