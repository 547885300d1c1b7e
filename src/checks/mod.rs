//! Does this observation keep that rule?
//!
//! Pure functions from what was seen to a [`Judgement`]. They send nothing, know no order of events, and
//! do not know how much their own rule weighs: that is the catalogue's matter. The files are named like
//! the feature files whose sentences they judge.

mod bad_input;
mod client;
mod code_exchange;
mod code_exchange_calls;
mod code_exchange_race;
mod debug_output;
mod identity;
mod judgement;
mod key_trial;
mod login;
mod refusal;
mod reply;
mod secrecy;
mod session;
mod token;
mod token_answer;
mod token_clock;
mod token_expiry;
mod token_forms;
mod token_guess;
mod token_jwt;
mod token_owner;
mod token_sequence;
mod token_strength;
mod user_info;
mod user_info_crowd;
mod user_info_headers;
mod user_info_key;
mod wechat;

pub use bad_input::{
    INSIDE, LoginAfter, granted_all_the_same, logins_succeed, method_refused, never_a_server_error,
    not_waited_for, nothing_injected, nothing_of_the_inside,
};
pub use client::{refusal_without_data, refusal_without_token, settled, would_settle};
pub use code_exchange::{
    exchange_granted, given_openid, hands_out_nothing, kept_by_no_cache, no_server_error, not_taken_for,
};
pub use code_exchange_calls::{
    arrived_as_sent, asked_as_itself, cost_one_call, is_about, never_asked, not_hammered, sent_once,
};
pub use code_exchange_race::{Round, at_most_one_success};
pub use debug_output::debug_output;
pub use identity::{Login, everybody_got_their_own, one_account, same_account, stayed_one, told_apart};
pub use judgement::Judgement;
pub use login::{made_calls, not_every_time, same_openid, stored, walked_to_the_end};
pub use refusal::{exchange_refused, no_token_issued, shows_no_person, user_info_refused};
pub use reply::Reply;
pub use secrecy::{
    Ingredients, Search, Secret, SecretKind, SecretNeedles, Shown, Sighting, WechatRequest, is_error,
    not_made_of_session_key, nothing_quoted, nothing_shown, shown,
};
pub use session::{fate_of_refresh_token, has_ended, renewal_granted, says_no, says_yes, works_on};
pub use token::{
    carries_token, fate_of_first_token, lifetime_is_seconds, openid_alone, token_granted, token_is_text,
    token_not_refused,
};
pub use token_answer::{
    declared_json, no_cache_keeps_token, oauth_refusal, plausible_lifetime, says_bearer, with_challenge,
};
pub use token_expiry::{Measured, Reissue, creation_time, reissue_is_true, renewed};
pub use token_guess::{Issue, follow_from_nothing, made_of_no_time, made_of_nothing_known, one_for_each};
pub use token_jwt::{end_agrees, is_jwt, tells_claims};
pub use token_owner::{shows_nobody_else, shows_owner};
pub use token_strength::hard_to_guess;
pub use user_info::{
    carries_data, different_people, named_identities, not_shown_as, same_identities, same_person,
};
pub use user_info_crowd::{Alone, nobody_sees_another};
pub use user_info_headers::{challenges, not_publicly_cacheable};
pub use user_info_key::{KnownText, has_shared_key, not_keyed_with_a_word};
pub use wechat::{
    Comparison, blamed_apart, refused_in_time, refused_with_answer, served_meanwhile, understood,
    waited_for_wechat,
};
