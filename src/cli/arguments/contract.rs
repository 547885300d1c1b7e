//! What `contract` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What `contract` can be told.
#[derive(Args, Debug)]
pub(in crate::cli) struct ContractArguments {
    #[command(subcommand)]
    pub(in crate::cli) command: ContractCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ContractCommand {
    /// List the contracts that are built in
    List,
    /// Print a contract with everything filled in that it leaves to defaults
    Show(ContractChoice),
    /// Say whether a contract can be understood, and what it makes inapplicable
    Check(ContractChoice),
    /// Write a first contract for a backend that logs in with one request
    Init(Box<ContractInit>),
}

/// What is known of a backend.
#[derive(Args, Debug)]
pub(in crate::cli) struct ContractInit {
    /// Where to write it [default: the standard output]
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,

    /// The request that a login code goes into
    #[arg(long, value_name = "METHOD PATH")]
    pub(in crate::cli) login: String,

    /// Where the code stands in it: json, form, query or header, and the name
    #[arg(long, value_name = "WHERE:NAME", default_value = "json:code")]
    pub(in crate::cli) code_in: String,

    /// What an answer that says yes has in it, such as /code=0 [default: a status of 200 to 299]
    #[arg(long, value_name = "POINTER=VALUE")]
    pub(in crate::cli) ok: Option<String>,

    /// JSON pointer to the token in the answer
    #[arg(long, value_name = "POINTER")]
    pub(in crate::cli) token: String,

    /// JSON pointer to the openid in the answer, if it is there
    #[arg(long, value_name = "POINTER")]
    pub(in crate::cli) openid: Option<String>,

    /// How the token travels: header, query, form or json, the name, and what stands there
    #[arg(long, value_name = "WHERE:NAME:VALUE", default_value = "header:Authorization: Bearer {token}")]
    pub(in crate::cli) auth: String,

    /// The request that the token opens and that shows whose it is
    #[arg(long, value_name = "METHOD PATH")]
    pub(in crate::cli) user_info: String,

    /// JSON pointer to the user in its answer
    #[arg(long, value_name = "POINTER", default_value = "/data")]
    pub(in crate::cli) data: String,

    /// JSON pointer to the lifetime of the token, if it is told
    #[arg(long, value_name = "POINTER")]
    pub(in crate::cli) expires: Option<String>,

    /// In what the lifetime is told
    #[arg(long, value_name = "UNIT", default_value = "s")]
    pub(in crate::cli) unit: String,

    /// Overwrite the file if it is there
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

/// Which contract is meant.
#[derive(Args, Debug)]
pub(in crate::cli) struct ContractChoice {
    /// The name of a built-in contract, or a file
    #[arg(value_name = "NAME|FILE", default_value = "documented")]
    pub(in crate::cli) contract: String,

    /// Change a key of the contract, such as vars.client=shop; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub(in crate::cli) set: Vec<String>,
}
