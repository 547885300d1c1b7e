//! What does `app.js` do when the mini program starts, and when it comes to the front?

use super::phone::Phone;
use super::wx::Platform;
use crate::expiry::{JsError, UnixMillis, Value, renewal_due};

impl Phone {
    /// Plays a cold start: the app calls `initlogin`. Ends when no request is under way.
    ///
    /// `now` is what the phone's clock shows; it stands still until the end.
    pub async fn launch(&mut self, platform: &mut dyn Platform, now: UnixMillis) {
        self.init_login(platform, now).await;
    }

    /// Plays `onShow`: an old token is renewed with the stored openid. Ends when no request is under way.
    ///
    /// `now` is what the phone's clock shows; it stands still until the end.
    pub async fn show(&mut self, now: UnixMillis) {
        let token = self.storage().get("tokenObj");
        let openid = self.storage().get("openid");
        if token.is_truthy() && openid.is_truthy() && renewal_is_due(&token, now) == Ok(true) {
            self.token_and_userinfo(&openid, now).await;
        }
    }
}

/// Takes the stored token apart and asks whether it is old. An exception ends `onShow`.
fn renewal_is_due(token: &Value, now: UnixMillis) -> Result<bool, JsError> {
    renewal_due(&token.get("createTime")?, &token.get("expires_in")?, now)
}
