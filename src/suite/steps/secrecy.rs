//! What never reaches the client.

use cucumber::{then, when};

use crate::suite::log::Stop;
use crate::suite::parameters::{Someone, Whose};
use crate::suite::provocation::{Detour, Mishap, OddCode};
use crate::suite::secrecy::Hush;
use crate::suite::world::World;

#[when(expr = "{someone} sends a code with {odd_code} in it")]
async fn sends_an_odd_code(world: &mut World, who: Someone, odd: OddCode) -> Result<(), Stop> {
    let reply = world.provoke_with_code(&who, odd).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges a code to which WeChat answers with {mishap}")]
async fn exchanges_amid_a_mishap(world: &mut World, who: Someone, mishap: Mishap) -> Result<(), Stop> {
    let reply = world.exchange_amid(&who, mishap).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} asks for {detour}")]
async fn takes_a_detour(world: &mut World, who: Someone, detour: Detour) -> Result<(), Stop> {
    let replies = world.take_detour(&who, detour).await?;
    world.keep(&who, replies)
}

#[then(expr = "no answer contains {secret}")]
fn no_answer_contains(world: &mut World, secret: Hush) -> Result<(), Stop> {
    let judgement = world.judge_own_answers(secret)?;
    world.judge(judgement)
}

#[then(expr = "no answer of the whole run contained {secret}")]
fn no_answer_of_the_whole_run(world: &mut World, secret: Hush) -> Result<(), Stop> {
    let judgement = world.judge_all_answers(secret)?;
    world.judge(judgement)
}

#[then(expr = "no error answer quotes the request to WeChat")]
fn no_error_answer_quotes(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_quotations()?;
    world.judge(judgement)
}

#[then(expr = "no error answer of the whole run quoted the request to WeChat")]
fn no_error_answer_of_the_whole_run(world: &mut World) -> Result<(), Stop> {
    let judgement = world.run()?.evidence().judge_quotations();
    world.judge(judgement)
}

#[then(expr = "nobody was shown the openid of somebody else")]
fn nobody_was_shown_another_openid(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_each_other()?;
    world.judge(judgement)
}

#[then(expr = "none of {whose} tokens is made of a session key")]
fn no_token_is_made_of_a_session_key(world: &mut World, whose: Whose) -> Result<(), Stop> {
    let judgement = world.judge_tokens(&whose.0)?;
    world.judge(judgement)
}
