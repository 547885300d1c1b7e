//! Can anything be judged at all?

use std::sync::Arc;

use super::doctor::{look_at, observed, registered};
use super::driver;
use super::dying;
use super::run::Run;
use crate::backend::doctor::{Trouble, contract_misses, first_complaint};
use crate::checks::Reply;
use crate::record::FailureKind;
use crate::standin::Wechat;

/// How many fresh codes the pre-flight sends before it concludes that the backend does not ask the
/// stand-in. A first request may fail on a cold start.
const PROBES: usize = 2;

/// What the pre-flight found out.
#[derive(Debug, Default)]
pub(crate) struct Preflight {
    /// Why nothing can be judged; absent when something can.
    pub(crate) stop: Option<String>,
    /// What a person should know either way.
    pub(crate) hint: Option<String>,
}

/// What the last probe has shown.
pub(super) struct Probed {
    /// Whether the stand-in was asked, or why nothing can be judged.
    pub(super) stop: Option<String>,
    /// The answer to the last probe.
    pub(super) reply: Reply,
    /// The codes that were sent.
    pub(super) codes: Vec<String>,
    /// Who the last one belongs to.
    pub(super) person: crate::standin::Person,
}

/// Finds out whether anything can be judged; says why not.
///
/// A backend that answers and asks the stand-in is judged, whatever it answers: what looks like a slip in the
/// configuration may be a defect. The exception is an answer that plainly holds what a contract which somebody wrote
/// for this backend looks for elsewhere.
pub(super) async fn preflight(run: &Run) -> Preflight {
    let probed = probe(run).await;
    let (stop, reply) = (probed.stop.clone(), probed.reply.clone());
    if reply.nobody_there().is_some() {
        return Preflight { stop, hint: None };
    }
    // Who has to be made known first has no token yet.
    run.capture(&probed.person.key, &reply);
    let first = Arc::clone(&reply.exchange);
    let reply = registered(run, reply, &probed.person).await;
    if !Arc::ptr_eq(&first, &reply.exchange) {
        run.evidence().add("pre-flight", Arc::clone(&reply.exchange));
    }
    let seen = observed(run, &probed.person, probed.codes, look_at(&reply));
    if stop.is_none()
        && let Some(complaint) = contract_misses(&seen)
    {
        let stop = tr!("the contract does not fit the backend: {complaint}", complaint);
        return Preflight { stop: Some(run.evidence().redact(&stop)), hint: None };
    }
    // Every other refusal of a login is what requirements are about.
    let complaint = first_complaint(&seen).filter(|complaint| complaint.trouble != Trouble::GoodLoginRefused);
    let hint = complaint.map(|complaint| run.evidence().redact(&complaint.to_string()));
    Preflight { stop, hint }
}

/// Sends fresh codes until the stand-in is asked.
pub(super) async fn probe(run: &Run) -> Probed {
    let mut codes = Vec::new();
    let mut probe = 1;
    loop {
        let person = run.person(&format!("pre-flight/{probe}"));
        let code = run.wechat.login(&person);
        run.watch(&person);
        codes.push(code.as_str().to_owned());
        let exchange = driver::probe(run, &person, &code).await;
        let reply = run.read(exchange);
        if let Some(reason) = reply.nobody_there() {
            let ending = dying::ending(run).await;
            let stop = ending.unwrap_or_else(|| tr!("the backend is not there: {reason}", reason));
            return Probed { stop: Some(stop), reply, codes, person };
        }
        let failure = reply.exchange.answer().err().map(|failure| failure.kind);
        let seen = if failure.is_some() {
            tr!("the backend gives no answer to a code exchange: {}", reply.describe())
        } else {
            let unexpected = run.wechat.unexpected();
            let elsewhere = unexpected.first().map_or_else(String::new, |call| {
                tr!(
                    " (it asked for {method} {path}, which WeChat has not)",
                    method = call.method,
                    path = call.path
                )
            });
            let (answer, led) = (reply.describe(), turned_away(&run.wechat));
            tr!(
                "the backend answers, but never asked the stand-in about a fresh code{elsewhere}{led}; its answer \
                 was {answer}",
                elsewhere,
                led,
                answer
            )
        };
        run.evidence().add("pre-flight", Arc::clone(&reply.exchange));
        // Who does not answer in time will not do so the next time either, and a person is waiting.
        let last = probe == PROBES || failure == Some(FailureKind::TimedOut);
        let asked = run.wechat.jscode2session_total() > 0;
        if asked && failure != Some(FailureKind::TimedOut) || last {
            let never = !asked || failure == Some(FailureKind::TimedOut);
            let stop = never.then(|| run.evidence().redact(&seen));
            return Probed { stop, reply, codes, person };
        }
        probe += 1;
    }
}

/// Says what the stand-in refused, where that may be why it was not asked.
fn turned_away(wechat: &Wechat) -> String {
    let hosts: Vec<String> = wechat.refused_hosts().iter().map(ToString::to_string).collect();
    let failed: Vec<String> = wechat.failed_handshakes().into_iter().map(|failed| failed.reason).collect();
    let hosts = if hosts.is_empty() {
        String::new()
    } else {
        tr!(
            "; it asked the stand-in for other hosts, which are refused: {hosts}",
            hosts = hosts.join(&tr!("between parts" => ", "))
        )
    };
    if failed.is_empty() {
        return hosts;
    }
    tr!(
        "{hosts}; TLS with it failed ({reasons}): does it trust the stand-in's certificate?",
        hosts,
        reasons = failed.join(&tr!("between parts" => ", "))
    )
}
