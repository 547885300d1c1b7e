//! What do the functions of `wxutil.js` do?
//!
//! Every quirk of the published client is kept. A promise is settled here exactly when it is there: an
//! exception in a callback settles nothing, and neither does a request that fails, because no `fail` is given.

use super::phone::Phone;
use super::trace::{Stage, StageOutcome};
use super::wx::{Platform, Reply, WxRequest};
use crate::expiry::{JsError, JsString, Object, UnixMillis, Value, created_at};

/// The client credentials every copy of the published client sends, `app:app`.
const BASIC: &str = "Basic YXBwOmFwcA==";

/// What became of the promise of a stage. Closed: a promise has three states.
#[derive(Clone, PartialEq)]
pub enum Promise {
    /// It holds this value.
    Fulfilled(Value),
    /// It was rejected; the documented client only logs the reason.
    Rejected,
    /// It will never be settled.
    Pending,
}

impl Promise {
    fn outcome(&self) -> StageOutcome {
        match self {
            Self::Fulfilled(_) => StageOutcome::Fulfilled,
            Self::Rejected => StageOutcome::Rejected,
            Self::Pending => StageOutcome::Pending,
        }
    }
}

impl Phone {
    /// Plays `initlogin`: with a live session and a stored openid a token is enough, else the whole way.
    pub(super) async fn init_login(&mut self, platform: &mut dyn Platform, now: UnixMillis) {
        if platform.check_session() {
            let openid = self.storage().get("openid");
            if openid.is_truthy() {
                self.token_and_userinfo(&openid, now).await;
                return;
            }
        }
        let Promise::Fulfilled(code) = self.login(platform) else { return };
        let Promise::Fulfilled(openid) = self.code2session(&code).await else { return };
        self.token_and_userinfo(&openid, now).await;
    }

    /// Plays `getToken(openid).then(storeUserinfo)`.
    pub(super) async fn token_and_userinfo(&mut self, openid: &Value, now: UnixMillis) {
        if let Promise::Fulfilled(token) = self.get_token(openid, now).await {
            self.store_userinfo(&token).await;
        }
    }

    /// Plays `login`: the promise holds what `wx.login` hands to `success`, an object with the code.
    pub fn login(&mut self, platform: &mut dyn Platform) -> Promise {
        let entered = self.enter(Stage::Login);
        let promise = platform.login().map_or(Promise::Rejected, |code| {
            let mut result = Object::default();
            result.set("code", code);
            result.set("errMsg", Value::from("login:ok"));
            Promise::Fulfilled(Value::from(result))
        });
        self.settle(entered, promise.outcome());
        promise
    }

    /// Plays `code2session`: trades the code of a login result for the openid, and stores that.
    ///
    /// A 200 without a `data` object throws in the callback and leaves the promise pending.
    pub async fn code2session(&mut self, login: &Value) -> Promise {
        let entered = self.enter(Stage::Code2Session);
        let asked = login.get("code").map(|code| {
            self.backend_request(
                "GET",
                "miniprogram/wxmp/code2session",
                object("code", code),
                vec![("content-type", JsString::from("application/json"))],
            )
        });
        self.play(entered, asked, mark!("code exchange"), |phone, reply| {
            if reply.status == 200 {
                let openid = reply.data.get("data")?.get("openid")?;
                if openid.is_truthy() {
                    phone.storage_mut().set("openid", openid.clone());
                    return Ok(Promise::Fulfilled(openid));
                }
            }
            Ok(Promise::Rejected)
        })
        .await
    }

    /// Plays `getToken`: trades the openid for a token, and stores that with the time it came.
    ///
    /// Any answer with an `access_token` counts, whatever its status. A JSON `null` throws in the callback.
    pub async fn get_token(&mut self, openid: &Value, now: UnixMillis) -> Promise {
        let entered = self.enter(Stage::GetToken);
        // The client logs `"openid:" + openid` before it makes the promise. An openid without a text throws there
        // already, which the chain sees as the same rejection that `wx.request` would cause.
        let header = vec![
            ("Content-Type", JsString::from("application/x-www-form-urlencoded")),
            ("Authorization", JsString::from(BASIC)),
        ];
        let data = object("openid", openid.clone());
        let asked = Ok(self.backend_request("POST", "auth/openid/token", data, header));
        self.play(entered, asked, mark!("token"), |phone, reply| {
            if !reply.data.get("access_token")?.is_truthy() {
                return Ok(Promise::Rejected);
            }
            phone.fire("loginSucess");
            let token = with_property(reply.data, "createTime", Value::from(created_at(now)));
            phone.storage_mut().set("tokenObj", token.clone());
            Ok(Promise::Fulfilled(token))
        })
        .await
    }

    /// Plays `storeUserinfo`: stores whatever stands under `data` of the answer, whatever its status.
    ///
    /// Its promise is never fulfilled. It is rejected only when the token has no text.
    pub async fn store_userinfo(&mut self, token: &Value) -> Promise {
        let entered = self.enter(Stage::StoreUserinfo);
        let asked = bearer(token).map(|authorization| {
            let header =
                vec![("content-type", JsString::from("application/json")), ("Authorization", authorization)];
            self.backend_request("GET", "admin/user/info", Value::from(Object::default()), header)
        });
        self.play(entered, asked, mark!("user info"), |phone, reply| {
            let userinfo = reply.data.get("data")?;
            phone.storage_mut().set("userinfo", userinfo);
            Ok(Promise::Pending)
        })
        .await
    }

    /// Runs the body of a promise: one call of `wx.request` with a `success` callback and no `fail`.
    async fn play(
        &mut self,
        entered: usize,
        asked: Result<WxRequest, JsError>,
        purpose: &str,
        success: impl FnOnce(&mut Self, Reply) -> Result<Promise, JsError> + Send,
    ) -> Promise {
        let reply = match asked {
            Ok(request) => self.wx_request(&request, purpose).await,
            Err(thrown) => Err(thrown),
        };
        let promise = match reply {
            Ok(Some(reply)) => success(self, reply).unwrap_or_else(|_thrown| {
                self.callback_threw();
                Promise::Pending
            }),
            Ok(None) => Promise::Pending,
            // What is thrown while the promise is made rejects it.
            Err(_thrown) => Promise::Rejected,
        };
        self.settle(entered, promise.outcome());
        promise
    }

    fn backend_request(
        &self,
        method: &'static str,
        path: &str,
        data: Value,
        header: Vec<(&'static str, JsString)>,
    ) -> WxRequest {
        WxRequest { method, url: self.url(path), header, data }
    }
}

/// Returns what the template literal `Bearer ${token.access_token}` gives.
fn bearer(token: &Value) -> Result<JsString, JsError> {
    let mut text = JsString::from("Bearer ");
    text.push(&token.get("access_token")?.to_js_string()?);
    Ok(text)
}

/// Makes an object with one property.
fn object(key: &str, value: Value) -> Value {
    with_property(Value::from(Object::default()), key, value)
}

/// Returns the value with a property set. Only an object can have an `access_token`, so nothing else comes here
/// to be changed.
fn with_property(value: Value, key: &str, property: Value) -> Value {
    let Value::Object(mut object) = value else { return value };
    object.set(key, property);
    Value::from(object)
}

// A promise may hold a token, so its `Debug` shows the state and not the value.
impl std::fmt::Debug for Promise {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.outcome().as_str())
    }
}
