//! What `report` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What `report` can be told.
#[derive(Args, Debug)]
pub(in crate::cli) struct ReportArguments {
    #[command(subcommand)]
    pub(in crate::cli) command: ReportCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ReportCommand {
    /// Print the page of an earlier run, and write its report in other formats
    Render(ReportRender),
    /// Join the reports of all shards of a run; status 4 when they are not the whole plan
    Merge(ReportMerge),
    /// Say what was fixed, what broke, what is new and what is gone; status 1 when something became worse
    Diff(ReportDiff),
    /// Say whether a report is still what the run wrote; status 1 when it is not
    Verify(ReportVerify),
}

/// What is made of a report.
#[derive(Args, Debug)]
pub(in crate::cli) struct ReportRender {
    /// The JSON report
    #[arg(value_name = "REPORT.json")]
    pub(in crate::cli) file: PathBuf,

    /// Write a report, as with `run`; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(in crate::cli) report: Vec<String>,

    /// Show every scenario, and the traffic in full
    #[arg(long, short)]
    pub(in crate::cli) verbose: bool,
}

/// Which reports are joined.
#[derive(Args, Debug)]
pub(in crate::cli) struct ReportMerge {
    /// The JSON reports of the shards, in any order
    #[arg(value_name = "SHARD.json", required = true)]
    pub(in crate::cli) files: Vec<PathBuf>,

    /// Write a report of the whole, as with `run`; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(in crate::cli) report: Vec<String>,

    /// Show every scenario, and the traffic in full
    #[arg(long, short)]
    pub(in crate::cli) verbose: bool,
}

/// Which reports are compared.
#[derive(Args, Debug)]
pub(in crate::cli) struct ReportDiff {
    /// The JSON report from before
    #[arg(value_name = "OLD.json")]
    pub(in crate::cli) old: PathBuf,

    /// The JSON report from after
    #[arg(value_name = "NEW.json")]
    pub(in crate::cli) new: PathBuf,

    /// Let a should count like a must
    #[arg(long)]
    pub(in crate::cli) strict: bool,
}

/// Which report is checked.
#[derive(Args, Debug)]
pub(in crate::cli) struct ReportVerify {
    /// The JSON report
    #[arg(value_name = "REPORT.json")]
    pub(in crate::cli) file: PathBuf,
}
