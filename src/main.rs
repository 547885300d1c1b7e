//! The `wxconform` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    wxconform::cli::main()
}
