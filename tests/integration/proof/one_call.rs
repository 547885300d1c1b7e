//! Is a fault found in a backend that logs people in by one call, and shows no openid there?
//!
//! That is how most backends do it. The kill matrix speaks the documented flow, where the openid stands in the answer to the
//! code; what is judged by that alone is blind here.

use std::collections::BTreeSet;

use wxconform::backend::Contract;
use wxconform::record::RequirementVerdict;
use wxconform::reference::{Fault, VariantSet};

use super::stage::{AT_A_TIME, Case, each, named};

/// The contract: a code in a JSON body, and a token in the answer.
const CONTRACT: &str = "gin-jwt";

/// What is judged: who is let in, and whom a token shows.
const AREAS: [&str; 6] = ["LOGIN-", "CODE-", "USER-", "SECRET-", "WECHAT-", "IDENT-"];

/// Faults that a backend of this kind cannot have, or that the reference does not have in these words: why, and which.
const WITHOUT_TRACE: &[(&str, &[Fault])] = &[
    (
        "no token is asked for with an openid",
        &[
            Fault::RefusedPersonRegistered,
            Fault::SessionKeyInTokenRefusal,
            Fault::AppSecretInTokenRefusal,
            Fault::PlatformTokenInTokenRefusal,
            Fault::RenewalMd5OfSessionKey,
        ],
    ),
    ("no openid is handed out", &[Fault::OpenidEndTrimmed, Fault::OpenidCutAtDouble]),
    (
        "the contract says what a refusal looks like",
        &[
            Fault::MissingCodeIs500,
            Fault::RaceLoserIs500,
            Fault::UserRefusalIs200,
            Fault::UnknownTokenIs403,
            Fault::AnonymousIs403,
            Fault::UnknownTokenIs500,
            Fault::EndedTokenIs403,
            Fault::RequestQuotedForBlocked,
        ],
    ),
    ("the contract says what an answer looks like", &[Fault::ExchangeNoCacheOnly, Fault::UserDataNull]),
    (
        "the token and its path are read before the handlers are asked",
        &[
            Fault::GuardComparesPaths,
            Fault::GuardFailsOpen,
            Fault::LoginPathInQueryUnguarded,
            Fault::ScriptsUnguarded,
            Fault::OptionsUnguarded,
            Fault::ConnectionRemembersPerson,
            Fault::EmptyBearerAccepted,
            Fault::TokenPutIntoQuery,
            Fault::SchemeBlankOptional,
            Fault::BearerCaseSensitive,
            Fault::BearerTwoSpellings,
        ],
    ),
];

/// Returns the faults that are tried: those of the areas that need no contract of their own, and whose requirement is judged.
fn tried() -> Vec<Fault> {
    let of_areas = |fault: &&Fault| AREAS.iter().any(|area| fault.requirement().starts_with(area));
    Fault::ALL.iter().filter(of_areas).copied().filter(|fault| fault.contract().is_none()).collect()
}

#[test]
fn faults_are_caught_one_by_one_where_one_call_logs_in() {
    let contract = Contract::find(CONTRACT, &[]).unwrap();
    let backend_of = |fault: &Fault| Case {
        faults: (*fault).into(),
        variants: VariantSet::default(),
        contract: contract.clone(),
        only: vec![fault.requirement().to_owned()],
    };
    let found = each(&tried(), AT_A_TIME, backend_of, |fault, record| {
        let judged = record
            .requirements
            .iter()
            .any(|one| one.id == fault.requirement() && one.verdict != RequirementVerdict::Skipped);
        let caught = named(record) == BTreeSet::from([fault.requirement().to_owned()]);
        let known = WITHOUT_TRACE.iter().any(|(_, faults)| faults.contains(fault));
        match (judged, caught, known) {
            (true, false, false) => Some(format!("{fault} was not noticed: {:?}", named(record))),
            (true, true, true) => Some(format!("{fault} is noticed; take it off the list")),
            (false, _, true) => Some(format!("{fault} is not tried at all; take it off the list")),
            (true, true, false) | (true, false, true) | (false, _, false) => None,
        }
    });
    let wrong: Vec<String> = found.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
