//! Is the session key that a backend holds still the person's?

use std::borrow::Cow;
use std::fmt::Write as _;

use hmac::{Hmac, Mac as _};
use serde_json::Map;
use sha2::Sha256;

use super::parameters::Parameters;
use super::state::{Ledger, Said};
use super::wording::Refusal;
use crate::expiry::UnixMillis;
use crate::protocol::{ErrorCode, OpenId, SessionKey};

/// Returns WeChat's signature of a message: HMAC-SHA-256 in lower-case hexadecimal digits.
///
/// The key is the text of the session key as it travels, not the bytes it stands for.
///
/// # Examples
///
/// ```
/// use wxconform::protocol::SessionKey;
/// use wxconform::standin::signature;
///
/// let key = SessionKey::new("o0q0otL8aEzpcZL/FT9WsQ==");
/// assert!(signature(&key, br#"{"foo":"bar"}"#).starts_with("654571f7"));
/// ```
#[must_use]
pub fn signature(key: &SessionKey, message: &[u8]) -> String {
    // HMAC takes keys of any length, so the error cannot occur; an empty signature fits nothing.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(message);
    mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _: std::fmt::Result = write!(hex, "{byte:02x}");
        hex
    })
}

impl Ledger {
    /// Answers `/wxa/checksession`: the signature of the empty message must be made with the current key of a
    /// session that has not expired.
    pub(super) fn check_key(&self, parameters: &Parameters, now: UnixMillis) -> Said {
        match self.checked_key(parameters, now) {
            Ok(()) => Said::Success(Map::from_iter([
                ("errcode".to_owned(), 0.into()),
                ("errmsg".to_owned(), "ok".into()),
            ])),
            Err(refusal) => Said::Refusal(refusal),
        }
    }

    fn checked_key(&self, parameters: &Parameters, now: UnixMillis) -> Result<(), Refusal> {
        let token = parameters.required("access_token", ErrorCode::AccessTokenMissing)?;
        let app = self.app_of_token(token, now).ok_or(ErrorCode::InvalidCredential)?;
        let openid = OpenId::new(parameters.first("openid").unwrap_or_default());
        let holder = self.holders.get(&(app.clone(), openid)).ok_or(ErrorCode::InvalidOpenId)?;
        if parameters.first("sig_method") != Some("hmac_sha256") {
            return Err(Refusal { number: 87008, text: Cow::Borrowed("invalid sig_method") });
        }
        let session = self.sessions.get(holder).and_then(|apps| apps.get(app));
        let key = session.filter(|session| !session.expired).and_then(|session| session.key());
        let expected = key.map(|key| signature(key, b""));
        if expected.as_deref() == parameters.first("signature") && expected.is_some() {
            Ok(())
        } else {
            Err(ErrorCode::InvalidSignature.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::signature;
    use crate::expiry::UnixMillis;
    use crate::protocol::SessionKey;
    use crate::standin::ledger::{ApiAnswer, ApiRequest, KeyRotation, Ledger, LedgerSettings, Person};

    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);

    #[test]
    fn the_official_vectors_hold() {
        let key = SessionKey::new("o0q0otL8aEzpcZL/FT9WsQ==");
        assert_eq!(
            signature(&key, br#"{"foo":"bar"}"#),
            "654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b"
        );
        assert_eq!(signature(&key, b""), "46e043c5525c2d817c44be603d30837a808a1d930d038f6fdc3e62a201fed128");
    }

    struct Wechat {
        ledger: Ledger,
        alice: Person,
        token: String,
    }

    impl Wechat {
        fn new() -> Self {
            let mut ledger =
                Ledger::new(LedgerSettings { rotate: KeyRotation::Always, ..LedgerSettings::default() });
            let app = ledger.settings().app.clone();
            let alice = ledger.person("Alice");
            ledger.login(&alice, &app.id, NOW);
            let target = format!(
                "/cgi-bin/token?grant_type=client_credential&appid={}&secret={}",
                app.id,
                app.secret.expose()
            );
            ledger.answer(ApiRequest::new("GET", &target), NOW);
            let token = ledger.platform_tokens()[0].expose().to_owned();
            Self { ledger, alice, token }
        }

        fn right(&self) -> String {
            let keys = self.ledger.session_keys(&self.alice);
            let signed = signature(keys.last().unwrap(), b"");
            let openid = &self.alice.openid;
            format!("access_token={}&openid={openid}&signature={signed}&sig_method=hmac_sha256", self.token)
        }

        fn check(&mut self, query: &str) -> ApiAnswer {
            self.ledger.answer(ApiRequest::new("GET", &format!("/wxa/checksession?{query}")), NOW)
        }
    }

    #[test]
    fn the_current_key_is_confirmed_to_the_byte() {
        let mut wechat = Wechat::new();
        let answer = wechat.check(&wechat.right());
        assert_eq!(answer.body, br#"{"errcode":0,"errmsg":"ok"}"#);
        assert_eq!(answer.content_type.as_deref(), Some("application/json; encoding=utf-8"));
    }

    #[test]
    fn the_parameters_may_stand_in_a_json_body() {
        let mut wechat = Wechat::new();
        let right = wechat.right();
        let mut pairs = form_urlencoded::parse(right.as_bytes());
        let (_, token) = pairs.next().unwrap();
        let body: serde_json::Map<String, serde_json::Value> =
            pairs.map(|(name, value)| (name.into_owned(), value.into())).collect();
        let body = serde_json::to_vec(&body).unwrap();
        let request = ApiRequest::new("GET", &format!("/wxa/checksession?access_token={token}"));
        let answer = wechat.ledger.answer(ApiRequest { body, ..request }, NOW);
        assert_eq!(answer.errcode, Some(0));
    }

    #[test]
    fn each_mistake_has_its_number() {
        let mut wechat = Wechat::new();
        let right = wechat.right();
        let stale = right.clone();
        let rows = [
            (right.replace("access_token", "token"), 41001),
            (right.replace(&wechat.token, "94_unknown"), 40001),
            (right.replace(wechat.alice.openid.as_str(), "oNobody"), 40003),
            (right.replace("hmac_sha256", "hmac_sha1"), 87008),
            (right.replace("&signature=", "&signature=0"), 87009),
            (right.replace("&signature=", "&sign="), 87009),
        ];
        for (query, expected) in rows {
            let answer = wechat.check(&query);
            assert_eq!(answer.errcode, Some(expected), "{query}");
            let said = String::from_utf8(answer.body).unwrap();
            assert!(said.contains(" rid: ") && !said.contains(", rid: "), "{said}");
        }
        let app = wechat.ledger.settings().app.id.clone();
        wechat.ledger.login(&wechat.alice, &app, NOW);
        assert_eq!(wechat.check(&stale).errcode, Some(87009), "the key has rotated");
        assert_eq!(wechat.check(&wechat.right()).errcode, Some(0));
        wechat.ledger.expire_session(&wechat.alice);
        assert_eq!(wechat.check(&wechat.right()).errcode, Some(87009), "the session has expired");
    }
}
