//! Who is logged in, which codes are out, and which endpoint answers?

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Map, Value};

use super::call::{ApiAnswer, ApiRequest, Call, Remark};
use super::journal::{Journal, Kind};
use super::mint::{Mint, Person};
use super::parameters::Parameters;
use super::phone::{self, PhoneCodes};
use super::script::{Declared, Manner, Script};
use super::settings::{KeyRotation, LedgerSettings};
use super::token::Tokens;
use super::wording::{self, Family, PLATFORM_CONTENT_TYPE, Refusal};
use crate::expiry::UnixMillis;
use crate::protocol::{AppId, ErrorCode, JsCode, OpenId, PlatformToken, SessionKey};
use crate::record::UnexpectedCall;

/// Everything WeChat knows, and how it answers.
///
/// # Examples
///
/// ```
/// use wxconform::expiry::UnixMillis;
/// use wxconform::standin::{ApiRequest, Ledger, LedgerSettings};
///
/// let settings = LedgerSettings::default();
/// let (app, now) = (settings.app.clone(), UnixMillis::new(1_700_000_000_000));
/// let mut ledger = Ledger::new(settings);
/// let alice = ledger.person("Alice");
/// let code = ledger.login(&alice, &app.id, now);
///
/// let target = format!("/sns/jscode2session?appid={}&secret={}&js_code={code}", app.id, app.secret.expose());
/// assert_eq!(ledger.answer(ApiRequest::new("GET", &target), now).errcode, Some(0));
/// assert_eq!(ledger.answer(ApiRequest::new("GET", &target), now).errcode, Some(40163));
/// ```
#[derive(Debug)]
pub struct Ledger {
    pub(super) settings: LedgerSettings,
    pub(super) mint: Mint,
    pub(super) codes: HashMap<JsCode, IssuedCode>,
    pub(super) scripts: HashMap<JsCode, Script>,
    /// By the key of the person, then by app.
    pub(super) sessions: HashMap<String, BTreeMap<AppId, Session>>,
    pub(super) holders: HashMap<(AppId, OpenId), String>,
    pub(super) tokens: BTreeMap<AppId, Tokens>,
    pub(super) phones: PhoneCodes,
    journal: Journal,
}

/// A code that is out.
#[derive(Debug)]
pub(super) struct IssuedCode {
    pub(super) app: AppId,
    pub(super) person: Person,
    pub(super) issued: UnixMillis,
    pub(super) spent: bool,
}

/// What WeChat keeps for a person within an app.
#[derive(Debug)]
pub(super) struct Session {
    /// Every key ever made; the last one is the current one.
    keys: Vec<SessionKey>,
    key_made: UnixMillis,
    codes_issued: u64,
    pub(super) expired: bool,
}

impl Session {
    pub(super) fn key(&self) -> Option<&SessionKey> {
        self.keys.last()
    }
}

/// What an endpoint says, before it is put into bytes.
pub(super) enum Said {
    Success(Map<String, Value>),
    Refusal(Refusal),
    Raw(ApiAnswer),
}

/// The same with what a script changes about its delivery.
pub(super) struct Delivery {
    pub(super) said: Said,
    pub(super) manner: Manner,
}

impl Ledger {
    /// Makes a ledger that knows its apps and nobody yet.
    #[must_use]
    pub fn new(settings: LedgerSettings) -> Self {
        Self {
            mint: Mint::new(settings.seed),
            settings,
            codes: HashMap::new(),
            scripts: HashMap::new(),
            sessions: HashMap::new(),
            holders: HashMap::new(),
            tokens: BTreeMap::new(),
            phones: PhoneCodes::default(),
            journal: Journal::new(),
        }
    }

    /// Returns the settings.
    #[must_use]
    pub const fn settings(&self) -> &LedgerSettings {
        &self.settings
    }

    /// Returns the person of this key, without a unionid.
    #[must_use]
    pub fn person(&self, key: &str) -> Person {
        self.mint.person(&self.settings.app.id, key)
    }

    /// Returns the person of this key, with the unionid they have wherever an app is bound to an account.
    #[must_use]
    pub fn person_with_unionid(&self, key: &str) -> Person {
        Person { unionid: Some(self.mint.unionid(key)), ..self.person(key) }
    }

    /// Logs a person in, as `wx.login` does in the app of this appid, and returns the code.
    ///
    /// Earlier codes stay good. The session key is made anew as [`LedgerSettings::rotate`] says.
    pub fn login(&mut self, person: &Person, app: &AppId, now: UnixMillis) -> JsCode {
        self.login_aged(person, app, now, Duration::ZERO)
    }

    /// Logs a person in and returns a code that was issued `age` ago.
    pub fn login_aged(&mut self, person: &Person, app: &AppId, now: UnixMillis, age: Duration) -> JsCode {
        let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        let issued = UnixMillis::new(now.millis().saturating_sub(age));
        let count = self.renew_session(person, app, issued);
        let code = self.mint.code(app, &person.key, count);
        self.issue(person, app, issued, &code);
        code
    }

    /// Logs a person in with a code of the caller's choice, which the real service would not make: it shows
    /// whether a text arrives as it was sent.
    pub fn login_as(&mut self, person: &Person, app: &AppId, now: UnixMillis, code: &JsCode) {
        self.renew_session(person, app, now);
        self.issue(person, app, now, code);
    }

    /// Makes the session key anew where it is time for that, and returns how many codes were issued before.
    fn renew_session(&mut self, person: &Person, app: &AppId, issued: UnixMillis) -> u64 {
        let rotate = self.settings.rotate;
        let of_person = self.sessions.entry(person.key.clone()).or_default();
        let session = of_person.entry(app.clone()).or_insert_with(|| Session {
            keys: Vec::new(),
            key_made: issued,
            codes_issued: 0,
            expired: true,
        });
        let due = match rotate {
            KeyRotation::Always => true,
            KeyRotation::Damped(period) => issued.since(session.key_made) >= period,
            KeyRotation::Never => false,
        };
        if due || session.expired {
            let count = u64::try_from(session.keys.len()).unwrap_or(u64::MAX);
            session.keys.push(self.mint.session_key(app, &person.key, count));
            session.key_made = issued;
            session.expired = false;
        }
        session.codes_issued += 1;
        session.codes_issued - 1
    }

    fn issue(&mut self, person: &Person, app: &AppId, issued: UnixMillis, code: &JsCode) {
        self.holders.insert((app.clone(), self.openid_in(person, app)), person.key.clone());
        let issued = IssuedCode { app: app.clone(), person: person.clone(), issued, spent: false };
        self.codes.insert(code.clone(), issued);
        if let Some(script) = &self.settings.every_code {
            self.scripts.insert(code.clone(), script.clone());
        }
    }

    /// Returns the openid of a person within an app: in the app under test the one the person carries, which
    /// whoever made the person may have chosen.
    pub(super) fn openid_in(&self, person: &Person, app: &AppId) -> OpenId {
        if *app == self.settings.app.id { person.openid.clone() } else { self.mint.openid(app, &person.key) }
    }

    /// Says whether `wx.checkSession` in the app under test succeeds: the person has logged in, and the key
    /// of the last code issued has not expired.
    #[must_use]
    pub fn check_session(&self, person: &Person) -> bool {
        self.session(person).is_some_and(|session| !session.expired)
    }

    /// Ends the person's session in the app under test. Codes that are out stay good; the next login makes a
    /// new key.
    pub fn expire_session(&mut self, person: &Person) {
        let of_person = self.sessions.get_mut(&person.key);
        if let Some(session) = of_person.and_then(|apps| apps.get_mut(&self.settings.app.id)) {
            session.expired = true;
        }
    }

    /// Returns every session key ever made for the person, in any app.
    #[must_use]
    pub fn session_keys(&self, person: &Person) -> Vec<SessionKey> {
        let theirs = self.sessions.get(&person.key).into_iter().flat_map(BTreeMap::values);
        theirs.flat_map(|session| session.keys.iter().cloned()).collect()
    }

    /// Returns the session key that the person's code would be answered with now: in the app under test, the newest.
    #[must_use]
    pub fn session_key(&self, person: &Person) -> Option<SessionKey> {
        self.session(person)?.keys.last().cloned()
    }

    /// Returns the platform tokens handed out so far; of ordinary ones the last 4096 of each app.
    #[must_use]
    pub fn platform_tokens(&self) -> Vec<PlatformToken> {
        self.tokens.values().flat_map(Tokens::handed_out).cloned().collect()
    }

    /// Makes `jscode2session` answer this code as the script says. It replaces an earlier script, that of
    /// [`LedgerSettings::every_code`] included.
    pub fn script(&mut self, code: &JsCode, script: Script) {
        self.scripts.insert(code.clone(), script);
    }

    /// Answers a request, and writes it down.
    pub fn answer(&mut self, request: ApiRequest, now: UnixMillis) -> ApiAnswer {
        let parameters = Parameters::in_query(&request);
        let mut remarks = parameters.repeated();
        let method = request.method.as_str();
        let mut kind = Kind::Other;
        let delivery = match (request.path.as_str(), method) {
            ("/sns/jscode2session", "GET" | "POST") => {
                kind = Kind::Exchange;
                remarks.extend(parameters.grant_type_remark());
                self.exchange_code(&parameters, now)
            }
            ("/cgi-bin/token", "GET" | "POST") => self.ordinary_token(&parameters, now).into(),
            ("/cgi-bin/stable_token", "POST") => self.stable_token(&request.body, now).into(),
            ("/cgi-bin/stable_token", _) => Said::from(ErrorCode::RequirePost).into(),
            ("/wxa/checksession", "GET" | "POST") => {
                self.check_key(&parameters.or_in_body(&request.body), now).into()
            }
            (phone::PATH, "POST") => self.tell_phone_number(&parameters, &request.body, now).into(),
            (phone::PATH, _) => Said::from(ErrorCode::RequirePost).into(),
            _ => {
                remarks.push(Remark::Unexpected);
                Said::from(ErrorCode::InvalidUrl).into()
            }
        };
        let answer = self.deliver(delivery, Family::of(&request.path), now);
        let code = match kind {
            Kind::Exchange => parameters.first("js_code").unwrap_or_default().to_owned(),
            Kind::Other => String::new(),
        };
        let person = if request.path == phone::PATH {
            self.asked_about(&request.body)
        } else {
            self.codes.get(&JsCode::new(code.as_str())).map(|issued| issued.person.key.clone())
        };
        self.journal.write(kind, code, Call { request, answer: answer.clone(), person, remarks });
        answer
    }

    fn deliver(&self, delivery: Delivery, family: Family, now: UnixMillis) -> ApiAnswer {
        let Delivery { said, manner } = delivery;
        let Manner { status, declared, slash_escape, spelling, fields, delay, wire } = manner;
        let slash_escape = slash_escape.unwrap_or(self.settings.success.slash_escape);
        let (object, errcode) = match said {
            Said::Raw(answer) => return ApiAnswer { fields, delay, wire, ..answer },
            Said::Success(object) => (object, 0),
            Said::Refusal(refusal) => {
                let of = (self.mint, self.journal.total(), now);
                (wording::refusal(&refusal, family, self.settings.suffix, of), refusal.number)
            }
        };
        let content_type = match (family, declared) {
            (Family::Platform | Family::Phone, _) => Some(PLATFORM_CONTENT_TYPE.to_owned()),
            (Family::Sns, Declared::Usual) => Some(self.settings.content_type.as_str().to_owned()),
            (Family::Sns, Declared::As(words)) => Some(words),
            (Family::Sns, Declared::Nothing) => None,
        };
        ApiAnswer {
            status: status.unwrap_or(200),
            content_type,
            fields,
            body: spelling.spell(wording::bytes(object, slash_escape)),
            delay,
            wire,
            errcode: Some(errcode),
        }
    }

    fn session(&self, person: &Person) -> Option<&Session> {
        self.sessions.get(&person.key)?.get(&self.settings.app.id)
    }
}

/// Reading the journal.
impl Ledger {
    /// Returns the calls of `jscode2session` that carried this code, in the order they came; the first 256
    /// of them, or fewer when they are long. A call without a code is kept under the empty text.
    #[must_use]
    pub fn calls(&self, code: &JsCode) -> Vec<Call> {
        self.journal.of(code.as_str())
    }

    /// Returns the same, and forgets them.
    pub fn take_calls(&mut self, code: &JsCode) -> Vec<Call> {
        self.journal.take(code.as_str())
    }

    /// Returns the calls of `jscode2session` with a code that this ledger never issued; the last ones,
    /// as far as two megabytes hold them.
    #[must_use]
    pub fn foreign_calls(&self) -> Vec<Call> {
        self.journal.foreign()
    }

    /// Returns every call that is still kept, in the order they came.
    #[must_use]
    pub fn all_calls(&self) -> Vec<Call> {
        self.journal.all()
    }

    /// Returns how many calls came, taken and forgotten ones included.
    #[must_use]
    pub const fn calls_total(&self) -> u64 {
        self.journal.total()
    }

    /// Returns how many of them asked `jscode2session`.
    #[must_use]
    pub const fn jscode2session_total(&self) -> u64 {
        self.journal.exchanges()
    }

    /// Returns how often each endpoint was called, by method and path, unknown ones included.
    #[must_use]
    pub fn endpoints(&self) -> Vec<UnexpectedCall> {
        self.journal.endpoints()
    }

    /// Returns the calls that WeChat would not know, by method and path.
    #[must_use]
    pub fn unexpected(&self) -> Vec<UnexpectedCall> {
        self.journal.unexpected()
    }
}

impl From<ErrorCode> for Said {
    fn from(error: ErrorCode) -> Self {
        Self::Refusal(error.into())
    }
}

impl From<Said> for Delivery {
    fn from(said: Said) -> Self {
        Self { said, manner: Manner::default() }
    }
}
