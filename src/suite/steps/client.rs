//! The documented client never hangs.

use cucumber::{given, then};

use crate::checks::{refusal_without_data, refusal_without_token, settled, would_settle};
use crate::expiry::Value;
use crate::miniprogram::Stage;
use crate::protocol::JsCode;
use crate::standin::Script;
use crate::suite::log::Stop;
use crate::suite::parameters::{CodeKind, OpenidKind, Someone};
use crate::suite::world::World;

#[given(expr = "her phone will be handed {code}")]
fn phone_will_be_handed(world: &mut World, kind: CodeKind) -> Result<(), Stop> {
    let code = world.make_code(&Someone::Protagonist, kind)?;
    let code = code.unwrap_or_else(|| JsCode::new(""));
    world.actor(&Someone::Protagonist)?.next_codes.push_back(code);
    Ok(())
}

#[given(expr = "WeChat will answer her next code with nothing that can be understood")]
fn wechat_will_not_be_understood(world: &mut World) -> Result<(), Stop> {
    let page = Script::raw(502, Some("text/html"), "<html><h1>502 Bad Gateway</h1></html>");
    world.actor(&Someone::Protagonist)?.next_answer = Some(page);
    Ok(())
}

#[given(expr = "WeChat will answer her next code with an error that is in no table")]
fn wechat_will_answer_an_unlisted_error(world: &mut World) -> Result<(), Stop> {
    world.actor(&Someone::Protagonist)?.next_answer = Some(Script::other_error(99_999, "made up"));
    Ok(())
}

#[given(expr = "her phone has stored {openid}")]
fn phone_has_stored(world: &mut World, kind: OpenidKind) -> Result<(), Stop> {
    let openid = world.make_openid(&Someone::Protagonist, kind)?.unwrap_or_default();
    let storage = world.actor(&Someone::Protagonist)?.phone.storage_mut();
    storage.set("openid", Value::from(openid));
    Ok(())
}

#[then(expr = "her phone did not hang in the code exchange")]
fn did_not_hang_in_the_exchange(world: &mut World) -> Result<(), Stop> {
    let actor = world.actor(&Someone::Protagonist)?;
    let judgement = settled(actor.outcome(Stage::Code2Session), actor.reply_to("code exchange"));
    world.judge(judgement)
}

#[then(expr = "her phone did not hang in the token request")]
fn did_not_hang_in_the_token_request(world: &mut World) -> Result<(), Stop> {
    let actor = world.actor(&Someone::Protagonist)?;
    let judgement = settled(actor.outcome(Stage::GetToken), actor.reply_to("token"));
    world.judge(judgement)
}

#[then(expr = "the documented client would go on after this refusal")]
fn would_go_on(world: &mut World) -> Result<(), Stop> {
    let judgement = would_settle(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "the refusal carries no token")]
fn carries_no_token(world: &mut World) -> Result<(), Stop> {
    let judgement = refusal_without_token(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "the refusal carries no user info")]
fn carries_no_user_info(world: &mut World) -> Result<(), Stop> {
    let judgement = refusal_without_data(world.reply()?);
    world.judge(judgement)
}
