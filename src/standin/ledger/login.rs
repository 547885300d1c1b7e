//! What does `jscode2session` answer?

use std::borrow::Cow;

use super::call::ApiAnswer;
use super::parameters::Parameters;
use super::script::{Reply, Script};
use super::settings::SuccessShape;
use super::state::{Delivery, IssuedCode, Ledger, Said};
use super::wording::{self, Refusal};
use crate::expiry::UnixMillis;
use crate::protocol::{AppId, ErrorCode, JsCode};

impl Ledger {
    /// Answers `/sns/jscode2session`.
    ///
    /// Which check comes first is not documented. Here: missing appid, secret and code, then an unknown appid,
    /// a wrong secret, the script of the code, and the state of the code last.
    pub(super) fn exchange_code(&mut self, parameters: &Parameters, now: UnixMillis) -> Delivery {
        let (app, code) = match self.login_caller(parameters) {
            Ok(caller) => caller,
            Err(error) => return Said::from(error).into(),
        };
        let script = self.scripts.get_mut(&code).and_then(Script::take_turn);
        let Script { reply, manner, .. } = script.unwrap_or_else(Script::normal);
        let said = match reply {
            Reply::Normal => self.spend(&app, &code, now, None),
            Reply::Success(shape) => self.spend(&app, &code, now, Some(&shape)),
            Reply::Error { number, text } => Said::Refusal(Refusal { number, text: Cow::Owned(text) }),
            Reply::Raw { status, content_type, body } => {
                Said::Raw(ApiAnswer::plain(status, content_type, body))
            }
        };
        Delivery { said, manner }
    }

    fn login_caller(&self, parameters: &Parameters) -> Result<(AppId, JsCode), ErrorCode> {
        let app = parameters.required("appid", ErrorCode::AppIdMissing)?;
        let secret = parameters.required("secret", ErrorCode::AppSecretMissing)?;
        let code = parameters.required("js_code", ErrorCode::MissingCode)?;
        Ok((self.authenticate(app, secret)?, JsCode::new(code)))
    }

    /// Says which app has this appid, if the secret is its own.
    pub(super) fn authenticate(&self, app: &str, secret: &str) -> Result<AppId, ErrorCode> {
        let known = self.settings.secret_of(app).ok_or(ErrorCode::InvalidAppId)?;
        if known.expose() == secret { Ok(AppId::new(app)) } else { Err(ErrorCode::InvalidAppSecret) }
    }

    /// Returns the codes of the app that were not exchanged yet, and can be.
    pub(in crate::standin) fn good_codes(&self, now: UnixMillis) -> impl Iterator<Item = &JsCode> {
        let good = move |issued: &IssuedCode| {
            issued.app == self.settings.app.id
                && !issued.spent
                && now.since(issued.issued) < self.settings.code_ttl
        };
        self.codes.iter().filter(move |(_, issued)| good(issued)).map(|(code, _)| code)
    }

    /// Exchanges a code, once. The key in the answer is the current one, also for an older code, since WeChat
    /// keeps one per person and app.
    fn spend(&mut self, app: &AppId, code: &JsCode, now: UnixMillis, shape: Option<&SuccessShape>) -> Said {
        let Some(issued) = self.codes.get_mut(code) else {
            return ErrorCode::InvalidCode.into();
        };
        if issued.app != *app {
            issued.spent |= self.settings.burn_on_mismatch;
            return ErrorCode::InvalidCode.into();
        }
        if issued.spent {
            return ErrorCode::CodeBeenUsed.into();
        }
        if now.since(issued.issued) >= self.settings.code_ttl {
            return ErrorCode::InvalidCode.into();
        }
        let person = &issued.person;
        let session = self.sessions.get(&person.key).and_then(|apps| apps.get(app));
        let Some(key) = session.and_then(|session| session.key()).cloned() else {
            // A code is only ever issued together with a session, so nobody gets here.
            return ErrorCode::SystemError.into();
        };
        issued.spent = true;
        let person = person.clone();
        let openid = self.openid_in(&person, app);
        let shape = shape.unwrap_or(&self.settings.success);
        let told = shape.unionid.then(|| self.mint.unionid(&person.key));
        Said::Success(wording::success(&key, &openid, told.as_ref().or(person.unionid.as_ref()), shape))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::expiry::UnixMillis;
    use crate::protocol::{DEFAULT_APP_ID, DEFAULT_APP_SECRET, ErrorCode, JsCode};
    use crate::standin::ledger::call::{ApiRequest, Remark};
    use crate::standin::ledger::settings::{KeyRotation, LedgerSettings};
    use crate::standin::ledger::trial::{NOW, member, number, text, usual, wechat, with_code};

    #[test]
    fn a_success_is_what_the_real_service_sends_to_the_byte() {
        let mut wechat = usual();
        let code = wechat.login();
        let answer = wechat.exchange(&code);
        let key = wechat.ledger.session_keys(&wechat.alice)[0].expose().replace('/', r"\/");
        let expected = format!(r#"{{"session_key":"{key}","openid":"{}"}}"#, wechat.alice.openid);
        assert_eq!(text(&answer), expected);
        assert_eq!((answer.status, answer.content_type.as_deref()), (200, Some("text/plain")));
        assert_eq!((answer.errcode, answer.delay), (Some(0), Duration::ZERO));
    }

    #[test]
    fn a_person_with_a_unionid_is_told_apart() {
        let mut wechat = usual();
        let bob = wechat.ledger.person_with_unionid("Bob");
        let code = wechat.ledger.login(&bob, &wechat.app, NOW);
        assert_eq!(Some(member(&wechat.exchange(&code), "unionid")), bob.unionid.map(|id| id.to_string()));
    }

    #[test]
    fn a_code_and_an_openid_can_be_chosen() {
        let mut wechat = usual();
        let chosen = crate::protocol::OpenId::new("o--_");
        let bob = crate::standin::Person { openid: chosen, ..wechat.ledger.person("Bob") };
        let code = JsCode::new("a&appid=x \r\n\u{e9}%26");
        wechat.ledger.login_as(&bob, &wechat.app, NOW, &code);
        assert_eq!(member(&wechat.exchange(&code), "openid"), "o--_");
        assert_eq!(wechat.exchange(&code).errcode, number(ErrorCode::CodeBeenUsed));
    }

    #[test]
    fn a_phone_number_code_is_no_login_code() {
        let mut wechat = usual();
        let code = wechat.ledger.phone_code(&wechat.alice, NOW);
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        assert!(code.as_str().len() == 64 && code.as_str().bytes().all(hexadecimal), "{code}");
        assert_eq!(wechat.exchange(&code).errcode, number(ErrorCode::InvalidCode));
    }

    #[test]
    fn an_error_is_worded_to_the_byte() {
        let mut wechat = usual();
        let answer = wechat.exchange(&JsCode::new("unknown"));
        let said = text(&answer);
        let (front, rid) = said.split_once(", rid: ").unwrap();
        assert_eq!(front, r#"{"errcode":40029,"errmsg":"invalid code"#);
        let blocks: Vec<&str> = rid.strip_suffix("\"}").unwrap().split('-').collect();
        assert_eq!(blocks[0], "6553f100");
        assert!(blocks.len() == 3 && blocks.iter().all(|block| block.len() == 8));
        // The Content-Length of a captured answer.
        assert_eq!(said.len(), 74);
        assert_eq!((answer.status, answer.content_type.as_deref()), (200, Some("text/plain")));
    }

    #[test]
    fn each_mistake_has_its_number_and_the_earlier_check_wins() {
        let mut wechat = usual();
        let code = wechat.login();
        let good = with_code(code.as_str());
        let without = |names: &[&str]| {
            let kept = good.split('&').filter(|pair| !names.iter().any(|name| pair.starts_with(name)));
            kept.collect::<Vec<_>>().join("&")
        };
        let rows = [
            (without(&["appid", "secret", "js_code"]), ErrorCode::AppIdMissing),
            (format!("appid=&{}", without(&["appid"])), ErrorCode::AppIdMissing),
            (without(&["secret", "js_code"]), ErrorCode::AppSecretMissing),
            (
                good.replace(DEFAULT_APP_ID, "wx1").replace(DEFAULT_APP_SECRET, ""),
                ErrorCode::AppSecretMissing,
            ),
            (without(&["js_code"]), ErrorCode::MissingCode),
            (with_code("").replace(DEFAULT_APP_ID, "wx1"), ErrorCode::MissingCode),
            (good.replace(DEFAULT_APP_ID, "wx1").replace(DEFAULT_APP_SECRET, "x"), ErrorCode::InvalidAppId),
            (good.replace(DEFAULT_APP_ID, "%22wx0123456789abcdef%22"), ErrorCode::InvalidAppId),
            (with_code("unknown").replace(DEFAULT_APP_SECRET, "x"), ErrorCode::InvalidAppSecret),
            (with_code("unknown"), ErrorCode::InvalidCode),
        ];
        for (query, expected) in rows {
            assert_eq!(wechat.ask(&query, NOW).errcode, number(expected), "{query}");
        }
        assert_eq!(wechat.ask(&good, NOW).errcode, Some(0), "none of these spent the code");
    }

    #[test]
    fn a_path_in_the_wrong_case_or_a_strange_method_is_an_invalid_url() {
        let mut wechat = usual();
        let code = wechat.login();
        for (method, path) in [("GET", "/sns/jsCode2Session"), ("PUT", "/sns/jscode2session")] {
            let target = format!("{path}?{}", with_code(code.as_str()));
            let answer = wechat.ledger.answer(ApiRequest::new(method, &target), NOW);
            assert!(
                text(&answer).starts_with(r#"{"errcode":40066,"errmsg":"invalid url, rid: "#),
                "{method}"
            );
        }
        assert_eq!(wechat.ledger.unexpected().len(), 2);
        assert_eq!((wechat.ledger.calls_total(), wechat.ledger.jscode2session_total()), (2, 0));
        assert_eq!(wechat.exchange(&code).errcode, Some(0));
    }

    #[test]
    fn post_is_served_from_the_query_and_never_from_the_body() {
        let mut wechat = usual();
        let code = wechat.login();
        let query = with_code(code.as_str());
        let in_body =
            ApiRequest { body: query.clone().into_bytes(), ..ApiRequest::new("POST", "/sns/jscode2session") };
        assert_eq!(wechat.ledger.answer(in_body, NOW).errcode, number(ErrorCode::AppIdMissing));
        let in_query = ApiRequest::new("POST", &format!("/sns/jscode2session?{query}"));
        assert_eq!(wechat.ledger.answer(in_query, NOW).errcode, Some(0));
    }

    #[test]
    fn a_code_is_good_once() {
        let mut wechat = usual();
        let code = wechat.login();
        assert_eq!(wechat.exchange(&code).errcode, Some(0));
        let second = wechat.exchange(&code);
        assert!(text(&second).starts_with(r#"{"errcode":40163,"errmsg":"code been used, rid: "#));
        let late = wechat.exchange_at(&code, NOW + Duration::from_secs(301));
        assert_eq!(late.errcode, number(ErrorCode::CodeBeenUsed));
    }

    #[test]
    fn a_code_is_good_before_three_hundred_seconds_and_not_at_them() {
        let mut wechat = usual();
        let (young, old) = (wechat.login(), wechat.login());
        let limit = NOW + Duration::from_secs(300);
        assert_eq!(wechat.exchange_at(&old, limit).errcode, number(ErrorCode::InvalidCode));
        let just_before = UnixMillis::new(limit.millis() - 1);
        assert_eq!(wechat.exchange_at(&young, just_before).errcode, Some(0));
    }

    #[test]
    fn a_code_can_be_issued_in_the_past() {
        let mut wechat = usual();
        let (alice, app) = (wechat.alice.clone(), wechat.app.clone());
        let mut aged = |millis| wechat.ledger.login_aged(&alice, &app, NOW, Duration::from_millis(millis));
        let (young, old) = (aged(299_999), aged(300_000));
        assert_eq!(wechat.exchange(&young).errcode, Some(0));
        assert_eq!(wechat.exchange(&old).errcode, number(ErrorCode::InvalidCode));
    }

    #[test]
    fn a_code_of_another_app_is_invalid_and_burns_only_if_told_so() {
        for (burn_on_mismatch, then) in [(false, Some(0)), (true, number(ErrorCode::CodeBeenUsed))] {
            let settings = LedgerSettings { burn_on_mismatch, ..LedgerSettings::default() };
            let other = settings.other_apps[0].clone();
            let mut wechat = wechat(settings);
            let code = wechat.ledger.login(&wechat.alice, &other.id, NOW);
            assert_eq!(wechat.exchange(&code).errcode, number(ErrorCode::InvalidCode));
            let own = with_code(code.as_str())
                .replace(DEFAULT_APP_ID, other.id.as_str())
                .replace(DEFAULT_APP_SECRET, other.secret.expose());
            let answer = wechat.ask(&own, NOW);
            assert_eq!(answer.errcode, then);
            assert_ne!(member(&answer, "openid"), wechat.alice.openid.to_string());
        }
    }

    #[test]
    fn several_codes_are_open_side_by_side_and_answer_with_the_current_key() {
        let settings = LedgerSettings { rotate: KeyRotation::Always, ..LedgerSettings::default() };
        let mut wechat = wechat(settings);
        let codes = [wechat.login(), wechat.login(), wechat.login()];
        let keys: Vec<String> =
            codes.iter().rev().map(|code| member(&wechat.exchange(code), "session_key")).collect();
        let made = wechat.ledger.session_keys(&wechat.alice);
        assert_eq!(made.len(), 3);
        assert_eq!(keys, vec![made[2].expose(); 3]);
    }

    #[test]
    fn keys_rotate_as_the_settings_say() {
        let period = Duration::from_secs(60);
        for (rotate, keys) in
            [(KeyRotation::Always, 3), (KeyRotation::Damped(period), 2), (KeyRotation::Never, 1)]
        {
            let mut wechat = wechat(LedgerSettings { rotate, ..LedgerSettings::default() });
            for seconds in [0, 59, 60] {
                let now = NOW + Duration::from_secs(seconds);
                wechat.ledger.login(&wechat.alice, &wechat.app, now);
            }
            assert_eq!(wechat.ledger.session_keys(&wechat.alice).len(), keys, "{rotate:?}");
        }
    }

    #[test]
    fn check_session_judges_the_last_login() {
        let mut wechat = wechat(LedgerSettings { rotate: KeyRotation::Never, ..LedgerSettings::default() });
        let alice = wechat.alice.clone();
        assert!(!wechat.ledger.check_session(&alice), "nobody logged in yet");
        wechat.login();
        assert!(wechat.ledger.check_session(&alice));
        wechat.ledger.expire_session(&alice);
        assert!(!wechat.ledger.check_session(&alice));
        wechat.login();
        assert!(wechat.ledger.check_session(&alice));
        assert_eq!(wechat.ledger.session_keys(&alice).len(), 2, "an expired key is never kept");
    }

    #[test]
    fn a_repeated_parameter_counts_first_and_is_remarked() {
        let mut wechat = usual();
        let code = wechat.login();
        let injected = format!("{}&appid=wx1&appid=wx2", with_code(code.as_str()));
        assert_eq!(wechat.ask(&injected, NOW).errcode, Some(0));
        let calls = wechat.ledger.calls(&code);
        assert_eq!(calls[0].remarks, [Remark::Repeated("appid".to_owned())]);
        assert_eq!(calls[0].request.parameters()[4], ("appid".to_owned(), "wx1".to_owned()));
        assert_eq!(calls[0].person.as_deref(), Some("Alice"));
    }

    #[test]
    fn grant_type_is_not_insisted_on_but_remarked() {
        let mut wechat = usual();
        let (first, second) = (wechat.login(), wechat.login());
        let without = with_code(first.as_str()).replace("&grant_type=authorization_code", "");
        assert_eq!(wechat.ask(&without, NOW).errcode, Some(0));
        assert_eq!(wechat.ledger.calls(&first)[0].remarks, [Remark::GrantTypeMissing]);
        let other = with_code(second.as_str()).replace("authorization_code", "password");
        assert_eq!(wechat.ask(&other, NOW).errcode, Some(0));
        let remark = Remark::GrantTypeOther("password".to_owned());
        assert_eq!(wechat.ledger.calls(&second)[0].remarks, [remark]);
    }

    #[test]
    fn a_code_of_nobody_is_journalled_under_its_own_text() {
        let mut wechat = usual();
        for code in ["x y&z", ""] {
            wechat.ask(&with_code(code), NOW);
            let calls = wechat.ledger.take_calls(&JsCode::new(code));
            assert_eq!(calls.len(), 1, "{code}");
            assert_eq!(calls[0].person, None);
            assert!(wechat.ledger.calls(&JsCode::new(code)).is_empty());
        }
        wechat.exchange(&JsCode::new("another"));
        assert_eq!(wechat.ledger.foreign_calls().len(), 1);
        assert_eq!(wechat.ledger.all_calls().len(), 1);
        assert_eq!((wechat.ledger.calls_total(), wechat.ledger.jscode2session_total()), (3, 3));
    }

    #[test]
    fn what_others_do_changes_no_value() {
        let mut alone = usual();
        let code = alone.login();
        let mut crowded = usual();
        let bob = crowded.ledger.person("Bob");
        crowded.ledger.login(&bob, &crowded.app, NOW);
        assert_eq!(crowded.login(), code);
        assert_eq!(alone.exchange(&code).body, crowded.exchange(&code).body);
    }
}
