//! One call to WeChat's server API, and what came of it.

use std::fmt;
use std::time::Duration;

use super::wire::Wire;
use crate::record::Headers;

/// A request as it arrived.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ApiRequest {
    /// The method, upper case.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as it travelled, without the `?`; absent when there was none.
    pub query: Option<String>,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
    /// When it arrived, counted from the start of the run.
    pub arrived: Duration,
}

impl ApiRequest {
    /// Makes a request without header fields and body.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::standin::ApiRequest;
    ///
    /// let request = ApiRequest::new("GET", "/sns/jscode2session?appid=wx1&js_code=a%2Fb");
    /// assert_eq!(request.path, "/sns/jscode2session");
    /// assert_eq!(request.parameters()[1], ("js_code".to_owned(), "a/b".to_owned()));
    /// ```
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self { method: method.to_owned(), path: path.to_owned(), query, ..Self::default() }
    }

    /// Returns the parameters of the query, decoded, in the order they travelled.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        let query = self.query.as_deref().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

/// What WeChat answers.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiAnswer {
    /// The status; 200 for every answer that WeChat itself gives.
    pub status: u16,
    /// The `Content-Type`, if there is one.
    pub content_type: Option<String>,
    /// Header fields beside that, `Date` and those that say where the body ends.
    pub fields: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long to hold it back.
    pub delay: Duration,
    /// How it travels.
    pub wire: Wire,
    /// The `errcode` it carries: 0 for a success, absent for scripted bytes.
    pub errcode: Option<i32>,
}

impl ApiAnswer {
    /// Makes an answer with these bytes that has nothing special about it.
    pub(in crate::standin) fn plain(status: u16, content_type: Option<String>, body: Vec<u8>) -> Self {
        let (fields, delay, wire) = (Vec::new(), Duration::ZERO, Wire::usual());
        Self { status, content_type, fields, body, delay, wire, errcode: None }
    }
}

/// Something odd about a call that WeChat puts up with. The enum may grow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remark {
    /// The query names this parameter more than once. What the real service does then is not known; here the
    /// first one counts.
    Repeated(String),
    /// `jscode2session` was called without `grant_type`.
    GrantTypeMissing,
    /// `jscode2session` was called with another `grant_type` than `authorization_code`. No refusal for that
    /// was ever seen on this path.
    GrantTypeOther(String),
    /// WeChat has no such path, or none for this method.
    Unexpected,
}

/// A call that arrived, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What arrived.
    pub request: ApiRequest,
    /// What was answered.
    pub answer: ApiAnswer,
    /// The key of the person whose code it carried, if the code was one of ours.
    pub person: Option<String>,
    /// What was odd about it.
    pub remarks: Vec<Remark>,
}

// Both carry secrets in the clear, so their `Debug` shows the shape and not the content.
impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiRequest({} {}, {} bytes)", self.method, self.path, self.body.len())
    }
}

impl fmt::Debug for ApiAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiAnswer({}, errcode {:?}, {} bytes)", self.status, self.errcode, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiAnswer, ApiRequest};

    #[test]
    fn debug_output_shows_the_shape_and_no_secret() {
        let mut request = ApiRequest::new("POST", "/cgi-bin/stable_token?secret=hush");
        request.body = b"hush".to_vec();
        assert_eq!(format!("{request:?}"), "ApiRequest(POST /cgi-bin/stable_token, 4 bytes)");
        let body = b"{\"session_key\":\"hush\"}".to_vec();
        let answer = ApiAnswer { errcode: Some(0), ..ApiAnswer::plain(200, None, body) };
        assert_eq!(format!("{answer:?}"), "ApiAnswer(200, errcode Some(0), 22 bytes)");
    }
}
