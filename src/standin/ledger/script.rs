//! What shall WeChat answer to one particular code?

use std::time::Duration;

use super::settings::{ContentType, SuccessShape};
use super::spelling::Spelling;
use super::wire::Wire;
use crate::protocol::ErrorCode;

/// What `jscode2session` answers to a code, instead of what it would, and how that travels.
///
/// A script comes into force after the appid and the secret were found right, since WeChat reports those
/// first. An error and raw bytes leave the code unspent; a success in another shape spends it, and an unknown,
/// used or old code is still refused. How an answer travels changes nothing about that: a success that is cut
/// off on its way has spent the code.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use wxconform::protocol::ErrorCode;
/// use wxconform::standin::Script;
///
/// let busy_once = Script::error(ErrorCode::SystemError).times(1);
/// let slow = Script::normal().after(Duration::from_millis(250));
/// assert_ne!(busy_once, slow);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a script does nothing until it is given to a code"]
pub struct Script {
    pub(super) reply: Reply,
    pub(super) manner: Manner,
    pub(super) times: Option<u32>,
}

/// What a script changes about how an answer is delivered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Manner {
    /// The status, where it is not 200; without effect on raw bytes.
    pub(super) status: Option<u16>,
    pub(super) declared: Declared,
    pub(super) slash_escape: Option<bool>,
    pub(super) spelling: Spelling,
    /// Header fields beside those that every answer has.
    pub(super) fields: Vec<(String, String)>,
    pub(super) delay: Duration,
    pub(super) wire: Wire,
}

/// What an answer is declared as.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Declared {
    /// What the settings say.
    #[default]
    Usual,
    /// Something else.
    As(String),
    /// Nothing: the header is missing.
    Nothing,
}

/// What a script answers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    /// What would be answered without a script.
    Normal,
    /// An error that leaves the code unspent.
    Error { number: i32, text: String },
    /// A success in this shape, if there is to be one.
    Success(SuccessShape),
    /// These bytes, whatever the state of the code.
    Raw { status: u16, content_type: Option<String>, body: Vec<u8> },
}

impl Script {
    fn new(reply: Reply) -> Self {
        Self { reply, manner: Manner::default(), times: None }
    }

    fn delivered(self, change: impl FnOnce(&mut Manner)) -> Self {
        let mut script = self;
        change(&mut script.manner);
        script
    }

    /// Answers as without a script; useful with [`Script::after`] and [`Script::declared_as`].
    pub fn normal() -> Self {
        Self::new(Reply::Normal)
    }

    /// Answers with an error.
    pub fn error(error: ErrorCode) -> Self {
        Self::other_error(error.number(), error.text())
    }

    /// Answers with an error that need not be in any table. The usual suffix is appended to the text.
    pub fn other_error(number: i32, text: impl Into<String>) -> Self {
        Self::new(Reply::Error { number, text: text.into() })
    }

    /// Answers a success in another shape than the settings say.
    pub fn success(shape: SuccessShape) -> Self {
        let slash_escape = Some(shape.slash_escape);
        Self::new(Reply::Success(shape)).delivered(|manner| manner.slash_escape = slash_escape)
    }

    /// Answers with these bytes. Without `content_type` the answer has no such header.
    ///
    /// A status outside 200 to 599, and a content type that does not fit into a header, cannot be sent; the
    /// stand-in then answers 500 and says so in [`Wechat::troubles`](crate::standin::Wechat::troubles).
    pub fn raw(status: u16, content_type: Option<&str>, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Reply::Raw { status, content_type: content_type.map(ToOwned::to_owned), body: body.into() })
    }

    /// Holds the answer back for this long. Other calls are answered meanwhile.
    pub fn after(self, delay: Duration) -> Self {
        self.delivered(|manner| manner.delay = delay)
    }

    /// Applies to the first calls only; later ones are answered as without a script.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Declares the answer as something else than the settings say. Has no effect on raw bytes.
    pub fn declared_as(self, content_type: ContentType) -> Self {
        self.declared_in_words(content_type.as_str())
    }

    /// Declares the answer with any `Content-Type`. Has no effect on raw bytes. What does not fit into a header
    /// is treated as in [`Script::raw`].
    pub fn declared_in_words(self, content_type: impl Into<String>) -> Self {
        self.delivered(|manner| manner.declared = Declared::As(content_type.into()))
    }

    /// Leaves the `Content-Type` out. Has no effect on raw bytes, which have their own.
    pub fn undeclared(self) -> Self {
        self.delivered(|manner| manner.declared = Declared::Nothing)
    }

    /// Answers with this status instead of 200. Has no effect on raw bytes, which have their own.
    pub fn with_status(self, status: u16) -> Self {
        self.delivered(|manner| manner.status = Some(status))
    }

    /// Adds a header field. What does not fit into a header is treated as in [`Script::raw`].
    pub fn with_field(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.delivered(|manner| manner.fields.push((name.into(), value.into())))
    }

    /// Spells the JSON of the answer in another way. Has no effect on raw bytes.
    pub fn spelled(self, spelling: Spelling) -> Self {
        self.delivered(|manner| manner.spelling = spelling)
    }

    /// Lets the answer travel in another way, raw bytes as well.
    pub fn carried(self, wire: Wire) -> Self {
        self.delivered(|manner| manner.wire = wire)
    }

    /// Returns what applies to the next call, if this script still does, and counts the call.
    pub(super) fn take_turn(&mut self) -> Option<Self> {
        match &mut self.times {
            None => {}
            Some(0) => return None,
            Some(left) => *left -= 1,
        }
        Some(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Script;
    use crate::protocol::{DEFAULT_APP_SECRET, ErrorCode};
    use crate::standin::ledger::settings::{ContentType, LedgerSettings, SuccessBody, SuccessShape};
    use crate::standin::ledger::trial::{NOW, member, number, text, usual, wechat, with_code};
    use crate::standin::ledger::wire::Wire;

    #[test]
    fn every_error_can_be_scripted_and_leaves_the_code_unspent() {
        for error in ErrorCode::ALL {
            let mut wechat = usual();
            let code = wechat.login();
            wechat.ledger.script(&code, Script::error(*error).times(2));
            for _ in 0..2 {
                let answer = wechat.exchange(&code);
                assert_eq!(answer.errcode, number(*error));
                assert!(member(&answer, "errmsg").starts_with(&format!("{}, rid: ", error.text())));
            }
            assert_eq!(wechat.exchange(&code).errcode, Some(0));
        }
    }

    #[test]
    fn a_script_does_not_hide_a_wrong_secret() {
        let mut wechat = usual();
        let code = wechat.login();
        wechat.ledger.script(&code, Script::error(ErrorCode::CodeBlocked).times(1));
        let wrong = with_code(code.as_str()).replace(DEFAULT_APP_SECRET, "x");
        assert_eq!(wechat.ask(&wrong, NOW).errcode, number(ErrorCode::InvalidAppSecret));
        assert_eq!(wechat.exchange(&code).errcode, number(ErrorCode::CodeBlocked));
    }

    #[test]
    fn a_script_can_change_shape_declaration_delay_and_bytes() {
        let mut wechat = usual();
        let code = wechat.login();
        let shape =
            SuccessShape { slash_escape: false, ..SuccessShape::with_body(SuccessBody::LegacyExpiresIn) };
        let delay = Duration::from_millis(5);
        let script = Script::success(shape).declared_as(ContentType::ApplicationJson).after(delay);
        wechat.ledger.script(&code, script);
        let answer = wechat.exchange(&code);
        assert!(text(&answer).contains(r#"==","expires_in":7200,"openid""#) && !text(&answer).contains('\\'));
        assert_eq!((answer.content_type.as_deref(), answer.delay), (Some("application/json"), delay));
        assert_eq!(wechat.exchange(&code).errcode, number(ErrorCode::CodeBeenUsed));

        let code = wechat.login();
        let raw = Script::raw(502, Some("text/html"), "<h1>Bad</h1>").after(delay);
        wechat.ledger.script(&code, raw.with_field("Retry-After", "9").carried(Wire::chunked(7)));
        let answer = wechat.exchange(&code);
        assert_eq!((answer.delay, &answer.wire), (delay, &Wire::chunked(7)));
        assert_eq!(answer.fields, [("Retry-After".to_owned(), "9".to_owned())]);
        assert_eq!((answer.status, answer.content_type.as_deref()), (502, Some("text/html")));
        assert_eq!((text(&answer).as_str(), answer.errcode), ("<h1>Bad</h1>", None));

        wechat.ledger.script(&code, Script::other_error(99999, "made up"));
        assert!(text(&wechat.exchange(&code)).starts_with(r#"{"errcode":99999,"errmsg":"made up, rid: "#));
    }

    #[test]
    fn the_settings_decide_where_no_script_does() {
        let success = SuccessShape { slash_escape: false, ..SuccessShape::default() };
        let content_type = ContentType::ApplicationJson;
        let mut wechat = wechat(LedgerSettings { success, content_type, ..LedgerSettings::default() });
        let code = wechat.login();
        let answer = wechat.exchange(&code);
        assert!(!text(&answer).contains('\\'));
        assert_eq!(answer.content_type.as_deref(), Some("application/json"));
        let code = wechat.login();
        wechat.ledger.script(&code, Script::success(SuccessShape::default()));
        assert!(text(&wechat.exchange(&code)).contains(r"\/"));
    }
}
