//! How the list of troubles becomes a type.

/// Declares `Trouble` and what is known about each of them, from one list.
macro_rules! troubles {
    ($($(#[doc = $summary:literal])+ $trouble:ident = $name:literal is $kind:ident, from $origin:literal;)+) => {
        /// One way in which WeChat, or what lies between it and a backend, can answer a code unlike it usually
        /// does.
        ///
        /// The list grows.
        ///
        /// # Examples
        ///
        /// ```
        /// use wxconform::standin::{StandIn, StandInSettings, Trouble};
        ///
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// # let stand_in = StandIn::start(([127, 0, 0, 1], 0).into(), StandInSettings::default()).await?;
        /// let wechat = stand_in.wechat();
        /// let code = wechat.login(&wechat.person("Alice"));
        /// wechat.script(&code, Trouble::named("http-502-html")?.script());
        /// # Ok(())
        /// # }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Trouble {
            $(
                $(#[doc = $summary])+
                #[doc = concat!("\n\nSeen: ", $origin, ".")]
                $trouble,
            )+
        }

        impl Trouble {
            /// Every trouble, related ones together.
            pub const ALL: &'static [Self] = &[$(Self::$trouble),+];

            /// Returns the name by which a command line or a feature file asks for the trouble.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$trouble => $name),+ }
            }

            /// Returns what a backend may make of it.
            #[must_use]
            pub const fn kind(self) -> TroubleKind {
                match self { $(Self::$trouble => TroubleKind::$kind),+ }
            }

            /// Returns what a backend meets, in one sentence.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$trouble => concat!($($summary),+).trim_start()),+ }
            }

            /// Returns where such a thing was seen, or why it can happen.
            #[must_use]
            pub const fn origin(self) -> &'static str {
                match self { $(Self::$trouble => $origin),+ }
            }
        }
    };
}

pub(super) use troubles;
