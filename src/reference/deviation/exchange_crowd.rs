//! Faults that show only when many people log in at the same moment.

use std::time::Duration;

use tokio::time::sleep;

use super::exchange::Outcome;
use crate::reference::Fault;
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;

/// How many logins at the same time are a crowd. Scenarios that run side by side are fewer.
const CROWD: usize = 40;

/// How long an exchange waits for the others.
const GATHERING: Duration = Duration::from_millis(150);

/// Notes that an exchange is under way.
pub(super) fn enter(backend: &Backend) {
    let mut memory = backend.memory();
    memory.under_way += 1;
    memory.most_under_way = memory.most_under_way.max(memory.under_way);
}

/// Changes the outcome of an exchange that was one of many, and notes that it is over.
pub(super) async fn leave(backend: &Backend, outcome: Outcome) -> Outcome {
    let faults = &backend.settings.faults;
    if faults.has(Fault::CrowdTurnedAway)
        || faults.has(Fault::ExchangeResultShared)
        || faults.has(Fault::CrowdTokenShared)
        || faults.has(Fault::CrowdDataShared)
    {
        sleep(GATHERING).await;
    }
    let mut memory = backend.memory();
    let crowded = memory.most_under_way > CROWD;
    memory.under_way = memory.under_way.saturating_sub(1);
    if memory.under_way == 0 {
        memory.most_under_way = 0;
    }
    let openid = match outcome {
        Ok(openid) if crowded => openid,
        other => return other,
    };
    memory.crowd.push(openid.clone());
    let first = memory.crowd.first().cloned().unwrap_or_else(|| openid.clone());
    if faults.has(Fault::CrowdTurnedAway) {
        return Err(Refusal::PersonBlocked);
    }
    if faults.has(Fault::CrowdDataShared) {
        memory.aliases.insert(openid.clone(), first.clone());
    }
    Ok(if faults.has(Fault::ExchangeResultShared) { first } else { openid })
}
