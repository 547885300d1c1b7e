//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::record::ExitStatus;
use crate::report::ReportSpec;

/// Judges the login backend of a WeChat mini program.
///
/// It plays the phone, plays WeChat, and between the two it judges the backend: for each requirement of
/// the documented login flow it says whether the backend keeps it, and shows the traffic that proves it.
///
/// Without arguments it judges the built-in reference backend.
#[derive(Debug, Parser)]
#[command(
    name = "wxconform",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true,
    after_long_help = after_help(),
    after_help = "`wxconform --help` explains each option, the exit statuses and shows examples."
)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) run: RunArguments,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge a backend; this is also what happens without a command
    Run(RunArguments),
    /// Serve the stand-in for WeChat by itself, for development
    Wechat(WechatArguments),
    /// Serve the reference backend by itself, correct or with faults
    Backend(BackendArguments),
    /// Play the phone from a script and print what it did
    Simulate(SimulateArguments),
    /// List the requirements
    List(ListArguments),
    /// Explain a requirement: why it matters, its scenarios, how a breach is mended
    Explain(ExplainArguments),
    /// Print the JSON Schema of the JSON report
    Schema,
}

/// What `run` can be told. An option that is absent here may stand in an environment variable or in
/// `wxconform.toml`, in this order of precedence.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct RunArguments {
    /// The backend to judge, such as <http://127.0.0.1:8080>; without it, the built-in reference
    #[arg(long, value_name = "URL", env = "WXCONFORM_BACKEND", hide_env_values = true)]
    pub(super) backend: Option<String>,

    /// Where to stand in for WeChat; the backend must have been told that WeChat is there [default:
    /// 127.0.0.1:9321, or any free port for the built-in backend]
    #[arg(long, value_name = "ADDR", env = "WXCONFORM_WECHAT_LISTEN", hide_env_values = true)]
    pub(super) wechat_listen: Option<String>,

    /// Judge only these requirements: IDs such as CODE-02, or areas such as CODE
    #[arg(
        long,
        value_name = "ID,...",
        value_delimiter = ',',
        env = "WXCONFORM_ONLY",
        hide_env_values = true
    )]
    pub(super) only: Option<Vec<String>>,

    /// Judge only requirements whose tags fit, such as "@must and not @needs-clock"
    #[arg(long, value_name = "EXPR", env = "WXCONFORM_TAGS", hide_env_values = true)]
    pub(super) tags: Option<String>,

    /// Let a broken should count like a broken must
    #[arg(
        long,
        env = "WXCONFORM_STRICT",
        hide_env_values = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "BOOL",
        hide_possible_values = true
    )]
    pub(super) strict: Option<bool>,

    /// Wait out token lifetimes up to this long; longer ones cannot be judged on a foreign backend
    /// [default: 5]
    #[arg(long, value_name = "SECS", env = "WXCONFORM_MAX_WAIT", hide_env_values = true, value_parser = seconds)]
    pub(super) max_wait: Option<Duration>,

    /// Derive every minted value from this number, to repeat a run [default: a random one]
    #[arg(long, value_name = "N", env = "WXCONFORM_SEED", hide_env_values = true, value_parser = seed)]
    pub(super) seed: Option<u64>,

    /// Run this many scenarios at a time [default: 16]
    #[arg(
        long,
        value_name = "N",
        env = "WXCONFORM_JOBS",
        hide_env_values = true,
        value_parser = clap::value_parser!(u16).range(1..=256)
    )]
    pub(super) jobs: Option<u16>,

    /// Write a report: json=PATH or junit=PATH, with - for the standard output; repeatable
    #[arg(
        long,
        value_name = "FORMAT=PATH",
        value_delimiter = ' ',
        env = "WXCONFORM_REPORT",
        hide_env_values = true
    )]
    pub(super) report: Option<Vec<ReportSpec>>,

    /// Show the traffic in full
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// What `wechat` can be told.
#[derive(Args, Debug)]
pub(super) struct WechatArguments {
    /// Where to listen as WeChat
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9321")]
    pub(super) listen: String,

    /// Where to listen for you: this door mints login codes and shows what the backend asked
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9322")]
    pub(super) control: String,

    /// Derive every minted value from this number
    #[arg(long, value_name = "N", value_parser = seed)]
    pub(super) seed: Option<u64>,
}

/// What `backend` can be told.
#[derive(Args, Debug)]
pub(super) struct BackendArguments {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(super) listen: String,

    /// Where WeChat is
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9321")]
    pub(super) wechat: String,

    /// Do this wrong; repeatable
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Vec<String>,

    /// How long a token lives
    #[arg(long, value_name = "SECS", default_value = "7200", value_parser = lifetime)]
    pub(super) token_lifetime: Duration,

    /// List the faults and the requirement that each of them breaks
    #[arg(long)]
    pub(super) list_faults: bool,
}

/// What `simulate` can be told.
#[derive(Args, Debug)]
pub(super) struct SimulateArguments {
    /// The script; without it, the standard input
    #[arg(value_name = "FILE")]
    pub(super) script: Option<PathBuf>,

    /// The backend to play against; without it, the built-in reference
    #[arg(long, value_name = "URL", env = "WXCONFORM_BACKEND", hide_env_values = true)]
    pub(super) backend: Option<String>,

    /// Where to stand in for WeChat when the script has no codes of its own [default: any free port]
    #[arg(long, value_name = "ADDR", env = "WXCONFORM_WECHAT_LISTEN", hide_env_values = true)]
    pub(super) wechat_listen: Option<String>,

    /// Mask tokens, openids' credentials and keys in the output
    #[arg(long)]
    pub(super) redact: bool,
}

/// What `list` can be told.
#[derive(Args, Debug)]
pub(super) struct ListArguments {
    /// List only these requirements: IDs such as CODE-02, or areas such as CODE
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub(super) only: Vec<String>,

    /// List only requirements whose tags fit, such as "@must and not @needs-clock"
    #[arg(long, value_name = "EXPR")]
    pub(super) tags: Option<String>,
}

/// What `explain` can be told.
#[derive(Args, Debug)]
pub(super) struct ExplainArguments {
    /// The requirement, such as CODE-02
    #[arg(value_name = "ID")]
    pub(super) id: String,
}

fn after_help() -> String {
    let statuses: String =
        ExitStatus::ALL.iter().map(|status| format!("  {}  {}\n", status.code(), status.meaning())).collect();
    format!(
        "Exit statuses:\n{statuses}\n\
         Settings:\n  \
         A flag beats a WXCONFORM_* variable, which beats wxconform.toml in the current folder.\n\n\
         Examples:\n  \
         wxconform                                        the whole suite on the built-in backend\n  \
         wxconform --backend http://127.0.0.1:8080        your backend, told that WeChat is at\n                                                   \
         http://127.0.0.1:9321\n  \
         wxconform --only CODE-02,USER --report json=-    a part of it, as JSON\n  \
         wxconform explain CODE-02                        what a requirement is about"
    )
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "expected a number of seconds, such as 5".to_owned())?;
    Duration::try_from_secs_f64(number)
        .ok()
        .filter(|duration| *duration <= Duration::from_secs(24 * 3600))
        .ok_or_else(|| "expected between 0 and 86400 seconds".to_owned())
}

fn lifetime(text: &str) -> Result<Duration, String> {
    let number: u64 = text.parse().map_err(|_| "expected a whole number of seconds".to_owned())?;
    (1..=315_360_000)
        .contains(&number)
        .then(|| Duration::from_secs(number))
        .ok_or_else(|| "expected between 1 and 315360000 seconds".to_owned())
}

/// Reads a seed. It travels in the JSON report, and JSON numbers are exact up to 2^53 only.
fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .filter(|seed| *seed < 1 << 53)
        .ok_or_else(|| "expected a whole number below 9007199254740992".to_owned())
}
