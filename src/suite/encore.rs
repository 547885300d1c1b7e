//! What becomes of a request that the backend turned away, because too much was asked or it could not serve just then?

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::RETRY_AFTER;

use super::log::Stop;
use super::parameters::Someone;
use super::progress::Happening;
use super::run::Run;
use super::world::World;
use crate::backend::{Contract, Refusal};
use crate::checks::Reply;
use crate::miniprogram::Encore;
use crate::record::{Answer, Exchange, FailureKind, Outcome};

/// After how long a request is sent once more, each time, unless the answer says how long to wait.
const PAUSES: [Duration; 12] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(8),
    Duration::from_secs(8),
    Duration::from_secs(8),
    Duration::from_secs(8),
    Duration::from_secs(8),
    Duration::from_secs(8),
];

/// How many of these pauses are made where nobody can be connected to: a process that restarts is back by then.
const PAUSES_WITHOUT_CONNECTION: usize = 3;

/// How long an answer may tell us to wait for us to do so. Many limits count by the minute.
const LONGEST_TOLD: Duration = Duration::from_secs(65);

/// How often a good code is sent again that was refused in words which may say other things as well.
const BUSY_TRIES: usize = 6;

/// How long every request has to be turned away for there to be no hope that the next one will be taken up.
const HOPELESS: Duration = Duration::from_secs(20);

/// The same where nobody can be connected to: what starts again does so sooner, and what has died is not waited for.
const GONE: Duration = Duration::from_secs(3);

/// What a run has learned about pauses.
#[derive(Debug, Default)]
pub(crate) struct Lulls {
    /// Since when every request was turned away; absent when the last one was not.
    since: Mutex<Option<Instant>>,
    /// How many times a request was turned away.
    turned_away: AtomicUsize,
}

impl Lulls {
    fn note_taken_up(&self) {
        *lock(&self.since) = None;
    }

    fn note_turned_away(&self) {
        lock(&self.since).get_or_insert_with(Instant::now);
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    fn are_hopeless(&self, exchange: &Exchange) -> bool {
        let longest = if exchange.answer().is_ok() { HOPELESS } else { GONE };
        lock(&self.since).is_some_and(|since| since.elapsed() > longest)
    }

    /// Returns how many times a request was turned away, and sent again or not.
    pub(crate) fn turned_away(&self) -> usize {
        self.turned_away.load(Ordering::Relaxed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends the requests of a scenario once more that the backend turned away, after a pause, and keeps what came of them.
#[derive(Debug)]
pub(crate) struct TurnedAway {
    run: Arc<Run>,
    /// The key of the scenario.
    key: String,
    exchanges: Mutex<Vec<Exchange>>,
    /// Whether there was ever one.
    paused: AtomicBool,
    /// Whether a request that looks turned away is one that was taken up: nobody can ask WeChat just now.
    all_stand: AtomicBool,
}

impl TurnedAway {
    pub(crate) fn new(run: Arc<Run>, key: &str) -> Self {
        let (exchanges, all_stand) = (Mutex::default(), AtomicBool::new(false));
        Self { run, key: key.to_owned(), exchanges, paused: AtomicBool::new(false), all_stand }
    }

    /// Says from now on whether every exchange stands.
    pub(crate) fn let_all_stand(&self, all: bool) {
        self.all_stand.store(all, Ordering::Relaxed);
    }

    /// Returns whether every exchange stands.
    pub(crate) fn do_all_stand(&self) -> bool {
        self.all_stand.load(Ordering::Relaxed)
    }

    /// Tells whether a request was sent again after a pause.
    pub(crate) fn had_to_pause(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// Returns the exchanges that did not stand, and forgets them.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *lock(&self.exchanges))
    }
}

impl Encore for TurnedAway {
    fn pause(&self, exchange: &Exchange, tries: usize) -> Option<Duration> {
        if tries > 1 {
            self.run.tell(Happening::GoesOn { key: &self.key });
        }
        let lulls = self.run.lulls();
        if self.do_all_stand() || !self.was_turned_away(exchange, tries) {
            lulls.note_taken_up();
            return None;
        }
        lulls.note_turned_away();
        let pause = pause_before(exchange, tries, lulls.are_hopeless(exchange))?;
        lock(&self.exchanges).push(exchange.clone());
        self.paused.store(true, Ordering::Relaxed);
        self.run.tell(Happening::Rests { key: &self.key, until: Instant::now() + pause });
        Some(pause)
    }
}

impl TurnedAway {
    /// Tells whether nothing was done about a request: the backend said so, or nobody could connect to it.
    ///
    /// A backend that asked WeChat about the code of the request has taken it up, whatever it says, and the code is used.
    fn was_turned_away(&self, exchange: &Exchange, tries: usize) -> bool {
        match &exchange.outcome {
            Outcome::Answered(answer) => {
                (turns_away(&self.run.contract, answer)
                    || tries <= BUSY_TRIES && self.says_busy(exchange, answer))
                    && !self.run.wechat.was_asked_about(exchange)
            }
            // Whoever led us elsewhere has done something.
            Outcome::Failed(failure) => {
                failure.kind == FailureKind::Unreachable && exchange.redirects.is_empty()
            }
        }
    }

    /// Tells whether a good code was refused in the words that the contract has for a WeChat that is busy. Whoever has
    /// words of one's own for that may say them with any status, and say the same of much else.
    fn says_busy(&self, exchange: &Exchange, answer: &Answer) -> bool {
        let dialect = &self.run.contract.spoken;
        let looks = dialect.refuse.get(&Refusal::WechatBusy);
        exchange.purpose == self.run.contract.exchange.purpose
            && looks.is_some_and(|looks| looks.fits(answer))
            && !dialect.first().is_some_and(|step| step.ok.fits(answer))
            && self.run.wechat.would_take_code_in(&exchange.request)
    }
}

impl World {
    /// Exchanges a fresh code. Whoever limits logins by person learns from WeChat who it is, and by then the code is spent: after
    /// a pause another one is tried.
    pub(crate) async fn exchange_fresh(&mut self, someone: &Someone) -> Result<Reply, Stop> {
        let last = Instant::now() + LONGEST_TOLD;
        let mut tries = 1;
        loop {
            let code = self.fresh_code(someone)?;
            let reply = self.exchange(someone, Some(code.as_str())).await?;
            let run = self.run()?;
            let spent = reply.limited && run.wechat.was_asked_about(&reply.exchange);
            let pause = pause_before(&reply.exchange, tries, run.lulls().are_hopeless(&reply.exchange));
            let again =
                pause.filter(|_| spent).map(|pause| Instant::now() + pause).filter(|again| *again < last);
            let Some(again) = again else { return Ok(reply) };
            self.rest(again).await?;
            tries += 1;
        }
    }
}

/// Tells whether an answer says that too much is asked (429), or that the backend cannot serve now (503), or what the
/// contract has for that.
pub(crate) fn turns_away(contract: &Contract, answer: &Answer) -> bool {
    let limited = contract.spoken.refuse.get(&Refusal::Limited);
    matches!(answer.status, 429 | 503) || limited.is_some_and(|looks| looks.fits(answer))
}

/// Returns how long to wait before a request is sent again that was sent so many times; nothing if it is not to be.
fn pause_before(exchange: &Exchange, tries: usize, hopeless: bool) -> Option<Duration> {
    let told = exchange.answer().ok().and_then(told);
    let most = match (exchange.answer(), hopeless) {
        (Ok(_), false) => PAUSES.len(),
        (Ok(_), true) => 1,
        (Err(_), false) => PAUSES_WITHOUT_CONNECTION,
        (Err(_), true) => 0,
    };
    let pause = *PAUSES.get(tries.checked_sub(1)?).filter(|_| tries <= most)?;
    match told {
        Some(told) if told > LONGEST_TOLD => None,
        Some(told) if told > pause => Some(told),
        // Who was turned away together is not to come back together.
        _ => Some(pause + pause * (exchange.at.subsec_micros() % 64) / 128),
    }
}

/// Returns for how long an answer says to wait (RFC 9110 section 10.2.3), if it says so in seconds.
fn told(answer: &Answer) -> Option<Duration> {
    answer.headers.get(RETRY_AFTER.as_str())?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LONGEST_TOLD, PAUSES, pause_before};
    use crate::record::{Answer, Exchange, FailureKind, Headers, Leg, Outcome, Request, TransportFailure};

    fn exchange(outcome: Outcome) -> Exchange {
        let (method, url) = ("GET".to_owned(), "http://127.0.0.1/".to_owned());
        Exchange {
            leg: Leg::PhoneToBackend,
            actor: "Alice".to_owned(),
            purpose: "token".to_owned(),
            at: Duration::from_micros(63),
            took: Duration::ZERO,
            request: Request { method, url, headers: Headers::default(), body: Vec::new() },
            redirects: Vec::new(),
            outcome,
        }
    }

    fn turned_away(fields: &[(&str, &str)]) -> Exchange {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let headers = Headers::new(fields.collect());
        exchange(Outcome::Answered(Answer { status: 503, headers, body: Vec::new(), cut: false }))
    }

    fn pauses(exchange: &Exchange, hopeless: bool) -> Vec<Duration> {
        (1..100).map_while(|tries| pause_before(exchange, tries, hopeless)).collect()
    }

    #[test]
    fn the_pauses_grow_and_come_to_an_end() {
        let usual = pauses(&turned_away(&[]), false);
        assert_eq!(usual.len(), PAUSES.len());
        for (pause, least) in usual.iter().zip(PAUSES) {
            assert!((least..=least * 3 / 2).contains(pause), "{pause:?}");
        }
        assert_eq!(pauses(&turned_away(&[]), true).len(), 1);
    }

    #[test]
    fn what_an_answer_says_counts_unless_it_says_too_much() {
        let told = |text: &str| pause_before(&turned_away(&[("Retry-After", text)]), 1, false);
        assert_eq!(told("7"), Some(Duration::from_secs(7)));
        assert_eq!(told(" 60 "), Some(Duration::from_secs(60)));
        assert_eq!(told(&(LONGEST_TOLD.as_secs() + 1).to_string()), None);
        // What is shorter than the usual pause, or no number, changes nothing.
        for text in ["0", "soon", "-1", "Fri, 31 Dec 1999 23:59:59 GMT"] {
            assert!(told(text).is_some_and(|pause| pause < Duration::from_secs(1)), "{text}");
        }
    }

    #[test]
    fn who_is_not_there_is_asked_again_for_a_moment_only() {
        let failure = TransportFailure { kind: FailureKind::Unreachable, detail: "test".to_owned() };
        let nobody = exchange(Outcome::Failed(failure));
        assert_eq!(pauses(&nobody, false).len(), 3);
        assert!(pauses(&nobody, true).is_empty());
    }
}
