//! Does the token open what it should, and nothing else?

use super::login::token_look;
use super::shape::shape;
use super::{Complaint, Observed, State, Trouble, field, is_page};
use crate::backend::guess::{Unit, of_lifetime, of_text, unit};
use crate::backend::{Expiry, LifetimeUnit};
use crate::expiry::Value;

/// Ten years: nobody means a session to last as long.
const TOO_LONG: f64 = 10.0 * 365.0 * 86_400.0;

/// Does the contract find for how long a token lives?
pub(super) fn lifetime(seen: &Observed) -> State {
    match &seen.contract.expiry {
        Some(Expiry::Never) => return State::Well(tr!("tokens never end, as the contract says")),
        Some(Expiry::Known(life)) => {
            let seconds = life.as_secs_f64();
            return State::Well(tr!("the contract says {seconds} s, and no answer need tell it", seconds));
        }
        Some(Expiry::Untold) => return State::Well(tr!("it is not told, as the contract says")),
        Some(Expiry::Told { .. }) | None => {}
    }
    let Some((look, _)) = token_look(seen) else { return State::Unknown(tr!("there is no token")) };
    let Some(answer) = look.answer() else { return State::Unknown(tr!("there is no answer")) };
    let wanted = match &seen.contract.expiry {
        Some(Expiry::Told { from, .. }) => from.to_string(),
        _ => seen.contract.lifetime_at.to_owned(),
    };
    let write = |place: &str, unit: Unit| {
        tr!(
            "write into the contract: [expiry] from = {place}, unit = {unit}",
            place = format_args!("{place:?}"),
            unit
        )
    };
    let found = of_lifetime(answer, seen.now);
    let told = number(&look.lifetime);
    let sensible = |seconds: &f64| {
        let in_millis = unit(&Value::from(*seconds), seen.now).is_some_and(|unit| unit.word == "ms");
        *seconds > 0.0 && *seconds <= TOO_LONG && !in_millis
    };
    if let Some(seconds) = told.filter(sensible) {
        return State::Well(tr!("a token lives for {seconds} s", seconds));
    }
    let Some((place, unit, value)) = found else {
        let shown = look.lifetime.to_json().unwrap_or_else(|| tr!("nothing"));
        return State::Note(Complaint::new(
            Trouble::OtherLifetime,
            tr!(
                "{shown} stands at {wanted}, and the answer tells a lifetime nowhere else: {answer}",
                answer = shape(answer),
                shown,
                wanted
            ),
            tr!("a lifetime at {wanted}", wanted),
            tr!(
                "write `[expiry] never = true` into a contract if tokens never end, or `seconds = 7200` if they end and no answer \
                 tells when; what a run cannot do without it is skipped"
            ),
        ));
    };
    let seen_there = if place == wanted {
        tr!("{value} at {place} makes no sense in the unit of the contract", value, place)
    } else {
        tr!("the lifetime is not at {wanted}; {place} holds {value}", wanted, place, value)
    };
    State::Wrong(Complaint::new(
        Trouble::OtherLifetime,
        seen_there,
        tr!("a lifetime at {wanted}", wanted),
        write(&place, unit),
    ))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::String(text) => text.to_string_lossy().trim().parse().ok(),
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Tells whether the contract reads the end of a token as an instant, which takes two clocks that agree.
pub(super) fn by_instant(seen: &Observed) -> bool {
    let Some(Expiry::Told { unit, .. }) = &seen.contract.expiry else { return false };
    !matches!(unit, LifetimeUnit::Seconds | LifetimeUnit::Millis | LifetimeUnit::Nanos)
}

/// Does the fresh token open user info?
pub(super) fn user_info(seen: &Observed) -> State {
    let dialect = seen.contract.dialect.as_ref();
    if dialect.is_some_and(|dialect| dialect.user_info.is_none()) {
        return State::Well(tr!("the contract names none"));
    }
    let Some(look) = &seen.user_info else {
        return State::Unknown(tr!("there is no token to read it with"));
    };
    let Some(answer) = look.answer() else {
        return State::Wrong(Complaint::new(
            Trouble::FreshTokenRefused,
            tr!("no answer came to user info"),
            tr!("user info"),
            tr!("look into the backend's log"),
        ));
    };
    let request = &look.exchange.request;
    let path = request
        .url
        .strip_prefix(seen.url.as_str())
        .unwrap_or(&request.url)
        .split('?')
        .next()
        .unwrap_or_default();
    let asked = format!("{} {path}", request.method);
    if look.accepted {
        return opened(seen, &asked);
    }
    let carried = match dialect {
        None => "`Authorization: Bearer {token}`".to_owned(),
        Some(dialect) => {
            let each = dialect.auth.iter().map(|carried| {
                format!("`{}: {}` ({:?})", carried.name, carried.value.as_written(), carried.place)
            });
            each.collect::<Vec<_>>().join(&tr!(" and ")).to_lowercase()
        }
    };
    let scheme = field(&answer.headers, "www-authenticate").split(' ').next().unwrap_or_default();
    let objection = dialect
        .and_then(|dialect| dialect.user_info.as_ref())
        .and_then(|guarded| guarded.ok.objection(answer));
    let advice = match answer.status {
        404 | 405 | 410 => {
            tr!("the path or the method of [user_info] differs: name one that needs a session")
        }
        _ if !scheme.is_empty() && !scheme.eq_ignore_ascii_case("bearer") => tr!(
            "the backend asks for the scheme {scheme}: write `[[auth]] in = \"header\", name = \"Authorization\", value = \"{scheme} {{token}}\"`",
            scheme
        ),
        200..=299 if objection.is_some() => tr!(
            "if that is a success, make `ok` of [user_info] fit: {objection}; if not, the token may travel otherwise ([[auth]])",
            objection = objection.unwrap_or_default()
        ),
        500..=599 => tr!("the backend failed: look into its log"),
        _ => tr!(
            "the token may travel in another header, under another scheme or in the query: write [[auth]] as the backend reads it, such as name = \"X-Token\", value = \"{token}\""
        ),
    };
    State::Wrong(Complaint::new(
        Trouble::FreshTokenRefused,
        tr!(
            "a fresh token opens nothing: {asked} with {carried} was answered {answer}",
            answer = shape(answer),
            asked,
            carried
        ),
        tr!("user info"),
        advice,
    ))
}

/// Looks at user info that was given.
fn opened(seen: &Observed, asked: &str) -> State {
    let Some((look, answer)) = seen.user_info.as_ref().and_then(|look| Some((look, look.answer()?))) else {
        return State::Unknown(tr!("there is no answer"));
    };
    if is_page(answer) {
        return State::Wrong(Complaint::new(
            Trouble::PageForEverything,
            tr!("a page for people comes for {asked}", asked),
            tr!("user info"),
            tr!("name a path of the API in [user_info]"),
        ));
    }
    if look.data.is_truthy() {
        return State::Well(tr!("{asked} opens with the token", asked));
    }
    let wanted = seen
        .contract
        .dialect
        .as_ref()
        .and_then(|dialect| dialect.user_info.as_ref())
        .map_or(seen.contract.data_at, |guarded| guarded.data.as_str());
    let advice = match of_text(answer, &seen.openid) {
        Some(place) => {
            let object = place.rsplit_once('/').map_or("", |(object, _)| object);
            tr!(
                "write `data` of [user_info] as a JSON pointer to it (the openid stands at {place}, so {object} may be it); an empty one is the whole body",
                place,
                object = format_args!("{object:?}")
            )
        }
        None => tr!("write `data` of [user_info] as a JSON pointer to it; an empty one is the whole body"),
    };
    State::Wrong(Complaint::new(
        Trouble::DataElsewhere,
        tr!("nothing stands at {wanted} in user info: {answer}", answer = shape(answer), wanted),
        tr!("what belongs to the person at {wanted}", wanted),
        advice,
    ))
}

/// Is what is wrong refused?
pub(super) fn refusals(seen: &Observed) -> State {
    let note = |what: String, advice: String| {
        State::Note(Complaint::new(Trouble::NothingRefused, what, tr!("a refusal"), advice))
    };
    let said_yes = |look: &&super::Look| look.accepted && look.answer().is_some();
    if seen.without_token.as_ref().is_some_and(|look| said_yes(&look) && look.data.is_truthy()) {
        return note(
            tr!("user info opens without a token as well"),
            tr!(
                "if the path is public, name another one in [user_info]; if a refusal comes with status 200, let `ok` tell it from a success. Otherwise the run will blame the backend"
            ),
        );
    }
    if seen.used_code.as_ref().is_some_and(|look| said_yes(&look) && look.granted) {
        return note(
            tr!("a code that was used is taken once more"),
            tr!(
                "if the answer is a refusal, let `ok` of the login step tell it from a success. Otherwise the run will blame the backend"
            ),
        );
    }
    if seen.used_code.is_none() && seen.without_token.is_none() {
        return State::Unknown(tr!("nothing was tried"));
    }
    State::Well(tr!("a used code and a missing token are refused"))
}
