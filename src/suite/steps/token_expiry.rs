//! How a token ends.

use cucumber::{given, then, when};

use crate::backend::Expiry;
use crate::checks::{Judgement, carries_data, creation_time, lifetime_is_seconds, renewed};
use crate::expiry::Value;
use crate::suite::log::Stop;
use crate::suite::parameters::{Instant, Moment, Someone, Whose};
use crate::suite::renewals::RENEWAL;
use crate::suite::world::World;

#[given(expr = "{whose} phone has renewed its token")]
async fn has_renewed(world: &mut World, whose: Whose) -> Result<(), Stop> {
    world.renew_on_phone(&whose.0).await
}

#[given(expr = "her phone has stored her user info")]
fn has_stored_user_info(world: &mut World) -> Result<(), Stop> {
    let too_late = world.too_late(&Someone::Protagonist);
    let actor = world.actor(&Someone::Protagonist)?;
    let by_hand = actor.by_hand.is_some() && actor.info.is_some();
    let stored = by_hand || actor.phone.storage().get("userinfo").is_truthy();
    let why = || too_late.unwrap_or_else(|| tr!("a fresh token did not open user info"));
    if stored { Ok(()) } else { Err(Stop::new(why())) }
}

#[when(expr = "{someone} shows the mini program")]
async fn shows(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.show(&who).await
}

#[when(expr = "{someone} shows the mini program {instant}")]
async fn shows_at(world: &mut World, who: Someone, instant: Instant) -> Result<(), Stop> {
    world.set_phone_clock(&who, instant)?;
    world.show(&who).await
}

#[when(expr = "time passes to {moment}")]
async fn time_passes(world: &mut World, moment: Moment) -> Result<(), Stop> {
    world.pass_time(&Someone::Protagonist, moment).await
}

#[when(expr = "time passes to just after the announced end of {whose} earlier token")]
async fn time_passes_behind_the_earlier_end(world: &mut World, whose: Whose) -> Result<(), Stop> {
    world.outlive_earlier_token(&whose.0).await
}

#[when(expr = "{someone} logs in again and is given another token")]
async fn logs_in_and_is_given_another_token(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.log_in_as_far_as_token(&who).await?;
    world.demand_another_token(&who)
}

#[when(expr = "time passes for as long as the run waits, but not to the announced end")]
async fn time_passes_while_it_may(world: &mut World) -> Result<(), Stop> {
    world.pass_time_while_it_may(&Someone::Protagonist).await
}

#[then(expr = "the token has worked so far")]
async fn has_worked_so_far(world: &mut World) -> Result<(), Stop> {
    let too_late = world.too_late(&Someone::Protagonist);
    let judgement = Judgement::of_each(world.replies()?, carries_data).unless(too_late);
    let judgement = world.unless_nobody_is_served(judgement).await?;
    let worked = judgement == Judgement::Kept;
    world.judge(judgement)?;
    if worked { world.reaches_the_end(&Someone::Protagonist) } else { Ok(()) }
}

#[when(expr = "{someone} reads her user info again and again until just before the announced end")]
async fn keeps_reading(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.keep_reading(&who).await
}

#[when(expr = "{someone} asks for a token again, and tries it at the earlier end that was announced")]
async fn asks_again_and_tries(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.ask_again_and_try(&who).await
}

#[then(expr = "a token that was handed out again was announced with what was left of its life")]
fn was_announced_truly(world: &mut World) -> Result<(), Stop> {
    let judgement = world.concluded()?;
    world.judge(judgement)
}

#[then(expr = "it is noted what the backend answers {moment}")]
fn answer_is_noted(world: &mut World, moment: Moment) -> Result<(), Stop> {
    let reply = world.reply()?;
    let status = reply.status().map_or_else(|| tr!("no answer"), |status| status.to_string());
    let moment = moment.said();
    world.observe(if carries_data(reply) == Judgement::Kept {
        tr!("{moment}: user info is shown ({status})", moment, status)
    } else {
        tr!("{moment}: user info is refused ({status})", moment, status)
    })
}

#[when(expr = "the life of {whose} tokens is measured")]
async fn life_is_measured(world: &mut World, whose: Whose) -> Result<(), Stop> {
    let measured = world.measure_lifetime(&whose.0).await?;
    world.measured = Some(measured);
    Ok(())
}

#[then(expr = "what was measured is noted")]
fn measure_is_noted(world: &mut World) -> Result<(), Stop> {
    let measured = world.measured.ok_or_else(|| Stop::new(tr!("nothing was measured yet")))?;
    world.observe(measured.to_string())
}

#[then(expr = "her phone asked for nothing")]
fn asked_for_nothing(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_calls(&[])?;
    world.judge(judgement)
}

#[then(expr = "it asked with the stored openid")]
fn asked_with_the_stored_openid(world: &mut World) -> Result<(), Stop> {
    let actor = world.actor(&Someone::Protagonist)?;
    let stored = actor.phone.storage().get("openid").to_js_string().unwrap_or_default();
    let sent = stored.encode_uri_component().map(|text| format!("openid={text}")).unwrap_or_default();
    let requests = &actor.phone.trace().requests[actor.before.requests..];
    let body = requests.first().map(|request| request.asked.body.to_string_lossy()).unwrap_or_default();
    world.judge(Judgement::from_condition(body == sent, tr!("the body {sent}", sent), || body))
}

#[then(expr = "the creation time of the token is that of the renewal")]
fn creation_time_is_the_renewals(world: &mut World) -> Result<(), Stop> {
    let actor = world.actor(&Someone::Protagonist)?;
    let judgement = creation_time(&actor.phone.storage().get("tokenObj"), actor.phone_now);
    world.judge(judgement)
}

#[then(expr = "her phone has renewed its token, and the token opens user info")]
fn has_renewed_a_token_that_works(world: &mut World) -> Result<(), Stop> {
    let actor = world.actor(&Someone::Protagonist)?;
    let judgement = renewed(actor.reply_with_token(), actor.reply_to("user info"));
    world.judge(judgement)
}

#[then(expr = "the lifetime of the new token can be reckoned with")]
fn lifetime_can_be_reckoned_with(world: &mut World) -> Result<(), Stop> {
    let run = world.run()?;
    // The documented client needs to be told.
    if run.contract.dialect.is_some() && matches!(run.contract.expiry, Some(Expiry::Known(_))) {
        return Ok(());
    }
    let actor = world.actor(&Someone::Protagonist)?;
    let reply = actor.reply_with_token().ok_or_else(|| Stop::new(tr!("the phone asked for no token")))?;
    // RFC 6749 section 5.1 lets a renewal be silent about it, and no documented client reckons with this one.
    if reply.exchange.purpose == RENEWAL && reply.lifetime == Value::Undefined {
        return Ok(());
    }
    let judgement = lifetime_is_seconds(reply);
    world.judge(judgement)
}
