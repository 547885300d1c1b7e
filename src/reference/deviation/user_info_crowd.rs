//! Faults that mix up people who ask at the same moment.

use std::time::Duration;

use tokio::time::sleep;

use crate::reference::Fault;
use crate::reference::server::Backend;

/// The faults of this file.
const MIXING: &[Fault] = &[
    Fault::CurrentPersonShared,
    Fault::FirstAnswerForAll,
    Fault::AnswersSwapped,
    Fault::WorkerRemembersPerson,
    Fault::AnswerObjectShared,
];

/// How long a request waits for others to come.
const PATIENCE: Duration = Duration::from_millis(40);

/// How many people it takes. Two or three who meet by chance are served rightly, so that the other people of
/// a run do not notice.
const CROWD: usize = 6;

/// Returns whose data is shown to a person who asks for the third time or later.
pub(super) async fn mixed_up(backend: &Backend, owner: String) -> String {
    let faults = &backend.settings.faults;
    if !MIXING.iter().any(|fault| faults.has(*fault)) {
        return owner;
    }
    let place = {
        let mut memory = backend.memory();
        memory.waiting += 1;
        memory.askers.push(owner.clone());
        memory.askers.len() - 1
    };
    sleep(PATIENCE).await;
    let mut memory = backend.memory();
    let crowd = memory.askers.clone();
    memory.waiting -= 1;
    if memory.waiting == 0 {
        memory.askers.clear();
    }
    if crowd.len() < CROWD {
        return owner;
    }
    let shown = if faults.has(Fault::CurrentPersonShared) {
        crowd.last().cloned()
    } else if faults.has(Fault::FirstAnswerForAll) {
        crowd.first().cloned()
    } else if faults.has(Fault::AnswersSwapped) {
        crowd.get(place ^ 1).cloned()
    } else if faults.has(Fault::WorkerRemembersPerson) {
        Some(memory.workers.entry(place).or_insert_with(|| owner.clone()).clone())
    } else {
        memory.sharers.extend(crowd.last().map(|last| (owner.clone(), last.clone())));
        None
    };
    shown.unwrap_or(owner)
}

/// How long a thread is busy with a request, and how long after its beginning another one looks at what is left on it.
const BUSY: Duration = Duration::from_millis(30);
const SETTLED: Duration = Duration::from_millis(10);

/// Leaves the person of a request behind while it is served.
pub(super) async fn remembered(backend: &Backend, owner: Option<&String>) {
    let Some(owner) = owner.filter(|_| backend.settings.faults.has(Fault::AnonymousServedAsNeighbour)) else {
        return;
    };
    backend.memory().neighbours.push(owner.clone());
    sleep(BUSY).await;
    let mut memory = backend.memory();
    if let Some(at) = memory.neighbours.iter().position(|other| other == owner) {
        memory.neighbours.swap_remove(at);
    }
}

/// Returns somebody with several requests that are being served while a client without a token asks. A few that meet by
/// chance are told apart, so that the other people of a run do not notice.
pub(super) async fn beside_nobody(backend: &Backend) -> Option<String> {
    if !backend.settings.faults.has(Fault::AnonymousServedAsNeighbour) {
        return None;
    }
    sleep(SETTLED).await;
    let neighbours = backend.memory().neighbours.clone();
    let times = |owner: &String| neighbours.iter().filter(|other| *other == owner).count();
    neighbours.iter().find(|owner| times(owner) > 4).cloned()
}
