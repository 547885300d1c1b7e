//! How the list of faults becomes a type.

/// Declares `Fault` and what is known about each of them, from one list.
macro_rules! faults {
    (; $($(#[doc = $summary:literal])+ $fault:ident = $name:literal breaks $requirement:literal, from $origin:literal;)+) => {
        /// One deliberate defect of the reference backend.
        ///
        /// Each breaks one requirement, its direct consequences aside. The list grows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Fault {
            $($(#[doc = $summary])+ $fault,)+
        }

        impl Fault {
            /// Every fault, in the order of the requirements' areas.
            pub const ALL: &'static [Self] = &[$(Self::$fault),+];

            /// Returns the name by which a command line asks for the fault.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name),+ }
            }

            /// Returns the ID of the requirement that the fault breaks.
            #[must_use]
            pub const fn requirement(self) -> &'static str {
                match self { $(Self::$fault => $requirement),+ }
            }

            /// Returns what the backend does, in one sentence.
            #[must_use]
            pub fn summary(self) -> &'static str {
                match self { $(Self::$fault => concat!($($summary),+).trim_start()),+ }
            }

            /// Returns where such a bug comes from.
            #[must_use]
            pub const fn origin(self) -> &'static str {
                match self { $(Self::$fault => $origin),+ }
            }
        }
    };
}

pub(super) use faults;
