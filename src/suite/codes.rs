//! Sending codes that are odd, or that WeChat answers oddly, and finding out what WeChat received.

use std::time::{Duration, Instant};

use super::driver::{bearer, request};
use super::forgery::flip_case;
use super::log::Stop;
use super::malformed::with_parameter;
use super::parameters::{CodeKind, Named, OddPart, OpenidPlace, Someone};
use super::presenting::add_parameters;
use super::world::World;
use crate::backend::Dialect;
use crate::checks::{Reply, Round, is_about, named_identities, same_identities};
use crate::protocol::JsCode;
use crate::record::{Exchange, Request};
use crate::standin::Script;

/// Header fields in which a gateway names the person to the servers behind it; the first is that of WeChat's cloud hosting.
const OPENID_HEADERS: &[&str] = &["X-WX-OPENID", "X-WX-FROM-OPENID", "X-Openid"];

/// Names somebody in a request as a gateway does.
pub(super) fn name_as_gateways_do(request: &mut Request, openid: &str) {
    for name in OPENID_HEADERS {
        request.headers.push(*name, openid);
    }
    // Without it what stands in the others is not from WeChat's cloud, and whoever believes them looks for it at most.
    request.headers.push("X-WX-SOURCE", "wx_client");
}

/// How long a race waits that is run once more because the backend turned everybody away.
const RACE_PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];

impl World {
    /// Notes a code as one of the person's, so that the calls that carry it are found.
    pub(crate) fn own_code(&mut self, someone: &Someone, code: JsCode) -> Result<JsCode, Stop> {
        self.actor(someone)?.codes.push(code.clone());
        Ok(code)
    }

    /// Exchanges a code that WeChat will answer by a script.
    pub(crate) async fn exchange_scripted(
        &mut self,
        someone: &Someone,
        script: Script,
    ) -> Result<Reply, Stop> {
        let code = self.fresh_code(someone)?;
        self.run()?.wechat.script(&code, script);
        self.exchange(someone, Some(code.as_str())).await
    }

    /// Lets WeChat give the person a code that differs from the last one in the case of its letters only.
    pub(crate) fn code_in_other_case(&mut self, someone: &Someone) -> Result<JsCode, Stop> {
        let run = self.run()?;
        let actor = self.actor(someone)?;
        let last = actor.code.clone().ok_or_else(|| Stop::new(tr!("she has not used any code yet")))?;
        let code = JsCode::new(last.as_str().chars().map(flip_case).collect::<String>());
        run.wechat.login_as(&actor.person, &code);
        actor.earlier_code = actor.code.replace(code.clone());
        self.own_code(someone, code)
    }

    /// Exchanges a code with something in its middle that WeChat would not put there. It is a good code all the
    /// same, if it arrives as it is.
    pub(crate) async fn exchange_odd(&mut self, someone: &Someone, part: OddPart) -> Result<Reply, Stop> {
        let run = self.run()?;
        let usual = self.fresh_code(someone)?;
        let (front, back) = usual.as_str().split_at_checked(usual.as_str().len() / 2).unwrap_or_default();
        let odd = JsCode::new(format!("{front}{}{back}", part.text()));
        run.wechat.login_as(&self.actor(someone)?.person, &odd);
        self.own_code(someone, odd.clone())?;
        let reply = self.exchange(someone, Some(odd.as_str())).await?;
        for call in self.calls_about(someone, &usual)? {
            let query = call.request.url.split_once('?').map_or("", |(_, query)| query);
            let altered = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "js_code");
            // Calls without a code do not belong to anybody, so they are not taken from the others.
            let altered = altered.map(|(_, code)| JsCode::new(code)).filter(|code| !code.as_str().is_empty());
            let actor = self.actor(someone)?;
            actor.codes.extend(altered.filter(|altered| !actor.codes.contains(altered)));
        }
        self.actor(someone)?.code = Some(odd);
        Ok(reply)
    }

    /// Returns the calls to WeChat that are about a code: those that carry it, and those with a code that
    /// nobody was given and that is made of the same letters.
    pub(crate) fn calls_about(&mut self, someone: &Someone, letters: &JsCode) -> Result<Vec<Exchange>, Stop> {
        let run = self.run()?;
        let own = self.actor(someone)?.codes.iter().flat_map(|code| run.wechat.calls(code));
        let mut calls: Vec<Exchange> = Vec::new();
        for call in own.chain(run.wechat.foreign_calls()) {
            // A code that became foreign by being altered is found on both ways.
            if is_about(&call, letters.as_str()) && !calls.contains(&call) {
                calls.push(call);
            }
        }
        Ok(calls)
    }

    /// Exchanges a code, or none, while an openid is sent along where nobody asked for it.
    pub(crate) async fn exchange_beside(
        &mut self,
        someone: &Someone,
        code: Option<JsCode>,
        openid: &str,
        place: OpenidPlace,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let operation = &run.contract.exchange;
        let mut request = request(&run.target, operation, code.as_ref().map(JsCode::as_str), None);
        let joint = if request.url.contains('?') { '&' } else { '?' };
        match place {
            OpenidPlace::Beside => request.url = format!("{}{joint}openid={openid}", request.url),
            OpenidPlace::OtherNames => {
                request.url = format!("{}{joint}openId={openid}&open_id={openid}", request.url);
            }
            // As frameworks read members of members from a form; in JSON they stand where they stand.
            OpenidPlace::Profile => {
                let names = ["userInfo[openId]", "userInfo[openid]"];
                add_parameters(&mut request, names.into_iter().map(|name| (name, openid)));
            }
            OpenidPlace::Cookie => request.headers.push("Cookie", format!("openid={openid}")),
            OpenidPlace::Header => name_as_gateways_do(&mut request, openid),
        }
        self.exchange_as_it_is(someone, request).await
    }

    /// Exchanges a code with whatever goes by the name of an identity in the user info of somebody else beside it.
    pub(crate) async fn exchange_beside_user_id(
        &mut self,
        someone: &Someone,
        code: &JsCode,
        other: &Someone,
    ) -> Result<Reply, Stop> {
        let named = self.user_ids_under_usual_names(other)?;
        self.exchange_beside_parameters(someone, code, &named).await
    }

    /// Exchanges a code with parameters beside it that name somebody.
    pub(crate) async fn exchange_beside_parameters(
        &mut self,
        someone: &Someone,
        code: &JsCode,
        named: &[(String, String)],
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let mut request = request(&run.target, &run.contract.exchange, Some(code.as_str()), None);
        add_parameters(&mut request, named.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.exchange_as_it_is(someone, request).await
    }

    /// Sends a code exchange that has something beside its code, and goes on with what it gave.
    async fn exchange_as_it_is(&mut self, someone: &Someone, request: Request) -> Result<Reply, Stop> {
        let run = self.run()?;
        let (asked, virtual_since) = (Instant::now(), run.target.time().shown());
        let reply = self.send(someone, request, run.contract.exchange.purpose).await?;
        self.let_in(someone, reply, asked, virtual_since).await
    }

    /// Makes sure that it is known what somebody is shown as user info, where that alone tells who was let in.
    pub(crate) async fn know_by_user_info(&mut self, someone: &Someone) -> Result<(), Stop> {
        if self.is_told_by_openid()? || self.actor(someone)?.info.is_some() {
            return Ok(());
        }
        self.log_in_as_far_as_user_info(someone).await?;
        let info = self.actor(someone)?.info.clone().unwrap_or_default();
        if named_identities(&info).is_empty() && !self.run()?.contract.spoken.shows_openid() {
            return Err(self.not_applicable(tr!("neither the login nor user info shows who was let in")));
        }
        Ok(())
    }

    /// Goes on as far as user info where that alone tells who was let in, and keeps the answers.
    ///
    /// Where somebody who has just come is shown what the other one is shown, nobody is told apart by it.
    pub(crate) async fn see_who_was_let_in(
        &mut self,
        someone: &Someone,
        reply: Reply,
        other: &Someone,
    ) -> Result<(), Stop> {
        let mut replies = vec![reply];
        if replies[0].granted && !self.is_told_by_openid()? {
            self.actor(someone)?.token = None;
            let token = self.obtain_token(someone).await?;
            let issued = token.token.is_truthy();
            if self.run()?.contract.asks_for_tokens() {
                replies.push(token);
            }
            if issued {
                let reply = self.read_user_info(someone).await?;
                let others = self.actor(other)?.info.clone().unwrap_or_default();
                if same_identities(&reply.data, &others) {
                    // Whoever was taken for somebody else may stay that for good, so somebody new is looked at.
                    let newcomer = Someone::newcomer();
                    self.introduce(&newcomer)?;
                    self.log_in_as_far_as_token(&newcomer).await?;
                    let ordinary = self.read_user_info(&newcomer).await?;
                    if same_identities(&ordinary.data, &others) {
                        return Err(self.not_applicable(tr!("user info names everybody alike")));
                    }
                }
                replies.push(reply);
            }
        }
        self.keep(someone, replies)
    }

    /// Tells whether a code exchange gives the openid with which the login goes on.
    fn is_told_by_openid(&self) -> Result<bool, Stop> {
        let contract = &self.run()?.contract;
        Ok(contract.asks_for_tokens() && contract.goes_on_with_openid())
    }

    /// Exchanges a code with the token of somebody beside it, as a phone sends one with every other request.
    pub(crate) async fn exchange_beside_token(
        &mut self,
        someone: &Someone,
        code: Option<JsCode>,
        owner: &Someone,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let first = run.contract.dialect.as_ref().and_then(Dialect::first);
        if first.is_some_and(|step| step.call.basic.is_some()) {
            return Err(self.not_applicable(tr!(
                "the code exchange has the client's credentials where a token would stand"
            )));
        }
        let header = bearer(&self.actor(owner)?.held_token()?.token)?;
        let operation = &run.contract.exchange;
        let code = code.as_ref().map(JsCode::as_str);
        let request = request(&run.target, operation, code, Some(header));
        self.exchange_as_it_is(someone, request).await
    }

    /// Exchanges a fresh code with something beside it that is for the backend to say.
    pub(crate) async fn exchange_beside_named(
        &mut self,
        someone: &Someone,
        named: Named,
    ) -> Result<Reply, Stop> {
        let run = self.run()?;
        let code = self.fresh_code(someone)?;
        let operation = &run.contract.exchange;
        let mut plain = request(&run.target, operation, Some(code.as_str()), None);
        for (name, value) in named.fields() {
            plain.headers.push(*name, *value);
        }
        let request = match named.parameter() {
            Some(parameter) => with_parameter(operation, plain, false, parameter),
            None => plain,
        };
        self.send(someone, request, operation.purpose).await
    }

    /// Exchanges one code several times at the same moment, by these people in turn, and keeps what happened.
    pub(crate) async fn race(
        &mut self,
        owner: &Someone,
        racers: Vec<Someone>,
        rounds: usize,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        self.make_known(owner).await?;
        let mut pauses = RACE_PAUSES.into_iter();
        for _ in 0..rounds {
            let (code, replies) = loop {
                let code = self.slowed_code(owner)?;
                let requests = racers.iter().map(|who| (who.clone(), code.clone())).collect();
                let replies = self.exchange_at_once(requests, &run.transport).await?;
                let turned_away =
                    replies.iter().all(|reply| !reply.granted) && replies.iter().any(|r| r.limited);
                match if turned_away { pauses.next() } else { None } {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => break (code, replies),
                }
            };
            self.keep(owner, replies.clone())?;
            self.count_race(Round { replies, calls: run.wechat.calls(&code) });
        }
        Ok(())
    }

    /// Sends exchanges without a code while nobody else is there, and counts the calls that each caused.
    pub(crate) async fn exchange_alone(
        &mut self,
        someone: &Someone,
        kind: CodeKind,
        times: usize,
    ) -> Result<(), Stop> {
        let run = self.run()?;
        for _ in 0..times {
            let before = run.wechat.jscode2session_total();
            let reply = self.exchange_kind(someone, kind).await?;
            if let Some(reason) = reply.inconclusive() {
                return Err(Stop::new(reason));
            }
            let caused = run.wechat.jscode2session_total().saturating_sub(before);
            self.count_round(usize::try_from(caused).unwrap_or(usize::MAX));
        }
        Ok(())
    }
}
