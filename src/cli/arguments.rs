//! The command line.

mod contract;
mod report;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(super) use contract::{ContractArguments, ContractChoice, ContractCommand, ContractInit};
pub(super) use report::{
    ReportArguments, ReportCommand, ReportDiff, ReportMerge, ReportRender, ReportVerify,
};

use super::given::{Given, Source};
use super::help;
use super::launch::LaunchArguments;
use crate::backend::DOCUMENTED;

/// Judges the login backend of a WeChat mini program.
///
/// It plays the phone, plays WeChat, and between the two it judges your backend, in whatever language it is
/// written: for each requirement of the documented login flow it says whether the backend keeps it, and shows
/// the traffic that proves it.
///
/// Without arguments it judges the built-in reference backend, which is a way to see what it does.
///
/// To judge yours, tell it that WeChat is at `http://127.0.0.1:9321` instead of `https://api.weixin.qq.com`,
/// with appid wx0123456789abcdef and secret 0123456789abcdef0123456789abcdef; start it; then run `wxconform
/// --backend URL`. `wxconform wechat` serves the same WeChat for as long as you like, to try it by hand.
#[derive(Debug, Parser)]
#[command(
    name = "wxconform",
    version,
    max_term_width = help::WIDTH,
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true,
    after_long_help = help::closing(),
    after_help = "`wxconform --help` says more, lists the exit statuses and shows examples."
)]
pub struct Arguments {
    #[command(flatten)]
    pub(super) run: RunArguments,
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    /// The language of all that is said: en or zh [default: that of the system]
    // It is taken out of the words before they are read, and stands here for the help and for what is completed.
    #[arg(long, value_name = "LANG", global = true, value_parser = ["en", "zh"], hide_possible_values = true)]
    lang: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge a backend; this is also what happens without a command
    #[command(after_help = help::RUN)]
    Run(Box<RunArguments>),
    /// Say what stands in the way of judging a backend: no verdict, but what to do next
    #[command(after_help = help::DOCTOR)]
    Doctor(DoctorArguments),
    /// Serve the stand-in for WeChat by itself, for development
    #[command(after_help = help::WECHAT)]
    Wechat(WechatArguments),
    /// Serve the reference backend by itself, correct or with faults
    #[command(after_help = help::BACKEND)]
    Backend(BackendArguments),
    /// Play the phone from a script and print what it did
    #[command(after_help = help::SIMULATE)]
    Simulate(SimulateArguments),
    /// Look for a sequence of events, thought of by nobody, on which a backend goes wrong
    #[command(after_help = help::EXPLORE)]
    Explore(ExploreArguments),
    /// Show, check and write contracts: how a backend spells the flow
    #[command(after_help = help::CONTRACT)]
    Contract(ContractArguments),
    /// Compare, join, check and turn into other formats the JSON reports of earlier runs
    #[command(after_help = help::REPORT)]
    Report(ReportArguments),
    /// List the requirements
    List(ListArguments),
    /// Explain a requirement: why it matters, its scenarios, how a breach is mended
    Explain(ExplainArguments),
    /// Write the specification as pages for a browser: requirements, scenarios, faults, contracts
    #[command(after_help = help::DOCS)]
    Docs(DocsArguments),
    /// Print the JSON Schema of the JSON report
    Schema,
    /// Print what a shell completes on the command line
    #[command(after_help = help::COMPLETIONS)]
    Completions(CompletionsArguments),
}

/// What `run` can be told. Values stay text here: an environment variable or `wxconform.toml` may say the
/// same, and all three are read in one place, so that a wrong value is told in the same words.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct RunArguments {
    /// The backend to judge, such as `http://127.0.0.1:8080` [default: the built-in reference, or
    /// `http://127.0.0.1:{port}` with --launch]
    #[arg(long, value_name = "URL")]
    pub(super) backend: Option<String>,

    #[command(flatten)]
    pub(super) launch: LaunchArguments,

    /// Where to stand in for WeChat; your backend must have been told that WeChat is there [default:
    /// 127.0.0.1:9321, or any free port for the built-in backend and with --launch]
    #[arg(long, value_name = "ADDR")]
    pub(super) wechat_listen: Option<String>,

    /// How the backend spells the flow: the name of a built-in contract, see `wxconform contract list`, or a
    /// file [default: documented]
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) contract: Option<String>,

    /// Change a key of the contract, such as vars.client=shop; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,

    /// Judge only these requirements: IDs such as CODE-02, or areas such as CODE
    #[arg(long, value_name = "ID,...")]
    pub(super) only: Vec<String>,

    /// Judge only requirements whose tags fit, such as "@must and not @needs-clock"
    #[arg(long, value_name = "EXPR")]
    pub(super) tags: Option<String>,

    /// Judge only this part of the plan: I/N such as 1/3, or `ci` on GitLab and `ci/N` in an Indexed Job of
    /// Kubernetes, which know I; `wxconform report merge` joins the parts
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<String>,

    /// Share the plan out by the durations in this JSON report; every shard needs the same
    #[arg(long, value_name = "REPORT.json")]
    pub(super) durations: Option<String>,

    /// Let a broken should count like a broken must
    #[arg(
        long,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        value_name = "BOOL"
    )]
    pub(super) strict: Option<String>,

    /// Waive the known deviations that this file lists with a reason and an owner; status 5 when one of them
    /// no longer occurs or is past its date
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<String>,

    /// Write a baseline with every deviation of this run; what --baseline or an older FILE says about them is
    /// kept
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,

    /// Make time pass on your backend: wait, faketime (with --launch), or a request that puts its clock forward,
    /// such as 'POST /test/clock?advance={seconds}' [default: wait]
    #[arg(long, value_name = "HOW")]
    pub(super) clock: Option<String>,

    /// Wait out token lifetimes up to this long; on your backend, requirements about the end of a token
    /// that lives longer are skipped [default: 5]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true)]
    pub(super) max_wait: Option<String>,

    /// Derive every minted value from this number, to repeat a run [default: a random one, or 1 with --shard]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(super) seed: Option<String>,

    /// Run this many scenarios at a time [default: 16]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(super) jobs: Option<String>,

    /// Write a report, with - for the standard output; repeatable. The formats are html, json, junit, sarif, messages,
    /// markdown, tap, github, gitlab and badge
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) report: Vec<String>,

    /// Show every scenario, and the traffic in full
    #[arg(long, short)]
    pub(super) verbose: bool,

    /// Leave session keys, tokens and credentials in the result and in the reports, to debug on your own machine
    #[arg(long)]
    pub(super) show_secrets: bool,
    /// Print no page and show no progress: the status and the reports say it all
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
}

/// What `doctor` can be told. As with `run`, values stay text here.
#[derive(Args, Debug)]
pub(super) struct DoctorArguments {
    /// The backend to examine, such as `http://127.0.0.1:8080` [default: the built-in reference, or
    /// `http://127.0.0.1:{port}` with --launch]
    #[arg(long, value_name = "URL")]
    pub(super) backend: Option<String>,

    #[command(flatten)]
    pub(super) launch: LaunchArguments,

    /// Where to stand in for WeChat; your backend must have been told that WeChat is there [default:
    /// 127.0.0.1:9321, or any free port for the built-in backend and with --launch]
    #[arg(long, value_name = "ADDR")]
    pub(super) wechat_listen: Option<String>,

    /// How the backend spells the flow: the name of a built-in contract, see `wxconform contract list`, or a
    /// file [default: documented]
    #[arg(long, value_name = "NAME|FILE")]
    pub(super) contract: Option<String>,

    /// Change a key of the contract, such as vars.client=shop; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,

    /// Make time pass on your backend: wait, faketime (with --launch), or a request that puts its clock forward,
    /// such as 'POST /test/clock?advance={seconds}' [default: wait]
    #[arg(long, value_name = "HOW")]
    pub(super) clock: Option<String>,

    /// Up to which lifetime a run would wait tokens out [default: 5]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true)]
    pub(super) max_wait: Option<String>,
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

    /// Derive every minted value from this number [default: a random one]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(super) seed: Option<String>,

    /// Make trouble over every code that is minted, such as http-502-html
    #[arg(long, value_name = "NAME")]
    pub(super) trouble: Option<String>,

    /// Write the certificate of the authority that vouches for this WeChat over TLS, in PEM. Beside it come
    /// FILE.jks for Java, FILE.cjs for Node, and the folder FILE.php for PHP
    #[arg(long, value_name = "FILE")]
    pub(super) ca_out: Option<PathBuf>,

    /// Print, for a shell, the variables that lead a backend here which has the address of WeChat built in;
    /// needs --ca-out
    #[arg(long)]
    pub(super) print_env: bool,

    /// List the troubles and what a correct backend makes of each of them
    #[arg(long)]
    pub(super) list_troubles: bool,
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

    /// Spell the flow as this contract says: the name of a built-in one, see `wxconform contract list`, or a
    /// file
    #[arg(long, value_name = "NAME|FILE", default_value = DOCUMENTED)]
    pub(super) contract: String,

    /// Change a key of the contract, such as vars.client=shop; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,

    /// Do this wrong, such as code-cached; repeatable
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Vec<String>,

    /// Be right in another way, such as jwt-hs256; repeatable
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Vec<String>,

    /// How long a token lives [default: what the contract says, or else 7200]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true)]
    pub(super) token_lifetime: Option<String>,

    /// List the faults and the requirement that each of them breaks
    #[arg(long)]
    pub(super) list_faults: bool,

    /// List the ways in which the backend can differ and still be right
    #[arg(long)]
    pub(super) list_variants: bool,
}

/// What `simulate` can be told.
#[derive(Args, Debug)]
pub(super) struct SimulateArguments {
    /// The script [default: the standard input]
    #[arg(value_name = "FILE")]
    pub(super) script: Option<PathBuf>,

    /// The backend to play against [default: the built-in reference, or `http://127.0.0.1:{port}` with
    /// --launch]
    #[arg(long, value_name = "URL")]
    pub(super) backend: Option<String>,

    #[command(flatten)]
    pub(super) launch: LaunchArguments,

    /// Where to stand in for WeChat when the script has no codes of its own [default: any free port]
    #[arg(long, value_name = "ADDR")]
    pub(super) wechat_listen: Option<String>,

    /// Mask session keys, secrets, tokens and credentials in the output
    #[arg(long)]
    pub(super) redact: bool,
}

/// What `explore` can be told. As with `run`, values stay text here.
#[derive(Args, Debug)]
pub(super) struct ExploreArguments {
    /// The backend to explore, such as `http://127.0.0.1:8080` [default: the built-in reference, or
    /// `http://127.0.0.1:{port}` with --launch]
    #[arg(long, value_name = "URL")]
    pub(super) backend: Option<String>,

    #[command(flatten)]
    pub(super) launch: LaunchArguments,

    /// Where to stand in for WeChat; your backend must have been told that WeChat is there [default:
    /// 127.0.0.1:9321, or any free port for the built-in backend and with --launch]
    #[arg(long, value_name = "ADDR")]
    pub(super) wechat_listen: Option<String>,

    /// Play this many sequences
    #[arg(long, value_name = "N", default_value = "100", allow_negative_numbers = true)]
    pub(super) cases: String,

    /// Let a sequence have at most this many events
    #[arg(long, value_name = "N", default_value = "20", allow_negative_numbers = true)]
    pub(super) max_steps: String,

    /// Draw the sequences from this number, to repeat them [default: a random one]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(super) seed: Option<String>,

    /// Make time pass on your backend: wait, faketime (with --launch), or a request that puts its clock forward,
    /// such as 'POST /test/clock?advance={seconds}' [default: wait]
    #[arg(long, value_name = "HOW")]
    pub(super) clock: Option<String>,

    /// Wait out token lifetimes up to this long; on your backend, the end of a token that lives longer is
    /// not explored [default: 5]
    #[arg(long, value_name = "SECS", allow_negative_numbers = true)]
    pub(super) max_wait: Option<String>,
}

/// What `list` can be told.
#[derive(Args, Debug)]
pub(super) struct ListArguments {
    /// List only these requirements: IDs such as CODE-02, or areas such as CODE
    #[arg(long, value_name = "ID,...")]
    pub(super) only: Vec<String>,

    /// List only requirements whose tags fit, such as "@must and not @needs-clock"
    #[arg(long, value_name = "EXPR")]
    pub(super) tags: Option<String>,
}

/// What `docs` can be told.
#[derive(Args, Debug)]
pub(super) struct DocsArguments {
    /// The folder to write to, which is made if need be; an older site in it is replaced
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
}

/// What `completions` can be told.
#[derive(Args, Debug)]
pub(super) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

/// What `explain` can be told.
#[derive(Args, Debug)]
pub(super) struct ExplainArguments {
    /// The requirement, such as CODE-02
    #[arg(value_name = "ID")]
    pub(super) id: String,
}

impl RunArguments {
    /// Returns the options that can also be given elsewhere, as far as they were given here.
    pub(super) fn given(&self) -> Vec<Given> {
        let single = [
            ("backend", &self.backend),
            ("baseline", &self.baseline),
            ("clock", &self.clock),
            ("contract", &self.contract),
            ("durations", &self.durations),
            ("jobs", &self.jobs),
            ("max-wait", &self.max_wait),
            ("seed", &self.seed),
            ("shard", &self.shard),
            ("strict", &self.strict),
            ("tags", &self.tags),
            ("wechat-listen", &self.wechat_listen),
        ];
        let single = single.into_iter().filter_map(|(name, text)| flag(name, text.as_deref()));
        let lists = [("only", &self.only), ("report", &self.report), ("set", &self.set)];
        let lists = lists.into_iter().filter_map(|(name, texts)| flags(name, texts));
        single.chain(lists).chain(self.launch.given()).collect()
    }
}

impl DoctorArguments {
    /// Returns the options that can also be given elsewhere, as far as they were given here.
    pub(super) fn given(&self) -> Vec<Given> {
        let single = [
            ("backend", &self.backend),
            ("clock", &self.clock),
            ("contract", &self.contract),
            ("max-wait", &self.max_wait),
            ("wechat-listen", &self.wechat_listen),
        ];
        let single = single.into_iter().filter_map(|(name, text)| flag(name, text.as_deref()));
        single.chain(flags("set", &self.set)).chain(self.launch.given()).collect()
    }
}

impl SimulateArguments {
    /// Returns the options that can also be given elsewhere, as far as they were given here.
    pub(super) fn given(&self) -> Vec<Given> {
        let single = [("backend", &self.backend), ("wechat-listen", &self.wechat_listen)];
        let single = single.into_iter().filter_map(|(name, text)| flag(name, text.as_deref()));
        single.chain(self.launch.given()).collect()
    }
}

impl ExploreArguments {
    /// Returns the options that can also be given elsewhere, as far as they were given here.
    pub(super) fn given(&self) -> Vec<Given> {
        let single = [
            ("backend", &self.backend),
            ("clock", &self.clock),
            ("max-wait", &self.max_wait),
            ("seed", &self.seed),
            ("wechat-listen", &self.wechat_listen),
        ];
        let single = single.into_iter().filter_map(|(name, text)| flag(name, text.as_deref()));
        single.chain(self.launch.given()).collect()
    }
}

impl ListArguments {
    /// Returns the options as far as they were given.
    pub(super) fn given(&self) -> Vec<Given> {
        flags("only", &self.only).into_iter().chain(flag("tags", self.tags.as_deref())).collect()
    }
}

fn flag(name: &'static str, text: Option<&str>) -> Option<Given> {
    text.map(|text| Given::flag(name, text))
}

fn flags(name: &'static str, texts: &[String]) -> Option<Given> {
    (!texts.is_empty()).then(|| Given::new(name, Source::Flag, texts.to_vec()))
}
