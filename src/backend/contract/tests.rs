//! Contract files: what they mean, and what is said about wrong ones.

use std::collections::BTreeSet;

use super::{BUILT_IN, Contract, DOCUMENTED, Expiry, LifetimeUnit, Refresh, StepRole, UnionId, When};

/// The smallest contract of a backend that logs in with one call.
const SMALLEST: &str = r#"
[[login]]
role = "token"
request = "POST api/login"
json = { code = "{code}" }
ok = { status = 200, equals = { "/code" = 0 } }
capture = { token = "/data/token" }
"#;

fn read(text: &str, set: &[&str]) -> Result<Contract, String> {
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    let written = Contract::parse("mine", "mine.toml", text, &set).map_err(|error| error.to_string())?;
    Ok(written.contract)
}

/// Puts lines into the login of the smallest contract.
fn with_login(lines: &str) -> String {
    format!("{SMALLEST}{lines}\n")
}

#[test]
fn the_documented_contract_is_the_documented_flow() {
    let found = Contract::find(DOCUMENTED, &[]).unwrap();
    let told = Some(Expiry::Told {
        from: super::Source::Body("/expires_in".to_owned()),
        unit: LifetimeUnit::Seconds,
    });
    assert_eq!((&found.dialect, &found.expiry), (&None, &told));
    let documented = Contract::documented();
    let same = Contract { title: None, source: None, expiry: None, ..found };
    assert_eq!(same, documented);
}

#[test]
fn a_login_of_its_own_is_not_called_by_the_name_of_another() {
    let login = "[[login]]\nrole = \"token\"\nrequest = \"POST in\"\njson = { code = \"{code}\" }\n\
                 capture = { token = \"/token\" }\n";
    let titled = |text: &str| Contract::parse("mine", "mine.toml", text, &[]).unwrap().contract;
    let own = titled(login);
    assert_eq!((own.title, own.source), (None, None));
    assert_eq!(titled(&format!("title = \"our shop\"\n{login}")).title.as_deref(), Some("our shop"));
    assert!(titled("patience = 3").title.is_some());
}

#[test]
fn a_check_and_a_logout_are_replaced_as_a_whole_and_can_be_taken_away() {
    let pig = |more: &str| {
        let text = format!("like = \"pig\"\n{more}");
        Contract::parse("mine", "mine.toml", &text, &[]).unwrap().contract.spoken.logout.clone()
    };
    assert!(!pig("").unwrap().ok.looks_at_status_alone());
    let own = pig("[logout]\nrequest = \"POST out\"").unwrap();
    assert_eq!((own.call.method.as_str(), own.ok.looks_at_status_alone()), ("POST", true));
    assert_eq!(pig("[logout]\nrequest = \"none\""), None);
    assert!(
        pig("[logout]\nrequest = \"POST out\"\nform = { t = \"{token}\" }\nbasic = \"a:b\"")
            .unwrap()
            .call
            .basic
            .is_some()
    );
    let text = "like = \"pig\"\n[user_info]\nrequest = \"GET me\"\nbasic = \"a:b\"";
    let refused = Contract::parse("mine", "mine.toml", text, &[]).unwrap_err().to_string();
    assert!(refused.contains("user_info.basic") && refused.contains("{basic("), "{refused}");
    let refused = |more: &str| {
        let text = format!("like = \"pig\"\n[check]\nrequest = \"POST introspect\"\n{more}");
        Contract::parse("mine", "mine.toml", &text, &[]).unwrap_err().to_string()
    };
    // The session would stand where the credentials are, and a hole in them has nothing to fill it.
    assert!(refused("basic = \"a:b\"").contains("check: says what stands in Authorization"));
    let open = refused("basic = \"{openid}:b\"\nform = { token = \"{token}\" }");
    assert!(open.contains("check.basic") && open.contains("{openid} is not in [vars]"), "{open}");
}

#[test]
fn a_refresh_token_is_what_is_sent_in_the_place_of_the_session() {
    let named = |sent: &str, session: &str| {
        let text = format!(
            "[[login]]\nrole = \"token\"\nrequest = \"POST in\"\njson = {{ code = \"{{code}}\" }}\n\
             capture = {{ token = \"/token\", uid = \"/uid\", my_refresh = \"/r\" }}\n[refresh]\nmode = \"request\"\n\
             request = \"POST r\"\njson = {{ {sent} }}\n{session}"
        );
        let contract = Contract::parse("mine", "mine.toml", &text, &[]).unwrap().contract;
        contract.spoken.refresh_token().map(str::to_owned)
    };
    let both = "u = \"{uid}\", r = \"{my_refresh}\"";
    assert_eq!(named(both, "").as_deref(), Some("my_refresh"));
    assert_eq!(named(both, "with_session = true").as_deref(), Some("my_refresh"));
    assert_eq!(named("u = \"{uid}\"", "").as_deref(), Some("uid"));
    assert_eq!(named("u = \"{uid}\"", "with_session = true"), None);
    assert_eq!(named("u = \"{uid}\", t = \"{token}\"", ""), None);
}

#[test]
fn client_credentials_do_not_print() {
    let shown = format!("{:?}", Contract::documented().client);
    assert_eq!(shown, "ClientCredentials(app, ***)");
}

#[test]
fn every_built_in_contract_can_be_read_and_shown_and_read_again() {
    let mut names = BTreeSet::new();
    for (name, _) in BUILT_IN {
        assert!(names.insert(*name), "{name} is there twice");
        let written = Contract::find_written(name, &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(written.contract.title.is_some() && written.contract.source.is_some(), "{name}");
        let shown = toml::to_string_pretty(&written.sheet).unwrap();
        let again = Contract::parse(name, "shown.toml", &shown, &[]).unwrap();
        assert_eq!(again.contract, written.contract, "{name}");
    }
}

#[test]
fn the_smallest_contract_leaves_the_rest_to_the_documented_flow() {
    let contract = read(SMALLEST, &[]).unwrap();
    let dialect = contract.dialect.as_ref().unwrap();
    assert_eq!((dialect.login.len(), dialect.login[0].role), (1, StepRole::Token));
    assert!(!contract.asks_for_tokens());
    assert_eq!(dialect.scheme(), Some("Bearer"));
    assert_eq!(dialect.user_info.as_ref().unwrap().call.path.as_written(), "admin/user/info");
    assert_eq!(dialect.refresh, Refresh::Relogin);
    // The openid of the documented answer is nobody's promise here.
    assert!(dialect.openid.is_empty());
}

#[test]
fn where_user_info_shows_the_openid_is_no_promise_of_the_login() {
    let seen = "[identity]\nopenid = \"/me/openid\"";
    let only_seen = read(&with_login(seen), &[]).unwrap().dialect.unwrap();
    assert_eq!(only_seen.openid, [super::Source::Body("/me/openid".to_owned())]);
    assert!(!only_seen.shows_openid());

    let captured = SMALLEST.replace("{ token", "{ openid = \"/data/openid\", token");
    let both = read(&format!("{captured}{seen}"), &[]).unwrap().dialect.unwrap();
    assert_eq!(both.openid, [super::Source::Body("/data/openid".to_owned())], "that is where a login has it");
    assert!(both.shows_openid());
}

#[test]
fn a_change_from_outside_beats_the_file() {
    let set = [
        "vars.tenant=7",
        "login.0.ok.equals=  { \"/errno\" = \"0\" }",
        "patience=2",
        "wechat.unionid=always",
    ];
    let contract =
        read(&with_login("[common]\nheaders = { tenant-id = \"{tenant}\" }\n[vars]\ntenant = \"1\""), &set);
    let contract = contract.unwrap();
    let dialect = contract.dialect.unwrap();
    assert_eq!(dialect.headers[0].1.fill(&|_| None).unwrap(), "7");
    assert_eq!(dialect.login[0].ok.demanded().into_keys().collect::<Vec<_>>(), ["/errno"]);
    assert_eq!((contract.patience.as_secs(), contract.unionid), (2, UnionId::Always));
}

#[test]
fn one_contract_can_differ_from_another_in_a_few_lines() {
    let contract = read("like = \"documented\"\npatience = 3\n[vars]\nclient = \"shop\"", &[]).unwrap();
    assert_eq!((contract.client.name.as_str(), contract.client.secret.as_str()), ("shop", "app"));
    assert!(contract.dialect.is_some(), "the documented client sends other credentials");
    assert!(read("patience = 3", &[]).unwrap().dialect.is_none());
}

#[test]
fn a_step_can_wait_for_a_reason() {
    let register = "[[login]]\nrole = \"register\"\nrequest = \"POST r\"\nform = { code = \"{code}\" }\n\
                    when = { missing = \"token\" }\ncapture = { token = \"/data/token\" }";
    let contract = read(&with_login(register), &[]).unwrap();
    let dialect = contract.dialect.unwrap();
    assert_eq!(dialect.login[1].when, When::Missing("token".to_owned()));
    assert_eq!(dialect.conditional().count(), 1);
    assert!(dialect.token_request().is_none());
}

#[test]
fn what_is_wrong_is_told_with_its_line_its_key_and_what_was_meant() {
    for (text, phrases) in [
        ("patience = -1".to_owned(), &["mine.toml:1", "patience", "-1"][..]),
        ("\npatienze = 1".to_owned(), &["mine.toml:2", "\"patienze\"", "nearest is \"patience\""]),
        ("a = ".to_owned(), &["mine.toml:1"]),
        ("like = \"documentet\"".to_owned(), &["like", "nearest is \"documented\""]),
        (with_login("kapture = 1"), &["mine.toml:8", "\"kapture\"", "nearest is \"capture\"", "allowed are"]),
        (
            SMALLEST.replace("\"token\"\nrequest", "\"tokn\"\nrequest"),
            &["mine.toml:3", "login[0].role", "\"token\""],
        ),
        (SMALLEST.replace("POST ", "PSOT "), &["mine.toml:4", "login[0].request", "\"POST\""]),
        (SMALLEST.replace("POST api/login", "api/login"), &["login[0].request", "POST api/login"]),
        (SMALLEST.replace("{code}", "{cod}"), &["login[0].json.code", "{cod} has no value", "\"code\""]),
        (SMALLEST.replace("{code}", "{code"), &["login[0].json.code", "without its partner"]),
        (SMALLEST.replace("{code}", "x"), &["login[0]", "sends no login code"]),
        (SMALLEST.replace("/data/token", "data.token"), &["login[0].capture.token", "\"/data/token\""]),
        (SMALLEST.replace("{ token =", "{ skey ="), &["login[0].capture", "where the token stands"]),
        (SMALLEST.replace("status = 200", "status = 99"), &["login[0].ok.status", "99", "2xx"]),
        (SMALLEST.replace("status = 200", "status = \"7xx\""), &["login[0].ok.status", "7xx"]),
        (SMALLEST.replace("status = 200", "media = \"jsn\""), &["login[0].ok.media", "\"json\""]),
        (with_login("form = { a = \"1\" }"), &["login[0]", "both a form and a JSON body"]),
        (with_login("basic = \"app\""), &["login[0].basic", "no colon"]),
        (with_login("when = { missing = \"token\" }"), &["login[0].when", "always taken"]),
        (SMALLEST.replace("\"token\"\nrequest", "\"exchange\"\nrequest"), &["login", "no step has the role"]),
        (SMALLEST.repeat(5), &["login", "one to four steps", "5"]),
        (
            with_login("[[auth]]\nin = \"heder\"\nname = \"T\"\nvalue = \"{token}\""),
            &["mine.toml:9", "auth[0].in", "header"],
        ),
        (
            with_login("[[auth]]\nin = \"json\"\nname = \"T\"\nvalue = \"{token}\""),
            &["auth[0].name", "\"/T\""],
        ),
        (
            with_login("[user_info]\nrequest = \"GET me\"\nquery = { t = \"{token}\" }"),
            &["user_info", "carries {token} by itself", "[[auth]]"],
        ),
        (with_login("[expiry]\nfrom = \"/e\"\nunit = \"sec\""), &["expiry.unit", "\"s\""]),
        (
            with_login("[expiry]\nfrom = \"/e\"\nunit = \"local\"\noffset = \"8\""),
            &["expiry.offset", "+08:00"],
        ),
        (with_login("[expiry]\nfrom = \"/e\"\nnever = true"), &["expiry.from", "never end"]),
        (with_login("[expiry]\nseconds = 60\nnever = true"), &["expiry.seconds", "never end"]),
        (with_login("[expiry]\nseconds = 60\nfrom = \"/e\""), &["expiry.from", "leave one of the two out"]),
        (with_login("[expiry]\nseconds = 60\nunit = \"ms\""), &["expiry.unit", "leave one of the two out"]),
        (with_login("[expiry]\nseconds = -1"), &["expiry.seconds", "-1", "7200"]),
        (
            with_login("[common]\nheaders = { X-Token = \"{token}\" }"),
            &["common.headers.X-Token", "[[auth]]"],
        ),
        (with_login("[expiry]\nseconds = 0"), &["expiry.seconds", "7200"]),
        (with_login("[expiry]\nseconds = 60\nleeway = 301"), &["expiry.leeway", "301", "above 300"]),
        (with_login("[expiry]\nseconds = 60\nleeway = -1"), &["expiry.leeway", "-1", "like 60"]),
        (with_login("[expiry]\nleeway = 60"), &["expiry.leeway", "expiry.from or expiry.seconds"]),
        (
            with_login("[expiry]\nnever = true\nleeway = 60"),
            &["expiry.leeway", "expiry.from or expiry.seconds"],
        ),
        (with_login("[refresh]\nmode = \"request\""), &["refresh.request", "is missing"]),
        (with_login("[refresh]\nmode = \"ambient\""), &["refresh.from", "is missing"]),
        (with_login("[refuse.bad_cod]\nstatus = 401"), &["refuse.bad_cod", "bad_code"]),
        (with_login("[waive]\nCODE-02 = \" \""), &["waive.CODE-02", "needs a reason"]),
        (with_login("[wechat]\nunionid = \"never\""), &["wechat.unionid", "always"]),
        (with_login("[expire_by]\nhow = \"clock\""), &["expire_by.request", "is missing"]),
        (format!("inputs = [\"profile\"]\n{SMALLEST}"), &["inputs", "profile_plain"]),
    ] {
        let told = read(&text, &[]).expect_err(&text);
        for phrase in phrases {
            assert!(told.contains(phrase), "{phrase:?} is not in {told:?}, said of {text}");
        }
    }
}

#[test]
fn a_wrong_change_from_outside_is_told_as_it_was_given() {
    for (change, phrases) in [
        ("patience", &["--set patience", "has no \"=\""][..]),
        ("login.3.role=token", &["--set login.3.role=token", "none of the 1 entries"]),
        ("login.0.rol=token", &["\"rol\"", "nearest is \"role\""]),
        ("login.0.role=tokn", &["login[0].role", "\"token\""]),
        ("patience.x=1", &["nothing below it"]),
    ] {
        let told = read(SMALLEST, &[change]).expect_err(change);
        for phrase in phrases {
            assert!(told.contains(phrase), "{phrase:?} is not in {told:?}");
        }
    }
}

#[test]
fn a_contract_that_is_not_there_is_told_with_what_was_looked_for() {
    let told = |name: &str| Contract::find(name, &[]).unwrap_err().to_string();
    assert!(told("documentd").contains("nearest is documented"), "{}", told("documentd"));
    assert!(told("no/such.toml").contains("cannot be read"), "{}", told("no/such.toml"));
}
