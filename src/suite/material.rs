//! What only a phone in WeChat has: profiles that are signed or encrypted with the session key, phone codes.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockEncryptMut as _, KeyIvInit as _};
use serde_json::json;
use sha1::{Digest as _, Sha1};

use crate::expiry::{Clock as _, SystemClock};
use crate::standin::{Person, Wechat};

/// How many nonces of eight digits there are.
const NONCES: u64 = 100_000_000;

/// How far one nonce is from the next. It has no factor in common with their number, so that all of them come before one
/// comes again.
const STRIDE: u64 = 61_803_399;

/// The values for the holes of a contract that belong to one person at one moment, made when they are first asked
/// for. One request has one time and one nonce, however often it names them.
pub(crate) struct Material {
    wechat: Wechat,
    person: Person,
    sealed: OnceLock<[String; 4]>,
    phone: OnceLock<String>,
    nonce: OnceLock<String>,
    now_ms: i64,
}

impl Material {
    pub(crate) fn new(wechat: &Wechat, person: &Person) -> Self {
        Self {
            wechat: wechat.clone(),
            person: person.clone(),
            sealed: OnceLock::new(),
            phone: OnceLock::new(),
            nonce: OnceLock::new(),
            now_ms: SystemClock.now().millis(),
        }
    }

    /// Returns the value of this name, if it is one that is made here.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        Some(match name {
            "appid" => self.wechat.app_id().as_str().to_owned(),
            "now_ms" => self.now_ms.to_string(),
            "now_s" => (self.now_ms / 1000).to_string(),
            "nonce" => self.nonce.get_or_init(next_nonce).clone(),
            "rawData" => self.raw_data(),
            "signature" => {
                let signed = format!("{}{}", self.raw_data(), self.session_key());
                format!("{:x}", Sha1::digest(signed))
            }
            "encryptedData" => self.sealed()[0].clone(),
            "iv" => self.sealed()[1].clone(),
            "phone_encryptedData" => self.sealed()[2].clone(),
            "phone_iv" => self.sealed()[3].clone(),
            "phone_code" => {
                let phone = || self.wechat.phone_code(&self.person).as_str().to_owned();
                self.phone.get_or_init(phone).clone()
            }
            _ => return None,
        })
    }

    /// The profile as `wx.getUserInfo` gives it in `rawData`.
    fn raw_data(&self) -> String {
        let name = self.person.key.rsplit('/').next().unwrap_or_default();
        json!({"nickName": name, "gender": 0, "language": "zh_CN", "city": "", "province": "", "country": "",
               "avatarUrl": "https://thumb.invalid/0"})
        .to_string()
    }

    /// The session key that WeChat gives for the code of the request: the newest of the person.
    fn session_key(&self) -> String {
        self.wechat.session_key(&self.person).map(|key| key.expose().to_owned()).unwrap_or_default()
    }

    /// Returns profile and phone number, each encrypted with its initialisation vector (AES-128-CBC with PKCS#7
    /// padding, as WeChat's page on open data says).
    fn sealed(&self) -> &[String; 4] {
        self.sealed.get_or_init(|| {
            let watermark = json!({"timestamp": self.now_ms / 1000, "appid": self.wechat.app_id().as_str()});
            let profile: serde_json::Value = serde_json::from_str(&self.raw_data()).unwrap_or_default();
            let mut profile = profile;
            profile["openId"] = self.person.openid.as_str().into();
            if let Some(unionid) = &self.person.unionid {
                profile["unionId"] = unionid.as_str().into();
            }
            profile["watermark"] = watermark.clone();
            let number = phone_number(self.person.openid.as_str());
            let phone = json!({"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86",
                               "watermark": watermark});
            let [(profile, profile_iv), (phone, phone_iv)] = [(profile, "profile"), (phone, "phone")]
                .map(|(value, what)| self.seal(&value.to_string(), what));
            [profile, profile_iv, phone, phone_iv]
        })
    }

    fn seal(&self, text: &str, what: &str) -> (String, String) {
        let key: [u8; 16] =
            STANDARD.decode(self.session_key()).ok().and_then(|key| key.try_into().ok()).unwrap_or_default();
        let digest = Sha1::digest(format!("{what}{}{}", self.person.key, self.now_ms));
        let mut iv = [0; 16];
        iv.copy_from_slice(&digest[..16]);
        let sealed = cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into())
            .encrypt_padded_vec_mut::<Pkcs7>(text.as_bytes());
        (STANDARD.encode(sealed), STANDARD.encode(iv))
    }
}

/// Returns a nonce that no other request has, unless it is the same one sent again after it was turned away: people ask at
/// the same moment, also for the same thing. Where they begin is random, because a backend may remember those of an
/// earlier run.
fn next_nonce() -> String {
    static NEXT: OnceLock<AtomicU64> = OnceLock::new();
    let next = NEXT.get_or_init(|| {
        let mut bytes = [0; 8];
        // Without randomness they begin where those of every other run without begin.
        getrandom::fill(&mut bytes).unwrap_or_default();
        AtomicU64::new(u64::from_le_bytes(bytes) % NONCES)
    });
    let number = next.fetch_add(1, Ordering::Relaxed) % NONCES;
    format!("{:08}", number * STRIDE % NONCES)
}

/// Returns a phone number of the person's own, in a range that is nobody's.
pub(crate) fn phone_number(openid: &str) -> String {
    let digits = Sha1::digest(openid).iter().take(8).map(|byte| (byte % 10).to_string()).collect::<String>();
    format!("170{digits}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use aes::Aes128;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use cbc::cipher::block_padding::Pkcs7;
    use cbc::cipher::{BlockDecryptMut as _, KeyIvInit as _};
    use sha1::{Digest as _, Sha1};

    use super::{Material, phone_number};
    use crate::standin::{Person, StandIn, StandInSettings, Wechat};

    async fn wechat() -> (StandIn, Wechat) {
        let stand_in = StandIn::start(([127, 0, 0, 1], 0).into(), StandInSettings::default()).await.unwrap();
        let wechat = stand_in.wechat();
        (stand_in, wechat)
    }

    /// Opens what was encrypted, as a backend does that knows the session key.
    fn opened(material: &Material, key: &str, sealed: &str, iv: &str) -> Option<serde_json::Value> {
        let bytes = |text: &str| STANDARD.decode(text).unwrap();
        let array = |text: &str| -> [u8; 16] { bytes(text).try_into().unwrap() };
        let sealed = bytes(&material.get(sealed).unwrap());
        let open =
            cbc::Decryptor::<Aes128>::new(&array(key).into(), &array(&material.get(iv).unwrap()).into());
        serde_json::from_slice(&open.decrypt_padded_vec_mut::<Pkcs7>(&sealed).ok()?).ok()
    }

    fn key_of(wechat: &Wechat, person: &Person) -> String {
        wechat.session_key(person).unwrap().expose().to_owned()
    }

    #[tokio::test]
    async fn a_backend_that_has_the_session_key_can_open_profile_and_phone() {
        let (_stand_in, wechat) = wechat().await;
        let alice = wechat.person_with_unionid("run/Alice");
        drop(wechat.login(&alice));
        let material = Material::new(&wechat, &alice);
        let key = key_of(&wechat, &alice);
        let profile = opened(&material, &key, "encryptedData", "iv").unwrap();
        assert_eq!(profile["openId"], alice.openid.as_str());
        assert_eq!(profile["unionId"], alice.unionid.as_ref().unwrap().as_str());
        assert_eq!(profile["nickName"], "Alice");
        assert_eq!(profile["watermark"]["appid"], wechat.app_id().as_str());
        let now_s: i64 = material.get("now_s").unwrap().parse().unwrap();
        assert_eq!(profile["watermark"]["timestamp"], now_s);
        let phone = opened(&material, &key, "phone_encryptedData", "phone_iv").unwrap();
        assert_eq!(phone["purePhoneNumber"], phone_number(alice.openid.as_str()));
        assert_eq!(phone["watermark"]["appid"], wechat.app_id().as_str());
        assert_ne!(material.get("iv"), material.get("phone_iv"));
    }

    #[tokio::test]
    async fn nobody_elses_key_opens_it() {
        let (_stand_in, wechat) = wechat().await;
        let (alice, bob) = (wechat.person("Alice"), wechat.person("Bob"));
        drop((wechat.login(&alice), wechat.login(&bob)));
        let material = Material::new(&wechat, &alice);
        assert_eq!(opened(&material, &key_of(&wechat, &bob), "encryptedData", "iv"), None);
        let profile = opened(&material, &key_of(&wechat, &alice), "encryptedData", "iv").unwrap();
        assert_eq!(profile.get("unionId"), None);
    }

    #[tokio::test]
    async fn the_signature_is_that_of_raw_data_and_session_key() {
        let (_stand_in, wechat) = wechat().await;
        let alice = wechat.person("Alice");
        drop(wechat.login(&alice));
        let material = Material::new(&wechat, &alice);
        let raw = material.get("rawData").unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&raw).unwrap()["nickName"], "Alice");
        let signed = format!("{:x}", Sha1::digest(format!("{raw}{}", key_of(&wechat, &alice))));
        assert_eq!(material.get("signature").unwrap(), signed);
    }

    #[tokio::test]
    async fn one_request_has_one_time_one_nonce_and_one_phone_code() {
        let (_stand_in, wechat) = wechat().await;
        let alice = wechat.person("Alice");
        let material = Material::new(&wechat, &alice);
        for name in ["now_ms", "nonce", "phone_code", "encryptedData", "iv"] {
            assert_eq!(material.get(name), material.get(name), "{name}");
        }
        let nonce = material.get("nonce").unwrap();
        assert!(nonce.len() == 8 && nonce.bytes().all(|digit| digit.is_ascii_digit()), "{nonce}");
        let same = (0..100).map(|_| Material::new(&wechat, &alice).get("nonce").unwrap());
        assert_eq!(same.chain([nonce]).collect::<BTreeSet<_>>().len(), 101, "each request has its own");
        let millis = material.get("now_ms").unwrap();
        assert_eq!(material.get("now_s").unwrap(), millis[..millis.len() - 3]);
        assert_ne!(material.get("phone_code"), Material::new(&wechat, &alice).get("phone_code"));
        // The login code, the token and what an answer brought are somebody else's business.
        for name in ["code", "token", "openid", "uri"] {
            assert_eq!(material.get(name), None, "{name}");
        }
    }

    #[test]
    fn a_phone_number_is_one_and_its_owners_own() {
        let one = phone_number("oAlice");
        assert_eq!((one.len(), one.starts_with("170")), (11, true));
        assert_eq!(one, phone_number("oAlice"));
        assert_ne!(one, phone_number("oBob"));
    }
}
