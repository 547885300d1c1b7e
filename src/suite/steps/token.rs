//! Trading the openid for a token.

use cucumber::{given, then, when};

use crate::checks::{
    Judgement, Reply, carries_data, carries_token, declared_json, end_agrees, follow_from_nothing,
    hard_to_guess, lifetime_is_seconds, made_of_no_time, made_of_nothing_known, no_cache_keeps_token,
    no_token_issued, oauth_refusal, one_for_each, openid_alone, plausible_lifetime, says_bearer,
    tells_claims, token_granted, token_is_text, with_challenge,
};
use crate::suite::driver::{basic, bearer};
use crate::suite::forgery::client_header;
use crate::suite::issuing::clocks;
use crate::suite::log::Stop;
use crate::suite::need::Need;
use crate::suite::parameters::{
    Circumstance, ClientKind, MethodKind, OpenidKind, OpenidPair, Someone, Whose,
};
use crate::suite::world::World;

#[given(expr = "{int} people have exchanged codes")]
async fn people_have_exchanged_codes(world: &mut World, size: usize) -> Result<(), Stop> {
    world.introduce_group(size).await
}

#[given(expr = "at least {int} tokens have been issued")]
async fn tokens_have_been_issued(world: &mut World, wanted: usize) -> Result<(), Stop> {
    world.collect_tokens(wanted).await
}

#[when(expr = "each of them asks for a token, one after the other")]
async fn each_asks_for_a_token(world: &mut World) -> Result<(), Stop> {
    world.obtain_tokens_in_turn().await
}

#[when(expr = "{someone} asks for a token")]
async fn asks_for_a_token(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.obtain_token(&who).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} asks for a token and is given another one")]
async fn asks_for_another_token(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.obtain_token(&who).await?;
    world.demand_another_token(&who)?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{someone} asks for a token {int} times more")]
async fn asks_again_and_again(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    let mut replies = Vec::new();
    for _ in 0..times {
        replies.push(world.obtain_token(&who).await?);
    }
    world.keep(&who, replies)
}

#[when(expr = "{whose} token is asked for with {client}")]
async fn asked_for_with(world: &mut World, whose: Whose, kind: ClientKind) -> Result<(), Stop> {
    let header = client_header(&world.run()?.contract.client, kind);
    let openid = world.actor(&whose.0)?.known_openid()?.to_owned();
    let reply = world.ask_token(&whose.0, Some(&openid), header).await?;
    world.keep(&whose.0, vec![reply])
}

#[when(expr = "{whose} token is asked for with {whose} token in the place of the client credentials")]
async fn asked_for_with_a_token(world: &mut World, whose: Whose, other: Whose) -> Result<(), Stop> {
    let said = bearer(&world.actor(&other.0)?.held_token()?.token)?;
    let openid = world.actor(&whose.0)?.known_openid()?.to_owned();
    let reply = world.ask_token(&whose.0, Some(&openid), Some(said)).await?;
    world.keep(&whose.0, vec![reply])
}

#[when(expr = "{someone} sends a token request with {openid}")]
async fn sends_a_token_request(world: &mut World, who: Someone, kind: OpenidKind) -> Result<(), Stop> {
    let header = basic(&world.run()?.contract.client);
    let openid = world.make_openid(&who, kind)?;
    let reply = world.ask_token(&who, openid.as_deref(), Some(header)).await?;
    world.keep(&who, vec![reply])
}

#[when(expr = "{whose} token is asked for with conditions in the place of her openid")]
async fn asked_for_with_conditions(world: &mut World, whose: Whose) -> Result<(), Stop> {
    world.ask_token_with_conditions(&whose.0).await
}

#[when(expr = "a token is asked for with her user ID in the place of her openid")]
async fn asked_for_with_user_id(world: &mut World) -> Result<(), Stop> {
    let header = basic(&world.run()?.contract.client);
    let user_id = world.user_id_of(&Someone::Protagonist)?;
    let reply = world.ask_token(&Someone::Protagonist, Some(&user_id), Some(header)).await?;
    world.keep(&Someone::Protagonist, vec![reply])
}

#[when(expr = "a token is asked for with every openid that developers use for tests")]
async fn asked_for_with_openids_for_tests(world: &mut World) -> Result<(), Stop> {
    world.ask_tokens_for_tests().await
}

#[when(expr = "{someone} asks for a token {int} times")]
async fn asks_several_times(world: &mut World, who: Someone, times: usize) -> Result<(), Stop> {
    asks_again_and_again(world, who, times).await
}

#[when(expr = "{whose} token is asked for with {pair}")]
async fn asked_for_with_two_openids(world: &mut World, whose: Whose, pair: OpenidPair) -> Result<(), Stop> {
    let reply = world.ask_token_with_pair(&whose.0, pair).await?;
    world.keep(&whose.0, vec![reply])
}

#[when(expr = "{whose} token is asked for by {method}")]
async fn asked_for_by(world: &mut World, whose: Whose, method: MethodKind) -> Result<(), Stop> {
    let reply = world.ask_token_by(&whose.0, method).await?;
    world.keep(&whose.0, vec![reply])
}

#[when(expr = "somebody asks for a token with her openid {circumstance}")]
async fn somebody_asks(world: &mut World, circumstance: Circumstance) -> Result<(), Stop> {
    let reply = world.ask_token_for_another(&Someone::Protagonist, circumstance).await?;
    world.keep(&Someone::Protagonist, vec![reply])
}

#[when(expr = "user info is asked for with the token {someone} had before")]
async fn asked_for_with_earlier(world: &mut World, who: Someone) -> Result<(), Stop> {
    let reply = world.read_with_earlier_token(&who).await?;
    world.keep(&who, vec![reply])
}

#[then(expr = "the answer carries a token")]
fn answered_with_a_token(world: &mut World) -> Result<(), Stop> {
    let judgement = carries_token(world.reply()?);
    world.judge(judgement)
}

#[then(expr = "the token that she is issued is a text")]
fn issued_token_is_a_text(world: &mut World) -> Result<(), Stop> {
    judge_each(world, token_is_text)
}

#[then(expr = "every one of these requests was answered with a token")]
fn each_answered_with_a_token(world: &mut World) -> Result<(), Stop> {
    let judgement = Judgement::of_each(world.replies()?, token_granted);
    world.judge(judgement)
}

#[then(expr = "its lifetime is a number of seconds that a clock can be put forward by")]
#[then(expr = "each of these lifetimes is a number of seconds that a clock can be put forward by")]
fn each_lifetime_is_a_number(world: &mut World) -> Result<(), Stop> {
    judge_each(world, lifetime_is_seconds)
}

#[then(expr = "no token is issued")]
fn no_token(world: &mut World) -> Result<(), Stop> {
    let judgement = Judgement::of_each(world.replies()?, no_token_issued);
    world.judge(judgement)
}

#[then(expr = "each of these answers calls the token a Bearer token")]
fn each_says_bearer(world: &mut World) -> Result<(), Stop> {
    judge_each(world, says_bearer)
}

#[then(expr = "each of these answers is for no cache to keep")]
fn no_cache_keeps_any(world: &mut World) -> Result<(), Stop> {
    judge_each(world, no_cache_keeps_token)
}

#[then(expr = "each of these answers is declared as JSON")]
fn each_declared_json(world: &mut World) -> Result<(), Stop> {
    judge_each(world, declared_json)
}

#[then(expr = "the lifetime in each of these answers is at most 31 days")]
fn each_lifetime_is_plausible(world: &mut World) -> Result<(), Stop> {
    judge_each(world, plausible_lifetime)
}

#[then(expr = "the end that each of these tokens tells agrees with its lifetime")]
fn each_end_agrees(world: &mut World) -> Result<(), Stop> {
    if !world.replies()?.iter().any(|reply| tells_claims(&reply.token)) {
        return Err(world.unmet(Need::Jwt, tr!("the tokens of this backend are none")));
    }
    let run = world.run()?;
    let judgement = Judgement::of_each(world.replies()?, |reply| end_agrees(reply, &clocks(&run, reply)));
    world.judge(judgement)
}

#[then(expr = "the refusal is worded as OAuth 2.0 says")]
fn refusal_is_worded(world: &mut World) -> Result<(), Stop> {
    judge_each(world, oauth_refusal)
}

#[then(expr = "a refusal with status 401 carries WWW-Authenticate")]
fn refusal_carries_challenge(world: &mut World) -> Result<(), Stop> {
    let reply = world.reply()?;
    let Some(judgement) = with_challenge(reply) else {
        let reason = tr!("a wrong client is refused, and not with status 401: {}", reply.describe());
        return Err(world.not_applicable(reason));
    };
    world.judge(judgement)
}

#[then(expr = "{someone} was shown what is hers/his")]
async fn shown_what_is_theirs(world: &mut World, who: Someone) -> Result<(), Stop> {
    let mut judgement = world.judge_own_data(&who)?;
    let refused =
        world.actor(&who)?.replies.last().is_some_and(|reply| carries_data(reply) != Judgement::Kept);
    if refused {
        judgement = world.unless_nobody_is_served(judgement).await?;
    }
    world.judge(judgement)
}

#[then(expr = "nobody but {someone} was shown")]
fn nobody_else_was_shown(world: &mut World, who: Someone) -> Result<(), Stop> {
    let judgement = world.judge_nobody_else(&who)?;
    world.judge(judgement)
}

#[then(expr = "no two of them were given the same token")]
fn no_two_share_a_token(world: &mut World) -> Result<(), Stop> {
    let judgement = one_for_each(&world.issues()?);
    world.judge(judgement)
}

#[then(expr = "no token is made from the openid, the user ID or the login code of its owner")]
async fn made_of_nothing_known_of_its_owner(world: &mut World) -> Result<(), Stop> {
    let app = world.run()?.wechat.app_id();
    let issues = world.issues()?;
    let trying = tokio::task::spawn_blocking(move || made_of_nothing_known(&issues, app.as_str()));
    let judgement = trying.await.map_err(|error| Stop::new(error.to_string()))?;
    world.judge(judgement)
}

#[then(expr = "no token tells the time at which it was issued and nothing else")]
async fn tells_more_than_the_time(world: &mut World) -> Result<(), Stop> {
    let issues = world.issues()?;
    // So many guesses take their time, in which nobody else's request is to wait.
    let guessing = tokio::task::spawn_blocking(move || made_of_no_time(&issues));
    let judgement = guessing.await.map_err(|error| Stop::new(error.to_string()))?;
    world.judge(judgement)
}

#[then(expr = "no(ne of these) token(s) follows from the one before it")]
fn follows_from_nothing(world: &mut World) -> Result<(), Stop> {
    let judgement = follow_from_nothing(&world.issued_tokens()?);
    world.judge(judgement)
}

#[then(expr = "each of them holds at least 128 bits")]
fn each_is_hard_to_guess(world: &mut World) -> Result<(), Stop> {
    let judgement = hard_to_guess(&world.run()?.samples().tokens());
    world.judge(judgement)
}

#[then(expr = "it is noted whether the openid alone obtained a token")]
fn noted_whether_openid_is_enough(world: &mut World) -> Result<(), Stop> {
    let note = world.reply().map(openid_alone)?;
    world.note(note)
}

#[then(expr = "it is noted what became of her first token")]
fn noted_what_became_of_first(world: &mut World) -> Result<(), Stop> {
    let note = world.fate_of_earlier_token(&Someone::Protagonist)?;
    world.note(note)
}

fn judge_each(world: &mut World, judge: fn(&Reply) -> Judgement) -> Result<(), Stop> {
    let judgement = Judgement::of_each(world.replies()?, judge);
    world.judge(judgement)
}
