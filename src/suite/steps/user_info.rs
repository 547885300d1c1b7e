//! What a token opens.

use cucumber::{given, then, when};

use crate::checks::{
    Judgement, carries_data, challenges, nobody_sees_another, not_publicly_cacheable, shows_no_person,
};
use crate::suite::driver::SCHEME;
use crate::suite::log::Stop;
use crate::suite::need::Need;
use crate::suite::parameters::{BearerKind, JwtForgery, Someone, UrlParameter, Whose};
use crate::suite::world::World;

#[given(expr = "{int} people have read their user info")]
async fn people_have_read(world: &mut World, people: usize) -> Result<(), Stop> {
    world.gather(people).await
}

#[given(expr = "{whose} token is a JWT")]
fn token_is_a_jwt(world: &mut World, whose: Whose) -> Result<(), Stop> {
    world.jwt_of(&whose.0).map(drop)
}

#[given(expr = "{whose} token is a JWT that is signed with a shared key")]
fn token_has_a_shared_key(world: &mut World, whose: Whose) -> Result<(), Stop> {
    world.demand_shared_key(&whose.0)
}

#[when(expr = "{someone} reads her/his user info")]
async fn reads_user_info(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.read_user_info(&who).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} reads her/his user info {int} times")]
async fn reads_user_info_again_and_again(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for _ in 0..times {
        replies.push(world.read_user_info(&who).await?);
        // A slow backend is not asked so often, since its token is to live for as long as that takes.
        if world.is_past(&who, 2)? {
            break;
        }
    }
    world.keep(&who, replies)
}

#[when(expr = "{someone} reads her/his user info once her/his token has ended")]
async fn reads_with_an_ended_token(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.read_when_ended(&who).await?;
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

#[when(expr = "user info is asked for without a token and with her openid in the URL")]
async fn asked_for_with_openid(world: &mut World) -> Result<(), Stop> {
    world.present_openid_alone().await
}

#[when(expr = "user info is asked for without a token and with her user ID in headers and cookies")]
async fn asked_for_with_user_id_around(world: &mut World) -> Result<(), Stop> {
    world.present_user_id_around_alone().await
}

#[when(expr = "user info is asked for without a token and with her openid in headers and in a cookie")]
async fn asked_for_with_openid_around(world: &mut World) -> Result<(), Stop> {
    world.present_openid_around_alone().await
}

#[when(expr = "user info is asked for without a token, as a server of the backend's own would ask")]
async fn asked_for_as_inner(world: &mut World) -> Result<(), Stop> {
    world.present_as_inner().await
}

#[when(expr = "user info is asked for without a token, its address being spelled in other ways")]
async fn asked_for_at_other_spellings(world: &mut World) -> Result<(), Stop> {
    world.present_at_other_spellings().await
}

#[when(expr = "user info is asked for without a token, by other methods")]
async fn asked_for_by_other_methods(world: &mut World) -> Result<(), Stop> {
    world.present_by_other_methods().await
}

#[when(
    expr = "user info is asked for without a token while she asks for hers at the same moment, {int} times"
)]
async fn asked_for_amid(world: &mut World, rounds: usize) -> Result<(), Stop> {
    world.present_nothing_amid(rounds).await
}

#[when(expr = "user info is asked for without her token on the connection over which she has just asked")]
async fn asked_for_on_her_connection(world: &mut World) -> Result<(), Stop> {
    world.present_on_the_owners_connection().await
}

#[when(expr = "user info is asked for with every token that developers use for tests")]
async fn asked_for_with_tokens_for_tests(world: &mut World) -> Result<(), Stop> {
    world.present_tokens_for_tests().await
}

#[when(expr = "user info is asked for with her token changed in one place after the other")]
async fn asked_for_with_changed_places(world: &mut World) -> Result<(), Stop> {
    world.present_changed_in_places().await
}

#[when(expr = "user info is asked for with her token in parameters of other names in the URL")]
async fn asked_for_with_parameters(world: &mut World) -> Result<(), Stop> {
    world.present_in_parameters().await
}

#[when(expr = "user info is asked for with {whose} token and the openid of {someone} in the URL")]
async fn asked_for_with_openid_of(world: &mut World, whose: Whose, other: Someone) -> Result<(), Stop> {
    world.present_with_openid_of(&whose.0, &other).await
}

#[when(
    expr = "user info is asked for with {whose} token and the openid of {someone} in headers and in a cookie"
)]
async fn asked_for_with_openid_of_another_around(
    world: &mut World,
    whose: Whose,
    other: Someone,
) -> Result<(), Stop> {
    world.present_with_openid_around(&whose.0, &other).await
}

#[when(
    expr = "user info is asked for with {whose} token and the user ID of {someone} in the URL and in headers"
)]
async fn asked_for_with_user_id(world: &mut World, whose: Whose, other: Someone) -> Result<(), Stop> {
    world.present_with_user_id_of(&whose.0, &other).await
}

#[when(expr = "user info is asked for with every JWT with {jwt_forgery}")]
async fn asked_for_with_forgeries(world: &mut World, kind: JwtForgery) -> Result<(), Stop> {
    world.present_forgeries(kind).await
}

#[then(expr = "the answer carries user info")]
async fn carries_user_info(world: &mut World) -> Result<(), Stop> {
    let too_late = world.too_late(&Someone::Protagonist);
    let reply = world.reply()?;
    let mut judgement = carries_data(reply).shown_by([&*reply.exchange]).unless(too_late);
    if matches!(judgement, Judgement::Broken(_)) {
        let by_itself = world.ended_by_itself(&Someone::Protagonist).await?;
        judgement = world.unless_nobody_is_served(judgement.unless(by_itself)).await?;
    }
    world.judge(judgement)
}

#[then(expr = "user info is refused")]
#[then(expr = "user info is refused each time")]
fn refused(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_refusals()?;
    world.judge(judgement)
}

#[then(expr = "nobody's user info was shown")]
fn nobodys_user_info(world: &mut World) -> Result<(), Stop> {
    let owners = world.actor(&Someone::Protagonist)?.info.clone().unwrap_or_default();
    let judgement = Judgement::of_each(world.replies()?, |reply| shows_no_person(reply, &owners));
    world.judge(judgement)
}

#[then(expr = "the refusal is 401 and names the scheme")]
fn names_the_scheme(world: &mut World) -> Result<(), Stop> {
    let run = world.run()?;
    let scheme = run.contract.dialect.as_ref().and_then(|dialect| dialect.scheme()).unwrap_or(SCHEME);
    let reply = world.reply()?;
    let user_info = run.contract.dialect.as_ref().and_then(|dialect| dialect.user_info.as_ref());
    let by_body = user_info.is_some_and(|guarded| !guarded.ok.looks_at_status_alone());
    if by_body && !reply.accepted && reply.status().is_some_and(|status| (200..300).contains(&status)) {
        let seen = reply.describe();
        let reason =
            tr!("the contract tells a success by the body, and so is this refusal told: {seen}", seen);
        return Err(world.unmet(Need::Status, reason));
    }
    let judgement = challenges(reply, scheme);
    world.judge(judgement)
}

#[then(expr = "no shared cache may keep the answer")]
fn no_shared_cache_may_keep_it(world: &mut World) -> Result<(), Stop> {
    let judgement = not_publicly_cacheable(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "nobody was shown what belongs to somebody else")]
fn nobody_was_shown_another(world: &mut World) -> Result<(), Stop> {
    let mut judgement = nobody_sees_another(&world.together.alone, &world.together.rounds);
    if matches!(judgement, Judgement::CannotTell(_)) {
        let names: Vec<String> = world.together.alone.iter().map(|asker| asker.name.clone()).collect();
        let late = names.into_iter().find_map(|name| world.too_late(&Someone::Named(name)));
        judgement = late.map_or(judgement, Judgement::CannotTell);
    }
    world.judge(judgement)
}

#[then(expr = "no well-known word is the key of {whose} token")]
async fn no_word_is_the_key(world: &mut World, whose: Whose) -> Result<(), Stop> {
    let judgement = world.judge_key(&whose.0).await?;
    world.judge(judgement)
}
