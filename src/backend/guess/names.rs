//! What is a parameter of this name for, and may its value be written down?

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What parameters are called that carry a login code, in small letters without signs.
const CODE: &[&str] = &[
    "code",
    "jscode",
    "wxcode",
    "logincode",
    "xwxcode",
    "authcode",
    "weixincode",
    "wechatcode",
    "wxlogincode",
    "wxauthcode",
    "miniappcode",
    "mpcode",
    "tempcode",
    "wxjscode",
    "jslogincode",
    "wechatlogincode",
];

/// What has a part of its name that says that the value is nobody else's business.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "session",
    "cookie",
    "credential",
    "apikey",
    "accesskey",
    "sign",
    "openid",
    "unionid",
    "phone",
    "mobile",
    "email",
    "idcard",
    "ticket",
    "jwt",
    "device",
    "uuid",
    "skey",
    "auth",
];

/// What the values of a recording become in a contract.
#[derive(Debug, Default)]
pub(super) struct Filler {
    /// Values that must not be written down, whatever they are called.
    pub(super) secrets: BTreeSet<String>,
    /// Whether the request is about a phone number.
    pub(super) about_phone: bool,
    /// Variables that somebody has to give a value: by name what they are.
    pub(super) vars: BTreeMap<String, (String, String)>,
    /// What only a phone has.
    pub(super) inputs: BTreeSet<&'static str>,
}

/// Returns a name in small letters without signs.
pub(super) fn normal(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Tells whether a parameter of this name carries a login code.
pub(super) fn is_code(name: &str) -> bool {
    CODE.contains(&normal(name).as_str())
}

/// Tells whether a text looks like a login code of WeChat: 32 letters and digits, of which the first is a zero.
pub(super) fn looks_like_code(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
    text.len() == 32
        && text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && has(u8::is_ascii_alphabetic)
        && text.bytes().any(|byte| !byte.is_ascii_hexdigit())
}

/// Tells whether a name says that the value is a secret, or personal.
pub(super) fn is_secret(name: &str) -> bool {
    let name = normal(name);
    // A code for an SMS or a phone number is one as well; grant_type and the like are not.
    name.ends_with("code") || SECRET.iter().any(|word| name.contains(word))
}

/// Tells whether a text is made of words and small numbers, as constants of a protocol are.
pub(super) fn is_plain(text: &str) -> bool {
    let words = || text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let is_word = |word: &str| {
        let digits = digits(word);
        word.len() <= 16 && (digits <= 3 || digits == word.len() && digits <= 6)
    };
    text.is_ascii() && text.len() <= 64 && words().all(is_word) && words().map(digits).sum::<usize>() <= 8
}

/// Writes the braces of a text so that a template does not take them for holes.
pub(super) fn literal(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Returns the name of a hole for what one step of a login brings and the next one is asked with.
pub(super) fn key(name: &str) -> String {
    match normal(name).as_str() {
        name if name.ends_with("openid") => "openid".to_owned(),
        // These stand for something else.
        "" | "code" | "token" | "appid" | "iv" | "nonce" | "signature" => "key".to_owned(),
        name => name.to_owned(),
    }
}

/// Returns the name of a hole for a parameter.
fn hole(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.is_empty() { "value".to_owned() } else { name }
}

impl Filler {
    /// Returns what stands for a parameter in the contract: what only a phone has and what changes with each request is
    /// made by the run, constants stay, and for anything else somebody has to give a value.
    pub(super) fn fill(&mut self, name: &str, value: &Value) -> toml::Value {
        match value {
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| (name.clone(), self.fill(name, value));
                return toml::Value::Table(
                    members.iter().filter(|(_, value)| !value.is_null()).map(member).collect(),
                );
            }
            Value::Array(items) => {
                let items = items.iter().filter(|item| !item.is_null());
                return toml::Value::Array(items.map(|item| self.fill(name, item)).collect());
            }
            Value::Bool(truth) => return (*truth).into(),
            Value::Null | Value::Number(_) | Value::String(_) => {}
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let Some(made) = self.made(name, &text) {
            return made.into();
        }
        let may_stay = !is_secret(name) && !self.secrets.contains(&text) && is_plain(&text);
        match value.as_i64() {
            Some(number) if may_stay => number.into(),
            _ if may_stay => literal(&text).into(),
            _ => self.asked_for(name).into(),
        }
    }

    /// Returns a hole for which somebody has to give a value.
    pub(super) fn asked_for(&mut self, name: &str) -> String {
        let hole = hole(name);
        let about =
            tr!("what the client sends as {name}; it was not copied", name = format_args!("{name:?}"));
        self.vars.entry(hole.clone()).or_insert((String::new(), about));
        format!("{{{hole}}}")
    }

    /// Returns what the run makes for a parameter of this name.
    fn made(&mut self, name: &str, text: &str) -> Option<String> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let (made, input) = match normal(name).trim_start_matches("xwx") {
            "encrypteddata" | "encrypted" if self.about_phone => ("{phone_encryptedData}", "phone_encrypted"),
            "encrypteddata" | "encrypted" => ("{encryptedData}", "profile_encrypted"),
            "iv" if self.about_phone => ("{phone_iv}", "phone_encrypted"),
            "iv" => ("{iv}", "profile_encrypted"),
            "rawdata" => ("{rawData}", "profile_signed"),
            "signature" => ("{signature}", "profile_signed"),
            "phonecode" | "mobilecode" => ("{phone_code}", "phone_code"),
            "nickname" => ("somebody", "profile_plain"),
            "avatarurl" | "avatar" | "headimgurl" | "headimg" => ("https://thumb.invalid/0", "profile_plain"),
            "appid" | "wxappid" if text.starts_with("wx") => ("{appid}", ""),
            "city" | "province" | "country" => ("", "profile_plain"),
            "timestamp" | "time" | "ts" | "t" if digits && text.len() == 13 => ("{now_ms}", ""),
            "timestamp" | "time" | "ts" | "t" if digits && text.len() == 10 => ("{now_s}", ""),
            "nonce" | "noncestr" => ("{nonce}", ""),
            _ => return None,
        };
        if !input.is_empty() {
            self.inputs.insert(input);
        }
        Some(made.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Filler, is_code, is_plain, is_secret, looks_like_code};

    #[test]
    fn codes_are_known_by_name_or_by_looks() {
        for name in ["code", "js_code", "wxCode", "loginCode", "X-WX-Code", "auth_code"] {
            assert!(is_code(name), "{name}");
        }
        for name in ["phoneCode", "phone_code", "captcha", "smsCode", "codes", "zipcode"] {
            assert!(!is_code(name), "{name}");
        }
        assert!(looks_like_code("0a3Xy12aBcDeFgHiJkLmNoPqRsXy12aZ"));
        assert!(!looks_like_code("0123456789abcdef0123456789abcdef"), "as an MD5 has it");
        assert!(!looks_like_code("0a3Xy12a"));
    }

    #[test]
    fn constants_stay_and_secrets_go() {
        for text in
            ["mobile", "wechat_mini_app", "urn:ietf:params:oauth:grant-type:x", "34", "v1.2", "zh_CN", ""]
        {
            assert!(is_plain(text), "{text}");
        }
        for text in
            ["13800138000", "aGVsbG8gd29ybGQ0NTY3ODkw", "5f4dcc3b5aa765d61d83", "1700000000123", "张三"]
        {
            assert!(!is_plain(text), "{text}");
        }
        assert_eq!(["wx_openid", "code", "session-key"].map(super::key), ["openid", "key", "sessionkey"]);
        assert!(is_secret("client_secret") && is_secret("smsCode") && !is_secret("grant_type"));
    }

    #[test]
    fn what_a_client_sends_along_becomes_what_a_run_can_make() {
        let mut filler = Filler { secrets: ["hushhush".to_owned()].into(), ..Filler::default() };
        let sent = json!({"grant_type": "wx", "type": 34, "flag": true, "none": null, "password": "x", "odd": "hushhush",
            "appid": "wx0123456789abcdef", "ts": 1_700_000_000, "brace": "a{b", "phone": 13_800_138_000_i64,
            "userInfo": {"nickName": "Ann", "avatarUrl": "https://x.example/1", "city": "Y"}, "iv": "aXY="});
        let text = filler.fill("", &sent).to_string();
        for kept in [
            "grant_type = \"wx\"",
            "type = 34",
            "flag = true",
            "\"{password}\"",
            "\"{odd}\"",
            "\"{appid}\"",
            "\"{now_s}\"",
            "\"a{{b\"",
            "\"{phone}\"",
            "\"somebody\"",
            "city = \"\"",
            "\"{iv}\"",
        ] {
            assert!(text.contains(kept), "{kept} is not in {text}");
        }
        assert!(!text.contains("none") && !text.contains("138"), "{text}");
        assert_eq!(filler.vars.keys().collect::<Vec<_>>(), ["odd", "password", "phone"]);
        assert_eq!(filler.inputs.into_iter().collect::<Vec<_>>(), ["profile_encrypted", "profile_plain"]);
        let mut phone = Filler { about_phone: true, ..Filler::default() };
        assert_eq!(phone.fill("iv", &json!("x")), "{phone_iv}".into());
    }
}
