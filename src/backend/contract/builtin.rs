//! Which contracts are built in?

use super::sheet::Sheet;

/// The name of the contract of the documented flow.
pub const DOCUMENTED: &str = "documented";

/// Every contract that is built in: its name and the text of its file.
pub const BUILT_IN: &[(&str, &str)] = &[
    (DOCUMENTED, include_str!("../../../contracts/documented.toml")),
    ("casdoor", include_str!("../../../contracts/casdoor.toml")),
    ("crmeb", include_str!("../../../contracts/crmeb.toml")),
    ("django-token", include_str!("../../../contracts/django-token.toml")),
    ("gin-jwt", include_str!("../../../contracts/gin-jwt.toml")),
    ("hioshop", include_str!("../../../contracts/hioshop.toml")),
    ("island", include_str!("../../../contracts/island.toml")),
    ("larabbs", include_str!("../../../contracts/larabbs.toml")),
    ("likeshop", include_str!("../../../contracts/likeshop.toml")),
    ("litemall", include_str!("../../../contracts/litemall.toml")),
    ("mall4j", include_str!("../../../contracts/mall4j.toml")),
    ("nideshop", include_str!("../../../contracts/nideshop.toml")),
    ("pig", include_str!("../../../contracts/pig.toml")),
    ("ruoyi-vue-pro", include_str!("../../../contracts/ruoyi-vue-pro.toml")),
    ("shopxo", include_str!("../../../contracts/shopxo.toml")),
    ("wafer2", include_str!("../../../contracts/wafer2.toml")),
    ("youlai", include_str!("../../../contracts/youlai.toml")),
];

/// Returns the file of the documented flow.
pub(super) fn documented_sheet() -> Sheet {
    // The file is part of the program, and a test reads it.
    toml::from_str(include_str!("../../../contracts/documented.toml")).unwrap_or_default()
}
