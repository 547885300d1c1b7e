//! Faults that hand out another openid than WeChat gave.

use super::exchange::Outcome;
use crate::reference::refusal::Refusal;
use crate::reference::server::Backend;
use crate::reference::{Fault, random};

/// Returns the openid to hand out for the one WeChat gave; `before` is the one of the login before.
///
/// Whatever is handed out belongs to the same person: only the spelling is wrong.
pub(super) fn handed_out(backend: &Backend, openid: String, before: Option<String>) -> Outcome {
    let faults = &backend.settings.faults;
    if faults.has(Fault::OpenidOfPersonBefore) {
        return Ok(before.unwrap_or(openid));
    }
    if faults.has(Fault::OpenidStartRefused) && is_mark(openid.chars().nth(1)) {
        return Err(Refusal::WeChatBroken);
    }
    if faults.has(Fault::UnionidOpensNewAccount) {
        renumber_with_unionid(backend, &openid);
    }
    let known = backend.memory().people.get(&openid).is_some_and(|person| person.logins > 1);
    let issued_before = backend.store().grants.values().any(|grant| grant.openid == openid);
    let spelt = if faults.has(Fault::OpenidPrefixed) {
        format!("wechat-{openid}")
    } else if faults.has(Fault::OpenidLowerCased) || (known && faults.has(Fault::OpenidFoldedInStore)) {
        openid.to_ascii_lowercase()
    } else if faults.has(Fault::OpenidQuoted) {
        format!("\"{openid}\"")
    } else if faults.has(Fault::OpenidPunctuationDropped) {
        openid.replace(['-', '_'], "")
    } else if faults.has(Fault::OpenidEndTrimmed) {
        openid.trim_end_matches(['-', '_']).to_owned()
    } else if faults.has(Fault::OpenidCutAtDouble) {
        let end = openid.find("--").or_else(|| openid.find("__")).unwrap_or(openid.len());
        openid.get(..end).unwrap_or_default().to_owned()
    } else if issued_before && faults.has(Fault::OpenidBecomesUserId) {
        backend.person(&openid).map_or_else(|| openid.clone(), |person| person.user_id)
    } else if known && faults.has(Fault::OpenidCutInStore) {
        openid.get(..20).unwrap_or(&openid).to_owned()
    } else if known && faults.has(Fault::NewAccountEachLogin) {
        random::text::<20>().map_or_else(|_no_randomness| openid.clone(), |text| format!("o{text}"))
    } else {
        openid.clone()
    };
    if faults.has(Fault::MissingUnionidIsOnePerson) {
        merge_without_unionid(backend, &openid);
    } else if faults.has(Fault::OpenidCaseIgnored) {
        merge_alike(backend, &openid, |known| known.eq_ignore_ascii_case(&openid));
    } else if faults.has(Fault::OpenidCutInAccounts) {
        merge_alike(backend, &openid, |known| known.get(..24) == openid.get(..24));
    } else if faults.has(Fault::OpenidHashIsAccount) {
        merge_alike(backend, &openid, |known| hash_code(known) == hash_code(&openid));
    } else if faults.has(Fault::OpenidChecksumIsAccount) {
        merge_alike(backend, &openid, |known| checksum(known) == checksum(&openid));
    } else if faults.has(Fault::OpenidUnderscoreIsWildcard) {
        merge_alike(backend, &openid, |known| {
            let fits = |(letter, pattern): (char, char)| pattern == '_' || pattern == letter;
            known.len() == openid.len() && known.chars().zip(openid.chars()).all(fits)
        });
    } else if spelt != openid {
        let mut store = backend.store();
        store.welcome(&openid);
        if let Some(person) = store.people.get(&openid).cloned() {
            store.people.entry(spelt.clone()).or_insert(person);
        }
        backend.memory().aliases.insert(spelt.clone(), openid);
    }
    Ok(spelt)
}

/// What `String.hashCode` of Java makes of a text with ASCII letters.
fn hash_code(text: &str) -> i32 {
    text.bytes().fold(0, |hash: i32, byte| hash.wrapping_mul(31).wrapping_add(i32::from(byte)))
}

/// CRC-32 as zip files have it.
fn checksum(text: &str) -> u32 {
    let shifted = |rest: u32| if rest & 1 == 1 { (rest >> 1) ^ 0xEDB8_8320 } else { rest >> 1 };
    !text.bytes().fold(u32::MAX, |rest, byte| (0..8).fold(rest ^ u32::from(byte), |rest, _| shifted(rest)))
}

fn is_mark(letter: Option<char>) -> bool {
    matches!(letter, Some('-' | '_'))
}

/// Makes a new account for a known person who has a unionid for the first time.
fn renumber_with_unionid(backend: &Backend, openid: &str) {
    let memory = backend.memory();
    let person = memory.people.get(openid);
    let appeared = person.is_some_and(|person| person.logins > 1 && person.reply.get("unionid").is_some());
    drop(memory);
    let mut store = backend.store();
    if appeared && store.people.remove(openid).is_some() {
        let placeholder = format!("earlier account of {openid}");
        store.welcome(&placeholder);
        store.welcome(openid);
    }
}

/// Takes a person without a unionid for the first such person.
fn merge_without_unionid(backend: &Backend, openid: &str) {
    let mut memory = backend.memory();
    if memory.people.get(openid).is_none_or(|person| person.reply.get("unionid").is_some()) {
        return;
    }
    let nobody = String::new();
    let first = memory.aliases.entry(nobody).or_insert_with(|| openid.to_owned()).clone();
    memory.aliases.insert(openid.to_owned(), first);
}

/// Takes a new person for a known one whose openid looks like theirs.
fn merge_alike(backend: &Backend, openid: &str, is_alike: impl Fn(&str) -> bool) {
    let mut memory = backend.memory();
    if memory.people.get(openid).is_none_or(|person| person.logins > 1) {
        return;
    }
    let known = memory.people.keys().filter(|known| *known != openid && is_alike(known));
    if let Some(earlier) = known.min().cloned() {
        memory.aliases.insert(openid.to_owned(), earlier);
    }
}
