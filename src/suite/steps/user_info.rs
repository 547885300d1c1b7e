//! What a token opens.

use cucumber::{given, then, when};

use crate::checks::{
    Judgement, carries_data, challenges, nobody_sees_another, not_publicly_cacheable, user_info_refused,
};
use crate::suite::driver::SCHEME;
use crate::suite::log::Stop;
use crate::suite::parameters::{BearerKind, Someone, UrlParameter};
use crate::suite::world::World;

#[given(expr = "{int} people have read their user info")]
async fn people_have_read(world: &mut World, people: usize) -> Result<(), Stop> {
    world.gather(people).await
}

#[when(expr = "{someone} reads her/his user info")]
async fn reads_user_info(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.read_user_info(&who).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "all of them read their user info at the same moment, {int} times")]
async fn read_at_the_same_moment(world: &mut World, rounds: usize) -> Result<(), Stop> {
    world.read_together(rounds).await
}

#[when(expr = "user info is asked for with {bearer}")]
async fn asked_for_with(world: &mut World, kind: BearerKind) -> Result<(), Stop> {
    world.present(kind, 1).await
}

#[when(expr = "user info is asked for {int} times with {bearer}")]
async fn asked_for_times_with(world: &mut World, times: usize, kind: BearerKind) -> Result<(), Stop> {
    world.present(kind, times).await
}

#[when(expr = "user info is asked for with her token in the parameter {url_parameter} of the URL")]
async fn asked_for_by_url(world: &mut World, parameter: UrlParameter) -> Result<(), Stop> {
    world.present_in_url(parameter).await
}

#[then(expr = "the answer carries user info")]
fn carries_user_info(world: &mut World) -> Result<(), Stop> {
    let too_late = world.too_late(&Someone::Protagonist);
    let judgement = carries_data(world.reply()?).unless(too_late);
    world.judge(judgement)
}

#[then(expr = "user info is refused")]
fn refused(world: &mut World) -> Result<(), Stop> {
    let owners = world.actor(&Someone::Protagonist)?.info.clone();
    let owners = owners.ok_or_else(|| Stop::new("write first: Given Alice has read her user info"))?;
    let judgement = Judgement::all(world.replies()?.iter().map(|reply| user_info_refused(reply, &owners)));
    world.judge(judgement)
}

#[then(expr = "the refusal is 401 and names the scheme")]
fn names_the_scheme(world: &mut World) -> Result<(), Stop> {
    let judgement = challenges(world.reply()?, SCHEME);
    world.judge(judgement)
}

#[then(expr = "no shared cache may keep the answer")]
fn no_shared_cache_may_keep_it(world: &mut World) -> Result<(), Stop> {
    let judgement = not_publicly_cacheable(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "nobody was shown what belongs to somebody else")]
fn nobody_was_shown_another(world: &mut World) -> Result<(), Stop> {
    let judgement = nobody_sees_another(&world.together.alone, &world.together.rounds);
    world.judge(judgement)
}
