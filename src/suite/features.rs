//! The feature files, embedded, so that the command needs nothing beside itself.

use crate::record::sha256;

/// One embedded feature file.
#[derive(Clone, Copy, Debug)]
pub struct FeatureFile {
    /// Its path within the project, such as `features/token.feature`.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Embeds the named files of `features/`.
macro_rules! embed {
    ($($name:literal),+ $(,)?) => {
        &[$(FeatureFile {
            path: concat!("features/", $name),
            text: include_str!(concat!("../../features/", $name)),
        }),+]
    };
}

/// Every feature file in the order in which requirements are listed: the order of the flow.
pub const FEATURE_FILES: &[FeatureFile] = embed![
    "login.feature",
    "code_exchange.feature",
    "token.feature",
    "user_info.feature",
    "token_expiry.feature",
    "secrecy.feature",
    "wechat.feature",
    "bad_input.feature",
    "client.feature",
    "identity.feature",
];

/// Returns the digest of the embedded feature files, which is the version of the catalogue.
pub(crate) fn digest() -> String {
    sha256(FEATURE_FILES.iter().flat_map(|file| [file.path, file.text]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::FEATURE_FILES;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("features");
        let found: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| format!("features/{}", entry.unwrap().file_name().to_string_lossy()))
            .collect();
        let embedded: BTreeSet<String> = FEATURE_FILES.iter().map(|file| file.path.to_owned()).collect();
        assert_eq!(found, embedded);
    }
}
