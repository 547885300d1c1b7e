//! How many bits does an opaque token hold, by its length and its alphabet?
//!
//! Only what differs from one token to the next counts: a prefix that all of them share holds nothing, and
//! neither does a place at which the same few characters stand again and again.

use std::collections::{BTreeMap, BTreeSet};

use super::Judgement;
use super::token_jwt::Jwt;

/// How many bits a token has to hold (RFC 6749 section 10.10).
const ENOUGH: f64 = 128.0;

/// How many tokens of one length it takes to know their alphabet.
const FEWEST: usize = 64;

/// By how much a sum of logarithms may differ from the true number.
const ROUNDING: f64 = 1e-6;

/// Alphabets that tokens are written in: a set that fits into one is taken for all of it, since a few hundred
/// tokens need not show each character.
const ALPHABETS: &[&str] = &[
    "0123456789",
    "0123456789abcdef",
    "0123456789ABCDEF",
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "abcdefghijklmnopqrstuvwxyz234567",
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/",
];

/// Judges that each of the tokens holds enough; those that carry their own proof are left out.
///
/// An UUID counts as 32 hexadecimal digits, which is how it is written, although six of its bits are fixed.
pub fn hard_to_guess(tokens: &[String]) -> Judgement {
    let mut lengths: BTreeMap<usize, Vec<Vec<char>>> = BTreeMap::new();
    let opaque: BTreeSet<&String> = tokens.iter().filter(|token| Jwt::of(token).is_none()).collect();
    for token in opaque {
        let letters: Vec<char> = token.chars().collect();
        lengths.entry(letters.len()).or_default().push(letters);
    }
    let commonest = lengths.into_iter().max_by_key(|(_, alike)| alike.len());
    let Some((length, alike)) = commonest.filter(|(_, alike)| alike.len() >= FEWEST) else {
        return Judgement::CannotTell(tr!(
            "too few opaque tokens of one length, {fewest} are needed",
            fewest = FEWEST
        ));
    };
    let places = Places::of(length, &alike);
    let bits = places.bits();
    Judgement::from_condition(bits >= ENOUGH - ROUNDING, tr!("{bits} bits or more", bits = ENOUGH), || {
        tr!(
            "about {bits} bits: {varying} of {length} characters vary, of an alphabet of {alphabet}, in {tokens} tokens",
            bits = format_args!("{bits:.0}"),
            varying = places.varying().count(),
            length,
            alphabet = places.alphabet,
            tokens = alike.len()
        )
    })
}

/// What stands at each place of tokens of one length.
struct Places {
    sets: Vec<BTreeSet<char>>,
    samples: usize,
    /// How many characters the alphabet has.
    alphabet: usize,
}

impl Places {
    fn of(length: usize, tokens: &[Vec<char>]) -> Self {
        let at = |place: usize| tokens.iter().filter_map(|token| token.get(place).copied()).collect();
        let mut sets: Vec<BTreeSet<char>> = (0..length).map(at).collect();
        widen_uuid(&mut sets);
        let union: BTreeSet<char> = sets.iter().filter(|set| set.len() > 1).flatten().copied().collect();
        let fitting = ALPHABETS.iter().filter(|known| union.iter().all(|letter| known.contains(*letter)));
        let alphabet = fitting.map(|known| known.len()).min().unwrap_or(union.len());
        Self { sets, samples: tokens.len(), alphabet }
    }

    fn varying(&self) -> impl Iterator<Item = &BTreeSet<char>> {
        self.sets.iter().filter(|set| set.len() > 1)
    }

    /// Returns how many bits the places hold together.
    ///
    /// A place at which so many tokens would have shown at least twice as many characters, were they drawn from
    /// the whole alphabet, holds only what it shows.
    fn bits(&self) -> f64 {
        let letters = number(self.alphabet);
        let drawn = letters * (1.0 - (1.0 - 1.0 / letters).powf(number(self.samples)));
        let bits = |set: &BTreeSet<char>| {
            let shown = number(set.len());
            if shown * 2.0 >= drawn { letters.log2() } else { shown.log2() }
        };
        self.varying().map(bits).sum()
    }
}

/// Counts the two fixed digits of an UUID as digits like the others.
fn widen_uuid(sets: &mut [BTreeSet<char>]) {
    let dash = BTreeSet::from(['-']);
    let digits: Vec<usize> = (0..sets.len()).filter(|place| sets[*place] != dash).collect();
    let dashes: Vec<usize> = (0..sets.len()).filter(|place| sets[*place] == dash).collect();
    if digits.len() != 32 || !(dashes.is_empty() || dashes == [8, 13, 18, 23]) {
        return;
    }
    let lower =
        digits.iter().all(|place| sets[*place].iter().all(|c| c.is_ascii_digit() || ('a'..='f').contains(c)));
    let upper =
        digits.iter().all(|place| sets[*place].iter().all(|c| c.is_ascii_digit() || ('A'..='F').contains(c)));
    let random = sets[digits[12]] == BTreeSet::from(['4']);
    let variant = sets[digits[16]].iter().all(|digit| "89abAB".contains(*digit));
    if random && variant && (lower || upper) {
        let all: BTreeSet<char> = if lower { ALPHABETS[1] } else { ALPHABETS[2] }.chars().collect();
        for place in [12, 16] {
            sets[digits[place]].clone_from(&all);
        }
    }
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Places, hard_to_guess};
    use crate::checks::Judgement;
    use crate::checks::token_jwt::examples::jwt;

    /// Numbers that look random and are the same in each run (splitmix64).
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^ (mixed >> 31)
        }

        fn letters(&mut self, alphabet: &str, length: usize) -> String {
            let letters: Vec<char> = alphabet.chars().collect();
            let size = u64::try_from(letters.len()).unwrap();
            (0..length).map(|_| letters[usize::try_from(self.roll() % size).unwrap()]).collect()
        }
    }

    const HEX: &str = "0123456789abcdef";
    const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const URL_SAFE: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

    fn judged(seed: u64, count: usize, mut make: impl FnMut(&mut Dice) -> String) -> Judgement {
        let mut dice = Dice(seed);
        hard_to_guess(&(0..count).map(|_| make(&mut dice)).collect::<Vec<_>>())
    }

    #[test]
    fn what_holds_enough_is_kept_however_it_is_written() {
        // Many seeds, so that no sampling noise raises an alarm.
        for seed in 0..25 {
            for (name, judgement) in [
                ("32 hex", judged(seed, 200, |dice| dice.letters(HEX, 32))),
                ("32 HEX", judged(seed, 200, |dice| dice.letters(HEX, 32).to_uppercase())),
                ("16 bytes", judged(seed, 200, |dice| dice.letters(URL_SAFE, 21) + &dice.letters("AQgw", 1))),
                (
                    "32 bytes",
                    judged(seed, 200, |dice| {
                        dice.letters(URL_SAFE, 42) + &dice.letters("AEIMQUYcgkosw048", 1)
                    }),
                ),
                ("22 letters", judged(seed, 200, |dice| dice.letters(ALPHANUMERIC, 22))),
                ("39 digits", judged(seed, 200, |dice| dice.letters("0123456789", 39))),
                ("26 base32", judged(seed, 200, |dice| dice.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 26))),
                (
                    "25 base36",
                    judged(seed, 200, |dice| dice.letters("0123456789abcdefghijklmnopqrstuvwxyz", 25)),
                ),
                ("prefixed", judged(seed, 200, |dice| format!("tok_{}", dice.letters(HEX, 32)))),
                ("sizes", judged(seed, 200, |dice| dice.letters(HEX, 32).trim_start_matches('0').to_owned())),
                ("few", judged(seed, 80, |dice| dice.letters(HEX, 32))),
            ] {
                assert_eq!(judgement, Judgement::Kept, "{name}, seed {seed}");
            }
        }
    }

    #[test]
    fn a_uuid_counts_as_32_digits() {
        for seed in 0..10 {
            let uuid = |dice: &mut Dice, dash: &str| {
                let mut part = |length| dice.letters(HEX, length);
                let (one, two, three, four, five) = (part(8), part(4), part(3), part(3), part(12));
                let variant = dice.letters("89ab", 1);
                format!("{one}{dash}{two}{dash}4{three}{dash}{variant}{four}{dash}{five}")
            };
            assert_eq!(judged(seed, 200, |dice| uuid(dice, "-")), Judgement::Kept);
            assert_eq!(judged(seed, 200, |dice| uuid(dice, "")), Judgement::Kept);
            assert_eq!(judged(seed, 200, |dice| uuid(dice, "-").to_uppercase()), Judgement::Kept);
            // A UUID that begins with the time holds no more than its random end.
            let sorted = judged(seed, 200, |dice| format!("018f3c5e-8a{}", &uuid(dice, "-")[11..]));
            assert!(matches!(sorted, Judgement::Broken(_)));
            // One of the two fixed digits makes no UUID.
            for (start, middle) in [("4", ""), ("", "89ab")] {
                let hex = judged(seed, 200, |dice| {
                    let twelfth = if start.is_empty() { dice.letters(HEX, 1) } else { start.to_owned() };
                    let sixteenth = dice.letters(if middle.is_empty() { HEX } else { middle }, 1);
                    let between = dice.letters(HEX, 3);
                    format!("{}{twelfth}{between}{sixteenth}{}", dice.letters(HEX, 12), dice.letters(HEX, 15))
                });
                assert!(matches!(hex, Judgement::Broken(_)), "{start}{middle}");
            }
        }
    }

    #[test]
    fn what_holds_too_little_is_broken_however_long_it_is() {
        for seed in 0..10 {
            for (name, judgement) in [
                ("8 hex", judged(seed, 200, |dice| dice.letters(HEX, 8))),
                ("31 hex", judged(seed, 200, |dice| dice.letters(HEX, 31))),
                ("21 letters", judged(seed, 200, |dice| dice.letters(ALPHANUMERIC, 21))),
                ("38 digits", judged(seed, 200, |dice| dice.letters("0123456789", 38))),
                ("padded", judged(seed, 200, |dice| format!("{:0>32}", dice.letters(HEX, 8)))),
                ("long prefix", judged(seed, 200, |dice| "a".repeat(40) + &dice.letters(HEX, 16))),
                (
                    "few values",
                    judged(seed, 200, |dice| dice.letters(ALPHANUMERIC, 8) + &dice.letters("01", 40)),
                ),
            ] {
                assert!(matches!(judgement, Judgement::Broken(_)), "{name}, seed {seed}: {judgement:?}");
            }
        }
    }

    #[test]
    fn a_place_holds_what_it_shows_once_enough_was_drawn() {
        let sets = vec![BTreeSet::from(['a', 'b']), BTreeSet::from(['c', 'd']), BTreeSet::from(['-'])];
        let held = |samples| Places { sets: sets.clone(), samples, alphabet: 16 }.bits().round();
        // Two draws show two letters, whatever the alphabet; of two hundred nearly all sixteen would be seen.
        assert_eq!((held(2), held(200)), (8.0, 2.0));
    }

    #[test]
    fn too_few_tokens_and_signed_tokens_are_not_judged() {
        assert!(matches!(judged(1, 63, |dice| dice.letters(HEX, 8)), Judgement::CannotTell(_)));
        let same = hard_to_guess(&vec!["t".to_owned(); 300]);
        assert!(matches!(same, Judgement::CannotTell(_)));
        let signed = judged(1, 200, |dice| jwt("HS256", r#"{"sub":"o"}"#, &dice.letters(HEX, 8)));
        assert!(matches!(signed, Judgement::CannotTell(_)));
    }
}
