//! Does this observation keep that rule?
//!
//! Pure functions from what was seen to a [`Judgement`]. They send nothing, know no order of events, and
//! do not know how much their own rule weighs: that is the catalogue's matter. The files are named like
//! the feature files whose sentences they judge.

mod bad_input;
mod client;
mod code_exchange;
mod debug_output;
mod judgement;
mod login;
mod refusal;
mod reply;
mod secrecy;
mod token;
mod token_expiry;
mod user_info;

pub use bad_input::{
    INSIDE, LoginAfter, logins_succeed, method_refused, no_server_error, not_waited_for, nothing_injected,
    nothing_of_the_inside,
};
pub use client::{refusal_without_data, refusal_without_token, settled};
pub use code_exchange::{at_most_one_success, exchange_granted, given_openid};
pub use debug_output::debug_output;
pub use judgement::Judgement;
pub use login::{made_calls, not_every_time, same_openid, stored, walked_to_the_end};
pub use refusal::{exchange_refused, no_token_issued, user_info_refused};
pub use reply::Reply;
pub use secrecy::{SecretNeedles, Sighting};
pub use token::{carries_token, lifetime_is_seconds, token_granted};
pub use token_expiry::{creation_time, renewed};
pub use user_info::{carries_data, different_people, same_person};
