//! Does what is odd about a request stay odd in the contract's words?

use std::time::Duration;

use super::{Captured, Material, RenewedBy, Speaker, Unspoken, spell};
use crate::backend::{Contract, Guarded, Target, TimeControl};
use crate::record::Request;
use crate::standin::{Person, StandIn, StandInSettings, Wechat};
use crate::suite::driver::{basic, request, request_with};
use crate::suite::hostile::with_method;

/// One login by a form, under another name and behind a prefix.
const FORM: &str = r#"
[vars]
client = "shop"
client_secret = "hush"
[common]
headers = { tenant-id = "7" }
query = { app = "wx" }
[[login]]
role = "token"
request = "POST oauth/token"
form = { grant = "mobile", mobile = "MINI@{code}" }
basic = "{client}:{client_secret}"
ok = { status = 200 }
capture = { token = "/access_token" }
[[auth]]
in = "header"
name = "Authorization"
value = "Token {token}"
[user_info]
request = "GET me"
"#;

/// One login by JSON, and a token that travels in three places at once, of which none is `Authorization`.
const JSON: &str = r#"
[[login]]
role = "token"
request = "POST login"
json = { data = { js_code = "{code}" }, type = 34 }
ok = { equals = { "/errno" = 0 } }
capture = { token = "/data/token" }
[[auth]]
in = "query"
name = "token"
value = "{token}"
[[auth]]
in = "header"
name = "X-Token"
value = "{token}"
[[auth]]
in = "json"
name = "/auth/token"
value = "t:{token}"
[user_info]
request = "POST me"
"#;

/// Two steps: a code becomes a key, and the key a token.
const KEYED: &str = r#"
[[login]]
role = "exchange"
request = "GET key"
query = { c = "{code}" }
ok = { status = 200 }
capture = { key = "/key" }
[[login]]
role = "token"
request = "GET token"
query = { key = "{key}" }
ok = { status = 200 }
capture = { token = "/token" }
[[auth]]
in = "form"
name = "sessionId"
value = "{token}"
[user_info]
request = "POST me"
"#;

/// Whoever speaks, and what they speak with.
struct Stage {
    target: Target,
    contract: Contract,
    wechat: Wechat,
    person: Person,
    captured: Captured,
    _stand_in: StandIn,
}

impl Stage {
    async fn of(contract: &str) -> Self {
        let stand_in = StandIn::start(([127, 0, 0, 1], 0).into(), StandInSettings::default()).await.unwrap();
        let wechat = stand_in.wechat();
        Self {
            target: Target::new("http://b", TimeControl::Wait(Duration::ZERO)).unwrap(),
            contract: Contract::parse("mine", "mine.toml", contract, &[]).unwrap().contract,
            person: wechat.person("Alice"),
            wechat,
            captured: Captured::new(),
            _stand_in: stand_in,
        }
    }

    fn spelled(&self, request: Request) -> Result<Request, Unspoken> {
        spell(&self.target, &self.contract, &self.wechat, request, (&self.person, &self.captured))
    }

    /// The code exchange of the documented flow, its parameters encoded already.
    fn exchange(&self, pair: Option<&str>) -> Request {
        request_with(&self.target, &self.contract.exchange, pair.map(str::to_owned), None)
    }

    fn token(&self, openid: Option<&str>) -> Request {
        request(&self.target, &self.contract.token, openid, Some(basic(&self.contract.client)))
    }

    fn user_info(&self, authorization: Option<&str>) -> Request {
        request(&self.target, &self.contract.user_info, None, authorization.map(str::to_owned))
    }
}

fn body(request: &Request) -> &str {
    std::str::from_utf8(&request.body).unwrap()
}

#[tokio::test]
async fn a_request_is_said_as_the_contract_has_it() {
    let form = Stage::of(FORM).await;
    let said = form.spelled(form.exchange(Some("code=0f%2F1"))).unwrap();
    assert_eq!((said.method.as_str(), said.url.as_str()), ("POST", "http://b/oauth/token?app=wx"));
    assert_eq!(body(&said), "grant=mobile&mobile=MINI%400f%2F1");
    assert_eq!(said.headers.get("authorization"), Some("Basic c2hvcDpodXNo"));
    assert_eq!(said.headers.get("tenant-id"), Some("7"));
    let json = Stage::of(JSON).await;
    let said = json.spelled(json.exchange(Some("code=0f1"))).unwrap();
    assert_eq!(body(&said), r#"{"data":{"js_code":"0f1"},"type":34}"#);
    assert_eq!(said.headers.get("authorization"), None);
    let keyed = Stage::of(KEYED).await;
    assert_eq!(keyed.spelled(keyed.exchange(Some("code=0f1"))).unwrap().url, "http://b/key?c=0f1");
    assert_eq!(keyed.spelled(keyed.token(Some("k1"))).unwrap().url, "http://b/token?key=k1");
}

#[tokio::test]
async fn a_parameter_that_is_missing_stays_missing() {
    let form = Stage::of(FORM).await;
    assert_eq!(body(&form.spelled(form.exchange(None)).unwrap()), "grant=mobile");
    let json = Stage::of(JSON).await;
    assert_eq!(body(&json.spelled(json.exchange(None)).unwrap()), r#"{"data":{},"type":34}"#);
    let keyed = Stage::of(KEYED).await;
    assert_eq!(keyed.spelled(keyed.exchange(None)).unwrap().url, "http://b/key");
    assert_eq!(keyed.spelled(keyed.token(None)).unwrap().url, "http://b/token");
}

#[tokio::test]
async fn an_empty_parameter_is_not_a_missing_one() {
    let json = Stage::of(JSON).await;
    let said = json.spelled(json.exchange(Some("code="))).unwrap();
    assert_eq!(body(&said), r#"{"data":{"js_code":""},"type":34}"#);
}

#[tokio::test]
async fn a_parameter_that_is_there_twice_is_there_twice_in_its_own_place() {
    let form = Stage::of(FORM).await;
    let said = form.spelled(form.exchange(Some("code=a&code=b"))).unwrap();
    assert_eq!(body(&said), "grant=mobile&mobile=MINI%40a&mobile=MINI%40b");
    let keyed = Stage::of(KEYED).await;
    assert_eq!(keyed.spelled(keyed.exchange(Some("code=a&code=b"))).unwrap().url, "http://b/key?c=a&c=b");
}

#[tokio::test]
async fn more_parameters_and_fields_go_where_the_others_are() {
    let form = Stage::of(FORM).await;
    let mut asked = form.exchange(Some("code=a&x=%26"));
    asked.headers.set("x-request-id", "r1");
    let said = form.spelled(asked).unwrap();
    assert_eq!(body(&said), "grant=mobile&mobile=MINI%40a&x=%26");
    assert_eq!(said.headers.get("x-request-id"), Some("r1"));
    let json = Stage::of(JSON).await;
    let said = json.spelled(json.exchange(Some("code=a&x~/y=1"))).unwrap();
    assert_eq!(body(&said), r#"{"data":{"js_code":"a"},"type":34,"x~/y":"1"}"#);
    let keyed = Stage::of(KEYED).await;
    assert_eq!(keyed.spelled(keyed.exchange(Some("code=a&x=1"))).unwrap().url, "http://b/key?c=a&x=1");
}

#[tokio::test]
async fn another_method_is_another_method_of_the_contract() {
    let form = Stage::of(FORM).await;
    let other =
        |method: &str| form.spelled(Request { method: method.to_owned(), ..form.exchange(Some("code=a")) });
    assert_eq!(other("PUT").unwrap().method, "PUT");
    assert_eq!(body(&other("PUT").unwrap()), "grant=mobile&mobile=MINI%40a");
    // What has no body says in the URL what the body said.
    let traced = other("TRACE").unwrap();
    assert_eq!(
        (traced.url.as_str(), body(&traced)),
        ("http://b/oauth/token?app=wx&grant=mobile&mobile=MINI%40a", "")
    );
    assert!(other("POST").unwrap_err().contains("POST is the method of this contract"));
    // A body that the method alone calls for is the contract's own, and so is its type.
    let json = Stage::of(JSON).await;
    for (asked, own) in [
        (json.exchange(Some("code=a")), r#"{"data":{"js_code":"a"},"type":34}"#),
        (json.user_info(Some("Bearer t1")), r#"{"auth":{"token":"t:t1"}}"#),
    ] {
        let asked = Request { body: Vec::new(), ..asked };
        let operation = [&json.contract.exchange, &json.contract.user_info]
            .into_iter()
            .find(|operation| asked.url.starts_with(&json.target.url_of(operation.path)))
            .unwrap();
        let put = json.spelled(with_method(operation, "PUT", asked, "a")).unwrap();
        assert_eq!((put.method.as_str(), body(&put)), ("PUT", own));
        let types: Vec<_> = put.headers.iter().filter(|(name, _)| *name == "content-type").collect();
        assert_eq!(types, [("content-type", "application/json")]);
    }
    let keyed = Stage::of(KEYED).await;
    assert_eq!(keyed.spelled(keyed.exchange(Some("code=a"))).unwrap().method, "GET");
}

#[tokio::test]
async fn a_body_of_another_kind_stays_as_it_is() {
    let keyed = Stage::of(KEYED).await;
    let spoilt = Request { body: b"\xff\x00[".to_vec(), ..keyed.exchange(Some("code=a")) };
    let said = keyed.spelled(spoilt.clone()).unwrap();
    assert_eq!((said.url.as_str(), said.body.as_slice()), ("http://b/key?c=a", &b"\xff\x00["[..]));
    let json = Stage::of(JSON).await;
    assert_eq!(json.spelled(spoilt).unwrap().body, b"\xff\x00[");
    let mut typed = json.exchange(Some("code=a"));
    typed.body = b"<code/>".to_vec();
    typed.headers.set("content-type", "application/xml");
    let said = json.spelled(typed).unwrap();
    assert_eq!((body(&said), said.headers.get("content-type")), ("<code/>", Some("application/xml")));
}

#[tokio::test]
async fn a_token_travels_in_every_place_that_the_contract_names() {
    let json = Stage::of(JSON).await;
    let said = json.spelled(json.user_info(Some("Bearer t/1"))).unwrap();
    assert_eq!((said.method.as_str(), said.url.as_str()), ("POST", "http://b/me?token=t%2F1"));
    assert_eq!((said.headers.get("x-token"), said.headers.get("authorization")), (Some("t/1"), None));
    assert_eq!(body(&said), r#"{"auth":{"token":"t:t/1"}}"#);
    let keyed = Stage::of(KEYED).await;
    let said = keyed.spelled(keyed.user_info(Some("Bearer t1"))).unwrap();
    assert_eq!(
        (body(&said), said.headers.get("content-type")),
        ("sessionId=t1", Some("application/x-www-form-urlencoded"))
    );
    // Who brings none brings none anywhere.
    let said = json.spelled(json.user_info(None)).unwrap();
    assert_eq!((said.url.as_str(), said.headers.get("x-token"), body(&said)), ("http://b/me", None, ""));
}

#[tokio::test]
async fn a_scheme_is_odd_in_the_same_way() {
    let form = Stage::of(FORM).await;
    let field = |said: &str| {
        let spelled = form.spelled(form.user_info(Some(said)))?;
        Ok::<_, Unspoken>(spelled.headers.get("authorization").unwrap().to_owned())
    };
    assert_eq!(field("Bearer t1").unwrap(), "Token t1");
    assert_eq!(field("bearer t1").unwrap(), "token t1");
    assert_eq!(field("BEARER t1").unwrap(), "TOKEN t1");
    assert_eq!(field("bEaReR t1").unwrap(), "tOkEn t1");
    assert_eq!(field("Basic t1").unwrap(), "Basic t1");
    assert!(field("Token t1").unwrap_err().contains("Token is the scheme of this contract"));
    let json = Stage::of(JSON).await;
    for odd in ["bearer t1", "Basic t1", "t1"] {
        let told = json.spelled(json.user_info(Some(odd))).unwrap_err();
        assert!(told.contains("does not carry its tokens behind a scheme"), "{odd}: {told}");
    }
}

#[tokio::test]
async fn credentials_of_the_client_stay_wrong_or_missing() {
    let form = Stage::of(FORM).await;
    let own = form.person.openid.as_str().to_owned();
    let with = |authorization: Option<&str>| {
        let asked = request(&form.target, &form.contract.token, Some(&own), authorization.map(str::to_owned));
        form.spelled(asked).unwrap().headers.get("authorization").map(str::to_owned)
    };
    assert_eq!(with(None), None);
    assert_eq!(with(Some("Basic d3Jvbmc=")).as_deref(), Some("Basic d3Jvbmc="));
}

#[tokio::test]
async fn where_only_a_code_buys_a_token_the_person_logs_in_anew() {
    let json = Stage::of(JSON).await;
    let own = json.person.openid.as_str().to_owned();
    let code = |said: &Request| {
        let body: serde_json::Value = serde_json::from_slice(&said.body).unwrap();
        body["data"]["js_code"].as_str().unwrap().to_owned()
    };
    let first = code(&json.spelled(json.token(Some(&own))).unwrap());
    let second = code(&json.spelled(json.token(Some(&own))).unwrap());
    assert_ne!(first, second);
    assert!(first != own && !first.is_empty(), "{first}");
    // What nobody can have been given is bad input, and is put in the place of the code.
    assert_eq!(code(&json.spelled(json.token(Some("o'--"))).unwrap()), "o'--");
    // To be somebody else is nothing that can be said here, nor is to be nobody.
    for openid in [Some("oSomebodyElse"), Some(""), None] {
        let told = json.spelled(json.token(openid)).unwrap_err();
        assert!(told.contains("hands out a token for a login code only"), "{openid:?}: {told}");
    }
}

#[tokio::test]
async fn a_path_of_no_call_is_what_it_is() {
    let form = Stage::of(FORM).await;
    let elsewhere = Request { url: "http://b/.env".to_owned(), ..form.user_info(None) };
    let said = form.spelled(elsewhere).unwrap();
    assert_eq!((said.url.as_str(), said.headers.get("tenant-id")), ("http://b/.env?app=wx", Some("7")));
    // Without a dialect nothing is changed at all.
    let documented = Stage::of("").await;
    let asked = documented.exchange(Some("code=a&code=b"));
    assert_eq!(documented.spelled(asked.clone()).unwrap(), asked);
}

#[tokio::test]
async fn a_token_beside_a_code_stands_where_tokens_stand() {
    let json = Stage::of(JSON).await;
    let with = |bearer: &str| {
        request_with(
            &json.target,
            &json.contract.exchange,
            Some("code=0f1".to_owned()),
            Some(bearer.to_owned()),
        )
    };
    let said = json.spelled(with("Bearer abc")).unwrap();
    assert_eq!(said.url, "http://b/login?token=abc");
    assert_eq!((said.headers.get("X-Token"), said.headers.get("authorization")), (Some("abc"), None));
}

#[tokio::test]
async fn a_token_stuck_to_the_scheme_is_stuck_to_that_of_the_contract() {
    let form = Stage::of(FORM).await;
    for (documented, spelled) in
        [("Bearerabc", "Tokenabc"), ("Bearer abc", "Token abc"), ("Basic abc", "Basic abc")]
    {
        let said = form.spelled(form.user_info(Some(documented))).unwrap();
        assert_eq!(said.headers.get("authorization"), Some(spelled));
    }
}

/// What is sent to renew, look at and end a session of the contract.
async fn about_session(contract: &str, by: RenewedBy<'_>) -> [Request; 3] {
    let stage = Stage::of(contract).await;
    let captured = Captured::from([("refresh".to_owned(), "r1".to_owned())]);
    let Stage { target, contract, wechat, person, .. } = &stage;
    let speaker =
        Speaker { target, contract, dialect: &contract.spoken, wechat, person, captured: &captured };
    let material = Material::new(wechat, person);
    let guarded = |guarded: &Option<Guarded>| {
        speaker.about_session(guarded.as_ref().unwrap(), Some("Bearer t1"), true, &material)
    };
    let renewed = speaker.renewal("Bearer t1", by).unwrap();
    [renewed, guarded(&contract.spoken.check).unwrap(), guarded(&contract.spoken.logout).unwrap()]
}

#[tokio::test]
async fn a_session_is_renewed_by_what_the_contract_says_or_by_what_is_put_in_its_place() {
    let more = "[check]\nrequest = \"POST verify\"\njson = { t = \"{token}\" }\n\
                [logout]\nrequest = \"DELETE session\"\n[refresh]\nmode = \"request\"\nrequest = \"POST r\"\n";
    // A refresh token goes into the form, and the token nowhere.
    let keyed = JSON.replace("token = \"/data/token\"", "token = \"/data/token\", refresh = \"/data/r\"");
    let keyed = format!("{keyed}{more}form = {{ key = \"{{refresh}}\" }}\n");
    let (own, other, none) = (RenewedBy::Contract, RenewedBy::Instead(Some("x")), RenewedBy::Instead(None));
    for (by, form) in [(own, "key=r1"), (other, "key=x"), (none, "")] {
        let [renewal, check, logout] = about_session(&keyed, by).await;
        assert_eq!((body(&renewal), renewal.headers.get("X-Token")), (form, None));
        // A check that names the token itself carries it nowhere else.
        assert_eq!((body(&check), check.headers.get("X-Token")), (r#"{"t":"t1"}"#, None));
        assert_eq!((logout.method.as_str(), logout.headers.get("X-Token")), ("DELETE", Some("t1")));
    }
    // A session that is renewed by itself is carried as ever, also where the login is the documented one.
    let itself = format!("{more}with_session = true\n");
    for (by, carried) in [(own, Some("Bearer t1")), (other, Some("Bearer x")), (none, None)] {
        let [renewal, _, logout] = about_session(&itself, by).await;
        assert_eq!(renewal.headers.get("authorization"), carried);
        assert_eq!(logout.headers.get("authorization"), Some("Bearer t1"));
    }
}

#[tokio::test]
async fn a_check_or_a_logout_may_have_credentials_of_the_client_and_not_the_session() {
    let more = "[check]\nrequest = \"POST introspect\"\nform = { token = \"{token}\" }\nbasic = \"mini:hush\"\n\
                [logout]\nrequest = \"POST revoke\"\nquery = { t = \"{token}\" }\n\
                headers = { Authorization = \"{basic(mini, hush)}\" }\n\
                [refresh]\nmode = \"request\"\nrequest = \"POST r\"\nbasic = \"mini:hush\"\n";
    let requests = about_session(more, RenewedBy::Contract).await;
    for request in &requests {
        assert_eq!(request.headers.get("authorization"), Some("Basic bWluaTpodXNo"), "{}", request.url);
    }
    assert_eq!(body(&requests[1]), "token=t1");
}

#[tokio::test]
async fn whoever_has_no_session_has_nothing_else_of_the_login_either() {
    let contract = format!(
        "{}\n[logout]\nrequest = \"POST out\"\nform = {{ r = \"{{refresh}}\", t = \"{{token}}\" }}\n",
        JSON.replace("token = \"/data/token\"", "token = \"/data/token\", refresh = \"/data/r\"")
    );
    let stage = Stage::of(&contract).await;
    let captured = Captured::from([("refresh".to_owned(), "r1".to_owned())]);
    let Stage { target, contract, wechat, person, .. } = &stage;
    let speaker =
        Speaker { target, contract, dialect: &contract.spoken, wechat, person, captured: &captured };
    let logout = contract.spoken.logout.as_ref().unwrap();
    let material = Material::new(wechat, person);
    for (said, is_own, form) in
        [(Some("Bearer t1"), true, "r=r1&t=t1"), (Some("Bearer x"), false, "t=x"), (None, false, "")]
    {
        assert_eq!(body(&speaker.about_session(logout, said, is_own, &material).unwrap()), form);
    }
}

#[tokio::test]
async fn what_names_a_session_in_a_path_stays_there_whoever_asks() {
    let contract = format!(
        "{}\n[logout]\nrequest = \"DELETE sessions/{{id}}\"\n[check]\nrequest = \"GET by/{{refresh}}\"\n[refresh]\n\
         mode = \"request\"\nrequest = \"POST r\"\njson = {{ r = \"{{refresh}}\" }}\n",
        JSON.replace(
            "token = \"/data/token\"",
            "token = \"/data/token\", refresh = \"/data/r\", id = \"/data/id\""
        )
    );
    let stage = Stage::of(&contract).await;
    let captured =
        Captured::from([("refresh".to_owned(), "r1".to_owned()), ("id".to_owned(), "i1".to_owned())]);
    let Stage { target, contract, wechat, person, .. } = &stage;
    let speaker =
        Speaker { target, contract, dialect: &contract.spoken, wechat, person, captured: &captured };
    let material = Material::new(wechat, person);
    let [logout, check] =
        [&contract.spoken.logout, &contract.spoken.check].map(|call| call.as_ref().unwrap());
    for (said, is_own) in [(Some("Bearer t1"), true), (Some("Bearer x"), false), (None, false)] {
        assert!(speaker.about_session(logout, said, is_own, &material).unwrap().url.contains("/sessions/i1"));
    }
    // What a session is renewed by is no name.
    assert!(speaker.about_session(check, Some("Bearer t1"), true, &material).is_ok());
    assert!(speaker.about_session(check, None, false, &material).is_err());
}

#[tokio::test]
async fn what_every_request_has_may_be_made_for_it() {
    let common = r#"headers = { tenant-id = "7", ts = "{now_ms}", sign = "{appid}-{nonce}" }"#;
    let timed = FORM
        .replace(r#"headers = { tenant-id = "7" }"#, common)
        .replace(r#"query = { app = "wx" }"#, r#"query = { at = "{now_s}" }"#)
        .replace(r#"grant = "mobile""#, r#"grant = "{nonce}""#);
    let stage = Stage::of(&timed).await;
    let elsewhere = Request { url: "http://b/.env".to_owned(), ..stage.user_info(None) };
    let mut signs = Vec::new();
    for asked in [
        stage.exchange(Some("code=a")),
        stage.exchange(Some("code=a")),
        stage.user_info(Some("Bearer t1")),
        elsewhere,
    ] {
        let said = stage.spelled(asked).unwrap();
        let millis = said.headers.get("ts").unwrap();
        assert!(said.url.ends_with(&format!("?at={}", &millis[..millis.len() - 3])), "{}", said.url);
        let sign = said.headers.get("sign").unwrap().to_owned();
        let nonce = sign.strip_prefix(&format!("{}-", stage.wechat.app_id().as_str())).unwrap();
        // One request has one nonce, and no other request has it.
        assert!(said.body.is_empty() || body(&said).starts_with(&format!("grant={nonce}&")), "{sign}");
        assert!(!signs.contains(&sign), "{signs:?}");
        signs.push(sign);
    }
}
