//! Judgements on whether tokens can be worked out by somebody who knows what everybody knows: the openid, the
//! appid, the time, and the tokens that were issued before.

mod hashed;
mod readable;

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Judgement;
use super::token_clock::without_times;
use super::token_forms::{SEPARATORS, beside, bytes_of, folded, forms_of, is_beside, layers};
use super::token_jwt::Jwt;
use super::token_sequence::{follow, timed_uuids};
use crate::expiry::UnixMillis;
use crate::record::Finding;
use hashed::{hash_of_guess, hash_of_six_digits};
use readable::{masked, objects_without_secret};

/// How many bits of something else do not make a token that is made of what is known a secret.
const TOO_FEW_BITS: f64 = 24.0;

/// How many of the identities in somebody's user info are looked for in tokens.
const MOST_USER_IDS: usize = 3;

/// A token, to whom it was issued, and when.
#[derive(Clone)]
pub struct Issue {
    /// The openid of the person.
    pub openid: String,
    /// What goes by the name of an identity in the person's user info, besides the openid; the order is the same for
    /// everybody.
    pub user_ids: Vec<String>,
    /// The login code that gave the openid.
    pub code: Option<String>,
    /// The token as text.
    pub token: String,
    /// From when to when it was issued, on each clock that the backend may go by.
    pub times: Vec<(UnixMillis, UnixMillis)>,
}

impl Issue {
    /// Returns what the backend calls the person, besides the openid.
    fn user_ids(&self) -> impl Iterator<Item = &str> {
        self.user_ids.iter().take(MOST_USER_IDS).map(String::as_str)
    }

    /// Returns the openid and the user IDs.
    fn identities(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.openid.as_str()).chain(self.user_ids())
    }

    fn identity(&self, number: usize) -> Option<&str> {
        self.identities().nth(number)
    }
}

/// What is known of the person to whom a token was issued.
type Known<'a> = &'a dyn Fn(&Issue) -> Option<String>;

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

/// Judges that no token is made from the openid, the user ID or the login code of its owner alone.
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
        if let Some(how) = made_of(&opaque, &|issue| Some(issue.openid.clone()), app) {
            return broken(tr!("each token is made of the openid of its owner: {how}", how));
        }
        if let Some(how) = made_of(&opaque, &|issue| issue.code.clone(), app) {
            return broken(tr!("each token is made of the login code of its owner: {how}", how));
        }
        if let Some(why) = objects_without_secret(&opaque).or_else(|| masked(&opaque)) {
            return broken(why);
        }
        made_of_user_id(&opaque, app).map_or(Judgement::Kept, broken)
    })
}

/// Judges that no token is made from the time at which it was issued alone.
pub fn made_of_no_time(issues: &[Issue]) -> Judgement {
    let (_, opaque) = apart(issues);
    let expected = tr!("tokens that are more than the time of their issue");
    enough(issues).and(|| {
        let near = near(&opaque);
        let guessed = || opaque.iter().take(2).find_map(|issue| hash_of_guess(issue, &near));
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

/// Says how all tokens are made from the user IDs of their owners, or from those and the openids.
fn made_of_user_id(issues: &[&Issue], app: &str) -> Option<String> {
    let most = issues.iter().map(|issue| issue.user_ids().count()).min().unwrap_or_default();
    let alone = (0..most).find_map(|number| {
        let how = made_of(issues, &|issue| Some(issue.user_ids.get(number)?.clone()), app)?;
        Some(tr!("each token is made of the user ID of its owner: {how}", how))
    });
    let both = || {
        let pairs = SEPARATORS.into_iter().flat_map(|between| [(between, false), (between, true)]);
        pairs.filter(|_| most > 0).find_map(|(between, openid_first)| {
            let joined = |issue: &Issue| {
                let (openid, user_id) = (&issue.openid, issue.user_ids.first()?);
                let (one, other) = if openid_first { (openid, user_id) } else { (user_id, openid) };
                Some(format!("{one}{between}{other}"))
            };
            let how = made_of(issues, &joined, app)?;
            Some(tr!("each token is made of the openid and the user ID of its owner: {how}", how))
        })
    };
    alone.or_else(both)
}

/// Returns the texts of tokens without what is in each of them and no secret: whose it is, and when it was made.
fn bared(texts: &[String], issues: &[&Issue], near: &[UnixMillis]) -> Vec<Vec<String>> {
    let without = |texts: &[String], number: usize| -> Option<Vec<String>> {
        let bare = |(text, issue): (&String, &&Issue)| {
            let known = issue.identity(number).filter(|known| !known.is_empty())?;
            text.contains(known).then(|| text.replacen(known, "", 1))
        };
        texts.iter().zip(issues).map(bare).collect()
    };
    let timeless = |texts: &[String]| -> Option<Vec<String>> {
        texts.iter().map(|text| without_times(text, near)).collect()
    };
    let mut found = vec![texts.to_vec()];
    for number in 0..=MOST_USER_IDS {
        let bare: Vec<_> = found.iter().filter_map(|texts| without(texts, number)).collect();
        found.extend(bare);
    }
    let bare: Vec<_> = found.iter().filter_map(|texts| timeless(texts)).collect();
    found.extend(bare);
    found
}

/// Says how all tokens are made from something that is known, if they are.
fn made_of(issues: &[&Issue], known: Known<'_>, app: &str) -> Option<String> {
    let (first, others) = issues.split_first().filter(|(_, others)| !others.is_empty())?;
    let tokens: Vec<String> = issues.iter().map(|issue| issue.token.clone()).collect();
    let near = near(issues);
    let firsts = forms_of(&known(first)?, app);
    // Hardly any form is one of the first token's, so that those of the others are hardly ever needed.
    let all = LazyCell::new(|| {
        let theirs = others.iter().map(|issue| Some(forms_of(&known(issue)?, app)));
        std::iter::once(Some(firsts.clone())).chain(theirs).collect::<Option<Vec<_>>>()
    });
    let layers = each_layer(&tokens).flat_map(|(_, texts)| bared(&texts, issues, &near));
    layers.into_iter().find_map(|texts| {
        let first = folded(&texts[0]);
        let mut suspected =
            firsts.iter().enumerate().filter(|(_, form)| is_beside(&texts[0], &first, &form.text));
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

/// Tells whether a token is a UUID that says of itself that it is random (RFC 9562 sections 5.4 and 5.7). Of the hashes
/// that are as long, one in 32 looks like it.
fn is_random_uuid(token: &str) -> bool {
    bytes_of(token).any(|bytes| bytes.len() == 16 && matches!(bytes[6] >> 4, 4 | 7) && bytes[8] >> 6 == 2)
}

impl std::fmt::Debug for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issue({}, ***)", self.openid)
    }
}

#[cfg(test)]
mod tests;
