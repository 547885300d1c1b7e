//! How a session is renewed, looked at and ended by request.

use cucumber::{given, then, when};

use crate::checks::{fate_of_refresh_token, hard_to_guess, says_yes};
use crate::suite::log::Stop;
use crate::suite::parameters::{BearerKind, ClientKind, JwtForgery, Phone, RenewalKind, Someone, Whose};
use crate::suite::world::World;

#[when(expr = "{someone} renews her session {int} times")]
async fn renews_again_and_again(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    world.renew_and_read(&who, times).await
}

#[when(expr = "{someone} renews her session, and user info is asked for with the token from before")]
async fn presents_the_token_from_before(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.present_renewed_away(&who).await
}

#[when(expr = "{someone} and {someone} renew their sessions at the same moment, {int} times")]
async fn renew_at_once(world: &mut World, one: Someone, other: Someone, times: usize) -> Result<(), Stop> {
    world.renew_at_once([&one, &other], times).await
}

#[when(expr = "{someone} renews her session once its token has ended")]
async fn renews_what_has_ended(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.renew_ended(&who).await
}

#[when(
    expr = "{someone} renews her session once its token has ended, and user info is asked for with that token"
)]
async fn presents_the_ended_after_renewal(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.read_with_ended_after_renewal(&who).await
}

#[when(expr = "{someone} renews her session, and is told how long the new token lives")]
async fn renews_for_a_life(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.renew_for_a_life(&who).await
}

#[when(expr = "{someone} renews his session, naming {someone} beside it")]
async fn renews_naming(world: &mut World, who: Someone, other: Someone) -> Result<(), Stop> {
    world.renew_naming(&who, &other).await
}

#[when(expr = "{someone} renews his session with {whose} token beside it")]
async fn renews_beside_token(world: &mut World, who: Someone, owner: Whose) -> Result<(), Stop> {
    world.renew_beside_token(&who, &owner.0).await
}

#[when(expr = "her session is renewed without a refresh token, and with her token in its usual place")]
async fn renewed_with_session_alone(world: &mut World) -> Result<(), Stop> {
    world.renew_with_session_alone().await
}

#[when(expr = "her session is renewed with every JWT with {jwt_forgery}")]
async fn renewed_with_forgeries(world: &mut World, kind: JwtForgery) -> Result<(), Stop> {
    world.renew_with_forgeries(kind).await
}

#[then(expr = "no forgery of it brings a token")]
fn no_forgery_brings_a_token(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_forged_renewals()?;
    world.judge(judgement)
}

#[given(expr = "at least 64 refresh tokens have been handed out")]
async fn refresh_tokens_handed_out(world: &mut World) -> Result<(), Stop> {
    world.collect_refresh_tokens().await
}

#[then(expr = "none of their refresh tokens can be worked out")]
async fn refresh_tokens_cannot_be_worked_out(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_refresh_tokens().await?;
    world.judge(judgement)
}

#[then(expr = "each of these refresh tokens holds at least 128 bits")]
fn refresh_tokens_are_hard_to_guess(world: &mut World) -> Result<(), Stop> {
    let judgement = hard_to_guess(&world.run()?.refresh_samples().tokens());
    world.judge(judgement)
}

#[when(expr = "her session is renewed by a client with {client}")]
async fn renewed_by_client(world: &mut World, kind: ClientKind) -> Result<(), Stop> {
    world.renew_as_client(kind).await
}

#[when(expr = "her session is renewed with {renewal}")]
async fn renewed_with(world: &mut World, kind: RenewalKind) -> Result<(), Stop> {
    world.renew_with(kind).await
}

#[when(expr = "her session is renewed with her token in the place of her refresh token")]
async fn renewed_with_token(world: &mut World) -> Result<(), Stop> {
    world.renew_with_token().await
}

#[when(expr = "her session is renewed twice with the same refresh token")]
async fn renewed_with_replaced(world: &mut World) -> Result<(), Stop> {
    world.renew_with_replaced().await
}

#[when(expr = "user info is asked for with her refresh token in the place of her token")]
async fn asked_for_with_refresh_token(world: &mut World) -> Result<(), Stop> {
    world.present_refresh_token().await
}

#[when(expr = "{someone} reads her user info after her logout")]
async fn reads_after_logout(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.read_after_logout(&who).await
}

#[when(expr = "{someone} logs in on another phone, and reads her user info after her logout on {phone}")]
async fn reads_after_logout_of_one(world: &mut World, who: Someone, phone: Phone) -> Result<(), Stop> {
    world.read_after_logout_of_one(&who, phone).await
}

#[when(expr = "{someone} reads her user info long after her logout")]
async fn reads_long_after_logout(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.read_long_after_logout(&who).await
}

#[when(
    expr = "{someone} renews her session and logs out, and user info is asked for with the token from before the renewal"
)]
async fn presents_renewed_away_after_logout(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.read_renewed_away_after_logout(&who).await
}

#[when(expr = "{someone} logs out, naming {someone} beside his token")]
async fn logs_out_naming(world: &mut World, who: Someone, other: Someone) -> Result<(), Stop> {
    world.log_out_naming(&who, &other).await
}

#[when(expr = "somebody logs out with every JWT with {jwt_forgery}")]
async fn logged_out_with_forgeries(world: &mut World, kind: JwtForgery) -> Result<(), Stop> {
    world.log_out_with_forgeries(kind).await
}

#[when(expr = "{someone} logs out and in again, and user info is asked for with the token from before")]
async fn presents_the_ended_one(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.read_ended_after_return(&who).await
}

#[when(expr = "{someone} renews her session after her logout")]
async fn renews_after_logout(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.renew_after_logout(&who).await
}

#[when(
    expr = "{someone} renews her session and logs out, and it is renewed with the refresh token from before"
)]
async fn renews_with_replaced_after_logout(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.renew_with_replaced_after_logout(&who).await
}

#[when(expr = "{someone} logs in again after her logout, and reads her user info")]
async fn comes_back_after_logout(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.come_back_after_logout(&who).await
}

#[when(expr = "{someone} logs out")]
async fn logs_out(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.log_out_alone(&who).await
}

#[when(expr = "somebody logs out with {bearer}")]
async fn logged_out_with(world: &mut World, kind: BearerKind) -> Result<(), Stop> {
    world.log_out_with(kind).await
}

#[when(expr = "{someone} asks whether her session is valid")]
async fn asks_whether_valid(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.check_session(&who).await
}

#[when(expr = "{someone} asks whether her session is valid after her logout")]
async fn asks_after_logout(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.check_after_logout(&who).await
}

#[when(expr = "{someone} asks whether her session is valid once her token has ended")]
async fn asks_after_the_end(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.check_after_the_end(&who).await
}

#[when(
    expr = "{someone} asks whether her session is valid once her token has ended, and reads her user info with that token"
)]
async fn presents_what_was_looked_at_late(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.read_after_a_late_check(&who).await
}

#[when(expr = "somebody asks whether a session is valid with {bearer}")]
async fn asked_whether_valid_with(world: &mut World, kind: BearerKind) -> Result<(), Stop> {
    world.check_with(kind).await
}

#[when(
    expr = "{someone} logs in on another phone, and asks whether her first session is valid after its logout"
)]
async fn asks_after_logout_of_one(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.check_after_logout_of_one(&who).await
}

#[when(expr = "somebody asks whether a session is valid with every JWT with {jwt_forgery}")]
async fn asked_whether_forged_are_valid(world: &mut World, kind: JwtForgery) -> Result<(), Stop> {
    world.check_with_forgeries(kind).await
}

#[then(expr = "no forgery is said to be valid")]
fn no_forgery_said_to_be_valid(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_forged_checks()?;
    world.judge(judgement)
}

#[then(expr = "every renewal brought a token that opens the user info of its owner")]
async fn every_renewal_works(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_renewals();
    let judgement = world.unless_nobody_is_served(judgement).await?;
    world.judge(judgement)
}

#[then(expr = "her earlier token is worth what the contract promises")]
async fn earlier_token_is_worth(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_promise()?;
    let judgement = world.unless_nobody_is_served(judgement).await?;
    world.judge(judgement)
}

#[then(expr = "it is noted what became of the refresh token")]
fn fate_is_noted(world: &mut World) -> Result<(), Stop> {
    let note = fate_of_refresh_token(world.reply()?);
    world.note(note)
}

#[then(expr = "nothing is left of her session")]
fn nothing_is_left(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_over()?;
    world.judge(judgement)
}

#[then(expr = "nothing is left of the session that was ended")]
fn nothing_is_left_of_the_earlier(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_still_over()?;
    world.judge(judgement)
}

#[then(expr = "she was let in again")]
async fn was_let_in_again(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_return().await?;
    world.judge(judgement)
}

#[then(expr = "the session is said to be valid")]
async fn said_to_be_valid(world: &mut World) -> Result<(), Stop> {
    let too_late = world.too_late(&Someone::Protagonist);
    let judgement = says_yes(world.reply()?).unless(too_late);
    let judgement = world.unless_nobody_is_served(judgement).await?;
    world.judge(judgement)
}

#[then(expr = "no session is said to be valid")]
fn not_said_to_be_valid(world: &mut World) -> Result<(), Stop> {
    let judgement = world.judge_no()?;
    world.judge(judgement)
}
