//! Starting the user's backend, and ending it.
//!
//! A [`Launch`] is what the user asked for. [`Launch::start`] fills the placeholders of the command, lets a shell
//! run it, and waits until the backend is ready. The [`Launched`] backend ends when it is dropped, with all the
//! processes it has started that stayed in its group; [`Vitals`] say meanwhile whether it still runs.
//!
//! | file | question |
//! |---|---|
//! | `command` | what does the command say, once its placeholders are filled? |
//! | `process`, `unix`, `windows` | how do its processes start and end? |
//! | `mistake` | why can it not be launched? |
//! | `readiness` | is it ready to be asked? |
//! | `vitals`, `output` | does it still run, and what did it say? |

mod command;
mod mistake;
mod output;
mod process;
mod readiness;
#[cfg(unix)]
mod unix;
mod vitals;
#[cfg(windows)]
mod windows;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use reqwest::Url;
use tempfile::TempDir;

pub use command::{Introduction, PLACEHOLDERS, UnknownPlaceholder};
pub use mistake::{LaunchError, LaunchMistake};
pub use vitals::{Ending, Vitals};

use self::command::{Values, fill};
use self::process::Processes;
use self::readiness::{NotReady, Sign};
use super::plain_request::place;
use super::{Target, TargetError, TimeControl};

/// How long a backend may take to start unless told otherwise.
pub const DEFAULT_READY_TIMEOUT: Duration = Duration::from_secs(60);

/// Where a launched backend is unless told otherwise.
const DEFAULT_ADDRESS: &str = "http://127.0.0.1:{port}";

/// How many of the last lines of a backend are quoted.
pub const LAST_LINES: usize = 40;

/// Where free ports are looked for: below the ranges from which systems take the ports of outgoing connections, so
/// that none of those gets in between.
const PORTS: std::ops::Range<u16> = 10_240..32_768;

/// How many ports of that range are tried.
const TRIES: usize = 50;

/// A backend to be started.
#[derive(Clone, Debug)]
pub struct Launch {
    command: String,
    address: String,
    ready: Option<String>,
    patience: Duration,
}

impl Launch {
    /// Prepares to start a backend with a command, which will be at `address`, and shows by `ready` that it can be
    /// asked: `tcp`, a path, or a URL. Without an address it is `http://127.0.0.1:{port}`; without a sign it is any
    /// answer there.
    ///
    /// # Errors
    ///
    /// Fails when the command is empty or has an unknown placeholder, or the address or the sign cannot be
    /// understood.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::backend::launch::Launch;
    ///
    /// assert!(Launch::new("node server.js --port {port}", None, None).is_ok());
    /// let wrong = Launch::new("node server.js --port {prot}", None, None);
    /// assert!(wrong.unwrap_err().to_string().contains("the nearest is {port}"));
    /// ```
    pub fn new(command: &str, address: Option<&str>, ready: Option<&str>) -> Result<Self, LaunchMistake> {
        let launch = Self {
            command: command.to_owned(),
            address: address.unwrap_or(DEFAULT_ADDRESS).to_owned(),
            ready: ready.map(str::to_owned),
            patience: DEFAULT_READY_TIMEOUT,
        };
        if command.trim().is_empty() {
            return Err(LaunchMistake::NoCommand);
        }
        // Whatever the values will be, what is wrong with the texts is wrong now.
        Values::new(&Introduction::default(), 1).fill(command)?;
        launch.sign(&launch.target(1)?, 1)?;
        Ok(launch)
    }

    /// Sets how long the backend may take to be ready.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Starts the backend and waits until it is ready. What it is told may stand in the folder, which is removed
    /// when it has ended.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be started, ends early, or is not ready in time. Nothing of it is left then.
    pub async fn start(&self, told: Introduction, folder: TempDir) -> Result<Launched, LaunchError> {
        let port = self.port()?;
        let url = self.target(port)?;
        let sign = self.sign(&url, port)?;
        if readiness::is_taken(&url).await {
            let (host, port) = place(&url);
            return Err(LaunchError::Taken { place: format!("{host}:{port}") });
        }
        let values = Values::new(&told, port);
        let script = values.fill(&self.command).map_err(LaunchMistake::from)?;
        let mut variables = told.variables;
        variables.extend(values.variables());
        let processes =
            Processes::start(&self.command, &script, variables, folder.path()).map_err(LaunchError::Start)?;
        let launched = Launched { url, processes, _folder: folder };
        let Err(why) = sign.wait(launched.vitals(), self.patience).await else { return Ok(launched) };
        let output = launched.vitals().last_words(LAST_LINES).await;
        Err(match why {
            NotReady::Ended(ending) => LaunchError::Ended { ending, output },
            NotReady::TooLate(seen) => {
                let seconds = self.patience.as_secs_f64();
                LaunchError::NotReady { seconds, sign: sign.to_string(), seen, output }
            }
        })
    }

    /// Returns the port that the address names, or one that is free.
    fn port(&self) -> Result<u16, LaunchError> {
        let (one, other) = (self.target(1), self.target(2));
        let named = one?;
        // An address that is the same whatever the port has a port of its own.
        if other.is_ok_and(|other| other == named) {
            return Ok(place(&named).1);
        }
        free_port().map_err(LaunchError::NoPort)
    }

    /// Returns where the backend will be.
    fn target(&self, port: u16) -> Result<Url, LaunchMistake> {
        let text = with_port(&self.address, port)?;
        let target = Target::new(&text, TimeControl::Wait(Duration::ZERO))?;
        let not_a_url = |cause| TargetError::NotAUrl { text: text.clone(), cause };
        Ok(Url::parse(target.url()).map_err(not_a_url)?)
    }

    fn sign(&self, url: &Url, port: u16) -> Result<Sign, LaunchMistake> {
        let Some(given) = &self.ready else { return Ok(Sign::Answers(url.clone())) };
        let text = with_port(given, port)?;
        let wrong = || LaunchMistake::Ready { text: given.clone() };
        match text.as_str() {
            "tcp" => Ok(Sign::Connects(url.clone())),
            path if path.starts_with('/') => url.join(path).ok().map(Sign::Welcomes).ok_or_else(wrong),
            other => {
                let url = Url::parse(other).ok().filter(|url| url.scheme() == "http");
                url.map(Sign::Welcomes).ok_or_else(wrong)
            }
        }
    }
}

/// A backend that was launched and is ready. It ends when it is dropped.
#[derive(Debug)]
pub struct Launched {
    url: Url,
    processes: Processes,
    // Dropped after the processes, which may read from it to the end.
    _folder: TempDir,
}

impl Launched {
    /// Returns the address under which the backend's paths begin.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Returns what can be known about it while it is judged.
    #[must_use]
    pub fn vitals(&self) -> &Vitals {
        &self.processes.vitals
    }
}

/// Fills the one placeholder that an address or a sign may have.
fn with_port(text: &str, port: u16) -> Result<String, UnknownPlaceholder> {
    fill(text, |name| (name == "port").then(|| port.to_string()))
}

/// Makes a folder that nobody else can read, for what a backend has to be given in files.
///
/// # Errors
///
/// Fails when the system has no place for it.
pub fn private_folder() -> Result<TempDir, LaunchError> {
    let mut folder = tempfile::Builder::new();
    folder.prefix("wxconform-");
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder.tempdir().map_err(LaunchError::Folder)
}

/// Returns a port of this machine that nobody listens on.
fn free_port() -> io::Result<u16> {
    for _ in 0..TRIES {
        let mut bytes = [0; 2];
        if getrandom::fill(&mut bytes).is_err() {
            break;
        }
        let port = PORTS.start + u16::from_le_bytes(bytes) % (PORTS.end - PORTS.start);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::{Launch, Sign};

    fn sign(address: Option<&str>, ready: Option<&str>) -> Sign {
        let launch = Launch::new("x", address, ready).unwrap();
        let port = launch.port().unwrap();
        launch.sign(&launch.target(port).unwrap(), port).unwrap()
    }

    fn mistake(command: &str, address: Option<&str>, ready: Option<&str>) -> String {
        Launch::new(command, address, ready).unwrap_err().to_string()
    }

    #[test]
    fn an_address_may_name_the_port_or_leave_it_open() {
        let port = |address| Launch::new("x", address, None).unwrap().port().unwrap();
        assert_eq!(port(Some("http://127.0.0.1:4711/api")), 4711);
        assert_eq!(port(Some("http://localhost")), 80);
        for address in [None, Some("http://127.0.0.1:{port}/api")] {
            assert!(super::PORTS.contains(&port(address)), "{address:?}");
        }
    }

    #[test]
    fn the_sign_of_readiness_is_a_connection_an_answer_or_a_welcome() {
        let address = Some("http://127.0.0.1:4711/api");
        let told = |ready| sign(address, ready).to_string();
        assert_eq!(told(None), "an answer from http://127.0.0.1:4711/api/");
        assert_eq!(told(Some("tcp")), "a connection to 127.0.0.1:4711");
        assert_eq!(told(Some("/health?x=1")), "a status below 400 from http://127.0.0.1:4711/health?x=1");
        let elsewhere = "http://127.0.0.1:{port}/up";
        assert_eq!(told(Some(elsewhere)), "a status below 400 from http://127.0.0.1:4711/up");
    }

    #[test]
    fn what_cannot_be_meant_is_told_before_anything_starts() {
        assert!(mistake(" \n", None, None).starts_with("expected a command that starts the backend"));
        assert!(mistake("run {prot}", None, None).contains("the nearest is {port}"));
        assert!(mistake("x", Some("127.0.0.1:{port}"), None).contains("is not a URL"));
        assert!(mistake("x", Some("http://127.0.0.1:{wechat}"), None).contains("no placeholder {wechat}"));
        for ready in ["health", "https://127.0.0.1/", "TCP", ""] {
            let told = mistake("x", None, Some(ready));
            assert!(told.contains(&format!("{ready:?} is no sign of readiness")), "{told}");
        }
    }
}
