//! Faults that make the text of a token from what must not be in it, or from too little.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::DateTime;
use md5::Md5;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::leaky_token;
use crate::reference::server::Backend;
use crate::reference::{Fault, random};

/// What hides openids, over and over.
const MASK: &[u8] = b"\x5a\xc3\x17\x9e\x61\xf8\x2d\x44\xb0\x73\x0c";

/// Returns the text of a token for this person, given a good one.
pub(super) fn made_otherwise(backend: &Backend, openid: &str, token: &str) -> String {
    let faults = &backend.settings.faults;
    let made = |fault| faults.has(fault);
    if made(Fault::SessionKeyInToken) || made(Fault::TokenUnsigned) || made(Fault::TokenHashedFromSessionKey)
    {
        return made_of_session(backend, openid, token);
    }
    let sometimes =
        if has_one(backend, openid) { Fault::TokenNumberOnRenewal } else { Fault::TokenNumberAtFirst };
    if made(Fault::TokenNumber) || made(sometimes) {
        return format!("1{}", digits(token, 14));
    }
    if made(Fault::CrowdTokenShared) && backend.memory().crowd.iter().any(|one| one == openid) {
        return "the_same_seed_gives_the_same_number".to_owned();
    }
    made_of_openid(backend, openid)
        .or_else(|| made_of_time(backend, openid))
        .or_else(|| counted(backend, openid, token))
        .or_else(|| short(backend, token))
        .unwrap_or_else(|| leaky_token::text(backend, openid, token))
}

/// Tells whether the person was given a token before.
fn has_one(backend: &Backend, openid: &str) -> bool {
    backend.memory().people.get(openid).is_some_and(|person| !person.tokens.is_empty())
}

fn made_of_session(backend: &Backend, openid: &str, token: &str) -> String {
    let faults = &backend.settings.faults;
    let key = backend.memory().session_key(openid);
    let jwt = |algorithm: &str, claims: serde_json::Value, signature: &str| {
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": algorithm, "typ": "JWT"}).to_string());
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()))
    };
    if faults.has(Fault::SessionKeyInToken) {
        jwt("HS256", json!({"openid": openid, "session_key": key}), token)
    } else if faults.has(Fault::TokenUnsigned) {
        let now = backend.settings.clock.now();
        let ends = now + backend.settings.token_lifetime;
        jwt("none", json!({"sub": openid, "iat": now.seconds(), "exp": ends.seconds()}), "")
    } else {
        URL_SAFE_NO_PAD.encode(Sha256::digest(key.as_bytes()))
    }
}

fn made_of_openid(backend: &Backend, openid: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    let made = |fault| faults.has(fault);
    let text = if made(Fault::TokenHashedFromOpenid) {
        URL_SAFE_NO_PAD.encode(Sha256::digest(openid.as_bytes()))
    } else if made(Fault::TokenMd5OfOpenid) {
        hex(&Md5::digest(openid.as_bytes()))
    } else if made(Fault::TokenIsOpenid) {
        openid.to_owned()
    } else if made(Fault::TokenIsOpenidReversed) {
        openid.chars().rev().collect()
    } else if made(Fault::TokenIsOpenidInBase64) {
        STANDARD.encode(openid)
    } else if made(Fault::TokenIsOpenidAndTime) {
        format!("{openid}{}", backend.settings.clock.now().millis())
    } else if made(Fault::TokenIsLoginCode) {
        backend.memory().people.get(openid)?.code.clone()
    } else if made(Fault::TokenIsOpenidAndItsHash) {
        format!("{openid}.{}", md5_of(&format!("{openid}{}", backend.settings.app_id.as_str())))
    } else if made(Fault::TokenIsOpenidMasked) {
        hex(&openid.bytes().zip(MASK.iter().cycle()).map(|(one, other)| one ^ other).collect::<Vec<_>>())
    } else {
        return made_of_user_id(backend, openid);
    };
    Some(text)
}

fn made_of_user_id(backend: &Backend, openid: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    let made = |fault| faults.has(fault);
    if made(Fault::TokenMd5OfUserId) {
        Some(md5_of(&backend.person(openid)?.user_id))
    } else if made(Fault::TokenMd5OfUserIdAndTime) {
        Some(md5_of(&format!("{}:{}", backend.person(openid)?.user_id, moment(backend))))
    } else if made(Fault::TokenIsReadableJson) {
        let ends = moment(backend) + i64::try_from(backend.settings.token_lifetime.as_millis()).ok()?;
        Some(STANDARD.encode(json!({"userId": backend.person(openid)?.user_id, "exp": ends}).to_string()))
    } else {
        None
    }
}

fn made_of_time(backend: &Backend, openid: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    if faults.has(Fault::TokenIsTime) {
        Some(moment(backend).to_string())
    } else if faults.has(Fault::TokenMd5OfTime) {
        Some(hex(&Md5::digest(moment(backend).to_string().as_bytes())))
    } else if faults.has(Fault::TokenMd5OfOpenidAndTime) {
        let text = format!("{openid}{}", moment(backend));
        Some(hex(&Md5::digest(text.as_bytes())))
    } else if faults.has(Fault::TokenMd5OfOpenidAndDay) {
        let day = DateTime::from_timestamp_millis(backend.settings.clock.now().millis())?;
        Some(md5_of(&format!("{openid}{}", day.format("%Y%m%d"))))
    } else if faults.has(Fault::TokenMd5OfSixDigits) {
        Some(hex(&Md5::digest((100_000 + number(900_000)).to_string().as_bytes())))
    } else if faults.has(Fault::TokenMd5OfSecondAndDigits) {
        let text = format!("{}{}", moment(backend) / 1000, 1000 + number(9000));
        Some(hex(&Md5::digest(text.as_bytes())))
    } else if faults.has(Fault::TokenIsTimedUuid) {
        // A hundred nanoseconds since the Gregorian reform (RFC 9562 section 5.1).
        let time = u64::try_from(moment(backend)).unwrap_or_default() * 10_000 + 0x01b2_1dd2_1381_4000;
        let (low, middle, high) = (time & 0xffff_ffff, (time >> 32) & 0xffff, (time >> 48) & 0x0fff);
        Some(format!("{low:08x}-{middle:04x}-1{high:03x}-9c3f-0242ac120002"))
    } else {
        None
    }
}

/// Returns the present time in milliseconds, and never the same twice.
pub(super) fn moment(backend: &Backend) -> i64 {
    let now = backend.settings.clock.now().millis();
    let mut memory = backend.memory();
    memory.moment = now.max(memory.moment + 1);
    memory.moment
}

fn counted(backend: &Backend, openid: &str, token: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    if faults.has(Fault::TokenCountedForPerson) {
        let first = backend.memory().people.get(openid).and_then(|person| person.tokens.first().cloned());
        let count = backend.memory().people.get(openid).map_or(0, |person| person.tokens.len());
        let own = first.as_deref().and_then(|first| first.rsplit_once('.')).map(|(own, _)| own.to_owned());
        return Some(format!("{}.{:04}", own.unwrap_or_else(|| token.to_owned()), count + 1));
    }
    if faults.has(Fault::TokenIsUserNumber) {
        let number: u32 = backend.person(openid)?.user_id.trim_start_matches('u').parse().ok()?;
        return Some(format!("{number:06x}{:02x}", number * 37 % 251));
    }
    if faults.has(Fault::TokenSha256OfCount) {
        let mut memory = backend.memory();
        memory.counted += 1;
        return Some(hex(&Sha256::digest(format!("token{}", memory.counted))));
    }
    let prefixed = faults.has(Fault::TokenCountedBehindPrefix);
    if !prefixed && !faults.has(Fault::TokenCounted) {
        return None;
    }
    let mut memory = backend.memory();
    memory.counted += 1;
    Some(if prefixed {
        format!("session-{}", 1000 + memory.counted)
    } else {
        format!("{:032}", memory.counted)
    })
}

fn short(backend: &Backend, token: &str) -> Option<String> {
    let faults = &backend.settings.faults;
    if faults.has(Fault::TokenOf8HexDigits) {
        Some(number_of(token, 8))
    } else if faults.has(Fault::TokenMostlyPadding) {
        Some(format!("{:0>40}", number_of(token, 12)))
    } else if faults.has(Fault::TokenOf16Digits) {
        Some(digits(token, 16))
    } else if faults.has(Fault::TokenIsSortableUuid) {
        // The time in front, and random from there on (RFC 9562 section 5.7).
        let random = random::uuid().ok()?;
        let time = format!("{:012x}", backend.settings.clock.now().millis());
        Some(format!("{}-{}-7{}", &time[..8], &time[8..], random.get(15..)?))
    } else {
        None
    }
}

/// Returns so many hexadecimal digits that depend on all of a text.
fn number_of(text: &str, digits: usize) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish()).chars().take(digits).collect()
}

/// Returns so many decimal digits, each made of a character of a text.
fn digits(text: &str, count: usize) -> String {
    text.bytes().map(|byte| char::from(b'0' + byte % 10)).take(count).collect()
}

/// Returns the MD5 hash of a text in hexadecimal.
pub(super) fn md5_of(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Returns a random number below another one; nought if the operating system gives no random bytes.
fn number(below: u32) -> u32 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).unwrap_or_default();
    u32::from_le_bytes(bytes) % below
}
