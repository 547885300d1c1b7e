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
    /// Write a first contract: from a recording, a description, flags, or the answers to a few questions
    #[command(after_help = INIT_HELP)]
    Init(Box<ContractInit>),
}

const INIT_HELP: &str = "\
Examples:
  wxconform contract init shop.toml                                (asks, on a terminal)
  wxconform contract init shop.toml --from-har login.har
  wxconform contract init shop.toml --from-openapi openapi.yaml --data /result
  wxconform contract init --login 'POST api/login' --token /data/token --user-info 'GET api/me'

A recording (HAR 1.2) is what the developer tools of browsers and of WeChat, and mitmproxy, export; it has to begin
before the login and go on until user info, and to be exported with header fields and cookies. No token, code, cookie or
password of it is written into the contract. What could not be found is marked TODO in the contract, and named here.
Flags beat what was read.";

/// What is known of a backend.
#[derive(Args, Clone, Debug, Default)]
pub(in crate::cli) struct ContractInit {
    /// Where to write it [default: the standard output]
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,

    /// Read it from a recording of a login (HAR 1.2)
    #[arg(long, value_name = "FILE", conflicts_with = "from_openapi")]
    pub(in crate::cli) from_har: Option<PathBuf>,

    /// Read it from a description of the requests (OpenAPI 3.x or Swagger 2.0, JSON or YAML)
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) from_openapi: Option<PathBuf>,

    /// The request that a login code goes into
    #[arg(long, value_name = "METHOD PATH")]
    pub(in crate::cli) login: Option<String>,

    /// Where the code stands in it: json, form, query or header, and the name [default: json:code]
    #[arg(long, value_name = "WHERE:NAME")]
    pub(in crate::cli) code_in: Option<String>,

    /// What an answer that says yes has in it, such as /code=0 [default: a status of 200 to 299]
    #[arg(long, value_name = "POINTER=VALUE")]
    pub(in crate::cli) ok: Option<String>,

    /// JSON pointer to the token in the answer
    #[arg(long, value_name = "POINTER")]
    pub(in crate::cli) token: Option<String>,

    /// JSON pointer to the openid in the answer, if it is there
    #[arg(long, value_name = "POINTER")]
    pub(in crate::cli) openid: Option<String>,

    /// How the token travels: header, query, form or json, the name, and what stands there [default:
    /// header:Authorization: Bearer {token}]
    #[arg(long, value_name = "WHERE:NAME:VALUE")]
    pub(in crate::cli) auth: Option<String>,

    /// The request that the token opens and that shows whose it is
    #[arg(long, value_name = "METHOD PATH")]
    pub(in crate::cli) user_info: Option<String>,

    /// JSON pointer to the user in its answer [default: /data]
    #[arg(long, value_name = "POINTER")]
    pub(in crate::cli) data: Option<String>,

    /// JSON pointer to the lifetime of the token, if it is told
    #[arg(long, value_name = "POINTER")]
    pub(in crate::cli) expires: Option<String>,

    /// In what the lifetime is told [default: s]
    #[arg(long, value_name = "UNIT")]
    pub(in crate::cli) unit: Option<String>,

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
