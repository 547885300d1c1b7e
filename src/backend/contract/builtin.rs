//! Which contracts are built in?

use std::sync::{Arc, LazyLock};

use super::dialect::Dialect;
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

/// Returns how a backend of the documented flow speaks.
pub(super) fn documented_dialect() -> Arc<Dialect> {
    static SPOKEN: LazyLock<Arc<Dialect>> =
        LazyLock::new(|| Arc::new(super::build::dialect(&documented_sheet()).unwrap_or_default()));
    Arc::clone(&SPOKEN)
}

/// The titles in the contracts that are built in, for the catalogues of the languages, which do not look there.
#[cfg(test)]
const TITLES: &[&str] = &[
    mark!("The documented flow of wxutil.js"),
    mark!("casdoor: access_token with the tag wechat_miniprogram"),
    mark!("CRMEB: a key first, Authori-zation"),
    mark!("Django REST framework: Token {token}"),
    mark!("gin-jwt: Bearer, expire as an instant of RFC 3339"),
    mark!("hioshop: X-Hioshop-Token"),
    mark!("island, lin-cms: account and type, the token as a user name"),
    mark!("larabbs: authorizations of a Laravel API"),
    mark!("likeshop: a silent login, or else a registration"),
    mark!("litemall: code and profile, X-Litemall-Token"),
    mark!("mall4j: principal, and a token right behind \"bearer\""),
    mark!("nideshop: signed and encrypted profile, X-Nideshop-Token"),
    mark!("pig, pigx: OAuth 2.0 with grant_type mobile"),
    mark!("ruoyi-vue-pro: social login of a member"),
    mark!("ShopXO: the route and the token in the query"),
    mark!("wafer2: X-WX-Code and X-WX-Skey"),
    mark!("youlai-mall: OAuth 2.0 with grant_type wechat_mini_app, in an envelope"),
];

#[cfg(test)]
mod tests {
    use super::{BUILT_IN, TITLES};

    #[test]
    fn every_title_can_be_translated() {
        let title = |text: &str| text.parse::<toml::Table>().unwrap()["title"].as_str().unwrap().to_owned();
        let titles: Vec<String> = BUILT_IN.iter().map(|(_, text)| title(text)).collect();
        assert_eq!(titles, TITLES);
    }
}
