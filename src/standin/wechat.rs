//! How do scenarios speak with the WeChat of the run?

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::gateway::{Order, Refusing};
use super::ledger::{ApiAnswer, ApiRequest, Call, Ledger, Person, Script};
use super::turned_away::{FailedHandshake, RefusedHost, TurnedAway};
use crate::expiry::Clock;
use crate::protocol::{AppId, AppSecret, JsCode, PlatformToken, SessionKey};
use crate::record::{Answer, Exchange, Headers, Leg, Outcome, Request, TransportFailure, UnexpectedCall};

/// Who is named as the actor of a call whose code is not of this run.
const NOBODY: &str = "nobody";

/// How many troubles are kept; the first ones tell the cause.
const TROUBLES_KEPT: usize = 16;

/// A handle on the WeChat of the run. Clones speak with the same WeChat.
///
/// No method but [`Wechat::refuse_connections`] waits for anything, and none holds a lock after it returned.
///
/// # Examples
///
/// ```
/// use wxconform::standin::{StandIn, StandInSettings};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let stand_in = StandIn::start(([127, 0, 0, 1], 0).into(), StandInSettings::default()).await?;
/// let wechat = stand_in.wechat();
/// let alice = wechat.person("Alice");
/// let code = wechat.login(&alice);
/// assert!(wechat.check_session(&alice));
/// assert!(wechat.calls(&code).is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Wechat {
    shared: Arc<Shared>,
}

struct Shared {
    ledger: Mutex<Ledger>,
    troubles: Mutex<Vec<String>>,
    turned_away: TurnedAway,
    clock: Arc<dyn Clock>,
    run_start: Instant,
    url: String,
    door: mpsc::UnboundedSender<Order>,
}

impl Wechat {
    /// Closes the port and every connection to it, so that clients are refused until the returned guard ends.
    /// Returns when it is closed.
    ///
    /// It meets everybody who asks this WeChat, whatever their code; several guards add up.
    pub async fn refuse_connections(&self) -> Refusing {
        Refusing::begin(self.shared.door.clone()).await
    }

    /// Returns the instant that the times of exchanges count from.
    pub(crate) fn run_start(&self) -> Instant {
        self.shared.run_start
    }

    /// Makes a handle, and what the door in front of it is told through.
    pub(super) fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        run_start: Instant,
        url: String,
    ) -> (Self, mpsc::UnboundedReceiver<Order>) {
        let (door, orders) = mpsc::unbounded_channel();
        let (ledger, troubles, turned_away) = (Mutex::new(ledger), Mutex::default(), TurnedAway::default());
        let shared = Shared { ledger, troubles, turned_away, clock, run_start, url, door };
        (Self { shared: Arc::new(shared) }, orders)
    }

    /// Returns the person of this key, without a unionid. The same key names the same person.
    #[must_use]
    pub fn person(&self, key: &str) -> Person {
        self.ledger().person(key)
    }

    /// Returns the person of this key, with a unionid.
    #[must_use]
    pub fn person_with_unionid(&self, key: &str) -> Person {
        self.ledger().person_with_unionid(key)
    }

    /// Logs a person in, as `wx.login` does, and returns a fresh code.
    #[must_use]
    pub fn login(&self, person: &Person) -> JsCode {
        self.login_aged(person, Duration::ZERO)
    }

    /// Logs a person in and returns a code that was issued `age` ago.
    #[must_use]
    pub fn login_aged(&self, person: &Person, age: Duration) -> JsCode {
        let now = self.shared.clock.now();
        let mut ledger = self.ledger();
        let app = ledger.settings().app.id.clone();
        ledger.login_aged(person, &app, now, age)
    }

    /// Logs a person in to another app that WeChat knows, and returns that code.
    #[must_use]
    pub fn login_elsewhere(&self, person: &Person) -> JsCode {
        let now = self.shared.clock.now();
        let mut ledger = self.ledger();
        let app = ledger.settings().elsewhere();
        ledger.login(person, &app, now)
    }

    /// Logs a person in with a code of the caller's choice. It is good once, as any other.
    pub fn login_as(&self, person: &Person, code: &JsCode) {
        let now = self.shared.clock.now();
        let mut ledger = self.ledger();
        let app = ledger.settings().app.id.clone();
        ledger.login_as(person, &app, now, code);
    }

    /// Returns a fresh code, as the phone-number button gives it for a person. It is no login code.
    #[must_use]
    pub fn phone_code(&self, person: &Person) -> JsCode {
        let now = self.shared.clock.now();
        self.ledger().phone_code(person, now)
    }

    /// Returns the phone number that WeChat tells for such a code.
    #[must_use]
    pub fn phone_number(&self, person: &Person) -> String {
        self.ledger().phone_number(person)
    }

    /// Says whether `wx.checkSession` succeeds on the person's phone.
    #[must_use]
    pub fn check_session(&self, person: &Person) -> bool {
        self.ledger().check_session(person)
    }

    /// Ends the person's session, so that `wx.checkSession` fails until the next login.
    pub fn expire_session(&self, person: &Person) {
        self.ledger().expire_session(person);
    }

    /// Makes `jscode2session` answer this code as the script says. It replaces an earlier script.
    pub fn script(&self, code: &JsCode, script: Script) {
        self.ledger().script(code, script);
    }

    /// Returns the calls of `jscode2session` that carried this code, in the order they came; the first 256
    /// of them, or fewer when they are long.
    ///
    /// The query is the one that travelled. The time taken is the scripted delay, since the rest is too short
    /// to matter. A call without a code is kept under the empty code.
    #[must_use]
    pub fn calls(&self, code: &JsCode) -> Vec<Exchange> {
        let calls = self.ledger().calls(code);
        self.exchanges(calls)
    }

    /// Returns the same and forgets them, so that a long run does not grow.
    #[must_use = "the calls are forgotten"]
    pub fn take_calls(&self, code: &JsCode) -> Vec<Exchange> {
        let calls = self.ledger().take_calls(code);
        self.exchanges(calls)
    }

    /// Returns the calls with this code as the ledger keeps them, with its remarks.
    #[must_use]
    pub fn journal(&self, code: &JsCode) -> Vec<Call> {
        self.ledger().calls(code)
    }

    /// Returns the calls of `jscode2session` with a code that was never issued.
    #[must_use]
    pub fn foreign_calls(&self) -> Vec<Exchange> {
        let calls = self.ledger().foreign_calls();
        self.exchanges(calls)
    }

    /// Returns every call of any kind that is still kept, in the order they came.
    #[must_use]
    pub fn all_calls(&self) -> Vec<Exchange> {
        let calls = self.ledger().all_calls();
        self.exchanges(calls)
    }

    /// Tells whether this WeChat was asked about a code that stands in the request of an exchange, since that was sent.
    pub(crate) fn was_asked_about(&self, exchange: &Exchange) -> bool {
        let said = said_in(&exchange.request);
        self.all_calls().iter().filter(|call| call.at >= exchange.at).any(|call| {
            let query = call.request.url.split_once('?').map_or("", |(_, query)| query);
            let named = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "js_code");
            named.is_some_and(|(_, code)| is_said(&code, &said))
        })
    }

    /// Tells whether a request has a code in it that would be taken.
    pub(crate) fn would_take_code_in(&self, request: &Request) -> bool {
        let said = said_in(request);
        let now = self.shared.clock.now();
        self.ledger().good_codes(now).any(|code| is_said(code.as_str(), &said))
    }

    /// Returns how many calls came, of any kind.
    #[must_use]
    pub fn calls_total(&self) -> u64 {
        self.ledger().calls_total()
    }

    /// Returns how many calls asked `jscode2session`.
    #[must_use]
    pub fn jscode2session_total(&self) -> u64 {
        self.ledger().jscode2session_total()
    }

    /// Returns how often each endpoint was called, by method and path, unknown ones included.
    #[must_use]
    pub fn endpoints(&self) -> Vec<UnexpectedCall> {
        self.ledger().endpoints()
    }

    /// Returns the calls that WeChat would not know, by method and path.
    #[must_use]
    pub fn unexpected(&self) -> Vec<UnexpectedCall> {
        self.ledger().unexpected()
    }

    /// Returns the hosts that were asked for and refused, in alphabetical order; some sixty of them, and how
    /// often there were others.
    #[must_use]
    pub fn refused_hosts(&self) -> Vec<RefusedHost> {
        self.shared.turned_away.hosts()
    }

    /// Returns why TLS with clients came to nothing; as many reasons at the most.
    #[must_use]
    pub fn failed_handshakes(&self) -> Vec<FailedHandshake> {
        self.shared.turned_away.handshakes()
    }

    /// Returns where those are noted who are not served.
    pub(super) fn turned_away(&self) -> &TurnedAway {
        &self.shared.turned_away
    }

    /// Returns every session key ever made for the person.
    #[must_use]
    pub fn secrets(&self, person: &Person) -> Vec<SessionKey> {
        self.ledger().session_keys(person)
    }

    /// Returns the session key with which WeChat would answer a code of the person's now.
    #[must_use]
    pub fn session_key(&self, person: &Person) -> Option<SessionKey> {
        self.ledger().session_key(person)
    }

    /// Returns the access tokens that WeChat handed out; of ordinary ones the last 4096 of each app.
    #[must_use]
    pub fn platform_tokens(&self) -> Vec<PlatformToken> {
        self.ledger().platform_tokens()
    }

    /// Returns the URL at which this WeChat is asked.
    pub(crate) fn url(&self) -> &str {
        &self.shared.url
    }

    /// Returns the appid of the app under test.
    #[must_use]
    pub fn app_id(&self) -> AppId {
        self.ledger().settings().app.id.clone()
    }

    /// Returns the secret of the app under test.
    #[must_use]
    pub fn app_secret(&self) -> AppSecret {
        self.ledger().settings().app.secret.clone()
    }

    /// Returns what went wrong inside the stand-in itself. Where this is not empty nothing was proved.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        self.shared.troubles.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers a request that has just arrived. A panic becomes an answer and a trouble, because the task of a
    /// connection would take it to the grave.
    pub(super) fn answer(&self, request: ApiRequest) -> ApiAnswer {
        let request = ApiRequest { arrived: self.shared.run_start.elapsed(), ..request };
        let now = self.shared.clock.now();
        self.guarded(|| self.ledger().answer(request, now))
    }

    fn guarded(&self, answer: impl FnOnce() -> ApiAnswer) -> ApiAnswer {
        match catch_unwind(AssertUnwindSafe(answer)) {
            Ok(answer) => answer,
            Err(panic) => {
                self.failed(tr!("answering a call panicked: {message}", message = words(panic.as_ref())))
            }
        }
    }

    /// Notes what went wrong inside the stand-in itself.
    pub(super) fn trouble(&self, trouble: String) {
        let mut troubles = self.shared.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        if troubles.len() < TROUBLES_KEPT {
            troubles.push(trouble);
        }
    }

    /// Notes a trouble and returns the answer that tells the backend of it.
    pub(super) fn failed(&self, trouble: String) -> ApiAnswer {
        self.trouble(trouble);
        ApiAnswer::plain(500, Some("text/plain".to_owned()), b"the stand-in failed".to_vec())
    }

    /// Returns how many handles there are, this one included.
    #[cfg(test)]
    pub(super) fn handles(&self) -> usize {
        Arc::strong_count(&self.shared)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic while the lock was held is on record as a trouble, so the run is no proof of anything, and
        // may as well go on to its report.
        self.shared.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn exchanges(&self, calls: Vec<Call>) -> Vec<Exchange> {
        calls.into_iter().map(|call| self.exchange(call)).collect()
    }

    fn exchange(&self, call: Call) -> Exchange {
        let Call { request, answer, person, .. } = call;
        let purpose = request.path.rsplit('/').next().unwrap_or_default().to_owned();
        let query = request.query.map_or_else(String::new, |query| format!("?{query}"));
        let mut headers = Headers::default();
        if let Some(content_type) = answer.content_type {
            headers.push("content-type", content_type);
        }
        for (name, value) in answer.fields {
            headers.push(name, value);
        }
        headers.push("content-length", answer.body.len().to_string());
        let outcome = match answer.wire.failure {
            Some((kind, detail)) => {
                Outcome::Failed(TransportFailure { kind, detail: crate::language::translated(detail) })
            }
            None => {
                Outcome::Answered(Answer { status: answer.status, headers, body: answer.body, cut: false })
            }
        };
        Exchange {
            leg: Leg::BackendToWechat,
            actor: person.unwrap_or_else(|| NOBODY.to_owned()),
            purpose,
            at: request.arrived,
            took: answer.delay,
            request: Request {
                method: request.method,
                url: format!("{}{}{query}", self.shared.url, request.path),
                headers: request.headers,
                body: request.body,
            },
            redirects: Vec::new(),
            outcome,
        }
    }
}

impl fmt::Debug for Wechat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wechat({})", self.shared.url)
    }
}

/// Returns everything that is said in a request.
fn said_in(request: &Request) -> Vec<&[u8]> {
    let fields = request.headers.iter().map(|(_, value)| value.as_bytes());
    std::iter::once(request.url.as_bytes()).chain(fields).chain([&request.body[..]]).collect()
}

fn is_said(code: &str, said: &[&[u8]]) -> bool {
    let code = code.as_bytes();
    !code.is_empty() && said.iter().any(|text| text.windows(code.len()).any(|part| part == code))
}

/// Returns what a panic said.
pub(super) fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(|| tr!("without a message"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use super::Wechat;
    use crate::expiry::VirtualClock;
    use crate::record::Leg;
    use crate::standin::ledger::{ApiRequest, Ledger, LedgerSettings, Script};

    fn wechat(clock: Arc<VirtualClock>) -> Wechat {
        let ledger = Ledger::new(LedgerSettings::default());
        Wechat::new(ledger, clock, Instant::now(), "http://127.0.0.1:1".to_owned()).0
    }

    fn target(wechat: &Wechat, code: &str) -> String {
        let (app, secret) = (wechat.app_id(), wechat.app_secret());
        format!("/sns/jscode2session?appid={app}&secret={}&js_code={code}&x=%2F", secret.expose())
    }

    #[test]
    fn a_panic_is_an_answer_and_a_trouble_and_the_next_call_is_served() {
        let wechat = wechat(Arc::default());
        let answer = wechat.guarded(|| {
            let held = wechat.ledger();
            panic!("made up {}", held.calls_total())
        });
        assert_eq!((answer.status, answer.errcode), (500, None));
        assert_eq!(wechat.troubles(), ["answering a call panicked: made up 0"]);
        let code = wechat.login(&wechat.person("Alice"));
        let answer = wechat.answer(ApiRequest::new("GET", &target(&wechat, code.as_str())));
        assert_eq!(answer.errcode, Some(0));
    }

    #[test]
    fn a_call_is_read_back_as_an_exchange_once() {
        let wechat = wechat(Arc::default());
        let alice = wechat.person("Alice");
        let code = wechat.login(&alice);
        wechat.script(&code, Script::normal().after(Duration::from_millis(3)));
        let target = target(&wechat, code.as_str());
        let sent = wechat.answer(ApiRequest::new("GET", &target));

        assert_eq!(wechat.calls(&code).len(), 1);
        let taken = wechat.take_calls(&code);
        let exchange = &taken[0];
        assert_eq!((exchange.leg, exchange.actor.as_str()), (Leg::BackendToWechat, "Alice"));
        assert_eq!((exchange.purpose.as_str(), exchange.took), ("jscode2session", Duration::from_millis(3)));
        assert_eq!(exchange.request.url, format!("http://127.0.0.1:1{target}"));
        assert_eq!(exchange.answer().map(|answer| answer.body.clone()), Ok(sent.body));
        assert_eq!(exchange.answer().map(|answer| answer.headers.get("Content-Type").is_some()), Ok(true));
        assert!(wechat.calls(&code).is_empty());
        assert_eq!(wechat.calls_total(), 1);
    }

    #[test]
    fn the_clock_makes_codes_old() {
        let clock = Arc::new(VirtualClock::default());
        let wechat = wechat(Arc::clone(&clock));
        let code = wechat.login(&wechat.person("Alice"));
        clock.advance(Duration::from_secs(300));
        let answer = wechat.answer(ApiRequest::new("GET", &target(&wechat, code.as_str())));
        assert_eq!(answer.errcode, Some(40029));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let wechat = wechat(Arc::default());
        let alice = wechat.person("Alice");
        let code = wechat.login(&alice);
        wechat.answer(ApiRequest::new("GET", &target(&wechat, code.as_str())));
        let calls = wechat.journal(&code);
        let shown = format!("{wechat:?} {:?} {calls:?}", wechat.ledger());
        assert!(shown.contains("Alice"));
        assert!(!shown.contains(wechat.app_secret().expose()));
        assert!(!shown.contains(wechat.secrets(&alice)[0].expose()));
    }
}
