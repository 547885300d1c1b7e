//! How fast is it, told as ratios?
//!
//! Absolute times belong to a machine, so everything is measured beside something familiar, in turns, in one
//! process. `cargo bench` runs all parts, `cargo bench -- standin` one of them. Without the `--bench` that cargo
//! adds, as in `cargo test --benches`, every part is played once and briefly, to show that it still works.

#![expect(clippy::print_stdout, reason = "the result of a bench is what it prints")]

mod compare;
mod one_login;
mod parties;
mod process;
mod secrecy;
mod standin;
mod usage;
mod whole_run;

/// Why there is no figure.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// How often all contenders take their turn.
    rounds: usize,
    /// What the numbers of repetitions are divided by.
    divisor: usize,
}

impl Effort {
    const FULL: Self = Self { rounds: 15, divisor: 1 };
    const BRIEF: Self = Self { rounds: 1, divisor: 50 };

    fn of(self, repetitions: usize) -> usize {
        repetitions.div_ceil(self.divisor)
    }
}

type Part = fn(Effort) -> Result<(), Failure>;

/// Every part by its name. The whole run comes first, as it reports the memory of a fresh process.
const PARTS: &[(&str, Part)] = &[
    ("whole_run", whole_run::measure),
    ("process", process::measure),
    ("one_login", one_login::measure),
    ("standin", standin::measure),
    ("memory", standin::measure_memory),
    ("secrecy", secrecy::measure),
];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let effort = if arguments.iter().any(|one| one == "--bench") { Effort::FULL } else { Effort::BRIEF };
    let wanted: Vec<&String> = arguments.iter().filter(|one| !one.starts_with('-')).collect();
    let processors = std::thread::available_parallelism()?;
    println!("{processors} processors; median (smallest to largest) of {} rounds", effort.rounds);
    for (name, part) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| name.contains(wanted.as_str())) {
            println!("\n{name}");
            part(effort)?;
        }
    }
    Ok(())
}
