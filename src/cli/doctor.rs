//! `wxconform doctor`: what stands in the way of judging a backend?

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use textwrap::core::display_width;

use super::arguments::DoctorArguments;
use super::clock::Timing;
use super::columns::{options, padded};
use super::console::Console;
use super::given::Options;
use super::listening::{ANY_PORT, DEFAULT_WECHAT, random_seed, start_standin};
use super::problem::Problem;
use super::{launch, listening, values};
use crate::backend::doctor::{Finding, State};
use crate::backend::launch::{Launch, Launched};
use crate::backend::{Contract, Target, TimeControl};
use crate::expiry::VirtualClock;
use crate::language::translated;
use crate::record::ExitStatus;
use crate::reference::{Reference, Settings};
use crate::report::printable;
use crate::suite::{Examining, examine};

/// The width of word and question, and of the blanks below them.
const LABEL: usize = 22;

/// How much of a text that may quote the backend is shown.
const QUOTED: usize = 2000;

/// The variables that name proxies, and exceptions from them.
const PROXIES: &[&str] = &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// Examines a backend and prints what was found.
pub(super) async fn run(arguments: DoctorArguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    for warning in super::environment::warnings(std::env::vars_os()) {
        console.warn(&warning);
    }
    let options = Options::gather(arguments.given())?;
    let wanted = Wanted::read(&options)?;
    let draws = console.draws();
    let examined = Box::pin(examined(&wanted, &options, console));
    let findings = launch::guarded(&options, draws, examined).await?;
    let wrong = findings.iter().any(|finding| matches!(finding.state, State::Wrong(_)));
    console.render(|page, _color, width| {
        for finding in &findings {
            told(page, finding, width)?;
        }
        let end = if wrong {
            tr!("\nsomething stands in the way: a run could judge little or nothing")
        } else {
            tr!("\nnothing stands in the way: the same options without `doctor` judge the backend")
        };
        writeln!(page, "{end}")
    })?;
    Ok(if wrong { ExitStatus::CouldNotJudge } else { ExitStatus::Success })
}

/// What was asked for, all of it read before anything is started.
struct Wanted {
    launch: Option<Launch>,
    backend: Option<Target>,
    timing: Timing,
    listen: SocketAddr,
    contract: Contract,
}

impl Wanted {
    fn read(options: &Options) -> Result<Self, Problem> {
        let timing = Timing::read(options)?;
        let launch = launch::read(options)?;
        let backend = options.get("backend").filter(|_| launch.is_none());
        let backend =
            backend.map(|given| given.read(|url| Target::new(url, timing.waiting()))).transpose()?;
        let listen = options.get("wechat-listen").map(|given| given.read(values::address)).transpose()?;
        let contract = super::contract::wanted(options)?;
        let listen = listen.unwrap_or(if backend.is_some() { DEFAULT_WECHAT } else { ANY_PORT });
        Ok(Self { launch, backend, timing, listen, contract })
    }
}

/// Introduces the parties to each other and lets the suite look at them.
async fn examined(
    wanted: &Wanted,
    options: &Options,
    console: &mut Console,
) -> Result<Vec<Finding>, Problem> {
    let option = options.get("wechat-listen").map_or("--wechat-listen".to_owned(), ToString::to_string);
    let standin = start_standin(wanted.listen, &option, random_seed()?).await?;
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
    // A launched backend is told to leave this machine out of any proxy.
    let proxies = if wanted.launch.is_some() { Vec::new() } else { proxies() };
    let examining = Examining { target, contract: wanted.contract.clone(), proxies };
    let findings =
        console.patiently(mark!("looks at the backend"), Box::pin(examine(&examining, &standin))).await;
    launch::quote_the_dead(launched.as_ref().map(Launched::vitals), &standin, console).await;
    drop(launched);
    if let Some(reference) = reference {
        reference.stop().await.map_err(Problem::defect)?;
    }
    Ok(findings?)
}

/// Returns the variables of our own environment that name proxies.
fn proxies() -> Vec<(String, String)> {
    let value = |name: &&str| Some(((*name).to_owned(), std::env::var(name).ok()?));
    PROXIES.iter().filter_map(value).collect()
}

/// Writes a finding: one line, and below it what was expected and what to do.
fn told(page: &mut dyn Write, finding: &Finding, width: usize) -> io::Result<()> {
    let (word, question) = (translated(finding.state.word()), translated(finding.question.name()));
    let head = format!("{} {} ", padded(&word, 8), padded(&question, 12));
    match &finding.state {
        State::Well(text) | State::Unknown(text) => row(page, &head, text, width),
        State::Wrong(complaint) | State::Note(complaint) => {
            row(page, &head, &complaint.seen, width)?;
            row(page, &below(&tr!("expected")), &complaint.expected, width)?;
            row(page, &below(&tr!("next")), &complaint.advice, width)
        }
    }
}

/// Returns a label below a question, at the right edge of its column.
fn below(label: &str) -> String {
    format!("{}{label}  ", " ".repeat((LABEL - 2).saturating_sub(display_width(label))))
}

/// Writes a labelled text, its further lines below its first one.
fn row(page: &mut dyn Write, head: &str, text: &str, width: usize) -> io::Result<()> {
    let indent = " ".repeat(LABEL);
    // What is to be copied, such as an address or a pointer, stays in one piece.
    let options = options(width)
        .initial_indent(head)
        .subsequent_indent(&indent)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    writeln!(page, "{}", textwrap::fill(&printable(text, QUOTED), options))
}
