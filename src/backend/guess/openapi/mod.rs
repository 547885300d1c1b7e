//! Which contract would fit what is described?

mod document;
mod login;
mod operation;
mod schema;
mod session;
#[cfg(test)]
mod tests;

use super::GuessError;
use super::draft::Draft;
use super::envelope;
use super::names::{Filler, key, literal, normal};
use super::places::{Place, token_among};
use document::Document;
use login::{expiry, step};
use operation::Operation;
use schema::Leaf;
use session::session;

/// The least that a request has to be worth to be called a candidate.
const LEAST: i32 = 1;

/// Makes a contract from a description of the backend's requests: OpenAPI 3.x or Swagger 2.0, JSON or YAML. `place` is
/// what errors call it.
///
/// # Errors
///
/// Fails when the text is no description, or none of the requests in it takes a login code.
pub fn from_openapi(place: &str, text: &str) -> Result<Draft, GuessError> {
    let document = Document::read(place, text)?;
    let operations = Operation::all(&document);
    let mut logins: Vec<(i32, &Operation<'_>)> =
        operations.iter().filter_map(|operation| Some((operation.as_login()?, operation))).collect();
    logins.retain(|(worth, _)| *worth >= LEAST);
    logins.sort_by_key(|(worth, _)| -worth);
    let Some((_, login)) = logins.first().copied() else {
        let what = tr!(
            "none of its {count} operations takes a login code, in a parameter such as code, js_code, wxCode or loginCode; say \
             which one it is with --login",
            count = operations.len()
        );
        return Err(GuessError::lacks(place, what));
    };
    let mut draft = Draft::default();
    let base = document.base();
    draft
        .head
        .push(tr!("Read from {place}; paths are below the root of the host, which is --backend.", place));
    let also = |(_, other): &(i32, &Operation<'_>)| {
        tr!("{operation} takes a login code as well", operation = other.shown())
    };
    draft.others.extend(logins.iter().skip(1).map(also));
    let mut filler = Filler::default();
    let steps = steps(&document, &operations, login);
    for asked in &steps {
        let section = step(&document, asked, &base, &mut filler);
        draft.login.push(section);
    }
    let last = steps.last().map_or(login, |asked| asked.operation);
    expiry(&mut draft, &document, last);
    session(&mut draft, &document, &operations, &steps, (&base, &mut filler));
    draft.vars.append(&mut filler.vars);
    draft.inputs.append(&mut filler.inputs);
    Ok(draft)
}

/// A request of the login.
struct Asked<'o, 'd> {
    operation: &'o Operation<'d>,
    /// The parameter that the login code goes into, or what the step before brought.
    parameter: String,
    /// What stands there.
    hole: String,
    /// The name and the place of what the next step is asked with.
    brings: Option<(String, String)>,
}

/// Returns the requests of a login: one, or two where the first brings what another one hands out a token for.
fn steps<'o, 'd>(
    document: &Document,
    operations: &'o [Operation<'d>],
    login: &'o Operation<'d>,
) -> Vec<Asked<'o, 'd>> {
    let parameter = login.code().map(|parameter| parameter.leaf.pointer()).unwrap_or_default();
    let mut first = Asked { operation: login, parameter, hole: "{code}".to_owned(), brings: None };
    let places = places(document, login);
    if token_among(&places, "").is_some() {
        return vec![first];
    }
    for place in &places {
        let name = normal(&place.name);
        // What envelopes say is nothing that a token is bought with.
        if envelope::NAMES.contains(&place.name.as_str()) || ["msg", "message", "id"].contains(&name.as_str())
        {
            continue;
        }
        let takes = |operation: &Operation<'_>| {
            let mut named =
                operation.parameters.iter().filter(|parameter| normal(parameter.leaf.name()) == name);
            named.next().map(|parameter| parameter.leaf.pointer())
        };
        let mut others = operations.iter().filter(|other| other.shown() != login.shown());
        let second = others.find_map(|other| {
            let parameter = takes(other)?;
            token_among(&self::places(document, other), "").is_some().then_some((other, parameter))
        });
        let Some((operation, parameter)) = second else { continue };
        let key = key(&place.name);
        first.brings = Some((key.clone(), place.pointer.clone()));
        return vec![first, Asked { operation, parameter, hole: format!("{{{key}}}"), brings: None }];
    }
    vec![first]
}

/// Returns the places in the answer of a request.
fn places(document: &Document, operation: &Operation<'_>) -> Vec<Place> {
    operation
        .answer
        .map(|answer| document.leaves(answer))
        .unwrap_or_default()
        .iter()
        .map(Leaf::place)
        .collect()
}

/// Returns method and path below the host.
fn request(operation: &Operation<'_>, base: &str, holes: &dyn Fn(&str) -> Option<String>) -> String {
    let mut path = String::new();
    let mut rest = operation.path.trim_start_matches('/');
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, inner)| Some((before, inner.split_once('}')?)))
    {
        path.push_str(before);
        path.push_str(&holes(name).unwrap_or_else(|| literal(&format!("{{{name}}}"))));
        rest = after;
    }
    path.push_str(&literal(rest));
    let base = if base.is_empty() { String::new() } else { format!("{}/", literal(base)) };
    format!("{} {base}{path}", operation.method)
}
