//! `wxconform explore`: look for what no scenario was written for.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use super::arguments::ExploreArguments;
use super::clock::Timing;
use super::columns::{filled, padded};
use super::console::Console;
use super::given::{Given, Options};
use super::listening::{ANY_PORT, DEFAULT_WECHAT, random_seed, start_standin};
use super::problem::Problem;
use super::progress::Things;
use super::{launch, listening, values};
use crate::backend::launch::{Launch, Launched};
use crate::backend::{Target, TimeControl};
use crate::expiry::VirtualClock;
use crate::language::translated;
use crate::record::ExitStatus;
use crate::reference::{Reference, Settings};
use crate::report::printable;
use crate::suite::Catalogue;
use crate::suite::explore::{Difference, Exploration, Exploring, Outcome, explore};

/// How much of a text that may quote the backend is shown.
const QUOTED: usize = 2000;

/// The width of the labels of a difference, and of the blanks below them.
const LABEL: usize = 13;

/// Explores a backend and prints what was found.
pub(super) async fn run(arguments: ExploreArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    for warning in super::environment::warnings(std::env::vars_os()) {
        console.warn(&warning);
    }
    let options = Options::gather(arguments.given())?;
    let wanted = Wanted::read(&arguments, &options)?;
    let draws = console.draws();
    let explored = Box::pin(explored(&wanted, &options, console));
    let exploration = launch::guarded(&options, draws, explored).await?;
    let catalogue = Catalogue::embedded()?;
    console.render(|page, _color, width| match &exploration.outcome {
        Outcome::NoDifference => nothing(page, &wanted, &exploration, width),
        Outcome::Difference(found) => difference(page, &wanted, found, &catalogue, width),
        Outcome::CannotTell(reason) => undecided(page, &wanted, reason, width),
    })?;
    Ok(match exploration.outcome {
        Outcome::NoDifference => ExitStatus::Success,
        Outcome::Difference(_) => ExitStatus::Broken,
        Outcome::CannotTell(_) => ExitStatus::CouldNotJudge,
    })
}

/// What was asked for, all of it read before anything is started.
struct Wanted {
    /// The backend that is to be started, if there is one.
    launch: Option<Launch>,
    /// The command that starts it, as it was given.
    command: Option<String>,
    /// The backend that somebody else started, if it is not to be the reference.
    backend: Option<Target>,
    /// How the time of either passes.
    timing: Timing,
    /// The way of it as it was given.
    clock: Option<String>,
    /// Its address as it was given.
    url: Option<String>,
    listen: SocketAddr,
    /// The address to listen at as it was given.
    listen_text: Option<String>,
    cases: usize,
    longest: usize,
    seed: u64,
}

impl Wanted {
    fn read(arguments: &ExploreArguments, options: &Options) -> Result<Self, Problem> {
        let timing = Timing::read(options)?;
        let launch = launch::read(options)?;
        let backend = options.get("backend").filter(|_| launch.is_none());
        let text = |name| options.get(name).map(|given| given.read(|text| Ok::<_, String>(text.to_owned())));
        let url = text("backend").transpose()?;
        let backend =
            backend.map(|given| given.read(|url| Target::new(url, timing.waiting()))).transpose()?;
        let listen = options.get("wechat-listen").map(|given| given.read(values::address)).transpose()?;
        let seed = options.get("seed").map(|given| given.read(values::seed)).transpose()?;
        Ok(Self {
            listen: listen.unwrap_or(if backend.is_some() { DEFAULT_WECHAT } else { ANY_PORT }),
            listen_text: text("wechat-listen").transpose()?,
            launch,
            command: text("launch").transpose()?,
            backend,
            timing,
            clock: text("clock").transpose()?,
            url,
            cases: Given::flag("cases", &arguments.cases).read(values::cases)?,
            longest: Given::flag("max-steps", &arguments.max_steps).read(values::steps)?,
            seed: seed.map_or_else(random_seed, Ok)?,
        })
    }

    /// Returns the command that plays the same sequences up to this one.
    fn again(&self, case: usize) -> String {
        let mut command = "wxconform explore".to_owned();
        for (option, value) in [("--launch", &self.command), ("--clock", &self.clock)] {
            if let Some(value) = value {
                let quoted = printable(value, QUOTED).replace('\'', r"'\''");
                // Writing into a String cannot fail.
                write!(command, " {option} '{quoted}'").unwrap_or_default();
            }
        }
        for (option, value) in [("--backend", &self.url), ("--wechat-listen", &self.listen_text)] {
            if let Some(value) = value {
                // Writing into a String cannot fail.
                write!(command, " {option} {}", printable(value, QUOTED)).unwrap_or_default();
            }
        }
        let (seed, longest) = (self.seed, self.longest);
        write!(command, " --seed {seed} --cases {case}").unwrap_or_default();
        if longest != crate::suite::explore::DEFAULT_LONGEST {
            write!(command, " --max-steps {longest}").unwrap_or_default();
        }
        command
    }
}

/// Introduces the parties to each other and lets the suite explore.
async fn explored(wanted: &Wanted, options: &Options, console: &mut Console) -> Result<Exploration, Problem> {
    let option = options.get("wechat-listen").map_or("--wechat-listen".to_owned(), ToString::to_string);
    let standin = start_standin(wanted.listen, &option, wanted.seed).await?;
    // Whoever gives both sides one address would explore the stand-in.
    let same = |target: &Target| target.url().starts_with(&format!("{}/", standin.url()));
    if let (Some(given), true) = (options.get("backend"), wanted.backend.as_ref().is_some_and(same)) {
        return Err(given.wrong(listening::taken_by_us()));
    }
    let mut launched = None;
    let (target, reference) = if let Some(wanted_launch) = &wanted.launch {
        let (started, target) = launch::start_timed(wanted_launch, &wanted.timing, &standin, console).await?;
        launched = Some(started);
        (target, None)
    } else if let Some(target) = &wanted.backend {
        (wanted.timing.settle(target.clone(), None, console).await?, None)
    } else {
        let clock = Arc::new(VirtualClock::default());
        let time = TimeControl::Virtual(Arc::clone(&clock));
        let reference =
            Reference::start(ANY_PORT, Settings { clock, ..Settings::new(standin.url()) }).await?;
        (Target::new(&reference.url(), time)?, Some(reference))
    };
    let board = console.board(Things::Sequences, target.url());
    let exploring = Exploring {
        cases: wanted.cases,
        longest: wanted.longest,
        progress: board.progress(),
        ..Exploring::new(target, wanted.seed)
    };
    let exploration = explore(&exploring, &standin).await;
    drop(board);
    launch::quote_the_dead(launched.as_ref().map(Launched::vitals), &standin, console).await;
    drop(launched);
    if let Some(reference) = reference {
        reference.stop().await.map_err(Problem::defect)?;
    }
    Ok(exploration?)
}

fn nothing(page: &mut dyn Write, wanted: &Wanted, explored: &Exploration, width: usize) -> io::Result<()> {
    let Wanted { cases, seed, .. } = wanted;
    writeln!(
        page,
        "{}",
        tr!(
            "NO DIFFERENCE  {cases} sequences · {requests} requests by phones · seed {seed}",
            requests = explored.requests,
            cases,
            seed
        )
    )?;
    if let Some(reason) = &explored.time_stood_still {
        row(page, &tr!("not explored"), &tr!("the end of tokens: {reason}", reason), width)?;
    }
    Ok(())
}

fn undecided(page: &mut dyn Write, wanted: &Wanted, reason: &str, width: usize) -> io::Result<()> {
    writeln!(page, "{}", tr!("COULD NOT JUDGE  seed {seed}", seed = wanted.seed))?;
    row(page, &tr!("reason"), &printable(reason, QUOTED), width)
}

fn difference(
    page: &mut dyn Write,
    wanted: &Wanted,
    found: &Difference,
    catalogue: &Catalogue,
    width: usize,
) -> io::Result<()> {
    let Difference { case, events: (before, after), .. } = found;
    let Wanted { cases, seed, .. } = wanted;
    writeln!(
        page,
        "{}",
        tr!(
            "DIFFERENCE  sequence {case} of {cases}, seed {seed}: {n} event, {needed} of them needed\n"
                | "DIFFERENCE  sequence {case} of {cases}, seed {seed}: {n} events, {needed} of them needed\n"
                    % *before,
            case = case,
            cases = cases,
            seed = seed,
            needed = after
        )
    )?;
    writeln!(page, "{}", found.scenario)?;
    let requirement = catalogue.find(&found.requirement);
    let sentence = requirement.map_or_else(String::new, |requirement| translated(&requirement.sentence));
    row(page, &tr!("most likely"), &format!("{}  {sentence}", found.requirement), width)?;
    row(page, &tr!("step"), &translated(&found.step), width)?;
    row(page, &tr!("expected"), &printable(&found.expected, QUOTED), width)?;
    row(page, &tr!("actual"), &printable(&found.actual, QUOTED), width)?;
    if !found.repeatable {
        let text =
            tr!("the backend did not differ when the same was played once more, so nothing was left out");
        row(page, &tr!("but"), &text, width)?;
    }
    match &found.script.json {
        // A script is for a machine, so it is not wrapped.
        Some(script) => writeln!(page, "{}{script}", padded(&tr!("simulate"), LABEL))?,
        None => row(page, &tr!("simulate"), &tr!("there is nothing for it to play"), width)?,
    }
    for remark in &found.script.remarks {
        row(page, "", remark, width)?;
    }
    writeln!(page, "{}{}", padded(&tr!("again"), LABEL), wanted.again(*case))?;
    if requirement.is_some() {
        row(page, &tr!("more"), &format!("wxconform explain {}", found.requirement), width)?;
    }
    Ok(())
}

/// Writes a labelled text, its further lines below its first one.
fn row(page: &mut dyn Write, label: &str, text: &str, width: usize) -> io::Result<()> {
    writeln!(page, "{}", filled(width, &padded(label, LABEL), &" ".repeat(LABEL), text))
}
