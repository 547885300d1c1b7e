//! Which contracts are built in?

use super::sheet::Sheet;

/// The name of the contract of the documented flow.
pub const DOCUMENTED: &str = "documented";

/// Every contract that is built in: its name and the text of its file.
pub const BUILT_IN: &[(&str, &str)] = &[(DOCUMENTED, include_str!("../../../contracts/documented.toml"))];

/// Returns the file of the documented flow.
pub(super) fn documented_sheet() -> Sheet {
    // The file is part of the program, and a test reads it.
    toml::from_str(include_str!("../../../contracts/documented.toml")).unwrap_or_default()
}
