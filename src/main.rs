//! The `wxconform` command.

fn main() {}
