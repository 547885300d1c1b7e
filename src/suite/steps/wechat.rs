//! Living with the real platform.

use cucumber::gherkin::Step;
use cucumber::{given, then, when};

use crate::checks::{Judgement, blamed_apart, refused_with_answer};
use crate::suite::log::Stop;
use crate::suite::parameters::{CodeKind, Someone, TroubleName, Whose};
use crate::suite::world::World;

#[given(expr = "{whose} code exchange met {trouble}")]
async fn exchange_met(world: &mut World, whose: Whose, trouble: TroubleName) -> Result<(), Stop> {
    // Whatever came of it is judged elsewhere.
    world.exchange_troubled(&whose.0, trouble.0).await.map(drop)
}

#[given(expr = "{whose} code exchange met refused connections")]
async fn exchange_met_refused_connections(world: &mut World, whose: Whose) -> Result<(), Stop> {
    world.exchange_without_wechat(&whose.0).await.map(drop)
}

#[when(expr = "{someone} exchanges a code to which WeChat answers with {trouble}")]
async fn exchanges_troubled(world: &mut World, who: Someone, trouble: TroubleName) -> Result<(), Stop> {
    let reply = world.exchange_troubled(&who, trouble.0).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges a usual code, and {someone} one to which WeChat answers with {trouble}")]
async fn exchanges_usual_and_troubled(
    world: &mut World,
    who: Someone,
    other: Someone,
    trouble: TroubleName,
) -> Result<(), Stop> {
    world.exchange_compared((&who, None), (&other, Some(trouble.0))).await
}

#[when(expr = "{someone} exchanges a code to which WeChat answers with {trouble}, and {someone} a usual one")]
async fn exchanges_troubled_and_usual(
    world: &mut World,
    who: Someone,
    trouble: TroubleName,
    other: Someone,
) -> Result<(), Stop> {
    world.exchange_compared((&who, Some(trouble.0)), (&other, None)).await
}

#[when(
    expr = "{someone} exchanges a code to which WeChat answers with {trouble}, and {someone} one with {trouble}"
)]
async fn exchanges_troubled_both(
    world: &mut World,
    who: Someone,
    one: TroubleName,
    other: Someone,
    another: TroubleName,
) -> Result<(), Stop> {
    world.exchange_compared((&who, Some(one.0)), (&other, Some(another.0))).await
}

#[when(expr = "{someone} exchanges a code nobody was given, and one to which WeChat answers with {trouble}")]
async fn exchanges_unknown_then_troubled(
    world: &mut World,
    who: Someone,
    trouble: TroubleName,
) -> Result<(), Stop> {
    let unknown = world.exchange_kind(&who, CodeKind::Unknown).await?;
    let troubled = world.exchange_troubled(&who, trouble.0).await?;
    world.keep(&who, vec![unknown, troubled])
}

#[when(expr = "{someone} exchanges a code while connections to WeChat are refused")]
async fn exchanges_without_wechat(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.exchange_without_wechat(&who).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges these codes at the same moment:")]
async fn exchanges_together(world: &mut World, who: Someone, step: &Step) -> Result<(), Stop> {
    let names = step.table.iter().flat_map(|table| table.rows.iter().flatten());
    let troubles: Result<Vec<TroubleName>, _> = names.map(|name| name.parse()).collect();
    let troubles = troubles.map_err(|unknown| Stop::new(unknown.to_string()))?;
    let troubles: Vec<_> = troubles.into_iter().map(|trouble| trouble.0).collect();
    world.exchange_troubled_together(&who, &troubles).await
}

#[when(expr = "{someone} exchanges a code while WeChat keeps {someone} waiting")]
async fn exchanges_meanwhile(world: &mut World, other: Someone, slowed: Someone) -> Result<(), Stop> {
    world.exchange_meanwhile(&other, &slowed).await
}

#[then(expr = "the exchange is refused with an answer")]
fn refused_and_answered(world: &mut World) -> Result<(), Stop> {
    let judgement = Judgement::of_each(world.replies()?, refused_with_answer);
    world.judge(judgement)
}

#[then(expr = "Bob's was understood")]
#[then(expr = "each of them was refused in time")]
#[then(expr = "Bob was served before Alice")]
fn as_the_act_showed(world: &mut World) -> Result<(), Stop> {
    let judgement = world.concluded()?;
    world.judge(judgement)
}

#[then(expr = "the two refusals can be told apart")]
fn can_be_blamed_apart(world: &mut World) -> Result<(), Stop> {
    let [clients, wechats] = world.replies()? else {
        return Err(Stop::new(tr!("two codes are exchanged before this Then")));
    };
    let judgement = blamed_apart(clients, wechats);
    world.judge(judgement)
}

#[then(expr = "the endpoints that the backend called are noted")]
fn endpoints_are_noted(world: &mut World) -> Result<(), Stop> {
    let wechat = &world.run()?.wechat;
    let unexpected = wechat.unexpected();
    for called in wechat.endpoints() {
        let known = !unexpected.iter().any(|one| (&one.method, &one.path) == (&called.method, &called.path));
        let (method, path, count) = (&called.method, &called.path, called.count);
        world.observe(if known {
            tr!("{method} {path} {count} times", method, path, count)
        } else {
            tr!("{method} {path} {count} times, which WeChat does not have", method, path, count)
        })?;
    }
    let refused = world.run()?.wechat.refused_hosts();
    for host in refused {
        world.observe(tr!("{host}, which is another host and was refused", host))?;
    }
    Ok(())
}
