//! In which ways can a backend differ and still be right?

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Declares `Variant` and what is known about each of them, from one list.
macro_rules! variants {
    ($($(#[doc = $summary:literal])+ $variant:ident = $name:literal,)+) => {
        /// One way in which a correct backend differs from the plain reference.
        ///
        /// None of them breaks a must. Whoever judges backends is wrong if it says so. The list grows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Variant {
            $($(#[doc = $summary])+ $variant,)+
        }

        impl Variant {
            /// Every variant.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name by which a command line asks for the variant.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Returns what the backend does, in one sentence.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => concat!($($summary),+).trim_start()),+ }
            }
        }
    };
}

variants! {
    /// Issues JSON Web Tokens signed with HS256 under a random key, and looks them up nowhere.
    JwtHs256 = "jwt-hs256",
    /// Issues JSON Web Tokens signed with RS256, and publishes the key at `/.well-known/jwks.json`.
    JwtRs256 = "jwt-rs256",
    /// Issues UUIDs as tokens.
    UuidTokens = "uuid-tokens",
    /// Hands out the token a person has, as long as it lives, with what is left of its life.
    OneTokenPerPerson = "one-token-per-person",
    /// Ends the earlier tokens of a person when it issues a new one.
    SingleSession = "single-session",
    /// Renews a session while its token lives and no longer, where the contract has a request for that.
    RenewalEndsWithToken = "renewal-ends-with-token",
    /// Answers a refusal with status 200 and a number of its own in an envelope.
    RefusalsAre200 = "refusals-are-200",
    /// Answers every refusal with a 4xx status, those for which WeChat is to blame as well, and 429 to "later".
    RefusalsAre4xx = "refusals-are-4xx",
    /// Answers a token with status 201.
    TokenIs201 = "token-is-201",
    /// Puts more members into every answer than the flow asks for.
    ExtraMembers = "extra-members",
    /// Fetches WeChat's access token before the first exchange and sends it with each.
    PlatformTokenFirst = "platform-token-first",
    /// Answers user info from a cache that is asked before anything else.
    UserInfoCached = "user-info-cached",
    /// Takes 200 ms for each answer.
    Slow = "slow",
    /// Turns every twentieth request away with 503, as a proxy does that limits how much goes through.
    TurnsAway = "turns-away",
    /// Leaves WeChat alone for 0.3 s after three failures in a row, and says so with 503.
    BreaksCircuit = "breaks-circuit",
    /// Speaks HTTP/1.0 and closes the connection after each answer.
    ClosesConnections = "closes-connections",
    /// Sends its answers in chunks, without saying how long they are.
    Chunked = "chunked",
    /// Declares its JSON with a charset.
    JsonCharset = "json-charset",
    /// Sets a cookie of its framework with each answer.
    FrameworkCookie = "framework-cookie",
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Variant {
    type Err = UnknownVariant;

    /// Returns the variant with this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use wxconform::reference::Variant;
    ///
    /// assert_eq!("slow".parse(), Ok(Variant::Slow));
    /// let error = "sloow".parse::<Variant>().unwrap_err();
    /// assert_eq!(error.to_string(), "there is no variant `sloow`; the nearest name is `slow`");
    /// ```
    fn from_str(name: &str) -> Result<Self, UnknownVariant> {
        Self::ALL.iter().copied().find(|variant| variant.name() == name).ok_or_else(|| {
            let names = Self::ALL.iter().map(|variant| variant.name());
            let nearest = names.min_by_key(|known| strsim::osa_distance(known, name)).unwrap_or_default();
            UnknownVariant { name: name.to_owned(), nearest }
        })
    }
}

/// A name that no variant has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", tr!("there is no variant `{name}`; the nearest name is `{nearest}`", name, nearest))]
pub struct UnknownVariant {
    /// The name that was asked for.
    pub name: String,
    /// The name of the variant that is spelt most like it.
    pub nearest: &'static str,
}

/// Any number of variants at once. The empty set is the plain reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantSet(BTreeSet<Variant>);

impl VariantSet {
    /// Says whether the backend differs in this way.
    #[must_use]
    pub fn has(&self, variant: Variant) -> bool {
        self.0.contains(&variant)
    }

    /// Says whether the backend is the plain reference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Variant> for VariantSet {
    fn from_iter<I: IntoIterator<Item = Variant>>(variants: I) -> Self {
        Self(variants.into_iter().collect())
    }
}

impl From<Variant> for VariantSet {
    fn from(variant: Variant) -> Self {
        Self(BTreeSet::from([variant]))
    }
}

#[cfg(test)]
mod tests {
    use super::Variant;

    #[test]
    fn every_variant_is_found_by_its_name_and_says_what_it_does() {
        for variant in Variant::ALL {
            assert_eq!(variant.name().parse(), Ok(*variant));
            assert!(!variant.summary().starts_with(' ') && variant.summary().ends_with('.'), "{variant}");
        }
    }
}
