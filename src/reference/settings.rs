//! How a reference backend is set up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{FaultSet, Variant, VariantSet};
use crate::backend::{Contract, Expiry, LifetimeUnit};
use crate::expiry::{Clock, SystemClock};
use crate::protocol::{AppId, AppSecret, DEFAULT_APP_ID, DEFAULT_APP_SECRET};

/// What a [`Reference`](super::Reference) needs to know before it starts.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use wxconform::reference::Settings;
///
/// let settings = Settings { token_lifetime: Duration::from_secs(60), ..Settings::new("http://127.0.0.1:9") };
/// assert_eq!(settings.client_name, "app");
/// assert!(settings.faults.is_empty());
/// ```
#[derive(Clone)]
pub struct Settings {
    /// Where WeChat is: scheme, host and port, with or without a path in front of `/sns/…`.
    pub wechat_url: String,
    /// The appid this backend asks WeChat with.
    pub app_id: AppId,
    /// The secret that belongs to the appid.
    pub app_secret: AppSecret,
    /// The name a client gives at the token call (`app` in the documented client).
    pub client_name: String,
    /// The secret a client gives at the token call (`app` in the documented client).
    pub client_secret: String,
    /// How long a token works: at least a second, since it is announced in whole seconds.
    pub token_lifetime: Duration,
    /// How long WeChat may take for one answer, body included.
    pub wechat_patience: Duration,
    /// The clock by which tokens end.
    pub clock: Arc<dyn Clock>,
    /// What the backend gets wrong; empty for a correct one.
    pub faults: FaultSet,
    /// In which ways the backend differs and is right all the same.
    pub variants: VariantSet,
    /// How the backend spells the flow.
    pub contract: Contract,
}

/// How long tokens work that never end: longer than any run.
const FOR_EVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

impl Settings {
    /// Makes the settings of a correct backend that asks this WeChat.
    ///
    /// Tokens last 7200 s, WeChat has 5 s, and time is the operating system's.
    #[must_use]
    pub fn new(wechat_url: impl Into<String>) -> Self {
        Self {
            wechat_url: wechat_url.into(),
            app_id: AppId::new(DEFAULT_APP_ID),
            app_secret: AppSecret::new(DEFAULT_APP_SECRET),
            client_name: "app".to_owned(),
            client_secret: "app".to_owned(),
            token_lifetime: Duration::from_secs(7200),
            wechat_patience: Duration::from_secs(5),
            clock: Arc::new(SystemClock),
            faults: FaultSet::default(),
            variants: VariantSet::default(),
            contract: Contract::documented(),
        }
    }

    /// Lets the backend speak as a contract says: with its client, its way to tell a lifetime, and its words.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::backend::Contract;
    /// use wxconform::reference::Settings;
    ///
    /// let contract = Contract::find("pig", &[])?;
    /// let settings = Settings::new("http://127.0.0.1:9").speaking(contract);
    /// assert_eq!(settings.client_name, "mini");
    /// # Ok::<(), wxconform::backend::ContractError>(())
    /// ```
    #[must_use]
    pub fn speaking(mut self, contract: Contract) -> Self {
        self.client_name.clone_from(&contract.client.name);
        self.client_secret.clone_from(&contract.client.secret);
        match contract.expiry {
            Some(Expiry::Never) => self.token_lifetime = FOR_EVER,
            Some(Expiry::Known(lifetime)) => self.token_lifetime = lifetime,
            Some(Expiry::Told { .. } | Expiry::Untold) | None => {}
        }
        self.contract = contract;
        self
    }

    /// Says whether the tokens themselves tell when they end.
    fn tells_the_end_in_tokens(&self) -> bool {
        matches!(self.contract.expiry, Some(Expiry::Told { unit: LifetimeUnit::JwtExp, .. }))
    }

    /// Says whether the backend differs in this way, be it asked for or be it the ground of a fault.
    pub(super) fn varies(&self, variant: Variant) -> bool {
        let wanted = variant == Variant::JwtHs256 && self.tells_the_end_in_tokens();
        let by_contract = wanted && !self.variants.has(Variant::JwtRs256);
        let by_fault = || self.faults.iter().any(|fault| fault.variant() == Some(variant));
        by_contract || self.variants.has(variant) || by_fault()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("wechat_url", &self.wechat_url)
            .field("app_id", &self.app_id)
            .field("app_secret", &self.app_secret)
            .field("client_name", &self.client_name)
            .field("client_secret", &"***")
            .field("token_lifetime", &self.token_lifetime)
            .field("wechat_patience", &self.wechat_patience)
            .field("clock", &self.clock)
            .field("faults", &self.faults)
            .field("variants", &self.variants)
            .field("contract", &self.contract.name)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn secrets_do_not_print() {
        let settings =
            Settings { client_secret: "hush-hush".to_owned(), ..Settings::new("http://127.0.0.1:9") };
        let shown = format!("{settings:?}");
        assert!(!shown.contains("hush-hush"), "{shown}");
        assert!(!shown.contains(crate::protocol::DEFAULT_APP_SECRET), "{shown}");
        assert!(shown.contains("http://127.0.0.1:9"), "{shown}");
    }
}
