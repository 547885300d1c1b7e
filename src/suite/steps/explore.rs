//! Sentences about more than one person, for the scenarios that `explore` writes.
//!
//! They say of anybody what the other files say of the one whom a scenario is about.

use std::str::FromStr;

use cucumber::codegen::Parameter;
use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use super::login::column;
use crate::checks::{
    Judgement, carries_data, different_people, exchange_granted, same_person, walked_to_the_end,
};
use crate::expiry::Value;
use crate::suite::driver::bearer;
use crate::suite::log::Stop;
use crate::suite::parameters::{CodeKind, Someone, UnknownWord, Whose};
use crate::suite::world::World;

/// Somebody to whom something belongs, by name: `Bob's`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Owner(Someone);

impl Parameter for Owner {
    const REGEX: &'static str = "[A-Z][a-z]+'s";
    const NAME: &'static str = "owner";
}

impl FromStr for Owner {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        text.parse().map(|Whose(someone)| Self(someone))
    }
}

#[given(expr = "{whose} phone has lost everything")]
fn phone_has_lost_everything(world: &mut World, whose: Whose) -> Result<(), Stop> {
    let storage = world.actor(&whose.0)?.phone.storage_mut();
    for thing in ["openid", "tokenObj", "userinfo"] {
        storage.remove(thing);
    }
    Ok(())
}

#[given(expr = "her phone will be handed the code that {someone} has used")]
fn phone_will_be_handed_a_used_code(world: &mut World, owner: Someone) -> Result<(), Stop> {
    let code = world.make_code(&owner, CodeKind::Used)?;
    world.actor(&Someone::Protagonist)?.next_codes.extend(code);
    Ok(())
}

#[when(expr = "user info is asked for with {owner} earlier token")]
async fn asked_for_with_an_earlier_token(world: &mut World, owner: Owner) -> Result<(), Stop> {
    let token = world.actor(&owner.0)?.earlier_token.clone();
    let held = token.ok_or_else(|| Stop::new(tr!("no token was handed out before")))?;
    let reply = world.ask_with_held(&owner.0, held).await?;
    world.keep(&owner.0, vec![reply])
}

#[when(expr = "{someone} asks for user info with {owner} token")]
async fn asks_with_the_token_of(world: &mut World, who: Someone, owner: Owner) -> Result<(), Stop> {
    let authorization = bearer(&world.actor(&owner.0)?.held_token()?.token)?;
    let reply = world.ask_user_info(&who, Some(authorization)).await?;
    world.keep(&who, vec![reply])
}

#[then(expr = "what came is not the user info of {someone}")]
fn not_the_user_info_of(world: &mut World, other: Someone) -> Result<(), Stop> {
    let other = info(world, &other)?;
    let judgement = different_people(&world.reply()?.data, &other);
    world.judge(judgement)
}

#[then(expr = "{owner} phone walked the flow to its end:")]
fn somebodys_phone_walked(world: &mut World, owner: Owner, step: &Step) -> Result<(), Stop> {
    let actor = world.actor(&owner.0)?;
    let gone = actor.replies.iter().find_map(crate::checks::Reply::inconclusive);
    let walked = || walked_to_the_end(&column(step), &actor.calls());
    let judgement = gone.map_or_else(walked, Judgement::CannotTell);
    world.judge(judgement)
}

#[then(expr = "it was shown {owner} user info")]
fn was_shown_somebodys_user_info(world: &mut World, owner: Owner) -> Result<(), Stop> {
    let too_late = world.too_late(&owner.0);
    let actor = world.actor(&owner.0)?;
    let reply =
        actor.reply_to("user info").ok_or_else(|| Stop::new(tr!("the phone asked for no user info")))?;
    let judgement = carries_data(reply).unless(too_late);
    world.judge(judgement)
}

#[then(expr = "the backend did not ask WeChat about {someone}")]
fn wechat_was_not_asked_about(world: &mut World, who: Someone) -> Result<(), Stop> {
    let judgement = world.judge_silence(&who)?;
    world.judge(judgement)
}

#[then(expr = "the exchange is granted")]
fn the_exchange_is_granted(world: &mut World) -> Result<(), Stop> {
    let judgement = exchange_granted(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "{someone} was not shown the user info of {someone}")]
fn not_the_other_one(world: &mut World, who: Someone, other: Someone) -> Result<(), Stop> {
    let shown = shown(world, &who)?;
    let judgement = different_people(&shown, &info(world, &other)?);
    world.judge(judgement)
}

#[then(expr = "{someone} was shown her/his own user info again, not that of {someone}")]
fn the_same_one_again(world: &mut World, who: Someone, other: Someone) -> Result<(), Stop> {
    let (first, again) = (info(world, &who)?, shown(world, &who)?);
    let judgement = same_person(&first, &again, &info(world, &other)?);
    world.judge(judgement)
}

/// Returns what somebody was shown in their last act.
fn shown(world: &mut World, who: &Someone) -> Result<Value, Stop> {
    let reply = world.actor(who)?.reply_to("user info");
    reply.map(|reply| reply.data.clone()).ok_or_else(|| Stop::new(tr!("no user info was asked for")))
}

/// Returns the user info that somebody was shown first.
fn info(world: &mut World, who: &Someone) -> Result<Value, Stop> {
    world.actor(who)?.info.clone().ok_or_else(|| Stop::new(tr!("no user info was shown before")))
}
