//! The documented flow as a whole.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use crate::checks::{
    Judgement, Reply, carries_data, different_people, made_calls, not_every_time, same_openid, same_person,
    stored,
};
use crate::expiry::Value;
use crate::suite::log::Stop;
use crate::suite::parameters::{Someone, Thing, WechatError, Whose};
use crate::suite::world::World;

#[when(expr = "{someone} logs in from {int} phones at the same moment, and twice more later")]
async fn logs_in_from_phones(world: &mut World, who: Someone, phones: usize) -> Result<(), Stop> {
    world.log_in_from_phones(&who, phones).await
}

#[then(expr = "she was shown the same account each time")]
fn shown_the_same_account(world: &mut World) -> Result<(), Stop> {
    let judgement = world.concluded()?;
    world.judge(judgement)
}

#[given(expr = "{whose} WeChat session is valid")]
fn session_is_valid(world: &mut World, whose: Whose) -> Result<(), Stop> {
    let run = world.run()?;
    let valid = run.wechat.check_session(&world.actor(&whose.0)?.person);
    if valid { Ok(()) } else { Err(Stop::new(tr!("the stand-in has ended her session"))) }
}

#[given(expr = "{whose} WeChat session has expired")]
fn session_has_expired(world: &mut World, whose: Whose) -> Result<(), Stop> {
    let run = world.run()?;
    run.wechat.expire_session(&world.actor(&whose.0)?.person);
    Ok(())
}

#[given(expr = "{whose} phone has lost its {thing}")]
fn phone_has_lost(world: &mut World, whose: Whose, thing: Thing) -> Result<(), Stop> {
    let storage = world.actor(&whose.0)?.phone.storage_mut();
    storage.remove(match thing {
        Thing::Openid => "openid",
        Thing::Token => "tokenObj",
    });
    Ok(())
}

#[given(expr = "WeChat will answer her next code with {error}")]
fn wechat_will_answer(world: &mut World, error: WechatError) -> Result<(), Stop> {
    world.actor(&Someone::Protagonist)?.next_error = Some(error.0);
    Ok(())
}

#[when(expr = "{someone} launches the mini program")]
async fn launches(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.launch(&who).await
}

#[when(expr = "{someone} launches the mini program {int} times, with nobody else there")]
async fn launches_alone(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    world.launch_alone(&who, times).await
}

#[when(expr = "{someone} logs in( again)")]
async fn logs_in(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.log_in_by_hand(&who).await
}

#[when(expr = "{someone} logs in {int} times")]
async fn logs_in_several_times(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut exchanges = Vec::new();
    for _ in 0..times {
        world.log_in_by_hand(&who).await?;
        exchanges.extend(world.replies()?.first().cloned());
    }
    world.keep(&who, exchanges)
}

#[when("Alice, Bob and Alice again read their user info")]
async fn three_readings(world: &mut World) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for name in ["Alice", "Bob", "Alice"] {
        let someone = Someone::Named(name.to_owned());
        let reply = world.read_user_info(&someone).await?;
        world.demand_opened(&someone, &reply)?;
        replies.push(reply);
    }
    world.keep(&Someone::Protagonist, replies)
}

#[then(expr = "her phone walked the flow to its end:")]
fn walked(world: &mut World, step: &Step) -> Result<(), Stop> {
    let judgement = world.judge_calls(&column(step))?;
    world.judge(judgement)
}

#[then(expr = "her phone made these calls:")]
fn made_these_calls(world: &mut World, step: &Step) -> Result<(), Stop> {
    let expected = world.calls_expected(&column(step))?;
    let actor = world.actor(&Someone::Protagonist)?;
    let judgement = made_calls(&expected, &actor.calls(), actor.stopped_by().as_deref());
    world.judge(judgement)
}

#[then(expr = "openid, token with its creation time, and user info are in her storage")]
fn everything_is_stored(world: &mut World) -> Result<(), Stop> {
    let too_late = world.too_late(&Someone::Protagonist);
    let actor = world.actor(&Someone::Protagonist)?;
    if actor.by_hand.is_some() {
        let held = [("token", actor.token.is_some()), ("user info", actor.info.is_some())];
        return world.judge(stored(&held, true).unless(too_late));
    }
    let storage = actor.phone.storage();
    let token = storage.get("tokenObj");
    let created = token.get("createTime").unwrap_or(Value::Undefined);
    let judgement = stored(
        &[
            ("openid", storage.get("openid").is_truthy()),
            ("tokenObj", token.is_truthy()),
            ("createTime", matches!(created, Value::Number(_))),
            ("userinfo", storage.get("userinfo").is_truthy()),
        ],
        true,
    );
    world.judge(judgement.unless(too_late))
}

#[then(expr = "an openid is in her storage")]
fn an_openid_is_stored(world: &mut World) -> Result<(), Stop> {
    let found = world.actor(&Someone::Protagonist)?.phone.storage().get("openid").is_truthy();
    world.judge(stored(&[("openid", found)], true))
}

#[then(expr = "no token is in her storage")]
fn no_token_is_stored(world: &mut World) -> Result<(), Stop> {
    let found = world.actor(&Someone::Protagonist)?.phone.storage().get("tokenObj").is_truthy();
    world.judge(stored(&[("tokenObj", found)], false))
}

#[then(expr = "the backend did not ask WeChat about her")]
fn wechat_was_not_asked(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_silence(&Someone::Protagonist)?;
    world.judge(judgement)
}

#[then(expr = "not every launch made the backend ask WeChat")]
fn not_every_launch_asked(world: &mut World) -> Result<(), Stop> {
    let judgement = not_every_time(world.rounds());
    world.judge(judgement)
}

#[then(expr = "it was shown her user info")]
fn was_shown_user_info(world: &mut World) -> Result<(), Stop> {
    let too_late = world.too_late(&Someone::Protagonist);
    let actor = world.actor(&Someone::Protagonist)?;
    let reply =
        actor.reply_to("user info").ok_or_else(|| Stop::new(tr!("the phone asked for no user info")))?;
    let judgement = carries_data(reply).unless(too_late);
    world.judge(judgement)
}

#[then(expr = "the code was a new one")]
fn the_code_was_new(world: &mut World) -> Result<(), Stop> {
    let run = world.run()?;
    let actor = world.actor(&Someone::Protagonist)?;
    let fresh = &actor.codes[actor.before.codes..];
    let asked = fresh.iter().any(|code| !run.wechat.calls(code).is_empty());
    world.judge(Judgement::from_condition(asked, tr!("WeChat was asked about the new code"), || {
        tr!("WeChat was asked about no new code")
    }))
}

#[then(expr = "her login ended at the code exchange")]
fn login_ended_at_the_exchange(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_calls(&["wx.login", "code exchange"])?;
    world.judge(judgement)
}

#[then(expr = "she was given the same openid each time")]
fn the_same_openid(world: &mut World) -> Result<(), Stop> {
    let judgement = same_openid(world.replies()?);
    let of_another = world.first_openid_of_another(&Someone::Protagonist)?;
    world.judge(judgement.unless(of_another))
}

#[then(expr = "Alice was shown the same person twice")]
fn the_same_person(world: &mut World) -> Result<(), Stop> {
    let [first, other, again] = three(world.replies()?)?;
    let judgement = same_person(&first.data, &again.data, &other.data);
    world.judge(judgement)
}

#[then(expr = "Bob was shown another person than Alice")]
fn another_person(world: &mut World) -> Result<(), Stop> {
    let [first, other, _] = three(world.replies()?)?;
    let judgement = different_people(&first.data, &other.data);
    world.judge(judgement)
}

/// Returns the one column of a step's table.
pub(super) fn column(step: &Step) -> Vec<&str> {
    let rows = step.table.iter().flat_map(|table| &table.rows);
    rows.filter_map(|row| row.first()).map(String::as_str).collect()
}

fn three(replies: &[Reply]) -> Result<[&Reply; 3], Stop> {
    let [first, other, again] = replies else {
        return Err(Stop::new(tr!("write first: When Alice, Bob and Alice again read their user info")));
    };
    Ok([first, other, again])
}
