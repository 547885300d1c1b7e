//! Trading the openid for a token.

use cucumber::{then, when};

use crate::checks::{Judgement, carries_token, lifetime_is_seconds, no_token_issued, token_granted};
use crate::suite::driver::basic;
use crate::suite::forgery::client_header;
use crate::suite::log::Stop;
use crate::suite::parameters::{ClientKind, OpenidKind, Someone, Whose};
use crate::suite::world::World;

#[when(expr = "{someone} asks for a token")]
async fn asks_for_a_token(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.obtain_token(&who).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} asks for a token {int} times more")]
async fn asks_again_and_again(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for _ in 0..times {
        replies.push(world.obtain_token(&who).await?);
    }
    world.keep(&who, replies)
}

#[when(expr = "{whose} token is asked for with {client}")]
async fn asked_for_with(world: &mut World, whose: Whose, kind: ClientKind) -> Result<(), Stop> {
    let header = client_header(&world.run()?.contract.client, kind);
    let openid = world.actor(&whose.0)?.known_openid()?.to_owned();
    let reply = world.ask_token(&whose.0, Some(&openid), header).await?;
    world.keep(&whose.0, vec![reply])
}

#[when(expr = "{someone} sends a token request with {openid}")]
async fn sends_a_token_request(world: &mut World, who: Someone, kind: OpenidKind) -> Result<(), Stop> {
    let header = basic(&world.run()?.contract.client);
    let openid = world.make_openid(&who, kind)?;
    let reply = world.ask_token(&who, openid.as_deref(), Some(header)).await?;
    world.keep(&who, vec![reply])
}

#[then(expr = "the answer carries a token")]
fn answered_with_a_token(world: &mut World) -> Result<(), Stop> {
    let judgement = carries_token(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "every one of these requests was answered with a token")]
fn each_answered_with_a_token(world: &mut World) -> Result<(), Stop> {
    let judgement = Judgement::all(world.replies()?.iter().map(token_granted));
    world.judge(judgement)
}

#[then(expr = "its lifetime is a number of seconds that a clock can be put forward by")]
fn its_lifetime_is_a_number(world: &mut World) -> Result<(), Stop> {
    let judgement = lifetime_is_seconds(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "no token is issued")]
fn no_token(world: &mut World) -> Result<(), Stop> {
    let judgement = Judgement::all(world.replies()?.iter().map(no_token_issued));
    world.judge(judgement)
}
