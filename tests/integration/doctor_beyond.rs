//! Is the right thing named where a contract does not fit what a backend has beyond the login?

use crate::doctor::{Row, each_is_named, examined, wrong};
use crate::doctor_backend::{Heard, Said, TOKEN, answered, one_step};

/// Has a check, a renewal and a logout beside one login.
const BEYOND: &str = r#"
[[login]]
role = "token"
request = "POST api/login"
json = { code = "{code}" }
ok = { status = 200, equals = { "/code" = 0 } }
capture = { token = "/data/token" }
[[auth]]
in = "header"
name = "X-Token"
value = "{token}"
[user_info]
request = "GET api/me"
ok = { equals = { "/code" = 0 } }
data = "/data"
[identity]
openid = "/data/openid"
[expiry]
from = "/data/expires"
unit = "s"
[refresh]
mode = "request"
request = "POST api/renewal"
with_session = true
capture = { token = "/data/token" }
[check]
request = "GET api/check"
ok = { equals = { "/valid" = true } }
[logout]
request = "DELETE api/session"
"#;

/// A backend with a check, a renewal and a logout, all of which work but for what is said instead.
fn beyond(
    name: &'static str,
    phrase: &'static str,
    instead: impl Fn(&Heard) -> Option<Said> + Send + Sync + 'static,
) -> Row {
    let backend = move |heard: &Heard, wechat: u16| {
        instead(heard).unwrap_or_else(|| match heard.path.as_str() {
            "/api/check" => answered("200 OK", "{\"valid\":true}"),
            "/api/renewal" => answered("200 OK", "{\"data\":{\"token\":\"t-2-of-her-session\"}}"),
            "/api/session" => answered("200 OK", "{}"),
            _ => one_step(heard, wechat),
        })
    };
    Row { contract: BEYOND, status: 0, ..wrong(name, phrase, backend) }
}

#[test]
fn what_a_contract_names_beyond_the_login_is_tried() {
    let (ended, _) = examined(beyond("all of it works", "", |_| None));
    assert!(ended.has_status(0).stdout.contains("in [check], [refresh], [logout] works"), "{}", ended.stdout);
    let at = |heard: &Heard, path: &str, said: Said| (heard.path == path).then_some(said);
    each_is_named(vec![
        beyond("no check", "into `request` of [check]", move |heard| {
            at(heard, "/api/check", answered("404 Not Found", "{}"))
        }),
        beyond("a check that says yes otherwise", "make `ok` of [check] fit", move |heard| {
            at(heard, "/api/check", answered("200 OK", "{\"ok\":true}"))
        }),
        beyond("a token elsewhere", "refresh.capture", move |heard| {
            at(heard, "/api/renewal", answered("200 OK", "{\"token\":\"t-2-of-her-session\"}"))
        }),
        beyond("a logout that wants something else", "compare the request in [logout]", move |heard| {
            at(heard, "/api/session", answered("400 Bad Request", "{}"))
        }),
        beyond(
            "a logout that leads to a page",
            "write `ok = { status = 302 }` into [logout]",
            move |heard| {
                at(heard, "/api/session", answered("302 Found", "").with("Location: /page"))
                    .or_else(|| at(heard, "/page", answered("404 Not Found", "{}")))
            },
        ),
        beyond("a logout that ends nothing", "the token opens user info as before", move |heard| {
            let same = format!("{{\"data\":{{\"token\":\"{TOKEN}\"}}}}");
            at(heard, "/api/renewal", answered("200 OK", &same))
        }),
    ]);
}
