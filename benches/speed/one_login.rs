//! What does a documented login cost, beside the same three exchanges sent by something simpler?
//!
//! The backend and the stand-in are the same for all, so the difference is what the phone costs.

use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::{Client, Response};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value as Json;
use wxconform::expiry::{Clock as _, SystemClock, Value};
use wxconform::miniprogram::{Phone, Platform, Transport};
use wxconform::protocol::JsCode;
use wxconform::standin::{Person, Wechat};

use crate::compare::{Contender, print_side_by_side};
use crate::parties::{Parties, each, runtime};
use crate::{Effort, Failure};

/// How many logins a turn of a client within this process takes.
const LOGINS: usize = 100;

/// The same for `curl`, which is started three times for each login.
const LOGINS_BY_CURL: usize = 5;

/// The header value with which the documented client authenticates itself.
const BASIC: &str = "Basic YXBwOmFwcA==";

const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let runtime = runtime()?;
    let parties = runtime.block_on(Parties::start())?;
    let (url, wechat) = (parties.backend.url(), parties.standin.wechat());
    let transport = Transport::new(Instant::now())?;
    let (fresh, kept) = (client(0)?, client(1)?);
    let logins = effort.of(LOGINS);
    let mut contenders = vec![
        Contender::new("the phone", || runtime.block_on(by_phone(&url, &wechat, &transport, logins))),
        Contender::new("reqwest, a connection for each request", || {
            runtime.block_on(by_client(&url, &wechat, &fresh, logins))
        }),
        Contender::new("reqwest, one connection for all", || {
            runtime.block_on(by_client(&url, &wechat, &kept, logins))
        }),
    ];
    let by_curl = || by_curl(&url, &wechat, effort.of(LOGINS_BY_CURL));
    if Command::new("curl").arg("--version").output().is_ok() {
        contenders.push(Contender::new("curl, started for each request", by_curl));
    } else {
        println!("  curl is not installed and left out");
    }
    print_side_by_side(effort.rounds, contenders)
}

/// What WeChat gives to the phone of one person.
struct WechatOnPhone<'a> {
    wechat: &'a Wechat,
    person: &'a Person,
    code: Option<JsCode>,
}

impl Platform for WechatOnPhone<'_> {
    fn check_session(&mut self) -> bool {
        self.wechat.check_session(self.person)
    }

    fn login(&mut self) -> Option<Value> {
        let code = self.wechat.login(self.person);
        let handed_out = Value::from(code.as_str());
        self.code = Some(code);
        Some(handed_out)
    }
}

async fn by_phone(
    url: &str,
    wechat: &Wechat,
    transport: &Transport,
    logins: usize,
) -> Result<Duration, Failure> {
    let begun = Instant::now();
    for login in 0..logins {
        let person = wechat.person(&format!("{login} by phone"));
        wechat.expire_session(&person);
        let mut phone = Phone::new(url, transport.clone(), &person.key);
        let mut on_phone = WechatOnPhone { wechat, person: &person, code: None };
        phone.launch(&mut on_phone, SystemClock.now()).await;
        let answered = phone.take_exchanges().iter().all(|one| one.answer().is_ok_and(|it| it.status == 200));
        if !answered || phone.trace().requests.len() != 3 || !phone.storage().get("tokenObj").is_truthy() {
            return Err("the phone did not get in".into());
        }
        forget(wechat, on_phone.code.as_ref());
    }
    each(begun.elapsed(), logins)
}

async fn by_client(url: &str, wechat: &Wechat, client: &Client, logins: usize) -> Result<Duration, Failure> {
    let begun = Instant::now();
    for login in 0..logins {
        let code = wechat.login(&wechat.person(&format!("{login} by client")));
        let request = client.get(format!("{url}/miniprogram/wxmp/code2session?code={code}"));
        let openid = member(&json(request.send().await?).await?, "/data/openid")?;
        let request = client.post(format!("{url}/auth/openid/token")).header("authorization", BASIC);
        let request = request.header("content-type", FORM).body(format!("openid={openid}"));
        let token = member(&json(request.send().await?).await?, "/access_token")?;
        let request = client.get(format!("{url}/admin/user/info"));
        json(request.header("authorization", format!("Bearer {token}")).send().await?).await?;
        forget(wechat, Some(&code));
    }
    each(begun.elapsed(), logins)
}

fn by_curl(url: &str, wechat: &Wechat, logins: usize) -> Result<Duration, Failure> {
    let begun = Instant::now();
    for login in 0..logins {
        let code = wechat.login(&wechat.person(&format!("{login} by curl")));
        let exchange = curl(&[&format!("{url}/miniprogram/wxmp/code2session?code={code}")])?;
        let form = format!("openid={}", member(&exchange, "/data/openid")?);
        let token = curl(&["--user", "app:app", "--data", &form, &format!("{url}/auth/openid/token")])?;
        let bearer = format!("authorization: Bearer {}", member(&token, "/access_token")?);
        curl(&["--header", &bearer, &format!("{url}/admin/user/info")])?;
        forget(wechat, Some(&code));
    }
    each(begun.elapsed(), logins)
}

/// Lets the stand-in forget the calls of a login, as a run does at the end of a scenario.
fn forget(wechat: &Wechat, code: Option<&JsCode>) {
    if let Some(code) = code {
        drop(wechat.take_calls(code));
    }
}

/// Makes a client that keeps so many idle connections, and speaks no TLS.
fn client(idle: usize) -> Result<Client, Failure> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let builder = Client::builder().no_proxy().pool_max_idle_per_host(idle);
    Ok(builder.tls_backend_preconfigured(tls).build()?)
}

async fn json(response: Response) -> Result<Json, Failure> {
    let body = response.error_for_status()?.bytes().await?;
    Ok(serde_json::from_slice(&body)?)
}

fn curl(arguments: &[&str]) -> Result<Json, Failure> {
    let quiet = ["--disable", "--silent", "--fail", "--noproxy", "*"];
    let output = Command::new("curl").args(quiet).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("curl ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn member(body: &Json, pointer: &str) -> Result<String, Failure> {
    let text = body.pointer(pointer).and_then(Json::as_str).filter(|text| !text.is_empty());
    Ok(text.ok_or_else(|| format!("there is no {pointer} in {body}"))?.to_owned())
}
