//! What a hostile client sends.

use cucumber::{given, then, when};

use crate::checks::{
    INSIDE, Judgement, logins_succeed, method_refused, never_a_server_error, not_waited_for,
    nothing_injected, nothing_of_the_inside,
};
use crate::language::translated;
use crate::suite::log::Stop;
use crate::suite::parameters::{Called, Family, InputPlace, Oversize, Someone};
use crate::suite::world::World;

#[given(expr = "{someone} has logged in twice")]
async fn has_logged_in_twice(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.introduce(&who)?;
    world.log_in_twice(&who).await
}

#[when(expr = "every kind of bad input is sent in {place}")]
async fn everything_bad(world: &mut World, place: InputPlace) -> Result<(), Stop> {
    world.send_everything_bad_in(place).await
}

#[when(expr = "{family} are sent in every place, and she logs in after each of them")]
async fn logs_in_after_each(world: &mut World, family: Family) -> Result<(), Stop> {
    world.log_in_after_each_of(family).await
}

#[when(expr = "the backend is sent what upsets most backends")]
async fn upset(world: &mut World) -> Result<(), Stop> {
    world.provoke_errors(None).await
}

#[when(expr = "the backend is sent what upsets most backends, by a browser")]
async fn upset_by_a_browser(world: &mut World) -> Result<(), Stop> {
    world.provoke_errors(Some("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")).await
}

#[when(expr = "{called} is sent by every other method")]
async fn other_methods(world: &mut World, called: Called) -> Result<(), Stop> {
    world.send_with_other_methods(called).await
}

#[when(expr = "a token is asked for with {oversize} of 8 MB, and she logs in afterwards")]
async fn oversize_body(world: &mut World, oversize: Oversize) -> Result<(), Stop> {
    world.send_oversize(oversize).await
}

#[when(expr = "line breaks and a header field are sent in {place}")]
async fn injections(world: &mut World, place: InputPlace) -> Result<(), Stop> {
    world.send_injections(place).await
}

#[given(expr = "she was given the openid of WeChat")]
fn was_given_her_openid(world: &mut World) -> Result<(), Stop> {
    if world.was_given_own_openid(&Someone::Protagonist)? {
        Ok(())
    } else {
        Err(Stop::new(tr!("an ordinary exchange did not give the openid of WeChat")))
    }
}

#[when(expr = "{called} is sent for {someone} and {someone} with a parameter that means nothing")]
async fn extra_parameter(
    world: &mut World,
    called: Called,
    one: Someone,
    another: Someone,
) -> Result<(), Stop> {
    world.send_with_extra_parameter(called, [&one, &another]).await
}

#[then(expr = "nothing of it is a server error")]
fn nothing_is_a_server_error(world: &mut World) -> Result<(), Stop> {
    let [ordinary, replies @ ..] = world.replies()? else { return Err(Stop::new(tr!("nothing was sent"))) };
    let judgement = never_a_server_error(ordinary, replies);
    world.judge(judgement)
}

#[then(expr = "every one of these logins succeeded")]
async fn every_login_succeeded(world: &mut World) -> Result<(), Stop> {
    let mut judgement = logins_succeed(&world.logins);
    if matches!(judgement, Judgement::Broken(_)) {
        judgement = judgement.unless(world.nobody_logs_in_so_often().await?);
    }
    world.judge(judgement)
}

#[then(expr = "it was refused or ignored")]
fn refused_or_ignored(world: &mut World) -> Result<(), Stop> {
    let judgement = not_waited_for(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "no answer shows the inside of the backend")]
fn shows_nothing(world: &mut World) -> Result<(), Stop> {
    let judgement = nothing_of_the_inside(world.replies()?);
    world.judge(judgement)
}

#[then(expr = "no answer of the whole run showed the inside of the backend")]
fn showed_nothing(world: &mut World) -> Result<(), Stop> {
    let run = world.run()?;
    let judgement = {
        let mut evidence = run.evidence();
        match evidence.insides() {
            ([], 0) => Judgement::CannotTell(tr!("no answer of the whole run was an error")),
            (shown, _) => Judgement::from_condition(shown.is_empty(), translated(INSIDE), || {
                let first = shown.first().map(String::as_str).unwrap_or_default();
                tr!("{count} answers; the first: {first}", count = shown.len(), first)
            }),
        }
    };
    world.judge(judgement)
}

#[then(expr = "every other method was refused as not allowed or not found")]
fn methods_were_refused(world: &mut World) -> Result<(), Stop> {
    let judgement = method_refused(world.replies()?, true);
    world.judge(judgement)
}

#[then(expr = "every other method was refused as not allowed or not found, whatever is declared")]
fn all_methods_were_refused(world: &mut World) -> Result<(), Stop> {
    let judgement = method_refused(world.replies()?, false);
    world.judge(judgement)
}

#[then(expr = "nothing of it became a header field or an answer")]
fn nothing_became_a_header(world: &mut World) -> Result<(), Stop> {
    let name = world.injected_name()?;
    let judgement = nothing_injected(world.replies()?, &name);
    world.judge(judgement)
}

#[then(expr = "it is granted as ever")]
fn granted_as_ever(world: &mut World) -> Result<(), Stop> {
    let judgement = world.concluded()?;
    world.judge(judgement)
}
