//! Does the suite judge rightly what speaks otherwise? The reference backend speaks every built-in contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::BTreeSet;
use std::time::Duration;

use wxconform::backend::{BUILT_IN, Contract, DOCUMENTED, Expiry, Refresh};
use wxconform::record::{ExitStatus, RunRecord, RunVerdict};
use wxconform::reference::{Fault, FaultSet, Variant, VariantSet};

use super::stage::{Case, alarms, each, named};
use super::variants::findings;

/// How many runs go on at a time: fewer than elsewhere, because these wait for little.
const AT_A_TIME: usize = 4;

/// What every contract is judged by here; a whole run by each takes minutes.
const ALWAYS: &[&str] = &["LOGIN", "CODE", "USER", "EXPIRY", "SESSION"];

/// What the contracts are judged by in turn.
const IN_TURN: &[&str] = &["TOKEN", "SECRET", "WECHAT", "INPUT", "IDENT"];

/// Faults that any contract has words for, all of which one backend has here. One by one, each is caught by itself
/// in the kill matrix.
const FAULTS: &[Fault] = &[
    Fault::CodeCached,
    Fault::InvalidCodeFirstPerson,
    Fault::AnonymousFirstPerson,
    Fault::TokenTailIgnored,
    Fault::SessionKeyInExchange,
    Fault::BrokenWeChatAdmitsVisitor,
];

/// Returns the contracts of backends that others wrote.
fn contracts() -> Vec<Contract> {
    let names = BUILT_IN.iter().map(|(name, _)| *name).filter(|name| *name != DOCUMENTED);
    names.map(|name| Contract::find(name, &[]).unwrap()).collect()
}

/// Says whether every contract is to be judged by the whole catalogue.
fn is_whole() -> bool {
    std::env::var("WXCONFORM_CONTRACTS").is_ok_and(|asked| asked == "whole")
}

/// Returns what is wrong with the verdict on a correct backend; nothing if it is as it should be.
fn alarm(contract: &Contract, record: &RunRecord) -> Option<String> {
    let nothing_missing = match record.verdict {
        RunVerdict::Conforming => true,
        RunVerdict::Partial => {
            !is_whole()
                && record.reason.as_ref().is_some_and(|why| why.starts_with("of the musts, 0 skipped"))
        }
        RunVerdict::Nonconforming | RunVerdict::Undecided => false,
    };
    let quiet = nothing_missing && ExitStatus::of(record) == ExitStatus::Success && named(record).is_empty();
    let (name, found) = (&contract.name, findings(record));
    (!quiet).then(|| format!("{name}: {:?}, {:?}, {found}", record.verdict, record.reason))
}

#[test]
fn a_correct_backend_conforms_to_every_contract() -> Result<(), String> {
    let cases: Vec<(usize, Contract)> = contracts().into_iter().enumerate().collect();
    if cases.len() < 12 {
        return Err(format!("there are only {} contracts", cases.len()));
    }
    let backend_of = |(index, contract): &(usize, Contract)| {
        let areas = ALWAYS.iter().chain(IN_TURN.get(index % IN_TURN.len()));
        let only = areas.map(ToString::to_string).filter(|_| !is_whole()).collect();
        let contract = contract.clone();
        Case { faults: FaultSet::default(), variants: VariantSet::default(), contract, only }
    };
    alarms(&cases, AT_A_TIME, backend_of, |(_, contract), record| alarm(contract, record))
}

#[test]
fn a_renewal_that_ends_with_its_token_raises_no_alarm() -> Result<(), String> {
    let renews = |contract: &Contract| {
        contract.dialect.as_ref().is_some_and(|dialect| matches!(dialect.refresh, Refresh::Call { .. }))
    };
    let cases: Vec<Contract> = contracts().into_iter().filter(renews).collect();
    if cases.len() < 5 {
        return Err(format!("there are only {} contracts with a renewal", cases.len()));
    }
    let backend_of = |contract: &Contract| Case {
        faults: FaultSet::default(),
        variants: Variant::RenewalEndsWithToken.into(),
        contract: contract.clone(),
        only: ["EXPIRY", "SESSION"].map(str::to_owned).to_vec(),
    };
    alarms(&cases, AT_A_TIME, backend_of, alarm)
}

#[test]
fn who_is_made_known_with_a_ticket_raises_no_alarm() -> Result<(), String> {
    let recipe = include_str!("../../contracts/1-login/06-register-with-a-ticket.toml");
    let contract = Contract::parse("ticket", "ticket", recipe, &[]).unwrap().contract;
    let backend_of = |contract: &Contract| Case {
        faults: FaultSet::default(),
        variants: VariantSet::default(),
        contract: contract.clone(),
        only: ["LOGIN", "CODE", "USER"].map(str::to_owned).to_vec(),
    };
    alarms(&[contract], AT_A_TIME, backend_of, alarm)
}

/// Makes sure that a contract raises no alarm on a correct backend, and that each of these faults about the end of tokens is
/// named, and nothing else.
fn judges_ends_rightly(contract: &Contract, faults: &[Fault]) {
    let cases: Vec<Option<Fault>> = std::iter::once(None).chain(faults.iter().copied().map(Some)).collect();
    let backend_of = |fault: &Option<Fault>| {
        let areas: &[&str] = if fault.is_none() { &["EXPIRY", "SESSION"] } else { &["EXPIRY"] };
        Case {
            faults: fault.iter().copied().collect(),
            variants: VariantSet::default(),
            contract: contract.clone(),
            only: areas.iter().map(ToString::to_string).collect(),
        }
    };
    let found = each(&cases, AT_A_TIME, backend_of, |fault, record| match fault {
        None => alarm(contract, record),
        Some(fault) => {
            let named = named(record);
            let expected = BTreeSet::from([fault.requirement().to_owned()]);
            (named != expected).then(|| format!("{fault}: {named:?}"))
        }
    });
    let wrong: Vec<String> = found.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_life_that_the_contract_alone_tells_is_judged() {
    let told = Contract::find("gin-jwt", &[]).unwrap();
    let known = Contract { expiry: Some(Expiry::Known(Duration::from_secs(60))), ..told };
    judges_ends_rightly(&known, &[Fault::NeverEnds, Fault::EndsAtHalfLife]);
}

#[test]
fn what_is_taken_within_the_leeway_of_the_contract_is_no_breach_and_what_is_taken_later_is_one() {
    let strict = Contract::find("gin-jwt", &[]).unwrap();
    let lenient = Contract { leeway: Duration::from_secs(60), ..strict };
    judges_ends_rightly(&lenient, &[Fault::NeverEnds, Fault::UseProlongsLife, Fault::EndsAtHalfLife]);
}

#[test]
fn a_backend_that_leaves_wechat_alone_for_a_moment_is_asked_again_in_any_words() -> Result<(), String> {
    let busy = r#"refuse.wechat_busy={status=200, equals={"/errno"=5001}}"#;
    let found = Contract::find("litemall", &[]).unwrap();
    let words = Contract::find("litemall", &[busy.to_owned()]).unwrap();
    let cases = [found, words];
    let backend_of = |contract: &Contract| Case {
        faults: FaultSet::default(),
        variants: Variant::BreaksCircuit.into(),
        contract: contract.clone(),
        only: ["CODE", "LOGIN", "WECHAT"].map(str::to_owned).to_vec(),
    };
    alarms(&cases, AT_A_TIME, backend_of, alarm)
}

#[test]
fn faults_are_caught_in_the_words_of_every_contract() {
    let backend_of = |contract: &Contract| Case {
        faults: FAULTS.iter().copied().collect(),
        variants: VariantSet::default(),
        contract: contract.clone(),
        only: FAULTS.iter().map(|fault| fault.requirement().to_owned()).collect(),
    };
    let expected: BTreeSet<String> = FAULTS.iter().map(|fault| fault.requirement().to_owned()).collect();
    let missed = each(&contracts(), AT_A_TIME, backend_of, |contract, record| {
        let missed: Vec<String> = expected.difference(&named(record)).cloned().collect();
        (!missed.is_empty()).then(|| format!("{}: {}", contract.name, missed.join(", ")))
    });
    let missed: Vec<String> = missed.into_iter().flatten().collect();
    assert!(missed.is_empty(), "not caught:\n{}", missed.join("\n"));
}
