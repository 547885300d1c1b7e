//! What did the user ask for?
//!
//! One file per command. A command reads its arguments, calls the library, prints, and returns an
//! [`ExitStatus`]; only `main` ends the process. Start with [`main`].

mod annotations;
mod arguments;
mod backend;
mod baseline;
mod choice;
mod clock;
mod columns;
mod completions;
mod console;
mod contract;
mod contract_init;
mod docs;
mod doctor;
mod environment;
mod explain;
mod explore;
mod file;
mod given;
mod help;
mod language;
mod launch;
mod list;
mod listening;
mod localised;
mod mistake;
mod problem;
mod progress;
mod quality;
mod redirects;
mod report;
mod reports;
mod run;
mod schema;
mod shard;
mod signals;
mod simulate;
mod values;
mod wechat;

pub use arguments::Arguments;

use std::process::ExitCode;

use crate::record::ExitStatus;
use arguments::Command;
use console::Console;
use problem::Problem;

/// Runs the command that the process's arguments ask for, and returns its exit status.
///
/// # Panics
///
/// A panic is a defect of this program. It ends the process with 101, which is never a verdict.
#[must_use]
pub fn main() -> ExitCode {
    let mut console = Console::of_process();
    // What is said about wrong arguments has a language too, so it is settled before they are read.
    let words = match language::settle(std::env::args_os()) {
        Ok(words) => words,
        Err(problem) => {
            console.complain(problem.cause());
            return ExitCode::from(problem.code());
        }
    };
    let arguments = match language::read(words) {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(console.clap(&error).code()),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            console.complain(&error);
            return ExitCode::from(ExitStatus::CouldNotJudge.code());
        }
    };
    match runtime.block_on(dispatch(arguments, &mut console)) {
        Ok(status) => ExitCode::from(status.code()),
        Err(problem) => {
            console.complain(problem.cause());
            ExitCode::from(problem.code())
        }
    }
}

async fn dispatch(arguments: Arguments, console: &mut Console) -> Result<ExitStatus, Problem> {
    match arguments.command {
        None => run::run(arguments.run, console).await,
        Some(Command::Run(run)) => run::run(*run, console).await,
        Some(Command::Doctor(doctor)) => doctor::run(doctor, console).await,
        Some(Command::Wechat(wechat)) => wechat::run(wechat, console).await,
        Some(Command::Backend(backend)) => backend::run(backend, console).await,
        Some(Command::Simulate(simulate)) => simulate::run(simulate, console).await,
        Some(Command::Explore(explore)) => explore::run(explore, console).await,
        Some(Command::Contract(contract)) => contract::run(&contract.command, console),
        Some(Command::Report(report)) => report::run(&report, console),
        Some(Command::List(list)) => list::run(&list, console),
        Some(Command::Explain(explain)) => explain::run(&explain, console),
        Some(Command::Docs(docs)) => docs::run(&docs, console),
        Some(Command::Completions(completions)) => completions::run(&completions, console),
        Some(Command::Schema) => schema::run(console),
    }
}
