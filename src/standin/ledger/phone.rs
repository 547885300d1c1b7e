//! Whose phone number is this?

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::mint::Person;
use super::parameters::Parameters;
use super::state::{IssuedCode, Ledger, Said};
use super::wording::Refusal;
use crate::expiry::UnixMillis;
use crate::protocol::{AppId, ErrorCode, JsCode};

/// Where the number is asked for.
pub(super) const PATH: &str = "/wxa/business/getuserphonenumber";

/// Where all the people live, as far as their telephones know.
const COUNTRY: &str = "86";

/// The codes of the phone-number button that are out.
#[derive(Debug, Default)]
pub(super) struct PhoneCodes {
    issued: HashMap<JsCode, IssuedCode>,
    /// How many a person was given.
    given: HashMap<String, u64>,
}

impl Ledger {
    /// Returns a fresh code, as the phone-number button gives it to a person in the app under test. It belongs to
    /// another endpoint, so `jscode2session` does not know it.
    pub fn phone_code(&mut self, person: &Person, now: UnixMillis) -> JsCode {
        let app = self.settings.app.id.clone();
        let given = self.phones.given.entry(person.key.clone()).or_default();
        let code = self.mint.phone_code(&app, &person.key, *given);
        *given += 1;
        let issued = IssuedCode { app, person: person.clone(), issued: now, spent: false };
        self.phones.issued.insert(code.clone(), issued);
        code
    }

    /// Returns the phone number of a person, without the code of the country.
    #[must_use]
    pub fn phone_number(&self, person: &Person) -> String {
        self.mint.phone_number(&person.key)
    }

    /// Answers `getuserphonenumber`: a code is good once, for as long as a login code is, and only in the body.
    pub(super) fn tell_phone_number(
        &mut self,
        parameters: &Parameters,
        body: &[u8],
        now: UnixMillis,
    ) -> Said {
        match self.spend_phone_code(parameters, body, now) {
            Ok((app, person)) => {
                let number = self.phone_number(&person);
                let watermark = json!({ "timestamp": now.seconds(), "appid": app.as_str() });
                let info = json!({
                    "phoneNumber": number,
                    "purePhoneNumber": number,
                    "countryCode": COUNTRY,
                    "watermark": watermark,
                });
                Said::Success(Map::from_iter([
                    ("errcode".to_owned(), Value::from(0)),
                    ("errmsg".to_owned(), "ok".into()),
                    ("phone_info".to_owned(), info),
                ]))
            }
            Err(error) => Said::Refusal(Refusal::from(error)),
        }
    }

    fn spend_phone_code(
        &mut self,
        parameters: &Parameters,
        body: &[u8],
        now: UnixMillis,
    ) -> Result<(AppId, Person), ErrorCode> {
        let token = parameters.required("access_token", ErrorCode::AccessTokenMissing)?;
        let app = self.app_of_token(token, now).ok_or(ErrorCode::InvalidCredential)?.clone();
        let body = Parameters::in_body(body);
        let code = JsCode::new(body.required("code", ErrorCode::InvalidCode)?);
        let lifetime = self.settings.code_ttl;
        let issued = self.phones.issued.get_mut(&code).ok_or(ErrorCode::InvalidCode)?;
        if issued.app != app {
            return Err(ErrorCode::InvalidAppId);
        }
        // The number for an openid that does not fit the code is not established.
        if body.first("openid").is_some_and(|openid| openid != issued.person.openid.as_str()) {
            return Err(ErrorCode::InvalidOpenId);
        }
        if issued.spent || now.since(issued.issued) >= lifetime {
            return Err(ErrorCode::InvalidCode);
        }
        issued.spent = true;
        Ok((app, issued.person.clone()))
    }

    /// Returns whose phone number a request asks for, if its code was ever issued.
    pub(super) fn asked_about(&self, body: &[u8]) -> Option<String> {
        let code = JsCode::new(Parameters::in_body(body).first("code")?);
        self.phones.issued.get(&code).map(|issued| issued.person.key.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::PATH;
    use crate::expiry::UnixMillis;
    use crate::protocol::{AppId, JsCode};
    use crate::standin::ledger::{ApiAnswer, ApiRequest, App, Ledger, LedgerSettings, Person};

    const NOW: UnixMillis = UnixMillis::new(1_700_000_000_000);

    /// A WeChat that has given an access token to an app.
    struct Wechat {
        ledger: Ledger,
        alice: Person,
        token: String,
    }

    impl Wechat {
        fn new(app: &App) -> Self {
            let mut ledger = Ledger::new(LedgerSettings::default());
            let (id, secret) = (&app.id, app.secret.expose());
            let target = format!("/cgi-bin/token?grant_type=client_credential&appid={id}&secret={secret}");
            ledger.answer(ApiRequest::new("GET", &target), NOW);
            let token = ledger.platform_tokens()[0].expose().to_owned();
            Self { alice: ledger.person("Alice"), ledger, token }
        }

        fn code(&mut self) -> JsCode {
            self.ledger.phone_code(&self.alice.clone(), NOW)
        }

        fn ask(&mut self, token: &str, body: &Value, after: Duration) -> ApiAnswer {
            let request = ApiRequest::new("POST", &format!("{PATH}?{token}"));
            self.ledger.answer(ApiRequest { body: body.to_string().into_bytes(), ..request }, NOW + after)
        }

        fn number(&mut self, body: &Value, after: Duration) -> Option<i32> {
            let token = format!("access_token={}", self.token);
            self.ask(&token, body, after).errcode
        }
    }

    #[test]
    fn a_code_tells_the_number_of_its_person_once() {
        let settings = LedgerSettings::default();
        let mut wechat = Wechat::new(&settings.app);
        let code = wechat.code();
        let token = format!("access_token={}", wechat.token);
        let body = json!({ "code": code, "openid": wechat.alice.openid });
        let answer = wechat.ask(&token, &body, Duration::from_secs(299));
        let number = wechat.ledger.phone_number(&wechat.alice);
        let app = &settings.app.id;
        let expected = format!(
            r#"{{"errcode":0,"errmsg":"ok","phone_info":{{"phoneNumber":"{number}","purePhoneNumber":"{number}","countryCode":"86","watermark":{{"timestamp":1700000299,"appid":"{app}"}}}}}}"#
        );
        assert_eq!(String::from_utf8(answer.body).unwrap(), expected);
        assert_eq!(answer.content_type.as_deref(), Some("application/json; encoding=utf-8"));
        assert!(
            number.len() == 11 && number.starts_with('1') && number.bytes().all(|byte| byte.is_ascii_digit())
        );
        assert_eq!(wechat.number(&body, Duration::ZERO), Some(40029), "it was used");
        let again = wechat.code();
        assert_ne!(again, code);
        assert_eq!(wechat.number(&json!({ "code": again }), Duration::ZERO), Some(0));
        assert!(wechat.ledger.unexpected().is_empty());
        let calls = wechat.ledger.all_calls();
        assert_eq!(calls[1].person.as_deref(), Some("Alice"));
    }

    #[test]
    fn each_mistake_has_its_number() {
        let mut wechat = Wechat::new(&LedgerSettings::default().app);
        let code = wechat.code();
        let body = json!({ "code": code });
        let login = {
            let app = wechat.ledger.settings().app.id.clone();
            wechat.ledger.login(&wechat.alice.clone(), &app, NOW)
        };
        for (body, expected) in [
            (json!({}), 40029),
            (json!({ "code": "unheard of" }), 40029),
            (json!({ "code": login }), 40029),
            (json!({ "code": code, "openid": "oNobody" }), 40003),
        ] {
            assert_eq!(wechat.number(&body, Duration::ZERO), Some(expected), "{body}");
        }
        assert_eq!(wechat.number(&body, Duration::from_secs(300)), Some(40029), "it is too old");
        assert_eq!(wechat.ask("", &body, Duration::ZERO).errcode, Some(41001));
        let refused = wechat.ask("access_token=94_x", &body, Duration::ZERO);
        assert_eq!(refused.errcode, Some(40001));
        let said = String::from_utf8(refused.body).unwrap();
        assert!(said.contains(" hint: [") && said.contains("] rid: "), "{said}");
        // A code in the query is not seen.
        let in_query = format!("access_token={}&code={code}", wechat.token);
        assert_eq!(wechat.ask(&in_query, &json!({}), Duration::ZERO).errcode, Some(40029));
        let get = wechat.ledger.answer(ApiRequest::new("GET", PATH), NOW);
        assert_eq!(get.errcode, Some(43002));
        assert_eq!(wechat.number(&body, Duration::ZERO), Some(0), "no mistake has spent it");
    }

    #[test]
    fn another_app_cannot_use_the_code() {
        let settings = LedgerSettings::default();
        let other = settings.other_apps[0].clone();
        assert_ne!(other.id, AppId::new(settings.app.id.as_str()));
        let mut wechat = Wechat::new(&other);
        let body = json!({ "code": wechat.code() });
        assert_eq!(wechat.number(&body, Duration::ZERO), Some(40013));
    }
}
