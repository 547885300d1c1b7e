//! The traffic of a run: raw until it has been searched for secrets, redacted from then on.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexSet;

use crate::checks::{SecretNeedles, Sighting, debug_output};
use crate::protocol::SessionKey;
use crate::record::{Exchange, ExchangeRecord, FailureKind, Leg, Redactor};

/// How many raw bytes are held before they are searched and redacted. A run of the whole suite stays below
/// it, so that every secret of the run is known when the one pass is made; a hostile backend that sends
/// megabytes makes several passes.
const RAW_LIMIT: usize = 32 * 1024 * 1024;

/// The traffic of a run.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    pending: Vec<(String, Arc<Exchange>)>,
    pending_bytes: usize,
    records: HashMap<String, Vec<ExchangeRecord>>,
    redactor: Redactor,
    session_keys: IndexSet<SessionKey>,
    sightings: Vec<LeakSighting>,
    exchanges: usize,
    answers_searched: usize,
    errors_searched: usize,
    insides: Vec<String>,
    unreachable: bool,
}

/// A session key that reached the phone.
#[derive(Clone, Debug)]
pub(crate) struct LeakSighting {
    /// The key of the scenario, such as `CODE-02.1`.
    pub(crate) scenario: String,
    /// What the request was for.
    pub(crate) purpose: String,
    /// Where in the answer, and in which spelling.
    pub(crate) sighting: Sighting,
}

impl Evidence {
    /// Learns a session key, to search for it and to mask it.
    pub(crate) fn learn_session_key(&mut self, key: &SessionKey) {
        if self.session_keys.insert(key.clone()) {
            self.redactor.learn(key.expose(), "session_key");
        }
    }

    /// Learns any other secret, to mask it.
    pub(crate) fn learn(&mut self, secret: &str, label: &str) {
        self.redactor.learn(secret, label);
    }

    /// Takes in an exchange of a scenario.
    pub(crate) fn add(&mut self, scenario: &str, exchange: Arc<Exchange>) {
        self.pending_bytes += exchange.answers().map(|answer| answer.body.len()).sum::<usize>();
        self.unreachable |= exchange.answer().is_err_and(|failure| failure.kind == FailureKind::Unreachable);
        self.exchanges += usize::from(exchange.leg == Leg::PhoneToBackend);
        self.pending.push((scenario.to_owned(), exchange));
        if self.pending_bytes > RAW_LIMIT {
            self.settle();
        }
    }

    /// Searches and redacts everything that came in since the last time.
    pub(crate) fn settle(&mut self) {
        // The search is made ready for every key of the run, which costs more than a few answers do.
        if self.pending.is_empty() {
            return;
        }
        let needles = SecretNeedles::new(&self.session_keys);
        self.pending_bytes = 0;
        for (scenario, exchange) in std::mem::take(&mut self.pending) {
            if exchange.leg == Leg::PhoneToBackend {
                for answer in exchange.answers() {
                    self.answers_searched += 1;
                    self.errors_searched += usize::from(answer.status >= 400);
                    if let Some(shown) = debug_output(answer) {
                        let status = answer.status;
                        self.insides.push(format!("{shown} in {scenario}, {}: {status}", exchange.purpose));
                    }
                    if let Some(sighting) = needles.find(answer) {
                        let (scenario, purpose) = (scenario.clone(), exchange.purpose.clone());
                        self.sightings.push(LeakSighting { scenario, purpose, sighting });
                    }
                }
            }
            let record = self.redactor.exchange(&exchange);
            self.records.entry(scenario).or_default().push(record);
        }
    }

    /// Returns the redacted exchanges of a scenario in the order they were sent.
    pub(crate) fn take_records(&mut self, scenario: &str) -> Vec<ExchangeRecord> {
        let mut records = self.records.remove(scenario).unwrap_or_default();
        records.sort_by(|one, other| one.at_ms.total_cmp(&other.at_ms));
        records
    }

    /// Returns a text with everything secret masked.
    pub(crate) fn redact(&mut self, text: &str) -> String {
        self.redactor.text(text)
    }

    /// Returns the session keys seen in answers so far, and how many answers were searched.
    pub(crate) fn leaks(&mut self) -> (&[LeakSighting], usize) {
        self.settle();
        (&self.sightings, self.answers_searched)
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

    /// Returns how many requests the phones sent.
    pub(crate) fn exchanges(&self) -> usize {
        self.exchanges
    }
}
