//! What would WeChat say?
//!
//! Plays `api.weixin.qq.com` for one run. A [`Ledger`] decides, as a pure function of its state, the request
//! and the time; a [`StandIn`] puts it on a socket; a [`Wechat`] is the handle through which scenarios make
//! people, log them in, script answers and read what arrived. A [`ControlDoor`] gives the same verbs to a
//! person at a terminal, on a port of its own. A [`Trouble`] is a script with a name: one of the ways in which the
//! platform, or the network before it, can be broken, slow or unusual.
//!
//! One port speaks plain HTTP, TLS in WeChat's names, and what a proxy speaks. [`RECIPES`] and [`variables`] say how
//! the runtime of a backend is led there that has WeChat's address built in; whoever asks for another host is refused
//! and noted as a [`RefusedHost`].
//!
//! This module judges nothing: a call that the real service would refuse is answered as the real service
//! answers it, and is written down. Start with [`StandIn::start`] and [`StandIn::wechat`].

mod control;
mod gateway;
mod ledger;
mod redirect;
mod server;
mod trouble;
mod turned_away;
mod wechat;

pub use control::{ControlDoor, ControlError};
pub use gateway::{CertificateError, Refusing};
pub use ledger::{
    ApiAnswer, ApiRequest, App, Call, ContentType, Ending, Framing, KeyRotation, Ledger, LedgerSettings,
    Person, Place, Remark, Script, Spelling, SuccessBody, SuccessShape, Suffix, Wire, signature,
};
pub use redirect::{RECIPES, Recipe, Variable, everywhere, hosts_file_recipe, joined, variables};
pub use server::{StandIn, StandInError, StandInSettings};
pub use trouble::{Trouble, TroubleKind, UnknownTrouble};
pub use turned_away::{FailedHandshake, RefusedHost, Way};
pub use wechat::Wechat;
