//! Whatever stands in a recording or a description: is what is made of it a contract, or else told to be none?

use serde_json::{Value, json};

use super::{Draft, GuessError, from_har, from_openapi};
use crate::backend::Contract;

const RECORDINGS: &[&str] = &[
    include_str!("../../../tests/recordings/cookie.har"),
    include_str!("../../../tests/recordings/envelope.har"),
    include_str!("../../../tests/recordings/form.har"),
    include_str!("../../../tests/recordings/text-code.har"),
    include_str!("../../../tests/recordings/two-steps.har"),
];

const DESCRIPTIONS: &[&str] = &[
    include_str!("../../../tests/descriptions/envelope.json"),
    include_str!("../../../tests/descriptions/swagger.json"),
];

/// Values that somebody may have put anywhere.
fn oddities() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("a{b}\"c\n\u{1b}'''\\{{"),
        json!("{token}"),
        json!("错误".repeat(40)),
        json!([]),
        json!({"$ref": "#/paths"}),
        json!({"code": {"a/b~": "x"}}),
    ]
}

/// Returns the pointers to every member and entry of a document.
fn everywhere(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (name, value) in below {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        everywhere(value, &pointer, found);
        found.push(pointer);
    }
}

fn understood(draft: &Draft, what: &str) {
    let text = draft.to_string();
    if let Err(error) = Contract::parse("new", "new", &text, &[]) {
        // Methods that nobody has are the one thing that a contract does not take.
        assert!(error.to_string().contains(".request: "), "{what}: {error}\n{text}");
    }
}

fn spoilt(text: &str, guess: fn(&str, &str) -> Result<Draft, GuessError>) {
    let whole: Value = serde_json::from_str(text).unwrap();
    let mut pointers = Vec::new();
    everywhere(&whole, "", &mut pointers);
    let mut made = 0;
    for (at, pointer) in pointers.iter().enumerate() {
        // One odd value for each place, all of them for all places together.
        let odd = oddities().remove(at % oddities().len());
        let mut spoilt = whole.clone();
        *spoilt.pointer_mut(pointer).unwrap() = odd.clone();
        if let Ok(draft) = guess("given", &spoilt.to_string()) {
            made += 1;
            understood(&draft, &format!("{odd} at {pointer}"));
        }
    }
    assert!(made > pointers.len() / 4, "{made} of {}", pointers.len());
}

#[test]
fn an_odd_recording_makes_a_contract_or_is_told_to_be_none() {
    for recording in RECORDINGS {
        spoilt(recording, from_har);
    }
}

#[test]
fn an_odd_description_makes_a_contract_or_is_told_to_be_none() {
    for description in DESCRIPTIONS {
        spoilt(description, from_openapi);
    }
}

#[test]
fn a_file_that_ends_too_early_is_told() {
    let recording: fn(&str, &str) -> Result<Draft, GuessError> = from_har;
    for (text, guess) in [(RECORDINGS[0], recording), (DESCRIPTIONS[0], from_openapi)] {
        let text = text.trim_end();
        for end in (0..text.len()).step_by(97).filter(|end| text.is_char_boundary(*end)) {
            assert!(guess("given", &text[..end]).is_err(), "{end}");
        }
    }
}

/// A recording of these exchanges: method, path, JSON sent, token sent, status, JSON answered.
fn recording(exchanges: &[(&str, &str, Value, &str, u16, Value)]) -> String {
    let entry = |(method, path, sent, token, status, answered): &(&str, &str, Value, &str, u16, Value)| {
        let headers = if token.is_empty() { json!([]) } else { json!([{"name": "X-T", "value": token}]) };
        json!({"request": {"method": method, "url": format!("http://b/{path}"), "headers": headers,
                "postData": {"text": sent.to_string()}},
            "response": {"status": status, "content": {"text": answered.to_string()}}})
    };
    json!({"log": {"entries": exchanges.iter().map(entry).collect::<Vec<_>>()}}).to_string()
}

#[test]
fn the_login_that_was_granted_is_taken_and_not_the_one_that_was_refused() {
    let text = recording(&[
        ("POST", "a/login", json!({"code": "0bad"}), "", 200, json!({"code": 40029})),
        (
            "POST",
            "sms/verify",
            json!({"code": "123456", "mobile": "13800138000"}),
            "",
            200,
            json!({"code": 0}),
        ),
        (
            "POST",
            "b/login",
            json!({"code": "0good"}),
            "",
            200,
            json!({"code": 0, "data": {"token": "secret-token"}}),
        ),
        ("GET", "orders/list", json!({}), "secret-token", 200, json!({"code": 0, "data": []})),
        ("GET", "me", json!({}), "secret-token", 200, json!({"code": 0, "data": {"nickName": "Ann"}})),
    ]);
    let draft = from_har("given", &text).unwrap().to_string();
    assert!(
        draft.contains("request = \"POST b/login\"") && draft.contains("request = \"GET me\""),
        "{draft}"
    );
    for other in ["entry 1: POST /a/login", "entry 2: POST /sms/verify", "/orders/list is opened"] {
        assert!(draft.contains(&format!("# - {other}")), "{other}: {draft}");
    }
    for secret in ["0good", "secret-token", "0bad", "123456", "13800138000"] {
        assert!(!draft.contains(secret), "{secret}: {draft}");
    }
}

#[test]
fn a_path_with_somebodys_name_in_it_is_not_copied() {
    let text = recording(&[
        (
            "POST",
            "login",
            json!({"code": "0good"}),
            "",
            200,
            json!({"token": "secret-token", "openid": "oAbCdEf0123456789xyz"}),
        ),
        ("GET", "user/oAbCdEf0123456789xyz", json!({}), "secret-token", 200, json!({"id": 1})),
    ]);
    let draft = from_har("given", &text).unwrap();
    assert!(!draft.to_string().contains("oAbCdEf"), "{draft}");
    assert!(draft.open().iter().any(|open| open.starts_with("user_info.request: ")), "{:?}", draft.open());
}
