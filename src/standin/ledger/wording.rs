//! With which bytes does WeChat say it?

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::mint::Mint;
use super::phone;
use super::settings::{SuccessBody, SuccessShape, Suffix};
use crate::expiry::UnixMillis;
use crate::protocol::{ErrorCode, OpenId, SessionKey, UnionId};

/// What the endpoints below `/cgi-bin/` and `/wxa/` declare. The spelling is WeChat's own.
pub(super) const PLATFORM_CONTENT_TYPE: &str = "application/json; encoding=utf-8";

/// The `expires_in` that old accounts still see. It means nothing.
const LEGACY_EXPIRES_IN: u32 = 7200;

/// Which of WeChat's habits of wording a path follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Below `/sns/`.
    Sns,
    /// At the endpoint of phone numbers.
    Phone,
    /// Everywhere else.
    Platform,
}

impl Family {
    pub(super) fn of(path: &str) -> Self {
        match path {
            phone::PATH => Self::Phone,
            _ if path.starts_with("/sns/") => Self::Sns,
            _ => Self::Platform,
        }
    }
}

/// A refusal before it is worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) number: i32,
    pub(super) text: Cow<'static, str>,
}

impl From<ErrorCode> for Refusal {
    fn from(error: ErrorCode) -> Self {
        Self { number: error.number(), text: Cow::Borrowed(error.text()) }
    }
}

/// Words a refusal. `count` tells requests apart.
pub(super) fn refusal(
    refusal: &Refusal,
    family: Family,
    suffix: Suffix,
    (mint, count, now): (Mint, u64, UnixMillis),
) -> Map<String, Value> {
    let text = &refusal.text;
    let text = match (suffix, family) {
        (Suffix::None, _) => text.to_string(),
        (Suffix::Rid, Family::Sns) => format!("{text}, rid: {:08x}-{}", now.seconds(), mint.rid(count)),
        (Suffix::Rid, Family::Phone) => {
            let (hint, rid) = (mint.hint(count), mint.rid(count));
            format!("{text} hint: [{hint}] rid: {:08x}-{rid}", now.seconds())
        }
        (Suffix::Rid, Family::Platform) => format!("{text} rid: {:08x}-{}", now.seconds(), mint.rid(count)),
        (Suffix::Hints, Family::Sns) => format!("{text}, hints: [ req_id: {} ]", mint.req_id(count)),
        (Suffix::Hints, Family::Phone | Family::Platform) => format!("{text} hint: [{}]", mint.req_id(count)),
    };
    Map::from_iter([("errcode".to_owned(), refusal.number.into()), ("errmsg".to_owned(), text.into())])
}

/// Words the success of `jscode2session`, members in the order of the real service.
pub(super) fn success(
    session_key: &SessionKey,
    openid: &OpenId,
    unionid: Option<&UnionId>,
    shape: &SuccessShape,
) -> Map<String, Value> {
    let mut members: Vec<(&str, Value)> = vec![("session_key", session_key.expose().into())];
    if shape.body == SuccessBody::LegacyExpiresIn {
        members.push(("expires_in", LEGACY_EXPIRES_IN.into()));
    }
    members.push(("openid", openid.as_str().into()));
    if let Some(unionid) = unionid {
        members.push(("unionid", unionid.as_str().into()));
    }
    if shape.body == SuccessBody::DocStyleErrcode0 {
        members.push(("errcode", 0.into()));
        members.push(("errmsg", "ok".into()));
    }
    if shape.reversed {
        members.reverse();
    }
    let mut object: Map<String, Value> =
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    for (name, value) in &shape.set {
        object.insert(name.clone(), value.clone());
    }
    for name in &shape.without {
        object.shift_remove(name);
    }
    object
}

/// Returns compact JSON without a line break at the end.
pub(super) fn bytes(object: Map<String, Value>, slash_escape: bool) -> Vec<u8> {
    let text = Value::Object(object).to_string();
    // A slash stands only inside strings, where the escape is legal.
    if slash_escape { text.replace('/', r"\/").into_bytes() } else { text.into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::{Family, Refusal, bytes, refusal, success};
    use crate::expiry::UnixMillis;
    use crate::protocol::{ErrorCode, OpenId, SessionKey, UnionId};
    use crate::standin::ledger::mint::Mint;
    use crate::standin::ledger::settings::{SuccessBody, SuccessShape, Suffix};

    fn spelled(shape: &SuccessShape, unionid: bool) -> String {
        let unionid = unionid.then(|| UnionId::new("oU"));
        let members = success(&SessionKey::new("a/b+c=="), &OpenId::new("oA"), unionid.as_ref(), shape);
        String::from_utf8(bytes(members, shape.slash_escape)).unwrap()
    }

    #[test]
    fn each_shape_of_success_is_spelled_to_the_byte() {
        let usual = SuccessShape::default();
        assert_eq!(spelled(&usual, false), r#"{"session_key":"a\/b+c==","openid":"oA"}"#);
        assert_eq!(spelled(&usual, true), r#"{"session_key":"a\/b+c==","openid":"oA","unionid":"oU"}"#);
        assert_eq!(
            spelled(&SuccessShape::with_body(SuccessBody::LegacyExpiresIn), false),
            r#"{"session_key":"a\/b+c==","expires_in":7200,"openid":"oA"}"#
        );
        assert_eq!(
            spelled(&SuccessShape::with_body(SuccessBody::DocStyleErrcode0), false),
            r#"{"session_key":"a\/b+c==","openid":"oA","errcode":0,"errmsg":"ok"}"#
        );
        let other = SuccessShape {
            slash_escape: false,
            reversed: true,
            set: vec![("openid".to_owned(), 7.into()), ("is_limit".to_owned(), false.into())],
            without: vec!["unionid".to_owned()],
            ..usual
        };
        assert_eq!(spelled(&other, true), r#"{"openid":7,"session_key":"a/b+c==","is_limit":false}"#);
    }

    #[test]
    fn the_suffix_follows_the_family_and_the_year() {
        let said = |family, suffix| {
            let of = (Mint::new(0), 0, UnixMillis::new(0x66c6_9111 * 1000 + 999));
            let object = refusal(&Refusal::from(ErrorCode::InvalidCode), family, suffix, of);
            object["errmsg"].as_str().unwrap().to_owned()
        };
        let (rid, req_id) = (Mint::new(0).rid(0), Mint::new(0).req_id(0));
        assert_eq!(said(Family::Sns, Suffix::Rid), format!("invalid code, rid: 66c69111-{rid}"));
        assert_eq!(said(Family::Platform, Suffix::Rid), format!("invalid code rid: 66c69111-{rid}"));
        assert_eq!(said(Family::Sns, Suffix::Hints), format!("invalid code, hints: [ req_id: {req_id} ]"));
        assert_eq!(said(Family::Platform, Suffix::Hints), format!("invalid code hint: [{req_id}]"));
        assert_eq!(said(Family::Sns, Suffix::None), "invalid code");
        assert_eq!((rid.len(), &rid[8..9], req_id.len()), (17, "-", 14));
    }

    #[test]
    fn slashes_in_an_error_are_escaped_as_well() {
        let text = Refusal { number: 1, text: "see http://t.cn/R".into() };
        let object = refusal(&text, Family::Sns, Suffix::None, (Mint::new(0), 0, UnixMillis::new(0)));
        assert_eq!(bytes(object, true), br#"{"errcode":1,"errmsg":"see http:\/\/t.cn\/R"}"#);
    }
}
