//! Does the contract fit what a backend has beyond the login?

use super::shape::shape;
use super::{Complaint, Look, Observed, State, Trouble};
use crate::backend::Refresh;

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

fn complaint(seen: &Observed, table: &str, look: &Look) -> Option<Complaint> {
    let spoken = &seen.contract.spoken;
    let is_renewal = table == "refresh";
    if if is_renewal { look.token.is_truthy() } else { look.accepted } {
        return None;
    }
    let ok = match &spoken.refresh {
        Refresh::Call { ok, .. } if is_renewal => Some(ok),
        _ if table == "check" => spoken.check.as_ref().map(|check| &check.ok),
        _ if table == "logout" => spoken.logout.as_ref().map(|logout| &logout.ok),
        Refresh::Call { .. } | Refresh::None | Refresh::Relogin | Refresh::Ambient(_) => None,
    };
    let Some(answer) = look.answer() else {
        return Some(Complaint::new(
            Trouble::BeyondLogin,
            tr!("there is no answer to the request in [{table}]", table),
            tr!("an answer"),
            tr!("look into the log of the backend"),
        ));
    };
    let said = shape(answer);
    let advice = match (answer.status, ok.and_then(|ok| ok.objection(answer))) {
        (404 | 405, _) => tr!("write method and path of that request into `request` of [{table}]", table),
        (200..=299, Some(objection)) => {
            tr!("if that is a success, make `ok` of [{table}] fit: {objection}", table, objection)
        }
        (200..=299, None) if is_renewal => tr!("write into refresh.capture where the new token stands"),
        _ => tr!("compare the request in [{table}] with what the mini program sends", table),
    };
    let expected = if is_renewal { tr!("a new token") } else { tr!("a success") };
    let seen = tr!("the request in [{table}] gets {said}", table, said);
    Some(Complaint::new(Trouble::BeyondLogin, seen, expected, advice))
}
