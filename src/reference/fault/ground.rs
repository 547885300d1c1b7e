//! Which faults need a backend of a certain kind?

use super::Fault;
use crate::reference::Variant;

/// The faults that a plain reference cannot have, and the variant that can.
const GROUNDS: &[(Fault, Variant)] = &[
    (Fault::JwtEndTwiceAsFar, Variant::JwtHs256),
    (Fault::JwtEndHalfAsFar, Variant::JwtHs256),
    (Fault::JwtEndMilliseconds, Variant::JwtHs256),
    (Fault::JwtEndMissing, Variant::JwtHs256),
];

impl Fault {
    /// Returns the variant of the reference without which the fault means nothing; most need none.
    #[must_use]
    pub fn variant(self) -> Option<Variant> {
        GROUNDS.iter().find(|(fault, _)| *fault == self).map(|(_, variant)| *variant)
    }
}
