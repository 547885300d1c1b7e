//! Exchanging codes while WeChat makes trouble.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;

use super::driver::exchange_request;
use super::log::Stop;
use super::parameters::Someone;
use super::run::Run;
use super::world::World;
use crate::checks::{
    Comparison, Judgement, Reply, refused_in_time, same_account, served_meanwhile, understood,
    waited_for_wechat,
};
use crate::protocol::JsCode;
use crate::record::Exchange;
use crate::standin::{Script, Trouble};

/// How long WeChat keeps somebody waiting at least, while others log in.
const HELD_AT_LEAST: Duration = Duration::from_millis(600);

/// How many times as long as an undisturbed exchange WeChat keeps somebody waiting.
const HELD_TIMES: u32 = 5;

/// How many times as long WeChat keeps somebody waiting when the first time proved nothing good: on a machine that
/// is busy with other things, an answer may take its time though nobody is in its way.
const HELD_AGAIN_TIMES: u32 = 4;

/// How long the phone waits for several exchanges that may queue up for one worker, beside the patience of
/// the contract for each.
const QUEUE_SLACK: Duration = Duration::from_secs(2);

/// How many connections to WeChat a backend keeps at most, as far as one waits for it to notice that they ended.
const KEPT_CONNECTIONS: usize = 32;

/// How long it takes at most to notice that a connection has ended.
const LONGEST_LOSS: Duration = Duration::from_secs(1);

impl World {
    /// Lets WeChat give the person a fresh code to which it will answer with a trouble.
    pub(crate) fn troubled_code(&mut self, someone: &Someone, trouble: Trouble) -> Result<JsCode, Stop> {
        let code = self.fresh_code(someone)?;
        self.run()?.wechat.script(&code, trouble.script());
        Ok(code)
    }

    /// Exchanges a fresh code to which WeChat answers with a trouble.
    pub(crate) async fn exchange_troubled(
        &mut self,
        someone: &Someone,
        trouble: Trouble,
    ) -> Result<Reply, Stop> {
        let code = self.troubled_code(someone, trouble)?;
        self.exchange(someone, Some(code.as_str())).await
    }

    /// Exchanges a fresh code as usual.
    pub(crate) async fn exchange_usual(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        self.exchange_fresh(someone).await
    }

    /// Lets two people who were never there before exchange a code each, WeChat answering in two ways, and judges
    /// what became of the second one by what became of the first. Where the second one did not get their openid,
    /// somebody else who is new tries the second way, because a machine that stands still for a moment makes a backend
    /// give up on any answer; and if that does not do either, the second one tries the first way.
    pub(crate) async fn exchange_compared(
        &mut self,
        control: (&Someone, Option<Trouble>),
        judged: (&Someone, Option<Trouble>),
    ) -> Result<(), Stop> {
        let controls = self.exchange_amid_any(control.0, control.1).await?;
        let mut theirs = self.exchange_amid_any(judged.0, judged.1).await?;
        let controls_openid = self.actor(control.0)?.person.openid.clone();
        let mut openid = self.actor(judged.0)?.person.openid.clone();
        let mut again = None;
        let mut who = judged.0.clone();
        if !theirs.leads_to(&openid) {
            let third = Someone::newcomer();
            self.introduce(&third)?;
            let reply = self.exchange_amid_any(&third, judged.1).await?;
            let thirds_openid = self.actor(&third)?.person.openid.clone();
            if reply.leads_to(&thirds_openid) {
                (theirs, openid, who) = (reply, thirds_openid, third);
            } else {
                again = Some(self.exchange_amid_any(judged.0, control.1).await?);
            }
        }
        if theirs.leads_to(&openid)
            && let Some(other) = self.opens_another_account(&who, &theirs, control.1).await?
        {
            self.conclude(other);
            return Ok(());
        }
        let (control, judged, again) = (&controls, &theirs, again.as_ref());
        let compared =
            Comparison { judged, openid: &openid, control, controls_openid: &controls_openid, again };
        self.conclude(understood(&compared));
        Ok(())
    }

    /// Judges that a login which shows no openid led to the account that the person has when WeChat answers in the other way.
    /// Nothing where that cannot be told, or is so.
    async fn opens_another_account(
        &mut self,
        someone: &Someone,
        reply: &Reply,
        other: Option<Trouble>,
    ) -> Result<Option<Judgement>, Stop> {
        if reply.names_openid || self.run()?.contract.asks_for_tokens() {
            return Ok(None);
        }
        self.obtain_token(someone).await?;
        let here = self.read_user_info(someone).await?;
        if !self.exchange_amid_any(someone, other).await?.granted {
            return Ok(None);
        }
        self.obtain_token(someone).await?;
        let there = self.read_user_info(someone).await?;
        let differs = same_account(&there.data, &here.data).filter(|judgement| *judgement != Judgement::Kept);
        let judgement = differs.map(|judgement| judgement.shown_by([&*here.exchange, &*there.exchange]));
        self.keep(someone, vec![here, there])?;
        Ok(judgement)
    }

    /// Exchanges a fresh code, with a trouble or as usual.
    async fn exchange_amid_any(
        &mut self,
        someone: &Someone,
        trouble: Option<Trouble>,
    ) -> Result<Reply, Stop> {
        match trouble {
            Some(trouble) => self.exchange_troubled(someone, trouble).await,
            None => self.exchange_usual(someone).await,
        }
    }

    /// Exchanges a fresh code while nobody can connect to WeChat.
    pub(crate) async fn exchange_without_wechat(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let run = self.run()?;
        let code = self.fresh_code(someone)?;
        let refusing = run.wechat.refuse_connections().await;
        self.let_all_stand(true)?;
        let reply = self.exchange(someone, Some(code.as_str())).await;
        self.let_all_stand(false)?;
        refusing.end().await;
        *run.outage.lock().await = true;
        reply
    }

    /// Exchanges several codes at the same moment, each of which WeChat answers with a trouble of its own, and
    /// judges whether each was refused in time.
    pub(crate) async fn exchange_troubled_together(
        &mut self,
        someone: &Someone,
        troubles: &[Trouble],
    ) -> Result<(), Stop> {
        let run = self.run()?;
        let mut codes = Vec::new();
        for trouble in troubles {
            codes.push(self.troubled_code(someone, *trouble)?);
        }
        let patience = run.contract.patience;
        let queue = u32::try_from(codes.len()).unwrap_or(u32::MAX);
        let transport = run.transport.clone().with_patience(patience * queue + QUEUE_SLACK);
        let name = self.short_name(someone)?;
        let person = self.actor(someone)?.person.clone();
        let requests = codes.iter().map(|code| exchange_request(&run, &person, code.as_str()));
        let requests = requests.collect::<Result<Vec<_>, Stop>>()?;
        let sending =
            requests.into_iter().map(|request| transport.send(request, &name, run.contract.exchange.purpose));
        let exchanges: Vec<Exchange> = join_all(sending).await;
        let mut judgements = Vec::new();
        let mut replies = Vec::new();
        let asked: Vec<Option<Duration>> =
            codes.iter().map(|code| run.wechat.calls(code).first().map(|call| call.at)).collect();
        let is_asked = asked.iter().any(Option::is_some);
        // Who refuses because others are waiting for WeChat already has taken up the request.
        self.let_all_stand(true)?;
        for (asked, exchange) in asked.into_iter().zip(exchanges) {
            let waited = waited_for_wechat(&exchange, asked, is_asked, patience);
            let reply = self.witness(exchange)?;
            judgements.push(refused_in_time(&reply, waited, patience).shown_by([&*reply.exchange]));
            replies.push(reply);
        }
        self.let_all_stand(false)?;
        self.keep(someone, replies)?;
        self.conclude(Judgement::all(judgements));
        Ok(())
    }

    /// Lets one person exchange a code that WeChat takes its time for, and another one exchange a code
    /// meanwhile.
    pub(crate) async fn exchange_meanwhile(&mut self, other: &Someone, slowed: &Someone) -> Result<(), Stop> {
        let began = Instant::now();
        let usual = self.exchange_usual(other).await?;
        super::arrange::granted(usual.granted, mark!("a usual code was not exchanged"), &usual)?;
        let held = HELD_AT_LEAST.max(began.elapsed() * HELD_TIMES);
        let mut judgement = self.served_while_held(other, slowed, held).await?;
        if matches!(judgement, Judgement::Broken(_)) {
            // A backend that does not wait so long for WeChat leaves the second time undecided.
            match self.served_while_held(other, slowed, held * HELD_AGAIN_TIMES).await? {
                Judgement::CannotTell(_) => {}
                again @ (Judgement::Kept | Judgement::Broken(_)) => judgement = again,
            }
        }
        self.conclude(judgement);
        Ok(())
    }

    /// Lets WeChat hold back its answer about one person for so long, and judges whether another one who comes
    /// meanwhile is served before that.
    async fn served_while_held(
        &mut self,
        other: &Someone,
        slowed: &Someone,
        held: Duration,
    ) -> Result<Judgement, Stop> {
        let run = self.run()?;
        let slow_code = self.fresh_code(slowed)?;
        run.wechat.script(&slow_code, Script::normal().after(held));
        let other_code = self.fresh_code(other)?;
        let slow_request = exchange_request(&run, &self.actor(slowed)?.person, slow_code.as_str())?;
        let other_request = exchange_request(&run, &self.actor(other)?.person, other_code.as_str())?;
        let (slowed_name, other_name) = (self.short_name(slowed)?, self.short_name(other)?);
        let purpose = run.contract.exchange.purpose;
        let began = Instant::now();
        let slow = async {
            let exchange = run.transport.send(slow_request, &slowed_name, purpose).await;
            (exchange, began.elapsed())
        };
        let meanwhile = async {
            // The other person comes when the first one is already waiting.
            tokio::time::sleep(held / 4).await;
            let exchange = run.transport.send(other_request, &other_name, purpose).await;
            (exchange, began.elapsed())
        };
        let ((slow, slow_after), (other_one, other_after)) = tokio::join!(slow, meanwhile);
        let (slow, other_one) = (self.witness(slow)?, self.witness(other_one)?);
        let asked = |code: &JsCode| run.wechat.calls(code).first().map(|call| call.at);
        let stood_in_line =
            asked(&other_code).zip(asked(&slow_code)).is_some_and(|(other, slowed)| other >= slowed + held);
        // Of two answers that come at the same moment, either may be the first at the phone.
        let other_after = if stood_in_line { other_after.max(slow_after) } else { other_after };
        let judgement = served_meanwhile((&other_one, other_after), (&slow, slow_after), held);
        self.keep(other, vec![slow, other_one])?;
        Ok(judgement)
    }
}

/// Where nobody could connect to WeChat lately, logs somebody in of whom nothing is judged until the backend asks WeChat
/// again. Every connection that it kept has ended, and a client may find that out only by losing a request on each of
/// them, of which an unrelated scenario knows nothing.
pub(crate) async fn let_connect_again(run: &Run) {
    let mut outage = run.outage.lock().await;
    if !std::mem::take(&mut *outage) {
        return;
    }
    let person = run.person("pre-flight/outage");
    for _ in 0..KEPT_CONNECTIONS {
        let code = run.wechat.login(&person);
        run.watch(&person);
        let Ok(request) = exchange_request(run, &person, code.as_str()) else { return };
        let begun = Instant::now();
        let exchange = run.transport.send(request, "pre-flight", run.contract.exchange.purpose).await;
        let reply = run.read(exchange);
        run.evidence().add("pre-flight", Arc::clone(&reply.exchange));
        // Whoever takes long, or counts requests, is not helped by more of them.
        if !run.wechat.calls(&code).is_empty() || reply.limited || begun.elapsed() > LONGEST_LOSS {
            return;
        }
    }
}
