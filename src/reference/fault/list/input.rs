//! Faults in INPUT: what a hostile client sends.

macro_rules! input {
    ($next:ident $($later:ident)* ; $($faults:tt)*) => { $next! { $($later)* ; $($faults)*
    } };
}

pub(super) use input;
