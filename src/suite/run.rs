//! What all scenarios of a run share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::evidence::Evidence;
use super::log::ScenarioLog;
use super::samples::TokenSamples;
use crate::backend::{Contract, Target};
use crate::miniprogram::Transport;
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
    logs: Mutex<HashMap<String, Arc<ScenarioLog>>>,
}

impl Run {
    pub(crate) fn new(target: Target, contract: Contract, wechat: Wechat, transport: Transport) -> Self {
        let evidence = Mutex::new(Evidence::new(wechat.clone()));
        let (samples, logs) = (Mutex::default(), Mutex::default());
        Self { target, contract, wechat, transport, evidence, samples, logs }
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

    /// The tokens that were issued.
    pub(crate) fn samples(&self) -> MutexGuard<'_, TokenSamples> {
        lock(&self.samples)
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
