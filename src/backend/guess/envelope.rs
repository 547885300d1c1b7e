//! What in an answer says yes?

use toml::Table;

use super::places::{Place, leaves};
use crate::backend::body_of;
use crate::expiry::Value;
use crate::record::Answer;

/// Members that say yes or no, the likeliest first.
pub(super) const NAMES: &[&str] = &[
    "code",
    "errno",
    "errcode",
    "err_code",
    "error_code",
    "status",
    "ret",
    "retcode",
    "result_code",
    "resultcode",
];

/// Values that say yes.
const NUMBERS: &[f64] = &[0.0, 200.0, 1.0, 20_000.0];
const TEXTS: &[&str] = &["0", "00000", "200", "0000", "000000", "1", "ok", "OK", "success", "SUCCESS"];

/// Members that are true when all is well.
const TRUTHS: &[&str] = &["success", "ok", "succeed", "successful"];

/// Members in which the data of an envelope stand.
const DATA: &[&str] = &["data", "result", "obj", "content", "payload", "user", "userinfo", "user_info"];

/// Returns the member that says yes, and what it says.
pub(super) fn yes(places: &[Place]) -> Option<(String, toml::Value)> {
    let at_top = || places.iter().filter(|place| place.pointer.matches('/').count() == 1);
    let named = |names: &'static [&'static str]| {
        names.iter().flat_map(move |name| at_top().filter(move |place| place.name == *name))
    };
    let code = named(NAMES).find_map(|place| Some((place.pointer.clone(), says_yes(&place.value)?)));
    code.or_else(|| {
        let truth = named(TRUTHS).find(|place| place.value == Value::Bool(true))?;
        Some((truth.pointer.clone(), true.into()))
    })
}

fn says_yes(value: &Value) -> Option<toml::Value> {
    match value {
        Value::Number(number) => {
            let known = NUMBERS.iter().find(|known| (**known - number).abs() < f64::EPSILON)?;
            format!("{known}").parse::<i64>().ok().map(Into::into)
        }
        Value::String(text) => {
            let text = text.to_string_lossy();
            TEXTS.contains(&text.as_str()).then(|| text.into())
        }
        Value::Undefined | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns what an answer that says yes looks like: a predicate. Where no member says so, it is the status, and that
/// something stands at `telling`.
pub(super) fn ok(answer: &Answer, telling: Option<&str>) -> Table {
    let mut ok = Table::new();
    ok.insert("status".to_owned(), i64::from(answer.status).into());
    match yes(&leaves(&body_of(answer))) {
        Some((pointer, value)) => {
            ok.insert("equals".to_owned(), Table::from_iter([(pointer, value)]).into());
        }
        None => {
            if let Some(telling) = telling.filter(|place| place.starts_with('/')) {
                ok.insert("exists".to_owned(), telling.into());
            }
        }
    }
    ok
}

/// Tells whether an answer plainly says no in its body.
pub(super) fn says_no(answer: &Answer) -> bool {
    let places = leaves(&body_of(answer));
    let top = places.iter().filter(|place| place.pointer.matches('/').count() == 1);
    let coded = top.clone().any(|place| NAMES.contains(&place.name.as_str()));
    let lies =
        top.clone().any(|place| TRUTHS.contains(&place.name.as_str()) && place.value == Value::Bool(false));
    answer.status >= 400 || lies || coded && yes(&places).is_none()
}

/// Returns where in an answer the data stand: below a member that envelopes have, or everywhere.
pub(super) fn data(answer: &Answer) -> String {
    let Value::Object(body) = body_of(answer) else { return String::new() };
    let members =
        body.entries().map(|(name, value)| (name.to_string_lossy(), matches!(value, Value::Object(_))));
    data_among(&members.collect::<Vec<_>>())
}

/// The same, for the members of an answer, and whether they are objects.
pub(super) fn data_among(members: &[(String, bool)]) -> String {
    let there = |name: &&str| {
        let mut named = members.iter().filter(|(member, _)| member.to_lowercase() == **name);
        named.find(|(_, is_object)| *is_object)
    };
    DATA.iter().find_map(there).map_or_else(String::new, |(member, _)| format!("/{member}"))
}

#[cfg(test)]
mod tests {
    use super::{data, ok, says_no};
    use crate::record::{Answer, Headers};

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: Headers::default(), body: body.as_bytes().to_vec(), cut: false }
    }

    #[test]
    fn the_member_that_says_yes_is_found_with_its_type() {
        for (body, wanted) in [
            (r#"{"code":0,"data":{"code":7}}"#, "{ equals = { \"/code\" = 0 }, status = 200 }"),
            (r#"{"code":"00000","msg":"ok"}"#, "{ equals = { \"/code\" = \"00000\" }, status = 200 }"),
            (r#"{"errno":0}"#, "{ equals = { \"/errno\" = 0 }, status = 200 }"),
            (r#"{"status":200,"code":"x"}"#, "{ equals = { \"/status\" = 200 }, status = 200 }"),
            (r#"{"success":true}"#, "{ equals = { \"/success\" = true }, status = 200 }"),
            (r#"{"token":"t"}"#, "{ exists = \"/token\", status = 200 }"),
            (r#"{"data":{"code":0}}"#, "{ exists = \"/token\", status = 200 }"),
        ] {
            let found = toml::Value::Table(ok(&answer(200, body), Some("/token"))).to_string();
            assert_eq!(found, wanted, "{body}");
        }
        assert_eq!(
            toml::Value::Table(ok(&answer(204, ""), Some("cookie:s"))).to_string(),
            "{ status = 204 }"
        );
    }

    #[test]
    fn a_no_is_seen_in_the_body_too() {
        assert!(says_no(&answer(401, "{}")) && says_no(&answer(200, r#"{"code":501}"#)));
        assert!(says_no(&answer(200, r#"{"success":false}"#)));
        assert!(!says_no(&answer(200, r#"{"code":0}"#)) && !says_no(&answer(200, r#"{"id":7}"#)));
    }

    #[test]
    fn data_stand_in_an_envelope_or_in_none() {
        assert_eq!(data(&answer(200, r#"{"code":0,"Data":{},"user":{}}"#)), "/Data");
        assert_eq!(data(&answer(200, r#"{"userInfo":{}}"#)), "/userInfo");
        assert_eq!(data(&answer(200, r#"{"data":"x","id":1}"#)), "");
        assert_eq!(data(&answer(200, "no JSON")), "");
    }
}
