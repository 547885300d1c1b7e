//! Does a description make a contract that can be understood?

use super::from_openapi;
use crate::backend::{Contract, Dialect};

fn drafted(text: &str) -> (String, Dialect, Contract) {
    let draft = from_openapi("api", text).unwrap_or_else(|error| panic!("{error}")).to_string();
    let contract =
        Contract::parse("new", "new", &draft, &[]).unwrap_or_else(|error| panic!("{error}: {draft}"));
    let contract = contract.contract;
    (draft, contract.dialect.clone().unwrap(), contract)
}

/// A description with these paths, and with a login unless they have one.
fn with(paths: &str, more: &str) -> String {
    let login = r#""/wx/login":{"post":{"requestBody":{"content":{"application/json":{"schema":{"properties":{"code":{"type":"string"}}}}}},
        "responses":{"200":{"content":{"application/json":{"schema":{"properties":{"token":{"type":"string"},"expire":{"type":"integer","description":"有效期（毫秒）"}}}}}}}}}"#;
    format!(r#"{{"openapi":"3.0.1","paths":{{{login}{paths}}}{more}}}"#)
}

#[test]
fn what_is_not_described_is_left_open() {
    let (text, dialect, contract) = drafted(&with("", ""));
    assert_eq!(dialect.login[0].capture["token"][0].to_string(), "/token");
    assert!(text.contains("TODO: the description names no way to carry a token"), "{text}");
    assert!(text.contains("# TODO: no operation looks like user info"), "{text}");
    let expiry = format!("{:?}", contract.expiry.unwrap());
    assert!(expiry.contains("Millis"), "{expiry}");
    let bare = r#"{"swagger":"2.0","paths":{"/login":{"post":{"parameters":[{"in":"formData","name":"js_code"}]}}}}"#;
    let (text, dialect, _) = drafted(bare);
    assert_eq!(dialect.login[0].call.form[0].0, "js_code");
    assert!(text.contains("TODO: the answer of POST /login is not described"), "{text}");
}

#[test]
fn every_security_scheme_that_can_carry_a_token_does() {
    let user = r#","/user/info":{"get":{"responses":{}}}"#;
    for (scheme, name, value) in [
        (r#"{"type":"http","scheme":"bearer"}"#, "Authorization", "Bearer {token}"),
        (r#"{"type":"oauth2","flows":{}}"#, "Authorization", "Bearer {token}"),
        (r#"{"type":"apiKey","in":"cookie","name":"sid"}"#, "Cookie", "sid={token}"),
        (r#"{"type":"apiKey","in":"query","name":"t"}"#, "t", "{token}"),
        (r#"{"type":"apiKey","in":"header","name":"X-T"}"#, "X-T", "{token}"),
        (r#"{"type":"apiKey","in":"header","name":"Authorization"}"#, "Authorization", "{token}"),
    ] {
        let more = format!(r#","security":[{{"a":[]}}],"components":{{"securitySchemes":{{"a":{scheme}}}}}"#);
        let (_, dialect, _) = drafted(&with(user, &more));
        let carried = &dialect.auth[0];
        assert_eq!((carried.name.as_str(), carried.value.as_written()), (name, value), "{scheme}");
    }
    let parameter = r#","/user/info":{"get":{"parameters":[{"in":"header","name":"X-Token","schema":{"type":"string"}}]}}"#;
    assert_eq!(drafted(&with(parameter, "")).1.auth[0].name, "X-Token");
}

#[test]
fn the_best_login_is_taken_and_the_others_are_listed() {
    let others = r#","/sms/login":{"post":{"parameters":[{"in":"query","name":"code"}]}},
        "/bind/phone":{"post":{"parameters":[{"in":"query","name":"code"}]}},
        "/password":{"post":{"parameters":[{"in":"query","name":"password"}]}}"#;
    let (text, dialect, _) = drafted(&with(others, ""));
    assert_eq!(dialect.login[0].call.path.as_written(), "wx/login");
    assert!(!text.contains("/password") && !text.contains("/bind/phone"), "{text}");
    let also = r#","/mp/login":{"get":{"parameters":[{"in":"query","name":"code"}]}}"#;
    assert!(drafted(&with(also, "")).0.contains("# - GET /mp/login takes a login code as well"));
    let none =
        from_openapi("api", r#"{"openapi":"3.0.1","paths":{"/a":{"get":{}}}}"#).unwrap_err().to_string();
    assert!(
        none.contains("none of its 1 operations takes a login code") && none.contains("--login"),
        "{none}"
    );
}

#[test]
fn a_code_can_stand_in_the_path_and_below_the_body() {
    let path = r#"{"openapi":"3.0.1","paths":{"/wx/login/{code}":{"get":{"parameters":[{"in":"path","name":"code","required":true}]}}}}"#;
    assert_eq!(drafted(path).1.login[0].call.path.as_written(), "wx/login/{code}");
    let nested = r#"{"openapi":"3.0.1","paths":{"/wx/login":{"post":{"requestBody":{"content":{"application/json":{"schema":
        {"required":["data"],"properties":{"data":{"required":["n"],"properties":{"jsCode":{"type":"string"},"n":{"type":"integer","default":2}}}}}}}}}}}}"#;
    let draft = drafted(nested).0;
    assert!(draft.contains("json = { data = { jsCode = \"{code}\", n = 2 } }"), "{draft}");
}
