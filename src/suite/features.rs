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
    "session.feature",
    "secrecy.feature",
    "wechat.feature",
    "bad_input.feature",
    "client.feature",
    "identity.feature",
];

/// The twins of the feature files in Simplified Chinese, in the same order.
pub const CHINESE_FEATURE_FILES: &[FeatureFile] = embed![
    "zh-CN/login.feature",
    "zh-CN/code_exchange.feature",
    "zh-CN/token.feature",
    "zh-CN/user_info.feature",
    "zh-CN/token_expiry.feature",
    "zh-CN/session.feature",
    "zh-CN/secrecy.feature",
    "zh-CN/wechat.feature",
    "zh-CN/bad_input.feature",
    "zh-CN/client.feature",
    "zh-CN/identity.feature",
];

/// Returns the digest of the embedded feature files, which is the version of the catalogue.
pub(crate) fn digest() -> String {
    sha256(FEATURE_FILES.iter().flat_map(|file| [file.path, file.text]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{CHINESE_FEATURE_FILES, FEATURE_FILES};

    #[test]
    fn every_file_of_the_folders_is_embedded() {
        for (folder, files) in [("features", FEATURE_FILES), ("features/zh-CN", CHINESE_FEATURE_FILES)] {
            let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
            let found: BTreeSet<String> = names
                .filter(|name| name.ends_with(".feature"))
                .map(|name| format!("{folder}/{name}"))
                .collect();
            let embedded: BTreeSet<String> = files.iter().map(|file| file.path.to_owned()).collect();
            assert_eq!(found, embedded);
        }
    }
}
