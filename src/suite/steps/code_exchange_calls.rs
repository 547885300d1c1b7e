//! What WeChat receives because of a code exchange.

use cucumber::{then, when};

use crate::checks::{arrived_as_sent, asked_as_itself, cost_one_call, never_asked, not_hammered, sent_once};
use crate::protocol::JsCode;
use crate::suite::log::Stop;
use crate::suite::parameters::{CodeKind, Named, OddPart, Someone};
use crate::suite::world::World;

#[when(expr = "{someone} exchanges a code with {odd_part} in it")]
async fn exchanges_an_odd_code(world: &mut World, who: Someone, part: OddPart) -> Result<(), Stop> {
    let reply = world.exchange_odd(&who, part).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges a fresh code with {named} beside it that is not the backend's")]
async fn exchanges_beside_named(world: &mut World, who: Someone, named: Named) -> Result<(), Stop> {
    let reply = world.exchange_beside_named(&who, named).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} sends a code exchange with {code} {int} times, with nobody else there")]
async fn sends_alone(world: &mut World, who: Someone, kind: CodeKind, times: usize) -> Result<(), Stop> {
    world.exchange_alone(&who, kind, times).await
}

#[then(expr = "her code arrived at WeChat just as she sent it")]
fn arrived_just_as_sent(world: &mut World) -> Result<(), Stop> {
    let code = sent(world)?;
    let calls = world.calls_about(&Someone::Protagonist, &code)?;
    world.judge(arrived_as_sent(&code, &calls))
}

#[then(expr = "her code arrived at WeChat just as she sent it, or not at all")]
fn arrived_just_as_sent_or_not_at_all(world: &mut World) -> Result<(), Stop> {
    let code = sent(world)?;
    let calls = world.calls_about(&Someone::Protagonist, &code)?;
    if calls.is_empty() {
        return Err(world.not_applicable(tr!("the backend refuses such a code without asking WeChat")));
    }
    world.judge(arrived_as_sent(&code, &calls))
}

#[then(expr = "the backend asked WeChat as itself")]
fn asked_wechat_as_itself(world: &mut World) -> Result<(), Stop> {
    let (run, code) = (world.run()?, sent(world)?);
    let (app, secret) = (run.wechat.app_id(), run.wechat.app_secret());
    let judgement = asked_as_itself(&run.wechat.calls(&code), &app, &secret);
    world.judge(judgement)
}

#[then(expr = "the backend asked WeChat as itself, or not at all")]
fn asked_wechat_as_itself_or_not_at_all(world: &mut World) -> Result<(), Stop> {
    let (run, code) = (world.run()?, sent(world)?);
    let reply = world.reply()?;
    if let Some(reason) = reply.inconclusive() {
        return Err(Stop::new(reason));
    }
    let refused = reply.status().is_some() && !reply.granted;
    if refused && run.wechat.calls(&code).is_empty() {
        return Err(world.not_applicable(tr!("the backend refuses such a request without asking WeChat")));
    }
    asked_wechat_as_itself(world)
}

#[then(expr = "the exchange cost one call of WeChat's")]
fn cost_one(world: &mut World) -> Result<(), Stop> {
    let (run, code) = (world.run()?, sent(world)?);
    let actor = world.actor(&Someone::Protagonist)?;
    let exchange = actor.replies.first().ok_or_else(|| Stop::new(tr!("no code was exchanged")))?;
    let judgement = cost_one_call(exchange, run.wechat.calls(&code).len());
    world.judge(judgement)
}

#[then(expr = "WeChat was not asked")]
fn was_not_asked(world: &mut World) -> Result<(), Stop> {
    let judgement = never_asked(world.rounds());
    world.judge(judgement)
}

#[then(expr = "her code was not sent over and over")]
fn was_not_sent_over_and_over(world: &mut World) -> Result<(), Stop> {
    let sends = world.run()?.wechat.calls(&sent(world)?).len();
    let judgement = not_hammered(world.reply()?, sends);
    world.judge(judgement)
}

#[then(expr = "her code was not sent again")]
fn was_not_sent_again(world: &mut World) -> Result<(), Stop> {
    let sends = world.run()?.wechat.calls(&sent(world)?).len();
    let judgement = sent_once(world.reply()?, sends);
    world.judge(judgement)
}

/// Returns the code that was sent last.
fn sent(world: &mut World) -> Result<JsCode, Stop> {
    let code = world.actor(&Someone::Protagonist)?.code.clone();
    code.ok_or_else(|| Stop::new(tr!("no code was sent; write a When before this Then")))
}
