//! Exchanging the login code.

use std::time::Duration;

use cucumber::{given, then, when};

use crate::checks::{
    Judgement, at_most_one_success, exchange_granted, exchange_refused, given_openid, hands_out_nothing,
    kept_by_no_cache, no_server_error, no_token_issued, not_shown_as, not_taken_for, token_not_refused,
};
use crate::protocol::JsCode;
use crate::standin::{Script, SuccessShape};
use crate::suite::arrange::granted;
use crate::suite::driver::basic;
use crate::suite::log::Stop;
use crate::suite::parameters::{CodeKind, ErrorNumber, OpenidKind, OpenidPlace, Someone, TroubleName, Whose};
use crate::suite::world::World;

#[given(expr = "WeChat takes {int} ms to answer her codes")]
fn wechat_is_slow(world: &mut World, millis: u64) -> Result<(), Stop> {
    world.actor(&Someone::Protagonist)?.slow_codes = Some(Duration::from_millis(millis));
    Ok(())
}

#[given(expr = "{whose} code exchange was refused for {code}")]
async fn exchange_was_refused(world: &mut World, whose: Whose, kind: CodeKind) -> Result<(), Stop> {
    world.be_refused(&whose.0, kind).await
}

#[when(expr = "{someone} exchanges a fresh code")]
async fn exchanges_a_fresh_code(world: &mut World, who: Someone) -> Result<(), Stop> {
    let code = world.fresh_code(&who)?;
    let reply = world.exchange(&who, Some(code.as_str())).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges a fresh code {int} times")]
async fn exchanges_fresh_codes(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for _ in 0..times {
        let code = world.fresh_code(&who)?;
        replies.push(world.exchange(&who, Some(code.as_str())).await?);
    }
    world.keep(&who, replies)
}

#[when(expr = "{someone} and {someone} exchange fresh codes at the same time")]
async fn exchange_together(world: &mut World, one: Someone, other: Someone) -> Result<(), Stop> {
    let transport = world.transport()?;
    let codes = vec![(one.clone(), world.fresh_code(&one)?), (other.clone(), world.fresh_code(&other)?)];
    let replies = world.exchange_at_once(codes, &transport).await?;
    for (who, reply) in [one, other].iter().zip(replies) {
        world.keep(who, vec![reply])?;
    }
    Ok(())
}

#[when(expr = "{someone} exchanges the same code again")]
async fn exchanges_again(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.exchange_kind(&who, CodeKind::Used).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges the same code again, to which WeChat answers with {trouble}")]
async fn exchanges_again_amid(world: &mut World, who: Someone, trouble: TroubleName) -> Result<(), Stop> {
    let code = world.make_code(&who, CodeKind::Used)?;
    if let Some(code) = &code {
        world.run()?.wechat.script(code, trouble.0.script());
    }
    let reply = world.exchange(&who, code.as_ref().map(JsCode::as_str)).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges the same code again with {whose} token beside it")]
async fn exchanges_again_with_token(world: &mut World, who: Someone, whose: Whose) -> Result<(), Stop> {
    let code = world.make_code(&who, CodeKind::Used)?;
    let reply = world.exchange_beside_token(&who, code, &whose.0).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges the same code {int} times more")]
async fn exchanges_again_and_again(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for _ in 0..times {
        replies.push(world.exchange_kind(&who, CodeKind::Used).await?);
    }
    world.keep(&who, replies)
}

#[when(expr = "{someone} exchanges the code of {someone}")]
async fn exchanges_the_code_of(world: &mut World, who: Someone, owner: Someone) -> Result<(), Stop> {
    let code = world.make_code(&owner, CodeKind::Used)?;
    let reply = world.exchange(&who, code.as_ref().map(JsCode::as_str)).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} exchanges one code {int} times at the same moment, in {int} rounds")]
async fn exchanges_at_once(world: &mut World, who: Someone, times: usize, rounds: usize) -> Result<(), Stop> {
    world.race(&who, vec![who.clone(); times], rounds).await
}

#[when(expr = "{someone} and {someone} exchange one code of hers at the same moment, in {int} rounds")]
async fn exchange_one_code(
    world: &mut World,
    one: Someone,
    other: Someone,
    rounds: usize,
) -> Result<(), Stop> {
    world.race(&one, vec![one.clone(), other], rounds).await
}

#[when(expr = "WeChat answers her code with {errcode}")]
async fn answered_with(world: &mut World, error: ErrorNumber) -> Result<(), Stop> {
    let (number, text) = error.worded();
    let script = Script::other_error(number, text);
    let reply = world.exchange_scripted(&Someone::Protagonist, script).await?;
    world.keep(&Someone::Protagonist, vec![reply])
}

#[when(expr = "WeChat answers her code with {errcode} and her openid beside it")]
async fn answered_with_openid_beside(world: &mut World, error: ErrorNumber) -> Result<(), Stop> {
    let (number, text) = error.worded();
    let set = vec![("errcode".to_owned(), number.into()), ("errmsg".to_owned(), text.into())];
    let script = Script::success(SuccessShape { set, ..SuccessShape::default() });
    let reply = world.exchange_scripted(&Someone::Protagonist, script).await?;
    world.keep(&Someone::Protagonist, vec![reply])
}

#[given(expr = "no token is issued for an openid that no exchange ever produced")]
async fn no_token_for_strangers(world: &mut World) -> Result<(), Stop> {
    let header = basic(&world.run()?.contract.client);
    let openid = world.make_openid(&Someone::Protagonist, OpenidKind::Stranger)?;
    let reply = world.ask_token(&Someone::Protagonist, openid.as_deref(), Some(header)).await?;
    granted(no_token_issued(&reply) == Judgement::Kept, mark!("any openid gets a token"), &reply)
}

#[when(expr = "a token is asked for with her openid")]
async fn token_with_her_openid(world: &mut World) -> Result<(), Stop> {
    let header = basic(&world.run()?.contract.client);
    let openid = world.actor(&Someone::Protagonist)?.person.openid.clone();
    let reply = world.ask_token(&Someone::Protagonist, Some(openid.as_str()), Some(header)).await?;
    world.keep(&Someone::Protagonist, vec![reply])
}

#[when(expr = "{someone} exchanges a fresh code with {whose} openid {openid_place}")]
async fn exchanges_with_openid_in(
    world: &mut World,
    who: Someone,
    whose: Whose,
    place: OpenidPlace,
) -> Result<(), Stop> {
    world.know_by_user_info(&whose.0).await?;
    let openid = world.actor(&whose.0)?.person.openid.clone();
    let code = world.fresh_code(&who)?;
    let reply = world.exchange_beside(&who, Some(code), openid.as_str(), place).await?;
    world.see_who_was_let_in(&who, reply, &whose.0).await
}

#[when(expr = "{someone} exchanges a fresh code with {whose} token beside it")]
async fn exchanges_with_token_beside(world: &mut World, who: Someone, whose: Whose) -> Result<(), Stop> {
    world.know_by_user_info(&whose.0).await?;
    let code = world.fresh_code(&who)?;
    let reply = world.exchange_beside_token(&who, Some(code), &whose.0).await?;
    world.see_who_was_let_in(&who, reply, &whose.0).await
}

#[when(expr = "{someone} exchanges a fresh code with {whose} unionid beside it")]
async fn exchanges_with_unionid_beside(world: &mut World, who: Someone, whose: Whose) -> Result<(), Stop> {
    let unionid = world.actor(&whose.0)?.person.unionid.clone();
    let unionid = unionid.ok_or_else(|| Stop::new(tr!("she has no unionid")))?;
    let code = world.fresh_code(&who)?;
    let named = ["unionid", "unionId", "union_id"].map(|name| (name.to_owned(), unionid.to_string()));
    let reply = world.exchange_beside_parameters(&who, &code, &named).await?;
    world.see_who_was_let_in(&who, reply, &whose.0).await
}

#[when(expr = "{someone} exchanges a fresh code with {whose} user ID beside it")]
async fn exchanges_with_user_id_beside(world: &mut World, who: Someone, whose: Whose) -> Result<(), Stop> {
    let code = world.fresh_code(&who)?;
    let reply = world.exchange_beside_user_id(&who, &code, &whose.0).await?;
    world.see_who_was_let_in(&who, reply, &whose.0).await
}

#[when(expr = "{someone} sends a code exchange with {code} and {whose} openid beside it")]
async fn sends_with_openid_beside(
    world: &mut World,
    who: Someone,
    kind: CodeKind,
    whose: Whose,
) -> Result<(), Stop> {
    world.know_by_user_info(&whose.0).await?;
    let openid = world.actor(&whose.0)?.person.openid.clone();
    let code = world.make_code(&who, kind)?;
    let reply = world.exchange_beside(&who, code, openid.as_str(), OpenidPlace::Beside).await?;
    world.see_who_was_let_in(&who, reply, &whose.0).await
}

#[when(
    expr = "{someone} exchanges a code to which WeChat answers with {trouble}, with {whose} openid beside it"
)]
async fn exchanges_troubled_with_openid_beside(
    world: &mut World,
    who: Someone,
    trouble: TroubleName,
    whose: Whose,
) -> Result<(), Stop> {
    world.know_by_user_info(&whose.0).await?;
    let openid = world.actor(&whose.0)?.person.openid.clone();
    let code = world.troubled_code(&who, trouble.0)?;
    let reply = world.exchange_beside(&who, Some(code), openid.as_str(), OpenidPlace::Beside).await?;
    world.see_who_was_let_in(&who, reply, &whose.0).await
}

#[when(expr = "{someone} sends a code exchange with {code}")]
async fn sends_a_code_exchange(world: &mut World, who: Someone, kind: CodeKind) -> Result<(), Stop> {
    let reply = world.exchange_kind(&who, kind).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} logs in with her last code, the case of its letters flipped")]
async fn logs_in_with_a_code_alike(world: &mut World, who: Someone) -> Result<(), Stop> {
    let code = world.code_in_other_case(&who)?;
    world.log_in_by_hand_with(&who, code).await
}

#[when(expr = "{someone} sends a code exchange with every code that developers use for tests")]
async fn sends_codes_for_tests(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.exchange_codes_for_tests(&who).await
}

#[then(expr = "{someone} was given the openid that WeChat gave for her/him")]
fn given_the_right_openid(world: &mut World, who: Someone) -> Result<(), Stop> {
    let actor = world.actor(&who)?;
    let reply = actor.replies.last().ok_or_else(|| Stop::new(tr!("no code was exchanged")))?;
    let judgement = given_openid(reply, &actor.person.openid);
    world.judge(judgement)
}

#[then(expr = "the exchange is refused")]
#[then(expr = "every one of these exchanges is refused")]
fn the_exchange_is_refused(world: &mut World) -> Result<(), Stop> {
    let judgement = Judgement::of_each(world.replies()?, exchange_refused);
    world.judge(judgement)
}

#[then(expr = "the refusal hands out nothing")]
fn the_refusal_hands_out_nothing(world: &mut World) -> Result<(), Stop> {
    let openid = world.actor(&Someone::Protagonist)?.person.openid.clone();
    let judgement = hands_out_nothing(world.reply()?, &openid);
    world.judge(judgement)
}

#[then(expr = "{someone} was not taken for {someone}")]
fn was_not_taken_for(world: &mut World, who: Someone, other: Someone) -> Result<(), Stop> {
    let purpose = world.run()?.contract.user_info.purpose;
    let other = world.actor(&other)?;
    let (openid, info) = (other.person.openid.clone(), other.info.clone().unwrap_or_default());
    let actor = world.actor(&who)?;
    let judgement = Judgement::of_each(&actor.replies, |reply| {
        let judgement = not_taken_for(reply, &openid);
        if reply.exchange.purpose == purpose {
            judgement.and(|| not_shown_as(reply, &info))
        } else {
            judgement
        }
    });
    world.judge(judgement)
}

#[then(expr = "no cache keeps the answer")]
fn no_cache_keeps_it(world: &mut World) -> Result<(), Stop> {
    let judgement = kept_by_no_cache(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "an openid was given, and no cache keeps the answer")]
fn no_cache_keeps_the_openid(world: &mut World) -> Result<(), Stop> {
    let reply = world.reply()?;
    granted(reply.granted, mark!("a fresh code was not exchanged"), reply)?;
    let judgement = kept_by_no_cache(reply);
    world.judge(judgement)
}

#[then(expr = "it is refused, and not as an error of the server")]
fn no_error_of_the_server(world: &mut World) -> Result<(), Stop> {
    let judgement = no_server_error(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "no refusal in any round was an error of the server")]
fn no_refusal_was_an_error_of_the_server(world: &mut World) -> Result<(), Stop> {
    // Where not everybody's code came to WeChat, a 503 may be that of somebody whom the backend turned away.
    let refusals = world.races().iter().flat_map(|round| {
        let all_taken_up = round.calls.len() >= round.replies.len();
        round
            .replies
            .iter()
            .filter(move |reply| !reply.granted && (all_taken_up || reply.status() != Some(503)))
    });
    let judgement = Judgement::of_each(refusals, no_server_error);
    world.judge(judgement)
}

#[then(expr = "in no round more than one exchange succeeded")]
fn at_most_one(world: &mut World) -> Result<(), Stop> {
    let judgement = at_most_one_success(world.races());
    world.judge(judgement)
}

#[then(expr = "she was given an openid and a token")]
fn given_openid_and_token(world: &mut World) -> Result<(), Stop> {
    let actor = world.actor(&Someone::Protagonist)?;
    let [exchange, rest @ ..] = actor.replies.as_slice() else {
        return Err(Stop::new(tr!("she did not log in; write first: When Alice logs in")));
    };
    let judgement = exchange_granted(exchange).and(|| match rest {
        [token] => token_not_refused(token),
        _ => Judgement::CannotTell(tr!("no token was asked for")),
    });
    world.judge(judgement)
}
