//! Who takes part: a stand-in and a correct backend that believes it to be WeChat.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use wxconform::backend::{Target, TimeControl};
use wxconform::expiry::VirtualClock;
use wxconform::reference::{Reference, Settings};
use wxconform::standin::{StandIn, StandInSettings};

use crate::Failure;

/// How long the backend waits for WeChat. Waiting for one that never answers is most of a run, and no work.
const WECHAT_PATIENCE: Duration = Duration::from_millis(1500);

pub(crate) const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A stand-in and a correct backend that believes it to be WeChat.
pub(crate) struct Parties {
    pub(crate) standin: StandIn,
    pub(crate) backend: Reference,
    clock: Arc<VirtualClock>,
}

impl Parties {
    pub(crate) async fn start() -> Result<Self, Failure> {
        let standin = StandIn::start(ANY_PORT.into(), StandInSettings::default()).await?;
        let clock = Arc::<VirtualClock>::default();
        let clock_of_backend: Arc<VirtualClock> = Arc::clone(&clock);
        let settings = Settings {
            clock: clock_of_backend,
            wechat_patience: WECHAT_PATIENCE,
            ..Settings::new(standin.url())
        };
        let backend = Reference::start(ANY_PORT.into(), settings).await?;
        Ok(Self { standin, backend, clock })
    }

    pub(crate) fn target(&self) -> Result<Target, Failure> {
        Ok(Target::new(&self.backend.url(), TimeControl::Virtual(Arc::clone(&self.clock)))?)
    }
}

/// Makes a runtime like that of the command.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}

/// Divides a time among the units of work that were done in it.
pub(crate) fn each(took: Duration, units: usize) -> Result<Duration, Failure> {
    Ok(took / u32::try_from(units)?)
}
