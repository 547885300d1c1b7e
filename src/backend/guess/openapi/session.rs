//! How does a token travel by a description, and what does it open?

use serde_json::Value;
use toml::Table;

use super::document::Document;
use super::login::{ok, put, sent};
use super::operation::{Operation, schemes};
use super::{Asked, request};
use crate::backend::guess::draft::{Draft, Section};
use crate::backend::guess::envelope;
use crate::backend::guess::names::{Filler, literal, normal};

/// Describes how the token travels, and what it opens.
pub(super) fn session(
    draft: &mut Draft,
    document: &Document,
    operations: &[Operation<'_>],
    steps: &[Asked<'_, '_>],
    (base, filler): (&str, &mut Filler),
) {
    let whole = document.at("").and_then(schemes);
    let of =
        |operation: &Operation<'_>| operation.security.clone().or_else(|| whole.clone()).unwrap_or_default();
    let mut users: Vec<(i32, &Operation<'_>)> = operations
        .iter()
        .filter(|operation| steps.iter().all(|step| step.operation.shown() != operation.shown()))
        .filter_map(|operation| {
            Some((operation.as_user_info(document, !of(operation).is_empty())?, operation))
        })
        .collect();
    users.sort_by_key(|(worth, _)| -worth);
    let user = users.first().map(|(_, user)| *user);
    let named = user.map(of).filter(|names| !names.is_empty()).or(whole).unwrap_or_default();
    auth(draft, document, &named, user);
    draft.user_info = Section::about(tr!("What the token opens, and where what it shows stands."));
    let Some(user) = user else {
        let needed = tr!("no operation looks like user info; name a request that shows whose the token is");
        draft.user_info.leave_open("request", "GET user/info", needed);
        return;
    };
    draft.user_info.set("request", request(user, base, &|_| None), tr!("from {place}", place = user.shown()));
    for (place, key) in [("query", "query"), ("form", "form"), ("json", "json")] {
        let mut table = Table::new();
        let needed =
            user.parameters.iter().filter(|parameter| parameter.place == place && parameter.leaf.required);
        for parameter in needed {
            put(&mut table, &parameter.leaf.path, sent(&parameter.leaf, filler));
        }
        if !table.is_empty() {
            draft.user_info.set(key, table, "");
        }
    }
    let leaves = user.answer.map(|answer| document.leaves(answer)).unwrap_or_default();
    ok(&mut draft.user_info, user, &leaves, None);
    let members = user.answer.map(|answer| document.members(answer)).unwrap_or_default();
    if members.is_empty() {
        draft.user_info.assume(
            "data",
            "/data",
            tr!("the answer is not described; where do the user's data stand?"),
        );
    } else {
        draft.user_info.set("data", envelope::data_among(&members).as_str(), "");
    }
    let also = |(_, other): &(i32, &Operation<'_>)| {
        tr!("{operation} may show whose a token is as well", operation = other.shown())
    };
    draft.others.extend(users.iter().skip(1).map(also));
}

/// Describes how the token travels, by the first of these security schemes that can carry one.
fn auth(draft: &mut Draft, document: &Document, named: &[String], user: Option<&Operation<'_>>) {
    let mut section = Section::about(tr!(
        "How the token travels afterwards: in a header field, the query, a form or JSON."
    ));
    let set = |section: &mut Section, place: &str, name: &str, value: &str, from: String| {
        section.set("in", place, from);
        section.set("name", name, "");
        section.set("value", value, "");
    };
    let all = document.at("/components/securitySchemes").or_else(|| document.at("/securityDefinitions"));
    let schemes = all.and_then(Value::as_object);
    let known = schemes.into_iter().flatten().filter(|(name, _)| named.is_empty() || named.contains(name));
    for (name, scheme) in known {
        let scheme = document.resolved(scheme);
        let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
        let from = tr!("from the security scheme {name}", name);
        match (text("type"), text("in"), text("scheme").to_lowercase().as_str()) {
            ("apiKey", "cookie", _) => {
                set(&mut section, "header", "Cookie", &format!("{}={{token}}", literal(text("name"))), from);
            }
            ("apiKey", "header", _) if text("name").eq_ignore_ascii_case("authorization") => {
                let needed =
                    tr!("{from}, which names no scheme; does a word such as Bearer stand before it?", from);
                section.assume("in", "header", needed);
                section.set("name", text("name"), "");
                section.set("value", "{token}", "");
            }
            ("apiKey", place @ ("header" | "query"), _) => {
                set(&mut section, place, text("name"), "{token}", from);
            }
            ("http", _, "bearer") | ("oauth2" | "openIdConnect", _, _) => {
                set(&mut section, "header", "Authorization", "Bearer {token}", from);
            }
            _ => continue,
        }
        draft.auth.push(section);
        return;
    }
    let is_token = |name: &str| {
        ["token", "authorization", "session", "sessionid", "skey"]
            .iter()
            .any(|word| normal(name).ends_with(word))
    };
    let parameter = user.and_then(|user| {
        user.parameters.iter().find(|parameter| {
            matches!(parameter.place, "header" | "query" | "cookie") && is_token(parameter.leaf.name())
        })
    });
    if let (Some(parameter), Some(user)) = (parameter, user) {
        let name = parameter.leaf.name();
        let from = tr!("from the parameters of {operation}", operation = user.shown());
        match parameter.place {
            "cookie" => {
                set(&mut section, "header", "Cookie", &format!("{}={{token}}", literal(name)), from);
            }
            place if name.eq_ignore_ascii_case("authorization") => {
                set(&mut section, place, name, "Bearer {token}", from);
            }
            place => set(&mut section, place, name, "{token}", from),
        }
    } else {
        section.assume(
            "in",
            "header",
            tr!("the description names no way to carry a token; write how it travels"),
        );
        section.set("name", "Authorization", "");
        section.set("value", "Bearer {token}", "");
    }
    draft.auth.push(section);
}
