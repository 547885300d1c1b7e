//! What did the user promise?
//!
//! A [`Contract`] says how a backend spells the flow: paths, carriers, credentials, and where in an answer
//! the openid, the token, its lifetime and the user info stand. A [`Target`] says where the backend is and
//! how its time can be made to pass. A [`Baseline`] lists the deviations that are known, with the reason and
//! with the person who answers for each.
//!
//! [`launch`] starts a backend and ends it, [`clock`] makes its time pass, [`doctor`] says why one cannot be
//! judged, [`guess`] makes a first contract. Beside what they need, this module sends nothing. Start with
//! [`Contract::documented`] and [`Target::new`].

mod baseline;
pub mod clock;
mod contract;
pub mod doctor;
pub mod guess;
pub mod launch;
mod plain_request;
mod target;

pub use baseline::{Baseline, BaselineError, Day, Deviation, Draft, Listable, Mistake};
pub use contract::{
    BUILT_IN, Call, Carried, Carrier, ClientCredentials, Contract, ContractError, DOCUMENTED, Dialect,
    ExpireBy, Expiry, GENERATED, Guarded, Input, LifetimeUnit, Media, Mistake as ContractMistake, NoPath,
    Node, Old, Operation, Predicate, Refresh, Refusal, Sheet, Source, Statuses, Step, StepRole, Template,
    TemplateError, TokenPlace, UnionId, Values, When, Written, at, at_exactly, body_of,
};
pub use target::{Target, TargetError, TimeControl};
