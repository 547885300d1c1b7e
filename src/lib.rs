//! End-to-end test harness and protocol conformance suite for WeChat mini-program logins.
//!
//! It plays the phone, it plays WeChat, and between the two it judges a backend: for each requirement of the
//! documented login flow it says whether the backend keeps it, and shows the traffic that proves it. The
//! `wxconform` command does this for a backend at any URL. The library does it inside the tests of a Rust
//! project:
//!
//! ```
//! use std::sync::Arc;
//!
//! use wxconform::backend::{Target, TimeControl};
//! use wxconform::expiry::VirtualClock;
//! use wxconform::record::RunVerdict;
//! use wxconform::reference::{Reference, Settings};
//! use wxconform::standin::{StandIn, StandInSettings};
//! use wxconform::suite::{Judging, judge};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let any_port = ([127, 0, 0, 1], 0).into();
//!     let wechat = StandIn::start(any_port, StandInSettings::default()).await?;
//!
//!     // Start your own backend here instead, and tell it that WeChat is at `wechat.url()`.
//!     let clock = Arc::new(VirtualClock::default());
//!     let settings = Settings { clock: clock.clone(), ..Settings::new(wechat.url()) };
//!     let backend = Reference::start(any_port, settings).await?;
//!
//!     // A backend that reads no clock of the test's wants `TimeControl::Wait` and short-lived tokens.
//!     let target = Target::new(&backend.url(), TimeControl::Virtual(clock))?;
//!     let record = judge(&Judging::whole(target, 0)?, &wechat).await?;
//!     assert_eq!(record.verdict, RunVerdict::Conforming);
//!     Ok(())
//! }
//! ```
//!
//! # How data flows
//!
//! ```text
//!   arguments ──► backend ──► suite::Plan           what to run, and what to skip and why
//!                 (contract,      │
//!                  target)        ▼
//!                             scenarios
//!                                 │ drive
//!        miniprogram ─────────────┘                 the phone
//!             │ exchanges seen by the phone
//!             ▼
//!     the backend under test ──► standin            WeChat
//!             │                     │ exchanges seen by WeChat
//!             └──────────┬──────────┘
//!                        ▼
//!                     checks                        does this observation keep that rule?
//!                        │ findings
//!                        ▼
//!                 record::RunRecord ──► report      terminal, JSON, JUnit
//!                        │
//!                        └────────────► record::ExitStatus
//! ```
//!
//! Nothing flows back. What is skipped is decided before anything is sent; what was seen is not changed by
//! what is concluded from it; a report knows nothing but the record.
//!
//! # Modules
//!
//! | module | the question it answers | imports |
//! |---|---|---|
//! | [`language`] | In which language is it said? | nothing |
//! | [`protocol`] | What words does the flow use? | nothing |
//! | [`expiry`] | Is this token old? | nothing |
//! | [`record`] | What was seen, and what is concluded? | `protocol` |
//! | [`standin`] | What would WeChat say? | `protocol` `expiry` `record` |
//! | [`miniprogram`] | What would a phone do? | `protocol` `expiry` `record` |
//! | [`backend`] | What did the user promise? | `protocol` `expiry` `record` |
//! | [`checks`] | Does this observation keep that rule? | `protocol` `expiry` `record` |
//! | [`suite`] | In which order, and which rules apply? | all of the above |
//! | [`report`] | How do we tell a person or a machine? | `protocol` `record` |
//! | [`reference`](mod@reference) | What does correct look like, and each way of being wrong? | `protocol` `expiry` `backend` |
//! | [`cli`] | What did the user ask for? | everything |
//!
//! A module imports nothing but what its row names, and [`language`], for whatever speaks to a person; a test reads the sources and says so. Two rows are
//! there on purpose: [`suite`] does not import [`reference`](mod@reference), because who examines must not
//! know the answers (both read a contract, which [`backend`] holds: the one to ask in its words, the other to
//! answer in them), and [`report`] does not import [`suite`], so that a record read from a file is reported
//! like one just made.
//!
//! # Where to start reading
//!
//! 1. `features/*.feature`: each `Rule:` is one requirement, in plain words, with its why and its source.
//!    Nothing else lists the requirements; [`suite::Catalogue`] is read from these files.
//! 2. The file of the same name in `src/suite/steps/` (what the sentences do) and in `src/checks/` (what is
//!    right about an answer).
//! 3. [`suite::judge`] for the course of a run, and [`record::RunRecord`] for its result.
//! 4. [`reference`](mod@reference) for a correct backend, and [`reference::Fault`] for the defects that prove
//!    that each requirement can be broken.

// Both say something in the language of the process, and are used as widely as `format!` is.
#[macro_use(tr)]
extern crate tr;
#[macro_use]
pub mod language;

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
