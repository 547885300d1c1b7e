//! What a token opens.

use cucumber::{then, when};

use crate::checks::{carries_data, user_info_refused};
use crate::suite::forgery::{Forged, bearer_header};
use crate::suite::log::Stop;
use crate::suite::parameters::{BearerKind, Someone};
use crate::suite::world::World;

#[when(expr = "{someone} reads her/his user info")]
async fn reads_user_info(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.read_user_info(&who).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "user info is asked for with {bearer}")]
async fn asked_for_with(world: &mut World, kind: BearerKind) -> Result<(), Stop> {
    let who = Someone::Protagonist;
    let forged = bearer_header(&world.actor(&who)?.held_token()?.token, kind)?;
    let header = match forged {
        Forged::Header(header) => header,
        Forged::NotApplicable(reason) => return Err(world.not_applicable(reason)),
    };
    let reply = world.ask_user_info(&who, header).await?;
    world.keep(&who, vec![reply])
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
    let judgement = user_info_refused(world.reply()?, &owners);
    world.judge(judgement)
}
