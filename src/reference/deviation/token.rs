use super::super::answer::Answer;
use super::super::server::Backend;
use super::super::token::{Issued, TokenError};
use axum::http::HeaderMap;
pub(in super::super) fn client(_b: &Backend, _h: &HeaderMap, accepted: bool) -> bool {
    accepted
}
pub(in super::super) async fn openid(
    _b: &Backend,
    _f: &[u8],
    o: Result<String, TokenError>,
) -> Result<String, TokenError> {
    o
}
pub(in super::super) fn token(_b: &Backend, _o: &str, token: String) -> String {
    token
}
pub(in super::super) fn answer(_b: &Backend, _o: &Result<Issued, TokenError>, answer: Answer) -> Answer {
    answer
}
