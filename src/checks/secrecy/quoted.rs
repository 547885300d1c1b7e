//! Does an error answer quote the request that the backend sent to WeChat?

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::layers::{Layer, Walk};
use super::place::{self, Head};
use crate::checks::refusal::is_empty;
use crate::checks::{Judgement, Reply};
use crate::record::Answer;

/// The fewest bytes in which a request can be quoted.
const SHORTEST: usize = 24;

/// How far apart the parts of one request may stand in a quotation of it as a list of parameters.
const NEAR: usize = 400;

/// The path with its query, in whatever order the parameters come.
static PATH_WITH_QUERY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?-u)jscode2session\?[^\s"'<>]*?(?:appid|secret|js_code|grant_type)="#).ok()
});

/// The words of the request that no client sends.
static GRANT_TYPE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("grant_type|authorization_code|js_code").ok());

/// Finds the request to WeChat where an answer quotes it.
#[derive(Debug)]
pub struct WechatRequest {
    app_id: String,
    /// Any address at WeChat with a query that carries one of the parameters.
    address: Option<Regex>,
}

impl WechatRequest {
    /// Prepares the search: `wechat` is the URL of WeChat as the backend knows it, `app_id` the app it asks for.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::checks::WechatRequest;
    ///
    /// let request = WechatRequest::new("http://127.0.0.1:9", "wx0123456789abcdef");
    /// assert!(request.find_in(b"GET /sns/jscode2session?appid=wx0123456789abcdef&secret=*** failed").is_some());
    /// assert!(request.find_in(b"jscode2session failed: invalid code").is_none());
    /// ```
    #[must_use]
    pub fn new(wechat: &str, app_id: &str) -> Self {
        let authority = wechat.split_once("://").map_or(wechat, |(_, rest)| rest);
        let authority = regex::escape(authority.split('/').next().unwrap_or_default());
        let parameters = "appid|secret|js_code|grant_type|access_token";
        let pattern = format!(r#"(?-u){authority}/[^\s"'<>?]*\?[^\s"'<>]*?(?:{parameters})="#);
        Self { app_id: app_id.to_owned(), address: Regex::new(&pattern).ok() }
    }

    /// Returns where in an answer the request is quoted.
    #[must_use]
    pub fn find(&self, answer: &Answer) -> Option<String> {
        let head = Head::of(answer);
        let in_head = self.find_in(head.bytes()).map(|at| head.place(at));
        in_head.or_else(|| self.find_in(&answer.body).map(|at| place::in_body(&answer.body, at)))
    }

    /// Returns where in these bytes the request is quoted, in whatever spelling.
    #[must_use]
    pub fn find_in(&self, bytes: &[u8]) -> Option<usize> {
        let mut found = None;
        Walk::through(bytes, SHORTEST, &mut |layer: &Layer<'_>| {
            if found.is_none() {
                found = self.quoted(layer.bytes).map(|(at, length)| layer.trace(at, length).0);
            }
        });
        found
    }

    fn quoted(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let by_pattern = |pattern: &Option<Regex>| {
            let found = pattern.as_ref()?.find(bytes)?;
            Some((found.start(), found.len()))
        };
        by_pattern(&PATH_WITH_QUERY).or_else(|| by_pattern(&self.address)).or_else(|| self.listed(bytes))
    }

    /// Finds the request as a list of its parameters: our appid near a word that only this request has.
    fn listed(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let words = GRANT_TYPE.as_ref()?;
        let app_id = self.app_id.as_bytes();
        let mut from = 0;
        while let Some(at) = bytes[from..].windows(app_id.len().max(1)).position(|part| part == app_id) {
            let at = from + at;
            let around = at.saturating_sub(NEAR)..bytes.len().min(at + NEAR);
            if words.is_match(&bytes[around]) {
                return Some((at, app_id.len()));
            }
            from = at + app_id.len().max(1);
        }
        None
    }
}

/// Tells whether an answer is an error: another status than 2xx, or an envelope that holds nothing the phone
/// asked for.
#[must_use]
pub fn is_error(reply: &Reply) -> bool {
    let granted = reply.granted || reply.token.is_truthy() || !is_empty(&reply.data);
    reply.status().is_some() && !(reply.is_2xx() && granted)
}

/// Judges error answers by the rule that none quotes the request to WeChat.
pub fn nothing_quoted<'a>(
    request: &WechatRequest,
    replies: impl IntoIterator<Item = &'a Reply>,
) -> Judgement {
    let errors = replies.into_iter().filter(|reply| is_error(reply));
    let judgements = errors.map(|reply| {
        let quoted = reply.exchange.answers().find_map(|answer| request.find(answer));
        match (quoted, reply.nobody_there()) {
            (None, Some(unread)) => Judgement::CannotTell(unread),
            (quoted, _) => {
                let expected = tr!("no error answer that quotes the request to WeChat");
                Judgement::from_condition(quoted.is_none(), expected, || {
                    tr!(
                        "{place} of the {purpose}",
                        place = quoted.unwrap_or_default(),
                        purpose = reply.exchange.purpose_said()
                    )
                })
            }
        }
    });
    let judgements: Vec<Judgement> = judgements.collect();
    if judgements.is_empty() {
        return Judgement::CannotTell(tr!("the backend gave no error answer"));
    }
    Judgement::all(judgements)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{WechatRequest, is_error, nothing_quoted};
    use crate::checks::Judgement;
    use crate::checks::reply::examples::{answered, failed};
    use crate::record::FailureKind;

    const APP: &str = "wx0123456789abcdef";

    fn request() -> WechatRequest {
        WechatRequest::new("http://127.0.0.1:4711", APP)
    }

    #[test]
    fn a_quotation_is_found_in_whatever_form() {
        for text in [
            format!("GET http://x/sns/jscode2session?appid={APP}&secret=***&js_code=c failed"),
            "jscode2session?grant_type=authorization_code&appid=".to_owned(),
            "I/O error on GET request for \\\"http://127.0.0.1:4711/cgi-bin/token?grant_type=client_credential&x".to_owned(),
            format!("http:\\/\\/127.0.0.1:4711\\/sns\\/jscode2session?js_code=x&appid={APP}"),
            format!("jscode2session%3Fappid%3D{APP}%26secret%3D"),
            format!("&quot;jscode2session?x=1&amp;secret=&quot; {APP}"),
            format!(r#"{{"config":{{"params":{{"appid":"{APP}","secret":"***","js_code":"c"}}}}}}"#),
            format!("{{appid={APP}, secret=***, js_code=c, grant_type=authorization_code}}"),
            STANDARD.encode(format!("GET /sns/jscode2session?appid={APP}&secret=x")),
            format!("{APP} is asked {} [appid={APP}, grant_type=authorization_code]", "again ".repeat(200)),
        ] {
            assert!(request().find_in(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn speaking_of_wechat_is_no_quotation() {
        for text in [
            "jscode2session failed".to_owned(),
            "WeChat does not answer at 127.0.0.1:4711".to_owned(),
            "I/O error on GET request for \"http://127.0.0.1:4711/sns/jscode2session\": refused".to_owned(),
            format!("appid {APP}: invalid code, rid: 1-2"),
            "appid, secret, js_code and grant_type are required".to_owned(),
            "http://127.0.0.1:8080/miniprogram/wxmp/code2session?code=x".to_owned(),
            r#"{"error":"unsupported_grant_type"}"#.to_owned(),
        ] {
            assert!(request().find_in(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn only_error_answers_count() {
        let quoting = format!("jscode2session?appid={APP}");
        let granted = answered(200, &format!(r#"{{"data":{{"openid":"o","next":"{quoting}"}}}}"#));
        assert!(!is_error(&granted));
        assert!(is_error(&answered(200, r#"{"code":1,"data":{}}"#)));
        assert!(matches!(nothing_quoted(&request(), [&granted]), Judgement::CannotTell(_)));
        for status in [200, 500] {
            let error = answered(status, &format!(r#"{{"code":1,"msg":"{quoting}"}}"#));
            let judgement = nothing_quoted(&request(), [&granted, &error]);
            let Judgement::Broken(finding) = judgement else { panic!("{judgement:?}") };
            assert_eq!(finding.actual, "the body at /msg (byte 17) of the token");
        }
        assert_eq!(nothing_quoted(&request(), [&answered(400, "{}")]), Judgement::Kept);
        let none = failed(FailureKind::TimedOut);
        assert!(matches!(nothing_quoted(&request(), [&none]), Judgement::CannotTell(_)));
    }
}
