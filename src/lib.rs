//! End-to-end test harness and protocol conformance suite for WeChat mini-program logins.

pub mod backend;
pub mod checks;
pub mod cli;
pub mod expiry;
pub mod miniprogram;
pub mod protocol;
pub mod record;
pub mod reference;
pub mod report;
pub mod standin;
pub mod suite;
