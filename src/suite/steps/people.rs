//! Who takes part, and how far they have come.

use cucumber::given;

use crate::suite::log::Stop;
use crate::suite::parameters::Someone;
use crate::suite::world::World;

#[given(expr = "{someone} is a WeChat user")]
fn is_a_wechat_user(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.introduce(&who)
}

#[given(expr = "{someone} has exchanged a code")]
async fn has_exchanged_a_code(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.introduce(&who)?;
    world.log_in_as_far_as_openid(&who).await
}

#[given(expr = "{someone} is logged in")]
#[given(expr = "{someone} has been issued a token")]
async fn is_logged_in(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.introduce(&who)?;
    world.log_in_as_far_as_token(&who).await
}

#[given(expr = "{someone} has read her/his user info")]
async fn has_read_user_info(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.introduce(&who)?;
    world.log_in_as_far_as_user_info(&who).await
}

#[given(expr = "{someone} has read her/his user info twice")]
async fn has_read_user_info_twice(world: &mut World, who: Someone) -> Result<(), Stop> {
    has_read_user_info(world, who.clone()).await?;
    world.read_once_more(&who).await
}

#[given(expr = "{someone} has read her/his user info after each of two logins")]
async fn has_read_after_two_logins(world: &mut World, who: Someone) -> Result<(), Stop> {
    has_read_user_info(world, who.clone()).await?;
    world.log_in_again_and_read(&who).await
}

#[given(expr = "{someone} has logged in on her phone")]
async fn has_logged_in_on_her_phone(world: &mut World, who: Someone) -> Result<(), Stop> {
    world.introduce(&who)?;
    world.log_in_on_phone(&who).await
}
