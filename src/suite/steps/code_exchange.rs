//! Exchanging the login code.

use std::time::Duration;

use cucumber::{given, then, when};

use crate::checks::{
    Judgement, at_most_one_success, exchange_granted, exchange_refused, given_openid, token_granted,
};
use crate::expiry::Value;
use crate::protocol::JsCode;
use crate::suite::log::Stop;
use crate::suite::parameters::{CodeKind, Someone, Whose};
use crate::suite::world::World;

#[given(expr = "WeChat takes {int} ms to answer her codes")]
fn wechat_is_slow(world: &mut World, millis: u64) -> Result<(), Stop> {
    world.actor(&Someone::Protagonist)?.slow_codes = Some(Duration::from_millis(millis));
    Ok(())
}

#[given(expr = "{whose} code exchange was refused for {code}")]
async fn exchange_was_refused(world: &mut World, whose: Whose, kind: CodeKind) -> Result<(), Stop> {
    world.be_refused(&whose.0, kind).await
}

#[when(expr = "{someone} exchanges a fresh code")]
async fn exchanges_a_fresh_code(world: &mut World, who: Someone) -> Result<(), Stop> {
    let code = world.fresh_code(&who)?;
    let reply = world.exchange(&who, Some(code.as_str())).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges a fresh code {int} times")]
async fn exchanges_fresh_codes(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for _ in 0..times {
        let code = world.fresh_code(&who)?;
        replies.push(world.exchange(&who, Some(code.as_str())).await?);
    }
    world.keep(&who, replies)
}

#[when(expr = "{someone} and {someone} exchange fresh codes at the same time")]
async fn exchange_together(world: &mut World, one: Someone, other: Someone) -> Result<(), Stop> {
    let codes = vec![(one.clone(), world.fresh_code(&one)?), (other.clone(), world.fresh_code(&other)?)];
    let replies = world.exchange_at_once(codes).await?;
    for (who, reply) in [one, other].iter().zip(replies) {
        world.keep(who, vec![reply])?;
    }
    Ok(())
}

#[when(expr = "{someone} exchanges the same code again")]
async fn exchanges_again(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.exchange_kind(&who, CodeKind::Used).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges the same code {int} times more")]
async fn exchanges_again_and_again(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for _ in 0..times {
        replies.push(world.exchange_kind(&who, CodeKind::Used).await?);
    }
    world.keep(&who, replies)
}

#[when(expr = "{someone} exchanges the code of {someone}")]
async fn exchanges_the_code_of(world: &mut World, who: Someone, owner: Someone) -> Result<(), Stop> {
    let code = world.make_code(&owner, CodeKind::Used)?;
    let reply = world.exchange(&who, code.as_ref().map(JsCode::as_str)).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges one code {int} times at the same moment, in {int} rounds")]
async fn exchanges_at_once(world: &mut World, who: Someone, times: usize, rounds: usize) -> Result<(), Stop> {
    for _ in 0..rounds {
        let code = world.slowed_code(&who)?;
        let replies = world.exchange_at_once(vec![(who.clone(), code); times]).await?;
        let openid = Value::from(world.actor(&who)?.person.openid.as_str());
        world.count_round(replies.iter().filter(|reply| reply.openid == openid).count());
    }
    Ok(())
}

#[when(expr = "{someone} sends a code exchange with {code}")]
async fn sends_a_code_exchange(world: &mut World, who: Someone, kind: CodeKind) -> Result<(), Stop> {
    let reply = world.exchange_kind(&who, kind).await?;
    world.keep(&who, vec![reply])
}

#[then(expr = "{someone} was given the openid that WeChat gave for her/him")]
fn given_the_right_openid(world: &mut World, who: Someone) -> Result<(), Stop> {
    let actor = world.actor(&who)?;
    let reply = actor.replies.last().ok_or_else(|| Stop::new("no code was exchanged"))?;
    let judgement = given_openid(reply, &actor.person.openid);
    world.judge(judgement)
}

#[then(expr = "the exchange is refused")]
#[then(expr = "every one of these exchanges is refused")]
fn the_exchange_is_refused(world: &mut World) -> Result<(), Stop> {
    let judgement = Judgement::all(world.replies()?.iter().map(exchange_refused));
    world.judge(judgement)
}

#[then(expr = "in no round more than one exchange succeeded")]
fn at_most_one(world: &mut World) -> Result<(), Stop> {
    let judgement = at_most_one_success(world.rounds());
    world.judge(judgement)
}

#[then(expr = "she was given an openid and a token")]
fn given_openid_and_token(world: &mut World) -> Result<(), Stop> {
    let actor = world.actor(&Someone::Protagonist)?;
    let [exchange, rest @ ..] = actor.replies.as_slice() else {
        return Err(Stop::new("she did not log in; write first: When Alice logs in"));
    };
    let judgement = exchange_granted(exchange).and(|| match rest {
        [token] => token_granted(token),
        _ => Judgement::CannotTell("no token was asked for".to_owned()),
    });
    world.judge(judgement)
}
