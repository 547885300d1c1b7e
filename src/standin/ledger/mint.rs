//! Which values does WeChat hand out?

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::protocol::{AppId, JsCode, OpenId, PlatformToken, SessionKey, UnionId};

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const URL_SAFE: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const HEXADECIMAL: &[u8] = b"0123456789abcdef";

/// A WeChat user, as the app under test knows them.
///
/// The same seed and the same key name the same person, whoever else there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    /// The name by which scenarios tell people apart, such as `Alice`.
    pub key: String,
    /// Their name within the app under test.
    pub openid: OpenId,
    /// Their name across apps; absent when the app is not bound to an Open Platform account.
    pub unionid: Option<UnionId>,
}

/// Derives every value from the seed of the run and what the value is for, never from what came before, so
/// that scenarios running side by side do not change each other's values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mint {
    seed: u64,
}

impl Mint {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    pub(super) fn person(self, app: &AppId, key: &str) -> Person {
        Person { key: key.to_owned(), openid: self.openid(app, key), unionid: None }
    }

    /// 28 characters: all openids of one app share the first six, of which the first is `o`.
    pub(super) fn openid(self, app: &AppId, key: &str) -> OpenId {
        let of_app = self.text(&["openid of app", app.as_str()], URL_SAFE, 5);
        let of_person = self.text(&["openid", app.as_str(), key], URL_SAFE, 22);
        OpenId::new(format!("o{of_app}{of_person}"))
    }

    /// 28 characters, the first is `o`.
    pub(super) fn unionid(self, key: &str) -> UnionId {
        UnionId::new(format!("o{}", self.text(&["unionid", key], URL_SAFE, 27)))
    }

    /// 32 characters: `0`, a hexadecimal digit, `1` or `3`, and so on; the fourth to the seventh character
    /// stand again at the twenty-eighth.
    pub(super) fn code(self, app: &AppId, key: &str, count: u64) -> JsCode {
        let count = count.to_string();
        let parts = |what| [what, app.as_str(), key, count.as_str()];
        let digit = self.text(&parts("code digit"), HEXADECIMAL, 1);
        let kind = self.text(&parts("code kind"), b"13", 1);
        let repeated = self.text(&parts("code repeated"), ALPHANUMERIC, 4);
        let middle = self.text(&parts("code middle"), ALPHANUMERIC, 20);
        let last = self.text(&parts("code last"), ALPHANUMERIC, 1);
        JsCode::new(format!("0{digit}{kind}{repeated}{middle}{repeated}{last}"))
    }

    /// 64 lower-case hexadecimal digits.
    pub(super) fn phone_code(self, app: &AppId, key: &str, count: u64) -> JsCode {
        let count = count.to_string();
        JsCode::new(self.text(&["phone code", app.as_str(), key, &count], HEXADECIMAL, 64))
    }

    /// The eleven digits of a mobile phone in China.
    pub(super) fn phone_number(self, key: &str) -> String {
        let network = self.text(&["phone network", key], b"3456789", 1);
        format!("1{network}{}", self.text(&["phone number", key], b"0123456789", 9))
    }

    /// Base64 of sixteen bytes. Each key holds a `/`, which travels escaped: a backend that does not undo
    /// the escape is then noticed at each login and not only at some.
    pub(super) fn session_key(self, app: &AppId, key: &str, count: u64) -> SessionKey {
        let block = self.block(&["session key", app.as_str(), key, &count.to_string()], 0);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&block[..16]);
        bytes[2] |= 0b0011_1111;
        SessionKey::new(STANDARD.encode(bytes))
    }

    /// 136 characters: two digits, `_`, and text that is safe in a URL.
    pub(super) fn token(self, app: &AppId, kind: &str, count: u64) -> PlatformToken {
        let text = self.text(&["platform token", app.as_str(), kind, &count.to_string()], URL_SAFE, 133);
        PlatformToken::new(format!("94_{text}"))
    }

    /// Eight lower-case hexadecimal digits, a dash, and eight more: the part of a request id behind the time.
    pub(super) fn rid(self, count: u64) -> String {
        let text = self.text(&["rid", &count.to_string()], HEXADECIMAL, 16);
        format!("{}-{}", &text[..8], &text[8..])
    }

    /// Fourteen characters, the request id of the years before 2021.
    pub(super) fn req_id(self, count: u64) -> String {
        self.text(&["req_id", &count.to_string()], ALPHANUMERIC, 14)
    }

    /// Sixteen characters, what stands beside the request id in answers about phone numbers.
    pub(super) fn hint(self, count: u64) -> String {
        self.text(&["hint", &count.to_string()], ALPHANUMERIC, 16)
    }

    fn text(self, parts: &[&str], alphabet: &[u8], length: usize) -> String {
        (0_u32..)
            .flat_map(|index| self.block(parts, index))
            .map(|byte| char::from(alphabet[usize::from(byte) % alphabet.len()]))
            .take(length)
            .collect()
    }

    fn block(self, parts: &[&str], index: u32) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(index.to_le_bytes());
        for part in parts {
            // The length in front keeps ("ab", "c") apart from ("a", "bc").
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::Mint;
    use crate::protocol::AppId;

    fn safe(text: &str) -> bool {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn minted_values_have_the_shape_of_real_ones(seed: u64, key in ".{0,12}", count in 0_u64..1000) {
            let (mint, app) = (Mint::new(seed), AppId::new("wx1"));

            let code = mint.code(&app, &key, count).to_string();
            prop_assert_eq!(code.len(), 32);
            prop_assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            let digit = code.as_bytes()[1];
            prop_assert!(code.starts_with('0') && digit.is_ascii_hexdigit() && !digit.is_ascii_uppercase());
            prop_assert!(matches!(code.as_bytes()[2], b'1' | b'3'));
            prop_assert_eq!(&code[3..7], &code[27..31]);

            let openid = mint.openid(&app, &key).to_string();
            prop_assert!(openid.len() == 28 && openid.starts_with('o') && safe(&openid));
            let neighbour = mint.openid(&app, "somebody else").to_string();
            prop_assert_eq!(&openid[..6], &neighbour[..6]);
            let unionid = mint.unionid(&key).to_string();
            prop_assert!(unionid.len() == 28 && unionid.starts_with('o') && safe(&unionid));

            let session_key = mint.session_key(&app, &key, count);
            let text = session_key.expose();
            prop_assert!(text.len() == 24 && text.ends_with("==") && text.contains('/'));
            prop_assert_eq!(STANDARD.decode(text).map(|bytes| bytes.len()), Ok(16));

            let token = mint.token(&app, "ordinary", count);
            prop_assert!(token.expose().len() == 136 && token.expose().starts_with("94_"));
            prop_assert!(safe(token.expose()));

            for (id, length) in [(mint.rid(count), 17), (mint.req_id(count), 14), (mint.hint(count), 16)] {
                prop_assert!(id.len() == length && safe(&id), "{}", id);
            }
        }
    }

    #[test]
    fn another_seed_key_app_or_count_gives_another_value() {
        let (one, two) = (AppId::new("wx1"), AppId::new("wx2"));
        let codes: HashSet<_> = [
            Mint::new(1).code(&one, "Alice", 1),
            Mint::new(2).code(&one, "Alice", 1),
            Mint::new(1).code(&two, "Alice", 1),
            Mint::new(1).code(&one, "Bob", 1),
            Mint::new(1).code(&one, "Alice", 2),
        ]
        .into();
        assert_eq!(codes.len(), 5);
        assert_ne!(Mint::new(1).openid(&one, "Alice"), Mint::new(1).openid(&one, "Bob"));
        assert_ne!(Mint::new(1).openid(&one, "Alice"), Mint::new(1).openid(&two, "Alice"));
    }

    #[test]
    fn the_values_of_a_seed_are_fixed_for_ever() {
        // A changed derivation would make recorded seeds useless.
        let app = AppId::new("wx0123456789abcdef");
        assert_eq!(Mint::new(7).openid(&app, "Alice").as_str(), "o1eIF6gNS95lQeF8enmTaDzTwn9A");
        assert_eq!(Mint::new(7).code(&app, "Alice", 0).as_str(), "0c3S6pMxvHh4aJ1lwR3dj97OAFfS6pMt");
    }
}
