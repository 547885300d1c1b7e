//! Does `simulate` read any script, and tell what is wrong with one?

use serde_json::{Value, json};

use crate::cli_foil::answering;
use crate::cli_stage::{free_port, wxconform};

/// One launch with an expired session.
const LAUNCH: &str = r#"{"events":[{"event":"launch","session":"expired","now_ms":1700000000123}]}"#;

#[test]
fn a_script_is_read_from_a_file_or_from_the_standard_input() {
    let of_input = wxconform(&["simulate"]).input(LAUNCH).ended();
    let of_file = wxconform(&["simulate", "script.json"]).file("script.json", LAUNCH).ended();
    for ended in [of_input, of_file] {
        let json = ended.has_status(0).json();
        assert_eq!(json["events"], json!(["loginSucess"]));
        assert_eq!(json["requests"].as_array().map(Vec::len), Some(3));
        assert_eq!(ended.stderr, "");
    }
}

#[test]
fn a_backend_can_be_named_by_flag_variable_or_file() {
    let url = answering("200 OK", "application/json", r#"{"data":{"openid":"oA"}}"#);
    let script = LAUNCH.replace("{\"events\"", "{\"codes\":[\"c1\"],\"events\"");
    let by_flag = wxconform(&["simulate", "--backend", &url]);
    let by_variable = wxconform(&["simulate"]).variable("WXCONFORM_BACKEND", &url);
    let by_file = wxconform(&["simulate"]).file("wxconform.toml", format!("backend = '{url}'"));
    for invocation in [by_flag, by_variable, by_file] {
        let json = invocation.input(&script).ended().has_status(0).json();
        assert_eq!(json["requests"][0]["query"], "code=c1");
        assert_eq!(json["storage"]["openid"], "oA");
    }
}

#[test]
fn a_backend_that_is_not_there_is_what_the_phone_saw_and_no_error() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let json = wxconform(&["simulate", "--backend", &url]).input(LAUNCH).ended().has_status(0).json();
    assert_eq!(json["requests"][0]["status"], Value::Null);
    assert_eq!(json["stages"][1]["outcome"], "pending");
}

#[test]
fn tokens_are_masked_only_when_it_is_told_to() {
    let token = |arguments: &[&str]| {
        let json = wxconform(arguments).input(LAUNCH).ended().has_status(0).json();
        let stored = &json["storage"]["tokenObj"]["access_token"];
        stored.as_str().unwrap_or_else(|| panic!("{json:#}")).to_owned()
    };
    assert_eq!(token(&["simulate", "--redact"]), "***");
    assert!(token(&["simulate"]).len() > 8);
}

#[test]
fn a_script_that_cannot_be_read_is_told_with_the_reason() {
    let simulate = || wxconform(&["simulate"]);
    let rows = [
        ("", "the script is not JSON"),
        ("{", "the script is not JSON"),
        ("[]", "error: "),
        ("7", "error: "),
    ];
    for (script, words) in rows {
        simulate().input(script).ended().refused(words);
    }
    wxconform(&["simulate", "none.json"]).ended().refused("cannot read the script none.json: ");
    wxconform(&["simulate", "."]).ended().refused("cannot read the script .: ");
    let binary = wxconform(&["simulate", "script"]).file("script", b"\xff{}");
    binary.ended().refused("the script is not UTF-8");
}
