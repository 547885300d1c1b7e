//! How fast is an answer searched for all secrets of a run, and does the cost grow with its length only?
//!
//! Each kind of body is searched at several lengths beside a plain search for four bytes that never come. The time
//! is told per kilobyte, so that a cost in proportion shows as the same figure at each length.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wxconform::checks::{Secret, SecretKind, SecretNeedles};

use crate::compare::{Contender, print_side_by_side};
use crate::parties::each;
use crate::{Effort, Failure};

/// How many people a run of the whole suite has, roughly.
const PEOPLE: usize = 200;

/// The lengths of the bodies, in kilobytes.
const KILOBYTES: [usize; 4] = [64, 256, 1024, 4096];

pub(crate) fn measure(effort: Effort) -> Result<(), Failure> {
    let mut noise = noise();
    let mut bytes = |length: usize| noise.by_ref().take(length).collect::<Vec<u8>>();
    let secrets: Vec<Secret> = (0..PEOPLE)
        .flat_map(|person| {
            let key = STANDARD.encode(bytes(16));
            let openid = format!("o{}", STANDARD.encode(bytes(20)));
            let owner = format!("person {person}");
            [
                Secret::new(SecretKind::SessionKey, &*owner, key),
                Secret::new(SecretKind::OpenId, owner, openid),
            ]
        })
        .collect();
    let begun = Instant::now();
    let needles = SecretNeedles::new(secrets);
    println!("  made ready for {PEOPLE} people in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    let longest = KILOBYTES.iter().copied().max().unwrap_or_default() / effort.divisor.min(16) * 1024;
    let json: Vec<u8> = (0..)
        .flat_map(|n| {
            format!(r#"{{"id":{n},"name":"caf\u00e9","url":"http:\/\/x\/?a=%20{n}"}},"#).into_bytes()
        })
        .take(longest)
        .collect();
    let html = "<p class=\"a\">A paragraph&nbsp;of <b>words</b>, one &amp; the same over\n".bytes().cycle();
    let kinds = [
        ("JSON", json),
        ("HTML", html.take(longest).collect()),
        ("noise", bytes(longest)),
        ("noise in base64", STANDARD.encode(bytes(longest)).into_bytes()),
    ];
    for (kind, body) in &kinds {
        // Four bytes that come nowhere: as little as looking through a text can cost.
        let plain = Contender::new(format!("{kind}: four bytes, memchr"), move || {
            let begun = Instant::now();
            if memchr::memmem::find(body, b"\x00\x01\x02\x03").is_some() {
                return Err("the noise has a pattern".into());
            }
            each(begun.elapsed(), body.len() / 1024)
        });
        let mut contenders = vec![plain];
        for kilobytes in KILOBYTES.iter().filter(|kilobytes| **kilobytes * 1024 <= longest) {
            let part = body.get(..kilobytes * 1024).unwrap_or(body);
            let needles = &needles;
            contenders.push(Contender::new(format!("{kind}: all secrets, {kilobytes} kB"), move || {
                let begun = Instant::now();
                let search = needles.find_in(part);
                if search.incomplete || !search.sightings.is_empty() {
                    return Err("the search did not go as it should".into());
                }
                each(begun.elapsed(), *kilobytes)
            }));
        }
        print_side_by_side(effort.rounds.min(5), contenders)?;
    }
    Ok(())
}

/// Makes bytes that look random and are the same each time.
fn noise() -> impl Iterator<Item = u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
}
