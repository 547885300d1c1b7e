//! Where do we listen, and until when?

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};

use super::problem::Problem;
use crate::record::ExitStatus;
use crate::standin::{LedgerSettings, StandIn, StandInError, StandInSettings};

/// Where the stand-in listens for a backend that somebody else started.
pub(super) const DEFAULT_WECHAT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9321);

/// Any free port of this machine, for parties that are introduced to each other.
pub(super) const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Starts the stand-in at an address that can be changed with `option`.
pub(super) async fn start_standin(listen: SocketAddr, option: &str, seed: u64) -> Result<StandIn, Problem> {
    start_standin_with(listen, option, LedgerSettings { seed, ..LedgerSettings::default() }).await
}

/// Starts a stand-in that behaves like this.
pub(super) async fn start_standin_with(
    listen: SocketAddr,
    option: &str,
    ledger: LedgerSettings,
) -> Result<StandIn, Problem> {
    let settings = StandInSettings { ledger, ..StandInSettings::default() };
    StandIn::start(listen, settings).await.map_err(|error| match error {
        StandInError::Listen { address, source } => taken(&tr!("WeChat"), address, &source, option),
        StandInError::Serve { .. } | StandInError::Certificate(_) => Problem::could_not_judge(error),
    })
}

/// Says why we cannot listen at an address, and the way out.
pub(super) fn taken(whom: &str, address: SocketAddr, error: &std::io::Error, option: &str) -> Problem {
    let way_out = if error.kind() == ErrorKind::AddrInUse {
        tr!("end what listens there, or choose another address with {option}", option)
    } else if error.kind() == ErrorKind::PermissionDenied {
        tr!("ports below 1024 are usually reserved; choose another address with {option}", option)
    } else if error.kind() == ErrorKind::AddrNotAvailable {
        tr!("it is no address of this machine; choose another with {option}", option)
    } else {
        tr!("choose another address with {option}", option)
    };
    Problem::usage(tr!(
        "cannot listen as {whom} on {address}: {error}; {way_out}",
        whom,
        address,
        error,
        way_out
    ))
}

/// Says that the address of a backend is our own.
pub(super) fn taken_by_us() -> String {
    tr!("the stand-in for WeChat listens there; give the address of your backend")
}

/// Returns a seed that was not used before, small enough to be typed.
pub(super) fn random_seed() -> Result<u64, Problem> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes)
        .map_err(|error| Problem::could_not_judge(tr!("no randomness for a seed: {error}", error)))?;
    Ok(u64::from(u32::from_le_bytes(bytes)))
}

/// Serves until somebody ends the process, which is how a server is meant to end.
///
/// Requests that are under way are not waited for: a client that keeps its connection open must not keep us.
pub(super) async fn interrupted() -> Result<ExitStatus, Problem> {
    #[cfg(unix)]
    {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(ExitStatus::Success)
}
