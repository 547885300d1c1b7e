//! The sentences of the feature files, one file for each feature.
//!
//! A step parses its words, calls one verb of the world, and returns. `Given` arranges, `When` acts,
//! `Then` judges and changes nothing; every `Then` ends in a judgement.
#![expect(clippy::needless_pass_by_value, reason = "cucumber hands the words of a sentence over by value")]

mod bad_input;
mod client;
mod code_exchange;
mod code_exchange_calls;
mod explore;
mod identity;
mod login;
mod people;
mod secrecy;
mod session;
mod token;
mod token_expiry;
mod user_info;
mod wechat;
