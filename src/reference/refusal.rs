//! Why a code exchange is refused, and how the client is told.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use serde_json::json;

use super::answer::Answer;

/// Why a login code gives no openid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The code is missing or empty.
    CodeMissing,
    /// The code is repeated, too long or no text.
    CodeMalformed,
    /// WeChat does not know the code, or no longer.
    CodeUnknown,
    /// The code was exchanged before.
    CodeUsed,
    /// WeChat does not let this person in.
    PersonBlocked,
    /// WeChat has no time now.
    WeChatBusy,
    /// WeChat did not answer in time.
    WeChatSilent,
    /// WeChat failed too often of late, and is not asked for a moment.
    WeChatAvoided,
    /// WeChat could not be reached, or its answer makes no sense, or it does not accept this backend.
    WeChatBroken,
}

impl Refusal {
    /// Returns the status, this backend's own number, and the text.
    ///
    /// The client's mistakes are 4xx and WeChat's troubles 5xx. None is 200: the documented client would
    /// look for `data.openid` in it, throw, and never come back.
    pub(super) const fn parts(self) -> (StatusCode, u32, &'static str) {
        match self {
            Self::CodeMissing => (StatusCode::BAD_REQUEST, 1001, "code is missing"),
            Self::CodeMalformed => (StatusCode::BAD_REQUEST, 1002, "code is malformed"),
            Self::CodeUnknown => (StatusCode::BAD_REQUEST, 1003, "code is not valid"),
            Self::CodeUsed => (StatusCode::BAD_REQUEST, 1004, "code was used before"),
            Self::PersonBlocked => (StatusCode::FORBIDDEN, 1005, "login is not allowed"),
            Self::WeChatBusy => (StatusCode::SERVICE_UNAVAILABLE, 2001, "WeChat is busy"),
            Self::WeChatSilent => (StatusCode::SERVICE_UNAVAILABLE, 2002, "WeChat does not answer"),
            Self::WeChatAvoided => {
                (StatusCode::SERVICE_UNAVAILABLE, 2004, "WeChat is not asked for a moment")
            }
            Self::WeChatBroken => (StatusCode::BAD_GATEWAY, 2003, "WeChat cannot be understood"),
        }
    }

    /// Returns the answer to the client. It never has a `data` member.
    pub(super) fn answer(self) -> Answer {
        let (status, code, msg) = self.parts();
        let answer = Answer::json(status, json!({"code": code, "msg": msg}));
        // Whoever leaves WeChat alone does so for a moment, and nobody need be told to come back much later.
        let later = status == StatusCode::SERVICE_UNAVAILABLE && self != Self::WeChatAvoided;
        if later { answer.with(RETRY_AFTER, "60") } else { answer }
    }
}
