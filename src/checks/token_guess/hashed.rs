//! Is a token the hash of something that can be tried out?

use chrono::{DateTime, TimeDelta, Utc};

use super::super::token_clock::without_times;
use super::super::token_forms::{Hash, SEPARATORS, bytes_of, layers};
use super::Issue;
use crate::expiry::UnixMillis;

/// By how much the clock of a backend may differ from those of the run where times are tried one by one.
const SKEW_SECONDS: i64 = 2;
const SKEW_MILLIS: i64 = 100;

/// How many seconds are tried with every small number.
const MOST_SECONDS: usize = 4;

/// How many times of one unit are tried for one token.
const MOST_TRIED: usize = 20_000;

/// How long the moment of an issue may be for its microseconds to be tried one by one.
const LONGEST_MOMENT: std::time::Duration = std::time::Duration::from_millis(20);

/// Up to which number the hashes of numbers are tried, also beside the openid or the second of the issue.
const COUNTED: u32 = 10_000;

/// Up to which number they are tried behind a word.
const COUNTED_BEHIND_WORD: u32 = 1_000;

/// Up to which number the shortest of the hashes is tried, which is what hurried people take for a random number of six
/// digits.
const SIX_DIGITS: u32 = 1_000_000;

/// The words behind which tokens are counted.
const WORDS: [&str; 12] = [
    "token",
    "Token",
    "TOKEN",
    "user",
    "uid",
    "id",
    "session",
    "sess",
    "key",
    "auth",
    "login",
    "access_token",
];

/// How many letters and digits beside a hash are no secret.
const TOO_FEW_LETTERS: usize = 4;

/// How the day is written, and the second; what is put together first is the commonest.
const DAYS: [&str; 3] = ["%Y%m%d", "%Y-%m-%d", "%Y/%m/%d"];
const SECONDS: [&str; 2] = ["%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S"];

/// By how many hours the clock on the wall of a backend is ahead of universal time: not at all, or as in China.
const HOURS_AHEAD: [i64; 2] = [0, 8];

/// Says that a token is the hash of a number or of a time that can be tried out.
pub(super) fn hash_of_guess(issue: &Issue, near: &[UnixMillis]) -> Option<String> {
    let all: Vec<Vec<u8>> = spelled(issue, near).iter().flat_map(|text| bytes_of(text)).collect();
    Hash::ALL.into_iter().find_map(|hash| {
        let mut of_size = all.iter().filter(|bytes| bytes.len() == hash.size());
        of_size.find_map(|bytes| {
            let wanted = Wanted { hash, bytes, issue };
            wanted
                .of_number(COUNTED)
                .or_else(|| wanted.of_count())
                .or_else(|| issue.times.iter().find_map(|(from, to)| wanted.of_time(*from, *to)))
        })
    })
}

/// Says that a token is the shortest of the hashes of a number of six digits.
pub(super) fn hash_of_six_digits(issue: &Issue) -> Option<String> {
    let bytes = bytes_of(&issue.token).find(|bytes| bytes.len() == Hash::Md5.size())?;
    Wanted { hash: Hash::Md5, bytes: &bytes, issue }.of_number(SIX_DIGITS)
}

/// Returns what may be the spelling of a hash: the token, and each part of it beside which nothing is secret.
fn spelled(issue: &Issue, near: &[UnixMillis]) -> Vec<String> {
    let mut found = vec![issue.token.clone()];
    for text in layers(&issue.token).into_iter().flatten() {
        let mut versions = vec![text.clone()];
        versions.extend(
            issue.identities().filter_map(|known| Some(without(&text, known)).filter(|t| *t != text)),
        );
        for version in versions {
            let joined = version.split(['.', ':', '|', ',']);
            let digits = version.split(|letter: char| !letter.is_ascii_hexdigit());
            for part in joined.chain(digits) {
                // No hash has fewer letters, however it is written.
                let long = part.len() > 20 && part.len() < issue.token.len();
                if long && is_nothing(&version.replacen(part, " ", 1), issue, near) {
                    found.push(part.to_owned());
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn without(text: &str, known: &str) -> String {
    if known.is_empty() { text.to_owned() } else { text.replacen(known, "", 1) }
}

/// Tells whether nothing of a text is a secret: it is whose it is, when it was made, and next to nothing else.
fn is_nothing(rest: &str, issue: &Issue, near: &[UnixMillis]) -> bool {
    let anonymous = issue.identities().fold(rest.to_owned(), |rest, known| without(&rest, known));
    let timeless = without_times(&anonymous, near).unwrap_or(anonymous);
    timeless.chars().filter(|letter| letter.is_alphanumeric()).count() <= TOO_FEW_LETTERS
}

/// What a guess has to give once it is hashed.
struct Wanted<'a> {
    hash: Hash,
    bytes: &'a [u8],
    issue: &'a Issue,
}

impl Wanted<'_> {
    fn is_of(&self, guess: &str) -> bool {
        self.hash.of(guess.as_bytes()) == self.bytes
    }

    /// Tells whether it is the hash of something known with a small number before or behind it.
    fn is_of_number_beside(&self, known: &str) -> bool {
        (0..COUNTED)
            .any(|number| self.is_of(&format!("{known}{number}")) || self.is_of(&format!("{number}{known}")))
    }

    /// Tells whether it is the hash of the openid or the user ID with a time before or behind it.
    fn is_of_identity_beside(&self, time: &str) -> bool {
        self.issue.identities().any(|known| {
            SEPARATORS.into_iter().any(|between| {
                self.is_of(&format!("{known}{between}{time}"))
                    || self.is_of(&format!("{time}{between}{known}"))
            })
        })
    }

    /// Says that it is the hash of a number below `most`, or of the openid or the user ID and a small one.
    fn of_number(&self, most: u32) -> Option<String> {
        let hash = self.hash.name();
        if (0..most).any(|number| self.is_of(&number.to_string())) {
            return Some(tr!("a token is the {hash} of a small number", hash));
        }
        if self.is_of_number_beside(&self.issue.openid) {
            return Some(tr!("a token is the {hash} of the openid of its owner and a small number", hash));
        }
        let found = self.issue.user_ids().any(|user_id| self.is_of_number_beside(user_id));
        found.then(|| tr!("a token is the {hash} of the user ID of its owner and a small number", hash))
    }

    /// Says that it is the hash of a word and a small number.
    fn of_count(&self) -> Option<String> {
        let separated =
            WORDS.iter().flat_map(|word| ["", "_", "-", ":"].map(|between| format!("{word}{between}")));
        let mut counted =
            separated.flat_map(|word| (0..COUNTED_BEHIND_WORD).map(move |number| format!("{word}{number}")));
        let hash = self.hash.name();
        counted
            .any(|guess| self.is_of(&guess))
            .then(|| tr!("a token is the {hash} of a word and a small number", hash))
    }

    fn of_time(&self, from: UnixMillis, to: UnixMillis) -> Option<String> {
        let hash = self.hash.name();
        // Who hashes `uniqid`, or a time and a number, takes one of the older hashes.
        let older = matches!(self.hash, Hash::Md5 | Hash::Sha1);
        let mut second = (from.seconds() - 1..=to.seconds() + 1).take(MOST_SECONDS).filter(|_| older);
        if second.any(|second| self.is_of_number_beside(&second.to_string())) {
            return Some(tr!("a token is the {hash} of the second of its issue and a small number", hash));
        }
        if days(from).iter().any(|day| self.is_of(day) || self.is_of_identity_beside(day)) {
            return Some(tr!("a token is the {hash} of the day of its issue and of what is known", hash));
        }
        let seconds = || from.seconds() - SKEW_SECONDS..=to.seconds() + SKEW_SECONDS;
        let millis = from.millis() - SKEW_MILLIS..=to.millis() + SKEW_MILLIS;
        let on_the_wall = seconds().take(MOST_TRIED).flat_map(on_the_wall);
        let mut told =
            seconds().chain(millis.take(MOST_TRIED)).map(|time| time.to_string()).chain(on_the_wall);
        // A moment that is known badly is no moment.
        let brief = older && to.since(from) < LONGEST_MOMENT;
        let micros = (from.millis() * 1000..(to.millis() + 1) * 1000).filter(|_| brief);
        let found = told.any(|time| self.is_of(&time) || self.is_of_identity_beside(&time))
            || micros.take(MOST_TRIED).any(|time| self.is_of(&uniqid(time)) || self.is_of(&time.to_string()));
        found.then(|| tr!("a token is the {hash} of the time of its issue", hash))
    }
}

/// Returns the days around a time, as they are written: somewhere it is always tomorrow.
fn days(at: UnixMillis) -> Vec<String> {
    let Some(at) = DateTime::from_timestamp_millis(at.millis()) else { return Vec::new() };
    let days = (-1..=1).filter_map(|days| at.checked_add_signed(TimeDelta::days(days)));
    days.flat_map(|day| DAYS.map(|form| day.format(form).to_string())).collect()
}

/// Returns a second as clocks on the wall show it.
fn on_the_wall(second: i64) -> Vec<String> {
    let shown = |hours: i64| -> Option<DateTime<Utc>> { DateTime::from_timestamp(second + hours * 3600, 0) };
    let shown = HOURS_AHEAD.into_iter().filter_map(shown);
    shown.flat_map(|time| SECONDS.map(|form| time.format(form).to_string())).collect()
}

/// Returns what `uniqid` of PHP gives at a time in microseconds.
pub(super) fn uniqid(micros: i64) -> String {
    format!("{:08x}{:05x}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000))
}
