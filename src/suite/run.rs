//! What all scenarios of a run share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::dialect::{Captured, captures};
use super::encore::Lulls;
use super::evidence::Evidence;
use super::log::ScenarioLog;
use super::progress::{Happening, Progress};
use super::reading::read;
use super::samples::TokenSamples;
use crate::backend::{Contract, Target, UnionId};
use crate::checks::Reply;
use crate::expiry::Value;
use crate::miniprogram::Transport;
use crate::record::Exchange;
use crate::standin::{Person, Wechat};

/// What all scenarios of a run share.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) target: Target,
    pub(crate) contract: Contract,
    pub(crate) wechat: Wechat,
    pub(crate) transport: Transport,
    evidence: Mutex<Evidence>,
    samples: Mutex<TokenSamples>,
    refresh_samples: Mutex<TokenSamples>,
    /// What the answers to each person brought beside the token.
    captured: Mutex<HashMap<String, Captured>>,
    logs: Mutex<HashMap<String, Arc<ScenarioLog>>>,
    /// Hears how the run goes, if somebody does.
    progress: Option<Progress>,
    lulls: Lulls,
    /// Whether nobody could connect to WeChat lately, and nobody has logged in since.
    pub(crate) outage: tokio::sync::Mutex<bool>,
}

impl Run {
    pub(crate) fn new(target: Target, contract: Contract, wechat: Wechat, transport: Transport) -> Self {
        let evidence = Mutex::new(Evidence::new(wechat.clone()));
        Self {
            target,
            contract,
            wechat,
            transport,
            evidence,
            samples: Mutex::default(),
            refresh_samples: Mutex::default(),
            captured: Mutex::default(),
            logs: Mutex::default(),
            progress: None,
            lulls: Lulls::default(),
            outage: tokio::sync::Mutex::default(),
        }
    }

    /// Lets somebody hear how the run goes.
    pub(crate) fn heard_by(self, progress: Option<Progress>) -> Self {
        Self { progress, ..self }
    }

    /// Says how the run goes.
    pub(crate) fn tell(&self, happening: Happening<'_>) {
        if let Some(progress) = &self.progress {
            progress.tell(happening);
        }
    }

    /// What the run has learned about pauses.
    pub(crate) fn lulls(&self) -> &Lulls {
        &self.lulls
    }

    /// Opens the log of a scenario.
    pub(crate) fn open_log(&self, scenario: &str) -> Arc<ScenarioLog> {
        let log = Arc::new(ScenarioLog::start());
        lock(&self.logs).insert(scenario.to_owned(), Arc::clone(&log));
        log
    }

    /// Returns the log of a scenario; absent when it never started.
    pub(crate) fn log(&self, scenario: &str) -> Option<Arc<ScenarioLog>> {
        lock(&self.logs).get(scenario).cloned()
    }

    pub(crate) fn evidence(&self) -> MutexGuard<'_, Evidence> {
        lock(&self.evidence)
    }

    /// Returns the person whom WeChat knows by this key, with a unionid if the backend lets nobody in without.
    pub(crate) fn person(&self, key: &str) -> Person {
        match self.contract.unionid {
            UnionId::Always => self.wechat.person_with_unionid(key),
            UnionId::Any => self.wechat.person(key),
        }
    }

    /// Returns the person whom WeChat knows by this key, with a unionid if that is wanted or the backend lets nobody in
    /// without.
    pub(crate) fn bound_person(&self, key: &str, wanted: bool) -> Person {
        if wanted { self.wechat.person_with_unionid(key) } else { self.person(key) }
    }

    /// Reads an exchange by the contract.
    pub(crate) fn read(&self, exchange: Exchange) -> Reply {
        read(&self.contract, &self.target, Arc::new(exchange))
    }

    /// Returns what the answers to a person brought beside the token.
    pub(crate) fn captured(&self, person: &str) -> Captured {
        lock(&self.captured).get(person).cloned().unwrap_or_default()
    }

    /// Puts what answers brought a person back to what it was at another time, and returns what it was until now.
    pub(crate) fn recall(&self, person: &str, captured: Captured) -> Captured {
        lock(&self.captured).insert(person.to_owned(), captured).unwrap_or_default()
    }

    /// Keeps what an answer to a person brought.
    pub(crate) fn capture(&self, person: &str, reply: &Reply) {
        let (spoken, Ok(answer)) = (&self.contract.spoken, reply.exchange.answer()) else { return };
        let found = captures(spoken, answer);
        if let Some(refresh_token) = spoken.refresh_token().and_then(|name| found.get(name)) {
            self.evidence().learn_refresh_token(refresh_token);
            self.refresh_samples().take(&Value::from(refresh_token.as_str()));
        }
        if !found.is_empty() {
            lock(&self.captured).entry(person.to_owned()).or_default().extend(found);
        }
    }

    /// The tokens that were issued.
    pub(crate) fn samples(&self) -> MutexGuard<'_, TokenSamples> {
        lock(&self.samples)
    }

    /// The refresh tokens that were handed out.
    pub(crate) fn refresh_samples(&self) -> MutexGuard<'_, TokenSamples> {
        lock(&self.refresh_samples)
    }

    /// Makes the secrets of a person known to the search for leaks.
    pub(crate) fn watch(&self, person: &Person) {
        let keys = self.wechat.secrets(person);
        self.evidence().learn_person(person, &keys);
    }
}

/// Locks; a panic while the lock was held does not make the data unusable, and is reported elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Run;
    use crate::backend::{Contract, Target, TimeControl};
    use crate::miniprogram::Transport;
    use crate::standin::{StandIn, StandInSettings};

    #[tokio::test]
    async fn everybody_has_a_unionid_where_the_contract_says_so() {
        let stand_in = StandIn::start(([127, 0, 0, 1], 0).into(), StandInSettings::default()).await.unwrap();
        for (text, always) in [("", false), ("[wechat]\nunionid = \"always\"", true)] {
            let contract = Contract::parse("mine", "mine.toml", text, &[]).unwrap().contract;
            let target = Target::new("http://127.0.0.1:1", TimeControl::Wait(Duration::ZERO)).unwrap();
            let transport = Transport::new(Instant::now()).unwrap();
            let run = Run::new(target, contract, stand_in.wechat(), transport);
            let has = |wanted| run.bound_person("Yvonne", wanted).unionid.is_some();
            assert_eq!((has(false), has(true), run.person("Bob").unionid.is_some()), (always, true, always));
        }
    }
}
