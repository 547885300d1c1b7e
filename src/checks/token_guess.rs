//! Judgements on whether tokens can be worked out by somebody who knows what everybody knows: the openid, the
//! appid, the time, and the tokens that were issued before.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Judgement;
use super::token_clock::without_times;
use super::token_forms::{Hash, beside, bytes_of, forms_of, layers};
use super::token_jwt::Jwt;
use super::token_sequence::{follow, timed_uuids};
use crate::expiry::UnixMillis;
use crate::record::Finding;

/// How many bits of something else do not make a token that is made of what is known a secret.
const TOO_FEW_BITS: f64 = 24.0;

/// By how much the clock of a backend may differ from those of the run where times are tried one by one.
const SKEW_SECONDS: i64 = 2;
const SKEW_MILLIS: i64 = 100;

/// How many seconds are tried with every small number.
const MOST_SECONDS: usize = 4;

/// How many times of one unit are tried for one token.
const MOST_TRIED: usize = 20_000;

/// How long the moment of an issue may be for its microseconds to be tried one by one.
const LONGEST_MOMENT: Duration = Duration::from_millis(20);

/// Up to which number the hashes of numbers are tried, also beside the openid or the second of the issue.
const COUNTED: u32 = 10_000;

/// Up to which number the shortest of the hashes is tried, which is what hurried people take for a random number of six
/// digits.
const SIX_DIGITS: u32 = 1_000_000;

/// A token, to whom it was issued, and when.
#[derive(Clone)]
pub struct Issue {
    /// The openid of the person.
    pub openid: String,
    /// The login code that gave the openid.
    pub code: Option<String>,
    /// The token as text.
    pub token: String,
    /// From when to when it was issued, on each clock that the backend may go by.
    pub times: Vec<(UnixMillis, UnixMillis)>,
}

/// What is known of the person to whom a token was issued.
type Known = fn(&Issue) -> Option<&str>;

/// Judges that no two people were given the same token.
pub fn one_for_each(issues: &[Issue]) -> Judgement {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let shared = issues
        .iter()
        .any(|issue| owners.insert(&issue.token, &issue.openid).is_some_and(|owner| owner != issue.openid));
    enough(issues).and(|| {
        Judgement::from_condition(!shared, tr!("a token of their own for each person"), || {
            tr!("two people were given the same token")
        })
    })
}

/// Judges that no token is made from the openid or the login code of its owner alone.
///
/// A token that carries its own proof may tell the openid, if a signature vouches for it.
pub fn made_of_nothing_known(issues: &[Issue], app: &str) -> Judgement {
    let (signed, opaque) = apart(issues);
    let expected = tr!("tokens that nobody can make from what is known");
    let broken = |actual: String| Judgement::Broken(Finding::new(expected, actual));
    enough(issues).and(|| {
        if let Some(why) = unsigned(&signed) {
            return broken(why);
        }
        if let Some(how) = made_of(&opaque, |issue| Some(&issue.openid), app) {
            return broken(tr!("each token is made of the openid of its owner: {how}", how));
        }
        if let Some(how) = made_of(&opaque, |issue| issue.code.as_deref(), app) {
            return broken(tr!("each token is made of the login code of its owner: {how}", how));
        }
        Judgement::Kept
    })
}

/// Judges that no token is made from the time at which it was issued alone.
pub fn made_of_no_time(issues: &[Issue]) -> Judgement {
    let (_, opaque) = apart(issues);
    let expected = tr!("tokens that are more than the time of their issue");
    enough(issues).and(|| {
        let guessed = || opaque.iter().take(2).find_map(|issue| hash_of_guess(issue));
        // What takes long is tried on one token alone, and on none that says it is random.
        let thorough = || hash_of_six_digits(opaque.iter().find(|issue| !is_random_uuid(&issue.token))?);
        let actual = tells_time(&opaque).or_else(guessed).or_else(thorough);
        actual.map_or(Judgement::Kept, |actual| Judgement::Broken(Finding::new(expected, actual)))
    })
}

/// Judges that tokens, in the order in which they were issued, do not follow from each other.
///
/// A token that is handed out again is none that follows.
pub fn follow_from_nothing(tokens: &[String]) -> Judgement {
    let opaque: Vec<String> = tokens.iter().filter(|token| Jwt::of(token).is_none()).cloned().collect();
    let counted = each_layer(&opaque).any(|(_, texts)| follow(&texts));
    let kept = !tokens.is_empty();
    let judged =
        Judgement::from_condition(!counted, tr!("tokens that do not follow from each other"), || {
            tr!("the tokens go up or down step by step, and are the same in all that remains")
        });
    if kept { judged } else { Judgement::CannotTell(tr!("no token was issued")) }
}

fn enough(issues: &[Issue]) -> Judgement {
    match issues.len() {
        0 | 1 => Judgement::CannotTell(tr!("not enough tokens were issued to compare them")),
        _ => Judgement::Kept,
    }
}

/// Tells tokens that carry their own proof from the others.
fn apart(issues: &[Issue]) -> (Vec<Jwt>, Vec<&Issue>) {
    let signed = issues.iter().filter_map(|issue| Jwt::of(&issue.token)).collect();
    (signed, issues.iter().filter(|issue| Jwt::of(&issue.token).is_none()).collect())
}

/// Says why the signatures of tokens prove nothing.
fn unsigned(tokens: &[Jwt]) -> Option<String> {
    if tokens.iter().any(|token| !token.is_signed()) {
        return Some(tr!("a JSON Web Token without a signature: anybody can write it"));
    }
    let parts: BTreeSet<(&str, &str)> =
        tokens.iter().map(|token| (token.signed.as_str(), token.signature.as_str())).collect();
    let signatures: BTreeSet<&str> = parts.iter().map(|(_, signature)| *signature).collect();
    (signatures.len() < parts.len())
        .then(|| tr!("two JSON Web Tokens with one signature: it vouches for nothing"))
}

/// Returns what hides in the tokens, layer by layer, where it hides in all of them.
fn each_layer(tokens: &[String]) -> impl Iterator<Item = (usize, Vec<String>)> {
    let all: Vec<[Option<String>; 5]> = tokens.iter().map(|token| layers(token)).collect();
    (0..5).filter_map(move |layer| {
        let texts: Option<Vec<String>> = all.iter().map(|layers| layers[layer].clone()).collect();
        texts.filter(|texts| !texts.is_empty()).map(|texts| (layer, texts))
    })
}

/// Says how all tokens are made from something that is known, if they are.
fn made_of(issues: &[&Issue], known: Known, app: &str) -> Option<String> {
    let (first, others) = issues.split_first().filter(|(_, others)| !others.is_empty())?;
    let tokens: Vec<String> = issues.iter().map(|issue| issue.token.clone()).collect();
    let near = near(issues);
    let firsts = forms_of(known(first)?, app);
    // Hardly any form is one of the first token's, so that those of the others are hardly ever needed.
    let all = LazyCell::new(|| {
        let theirs = others.iter().map(|issue| Some(forms_of(known(issue)?, app)));
        std::iter::once(Some(firsts.clone())).chain(theirs).collect::<Option<Vec<_>>>()
    });
    each_layer(&tokens).find_map(|(_, texts)| {
        let mut suspected =
            firsts.iter().enumerate().filter(|(_, form)| beside(&texts[0], &form.text).is_some());
        let (_, form) = suspected.find(|(index, _)| {
            let Some(all) = all.as_ref() else { return false };
            let pairs = texts.iter().zip(all);
            let rests: Option<Vec<String>> =
                pairs.map(|(text, forms)| beside(text, &forms.get(*index)?.text)).collect();
            rests.is_some_and(|rests| tells_nothing(&rests, &near))
        })?;
        Some(form.name.clone())
    })
}

/// Tells whether what remains of tokens is no secret: the same for all, a time, a counter, or next to nothing.
fn tells_nothing(rests: &[String], near: &[UnixMillis]) -> bool {
    let timeless: Vec<String> =
        rests.iter().map(|rest| without_times(rest, near).unwrap_or_else(|| rest.clone())).collect();
    [rests, &timeless].into_iter().any(|rests| varying_bits(rests) <= TOO_FEW_BITS || follow(rests))
}

/// Returns how many bits differ among texts, at most: as many as the characters that differ can hold.
fn varying_bits(texts: &[String]) -> f64 {
    let letters: Vec<Vec<char>> = texts.iter().map(|text| text.chars().collect()).collect();
    let longest = letters.iter().map(Vec::len).max().unwrap_or_default();
    let at = |place: usize| letters.iter().map(|text| text.get(place).copied()).collect::<BTreeSet<_>>();
    let varying: Vec<BTreeSet<Option<char>>> = (0..longest).map(at).filter(|set| set.len() > 1).collect();
    let is = |kind: fn(&char) -> bool| varying.iter().flatten().flatten().all(kind);
    let bits: f64 = if is(char::is_ascii_digit) {
        10.0_f64.log2()
    } else if is(char::is_ascii_hexdigit) {
        4.0
    } else {
        6.0
    };
    bits * u32::try_from(varying.len()).map_or(f64::INFINITY, f64::from)
}

/// Says that tokens are the time of their issue.
fn tells_time(issues: &[&Issue]) -> Option<String> {
    let tokens: Vec<String> = issues.iter().map(|issue| issue.token.clone()).collect();
    let near = near(issues);
    if tokens.len() < 2 {
        return None;
    }
    if timed_uuids(&tokens) {
        return Some(tr!("each token is a UUID made from the time of its issue"));
    }
    each_layer(&tokens).find_map(|(_, texts)| {
        let rests: Option<Vec<String>> = texts.iter().map(|text| without_times(text, &near)).collect();
        rests.filter(|rests| varying_bits(rests) <= TOO_FEW_BITS)?;
        Some(tr!("each token is the time of its issue, with too little beside it"))
    })
}

/// Returns the moments near which the tokens were issued.
fn near(issues: &[&Issue]) -> Vec<UnixMillis> {
    let mut near: Vec<UnixMillis> = Vec::new();
    for (from, _) in issues.iter().flat_map(|issue| &issue.times) {
        if near.iter().all(|known| from.since(*known).max(known.since(*from)) > Duration::from_secs(3600)) {
            near.push(*from);
        }
    }
    near
}

/// Says that a token is the hash of a number or of a time that can be tried out.
fn hash_of_guess(issue: &Issue) -> Option<String> {
    let all: Vec<Vec<u8>> = bytes_of(&issue.token).collect();
    Hash::ALL.into_iter().find_map(|hash| {
        let bytes = all.iter().find(|bytes| bytes.len() == hash.size())?;
        let wanted = Wanted { hash, bytes, issue };
        wanted
            .of_number(COUNTED)
            .or_else(|| issue.times.iter().find_map(|(from, to)| wanted.of_time(*from, *to)))
    })
}

/// Says that a token is the shortest of the hashes of a number of six digits.
fn hash_of_six_digits(issue: &Issue) -> Option<String> {
    let bytes = bytes_of(&issue.token).find(|bytes| bytes.len() == Hash::Md5.size())?;
    Wanted { hash: Hash::Md5, bytes: &bytes, issue }.of_number(SIX_DIGITS)
}

/// Tells whether a token is a UUID that says of itself that it is random (RFC 9562 sections 5.4 and 5.7). Of the hashes
/// that are as long, one in 32 looks like it.
fn is_random_uuid(token: &str) -> bool {
    bytes_of(token).any(|bytes| bytes.len() == 16 && matches!(bytes[6] >> 4, 4 | 7) && bytes[8] >> 6 == 2)
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

    /// Tells whether it is the hash of the openid with a time before or behind it.
    fn is_of_openid_beside(&self, time: &str) -> bool {
        let openid = &self.issue.openid;
        ["", ":", "_", "-"].into_iter().any(|between| {
            self.is_of(&format!("{openid}{between}{time}")) || self.is_of(&format!("{time}{between}{openid}"))
        })
    }

    /// Says that it is the hash of a number below `most`, or of the openid and a small one.
    fn of_number(&self, most: u32) -> Option<String> {
        let hash = self.hash.name();
        if (0..most).any(|number| self.is_of(&number.to_string())) {
            return Some(tr!("a token is the {hash} of a small number", hash));
        }
        self.is_of_number_beside(&self.issue.openid)
            .then(|| tr!("a token is the {hash} of the openid of its owner and a small number", hash))
    }

    fn of_time(&self, from: UnixMillis, to: UnixMillis) -> Option<String> {
        let hash = self.hash.name();
        // Who hashes `uniqid`, or a time and a number, takes one of the older hashes.
        let older = matches!(self.hash, Hash::Md5 | Hash::Sha1);
        let mut second = (from.seconds() - 1..=to.seconds() + 1).take(MOST_SECONDS).filter(|_| older);
        if second.any(|second| self.is_of_number_beside(&second.to_string())) {
            return Some(tr!("a token is the {hash} of the second of its issue and a small number", hash));
        }
        let seconds = from.seconds() - SKEW_SECONDS..=to.seconds() + SKEW_SECONDS;
        let millis = from.millis() - SKEW_MILLIS..=to.millis() + SKEW_MILLIS;
        let mut told = seconds.chain(millis.take(MOST_TRIED)).map(|time| time.to_string());
        // A moment that is known badly is no moment.
        let brief = older && to.since(from) < LONGEST_MOMENT;
        let micros = (from.millis() * 1000..(to.millis() + 1) * 1000).filter(|_| brief);
        let found = told.any(|time| self.is_of(&time) || self.is_of_openid_beside(&time))
            || micros.take(MOST_TRIED).any(|time| self.is_of(&uniqid(time)) || self.is_of(&time.to_string()));
        found.then(|| tr!("a token is the {hash} of the time of its issue", hash))
    }
}

/// Returns what `uniqid` of PHP gives at a time in microseconds.
fn uniqid(micros: i64) -> String {
    format!("{:08x}{:05x}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000))
}

impl std::fmt::Debug for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issue({}, ***)", self.openid)
    }
}

#[cfg(test)]
mod tests;
