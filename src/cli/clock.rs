//! How does the time of somebody else's backend pass?

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::console::Console;
use super::given::{Given, Options};
use super::problem::Problem;
use super::values;
use crate::backend::clock::{ClockChoice, RemoteClock, Rounding, faketime};
use crate::backend::{Contract, ExpireBy, Target, TimeControl};

/// How far a clock is put forward to see whether the backend does it.
const STEP: Duration = Duration::from_secs(1);

/// How the user wants time to pass, as far as it is known before anything is started.
#[derive(Clone, Debug)]
pub(super) struct Timing {
    choice: ClockChoice,
    /// The option in which it was chosen.
    given: Option<Given>,
    /// How time passes where the clock stays as it is.
    waiting: TimeControl,
}

impl Timing {
    /// Reads what the options say.
    pub(super) fn read(options: &Options) -> Result<Self, Problem> {
        let max_wait = options.get("max-wait").map(|given| given.read(values::wait)).transpose()?;
        let waiting = TimeControl::Wait(max_wait.unwrap_or(TimeControl::DEFAULT_MAX_WAIT));
        let Some(given) = options.get("clock") else {
            return Ok(Self { choice: ClockChoice::Wait, given: None, waiting });
        };
        let choice: ClockChoice = given.read(str::parse)?;
        let launched = options.get("launch").is_some();
        match &choice {
            ClockChoice::Faketime(_) if !launched => {
                return Err(given
                    .wrong(tr!("faketime reaches processes that wxconform starts; give --launch as well")));
            }
            ClockChoice::Faketime(Some(path)) if !path.is_file() => {
                return Err(given.wrong(tr!("there is no file {path}", path = path.display())));
            }
            ClockChoice::Request(_) if !launched && options.get("backend").is_none() => {
                return Err(given.wrong(tr!(
                    "the clock of the built-in backend is moved anyway; give --backend or --launch"
                )));
            }
            ClockChoice::Wait | ClockChoice::Faketime(_) | ClockChoice::Request(_) => {}
        }
        Ok(Self { choice, given: Some(given.clone()), waiting })
    }

    /// Follows what a contract says, unless the user has said something else or judges the built-in backend.
    pub(super) fn or_as_contract_says(mut self, contract: &Contract, foreign: bool) -> Result<Self, Problem> {
        if let (None, true, ExpireBy::Clock(request)) = (&self.given, foreign, &contract.expire_by) {
            let wrong = |error| {
                Problem::usage(tr!(
                    "contract {name}: expire_by.request: {error}",
                    name = contract.name,
                    error
                ))
            };
            self.choice = request.parse().map_err(wrong)?;
        }
        Ok(self)
    }

    /// Returns how time passes unless the clock can be put forward.
    pub(super) fn waiting(&self) -> TimeControl {
        self.waiting.clone()
    }

    /// Makes ready what processes need so that their clock can be put forward: the clock, and the variables for them.
    pub(super) async fn for_processes(
        &self,
        folder: &Path,
    ) -> Result<Option<(RemoteClock, Vec<(String, String)>)>, Problem> {
        let ClockChoice::Faketime(named) = &self.choice else { return Ok(None) };
        let library = named.clone().or_else(faketime::find).ok_or_else(|| self.not_found())?;
        faketime::before(&library, folder).await.map(Some).map_err(Problem::could_not_judge)
    }

    fn not_found(&self) -> Problem {
        let detail =
            tr!("libfaketime was not found; install it (Debian: apt-get install libfaketime), or name it: \
             faketime:/path/libfaketime.so.1");
        match &self.given {
            Some(given) => given.wrong(detail),
            None => Problem::usage(detail),
        }
    }

    /// Says how the time of a backend passes that is ready, by finding out. `of_processes` is the clock of the
    /// processes that were started.
    pub(super) async fn settle(
        &self,
        target: Target,
        of_processes: Option<RemoteClock>,
        console: &mut Console,
    ) -> Result<Target, Problem> {
        let base = target.base().clone();
        let wrong = |detail: String| match &self.given {
            Some(given) => given.wrong(detail),
            None => Problem::usage(detail),
        };
        let clock = match (&self.choice, of_processes) {
            (ClockChoice::Request(request), _) => {
                let clock =
                    RemoteClock::by_request(request, &base).map_err(|error| wrong(error.to_string()))?;
                let moved = clock.put_forward(STEP, Rounding::Up).await;
                moved.map_err(|error| wrong(error.to_string()))?;
                clock
            }
            (ClockChoice::Faketime(_), Some(clock)) => match faketime::check(&clock, &base).await {
                Ok(()) => clock,
                Err(reason) => {
                    console.warn(&tr!(
                        "--clock faketime does not reach this backend: {reason}; tokens are waited for instead \
                         (--max-wait)",
                        reason
                    ));
                    return Ok(target.with_time(self.waiting()));
                }
            },
            (ClockChoice::Wait | ClockChoice::Faketime(_), _) => return Ok(target.with_time(self.waiting())),
        };
        Ok(target.with_time(TimeControl::Remote(Arc::new(clock))))
    }
}
