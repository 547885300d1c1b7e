//! The traffic of a run: raw until it has been searched for secrets, redacted from then on.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexSet;

use super::leaks::{Leaks, is_expected};
use crate::checks::{
    Judgement, Reply, Secret, SecretKind, SecretNeedles, WechatRequest, debug_output, shown,
};
use crate::language::translated;
use crate::protocol::SessionKey;
use crate::record::{Exchange, ExchangeRecord, FailureKind, Finder, Leg, Redactor, Request};
use crate::standin::{Person, Wechat};

/// How many raw bytes are held before they are searched and redacted. A run of the whole suite stays below
/// it, so that every secret of the run is known when the one pass is made; a hostile backend that sends
/// megabytes makes several passes. No answer can hold a secret that is minted after it.
const RAW_LIMIT: usize = 32 * 1024 * 1024;

/// How many exchanges are remembered that were broken off. More than run at a time need not be.
const BROKEN_OFF_KEPT: usize = 64;

/// How far apart the end of a process and the end of its connections can be noticed.
const ABOUT: Duration = Duration::from_millis(100);

/// The owner of what belongs to no person.
const THE_APP: &str = "the app";

/// The traffic of a run.
#[derive(Debug)]
pub(crate) struct Evidence {
    wechat: Wechat,
    pending: Vec<Pending>,
    pending_bytes: usize,
    records: HashMap<String, Vec<ExchangeRecord>>,
    redactor: Redactor,
    secrets: IndexSet<Secret>,
    leaks: Leaks,
    /// The scenarios in which an answer held what no record may show.
    leaky: HashSet<String>,
    quoted: Quoted,
    exchanges: usize,
    errors_searched: usize,
    insides: Vec<String>,
    unreachable: bool,
    broken_off: VecDeque<BrokenOff>,
}

/// An exchange to which no answer came although somebody was there.
#[derive(Debug)]
struct BrokenOff {
    sent: Duration,
    ended: Duration,
    what: String,
}

/// An exchange that was not searched yet.
#[derive(Debug)]
struct Pending {
    scenario: String,
    exchange: Arc<Exchange>,
    /// True when the answer is an error.
    is_error: bool,
}

/// The error answers that quote the request to WeChat.
#[derive(Debug, Default)]
struct Quoted {
    errors: usize,
    unread: bool,
    first: Option<String>,
    count: usize,
}

impl Evidence {
    pub(crate) fn new(wechat: Wechat) -> Self {
        let mut evidence = Self {
            pending: Vec::new(),
            pending_bytes: 0,
            records: HashMap::new(),
            redactor: Redactor::default(),
            secrets: IndexSet::new(),
            leaks: Leaks::default(),
            leaky: HashSet::new(),
            quoted: Quoted::default(),
            exchanges: 0,
            errors_searched: 0,
            insides: Vec::new(),
            unreachable: false,
            broken_off: VecDeque::new(),
            wechat,
        };
        let secret = evidence.wechat.app_secret();
        evidence.learn(SecretKind::AppSecret, THE_APP, secret.expose());
        evidence
    }

    /// Leaves secrets in what it records from now on.
    pub(crate) fn show_secrets(&mut self) {
        self.redactor = Redactor::showing();
    }

    /// Learns the secrets of a person, to search for them and to mask what must not be shown.
    pub(crate) fn learn_person(&mut self, person: &Person, keys: &[SessionKey]) {
        self.learn(SecretKind::OpenId, &person.key, person.openid.as_str());
        for key in keys {
            self.learn(SecretKind::SessionKey, &person.key, key.expose());
        }
    }

    /// Learns a secret, to search for it and to mask it unless a record may show it.
    fn learn(&mut self, kind: SecretKind, owner: &str, text: &str) {
        if self.secrets.insert(Secret::new(kind, owner, text))
            && let Some(label) = kind.label()
        {
            self.redactor.learn(text, label);
        }
    }

    /// Learns a token that the backend has handed out, to mask it wherever it stands. One that is made of what the
    /// request brought along hides nothing.
    pub(crate) fn learn_token(&mut self, reply: &Reply) {
        let Ok(token) = reply.token.to_js_string() else { return };
        let token = token.to_string_lossy();
        let request = &reply.exchange.request;
        let sent = [request.url.as_bytes(), &request.body];
        if !sent.iter().any(|sent| String::from_utf8_lossy(sent).contains(&token)) {
            self.redactor.learn_token(&token, "token");
        }
    }

    /// Learns what a session can be renewed by, to mask it wherever it stands.
    pub(crate) fn learn_refresh_token(&mut self, refresh_token: &str) {
        self.redactor.learn_token(refresh_token, "refresh token");
    }

    /// Learns what WeChat has handed out to the backend itself.
    fn learn_platform_tokens(&mut self) {
        for token in self.wechat.platform_tokens() {
            self.learn(SecretKind::PlatformToken, THE_APP, token.expose());
        }
    }

    /// Returns every secret of a kind that is known by now.
    pub(crate) fn secrets(&mut self, kind: SecretKind) -> Vec<Secret> {
        self.learn_platform_tokens();
        self.secrets.iter().filter(|secret| secret.kind() == kind).cloned().collect()
    }

    /// Takes in an exchange of a scenario.
    pub(crate) fn add(&mut self, scenario: &str, exchange: Arc<Exchange>) {
        let is_error = exchange.answer().is_ok_and(|answer| answer.status >= 400);
        self.add_judged(scenario, exchange, is_error);
    }

    /// Takes in an exchange of which it is known whether it ended in an error.
    pub(crate) fn add_judged(&mut self, scenario: &str, exchange: Arc<Exchange>, is_error: bool) {
        let fields = |name: &str, value: &str| name.len() + value.len();
        self.pending_bytes += exchange
            .answers()
            .map(|answer| {
                let head: usize = answer.headers.iter().map(|(name, value)| fields(name, value)).sum();
                answer.body.len() + head
            })
            .sum::<usize>();
        self.unreachable |= exchange.redirects.is_empty()
            && exchange.answer().is_err_and(|failure| failure.kind == FailureKind::Unreachable);
        self.note_broken_off(scenario, &exchange);
        self.exchanges += usize::from(exchange.leg == Leg::PhoneToBackend);
        self.pending.push(Pending { scenario: scenario.to_owned(), exchange, is_error });
        if self.pending_bytes > RAW_LIMIT {
            self.settle();
        }
    }

    /// Searches and redacts everything that came in since the last time.
    pub(crate) fn settle(&mut self) {
        // The search is made ready for every secret of the run, which costs more than a few answers do.
        if self.pending.is_empty() {
            return;
        }
        self.learn_platform_tokens();
        let needles = Arc::new(SecretNeedles::new(self.secrets.iter().cloned()));
        let request = WechatRequest::new(self.wechat.url(), self.wechat.app_id().as_str());
        self.pending_bytes = 0;
        let pending = std::mem::take(&mut self.pending);
        let mut are_clean = Vec::with_capacity(pending.len());
        for Pending { scenario, exchange, is_error } in &pending {
            let shown = shown(&needles, exchange, |sighting| is_expected(scenario, sighting));
            are_clean.push(shown.sightings.is_empty() && !shown.hides);
            if shown.hides && !self.leaky.contains(scenario) {
                self.leaky.insert(scenario.clone());
            }
            self.leaks.add(scenario, &exchange.purpose, shown);
            if *is_error && exchange.leg == Leg::PhoneToBackend {
                self.quoted.add(&request, scenario, exchange);
            }
            if exchange.leg == Leg::PhoneToBackend {
                self.look_inside(scenario, exchange);
            }
        }
        self.record(pending, &are_clean, &needles);
    }

    /// Redacts what was searched. Taking texts apart a second time costs as much as the first time, so that is done
    /// where something was hidden: in the scenarios in which it was, since what a backend has said comes back in what
    /// it is asked, and from then on in whatever else is said of the run.
    fn record(&mut self, searched: Vec<Pending>, are_clean: &[bool], needles: &Arc<SecretNeedles>) {
        let needles = Arc::clone(needles);
        let finder: Finder = Arc::new(move |text| needles.hidden_in(text));
        for (Pending { scenario, exchange, .. }, is_clean) in searched.into_iter().zip(are_clean) {
            self.redactor.look_into(self.leaky.contains(&scenario).then(|| Arc::clone(&finder)));
            let mut record = self.redactor.exchange(&exchange);
            // In bytes that are packed or scrambled a secret cannot be masked, so they are shown only where there
            // is none.
            if *is_clean && exchange.leg == Leg::PhoneToBackend {
                self.redactor.show_bytes(&mut record, &exchange);
            }
            self.records.entry(scenario).or_default().push(record);
        }
        self.redactor.look_into((!self.leaky.is_empty()).then_some(finder));
    }

    /// Returns the redacted exchanges of a scenario in the order they were sent.
    pub(crate) fn take_records(&mut self, scenario: &str) -> Vec<ExchangeRecord> {
        let mut records = self.records.remove(scenario).unwrap_or_default();
        records.sort_by(|one, other| one.at_ms.total_cmp(&other.at_ms));
        records
    }

    /// Returns a text with everything secret masked.
    pub(crate) fn redact(&mut self, text: &str) -> String {
        self.learn_platform_tokens();
        self.redactor.text(text)
    }

    /// Judges the run up to now by the rule that no secret of a kind reaches a phone.
    pub(crate) fn judge_leaks(&mut self, kind: SecretKind) -> Judgement {
        self.settle();
        let watched = self.secrets.iter().any(|secret| secret.kind() == kind && secret.is_long_enough());
        if watched {
            self.leaks.judge(kind)
        } else {
            Judgement::CannotTell(tr!(
                "there is no {name} long enough to be told from other words",
                name = translated(kind.name())
            ))
        }
    }

    /// Judges the run up to now by the rule that no error answer quotes the request to WeChat.
    pub(crate) fn judge_quotations(&mut self) -> Judgement {
        self.settle();
        self.quoted.judge()
    }

    /// Notes what the answers of an exchange show of the backend's inside.
    fn look_inside(&mut self, scenario: &str, exchange: &Exchange) {
        for answer in exchange.answers() {
            self.errors_searched += usize::from(answer.status >= 400);
            if let Some(shown) = debug_output(answer) {
                let status = answer.status;
                self.insides.push(tr!(
                    "{shown} in {scenario}, {purpose}: {status}",
                    purpose = exchange.purpose_said(),
                    shown = translated(shown),
                    scenario,
                    status
                ));
            }
        }
    }

    /// Returns what answers showed of the backend's inside so far, and how many errors were searched for it.
    pub(crate) fn insides(&mut self) -> (&[String], usize) {
        self.settle();
        (&self.insides, self.errors_searched)
    }

    /// Tells whether there was a moment at which nobody listened at the backend's address.
    pub(crate) fn was_unreachable(&self) -> bool {
        self.unreachable
    }

    /// Notes an exchange that was broken off: if the backend ends, it is one that it was answering then.
    fn note_broken_off(&mut self, scenario: &str, exchange: &Exchange) {
        let by_phone = exchange.leg == Leg::PhoneToBackend;
        let there = exchange.answer().is_err_and(|failure| failure.kind != FailureKind::Unreachable);
        if !by_phone || !there {
            return;
        }
        let Request { method, url, .. } = &exchange.request;
        let what = format!("{method} {url} ({scenario})");
        let (sent, ended) = (exchange.at, exchange.at + exchange.took);
        self.broken_off.push_back(BrokenOff { sent, ended, what });
        if self.broken_off.len() > BROKEN_OFF_KEPT {
            self.broken_off.pop_front();
        }
    }

    /// Returns the requests that were broken off about that long after the start of the run, redacted, the one
    /// that was sent last first.
    pub(crate) fn broken_off_at(&mut self, at: Duration) -> Vec<String> {
        let then = |one: &&BrokenOff| one.sent <= at + ABOUT && at <= one.ended + ABOUT;
        let mut found: Vec<&BrokenOff> = self.broken_off.iter().filter(then).collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.sent));
        let found: Vec<String> = found.into_iter().map(|one| one.what.clone()).collect();
        found.iter().map(|what| self.redact(what)).collect()
    }

    /// Returns how many requests the phones sent.
    pub(crate) fn exchanges(&self) -> usize {
        self.exchanges
    }
}

impl Quoted {
    fn add(&mut self, request: &WechatRequest, scenario: &str, exchange: &Exchange) {
        self.errors += 1;
        self.unread |= exchange.answer().is_ok_and(|answer| answer.cut);
        if let Some(place) = exchange.answers().find_map(|answer| request.find(answer)) {
            self.count += 1;
            self.first.get_or_insert_with(|| {
                tr!(
                    "{place} of the {purpose} in {scenario}",
                    place,
                    purpose = exchange.purpose_said(),
                    scenario
                )
            });
        }
    }

    fn judge(&self) -> Judgement {
        match &self.first {
            None if self.errors == 0 => {
                Judgement::CannotTell(tr!("the backend gave no error answer in the whole run"))
            }
            None if self.unread => {
                Judgement::CannotTell(tr!("an error answer is too long to be read to its end"))
            }
            first => Judgement::from_condition(
                first.is_none(),
                tr!("no error answer that quotes the request to WeChat"),
                || {
                    let first = first.as_deref().unwrap_or_default();
                    tr!(
                        "{count} of {errors} error answers, the first in {first}",
                        count = self.count,
                        errors = self.errors,
                        first
                    )
                },
            ),
        }
    }
}
