//! One good login, step by step, and what is tried beside it when a backend is examined.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::catalogue::Catalogue;
use super::dialect::RenewedBy;
use super::driver::{basic, bearer, request, send_until_served};
use super::judging::{BODY_LIMIT, RunError};
use super::logouts::LOGOUT;
use super::need::Need;
use super::preflight::{Probed, probe};
use super::reading::due_step;
use super::renewals::{A_SECOND, RENEWAL};
use super::run::Run;
use super::sessions::CHECK;
use crate::backend::doctor::{Asked, Finding, Look, Observed, diagnose};
use crate::backend::{Contract, Operation, Refresh, Target, TimeControl};
use crate::checks::Reply;
use crate::expiry::{Clock as _, SystemClock, Value};
use crate::miniprogram::Transport;
use crate::protocol::JsCode;
use crate::record::{FailureKind, Headers, Request};
use crate::standin::{Person, StandIn};

/// How long the first bytes of somebody are waited for who speaks no HTTP.
const FIRST_BYTES: Duration = Duration::from_millis(500);

/// What often stands before the paths of an API.
const PREFIXES: &[&str] = &["api", "api/v1", "v1", "prod-api", "app-api", "wx", "rest"];

/// A path that no backend has.
const NOWHERE: &str = "wxconform-asks-for-what-nobody-has";

/// A backend to be examined.
#[derive(Clone, Debug)]
pub struct Examining {
    /// Where it is, and how its time passes.
    pub target: Target,
    /// How it spells the flow.
    pub contract: Contract,
    /// The variables of our own environment that name proxies, and exceptions from them.
    pub proxies: Vec<(String, String)>,
}

/// Logs somebody in at a backend, tries what has to be refused, and says what stands in the way of judging it.
///
/// # Errors
///
/// Fails only for reasons that have nothing to do with the backend: see [`RunError`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use wxconform::backend::doctor::State;
/// use wxconform::backend::{Contract, Target, TimeControl};
/// use wxconform::standin::{StandIn, StandInSettings};
/// use wxconform::suite::{Examining, examine};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let wechat = StandIn::start(([127, 0, 0, 1], 0).into(), StandInSettings::default()).await?;
/// let target = Target::new("http://127.0.0.1:1", TimeControl::Wait(Duration::ZERO))?;
/// let examining = Examining { target, contract: Contract::documented(), proxies: Vec::new() };
/// let findings = examine(&examining, &wechat).await?;
/// assert!(matches!(findings[0].state, State::Wrong(_)));
/// # Ok(())
/// # }
/// ```
pub async fn examine(examining: &Examining, standin: &StandIn) -> Result<Vec<Finding>, RunError> {
    let transport = Transport::new(standin.wechat().run_start())?
        .with_patience(examining.contract.patience)
        .with_body_limit(BODY_LIMIT);
    let run = Run::new(examining.target.clone(), examining.contract.clone(), standin.wechat(), transport);
    let probed = probe(&run).await;
    let Probed { reply, person, codes, .. } = probed;
    run.capture(&person.key, &reply);
    let reply = registered(&run, reply, &person).await;
    let mut seen = observed(&run, &person, codes, look_at(&reply));
    seen.proxies.clone_from(&examining.proxies);
    let catalogue = Catalogue::embedded().map_err(|error| RunError::StandIn { text: error.to_string() })?;
    let takes_time = |requirement: &&super::catalogue::Requirement| {
        let mut others = requirement.needs.iter().filter(|need| **need != Need::Clock);
        requirement.needs.contains(&Need::Clock)
            && others.all(|need| need.missing_in(&examining.contract).is_none())
    };
    seen.needs_clock = catalogue.requirements().iter().filter(takes_time).map(|one| one.id.clone()).collect();
    match reply.exchange.answer() {
        Err(failure) if matches!(failure.kind, FailureKind::NotHttp | FailureKind::Broken) => {
            seen.first_bytes = first_bytes(&run.target).await;
        }
        Err(_) => {}
        Ok(_) if seen.wechat.calls.is_empty() => strayed(&run, &person, &mut seen).await,
        Ok(_) => followed(&run, &person, &reply, &mut seen).await,
    }
    if let Some(text) = run.wechat.troubles().into_iter().next() {
        return Err(RunError::StandIn { text });
    }
    let mut evidence = run.evidence();
    Ok(diagnose(&seen).into_iter().map(|finding| finding.map(&mut |text| evidence.redact(text))).collect())
}

/// Puts together what is known after a login.
pub(super) fn observed(run: &Run, person: &Person, codes: Vec<String>, login: Look) -> Observed {
    let wechat = Asked {
        url: run.wechat.url().to_owned(),
        app_id: run.wechat.app_id().as_str().to_owned(),
        app_secret: run.wechat.app_secret().expose().to_owned(),
        calls: run.wechat.all_calls(),
        refused_hosts: run.wechat.refused_hosts().iter().map(ToString::to_string).collect(),
        failed_handshakes: run.wechat.failed_handshakes().into_iter().map(|failed| failed.reason).collect(),
    };
    Observed {
        contract: run.contract.clone(),
        url: run.target.url().to_owned(),
        wechat,
        codes,
        openid: person.openid.as_str().to_owned(),
        login,
        token: None,
        user_info: None,
        used_code: None,
        without_token: None,
        beyond: Vec::new(),
        after_logout: None,
        nowhere: None,
        first_bytes: Vec::new(),
        elsewhere: Vec::new(),
        max_wait: match run.target.time() {
            TimeControl::Wait(wait) => Some(*wait),
            TimeControl::Virtual(_) | TimeControl::Remote(_) => None,
        },
        needs_clock: Vec::new(),
        proxies: Vec::new(),
        now: run.target.time().shown().unwrap_or_else(|| SystemClock.now()),
    }
}

/// Returns what the contract finds in an answer.
pub(super) fn look_at(reply: &Reply) -> Look {
    Look {
        exchange: Arc::clone(&reply.exchange),
        accepted: reply.accepted,
        granted: reply.granted,
        token: reply.token.clone(),
        lifetime: reply.lifetime.clone(),
        data: reply.data.clone(),
    }
}

/// Makes somebody known who logs in for the first time, where the contract wants that.
pub(super) async fn registered(run: &Run, reply: Reply, person: &Person) -> Reply {
    let Some(step) = run.contract.dialect.as_ref().and_then(|dialect| due_step(dialect, &reply)) else {
        return reply;
    };
    // Another login may change the session key, which a step without a code may be sealed with.
    let code = if step.takes_code() { run.wechat.login(person) } else { JsCode::new("") };
    run.watch(person);
    let Ok(request) = run.spell_step(step, person, &code) else { return reply };
    let exchange = run.transport.send(request, "doctor", run.contract.exchange.purpose).await;
    let reply = run.read(exchange);
    run.capture(&person.key, &reply);
    reply
}

/// Sends a request of the flow in the backend's own words.
async fn ask(
    run: &Run,
    person: &Person,
    operation: &Operation,
    parameter: Option<&str>,
    authorization: Option<String>,
) -> Option<Reply> {
    let request = run.spell(request(&run.target, operation, parameter, authorization), person).ok()?;
    let reply = run.read(send_until_served(run, request, "doctor", operation.purpose).await);
    run.capture(&person.key, &reply);
    Some(reply)
}

/// Goes on with a login that has reached the stand-in, and tries what has to be refused.
async fn followed(run: &Run, person: &Person, login: &Reply, seen: &mut Observed) {
    let contract = &run.contract;
    let mut bought = Some(login.clone()).filter(|_| login.granted);
    if contract.asks_for_tokens() {
        let Value::String(openid) = &login.openid else { return };
        let basic = basic(&contract.client);
        bought = ask(run, person, &contract.token, Some(&openid.to_string_lossy()), Some(basic)).await;
        seen.token = bought.as_ref().map(look_at);
    }
    let token = bought.map(|reply| reply.token).filter(Value::is_truthy);
    let session = token.and_then(|token| bearer(&token).ok());
    if let Some(session) = session.clone() {
        let reply = ask(run, person, &contract.user_info, None, Some(session)).await;
        seen.user_info = reply.as_ref().map(look_at);
        let reply = ask(run, person, &contract.user_info, None, None).await;
        seen.without_token = reply.as_ref().map(look_at);
    }
    let used = seen.codes.last().cloned();
    let reply = ask(run, person, &contract.exchange, used.as_deref(), None).await;
    seen.used_code = reply.as_ref().map(look_at);
    if let Some(session) = session {
        went_on(run, person, session, seen).await;
    }
}

/// Tries what the contract names beyond the login: whether the session is valid, its renewal, its end.
async fn went_on(run: &Run, person: &Person, mut session: String, seen: &mut Observed) {
    let spoken = &run.contract.spoken;
    let send = async |request: Result<Request, String>, purpose: &str| {
        Ok(run.read(send_until_served(run, request?, "doctor", purpose).await))
    };
    if let Some(check) = &spoken.check {
        let request = run.spell_guarded(check, person, Some(&session), true);
        seen.beyond.push(("check", send(request, CHECK).await.as_ref().map(look_at).map_err(String::clone)));
    }
    if matches!(spoken.refresh, Refresh::Call { .. }) {
        let missing = spoken.refresh_token().filter(|name| !run.captured(&person.key).contains_key(*name));
        let request = match missing {
            Some(name) => Err(tr!("the login brought no {name}", name)),
            None => run.spell_refresh(person, &session, RenewedBy::Contract),
        };
        let renewal = send(request, RENEWAL).await;
        if let Ok(reply) = &renewal {
            run.capture(&person.key, reply);
            session = bearer(&reply.token).ok().filter(|_| reply.token.is_truthy()).unwrap_or(session);
        }
        seen.beyond.push(("refresh", renewal.as_ref().map(look_at).map_err(String::clone)));
    }
    if let Some(logout) = &spoken.logout {
        let request = run.spell_guarded(logout, person, Some(&session), true);
        // There are backends that end what was issued before the second of a logout.
        tokio::time::sleep(A_SECOND).await;
        let logout = send(request, LOGOUT).await;
        if logout.as_ref().is_ok_and(|reply| reply.accepted) {
            let after = ask(run, person, &run.contract.user_info, None, Some(session)).await;
            seen.after_logout = after.as_ref().map(look_at);
        }
        seen.beyond.push(("logout", logout.as_ref().map(look_at).map_err(String::clone)));
    }
}

/// Looks for the login elsewhere, when the backend answers and the stand-in was not asked.
async fn strayed(run: &Run, person: &Person, seen: &mut Observed) {
    let asking = |url: String| {
        let (method, headers, body) = ("GET".to_owned(), Headers::default(), Vec::new());
        Request { method, url, headers, body }
    };
    let exchange = run.transport.send(asking(run.target.url_of(NOWHERE)), "doctor", "nothing").await;
    seen.nowhere = Some(look_at(&run.read(exchange)));
    let code = run.wechat.login(person);
    run.watch(person);
    let login = request(&run.target, &run.contract.exchange, Some(code.as_str()), None);
    let Ok(login) = run.spell(login, person) else { return };
    let status = seen.login.answer().map_or(0, |answer| answer.status);
    // Who knows neither the path nor the method says so; who answers a page is asked for the path only.
    if !matches!(status, 200 | 404 | 405 | 410 | 501) {
        return;
    }
    let nowhere =
        seen.nowhere.as_ref().and_then(Look::answer).map(|answer| (answer.status, answer.body.clone()));
    for (other, advice) in others(&run.target, &login) {
        let exchange = run.transport.send(other, "doctor", "another spelling").await;
        let Ok(answer) = exchange.answer() else { continue };
        let unknown = matches!(answer.status, 404 | 405 | 410 | 501);
        let asked = run.wechat.jscode2session_total() > 0;
        let same =
            nowhere.as_ref().is_some_and(|(status, body)| *status == answer.status && *body == answer.body);
        if asked || !unknown && !same {
            seen.elsewhere.push(advice);
            return;
        }
    }
}

/// Returns the same login in other spellings, each with what is to be changed if it is the right one.
fn others(target: &Target, login: &Request) -> Vec<(Request, String)> {
    let base = target.url();
    let Some(path) = login.url.strip_prefix(base) else { return Vec::new() };
    let mut others = Vec::new();
    let mut other = |url: String, advice: String| {
        if url != login.url {
            others.push((Request { url, ..login.clone() }, advice));
        }
    };
    let origin = base.split('/').take(3).collect::<Vec<_>>().join("/");
    if base.trim_end_matches('/') != origin {
        other(
            format!("{origin}/{path}"),
            tr!("the backend knows the path without the prefix in --backend: use --backend {origin}", origin),
        );
    }
    for prefix in PREFIXES {
        other(
            format!("{base}{prefix}/{path}"),
            tr!("the backend knows the path below {prefix}/: use --backend {base}{prefix}", prefix, base),
        );
    }
    if let Some((first, rest)) = path.split_once('/') {
        other(
            format!("{base}{rest}"),
            tr!(
                "the backend knows the path without {first}/ before it: write {path} into the contract",
                first,
                path = format_args!("{:?}", rest.split('?').next().unwrap_or_default())
            ),
        );
    }
    let method = if login.method == "GET" { "POST" } else { "GET" };
    let advice = tr!(
        "the backend takes {method} there: write it into `request` of the login step of the contract",
        method
    );
    others.push((Request { method: method.to_owned(), ..login.clone() }, advice));
    others
}

/// Returns what a peer says first that speaks no HTTP.
async fn first_bytes(target: &Target) -> Vec<u8> {
    let base = target.base();
    let reading = async {
        let address = (base.host_str()?.trim_matches(['[', ']']), base.port_or_known_default()?);
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.ok()?;
        let mut bytes = [0; 64];
        let length = stream.read(&mut bytes).await.ok()?;
        bytes.get(..length).map(<[u8]>::to_vec)
    };
    tokio::time::timeout(FIRST_BYTES, reading).await.ok().flatten().unwrap_or_default()
}
