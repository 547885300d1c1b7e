//! People are told apart.

use cucumber::{given, then, when};

use crate::checks::{everybody_got_their_own, stayed_one, told_apart};
use crate::expiry::Value;
use crate::standin::Person;
use crate::suite::arrange::granted;
use crate::suite::crowd::{in_other_case, underscored, with_another_end, with_part};
use crate::suite::log::Stop;
use crate::suite::parameters::{Hash, Marks, Place, Someone, Whose};
use crate::suite::world::World;

#[given(expr = "the backend lets ordinary people in")]
async fn lets_ordinary_people_in(world: &mut World) -> Result<(), Stop> {
    world.check_ordinary_person("Yvonne", false).await.map(drop)
}

#[given(expr = "the backend tells ordinary people apart")]
async fn tells_ordinary_people_apart(world: &mut World) -> Result<(), Stop> {
    world.check_ordinary_people(false).await
}

#[given(expr = "the backend tells people with a unionid apart")]
async fn tells_people_with_a_unionid_apart(world: &mut World) -> Result<(), Stop> {
    world.check_ordinary_people(true).await
}

#[given(
    expr = "{someone} is a WeChat user whose openid differs from {whose} in the case of its letters only"
)]
fn is_a_lookalike(world: &mut World, who: Someone, of: Whose) -> Result<(), Stop> {
    let Someone::Named(name) = who else { return Err(Stop::new(tr!("a person is introduced by name"))) };
    world.introduce_alike(&name, &of.0, in_other_case)
}

#[given(expr = "{someone} is a WeChat user whose openid differs from {whose} in the last letter only")]
fn is_nearly_the_same(world: &mut World, who: Someone, of: Whose) -> Result<(), Stop> {
    let Someone::Named(name) = who else { return Err(Stop::new(tr!("a person is introduced by name"))) };
    world.introduce_alike(&name, &of.0, with_another_end)
}

#[given(expr = "{someone} and {someone} are WeChat users whose openids have the same {hash}")]
fn are_alike_to_a_hash(world: &mut World, one: Someone, other: Someone, hash: Hash) -> Result<(), Stop> {
    let (Someone::Named(one), Someone::Named(other)) = (one, other) else {
        return Err(Stop::new(tr!("a person is introduced by name")));
    };
    let [first, second] = hash.twins();
    world.introduce_special(&one, |person, _| with_part(person, first))?;
    world.introduce_alike(&other, &Someone::Named(one), |openid| openid.replacen(first, second, 1))
}

#[given(expr = "{someone} is a WeChat user whose openid has an underscore in the place of {whose} dash")]
fn is_underscored(world: &mut World, who: Someone, of: Whose) -> Result<(), Stop> {
    let Someone::Named(name) = who else { return Err(Stop::new(tr!("a person is introduced by name"))) };
    world.introduce_alike(&name, &of.0, underscored)
}

#[given(expr = "{someone} is a WeChat user with {marks} {place} of the openid")]
fn is_marked(world: &mut World, who: Someone, marks: Marks, place: Place) -> Result<(), Stop> {
    let Someone::Named(name) = who else { return Err(Stop::new(tr!("a person is introduced by name"))) };
    world.introduce_marked(&name, marks, place)
}

#[given(expr = "{someone} is a WeChat user without a unionid")]
fn is_without_unionid(world: &mut World, who: Someone) -> Result<(), Stop> {
    let Someone::Named(name) = who else { return Err(Stop::new(tr!("a person is introduced by name"))) };
    world.introduce_special(&name, |person, _| Person { unionid: None, ..person })
}

#[given(expr = "the mini program has been bound to an account since, so that she has a unionid")]
fn has_a_unionid_now(world: &mut World) -> Result<(), Stop> {
    world.give_unionid(&Someone::Protagonist)
}

#[given(expr = "{someone} logs in and reads her user info")]
#[when(expr = "{someone} logs in and reads her/his user info")]
async fn logs_in_and_reads(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.log_in_wholly(&who).await
}

#[when(expr = "{int} people log in at the same moment")]
async fn many_log_in(world: &mut World, people: usize) -> Result<(), Stop> {
    world.crowd_logs_in(people).await
}

#[when(expr = "{someone} and {someone} log in, and {someone} looks again")]
async fn log_in_and_look_again(
    world: &mut World,
    one: Someone,
    other: Someone,
    again: Someone,
) -> Result<(), Stop> {
    world.log_in_wholly(&one).await?;
    world.log_in_wholly(&other).await?;
    world.look_again(&again).await
}

#[then(expr = "each of them got an openid, a token and data of their own")]
fn each_got_their_own(world: &mut World) -> Result<(), Stop> {
    let judgement = everybody_got_their_own(world.crowd());
    world.judge(judgement)
}

#[then(expr = "{someone} and {someone} are two people")]
fn are_two_people(world: &mut World, one: Someone, other: Someone) -> Result<(), Stop> {
    let (mine, again) = first_and_last(world, &one)?;
    let (theirs, _) = first_and_last(world, &other)?;
    world.judge(told_apart(&mine, &theirs, &again))
}

#[then(expr = "{someone} got in with the openid that WeChat gave")]
fn got_in(world: &mut World, who: Someone) -> Result<(), Stop> {
    let judgement = world.judge_whole_login(&who)?;
    world.judge(judgement)
}

#[then(expr = "she is still the same account")]
fn still_the_same_account(world: &mut World) -> Result<(), Stop> {
    let before = world.actor(&Someone::Protagonist)?.info.clone().unwrap_or(Value::Undefined);
    let reply = world.reply()?;
    // A login that ended earlier has left another answer here, which has data of its own.
    let got_there = reply.exchange.purpose == world.run()?.contract.user_info.purpose;
    let shown = got_there && reply.accepted && reply.data.is_truthy();
    granted(shown, mark!("the second login did not get to user info"), reply)?;
    match stayed_one(&before, &reply.data) {
        Some(judgement) => world.judge(judgement),
        None => Err(world.not_applicable(tr!("user info shows no account of the backend's own"))),
    }
}

/// Returns what a person was shown as user info, at first and in the end.
fn first_and_last(world: &mut World, who: &Someone) -> Result<(Value, Value), Stop> {
    let actor = world.actor(who)?;
    let shown: Vec<&Value> = actor
        .replies
        .iter()
        .filter(|reply| reply.accepted && reply.exchange.purpose == "user info")
        .map(|reply| &reply.data)
        .collect();
    match shown.as_slice() {
        [first, .., last] => Ok(((*first).clone(), (*last).clone())),
        [only] => Ok(((*only).clone(), (*only).clone())),
        [] => Err(Stop::new(tr!("no user info was shown"))),
    }
}
